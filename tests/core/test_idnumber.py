"""Identity numbers against GB 11643-1999 and its published examples."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.idnumber import IdNumber, InvalidIdNumber, check_character, parse


def built(region: str, birth: date, sequence: int) -> str:
    """A valid number, its check character from the congruence: the weighted sum of all 18 is 1 modulo 11."""
    first17 = f"{region}{birth:%Y%m%d}{sequence:03}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(first17))
    return first17 + next("X" if check == 10 else str(check) for check in range(11) if (total + check) % 11 == 1)


numbers = st.builds(
    built,
    st.from_regex(r"[1-8][0-9]{5}", fullmatch=True),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    ("text", "birth", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "F"),
        ("440524188001010014", date(1880, 1, 1), "M"),
        ("320106198507154012", date(1985, 7, 15), "M"),
        ("510124197806304520", date(1978, 6, 30), "F"),
    ],
)
def test_valid_numbers_say_region_birth_and_sex(text, birth, sex):
    assert parse(text) == IdNumber(text, text[:6], birth, sex)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002X\t",
        "110105\u300019491231\u00a0002X\r\n",
        "\u200b1101051949\u200d1231002X\ufeff",
        "\u202a11010519491231002X\u202c",
        "110105491231002",
        "１１０１０５ ４９１２３１ ００２",
    ],
)
def test_ways_of_typing_lead_to_one_number(text):
    assert parse(text).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("1101051949123100", "length"),
        ("1.10105194912310E+17", "length"),
        ("11010519491231002XX", "length"),
        ("无", "length"),
        ("1" * 5000, "length"),
        ("11010519491231002*", "characters"),
        ("1101051949123100X2", "characters"),
        ("X10105194912310021", "characters"),
        ("身份证号码是十八位数字吗我不知道呀呀", "characters"),
        ("11010549123100X", "characters"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢٢", "characters"),
        ("411402197902290013", "date"),
        ("110105194913310021", "date"),
        ("110105000012310021", "date"),
        ("110105179912310021", "date"),
        ("110105790229002", "date"),
        ("110105194912310021", "check_digit"),
        ("320106198507154021", "check_digit"),
    ],
)
def test_refusals_name_the_first_rule_broken(text, code):
    with pytest.raises(InvalidIdNumber) as refusal:
        parse(text)

    assert refusal.value.code == code
    assert str(refusal.value) == code


def test_the_congruent_date_of_1979_shows_that_the_digit_alone_proves_nothing():
    assert check_character("41140219790229001") == "3"


@pytest.mark.parametrize(("text", "code"), [("1101051949123100", "length"), ("1101051949123100Ⅹ", "characters")])
def test_check_character_refuses_what_is_not_17_digits(text, code):
    with pytest.raises(InvalidIdNumber) as refusal:
        check_character(text)

    assert refusal.value.code == code


@given(numbers)
def test_built_numbers_are_read_back(number):
    read = parse(number)

    assert (read.number, read.region, f"{read.birth:%Y%m%d}") == (number, number[:6], number[6:14])
    assert read.sex == ("M" if int(number[16]) % 2 else "F")
    assert check_character(number[:17]) == number[17]
    assert parse(str(read)) == read


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789"))
def test_any_single_wrong_digit_is_found(number, place, digit):
    assume(number[place] != digit)
    wrong = number[:place] + digit + number[place + 1 :]

    with pytest.raises(InvalidIdNumber):
        parse(wrong)


@given(numbers, st.integers(0, 16))
def test_any_two_neighbours_exchanged_are_found(number, place):
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assume(wrong != number)

    with pytest.raises(InvalidIdNumber):
        parse(wrong)


@given(st.text() | st.text("0123456789Xx０ ", min_size=15, max_size=20))
def test_any_text_is_a_number_or_refused_with_a_code(text):
    assert outcome_of(text) in {"length", "characters", "date", "check_digit", "valid"}


def outcome_of(text: str) -> str:
    try:
        parse(text)
    except InvalidIdNumber as refusal:
        return refusal.code
    return "valid"
