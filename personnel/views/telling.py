"""History in words: one entry per change, titled by what it did, with the changed fields as they were and are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.codes.values import day_words, label, reason_words, values_of
from core.web.parts import Badge, Entry, Link, Pair
from personnel.selectors.provenance import MERGED, SEPARATED
from personnel.selectors.versions import PERSON, Act, Version
from personnel.views.marks import kind_label, role_name, source_words

MOST_PAIRS = 40


class Telling:
    """Tells acts to one reader."""

    def __init__(self, actor: Any) -> None:
        self.actor, self.values = actor, values_of(actor)

    def entry(self, act: Act, *, heading: Any = "", briefly: bool = False) -> Entry:
        """One change of one file. `briefly` leaves out all but the first pairs, for the card beside the file."""
        change = act.change
        pairs = [] if briefly and opens(act) else self.pairs(act)
        by = [str(change.actor), role_name(change.role)]
        return Entry(
            heading=heading or self.title(act),
            on=timezone.localtime(change.at),
            by=pgettext("between unit and role", " · ").join(dict.fromkeys(part for part in by if part)),
            pairs=pairs[: 3 if briefly else MOST_PAIRS],
            reason="" if briefly else reason_words(change),
            document=change.document,
            source=source_words(change),
            url=reverse("change", args=[change.public_id]) if self.actor.may("records.view_change") else "",
            badge=_badge(act),
            evidence=evidence_link(change, self.actor),
        )

    # titles

    def title(self, act: Act) -> str:
        """What a change did to a file, in words."""
        kind = kind_label(act.change)
        if opens(act) or act.change.kind in (MERGED, SEPARATED):
            return kind
        sections = {version.section.name for version in act.versions}
        if len(sections) == 1:
            return self._section_title(act.versions) or kind
        named = pgettext("list separator", ", ").join(
            dict.fromkeys(str(version.section.label) for version in act.versions)
        )
        return _("%(kind)s: %(sections)s") % {"kind": kind, "sections": named}

    def _section_title(self, found: list[Version]) -> str:
        closings, openings = successions(found)
        plain = [version for version in found if version not in closings]
        if len(plain) != 1:
            return ""
        (version,) = plain
        if not (version.created or version.deleted or version.fields):
            return ""
        said = {"what": version.section.label, "value": self.primary(version, version.row) or "…"}
        if version.deleted:
            return _("%(what)s removed") % said
        closed = openings.get(_record(version))
        if version.created and closed is None:
            return (_("%(what)s added: %(value)s") if version.section.primary else _("%(what)s recorded")) % said
        differing = self._differing(version, closed)
        if set(differing) & set(version.section.primary):
            return _("%(what)s changed to %(value)s") % said
        return self._field_title(version, differing[0]) if len(differing) == 1 else _("%(what)s changed") % said

    def _differing(self, version: Version, closed: Version | None) -> tuple[str, ...]:
        """The fields in which a version differs from the one before, or from the period that it follows."""
        if closed is None:
            return version.fields
        shown = self.values.shown
        return tuple(
            name
            for name in version.section.fields
            if shown(version.model, name, closed.before).text != shown(version.model, name, version.row).text
        )

    def _field_title(self, version: Version, name: str) -> str:
        shown = self.values.shown(version.model, name, version.row)
        said = {"what": self._named(version, name), "value": shown.text}
        if shown.masked:
            return _("%(what)s changed") % said
        return (_("%(what)s changed to %(value)s") if shown.text else _("%(what)s removed")) % said

    def primary(self, version: Version, row: Any) -> str:
        """A row of a section in one line."""
        return " ".join(
            shown.text for name in version.section.primary if (shown := self.values.shown(version.model, name, row))
        )

    # fields

    def pairs(self, act: Act) -> list[Pair]:
        """Only what changed, old and new; a period that another one follows is told as one change."""
        closings, openings = successions(act.versions)
        pairs: list[Pair] = self._moved(act)
        for version in act.versions:
            if version in closings or (version.came_from is not None and not set(version.fields) - {"valid"}):
                continue
            closed = openings.get(_record(version))
            pairs += self._followed(version, closed) if closed is not None else self._changed(version)
        return pairs

    def _moved(self, act: Act) -> list[Pair]:
        """What came over from another file, or went over to it, by section."""
        ways: dict[tuple[Any, bool], list[Version]] = {}
        for version in act.versions:
            if version.came_from is not None:
                came = act.person != version.came_from
                ways.setdefault((version.section.label, came), []).append(version)
        found = []
        for (label_of, came), versions in ways.items():
            said = [self.primary(one, one.row) for one in versions]
            what = pgettext("list separator", ", ").join(dict.fromkeys(filter(None, said)))
            words = ngettext("%(n)s record", "%(n)s records", len(versions)) % {"n": len(versions)}
            told = f"{words}{pgettext('after a label', ': ')}{what}" if what else words
            found.append(
                Pair(_("%(section)s, taken over") % {"section": label_of}, None, told)
                if came
                else Pair(_("%(section)s, given to the other file") % {"section": label_of}, told, None)
            )
        return found

    def _changed(self, version: Version) -> list[Pair]:
        if version.created:
            return [Pair(version.section.label, None, self._whole(version))]
        found = []
        for name in version.fields:
            was = self.values.shown(version.model, name, version.before).text if version.before is not None else None
            new = None if version.deleted else self.values.shown(version.model, name, version.row).text
            found.append(Pair(self._named(version, name), was, new))
        return found

    def _whole(self, version: Version) -> str:
        """A new row in one line: what names it, then its other fields by name."""
        rest = [name for name in version.fields if name not in version.section.primary]
        told = [f"{label(version.model, name)} {self.values.shown(version.model, name, version.row)}" for name in rest]
        parts = [self.primary(version, version.row), *told]
        return pgettext("list separator", ", ").join(part for part in parts if part)

    def _followed(self, version: Version, closed: Version) -> list[Pair]:
        """A new period after an old one: the fields that differ between them, and the day of the change."""
        pairs = []
        for name in self._differing(version, closed):
            was, new = (self.values.shown(version.model, name, row).text for row in (closed.before, version.row))
            pairs.append(Pair(self._named(version, name), was, new))
        return [
            *pairs,
            Pair(_("%(what)s, from") % {"what": version.section.label}, None, day_words(version.row.valid.lower)),
        ]

    def _named(self, version: Version, name: str) -> str:
        """A field's name, with its section before it where the field alone says too little."""
        field = label(version.model, name)
        if version.model._meta.label == PERSON or field == str(version.section.label):
            return field
        return _("%(section)s: %(field)s") % {"section": version.section.label, "field": field}


def _badge(act: Act) -> Badge | None:
    """What stands beside the title: that the file was opened, or that it happened in a file that is part of this one now."""
    if all(act.person not in (version.person, version.came_from) for version in act.versions):
        return Badge(_("in the merged file"))
    return Badge(_("new file")) if opens(act) else None


def opens(act: Act) -> bool:
    """Whether the change opened the file."""
    return any(version.created and version.model._meta.label == PERSON for version in act.versions)


def evidence_link(change: Any, actor: Any) -> Link | None:
    """The file that shows why a change was made, for those who may see the change."""
    if change.evidence is None or not actor.may("records.view_change"):
        return None
    return Link(change.evidence.name, reverse("change_evidence", args=[change.public_id]))


def successions(found: Iterable[Version]) -> tuple[list[Version], dict[tuple[str, int], Version]]:
    """Periods that end on the day on which another of the same section begins in the same change.

    Returns the endings, and the ending by the record (its section and key) that follows it.
    """
    found = list(found)
    endings = {
        (version.section.name, version.row.valid.upper): version
        for version in found
        if version.before is not None and version.fields == ("valid",) and version.row.valid and version.row.valid.upper
    }
    follows = {
        _record(version): endings[key]
        for version in found
        if version.created
        and getattr(version.row, "valid", None)
        and (key := (version.section.name, version.row.valid.lower)) in endings
    }
    return list(follows.values()), follows


def _record(version: Version) -> tuple[str, int]:
    return version.section.name, version.row.id


def prime(actor: Any, found: Iterable[Version]) -> None:
    """Look up at once the units that versions name."""
    units = {
        getattr(row, "unit_id", None) for version in found for row in (version.row, version.before) if row is not None
    }
    values_of(actor).prime(units=units)
