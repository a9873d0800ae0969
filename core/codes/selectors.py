"""Reading code lists: names of codes, choices for forms, what a written word means. No label costs a query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import get_language

from core.codes.models import Code
from core.kept import Kept
from core.text import header_key

MAX_LOOKUPS: Final = 256
_Reader = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CodeName:
    """One version of one code as a reader needs it; `unit` is None for national entries."""

    code: str
    name_zh: str
    name_en: str
    synonyms: tuple[str, ...]
    parent: str
    order: int
    starts: date
    ends: date | None
    unit: int | None
    mark: str
    reference: str

    def holds(self, on: date) -> bool:
        """Whether the version is in force on a day."""
        return self.starts <= on and (self.ends is None or on < self.ends)

    @property
    def label(self) -> str:
        """The name in the reader's language; Chinese where there is no English one."""
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en or self.name_zh


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """Every list, the versions of each code in the order of their first days; look-ups as they were asked for."""

    lists: Mapping[str, Mapping[str, tuple[CodeName, ...]]]
    lookups: dict[tuple[str, date, tuple[int, ...]], _Reader] = field(default_factory=dict)


def label(list_name: str, code: str, on: date | None = None) -> str:
    """The name of a code in the reader's language, as it was called on a day (default: as it is called last).

    A blank code has a blank label; a code that the list does not know is shown as it is, never hidden.
    """
    versions = _kept.get().lists.get(list_name, {}).get(code)
    if not versions:
        return code
    if on is not None:
        versions = tuple(version for version in versions if version.holds(on)) or versions
    national = [version for version in versions if version.unit is None]
    return (national or versions)[-1].label


def choices(list_name: str, on: date, unit: Any = None) -> list[tuple[str, str]]:
    """What a form offers on a day in a unit: (code, label) in the order of the list."""
    return [(entry.code, entry.label) for entry in entries(list_name, on, unit)]


def entries(list_name: str, on: date, unit: Any = None) -> list[CodeName]:
    """The codes that may be used on a day in a unit, in order: national ones, the unit's own and those above it."""
    chosen: dict[str, CodeName] = {}
    for entry in sorted(
        _in_force(list_name, on, _ancestry(unit)), key=lambda one: (one.unit is not None, one.order, one.code)
    ):
        chosen.setdefault(entry.code, entry)
    return list(chosen.values())


def lookup(list_name: str, on: date, unit: Any = None) -> _Reader:
    """What words mean on a day in a unit: `core.text.header_key(text)` → code.

    Readable are the code (also without its leading noughts), both names and all synonyms. Where a unit and one above it
    differ, the nearer counts.
    """
    catalogue = _kept.get()
    ancestry = _ancestry(unit)
    key = (list_name, on, ancestry)
    if key not in catalogue.lookups:
        if len(catalogue.lookups) >= MAX_LOOKUPS:
            catalogue.lookups.clear()
        catalogue.lookups[key] = _build_lookup(_in_force(list_name, on, ancestry), ancestry)
    return catalogue.lookups[key]


def code_of(list_name: str, text: str, on: date, unit: Any = None) -> str | None:
    """The code that a written word means on a day in a unit, None where the list does not know it."""
    return lookup(list_name, on, unit).get(header_key(text))


def list_names() -> list[str]:
    """The names of all lists that have entries."""
    return sorted(_kept.get().lists)


def forget() -> None:
    """Read the lists anew at the next use, in this process."""
    _kept.forget()


def _build_lookup(versions: list[CodeName], ancestry: tuple[int, ...]) -> _Reader:
    depth: dict[int | None, int] = {None: -1, **{pk: place for place, pk in enumerate(ancestry)}}
    read: dict[str, str] = {}
    shortened: dict[str, str] = {}
    for entry in sorted(versions, key=lambda one: depth[one.unit]):
        for word in (entry.code, entry.name_zh, entry.name_en, *entry.synonyms):
            if word:
                read[header_key(word)] = entry.code
        if entry.code.isdigit():
            shortened.setdefault(entry.code.lstrip("0"), entry.code)
    return MappingProxyType({**{word: code for word, code in shortened.items() if word}, **read})


def _in_force(list_name: str, on: date, ancestry: tuple[int, ...]) -> list[CodeName]:
    versions = (version for each in _kept.get().lists.get(list_name, {}).values() for version in each)
    return [version for version in versions if version.holds(on) and (version.unit is None or version.unit in ancestry)]


def _ancestry(unit: Any) -> tuple[int, ...]:
    """The unit and those above it, from the top, as primary keys."""
    return tuple(int(step) for step in unit.path.split(".")) if unit is not None else ()


def _read_all() -> _Catalogue:
    lists: dict[str, dict[str, list[CodeName]]] = defaultdict(lambda: defaultdict(list))
    for row in Code._base_manager.order_by("valid", "pk"):
        version = CodeName(
            row.code, row.name_zh, row.name_en, tuple(row.synonyms), row.parent, row.order, row.valid.lower,
            row.valid.upper, row.unit_id, row.mark, row.reference,
        )  # fmt: skip
        lists[row.list_name][row.code].append(version)
    return _Catalogue(
        {name: {code: tuple(versions) for code, versions in codes.items()} for name, codes in lists.items()}
    )


_kept = Kept(Code, _read_all)
