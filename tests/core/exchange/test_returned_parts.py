"""The patcher alone, on workbooks as other programs write them: what is theirs stays theirs."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table

from core.exchange.reading import UnreadableFile, open_workbook
from core.exchange.returning import Mark, patch
from core.exchange.returning.marks import MOST_COMMENTS
from tests.core.exchange import returned_books as books
from tests.core.exchange.crafted import HEADER, PERSON, cell, package, sheet_xml, table, zipped
from tests.ground.office import converted

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/></Types>'
)
STRICT = "http://purl.oclc.org/ooxml"


def whole(sheet: str | bytes) -> bytes:
    """An .xlsx around the XML of one sheet, complete enough for every program."""
    return package(sheet, **{"[Content_Types].xml": TYPES})


def mark(
    row: int, column: int, *, sheet: int = 0, severity: str = "error", said: str = "须改正。", hint: str = ""
) -> Mark:
    return Mark(sheet, row, column, severity, "栏目", "值", said, hint)


def returned(data: bytes, *marks: Mark, header: int = 1, sheet: int = 0, **more) -> bytes:
    return patch(data, marks, header_rows={sheet: header}, **more)


def written(fill) -> bytes:
    """A workbook by openpyxl, after `fill(book, sheet)`."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    for row in (HEADER, PERSON, ("李四", "x", "男")):
        sheet.append(row)
    fill(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def grown(data: bytes, change) -> bytes:
    """A workbook whose parts `change(parts)` has changed."""
    parts = books.parts(data)
    change(parts)
    return zipped(dict(parts))


def test_a_cell_an_empty_cell_and_a_cell_that_is_not_there():
    data = whole(
        sheet_xml('<row r="1">' + cell("A1", "姓名") + '</row><row r="2" spans="1:1"><c r="A2"/></row><row r="5"/>')
    )

    back = returned(data, mark(2, 0), mark(2, 2, severity="warning"), mark(5, 1), mark(7, 0), mark(3, 1))

    assert set(books.comments(back, "表")) == {"A2", "C2", "B3", "B5", "A7"}
    assert [books.colour(back, "表", name) for name in ("A2", "C2", "A1")] == ["FFF9C6C1", "FFFCE8AE", "00000000"]
    assert [row[3] for row in books.texts(back, "表")][:3] == [
        "问题",
        "栏目：须改正。",
        "栏目：须改正。",
    ]


def test_comments_of_others_stay_and_share_a_cell():
    def fill(_book, sheet):
        sheet["A2"].comment = Comment("核对过", "科长")
        sheet["B2"].comment = Comment("原件已看", "科长")

    data = written(fill)

    first = returned(data, mark(2, 0, said="一。"), mark(3, 1, said="二。"))
    second = patch(first, [mark(3, 1, sheet=1, said="三。")], header_rows={1: 1})

    one, two = books.comments(first, "表"), books.comments(second, "表")
    assert re.fullmatch("核对过\\s+师档：\n栏目：一。", one["A2"])
    assert (one["B2"], one["B3"]) == ("原件已看", "师档：\n栏目：二。")
    assert two == {"A2": "核对过", "B2": "原件已看", "B3": "师档：\n栏目：三。"}
    drawing = next(content for name, content in books.parts(second).items() if name.endswith(".vml"))
    assert len(re.findall(rb"<(?:\w+:)?shape\s", drawing)) == 3
    assert sum("comment" in name and name.endswith(".xml") for name in books.parts(second)) == 1


def test_a_conversation_keeps_its_cell():
    def thread(parts):
        name = next(name for name in parts if "comments" in name and name.endswith(".xml"))
        parts[name] = parts[name].replace("科长".encode(), b"tc={11111111-2222-3333-4444-555555555555}")

    def fill(_book, sheet):
        sheet["A2"].comment = Comment("[Threaded comment]", "科长")

    data = grown(written(fill), thread)

    back = returned(data, mark(2, 0), mark(2, 1))

    assert books.comments(back, "表") == {"A2": "[Threaded comment]", "B2": "师档：\n栏目：须改正。"}
    assert books.colour(back, "表", "A2") == "FFF9C6C1"


def test_names_views_filters_tables_rules_and_protection_stay():
    def fill(book, sheet):
        book.create_sheet("二")["A1"] = "=SUM(表!A1:A3)"
        sheet.auto_filter.ref = "A1:C3"
        sheet.print_title_rows = "1:1"
        sheet.protection.sheet = True
        sheet.freeze_panes = "A2"
        sheet.column_dimensions["C"].width = 30
        sheet.add_table(Table(displayName="T1", ref="A1:C3"))
        book.active = 1
        sheet.sheet_view.tabSelected = False

    data = written(fill)
    back = returned(data, mark(2, 0))

    book = openpyxl.load_workbook(io.BytesIO(back))
    assert book.sheetnames == ["问题清单", "表", "二"]
    assert book.active.title == "二"
    assert book["表"].print_title_rows == "$1:$1"
    assert book["表"].protection.sheet
    assert book["表"].auto_filter.ref == "A1:C3"
    assert [one.ref for one in book["表"].tables.values()] == ["A1:C3"]
    assert book["二"]["A1"].value == "=SUM(表!A1:A3)"
    assert books.differences(data, back, "表", "D") == {"A2": "colour"}
    assert books.sheet_path(data, "二") not in books.touched(data, back)


def test_merged_cells_are_marked_where_they_are_seen():
    def fill(_book, sheet):
        sheet.merge_cells("C2:C3")

    back = returned(written(fill), mark(3, 2))

    assert set(books.comments(back, "表")) == {"C2"}
    assert books.texts(back, "表")[2][3] == "栏目：须改正。"


@pytest.mark.parametrize("quotes", ['"', "'"])
def test_prefixes_and_cells_without_places(quotes):
    rows = "".join(
        "<x:row>" + "".join(f"<x:c t='inlineStr'><x:is><x:t>{text}</x:t></x:is></x:c>" for text in row) + "</x:row>"
        for row in (HEADER, PERSON)
    )
    sheet = f"<x:worksheet xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><x:sheetData>{rows}</x:sheetData></x:worksheet>"
    data = whole(sheet.replace("'", quotes))

    back = returned(data, mark(2, 1), mark(2, 4))

    (_list, page) = open_workbook(back).sheets
    assert [row.cells[:4] for row in page.rows()][1][:3] == list(PERSON)
    assert set(books.comments(back, "表")) >= {"E2"}
    assert "师档" in converted({"prefixed": back})["prefixed"].decode()


def test_a_sheet_in_another_coding_and_one_with_comments_and_cdata():
    usual = sheet_xml(table(HEADER, PERSON))
    odd = usual.replace("<sheetData>", "<!-- <row r='9'> --><sheetData>").replace("张三", "<![CDATA[<row >张三]]>")
    for data in (whole(usual.replace("UTF-8", "UTF-16").encode("utf-16")), whole(odd)):
        back = returned(data, mark(2, 1))
        assert set(books.comments(back, "表")) == {"B2"}
        assert books.texts(back, "表")[1][1] == PERSON[1]


def test_the_strict_form_and_parts_of_other_names():
    def strict(parts):
        for name, content in list(parts.items()):
            if b"<!" not in content:
                parts[name] = content.replace(
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    f"{STRICT}/spreadsheetml/main".encode(),
                ).replace(
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    f"{STRICT}/officeDocument/relationships".encode(),
                )

    def renamed(parts):
        parts["xl/worksheets/A B表.xml"] = parts.pop("xl/worksheets/sheet1.xml")
        for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
            parts[name] = parts[name].replace(b"worksheets/sheet1.xml", "worksheets/A B表.xml".encode())

    made = {
        name: returned(grown(written(lambda *_: None), change), mark(2, 1))
        for name, change in (("strict", strict), ("renamed", renamed))
    }

    opened = converted(made)
    for name, data in made.items():
        assert list(books.annotations(opened[name])) == ["师档：\n栏目：须改正。"], name
        assert (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            not in books.parts(data)["xl/workbook.xml"]
            or name == "renamed"
        )


def test_a_hidden_stretch_of_columns_lets_the_reasons_be_seen():
    def fill(_book, sheet):
        sheet.column_dimensions.group("D", "XFD", hidden=True)

    page = openpyxl.load_workbook(io.BytesIO(returned(written(fill), mark(2, 0))))["表"]

    assert page["D1"].value == "问题"
    assert not page.column_dimensions["D"].hidden
    assert page.column_dimensions["E"].hidden


def test_texts_cannot_become_anything_else():
    said = '=HYPERLINK("http://evil") <b>&\x01\x0b\ud800_x0041_]]>' + "长" * 9000
    data = whole(sheet_xml(table(HEADER, PERSON)))

    back = returned(data, Mark(0, 2, 1, "error", "<栏>&\"'", "=1+1", said, "@SUM(A1)"))

    for row in openpyxl.load_workbook(io.BytesIO(back))["问题清单"].iter_rows():
        assert all(one.data_type == "s" or one.value is None for one in row)
    assert len(books.comments(back, "表")["B2"]) < 2000
    assert next(books.annotations(converted({"texts": back})["texts"])).startswith(
        '师档：\n<栏>&"\'：=HYPERLINK("http://evil") <b>&_x0041_]]>'
    )


def test_a_sheet_and_a_column_of_the_senders_own_with_our_names_stay():
    def fill(book, sheet):
        book.create_sheet("问题清单")["A1"] = "自己的"
        sheet["D1"], sheet["D2"] = "问题", "自己的"

    back = returned(written(fill), mark(2, 0))

    assert books.opened(back).sheetnames == ["问题清单2", "表", "问题清单"]
    assert books.texts(back, "表")[:2] == [(*HEADER, "问题", "问题"), (*PERSON, "自己的", "栏目：须改正。")]


def test_what_was_said_before_is_taken_back():
    data = written(lambda *_: None)
    first = returned(data, mark(2, 0), mark(3, 1, severity="warning"))

    second = patch(first, [mark(2, 2, sheet=1)], header_rows={1: 1})

    assert books.opened(second).sheetnames == ["问题清单", "表"]
    assert set(books.comments(second, "表")) == {"C2"}
    assert [row[3] for row in books.texts(second, "表")] == ["问题", "栏目：须改正。", None]
    assert {name: books.colour(second, "表", name) for name in ("A2", "B3", "C2")} == {
        "A2": "00000000", "B3": "00000000", "C2": "FFF9C6C1",
    }  # fmt: skip


def test_another_program_may_have_saved_it_in_between():
    data = written(lambda *_: None)
    first = returned(data, mark(2, 0), mark(3, 1))
    saved = {form: converted({"first": first}, "xlsx")["first"] for form in ("xlsx",)}
    book = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(first)).save(book)
    saved["openpyxl"] = book.getvalue()

    for name, content in saved.items():
        second = patch(content, [mark(3, 1, sheet=1)], header_rows={1: 1})
        assert books.opened(second).sheetnames == ["问题清单", "表"], name
        assert set(books.comments(second, "表")) == {"B3"}, name
        assert [row[3] for row in books.texts(second, "表")] == ["问题", None, "栏目：须改正。"], name
        assert books.colour(second, "表", "A2") == "00000000", name


def test_hidden_sheets_of_texts_travel_along_and_are_renewed():
    data = written(lambda *_: None)
    first = returned(data, mark(2, 0), extra_sheets=[("_印记", [["a", "=b"]], "veryHidden")])
    second = patch(first, [mark(2, 0, sheet=1)], header_rows={1: 1}, extra_sheets=[("_印记", [["c"]], "veryHidden")])

    book = openpyxl.load_workbook(io.BytesIO(second))
    assert [(one.title, one.sheet_state) for one in book] == [
        ("问题清单", "visible"),
        ("表", "visible"),
        ("_印记", "veryHidden"),
    ]
    assert books.texts(first, "_印记") == [("a", "=b")]
    assert books.texts(second, "_印记") == [("c",)]


def test_more_problems_than_a_sheet_can_bear_comments():
    out = io.BytesIO()
    count = MOST_COMMENTS * 4
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("表")
        for number in range(count + 1):
            sheet.write_row(number, 0, HEADER)

    back = returned(out.getvalue(), *(mark(row, 1) for row in range(2, count + 2)))

    files = books.parts(back)
    assert files["xl/comments1.xml"].count(b"<comment ") == MOST_COMMENTS
    assert files["xl/worksheets/sheet1.xml"].count("栏目：须改正。".encode()) == count
    listed = list(open_workbook(back).sheets[0].rows())
    assert len(listed) == count + 3
    assert f"前 {MOST_COMMENTS} 个加了批注" in str(listed[1].cells[0])


def test_a_damaged_part_is_a_refusal():
    def broken(parts):
        parts["xl/styles.xml"] = b"<styleSheet><cellXfs>"

    with pytest.raises(UnreadableFile):
        returned(grown(written(lambda *_: None), broken), mark(2, 0))


def test_days_and_numbers_stay_what_they_are():
    def fill(_book, sheet):
        sheet["A2"], sheet["B2"] = date(1985, 7, 13), 1.5
        sheet["A2"].number_format, sheet["B2"].number_format = "yyyy-mm", "0.00"

    back = returned(written(fill), mark(2, 0), mark(2, 1))
    page = books.opened(back)["表"]

    assert (page["A2"].value.date(), page["A2"].number_format) == (date(1985, 7, 13), "yyyy-mm")
    assert (page["B2"].value, page["B2"].number_format) == (1.5, "0.00")
