"""The units of an invented county and their workbook."""

import random
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

TOWNS = (
    "城关镇",
    "东阳镇",
    "修文镇",
    "西阳镇",
    "郭村乡",
    "峪口乡",
    "北田镇",
    "乌金山镇",
    "什贴镇",
    "长凝镇",
    "庄子乡",
    "东赵乡",
)
TYPES = (
    ("小学", "211"),
    ("小学", "211"),
    ("初级中学", "311"),
    ("教学点", "218"),
    ("幼儿园", "111"),
    ("高级中学", "342"),
)
NUMBERS = "一二三四五六七八九"
HEADERS = (
    "学校标识码",
    "学校名称",
    "办学类型",
    "办学类型码",
    "城乡分类",
    "在校学生数",
    "班级数",
    "核定编制数",
    "上级单位",
)


@dataclass(frozen=True)
class Unit:
    code: str
    name: str
    type: str
    type_code: str
    location: str
    pupils: int
    classes: int
    quota: int


def make_units(chance: random.Random, count: int) -> list[Unit]:
    """Units with names and codes of their own; a school code has 10 to 12 digits, the first of them never 0."""
    start = chance.randrange(2100, 5400) * 10**7 + 10**6
    names: dict[str, tuple[str, str]] = {}
    while len(names) < count:
        kind, code = chance.choice(TYPES)
        place = chance.choice(TOWNS) + ("" if len(names) < 300 else f"{chance.choice(NUMBERS)}里")
        names.setdefault(
            f"{place}第{chance.choice(NUMBERS)}{chance.choice(('', '', '实验', '中心'))}{kind}", (kind, code)
        )
    return [
        Unit(
            str(start + number), name, kind, code, chance.choice(("城区", "镇区", "乡村")),
            chance.randrange(20, 1800), chance.randrange(1, 40), chance.randrange(2, 150),
        )
        for number, (name, (kind, code)) in enumerate(names.items(), start=1)
    ]  # fmt: skip


def write_units(path: Path, units: list[Unit]) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("学校基本情况")
        sheet.merge_range(0, 0, 0, len(HEADERS) - 1, "学校（机构）基本情况及编制核定表")
        sheet.write_row(1, 0, HEADERS)
        for row, unit in enumerate(units, start=2):
            texts = (unit.code, unit.name, unit.type, unit.type_code, unit.location)
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text)
            sheet.write_row(row, len(texts), (unit.pupils, unit.classes, unit.quota, "XX县教育局"))
