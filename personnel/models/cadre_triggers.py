"""What the database itself asks of headships: nobody leads a unit who is not on staff when it begins.

Who retires, leaves or dies while they lead a unit leads it no more from that day on, whatever their headship says: readers look at
both, so that nothing has to run. A headship that begins later is refused when its transaction ends.
"""

# ruff: noqa: S608 - nothing here comes from input

from __future__ import annotations

import json
from typing import Any, Final, Self

import pgtrigger
from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.records.errors import RecordError, explain
from core.records.triggers import Guard
from personnel.choices import ENDED

SQLSTATE: Final = "SD022"
EMPLOYMENTS: Final = "personnel_employment"
STATUSES: Final = "personnel_personstatus"
ENDED_LIST: Final = ", ".join(f"'{status}'" for status in ENDED)


class NotOnStaff(NotAllowed, RecordError):
    """The database refuses a headship of somebody who is not on staff on its first day. Never retried."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(str(told))
        self.told = told

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """The refusal that the database told in its detail."""
        diagnosis = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
        return cls(json.loads(getattr(diagnosis, "message_detail", None) or "{}"))

    def __str__(self) -> str:
        if "name" not in self.told:
            return _("The person is not on staff on the first day of the headship.")
        return _("%(name)s is not on staff on %(day)s, so no headship begins then.") % self.told


explain(SQLSTATE, NotOnStaff)


def headship_triggers() -> list[Guard]:
    """A headship that was written is looked at when its transaction ends, as it stands then."""
    func = f"""
        SELECT h.teacher_id, lower(h.valid) AS day, t.name INTO absent
          FROM personnel_headship h JOIN personnel_teacher t ON t.id = h.teacher_id
         WHERE h.id = NEW.id
           AND (NOT EXISTS (SELECT 1 FROM {EMPLOYMENTS} e WHERE e.teacher_id = h.teacher_id AND e.valid @> lower(h.valid))
                OR EXISTS (SELECT 1 FROM {STATUSES} s WHERE s.teacher_id = h.teacher_id AND s.valid @> lower(h.valid)
                                                       AND s.status IN ({ENDED_LIST})));
        IF FOUND THEN
            RAISE EXCEPTION 'not on staff' USING ERRCODE = '{SQLSTATE}', DETAIL = json_build_object(
                'name', absent.name, 'day', absent.day)::text;
        END IF;
        RETURN NULL;"""
    return [
        Guard(
            name="on_staff", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.After, level=pgtrigger.Row,
            timing=pgtrigger.Deferred, declare=[("absent", "record")], func=func,
        )
    ]  # fmt: skip
