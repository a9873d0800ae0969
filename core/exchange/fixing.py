"""Cells put right on the page: the workbook stays as it was sent, the check reads the fix in place of the cell.

A fix concerns one cell, or every cell of its column that says the same. All of a batch lie sealed beside it, since they may hold
identity numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core.exchange.kinds import all_kinds
from core.exchange.models import Batch
from core.exchange.services import restart_check
from core.org.errors import NotAllowed
from core.records.vault import open_bytes, plain_key, seal_bytes
from core.text import visible

LABEL: Final = b"batch fixes"
MOST: Final = 5_000
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Fix:
    """What a cell is to say: of one row, or (`row` None) of all cells of the column that say `sent`. Columns count from 0.

    One that `decides` counts against what was changed on file since the workbook was made: by the change `against`, and no later one.
    """

    sheet: str
    column: int
    sent: str
    value: str
    row: int | None = None
    by: str = ""
    at: str = ""
    decides: bool = False
    against: int = 0

    @property
    def place(self) -> tuple[Any, ...]:
        """What it concerns; a batch has one fix of each place."""
        return self.sheet, self.column, self.row, self.sent if self.row is None else ""

    @property
    def token(self) -> str:
        """A name of its place for forms, which tells nothing of what was sent."""
        return salted_hmac("core.exchange.fixing", repr(self.place)).hexdigest()[:24]


class Fixes:
    """The fixes of a batch as the check asks for them."""

    def __init__(self, fixes: Sequence[Fix]) -> None:
        self._cells = {(fix.sheet, fix.row, fix.column): fix for fix in fixes if fix.row is not None}
        self._alike = {(fix.sheet, fix.column, fix.sent): fix for fix in fixes if fix.row is None}
        self._columns: dict[str, set[int]] = {}
        for fix in fixes:
            self._columns.setdefault(fix.sheet, set()).add(fix.column)

    def of_sheet(self, sheet: str) -> frozenset[int]:
        """The columns of a sheet of which any cell was put right."""
        return frozenset(self._columns.get(sheet, ()))

    def find(self, sheet: str, row: int, column: int, sent: str) -> Fix | None:
        """The fix of a cell, its own before that of all alike."""
        return self._cells.get((sheet, row, column)) or self._alike.get((sheet, column, visible(sent)))


def fixes_of(batch: Batch) -> list[Fix]:
    """The fixes of a batch, the first one first."""
    if batch.fixes is None:
        return []
    said = orjson.loads(open_bytes(plain_key(batch.file.key), bytes(batch.fixes), LABEL))
    return [Fix(**one) for one in said]


def fix_cells(*, actor: Any, batch: Batch, fixes: Sequence[Fix]) -> Batch:
    """Put cells right and check the batch again. A later fix of a cell takes the place of an earlier one.

    Raises `NotNow` where the batch is not waiting for a decision, `NotAllowed` for another's role and for too many or too long fixes.
    """
    if not fixes:
        raise NotAllowed(_("Nothing was typed into any of the cells."))
    if any(len(fix.value) > LONGEST for fix in fixes):
        raise NotAllowed(_("A cell takes %(limit)s characters here. Shorten the text.") % {"limit": LONGEST})
    return _rewrite(actor, batch, lambda known: _merged(known, fixes))


def withdraw_fix(*, actor: Any, batch: Batch, token: str) -> Batch:
    """Take back a fix by its token, and check again. Raises `NotAllowed` where the batch has none of that token (any more)."""

    def left(known: Sequence[Fix]) -> list[Fix]:
        kept = [fix for fix in known if fix.token != token]
        if len(kept) == len(known):
            raise NotAllowed(_("This was taken back already."))
        return kept

    return _rewrite(actor, batch, left)


def _rewrite(actor: Any, batch: Batch, change: Any) -> Batch:
    kind = all_kinds().get(batch.kind)
    if kind is not None and kind.endings:
        raise NotAllowed(
            _("A file cannot be put right here. Correct its name, or the file itself, and send the zip again.")
        )
    with transaction.atomic():
        batch = restart_check(actor=actor, batch=batch)
        fixes = change(fixes_of(batch))
        if len(fixes) > MOST:
            raise NotAllowed(
                _("A batch takes %(limit)s fixes. Correct the rest in the workbook and send it again.")
                % {"limit": MOST}
            )
        content = orjson.dumps([asdict(fix) for fix in fixes])
        batch.fixes = seal_bytes(plain_key(batch.file.key), content, LABEL)
        batch.save(update_fields=["fixes"])
    return batch


def _merged(known: Sequence[Fix], fixes: Sequence[Fix]) -> list[Fix]:
    found: dict[Any, Fix] = {fix.place: fix for fix in known}
    for fix in fixes:
        found.pop(fix.place, None)
        found[fix.place] = fix
    return list(found.values())
