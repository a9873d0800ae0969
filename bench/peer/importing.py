"""The peer at work: a workbook in, dry run, then the import, as the package's admin page does."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import psycopg
import xlsxwriter
from django.db import connection
from django.test import override_settings
from import_export.formats.base_formats import XLSX

from bench.peer.models import FlatTeacher
from bench.peer.resources import FlatTeacherResource
from core.records.access import APP_ROLE
from tests.ground.databases import Database

MODELS = (FlatTeacher, FlatTeacher.history.model)
FIELDS = [field.name for field in FlatTeacher._meta.concrete_fields if field.name != "id"]


def make_tables(database: Database) -> None:
    """The peer's table and its history, as its migration would make them."""
    with connection.schema_editor(collect_sql=True) as editor:
        for model in MODELS:
            editor.create_model(model)
    with psycopg.connect(database.owner_url) as owner:
        for statement in editor.collected_sql:
            owner.execute(statement)
        for model in MODELS:
            owner.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{model._meta.db_table}" TO {APP_ROLE}')
        owner.execute(f"GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")


def write_plain(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """The rows with one header of field names."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([FIELDS, *rows]):
            sheet.write_row(number, 0, row)


@override_settings(SIMPLE_HISTORY_ENABLED=True)
def import_rows(path: Path) -> float:
    """Seconds from the file to rows committed with their history."""
    began = time.perf_counter()
    content = path.read_bytes()
    for dry_run in (True, False):
        dataset = XLSX().create_dataset(content)
        result = FlatTeacherResource().import_data(dataset, dry_run=dry_run, use_transactions=True)
        if result.has_errors() or result.has_validation_errors():
            errors = [*result.base_errors, *(error for row in result.rows for error in row.errors)]
            raise RuntimeError(f"the peer refused its file: {[str(error.error) for error in errors[:1]]}")
    return time.perf_counter() - began
