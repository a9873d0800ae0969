"""What the database itself asks of employments: nobody belongs to a unit that was closed, on any day from that on.

A statement that leaves unit and days of an employment as they were is let through, whatever it says of a unit that was closed before.
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

SQLSTATE: Final = "SD023"


class UnitClosed(NotAllowed, RecordError):
    """The database refuses an employment at a unit that is closed by then. Never retried."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(str(told))
        self.told = told

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """The refusal that the database told in its detail."""
        diagnosis = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
        return cls(json.loads(getattr(diagnosis, "message_detail", None) or "{}"))

    def __str__(self) -> str:
        if "unit" not in self.told:
            return _("The unit is closed by then: nobody belongs to it from that day on.")
        return _("%(unit)s is closed from %(day)s on: nobody belongs to it from that day on.") % self.told


explain(SQLSTATE, UnitClosed)

# The units are held as a foreign key holds them, but at once: so who closes one and who comes to it go one after the other.
CLOSED: Final = f"""
    PERFORM 1 FROM org_unit WHERE id IN (SELECT unit_id FROM new_rows) ORDER BY id FOR KEY SHARE;
    EXECUTE 'SELECT coalesce((SELECT p.name FROM org_unitprofile p WHERE p.unit_id = u.id AND p.valid @> u.closed - 1), u.code) AS unit,
                    u.closed AS day
               FROM new_rows e JOIN org_unit u ON u.id = e.unit_id
              WHERE u.closed IS NOT NULL AND (upper(e.valid) IS NULL OR upper(e.valid) > u.closed)<same>
              LIMIT 1' INTO bad;
    IF bad.unit IS NOT NULL THEN
        RAISE EXCEPTION 'the unit is closed' USING ERRCODE = '{SQLSTATE}', DETAIL = row_to_json(bad)::text;
    END IF;
    RETURN NULL;"""
SAME: Final = (
    " AND NOT EXISTS (SELECT 1 FROM old_rows o WHERE o.id = e.id AND o.unit_id = e.unit_id AND o.valid = e.valid)"
)


def employment_triggers() -> list[Guard]:
    """Each statement that writes employments is looked at."""
    kept: dict[str, Any] = {
        "when": pgtrigger.After, "level": pgtrigger.Statement, "declare": [("bad", "record")],
    }  # fmt: skip
    return [
        Guard(
            name="unit_open_insert", operation=pgtrigger.Insert, referencing=pgtrigger.Referencing(new="new_rows"),
            func=CLOSED.replace("<same>", ""), **kept,
        ),
        Guard(
            name="unit_open_update", operation=pgtrigger.Update,
            referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"), func=CLOSED.replace("<same>", SAME), **kept,
        ),
    ]  # fmt: skip
