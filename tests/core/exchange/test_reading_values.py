"""What a cell is worth in each form of workbook: faults, months, decimals, merged cells, hidden sheets and columns."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.table import CoveredTableCell, Table, TableCell, TableColumn, TableRow
from odf.text import P

from core.exchange.reading import CellFault, Sheet, UnreadableFile, open_workbook
from core.exchange.recognition import recognise
from tests.core.exchange.crafted import HEADER, NAMESPACE, PERSON, package, sheet_xml, table, xlsx
from tests.core.exchange.sample_kinds import KINDS

MONTH = 'yyyy"年"m"月"'
NOT_CALCULATED = CellFault("no_cached_value")


def values(data: bytes) -> list[list[object]]:
    return [row.cells for row in open_workbook(data).sheets[0].rows()]


def written(write: Any, **options: Any) -> Sheet:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as book:
        write(book, book.add_worksheet("表"))
    return open_workbook(file.getvalue()).sheets[0]


def test_formulas_count_by_their_stored_value():
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>1+1</f><v></v></c>'
        '<c r="D1" t="str"><f>A9</f><v></v></c>'
        '<c r="E1" t="str"><f>"x"</f><v>x</v></c><c r="F1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="G1" t="e"><v>#REF!</v></c>'
        '<c r="H1"><f t="shared" si="0"/></c><c r="I1"><f>A1</f><v/></c></row>'
    )

    assert values(package(sheet_xml(rows))) == [
        [
            2.0,
            NOT_CALCULATED,
            NOT_CALCULATED,
            "",
            "x",
            CellFault("error_cell", "#DIV/0!"),
            CellFault("error_cell", "#REF!"),
            NOT_CALCULATED,
            NOT_CALCULATED,
        ]
    ]


def test_a_row_that_only_holds_an_uncalculated_formula_is_a_row():
    rows = table(HEADER, PERSON) + '<row r="4"><c r="B4"><f>X1</f></c></row>'

    assert [row.number for row in open_workbook(package(sheet_xml(rows))).sheets[0].rows()] == [1, 2, 3, 4]
    (sheet,) = recognise(open_workbook(package(sheet_xml(rows))), KINDS).sheets
    assert [row.number for row in sheet.rows()] == [2, 4]


def test_a_day_that_shows_only_its_month_is_a_month():
    def write(book, sheet):
        sheet.write(0, 0, date(1985, 7, 1), book.add_format({"num_format": MONTH}))
        sheet.write(0, 1, date(1985, 7, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write(0, 2, date(1985, 7, 1), book.add_format({"num_format": "yyyy/mm"}))
        sheet.write(0, 3, date(1985, 7, 1), book.add_format({"num_format": 57}))
        sheet.write(0, 4, date(1985, 7, 1), book.add_format({"num_format": 'yyyy"年"m"月"d"日";@'}))

    day = date(1985, 7, 1)
    assert [row.cells for row in written(write).rows()] == [["1985-07", day, "1985-07", "1985-07", day]]
    assert [row.cells for row in written(write, date_1904=True).rows()] == [["1985-07", day, "1985-07", "1985-07", day]]


def test_a_decimal_is_looked_up_as_it_is_shown():
    def write(book, sheet):
        two, one = book.add_format({"num_format": "0.00"}), book.add_format({"num_format": "0.0"})
        sheet.write(0, 0, 1985.1, two)
        sheet.write(0, 1, 1985.1, one)
        sheet.write(0, 2, 1985.1)
        sheet.write(0, 3, 85.1, two)

    sheet = written(write)

    assert [sheet.shown_number(1, column) for column in range(4)] == ["1985.10", "1985.1", None, None]


def test_sheets_of_unusual_writers_give_the_same():
    rows = (
        '<x:row><x:c t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c><x:c s="0"/><x:c><x:v>5</x:v></x:c></x:row>'
        '<x:row spans="1:3" r="4"><x:c s="0" r="C4"><x:f>1+1</x:f></x:c><!-- <c r="XFD9"> --></x:row>'
    )
    xml = (
        f"<?xml version='1.0'?><x:worksheet xmlns:x='{NAMESPACE}'><x:cols><x:col hidden='1' max='3' min='2'/></x:cols>"
        f"<x:sheetData>{rows}</x:sheetData><x:mergeCells><x:mergeCell ref='A1:A4'/></x:mergeCells></x:worksheet>"
    )

    sheet = open_workbook(package(xml)).sheets[0]

    assert [row.cells for row in sheet.rows()] == [["甲", "", 5.0], [], [], ["", "", NOT_CALCULATED]]
    assert (sheet.merges, sheet.notes.hidden_columns, sheet.notes.used_rows) == ([(1, 0, 4, 0)], {1, 2}, 4)


def test_a_sheet_beyond_column_z_is_read_whole():
    row = [f"列{number}" for number in range(120)]

    assert values(xlsx(row, row)) == [row, row]


def test_hidden_sheets_and_columns_and_merges_are_noted():
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, HEADER)
        sheet.merge_range(1, 2, 4, 2, "女")
        sheet.set_column(1, 1, 20, None, {"hidden": True})
        book.add_worksheet("藏").hide()
        book.add_worksheet("深藏").very_hidden()
        book.add_chartsheet("图")

    sheets = open_workbook(file.getvalue()).sheets

    assert [(sheet.name, sheet.hidden, sheet.is_table) for sheet in sheets] == [
        ("表", False, True), ("藏", True, True), ("深藏", True, True), ("图", False, False),
    ]  # fmt: skip
    assert (sheets[0].notes.hidden_columns, sheets[0].merges) == ({1}, [(2, 2, 5, 2)])


@pytest.fixture
def old_workbook() -> Sheet:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    sheet.write_merge(0, 0, 0, 3, "标题")
    sheet.write_merge(1, 3, 0, 0, "某校")
    sheet.write(1, 1, 1985.1, xlwt.easyxf(num_format_str="0.00"))
    sheet.write(1, 2, date(1985, 7, 1), xlwt.easyxf(num_format_str=MONTH))
    sheet.write(1, 3, date(1985, 7, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(2, 1, 110105194912310021)
    sheet.write(2, 2, 12)
    sheet.col(2).hidden = True
    for row in range(10, 20):
        sheet.write(row, 0, None, xlwt.easyxf("borders: left thin"))
    book.add_sheet("藏").visibility = 1
    file = BytesIO()
    book.save(file)
    workbook = open_workbook(file.getvalue())
    assert [(each.name, each.hidden) for each in workbook.sheets] == [("表", False), ("藏", True)]
    return workbook.sheets[0]


def test_an_xls_of_2003(old_workbook):
    assert [row.cells for row in old_workbook.rows()] == [
        ["标题", "", "", ""], ["某校", 1985.1, "1985-07", date(1985, 7, 1)], ["", 110105194912310016.0, 12, ""],
    ]  # fmt: skip
    assert old_workbook.shown_number(2, 1) == "1985.10"
    assert sorted(old_workbook.merges) == [(1, 0, 1, 3), (2, 0, 4, 0)]
    assert (old_workbook.notes.hidden_columns, old_workbook.notes.last_row) == ({2}, 20)


def ods_cell(text: str = "", **attributes: Any) -> TableCell:
    cell = TableCell(**attributes)
    if text:
        cell.addElement(P(text=text))
    return cell


def ods_row(*cells: TableCell, **attributes: Any) -> TableRow:
    row = TableRow(**attributes)
    for cell in cells:
        row.addElement(cell)
    return row


def test_an_ods(tmp_path: Path):
    document = OpenDocumentSpreadsheet()
    hidden = Style(name="hidden", family="table")
    hidden.addElement(TableProperties(display="false"))
    document.automaticstyles.addElement(hidden)
    sheet = Table(name="表")
    sheet.addElement(TableColumn(numbercolumnsrepeated=2))
    sheet.addElement(TableColumn(visibility="collapse"))
    day = {"valuetype": "date", "datevalue": "1985-07-01"}
    for row in (
        ods_row(
            ods_cell("某校", valuetype="string", numberrowsspanned=2),
            ods_cell("1985.10", valuetype="float", value="1985.1"),
            ods_cell("1985年7月", **day),
            ods_cell("1985-07-01", **day),
        ),
        ods_row(
            CoveredTableCell(),
            ods_cell(formula="of:=1+1"),
            ods_cell("#REF!", formula="of:=#REF!"),
            ods_cell("2", formula="of:=1+1", valuetype="float", value="2"),
        ),
        ods_row(ods_cell("同", valuetype="string"), numberrowsrepeated=2),
        ods_row(TableCell(numbercolumnsrepeated=16000), numberrowsrepeated=1_048_000),
    ):
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    document.spreadsheet.addElement(Table(name="藏", stylename="hidden"))
    document.save(tmp_path / "a.ods")

    shown, concealed = open_workbook(tmp_path / "a.ods").sheets

    assert [row.cells for row in shown.rows()] == [
        ["某校", 1985.1, "1985-07", date(1985, 7, 1)], ["", NOT_CALCULATED, CellFault("error_cell", "#REF!"), 2.0],
        ["同", "", "", ""], ["同", "", "", ""],
    ]  # fmt: skip
    assert (shown.shown_number(1, 1), shown.merges, shown.notes.hidden_columns) == ("1985.10", [(1, 0, 2, 0)], {2})
    assert (concealed.name, concealed.hidden) == ("藏", True)


def test_what_repeated_cells_of_an_ods_show_is_known_of_each(tmp_path: Path):
    document = OpenDocumentSpreadsheet()
    sheet = Table(name="表")
    october = ods_cell("1985.10", valuetype="float", value="1985.1", numbercolumnsrepeated=2)
    sheet.addElement(ods_row(ods_cell("某", valuetype="string"), october, numberrowsrepeated=2))
    document.spreadsheet.addElement(sheet)
    document.save(tmp_path / "a.ods")

    (shown,) = open_workbook(tmp_path / "a.ods").sheets

    assert shown.notes.decimals == dict.fromkeys([(1, 1), (1, 2), (2, 1), (2, 2)], "1985.10")


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，"])
def test_text_files_in_every_coding(coding, delimiter):
    lines = [HEADER, ("㐂田·买买提", "11010519491231002X", "女"), ("王\U00020bb7", "", "男")]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode(coding)

    assert values(data) == [list(line) for line in lines]


def test_text_files_keep_their_rows_and_quotes():
    data = '姓名,备注\n\n"张三","多\n行, ""引""号"\n李四\n="007",\t12\n\n'.encode()

    sheet = open_workbook(data, "C:\\数据\\名册.csv").sheets[0]

    assert sheet.name == "名册"
    assert list(sheet.rows()) == [
        (1, ["姓名", "备注"]), (2, []), (3, ["张三", '多\n行, "引"号']), (4, ["李四"]), (5, ["007", "\t12"]),
    ]  # fmt: skip


def test_a_huge_cell_of_a_text_file_is_refused_not_read():
    with pytest.raises(UnreadableFile) as caught:
        values(b"a,b\n" + b"x" * 70_000)
    assert caught.value.code == "broken_quotes"
