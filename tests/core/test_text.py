"""Cleaning, header keys, empty words and pinyin keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from core.text import (
    EMPTY_WORDS,
    _sounds,
    clean,
    clean_name,
    has_hidden_characters,
    header_key,
    is_empty,
    masked_name,
    pinyin_keys,
    veiled,
    visible_difference,
)


def test_only_the_first_character_of_a_name_is_told():
    assert [masked_name(name) for name in ("张三", "欧阳修文", "买买提·艾力", "安", "")] == [
        "张*",
        "欧*",
        "买*",
        "安*",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  张\u200b三 \r\n", "张三"),
        ("大学\u3000\u00a0本科\t毕业", "大学 本科 毕业"),
        ("ＡＢＣ１２３（女）", "ABC123(女)"),
        ("\ufeff\u202e张三\u202c", "张三"),
        ("张\x00三\x07", "张三"),
        ("a\u200b\u0301", "á"),
        ("plain  text", "plain text"),
        ("葛\U000e0100城", "葛城"),
        ("\ud800张三", "张三"),
        ("\u3164", ""),
        *((f"古丽娜尔{dot}买买提", "古丽娜尔·买买提") for dot in "・•‧·･∙⋅"),
    ],
)
def test_clean(text, cleaned):
    assert clean(text) == cleaned


def test_clean_keeps_private_and_rare_characters_of_names():
    assert clean("\ue863𠮷䶮") == "\ue863𠮷䶮"


@given(st.text())
def test_clean_is_final_and_hides_nothing(text):
    once = clean(text)

    assert clean(once) == once
    assert not has_hidden_characters(once)
    assert "  " not in once
    assert once == once.strip()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张　三", "张三"),
        (" 欧 阳 修 ", "欧阳修"),
        ("古丽娜尔.买买提", "古丽娜尔·买买提"),
        ("古丽娜尔． 买买提", "古丽娜尔·买买提"),
        ("古丽娜尔 • 买买提", "古丽娜尔·买买提"),
        ("John  Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
    ],
)
def test_clean_name(text, name):
    assert clean_name(text) == name


@given(st.text("张三·.． ・J\u200b"))
def test_clean_name_is_final(text):
    assert clean_name(clean_name(text)) == clean_name(text)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("参加工作\n时间", "参加工作时间"),
        ("姓  名", "姓名"),
        ("姓\u3000名：", "姓名"),
        ("*身份证号", "身份证号"),
        ("出生年月（例：1985.07）", "出生年月(例:1985.07)"),
        ("联系电话【必填】", "联系电话(必填)"),
        ("联系电话〔必填〕", "联系电话[必填]"),
        ("教师ＩＤ", "教师id"),
    ],
)
def test_headings_of_one_column_have_one_key(left, right):
    assert header_key(left) == header_key(right)


def test_headings_of_two_columns_have_two_keys():
    assert len({header_key(text) for text in ("出生年月", "出生日期", "联系电话", "联系电话(家)")}) == 4


@pytest.mark.parametrize("text", ["张\u200b三", "\ufeff张三", "张三\u202e", "张\x00三", "张三\u00ad", "葛\ufe00"])
def test_hidden_characters_are_found(text):
    assert has_hidden_characters(text)


@pytest.mark.parametrize("text", ["张三", "张\t三\r\n", "古丽娜尔·买买提", "ＡＢ　Ｃ", "é", ""])
def test_visible_text_hides_nothing(text):
    assert not has_hidden_characters(text)


@pytest.mark.parametrize(
    ("left", "right", "differ"), [("张三", " 张\u200b三", False), ("张三", "张二", True), ("Ａ", "A", False)]
)
def test_visible_difference(left, right, differ):
    assert visible_difference(left, right) is differ


@pytest.mark.parametrize(
    "text",
    [
        *EMPTY_WORDS,
        " ",
        "\u3000",
        "\u200b",
        "/",
        "／",
        "-",
        "－",
        "—",
        "——",
        "---",
        "//",
        "\\",
        "_",
        "无 ",
        "（无）",
        "暂 无",
        "N/A",
        "NULL",
    ],
)
def test_empty_words(text):
    assert is_empty(text)


@pytest.mark.parametrize("text", ["0", "无锡", "吴", "否", "不详", "1-2", "空军", "(", "()无"])
def test_words_that_say_something(text):
    assert not is_empty(text)


@pytest.mark.parametrize(
    ("name", "full", "spaced", "initials"),
    [
        ("张三", "zhangsan", "zhang san", "zs"),
        ("张　三", "zhangsan", "zhang san", "zs"),
        ("单玉兰", "shanyulan", "shan yu lan", "syl"),
        ("单于明", "shanyuming", "shan yu ming", "sym"),
        ("仇丽", "qiuli", "qiu li", "ql"),
        ("区志强", "ouzhiqiang", "ou zhi qiang", "ozq"),
        ("解红", "xiehong", "xie hong", "xh"),
        ("曾敏", "zengmin", "zeng min", "zm"),
        ("查良", "zhaliang", "zha liang", "zl"),
        ("朴英", "piaoying", "piao ying", "py"),
        ("翟梅", "zhaimei", "zhai mei", "zm"),
        ("缪斌", "miaobin", "miao bin", "mb"),
        ("尉迟恭", "yuchigong", "yu chi gong", "ycg"),
        ("万俟雪", "moqixue", "mo qi xue", "mqx"),
        ("欧阳静", "ouyangjing", "ou yang jing", "oyj"),
        ("任静", "renjing", "ren jing", "rj"),
        ("吕梅", "lvmei", "lv mei", "lm"),
        ("古丽娜尔·买买提", "gulinaermaimaiti", "gu li na er mai mai ti", "glnemmt"),
        ("John Smith", "johnsmith", "john smith", "js"),
        ("", "", "", ""),
        ("——", "", "", ""),
    ],
)
def test_pinyin_keys(name, full, spaced, initials):
    assert pinyin_keys(name) == (full, spaced, initials)


def test_a_reading_of_a_surname_is_for_the_surname_only():
    assert pinyin_keys("张单").spaced == "zhang dan"


@given(st.text("张三单曾尉迟·aB 1-", max_size=8))
def test_pinyin_keys_are_one_reading_in_three_forms(name):
    keys = pinyin_keys(name)

    assert keys.full == keys.spaced.replace(" ", "")
    assert keys.initials == "".join(word[0] for word in keys.spaced.split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证350726199001010011", "身份证**************0011"),
        ("35072619900101001x。", "**************001x。"),
        ("350726 19900101 001X", "****************001X"),
        ("350726 1990 0101 0011", "*****************0011"),
        ("350726900101001", "***********1001"),
        ("电话13900001234、139 0000 1234", "电话*******1234、*********1234"),
        ("(0359)8722222 0359-8722222", "(********2222 ********2222"),
        ("6222021234567890123", "***************0123"),
        ("6222 0212 3456 7890 123", "******************* 123"),
        ("３５０７２６１９９００１０１００１１", "**************００１１"),
        ("350726\u200b199001010011", "**************0011"),
    ],
)
def test_numbers_of_people_are_veiled_in_running_text(text, shown):
    assert veiled(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-2027学年度第一学期", "2025-09-01 2026-08-31", "20250901-20260831", "校标识码2135910002", "共 2811 人，合计 1234567.89",
        "教师 2026-11-29 1030.xlsx", "e3b0c442-98fc-4c14-9afb-f4c8996fb924",
    ],
)  # fmt: skip
def test_other_numbers_stay(text):
    assert veiled(text) == text


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=3))
def test_a_given_name_sounds_as_the_library_says(word):
    assert _sounds(word) == tuple(lazy_pinyin(word))
