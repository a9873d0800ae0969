"""Appointment contracts (聘用合同台账) as a workbook: contracts that hold, held or are signed, by the rules of concluding one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from core.dates import DAY, Period
from core.exchange.agreeing import shown_value
from core.exchange.kinds import Draft, Setting, sections_of
from core.exchange.periods import OnFile, Step
from core.org.errors import NotAllowed
from personnel import rules
from personnel.models import Contract, Employment
from personnel.resources.fact_columns import CONTRACT
from personnel.resources.fact_people import FactKind
from personnel.resources.facts import FactSection, free_of, units_of
from personnel.selectors.contracts import after
from personnel.selectors.move_facts import jobs_of
from personnel.services.contracts import must_be_concludable, not_employed_words, overlapping_words

USUAL: Final = "appointment"
FIXED, UNTIL_RETIREMENT = "fixed", "until_retirement"
# The column of rosters that tells with what sort of contract somebody is employed.
OF_EMPLOYMENT: Final = "contract"
# Beside what a row says: what is on file of the same contract and stays where the row is silent.
ON_FILE: Final = "_on_file"


CODES: Final = (
    "contract_kind", "contract_term", "contract_last_day", "contract_probation", "contract_signed_on", "contract_unit", "contract_taken",
    "contract_belongs",
)  # fmt: skip


class ContractKind(FactKind):
    """Sent and accepted like rosters: whoever keeps files keeps contracts."""

    name = "contracts"
    label = _("Appointment contracts")
    about = _(
        "Each row is a contract that was signed: one that holds, one that is over, or one that begins ahead. It is written down as a fact, "
        "and the employment says the same kind of contract from its first day on. Without a last day it holds until retirement."
    )
    needed_columns = ("contract_since",)
    since = "contract_since"


class ContractSection(FactSection):
    """A contract, known by its unit and first day. One holds on any day."""

    kind, name, order = "contracts", "personnel.Contract", 10
    label = _("Appointment contract")
    model = Contract
    columns = CONTRACT
    prefix = "contract"
    fields: ClassVar[Mapping[str, str]] = {
        "contract_kind": "kind", "contract_number": "number", "contract_signed": "signed_on", "contract_first": "first_job",
        "contract_probation": "probation_last",
    }  # fmt: skip
    days: ClassVar[Mapping[str, Any]] = {
        "contract_since": "first", "contract_last": "last", "contract_signed": "first", "contract_probation": "last"
    }  # fmt: skip
    needed = ("contract_since",)
    about: ClassVar[Mapping[str, str]] = {
        "kind": "contract_kind", "term": "contract_term", "last_day": "contract_last", "probation": "contract_probation",
        "signed_on": "contract_signed", "unit": "unit_name", "taken": "contract_since", "belongs": "contract_since",
    }  # fmt: skip

    def natural(self, row: Draft) -> tuple[Any, ...]:
        return row.values["unit"], self.day(row, "contract_since")

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        super().check(rows, setting)
        for row in rows:
            said = row.values.get
            if said("contract_last") is None and said("contract_term") is None and not row.refused:
                row.warn("contract_last", "contract_no_end")

    def present(self, row: Draft, state: Sequence[Any] | None, setting: Setting) -> Any:
        return self.of_day([one for one in state or () if one.unit_id == self.unit(row)], row)

    def stored(self, one: Any, name: str) -> Any:
        if name == "contract_last":
            return one.valid.upper - DAY if one.valid.upper is not None else None
        return super().stored(one, name)

    def compare(self, row: Draft, state: Sequence[Any] | None, setting: Setting) -> None:
        stored = self.present(row, state, setting)
        row.values[ON_FILE] = _kept(stored)
        super().compare(row, state, setting)
        # What is agreed until retirement says so without a last day: of a contract on file that had one, that is a difference.
        if (
            stored is not None
            and row.values.get("contract_term") == UNTIL_RETIREMENT
            and stored.valid.upper is not None
        ):
            found = row.differences.setdefault(self.name, {})
            found["contract_last"] = [shown_value(stored.valid.upper - DAY), ""]

    def terms(self, row: Draft) -> rules.Terms:
        """What the row says, completed by what is on file of the same contract."""
        known = row.values.get(ON_FILE) or {}
        period, first = self.period(row), row.values.get("contract_first")
        probation = self.day(row, "contract_probation") or _date(known.get("probation"))
        return rules.Terms(
            period.start, period.end, after(probation), bool(known.get("first_job")) if first is None else bool(first)
        )

    def kind_of(self, row: Draft) -> str:
        """The kind of contract: an appointment unless something else is said."""
        kind: str = row.values.get("contract_kind") or (row.values.get(ON_FILE) or {}).get("kind") or USUAL
        return kind

    def why_not(self, row: Draft, setting: Setting) -> NotAllowed | None:
        said, last, since = row.values.get, self.day(row, "contract_last"), self.day(row, "contract_since")
        if said("contract_term") == FIXED and last is None:
            return NotAllowed(_t("A fixed term has a last day."), field="last_day")
        if said("contract_term") == UNTIL_RETIREMENT and last is not None:
            return NotAllowed(
                _t("Until retirement there is no last day: leave it empty, or name a fixed term."), field="last_day"
            )
        if last is not None and since is not None and last < since:
            return NotAllowed(_t("The last day lies before the first one."), field="last_day")
        signed = self.day(row, "contract_signed")
        if signed is not None and signed > setting.actor.on:
            return NotAllowed(_t("It cannot have been signed on a day ahead."), field="signed_on")
        try:
            unit = units_of([row], setting)[self.unit(row)]
            must_be_concludable(setting.actor, unit, self.kind_of(row), self.terms(row))
        except NotAllowed as error:
            return error
        return None

    def period(self, row: Draft) -> Period:
        since, last = self.day(row, "contract_since"), self.day(row, "contract_last")
        known = row.values.get(ON_FILE) or {}
        if last is None and row.values.get("contract_term") != UNTIL_RETIREMENT:
            last = _date(known.get("last"))
        assert since is not None  # noqa: S101 - rows without it are refused before
        return Period(since, after(last))

    # rules of many

    def weigh(self, rows: Sequence[Draft], states: Mapping[int, list[Any]], setting: Setting) -> None:
        jobs, planned = jobs_of({row.subject or 0 for row in rows}), self.planned(setting)
        for row in rows:
            state, person = states.get(row.subject or 0) or [], row.subject or 0
            stored = self.present(row, state, setting)
            row.values[ON_FILE] = _kept(stored)
            period = self.period(row)
            if not any(job.unit == self.unit(row) and job.holds(period.start) for job in jobs[person]):
                self.say(row, "unit", partial(not_employed_words, row.values["name"], period.start))
                continue
            others = [Period(one.valid.lower, one.valid.upper) for one in state if one is not stored]
            other = free_of(period, [*others, *planned[person]])
            if other is not None:
                self.say(row, "taken", partial(overlapping_words, Range(other.start, other.end)))
            else:
                planned[person].append(period)

    # writing

    def fill(self, one: Contract, row: Draft) -> None:
        super().fill(one, row)
        one.unit_id, one.kind = self.unit(row), self.kind_of(row)

    def before(self, rows: Sequence[Draft], states: Mapping[int, list[Any]], setting: Setting) -> None:
        """The employment says the same kind of contract from the first day on, as concluding one does."""
        section: Any = next(one for one in sections_of("teachers") if getattr(one, "model", None) is Employment)
        fresh = [row for row in rows if row.values.get(ON_FILE) is None]
        on_file = section.load([row.subject or 0 for row in fresh], Setting(setting.actor, setting.unit, setting.day))
        changes: list[tuple[Draft, OnFile, dict[str, str], Step]] = []
        for row in fresh:
            kind, starts = self.kind_of(row), self.period(row).start
            job = next((one for one in on_file.get(row.subject or 0, ()) if _holds(one, starts, self.unit(row))), None)
            if job is None or job["contract"] == kind:
                continue
            told = Draft(row.sheet, row.row, [], {OF_EMPLOYMENT: kind}, subject=row.subject, id=row.id)
            step = Step("correct" if job.lower == starts else "follow", starts)
            changes.append((told, job, {OF_EMPLOYMENT: job["contract"]}, step))
        section.writer.write([], changes, on_file)


def _kept(stored: Any) -> dict[str, Any] | None:
    if stored is None:
        return None
    last = stored.valid.upper - DAY if stored.valid.upper is not None else None
    probation = stored.probation_last
    return {
        "kind": stored.kind, "first_job": stored.first_job, "last": str(last or ""), "probation": str(probation or ""),
    }  # fmt: skip


def _date(text: str | None) -> Any:
    return date.fromisoformat(text) if text else None


def _holds(one: OnFile, day: date, unit: int) -> bool:
    return bool(
        one["unit_id"] == unit and one.lower is not None and one.lower <= day and (one.upper is None or day < one.upper)
    )


KINDS: Final = (ContractKind(),)
SECTIONS: Final = (ContractSection(),)
