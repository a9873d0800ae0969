"""The pure rules of files that look like one person's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from core.idnumber import InvalidIdNumber, parse
from core.rules import Parameters

# Grounds on which two files look like one person's; the last one speaks against it.
NAME_BIRTH, PINYIN_BIRTH, FORMER_NAME, NAME = "name_birth", "pinyin_birth", "former_name", "name"
IDENTITY, PHONE, CERTIFICATE, STAFF_NUMBER = "identity", "phone", "certificate", "staff_number"
OTHER_NUMBER: Final = "other_number"
# As many characters differ where two neighbours are swapped.
SWAPPED: Final = 2


@dataclass(frozen=True, kw_only=True)
class Likenesses(Parameters):
    """How much each ground weighs, from which sum on two files are shown, and how many people may share a value before it says nothing."""

    table: ClassVar[str] = "personnel.likeness"
    least: int
    most_sharing: int
    weights: Mapping[str, int]

    def __post_init__(self) -> None:
        if self.least < 1 or self.most_sharing < 2:
            raise ValueError("something must be alike, and two people share at least")

    def weight(self, grounds: Iterable[str]) -> int:
        """The sum of the grounds; a ground that the table does not name weighs nothing."""
        return sum(self.weights.get(ground, 0) for ground in grounds)


def alike_numbers(one: str, other: str) -> bool:
    """Whether two numbers may be one, written wrongly once: one character differs, or two neighbours are swapped.

    Resident numbers are compared in their 18-character form, so an old one of 15 digits is that of 18 digits, and without the check
    character, which a wrong digit makes another one. Equal numbers are alike.
    """
    first, second = _body(one), _body(other)
    if len(first) != len(second):
        return False
    differing = [place for place, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    if len(differing) != SWAPPED:
        return len(differing) < SWAPPED
    left, right = differing
    return right == left + 1 and first[left] == second[right] and first[right] == second[left]


def _body(number: str) -> str:
    try:
        return parse(number).number[:-1]
    except InvalidIdNumber:
        return "".join(number.split()).upper()
