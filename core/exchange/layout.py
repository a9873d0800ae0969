"""What is on file in the layout in which it comes in: what goes out so can come in unchanged, and nothing changes.

A kind has a main sheet, one row for each subject, and a sheet of its own for each section of which a subject may have several records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.codes.selectors import entries, lookup
from core.exchange.kinds import Column, ImportKind, ImportSection, sections_of
from core.text import header_key

Line = dict[str, str]


@dataclass(slots=True)
class Telling:
    """On what the words of an export stand: the day, the unit whose code lists hold, and shared look-ups."""

    on: date
    unit: Any
    keys: Mapping[int, bytes] = field(default_factory=dict)
    shared: dict[Any, Any] = field(default_factory=dict)

    def word(self, code_list: str, code: str) -> str:
        """The word by which a code is read again: its name where that is read as this code, else the code itself, else nothing."""
        words = self.shared.get(("words", code_list))
        if words is None:
            read = lookup(code_list, self.on, self.unit)
            names = {one.code: one.name_zh for one in entries(code_list, self.on, self.unit)}
            words = self.shared["words", code_list] = {
                each: names[each] if each in names and read.get(header_key(names[each])) == each else each
                for each in {*read.values()}
            }
        return str(words.get(code, ""))

    def text(self, column: Column, value: Any) -> str:
        """A value on file as a cell says it."""
        if value is None or value == "":
            return ""
        if column.kind == "code":
            return self.word(column.code_list, str(value))
        if isinstance(value, list):
            return "、".join(self.word(column.code_list, str(one)) for one in value)
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True, slots=True)
class LayoutSheet:
    """One sheet: its name, what it is called in addresses and forms, its columns, the sections that fill it."""

    name: str
    title: str
    columns: tuple[Column, ...]
    sections: tuple[ImportSection, ...]
    main: bool = False


def sheets_of(kind: ImportKind) -> list[LayoutSheet]:
    """The sheets of a kind: the main one, then those of sections with several records, in the order of sections."""
    sections = sections_of(kind.name)
    heads = tuple(column for column in kind.subject_columns if column.kind != "serial")
    on_main = tuple(section for section in sections if section.on_main)
    main = LayoutSheet("", str(kind.label), _once(heads, *(section.columns for section in on_main)), on_main, main=True)
    naming = {*kind.key_columns, *kind.naming_columns, *kind.telling_columns}
    every = _once(heads, *(section.columns for section in sections))
    shown = tuple(column for column in every if column.name in naming)
    return [
        main,
        *(
            LayoutSheet(section.name, str(section.label or section.name), _once(shown, section.columns), (section,))
            for section in sections
            if section.apart
        ),
    ]


def headings(kind: ImportKind, sheet: LayoutSheet) -> list[Column]:
    """The columns of a sheet in the order in which they are asked for: what must be filled comes first; the first heading says each.

    Of two columns that say the same, a code and its name, the name is asked for.
    """
    told = {column.reports for column in sheet.columns if column.reports and column.kind == "code"}
    shown = [
        column
        for column in sheet.columns
        if column.kind != "serial" and not (column.kind == "code" and column.name in told)
    ]
    first = {*kind.placing_columns, *kind.naming_columns, *kind.key_columns}
    return sorted(shown, key=lambda column: (column.name not in first, not column.required))


def lines(kind: ImportKind, sheet: LayoutSheet, subjects: Sequence[int], telling: Telling) -> Iterator[Line]:
    """What is on file of some subjects in a sheet: texts by column. A query or two for each section of it."""
    telling.keys = kind.keys(subjects)
    heads = kind.heads(subjects, telling)
    told = {section.name: section.tell(subjects, telling) for section in sheet.sections}
    if sheet.main:
        return _main(sheet, subjects, heads, told)
    return _apart(kind, sheet, subjects, heads, told)


def _main(
    sheet: LayoutSheet, subjects: Sequence[int], heads: Mapping[int, Line], told: Mapping[str, Mapping[int, list[Line]]]
) -> Iterator[Line]:
    for subject in subjects:
        line: Line = {}
        for section in sheet.sections:
            records = told[section.name].get(subject)
            if records:
                line |= section.chief(records)
        yield line | heads[subject]


def _apart(
    kind: ImportKind, sheet: LayoutSheet, subjects: Sequence[int], heads: Mapping[int, Line],
    told: Mapping[str, Mapping[int, list[Line]]],
) -> Iterator[Line]:  # fmt: skip
    (section,) = sheet.sections
    names = {*kind.key_columns, *kind.naming_columns, *kind.telling_columns}
    for subject in subjects:
        head = {name: text for name, text in heads[subject].items() if name in names}
        seen = set()
        for record in told[section.name].get(subject, ()):
            mark = tuple(sorted(record.items()))
            # Two records that say the same would be one row twice.
            if mark not in seen and any(record.values()):
                seen.add(mark)
                yield {**record, **head}


def _once(*groups: Iterable[Column]) -> tuple[Column, ...]:
    found: dict[str, Column] = {}
    for group in groups:
        for column in group:
            found.setdefault(column.name, column)
    return tuple(found.values())
