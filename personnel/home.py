"""What personnel says on the first page and on the page of a unit: people, seats, what files lack."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.org.models import Unit
from core.registry import HomePart, ListColumn
from core.web.filters import ChoiceFilter
from core.web.parts import Action, Cell, Chart, Column, Row, Series, Stat, Table
from personnel.models import Teacher
from personnel.quality import PARAMETER, VIEW, quality_of
from personnel.selectors.cadres import cadres, ending_within, headship_rules
from personnel.selectors.contracts import due_contracts
from personnel.selectors.likeness import pairs
from personnel.selectors.seats import VIEW as SEATS
from personnel.selectors.staffing import Staffing, Sum, staffing, summed, with_staffing
from personnel.selectors.teachers import employed, in_unit

UNITS: Final = "units"
MOST_BARS: Final = 12
WORST: Final = 6


def teachers_url(unit: Unit | None = None, **conditions: str) -> str:
    """The list of teachers, of one unit and all below it, under conditions."""
    asked = ({"unit": str(unit.public_id)} if unit is not None else {}) | conditions
    return f"{reverse('teachers')}?{urlencode(asked)}" if asked else reverse("teachers")


def own_file(actor: Any) -> str:
    """A teacher begins with their own file, where they have one."""
    return reverse("me") if Teacher.objects.filter(user=actor.user).exists() else ""


def _read(actor: Any, unit: Unit) -> list[Staffing]:
    """The staffing of a unit, read once for the numbers and the chart of one page."""
    known = actor.__dict__.setdefault("_staffing", {})
    if unit.pk not in known:
        known[unit.pk] = staffing(unit, actor.on)
    found: list[Staffing] = known[unit.pk]
    return found


def _whose(actor: Any, unit: Unit) -> Unit | None:
    """The unit as a condition of lists: none where it is the actor's own."""
    return None if actor.unit and unit.pk == actor.unit.pk else unit


def numbers(actor: Any, unit: Unit) -> list[Stat]:
    """People, people in quota, seats and what is wrong with them."""
    rows = _read(actor, unit)
    total, own = summed(rows), _whose(actor, unit)
    found = [
        Stat(_("Staff at work for the unit"), thousands(total.people), teachers_url(own)),
        Stat(
            _("In quota"), thousands(total.in_quota), teachers_url(own, in_quota="yes"),
            _in_quota_words(total),
        ),
    ]  # fmt: skip
    if len(rows) == 1:
        return [*found, _own_seats(actor, unit, total)]
    seats = Stat(_("Approved quota"), thousands(total.seats), units_url(own), _seats_words(total))
    return [*found, seats, _over(total, own)]


def _own_seats(actor: Any, unit: Unit, total: Sum) -> Stat:
    """The seats of a unit with none below it: free or too few, with its ledger."""
    url = reverse("unit_seats", args=[unit.public_id]) if actor.may(SEATS) else units_url(_whose(actor, unit))
    if not total.over:
        return Stat(_("Approved quota"), thousands(total.seats), url, _seats_words(total))
    words = ngettext("%(n)s person too many", "%(n)s people too many", total.over) % {"n": thousands(total.over)}
    return Stat(_("Approved quota"), thousands(total.seats), url, words, "red", "alert")


def _in_quota_words(total: Sum) -> str:
    """Who is not counted against any seats is named, so that seats, people in quota and the gap add up."""
    outside = _("%(number)s outside the quota") % {"number": thousands(total.people - total.in_quota)}
    if not total.seatless:
        return outside
    seatless = ngettext(
        "%(n)s of those in quota is in a unit without an approved quota",
        "%(n)s of those in quota are in units without an approved quota",
        total.seatless,
    ) % {"n": thousands(total.seatless)}
    return pgettext("clause separator", "; ").join([outside, seatless])


def _seats_words(total: Sum) -> str:
    return _("%(free)s seats free") % {"free": thousands(total.free)}


def _over(total: Sum, own: Unit | None) -> Stat:
    label = _("Units over their quota")
    if not total.over_units:
        return Stat(label, 0, units_url(own, seats="over"), _("none"))
    people = ngettext("%(n)s person too many", "%(n)s people too many", total.over) % {"n": thousands(total.over)}
    return Stat(label, total.over_units, units_url(own, seats="over"), people, "red", "alert")


def units_url(unit: Unit | None = None, **conditions: str) -> str:
    """The list of units, under one unit, under conditions."""
    asked = ({"under": str(unit.public_id)} if unit is not None else {}) | conditions
    return f"{reverse(UNITS)}?{urlencode(asked)}" if asked else reverse(UNITS)


def thousands(number: int) -> str:
    """3,012."""
    return f"{number:,}"


def quality(actor: Any, unit: Unit) -> list[Table]:
    """What the files of people at work lack, the most frequent first, with the score."""
    people = in_unit(employed(Teacher.objects.visible_to(actor), actor.on), unit, actor.on)
    found, own = quality_of(people, actor.on, actor), _whose(actor, unit)
    if not found.people:
        return []
    worst = sorted((one for one in found.faulty if one[1]), key=lambda one: -one[1])
    score = _("%(score)s points") % {"score": number_format(found.score or 0, 1)}
    columns = [
        Column("what", _("What the file lacks")),
        Column("people", _("People"), number=True),
    ]
    rows = [
        Row([Cell(check.label, teachers_url(own, **{PARAMETER: check.name})), Cell(thousands(number))])
        for check, number in worst[:WORST]
    ] or [Row([Cell(_("Nothing that is checked"), tone="green", icon="ok"), ""])]
    return [Table(_("Data quality: %(score)s") % {"score": score}, columns, rows)]


def charts(actor: Any, unit: Unit) -> list[Chart]:
    """Seats and who fills them, by unit: those with the widest gap."""
    rows = [row for row in _read(actor, unit) if row.seats is not None]
    return [quota_chart(actor, unit, rows)] if len(rows) > 1 else []


def quota_chart(actor: Any, unit: Unit, rows: list[Staffing]) -> Chart:
    """Lying bars with a tick for the approved quota: units over it first, then those with the most free seats."""
    shown = sorted(rows, key=_widest)[:MOST_BARS]
    gaps = [gap_words(row.free) for row in shown]
    some = _("%(shown)s of %(all)s units on %(day)s: those over the quota, then those with the most free seats")
    every = _("%(all)s units on %(day)s")
    note = some if len(rows) > len(shown) else every
    return Chart(
        key="quota",
        heading=_("Quota and staff"),
        kind="rows",
        categories=[str(row.unit) for row in shown],
        series=_bars(shown),
        aside=[
            (pgettext("heading of a narrow column", "Quota"), [thousands(row.seats or 0) for row in shown]),
            (pgettext("heading of a narrow column", "Gap"), gaps),
        ],
        alarms=[place for place, row in enumerate(shown) if (row.free or 0) < 0],
        note=note % {"shown": len(shown), "all": len(rows), "day": actor.on.isoformat()},
        head=[_("Unit"), _("Approved"), _("In quota"), _("of them away"), _("Free or over")],
        rows=[_linked(row, gap) for row, gap in zip(shown, gaps, strict=True)],
        links=[Action(_("All units"), units_url(_whose(actor, unit)))],
    )


def _widest(row: Staffing) -> tuple[bool, int]:
    """Units over their quota before all others, each sort by its gap."""
    free = row.free or 0
    return free >= 0, -abs(free)


def _bars(shown: list[Staffing]) -> list[Series]:
    within = [min(row.in_quota, row.seats or 0) for row in shown]
    away = [min(row.away, filled) for row, filled in zip(shown, within, strict=True)]
    return [
        Series(
            pgettext("of people", "At work"),
            [filled - gone for filled, gone in zip(within, away, strict=True)],
            "accent",
            stack=True,
        ),
        Series(_("Lent or away"), away, "soft", stack=True),
        Series(_("Over the quota"), [max(-(row.free or 0), 0) for row in shown], "red", stack=True),
        Series(_("Approved quota"), [row.seats for row in shown], "ink", "tick"),
    ]


def gap_words(free: int | None) -> str:
    """Seats free, seats too few, or neither, in words."""
    if free is None:
        return ""
    if free == 0:
        return _("full")
    return (_("%(n)s free") if free > 0 else _("%(n)s over")) % {"n": thousands(abs(free))}


def _linked(row: Staffing, gap: str) -> list[Any]:
    unit, people = reverse("unit", args=[row.unit.public_id]), teachers_url(row.unit, in_quota="yes")
    return [
        format_html('<a href="{}">{}</a>', unit, row.unit), row.seats,
        format_html('<a href="{}">{}</a>', people, row.in_quota), row.away, gap,
    ]  # fmt: skip


def duplicates(actor: Any, unit: Unit) -> list[Stat]:
    """Pairs of files that may be one person's, both in the unit or below it."""
    there = in_unit(Teacher.objects.visible_to(actor), unit, actor.on).values("pk")
    number = pairs(actor).filter(teacher__in=there, other__in=there).count()
    own = _whose(actor, unit)
    asked = f"?{urlencode({'unit': str(own.public_id)})}" if own is not None else ""
    words = _("pairs to be answered") if number else _("none")
    return [Stat(_("Possible duplicates"), thousands(number), f"{reverse('likenesses')}{asked}", words)]


def contracts(actor: Any, unit: Unit) -> list[Stat]:
    """Contracts of which something is due, of the unit and all below it."""
    number = due_contracts(actor, actor.on, unit=unit).count()
    own = _whose(actor, unit)
    asked = f"?{urlencode({'unit': str(own.public_id)})}" if own is not None else ""
    words = _("probations and terms that end") if number else _("none")
    return [
        Stat(
            _("Contracts due"),
            thousands(number),
            f"{reverse('contracts_due')}{asked}",
            words,
            "amber" if number else "",
        )
    ]


def heads(actor: Any, unit: Unit) -> list[Stat]:
    """Who heads the unit and all below it, and of whom the term is over or ends within the year."""
    rows = cadres(actor, actor.on, unit)
    people = rows.values("teacher").distinct().count()
    if not people:
        return []
    ending = ending_within(rows, actor.on, headship_rules(unit, actor.on).ending).count()
    asked = f"?{urlencode({'unit': str(unit.public_id)})}" if unit.is_bureau else ""
    url = f"{reverse('cadres')}{asked}" if unit.is_bureau else reverse("unit_heads", args=[unit.public_id])
    words = _("terms over or ending within a year: %(n)s") % {"n": thousands(ending)}
    return [Stat(_("Leading cadres"), thousands(people), url, words, "amber" if ending else "")]


HOME: Final = (
    HomePart(permission="personnel.view_own", landing=own_file),
    HomePart(permission=VIEW, numbers=numbers, cards=quality, charts=charts, order=10),
    HomePart(permission=VIEW, numbers=contracts, order=15),
    HomePart(permission=VIEW, numbers=heads, order=16),
    HomePart(permission="personnel.merge_files", numbers=duplicates, order=20),
)


def gap_cell(free: int | None) -> Cell:
    """Seats free or too few in a list."""
    return Cell(gap_words(free), tone="red" if (free or 0) < 0 else "")


def _people(row: Any, _actor: Any) -> Cell:
    """The people of the unit itself; the list of teachers takes all below it, so a bureau's number leads nowhere."""
    return Cell(row.people, teachers_url(row) if row.people and not row.is_bureau else "")


def _filter_seats(rows: Any, value: str, actor: Any) -> Any:
    wanted = {"over": Q(free__lt=0), "free": Q(free__gt=0), "full": Q(free=0), "none": Q(free__isnull=True)}
    return with_staffing(rows, actor.on).filter(wanted[value])


UNIT_COLUMNS: Final = (
    ListColumn(
        "people", gettext_lazy("Staff"), _people, page=UNITS, annotate=lambda rows, actor: with_staffing(rows, actor.on),
        sort=("people",), number=True, permission=VIEW, order=60,
    ),
    ListColumn(
        "in_quota", gettext_lazy("In quota"), lambda row, _actor: row.in_quota, page=UNITS,
        annotate=lambda rows, actor: with_staffing(rows, actor.on), number=True, permission=VIEW, order=70,
    ),
    ListColumn(
        "free", gettext_lazy("Free or over"), lambda row, _actor: gap_cell(row.free), page=UNITS,
        annotate=lambda rows, actor: with_staffing(rows, actor.on), total=gap_cell, number=True, permission=VIEW, order=90,
    ),
)  # fmt: skip
UNIT_FILTERS: Final = (
    ChoiceFilter(
        "seats", gettext_lazy("Quota"), _filter_seats, page=UNITS, permission=VIEW, order=50,
        options=(
            ("over", gettext_lazy("over the quota")), ("free", gettext_lazy("seats free")),
            ("full", gettext_lazy("exactly full")), ("none", gettext_lazy("no quota approved")),
        ),
    ),
)  # fmt: skip
