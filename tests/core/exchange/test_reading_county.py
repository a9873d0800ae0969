"""County workbooks, the given and generated ones: every fault of a cell at its row and column, and no other."""

import json
from pathlib import Path

import pytest

from core.dates import PartialDate
from core.exchange.cells import ColumnCleaner
from core.exchange.reading import open_workbook
from core.exchange.recognition import SheetReading, recognise
from tests.core.exchange.sample_kinds import KINDS
from tests.workbooks.generator import make_county, write_county

COUNTY = Path(__file__).parents[2] / "workbooks" / "county-a"
# What a cell alone can show; the rest needs other cells, rows or the database.
OF_CELLS = {"check_digit", "number_cell", "not_a_date", "missing", "unknown_code"}
ROSTER_HEADINGS = [
    "序号", "工作单位", "单位代码", "姓名", "性别", "身份证号码", "出生年月", "民族", "政治面貌", "参加工作时间",
    "从教时间", "是否在编", "学历", "学位", "毕业院校", "毕业时间", "所学专业", "职称", "取得时间",
    "任教学科", "联系电话", "备注",
]  # fmt: skip


def only_sheet(path: Path) -> SheetReading:
    (sheet,) = recognise(open_workbook(path), KINDS).sheets
    return sheet


def errors(sheet: SheetReading) -> set[tuple[int, str, str]]:
    cleaners = [(column.index, ColumnCleaner(column.field, column.header)) for column in sheet.columns if column.field]
    return {
        (number, problem.column, problem.code)
        for number, cells in sheet.rows()
        for index, cleaner in cleaners
        for problem in cleaner(cells[index]).problems
        if problem.severity == "error"
    }


def expected_errors(rows: list[dict]) -> set[tuple[int, str, str]]:
    return {(row["row"], column, code) for row in rows for column, code in row["problems"] if code in OF_CELLS}


def test_the_roster_is_read_to_the_cell():
    expected = json.loads((COUNTY / "2-roster.expected.json").read_text(encoding="utf-8"))

    sheet = only_sheet(COUNTY / "2-roster.xlsx")

    assert (sheet.name, sheet.kind.name, sheet.header_rows) == ("在职教师", "teachers", [3, 4])
    assert [column.header for column in sheet.columns] == ROSTER_HEADINGS
    assert sheet.unmapped == []
    assert [row.number for row in sheet.rows()] == [row["row"] for row in expected]
    assert errors(sheet) == expected_errors(expected)


def test_the_roster_says_what_was_left_out_and_filled_down():
    reading = recognise(open_workbook(COUNTY / "2-roster.xlsx"), KINDS)
    (sheet,) = reading.sheets

    units = {cells[1] for _, cells in sheet.rows()}

    assert len(units) == 67
    assert "" not in units
    assert [(each.first, each.last, each.why) for each in sheet.skipped] == [
        (1, 1, "caption"), (2, 2, "caption"), (3007, 3007, "blank"), (3008, 3008, "total"), (3009, 3009, "note"),
        (3010, 3070, "blank"),
    ]  # fmt: skip
    assert [(each.header, each.merges) for each in sheet.filled_down] == [("工作单位", 66), ("单位代码", 66)]
    assert [(each.name, each.why) for each in reading.left_out] == [("填表说明", "no_kind"), ("_dict", "hidden_sheet")]
    assert sheet.date is not None
    assert (sheet.date.value, sheet.date.row) == (PartialDate(2026, 9, 10), 2)


def test_the_roster_of_the_next_year_has_no_fault():
    expected = json.loads((COUNTY / "3-roster-next-year.expected.json").read_text(encoding="utf-8"))

    sheet = only_sheet(COUNTY / "3-roster-next-year.xlsx")

    assert len(list(sheet.rows())) == len(expected["rows"])
    assert errors(sheet) == set()


def test_units_and_the_csv_are_read():
    units = only_sheet(COUNTY / "1-units.xlsx")
    roster = only_sheet(COUNTY / "4-school-roster-gb18030.csv")

    assert (units.kind.name, units.header_rows, len(list(units.rows())), errors(units)) == ("units", [2], 66, set())
    assert (roster.kind.name, roster.header_rows, len(list(roster.rows())), errors(roster)) == (
        "teachers",
        [1],
        60,
        set(),
    )
    assert [column.header for column in roster.columns] == [
        "姓名",
        "性别",
        "身份证件号",
        "出生日期",
        "民族",
        "手机号码",
        "学校名称",
    ]


@pytest.mark.parametrize("name", ["5-training-hours-wide.xlsx", "6-wages.xlsx"])
def test_sheets_of_other_kinds_say_which_column_is_lacking(name):
    reading = recognise(open_workbook(COUNTY / name), KINDS)

    assert reading.sheets == ()
    (left,) = reading.left_out
    assert (left.why, left.kind, left.missing) == ("no_kind", "teachers", ("工作单位/单位代码/性别",))


@pytest.mark.parametrize("seed", range(1, 13))
def test_other_counties_come_out_as_well(tmp_path, seed):
    county = make_county(seed, 260, share_wrong=0.15)
    files = write_county(tmp_path, county)

    units, sheet, following = only_sheet(files.units), only_sheet(files.roster), only_sheet(files.next_year)

    expected = json.loads(files.roster_expected.read_text(encoding="utf-8"))
    assert [cells[0] for _, cells in units.rows()] == [unit.code for unit in county.units]
    assert [row.number for row in sheet.rows()] == [row["row"] for row in expected]
    assert errors(sheet) == expected_errors(expected)
    assert errors(following) == set()
    assert sheet.header_rows == list(range(len(county.style.titles) + 1, county.style.first_row))
    assert {str(each.date.value) for each in (sheet, following) if each.date} == {"2026-09-10"}
    unit_codes = [cells[2] for _, cells in sheet.rows()]
    assert unit_codes == [line.written.get("unit_code", county.units[line.person.unit].code) for line in county.lines]


def test_one_seed_gives_one_county(tmp_path):
    first = write_county(tmp_path / "a", make_county(5, 120))
    second = write_county(tmp_path / "b", make_county(5, 120))

    rows = [[row.cells for row in only_sheet(each.roster).rows()] for each in (first, second)]
    assert rows[0] == rows[1]
    assert first.next_year_expected.read_text(encoding="utf-8") == second.next_year_expected.read_text(encoding="utf-8")
