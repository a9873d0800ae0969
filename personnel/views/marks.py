"""Marks of provenance: where a value came from, said in words with the piece of the workbook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.exchange.models import Batch
from core.records.models import Change
from core.registry import registry
from core.web.parts import Link, Mark, Sheet, SheetCell, SheetRow
from personnel.selectors.provenance import BATCH, Source, cell_text, from_batch


def mark_of(source: Source | None, label: Any, value: Any, *, change_url: Callable[[Change], str]) -> Mark | None:
    """The mark of a value: its cell, or who entered it when, with a link to the change (where the reader may open it)."""
    if source is None:
        return None
    links = [Link(_("The whole change"), url)] if (url := change_url(source.change)) else []
    if source.row is not None:
        return _cell_mark(source, label, value, links)
    heading = _("%(label)s: corrected") if source.kind == "correction" else _("%(label)s: entered")
    lines = [said_by(source.change), *([source.change.reason] if source.change.reason else [])]
    return Mark(source.kind, heading % {"label": label}, [*lines, *filter(None, [source.change.document])], links=links)


def _cell_mark(source: Source, label: Any, value: Any, links: list[Link]) -> Mark:
    row = source.row
    lines = [
        _("Batch %(batch)s, %(file)s") % {"batch": row.batch, "file": row.file_name},
        _("Sheet “%(sheet)s”, row %(row)s") % {"sheet": row.sheet, "row": row.row},
    ]
    sheet = None
    if source.column:
        letter, header, text = row.cells[source.column]
        lines[1] = _("Sheet “%(sheet)s”, row %(row)s, column %(letter)s (%(header)s)") % {
            "sheet": row.sheet, "row": row.row, "letter": letter, "header": header,
        }  # fmt: skip
        near = row.neighbours.get(source.column, [(letter, text)])
        cells = [SheetCell(cell_text(row, place, told), "src" if place == letter else "") for place, told in near]
        sheet = Sheet([place for place, _told in near], [SheetRow(row.row, cells)])
    reading = _("Read as %(value)s. %(who)s") % {"value": value, "who": said_by(source.change)} if value else said_by(source.change)
    batch = _batch_url(row.batch_public_id)
    opened = [Link(_("The batch"), batch), *links] if batch else links
    return Mark("cell", _("%(label)s came from a workbook") % {"label": label}, lines, sheet, reading, opened)


def computed_mark(label: Any, lines: list[Any]) -> Mark:
    """The mark of a value that a rule computed, with the lines that lead to it."""
    return Mark("computed", _("%(label)s is computed") % {"label": label}, lines)


def said_by(change: Change) -> str:
    """Who made a change, in which role, when: 李敏 · 县级经办 · 2026-11-22."""
    parts = [str(change.actor), role_name(change.role), timezone.localtime(change.at).strftime("%Y-%m-%d")]
    return pgettext("between unit and role", " · ").join(part for part in parts if part)


def role_name(role: str) -> str:
    """A role's name on the page; the system's own work is called so."""
    known = settings.ROLES.get(role)
    return str(known.label) if known else (_("the system") if role == "system" else role)


def source_words(change: Change) -> str:
    """Where a change was made, in words: a batch, the page, the interface, a case, a command."""
    source, _sign, key = change.source.partition(":")
    if from_batch(change):
        return _("batch %(number)s") % {"number": key}
    named = {"page": _("on the page"), "api": _("through the interface"), "case": _("case %(number)s"), "command": _("by a command")}
    return named.get(source, "") % {"number": key} if source in named else ""


def batch_url(change: Change) -> str:
    """Where the batch that a change accepted is shown; nothing for other changes."""
    key = change.source.removeprefix(BATCH) if from_batch(change) else ""
    public_id = Batch.objects.filter(pk=int(key)).values_list("public_id", flat=True).first() if key.isdigit() else None
    return _batch_url(str(public_id)) if public_id else ""


def _batch_url(public_id: str) -> str:
    try:
        return reverse("import", args=[public_id])
    except NoReverseMatch:
        return ""


def kind_label(change: Change) -> str:
    """What a change is called."""
    return str(registry.change_label(change.kind))
