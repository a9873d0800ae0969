"""`python -m bench.history`: what history costs: bulk inserts and updates with and without the history triggers."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db.models import NOT_PROVIDED

from bench.figures import Figure, Report
from bench.ground import Ground, ground
from core.dates import BEFORE_RECORDS
from core.records.bulk import allocate, copy_rows, period_text, update_rows
from core.records.changes import change
from core.records.models import DataKey
from core.records.vault import fresh_key
from personnel.models import Education, Employment, Teacher

ROWS = 20_000
ROUNDS = 3
Rows = list[list[Any]]


@dataclass(frozen=True)
class Table:
    """A table of records: the columns of new rows, the rows for persons, and the column that is updated to one value."""

    model: Any
    columns: list[str]
    rows: Callable[[list[int], Ground], Rows]
    changed: str
    value: Any


def _people(ids: list[int], place: Ground) -> Rows:
    _key, wrapped, master = fresh_key()
    (key_id,) = allocate(DataKey, 1)
    copy_rows(DataKey, ["id", "wrapped", "master"], [[key_id, wrapped, master]])
    return [[pk, key_id, f"人{pk}", f"ren {pk}", "r", "1", "03", "2010-09", pk] for pk in ids]


def _studies(ids: list[int], place: Ground) -> Rows:
    return [[pk, "20", "3", "山西大学", "数学", "2010-07", pk] for pk in ids]


def _employments(ids: list[int], place: Ground) -> Rows:
    return [[pk, place.county.pk, True, period_text(BEFORE_RECORDS), pk] for pk in ids]


PERSON = ["id", "key_id", "name", "pinyin", "initials", "sex", "ethnicity", "work_start", "source_row"]
STUDIES = ["teacher_id", "level", "degree", "school", "subject", "ends", "source_row"]
EMPLOYMENT = ["teacher_id", "unit_id", "in_quota", "valid", "source_row"]
TABLES = (
    Table(Teacher, PERSON, _people, "native_place", "山西太原"),
    Table(Education, STUDIES, _studies, "subject", "物理学"),
    Table(Employment, EMPLOYMENT, _employments, "in_quota", False),
)


def main() -> int:
    """Measure, tell, and say by the exit code whether every limit was met."""
    report = Report("history")
    found = [{kept: _measure(kept) for kept in (True, False)} for _ in range(ROUNDS)]
    for model in (table.model for table in TABLES):
        for verb, limit in (("insert", 1.8), ("update", 3.0)):
            name = model._meta.model_name
            ratios = [one[True][model, verb] / one[False][model, verb] for one in found]
            bare = statistics.median(one[False][model, verb] for one in found)
            report.tell(
                Figure(f"{verb} of {ROWS:,} rows without history, {name}", bare, "s"),
                Figure(f"{verb} with history, {name}", statistics.median(ratios), "×", "at most", limit),
            )
    return 0 if report.met else 1


def _measure(with_history: bool) -> dict[tuple[Any, str], float]:
    """Seconds of each verb on each table, committed."""
    seconds: dict[tuple[Any, str], float] = {}
    with ground() as place:
        if not with_history:
            _drop_triggers(place)
        ids = allocate(Teacher, ROWS)
        for table in TABLES:
            insert, update = _measure_table(place, table, ids)
            seconds[table.model, "insert"], seconds[table.model, "update"] = insert, update
    return seconds


def _measure_table(place: Ground, table: Table, ids: list[int]) -> tuple[float, float]:
    rest = _rest(table)
    rows = [[*row, *rest.values()] for row in table.rows(ids, place)]
    insert = _timed(place, lambda: copy_rows(table.model, [*table.columns, *rest], rows))
    place.settle()
    stored = table.model._base_manager.values_list("pk", "revision")
    lines = [[pk, revision, table.value] for pk, revision in stored]
    return insert, _timed(place, lambda: update_rows(table.model, [table.changed], lines))


def _rest(table: Table) -> dict[str, Any]:
    """The other columns that cannot be empty, with the model's defaults."""
    fields = [field for field in table.model._meta.concrete_fields if not field.null and not field.primary_key]
    missing = [field for field in fields if field.column not in table.columns and field.db_default is NOT_PROVIDED]
    return {field.column: field.get_default() for field in missing}


def _timed(place: Ground, write: Callable[[], int]) -> float:
    began = time.perf_counter()
    with change("bench.write", actor=place.clerk, reason="bench"):
        write()
    return time.perf_counter() - began


def _drop_triggers(place: Ground) -> None:
    """The same tables without history: what keeps revisions and refuses TRUNCATE stays."""
    with psycopg.connect(place.database.owner_url) as owner:
        for table in (table.model._meta.db_table for table in TABLES):
            names = owner.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname LIKE '%%history%%'",
                [table],
            ).fetchall()
            for (name,) in names:
                owner.execute(f'DROP TRIGGER "{name}" ON "{table}"')


if __name__ == "__main__":
    sys.exit(main())
