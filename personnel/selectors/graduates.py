"""Graduates to be placed, what is free for them, agreements with what is owed, special posts that end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Min

from core.org.models import Unit, UnitProfile
from core.parameters.selectors import ParameterMissing, at
from core.publicity.selectors import clear
from personnel import rules
from personnel.choices import ENDED
from personnel.models import (
    Employment,
    Graduate,
    PersonStatus,
    Placement,
    SeatAccount,
    ServiceAgreement,
    SpecialPostEnd,
    Teacher,
)
from personnel.selectors.seats import least_vacant, usable, vacant_of
from personnel.selectors.teachers import employed, teachers_on

# The kind of workbook in which the list of a year comes.
LISTS: Final = "graduates"
PLACE: Final = "personnel.placement"
SPECIAL: Final = "personnel.special_post_end"
SLIP: Final = "report_slip"
STANDING: Final = Graduate.Standing
OPEN: Final = (STANDING.LISTED, STANDING.ABSENT)
# The states of a placement that was decided.
WERE_DECIDED: Final = ("placed", "reported", "absent")


def placing_rules(unit: Any, on: date) -> rules.Placing:
    """The rules of placing graduates of a unit on a day."""
    return at(rules.Placing, on, unit=unit)


def service_terms(unit: Any, on: date) -> rules.ServiceTerms:
    """What agreements that were signed on a day say."""
    return at(rules.ServiceTerms, on, unit=unit)


def graduates(actor: Any) -> Any:
    """The graduates on the lists of the actor's bureau and of those below it, with their keys."""
    return Graduate.objects.visible_to(actor).select_related("key")


def name_of(graduate: Graduate) -> str:
    """The name of a graduate; what it says once it was erased."""
    return clear(graduate.name)


def said_of(graduate: Graduate, name: str) -> str:
    """A sealed value of a graduate in clear; "" where there is none."""
    secret = getattr(graduate, name)
    return clear(secret) if secret else ""


def is_decided(graduate: Graduate) -> bool:
    """Whether a placement of theirs was ever decided: what is known of them stood on a paper by then."""
    return graduate.pk in decided_among([graduate.pk])


def decided_among(keys: Collection[int]) -> set[int]:
    """Of graduates by their keys, those of whom a placement was ever decided. One query."""
    rows = Placement._base_manager.filter(graduate__in=list(keys), case__state__in=WERE_DECIDED)
    return set(rows.values_list("graduate", flat=True))


def standings(rows: Any) -> dict[str, int]:
    """How many graduates stand where. One query."""
    return dict(rows.order_by().values("standing").annotate(n=Count("pk")).values_list("standing", "n"))


def why_no_seat(unit: Unit, on: date) -> bool:
    """Whether a unit that keeps the ledger has no seat left from a day on, neither kept for use nor vacant."""
    kind = at(rules.SeatHolding, on, unit=unit).quota_kind
    if not SeatAccount._base_manager.filter(unit=unit, kind=kind).exists():
        return False
    return not usable(unit, kind, on) and least_vacant(unit, kind, on) < 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is suggested for the graduates of a year: the graduate, the unit, which wish it is (None: none of theirs)."""

    graduate: Graduate
    wishes: tuple[int, ...]
    unit: int | None
    wish: int | None


def plan(actor: Any, year: int, on: date) -> tuple[list[Plan], dict[int, int]]:
    """What the gaps and the wishes suggest for those of a year who are not placed, and how many seats each school has free.

    Seats free are vacant ones by the ledger less placements that have not reported; publicly funded students come first, then by the list.
    """
    rows = list(
        graduates(actor).filter(year=year, standing__in=OPEN).prefetch_related("wishes").order_by("-kind", "pk")
    )
    rows.sort(key=lambda one: (one.kind != Graduate.Kind.FREE, one.pk))
    free = free_seats(actor, on)
    stages = stages_of(free, on)
    asked = [
        rules.Placed(
            one.pk, tuple(wish.unit_id for wish in sorted(one.wishes.all(), key=lambda wish: wish.place)), one.stage
        )
        for one in rows
    ]
    found = {one.key: one for one in rules.suggest(asked, free, stages)}
    wishes = {one.key: one.wishes for one in asked}
    return [Plan(one, wishes[one.pk], found[one.pk].unit, found[one.pk].wish) for one in rows], free


def free_seats(actor: Any, on: date) -> dict[int, int]:
    """Seats of the quota that are vacant from a day on, by school, less placements that have not reported yet."""
    units = [one for one in Unit.objects.visible_to(actor).open_on(on) if not one.is_bureau]
    kind = at(rules.SeatHolding, on, unit=actor.unit).quota_kind
    vacant = vacant_of([one.pk for one in units], kind, on)
    waiting = Placement._base_manager.filter(unit__in=list(vacant), case__state__in=("proposed", "placed"))
    for row in waiting.order_by().values("unit").annotate(n=Count("pk")):
        vacant[row["unit"]] -= row["n"]
    return vacant


def stages_of(units: Collection[int], on: date) -> dict[int, tuple[str, ...]]:
    """The stages that units teach on a day, by their keys. One query."""
    rows = UnitProfile._base_manager.filter(unit__in=list(units), valid__contains=on)
    return {unit: tuple(stages or ()) for unit, stages in rows.values_list("unit", "stages")}


@dataclass(frozen=True, slots=True)
class Serving:
    """An agreement on a day: full months served, what a breach on that day would cost."""

    agreement: ServiceAgreement
    served: Any
    owed: rules.Owed

    @property
    def left(self) -> int:
        """The months that are not served."""
        return max(self.agreement.years * 12 - self.served.value, 0)


def agreements(actor: Any) -> Any:
    """The agreements of the actor's people."""
    return ServiceAgreement.objects.visible_to(actor).filter(teacher__merged_into=None).select_related("teacher")


def serving(rows: Sequence[ServiceAgreement], on: date, unit: Any = None) -> list[Serving]:
    """Agreements with what is served and owed on a day. Two queries, whatever their number."""
    keys = [one.teacher_id for one in rows]
    jobs = _days(Employment._base_manager.filter(teacher__in=keys))
    pauses = _days(PersonStatus._base_manager.filter(teacher__in=keys), status=True)
    found = []
    for one in rows:
        agreed = rules.Agreed(one.starts, one.years, one.fees)
        try:
            terms = service_terms(unit, one.signed_on)
        except ParameterMissing:
            terms = service_terms(unit, on)
        away = [days for days, status in pauses.get(one.teacher_id, ()) if status in terms.pauses or status in ENDED]
        served = rules.served_months(agreed, [days for days, _status in jobs.get(one.teacher_id, ())], away, on)
        found.append(Serving(one, served, rules.owed(agreed, served.value, terms)))
    return found


def _days(rows: Any, *, status: bool = False) -> dict[int, list[tuple[rules.Days, str]]]:
    found: dict[int, list[tuple[rules.Days, str]]] = {}
    names = ("teacher", "valid", "status") if status else ("teacher", "valid")
    for teacher, valid, *more in rows.order_by("valid").values_list(*names):
        found.setdefault(teacher, []).append((rules.Days(valid.lower, valid.upper), more[0] if more else ""))
    return found


@dataclass(frozen=True, slots=True)
class SpecialPost:
    """A special post of somebody: where, since when without a gap, the first day after the term; `asked` is what was opened for it."""

    teacher: Teacher
    unit: int
    since: date
    ends: date
    asked: SpecialPostEnd | None


def special_posts(actor: Any, on: date, *, days: int | None = None) -> list[SpecialPost]:
    """The actor's special-post teachers whose term ends within some days (default: the parameter) or has ended, the earliest first.

    A fixed number of queries.
    """
    told = placing_rules(actor.unit, on)
    people: Any = employed(teachers_on(actor, on), on)
    known = {one.pk: one for one in people.filter(form=told.special_form, merged_into=None)}
    since = _since(list(known), told.special_form, on)
    asked: dict[int, SpecialPostEnd] = {}
    for opened in SpecialPostEnd._base_manager.filter(teacher__in=list(known)).select_related("case").order_by("pk"):
        if opened.case.state not in ("refused", "withdrawn"):
            asked[opened.teacher_id] = opened
    units = {unit.pk: unit for unit in Unit._base_manager.filter(pk__in={one.unit for one in known.values()})}
    last = on + timedelta(days=told.ending if days is None else days)
    found = []
    for key, one in known.items():
        ends = rules.term_end(since[key], special_years(units[one.unit], on))
        if ends <= last:
            found.append(SpecialPost(one, one.unit, since[key], ends, asked.get(key)))
    return sorted(found, key=lambda row: (row.ends, row.teacher.pinyin, row.teacher.pk))


def special_years(unit: Any, on: date) -> int:
    """The years after which special posts come onto a seat, by the parameter of seats."""
    told, form = at(rules.SeatHolding, on, unit=unit), placing_rules(unit, on).special_form
    return next((one.after_years for one in told.forms if one.form == form), 0)


def special_of(teacher: Teacher, on: date) -> tuple[Employment, date] | None:
    """The special post that somebody holds on a day and since when without a gap; None where they hold none."""
    job = Employment._base_manager.filter(teacher=teacher, valid__contains=on).select_related("unit").first()
    if job is None:
        return None
    form = placing_rules(job.unit, on).special_form
    return (job, _since([teacher.pk], form, on)[teacher.pk]) if job.form == form else None


def _since(teachers: Collection[int], form: str, on: date) -> Mapping[int, date]:
    """Since when people are employed on special posts, though their records were divided since."""
    rows = Employment._base_manager.filter(teacher__in=list(teachers), form=form, valid__startswith__lte=on)
    return dict(
        rows.values("teacher").annotate(first=Min("valid__startswith")).order_by().values_list("teacher", "first")
    )
