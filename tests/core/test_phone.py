"""Telephone numbers as people write them."""

import pytest

from core.phone import InvalidPhone, read_phone


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800001234", "13800001234"), (" 138 0000 1234 ", "13800001234"), ("+86-138-0000-1234", "13800001234"),
        ("１３８００００１２３４", "13800001234"), ("'13800001234", "13800001234"), ("0599-1234567", "0599-1234567"),
        ("(010)12345678转803", "010-12345678-803"), ("1234 5678", "12345678"),
    ],
)  # fmt: skip
def test_a_number_has_one_form(text, number):
    assert read_phone(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12345", "not_a_phone"), ("23800001234", "not_a_phone"), ("电话不详", "not_a_phone"), ("", "not_a_phone"),
        ("13800001234、13900001234", "several_phones"), ("13800001234 0599-1234567", "not_a_phone"),
    ],
)  # fmt: skip
def test_what_is_none_says_why(text, code):
    with pytest.raises(InvalidPhone) as caught:
        read_phone(text)
    assert caught.value.code == code
