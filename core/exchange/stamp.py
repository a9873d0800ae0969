"""The stamp of a workbook that goes out: for whom, of what, and what was on file when it was made. Hidden in a sheet, signed.

By it a workbook that comes back is compared with what its sender knew. A stamp that does not count is told, and the workbook is
compared with what is on file now only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from django.core import signing
from django.db import connection
from django.utils import timezone

from core.exchange.reading import CellValue, Sheet
from core.exchange.since import Moment
from core.records.models import Seal, Settled
from core.records.settling import settle

SHEET: Final = "师档印记"
# The sheet of a workbook that was returned with its problems: of which batch, and what was on file when that was checked.
RETURNED: Final = "师档批次"
NOTE: Final = "本表由系统生成，用于核对下载之后的改动，请勿修改或删除。"
SALT: Final = "exchange.stamp"
VERSION: Final = 1
# A cell holds 32,767 characters at most; some programs show long ones badly.
PIECE: Final = 8_000
MOST_ROWS: Final = 200
Trouble = Literal["", "none", "broken", "other_unit", "unknown_position"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a workbook was made of: kind, unit (public id), settled position and moment (ISO), the headings that it had.

    `snapshot` are the transactions that had ended then, as the `server` (its system identifier) numbers them.
    `batch` is the public id of the batch whose refused rows came back in it, `filled` whether it held what was on file.
    """

    kind: str
    unit: str
    position: int
    at: str
    server: int = 0
    snapshot: str = ""
    headings: tuple[str, ...] = ()
    batch: str = ""
    filled: bool = False
    version: int = VERSION

    def rows(self) -> list[list[str]]:
        """The rows of the hidden sheet."""
        token = signing.dumps(asdict(self), salt=SALT, compress=True)
        return [[NOTE], *([token[at : at + PIECE]] for at in range(0, len(token), PIECE))]


@dataclass(frozen=True, slots=True)
class Found:
    """The stamp of a workbook that came in, or why it has none that counts; the batch of which it was returned, if it was."""

    stamp: Stamp | None = None
    trouble: Trouble = "none"
    batch: str = ""


def stamped_now(
    kind: str, unit: str, headings: Iterable[str], *, batch: str = "", filled: bool = False, settled: bool = True
) -> Stamp:
    """The stamp of a workbook that is made now; `settled` gives all changes before it their position first."""
    if settled:
        settle()
    last = Seal.objects.order_by("-id").values_list("last", "server").first() or (0, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        (snapshot,) = cursor.fetchone()
    at = timezone.localtime().isoformat(timespec="seconds")
    return Stamp(kind, unit, last[0], at, last[1] or 0, snapshot, tuple(headings), batch, filled)


def moment_of(stamp: Stamp) -> Moment:
    """When a workbook was made, as the history of this server tells it: on another one, a restored copy, only positions count."""
    server = Seal.objects.order_by("-id").values_list("server", flat=True).first()
    return Moment.of(stamp.position, stamp.snapshot if server == stamp.server else "")


def find(sheets: Sequence[Sheet]) -> Found:
    """Read the stamp among the sheets of a workbook, hidden ones included.

    One that was returned is compared with what was on file when its template was made, else when it was checked.
    """
    made, returned = _read(sheets, SHEET), _read(sheets, RETURNED)
    batch = returned.stamp.batch if returned.stamp is not None else ""
    if made.trouble == "none":
        made = returned
    return replace(made, batch=batch or (made.stamp.batch if made.stamp is not None else ""))


def _read(sheets: Sequence[Sheet], name: str) -> Found:
    sheet = next((one for one in sheets if one.name == name), None)
    if sheet is None:
        return Found()
    pieces = [_text(row.cells) for row in sheet.rows(MOST_ROWS)]
    try:
        said = signing.loads("".join(pieces[1:]), salt=SALT)
        stamp = Stamp(**{**said, "headings": tuple(said["headings"])})
    except (signing.BadSignature, TypeError, KeyError, ValueError):
        return Found(None, "broken")
    if stamp.position and not Settled.objects.filter(position=stamp.position).exists():
        return Found(None, "unknown_position")
    return Found(stamp, "")


def _text(cells: Sequence[CellValue]) -> str:
    return cells[0].strip() if cells and isinstance(cells[0], str) else ""


def for_unit(found: Found, unit: Any) -> Found:
    """The stamp as it counts for a sender: one of a unit that is neither at, below nor above it is another's."""
    if found.stamp is None:
        return found
    stamped = type(unit)._base_manager.filter(public_id=found.stamp.unit).values_list("path", flat=True).first()
    if stamped is None:
        return Found(None, "other_unit")
    one, other = f"{stamped}.", f"{unit.path}."
    return found if one.startswith(other) or other.startswith(one) else Found(None, "other_unit")
