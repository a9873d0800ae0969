"""When two identity numbers may be one, written wrongly once."""

import pytest

from core.idnumber import check_character
from personnel.rules import alike_numbers


def number(body):
    return body + check_character(body)


ONE = number("35072619800501123")


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (ONE, True),
        (number("35072619800501133"), True),  # one digit of the order
        (number("35072619800501213"), True),  # two neighbours swapped
        (number("35072619810501123"), True),  # another year
        (number("35072619800501146"), False),  # two digits
        (number("35072619800501321"), False),  # two digits swapped that are no neighbours
        (number("35072619920812045"), False),
        (ONE[:6] + ONE[8:17], True),  # the old form of 15 digits
        (ONE.lower(), True),
        ("350726800501124", True),  # the old form, one digit wrong
        ("E12345678", False),
        ("", False),
    ],
)
def test_one_digit_two_neighbours_and_the_old_form_are_alike(other, alike):
    assert alike_numbers(ONE, other) is alike
    assert alike_numbers(other, ONE) is alike


def test_numbers_of_other_documents_are_compared_as_they_are():
    assert alike_numbers("H1234567", "H1234576")
    assert not alike_numbers("H1234567", "H1243576")
