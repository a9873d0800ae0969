"""Reading parameters: what a table says on a day in a unit. Missing is an error, never a default."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import get_language

from core.kept import Kept
from core.parameters.models import ParameterVersion
from core.parameters.schema import P, build, in_words


class ParameterMissing(LookupError):
    """A table says nothing on a day; the message names both."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """All versions by table and unit, in the order of their first days; dataclasses as they were asked for, by row."""

    versions: Mapping[tuple[str, int | None], tuple[ParameterVersion, ...]]
    built: dict[tuple[int, bool], Any] = field(default_factory=dict)


def at(schema: type[P], day: date, *, unit: Any = None) -> P:
    """What the table of `schema` says on a day: for the unit or the nearest above it that deviates, else nationally.

    References are in the language of the moment.

    Raises ParameterMissing where there is no version for the day, and InvalidParameter where the stored one is unfit.
    """
    version = version_at(schema.table, day, unit=unit)
    if version is None:
        raise ParameterMissing(f"{schema.table} has no version for {day}")
    built, english = _kept.get().built, get_language() == "en"
    if (version.pk, english) not in built:
        reference = (english and version.reference_en) or version.reference
        data = in_words(version.data, english=english)
        built[version.pk, english] = build(schema, data, reference=reference, mark=version.mark)
    known: P = built[version.pk, english]
    return known


def version_at(table: str, day: date, *, unit: Any = None) -> ParameterVersion | None:
    """The stored version behind `at`, None where there is none."""
    versions = _kept.get().versions
    places = [int(step) for step in reversed(unit.path.split("."))] if unit is not None else []
    for place in (*places, None):
        for version in versions.get((table, place), ()):
            if version.period.contains(day):
                return version
    return None


def forget() -> None:
    """Read the tables anew at the next use, in this process."""
    _kept.forget()


def _read_all() -> _Tables:
    found: dict[tuple[str, int | None], list[ParameterVersion]] = defaultdict(list)
    for version in ParameterVersion._base_manager.order_by("valid", "pk"):
        found[version.table, version.unit_id].append(version)
    return _Tables({key: tuple(versions) for key, versions in found.items()})


_kept = Kept(ParameterVersion, _read_all)
