"""The next number of a unit's papers: one after the other in a year, without gaps, whoever issues at the same moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max

from core.documents.models import IssuedDocument, NumberPrefix
from core.documents.rules import Numbering
from core.org.models import Unit, UnitProfile
from core.parameters.selectors import at


@dataclass(frozen=True, slots=True)
class Number:
    """A number that belongs to the open transaction: it is free again when that fails."""

    prefix: str
    year: int
    serial: int
    text: str


def prefix_of(unit: Unit, kind: str, on: date) -> str:
    """How the unit's numbers of a kind begin on a day: as the unit has set it, else the unit's own (short) name."""
    own = NumberPrefix.objects.filter(unit=unit, kind=kind, valid__contains=on).values_list("prefix", flat=True).first()
    if own:
        return str(own)
    profile = UnitProfile.objects.filter(unit=unit, valid__contains=on).first()
    return (profile.short_name or profile.name) if profile is not None else unit.code


def allocate(unit: Unit, kind: str, on: date) -> Number:
    """The next number, kept from everybody else until the open transaction ends. Raises `ParameterMissing`."""
    prefix, year = prefix_of(unit, kind, on), on.year
    _lock(unit.pk, prefix, year)
    taken: Any = IssuedDocument.objects.filter(unit=unit, prefix=prefix, year=year).aggregate(last=Max("serial"))
    serial = (taken["last"] or 0) + 1
    return Number(prefix, year, serial, at(Numbering, on, unit=unit).written(prefix, year, serial))


def _lock(unit: int, prefix: str, year: int) -> None:
    with connection.cursor() as cursor:
        series = f"documents.number:{unit}:{year}:{prefix}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [series])
