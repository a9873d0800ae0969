"""Amounts of money: yuan as Decimal, never a binary fraction."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from core.text import clean

# Wide enough that no sum of a province is cut; the default context would refuse or round beyond 28 digits.
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)
_MAX_TYPED_LENGTH: Final = 40
_TYPED: Final = re.compile(r"([+-]?) ?¥? ?([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+) ?元?", re.ASCII)


class InvalidAmount(ValueError):
    """The value is no amount of money; `.code` is "not_an_amount"."""

    def __init__(self) -> None:
        super().__init__("not_an_amount")
        self.code: Final = "not_an_amount"


def yuan(value: Decimal | int | str) -> Decimal:
    """The amount exactly as given: "12,345.67", "¥12,345.67", "1200元", full-width digits, whole numbers.

    Raises InvalidAmount for a text that is no plain amount, for infinity and for "not a number"; TypeError
    for a float, whose cents are already lost, and for a truth value.
    """
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise InvalidAmount
        return value
    if isinstance(value, str):
        return _typed(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("an amount is a Decimal, a whole number or a text")
    return Decimal(value)


def round_half_up(amount: Decimal | int, places: int = 2) -> Decimal:
    """The amount with this many decimal places, a half rounded away from zero (-0.125 to -0.13).

    Negative places round to tens and hundreds, and still give a plain number (125 with -1 is 130).
    """
    rounded = yuan(amount).quantize(Decimal(1).scaleb(-places), context=_EXACT)
    return rounded if places >= 0 else rounded.quantize(Decimal(1), context=_EXACT)


def format_yuan(amount: Decimal | int, places: int = 2) -> str:
    """The amount as it is shown: "¥12,345.67", "-¥0.50"; rounded half up to the places."""
    rounded = round_half_up(amount, places)
    sign = "-" if rounded < 0 else ""
    return f"{sign}¥{abs(rounded):,f}"


def _typed(text: str) -> Decimal:
    plain = clean(text) if len(text) <= _MAX_TYPED_LENGTH else ""
    found = _TYPED.fullmatch(plain)
    if found is None or (found[1] and found[2]):
        raise InvalidAmount
    return Decimal(found[1] + found[2] + found[3].replace(",", ""))
