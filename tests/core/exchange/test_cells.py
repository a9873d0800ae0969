"""Each kind of field: what is read from a cell, what is only told, what keeps the row out."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from core.dates import PartialDate
from core.exchange.cells import Cleaned, ColumnCleaner, Problem, shown
from core.exchange.reading import CellFault
from core.exchange.recognition import FieldSpec
from core.text import header_key

NUMBER = "11010519491231002X"
MORNING = datetime(1985, 7, 13, 8, 30)  # noqa: DTZ001 a cell has no zone
COURSES = {
    header_key(word): code
    for word, code in (("语文", "13"), ("语", "13"), ("13", "13"), ("无", "0"), ("English (英语)", "41"))
}


def cleaner(kind: str, **options) -> ColumnCleaner:
    return ColumnCleaner(FieldSpec("field", ("列",), kind, **options), "列")


def read(kind: str, value, **options):
    """The value that was read; the test fails where the cell was refused or something was told."""
    result = cleaner(kind, **options)(value)
    assert result.problems == ()
    return result.value


def problem(kind: str, value, **options) -> tuple[str, str]:
    """(code, severity) of the one problem of a cell."""
    result = cleaner(kind, **options)(value)
    (found,) = result.problems
    assert found.column == "列"
    assert result.refused is (found.severity == "error")
    return found.code, found.severity


@pytest.mark.parametrize(
    "value", ["", " ", "　", "\u200b", "无", "暂无", "/", "—", "--", "（无）", "N/A", "未添加", None or ""]
)
@pytest.mark.parametrize("kind", ["text", "name", "id_number", "date", "integer", "phone", "code"])
def test_empty_words_are_nothing_in_every_column(kind, value):
    assert cleaner(kind)(value) == Cleaned(None)


@pytest.mark.parametrize("value", ["", "无", "  /  "])
def test_a_required_field_must_say_something(value):
    assert problem("name", value, required=True) == ("missing", "error")


def test_columns_may_have_empty_words_of_their_own():
    assert read("text", "无学位", empty_words=frozenset({"无学位"})) is None
    assert read("text", "无", words=frozenset({"无"})) == "无"
    assert read("code", "无", codes=COURSES) == "0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  太原师范学院 ", "太原师范学院"), ("ＡＢＣ１２３", "ABC123"), ("多\n行", "多 行"), (12.0, "12"),
        (3.5, "3.5"), (True, "TRUE"),
        (date(1985, 7, 1), "1985-07-01"), (MORNING, "1985-07-13 08:30:00"),
        (time(8, 30), "08:30:00"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"), ("=1+1", "=1+1"),
    ],
)  # fmt: skip
def test_text(value, text):
    assert read("text", value) == text


def test_text_longer_than_its_field_is_refused_with_both_lengths():
    result = cleaner("text", max_length=100)("长" * 5000)

    (found,) = result.problems
    assert (found.code, found.params, len(found.value)) == ("too_long", {"length": 5000, "limit": 100}, 101)
    assert read("text", "长" * 100, max_length=100) == "长" * 100


def test_numbers_whose_digits_are_lost_are_refused_in_text_too():
    assert problem("text", 1.407241984031499e17) == ("number_cell", "error")


@pytest.mark.parametrize("value", ["张\u200b三", "\u202e张三", "\ufeff张三", "张三\u200f", "张\u00ad三"])
def test_hidden_characters_are_taken_out_and_told(value):
    result = cleaner("name")(value)

    assert result.value == "张三"
    assert [(each.code, each.severity) for each in result.problems] == [("hidden_characters", "warning")]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("张三", "张三"), ("张　三", "张三"), (" 张  三 ", "张三"), ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("Mary-Jane O'Neil", "Mary-Jane O'Neil"), ("李梅（大）", "李梅(大)"), ("王\U00020bb7", "王\U00020bb7"),
        ("〇玲", "〇玲"), ("José", "José"),
    ],
)  # fmt: skip
def test_names(value, name):
    assert read("name", value) == name


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        "张三<b>",
        "张三2",
        "12345",
        "张三;李四",
        "?三",
        "王?",
        "@",
        "张_三",
        12.0,
        True,
        date(2000, 1, 1),
        "😀",
    ],
)
def test_what_cannot_be_a_name_is_refused(value):
    assert problem("name", value) == ("not_a_name", "error")


def test_a_name_of_five_thousand_characters_is_refused():
    assert problem("name", "王" * 5000, max_length=60) == ("too_long", "error")


def test_a_character_of_a_private_area_is_told():
    result = cleaner("name")("王\ue863")

    assert (result.value, [each.code for each in result.problems]) == ("王\ue863", ["private_character"])


@pytest.mark.parametrize(
    "value",
    [
        NUMBER,
        NUMBER.lower(),
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        f"\t{NUMBER}",
        f"'{NUMBER}",
        f"‘{NUMBER}’",
        f"“{NUMBER}”",
    ],
)
def test_identity_numbers_as_people_type_them(value):
    assert read("id_number", value) == NUMBER


def test_an_old_identity_number_says_what_it_was_read_as():
    value, read_as, problems = cleaner("id_number")("110105491231002")

    assert (value, read_as) == (NUMBER, NUMBER)
    assert [(each.value, each.code, each.severity) for each in problems] == [
        ("110105491231002", "fifteen_digits", "warning")
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("110105194912310021", "check_digit"), ("11010519491231002", "length"), ("1101051949123100211", "length"),
        ("11010519491331002X", "date"),
        ("11010519491231O02X", "characters"), ("张三", "length"), (1.407241984031499e17, "number_cell"),
        (110105194912310021, "number_cell"),
        (1.1e15, "number_cell"), ("1.40724E+17", "number_cell"), ("1.40724198403e+17", "number_cell"),
        ("4.1E17", "number_cell"), (12345.0, "length"),
    ],
)  # fmt: skip
def test_identity_numbers_that_are_refused(value, code):
    assert problem("id_number", value) == (code, "error")


def test_an_old_number_stored_as_a_number_is_whole():
    assert read_value("id_number", 110105491231002.0) == NUMBER


def read_value(kind, value):
    return cleaner(kind)(value).value


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("1985.07", "1985-07"), ("1985年7月1日", "1985-07-01"), ("1985-7-1", "1985-07-01"),
        ("20170908", "2017-09-08"), (20170716.0, "2017-07-16"),
        ("2009/7/1", "2009-07-01"), (date(1985, 7, 13), "1985-07-13"), (MORNING, "1985-07-13"),
        (1985.07, "1985-07"),
        (1985.12, "1985-12"), ("1985-10", "1985-10"), (1985.0, "1985"), ("１９８５．０７", "1985-07"),
        ("1900-01-01", "1900-01-01"), ("2099-12-31", "2099-12-31"),
    ],
)  # fmt: skip
def test_dates_keep_their_precision(value, day):
    assert read("date", value) == PartialDate.parse(day)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("20141415", "not_a_date"), ("1985.13", "not_a_date"), ("1979-02-30", "not_a_date"), ("七月", "not_a_date"),
        (1985.1, "ambiguous_date"),
        ("85.7.1", "ambiguous_date"), (True, "not_a_date"), (time(8), "not_a_date"),
        (timedelta(days=3), "not_a_date"), (3.0, "not_a_date"),
        (date(1899, 12, 31), "not_a_date"), ("x" * 5000, "not_a_date"),
    ],
)  # fmt: skip
def test_dates_that_are_refused(value, code):
    assert problem("date", value) == (code, "error")


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("是", True),
        ("√", True),
        ("有", True),
        (True, True),
        (1.0, True),
        ("Y", True),
        ("否", False),
        ("×", False),
        ("无", False),
        ("x", False),
        (False, False),
        (0.0, False),
    ],
)
def test_yes_and_no(value, answer):
    assert read("yes_no", value) is answer


def test_what_is_neither_yes_nor_no():
    assert problem("yes_no", "也许") == ("not_yes_no", "error")
    assert cleaner("yes_no")("/") == Cleaned(None)


@pytest.mark.parametrize(
    ("value", "number"),
    [(12.0, 12), ("１２", 12), (" 1,020 ", 1020), ("72学时", 72), ("0", 0), ("-3", -3), ("12.0", 12)],
)
def test_whole_numbers(value, number):
    assert cleaner("integer", suffixes=("学时",))(value).value == number


def test_a_unit_after_a_number_is_told():
    assert cleaner("integer", suffixes=("学时",))("72学时") == Cleaned(72, "72")


@pytest.mark.parametrize("value", [12.5, "12.5", "十二", "1,02", "12人", True, date(2000, 1, 1), "1e5"])
def test_what_is_no_whole_number(value):
    assert problem("integer", value) == ("not_a_number", "error")


@pytest.mark.parametrize(("value", "number"), [(0.1, "0.1"), ("1,234.50", "1234.50"), (1300.0, "1300")])
def test_decimals_are_exact(value, number):
    result = read("decimal", value)

    assert isinstance(result, Decimal)
    assert str(result) == number


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        ("13800000000", "13800000000"), (13800000000.0, "13800000000"), (13800000000, "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("138 0000 0000", "13800000000"), ("+86 13800000000", "13800000000"),
        ("８６１３８００００００００", "13800000000"),
        ("0354-1234567", "0354-1234567"), ("03541234567", "0354-1234567"), ("(010)12345678", "010-12345678"),
        ("1234567", "1234567"),
        ("0354-1234567-801", "0354-1234567-801"), ("0354-1234567转801", "0354-1234567-801"),
        ("'13800000000", "13800000000"),
    ],
)  # fmt: skip
def test_phones(value, phone):
    assert read("phone", value) == phone


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1380000000", "not_a_phone"), ("138000000000", "not_a_phone"), ("12800000000", "not_a_phone"),
        ("电话", "not_a_phone"), (1.38e10 + 0.5, "not_a_phone"),
        ("13800000000、13900000000", "several_phones"), ("13800000000/0354-1234567", "several_phones"),
        ("13800000000 13900000000", "several_phones"), (True, "not_a_phone"), ("<script>", "not_a_phone"),
    ],
)  # fmt: skip
def test_what_is_no_phone(value, code):
    assert problem("phone", value) == (code, "error")


@pytest.mark.parametrize(
    ("value", "read_as"), [("语文", ""), ("语 文", "语文"), ("语", "语文"), (13.0, "语文"), ("１３", "语文")]
)
def test_words_of_a_code_list_say_what_they_were_read_as(value, read_as):
    assert cleaner("code", codes=COURSES, code_names={"13": "语文"})(value) == Cleaned("13", read_as)


def test_code_words_are_compared_without_case_width_and_blanks():
    assert read("code", "ＥＮＧＬＩＳＨ（英语）", codes=COURSES) == "41"
    assert problem("code", "火星语", codes=COURSES) == ("unknown_code", "error")


def test_faults_of_the_sheet_are_problems_of_the_cell():
    assert problem("text", CellFault("error_cell", "#REF!")) == ("error_cell", "error")
    assert problem("name", CellFault("no_cached_value"), required=True) == ("no_cached_value", "error")


@pytest.mark.parametrize("kind", ["text", "id_number", "date", "integer", "phone", "code", "yes_no"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_errors(kind, value):
    assert problem(kind, value) == ("error_cell", "error")


def test_a_serial_column_is_never_read():
    assert read("serial", "随便") is None


def test_what_was_seen_before_is_answered_the_same():
    column = cleaner("date")

    assert [column("1985.07") is column("1985.07"), column("x"), column(1.0), column(True)] == [
        True, column("x"), column(1.0), column(True),
    ]  # fmt: skip
    assert column("1") != column(1985.07)


def test_memory_of_a_column_is_bounded():
    column = cleaner("text")

    for number in range(45_000):
        column(f"值{number}")

    assert len(column._seen) <= 20_000
    assert column("值0").value == "值0"


def test_a_problem_learns_its_place():
    found = Problem("列", "x", "not_a_date").at("表", 7)

    assert (found.sheet, found.row, found.column, found.code) == ("表", 7, "列", "not_a_date")


def test_values_are_shown_as_their_reader_saw_them():
    assert [shown(value) for value in (12.0, 1985.1, 1.407241984031499e17, "x" * 200)] == [
        "12", "1985.1", "1.407241984031499E+17"[:0] + "1.4072419840315E+17", "x" * 100 + "…",
    ]  # fmt: skip
