"""The workbook to fill in: for one kind and one unit, with lists to choose from, cells that keep numbers as text, and notes."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from core.codes.selectors import entries
from core.exchange.kinds import Column, ImportKind
from core.exchange.layout import LayoutSheet, headings, sheets_of
from core.exchange.sheetnames import sheet_name
from core.exchange.stamp import SHEET as STAMP
from core.exchange.stamp import Stamp
from core.org.models import Unit

# Cells that are ready for rows; a workbook may have more.
READY_ROWS: Final = 5000
HEADER_ROW: Final = 1
TITLE_CELLS: Final = 8
WIDTHS: Final = {
    "date": 13,
    "id_number": 22,
    "code": 13,
    "yes_no": 9,
    "integer": 9,
    "decimal": 9,
    "phone": 15,
    "name": 11,
    "text": 18,
    "codes": 18,
}
# What stands in the cells of an invented person, by the kind of column.
EXAMPLES: Final = {
    "date": "1985-07-13", "id_number": "11010519491231002X", "phone": "13800001234", "name": "张三", "integer": "12", "decimal": "12.5",
}  # fmt: skip
CODES: Final = "选项"
HEADING: Final = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}


@dataclass(frozen=True, slots=True)
class Asked:
    """A column of the template: what it is headed, the words to choose from, whether a row of somebody new cannot do without it."""

    column: Column
    heading: str
    words: tuple[str, ...]
    needed: bool


def template(
    kind: ImportKind, unit: Unit, on: date, *, sections: Collection[str] = (), stamp: Stamp | None = None, expected: int = 0
) -> bytes:  # fmt: skip
    """An .xlsx in which a unit fills in rows of a kind.

    It has a sheet for the rows, one for each of the `sections` that it names, one that explains, the lists hidden, and the stamp.

    `unit` is the sender, named on the day `on`, of whose code lists and units the choices are. `expected` is how many rows will be
    filled in: as many more than usual have lists and hints.
    """
    sheets = chosen(kind, sections)
    asked = {sheet.name: _asked(kind, sheet, unit, on) for sheet in sheets}
    choices = Choices(asked.values())
    buffer = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, plain) as book:
        formats = {
            "text": book.add_format({"num_format": "@"}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "needed": book.add_format({**HEADING, "bg_color": "#FFE8A3"}),
            "other": book.add_format({**HEADING, "bg_color": "#E8EEF7"}),
        }
        for sheet in sheets:
            page = _rows_sheet(book, sheet, f"{unit}：{sheet.title}", asked[sheet.name], formats)
            for place, one in enumerate(asked[sheet.name]):
                page.data_validation(
                    HEADER_ROW + 1, place, HEADER_ROW + READY_ROWS + expected, place, _validation(one, choices)
                )
        _notes_sheet(book, [one for sheet in sheets for one in asked[sheet.name]])
        choices.write(book)
        if stamp is not None:
            _stamp_sheet(book, stamp)
    return buffer.getvalue()


def chosen(kind: ImportKind, sections: Collection[str]) -> list[LayoutSheet]:
    """The main sheet, and the sheets of sections that are named."""
    return [sheet for sheet in sheets_of(kind) if sheet.main or sheet.name in sections]


def _asked(kind: ImportKind, sheet: LayoutSheet, unit: Unit, on: date) -> list[Asked]:
    return [
        Asked(column, column.alone, _words(column, unit, on), column.required or (sheet.main and _places(kind, column)))
        for column in headings(kind, sheet)
    ]


def _places(kind: ImportKind, column: Column) -> bool:
    """Whether a column says by a name where somebody new belongs."""
    return column.units and column.name in kind.placing_columns


def _words(column: Column, unit: Unit, on: date) -> tuple[str, ...]:
    if column.kind == "yes_no":
        return ("是", "否")
    if column.kind == "code":
        return tuple(one.name_zh for one in entries(column.code_list, on, unit) if one.code not in column.barred)
    if column.units:
        named = Unit.objects.under(unit).open_on(on).named(on).in_tree()
        return tuple(one.name for one in named if one.name)
    return ()


def _rows_sheet(book: Any, sheet: LayoutSheet, title: str, asked: Sequence[Asked], formats: Mapping[str, Any]) -> Any:
    """A sheet for rows: its title and headings, cells that keep numbers as text."""
    page = book.add_worksheet(sheet_name(sheet.title))
    for place, one in enumerate(asked):
        width = max(WIDTHS[one.column.kind], 2 * len(one.heading) + 2)
        page.set_column(place, place, width, formats["text"])
        page.write_string(HEADER_ROW, place, one.heading, formats["needed" if one.needed else "other"])
    page.set_row(0, 24)
    page.merge_range(0, 0, 0, TITLE_CELLS - 1, title, formats["title"])
    page.set_row(HEADER_ROW, 30)
    page.freeze_panes(HEADER_ROW + 1, min(len(asked), 3))
    return page


class Choices:
    """The hidden sheet of words: one column for each list, however many columns ask for it."""

    def __init__(self, asked: Iterable[Sequence[Asked]]) -> None:
        self._places: dict[tuple[str, ...], int] = {}
        self._heads: list[str] = []
        for one in (one for each in asked for one in each if one.words):
            if one.words not in self._places:
                self._places[one.words] = len(self._heads)
                self._heads.append(one.heading)

    def source(self, words: tuple[str, ...]) -> str:
        """Where a list stands, as a validation names it."""
        letter = xl_col_to_name(self._places[words])
        return f"={CODES}!${letter}$2:${letter}${len(words) + 1}"

    def write(self, book: Any) -> None:
        """Write the sheet, row by row."""
        sheet = book.add_worksheet(CODES)
        for place, head in enumerate(self._heads):
            sheet.write_string(0, place, head)
        for number, words in enumerate(zip_longest(*self._places), start=1):
            for place, word in enumerate(words):
                if word is not None:
                    sheet.write_string(number, place, word)
        sheet.hide()


def _validation(one: Asked, choices: Choices) -> dict[str, Any]:
    """A list to choose from where there is one; a hint beside the cell in any case. Other words are warned of, not refused."""
    hint = {"input_title": one.heading[:32], "input_message": _hint(one)[:255]}
    if not one.words:
        return {"validate": "any", **hint}
    warning = {
        "error_type": "warning",
        "error_title": one.heading[:32],
        "error_message": _("This word is not in the list."),
    }
    return {"validate": "list", "source": choices.source(one.words), **warning, **hint}


def _hint(one: Asked) -> str:
    """How a column is filled in."""
    said = {
        "date": _("1985-07-13; 1985-07 where only the month is known."),
        "id_number": _("18 characters as on the card. The cell is text, so that no digit is lost."),
        "phone": _("One number: a mobile phone, or area code and number."),
        "integer": _("A whole number."),
        "decimal": _("A number."),
        "yes_no": _("Choose from the list."),
        "code": _("Choose from the list."),
        "codes": _("One or several words of the list, with 、 between them."),
    }.get(one.column.kind, "")
    return said or (
        _("Choose from the list.") if one.words else _("Up to %(limit)s characters.") % {"limit": one.column.limit}
    )


def _notes_sheet(book: Any, asked: Sequence[Asked]) -> None:
    sheet = book.add_worksheet(_("How to fill in"))
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    heads = (_("Column"), _("Needed"), _("How to write it"), _("Example"))
    for place, (head, width) in enumerate(zip(heads, (22, 8, 60, 24), strict=True)):
        sheet.set_column(place, place, width, wrapped)
        sheet.write_string(0, place, head, bold)
    for number, one in enumerate(asked, start=1):
        example = one.words[0] if one.words else EXAMPLES.get(one.column.kind, "")
        # Said as an example, so that nobody who reads the sheet takes it for a heading or a row.
        told = _("e.g. %(example)s") % {"example": example} if example else ""
        line = (one.heading, _("yes") if one.needed else "", _hint(one), told)
        for place, said in enumerate(line):
            sheet.write_string(number, place, said)
    sheet.freeze_panes(1, 0)


def _stamp_sheet(book: Any, stamp: Stamp) -> None:
    """The stamp, in a sheet that no program offers to show."""
    sheet = book.add_worksheet(STAMP)
    for number, (text,) in enumerate(stamp.rows()):
        sheet.write_string(number, 0, text)
    sheet.very_hidden()
