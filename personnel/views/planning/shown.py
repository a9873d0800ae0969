"""What the pages of planning have in common: tables of schools, stages and subjects, and a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import values_of
from core.web.parts import Badge, Cell, Chart, Column, Link, Row, Series, Stat, Table
from core.workflow.registered import workflow_of
from core.workflow.views.telling import state_badge
from personnel.models import PlanScenario
from personnel.rules.deployment import SubjectGap
from personnel.rules.planning import BASE, CAME, CHANGED, ENTERED, LEFT, ROUNDED
from personnel.selectors.planning import Plan, SchoolPlan, Total, stage_gaps

MOST_BARS: Final = 16
REFERENCES: Final = (
    Link(gettext_lazy("Standard of seats of schools (2014, No. 72)")),
    Link(gettext_lazy("Decision on putting off the statutory retirement age (13 September 2024)")),
)
HELP: Final = gettext_lazy(
    "Pupils of the planned year are projected from the figures of the schools, or entered in a scenario. Lacking is the standard of that "
    "year less those who are still there by then; free are approved seats that nobody holds by then. Who has reached the statutory "
    "retirement age by the first of August counts as gone. Nothing here moves a seat or hires anybody."
)


def school_year(year: int) -> str:
    """A school year in words: 2027–2028."""
    return f"{year}–{year + 1}"


def method_words(method: str) -> str:
    """How pupils are projected, in words."""
    return str(PlanScenario.Method(method).label)


def percent(number: Decimal) -> str:
    """A change in per cent, signed."""
    return f"{number.normalize():+f} %" if number else "0 %"


def number_or_dash(number: int | None) -> str:
    """A number with groups; a dash where it is not known."""
    return "–" if number is None else f"{number:,}"


def short(number: int | None) -> Cell:
    """What lacks: red where it does, with a sign below nought where there is more than needed."""
    if number is None:
        return Cell("–")
    return Cell(f"{number:,}", tone="red", icon="alert") if number > 0 else Cell(f"{number:,}")


def total_stats(total: Total) -> list[Stat]:
    """The plan in a few numbers."""
    pupils = total.pupils - total.pupils_now
    standard = total.standard - total.standard_now
    return [
        Stat(_("Pupils in the planned year"), f"{total.pupils:,}", sub=_("%(n)s beside now") % {"n": f"{pupils:+,}"}),
        Stat(pgettext("seats", "Standard"), f"{total.standard:,}", sub=_("%(n)s beside now") % {"n": f"{standard:+,}"}),
        Stat(pgettext("seats", "Approved"), f"{total.approved:,}", sub=_("%(n)s occupied now") % {"n": f"{total.occupied:,}"}),
        Stat(_("Retirements until then"), f"{total.retiring:,}"),
        Stat(
            pgettext("planning", "Lacking"), f"{total.lacking:,}",
            sub=_("seats for %(n)s of them") % {"n": f"{total.hire:,}"}, tone="red" if total.lacking else "",
        ),
    ]  # fmt: skip


def school_columns() -> list[Column]:
    """The columns of the list of schools."""
    names = (
        (_("Pupils now"), ""), (_("Pupils then"), ""), (_("Standard now"), ""), (_("Standard then"), ""),
        (pgettext("seats", "Approved"), ""), (pgettext("seats", "Occupied"), ""), (_("Retirements"), _("until then")),
        (pgettext("planning", "Lacking"), _("below nought: more than the standard")),
        (pgettext("planning", "Free"), _("seats by then")), (_("No seat for"), ""),
    )  # fmt: skip
    return [
        Column("unit", _("Unit")),
        *(Column(f"n{place}", name, number=True, sub=sub) for place, (name, sub) in enumerate(names)),
    ]


def school_numbers(row: SchoolPlan) -> list[int | None]:
    """The numbers of a school in the order of the columns."""
    gap, known = row.gap, row.balance.known
    return [
        row.pupils_now if row.now else None, row.pupils if row.then else None, row.standard_now, row.standard,
        gap.approved if known else None, gap.occupied if known else None, gap.retiring if known else None, gap.lacking,
        gap.free if known else None, gap.seats_short if gap.lacking is not None else None,
    ]  # fmt: skip


def school_table(rows: Iterable[SchoolPlan], link: Any) -> Table:
    """The schools with their plan; `link(unit)` is where a school leads."""
    lines = []
    for row in rows:
        numbers = school_numbers(row)
        cells: list[Any] = [Cell(str(row.unit), link(row.unit)), *(Cell(number_or_dash(one)) for one in numbers[:7])]
        cells += [
            short(numbers[7]),
            Cell(number_or_dash(numbers[8]), tone="red" if (numbers[8] or 0) < 0 else ""),
            short(numbers[9]),
        ]
        lines.append(Row(cells))
    return Table(_("Gap by school"), school_columns(), lines)


def school_chart(plan: Plan) -> Chart:
    """Lying bars: who stays, who retires; ticks for the standard of then and the approved seats. The most lacking first."""
    known = [row for row in plan.rows if row.gap.lacking is not None]
    shown = sorted(known, key=lambda row: -(row.gap.lacking or 0))[:MOST_BARS]
    said = {"shown": len(shown), "all": len(known)}
    return Chart(
        key="plan",
        heading=_("Who stays, who retires, and the standard of the planned year"),
        kind="rows",
        categories=[str(row.unit) for row in shown],
        series=[
            Series(_("Still there"), [row.gap.staying for row in shown], "accent", stack=True),
            Series(_("Retirements until then"), [row.gap.retiring for row in shown], "amber", stack=True),
            Series(_("Standard then"), [row.standard for row in shown], "ink", "tick"),
        ],
        alarms=[place for place, row in enumerate(shown) if row.gap.seats_short],
        note=_("%(shown)s of %(all)s units: those that lack the most; red where approved seats do not suffice") % said,
        head=[str(column.label) for column in school_columns()],
        rows=[[str(row.unit), *("" if one is None else one for one in school_numbers(row))] for row in shown],
    )


def in_order_of_stages(found: Mapping[str, Any], values: Any) -> dict[str, Any]:
    """What is told by stage, in the order of the list of stages; what says none stands last."""
    return dict(sorted(found.items(), key=lambda item: values.place("stage", item[0])))


def pupils_chart(years: Sequence[int], by_stage: Mapping[str, Sequence[int]], actor: Any) -> Chart:
    """Pupils by school year, a line for each stage."""
    values, tones = values_of(actor), ("accent", "green", "amber", "ink", "soft", "red")
    by_stage = in_order_of_stages(by_stage, values)
    names = [values.code("stage", stage) or _("stage not said") for stage in by_stage]
    return Chart(
        key="pupils",
        heading=_("Pupils by school year"),
        categories=[school_year(year) for year in years],
        series=[
            Series(name, list(numbers), tones[place % len(tones)], "line")
            for place, (name, numbers) in enumerate(zip(names, by_stage.values(), strict=True))
        ],
        note=_("the first year as counted, the others projected"),
        head=[_("School year"), *names],
        rows=[
            [school_year(year), *(numbers[place] for numbers in by_stage.values())] for place, year in enumerate(years)
        ],
    )


def stage_table(plan: Plan, actor: Any) -> Table | None:
    """By stage: pupils, the standard of the county as a whole, who is still there by then and what lacks."""
    if not plan.stages:
        return None
    values = values_of(actor)
    columns = [
        Column("stage", _("Stage")), Column("now", _("Pupils now"), number=True), Column("then", _("Pupils then"), number=True),
        Column("seats", _("Standard then"), number=True), Column("retiring", _("Retirements"), number=True, sub=_("until then")),
        Column("there", _("Still there"), number=True, sub=_("of several stages divided as the standard is")),
        Column("gap", pgettext("planning", "Lacking"), number=True, sub=_("below nought: more than the standard")),
    ]  # fmt: skip
    lines = [
        Row([
            values.code("stage", one.stage) or _("stage not said"), f"{one.pupils_now:,}", f"{one.pupils:,}",
            number_or_dash(one.standard), number_or_dash(one.retiring), number_or_dash(one.staying), short(one.lacking),
        ])
        for one in in_order_of_stages({one.stage: one for one in stage_gaps(plan)}, values).values()
    ]  # fmt: skip
    return Table(_("Gap by stage"), columns, lines)


def subject_table(
    gaps: Iterable[SubjectGap], actor: Any, *, ahead: bool = True, recruits: Mapping[tuple[str, str], int] | None = None
) -> Table:
    """By stage and subject: hours of the classes, full teachers needed and there, and what lacks.

    `ahead`: of a planned year, with who retires until then; `recruits` are proposed by a scenario.
    """
    values, lines = values_of(actor), []
    columns = [
        Column("subject", _("Subject")), Column("stage", _("Stage")), Column("classes", _("Classes"), number=True),
        Column("hours", _("hours a week"), number=True), Column("needed", _("Teachers needed"), number=True),
        Column("there", pgettext("planning", "Teachers"), number=True),
        *([Column("retiring", _("Retirements"), number=True, sub=_("until then"))] if ahead else []),
        Column("gap", pgettext("planning", "Lacking"), number=True, sub=_("full teachers")),
        *([Column("recruits", _("Proposed to recruit"), number=True)] if recruits else []),
    ]  # fmt: skip
    for one in gaps:
        gap = (
            Cell(f"{one.gap:,}", tone="red", icon="alert")
            if one.gap > 0
            else Cell(f"{one.gap:,}" if one.hours else "–")
        )
        lines.append(
            Row([
                values.code("subject", one.subject), values.code("stage", one.stage), f"{one.classes:,}",
                f"{one.hours.normalize():,f}" if one.hours else "–", f"{one.needed:,}" if one.hours else "–", f"{one.there:,}",
                *([f"{one.retiring:,}"] if ahead else []), gap, *([recruits.get((one.stage, one.subject), "")] if recruits else []),
            ])
        )  # fmt: skip
    return Table(_("Gap by subject and stage"), columns, lines)


def lines_table(row: SchoolPlan, actor: Any) -> Table | None:
    """How the pupils of one school come about."""
    values = values_of(actor)
    words = {
        BASE: _("counted in %(year)s"), LEFT: _("leave"), CAME: _("come"), CHANGED: _("change"), ENTERED: _("entered"),
        ROUNDED: _("rounding"),
    }  # fmt: skip
    columns = [
        Column("stage", _("Stage")), Column("how", _("How it comes about")), Column("pupils", _("Pupils then"), number=True),
        Column("classes", _("Classes"), number=True),
    ]  # fmt: skip
    lines = []
    for one in row.then:
        year = {"year": school_year(one.base_year)}
        how = pgettext("list separator", ", ").join(
            f"{words[line.rule] % year if line.rule == BASE else words[line.rule]} {line.pupils.normalize():+,f}"
            for line in one.lines
        )
        lines.append(
            Row([values.code("stage", one.stage) or _("stage not said"), how, f"{one.pupils:,}", f"{one.classes:,}"])
        )
    return Table(_("How the pupils are projected"), columns, lines) if lines else None


def case_cell(case: Any) -> Cell:
    """Where a case stands, leading to it."""
    badge: Badge = state_badge(workflow_of(case.kind), case)
    return Cell(badge.label, reverse("case", args=[case.public_id]), tone=badge.tone)
