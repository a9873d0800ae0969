"""Migrations that write records do it inside a change."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, transaction

from core.org.actor import Actor
from core.records import change
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
