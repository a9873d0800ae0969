"""Writing a merge: a few statements for each sort of record, whatever the number of records."""

from __future__ import annotations

import copy
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Unpack

from django.utils import timezone
from django.utils.translation import gettext as _

from core.documents.services import hand_over
from core.exchange.applying import has_turn
from core.org.errors import NotAllowed
from core.records.bulk import update_rows
from core.records.errors import StaleRecord
from core.records.models import Change, EffectiveRecord
from personnel.choices import MERGE
from personnel.models import ActivationSlip, Correction, Likeness, Teacher
from personnel.selectors.corrections import section_model
from personnel.selectors.provenance import MERGED
from personnel.services.facts import explained_refusal
from personnel.services.merging.plan import (
    ACCOUNT,
    FIELDS,
    HERE,
    PERIODS,
    THERE,
    Choice,
    Merge,
    is_person,
    left_of,
    plan_merge,
    why_not,
)
from personnel.services.seats.booking import refusals
from personnel.services.why import Why, because

KIND: Final = MERGED
PARTS: Final = ("cipher", "index", "last")


@dataclass(slots=True)
class Writing:
    """What a decided merge writes, by sort of record.

    `here` are rows of the file that stays with the columns that change; `over` rows that go to the other file, with theirs; `made` are
    parts of periods that were divided.
    """

    gone: dict[Any, list[Any]] = field(default_factory=lambda: defaultdict(list))
    here: list[tuple[Any, Any, dict[str, Any]]] = field(default_factory=list)
    over: dict[Any, list[tuple[Any, dict[str, Any]]]] = field(default_factory=lambda: defaultdict(list))
    made: dict[Any, list[Any]] = field(default_factory=lambda: defaultdict(list))
    person: dict[str, Any] = field(default_factory=dict)
    stands_for: dict[tuple[Any, int], int] = field(default_factory=dict)


def merge_files(
    *, actor: Any, stays: Teacher, goes: Teacher, chosen: Mapping[str, str], seen: str | None = None, **why: Unpack[Why]
) -> Change:  # fmt: skip
    """Merge the file `goes` into `stays`, in one change. Both are locked, so of two merges at once one wins and the other is told.

    `chosen` answers each question of `plan_merge` with here (what the file that stays says) or there. Raises `NotAllowed` where the
    two may not be merged by this actor or a question is open, `StaleRecord` where they are not as the plan that was `seen` had them.
    Protected values are sealed anew under the key of the person whose they are now; older versions keep theirs.
    """
    with refusals(), explained_refusal(actor, {}), because(KIND, MERGE, actor, why) as done:
        must_have_turn()
        stays, goes = locked(stays, goes)
        if refused := why_not(actor, stays, goes):
            raise NotAllowed(refused)
        made = plan_merge(stays, goes, lock=True)
        if seen is not None and seen != made.seen:
            raise StaleRecord("the files are no longer as they were shown")
        _write(made, made.decided(chosen))
    return done


def must_have_turn() -> None:
    """Refuse while a workbook is being written: it has found its people already."""
    if not has_turn():
        raise NotAllowed(_("A workbook is being written just now. Try again in a minute."))


def locked(*teachers: Teacher) -> list[Teacher]:
    """These files as they are now, held until the change ends; in the order asked for, locked in that of their keys."""
    rows = Teacher._base_manager.select_for_update(of=("self",)).select_related("key")
    found = {one.pk: one for one in rows.filter(pk__in=[one.pk for one in teachers]).order_by("pk")}
    if len(found) != len({one.pk for one in teachers}):
        raise NotAllowed(_("One of the files is not there any more."))
    return [found[one.pk] for one in teachers]


def outcome(made: Merge, chosen: Mapping[str, str]) -> Writing:
    """What a merge writes once all is chosen."""
    told = Writing()
    for choice in made.filled:
        _decide(told, made, choice, THERE)
    for choice in made.choices:
        _decide(told, made, choice, chosen[choice.key])
    for choice in made.settled:
        _decide(told, made, choice, HERE)
    for model, rows in made.moving.items():
        told.over[model] += [(row, _moved(row, made.stays)) for row in rows]
    told.stands_for[Teacher, made.goes.pk] = made.stays.pk
    return told


def _decide(told: Writing, made: Merge, choice: Choice, side: str) -> None:
    if choice.sort == PERIODS:
        _divide(told, choice, side)
        return
    if side == THERE and choice.sort == FIELDS:
        _take_fields(told, choice)
    elif side == THERE:
        _exchange(told, made, choice)
    if not is_person(choice) and (side == HERE or choice.sort == FIELDS):
        told.stands_for |= {(choice.model, row.pk): choice.here[0].pk for row in choice.there}


def _take_fields(told: Writing, choice: Choice) -> None:
    here, there = choice.here[0], choice.there[0]
    values = {name: getattr(there, name) for name in choice.columns}
    for name, protected in getattr(choice.model, "_protected", {}).items():
        if name in choice.names:
            sealed = protected.columns(getattr(there, name).reveal(), protected.key_of(here))
            values |= {f"{name}_{part}": one for part, one in zip(PARTS, sealed, strict=True)}
    if is_person(choice):
        told.person |= values
    else:
        told.here.append((choice.model, here, values))


def _exchange(told: Writing, made: Merge, choice: Choice) -> None:
    """The other file's records count: they come over, and those of the file that stays go into the closed one."""
    told.here += [(choice.model, row, _moved(row, made.goes)) for row in choice.here]
    told.over[choice.model] += [(row, _moved(row, made.stays)) for row in choice.there]


def _divide(told: Writing, choice: Choice, side: str) -> None:
    """The chosen periods stay whole; of the others remains what lies outside them."""
    counting, others = (choice.here, choice.there) if side == HERE else (choice.there, choice.here)
    owner = choice.here[0].teacher
    for row in others:
        left = left_of(row.valid, [one.valid for one in counting])
        if not left:
            told.gone[choice.model].append(row)
            continue
        first, *rest = left
        if row in choice.there:
            told.over[choice.model].append((row, {**_moved(row, owner), "valid": first}))
        else:
            told.here.append((choice.model, row, {"valid": first}))
        told.made[choice.model] += [_part(row, owner, period) for period in rest]
    if side == THERE:
        told.over[choice.model] += [(row, _moved(row, owner)) for row in counting]


def _moved(row: Any, owner: Teacher) -> dict[str, Any]:
    """The columns by which a record belongs to another person: protected values are sealed under that person's key."""
    values: dict[str, Any] = {"teacher_id": owner.pk, **sealed_for(row, owner)}
    return values | {"valid": row.valid} if isinstance(row, EffectiveRecord) else values


def sealed_for(row: Any, owner: Teacher) -> dict[str, Any]:
    """The columns of a record's protected values, sealed under the key of another person."""
    found: dict[str, Any] = {}
    heir = type(row)(teacher=owner)
    for name, protected in getattr(row, "_protected", {}).items():
        secret = getattr(row, name)
        sealed = protected.columns(secret.reveal(), protected.key_of(heir)) if secret else (None, None, "")
        found |= {f"{name}_{part}": one for part, one in zip(PARTS, sealed, strict=True)}
    return found


def _part(row: Any, owner: Teacher, period: Any) -> Any:
    """A further part of a divided period: a record of its own with the same values."""
    part = copy.copy(row)
    part._state = copy.copy(row._state)
    part.pk, part.public_id, part.revision, part.source_row, part.valid = None, uuid.uuid4(), 1, None, period
    part._state.adding = True
    for name, value in sealed_for(row, owner).items():
        setattr(part, name, value)
    part.teacher = owner
    return part


def _write(made: Merge, chosen: Mapping[str, str]) -> None:
    told = outcome(made, chosen)
    for model, rows in told.gone.items():
        gone = model._base_manager.filter(pk__in=[row.pk for row in rows])
        gone._raw_delete(gone.db)
    _update(told.here)
    _write_people(made, told, chosen)
    for model, moved in told.over.items():
        more = MORE.get(model, _nothing)
        _update([(model, row, values | more(row, told, made.stays)) for row, values in moved])
    for model, parts in told.made.items():
        model._base_manager.bulk_create(parts)
    hand_over(Teacher._meta.label, made.goes.pk, made.stays.pk)
    _note_joined(made)


def _update(rows: Sequence[tuple[Any, Any, dict[str, Any]]]) -> None:
    """One statement for each model and set of columns; several changes of one row are one."""
    together: dict[tuple[Any, int], tuple[Any, dict[str, Any]]] = {}
    for model, row, values in rows:
        together.setdefault((model, row.pk), (row, {}))[1].update(values)
    alike: dict[tuple[Any, tuple[str, ...]], list[tuple[Any, ...]]] = defaultdict(list)
    for (model, pk), (row, values) in together.items():
        alike[model, tuple(sorted(values))].append((pk, row.revision, *(values[name] for name in sorted(values))))
    for (model, names), lines in alike.items():
        update_rows(model, names, lines)


def _write_people(made: Merge, told: Writing, chosen: Mapping[str, str]) -> None:
    """The person's own fields; the closed file says where it went, its account goes with it where the other has none."""
    stays, goes = made.stays, made.goes
    user = goes.user if goes.user_id and (not made.accounts or chosen[ACCOUNT] == THERE) else stays.user
    goes.merged_into, goes.user = stays, None
    goes.save(update_fields={"merged_into", "user"})
    fields = {one.attname: one.name for one in Teacher._meta.concrete_fields}
    for column, value in told.person.items():
        setattr(stays, column, value)
    changed = {fields[column] for column in told.person}
    if user is not None and user.pk != stays.user_id:
        stays.user = user
        changed.add("user")
    if changed:
        stays.save(update_fields=changed)
    Teacher._base_manager.filter(merged_into=goes).update(merged_into=stays)


def _nothing(_row: Any, _told: Writing, _stays: Teacher) -> dict[str, Any]:
    return {}


def _asked_of(correction: Correction, told: Writing, stays: Teacher) -> dict[str, Any]:
    """A request about a record that stays behind is about the record of the file that stays."""
    model = section_model(correction)
    record = told.stands_for.get((model, correction.record or 0), correction.record)
    moved = record != correction.record
    seen = stays.revision if moved and model is Teacher else correction.seen
    return {"record": record, "seen": seen}


def _void(slip: ActivationSlip, _told: Writing, _stays: Teacher) -> dict[str, Any]:
    """A slip for the closed file was handed out for an account that there is no more: it opens nothing."""
    is_open = slip.state == ActivationSlip.State.OPEN
    return {"state": ActivationSlip.State.VOID, "ended_at": timezone.now()} if is_open else {}


# What else changes of records that move, beside whose they are.
MORE: Final[Mapping[Any, Any]] = {Correction: _asked_of, ActivationSlip: _void}


def _note_joined(made: Merge) -> None:
    older, newer = sorted((made.stays, made.goes), key=lambda one: one.pk)
    found = Likeness._base_manager.filter(teacher=older, other=newer).first()
    if found is None:
        Likeness(teacher=older, other=newer, grounds=[], weight=0, joined=True).save(force_insert=True)
    elif not found.joined:
        found.joined = True
        found.save(update_fields={"joined"})
