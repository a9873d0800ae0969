"""From sheets to tables of a known kind; see `recognise`."""

from core.exchange.recognition.captions import SheetDate
from core.exchange.recognition.groups import FieldGroup
from core.exchange.recognition.kinds import FieldSpec, HeadingKey, KindSpec
from core.exchange.recognition.rows import Skipped
from core.exchange.recognition.sheet import (
    Column,
    DuplicateHeader,
    FilledDown,
    SheetLeftOut,
    SheetReading,
    WorkbookReading,
    recognise,
)

__all__ = [
    "Column",
    "DuplicateHeader",
    "FieldGroup",
    "FieldSpec",
    "FilledDown",
    "HeadingKey",
    "KindSpec",
    "SheetDate",
    "SheetLeftOut",
    "SheetReading",
    "Skipped",
    "WorkbookReading",
    "recognise",
]
