"""Who works elsewhere (借调、支教、交流、挂职台账) as a workbook: times at another unit that run or are over, by the rules of moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.dates import DAY, Period
from core.exchange.kinds import Draft, Problem, Setting, Suggestion
from core.org.errors import NotAllowed
from core.org.models import Unit
from personnel import rules
from personnel.models import Dispatch, MoveKind, Teacher
from personnel.resources.closed import closings_of, refuse_closed, successor
from personnel.resources.fact_columns import DISPATCH
from personnel.resources.fact_people import FactKind
from personnel.resources.facts import FactSection, units_of
from personnel.selectors.move_facts import Asked, MoveFacts
from personnel.selectors.move_words import refusal
from personnel.selectors.moves import ASK, DECIDE, move_rules, units_named, unmet
from personnel.services.moves.asking import last_day_words

RULES: Final = "personnel.moves."
WORKS: Final = "_unit"


CODES: Final = (
    "dispatch_kind",
    "dispatch_starts",
    "dispatch_last_day",
    "dispatch_elsewhere",
    "dispatch_open",
    "dispatch_employed",
    "dispatch_retirement",
    "dispatch_alone",
    "dispatch_belongs",
)


class DispatchKind(FactKind):
    """Sent by who asks for moves, accepted by who decides on them, as on the pages."""

    name = "dispatches"
    label = _("Loans, support teaching and rotation in force or over")
    permission = ASK
    accepted_by = DECIDE
    about = _(
        "Each row is a time at another unit that runs or is over, by its document. It is written down as a fact: no case is opened and "
        "nobody is asked to agree. What begins ahead is asked for with the list of transfers and rotations. Who decides on moves accepts "
        "the batch."
    )
    needed_columns = ("dispatch_unit", "dispatch_since", "dispatch_document")
    since = "dispatch_since"

    def suggest(self, row: Draft, problem: Problem) -> Sequence[Suggestion]:
        return successor(problem)


class DispatchSection(FactSection):
    """A time at another unit, known by its unit and first day. A person is in one place on any day, and not past retirement."""

    kind, name, order = "dispatches", "personnel.Dispatch", 10
    label = _("Time at another unit")
    model = Dispatch
    columns = DISPATCH
    prefix = "dispatch"
    fields: ClassVar[Mapping[str, str]] = {
        "dispatch_kind": "kind",
        "dispatch_document": "document",
        "dispatch_note": "note",
    }
    days: ClassVar[Mapping[str, Any]] = {"dispatch_since": "first", "dispatch_last": "last"}
    needed = ("dispatch_unit", "dispatch_kind", "dispatch_since", "dispatch_last", "dispatch_document")
    about: ClassVar[Mapping[str, str]] = {
        "kind": "dispatch_kind",
        "starts": "dispatch_since",
        "last_day": "dispatch_last",
        "elsewhere": "dispatch_unit",
        "open": "dispatch_unit",
        "employed": "dispatch_since",
        "retirement": "dispatch_last",
        "alone": "dispatch_since",
    }

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        self._find_units(rows, setting)
        super().check(rows, setting)

    def _find_units(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Who names a unit in full, or by its code, may say that somebody works there, though they do not see it."""
        known = units_named(
            {row.values["dispatch_unit"] for row in rows if row.values.get("dispatch_unit")}, setting.day
        )
        for row in rows:
            said = row.values.get("dispatch_unit")
            if not said:
                continue
            since = self.day(row, "dispatch_since") or setting.day
            found = known.get(said.strip(), [])
            chosen = [one for one in found if one.closed is None or one.closed > since] or found
            if len(chosen) == 1:
                row.values[WORKS] = chosen[0].pk
            else:
                row.refuse("dispatch_unit", "ambiguous_unit" if chosen else "unknown_unit", said, count=len(chosen))

    def natural(self, row: Draft) -> tuple[Any, ...]:
        return row.values[WORKS], self.day(row, "dispatch_since")

    def unit(self, row: Draft) -> int:
        unit: int = row.values[WORKS]
        return unit

    def naming(self, row: Draft) -> str:
        return "dispatch_unit"

    def present(self, row: Draft, state: Sequence[Any] | None, setting: Setting) -> Any:
        return self.of_day([one for one in state or () if one.unit_id == self.unit(row)], row)

    def stored(self, one: Any, name: str) -> Any:
        if name == "dispatch_last":
            return one.valid.upper - DAY if one.valid.upper is not None else None
        return super().stored(one, name)

    def why_not(self, row: Draft, setting: Setting) -> NotAllowed | None:
        kind, since, last = row.values["dispatch_kind"], *self.told_days(row)
        if kind == MoveKind.TRANSFER:
            return NotAllowed(
                _t("Whoever is transferred belongs to the new unit: that is said by the roster, or asked for as a move."), field="kind"
            )  # fmt: skip
        if since > setting.actor.on:
            return NotAllowed(_t("What begins ahead is asked for and decided, not recorded."), field="starts")
        return NotAllowed(last_day_words(), field="last_day") if last < since else None

    def told_days(self, row: Draft) -> tuple[date, date]:
        """The first and the last day."""
        since, last = self.day(row, "dispatch_since"), self.day(row, "dispatch_last")
        assert since is not None and last is not None  # noqa: S101, PT018 - rows without them are refused before
        return since, last

    def period(self, row: Draft) -> Period:
        since, last = self.told_days(row)
        return Period(since, last + DAY)

    # rules of many

    def weigh(self, rows: Sequence[Draft], states: Mapping[int, list[Any]], setting: Setting) -> None:
        people = Teacher._base_manager.in_bulk({row.subject for row in rows})
        units = units_of(rows, setting)
        planned = self.planned(setting)
        told = [(row, self._asked(row, people, units)) for row in rows]
        facts = MoveFacts([asked for _row, asked in told])
        closed = closings_of(setting)
        for row, asked in told:
            stored = self.present(row, states.get(row.subject or 0), setting)
            own = [Period(stored.valid.lower, stored.valid.upper)] if stored is not None else []
            known = facts.circumstances(asked)
            others = [one for one in known.others if one not in own] + planned[asked.teacher.pk]
            found = rules.check_planned(
                rules.Planned(asked.starts, asked.ends, employment=False, voluntary=False, leaves_county=False),
                replace(known, others=others), move_rules(asked.from_unit, asked.starts),
            )  # fmt: skip
            against = unmet(found)
            if against and against[0].rule == f"{RULES}open" and self.unit(row) in closed:
                refuse_closed(row, "dispatch_unit", closed[self.unit(row)])
            elif against:
                self.say(row, against[0].rule.removeprefix(RULES), partial(refusal, against))
            else:
                planned[asked.teacher.pk].append(self.period(row))

    def _asked(self, row: Draft, people: Mapping[int, Teacher], units: Mapping[int, Unit]) -> Asked:
        """The time at another unit as a move would ask for it; from the unit of the row, where the person belongs then."""
        person, period = people[row.subject or 0], self.period(row)
        return Asked(
            person, row.values["dispatch_kind"], employment=False, from_unit=units[row.values["unit"]], to_unit=units[self.unit(row)],
            starts=period.start, ends=period.end, ground="",
        )  # fmt: skip

    # writing

    def fill(self, one: Dispatch, row: Draft) -> None:
        super().fill(one, row)
        one.unit_id = self.unit(row)


KINDS: Final = (DispatchKind(),)
SECTIONS: Final = (DispatchSection(),)
