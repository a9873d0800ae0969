"""The buckets of an undo in words: per person, what goes back, what was edited since by whom, what stands on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.codes.values import Values, fields_of, label, reason_words, values_of
from core.exchange.kinds import all_kinds
from core.exchange.undo import columns
from core.exchange.undo.planning import Plan
from core.exchange.undo.standing import Standing
from core.exchange.undo.touched import BLOCK, KEEP, TAKE_BACK, Line
from core.records.models import Change, Record
from core.registry import registry
from core.web.parts import Pair

PAGE: Final = 20
MOST_PAIRS: Final = 12
LOOKS: Final = ("records.view_change", "records.audit")


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence with who did it, when and why, and the way to it."""

    text: Any
    by: str = ""
    why: str = ""
    url: str = ""


@dataclass(slots=True)
class Told:
    """One subject in a bucket: `whole` where the batch entered it and it goes as a whole; fields as they are and will be; notes."""

    name: str
    url: str = ""
    whole: str = ""
    pairs: list[Pair] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def page_of(made: Plan, bucket: str, actor: Any, after: int = 0) -> tuple[list[Told], int | None]:
    """One page of a bucket's subjects behind a key, and the key to go on from: a fixed number of queries for each model."""
    found = made.bucket(bucket)
    keys = sorted(key for key in found if key > after)
    shown = {key: found[key] for key in keys[:PAGE]}
    told = Telling(made, actor, shown).told(bucket)
    return told, keys[PAGE - 1] if len(keys) > PAGE else None


def section_label(model: Any) -> str:
    """What a sort of record is called: as its section of the file, else by its own name."""
    named = {section.model: section.label for section in registry.each("file_sections")}
    return capfirst(str(named.get(model._meta.label, model._meta.verbose_name)))


class Telling:
    """Reads what a page of subjects needs, set-wise, and tells it to one reader."""

    def __init__(self, made: Plan, actor: Any, shown: dict[int, list[tuple[Any, Line]]]) -> None:
        self.made, self.actor, self.shown = made, actor, shown
        self.by_model: dict[Any, list[Line]] = defaultdict(list)
        for lines in shown.values():
            for model, line in lines:
                self.by_model[model].append(line)

    def told(self, bucket: str) -> list[Told]:
        """The subjects of the page."""
        tell = {TAKE_BACK: self._taken_back, KEEP: self._kept, BLOCK: self._blocked}[bucket]
        found = []
        for key, lines in self.shown.items():
            one = Told(*self._named.get(key, (self._unnamed(lines), "")))
            tell(one, lines)
            one.pairs[MOST_PAIRS:] = []
            found.append(one)
        return found

    # what is read

    @cached_property
    def _values(self) -> Values:
        values = values_of(self.actor)
        rows = [*self._live.values(), *self._versions.values()]
        values.prime(units=[getattr(row, "unit_id", None) for row in rows])
        return values

    @cached_property
    def _named(self) -> dict[int, tuple[str, str]]:
        rows = self.made.subject._default_manager.visible_to(self.actor).filter(pk__in=self.shown)
        if hasattr(rows, "named"):
            rows = rows.named(self.actor.on)
        kind = all_kinds()[self.made.batch.kind]
        urls = kind.addresses(self.actor, list(self.shown))
        return {key: (name, urls.get(key, "")) for key, name in kind.called(list(rows), self.actor).items()}

    @staticmethod
    def _unnamed(lines: Iterable[tuple[Any, Line]]) -> str:
        away = any(line.why == "elsewhere" for _model, line in lines)
        return _("Somebody whom another unit keeps now") if away else _("Somebody who is no longer on file")

    @cached_property
    def _live(self) -> dict[tuple[Any, int], Any]:
        return {
            (model, pk): row
            for model, lines in self.by_model.items()
            for pk, row in model._base_manager.in_bulk([line.id for line in lines]).items()
        }

    @cached_property
    def _versions(self) -> dict[tuple[Any, int, int], Any]:
        """The versions from the one before the batch on, by record and revision."""
        found = {}
        for model, lines in self.by_model.items():
            firsts = {line.id: line.first - 1 for line in lines}
            for row in model.history.model._base_manager.filter(id__in=firsts).order_by("id", "revision"):
                if row.revision >= firsts[row.id]:
                    found[model, row.id, row.revision] = row
        return found

    @cached_property
    def _changes(self) -> dict[int, Change]:
        wanted = {row.change_id for row in self._versions.values()} | set(self._beginnings.values())
        return Change.objects.select_related("actor").in_bulk(wanted)

    @cached_property
    def _beginnings(self) -> dict[tuple[Any, int], int]:
        """The changes that made the records which stand on those of the page."""
        wanted: dict[Any, set[int]] = defaultdict(set)
        for standing in (
            one for model, lines in self.by_model.items() for line in lines for one in self._on(model, line)
        ):
            if standing.model is not None and issubclass(standing.model, Record):
                wanted[standing.model].add(standing.key)
        return {
            (model, pk): change
            for model, keys in wanted.items()
            for pk, change in model.history.model._base_manager.filter(id__in=keys, history_type="+")
            .order_by()
            .values_list("id", "change_id")
        }

    def _on(self, model: Any, line: Line) -> Sequence[Standing]:
        return self.made.blockers.get((model, line.id), ())

    # what is told

    def _taken_back(self, one: Told, lines: list[tuple[Any, Line]]) -> None:
        if any(model is self.made.subject and line.created for model, line in lines):
            one.whole = ngettext(
                "The batch entered it. It goes as a whole, with %(n)s record.",
                "The batch entered it. It goes as a whole, with %(n)s records.",
                len(lines),
            ) % {"n": len(lines)}
            return
        for model, line in lines:
            live = self._live.get((model, line.id))
            before = self._versions.get((model, line.id, line.first - 1))
            if line.deleted and before is not None:
                one.pairs.append(Pair(section_label(model), None, self._whole(model, before)))
            if live is None:
                continue
            if line.created:
                one.pairs.append(Pair(section_label(model), self._whole(model, live), None))
            else:
                one.pairs += self._fields(model, line.back, live, before)

    def _kept(self, one: Told, lines: list[tuple[Any, Line]]) -> None:
        """What was edited since; of whom another unit keeps now nothing but that: what stands there is theirs."""
        said: set[Any] = set()
        for model, line in lines:
            if line.kept and line.why != "elsewhere":
                live, left = self._live.get((model, line.id)), self._versions.get((model, line.id, line.last))
                one.pairs += self._fields(model, line.kept, left, live)
            note = self._kept_note(model, line)
            if note is not None and note not in said:
                said.add(note)
                one.notes.append(note)

    def _kept_note(self, model: Any, line: Line) -> Note | None:
        why = "edited" if line.verdict == TAKE_BACK else line.why
        section = {"section": section_label(model)}
        if why == "elsewhere":
            noun = {"noun": all_kinds()[self.made.batch.kind].noun}
            return Note(_("Another unit keeps this %(noun)s now. Nothing of it is taken back.") % noun)
        if why == "settled":
            return Note(_("Something followed from it already. Nothing of it is taken back."))
        if why == "whole":
            return Note(_("The batch entered it. Since a part of it stays, all of it stays."))
        # What was told anew since says it of the records that the batch had told.
        if line.deleted:
            return None
        change = self._later(model, line)
        if why == "gone":
            return self._by(_("%(section)s: removed since") % section, change)
        if why == "period":
            return Note(_("%(section)s: an edit since holds on these days, so its periods stay as they are") % section)
        if change is None:
            return Note(_("%(section)s: what it said before is no longer there to be said again") % section)
        return self._by(_("%(section)s: edited since") % section, change)

    def _blocked(self, one: Told, lines: list[tuple[Any, Line]]) -> None:
        whole = False
        for model, line in lines:
            whole = whole or line.why == "whole"
            for standing in self._on(model, line):
                one.notes.append(self._standing(model, standing))
        if whole:
            one.notes.append(Note(_("The batch entered it. Since a part of it stays, all of it stays.")))

    def _standing(self, model: Any, standing: Standing) -> Note:
        if standing.model is None:
            return Note(_("%(what)s: %(words)s") % {"what": capfirst(str(standing.label)), "words": standing.words})
        said = {"what": section_label(standing.model), "section": section_label(model)}
        text = said["what"] if model is self.made.subject else _("%(what)s, which belongs to %(section)s") % said
        change = self._changes.get(self._beginnings.get((standing.model, standing.key), 0))
        return self._by(text, change)

    def _later(self, model: Any, line: Line) -> Change | None:
        """The last change since that said something else of what the batch had said."""
        names = columns.fields_in(model, line.kept)
        parts = {group: group.compared for group in columns.groups(model) if group.bit & line.kept}
        found, revision = None, line.last + 1
        while (row := self._versions.get((model, line.id, revision))) is not None:
            before = self._versions[model, line.id, revision - 1]
            differs = any(_stored(row, name) != _stored(before, name) for part in parts.values() for name in part)
            if row.history_type == "-" or differs or not names:
                found = self._changes.get(row.change_id)
            revision += 1
        return found

    def _by(self, text: Any, change: Change | None) -> Note:
        if change is None:
            return Note(text)
        role = settings.ROLES.get(change.role)
        at = timezone.localtime(change.at).strftime("%Y-%m-%d %H:%M")
        parts = [str(change.actor), str(role.label) if role else "", at]
        by = pgettext("between unit and role", " · ").join(part for part in parts if part)
        looks = self.actor.may_any(LOOKS)
        return Note(text, by, reason_words(change), reverse("change", args=[change.public_id]) if looks else "")

    def _fields(self, model: Any, mask: int, was: Any, new: Any) -> list[Pair]:
        shown = set(fields_of(model))
        names = [name for name in columns.fields_in(model, mask) if name in shown]
        found = []
        for name in names:
            old, now = (self._values.shown(model, name, row).text if row is not None else "" for row in (was, new))
            named = label(model, name)
            if model is not self.made.subject and named != section_label(model):
                named = _("%(section)s: %(field)s") % {"section": section_label(model), "field": named}
            found.append(Pair(named, old, now))
        return found

    def _whole(self, model: Any, row: Any) -> str:
        texts = [self._values.shown(model, name, row).text for name in fields_of(model)]
        return pgettext("list separator", ", ").join(text for text in texts if text)


def _stored(row: Any, column: str) -> Any:
    value = getattr(row, column)
    return bytes(value) if isinstance(value, memoryview) else value
