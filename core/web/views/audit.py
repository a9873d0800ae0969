"""For auditors: every change, and every look at a file or at a masked value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import F, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from core.codes.values import reason_words, values_of
from core.dates import DAY
from core.org.actor import role_label
from core.org.models import User
from core.records.models import AccessLog, Change
from core.records.scope import acted_below, owners
from core.registry import HomePart, ListColumn, registry
from core.text import masked_name
from core.web.filters import ChoiceFilter, DayFilter, Filter, UnitFilter
from core.web.looks import FILE, SEALED, SORTS, said_reason, sort_of, withheld_until
from core.web.pages import ListPage
from core.web.parts import Badge, Cell, Link, Stat
from core.web.views.jobs import stamp
from core.web.views.seals import VIEW, standing

LOOKS_AT_CHANGES = ("records.view_change", VIEW)
BATCH = "batch:"
REVEALS = "value"
SOURCES = {
    "page": _("on the page"),
    "batch": _("by a workbook"),
    "api": _("through the interface"),
    "command": _("by a command"),
}


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def log_filters(order: int = 100) -> tuple[Filter, ...]:
    """Conditions that all logs have: the unit of who acted, and the days."""
    return (
        UnitFilter(
            "under", _("Unit"), lambda rows, unit, _actor: rows.filter(unit__path__descendants=unit.path), order=order
        ),
        DayFilter("since", _("From"), lambda rows, day, _actor: rows.filter(at__gte=_morning(day)), order=order + 10),
        DayFilter(
            "until",
            _("Until and with"),
            lambda rows, day, _actor: rows.filter(at__lt=_morning(day + DAY)),
            order=order + 20,
        ),
    )


class LogPage(ListPage):
    """A log of who did something, the newest first."""

    permission: ClassVar[str | tuple[str, ...]] = VIEW
    default_sort = "-at"
    can_search = True
    search_label = _("Who: name or user name")

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        people = User.objects.filter(Q(username=text) | Q(name__icontains=text))
        return rows.filter(actor__in=people.values("pk"))

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])


def who(row: Any, _actor: Any) -> Cell:
    """Who acted, and in which role."""
    role = gettext("the system") if row.role == "system" else role_label(row.role)
    name = str(row.actor)
    return Cell(name, sub=role if role != name else "")


def unit_of(row: Any, actor: Any) -> str:
    """The unit in which somebody acted."""
    return values_of(actor).unit(row.unit_id)


def when(row: Any, _actor: Any) -> str:
    """When it was, in China, to the second."""
    return stamp(row.at)


class KindFilter(Filter):
    """What was done: the kinds of changes that the modules name."""

    __slots__ = ()

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        known = {kind: str(text) for module in registry.modules.values() for kind, text in module.change_kinds.items()}
        return sorted(known.items(), key=lambda one: one[1])


def source_words(source: str) -> str:
    """Where a change was made, in words."""
    name, _sign, key = source.partition(":")
    if name == "batch" and key:
        return gettext("batch %(number)s") % {"number": key}
    return str(SOURCES.get(name, source))


def _by_source(rows: Any, value: str, _actor: Any) -> Any:
    return rows.filter(source__startswith=BATCH) if value == "batch" else rows.filter(source=value)


def _kind(row: Change, actor: Any) -> Cell:
    return Cell(registry.change_label(row.kind), _change_url(row, actor))


def _doer(row: Change, actor: Any) -> Cell:
    """Who acted; for auditors the name leads to everything that they did."""
    if not actor.may(VIEW):
        return who(row, actor)
    return replace(who(row, actor), url=f"{reverse('audit_changes')}?{urlencode({'q': row.actor.username})}")


def _change_url(change: Change, actor: Any) -> str:
    """Where a change is shown with all that it touched, for those who may look there."""
    if not actor.may_any(LOOKS_AT_CHANGES):
        return ""
    try:
        return reverse("change", args=[change.public_id])
    except NoReverseMatch:
        return ""


def _place(row: Any, _actor: Any) -> Any:
    return f"{row.place:,}" if row.place else Cell(badge=Badge(gettext("not yet settled"), "amber"))


class ChangeLog(LogPage):
    """Every act that wrote something: who, in which role and unit, when, why, on what paper."""

    name = "audit_changes"
    route = "audit/changes/"
    title = _("Log of changes")
    everything_label = _("All changes")
    help = _(
        "Each row is one act. Nothing is written outside of one, and none can be altered or removed; "
        "open it to see all that it touched."
    )
    columns = (
        ListColumn("at", _("When"), when, sort=("id",), indexed=True, nowrap=True, order=0),
        ListColumn("kind", _("What"), _kind, nowrap=True, order=10),
        ListColumn("who", _("Who"), _doer, nowrap=True, order=20),
        ListColumn("unit", _("Unit"), unit_of, order=30),
        ListColumn("reason", _("Why"), lambda row, _actor: reason_words(row), order=40),
        ListColumn("document", _("Paper"), lambda row, _actor: row.document, order=50),
        ListColumn("source", _("Where"), lambda row, _actor: source_words(row.source), nowrap=True, order=60),
        ListColumn(
            "place", _("Position"), _place, number=True, order=70,
            annotate=lambda rows, _actor: rows.annotate(place=F("settled__position")),
        ),
        ListColumn(
            "seal", _("Seal"), lambda row, _actor: row.sealed_by, number=True, shown=False, order=80,
            annotate=lambda rows, _actor: rows.annotate(sealed_by=F("settled__seal")),
        ),
    )  # fmt: skip
    filters = (
        KindFilter("kind", _("What"), lambda rows, value, _actor: rows.filter(kind=value), order=10),
        ChoiceFilter("source", _("Where"), _by_source, options=tuple(SOURCES.items()), order=20),
        *log_filters(),
    )

    def rows_of(self, actor: Any) -> Any:
        return acted_below(Change.objects.select_related("actor"), actor)


class OwnChanges(ChangeLog):
    """Everything that the reader did, in all their roles."""

    name = "own_changes"
    route = "account/changes/"
    permission = ("jobs.view_own", "codes.view", "org.view_user")
    title = _("What I did")
    everything_label = _("All that I did")
    can_search = False
    help = _("Each row is one act of yours, in whichever role; open it to see all that it touched.")

    def rows_of(self, actor: Any) -> Any:
        return Change.objects.select_related("actor").filter(actor=actor.user)


def subjects(rows: Iterable[AccessLog], on: date) -> dict[tuple[str, int], tuple[Any, int | None]]:
    """Whom rows are about: (record, its unit's key on a day), at most three queries for each model."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.subject].add(row.subject_id)
    found: dict[tuple[str, int], tuple[Any, int | None]] = {}
    for model, keys in wanted.items():
        units = owners(apps.get_model(model), keys, on)
        for record in apps.get_model(model)._base_manager.filter(pk__in=keys):
            found[model, record.pk] = (record, units.get(record.pk))
    return found


def _whose(row: Any, actor: Any) -> Cell:
    """The person, masked: the first sign of the name, the unit, and a number that is the same for all looks at one file."""
    record, unit = row.about
    if record is None:
        return Cell()
    number = gettext("file %(number)s") % {"number": record.public_id.hex[-8:]}
    between = pgettext("between unit and role", " · ")
    return Cell(masked_name(str(record)), sub=between.join(filter(None, [values_of(actor).unit(unit), number])))


def seen(row: Any, _actor: Any) -> Cell:
    """What was looked at: a file, or more."""
    sort = sort_of(row.what)
    return Cell(sort.words, tone="amber", icon=sort.icon) if sort.icon else Cell(sort.words)


def _by_look(rows: Any, value: str, _actor: Any) -> Any:
    """The looks of one sort: a reveal names its model and field, with a dot between."""
    if value == REVEALS:
        return rows.filter(what__contains=".")
    if value == FILE:
        return rows.exclude(what__contains=".").exclude(what__startswith=SEALED).exclude(what__in=set(SORTS) - {FILE})
    if value == SEALED:
        return rows.filter(what__startswith=SEALED)
    return rows.filter(what=value)


def look_filter() -> ChoiceFilter:
    """What was looked at, for logs of looks."""
    sorts = [(what, sort.words) for what, sort in SORTS.items() if what != FILE]
    first = (
        (REVEALS, _("a masked value revealed")),
        (FILE, _("a file opened")),
        (SEALED, _("a sealed part of a file opened")),
    )
    return ChoiceFilter("what", _("What"), _by_look, options=(*first, *sorts), order=10)


def _withheld(row: Any, _actor: Any) -> Any:
    """By which rule the person does not read of a look yet, and until when."""
    if row.withheld is None:
        return ""
    rule, until = row.withheld
    return Cell(
        badge=Badge(
            gettext("shown from %(day)s") % {"day": until} if until else gettext("shown when it is over"), "amber"
        ),
        sub=rule,
    )


class AccessPages(LogPage):
    """Every look at a file and every reveal of a masked value: who, whose, what, when, why."""

    name = "audit_access"
    route = "audit/access/"
    title = _("Log of looks and reveals")
    everything_label = _("All looks")
    row_key = "pk"
    help = _(
        "Opening a file leaves one row a day and reader; revealing a masked value leaves one row each time, with the reason given. "
        "Whose file it was is masked here too; the number tells which looks were at the same file."
    )
    references = (Link(_("Personal Information Protection Law, articles 51 and 54")),)
    columns = (
        ListColumn("at", _("When"), when, sort=("id",), indexed=True, nowrap=True, order=0),
        ListColumn("who", _("Who"), who, nowrap=True, order=10),
        ListColumn("unit", _("Unit"), unit_of, order=20),
        ListColumn("whose", _("Whose"), _whose, order=30),
        ListColumn("what", _("What"), seen, order=40),
        ListColumn("reason", _("Why"), lambda row, _actor: said_reason(row), order=50),
        ListColumn("withheld", _("Withheld from the person"), _withheld, order=60),
    )
    filters = (look_filter(), *log_filters())

    def rows_of(self, actor: Any) -> Any:
        return acted_below(AccessLog.objects.select_related("actor"), actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        about, held = subjects(rows, actor.on), withheld_until(rows)
        for row in rows:
            row.about = about.get((row.subject, row.subject_id), (None, None))
            row.withheld = held.get(row.pk)
        values_of(actor).prime(units=[*(row.unit_id for row in rows), *(row.about[1] for row in rows)])


def numbers(actor: Any, _unit: Any) -> list[Stat]:
    """What happened today, and whether history is as it was sealed."""
    morning = _morning(actor.on)
    changes = acted_below(Change.objects.filter(at__gte=morning), actor).count()
    looks = acted_below(AccessLog.objects.filter(at__gte=morning), actor)
    opened, revealed = (_by_look(looks, sort, actor).count() for sort in (FILE, REVEALS))
    today = {"since": actor.on.isoformat()}
    access = reverse("audit_access")
    return [
        Stat(gettext("Changes today"), f"{changes:,}", f"{reverse('audit_changes')}?{urlencode(today)}"),
        Stat(
            gettext("Files opened today"),
            f"{opened:,}",
            f"{access}?{urlencode({**today, 'what': FILE})}",
        ),
        Stat(gettext("Values revealed today"), f"{revealed:,}", f"{access}?{urlencode({**today, 'what': REVEALS})}"),
        standing(),
    ]


HOME = (HomePart(permission=VIEW, numbers=numbers, order=40),)
