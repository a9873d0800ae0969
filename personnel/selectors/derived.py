"""What rules compute of a file: age, years of work and of teaching, the highest education, the birth date that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.parameters.selectors import ParameterMissing, at
from core.rules import Amount
from personnel import rules
from personnel.choices import ENDED
from personnel.selectors.file import Part
from personnel.selectors.retirement import RetirementTables


@dataclass(frozen=True, slots=True)
class Derived:
    """The computed facts of a file on a day. A value is None where its inputs or its parameters are not there."""

    age: int | None
    service: Amount | None
    teaching: Amount | None
    education: Any
    birth: rules.CountingBirth | None
    retirement: rules.RetirementPlan | None = None
    category_decided: bool = False
    missing: tuple[str, ...] = ()


def derived(teacher: Any, parts: list[Part], on: date, unit: Any) -> Derived:
    """Compute from the records of a file, already read; `unit` is where the person belongs, for parameters of provinces and counties."""
    rows = {part.section.name: part.rows for part in parts}
    birth = rules.counting_birth(teacher.birth, _decision(rows.get("birth", [])))
    missing: list[str] = []
    breaks = [rules.Interruption(one.starts, one.ends, one.cause, one.counts_as_work) for one in rows.get("breaks", [])]
    counting = _parameters(rules.ServiceCounting, on, unit, missing)
    recorded = _holding(rows.get("retirement", []), on)
    return Derived(
        age=rules.age(birth.birth.first_day(), on) if birth and birth.birth.first_day() <= on else None,
        service=rules.service_years(teacher.work_start, breaks, on, counting)
        if teacher.work_start and counting
        else None,
        teaching=rules.teaching_years(teacher.teaching_start, breaks, on, counting)
        if teacher.teaching_start and counting
        else None,
        education=_education(rows.get("education", []), on, unit, missing),
        birth=birth,
        retirement=_retirement(teacher, birth, recorded, on, unit) if _works(rows, on) else None,
        category_decided=recorded is not None,
        missing=tuple(missing),
    )


def _holding(rows: list[Any], on: date) -> Any:
    return next((row for row in rows if row.period.contains(on)), None)


def _works(rows: dict[str, list[Any]], on: date) -> bool:
    status = _holding(rows.get("status", []), on)
    return status is None or status.status not in ENDED


def _retirement(
    teacher: Any, birth: rules.CountingBirth | None, recorded: Any, on: date, unit: Any
) -> rules.RetirementPlan | None:
    """When the person retires: by the category decided for them, else by sex and post family."""
    if birth is None or birth.birth.first_day() > on:
        return None
    tables = RetirementTables.at(on, unit)
    usual = rules.usual_category(teacher.sex, teacher.post_family, tables.ages)
    return tables.plan(birth.birth, recorded.category if recorded is not None else usual)


def _decision(rows: list[Any]) -> rules.BirthByArchive | None:
    return rules.BirthByArchive(rows[0].by_archive, rows[0].counts, rows[0].document) if rows else None


def highest(rows: list[Any], on: date, unit: Any) -> Any:
    """The record with the highest education among those of a file; None where none counts."""
    return _education(rows, on, unit, [])


def _education(rows: list[Any], on: date, unit: Any, missing: list[str]) -> Any:
    """The record with the highest education."""
    ranks = _parameters(rules.EducationRanks, on, unit, missing) if rows else None
    if ranks is None:
        return None
    best = rules.highest_education([rules.Studies(row.pk, row.level, row.ends, row.full_time) for row in rows], ranks)
    return next((row for row in rows if best is not None and row.pk == best.key), None)


def _parameters(schema: Any, on: date, unit: Any, missing: list[str]) -> Any:
    try:
        return at(schema, on, unit=unit)
    except ParameterMissing:
        missing.append(schema.table)
        return None
