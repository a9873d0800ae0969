"""Undoing one change of a file by a new change: whole or not at all, and refused with the names of what stands in the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Unpack

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.exchange.undo import columns
from core.exchange.undo.chains import keep_crowded
from core.exchange.undo.standing import Blockers, block
from core.exchange.undo.touched import DONE, TAKE_BACK, Line, Lines, touched
from core.exchange.undo.writing import write
from core.org.errors import NotAllowed
from core.records.errors import StaleRecord
from core.records.models import Change
from personnel.choices import UNDO
from personnel.models import Teacher
from personnel.selectors.provenance import ONE_CHANGE
from personnel.selectors.versions import history_of, model_of, named, sections_for
from personnel.services.facts import explained_refusal
from personnel.services.trying import try_out
from personnel.services.why import Why, because

KIND: Final = "personnel.undo_change"
# What one person did to one file, on the page or by program. Batches have their own undo.
UNDOABLE: Final = frozenset(
    {"personnel.correct_fact", "personnel.change_fact", "personnel.end_fact", "personnel.add_fact", KIND}
)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a change from being undone: the section, why, and the later change that is in the way, if one is."""

    section: Any
    why: Any
    change: Change | None = None

    def __str__(self) -> str:
        return f"{self.section}{pgettext('after a label', ': ')}{self.why}"


@dataclass(slots=True)
class Undoing:
    """What undoing a change would do as things stand now: the records that it touched, and what stands in the way."""

    change: Change
    lines: Lines
    blockers: Blockers = field(default_factory=dict)

    def each(self) -> Iterator[tuple[Any, Line]]:
        """The records with their models."""
        return ((model, line) for model, lines in self.lines.items() for line in lines)

    @property
    def people(self) -> set[int]:
        """Whose files it touches."""
        return {line.subject for _model, line in self.each()}

    @property
    def over(self) -> bool:
        """Whether nothing of the change is in force any more."""
        return all(line.verdict == DONE or line.why == "gone" for _model, line in self.each())

    @property
    def seen(self) -> str:
        """What tells whether the records are still as the plan found them."""
        versions = sorted(f"{model._meta.label}:{line.id}:{line.now}" for model, line in self.each())
        return hashlib.sha256("|".join(versions).encode()).hexdigest()[:16]

    def obstacles(self) -> list[Obstacle]:
        """All that stands in the way, each with its name."""
        if self.over:
            return []
        found = [obstacle for model, line in self.each() for obstacle in self._of(model, line)]
        return list({(one.section, one.why, one.change): one for one in found}.values())

    def _of(self, model: Any, line: Line) -> Iterator[Obstacle]:
        section = named(model)
        if line.why == "stands_on":
            for standing in self.blockers.get((model, line.id), []):
                yield Obstacle(section, _("%(what)s stands on it") % {"what": standing.words or standing.label})
        elif line.why == "period":
            yield Obstacle(section, _("another record holds now on days that would be taken back"))
        elif line.why == "gone":
            yield Obstacle(section, _("removed since"), _later(model, line))
        elif line.why == "edited" or line.kept:
            yield Obstacle(section, _("changed since"), _later(model, line))


def plan_undo(change: Change) -> Undoing:
    """What undoing a change of a file would do now; nothing is written."""
    lines = touched(change.pk, Teacher)
    keep_crowded(lines, Teacher)
    return Undoing(change, lines, block(lines))


def may_undo(actor: Any, change: Change) -> bool:
    """Whether a change is one of those that are undone by themselves, of people and sections that the actor sees."""
    return change.kind in UNDOABLE and sees_all_of(actor, plan_undo(change))


def sees_all_of(actor: Any, made: Undoing) -> bool:
    """Whether the actor sees every file and section that the change touched."""
    sections = {model_of(section) for section in sections_for(actor)}
    seen = Teacher.objects.visible_to(actor).filter(pk__in=made.people).count()
    touches = bool(made.lines) and made.lines.keys() <= sections
    return touches and seen == len(made.people)


def undo_change(*, actor: Any, change: Change, seen: str | None = None, **why: Unpack[Why]) -> Change:
    """Give every field that the change touched what it said before, in one new change that names the undone one.

    Whole or not at all. Raises `NotAllowed` where it may not be undone alone, where nothing of it is in force, or with the names of
    what changed since or stands on it; `StaleRecord` where the records are not as the plan that was `seen` had them.
    """
    told: Why = {**why, "source": f"{ONE_CHANGE}{change.pk}"}
    with explained_refusal(actor, {}), because(KIND, UNDO, actor, told) as done:
        made = plan_undo(change)
        if change.kind not in UNDOABLE or not sees_all_of(actor, made):
            raise NotAllowed(_("This change cannot be undone by itself."))
        if made.over:
            raise NotAllowed(_("Nothing of this change is in force any more: there is nothing to undo."))
        if seen is not None and seen != made.seen:
            raise StaleRecord("the records are no longer as they were shown")
        if found := made.obstacles():
            listed = pgettext("between sentences", "; ").join(map(str, found))
            raise NotAllowed(_("It cannot be undone. %(why)s. Undo the later change first.") % {"why": listed})
        _take_back(made)
    return done


def effects(*, actor: Any, made: Undoing) -> list[Any]:
    """What would follow from an undo without obstacles, as `Finding`s; nothing is written. Raises `NotAllowed` as the undo would."""

    def trial() -> None:
        with explained_refusal(actor, {}), because(KIND, UNDO, actor, {"reason": KIND}):
            _take_back(made)

    return try_out(trial, person=min(made.people), models=made.lines, actor=actor)


def _take_back(made: Undoing) -> None:
    write({model: [one for one in lines if one.verdict == TAKE_BACK] for model, lines in made.lines.items()}, _silent)


def _silent(*_told: Any, **_more: Any) -> None:
    """An undo of one change needs no progress bar."""


def _later(model: Any, line: Line) -> Change | None:
    """The last change since that touched what the undone one had said."""
    groups = [group for group in columns.groups(model) if group.bit & line.kept]
    rows = (
        history_of(model)
        .filter(id=line.id, revision__gte=line.last)
        .order_by("revision")
        .select_related("change__actor")
    )
    found, before = None, None
    for row in rows:
        names = [name for group in groups for name in group.compared]
        if before is not None and (
            row.history_type == "-" or not names or any(_stored(row, name) != _stored(before, name) for name in names)
        ):
            found = row.change
        before = row
    return found


def _stored(row: Any, column: str) -> Any:
    value = getattr(row, column)
    return bytes(value) if isinstance(value, memoryview) else value
