"""Templates: what a unit fills in is read as it was asked, and the lists are those of its bureau."""

import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from core.exchange.checking import check_batch
from core.exchange.kinds import all_kinds
from core.exchange.layout import headings, sheets_of
from core.exchange.reading import open_workbook
from core.exchange.report import summary
from core.exchange.services import create_batch
from core.exchange.template import CODES, HEADER_ROW, template
from tests.core.exchange.books import LI
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db
KINDS = ("teachers", "units")


@pytest.fixture
def sheet(county_a, school_a):
    """`sheet(kind, lines)`: the template of a kind for county A, with lines filled in by heading."""

    def fill(name, *lines):
        book = openpyxl.load_workbook(io.BytesIO(template(all_kinds()[name], county_a, TODAY)))
        page = book.worksheets[0]
        places = {cell.value: cell.column for cell in page[HEADER_ROW + 1]}
        for number, line in enumerate(lines, start=HEADER_ROW + 2):
            for heading, text in line.items():
                page.cell(number, places[heading], text)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    return fill


def checked(actor, unit, content):
    made = create_batch(actor=actor, unit=unit, name="模板.xlsx", content=content, start=False)
    return check_batch(made.pk, actor)


PERSON = {
    "工作单位": "青石县第一初级中学",
    "姓名": LI[0], "身份证号码": LI[1], "民族": "汉族", "是否在编": "是", "职称": "一级教师",
    "职称取得时间": "2018-09", "联系电话": "13800001234",
}  # fmt: skip
SCHOOL = {
    "学校名称": "青石县新办小学",
    "学校标识码": "2199990001",
    "办学类型": "小学",
    "上级单位": "青石县教育局",
    "核定编制数": "30",
}


@pytest.mark.parametrize(("name", "line"), [("teachers", PERSON), ("units", SCHOOL)])
def test_what_is_filled_in_is_read_as_it_was_asked(sheet, county_clerk, county_a, name, line):
    batch = checked(county_clerk, county_a, sheet(name, line))

    told = summary(batch)
    assert (batch.kind, told["rows"], told["problems"]) == (
        name,
        {"new": 1, "changed": 0, "same": 0, "undecided": 0, "refused": 0},
        [],
    )
    (read, *others) = told["sheets"]
    asked = {column.alone: column.name for column in headings(all_kinds()[name], sheets_of(all_kinds()[name])[0])}
    assert (read["columns"], read["unmapped"]) == (asked, [])
    assert [one["kind"] for one in others] == ["", ""]


@pytest.mark.parametrize("name", KINDS)
def test_each_heading_says_one_column(name):
    for sheet in sheets_of(all_kinds()[name]):
        said = [column.alone for column in headings(all_kinds()[name], sheet)]
        assert len(said) == len(set(said))


def test_an_empty_template_is_refused_in_words(sheet, county_clerk, county_a):
    batch = checked(county_clerk, county_a, sheet("teachers"))
    assert (batch.state, batch.trouble["code"]) == ("unreadable", "no_rows")


def test_the_lists_are_those_of_the_unit(county_a, county_b, school_a, second_school_a, school_b):
    book = openpyxl.load_workbook(io.BytesIO(template(all_kinds()["teachers"], county_a, TODAY)))
    hidden = book[CODES]
    columns = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in hidden.iter_cols()}

    assert hidden.sheet_state == "hidden"
    assert set(columns["工作单位"]) == {"青石县教育局", "青石县第一初级中学", "青石县实验小学"}
    assert columns["是否在编"] == ["是", "否"]
    assert {"汉族", "维吾尔族"} <= set(columns["民族"])
    lists = {
        str(one.sqref): one.formula1 for one in book.worksheets[0].data_validations.dataValidation if one.type == "list"
    }
    assert any(formula.startswith(f"{CODES}!$") for formula in lists.values())


def test_what_somebody_new_needs_is_marked(county_a):
    book = openpyxl.load_workbook(io.BytesIO(template(all_kinds()["teachers"], county_a, TODAY)))
    marked = {cell.value for cell in book.worksheets[0][HEADER_ROW + 1] if cell.fill.fgColor.rgb == "FFFFE8A3"}
    assert marked == {"身份证号码", "姓名", "工作单位"}


def test_cells_keep_long_numbers_as_text(county_a):
    book = openpyxl.load_workbook(io.BytesIO(template(all_kinds()["teachers"], county_a, TODAY)))
    page = book.worksheets[0]
    place = next(cell.column_letter for cell in page[HEADER_ROW + 1] if cell.value == "身份证号码")
    assert page.column_dimensions[place].number_format == "@"


def test_the_page_hands_it_out_for_ones_own_units_only(login, county_clerk, county_b, school_a):
    client, own = login(county_clerk), reverse("template_file", args=["teachers"])
    page = client.get(reverse("import_new")).content.decode()

    answer = client.get(own)

    assert f'href="{own}new/"' in page
    assert answer["Content-Disposition"].startswith("attachment")
    assert open_workbook(answer.content)
    assert zipfile.ZipFile(io.BytesIO(client.get(f"{own}?unit={school_a.public_id}").content)).testzip() is None
    assert client.get(f"{own}?unit={county_b.public_id}").status_code == 404
    assert client.get(reverse("template_file", args=["nonsense"])).status_code == 404
