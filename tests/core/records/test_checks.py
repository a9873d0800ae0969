"""What `manage.py check` refuses, tried on throw-away records; and that the product's own pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.postgres.fields import DateRangeField
from django.core.management import call_command
from django.db import models
from django.test.utils import isolate_apps

from core.records.checks import records_are_guarded
from core.records.models import EffectiveRecord, Record, no_overlap


def record(base: Any = Record, *, meta: Any = Record.Meta, options: dict[str, Any] | None = None, **body: Any) -> Any:
    """A throw-away record of the app `records`, with a scope unless `body` says otherwise."""
    inner = type("Meta", (meta,), {"app_label": "records", **(options or {})})
    return type("Thrown", (base,), {"__module__": "core.records.models", "scope": "public", "Meta": inner, **body})


def _sound() -> None:
    record(name=models.CharField(max_length=10), other=models.ForeignKey("self", models.PROTECT, null=True))


def _sound_effective() -> None:
    record(
        EffectiveRecord,
        options={"constraints": [no_overlap("once", "name")]},
        natural=("name",),
        name=models.CharField(max_length=10),
    )


def _no_triggers() -> None:
    record(meta=object)


def _one_trigger_less() -> None:
    left = [trigger for trigger in Record.Meta.triggers if trigger.name != "history_delete"]
    record(options={"triggers": left})


def _many_to_many() -> None:
    record(others=models.ManyToManyField("self"))


def _inherited_table() -> None:
    above = record()
    inner = type("Meta", (Record.Meta,), {"app_label": "records"})
    type("Below", (above,), {"__module__": "core.records.models", "scope": "public", "Meta": inner})


def _generated() -> None:
    twice = models.GeneratedField(
        expression=models.F("pupils") * 2, output_field=models.IntegerField(), db_persist=True
    )
    record(pupils=models.IntegerField(), twice=twice)


def _reference(on_delete: Any) -> Callable[[], None]:
    return lambda: record(other=models.ForeignKey("self", on_delete, null=True, default=None))


def _no_scope() -> None:
    record(scope="")


def _no_exclusion() -> None:
    record(EffectiveRecord)


def faults(define: Callable[[], None]) -> list[tuple[str, str]]:
    with isolate_apps("core.records") as isolated:
        define()
        errors = records_are_guarded(app_configs=isolated.get_app_configs())
    return [(str(error.id), str(error.obj._meta.object_name)) for error in errors]


@pytest.mark.parametrize("define", [_sound, _sound_effective])
def test_a_sound_record_passes(define: Callable[[], None]) -> None:
    assert faults(define) == []


@pytest.mark.parametrize(
    ("define", "expected"),
    [
        (_no_triggers, ("records.E001", "Thrown")),
        (_one_trigger_less, ("records.E001", "Thrown")),
        (_many_to_many, ("records.E002", "Thrown")),
        (_inherited_table, ("records.E003", "Below")),
        (_generated, ("records.E004", "Thrown")),
        (_reference(models.CASCADE), ("records.E005", "Thrown")),
        (_reference(models.SET_NULL), ("records.E005", "Thrown")),
        (_reference(models.SET_DEFAULT), ("records.E005", "Thrown")),
        (_no_scope, ("records.E006", "Thrown")),
        (_no_exclusion, ("records.E007", "Thrown")),
    ],
)
def test_what_triggers_cannot_guard_is_refused(define: Callable[[], None], expected: tuple[str, str]) -> None:
    assert faults(define)[0] == expected


def test_the_product_passes_its_own_checks(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check", fail_level="WARNING")
    assert capsys.readouterr().err == ""
    assert records_are_guarded() == []


def test_every_effective_record_has_its_days() -> None:
    assert isinstance(EffectiveRecord._meta.get_field("valid"), DateRangeField)
