"""The plan of an undo: every record that the batch touched in one of three buckets, decided set-wise.

Taken back: as the batch left it. Kept: edited since, elsewhere now, or its period is taken. Blocked: something stands on it. Who was
entered by the batch is taken back whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from core.exchange.kinds import Draft, Setting, all_kinds
from core.exchange.models import Batch
from core.exchange.undo import columns
from core.exchange.undo.chains import keep_crowded
from core.exchange.undo.standing import Blockers, block, hold_up
from core.exchange.undo.touched import (
    BLOCK,
    DONE,
    KEEP,
    TAKE_BACK,
    Line,
    Lines,
    keep_told_anew,
    link_column,
    subject_model,
    touched,
)

BUCKETS: Final = (TAKE_BACK, KEEP, BLOCK)


@dataclass(slots=True)
class Plan:
    """What an undo would do: the records by model, what stands on those that are blocked, who was entered by the batch."""

    batch: Batch
    subject: Any
    lines: Lines
    blockers: Blockers = field(default_factory=dict)
    entered: set[int] = field(default_factory=set)

    def bucket(self, name: str) -> dict[int, list[tuple[Any, Line]]]:
        """The records of a bucket by subject; one that goes back in part only is in two."""
        found: dict[int, list[tuple[Any, Line]]] = defaultdict(list)
        for model, lines in self.lines.items():
            for line in lines:
                if is_in(line, name):
                    found[line.subject].append((model, line))
        return found

    def counts(self) -> dict[str, Any]:
        """How many subjects and records are in each bucket, how many files go, and the causes. Nothing of persons."""
        told: dict[str, Any] = {}
        for name in BUCKETS:
            found = self.bucket(name)
            told[name] = {"subjects": len(found), "records": sum(map(len, found.values()))}
        leaving = sum(
            line.verdict == TAKE_BACK and line.id in self.entered for line in self.lines.get(self.subject, ())
        )
        why: dict[str, int] = defaultdict(int)
        for line in self.each():
            if line.why:
                why[line.why] += 1
        return told | {"entered": leaving, "why": dict(why)}

    def each(self) -> Iterable[Line]:
        """All records."""
        return (line for lines in self.lines.values() for line in lines)


def is_in(line: Line, bucket: str) -> bool:
    """Whether a record, or a part of it, is in a bucket."""
    return line.verdict == bucket or (bucket == KEEP and line.verdict == TAKE_BACK and bool(line.kept))


def plan(batch: Batch, actor: Any) -> Plan:
    """Plan the undo of an applied batch as things stand now: a fixed number of queries for each model."""
    subject = subject_model(batch.kind)
    lines = touched(batch.change_id or 0, subject)
    made = Plan(batch, subject, lines)
    if batch.undo_change_id:
        _leave_done(made, batch.undo_change_id)
    made.entered = {line.id for line in lines.get(subject, ()) if line.created and line.now is not None}
    _keep_elsewhere(made, actor)
    keep_told_anew(lines, subject)
    keep_crowded(lines, subject)
    _whole(made)
    made.blockers = block(lines)
    _settle(made)
    while keep_crowded(lines, subject):
        _settle(made)
    return made


def _leave_done(made: Plan, undo_change: int) -> None:
    """Of an undone batch: what its undo took away is neither kept nor blocked."""
    for model, lines in made.lines.items():
        taken = model.history.model._base_manager.filter(change_id=undo_change, history_type="-")
        gone = set(taken.values_list("id", flat=True))
        again = _told_again(made, model, undo_change)
        for line in lines:
            if line.id in gone or (line.deleted and line.subject in again):
                line.verdict, line.why = DONE, ""


def _told_again(made: Plan, model: Any, undo_change: int) -> set[int]:
    """The subjects whose records were told again by the undo, as they were before the batch."""
    if not model.told_anew:
        return set()
    rows = model.history.model._base_manager.filter(change_id=undo_change, history_type="+")
    return set(rows.order_by().values_list(link_column(model, made.subject), flat=True))


def _keep_elsewhere(made: Plan, actor: Any) -> None:
    """Keep what is no longer the sender's to take back: whom other units keep now, and from what something followed already."""
    kind = all_kinds()[made.batch.kind]
    blank = dict.fromkeys(kind.key_columns, "")
    drafts = [
        Draft(0, 0, [], dict(blank), subject=subject)
        for subject in {line.subject for line in made.each() if line.now is not None}
    ]
    subjects = [draft.subject for draft in drafts]
    kind.keep_out(drafts, Setting(actor=actor, unit=made.batch.unit, day=actor.on))
    kept_out = {
        subject: "elsewhere" if draft.problems[0].code == "out_of_scope" else "settled"
        for subject, draft in zip(subjects, drafts, strict=True)
        if draft.refused
    }
    for line in made.each() if kept_out else ():
        if line.subject in kept_out and line.verdict != DONE:
            line.verdict, line.why = KEEP, kept_out[line.subject]


def _whole(made: Plan) -> None:
    """Leave whole whom the batch entered where anything of them stays."""
    staying: dict[int, str] = {}
    for line in made.each():
        if line.subject in made.entered and line.verdict in (KEEP, BLOCK):
            staying[line.subject] = BLOCK if BLOCK in (line.verdict, staying.get(line.subject)) else KEEP
    for line in made.each() if staying else ():
        if line.subject in staying and line.verdict in (TAKE_BACK, DONE):
            line.verdict, line.why = staying[line.subject], "whole"


def _settle(made: Plan) -> None:
    """What stays holds up what it points to, until nothing more is held up."""
    records = {
        model: {line.id: line for line in lines if line.created and line.now is not None}
        for model, lines in made.lines.items()
    }
    seen: set[tuple[Any, int]] = set()
    while True:
        _whole(made)
        staying = {
            (model, key)
            for model, lines in records.items()
            for key, line in lines.items()
            if line.verdict in (KEEP, BLOCK)
        } - seen
        seen |= staying
        if not staying or not hold_up(records, staying, made.blockers):
            return


def restored(model: Any, lines: Iterable[Line]) -> list[Line]:
    """The records of a model that get their earlier values back."""
    told = columns.source_bit(model) - 1
    return [line for line in lines if line.verdict == TAKE_BACK and not line.created and line.back & told]


def told_again(lines: Iterable[Line]) -> list[Line]:
    """The records that are written again, for the batch took them away."""
    return [line for line in lines if line.verdict == TAKE_BACK and line.deleted]


def removed(lines: Iterable[Line]) -> list[Line]:
    """The records that go, for the batch made them."""
    return [line for line in lines if line.verdict == TAKE_BACK and line.created]
