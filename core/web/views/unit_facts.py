"""What the page of a unit tells of it: facts of today, tables of what held when, the latest changes."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.values import day_words, label, reason_words, values_of
from core.dates import DAY
from core.org.models import ApprovedQuota, Unit, UnitKind, UnitProfile, UnitStatistics
from core.records.models import Change
from core.registry import registry
from core.web.parts import Badge, Cell, Column, Entry, Fact, Row, Table

LATEST = 5
TEACHING = (UnitKind.SCHOOL, UnitKind.TEACHING_POINT)
OWN_RECORDS = (UnitProfile, ApprovedQuota, UnitStatistics)


def facts_of(unit: Any, actor: Any) -> list[Fact]:
    """What the unit is on the actor's day."""
    values = values_of(actor)
    profile = UnitProfile.objects.filter(unit=unit, valid__contains=actor.on).select_related("unit").first()
    told = [(label(Unit, "code"), unit.code), *_profile_facts(profile, values)]
    closed = [Fact(label(Unit, "closed"), unit.closed, badges=[Badge(_("closed"), "amber")])] if unit.closed else []
    opened = Fact(label(Unit, "opened"), day_words(unit.opened) if unit.opened else "")
    return [*(Fact(name, text) for name, text in told), opened, *closed]


def _profile_facts(profile: UnitProfile | None, values: Any) -> list[tuple[str, str]]:
    if profile is None:
        return []
    words = _words(profile, values)
    told = ("office_type", "location", "sponsor", "stages")
    bureau = profile.unit.kind not in TEACHING
    return [
        (label(UnitProfile, name), words[name])
        for name in ("short_name", *told)
        if words[name] or (name in told and not bureau)
    ]


def _words(row: UnitProfile, values: Any) -> dict[str, str]:
    return {
        "short_name": row.short_name,
        "office_type": values.code("school_type", row.office_type),
        "location": values.code("location", row.location),
        "sponsor": values.code("sponsor", row.sponsor),
        "stages": pgettext("list separator", ", ").join(values.code("stage", stage) for stage in row.stages),
    }


def profile_table(unit: Any, actor: Any) -> Table:
    """Names and types over time, the newest first."""
    values = values_of(actor)
    names = ("office_type", "location", "stages")
    columns = [
        Column("name", label(UnitProfile, "name")),
        *_period_columns(),
        *(Column(n, label(UnitProfile, n)) for n in names),
    ]
    rows = UnitProfile.objects.filter(unit=unit).order_by("-valid")
    return Table(_("Names and types over time"), columns, [_profile_row(row, actor, values, names) for row in rows])


def _profile_row(row: UnitProfile, actor: Any, values: Any, names: tuple[str, ...]) -> Row:
    words = _words(row, values)
    return Row([Cell(row.name), *period_cells(row.valid, actor.on), *(words[name] for name in names)])


def _period_columns() -> list[Column]:
    return [Column("from", _("From"), number=True, nowrap=True), Column("until", _("Until"), number=True, nowrap=True)]


def period_cells(valid: Any, on: Any) -> list[Any]:
    """The first and the last day of a period as two cells; what holds on the day says so."""
    last = (valid.upper - DAY).isoformat() if valid.upper else ""
    holds = valid.lower <= on and (valid.upper is None or on < valid.upper)
    ends = Cell(badge=Badge(_("in force"), "green", "check")) if holds and not last else last
    return [day_words(valid.lower), ends]


def quota_table(unit: Any) -> Table | None:
    """Approved quotas over time, the newest first; None where none was ever approved."""
    rows = list(ApprovedQuota.objects.filter(unit=unit).order_by("-valid"))
    columns = [
        Column("from", _("From"), nowrap=True),
        Column("until", _("Until"), nowrap=True),
        Column("seats", _("Seats"), number=True),
    ]
    if not rows:
        return None
    lines = [Row([day_words(row.valid.lower), _last_day(row.valid), f"{row.seats:,}"]) for row in rows]
    return Table(_("Approved quota"), columns, lines)


def _last_day(valid: Any) -> str:
    return (valid.upper - DAY).isoformat() if valid.upper else _("to this day")


def statistics_table(unit: Any, actor: Any) -> Table | None:
    """Pupils and classes by school year and stage, the newest first; None where there are none."""
    values = values_of(actor)
    rows = list(UnitStatistics.objects.filter(unit=unit).order_by("-school_year", "stage"))
    if not rows:
        return None
    columns = [
        Column("year", label(UnitStatistics, "school_year"), nowrap=True),
        Column("stage", label(UnitStatistics, "stage")),
        Column("pupils", label(UnitStatistics, "pupils"), number=True),
        Column("classes", label(UnitStatistics, "classes"), number=True),
        Column("boarders", label(UnitStatistics, "boarders"), number=True),
        Column("size", _("Pupils a class"), number=True),
    ]
    return Table(_("Pupils and classes"), columns, [_statistics_row(row, values) for row in rows])


def _statistics_row(row: UnitStatistics, values: Any) -> Row:
    size = f"{row.pupils / row.classes:.1f}" if row.pupils is not None and row.classes else ""
    year = f"{row.school_year}–{row.school_year + 1}"
    stage = values.code("stage", row.stage) or _("all stages")
    return Row([year, stage, _count(row.pupils), _count(row.classes), _count(row.boarders), size])


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def latest_changes(unit: Any, actor: Any) -> list[Entry]:
    """The newest changes of the unit and its dated facts, for those who may look at changes."""
    if not actor.may("records.view_change"):
        return []
    parts = [Unit.history.filter(id=unit.pk).order_by().values_list("change_id")]
    for model in OWN_RECORDS:
        own = model._base_manager.filter(unit=unit).values("pk")
        parts.append(model.history.filter(id__in=own).order_by().values_list("change_id"))
    first, *rest = parts
    ids = [change for (change,) in first.union(*rest).order_by("-change_id")[:LATEST]]
    changes = Change.objects.filter(pk__in=ids).select_related("actor").order_by("-pk")
    return [change_entry(change) for change in changes]


def change_entry(change: Change) -> Entry:
    """A change as an entry of a history, with a link to all that it touched."""
    try:
        url = reverse("change", args=[change.public_id])
    except NoReverseMatch:
        url = ""
    return Entry(
        heading=registry.change_label(change.kind), on=timezone.localtime(change.at), by=str(change.actor),
        reason=reason_words(change), document=change.document, url=url,
    )  # fmt: skip
