"""Reading organisation changes: which there are, whom and what one would take along, what stands in its way. Never a query per row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery
from psycopg.types.range import Range

from core.org.actor import OWN
from core.org.models import RoleAssignment, Unit, UnitProfile
from core.workflow.models import Case
from personnel.models import (
    Contract,
    Dispatch,
    Employment,
    Headship,
    Move,
    PlannedPost,
    PostAppointment,
    PostSetting,
    RecruitmentPost,
    SeatAccount,
    SeatEntry,
    SeatUse,
    Teacher,
    TeachingDuty,
    UnitChange,
)
from personnel.selectors.move_facts import OPEN_STATES
from personnel.selectors.posts import place_of
from personnel.selectors.seats import Balance, all_balances
from personnel.selectors.teachers import with_facts

VIEW: Final = "org.view_unit"
PROPOSE: Final = "personnel.propose_units"
DECIDE: Final = "personnel.decide_units"
KIND: Final = "personnel.unit_change"
Kind = UnitChange.Kind
# What of a case follows its unit; everything else that names a unit is decided or withdrawn before.
FOLLOWING: Final = (SeatUse, Move)
DECIDED: Final = ("decided", "done")
MOST: Final = 20
MOST_NUMBER: Final = 9999


def changes(actor: Any) -> Any:
    """The organisation changes that the actor sees: of their bureau and those below, of their own unit."""
    rows = UnitChange.objects.all()
    if actor is None or actor.own_only:
        return rows.none()
    if not actor.sees_all and actor.unit is not None:
        path = actor.unit.path
        rows = rows.filter(
            Q(unit__path__descendants=path)
            | Q(case__state__in=DECIDED, subject__path__descendants=path)
            | Q(case__state__in=DECIDED, receiver__path__descendants=path)
        )
    return rows.select_related("case", "subject", "receiver", "made", "unit")


def open_under(unit: Unit, on: date) -> Any:
    """The unit and what is open below it on a day."""
    return Unit.objects.under(unit).filter(Q(closed__isnull=True) | Q(closed__gt=on))


def open_cases_at(unit: Unit) -> Any:
    """Cases that are not over and wait at a unit or began there."""
    return Case._base_manager.exclude(desk="").filter(Q(unit=unit) | Q(origin=unit))


def receivers(units: Collection[int]) -> dict[int, int]:
    """Into which unit each of some units went, by their keys."""
    rows = UnitChange._base_manager.filter(subject__in=units, kind=Kind.MERGE, case__state__in=DECIDED).order_by("on")
    return dict(rows.values_list("subject", "receiver"))


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a unit: its name on the last day, the first day without it, the name of the open unit into which it went, if it did."""

    unit: str
    day: date
    successor: str = ""


def closings(on: date) -> dict[int, Closing]:
    """Every unit that was closed or closes on a day to come, by its key; successors by their names of `on`. Three queries."""
    last = UnitProfile._base_manager.filter(unit=OuterRef("pk"), valid__startswith__lt=OuterRef("closed"))
    rows = Unit._base_manager.exclude(closed=None).annotate(
        title=Subquery(last.order_by("-valid__startswith").values("name")[:1])
    )
    told = rows.values_list("pk", "title", "code", "closed")
    closed = {pk: (title or code, day) for pk, title, code, day in told if day is not None}
    into = receivers(closed) if closed else {}
    ends = {unit: end for unit in closed if (end := _end_of(unit, into, closed)) is not None}
    names = dict(Unit.objects.named(on).filter(pk__in=ends.values()).values_list("pk", "name")) if ends else {}
    return {unit: Closing(title, day, names.get(ends.get(unit, 0)) or "") for unit, (title, day) in closed.items()}


def _end_of(unit: int, into: Mapping[int, int], closed: Collection[int]) -> int | None:
    """The open unit at the end of all mergers of a unit; None where one of them was closed without a receiver."""
    seen = {unit}
    while unit in closed:
        if unit not in into or into[unit] in seen:
            return None
        unit = into[unit]
        seen.add(unit)
    return unit


def hold_open(units: Collection[int]) -> None:
    """Keep units from being closed until this transaction ends: who closes one waits, and then sees who came."""
    if not units:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM org_unit WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [list(units)])


@dataclass(slots=True)
class Affected:
    """What an organisation change takes along from a day on."""

    people: int = 0
    seats: dict[str, Balance] = field(default_factory=dict)
    seats_there: dict[str, Balance] = field(default_factory=dict)
    posts: dict[tuple[str, bool], tuple[int, int]] = field(default_factory=dict)
    contracts: int = 0
    duties: int = 0
    guests: int = 0
    heads: list[Headship] = field(default_factory=list)
    cases: dict[str, int] = field(default_factory=dict)
    roles: list[RoleAssignment] = field(default_factory=list)


def affected(unit: Unit, on: date, *, receiver: Unit | None = None, people: Collection[int] | None = None) -> Affected:
    """Whom and what of a unit there is on a day or later: of some people, or all. A fixed number of queries."""
    units = [unit.pk] if people is None else list(open_under(unit, on).values_list("pk", flat=True))
    since = Range(on, None)

    def rows(model: Any) -> Any:
        found = model._base_manager.filter(unit__in=units, valid__overlap=since)
        return found if people is None else found.filter(teacher__in=people)

    whole = people is None
    roles = RoleAssignment.objects.filter(unit=unit, valid__overlap=since).exclude(role=OWN)
    cases = open_cases_at(unit).values("kind").annotate(n=Count("pk")).order_by("kind")
    return Affected(
        people=rows(Employment).values("teacher").distinct().count(),
        seats=all_balances(unit, on),
        seats_there=all_balances(receiver, on) if receiver is not None else {},
        posts=_posts(unit, on, people),
        contracts=rows(Contract).count(),
        duties=rows(TeachingDuty).count(),
        guests=rows(Dispatch).count() if whole else 0,
        heads=list(rows(Headship).select_related("teacher").order_by("headship", "pk")),
        cases=dict(cases.values_list("kind", "n")) if whole else {},
        roles=list(roles.select_related("user").order_by("role", "user")) if whole else [],
    )


def _posts(unit: Unit, on: date, people: Collection[int] | None) -> dict[tuple[str, bool], tuple[int, int]]:
    """Of each level, special posts apart: approved at the unit, appointed of those who go."""
    approved = {
        (level, special): number
        for level, special, number in PostSetting._base_manager.filter(unit=unit, valid__contains=on).values_list(
            "level", "special", "number"
        )
    }
    rows = PostAppointment._base_manager.filter(unit=unit, valid__contains=on)
    rows = rows if people is None else rows.filter(teacher__in=people)
    held: Counter[tuple[str, bool]] = Counter(
        (level, place == "special") for level, place in rows.values_list("level", "place")
    )
    return {key: (approved.get(key, 0), held.get(key, 0)) for key in sorted({*approved, *held}, key=_in_order)}


def _in_order(post: tuple[str, bool]) -> tuple[bool, tuple[int, int, str]]:
    """Posts stand by their level, special ones last."""
    level, special = post
    return special, place_of(level)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of a change: of which sort, about what (a record of ours), of which day."""

    what: str
    about: Any = None
    day: date | None = None


def obstacles(change: UnitChange) -> list[Obstacle]:
    """What stands in the way as things are now, each once. A fixed number of queries. What ledger and posts refuse a trial tells."""
    found = list(_of_names(change)) if change.kind in (Kind.OPEN, Kind.SPLIT, Kind.RENAME) else []
    subject, parent = change.subject, change.parent
    if parent is not None and parent.closed is not None and parent.closed <= change.on:
        found.append(Obstacle("closed", parent, parent.closed))
    if subject is None:
        return found
    found += _of_unit(change, subject)
    if change.kind in (Kind.CLOSE, Kind.MERGE):
        found += _of_closing(change, subject)
    if change.kind == Kind.MERGE and change.receiver is not None:
        found += _of_merging(change, subject, change.receiver)
    if change.kind in (Kind.MERGE, Kind.SPLIT):
        found += _of_carrying(change, subject)
    if change.kind == Kind.CLOSE:
        found += _left_behind(subject, change.on)
    return list(dict.fromkeys(found))


def _of_names(change: UnitChange) -> Iterator[Obstacle]:
    """Another unit of the county bears the name, or the code is taken."""
    since = Range(change.on, None)
    named = UnitProfile._base_manager.filter(
        name=change.name, valid__overlap=since, unit__path__descendants=change.unit.path
    )
    open_then = named.filter(Q(unit__closed__isnull=True) | Q(unit__closed__gt=change.on)).exclude(
        unit__closed=F("unit__opened")
    )
    for row in open_then.exclude(unit__in=[change.subject_id] if change.kind == Kind.RENAME else []).select_related(
        "unit"
    )[:MOST]:
        unit: Any = row.unit
        unit.name = row.name
        yield Obstacle("name", unit)
    if change.kind != Kind.RENAME and change.made_id is None:
        for other in Unit._base_manager.filter(code=change.code):
            yield Obstacle("code", other)


def _of_unit(change: UnitChange, subject: Unit) -> Iterator[Obstacle]:
    if subject.opened is not None and change.on <= subject.opened:
        yield Obstacle("not_open", subject, subject.opened)
    if subject.closed is not None:
        yield Obstacle("closed", subject, subject.closed)
    others = UnitChange.objects.filter(case__state__in=("asked", "returned")).exclude(pk=change.pk)
    keys = [key for key in (change.subject_id, change.receiver_id) if key]
    for other in others.filter(Q(subject__in=keys) | Q(receiver__in=keys)).select_related("case")[:MOST]:
        yield Obstacle("other_change", other, other.on)
    if change.kind == Kind.RENAME:
        later = (
            UnitProfile._base_manager.filter(unit=subject, valid__startswith__gt=change.on).order_by("valid").first()
        )
        if later is not None:
            yield Obstacle("later_name", subject, later.valid.lower)


def _of_closing(change: UnitChange, subject: Unit) -> Iterator[Obstacle]:
    below = open_under(subject, change.on).exclude(pk=subject.pk).named(change.on).in_tree()
    for unit in below[:MOST]:
        yield Obstacle("below", unit)


def _of_merging(change: UnitChange, subject: Unit, receiver: Unit) -> Iterator[Obstacle]:
    if receiver.opened is not None and change.on < receiver.opened:
        yield Obstacle("receiver_not_open", receiver, receiver.opened)
    if receiver.closed is not None:
        yield Obstacle("receiver_closed", receiver, receiver.closed)
    there = Dispatch._base_manager.filter(unit=receiver, valid__overlap=Range(change.on, None))
    here = Employment._base_manager.filter(unit=subject, valid__overlap=Range(change.on, None)).values("teacher")
    back = Dispatch._base_manager.filter(unit=subject, valid__overlap=Range(change.on, None))
    own = Employment._base_manager.filter(unit=receiver, valid__overlap=Range(change.on, None)).values("teacher")
    rows = there.filter(teacher__in=here) | back.filter(teacher__in=own)
    for away in rows.select_related("teacher").order_by("pk")[:MOST]:
        yield Obstacle("dispatch", away.teacher, away.valid.lower)
    for setting in PostSetting._base_manager.filter(unit=receiver, valid__startswith__gt=change.on).order_by("valid")[
        :1
    ]:
        yield Obstacle("later_posts", receiver, setting.valid.lower)
    accounts = SeatAccount._base_manager.filter(unit__in=[subject.pk, receiver.pk], entries__isnull=False)
    kept = set(accounts.values_list("unit", flat=True))
    for one, other in ((subject, receiver), (receiver, subject)):
        if one.pk in kept and other.pk not in kept:
            yield Obstacle("ledger", other)
    opened = SeatEntry._base_manager.filter(account__unit=receiver, movement__kind="opening", on__gt=change.on)
    if opened.exists():
        yield Obstacle("ledger_later", receiver)


def _of_carrying(change: UnitChange, subject: Unit) -> Iterator[Obstacle]:
    on, whole = change.on, change.kind == Kind.MERGE
    for setting in PostSetting._base_manager.filter(unit=subject, valid__startswith__gt=on).order_by("valid")[:1]:
        yield Obstacle("later_posts", subject, setting.valid.lower)
    people = None if whole else list(change.people.values_list("teacher", flat=True)) if change.pk else []
    heads = Headship._base_manager.filter(unit=subject, valid__startswith__gte=on)
    for head in (heads if people is None else heads.filter(teacher__in=people)).select_related("teacher")[:MOST]:
        yield Obstacle("later_head", head.teacher, head.valid.lower)
    moves = (
        Move._base_manager.filter(Q(from_unit=subject) | Q(to_unit=subject))
        .select_related("teacher", "case")
        .order_by("pk")
    )
    moves = moves if people is None else moves.filter(teacher__in=people)
    ahead = moves.filter(employment=True, case__state="decided", starts__gte=on)
    for move in ahead[:MOST]:
        yield Obstacle("decided_move", move, move.starts)
    asked = moves.filter(case__state__in=OPEN_STATES)
    blocked = (
        asked.filter(Q(from_unit=change.receiver_id) | Q(to_unit=change.receiver_id) | Q(starts__lte=on))
        if whole
        else asked
    )
    for move in blocked[:MOST]:
        yield Obstacle("asked_move", move, move.starts)
    if whole:
        yield from _bound_cases(change, subject)


def _bound_cases(change: UnitChange, subject: Unit) -> Iterator[Obstacle]:
    """Open cases whose records name the unit itself and do not follow it: one query for each sort of record."""
    for model in _records_of_cases():
        names = [one.name for one in model._meta.concrete_fields if one.is_relation and one.related_model is Unit]
        condition = Q(*[(name, subject.pk) for name in names], _connector=Q.OR)
        rows = model._base_manager.filter(condition).exclude(case__desk="").exclude(case=change.case_id)
        for row in rows.select_related("case").order_by("pk")[:MOST]:
            yield Obstacle("case", row.case)
    posts = RecruitmentPost._base_manager.filter(unit=subject).exclude(recruitment__case__desk="")
    planned = PlannedPost._base_manager.filter(unit=subject).exclude(plan__case__desk="")
    either = Q(pk__in=posts.values("recruitment__case")) | Q(pk__in=planned.values("plan__case"))
    for case in Case._base_manager.filter(either).order_by("pk")[:MOST]:
        yield Obstacle("case", case)


def _records_of_cases() -> list[Any]:
    """Records that are decided by a case and name a unit, but for those that follow it."""
    return [
        model
        for model in apps.get_models()
        if model not in (*FOLLOWING, UnitChange) and not hasattr(model, "instance_type")
        and any(one.name == "case" and one.one_to_one and one.related_model is Case for one in model._meta.concrete_fields)
        and any(one.is_relation and one.related_model is Unit for one in model._meta.concrete_fields)
    ]  # fmt: skip


def _left_behind(unit: Unit, on: date) -> Iterator[Obstacle]:
    """Who and what is still there on the day of the close or later."""
    since = Range(on, None)
    people = Employment._base_manager.filter(unit=unit, valid__overlap=since)
    for row in people.select_related("teacher").order_by("pk")[:MOST]:
        yield Obstacle("employed", row.teacher, max(row.valid.lower, on))
    if (more := people.count() - MOST) > 0:
        yield Obstacle("more", more)
    for model, what in ((Dispatch, "guest"), (Headship, "head"), (PostAppointment, "appointed")):
        rows = model._base_manager.filter(unit=unit, valid__overlap=since).select_related("teacher")
        for one in rows.order_by("pk")[:MOST]:
            yield Obstacle(what, one.teacher, max(one.valid.lower, on))
    for kind, held in all_balances(unit, on).items():
        if held.approved or held.occupied or held.reserved:
            yield Obstacle("seats", (unit, kind, held.approved), on)
    for case in open_cases_at(unit).exclude(kind=KIND).order_by("pk")[:MOST]:
        yield Obstacle("case", case)


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a unit may go to a new one: who belongs to it or below, the units below, seats by kind, posts by level.

    People have the facts of `with_facts`.
    """

    people: Sequence[Teacher]
    unit_of: Mapping[int, int]
    below: Sequence[Unit]
    seats: Mapping[str, int]
    posts: Mapping[tuple[str, bool], int]


def parts_of(actor: Any, unit: Unit) -> Parts:
    """What may be chosen of a unit for a split, as things are on the actor's day. A fixed number of queries."""
    units = list(open_under(unit, actor.on).named(actor.on).in_tree())
    held = dict(
        Employment._base_manager.filter(unit__in=[one.pk for one in units], valid__contains=actor.on).values_list(
            "teacher", "unit"
        )
    )
    people = with_facts(Teacher.objects.visible_to(actor).filter(pk__in=held), actor.on).order_by("pinyin", "pk")
    rows = PostSetting._base_manager.filter(unit=unit, valid__contains=actor.on, number__gt=0)
    posts = {(level, special): n for level, special, n in rows.values_list("level", "special", "number")}
    return Parts(
        list(people), held, [one for one in units if one.pk != unit.pk],
        {kind: one.approved for kind, one in sorted(all_balances(unit, actor.on).items()) if one.approved},
        {key: posts[key] for key in sorted(posts, key=_in_order)},
    )  # fmt: skip


def roles_left(actor: Any) -> Any:
    """Roles at units that were closed, or will be on a day ahead: they give nothing from that day on."""
    rows = RoleAssignment.objects.visible_to(actor).filter(unit__closed__isnull=False).exclude(role=OWN)
    rows = rows.filter(Q(valid__endswith__isnull=True) | Q(valid__endswith__gt=F("unit__closed")))
    return rows.select_related("user", "unit")
