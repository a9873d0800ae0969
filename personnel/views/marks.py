"""Marks of provenance: where a value came from, said in words with the piece of the workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.values import reason_words
from core.exchange.models import Batch
from core.exchange.provenance import SourceRow
from core.org.actor import role_label
from core.records.models import Change
from core.registry import registry
from core.web.parts import Link, Mark, Sheet, SheetCell, SheetRow
from personnel.selectors.provenance import BATCH, UNDO, Source, cell_text, from_batch, is_undo

BATCH_PERMISSIONS = ("exchange.import", "exchange.approve")


def mark_of(source: Source | None, label: Any, value: Any, *, links: Callable[[Source], list[Link]]) -> Mark | None:
    """The mark of a value: its cell, or who entered it when; `links` lead on to what the reader may open."""
    if source is None:
        return None
    if source.row is not None:
        return _cell_mark(source, source.row, label, value, links(source))
    heading = _("%(label)s: corrected") if source.kind == "correction" else _("%(label)s: entered")
    lines = [said_by(source.change), *filter(None, [reason_words(source.change)])]
    return Mark(
        source.kind, heading % {"label": label}, [*lines, *filter(None, [source.change.document])], links=links(source)
    )


def _cell_mark(source: Source, row: SourceRow, label: Any, value: Any, links: list[Link]) -> Mark:
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
        if source.completed_by:
            lines.append(_("The cell names no day: the day is that of the identity number."))
        reading, heading = _("Read as %(value)s. %(who)s"), _("%(label)s came from a workbook")
    else:
        lines.append(_("The sheet has no cell for it: the usual value was taken."))
        reading, heading = _("Taken as %(value)s. %(who)s"), _("%(label)s was not stated")
    who = said_by(source.change)
    told = reading % {"value": value, "who": who} if value else who
    return Mark(source.kind, heading % {"label": label}, lines, sheet, told, links)


def computed_mark(label: Any, lines: list[Any]) -> Mark:
    """The mark of a value that a rule computed, with the lines that lead to it."""
    return Mark("computed", _("%(label)s is computed") % {"label": label}, lines)


def said_by(change: Change) -> str:
    """Who made a change, in which role, when: 李敏 · 县级经办 · 2026-11-22."""
    parts = [str(change.actor), role_name(change.role), timezone.localtime(change.at).strftime("%Y-%m-%d")]
    return pgettext("between unit and role", " · ").join(part for part in parts if part)


def role_name(role: str) -> str:
    """A role's name on the page; the system's own work is called so."""
    return _("the system") if role == "system" else role_label(role)


def source_words(change: Change) -> str:
    """Where a change was made, in words: a batch, the page, the interface, a case, a command."""
    source, _sign, key = change.source.partition(":")
    if from_batch(change):
        return _("batch %(number)s") % {"number": key}
    if is_undo(change):
        return _("undo of batch %(number)s") % {"number": key}
    named = {
        "page": _("on the page"),
        "api": _("through the interface"),
        "case": _("case %(number)s"),
        "job": _("job %(number)s"),
        "command": _("by a command"),
        "change": _("undo of a change"),
    }
    return named.get(source, "") % {"number": key} if source in named else ""


def batch_urls(found: Iterable[Change], actor: Any) -> dict[int, str]:
    """Where the batches that changes accepted or took back are shown, by change: only those that the reader may open. One query."""
    keys: dict[int, list[int]] = defaultdict(list)
    for change in found:
        key = change.source.removeprefix(BATCH).removeprefix(UNDO)
        if (from_batch(change) or is_undo(change)) and key.isdigit():
            keys[int(key)].append(change.pk)
    if not any(actor.may(permission) for permission in BATCH_PERMISSIONS):
        return {}
    rows = Batch.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", "public_id")
    return {change: reverse("batch", args=[public_id]) for pk, public_id in rows for change in keys[pk]}


def kind_label(change: Change) -> str:
    """What a change is called."""
    return str(registry.change_label(change.kind))
