"""The workbook to fill in: for one kind and one unit, with lists to choose from, cells that keep numbers as text, and notes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from core.codes.selectors import entries
from core.exchange.kinds import Column, ImportKind, columns_of
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A column of the template: what it is headed, the words to choose from, whether a row of somebody new cannot do without it."""

    column: Column
    heading: str
    words: tuple[str, ...]
    needed: bool


def template(kind: ImportKind, unit: Unit, on: date) -> bytes:
    """An .xlsx in which a unit fills in rows of a kind: one sheet for the rows, one that explains, the lists hidden.

    `unit` is the sender, named on the day `on`, of whose code lists and units the choices are.
    """
    asked = [
        Asked(column, heading, _words(column, unit, on), column.required or _places(kind, column))
        for column, heading in headings(kind)
    ]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        _rows_sheet(book, kind, unit, asked)
        _notes_sheet(book, asked)
        _choices_sheet(book, asked)
    return buffer.getvalue()


def headings(kind: ImportKind) -> list[tuple[Column, str]]:
    """The columns that a template asks for, each with a heading that says it alone: what must be filled comes first."""
    columns = columns_of(kind).values()
    told = {column.reports for column in columns if column.reports and column.kind == "code"}
    found = [
        (column, column.alone)
        for column in columns
        if column.kind != "serial" and not (column.kind == "code" and column.name in told)
    ]
    first = {*kind.placing_columns, *kind.naming_columns, *kind.key_columns}
    return sorted(found, key=lambda one: (one[0].name not in first, not one[0].required))


def _places(kind: ImportKind, column: Column) -> bool:
    """Whether a column says by a name where somebody new belongs."""
    return column.units and column.name in kind.placing_columns


def _words(column: Column, unit: Unit, on: date) -> tuple[str, ...]:
    if column.kind == "yes_no":
        return ("是", "否")
    if column.kind == "code":
        return tuple(entry.name_zh for entry in entries(column.code_list, on, unit))
    if column.units:
        named = Unit.objects.under(unit).open_on(on).named(on).in_tree()
        return tuple(one.name for one in named if one.name)
    return ()


def _rows_sheet(book: Any, kind: ImportKind, unit: Unit, asked: Sequence[Asked]) -> None:
    sheet = book.add_worksheet(str(kind.label))
    text = book.add_format({"num_format": "@"})
    sheet.merge_range(
        0, 0, 0, TITLE_CELLS - 1, f"{unit}：{kind.label}", book.add_format({"bold": True, "font_size": 14})
    )
    plain = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
    needed = book.add_format({**plain, "bg_color": "#FFE8A3"})
    other = book.add_format({**plain, "bg_color": "#E8EEF7"})
    for place, one in enumerate(asked):
        sheet.set_column(place, place, max(WIDTHS[one.column.kind], 2 * len(one.heading) + 2), text)
        sheet.write_string(HEADER_ROW, place, one.heading, needed if one.needed else other)
        sheet.data_validation(HEADER_ROW + 1, place, HEADER_ROW + READY_ROWS, place, _validation(place, one))
    sheet.freeze_panes(HEADER_ROW + 1, min(len(asked), 3))
    sheet.set_row(0, 24)
    sheet.set_row(HEADER_ROW, 30)


def _validation(place: int, one: Asked) -> dict[str, Any]:
    """A list to choose from where there is one; a hint beside the cell in any case. Other words are warned of, not refused."""
    hint = {"input_title": one.heading[:32], "input_message": _hint(one)[:255]}
    if not one.words:
        return {"validate": "any", **hint}
    letter = xl_col_to_name(place)
    warning = {
        "error_type": "warning",
        "error_title": one.heading[:32],
        "error_message": _("This word is not in the list."),
    }
    return {"validate": "list", "source": f"={CODES}!${letter}$2:${letter}${len(one.words) + 1}", **warning, **hint}


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


def _choices_sheet(book: Any, asked: Sequence[Asked]) -> None:
    """The words of each list, in the column under which they are asked for."""
    sheet = book.add_worksheet(CODES)
    for place, one in enumerate(asked):
        if one.words:
            sheet.write_string(0, place, one.heading)
        for number, word in enumerate(one.words, start=1):
            sheet.write_string(number, place, word)
    sheet.hide()
