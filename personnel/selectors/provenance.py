"""Where each value of a file came from: the newest version in which it changed, its change, and the cell of the workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from core.dates import InvalidDate, read_date
from core.exchange.provenance import SourceRow, cells
from core.records.models import Change
from core.records.vault import mask
from core.registry import registry
from personnel.selectors.versions import Version, model_of, stored

BATCH: Final = "batch:"
UNDO: Final = "undo:"
ONE_CHANGE: Final = "change:"
CORRECTION: Final = "correct"
MERGED: Final = "personnel.merge_files"
SEPARATED: Final = "personnel.separate_files"

# Facts that an import takes from columns which no section maps field by field.
READ_FROM: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("personnel.Employment", "unit"): ("unit_name", "unit_code"),
    ("personnel.Employment", "valid"): ("unit_since",),
    ("personnel.Teacher", "name"): ("name",),
    ("personnel.Teacher", "sex"): ("sex", "identity"),
    ("personnel.Teacher", "birth"): ("birth", "identity"),
    ("personnel.PersonStatus", "valid"): ("status_since",),
    ("personnel.Headship", "unit"): ("unit_name", "unit_code"),
    ("personnel.Headship", "valid"): ("headship_since", "headship_until"),
    ("personnel.Dispatch", "valid"): ("dispatch_since", "dispatch_last"),
    ("personnel.Contract", "unit"): ("unit_name", "unit_code"),
    ("personnel.Contract", "valid"): ("contract_since", "contract_last"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from: `kind` is cell, assumed, clerk or correction; the change; of a cell its row and the name of its column.

    `assumed` is a value that the row was given because its sheet has no cell for it. `completed_by` is the column that told what
    the cell leaves open.
    """

    kind: str
    change: Change
    row: SourceRow | None = None
    column: str = ""
    completed_by: str = ""


class Provenance:
    """The sources of all values of some versions' records. One query for the batch rows behind them."""

    def __init__(self, found: Iterable[Version]) -> None:
        every: dict[tuple[str, int, str], list[Version]] = defaultdict(list)
        for version in found:
            for name in version.fields:
                every[version.section.name, version.row.id, name].append(version)
        self._last = {key: _said_by(key[2], versions) for key, versions in every.items()}
        for key, version in self._last.items():
            if version.change.kind == MERGED:
                self._last[key] = _said_in_the_other(key, version, every)
        wanted = {v.row.source_row for v in self._last.values() if v.row.source_row and from_batch(v.change)}
        self._rows = cells(wanted) if wanted else {}

    @property
    def changes(self) -> list[Change]:
        """The changes that the values came from."""
        return list({version.change.pk: version.change for version in self._last.values()}.values())

    def of(self, section: str, record: int, name: str) -> Source | None:
        """The source of one field of one record, None where its history does not know it."""
        version = self._last.get((section, record, name))
        if version is None:
            return None
        row = self._rows.get(version.row.source_row) if from_batch(version.change) else None
        if row is not None:
            return _from_row(model_of(version.section), name, version.change, row)
        return Source("correction" if is_correction(version.change) else "clerk", version.change)


def _said_by(name: str, versions: Sequence[Version]) -> Version:
    """The version that said what a field says: behind an undo, the one that had said it before the batch."""
    *earlier, last = versions
    if not (is_undo(last.change) or undone_change(last.change)):
        return last
    said = stored(last.model, name, last.row)
    return next(
        (one for one in reversed(earlier) if not one.deleted and stored(one.model, name, one.row) == said), last
    )


def _said_in_the_other(
    key: tuple[str, int, str], last: Version, every: Mapping[tuple[str, int, str], list[Version]]
) -> Version:
    """The version that had said in another record of the section what a merge took over from it; the merge itself where none had."""
    section, record, name = key
    said = stored(last.model, name, last.row)
    earlier = [
        one
        for (place, other, field), versions in every.items()
        if (place, field) == (section, name) and other != record
        for one in versions
        if not one.deleted and one.change.pk < last.change.pk and stored(one.model, name, one.row) == said
    ]
    return max(earlier, key=lambda one: one.change.pk, default=last)


def _from_row(model: Any, name: str, change: Change, row: SourceRow) -> Source:
    column = column_of(model, name, row)
    return Source("cell" if column else "assumed", change, row, column, completed_by(column, row))


def completed_by(column: str, row: SourceRow) -> str:
    """The column that told what a cell leaves open: the day of birth, where the cell says less, is that of the identity number."""
    if column != "birth" or "identity" not in row.cells:
        return ""
    try:
        said = read_date(row.cells[column][2])
    except InvalidDate:
        return ""
    return "identity" if said is not None and not said.day else ""


def from_batch(change: Change) -> bool:
    """Whether a change accepted a workbook."""
    return change.source.startswith(BATCH)


def is_undo(change: Change) -> bool:
    """Whether a change took a workbook back."""
    return change.source.startswith(UNDO)


def undone_change(change: Change) -> int | None:
    """The change (its key) that a change undid by itself; None where it did something else."""
    key = change.source.removeprefix(ONE_CHANGE)
    return int(key) if change.source.startswith(ONE_CHANGE) and key.isdigit() else None


def is_correction(change: Change) -> bool:
    """Whether a change put right what was recorded wrongly: the verb of its kind says so."""
    return change.kind.partition(".")[2].startswith(CORRECTION)


@lru_cache(maxsize=1)
def _columns() -> dict[tuple[str, str], tuple[str, ...]]:
    """(model, field) → the names of the import columns that fill it."""
    found = dict(READ_FROM)
    for section in registry.each("import_sections"):
        for column, name in getattr(section, "fields", {}).items():
            key = (section.model._meta.label, name.removesuffix("_id"))
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), column)))
    return found


@lru_cache(maxsize=1)
def protected_columns() -> Mapping[str, Any]:
    """Import columns whose cells are protected values: column name → the protected field."""
    found = {}
    for section in registry.each("import_sections"):
        for column, name in getattr(section, "fields", {}).items():
            protected = getattr(section.model, "_protected", {}).get(name)
            if protected is not None:
                found[column] = protected
    return found


def column_of(model: Any, name: str, row: SourceRow) -> str:
    """The import column from which a row gave a field: the first of its columns that the sheet has with something in it."""
    known = [column for column in _columns().get((model._meta.label, name), ()) if column in row.cells]
    return next((column for column in known if row.cells[column][2].strip()), known[0] if known else "")


def cell_text(row: SourceRow, letter: str, text: str) -> str:
    """A cell as it may be shown: in clear only where its column is known and holds no protected value."""
    column = next((name for name, (place, _header, _text) in row.cells.items() if place == letter), "")
    if not column:
        return "…" if text.strip() else ""
    protected = protected_columns().get(column)
    if protected is None or not text.strip():
        return text
    return mask(text.strip()[-protected.keep :] if protected.keep else "", protected.length)
