"""Every road by which a row can be written, for every record: refused outside a change, recorded inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from core.org.actor import Actor
from core.records.bulk import copies_aside, copy_rows, update_rows
from core.records.changes import change
from core.records.errors import NoChange, explained
from tests.core.records.rows import column_values, live_row, recorded, versions
from tests.factories.build import build, create, every_record, other_value

RECORDS = every_record()
Road = Callable[[Any], Any]


def _save(instance: Any) -> int:
    instance.save()
    return instance.pk


def _create_in_bulk(instance: Any) -> int:
    type(instance).objects.bulk_create([instance])
    return instance.pk


def _upsert_new(instance: Any) -> int:
    type(instance).objects.bulk_create(
        [instance], update_conflicts=True, unique_fields=["public_id"], update_fields=["source_row"]
    )
    return type(instance)._base_manager.latest("pk").pk


def _sql_insert(instance: Any) -> int:
    values = column_values(instance)
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
    with explained(), connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{instance._meta.db_table}" ({names}) VALUES ({marks}) RETURNING id', list(values.values())
        )
        return cursor.fetchone()[0]


def _copy(instance: Any) -> int:
    values = column_values(instance)
    assert copy_rows(type(instance), list(values), [list(values.values())]) == 1
    return type(instance)._base_manager.latest("pk").pk


def _copy_aside(instance: Any) -> int:
    with copies_aside():
        return _copy(instance)


WAYS_IN: dict[str, Road] = {
    "save": _save,
    "bulk_create": _create_in_bulk,
    "upsert": _upsert_new,
    "sql": _sql_insert,
    "copy": _copy,
    "copy_aside": _copy_aside,
}


def _save_changed(instance: Any, name: str, value: Any) -> None:
    setattr(instance, name, value)
    instance.save()


def _save_field(instance: Any, name: str, value: Any) -> None:
    setattr(instance, name, value)
    instance.save(update_fields=[name])


def _update(instance: Any, name: str, value: Any) -> None:
    assert type(instance).objects.filter(pk=instance.pk).update(**{name: value}) == 1


def _bulk_update(instance: Any, name: str, value: Any) -> None:
    setattr(instance, name, value)
    type(instance).objects.bulk_update([instance], [name])


def _upsert_known(instance: Any, name: str, value: Any) -> None:
    setattr(instance, name, value)
    type(instance).objects.bulk_create(
        [instance], update_conflicts=True, unique_fields=["public_id"], update_fields=[name]
    )


def _sql_update(instance: Any, name: str, value: Any) -> None:
    field = instance._meta.get_field(name)
    with explained(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{instance._meta.db_table}" SET "{field.column}" = %s WHERE id = %s',
            [field.get_db_prep_save(value, connection), instance.pk],
        )


def _sql_merge(instance: Any, name: str, value: Any) -> None:
    field = instance._meta.get_field(name)
    with explained(), connection.cursor() as cursor:
        cursor.execute(
            f'MERGE INTO "{instance._meta.db_table}" t USING (SELECT %s::bigint AS id) s ON t.id = s.id '
            f'WHEN MATCHED THEN UPDATE SET "{field.column}" = %s',
            [instance.pk, field.get_db_prep_save(value, connection)],
        )


def _update_rows(instance: Any, name: str, value: Any) -> None:
    field = instance._meta.get_field(name)
    assert update_rows(type(instance), [field.column], [(instance.pk, instance.revision, value)]) == 1


WAYS_ON: dict[str, Callable[[Any, str, Any], None]] = {
    "save": _save_changed,
    "save_field": _save_field,
    "update": _update,
    "bulk_update": _bulk_update,
    "upsert": _upsert_known,
    "sql": _sql_update,
    "merge": _sql_merge,
    "update_rows": _update_rows,
}


def _sql_delete(instance: Any) -> None:
    with explained(), connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{instance._meta.db_table}" WHERE id = %s', [instance.pk])


WAYS_OUT: dict[str, Road] = {
    "delete": lambda instance: type(instance)._base_manager.get(pk=instance.pk).delete(),
    "delete_set": lambda instance: type(instance).objects.filter(pk=instance.pk).delete(),
    "sql": _sql_delete,
}

each_record = pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.label_lower)


def _stored(model: Any, system: Actor) -> Any:
    with change("test.prepare", actor=system, reason="an instance to work on"):
        return create(model)


@each_record
def test_each_way_in_is_refused_outside_a_change(model: Any, system: Actor) -> None:
    for name, road in WAYS_IN.items():
        with change("test.prepare", actor=system, reason="what the instance points to"):
            instance = build(model)
        before = model._base_manager.count()
        with pytest.raises(NoChange, match="write outside a change"), transaction.atomic():
            road(instance)
        assert model._base_manager.count() == before, name


@each_record
def test_each_way_in_leaves_the_first_version(model: Any, system: Actor) -> None:
    for name, road in WAYS_IN.items():
        with change("test.write", actor=system, reason="a new row") as done:
            pk = road(build(model))
        (version,) = versions(model, pk)
        assert recorded(version) == live_row(model, pk), name
        assert (version["history_type"], version["change_id"], version["revision"]) == ("+", done.pk, 1), name


@each_record
def test_each_way_on_is_refused_outside_a_change(model: Any, system: Actor) -> None:
    for name, road in WAYS_ON.items():
        instance = _stored(model, system)
        before = live_row(model, instance.pk)
        with pytest.raises(NoChange, match="write outside a change"), transaction.atomic():
            road(instance, *other_value(instance))
        assert live_row(model, instance.pk) == before, name
        assert len(versions(model, instance.pk)) == 1, name


@each_record
def test_each_way_on_leaves_the_next_version(model: Any, system: Actor) -> None:
    for name, road in WAYS_ON.items():
        instance = _stored(model, system)
        before = live_row(model, instance.pk)
        field, value = other_value(instance)
        with change("test.write", actor=system, reason="another value") as done:
            road(instance, field, value)
        first, second = versions(model, instance.pk)
        assert recorded(first) == before, name
        assert recorded(second) == live_row(model, instance.pk), name
        assert (second["history_type"], second["change_id"], second["revision"]) == ("~", done.pk, 2), name
        column = model._meta.get_field(field).column
        assert {key for key in before if first[key] != second[key]} == {column, "revision"}, name
        assert getattr(model._base_manager.get(pk=instance.pk), field) == value, name


@each_record
def test_each_way_out_is_refused_outside_a_change(model: Any, system: Actor) -> None:
    for name, road in WAYS_OUT.items():
        instance = _stored(model, system)
        with pytest.raises(NoChange, match="write outside a change"), transaction.atomic():
            road(instance)
        assert live_row(model, instance.pk) is not None, name


@each_record
def test_each_way_out_leaves_a_last_version(model: Any, system: Actor) -> None:
    for name, road in WAYS_OUT.items():
        instance = _stored(model, system)
        before = live_row(model, instance.pk)
        with change("test.write", actor=system, reason="gone") as done:
            road(instance)
        first, last = versions(model, instance.pk)
        assert live_row(model, instance.pk) is None, name
        assert recorded(last) == {**before, "revision": 2}, name
        assert recorded(first) == before, name
        assert (last["history_type"], last["change_id"]) == ("-", done.pk), name


REFERENCES = [
    (model, field)
    for model in RECORDS
    for field in model._meta.concrete_fields
    if field.remote_field and field.related_model in RECORDS
]


@pytest.mark.parametrize(
    ("model", "field"), REFERENCES, ids=[f"{model._meta.label_lower}.{field.name}" for model, field in REFERENCES]
)
def test_nothing_disappears_because_what_it_points_to_is_deleted(model: Any, field: Any, system: Actor) -> None:
    with change("test.prepare", actor=system, reason="a row that points to another"):
        target = create(field.related_model)
        instance = create(model, **{field.name: target})
    with pytest.raises(models.ProtectedError), change("test.write", actor=system, reason="tries"):
        target.delete()
    assert live_row(model, instance.pk) is not None


def test_no_foreign_key_of_the_database_deletes_or_empties_rows(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confdeltype <> 'a'")
        assert cursor.fetchall() == []


def test_a_cascade_that_somebody_adds_is_guarded_like_any_delete(
    committed_db: Any, superuser_sql: Any, system: Actor
) -> None:
    unit_model = next(model for model in RECORDS if model._meta.label == "org.Unit")
    profile_model = next(model for model in RECORDS if model._meta.label == "org.UnitProfile")
    with change("test.prepare", actor=system, reason="a unit with a profile"):
        unit = create(unit_model)
        profile = create(profile_model, unit=unit)
    superuser_sql.execute(
        "ALTER TABLE org_unitprofile ADD CONSTRAINT added FOREIGN KEY (unit_id) REFERENCES org_unit ON DELETE CASCADE"
    )
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="write outside a change"):
        cursor.execute("DELETE FROM org_unit WHERE id = %s", [unit.pk])
    assert live_row(profile_model, profile.pk) is not None
    with change("test.write", actor=system, reason="gone with its unit") as done, connection.cursor() as cursor:
        cursor.execute("DELETE FROM org_unit WHERE id = %s", [unit.pk])
    for model, pk in ((unit_model, unit.pk), (profile_model, profile.pk)):
        last = versions(model, pk)[-1]
        assert (last["history_type"], last["change_id"], last["revision"]) == ("-", done.pk, 2)
