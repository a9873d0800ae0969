"""Lists written as files, a row at a time: .xlsx of texts and numbers, .csv. Memory holds a few hundred rows, however many there are."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import IO, Any, Final
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from core.exchange.reading.notes import column_letters
from core.exchange.sheetnames import sheet_name
from core.web.tables import Written

# A spreadsheet takes a text that begins so for a formula; some take the wide forms as well.
WIDE_SIGNS: Final = (
    "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *WIDE_SIGNS)
LONGEST_CELL: Final = 32_767
# A spreadsheet keeps fifteen digits of a number; a longer one stays text.
MOST_EXACT: Final = 10**15
WIDEST: Final = 60
MARGIN: Final = 2
# The rows that say how wide columns are, and those that are written at a time.
MEASURED: Final = 500
AT_ONCE: Final = 500
# Half a gigabyte of XML and more asks for the large form of zip.
LARGE_FROM: Final = 200_000
_REMEMBERED: Final = 20_000
_SHORT: Final = 40
# What XML cannot say, or would say otherwise: _x0007_ is how a spreadsheet writes a sign that has no place in XML.
_SPECIAL: Final = re.compile(r"[&<>\x00-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_UNSAID: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Everything but the names of the sheet and its rows. Style 1 is bold.
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/>'
        '<name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
        'patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf '
        'numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" '
        'applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip

Line = list[Written]


def write_workbook(file: IO[bytes], title: str, heads: list[str], lines: Iterable[Line], *, expected: int = 0) -> int:
    """Write an .xlsx of texts and numbers only: nothing in it is a formula or a link. Returns how many rows there were.

    Each column is as wide as what its first rows hold. `file` need not be one in which one can go back.
    """
    rows = iter(lines)
    first = list(islice(rows, MEASURED))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, _XML + text)
        archive.writestr("xl/workbook.xml", _book(title))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=expected > LARGE_FROM) as sheet:
            sheet.write(_opening(_widths(heads, first)).encode())
            written = _rows(heads, chain(first, rows), sheet.write)
            sheet.write(b"</sheetData></worksheet>")
    return written


def _book(title: str) -> str:
    name = escape(sheet_name(title), {'"': "&quot;"}) or "1"
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'


def _opening(widths: Sequence[int]) -> str:
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    pane = '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView tabSelected="1" workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
    )


def _rows(heads: list[str], lines: Iterable[Line], write: Callable[[bytes], Any]) -> int:
    """The rows as XML, some hundred at a time. What stands in many cells is made once."""
    letters = [column_letters(place) for place in range(len(heads))]
    known: dict[str, str] = {}
    pieces = [f'<row r="1">{"".join(map(_head, letters, heads))}</row>']
    number = 1
    for number, line in enumerate(lines, start=2):
        pieces.append(f'<row r="{number}">')
        for place, value in zip(letters, line, strict=False):
            if value.__class__ is str:
                if value:
                    said = known.get(value)
                    if said is None:
                        said = text_cell(value)
                        if len(value) <= _SHORT and len(known) < _REMEMBERED:
                            known[value] = said
                    pieces.append(f'<c r="{place}{number}" t="inlineStr">{said}</c>')
            else:
                pieces.append(_number(f"{place}{number}", value))
        pieces.append("</row>")
        if number % AT_ONCE == 0:
            write("".join(pieces).encode())
            pieces = []
    write("".join(pieces).encode())
    return number - 1


def _head(place: str, text: str) -> str:
    return f'<c r="{place}1" s="1" t="inlineStr">{text_cell(text)}</c>'


def text_cell(value: str) -> str:
    """A text as a cell holds it, cut where a spreadsheet would."""
    if len(value) > LONGEST_CELL:
        value = value[:LONGEST_CELL]
    if _SPECIAL.search(value):
        value = escape(_UNSAID.sub(lambda sign: f"_x{ord(sign[0]):04X}_", value))
    if value and (value[0].isspace() or value[-1].isspace()):
        return f'<is><t xml:space="preserve">{value}</t></is>'
    return f"<is><t>{value}</t></is>"


def _number(place: str, value: Any) -> str:
    if -MOST_EXACT < value < MOST_EXACT:
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr">{text_cell(str(value))}</c>'


def _widths(heads: list[str], lines: Iterable[Line]) -> list[int]:
    widths = [_width(head) for head in heads]
    for line in lines:
        widths = [max(pair) for pair in zip(widths, map(_width, line), strict=True)]
    return [min(width, WIDEST) + MARGIN for width in widths]


@lru_cache(maxsize=4096)
def _width(value: Written) -> int:
    """How many digits a value is wide: a Chinese character takes the room of two."""
    return sum(1 + (east_asian_width(sign) in "WF") for sign in str(value))


def write_table(file: IO[bytes], _title: str, heads: list[str], lines: Iterable[Line], *, expected: int = 0) -> int:
    """Write a .csv in UTF-8 with a mark that spreadsheets know; every cell in quotes. Returns how many rows there were.

    A text that looks like a formula gets an apostrophe before it; in quotes none begins behind a separator of another country either.
    """
    file.write(b"\xef\xbb\xbf")
    rows = 0
    for chunk in _chunks(chain([heads], lines)):
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
        writer.writerows([harmless(value) if isinstance(value, str) else value for value in line] for line in chunk)
        file.write(buffer.getvalue().encode())
        rows += len(chunk)
    return rows - 1


def _chunks(lines: Iterable[Sequence[Written]]) -> Iterator[list[Sequence[Written]]]:
    iterator = iter(lines)
    while chunk := list(islice(iterator, AT_ONCE)):
        yield chunk


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
