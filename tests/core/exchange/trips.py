"""Random valid rows for any section of any kind, from what the registry says of its columns; and what of them must be on file."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models
from hypothesis import strategies as st

from core.codes.selectors import entries
from core.dates import PartialDate
from core.exchange.kinds import Column, Draft, all_kinds, sections_of
from core.exchange.sections import RecordSection
from tests.ground.clock import TODAY

SIGNS = "教育学习研究课程建设优秀青年骨干提升工程测试甲乙丙丁戊己庚辛壬癸"
NAMES = "王李张刘陈杨赵黄周吴小梅建国雪芳志强"
# A column beside `match` by which a section finds a record.
NUMBERED = {"personnel.Certificate": "certificate_number"}
# Columns that every row says: what is on file of them (the person is in the quota) forbids some of what the others may say.
ALWAYS = {"personnel.Employment": ("in_quota",)}
# Words that a section takes for “nothing of the kind”, and columns that only one text fits.
NOTHING = {"status": "in_post", "title": "none"}
FIXED = {
    "school_year": ("2025-2026", 2025), "identity_kind": ("居民身份证", "1"), "unit_since": ("2005-01", PartialDate(2005, 1)),
}  # fmt: skip
TEXTS = st.text(SIGNS, min_size=4, max_size=12)
PEOPLE = st.text(NAMES, min_size=2, max_size=4)
MANY = 3


def all_sections() -> list[RecordSection]:
    """Every section of every kind."""
    return [section for kind in all_kinds() for section in sections_of(kind) if isinstance(section, RecordSection)]


def asked(section: RecordSection) -> list[Column]:
    """The columns of a section that must make the trip: all but its key's, and those that only say another's value in another way."""
    kind = all_kinds()[section.kind]
    return [
        column
        for column in section.columns
        if (
            column.kind != "serial"
            and column.name not in kind.key_columns
            and not (column.name not in section.fields and column.reports in {*section.fields, "unit"} - {""})
        )
        or column.name == section.starts
    ]


def _days() -> st.SearchStrategy[PartialDate]:
    year, month, day = st.integers(2006, 2025), st.integers(1, 12), st.integers(1, 28)
    return st.builds(PartialDate, year, month, day) | st.builds(PartialDate, year, month) | st.builds(PartialDate, year)


def _written(section: RecordSection, column: Column) -> st.SearchStrategy[tuple[Any, Any]]:  # noqa: PLR0911 - one return for each kind of column
    """Pairs of what is written in the cell and what must be on file."""
    if column.name in FIXED:
        return st.just(FIXED[column.name])
    field = _field(section, column)
    if column.kind == "date":
        days = _days() if not isinstance(field, models.DateField) else st.builds(
            PartialDate, st.integers(2006, 2025), st.integers(1, 12), st.integers(1, 28)
        )  # fmt: skip
        return days.map(lambda day: (str(day), day))
    if column.kind == "yes_no":
        return st.sampled_from([("是", True), ("否", False)])
    if column.kind in {"code", "codes"}:
        words = [(one.name_zh, one.code) for one in entries(column.code_list, TODAY, None)]
        words = [pair for pair in words if pair[1] != NOTHING.get(column.name)]
        if column.kind == "code":
            return st.sampled_from(words)
        several = st.lists(st.sampled_from(words), min_size=1, max_size=MANY, unique=True)
        return several.map(lambda pairs: ("、".join(word for word, _c in pairs), sorted(code for _w, code in pairs)))
    if column.kind in {"integer", "decimal"}:
        return st.integers(0, 99).map(lambda number: (number, number))
    if column.kind == "phone":
        return st.integers(13000000000, 13999999999).map(lambda number: (str(number), str(number)))
    if isinstance(field, models.EmailField):
        return st.from_regex(r"[a-z]{3,8}@example\.cn", fullmatch=True).map(lambda text: (text, text))
    return (PEOPLE if column.kind == "name" else TEXTS).map(lambda text: (text, text))


def _field(section: RecordSection, column: Column) -> Any:
    name = section.fields.get(column.name)
    return section.model._meta.get_field(name) if name and not section.protected(name) else None


def rows(
    section: RecordSection, most: int, *, full: bool = False
) -> st.SearchStrategy[list[dict[str, tuple[Any, Any]]]]:
    """Rows for one person: all columns, or (not `full`) those without which there is no record and some of the others."""
    columns = {column.name: _written(section, column) for column in asked(section)}
    needed = {*section.leads, *section.needed, *section.match, *ALWAYS.get(section.name, ())} & columns.keys()
    optional = {name: values for name, values in columns.items() if name not in needed}
    row = st.fixed_dictionaries({name: columns[name] for name in needed}, optional=optional)
    every = st.fixed_dictionaries(columns)
    several = section.shape == "listed" or bool(section.match)
    alone = [name for name in section.match if name in columns and name not in FIXED] or sorted(needed)[:1]
    return st.lists(
        every if full else every | row, min_size=1, max_size=most if several else 1,
        unique_by=(
            lambda one: tuple(str(one[name][1])[:4] for name in alone if name in one),
            lambda one: one.get(NUMBERED.get(section.name, ""), id(one)),
        ),
    ).filter(any)  # fmt: skip


def may_be_said(section: RecordSection, said: Collection[dict[str, tuple[Any, Any]]]) -> bool:
    """Whether each row says what the section keeps, and the model's own rule lets its values stand together.

    Columns that stand on sheets of other sorts too make no sheet by themselves.
    """
    rule = section.contradictions
    by_themselves = {column.name for column in section.columns if not column.elsewhere}
    if not by_themselves & {name for row in said for name in row}:
        return False
    if not all(section.speaks(Draft(0, 0, [], {name: value for name, (_text, value) in row.items()})) for row in said):
        return False
    return rule is None or not any(
        rule({section.fields[name]: value for name, (_text, value) in row.items() if name in section.fields})
        for row in said
    )


def on_file(section: RecordSection, record: Any, column: str) -> Any:
    """What a record holds under a column, as `rows` names it."""
    if column == "unit_since":  # what else is new of the employment begins later
        return PartialDate(2005, 1).first_day()
    if column not in section.fields:
        return record.valid.lower
    field = section.fields[column]
    if section.protected(field):
        return getattr(record, field).reveal()
    value = getattr(record, field)
    return sorted(value) if isinstance(value, list) else value


def as_stored(section: RecordSection, column: str, value: Any) -> Any:
    """What a value becomes: the first day of a date that begins a period, the day itself where the field holds days only."""
    if column not in section.fields:
        return value.first_day()
    field = section.fields[column]
    if not section.protected(field) and isinstance(section.model._meta.get_field(field), models.DateField):
        return value.first_day()
    return value
