"""Resident identity numbers (GB 11643-1999): read as people type them, in the 18-digit form.

Texts for people are the caller's: every refusal carries a `.code` and never the number itself, so that a log
line can hold it.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Final, Literal

from core.text import clean

Sex = Literal["M", "F"]
IdNumberProblem = Literal["length", "characters", "date", "check_digit"]

LENGTH: Final = 18
OLD_LENGTH: Final = 15
# The first numbering of 1984 served people born from the 1880s on; nothing outside these years can be a real
# birth.
FIRST_YEAR: Final = 1850
LAST_YEAR: Final = 2099

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
# What the sum of ASCII codes has too much, against the sum of the digits.
_CODE_EXCESS: Final = ord("0") * sum(_WEIGHTS)


class InvalidIdNumber(ValueError):
    """The text is no identity number; `.code` says which rule of GB 11643 it breaks first."""

    def __init__(self, code: IdNumberProblem) -> None:
        super().__init__(code)
        self.code: Final = code


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A valid number: 18 characters with an upper-case X, its region code, day of birth and sex.

    The region is the code as issued, which may have been abolished since.
    """

    number: str
    region: str
    birth: date
    sex: Sex

    def __str__(self) -> str:
        return self.number


def parse(text: str) -> IdNumber:
    """Read an identity number as people type it: full-width, lower-case x, blanks and zero-width characters.

    A valid 15-digit number becomes its 18-digit form. The rules are tried in the order length, characters,
    date, check_digit; the first one broken is the code of the InvalidIdNumber raised. Whether the day of
    birth is in the future is not asked here.
    """
    number = text
    if len(number) != LENGTH or not (number.isascii() and number.isdigit()):
        number = _normalised(text)
    birth = _birth(number[6:14])
    if _CHECK_CHARACTERS[(sum(map(mul, _WEIGHTS, number.encode())) - _CODE_EXCESS) % 11] != number[17]:
        raise InvalidIdNumber("check_digit")
    return IdNumber(number, number[:6], birth, _sex(number))


def is_resident_number(text: str) -> bool:
    """Whether a text is a number of 18 characters whose date and check character are right."""
    try:
        return len("".join(clean(text).split())) == LENGTH and bool(parse(text))
    except InvalidIdNumber:
        return False


def parsed(number: str) -> IdNumber:
    """What a number says that `parse` gave before: its rules are not tried once more."""
    return IdNumber(number, number[:6], _birth(number[6:14]), _sex(number))


def check_character(first17: str) -> str:
    """The check character ("0"-"9" or "X") of the first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2).

    Raises InvalidIdNumber "length" or "characters" for anything but 17 ASCII digits.
    """
    if len(first17) != LENGTH - 1:
        raise InvalidIdNumber("length")
    if not (first17.isascii() and first17.isdigit()):
        raise InvalidIdNumber("characters")
    return _CHECK_CHARACTERS[(sum(map(mul, _WEIGHTS, first17.encode())) - _CODE_EXCESS) % 11]


def _normalised(text: str) -> str:
    """The 18 plain characters of a number typed in any way, without a check of date and check digit."""
    number = "".join(clean(text).split()).upper()
    if len(number) not in (LENGTH, OLD_LENGTH):
        raise InvalidIdNumber("length")
    digits = number[:-1] if len(number) == LENGTH and number[-1] == "X" else number
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidIdNumber("characters")
    if len(number) == OLD_LENGTH:
        first17 = f"{number[:6]}19{number[6:]}"
        number = first17 + check_character(first17)
    return number


def _sex(number: str) -> Sex:
    return "M" if number[16] in "13579" else "F"


@lru_cache(maxsize=32768)
def _birth(digits: str) -> date:
    year = int(digits[:4])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidIdNumber("date")
    try:
        return date(year, int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InvalidIdNumber("date") from None
