"""What papers say of a person, in Chinese words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from core.codes.values import values_of
from core.dates import BEFORE_RECORDS
from core.documents.kinds import Picture
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.web.looks import PAPER, PAPER_CLEAR
from personnel.selectors.file import portrait_of
from personnel.selectors.teachers import teachers_on
from personnel.services.access import note_looks

FOLDER: Final = Path(__file__).parent / "templates"
ISSUE: Final = "documents.issue"
REVEAL: Final = "personnel.reveal"
# As the national system asks.
PHOTO_WIDTH, PHOTO_HEIGHT = 26, 32


def subjects(actor: Any) -> Any:
    """The people for whom the actor may have papers made: those whom they see today."""
    return teachers_on(actor, actor.on)


def holder(teacher: Any) -> str:
    """The name of whom a paper is about."""
    return str(teacher.name)


def noted(actor: Any, subject_id: int, reason: str, clear: bool) -> None:
    """Write down that somebody issued or read a paper about a person."""
    note_looks(actor=actor, teachers=[subject_id], what=PAPER_CLEAR if clear else PAPER, reason=reason)


def text_of(actor: Any, row: Any, name: str, *, clear: bool = False) -> str:
    """A field of a record as papers print it; a protected value as its mask, unless `clear`."""
    model = type(row)
    if clear and name in getattr(model, "_protected", {}):
        try:
            return str(getattr(row, name).reveal())
        except ErasedValue:
            return ""
    return values_of(actor).shown(model, name, row).text


def period_texts(row: Any) -> dict[str, str]:
    """First and last day of a record that holds for a period; nothing where it began before our records or lasts."""
    valid = row.valid
    first = "" if valid.lower in (None, BEFORE_RECORDS) else valid.lower.isoformat()
    last = "" if valid.upper is None else type(valid.upper).fromordinal(valid.upper.toordinal() - 1).isoformat()
    return {"first_day": first, "last_day": last}


def long_day(day: Any) -> str:
    """A day, or a month or year where no more is known, as Chinese prose writes it."""
    parts = str(day or "").split("-")
    signs = ("年", "月", "日")
    return "".join(f"{int(part)}{sign}" for part, sign in zip(parts, signs, strict=False) if part.isdigit())


def photo_of(actor: Any, teacher: Any) -> Picture:
    """The portrait of a person in the size of forms; an empty one where there is none."""
    photo = portrait_of(actor, teacher)
    try:
        content = content_of(photo.file) if photo is not None else b""
    except (FileNotFoundError, ErasedValue):
        content = b""
    return Picture(content, PHOTO_WIDTH, PHOTO_HEIGHT)


def identity_of(actor: Any, teacher: Any, *, clear: bool) -> Mapping[str, str]:
    """Kind and number of the first identity document."""
    rows = teacher.identitydocuments.model.objects.visible_to(actor).filter(teacher=teacher)
    row = rows.select_related("teacher__key").order_by("pk").first()
    if row is None:
        return {"kind": "", "number": ""}
    return {"kind": text_of(actor, row, "kind"), "number": text_of(actor, row, "number", clear=clear)}
