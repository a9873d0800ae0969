"""The pure rules of appointment contracts (聘用合同): probation, notice, grounds on which they end, who is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final, Literal

from core.dates import add_months, full_years
from core.rules import Finding, Parameters

MONTHS_OF_A_YEAR: Final = 12
Party = Literal["unit", "person", "both", "law"]


@dataclass(frozen=True, kw_only=True)
class ContractGround:
    """A ground on which a contract ends: who ends it, the days of notice that it asks, the article that says so (`reference`).

    `at_end`: it ends a contract only on the day after its term.
    """

    by: Party
    notice: int = 0
    reference: str = ""
    at_end: bool = False

    def __post_init__(self) -> None:
        if self.notice < 0:
            raise ValueError("days of notice are not negative")


@dataclass(frozen=True, kw_only=True)
class ContractRules(Parameters):
    """What the law and the place ask of contracts.

    `shortest`: the usual least term in years. `first_probation`: the months of probation of whoever works for the first time under a
    contract of `first_years` or more; `probation`: the most months of everybody else. `renewal`: the days before the end in which
    the unit says whether it renews. `due`: days ahead in which an end is told. `grounds`: by code of the list `contract_ground`.
    """

    table: ClassVar[str] = "personnel.contracts"
    shortest: int
    first_probation: int
    first_years: int
    probation: int
    renewal: int
    due: int
    grounds: Mapping[str, ContractGround]

    def __post_init__(self) -> None:
        if min(self.shortest, self.first_probation, self.first_years, self.probation, self.renewal, self.due) < 0:
            raise ValueError("months, years and days are not negative")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a contract: half-open days (`ends` None: until retirement), and the first day after the probation."""

    starts: date
    ends: date | None
    probation_ends: date | None = None
    first_job: bool = False


def check_terms(terms: Terms, rules: ContractRules) -> list[Finding]:
    """What a contract says to the rules: its term, its probation. Findings that are not met refuse it, but for the term."""
    found = []
    if terms.ends is not None:
        years = full_years(terms.starts, terms.ends)
        met = None if years < rules.shortest else True
        found.append(Finding(met, "personnel.contracts.term", rules.shortest, years, (), rules.reference))
    long_enough = terms.ends is None or full_years(terms.starts, terms.ends) >= rules.first_years
    if terms.first_job and long_enough:
        asked = add_months(terms.starts, rules.first_probation)
        found.append(
            Finding(
                terms.probation_ends == asked, "personnel.contracts.first_probation", asked, terms.probation_ends,
                (("months", str(rules.first_probation)),), rules.reference,
            )
        )  # fmt: skip
    elif terms.probation_ends is not None:
        most = add_months(terms.starts, rules.probation)
        found.append(
            Finding(
                terms.probation_ends <= most, "personnel.contracts.probation", most, terms.probation_ends,
                (("months", str(rules.probation)),), rules.reference,
            )
        )  # fmt: skip
    if terms.probation_ends is not None and terms.ends is not None:
        found.append(
            Finding(
                terms.probation_ends <= terms.ends, "personnel.contracts.probation_inside", terms.ends, terms.probation_ends,
                (), rules.reference,
            )
        )  # fmt: skip
    return found


def check_end(ground: str, terms: Terms, ends: date, notice: date | None, rules: ContractRules) -> list[Finding]:
    """What ending a contract on a ground asks: the days of notice before the first day without it, and that a term has run out.

    `ends` is the first day on which it holds no more. KeyError for a ground that the rules do not name.
    """
    rule = rules.grounds[ground]
    found = []
    if rule.at_end:
        found.append(Finding(ends == terms.ends, "personnel.contracts.at_end", terms.ends, ends, (), rule.reference))
    elif terms.ends is not None:
        found.append(Finding(ends <= terms.ends, "personnel.contracts.within", terms.ends, ends, (), rule.reference))
    if rule.notice:
        latest = ends - timedelta(days=rule.notice)
        met = notice is not None and notice <= latest
        evidence = (("days", str(rule.notice)),)
        found.append(Finding(met, "personnel.contracts.notice", latest, notice, evidence, rule.reference))
    return found
