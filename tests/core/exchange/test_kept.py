"""The paper behind an accepted fact stays as it was, whatever somebody types into psql as the application's role."""

from __future__ import annotations

from typing import Any

import pytest

from core.exchange.models import Batch, BatchRow
from tests.core.exchange.books import CHEN, LI, WANG, line, roster, sent
from tests.core.records.test_guards import APPEND_ONLY, Connection, refused


@pytest.fixture
def batch(committed_db: Any, county_clerk: Any, county_a: Any, school_a: Any) -> Batch:
    """An accepted batch of two rows."""
    return sent(county_clerk, county_a, roster([], line(WANG), line(LI)))


@pytest.fixture
def checked(batch: Batch, county_clerk: Any, county_a: Any) -> Batch:
    """A checked batch beside it, of another workbook."""
    return sent(county_clerk, county_a, roster([], line(CHEN)), accept=False)


def test_rows_of_an_accepted_batch_are_not_changed_taken_away_or_added(
    app_sql: Connection, batch: Batch, checked: Batch
) -> None:
    assert batch.state == Batch.State.APPLIED
    again = "INSERT INTO exchange_batchrow (batch_id, sheet, row, outcome, fields, problems, asked, content)"
    for query in (
        "UPDATE exchange_batchrow SET content = 'x', row = row + 900 WHERE batch_id = %s",
        "DELETE FROM exchange_batchrow WHERE batch_id = %s",
        f"{again} SELECT batch_id, 7, row, outcome, fields, problems, asked, content FROM exchange_batchrow WHERE batch_id = %s",
    ):
        refused(app_sql, APPEND_ONLY, query, [batch.pk])
    for one, other in ((batch, checked), (checked, batch)):
        move = "UPDATE exchange_batchrow SET batch_id = %s, sheet = 9 WHERE batch_id = %s"
        refused(app_sql, APPEND_ONLY, move, [one.pk, other.pk])
    assert BatchRow.objects.filter(batch=batch).count() == 2


def test_an_accepted_batch_stays_as_it_was(app_sql: Connection, batch: Batch) -> None:
    for change in (
        "state = 'checked'",
        "report = '{}'",
        "user_id = user_id + 1",
        "change_id = NULL",
        "applied_at = now()",
    ):
        refused(app_sql, APPEND_ONLY, f"UPDATE exchange_batch SET {change} WHERE id = %s", [batch.pk])
    refused(app_sql, APPEND_ONLY, "DELETE FROM exchange_batch WHERE id = %s", [batch.pk])


def test_a_batch_keeps_its_file_its_sender_and_its_unit_ever(app_sql: Connection, batch: Batch, checked: Batch) -> None:
    for column in ("file_id", "user_id", "unit_id"):
        refused(app_sql, APPEND_ONLY, f"UPDATE exchange_batch SET {column} = {column} + 1 WHERE id = %s", [checked.pk])


def test_a_batch_is_accepted_by_the_transaction_that_writes_it_only(
    app_sql: Connection, batch: Batch, checked: Batch
) -> None:
    forged = "UPDATE exchange_batch SET state = 'applied', change_id = %s WHERE id = %s"

    refused(app_sql, APPEND_ONLY, forged, [batch.change_id, checked.pk])
    refused(app_sql, APPEND_ONLY, forged, [None, checked.pk])


def test_what_waits_may_still_be_given_up(app_sql: Connection, checked: Batch) -> None:
    assert app_sql.execute("DELETE FROM exchange_batchrow WHERE batch_id = %s", [checked.pk]).rowcount == 1
    assert app_sql.execute("UPDATE exchange_batch SET state = 'abandoned' WHERE id = %s", [checked.pk]).rowcount == 1


def test_the_file_behind_a_batch_is_not_exchanged(app_sql: Connection, batch: Batch) -> None:
    refused(app_sql, APPEND_ONLY, "UPDATE records_storedfile SET digest = '0', name = 'forged.xlsx'")
    refused(app_sql, APPEND_ONLY, "DELETE FROM records_storedfile WHERE id = %s", [batch.file_id])


def test_the_guard_is_asked_once_for_each_statement(app_sql: Connection) -> None:
    by_row = (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'exchange_batchrow'::regclass "
        "AND tgname LIKE 'pgtrigger%' AND tgtype & 1 = 1"
    )

    assert app_sql.execute(by_row).fetchall() == []
