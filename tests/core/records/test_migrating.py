"""Migrations that write records do it inside a change."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState

from core.org.actor import Actor
from core.records import change
from core.records.drawing import draw_models_once
from core.records.errors import NoChange
from core.records.migrating import data_change
from core.records.models import Change
from tests.factories.build import create

REASON = "Codes of units are written in capitals."


@pytest.mark.django_db
def test_what_a_migration_writes_is_a_change_by_the_system(system: Actor) -> None:
    units = apps.get_model("org", "Unit")
    with change("test.write", actor=system, reason="a unit"):
        pk = create(units).pk

    with (
        connection.schema_editor() as editor,
        data_change(editor, migration="org.0009_capitals", reason=REASON) as made,
    ):
        units.objects.filter(pk=pk).update(code="ABC")

    newest = units.history.filter(id=pk).first()
    told = Change.objects.get(pk=newest.change_id)
    assert (newest.code, newest.revision, told.pk) == ("ABC", 2, made)
    assert (told.kind, told.actor.username, told.reason) == ("migration", "system", REASON)
    assert told.source == "migration:org.0009_capitals"


@pytest.mark.django_db
def test_after_it_nothing_is_written_any_more(system: Actor) -> None:
    units = apps.get_model("org", "Unit")
    with change("test.write", actor=system, reason="a unit"):
        pk = create(units).pk
    with connection.schema_editor() as editor, data_change(editor, migration="org.0009_capitals", reason=REASON):
        pass

    with pytest.raises(NoChange), transaction.atomic():
        units.objects.filter(pk=pk).update(code="ABC")


@pytest.mark.django_db
def test_a_migration_says_why() -> None:
    with (
        pytest.raises(ValueError, match="reason"),
        connection.schema_editor() as editor,
        data_change(editor, migration="x", reason=" "),
    ):
        pass


def test_models_are_drawn_with_what_the_operations_before_them_added(monkeypatch) -> None:
    """Whatever stands between additions sees all of them, and the last of a row draws once."""
    state = ProjectState()
    migration = type("Migration", (Migration,), {})("0001_initial", "drawn")
    migration.operations = [
        operations.CreateModel("One", [("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField())]),
        *(operations.AddIndex("one", models.Index(fields=["n"], name=f"i{place}")) for place in range(3)),
        operations.AddField("one", "m", models.IntegerField(null=True)),
        operations.AddConstraint("one", models.UniqueConstraint(fields=["n"], name="u")),
    ]
    assert list(state.apps.get_models()) == []
    drawn = []
    monkeypatch.setattr(ProjectState, "_reload", _counting(ProjectState._reload, drawn))

    draw_models_once(plan=[(migration, False)])
    seen = []
    for operation in migration.operations:
        operation.state_forwards("drawn", state)
        meta = state.apps.get_model("drawn", "One")._meta
        seen.append(([one.name for one in meta.indexes], [one.name for one in meta.constraints]))

    assert seen[0] == ([], [])
    assert seen[3] == (["i0", "i1", "i2"], [])
    assert seen[-1] == (["i0", "i1", "i2"], ["u"])
    assert len(drawn) == 3, "the last index, the column, the constraint"


def test_a_new_model_is_tied_to_what_is_drawn_already() -> None:
    state = ProjectState()
    migration = type("Migration", (Migration,), {})("0001_initial", "drawn")
    key = ("id", models.BigAutoField(primary_key=True))
    migration.operations = [
        operations.CreateModel("One", [key]),
        operations.CreateModel("Two", [key, ("one", models.ForeignKey("drawn.One", models.PROTECT))]),
    ]
    assert list(state.apps.get_models()) == []

    draw_models_once(plan=[(migration, False)])
    for operation in migration.operations:
        operation.state_forwards("drawn", state)

    one, two = (state.apps.get_model("drawn", name) for name in ("One", "Two"))
    assert [relation.related_model for relation in one._meta.related_objects] == [two]
    assert two._meta.get_field("one").remote_field.model is one


def _counting(whole: Any, calls: list[Any]) -> Any:
    def counted(state: ProjectState, related: Any) -> Any:
        calls.append(related)
        return whole(state, related)

    return counted
