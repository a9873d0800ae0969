"""What the database itself asks of posts, whoever writes them: nobody is appointed to a post that is not there or not free.

The books of a unit begin on the first day for which posts were set for it. From then on, on every day and for every level, no more
people are appointed than posts are approved; special posts (特设岗位) have numbers of their own. Who was there before the books began may
be kept off the ratio (存量) until they leave or are taken in, also where their unit is closed and they go into another: nobody else is.

Appointments are checked by each statement, settings when the transaction ends (or when it says SET CONSTRAINTS … IMMEDIATE), since a
new setting closes the one before it. Either way the units concerned are locked first, in the order of their keys, so that of two
writers the second one sees what the first one wrote.
"""

# ruff: noqa: S608 - nothing here comes from input

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final, Self

import pgtrigger
from django.utils.translation import gettext as _

from core.codes.selectors import label as code_label
from core.org.errors import NotAllowed
from core.records.errors import RecordError, explain
from core.records.triggers import Guard

APPOINTMENTS: Final = "personnel_postappointment"
SETTINGS: Final = "personnel_postsetting"
RATIO, SPECIAL, OVER = "ratio", "special", "over"
SQLSTATE: Final = "SD021"
# The first half of the key under which a unit's posts are locked.
LOCK: Final = 7310501

CHECK: Final = f"""
    WITH books AS (
        SELECT u AS unit_id, (SELECT min(lower(s.valid)) FROM {SETTINGS} s WHERE s.unit_id = u) AS opens FROM unnest(units) u
    ), events AS (
        SELECT a.unit_id, a.level, a.place = '{SPECIAL}' AS special, greatest(lower(a.valid), b.opens) AS day, 1 AS taken, 0 AS given
          FROM {APPOINTMENTS} a JOIN books b USING (unit_id)
         WHERE a.place <> '{OVER}' AND (b.opens IS NULL OR upper(a.valid) IS NULL OR upper(a.valid) > b.opens)
        UNION ALL
        SELECT a.unit_id, a.level, a.place = '{SPECIAL}', upper(a.valid), -1, 0
          FROM {APPOINTMENTS} a JOIN books b USING (unit_id)
         WHERE a.place <> '{OVER}' AND upper(a.valid) IS NOT NULL AND (b.opens IS NULL OR upper(a.valid) > b.opens)
        UNION ALL
        SELECT s.unit_id, s.level, s.special, lower(s.valid), 0, s.number FROM {SETTINGS} s WHERE s.unit_id = ANY (units)
        UNION ALL
        SELECT s.unit_id, s.level, s.special, upper(s.valid), 0, -s.number
          FROM {SETTINGS} s WHERE s.unit_id = ANY (units) AND upper(s.valid) IS NOT NULL
    ), sums AS (
        SELECT unit_id, level, special, day, sum(sum(taken)) OVER w AS taken, sum(sum(given)) OVER w AS given
          FROM events GROUP BY unit_id, level, special, day
        WINDOW w AS (PARTITION BY unit_id, level, special ORDER BY day)
    )
    SELECT unit_id, level, special, day, taken, given INTO short
      FROM sums WHERE taken > given ORDER BY unit_id, level, day LIMIT 1;
    IF FOUND THEN
        SELECT coalesce((SELECT p.name FROM org_unitprofile p WHERE p.unit_id = short.unit_id AND p.valid @> short.day), u.code)
          INTO named FROM org_unit u WHERE u.id = short.unit_id;
        RAISE EXCEPTION 'no vacancy' USING ERRCODE = '{SQLSTATE}', DETAIL = json_build_object(
            'unit', named, 'level', short.level, 'special', short.special, 'day', short.day, 'taken', short.taken,
            'given', short.given)::text;
    END IF;
    SELECT a.unit_id, a.level, lower(a.valid) AS day, min(lower(s.valid)) AS opens INTO late
      FROM {APPOINTMENTS} a JOIN {SETTINGS} s USING (unit_id)
     WHERE a.unit_id = ANY (units) AND a.place = '{OVER}'
       AND NOT EXISTS (SELECT 1 FROM {APPOINTMENTS} o
                        WHERE o.teacher_id = a.teacher_id AND o.level = a.level AND o.dual = a.dual
                          AND o.place = '{OVER}' AND upper(o.valid) = lower(a.valid)
                          AND (o.unit_id = a.unit_id OR EXISTS (
                              SELECT 1 FROM org_unit u WHERE u.id = o.unit_id AND u.closed = lower(a.valid))))
     GROUP BY a.id, a.unit_id, a.level, a.valid HAVING lower(a.valid) >= min(lower(s.valid)) LIMIT 1;
    IF FOUND THEN
        SELECT coalesce((SELECT p.name FROM org_unitprofile p WHERE p.unit_id = late.unit_id AND p.valid @> late.day), u.code)
          INTO named FROM org_unit u WHERE u.id = late.unit_id;
        RAISE EXCEPTION 'off the ratio since the books began' USING ERRCODE = '{SQLSTATE}', DETAIL = json_build_object(
            'unit', named, 'level', late.level, 'day', late.day, 'begin', late.opens)::text;
    END IF;"""

TAKE: Final = f"""
    FOR one IN SELECT DISTINCT u FROM unnest(units) u ORDER BY u LOOP
        PERFORM pg_advisory_xact_lock({LOCK}, one::int);
    END LOOP;"""


class NoVacancy(NotAllowed, RecordError):
    """The database refuses an appointment or a setting: more people than posts on some day. Never retried."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(str(told))
        self.told = told

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """The refusal that the database told in its detail."""
        diagnosis = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
        return cls(json.loads(getattr(diagnosis, "message_detail", None) or "{}"))

    @property
    def day(self) -> date | None:
        """The first day on which there are too many."""
        return date.fromisoformat(self.told["day"]) if "day" in self.told else None

    def __str__(self) -> str:
        told = dict(self.told)
        if "unit" not in told:
            return _("There is no free post of this level.")
        told["level"] = code_label("post_level", told["level"])
        if "begin" in told:
            return (
                _(
                    "%(unit)s, %(level)s: the posts were first set from %(begin)s on, so who is appointed since (%(day)s) cannot stand "
                    "off the ratio. Appoint to a free post, or have more approved first."
                )
                % told
            )
        if told["special"]:
            return (
                _(
                    "%(unit)s, special posts of %(level)s: on %(day)s %(given)s are approved and %(taken)s would be appointed. End an "
                    "appointment first, choose another day, or have more special posts approved."
                )
                % told
            )
        return (
            _(
                "%(unit)s, %(level)s: on %(day)s %(given)s posts are approved and %(taken)s people would be appointed. End an appointment "
                "first, choose another day or level, or have more posts approved."
            )
            % told
        )


explain(SQLSTATE, NoVacancy)

DECLARED: Final = [
    ("units", "bigint[]"), ("one", "bigint"), ("short", "record"), ("late", "record"), ("named", "text"),
]  # fmt: skip


def appointment_triggers() -> list[Guard]:
    """Each statement: the units are locked in order, then every day of theirs is looked at."""
    return [_statement("vacancy", name, f"{_units(rows)}{TAKE}{CHECK} RETURN NULL;") for name, rows in ROWS.items()]


def setting_triggers() -> list[Guard]:
    """The units are locked by the statement; what it leaves behind is looked at when the transaction ends."""
    locks = [_statement("held", name, f"{_units(rows)}{TAKE} RETURN NULL;") for name, rows in ROWS.items()]
    func = (
        "units := ARRAY(SELECT DISTINCT u FROM unnest(ARRAY[CASE TG_OP WHEN 'INSERT' THEN NULL ELSE OLD.unit_id END, "
        f"CASE TG_OP WHEN 'DELETE' THEN NULL ELSE NEW.unit_id END]) u WHERE u IS NOT NULL);{TAKE}{CHECK} RETURN NULL;"
    )
    every = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    return [
        *locks,
        Guard(
            name="enough", operation=every, when=pgtrigger.After, level=pgtrigger.Row, timing=pgtrigger.Deferred,
            declare=DECLARED, func=func,
        ),
    ]  # fmt: skip


ROWS: Final = {"insert": "new_rows", "update": "new_rows UNION ALL SELECT unit_id FROM old_rows", "delete": "old_rows"}
OPERATIONS: Final = {"insert": pgtrigger.Insert, "update": pgtrigger.Update, "delete": pgtrigger.Delete}
REFERENCING: Final = {
    "insert": pgtrigger.Referencing(new="new_rows"),
    "update": pgtrigger.Referencing(old="old_rows", new="new_rows"),
    "delete": pgtrigger.Referencing(old="old_rows"),
}


def _units(rows: str) -> str:
    return f"""
    units := ARRAY(SELECT DISTINCT unit_id FROM (SELECT unit_id FROM {rows}) touched ORDER BY unit_id);
    IF cardinality(units) = 0 THEN RETURN NULL; END IF;"""


def _statement(prefix: str, name: str, func: str) -> Guard:
    return Guard(
        name=f"{prefix}_{name}", operation=OPERATIONS[name], when=pgtrigger.After, level=pgtrigger.Statement,
        referencing=REFERENCING[name], declare=DECLARED, func=func,
    )  # fmt: skip
