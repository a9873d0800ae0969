"""What migrations may do to history: each operation tried against a history table of three columns."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import migrations, models
from simple_history.models import HistoricalChanges

from core.records.keeping import faults_of, history_is_kept, keep_columns

Operation = migrations.operations.base.Operation


def migration(number: int, *operations: Any, initial: bool = False) -> migrations.Migration:
    made = migrations.Migration(f"{number:04}", "ledger")
    made.operations, made.initial = list(operations), initial
    return made


FIRST = migration(
    1,
    migrations.CreateModel(
        "HistoricalEntry",
        [
            ("id", models.BigIntegerField()),
            ("title", models.CharField(max_length=40, null=True)),
            ("weight", models.IntegerField(null=True)),
        ],
        bases=(HistoricalChanges, models.Model),
    ),
    migrations.CreateModel("Entry", [("id", models.BigAutoField(primary_key=True)), ("title", models.CharField())]),
    migrations.AddField("historicalentry", "change", models.BigIntegerField()),
    initial=True,
)


def separate(state: list[Any], database: list[Any]) -> Any:
    return migrations.SeparateDatabaseAndState(state_operations=state, database_operations=database)


def said(*operations: Any) -> list[str]:
    return [text for name, text in faults_of([FIRST, migration(2, *operations)]) if name == ("ledger", "0002")]


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        (migrations.RemoveField("historicalentry", "title"), "would be dropped"),
        (migrations.DeleteModel("HistoricalEntry"), "neither dropped nor renamed"),
        (migrations.RenameModel("HistoricalEntry", "HistoricalLine"), "neither dropped nor renamed"),
        (migrations.AlterModelTable("historicalentry", "other"), "neither dropped nor renamed"),
        (migrations.AlterField("historicalentry", "title", models.CharField(max_length=39, null=True)), "would turn"),
        (migrations.AlterField("historicalentry", "title", models.IntegerField(null=True)), "would turn"),
        (migrations.AlterField("historicalentry", "weight", models.BigIntegerField(null=True)), "would turn"),
        (migrations.AlterField("historicalentry", "title", models.CharField(max_length=40)), "must stay nullable"),
        (migrations.AddField("historicalentry", "extra", models.CharField(max_length=9)), "must be empty"),
        (migrations.AddField("historicalentry", "extra", models.IntegerField(null=True, default=0)), "must be empty"),
        (
            migrations.AddField("historicalentry", "extra", models.IntegerField(null=True, db_default=0)),
            "must be empty",
        ),
        (migrations.AddField("historicalentry", "title", models.TextField(null=True)), "still there from before"),
        (separate([], [migrations.RemoveField("historicalentry", "title")]), "would be dropped"),
        (migrations.RunSQL("ALTER TABLE ledger_historicalentry DROP COLUMN title"), "SQL drops or alters"),
        (migrations.RunSQL(["SELECT 1", ("DROP TABLE ledger_historicalentry", None)]), "SQL drops or alters"),
        (migrations.RunSQL('ALTER TABLE "ledger_historicalentry" ALTER COLUMN title TYPE text'), "SQL drops or alters"),
    ],
)
def test_what_takes_from_history_is_refused(operation: Operation, sentence: str) -> None:
    (text,) = said(operation)
    assert "ledger_historicalentry" in text
    assert sentence in text


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RenameField("historicalentry", "title", "heading"),
        migrations.AddField("historicalentry", "extra", models.CharField(max_length=9, null=True)),
        migrations.AlterField("historicalentry", "title", models.CharField(max_length=50, null=True)),
        migrations.AlterField("historicalentry", "title", models.TextField(null=True)),
        migrations.AlterField("historicalentry", "title", models.CharField("label", max_length=40, null=True)),
        separate([migrations.RemoveField("historicalentry", "title")], []),
        separate([migrations.DeleteModel("HistoricalEntry")], []),
        migrations.RemoveField("entry", "title"),
        migrations.DeleteModel("Entry"),
        migrations.RunSQL("DROP TABLE something_else"),
        migrations.RunSQL("CREATE INDEX ON ledger_historicalentry (title)"),
    ],
)
def test_what_leaves_history_whole_passes(operation: Operation) -> None:
    assert said(operation) == []


def test_a_renamed_column_is_followed() -> None:
    renamed = migrations.RenameField("historicalentry", "title", "heading")
    assert said(renamed, migrations.AlterField("historicalentry", "heading", models.TextField(null=True))) == []
    (text,) = said(renamed, migrations.RemoveField("historicalentry", "heading"))
    assert "ledger_historicalentry.heading would be dropped" in text


def test_a_shortening_of_the_state_only_does_not_count_as_the_width() -> None:
    """After 40 → 20 in the state only, 30 would still cut what history holds."""
    shorter = models.CharField(max_length=20, null=True)
    plan = (
        separate([migrations.AlterField("historicalentry", "title", shorter)], []),
        migrations.AlterField("historicalentry", "title", models.CharField(max_length=30, null=True)),
    )
    (text,) = said(*plan)
    assert "from varchar(40) into varchar(30)" in text


def test_makemigrations_moves_what_takes_from_history_to_the_state() -> None:
    kept = [
        migrations.RemoveField("historicalentry", "title"),
        migrations.AlterField("historicalentry", "title", models.CharField(max_length=5, null=True)),
        migrations.DeleteModel("HistoricalEntry"),
    ]
    untouched = [
        migrations.RemoveField("entry", "title"),
        migrations.AddField("historicalentry", "extra", models.IntegerField(null=True)),
        migrations.AlterField("historicalentry", "title", models.CharField(max_length=50, null=True)),
    ]
    for operation in kept:
        (result,) = keep_columns([FIRST], migration(2, operation))
        assert isinstance(result, migrations.SeparateDatabaseAndState)
        assert (result.state_operations, result.database_operations) == ([operation], [])
    assert keep_columns([FIRST], migration(2, *untouched)) == untouched


def test_the_migrations_of_the_product_keep_history() -> None:
    assert history_is_kept() == []
    assert history_is_kept(app_configs=[apps.get_app_config("org")]) == []
