"""The pure rules of retirement: the statutory age with its delay, the window of flexible retirement, the least months of contributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Literal

from core.dates import PartialDate, add_months
from core.parameters.reading import national
from core.rules import Amount, Line, Parameters

MONTHS_OF_A_YEAR: Final = 12
CATEGORIES: Final = {"M": "m60", "F60": "f60", "F55": "f55", "F50": "f50"}
MALE: Final = "1"
FEMALE: Final = "2"


@dataclass(frozen=True, kw_only=True)
class RetirementClass:
    """How one category of people retires.

    `age`: the age in years before any delay. From the birth month `base` on (its first day; None: nobody is delayed), each `step` birth
    months begun put it off by one month, up to `most` months.
    """

    age: int
    base: date | None = None
    step: int = 1
    most: int = 0

    def __post_init__(self) -> None:
        if self.base is not None and self.base.day != 1:
            raise ValueError("base is the first day of a month")
        if self.step < 1 or self.most < 0 or self.age < 1:
            raise ValueError("age and step are positive numbers, most is not negative")


@dataclass(frozen=True, kw_only=True)
class RetirementAges(Parameters):
    """The statutory ages: a class for each code of the list `retirement_category`.

    `men` is the category of men, `women` that of women by their post family (code of the list `post_family`), as long as none is
    recorded for the person.
    """

    table: ClassVar[str] = "personnel.retirement"
    classes: Mapping[str, RetirementClass]
    men: str
    women: Mapping[str, str]

    def __post_init__(self) -> None:
        unknown = {self.men, *self.women.values()} - set(self.classes)
        if unknown:
            raise ValueError(f"no class says how {', '.join(sorted(unknown))} retire")


@dataclass(frozen=True, kw_only=True)
class FlexibleRetirement(Parameters):
    """Flexible retirement (弹性退休), for those who reach the statutory age in the month of `since` or later.

    `early` and `late`: the most months before and after it; never before the age without delay. `notice`: months in which whoever
    leaves early says so before. `reference` year of the least contributions of who leaves early: `chosen` or `statutory`.
    """

    table: ClassVar[str] = "personnel.flexible_retirement"
    since: date
    early: int
    late: int
    notice: int
    early_year: Literal["chosen", "statutory"]

    def __post_init__(self) -> None:
        if min(self.early, self.late, self.notice) < 0:
            raise ValueError("months are not negative")


@dataclass(frozen=True, kw_only=True)
class PensionMonths(Parameters):
    """The least months of contributions for a pension: `least`, and from the year `first` on `yearly` more each year, up to `most`."""

    table: ClassVar[str] = "personnel.pension_months"
    least: int
    first: int
    yearly: int
    most: int

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most or self.yearly < 0:
            raise ValueError("least, yearly and most do not fit each other")


@dataclass(frozen=True, slots=True)
class RetirementPlan:
    """When somebody retires by the rules. Months are their first days; `day` is None where only the month of birth is known.

    `age` is the statutory age in months with its lines. `earliest` and `latest` bound flexible retirement, None where there is none.
    `contributions` and `early_contributions` are the least months of contributions at the statutory age and at the earliest month.
    """

    category: str
    age: Amount
    month: date
    day: date | None
    earliest: date | None
    latest: date | None
    contributions: int
    early_contributions: int

    @property
    def delay(self) -> int:
        """Months by which the statutory age is put off."""
        return self.age.lines[-1].amount if len(self.age.lines) > 1 else 0


@dataclass(frozen=True, kw_only=True)
class RetirementRules:
    """The three tables by which a statutory day is reckoned; `national()` are those of the release."""

    ages: RetirementAges
    flexible: FlexibleRetirement | None
    pension: PensionMonths

    @classmethod
    def national(cls) -> RetirementRules:
        return cls(
            ages=national(RetirementAges), flexible=national(FlexibleRetirement), pension=national(PensionMonths)
        )


@dataclass(frozen=True, slots=True)
class Retirement:
    """The statutory retirement of somebody whose birthday counts: age and delay in months, the day, the flexible window by days.

    `earliest` and `latest` are None where the age was reached before flexible retirement began. The contributions are those
    of the year of the statutory day.
    """

    age_months: int
    on: date
    delay_months: int
    earliest: date | None
    latest: date | None
    minimum_contribution_months: int


def statutory(birth: date, category: str, *, parameters: RetirementRules | None = None) -> Retirement:
    """When somebody retires by law (Decision of 2024-09-13): `category` M, F55, F50, or F60 by a recorded decision.

    Days follow the birthday, or are the last of a month that is shorter. Without `parameters` those of the release count. ValueError for
    another category.
    """
    told = parameters or RetirementRules.national()
    plan = retirement_plan(PartialDate.of(birth), CATEGORIES.get(category, ""), told.ages, told.flexible, told.pension)
    if plan is None or plan.day is None:
        raise ValueError(f"{category!r} is no category: {', '.join(CATEGORIES)}")
    months = (plan.month.year - birth.year) * MONTHS_OF_A_YEAR + plan.month.month - birth.month

    def at(month: date | None) -> date | None:
        ahead = (month.year - plan.month.year) * MONTHS_OF_A_YEAR + month.month - plan.month.month if month else 0
        return add_months(birth, months + ahead) if month else None

    return Retirement(plan.age.value, plan.day, plan.delay, at(plan.earliest), at(plan.latest), plan.contributions)


def usual_category(sex: str, family: str, parameters: RetirementAges) -> str:
    """The category of somebody for whom none is recorded, by sex and post family, never by title; empty where these do not tell."""
    if sex == MALE:
        return parameters.men
    return parameters.women.get(family, "") if sex == FEMALE else ""


def retirement_delay(birth: date, rule: RetirementClass) -> int:
    """The months by which the statutory age is put off, by year and month of birth only."""
    if rule.base is None:
        return 0
    months = (birth.year - rule.base.year) * MONTHS_OF_A_YEAR + birth.month - rule.base.month
    return 0 if months < 0 else min(months // rule.step + 1, rule.most)


def least_contributions(year: int, parameters: PensionMonths) -> int:
    """The least months of contributions for who retires in a year (Decision of 2024-09-13, annex 2)."""
    return min(parameters.least + max(year - parameters.first + 1, 0) * parameters.yearly, parameters.most)


def retirement_plan(
    birth: PartialDate, category: str, ages: RetirementAges, flexible: FlexibleRetirement | None, pension: PensionMonths
) -> RetirementPlan | None:
    """When somebody of a category retires; None where the month of birth or the class of the category is not known.

    The day follows the birthday, or is the last of a month that is shorter. Without `flexible` there is no window.
    """
    rule = ages.classes.get(category)
    if rule is None or birth.month is None:
        return None
    born = birth.first_day()
    delay = retirement_delay(born, rule)
    months = rule.age * MONTHS_OF_A_YEAR + delay
    month = add_months(born.replace(day=1), months)
    earliest, latest = _window(born.replace(day=1), month, rule, flexible)
    year = earliest.year if earliest and flexible and flexible.early_year == "chosen" else month.year
    return RetirementPlan(
        category=category, age=_age(rule, delay, months, born, ages), month=month,
        day=add_months(born, months) if birth.day else None, earliest=earliest, latest=latest,
        contributions=least_contributions(month.year, pension), early_contributions=least_contributions(year, pension),
    )  # fmt: skip


def _age(rule: RetirementClass, delay: int, months: int, born: date, ages: RetirementAges) -> Amount:
    lines = [Line("personnel.retirement.age", rule.age * MONTHS_OF_A_YEAR, "month", reference=ages.reference)]
    if delay:
        note = f"{rule.step}/{rule.most}"
        lines.append(Line("personnel.retirement.delay", delay, "month", rule.base, born, note, ages.reference))
    return Amount(months, "month", "personnel.retirement.statutory", tuple(lines), ages.reference)


def _window(
    born: date, month: date, rule: RetirementClass, flexible: FlexibleRetirement | None
) -> tuple[date | None, date | None]:
    if flexible is None or month < flexible.since:
        return None, None
    undelayed = add_months(born, rule.age * MONTHS_OF_A_YEAR)
    return max(add_months(month, -flexible.early), undelayed), add_months(month, flexible.late)
