"""Which table a sheet holds: its header wherever it stands, its columns, its day, its rows, and what is left out."""

from dataclasses import replace
from io import BytesIO

import pytest
import xlsxwriter

from core.exchange.reading import Workbook, open_workbook
from core.exchange.recognition import FieldSpec, KindSpec, SheetReading, WorkbookReading, recognise
from tests.core.exchange.crafted import xlsx
from tests.core.exchange.sample_kinds import KINDS, TEACHERS

NUMBER = "11010519491231002X"
HEADER = ("序号", "工作单位", "姓名", "身份证号", "联系电话")
LI, WANG = (1, "一中", "李四", NUMBER, "13800000000"), (2, "一中", "王五", "440524188001010014", "")


def recognised(*rows, kinds=KINDS) -> SheetReading:
    (sheet,) = recognise(open_workbook(xlsx(*rows)), kinds).sheets
    return sheet


def left_out(*rows) -> tuple:
    (left,) = recognise(open_workbook(xlsx(*rows)), KINDS).left_out
    return left.why, left.kind, left.missing


def csv(text: str) -> WorkbookReading:
    return recognise(open_workbook(text.encode(), "表.csv"), KINDS)


def skipped(sheet: SheetReading) -> list[tuple[int, int, str]]:
    list(sheet.rows())
    return [(each.first, each.last, each.why) for each in sheet.skipped]


def data_rows(sheet: SheetReading) -> list[int]:
    return [row.number for row in sheet.rows()]


def merged(write) -> Workbook:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        write(book.add_worksheet("表"))
    return open_workbook(file.getvalue())


@pytest.mark.parametrize("above", [0, 1, 7, 19])
def test_the_header_is_found_in_the_first_twenty_rows(above):
    sheet = recognised(*[("说明",)] * above, HEADER, LI)

    assert (sheet.header_rows, data_rows(sheet)) == ([above + 1], [above + 2])


def test_a_header_below_the_twentieth_row_is_not_looked_for():
    assert left_out(*[("说明",)] * 20, HEADER, LI) == ("no_kind", "", ())


@pytest.mark.parametrize(
    "heading",
    [
        "姓名",
        "【姓名】",
        "姓  名",
        "姓\n名",
        "*姓名",
        "姓名*",
        "★姓名",
        "姓名：",
        "姓名（必填）",
        "姓　名",
        "姓名(教师)",
    ],
)
def test_headings_are_known_in_every_dress(heading):
    sheet = recognised(("工作单位", heading, "身份证号"), ("一中", "李四", NUMBER))

    assert sheet.fields["name"].index == 1


def test_columns_are_named_by_their_lowest_heading_and_its_parent_only_where_two_are_alike():
    def write(sheet):
        sheet.merge_range("A1:H1", "教师花名册")
        for column, text in ((0, "姓名"), (1, "身份证号"), (2, "工作单位"), (7, "联系\n电话")):
            sheet.merge_range(1, column, 2, column, text)
        sheet.merge_range(1, 3, 1, 4, "专业技术职务")
        sheet.merge_range(1, 5, 1, 6, "教师资格")
        sheet.write_row(2, 3, ("职称", "取得时间", "种类", "取得 时间"))
        sheet.write_row(3, 0, ("李四", NUMBER, "一中", "一级教师", "2010.07", "高中", "2001.07", "13800000000"))

    (sheet,) = recognise(merged(write), KINDS).sheets

    assert sheet.header_rows == [2, 3]
    assert [(column.letters, column.header, column.field and column.field.name) for column in sheet.columns] == [
        ("A", "姓名", "name"), ("B", "身份证号", "number"), ("C", "工作单位", "unit"), ("D", "职称", "title"),
        ("E", "专业技术职务/取得时间", "title_on"), ("F", "种类", None), ("G", "教师资格/取得时间", None),
        ("H", "联系电话", "phone"),
    ]  # fmt: skip
    assert (sheet.unmapped, sheet.duplicates) == (["种类", "教师资格/取得时间"], [])


def test_a_two_row_header_is_joined_without_merged_cells_too():
    (sheet,) = csv(
        f"工作单位,姓名,身份证号,专业技术职务,,联系电话\n,,,职称,取得时间,\n一中,李四,{NUMBER},一级教师,2010.07,\n"
    ).sheets

    assert sheet.header_rows == [1, 2]
    assert {name: column.index for name, column in sheet.fields.items()} == {
        "unit": 0, "name": 1, "number": 2, "title": 3, "title_on": 4, "phone": 5,
    }  # fmt: skip


def test_a_header_of_three_rows():
    def write(sheet):
        sheet.merge_range("A1:C1", "基本情况")
        sheet.merge_range("A2:A3", "姓名")
        sheet.merge_range("B2:C2", "证件与单位")
        sheet.write_row(2, 1, ("身份证号", "工作单位"))
        sheet.write_row(3, 0, ("李四", NUMBER, "一中"))

    (sheet,) = recognise(merged(write), KINDS).sheets

    assert (sheet.header_rows, [column.header for column in sheet.columns]) == (
        [2, 3],
        ["姓名", "身份证号", "工作单位"],
    )


def test_two_columns_for_one_field_are_named():
    sheet = recognised((*HEADER, "身份证号"), (*LI, NUMBER))

    assert [(each.header, each.columns, each.code) for each in sheet.duplicates] == [
        ("身份证号", ("D", "F"), "duplicate_header")
    ]
    assert sheet.unmapped == ["身份证号"]


def test_a_heading_with_its_parent_wins_over_one_without():
    sheet = recognised(
        ("姓名", "身份证号", "性别", "取得时间", "专业技术职务取得时间"), ("李四", NUMBER, "女", "", "2010.07")
    )

    assert (sheet.fields["title_on"].index, sheet.duplicates) == (4, [])


def test_unmapped_hidden_and_unnamed_columns_are_told():
    def write(sheet):
        sheet.write_row(0, 0, ("姓名", "身份证号", "性别", "血型", ""))
        sheet.write_row(1, 0, ("李四", NUMBER, "女", "A", "某"))
        sheet.set_column(1, 1, 20, None, {"hidden": True})

    (sheet,) = recognise(merged(write), KINDS).sheets

    assert (sheet.unmapped, sheet.hidden_columns) == (["血型", "E"], ["身份证号"])


def test_the_kind_is_chosen_by_what_the_header_says():
    units = recognised(("学校标识码", "学校名称", "办学类型", "在校学生数"), ("123", "一中", "初级中学", 5))
    people = recognised(("学校名称", "学校标识码", "姓名", "身份证号"), ("一中", "123", "李四", NUMBER))

    assert (units.kind.name, people.kind.name) == ("units", "teachers")


def test_a_kind_needs_its_columns():
    assert left_out(("姓名", "性别", "工作单位", "学历"), ("李四", "女", "一中", "本科")) == (
        "no_kind",
        "teachers",
        ("身份证号码",),
    )
    assert left_out(("商品", "价格"), ("笔", 3)) == ("no_kind", "", ())
    assert left_out() == ("empty_sheet", "", ())


def test_sheets_are_read_or_left_out_one_by_one():
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, rows in (
            ("名册", (HEADER, LI)),
            ("说明", (("一、如实填写",),)),
            ("空", ()),
            ("藏", (HEADER, LI)),
            ("学校", (("学校标识码", "学校名称", "办学类型"), ("1", "一中", "小学"))),
        ):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name == "藏":
                sheet.hide()

    reading = recognise(open_workbook(file.getvalue()), KINDS)

    assert [(sheet.name, sheet.kind.name, data_rows(sheet)) for sheet in reading.sheets] == [
        ("名册", "teachers", [2]),
        ("学校", "units", [2]),
    ]
    assert [(left.name, left.why) for left in reading.left_out] == [
        ("说明", "no_kind"),
        ("空", "empty_sheet"),
        ("藏", "hidden_sheet"),
    ]


@pytest.mark.parametrize(
    ("captions", "date"),
    [
        (["填报单位：某局        填报时间：2026年9月10日"], "2026-09-10"),
        (["填报时间:２０２６．９．１０"], "2026-09-10"),
        (["依据2024年3月5日通知", "填表日期 2026-09-10"], "2026-09-10"),
        (["2026年9月在职教师花名册"], "2026-09"),
        (["2026年9月花名册", "2026/9/10"], "2026-09-10"),
        (["二〇二六年九月二十一日"], "2026-09-21"),
        (["截至2026年10月"], "2026-10"),
        (["2026年在职教师花名册"], None),
        (["填报时间：20260910"], "2026-09-10"),
        (["根据2024年5月6日通知要求填报"], None),
        (["请于2026年9月1日前报送", "2026年9月花名册"], "2026-09"),
        (["2024年5月6日印发的通知", "2026.9.10"], "2026-09-10"),
        (["电话 20260910"], None),
        (["2026年13月"], None),
        (["电话 2026-0910-12"], None),
    ],
)
def test_the_day_of_a_sheet_is_read_from_its_captions(captions, date):
    found = recognised(*[(caption,) for caption in captions], HEADER, LI).date

    assert (found and str(found.value)) == date


@pytest.mark.parametrize(
    ("head", "foot", "date"),
    [
        ((), ("填报日期：2026年9月10日",), "2026-09-10"),
        ((), ("制表人：李四", "", "日期：", 20260910.0), "2026-09-10"),
        (("填报时间：2026年9月1日",), ("填表日期：2026年9月10日",), "2026-09-01"),
        (("2025年9月花名册",), ("上报时间：2026.9.10",), "2026-09-10"),
        ((), ("注：依据2024年3月5日通知填写",), None),
    ],
)
def test_the_day_of_a_sheet_may_stand_at_its_foot(head, foot, date):
    found = recognised(head, HEADER, LI, WANG, foot).date

    assert (found and str(found.value)) == date


def test_a_sheet_may_carry_its_month_in_its_name():
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("2026年9月")
        sheet.write_row(0, 0, HEADER)

    (sheet,) = recognise(open_workbook(file.getvalue()), KINDS).sheets

    assert sheet.date is not None
    assert (str(sheet.date.value), sheet.date.row) == ("2026-09", 0)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("合计", "", "", "2", ""), "total"),
        (("", "", "合  计", 3002, ""), "total"),
        (("", "一中小计", "", "", ""), "total"),
        (("合计", "", "3人", "3", ""), "total"),
        (("合计", "", "—", "—", ""), "total"),
        (("小计（人）", "", 1, "", ""), "total"),
        (("1", "2", "3", "4", "5"), "repeated_header"),
        ((1, 2, 3, 4, 5), "repeated_header"),
        (("栏次", "1", "2", "3", "4"), "repeated_header"),
        (("总计：2人", "", "", "", ""), "total"),
        (("审核人：", "", "", "填表人：张三", ""), "note"),
        (("制表人：李四    2026年9月10日",), "note"),
        (("", "", "填表人:李四", "", ""), "note"),
        (("注：日期填到月即可。",), "note"),
        (("填表说明",), "note"),
        (("1、本表由学校填写",), "note"),
        (("", "", "一、城区学校"), "note"),
        (("", "东阳镇第一小学", ""), "note"),
        ((3,), "only_serial"),
        (("", " ", "　", "\u200b"), "blank"),
        (HEADER, "repeated_header"),
        (("序 号", "工作\n单位", "姓　名", "身份证号", "联系电话"), "repeated_header"),
    ],
)
@pytest.mark.parametrize("place", ["between", "at the foot"])
def test_rows_that_are_no_data_are_left_out_and_named(row, why, place):
    rows = (HEADER, LI, row, WANG) if place == "between" else (HEADER, LI, WANG, row)
    number = rows.index(row, 1) + 1

    sheet = recognised(*rows)

    assert skipped(sheet) == ([(number, number, why)] if why != "blank" or place == "between" else [(4, 4, "blank")])
    assert data_rows(sheet) == [each for each in (2, 3, 4) if each != number]


@pytest.mark.parametrize(
    "row",
    [
        ("", "", "赵六", "", ""),
        ("", "一中", "", NUMBER, ""),
        ("", "一中", "", "", "13800000000"),
        ("合计", "", "赵六", NUMBER, ""),
        ("", "", "合欢", "", ""),
        ("", "", "无", "", "13900000000"),
        (4, "单位负责人：某", "赵六", NUMBER, ""),
    ],
)
def test_rows_that_lack_something_are_data_all_the_same(row):
    sheet = recognised(HEADER, LI, row, WANG)

    assert (data_rows(sheet), skipped(sheet)) == ([2, 3, 4], [])


@pytest.mark.parametrize(
    "row", [("甲", "乙", "丙", "丁", "戊"), ("甲", "乙", "1", "2", "3"), ("", "（1）", "（2）", "（3）")]
)
def test_a_row_that_counts_the_columns_is_left_out(row):
    sheet = recognised(HEADER, row, LI)

    assert (data_rows(sheet), skipped(sheet)) == ([3], [(2, 2, "repeated_header")])


def test_a_total_whose_formula_was_never_calculated_is_a_total():
    def write(sheet):
        for number, row in enumerate((HEADER, LI, ("合计",))):
            sheet.write_row(number, 0, row)
        sheet.write_formula(2, 2, "=COUNTA(C2:C2)", None, "")

    (sheet,) = recognise(merged(write), KINDS).sheets

    assert (data_rows(sheet), skipped(sheet)) == ([2], [(3, 3, "total")])


def test_a_total_is_known_where_only_the_number_is_a_key():
    kind = replace(TEACHERS, keys=("number",))
    rows = (HEADER, LI, ("", "", "合  计", 302.0, ""), (2, "一中", "王五", 1.1e17, ""))

    assert data_rows(recognised(*rows, kinds=(kind,))) == [2, 4]


def test_merged_cells_are_filled_down_over_data_only():
    def write(sheet):
        sheet.write_row(0, 0, ("工作单位", "姓名", "身份证号"))
        for row, (name, number) in enumerate((("李四", NUMBER), ("王五", NUMBER), ("", ""), ("赵六", NUMBER)), start=1):
            sheet.write_row(row, 1, (name, number))
        sheet.merge_range(1, 0, 4, 0, "一中")
        sheet.merge_range(5, 0, 6, 2, "审核人：某")

    (sheet,) = recognise(merged(write), KINDS).sheets

    assert [(row.number, row.cells[0]) for row in sheet.rows()] == [(2, "一中"), (3, "一中"), (5, "一中")]
    assert skipped(sheet) == [(4, 4, "blank"), (6, 6, "note")]
    assert [(each.header, each.merges, each.rows) for each in sheet.filled_down] == [("工作单位", 1, 3)]


def test_a_date_column_takes_what_its_cell_shows_unless_that_is_rounded():
    def write(sheet):
        sheet.write_row(0, 0, ("姓名", "身份证号", "性别", "出生年月"))
        sheet.write_row(1, 0, ("李四", NUMBER, "女", 1985.1))
        sheet.write_row(2, 0, ("王五", NUMBER, "女"))
        sheet.write(2, 3, 1985.1, two)
        for row, (number, places) in enumerate(
            ((2005.11, one), (2005.04, one), (2005.07, none), (2005.7, two)), start=3
        ):
            sheet.write_row(row, 0, ("赵六", NUMBER, "女"))
            sheet.write(row, 3, number, places)

    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        none, one, two = (book.add_format({"num_format": places}) for places in ("0", "0.0", "0.00"))
        write(book.add_worksheet())

    (sheet,) = recognise(open_workbook(file.getvalue()), KINDS).sheets

    assert [row.cells[3] for row in sheet.rows()] == [1985.1, "1985.10", 2005.11, 2005.04, 2005.07, 2005.7]


def test_rows_may_be_read_again_with_the_same_result():
    sheet = recognised(HEADER, LI, (), ("合计", "", "", 1), WANG)

    assert (data_rows(sheet), skipped(sheet)) == (data_rows(sheet), skipped(sheet))
    assert data_rows(sheet) == [2, 5]


def test_a_kind_of_two_columns_is_enough_where_it_says_so():
    kind = KindSpec(
        "phones",
        (FieldSpec("number", ("身份证号",), "id_number"), FieldSpec("phone", ("手机",), "phone")),
        ("number", "phone"),
        ("number",),
        at_least=2,
    )

    assert recognised(("身份证号", "手机"), (NUMBER, "13800000000"), kinds=(kind,)).kind is kind
