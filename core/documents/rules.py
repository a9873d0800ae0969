"""Numbers, codes and names of papers: pure, without the clock and the database."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import ClassVar, Final

from core.rules import Parameters

# Digits and letters that nobody takes for each other: 32 of them, five bits each.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# 16 signs are 80 random bits.
SIGNS: Final = 16
GROUP: Final = 4
MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
PARTS: Final = ("{prefix}", "{year}", "{serial}")


@dataclass(frozen=True, kw_only=True)
class Numbering(Parameters):
    """How the number of a paper is written; `pattern` has the parts {prefix}, {year} and {serial}, each once."""

    table: ClassVar[str] = "documents.numbering"
    pattern: str

    def __post_init__(self) -> None:
        rest = self.pattern
        for part in PARTS:
            if self.pattern.count(part) != 1:
                msg = f"the pattern {self.pattern!r} has not exactly one {part}"
                raise ValueError(msg)
            rest = rest.replace(part, "")
        if "{" in rest or "}" in rest:
            msg = f"the pattern {self.pattern!r} has other parts than {', '.join(PARTS)}"
            raise ValueError(msg)

    def written(self, prefix: str, year: int, serial: int) -> str:
        """The number as it stands on the paper."""
        said = {"{prefix}": prefix, "{year}": str(year), "{serial}": str(serial)}
        number = self.pattern
        for part in reversed(PARTS):
            number = number.replace(part, said[part])
        return number


def new_code() -> str:
    """A fresh verification code: random, so that none can be guessed from another."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SIGNS))


def written_code(code: str) -> str:
    """A code as it is printed, in groups of four."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def read_code(typed: str) -> str:
    """The code that somebody typed, whatever case, blanks, dashes and look-alikes; empty where it can be none."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(MISREAD)
    return signs if len(signs) == SIGNS and set(signs) <= set(ALPHABET) else ""
