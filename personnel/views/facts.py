"""The facts of a file as the page shows them: value, mark of provenance, life, and the question before a masked value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.values import Shown, label, period_words, values_of
from core.web.parts import Action, Axis, Badge, Fact, Link, Mark, Reveal, Span
from personnel.choices import REVEAL_REASONS
from personnel.selectors.file import Part
from personnel.selectors.provenance import Provenance, Source
from personnel.selectors.versions import addable
from personnel.views.marks import batch_urls, mark_of
from personnel.views.teachers import unit_url

REVEAL = "personnel.reveal"
CHANGE = "personnel.change_teacher"


@dataclass(frozen=True, slots=True)
class Block:
    """A row of a section with its own facts; the heading names it."""

    heading: Any
    facts: list[Fact]
    badge: Badge | None = None
    change: Action | None = None
    past: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the file."""

    name: str
    heading: Any
    facts: list[Fact] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


class Facts:
    """Makes the facts of one person's file for one reader."""

    def __init__(self, teacher: Any, actor: Any, parts: list[Part], provenance: Provenance) -> None:
        self.teacher, self.actor, self.parts, self.provenance = teacher, actor, parts, provenance
        opens = teacher.unit and actor.may("org.view_unit")
        self.unit_urls = {teacher.unit: unit_url(teacher.unit_public_id)} if opens else {}
        self.values, self.batches = values_of(actor), batch_urls(provenance.changes, actor)
        self.axis = Axis.covering([span for part in parts if part.dated for span in spans_of(part.rows)], actor.on)

    # one value

    def shown(self, part: Part, row: Any, name: str) -> Shown:
        """A field of a row in words."""
        return self.values.shown(part.model, name, row)

    def mark(self, part: Part, row: Any, name: str, text: Any) -> Mark | None:
        """The mark of a field of a row."""
        source = self.provenance.of(part.section.name, row.pk, name)
        return mark_of(source, label(part.model, name), text, links=self.links)

    def links(self, source: Source) -> list[Link]:
        """Where the batch and the change of a value are shown, for those who may look at them."""
        found = []
        if source.row is not None and source.change.pk in self.batches:
            found.append(Link(_("The batch"), self.batches[source.change.pk]))
        if self.actor.may("records.view_change"):
            found.append(Link(_("The whole change"), reverse("change", args=[source.change.public_id])))
        return found

    def fact(self, part: Part, row: Any, name: str, *, spans: Iterable[Span] = ()) -> Fact:
        """One field as one line."""
        shown = self.shown(part, row, name)
        return Fact(
            label(part.model, name), shown.text, mark=self.mark(part, row, name, shown.text) if shown else None,
            number=shown.masked, reveal=self.reveal(part, row, name) if shown.masked and shown else None, spans=list(spans),
        )  # fmt: skip

    def reveal(self, part: Part, row: Any, name: str) -> Reveal | None:
        """The question before a masked value is shown, for those who may see it."""
        if not may_reveal(self.actor):
            return None
        field = f"{part.section.name}:{row.public_id}:{name}"
        url = reverse("teacher_reveal", args=[self.teacher.public_id])
        return Reveal(url, _("Why do you need to see it?"), REVEAL_REASONS, _("Show for 2 minutes"), field=field)

    # sections

    def line(self, part: Part) -> list[Fact]:
        """A section on the overview: chosen fields of its one row, or the row that holds in one line."""
        row = part.holding(self.actor.on)
        if part.single:
            return [self.fact(part, row, name) for name in part.section.overview] if row is not None else []
        if row is None:
            return [Fact(part.section.label, "", spans=spans_of(part.rows))] if part.rows or part.dated else []
        first, *_rest = part.section.primary
        if self.shown(part, row, first).masked:
            return [self.fact(part, row, first)]
        return [self._primary(part, row)]

    def _primary(self, part: Part, row: Any) -> Fact:
        names = [name for name in part.section.primary if self.shown(part, row, name)]
        text = " ".join(self.shown(part, row, name).text for name in names)
        mark = self.mark(part, row, names[0], text) if names else None
        more = [name for name in part.section.overview if name not in part.section.primary]
        told = [f"{label(part.model, name)} {shown}" for name in more if (shown := self.shown(part, row, name))]
        sub = pgettext("list separator", ", ").join(told)
        return Fact(part.section.label, text, sub=sub, mark=mark, spans=spans_of(part.rows), url=self._unit_url(row))

    def _unit_url(self, row: Any) -> str:
        return self.unit_urls.get(getattr(row, "unit_id", None), "")

    def card(self, part: Part) -> Card:
        """A whole section as a card: every row with every field."""
        name, heading = part.section.name, part.section.label
        if not part.single:
            return Card(name, heading, blocks=[self._block(part, row) for row in part.rows], actions=self._add(part))
        if not part.rows:
            return Card(name, heading, actions=self._add(part))
        (row,) = part.rows
        changing = self._change(part, row)
        return Card(
            name,
            heading,
            [self.fact(part, row, name) for name in part.section.fields],
            actions=[changing] if changing else [],
        )

    def _add(self, part: Part) -> list[Action]:
        if not (self.actor.may(CHANGE) and addable(part.section)):
            return []
        url = reverse("fact_add", args=[self.teacher.public_id, part.section.name])
        return [Action(_("Add"), url=url, icon="plus", quiet=True)]

    def _change(self, part: Part, row: Any) -> Action | None:
        if not self.actor.may(CHANGE):
            return None
        url = reverse("fact_change", args=[self.teacher.public_id, part.section.name, row.public_id])
        return Action(_("Change"), url=url, icon="pen", quiet=True)

    def _block(self, part: Part, row: Any) -> Block:
        names = [name for name in part.section.fields if self.shown(part, row, name)]
        facts = [
            self.fact(part, row, name, spans=spans_of([row]) if part.dated and place == 0 else ())
            for place, name in enumerate(names)
        ]
        heading = " ".join(shown.text for name in part.section.primary if (shown := self.shown(part, row, name)))
        if part.dated:
            holds = row.period.contains(self.actor.on)
            badge = Badge(_("in force"), "green", "check") if holds else None
            ended = row.valid.upper is not None and row.valid.upper <= self.actor.on
            words = period_words(row.valid)
            said = pgettext("list separator", ", ").join(filter(None, [words, heading])) if ended else words
            return Block(said, facts, badge, self._change(part, row), past=ended)
        return Block(heading, facts, change=self._change(part, row))


def may_reveal(actor: Any) -> bool:
    """Whether the actor may see masked values: by their role, or their own."""
    return actor.may(REVEAL) or actor.own_only


def spans_of(rows: Iterable[Any]) -> list[Span]:
    """The periods of dated rows."""
    return [Span(row.valid.lower, row.valid.upper) for row in rows]
