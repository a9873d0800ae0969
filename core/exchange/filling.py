"""Templates that are filled in with what is on file, written by a job under the reader's role: the export in the layout of the import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.dates import SHANGHAI
from core.exchange.exporting import TYPES
from core.exchange.kinds import ImportKind, common_kinds
from core.exchange.layout import LayoutSheet, Telling, headings, lines
from core.exchange.spliced import splice
from core.exchange.stamp import Stamp, stamped_now
from core.exchange.template import chosen, template
from core.jobs.context import JobContext
from core.jobs.services import JobError
from core.org.models import Unit
from core.records.models import AccessLog
from core.records.storage import storing
from core.web.looks import TAKEN_OUT

AT_ONCE: Final = 1000


def may_fill(actor: Any, kind: ImportKind) -> bool:
    """Whether the actor may take out what is on file of a kind, protected values in clear."""
    may = actor.may("exchange.export") and actor.may(kind.permission) and (not kind.reveals or actor.may(kind.reveals))
    return bool(may and kind.fills)


def fill_template(context: JobContext, *, kind: str, unit: int, sections: Sequence[str], reason: str) -> dict[str, Any]:
    """Write a template of a kind with what is on file of a unit and those below it; returns the file's public id, name and rows.

    It holds protected values in clear, so that it can come in again: who took it out, of which unit and why goes into the access log, of
    the unit and of each person. Raises `JobError` where the actor may not (any more).
    """
    found, actor = common_kinds().get(kind), context.actor
    sender = Unit.objects.visible_to(actor).filter(pk=unit).named(actor.on).first()
    if found is None or sender is None or not may_fill(actor, found):
        raise JobError(_("Your role does not take out what is on file of this unit."))
    with translation.override(actor.user.language):
        sheets = chosen(found, sections)
        stamp = stamp_of(found, sender, sheets, filled=True)
        subjects = found.subjects(actor, sender, actor.on)
        telling = Telling(actor.on, sender)
        name = f"{sender}-{found.label}-{datetime.now(SHANGHAI):%Y-%m-%d %H%M}.xlsx"
        empty = template(found, sender, actor.on, sections=sections, stamp=stamp, expected=len(subjects))
        with keeping(), storing(name, content_type=TYPES["xlsx"]) as file:
            splice(file, empty, [_told(found, sheet, subjects, telling, context) for sheet in sheets])
    with transaction.atomic():
        log_taking(actor, sender, reason)
        found.note_taken(actor, subjects, reason)
    return {"file": str(file.stored.public_id), "name": name, "rows": len(subjects)}


def stamp_of(kind: ImportKind, unit: Unit, sheets: Sequence[LayoutSheet], *, filled: bool) -> Stamp:
    """The stamp of a template that is made now."""
    heads = [column.alone for sheet in sheets for column in headings(kind, sheet)]
    return stamped_now(kind.name, str(unit.public_id), heads, filled=filled)


def _told(
    kind: ImportKind, sheet: LayoutSheet, subjects: Sequence[int], telling: Telling, context: JobContext
) -> Iterator[list[str]]:
    names = [column.name for column in headings(kind, sheet)]
    for start in range(0, len(subjects), AT_ONCE):
        some = subjects[start : start + AT_ONCE]
        for line in lines(kind, sheet, some, telling):
            yield [line.get(name, "") for name in names]
        context.progress(start + len(some), len(subjects), "export")


@contextmanager
def keeping() -> Iterator[None]:
    """Turn a full disk into words. Raises `JobError`."""
    try:
        yield
    except OSError as error:
        why = {"why": error.strerror or type(error).__name__}
        raise JobError(_("The workbook could not be kept: %(why)s. Ask for it again later.") % why) from error


def log_taking(actor: Any, unit: Unit, reason: str) -> None:
    """Write down who took out what is on file of a whole unit, and why."""
    AccessLog.note(actor=actor, of=unit, what=TAKEN_OUT, reason=reason)
