"""Sheets of our own: the list of problems, which leads to each cell, and hidden sheets of texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _

from core.exchange.reading.notes import column_letters
from core.exchange.returning.marks import LIST_TITLE, LONGEST_REASON, MOST_LISTED, REASONS, Mark, shortened
from core.exchange.returning.rows import text_cell
from core.exchange.returning.splicing import attribute
from core.exchange.returning.styles import Styles

# Excel's own limit is 65,530 links on a sheet.
_MOST_LINKS: Final = 65_000
_WIDTHS: Final = (18, 10, 8, 18, 24, 8, 70, 50)
_FIRST: Final = 4
_NO_PLACE: Final = "A1"


def list_of(
    marks: Sequence[Mark], names: Sequence[str], notes: Sequence[str], main: bytes, styles: Styles
) -> Iterator[bytes]:
    """The sheet that lists every problem, each with a link to its cell; `names` are the sheets of the workbook."""
    heads = (
        _("Sheet"),
        _("Cell"),
        _("Row"),
        _("Column"),
        _("In the workbook"),
        _("Severity"),
        REASONS,
        _("Suggestion"),
    )
    kinds = {"error": _("must be put right"), "warning": _("to be looked at")}
    bold, plain, link = styles.text(font="bold"), styles.text(), styles.text(font="link")
    heading = styles.text("heading", font="bold")
    columns = b"".join(
        b'<col min="%d" max="%d" width="%d" customWidth="1"/>' % (place, place, width)
        for place, width in enumerate(_WIDTHS, start=1)
    )
    yield _start(main) + (
        b'<sheetViews><sheetView workbookViewId="0"><pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/>'
        b"</sheetView></sheetViews><cols>%s</cols><sheetData>" % (_FIRST - 1, _FIRST, columns)
    )
    yield _row(1, [(LIST_TITLE, bold)])
    yield _row(2, [(" ".join(notes), plain)])
    yield _row(3, [(one, heading) for one in heads])
    listed = marks[:MOST_LISTED]
    for number, mark in enumerate(listed, start=_FIRST):
        cells = (
            names[mark.sheet], cell_name(mark), str(mark.row), mark.heading, mark.value, kinds[mark.severity], mark.said,
            mark.suggestion,
        )  # fmt: skip
        yield _row(
            number, [(shortened(one, LONGEST_REASON), link if place == 1 else plain) for place, one in enumerate(cells)]
        )
    yield b"</sheetData>"
    yield from _links(listed[:_MOST_LINKS], names)
    yield b"</worksheet>"


def _links(marks: Sequence[Mark], names: Sequence[str]) -> Iterator[bytes]:
    if not marks:
        return
    yield b"<hyperlinks>"
    for number, mark in enumerate(marks, start=_FIRST):
        sheet = names[mark.sheet].replace("'", "''")
        target = attribute(f"'{sheet}'!{cell_name(mark)}")
        yield b'<hyperlink ref="B%d" location="%s" display="%s"/>' % (number, target, cell_name(mark).encode())
    yield b"</hyperlinks>"


def texts_of(rows: Iterable[Sequence[str]], main: bytes) -> Iterator[bytes]:
    """A sheet of nothing but texts."""
    yield _start(main) + b"<sheetData>"
    for number, row in enumerate(rows, start=1):
        yield _row(number, [(one, 0) for one in row])
    yield b"</sheetData></worksheet>"


def cell_name(mark: Mark) -> str:
    """The cell of a problem, as people name it."""
    return f"{column_letters(mark.column)}{mark.row}"


def _start(main: bytes) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="%s">' % main


def _row(number: int, cells: Sequence[tuple[str, int]]) -> bytes:
    inner = b"".join(text_cell(number, place, said, style) for place, (said, style) in enumerate(cells) if said)
    return b'<row r="%d">%s</row>' % (number, inner)
