"""Computed facts in words, each with the lines that lead to it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.values import values_of
from core.rules import Amount, Line
from core.web.parts import Badge, Fact, Finding
from personnel.rules import CountingBirth, RetirementPlan
from personnel.selectors.derived import Derived
from personnel.views.marks import computed_mark

COUNTING = {
    "full_years": gettext_lazy("Whole months from day to day, less the interruptions; full years count."),
    "calendar_years": gettext_lazy(
        "The year looked at less the year of the beginning, less the years of the interruptions."
    ),
    "calendar_years_inclusive": gettext_lazy(
        "Calendar years, the first one and the present one both counting, less the interruptions."
    ),
}


def facts(found: Derived, actor: Any) -> dict[str, list[Fact]]:
    """Computed facts by the name of the tab under which they stand."""
    return {
        "basic": [_age(found.birth, found.age)] if found.birth and found.age is not None else [],
        "work": [
            *_years(_("Years of work"), found.service, "personnel.service_counting" in found.missing),
            *_years(_("Years of teaching"), found.teaching, "personnel.service_counting" in found.missing),
            *([_retirement(found.retirement, found.category_decided, actor)] if found.retirement is not None else []),
        ],
        "learning": [_education(found, actor)] if found.education is not None else [],
    }


def _age(birth: CountingBirth, age: int) -> Fact:
    by_archive, by_number = _("From the birth date by the archive, %(birth)s."), _("From the birth date %(birth)s.")
    basis = (by_archive if birth.basis == "archive" else by_number) % {"birth": birth.birth}
    return Fact(_("Age"), _("%(age)s years old") % {"age": age}, mark=computed_mark(_("Age"), [basis]))


def _years(label: Any, amount: Amount | None, missing: bool) -> list[Fact]:
    if amount is None:
        return (
            [Fact(label, "", badges=[Badge(_("no counting rule for this day"), "amber", "alert")])] if missing else []
        )
    counting = amount.rule.rpartition(".")[2]
    lines = [*(_line(line) for line in amount.lines), COUNTING.get(counting, ""), amount.reference]
    return [
        Fact(
            label,
            ngettext("%(n)s year", "%(n)s years", amount.value) % {"n": amount.value},
            mark=computed_mark(label, [line for line in lines if line]),
        )
    ]


def _line(line: Line) -> str:
    if line.unit == "month":
        much = ngettext("%(n)s month", "%(n)s months", abs(line.amount)) % {"n": abs(line.amount)}
    else:
        much = ngettext("%(n)s year", "%(n)s years", abs(line.amount)) % {"n": abs(line.amount)}
    days = {"starts": line.starts, "ends": line.ends, "much": much}
    if line.rule.endswith(".break"):
        return _("Interruption from %(starts)s to %(ends)s: less %(much)s") % days
    return _("From %(starts)s to %(ends)s: %(much)s") % days


def _retirement(plan: RetirementPlan, decided: bool, actor: Any) -> Fact:
    """The statutory month of retirement, the window around it, and how both are reckoned."""
    sub = _("at %(age)s") % {"age": _age_words(plan.age.value)}
    if plan.earliest and plan.latest:
        window = {"earliest": _month(plan.earliest), "latest": _month(plan.latest)}
        sub = pgettext("list separator", ", ").join([sub, _("flexible from %(earliest)s to %(latest)s") % window])
    label = _("Expected retirement")
    return Fact(
        label, str(plan.day or _month(plan.month)), sub=sub, mark=computed_mark(label, _how(plan, decided, actor))
    )


def _how(plan: RetirementPlan, decided: bool, actor: Any) -> list[str]:
    category = values_of(actor).code("retirement_category", plan.category)
    by_decision, by_default = (
        _("Category: %(category)s, as decided."),
        _("Category: %(category)s, by sex and post family."),
    )
    lines = [(by_decision if decided else by_default) % {"category": category}]
    age, *delays = plan.age.lines
    lines.append(_("Age without delay: %(age)s") % {"age": _age_words(age.amount)})
    for line in delays:
        step, _sign, most = line.note.partition("/")
        said = {"since": _month(line.starts), "step": step, "most": most, "much": line.amount}
        lines.append(
            _(
                "Born from %(since)s on: one month later for every %(step)s months begun, at most %(most)s: %(much)s months"
            )
            % said
        )
    lines.append(_("Least contributions to the pension: %(n)s months") % {"n": plan.contributions})
    if plan.early_contributions != plan.contributions:
        lines.append(_("Least contributions in the earliest month: %(n)s months") % {"n": plan.early_contributions})
    return [*lines, plan.age.reference]


def _age_words(months: int) -> str:
    years, rest = divmod(months, 12)
    return (
        _("%(years)s years %(months)s months") % {"years": years, "months": rest}
        if rest
        else _("%(years)s years") % {"years": years}
    )


def _month(day: Any) -> str:
    return f"{day:%Y-%m}"


def _education(found: Derived, actor: Any) -> Fact:
    row, values = found.education, values_of(actor)
    level = values.code("education", row.level)
    text = " ".join(part for part in (level, row.school, row.subject) if part)
    sub = f"{values.code('degree', row.degree)} {row.ends or ''}".strip()
    told = _("The highest of the educations on file, by the order of the list of educations.")
    return Fact(_("Highest education"), text, sub=sub, mark=computed_mark(_("Highest education"), [told]))


def notices(found: Derived) -> list[Finding]:
    """What is wrong with the file by the rules: two birth dates that contradict each other, undecided."""
    finding = found.birth.finding if found.birth else None
    if finding is None or finding.met:
        return []
    text = _(
        "Identity number %(by_id)s, archive %(by_archive)s. Decide which one counts, with the number of the decision."
    )
    said = {"by_id": finding.expected, "by_archive": finding.actual}
    return [Finding(_("Two birth dates contradict each other."), text % said, "amber", "alert", finding.reference)]
