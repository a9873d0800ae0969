"""What every record of every module keeps to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from core.org.actor import Actor
from core.records.checks import TRIGGERS, record_models, records_are_guarded
from core.records.history import VersionQuerySet
from core.records.models import EffectiveRecord, Record
from core.records.scope import RecordQuerySet
from core.records.shapes import history_tables

each_record = pytest.mark.parametrize("model", record_models(), ids=lambda model: model._meta.label_lower)


def test_there_are_records_and_nothing_is_wrong_with_them() -> None:
    assert len(record_models()) > 25
    assert records_are_guarded() == []


@each_record
def test_a_record_says_how_it_belongs_to_a_unit(model: Any, county_clerk: Actor) -> None:
    if model.scope in {"public", "self"}:
        assert model.scope == "public" or model._meta.get_field("path")
        return
    target: Any = model
    for step in model.scope.split("__"):
        target = target._meta.get_field(step).related_model
    dated = any(one.name == "valid" for one in target._meta.concrete_fields)
    assert target._meta.label == "org.Unit" or (dated and target._meta.get_field("unit")), model.scope
    assert list(model.objects.visible_to(county_clerk)[:0]) == []


@each_record
def test_a_record_is_read_through_what_the_actor_may_see(model: Any, county_clerk: Actor) -> None:
    assert isinstance(model.objects.all(), RecordQuerySet)
    assert isinstance(model._default_manager.all(), RecordQuerySet)
    assert isinstance(model.history.all(), VersionQuerySet)
    # What it shows and hides is tried with rows in tests/core/records/test_visible_to.py, for every record too.
    assert not model.history.visible_to(replace(county_clerk, unit=None)).exists() or model.scope == "public"
    assert not model.history.visible_to(None).exists()


@each_record
def test_every_guard_of_a_record_stands_in_the_database(model: Any, db: None) -> None:
    assert guards(model._meta.db_table) >= TRIGGERS
    assert guards(model.history.model._meta.db_table) >= {"append_only", "no_truncate", "only_by_trigger"}


def guards(table: str) -> set[str]:
    """The names of the triggers that are switched on for everybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'",
            [table],
        )
        return {name.removeprefix("pgtrigger_").rpartition("_")[0] for (name,) in cursor.fetchall()}


@each_record
def test_history_has_each_column_of_the_record_and_needs_none(model: Any, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_name = %s",
            [model.history.model._meta.db_table],
        )
        columns = dict(cursor.fetchall())
    own = {one.column for one in model._meta.concrete_fields}
    assert own <= columns.keys()
    assert {name for name in own if not columns[name]} == {"id", "revision"}
    assert columns["change_id"] is False


@each_record
def test_history_carries_no_index_but_those_that_it_needs(model: Any, db: None) -> None:
    """Each further index would be paid for by every write."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(a.attname ORDER BY k.place), pg_get_expr(i.indpred, i.indrelid)"
            " FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k(number, place)"
            " JOIN pg_attribute a ON a.attnum = k.number WHERE a.attrelid = i.indrelid AND i.indrelid = %s::regclass"
            " GROUP BY i.indexrelid, i.indpred, i.indrelid",
            [model.history.model._meta.db_table],
        )
        found = cursor.fetchall()
    # What was deleted is found by whose it was; rows of other kinds are not in that index.
    of_all = sorted(columns for columns, condition in found if "history_type" not in (condition or ""))
    assert of_all == [["change_id"], ["history_id"], ["id", "revision"]]
    assert len(found) - len(of_all) <= 1


@each_record
def test_a_records_facts_never_hold_twice_on_a_day(model: Any) -> None:
    assert not issubclass(model, EffectiveRecord) or model.natural, "say what is unique on any day"


def test_history_is_kept_of_records_and_of_nothing_else() -> None:
    kept = {model.instance_type for model in apps.get_models() if hasattr(model, "instance_type")}
    assert kept == set(record_models())
    assert len(history_tables()) == len(record_models())


def test_no_model_of_a_module_lies_outside_the_records() -> None:
    """The kernel keeps papers, jobs and logs beside records; a module of the domain keeps facts only."""
    own = [config for config in apps.get_app_configs() if not config.name.startswith(("django", "core", "config"))]
    modules = [config for config in own if (config.path and "site-packages" not in config.path)]
    assert {config.label for config in modules} >= {"personnel", "titles"}
    for config in modules:
        for model in config.get_models():
            assert issubclass(model, Record) or hasattr(model, "instance_type"), model._meta.label


@each_record
def test_what_a_record_points_to_protects_it(model: Any) -> None:
    for one in model._meta.concrete_fields:
        if one.remote_field:
            assert one.remote_field.on_delete is models.PROTECT, f"{model._meta.label}.{one.name}"
