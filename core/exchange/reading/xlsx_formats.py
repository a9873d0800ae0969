"""Number formats of an .xlsx, which the fast reader drops: date cells that show only a month, decimals as shown."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import partial
from typing import Final

from core.exchange.reading.archive import Archive
from core.exchange.reading.xlsx_parts import elements, office_document, part_beside

# Formats of ECMA-376 §18.8.30 that a file does not spell out, with those of Chinese locales that show a month only.
_YEAR_MONTH: Final = 'yyyy"年"m"月"'
BUILT_IN: Final = {1: "0", 2: "0.00", 4: "#,##0.00", 17: "mmm-yy"} | dict.fromkeys((27, 36, 50, 52, 57), _YEAR_MONTH)
_LITERALS: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_FIXED: Final = re.compile(r"[#,]*0(?:\.(0+))?_? ?")
_EPOCH: Final = date(1899, 12, 30)
_EPOCH_1904: Final = date(1904, 1, 1)
_MOST_STYLES: Final = 4_096


@dataclass(frozen=True, slots=True)
class ShownStyles:
    """Cell styles by their numbers: those that show a day as its month, those that show a fixed number of decimals.

    `months` hold a function from day number to text such as "1985-07", `decimals` how many.
    """

    months: dict[int, Callable[[str], str]]
    decimals: dict[int, int]


def shown_styles(archive: Archive) -> ShownStyles:
    """The styles of a workbook whose cells show something else than they hold."""
    show, styles = partial(month_text, is_1904=_uses_1904(archive)), ShownStyles({}, {})
    for style, code in _style_formats(archive):
        if shows_month_only(code):
            styles.months[style] = show
        elif (places := fixed_places(code)) is not None:
            styles.decimals[style] = places
    return styles


def shows_month_only(code: str) -> bool:
    """Whether a format shows a date as year and month without the day or a time."""
    signs = set(_LITERALS.sub("", code.split(";", 1)[0]).casefold())
    return {"y", "m"} <= signs and not signs & set("dhs")


def fixed_places(code: str) -> int | None:
    """The decimals that a plain number format shows: 2 for "0.00", None for General, dates, percent and the like."""
    found = _FIXED.fullmatch(_LITERALS.sub("", code.split(";", 1)[0]).strip())
    return None if found is None else len(found[1] or "")


def shown_decimal(value: float | str, places: int) -> str:
    """The text of a number with a fixed number of decimals, empty where it is no number."""
    try:
        return str(
            Decimal(repr(value) if isinstance(value, float) else value).quantize(
                Decimal(1).scaleb(-places), ROUND_HALF_UP
            )
        )
    except InvalidOperation:
        return ""


def month_text(stored: str, *, is_1904: bool) -> str:
    """A day number, as spreadsheets count them, as year and month; empty where it is none."""
    try:
        day = (_EPOCH_1904 if is_1904 else _EPOCH) + timedelta(days=int(float(stored)))
    except (ValueError, OverflowError):
        return ""
    return f"{day.year:04}-{day.month:02}"


def _style_formats(archive: Archive) -> Iterator[tuple[int, str]]:
    """Each cell style by its number with its format code."""
    path = part_beside(archive, "styles.xml")
    if path is None:
        return
    codes, style, in_cells = dict(BUILT_IN), 0, False
    for name, attributes in elements(archive.read(path), path):
        if name == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            in_cells = name == "cellXfs"
        elif name == "xf" and in_cells and style < _MOST_STYLES:
            number = attributes.get("numFmtId", "0")
            yield style, codes.get(int(number), "") if number.isdecimal() else ""
            style += 1


def _uses_1904(archive: Archive) -> bool:
    tags = elements(archive.read(office_document(archive)), "workbook")
    properties = (attributes for name, attributes in tags if name == "workbookPr")
    return next(properties, {}).get("date1904") in ("1", "true")
