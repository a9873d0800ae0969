"""An undone batch stays as it was, and only its own undo may say of it that it was undone, whatever somebody types into psql."""

from __future__ import annotations

from typing import Any

import pytest

from core.exchange.models import Batch, BatchRow
from tests.core.exchange.books import CHEN, LI, WANG, line, roster, sent
from tests.core.exchange.undoing import undone
from tests.core.records.test_guards import APPEND_ONLY, Connection, refused

OPEN = """INSERT INTO records_change (public_id, kind, actor_id, role, reason, document, source)
          VALUES (gen_random_uuid(), %s, %s, '', 'x', '', %s) RETURNING id"""
UNDO = "UPDATE exchange_batch SET state = 'undone', undo_change_id = %s, undone_at = now(), undo_report = '{}' WHERE id = %s"


@pytest.fixture
def batch(committed_db: Any, county_clerk: Any, county_a: Any, school_a: Any) -> Batch:
    """An accepted batch of two rows."""
    return sent(county_clerk, county_a, roster([], line(WANG), line(LI)))


def opened(sql: Connection, batch: Batch, kind: str = "exchange.undo", source: str = "") -> int:
    """A change of this transaction."""
    row = sql.execute(OPEN, [kind, batch.user_id, source or f"undo:{batch.pk}"]).fetchone()
    assert row is not None
    return int(row[0])


def test_only_an_undo_of_this_very_batch_in_this_transaction_says_that_it_was_undone(
    app_sql: Connection, batch: Batch
) -> None:
    refused(app_sql, APPEND_ONLY, UNDO, [None, batch.pk])
    refused(app_sql, APPEND_ONLY, UNDO, [batch.change_id, batch.pk])
    for kind, source in (("exchange.apply", ""), ("exchange.undo", f"undo:{batch.pk + 1}"), ("exchange.undo", "page")):
        made = opened(app_sql, batch, kind, source)
        refused(app_sql, APPEND_ONLY, UNDO, [made, batch.pk])

    made = opened(app_sql, batch)
    app_sql.commit()
    refused(app_sql, APPEND_ONLY, UNDO, [made, batch.pk])

    assert app_sql.execute(UNDO, [opened(app_sql, batch), batch.pk]).rowcount == 1


@pytest.mark.parametrize(
    "also", ["report = '{}'", "counts = '{}'", "change_id = NULL", "applied_at = now()", "day = NULL"]
)
def test_nothing_else_of_the_batch_changes_with_its_undo(app_sql: Connection, batch: Batch, also: str) -> None:
    made = opened(app_sql, batch)

    refused(app_sql, APPEND_ONLY, UNDO.replace("undone_at = now()", f"undone_at = now(), {also}"), [made, batch.pk])


def test_what_is_said_of_an_undo_is_said_with_it_only(app_sql: Connection, batch: Batch) -> None:
    for change in ("undo_report = '{\"x\": 1}'", "undone_at = now()", f"undo_change_id = {batch.change_id}"):
        refused(app_sql, APPEND_ONLY, f"UPDATE exchange_batch SET {change} WHERE id = %s", [batch.pk])


def test_what_was_not_accepted_is_not_undone(
    app_sql: Connection, batch: Batch, county_clerk: Any, county_a: Any
) -> None:
    checked = sent(county_clerk, county_a, roster([], line(CHEN)), accept=False)

    made = opened(app_sql, checked)
    refused(app_sql, APPEND_ONLY, UNDO, [made, checked.pk])
    made = opened(app_sql, checked)
    refused(app_sql, APPEND_ONLY, "UPDATE exchange_batch SET undo_change_id = %s WHERE id = %s", [made, checked.pk])


def test_an_undone_batch_and_its_rows_stay_as_they_are(app_sql: Connection, batch: Batch, county_clerk: Any) -> None:
    undone(batch, county_clerk)

    for change in (
        "state = 'applied'",
        "state = 'checked'",
        "undo_report = '{}'",
        "undo_change_id = NULL",
        "report = '{}'",
    ):
        refused(app_sql, APPEND_ONLY, f"UPDATE exchange_batch SET {change} WHERE id = %s", [batch.pk])
    made = opened(app_sql, batch)
    refused(app_sql, APPEND_ONLY, UNDO, [made, batch.pk])
    refused(app_sql, APPEND_ONLY, "DELETE FROM exchange_batch WHERE id = %s", [batch.pk])
    refused(app_sql, APPEND_ONLY, "DELETE FROM exchange_batchrow WHERE batch_id = %s", [batch.pk])
    refused(app_sql, APPEND_ONLY, "UPDATE exchange_batchrow SET content = 'x' WHERE batch_id = %s", [batch.pk])
    assert BatchRow.objects.filter(batch=batch).count() == 2
