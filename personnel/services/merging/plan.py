"""What two files of one person say otherwise, and what becomes of each record: a fixed number of queries, nothing is written."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

from django.db.models import UniqueConstraint
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.exchange.undo import columns
from core.org.errors import NotAllowed
from core.records.checks import record_models
from core.records.models import EffectiveRecord
from core.registry import registry
from personnel.models import Likeness, Teacher
from personnel.selectors.versions import LINKS, PERSON, named

PERMISSION: Final = "personnel.merge_files"
HERE, THERE = "here", "there"
ACCOUNT: Final = "account"
FIELDS, RECORDS, PERIODS = "fields", "records", "periods"
# What belongs to the file itself, and is never chosen.
OWN: Final = LINKS | {"key"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A question: whether what the file that stays says counts, or what the other one says, in fields, a record or some periods.

    `here` are the records of the file that stays, `there` those of the other. `names` are fields that say one thing between them.
    """

    key: str
    sort: str
    model: Any
    here: tuple[Any, ...]
    there: tuple[Any, ...]
    names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def label(self) -> Any:
        """The section that it is about."""
        return named(self.model)


@dataclass(slots=True)
class Merge:
    """Two files beside each other: what is to be chosen, what the one that stays takes over anyway, what moves, what both say alike."""

    stays: Teacher
    goes: Teacher
    choices: list[Choice] = field(default_factory=list)
    filled: list[Choice] = field(default_factory=list)
    moving: dict[Any, list[Any]] = field(default_factory=dict)
    alike: dict[Any, list[Any]] = field(default_factory=dict)
    settled: list[Choice] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """What tells whether both files are still as the plan found them."""
        return hashlib.sha256("|".join(sorted(self.versions)).encode()).hexdigest()[:16]

    @property
    def accounts(self) -> bool:
        """Whether both have a user account, so that one of them will lead to no file any more."""
        return self.stays.user_id is not None and self.goes.user_id is not None

    @property
    def questions(self) -> list[str]:
        """The keys of all that is to be chosen."""
        return [*(choice.key for choice in self.choices), *([ACCOUNT] if self.accounts else [])]

    def decided(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """The answers, all of them. Raises `NotAllowed` where one is missing, unknown or answers nothing."""
        open_ones = [key for key in self.questions if chosen.get(key) not in (HERE, THERE)]
        if open_ones:
            raise NotAllowed(_("Choose for each difference which file is right."), field=open_ones[0])
        if set(chosen) - set(self.questions):
            raise NotAllowed(_("The files are no longer as they were shown. Look again, then decide."))
        return dict(chosen)


def why_not(actor: Any, stays: Teacher, goes: Teacher) -> str:
    """Why these two files are not merged by this actor, in words; "" where they may be."""
    if stays.pk == goes.pk:
        return _("This is one file, not two.")
    if not actor.may(PERMISSION):
        return _("Your role does not merge files.")
    if actor.user.pk in (stays.user_id, goes.user_id):
        return _("Nobody merges their own file. Ask a colleague.")
    if stays.merged_into_id or goes.merged_into_id:
        return _("One of the files was merged meanwhile. Look at it as it is now.")
    if Teacher.objects.visible_to(actor).filter(pk__in=[stays.pk, goes.pk]).count() != len((stays, goes)):
        return _("You do not see both files. Ask the bureau above both units.")
    if stays.key.wrapped is None or goes.key.wrapped is None:
        return _("The protected values of one of the files were erased by order. It is not merged.")
    return ""


def plan_merge(stays: Teacher, goes: Teacher, *, lock: bool = False) -> Merge:
    """Lay two files beside each other; with `lock`, inside the change that merges them, until it ends."""
    made = Merge(stays, goes)
    made.versions = [f"person:{one.pk}:{one.revision}" for one in (stays, goes)]
    _compare_fields(made, Teacher, stays, goes)
    for model in of_people():
        here, there = _records(model, made, lock=lock)
        if not there:
            continue
        if issubclass(model, EffectiveRecord):
            _compare_periods(made, model, here, there)
        else:
            _compare_records(made, model, here, there)
    return made


@cache
def of_people() -> tuple[Any, ...]:
    """Every sort of record that a file holds, of whatever module."""
    return tuple(
        model
        for model in record_models()
        if model not in (Teacher, Likeness)
        and any(one.name == "teacher" and one.related_model is Teacher for one in model._meta.concrete_fields)
    )


@cache
def in_file(model: Any) -> bool:
    """Whether a sort of record is a section of the file that people read."""
    return model._meta.label in {section.model for section in registry.each("file_sections")}


@cache
def alone(model: Any) -> tuple[str, ...] | None:
    """The fields by which records are alike of which one person has one at most; None where there may be many."""
    told = getattr(model, "alone", None)
    if told is not None:
        return tuple(told)
    unique = [one.fields for one in model._meta.constraints if isinstance(one, UniqueConstraint) and not one.condition]
    found = next((fields for fields in unique if "teacher" in fields), None)
    return tuple(name for name in found if name != "teacher") if found is not None else None


def _records(model: Any, made: Merge, *, lock: bool) -> tuple[list[Any], list[Any]]:
    rows = model._base_manager.filter(teacher__in=[made.stays.pk, made.goes.pk]).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found: dict[int, list[Any]] = {made.stays.pk: [], made.goes.pk: []}
    for row in rows:
        row.teacher = made.stays if row.teacher_id == made.stays.pk else made.goes
        found[row.teacher_id].append(row)
        made.versions.append(f"{model._meta.label}:{row.pk}:{row.revision}")
    return found[made.stays.pk], found[made.goes.pk]


# fields


def groups_of(model: Any) -> list[columns.Group]:
    """The fields of a record in groups that say one thing."""
    return [group for group in columns.groups(model) if not OWN & set(group.names)]


def said(row: Any, group: columns.Group) -> tuple[Any, ...]:
    """What a record says in a group, comparable; a protected value by its index."""
    return tuple(_plain(getattr(row, name)) for name in group.compared)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _is_empty(told: Iterable[Any]) -> bool:
    return all(one in (None, "") for one in told)


def _compare_fields(made: Merge, model: Any, here: Any, there: Any) -> None:
    for group in groups_of(model):
        one, other = said(here, group), said(there, group)
        if one == other or _is_empty(other):
            continue
        key = f"{model._meta.model_name}_{group.names[0]}"
        choice = Choice(key, FIELDS, model, (here,), (there,), group.names, group.columns)
        (made.filled if _is_empty(one) else made.choices).append(choice)


# records of which there is one, and records of which there may be many


def _compare_records(made: Merge, model: Any, here: list[Any], there: list[Any]) -> None:
    keys = alone(model)
    if keys is None:
        known = {_whole(row) for row in here} if in_file(model) else set()
        _sort(made, model, there, known)
        return
    mine: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    theirs: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for rows, found in ((here, mine), (there, theirs)):
        for row in rows:
            found[tuple(getattr(row, model._meta.get_field(name).attname) for name in keys)].append(row)
    for place, (told, rows) in enumerate(theirs.items()):
        # Where nothing is said, the database finds nothing alike.
        if told not in mine or None in told:
            made.moving.setdefault(model, []).extend(rows)
        elif not in_file(model):
            made.alike.setdefault(model, []).extend(rows)
        elif not keys:
            _compare_fields(made, model, mine[told][0], rows[0])
        else:
            choice = Choice(f"{model._meta.model_name}_{place}", RECORDS, model, tuple(mine[told]), tuple(rows))
            same = {_whole(row) for row in rows} == {_whole(row) for row in mine[told]}
            (made.settled if same else made.choices).append(choice)


def _sort(made: Merge, model: Any, there: list[Any], known: set[Any]) -> None:
    """Those that say what a record of the other file says already stay where they are; the others move."""
    for row in there:
        (made.alike if _whole(row) in known else made.moving).setdefault(model, []).append(row)


def _whole(row: Any) -> tuple[Any, ...]:
    return tuple(said(row, group) for group in groups_of(type(row)))


# periods


def _compare_periods(made: Merge, model: Any, here: list[Any], there: list[Any]) -> None:
    natural = [model._meta.get_field(name).attname for name in model.natural if name != "teacher"]
    place = 0
    for rows in _touching([*here, *there], natural):
        mine = tuple(row for row in rows if row.teacher_id == made.stays.pk)
        theirs = tuple(row for row in rows if row.teacher_id == made.goes.pk)
        if not theirs:
            continue
        if not mine:
            made.moving.setdefault(model, []).extend(theirs)
            continue
        choice = Choice(f"{model._meta.model_name}_{place}", PERIODS, model, mine, theirs)
        same = {_whole(row) for row in theirs} <= {_whole(row) for row in mine}
        (made.settled if same or not in_file(model) else made.choices).append(choice)
        place += 1


def _touching(rows: Sequence[Any], natural: Sequence[str]) -> Iterator[list[Any]]:
    """Periods of the same thing in groups: in each, one overlaps another, and none of another group."""
    alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        alike[tuple(getattr(row, name) for name in natural)].append(row)
    for each in alike.values():
        group: list[Any] = []
        until: date | None = date.min
        for row in sorted(each, key=lambda one: (one.valid.lower, one.pk)):
            if group and until is not None and row.valid.lower >= until:
                yield group
                group, until = [], date.min
            group.append(row)
            ends = row.valid.upper
            until = None if until is None or ends is None else max(until, ends)
        if group:
            yield group


def left_of(period: Range[date], others: Iterable[Range[date]]) -> list[Range[date]]:
    """The days of a period in which none of the others holds, as periods in their order."""
    left = [period]
    for other in others:
        left = [part for one in left for part in _without(one, other)]
    return left


def _without(one: Range[date], other: Range[date]) -> Iterator[Range[date]]:
    first, last = one.lower or date.min, one.upper or date.max
    begins, ends = other.lower or date.min, other.upper or date.max
    if ends <= first or last <= begins:
        yield one
        return
    if first < begins:
        yield Range(one.lower, other.lower)
    if ends < last:
        yield Range(other.upper, one.upper)


def is_person(choice: Choice) -> bool:
    """Whether a choice is about the person's own fields."""
    return bool(choice.model._meta.label == PERSON)
