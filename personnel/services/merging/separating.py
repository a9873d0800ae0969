"""Taking a merge back by a new change: both files say again what they said before, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Unpack

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.documents.models import IssuedDocument
from core.exchange.undo.touched import history_table
from core.org.errors import NotAllowed
from core.records.errors import StaleRecord, explained
from core.records.models import Change
from core.registry import registry
from personnel.choices import UNDO
from personnel.models import Teacher
from personnel.selectors.provenance import MERGED, ONE_CHANGE, SEPARATED
from personnel.selectors.versions import history_of, records_of
from personnel.services.facts import explained_refusal
from personnel.services.merging.plan import PERMISSION, of_people
from personnel.services.merging.writing import locked, must_have_turn
from personnel.services.why import Why, because

KIND: Final = SEPARATED
MOST_TOLD: Final = 10
FIXED: Final = frozenset({"id", "public_id", "revision"})


@dataclass(frozen=True, slots=True)
class Separation:
    """What taking a merge back would do: the two files, and the later changes of the merged file that stand in the way."""

    change: Change
    stays: Teacher
    goes: Teacher
    later: list[Change]

    @property
    def over(self) -> bool:
        """Whether the merge is not in force any more."""
        return self.goes.merged_into_id != self.stays.pk

    def obstacles(self) -> str:
        """The later changes, each with its name, who made it and when."""
        named = (
            f"{registry.change_label(one.kind)} ({one.actor}, {one.at.astimezone():%Y-%m-%d %H:%M})"
            for one in self.later
        )
        return pgettext("between sentences", "; ").join(named)


def plan_separation(change: Change) -> Separation | None:
    """What taking a merge back would do now; None where the change merged no files."""
    if change.kind != MERGED:
        return None
    pair = _files(change)
    if pair is None:
        return None
    people = Teacher._base_manager.select_related("key", "merged_into").in_bulk(pair)
    stays, goes = (people[key] for key in pair)
    return Separation(change, stays, goes, _later(change, pair))


def _files(change: Change) -> tuple[int, int] | None:
    """The file that stayed and the one that was closed."""
    for row in history_of(Teacher).filter(change=change, merged_into__isnull=False):
        before = history_of(Teacher).filter(id=row.id, revision=row.revision - 1).first()
        if before is not None and before.merged_into_id is None:
            return row.merged_into_id, row.id
    return None


def _later(change: Change, people: tuple[int, int]) -> list[Change]:
    """The newest changes that wrote records of either file since."""
    first, *rest = [
        history_of(model).filter(records_of(model, people), change_id__gt=change.pk).order_by().values_list("change_id")
        for model in (Teacher, *of_people())
    ]
    keys = first.union(*rest).order_by("-change_id")[:MOST_TOLD]
    return list(Change.objects.select_related("actor").filter(pk__in=[key for (key,) in keys]).order_by("-pk"))


def may_separate(actor: Any, made: Separation | None) -> bool:
    """Whether the actor may take this merge back, as things stand: they see the file and it is not their own."""
    if made is None or made.over or not actor.may(PERMISSION):
        return False
    own = actor.user.pk in (made.stays.user_id, made.goes.user_id)
    return not own and bool(Teacher.objects.visible_to(actor).filter(pk=made.stays.pk).exists())


def separate_files(*, actor: Any, change: Change, **why: Unpack[Why]) -> Change:
    """Take a merge back: every record that it wrote says again what it said before, and belongs again to whom it belonged.

    Whole or not at all. Raises `NotAllowed` where it is not in force, may not be taken back by this actor, or the merged file changed
    since, with the names of these changes.
    """
    told: Why = {**why, "source": f"{ONE_CHANGE}{change.pk}"}
    with explained_refusal(actor, {}), because(KIND, UNDO, actor, told) as done:
        must_have_turn()
        pair = _files(change) if change.kind == MERGED else None
        if pair is None:
            raise NotAllowed(_("This change merged no files."))
        stays, goes = locked(*Teacher._base_manager.in_bulk(pair).values())
        made = plan_separation(change)
        if made is None or made.over:
            raise NotAllowed(_("This merge is not in force any more: there is nothing to undo."))
        if not may_separate(actor, made):
            raise NotAllowed(_("You may not take this merge back."))
        if made.later:
            raise NotAllowed(
                _("The merged file changed since: %(changes)s. Undo these changes first, the latest one first.")
                % {"changes": made.obstacles()}
            )
        _give_back(made)
        if Teacher.objects.visible_to(actor).filter(pk__in=[stays.pk, goes.pk]).count() != len(pair):
            raise NotAllowed(_("One of the two files would be another bureau's. Ask the bureau above both."))
    return done


def _give_back(made: Separation) -> None:
    key, closed = made.change.pk, made.goes.pk
    models = [model for model in of_people() if history_of(model).filter(change=key).exists()]
    for model in models:
        _execute(_deleting(model), [key], model)
        _execute(_restoring(model, 'b."teacher_id" = %s'), [key, closed], model)
        _execute(_restoring(model, 'b."teacher_id" <> %s'), [key, closed], model)
        _execute(_inserting(model), [key], model)
    # The file that stayed first: a user has one file.
    _execute(_restoring(Teacher, "l.id = %s"), [key, made.stays.pk], Teacher)
    _execute(_restoring(Teacher, "l.id <> %s"), [key, made.stays.pk], Teacher)
    papers = history_of(IssuedDocument).filter(change=key).values("id")
    IssuedDocument._base_manager.filter(pk__in=papers).update(subject_id=closed)


def _execute(statement: str, values: list[Any], model: Any) -> None:
    with explained(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        for expected in cursor.fetchall():
            if expected == (None,):
                msg = f"a record of {model._meta.label} is not as the merge left it"
                raise StaleRecord(msg)


def _mine(model: Any) -> str:
    """The first and the last version that the change (a parameter) made of each record."""
    return (
        f'WITH m AS (SELECT id, min(revision) AS first, max(revision) AS last FROM "{history_table(model)}"'  # noqa: S608
        " WHERE change_id = %s GROUP BY id)"
    )


def _restoring(model: Any, which: str) -> str:
    """Records that were there before say what they said; one that somebody wrote since is stale."""
    table, versions = model._meta.db_table, history_table(model)
    assigned = ", ".join(
        f'"{one.column}" = ' + (f'b."{one.column}"' if one.null else f'coalesce(b."{one.column}", l."{one.column}")')
        for one in model._meta.concrete_fields
        if one.column not in FIXED
    )
    return (
        f'{_mine(model)} UPDATE "{table}" l SET revision = m.last, {assigned} FROM m'  # noqa: S608
        f' JOIN "{versions}" b ON b.id = m.id AND b.revision = m.first - 1 WHERE l.id = m.id AND {which} RETURNING l.id'
    )


def _deleting(model: Any) -> str:
    """The parts of periods that the merge made go."""
    table, versions = model._meta.db_table, history_table(model)
    return (
        f'{_mine(model)} DELETE FROM "{table}" l USING m JOIN "{versions}" f ON f.id = m.id AND f.revision = m.first'  # noqa: S608
        " WHERE l.id = m.id AND f.history_type = '+' RETURNING CASE WHEN l.revision = m.last THEN l.id END"
    )


def _inserting(model: Any) -> str:
    """What the merge took away is there again, under its key."""
    columns = list(_columns(model))
    names = ", ".join(f'"{name}"' for name in columns)
    chosen = ", ".join('t."revision" + 1' if name == "revision" else f't."{name}"' for name in columns)
    return (
        f'{_mine(model)} INSERT INTO "{model._meta.db_table}" ({names}) OVERRIDING SYSTEM VALUE SELECT {chosen} FROM m'  # noqa: S608
        f" JOIN \"{history_table(model)}\" t ON t.id = m.id AND t.revision = m.last WHERE t.history_type = '-' RETURNING id"
    )


def _columns(model: Any) -> Iterator[str]:
    return (str(one.column) for one in model._meta.concrete_fields)
