"""The facts of a file as the page shows them: value, mark of provenance, life, and the question before a masked value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from unicodedata import east_asian_width

from django.db.models import DateField
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.values import Shown, label, period_words, values_of
from core.records.fields import PartialDateField
from core.web.parts import Action, Axis, Badge, Fact, Link, Mark, Reveal, Span
from personnel.forms.reveal import question_of
from personnel.selectors.file import Part
from personnel.selectors.provenance import Provenance, Source
from personnel.selectors.versions import addable
from personnel.views.marks import batch_urls, mark_of
from personnel.views.teachers import unit_url

REVEAL = "personnel.reveal"
CHANGE = "personnel.change_teacher"
SHORT = 10  # letters: five characters of Chinese


@dataclass(frozen=True, slots=True)
class Block:
    """A row of a section with its own facts; the heading names it, the bar of `spans` stands beside."""

    heading: Any
    facts: list[Fact]
    badge: Badge | None = None
    change: Action | None = None
    past: bool = False
    spans: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ListedColumn:
    """A column of such a table: `css` says how its cells may break."""

    label: Any
    css: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Short rows of a section as a table: of each row its facts with their columns, and the button that changes it."""

    columns: list[ListedColumn]
    rows: list[tuple[list[tuple[ListedColumn, Fact]], Action | None]]


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the file; `empty` says what holds where it has nothing to show."""

    name: str
    heading: Any
    facts: list[Fact] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    listed: Listed | None = None
    empty: Any = ""

    @property
    def barred(self) -> bool:
        """Whether bars of validity are drawn in it, so that it needs the years above them."""
        return any(fact.spans for fact in self.facts) or any(block.spans for block in self.blocks)


class Facts:
    """Makes the facts of one person's file for one reader, as of the day on which `actor` looks.

    `fixed` facts are looked at only: nothing in them is changed, and no masked value is shown, since that would be today's.
    """

    def __init__(
        self, teacher: Any, actor: Any, parts: list[Part], provenance: Provenance, *, fixed: bool = False
    ) -> None:
        self.teacher, self.actor, self.parts, self.provenance = teacher, actor, parts, provenance
        self.changes = actor.may(CHANGE) and not fixed
        self.reveals = may_reveal(actor) and not fixed
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

    def fact(self, part: Part, row: Any, name: str) -> Fact:
        """One field as one line."""
        shown = self.shown(part, row, name)
        return Fact(
            label(part.model, name), shown.text, mark=self.mark(part, row, name, shown.text) if shown else None,
            number=shown.masked, reveal=self.reveal(part, row, name) if shown.masked and shown else None,
        )  # fmt: skip

    def reveal(self, part: Part, row: Any, name: str) -> Reveal | None:
        """The question before a masked value is shown, for those who may see it."""
        if not self.reveals:
            return None
        url = reverse("teacher_reveal", args=[self.teacher.public_id])
        return question_of(url, self.teacher, self.actor, f"{part.section.name}:{row.public_id}:{name}")

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
        if not part.rows:
            return Card(name, heading, actions=self._add(part), empty=part.section.otherwise)
        if part.listed:
            return Card(name, heading, actions=self._add(part), listed=self._listed(part))
        if not part.single:
            unsaid = "" if part.holding(self.actor.on) else part.section.otherwise
            blocks = [self._block(part, row) for row in part.rows]
            return Card(name, heading, blocks=blocks, actions=self._add(part), empty=unsaid)
        (row,) = part.rows
        changing = self._change(part, row)
        return Card(
            name,
            heading,
            [self.fact(part, row, name) for name in part.section.fields],
            actions=[changing] if changing else [],
        )

    def _add(self, part: Part) -> list[Action]:
        if not (self.changes and (addable(part.section) or part.section.entered)):
            return []
        made = part.section.entered
        key = self.teacher.public_id
        url = reverse(made, args=[key]) if made else reverse("fact_add", args=[key, part.section.name])
        return [Action(_("Add"), url=url, icon="plus", quiet=True)]

    def _change(self, part: Part, row: Any) -> Action | None:
        if not self.changes:
            return None
        url = reverse("fact_change", args=[self.teacher.public_id, part.section.name, row.public_id])
        return Action(_("Change"), url=url, icon="pen", quiet=True)

    def _listed(self, part: Part) -> Listed:
        """The rows of a section as a table, without the columns of which no row says anything."""
        names = [name for name in part.section.fields if any(self.shown(part, row, name) for row in part.rows)]
        columns = [ListedColumn(label(part.model, name), self._breaking(part, name)) for name in names]
        told = [[self.fact(part, row, name) for name in names] for row in part.rows]
        buttons = [self._change(part, row) for row in part.rows]
        return Listed(
            columns,
            [(list(zip(columns, facts, strict=True)), button) for facts, button in zip(told, buttons, strict=True)],
        )

    def _breaking(self, part: Part, name: str) -> str:
        """How the cells of a column may break: dates never, short words not where there is room."""
        if is_date(part.model, name):
            return "sd-nb"
        widest = max(width(self.shown(part, row, name).text) for row in part.rows)
        return "sd-short" if widest <= SHORT else ""

    def _block(self, part: Part, row: Any) -> Block:
        names = [name for name in part.section.fields if self.shown(part, row, name)]
        facts = [self.fact(part, row, name) for name in names]
        heading = " ".join(shown.text for name in part.section.primary if (shown := self.shown(part, row, name)))
        if part.dated:
            holds = row.period.contains(self.actor.on)
            badge = Badge(_("in force"), "green", "check") if holds else None
            ended = row.valid.upper is not None and row.valid.upper <= self.actor.on
            words = period_words(row.valid)
            said = pgettext("list separator", ", ").join(filter(None, [words, heading])) if ended else words
            return Block(said, facts, badge, self._change(part, row), past=ended, spans=spans_of([row]))
        return Block(heading, facts, change=self._change(part, row))


def may_reveal(actor: Any) -> bool:
    """Whether the actor may see masked values: by their role, or their own."""
    return actor.may(REVEAL) or actor.own_only


def width(text: str) -> int:
    """How wide a text is in Latin letters; a Chinese character is two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def is_date(model: Any, name: str) -> bool:
    """Whether a field holds a day, or as much of it as is known."""
    return name not in getattr(model, "_protected", {}) and isinstance(
        model._meta.get_field(name), DateField | PartialDateField
    )


def spans_of(rows: Iterable[Any]) -> list[Span]:
    """The periods of dated rows."""
    return [Span(row.valid.lower, row.valid.upper) for row in rows]
