"""What comes in is often bad: each file and each row gets a sentence that says what, where, why and what to do."""

import datetime as dt
import json
import random
import subprocess
import sys
import zipfile
from html import escape
from io import BytesIO

import pytest
import xlsxwriter
from django.urls import reverse
from django.utils import translation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from core.exchange.applying import apply_batch
from core.exchange.kinds import all_kinds, columns_of, sections_of
from core.exchange.models import Batch, BatchRow
from core.exchange.reading.messages import sentence_of
from core.exchange.report import summary
from core.exchange.services import NotNow, accept_batch
from core.records.models import Change
from personnel.models import Contact, Education, Teacher
from tests.core.exchange.books import CHEN, HEAD, LI, SCHOOL, WANG, book, counts, line, roster, sent, told
from tests.core.exchange.crafted import (
    cell,
    circling,
    compound,
    ods,
    ods_cells,
    ods_table,
    package,
    same_place,
    shared,
    sharing,
    sheet_xml,
    table,
    xls,
    zipped,
)  # fmt: skip
from tests.workbooks.people import identity_number

pytestmark = pytest.mark.django_db
GOOD = [HEAD, line(WANG), line(LI)]


@pytest.fixture
def school(school_a):
    """The school that the rosters name."""
    return school_a


def blank_rows(count, last=0):
    return "".join(
        f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(last + 1, last + count + 1)
    )


def two_hundred_columns():
    return book(花名册=[[*HEAD, *(f"列{n}" for n in range(200))], [*line(WANG), *(["x"] * 200)]])


def huge(parts):
    """A workbook whose parts pack about thirty to one; 150 of them unpack to 225 MB."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with zipfile.ZipFile(BytesIO(book(花名册=GOOD))) as good:
            for name in good.namelist():
                archive.writestr(name, good.read(name))
        digits = "".join(f"{n * 7919 % 99991:05}" for n in range(20_000)).encode()
        part = digits + b"0123456789" * 140_000
        for number in range(parts):
            archive.writestr(f"xl/worksheets/more{number}.xml", part)
    return file.getvalue()


FILES = [
    pytest.param(lambda: b"%PDF-1.7 nothing to see", "not_a_workbook", id="no workbook"),
    pytest.param(lambda: zipped({"word/document.xml": "<w/>"}), "not_a_workbook", id="a letter"),
    pytest.param(lambda: b"", "empty_file", id="no byte"),
    pytest.param(lambda: compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "encrypted", id="encrypted"),
    pytest.param(
        lambda: package(sheet_xml(table(HEAD, line(WANG))), xl__vbaProject_DOT_bin="x"), "macros", id="macro-enabled"
    ),
    pytest.param(lambda: compound({"Workbook": same_place(256, apart=24)}), "too_many_sheets", id="256 sheets"),
    pytest.param(lambda: far_cells(3), "too_many_cells", id="cells of three sheets"),
    pytest.param(lambda: long_texts(32_000, 3_000), "too_much_text", id="96 MB of text"),
    pytest.param(lambda: long_texts(99_000, 1), "too_long_cell", id="a cell of 99,000 characters"),
    pytest.param(lambda: book(花名册=[HEAD]), "no_rows", id="headings only"),
    pytest.param(lambda: book(花名册=[]), "nothing_recognised", id="nothing at all"),
    pytest.param(lambda: book(通知=[["关于报送名册的通知"], ["各学校："]]), "nothing_recognised", id="a notice"),
    pytest.param(lambda: book(花名册=[("姓名", "工作单位"), (WANG[0], SCHOOL)]), "columns_missing", id="no identity number"),
    pytest.param(two_hundred_columns, "too_many_columns", id="200 columns"),
    pytest.param(lambda: huge(150), "unpacked_too_large", id="200 MB unpacked"),
    pytest.param(lambda: book(花名册=[(*HEAD, "性别", "性别"), line(WANG, "女", "女")]), "duplicate_header", id="a heading twice"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "code"), FILES)
@pytest.mark.usefixtures("school")
def test_a_file_that_cannot_be_read_says_why_in_both_languages_and_leaves_nothing(
    county_clerk, county_a, content, code
):
    changes = Change.objects.count()

    batch = sent(county_clerk, county_a, content())

    assert (batch.state, batch.trouble.get("code")) == (Batch.State.UNREADABLE, code)
    sentences = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            sentences[language] = sentence_of(batch.trouble)
    assert sentences["zh-hans"] != sentences["en"]
    assert not any("%(" in sentence for sentence in sentences.values())
    assert all(ending in sentences["zh-hans"][-1] for ending in "。")
    assert (BatchRow.objects.count(), Teacher.objects.count(), Change.objects.count()) == (0, 0, changes)
    with pytest.raises(NotNow):
        accept_batch(actor=county_clerk, batch=batch)


@pytest.mark.usefixtures("school")
def test_a_million_blank_formatted_rows_are_no_rows(county_clerk, county_a):
    content = package(sheet_xml(table(HEAD, line(WANG)) + blank_rows(1_000_000, last=2)))

    batch = sent(county_clerk, county_a, content)

    assert counts(batch) == {"new": 1}
    assert len(batch.report["sheets"][0]["skipped_rows"]) < 1000


PEAK = """
import re, sys
from pathlib import Path
from django.core.management import CommandError, call_command
import django
django.setup()
try:
    call_command(*sys.argv[1:])
except CommandError:
    pass
sys.stderr.write(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def far_cells(sheets):
    """A workbook that uses many cells of each sheet, nearly all of them blank."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        for number in range(sheets):
            sheet = workbook.add_worksheet(f"{number}")
            sheet.write_row(0, 0, HEAD)
            sheet.write_string(50_000, 25, "x")
    return file.getvalue()


def long_texts(length, rows):
    """A roster of rows that share one remark."""
    return sharing(roster_xml(rows), shared("x" * length))


def many_texts():
    """As many cells as a workbook may have, each with a text of its own in memory."""
    return ods(ods_table(ods_cells("名册", rows=200_000, columns=15)))


WHATEVER = [
    pytest.param(
        lambda: package(sheet_xml(table(HEAD, line(WANG)) + blank_rows(1_000_000, last=2))), "checked", id="blank rows"
    ),
    pytest.param(lambda: huge(150), "unreadable", id="200 MB unpacked"),
    pytest.param(lambda: long_texts(1_000_000, 60), "unreadable", id="one text of a million in 60 rows"),
    pytest.param(lambda: long_texts(1_000_000, 2_000), "unreadable", id="one text of a million in 2,000 rows"),
    pytest.param(lambda: long_texts(32_000, 2_000), "checked", id="just not too much text"),
    pytest.param(lambda: long_texts(32_000, 20_000), "unreadable", id="640 MB of text"),
    pytest.param(lambda: far_cells(20), "unreadable", id="26 million blank cells on 20 sheets"),
    pytest.param(many_texts, "unreadable", id="just not too many cells"),
    pytest.param(
        lambda: ods("".join(ods_table(ods_cells("x", rows=1_000_000, columns=15), name) for name in "甲乙丙丁")),
        "unreadable", id="60 million cells on four sheets",
    ),
    pytest.param(lambda: ods(ods_table(ods_cells("x" * 1_000_000, rows=2_000))), "unreadable", id="2 GB of text"),
    pytest.param(lambda: circling(lists=0), "unreadable", id="a table in circles"),
    pytest.param(lambda: circling(lists=2), "unreadable", id="lists of tables in circles"),
]  # fmt: skip


@pytest.mark.parametrize("number", [4, pytest.param(len(WHATEVER), marks=pytest.mark.soak)])
def test_memory_stays_bounded_whatever_comes(committed_db, county_clerk, county_a, school_a, tmp_path, number):
    """So many of them, drawn by lot; each is read by a process of its own, whose memory is measured."""
    who = ["--unit", county_a.code, "--actor", county_clerk.user.username]
    for chosen in random.sample(WHATEVER, number):
        content, state = chosen.values
        file = tmp_path / "sent"
        file.write_bytes(content())
        command = [sys.executable, "-c", PEAK, "import_workbook", str(file), *who, "--json"]

        done = subprocess.run(
            command, env=committed_db.environment, capture_output=True, text=True, check=False, timeout=60
        )

        assert json.loads(done.stdout)["state"] == state, (chosen.id, done.stderr)
        assert int(done.stderr) < 400_000, f"{chosen.id}: {done.stderr} kB"


def stored_bytes(batch):
    return sum(len(content) for content in BatchRow.objects.filter(batch=batch).values_list("content", flat=True))


@pytest.mark.usefixtures("school")
def test_rows_keep_the_beginning_of_a_long_cell(county_clerk, county_a):
    """Of a column that nobody reads, too."""
    batch = sent(county_clerk, county_a, long_texts(30_000, 60))

    assert counts(batch) == {"new": 1, "refused": 59}
    assert stored_bytes(batch) < 60 * 4_000


def roster_xml(rows):
    """One person again and again, with a remark that all rows share."""
    people = table(*[line(WANG)] * rows, start=2)
    remarks = (f'<c r="D{number}" t="s"><v>0</v></c></row>' for number in range(2, rows + 2))
    return table((*HEAD, "备注")) + "".join(
        row + remark for row, remark in zip(people.split("</row>")[:-1], remarks, strict=True)
    )


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize("form", ["csv", "inline"])
def test_a_cell_that_no_spreadsheet_can_hold_is_named(county_clerk, county_a, form):
    rows = [(*HEAD, "备注"), (*line(WANG), "好"), (*line(LI), "长" * 32_768)]
    content = "\n".join(map(",".join, rows)).encode() if form == "csv" else package(sheet_xml(table(*rows)))

    batch = sent(county_clerk, county_a, content, name="表.csv")

    said = {"sheet": "表", "row": 3, "column": "D", "limit": 32_767}
    assert (batch.state, batch.trouble) == (Batch.State.UNREADABLE, {"code": "too_long_cell", "params": said})
    assert not BatchRow.objects.exists()


def faulty():
    """A sheet with a calculated formula, one that was never calculated, an error, and serial numbers by formula."""
    rows = table(("序号", *HEAD, "籍贯", "毕业院校"))
    for number, person, origin in (
        (2, WANG, '<c r="E2" t="str"><f>"山西"&amp;"太原"</f><v>山西太原</v></c>'),
        (3, LI, '<c r="E3"><f>VLOOKUP(B3,Sheet2!A:B,2,0)</f></c>'),
        (4, CHEN, '<c r="E4" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
    ):
        cells = "".join(cell(f"{column}{number}", text) for column, text in zip("BCD", line(person), strict=True))
        rows += f'<row r="{number}"><c r="A{number}"><f>ROW()-1</f></c>{cells}{origin}</row>'
    return package(sheet_xml(rows))


@pytest.mark.usefixtures("school")
def test_formulas_count_by_their_values_and_errors_are_named(county_clerk, county_a):
    batch = sent(county_clerk, county_a, faulty())

    assert told(batch) == {("表", 3, "籍贯", "no_cached_value"), ("表", 4, "籍贯", "error_cell")}
    assert Teacher.objects.get().native_place == "山西太原"


@pytest.mark.usefixtures("school")
def test_script_in_a_name_is_refused_and_shown_as_text(county_clerk, county_a, login):
    script = "<script>alert(1)</script>"
    content = roster(["毕业院校", "学历"], line((script, LI[1]), "", ""), line(WANG, script, "本科"))

    batch = sent(county_clerk, county_a, content)

    assert told(batch) == {("花名册", 2, "姓名", "not_a_name")}
    client = login(county_clerk)
    teacher = Teacher.objects.get()
    assert Education.objects.get().school == script
    places = [
        reverse("batch", args=[batch.public_id]) + "?tab=refused",
        reverse("batch", args=[batch.public_id]) + "?tab=new",
        reverse("teacher", args=[teacher.public_id]) + "?tab=learning",
        reverse("teacher_history", args=[teacher.public_id]),
    ]
    pages = [client.get(place).content.decode() for place in places]
    assert all(script not in page for page in pages)
    assert all(escape(script) in page for page in pages[:2])


@pytest.mark.usefixtures("school")
def test_invisible_and_right_to_left_characters_are_taken_out_and_told(county_clerk, county_a):
    content = roster([], line(("王\u200b小\u202e梅", f"\u200f{WANG[1]}\u2060")), line(LI, unit=f"\ufeff{SCHOOL}\u200b"))

    batch = sent(county_clerk, county_a, content)

    assert (counts(batch), told(batch)) == ({"new": 2}, set())
    assert set(Teacher.objects.values_list("name", flat=True)) == {"王小梅", "李建国"}
    assert told(batch, severity="warning") == {
        ("花名册", 2, "姓名", "hidden_characters"),
        ("花名册", 2, "身份证号", "hidden_characters"),
        ("花名册", 3, "工作单位", "hidden_characters"),
    }


@pytest.mark.usefixtures("school")
def test_a_name_of_five_thousand_characters_is_refused_and_cut_where_it_is_shown(county_clerk, county_a, login):
    batch = sent(county_clerk, county_a, roster(["籍贯"], line(("王" * 5000, WANG[1]), ""), line(LI, "山" * 5000)))

    assert told(batch) == {("花名册", 2, "姓名", "too_long"), ("花名册", 3, "籍贯", "too_long")}
    problems = summary(batch)["problems"]
    assert all(len(problem["value"]) < 150 for problem in problems)
    page = login(county_clerk).get(reverse("batch", args=[batch.public_id]), {"tab": "refused"}).content.decode()
    assert "王" * 200 not in page
    assert "王" * 50 in page


@pytest.mark.usefixtures("school")
def test_the_longest_name_has_search_keys_that_fit(county_clerk, county_a):
    batch = sent(county_clerk, county_a, roster([], line(("庄" * 60, WANG[1]))))

    assert counts(batch) == {"new": 1}
    again = sent(county_clerk, county_a, roster([], line(("双" * 60, WANG[1]))))
    assert counts(again) == {"changed": 1}
    assert Teacher.objects.get().pinyin.startswith("shuang shuang")


@pytest.mark.usefixtures("school")
def test_dates_of_1900_and_2099_are_refused_as_far_off(county_clerk, county_a):
    head = ["出生日期", "参加工作时间", "从教时间", "学历", "毕业时间"]
    content = roster(
        head,
        line(WANG, "", "1900-01-01", "", "", ""),
        line(LI, "", "", "2099-12-31", "", ""),
        line(CHEN, "", "", "", "本科", "2099.07"),
    )

    batch = sent(county_clerk, county_a, content)

    assert told(batch) >= {
        ("花名册", 2, "参加工作时间", "implausible_date"),
        ("花名册", 3, "从教时间", "implausible_date"),
        ("花名册", 4, "毕业时间", "implausible_date"),
    }
    assert counts(batch) == {"refused": 3}


@pytest.mark.parametrize(
    ("born", "code"),
    [
        (dt.date(1900, 1, 1), "implausible_date"),
        (dt.date(2020, 5, 1), "too_young"),
        (dt.date(2099, 5, 1), "too_young"),
    ],
)
@pytest.mark.usefixtures("school")
def test_nobody_on_staff_was_born_in_1900_or_is_a_child(county_clerk, county_a, born, code):
    batch = sent(county_clerk, county_a, roster([], line(("赵一", identity_number("140702", born, 11)))))

    assert told(batch) == {("花名册", 2, "身份证号", code)}


@pytest.mark.parametrize(
    ("caption", "day"),
    [("填报时间：2099年9月1日", "2026-11-22"), ("填报时间：2027年9月1日", "2027-09-01"), ("2003年", "2026-11-22")],
)
@pytest.mark.usefixtures("school")
def test_a_day_of_the_sheet_far_ahead_does_not_count(county_clerk, county_a, caption, day):
    batch = sent(county_clerk, county_a, book(花名册=[[caption], *GOOD]))

    assert (str(batch.day), counts(batch)) == (day, {"new": 2})


@pytest.mark.usefixtures("school")
def test_a_number_that_may_be_january_or_october_is_ambiguous(county_clerk, county_a):
    content = roster(["参加工作时间"], line(WANG, 2008.1), line(LI, "2001.10"), line(CHEN, 2013.07))

    batch = sent(county_clerk, county_a, content)

    assert told(batch) == {("花名册", 2, "参加工作时间", "ambiguous_date")}
    assert {str(teacher.work_start) for teacher in Teacher.objects.all()} == {"2001-10", "2013-07"}


@pytest.mark.usefixtures("school")
def test_numbers_and_addresses_that_the_file_cannot_hold_are_refused_one_by_one(county_clerk, county_a):
    head = ["任教学科", "周课时", "电子邮箱"]
    content = roster(
        head,
        line(WANG, "语文", 1000, ""),
        line(LI, "数学", "12.25", "li@example.cn"),
        line(CHEN, "英语", 12.5, "chen＠example"),
        line(("赵一", identity_number("140702", dt.date(1980, 5, 1), 11)), "英语", 12.5, "zhao@example.cn"),
    )

    batch = sent(county_clerk, county_a, content)

    assert told(batch) == {
        ("花名册", 2, "周课时", "out_of_range"),
        ("花名册", 3, "周课时", "out_of_range"),
        ("花名册", 4, "电子邮箱", "not_an_email"),
    }
    assert Contact.objects.get().email == "zhao@example.cn"
    assert counts(sent(county_clerk, county_a, content)) == {"same": 1, "refused": 3}


def test_numbers_of_units_are_of_things(county_clerk, county_a):
    head = ("学校标识码", "学校名称", "学年", "在校学生数", "班级数", "核定编制数")
    content = book(
        学校=[
            head,
            ("3140702001", "甲小学", "2026-2027", -5, 6, 20),
            ("3140702002", "乙小学", "2026—2027学年", 99_999_999_999, 6, 20),
            ("3140702003", "丙小学", "2026-2029", 300, 6, 20),
            ("3140702004", "丁小学", "2026", 300, 6.5, 20),
            ("3140702005", "戊小学", "2026-2027学年度", 300, 6, 20),
            ("", "己小学", "", 300, 6, 20),
        ]
    )

    batch = sent(county_clerk, county_a, content)

    assert told(batch) == {
        ("学校", 2, "在校学生数", "out_of_range"),
        ("学校", 3, "在校学生数", "out_of_range"),
        ("学校", 4, "学年", "not_a_school_year"),
        ("学校", 5, "班级数", "not_a_number"),
        ("学校", 7, "学校标识码", "missing"),
    }
    assert counts(sent(county_clerk, county_a, content)) == {"same": 1, "refused": 5}


@pytest.mark.usefixtures("school")
def test_a_column_that_nobody_reads_is_named(county_clerk, county_a):
    batch = sent(county_clerk, county_a, roster(["血型", "身高（cm）", ""], line(WANG, "A", 165, "")))

    assert summary(batch)["sheets"][0]["unmapped"] == ["血型", "身高（cm）"]
    assert counts(batch) == {"new": 1}


@pytest.mark.usefixtures("school")
def test_fifteen_digits_enter_nobody_and_find_a_person_on_file(county_clerk, county_a):
    old = WANG[1][:6] + WANG[1][8:17]
    content = book(花名册=[[*HEAD, "性别"], [WANG[0], old, SCHOOL, "女"], [*line(LI), "男"]])

    first = sent(county_clerk, county_a, content)
    sent(county_clerk, county_a, roster(["性别"], line(WANG, "女")))
    again = sent(county_clerk, county_a, content)

    assert (counts(first), told(first)) == (
        {"new": 1, "refused": 1},
        {("花名册", 2, "身份证号", "fifteen_digits")},
    )
    assert (counts(again), told(again)) == ({"same": 2}, set())
    assert told(again, severity="warning") == {("花名册", 2, "身份证号", "fifteen_digits")}


@pytest.mark.usefixtures("school")
def test_fifteen_digits_find_a_person_whom_another_sheet_enters(county_clerk, county_a):
    phones = [("身份证号", "联系电话"), (WANG[1][:6] + WANG[1][8:17], "13835412345")]

    batch = sent(county_clerk, county_a, book(花名册=[[*HEAD, "性别"], [*line(WANG), "女"]], 通讯录=phones))

    assert (counts(batch), told(batch)) == ({"new": 2}, set())


def test_an_unknown_name_beside_a_known_code_is_told(county_clerk, county_a, school_a):
    head = (*HEAD, "单位代码")

    batch = sent(county_clerk, county_a, book(花名册=[head, [*line(WANG, unit="查无此校"), school_a.code]]))

    assert (counts(batch), told(batch)) == ({"new": 1}, set())
    assert told(batch, severity="warning") == {("花名册", 2, "工作单位", "unit_name_unknown")}
    assert SCHOOL in summary(batch)["problems"][0]["message"]


@pytest.mark.usefixtures("school")
def test_two_subjects_in_one_cell_are_named_and_not_dropped(county_clerk, county_a):
    batch = sent(county_clerk, county_a, roster(["任教学科"], line(WANG, "语文、数学"), line(LI, "语文")))

    assert told(batch) == {("花名册", 2, "任教学科", "several_codes")}
    assert "语文、数学" in summary(batch)["problems"][0]["message"]


@pytest.mark.usefixtures("school")
def test_a_nul_in_a_cell_or_a_caption_harms_nothing(county_clerk, county_a):
    rows = table(["花名册_x0000_"], [*HEAD, "学历"], [*line(WANG), "本科_x0000_"], ["备注：某某_x0000_"])

    batch = sent(county_clerk, county_a, package(sheet_xml(rows)))

    assert counts(batch) == {"new": 1}
    assert told(batch, severity="warning") == {("表", 3, "学历", "hidden_characters")}
    assert Education.objects.get().level == "21"
    assert [entry[3] for entry in batch.report["sheets"][0]["skipped"]] == ["花名册", "备注:某某"]
    assert [entry[:2] for entry in batch.report["read_as"]] == [["education", "本科"]]


def test_a_nul_in_the_name_of_an_entry_is_refused_and_named(county_clerk, county_a):
    content = package(sheet_xml(table(HEAD, line(WANG))), xl__QQQQ_DOT_xml="<a/>").replace(b"xl/QQQQ", b"xl/Q\0QQ")

    batch = sent(county_clerk, county_a, content)

    assert batch.trouble == {"code": "unsafe_names", "params": {"part": "xl/QQQ.xml"}}


@pytest.mark.usefixtures("school")
def test_what_has_no_value_to_belong_to_is_told_and_not_dropped_in_silence(county_clerk, county_a):
    head = ["毕业院校", "学历", "取得时间", "职称"]
    content = roster(head, line(WANG, "山西大学", "", "", ""), line(LI, "", "", "2015.12", "无"))

    batch = sent(county_clerk, county_a, content)

    assert counts(batch) == {"new": 2}
    assert told(batch, severity="warning") == {
        ("花名册", 2, "毕业院校", "left_out"),
        ("花名册", 3, "取得时间", "left_out"),
    }
    again = sent(county_clerk, county_a, content)
    assert (counts(again), told(again, severity="warning")) == ({"same": 2}, told(batch, severity="warning"))


@pytest.mark.usefixtures("school")
def test_a_heading_repeated_on_every_printed_page_is_no_person(county_clerk, county_a):
    head = ("姓  名", "身份证\n号码", "工作单位")

    batch = sent(county_clerk, county_a, book(花名册=[head, line(WANG), head, line(LI)]))

    assert (counts(batch), told(batch)) == ({"new": 2}, set())


@pytest.mark.usefixtures("school")
def test_of_two_educations_the_one_named_highest_is_read_and_the_other_named(county_clerk, county_a):
    parents = ("姓名", "身份证号", "工作单位", "第一学历", "", "", "最高学历", "", "")
    children = ("", "", "", "学历", "毕业院校", "毕业时间", "学历", "毕业院校", "毕业时间")
    person = (*line(WANG), "大专", "忻州师范学院", "2006.07", "本科", "山西大学", "2010.07")

    batch = sent(county_clerk, county_a, book(花名册=[parents, children, person]))

    assert (counts(batch), told(batch)) == ({"new": 1}, set())
    assert summary(batch)["sheets"][0]["unmapped"] == ["第一学历/学历", "第一学历/毕业院校", "第一学历/毕业时间"]
    assert Education.objects.get().school == "山西大学"


@pytest.mark.usefixtures("school")
def test_a_file_of_any_form_gives_the_same_people(county_clerk, county_a, written):
    name, content = written

    batch = sent(county_clerk, county_a, content, name=name)

    assert (counts(batch), told(batch)) == ({"new": 2}, set())
    assert set(Teacher.objects.values_list("name", "native_place")) == {(WANG[0], "山西太原"), (LI[0], "陕西榆林")}


@pytest.fixture(params=["xls", "ods", "gb18030.csv", "utf-16.csv", "utf-8-sig.csv", "tab.csv"])
def written(request):
    """The same two people as .xls, as .ods and as texts of several codings."""
    rows = [(*HEAD, "籍贯"), line(WANG, "山西太原"), line(LI, "陕西榆林")]
    if request.param == "xls":
        return "花名册.xls", xls(*rows)
    if request.param == "ods":
        return "花名册.ods", as_ods(rows)
    coding = {"tab.csv": "utf-8"}.get(request.param, request.param.removesuffix(".csv"))
    sign = "\t" if request.param == "tab.csv" else ","
    return "花名册.csv", "\r\n".join(sign.join(row) for row in rows).encode(coding)


def as_ods(rows):
    document = OpenDocumentSpreadsheet()
    sheet = Table(name="花名册")
    for row in rows:
        drawn = TableRow()
        for text in row:
            place = TableCell(valuetype="string")
            place.addElement(P(text=text))
            drawn.addElement(place)
        sheet.addElement(drawn)
    document.spreadsheet.addElement(sheet)
    file = BytesIO()
    document.write(file)
    return file.getvalue()


@pytest.mark.usefixtures("school")
def test_the_same_workbook_twice_changes_nothing_and_says_so(county_clerk, county_a, login):
    content = book(花名册=GOOD)
    first, second = sent(county_clerk, county_a, content), sent(county_clerk, county_a, content)

    assert (counts(first), counts(second)) == ({"new": 2}, {"same": 2})
    assert second.report["same_file_as"] == first.pk
    with pytest.raises(NotNow):
        accept_batch(actor=county_clerk, batch=sent(county_clerk, county_a, content, accept=False))
    page = login(county_clerk).get(reverse("batch", args=[second.public_id])).content.decode()
    assert f"{first.pk}" in page


@pytest.mark.usefixtures("school")
def test_two_batches_of_one_workbook_checked_before_either_is_accepted_enter_nobody_twice(county_clerk, county_a):
    first = sent(county_clerk, county_a, book(花名册=GOOD), accept=False)
    second = sent(county_clerk, county_a, book(花名册=GOOD), accept=False)

    apply_batch(first.pk, county_clerk)
    after = apply_batch(second.pk, county_clerk)

    assert (Teacher.objects.count(), counts(after)) == (2, {"refused": 2})
    assert {code for *_place, code in told(after)} == {"stale"}


@pytest.mark.parametrize("kind", ["units", "teachers"])
def test_no_column_takes_more_than_its_field_holds(kind):
    places = {
        (place.name, column.limit, section.model._meta.get_field(place.field).max_length)
        for section in sections_of(kind)
        for place in section.places
        if not place.protected
        for column in [columns_of(all_kinds()[kind]).get(place.name)]
        if column is not None
        and column.kind in {"text", "name"}
        and hasattr(section.model._meta.get_field(place.field), "max_length")
    }

    assert places
    assert [place for place in places if place[2] is not None and place[1] > place[2]] == []
