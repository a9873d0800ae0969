"""Telephone numbers as people write them."""

from __future__ import annotations

import re
from typing import Final

from core.text import clean

_MOBILE: Final = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})", re.ASCII)
# Area codes have three digits in the largest cities, four elsewhere; an extension may follow.
_LANDLINE: Final = re.compile(
    r"\(?(0(?:10|2\d)|0[3-9]\d\d)?\)?[ -]*(\d{7,8}|\d{3,4}[ -]\d{4})(?: ?(?:转|ext\.?|x|-) ?(\d{1,6}))?", re.ASCII
)
_NOISE: Final = re.compile(r"[\s()-]+")
_DASHES: Final = str.maketrans("‐‑‒–—−", "------")
_BETWEEN: Final = re.compile(r"[、,;/]| (?=1[3-9]\d{9}|0\d{9,})")
_SHORTEST: Final = 7


class InvalidPhone(ValueError):
    """A text that is no number; `code` is "not_a_phone", or "several_phones" where it holds more than one."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_phone(text: str) -> str:
    """The number in its one form: eleven digits of a mobile phone, or area code, number and extension with dashes between.

    Blanks, brackets, full-width digits, a country code and an apostrophe in front do not matter. Raises `InvalidPhone`.
    """
    plain = clean(text).lstrip("'").translate(_DASHES)
    mobile = _MOBILE.fullmatch(_NOISE.sub("", plain))
    if mobile:
        return mobile[1]
    landline = _LANDLINE.fullmatch(plain)
    if landline:
        return "-".join(_NOISE.sub("", part) for part in landline.groups() if part)
    several = sum(sum(map(str.isdigit, part)) >= _SHORTEST for part in _BETWEEN.split(plain)) > 1
    raise InvalidPhone("several_phones" if several else "not_a_phone")
