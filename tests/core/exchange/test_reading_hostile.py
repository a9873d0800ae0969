"""Files that must not be opened: each is refused with its code, before anything large is unpacked."""

import random
import struct
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from core.exchange.reading import Row, UnreadableFile, limits, open_workbook
from core.exchange.recognition import recognise
from tests.core.exchange.crafted import (
    HEADER,
    PERSON,
    SHEET,
    biff,
    cell,
    circling,
    compound,
    ods,
    ods_cells,
    ods_table,
    package,
    referring,
    same_place,
    shared,
    sharing,
    sheet_xml,
    table,
    xls,
    xlsx,
    zipped,
)  # fmt: skip
from tests.core.exchange.sample_kinds import KINDS

ROSTER = table(HEADER, PERSON)


def refusal(data: bytes, filename: str = "花名册.xlsx") -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(data, filename)
    return caught.value


def read(data: bytes, filename: str = "") -> None:
    for sheet in recognise(open_workbook(data, filename), KINDS).sheets:
        list(sheet.rows())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty_file", id="nothing"),
        pytest.param(b"%PDF-1.7 ...", "not_a_workbook", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(100), "not_a_workbook", id="picture"),
        pytest.param(bytes(range(256)) * 40, "not_a_workbook", id="binary"),
        pytest.param(b"\x81\xff\xff\x20" * 30, "not_a_workbook", id="no known coding"),
        pytest.param(zipped({"word/document.xml": "<w/>"}), "not_a_workbook", id="word"),
        pytest.param(zipped({"a.txt": "x"}), "not_a_workbook", id="zip"),
        pytest.param(zipped({"xl/workbook.bin": "x"}), "unsupported_format", id="xlsb"),
        pytest.param(b"\x09\x04\x06\x00" + bytes(50), "unsupported_format", id="excel 4"),
        pytest.param("<html><table>姓名</table></html>".encode(), "unsupported_format", id="web page"),
        pytest.param(b'<?xml version="1.0"?><Workbook/>', "unsupported_format", id="xml spreadsheet"),
        pytest.param(package(sheet_xml(ROSTER), xl__vbaProject_DOT_bin="x"), "macros", id="macros in xlsx"),
        pytest.param(package(sheet_xml(ROSTER), xl__macrosheets__sheet1_DOT_xml="x"), "macros", id="macro sheet"),
        pytest.param(ods(ods_table(""), Basic__Standard="x"), "macros", id="macros in ods"),
        pytest.param(compound({"Workbook": b"\x09\x08", "_VBA_PROJECT_CUR/": b""}), "macros", id="macros in xls"),
        pytest.param(compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "encrypted", id="encrypted xlsx"),
        pytest.param(ods("", **{"META-INF__manifest.xml": "<encryption-data/>"}), "encrypted", id="encrypted ods"),
        pytest.param(compound({"WordDocument": b"x"}), "not_a_workbook", id="doc"),
        pytest.param(package(sheet_xml(ROSTER))[:-40], "damaged", id="cut xlsx"),
        pytest.param(xls(HEADER, PERSON)[:3000], "damaged", id="cut xls"),
        pytest.param(package("<worksheet><sheetData><row"), "damaged", id="broken xml"),
        pytest.param(package("", xl__workbook_DOT_xml='<?xml version="1.0" encoding="x"?><a/>'), "damaged", id="code"),
    ],
)  # fmt: skip
def test_what_is_no_readable_workbook_is_refused_by_its_content(data, code):
    assert refusal(data).code == code


def test_the_name_of_a_file_does_not_matter():
    assert open_workbook(xlsx(HEADER, PERSON), "花名册.csv").form == "xlsx"
    assert open_workbook(xls(HEADER, PERSON), "花名册.xlsx").form == "xls"
    assert open_workbook(",".join(HEADER).encode("gb18030"), "花名册.xls").form == "csv"


def test_an_xls_with_a_password_is_refused():
    records = biff(xls(HEADER, PERSON))
    length = struct.unpack_from("<H", records, 2)[0] + 4
    file_pass = struct.pack("<HHH", 0x2F, 6, 0) + bytes(4)

    assert refusal(compound({"Workbook": records[:length] + file_pass + records[length:]})).code == "encrypted"


def test_an_xls_whose_chain_runs_in_circles_is_damaged():
    data = bytearray(compound({"Workbook": bytes(5000)}))
    table_at = 512 * (1 + struct.unpack_from("<L", data, 76)[0])
    struct.pack_into("<L", data, table_at + 4, 0)

    assert refusal(bytes(data)).code == "damaged"


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.truncate(limits.MAX_FILE_BYTES + 1)

    with pytest.raises(UnreadableFile) as caught:
        open_workbook(path)
    assert (caught.value.code, caught.value.params) == ("too_large", {"size": 60, "limit": 60})


def test_two_hundred_megabytes_unpacked_are_refused_from_the_directory():
    half = b" " * (101 * limits.MEGABYTE)

    error = refusal(package(half, xl__sharedStrings_DOT_xml=half))

    assert (error.code, error.params["limit"]) == ("unpacked_too_large", 200)


def test_a_part_packed_beyond_reason_is_a_bomb():
    assert refusal(package(b" " * (20 * limits.MEGABYTE))).code == "zip_bomb"


def test_a_directory_that_lies_about_a_size_is_a_bomb():
    data = bytearray(package(sheet_xml(ROSTER + " " * 5_000_000)))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        size = archive.getinfo(SHEET).file_size
    for at in _all(data, struct.pack("<L", size)):
        struct.pack_into("<L", data, at, 500)

    assert refusal(bytes(data)).code == "zip_bomb"


def test_parts_that_share_their_packed_bytes_are_a_bomb():
    data = bytearray(package(sheet_xml(ROSTER), xl__a="x" * 3000, xl__b="x" * 3000))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        first, second = (archive.getinfo(name).header_offset for name in ("xl/a", "xl/b"))
    at = data.index(b"PK\x01\x02")
    directory = data[at:].replace(struct.pack("<L", second) + b"xl/b", struct.pack("<L", first) + b"xl/b")

    assert refusal(bytes(data[:at] + directory)).code == "zip_bomb"


def test_too_many_parts_are_refused():
    parts = {f"xl/{number}": "" for number in range(limits.MAX_ENTRIES + 1)}

    assert refusal(zipped(parts)).code == "too_many_entries"


@pytest.mark.parametrize(
    "name", ["../evil.xml", "xl/../../evil", "/etc/passwd", "xl\\evil", "C:/evil", "XL/Workbook.xml"]
)
def test_names_that_point_elsewhere_or_come_twice_are_refused(name):
    data = package(
        sheet_xml(ROSTER), **{"placeholder" + "x" * (len(name) - 11) if len(name) > 11 else "x" * len(name): "x"}
    )
    data = data.replace(
        ("placeholder" + "x" * (len(name) - 11) if len(name) > 11 else "x" * len(name)).encode(), name.encode()
    )

    assert refusal(data).code == "unsafe_names"


@pytest.mark.parametrize("before", [0, 2**20 - 5])
def test_entities_are_refused_wherever_they_stand(before):
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>]>"
    comment = f"<!--{'x' * (before - 7)}-->" if before else ""
    content = comment + bomb + sheet_xml(ROSTER).partition("?>")[2]

    assert refusal(package(content)).code == "xml_entities"
    assert refusal(package(content.encode("utf-16"))).code == "xml_entities"
    assert refusal(package(sheet_xml(ROSTER), xl__sharedStrings_DOT_xml=content, **_strings())).code == "xml_entities"


def _strings() -> dict[str, str]:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    return {"xl___rels__workbook_DOT_xml_DOT_rels": relations}


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("XFD1048576", "too_many_columns"), ("GR3", "too_many_columns"), ("A1048576", "too_many_rows"),
        ("A9999999", "damaged"), ("ZZZ1", "damaged"), ("xfd1048576", "too_many_columns"),
    ],
)  # fmt: skip
def test_one_cell_far_away_does_not_take_the_memory(place, code):
    far = package(sheet_xml(ROSTER + f'<row r="{place.lstrip("XFDGRAZxfd")}">{cell(place, "x")}</row>'))

    assert refusal(far).code == code


def test_far_cells_that_are_blank_do_not_count():
    blank = "".join(f'<c r="{column}3" s="1"/>' for column in ("A", "GR", "XFD"))
    (sheet,) = recognise(open_workbook(package(sheet_xml(f'{ROSTER}<row r="3">{blank}</row>'))), KINDS).sheets

    assert [row.number for row in sheet.rows()] == [2]
    assert [(each.first, each.last, each.why) for each in sheet.skipped] == [(3, 3, "blank")]


def test_two_hundred_columns_are_refused_with_their_number():
    error = refusal(xlsx([*HEADER, *(f"列{number}" for number in range(197))], PERSON))

    assert (error.code, error.params) == ("too_many_columns", {"sheet": "表", "columns": 200, "limit": 180})


def test_too_many_merged_cells_are_refused():
    merges = '<mergeCells><mergeCell ref="A1:B1"/>' + '<mergeCell ref="A1:B1"/>' * limits.MAX_MERGES + "</mergeCells>"

    assert refusal(package(sheet_xml(ROSTER, after=merges))).code == "too_many_merges"


def ods_text(**attributes: str) -> str:
    said = " ".join(f'table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<table:table-cell {said} office:value-type="string"><text:p>x</text:p></table:table-cell>'


def test_repetitions_in_an_ods_are_counted_before_they_are_expanded():
    rows = f'<table:table-row table:number-rows-repeated="1048576">{ods_text()}</table:table-row>'
    columns = f"<table:table-row>{ods_text(number_columns_repeated='16384')}</table:table-row>"
    some = f"<table:table-row>{ods_text(number_columns_repeated='40')}</table:table-row>"

    assert refusal(ods(ods_table(rows + some))).code == "too_many_rows"
    assert refusal(ods(ods_table(columns + some))).code == "too_many_columns"


def test_a_text_file_with_an_open_quotation_mark_is_refused():
    data = '姓名,身份证号,性别\n"张三,11010519491231002X,女\n' + "李四,x,男\n" * 10_000

    assert refusal(data.encode()).code == "broken_quotes"


LONG = "长" * (limits.MAX_CELL_LENGTH + 1)


@pytest.mark.parametrize(
    ("data", "row", "column"),
    [
        pytest.param(sharing(ROSTER + referring("AB", (3, 4)), shared(LONG)), 3, "AB", id="xlsx"),
        pytest.param(ods(ods_table(ods_cells("x") + ods_cells(LONG))), 2, "A", id="ods"),
        pytest.param(ods(ods_table(ods_cells('<text:s text:c="4000000000"/>'))), 1, "A", id="ods, blanks by number"),
    ],
)
def test_a_cell_longer_than_excel_can_keep_is_named(data, row, column):
    error = refusal(data)

    said = {"sheet": "表", "row": row, "column": column, "limit": 32_767}
    assert (error.code, error.params) == ("too_long_cell", said)


@pytest.mark.parametrize(
    "kind", ['t="s"', "t='s'", 't = "s"', 't="str" t="s"', 't="s" x=""']
)  # fmt: skip
@pytest.mark.parametrize("strings", [shared("x" * 32_000), f"<si><r><t>{'x' * 32_000}</t></r></si>"])
def test_a_text_counts_as_often_as_cells_refer_to_it(kind, strings):
    most = limits.MAX_TEXT_BYTES // 32_000
    few, many = (sharing(ROSTER + referring("D", range(3, 3 + count), kind=kind), strings) for count in (9, most + 9))

    assert refusal(many).code == "too_much_text"
    if kind.count("t") == 1:
        assert [len(row.cells[3]) for row in rows_of(few) if row.number > 2] == [32_000] * 9


def rows_of(data: bytes) -> list[Row]:
    return list(open_workbook(data).sheets[0].rows())


@pytest.mark.parametrize(
    "before",
    [
        "<!-- <si><t>a</t></si> -->",
        '<si><t a="</t></si><si><t>">a</t></si>',
        "<si><t>a<si><t>b</t></si></t></si>",
        "<si><rPh><t>a</t></rPh></si>",
    ],
)
def test_texts_cannot_be_hidden_behind_others(before):
    """The text that is meant is another than the one of this number at first sight."""
    count = limits.MAX_TEXT_BYTES // 32_000 + 9
    strings = before + shared("x" * 32_000) + shared("y") * 3
    for index in (0, 1, 2):
        data = sharing(ROSTER + referring("D", range(3, 3 + count), index), strings)
        try:
            held = sum(len(row.cells[3]) for row in rows_of(data) if row.number > 2)
        except UnreadableFile as error:
            assert error.code in ("too_much_text", "damaged")  # noqa: PT017 any of the numbers may be refused
        else:
            assert held < limits.MAX_TEXT_BYTES


def test_texts_in_the_cells_themselves_count_too():
    digits = "".join(f"{number * 7919 % 99991:05}" for number in range(48_000))
    row = "".join(
        cell(f"{letter}{{0}}", digits[at : at + 30_000])
        for at, letter in zip(range(0, 240_000, 30_000), "ABCDEFGH", strict=True)
    )
    rows = "".join(row.format(number).join((f'<row r="{number}">', "</row>")) for number in range(3, 300))

    assert refusal(package(sheet_xml(ROSTER + rows))).code == "too_much_text"


def test_cells_of_all_sheets_count_together():
    rows = ods_cells("x", rows=20_000, columns=100)
    one, two = (ods("".join(ods_table(rows, name) for name in names)) for names in ("甲", "甲乙"))

    assert len(rows_of(one)) == 20_000
    assert refusal(two).code == "too_many_cells"


def test_the_sheets_of_an_xlsx_count_together():
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name in ("甲", "乙", "丙"):
            book.add_worksheet(name).write_row(0, 0, HEADER)
            book.get_worksheet_by_name(name).write_string(50_000, 25, "x")

    error = refusal(file.getvalue())

    assert (error.code, error.params) == ("too_many_cells", {"limit": limits.MAX_CELLS})


@pytest.mark.parametrize("many", ["+1000000", "00001000000", "99999999999", "9" * 5000])
def test_repetitions_are_counted_however_they_are_written(many):
    assert refusal(ods(ods_table(ods_cells("x", rows=many, columns=4)))).code == "too_many_rows"
    assert refusal(ods(ods_table(ods_cells("x", columns=many)))).code == "too_many_columns"


def test_a_text_repeated_in_an_ods_counts_each_time():
    assert refusal(ods(ods_table(ods_cells("x" * 30_000, rows=3_000)))).code == "too_much_text"


def test_cells_outside_of_rows_or_with_a_prefix_are_seen():
    assert refusal(package(sheet_xml('<c r="XFD1048576"><v>1</v></c>'))).code == "damaged"
    prefixed = sheet_xml(f'{ROSTER}<row r="3"><x:c r="XFD3"><v>1</v></x:c></row>')
    assert refusal(package(prefixed.replace("<worksheet ", '<worksheet xmlns:x="x" '))).code == "too_many_columns"


@pytest.mark.parametrize("lists", [0, 2])
def test_an_xls_that_names_a_sector_twice_is_damaged(lists):
    assert refusal(circling(lists=lists)).code == "damaged"


def test_sheets_of_an_xls_lie_at_places_of_their_own():
    assert refusal(compound({"Workbook": same_place(2)})).code == "damaged"
    assert refusal(compound({"Workbook": same_place(256, apart=24)})).code == "too_many_sheets"


@pytest.mark.parametrize(
    "marks", ['<c r="A1">' + "</f>" * 500_000, "<v " * 500_000, "<c " * 500_000, '<c r="A1" x="e"' + ' x="e"' * 300_000]
)
def test_marks_without_end_are_looked_at_once(marks):
    began = time.process_time()

    for rows in (marks, f'<row r="1"><c r="A1"><f></f>{marks}</c></row>'):
        with suppress(UnreadableFile):
            read(package(sheet_xml(f'<row r="3">{rows}</row>')))

    assert time.process_time() - began < 10


@pytest.mark.parametrize("times", [10, pytest.param(200, marks=pytest.mark.soak)])
@pytest.mark.parametrize("make", [xlsx, xls])
def test_broken_bytes_are_refused_or_read_but_nothing_else_happens(make, times):
    data = make(HEADER, PERSON, PERSON)
    chance = random.Random(20260910)
    codes = set()
    for _ in range(times):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            read(bytes(broken))
        except UnreadableFile as error:
            codes.add(error.code)
    assert "damaged" in codes


MEASURE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (700 * 1024**2,) * 2)
from core.exchange.reading import open_workbook
from core.exchange.recognition import recognise
from tests.core.exchange.sample_kinds import KINDS
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
(sheet,) = recognise(open_workbook(sys.argv[1]), KINDS).sheets
rows = [row.number for row in sheet.rows()]
last = list(sheet.skipped)[-1]
print(rows, last.first, last.last, last.why, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024 < 60)
"""


def test_a_million_blank_formatted_rows_cost_no_memory(tmp_path):
    path = tmp_path / "blank.xlsx"
    blank = "".join(f'<row r="{number}" s="1"><c r="A{number}" s="1"/></row>' for number in range(3, 1_000_001))
    path.write_bytes(package(sheet_xml(ROSTER + blank)))

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip

    assert done.stdout.strip() == "[2] 3 1000000 blank True"


def _all(data: bytearray, pattern: bytes) -> list[int]:
    places, at = [], data.find(pattern)
    while at >= 0:
        places.append(at)
        at = data.find(pattern, at + 1)
    return places
