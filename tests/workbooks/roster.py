"""A roster as counties send it: merged titles, two-row header, merged unit cells, notes at the foot, blank rows."""

import random
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Self

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tests.workbooks.cells import (
    Written,
    written_date,
    written_education,
    written_name,
    written_nation,
    written_number,
    written_phone,
    written_sex,
)  # fmt: skip
from tests.workbooks.mistakes import Problem
from tests.workbooks.people import Person
from tests.workbooks.units import Unit

# Column → (heading above it or empty, usual heading, others that counties use).
COLUMNS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "serial": ("", "序号", ("序号", "序  号")),
    "unit": ("", "工作单位", ("学校名称", "单位名称", "工作单位")),
    "unit_code": ("", "单位代码", ("学校标识码", "单位代码", "学校代码")),
    "name": ("", "姓  名", ("姓名", "姓\n名", "教师姓名", "*姓名")),
    "sex": ("", "性别", ("性别", "性 别")),
    "number": ("", "身份证号码", ("身份证号", "身份证件号", "身份证号码（18位）")),
    "birth": ("", "出生年月", ("出生日期", "出生年月", "出生\n年月")),
    "nation": ("", "民族", ("民族", "民 族")),
    "politics": ("", "政治面貌", ("政治\n面貌", "政治面貌")),
    "work_start": ("", "参加工作\n时间", ("参加工作年月", "参加工作时间")),
    "teach_start": ("", "从教时间", ("从教年月", "任教时间")),
    "in_quota": ("", "是否在编", ("是否在编", "是否在编（是/否）")),
    "education": ("最高学历情况", "学历", ("学历", "最高学历")),
    "degree": ("最高学历情况", "学位", ("学位", "最高学位")),
    "school": ("最高学历情况", "毕业院校", ("毕业学校", "毕业院校")),
    "graduated": ("最高学历情况", "毕业时间", ("毕业年月", "毕业日期")),
    "major": ("最高学历情况", "所学专业", ("专业", "所学专业")),
    "title": ("专业技术职务", "职称", ("职称", "职称名称")),
    "title_on": ("专业技术职务", "取得时间", ("取得时间", "取得时间")),
    "subject": ("", "任教学科", ("任教学科", "任教科目")),
    "phone": ("", "联系电话", ("手机号码", "联系方式", "联系电话")),
    "remark": ("", "备注", ("备注", "备 注")),
}
CAPTIONS = ("填报时间：2026年9月10日", "填报日期：2026-09-10", "制表时间:2026.9.10", "填报时间：２０２６年９月１０日")
FOOTS = (
    "审核人：        填表人：        联系电话：",
    "校长签字：          填表人：张三",
    "填表说明：1.本表由学校填写。2.日期填到月即可。",
    "单位负责人：    制表人：",
)


@dataclass
class Line:
    """One row of a roster: the person, what stands in single cells instead of the truth, and what is wrong with it."""

    person: Person
    written: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unit_shown: bool = False  # stands after the merged blocks, with its unit written out


@dataclass(frozen=True)
class RosterStyle:
    """How a county draws its table."""

    titles: tuple[str, ...]
    headings: dict[str, str]
    two_rows: bool
    merged: bool
    foot: tuple[str, ...]
    blank_rows: int

    @classmethod
    def of(cls, chance: random.Random, *, usual: bool = False) -> Self:
        headings = {key: usually if usual else chance.choice(others) for key, (_, usually, others) in COLUMNS.items()}
        titles = ("XX县2026年在职教师花名册", f"填报单位（盖章）：XX县教育局        {chance.choice(CAPTIONS)}")
        extra = () if usual else chance.choice(((), ("附件1",), ("附件2：", "")))
        foot = (FOOTS[0],) if usual else tuple(chance.sample(FOOTS, chance.randrange(1, 4)))
        return cls(
            (*extra, *titles),
            headings,
            usual or chance.random() < 0.6,
            usual or chance.random() < 0.7,
            foot,
            chance.randrange(20, 80),
        )

    def heading(self, column: str) -> str:
        """A heading as reports name it: without blanks and breaks."""
        return "".join(self.headings[column].split())

    @property
    def first_row(self) -> int:
        """The first row of data as the sheet numbers it."""
        return len(self.titles) + (3 if self.two_rows else 2)


def write_roster(
    path: Path, lines: list[Line], units: list[Unit], style: RosterStyle, chance: random.Random
) -> list[int]:
    """Write the workbook; the answer is the row number of each line."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("在职教师")
        formats = {
            "": None,
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "month": book.add_format({"num_format": 'yyyy"年"m"月"'}),
            "decimal": book.add_format({"num_format": "0.00"}),
            "text": book.add_format({"num_format": "@"}),
        }
        centre = book.add_format({"align": "center", "border": 1})
        _write_head(sheet, style, centre)
        first = style.first_row
        for row, line in enumerate(lines, start=first - 1):
            cells = _written(line.person, chance) | {key: (value, "") for key, value in line.written.items()}
            _write_line(sheet, row, cells | {"serial": (row - first + 2, "")}, formats)
        _write_units(sheet, lines, units, style, centre)
        _write_foot(sheet, style, first - 1 + len(lines), len(lines), centre)
        book.add_worksheet("填表说明").write_column(
            0, 0, ["一、本表由学校填写，县教育局汇总。", "二、日期填到月即可。"]
        )
        hidden = book.add_worksheet("_dict")
        hidden.write_column(0, 0, ["高级教师", "一级教师", "二级教师"])
        hidden.hide()
    return list(range(first, first + len(lines)))


def _write_head(sheet: Worksheet, style: RosterStyle, centre: Format) -> None:
    last = len(COLUMNS) - 1
    for row, title in enumerate(style.titles):
        sheet.merge_range(row, 0, row, last, title, centre)
    row = len(style.titles)
    if not style.two_rows:
        sheet.write_row(row, 0, [style.headings[key] for key in COLUMNS], centre)
        return
    for parent, group in groupby(enumerate(COLUMNS), key=lambda entry: COLUMNS[entry[1]][0] or entry[1]):
        places = [place for place, _ in group]
        if parent in COLUMNS:
            sheet.merge_range(row, places[0], row + 1, places[0], style.headings[parent], centre)
            continue
        sheet.merge_range(row, places[0], row, places[-1], parent, centre)
        keys = list(COLUMNS)[places[0] : places[-1] + 1]
        sheet.write_row(row + 1, places[0], [style.headings[key] for key in keys], centre)


def _write_line(sheet: Worksheet, row: int, cells: dict[str, Written], formats: dict[str, Format | None]) -> None:
    for column, key in enumerate(COLUMNS):
        value, kind = cells.get(key, ("", ""))
        if value == "":
            continue
        if isinstance(value, str):
            sheet.write_string(row, column, value, formats[kind])
        else:
            sheet.write(row, column, value, formats[kind])


def _written(person: Person, chance: random.Random) -> dict[str, Written]:
    """The cells of a person in the ways that people write them."""
    return {
        "name": written_name(chance, person.name),
        "sex": written_sex(chance, person.sex),
        "number": written_number(chance, person.number),
        "birth": written_date(chance, person.birth),
        "nation": written_nation(chance, person.nation),
        "politics": (person.politics, ""),
        "work_start": written_date(chance, person.work_start),
        "teach_start": written_date(chance, person.work_start),
        "in_quota": ("是" if person.in_quota else "否", ""),
        "education": written_education(chance, person.education),
        "degree": (chance.choice(("无", "/", "—", "")) if person.degree == "无" else person.degree, ""),
        "school": (person.school, ""),
        "graduated": written_date(chance, person.graduated),
        "major": (person.major, ""),
        "title": (person.title or chance.choice(("无", "/", "")), ""),
        "title_on": written_date(chance, person.title_on),
        "subject": (person.subject, ""),
        "phone": written_phone(chance, person.phone),
    }


def _write_units(sheet: Worksheet, lines: list[Line], units: list[Unit], style: RosterStyle, centre: Format) -> None:
    """The unit of each line: merged over its people, or written on every row."""
    places = list(COLUMNS)
    usual = [(row, line) for row, line in enumerate(lines, start=style.first_row - 1) if "unit" not in line.written]
    for (unit, apart), group in groupby(usual, key=lambda entry: (entry[1].person.unit, entry[1].unit_shown)):
        rows = [row for row, _ in group]
        for key, text in (("unit", units[unit].name), ("unit_code", units[unit].code)):
            column = places.index(key)
            if style.merged and not apart and len(rows) > 1:
                sheet.merge_range(rows[0], column, rows[-1], column, text, centre)
            else:
                for row in rows:
                    sheet.write_string(row, column, text)


def _write_foot(sheet: Worksheet, style: RosterStyle, row: int, count: int, centre: Format) -> None:
    row += 1  # one blank row
    sheet.write(row, list(COLUMNS).index("name"), "合  计")
    sheet.write(row, list(COLUMNS).index("number"), count)
    for note in style.foot:
        row += 1
        sheet.merge_range(row, 0, row, 10, note, centre)
    for blank in range(row + 1, row + 1 + style.blank_rows):
        for column in range(len(COLUMNS)):
            sheet.write_blank(blank, column, None, centre)
