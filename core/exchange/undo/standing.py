"""What stands on records that a batch made: rows that point to them, and what modules say of them. That blocks taking them back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import Field

from core.exchange.undo.touched import BLOCK, TAKE_BACK, Line, Lines
from core.records.scope import array_text
from core.registry import registry

MOST_TOLD: Final = 5
Made = Mapping[Any, Mapping[int, Line]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that stands on a record: a row of `model` (by its key), or what a module says in `words`."""

    label: Any
    model: Any = None
    key: int = 0
    words: Any = ""


Blockers = dict[tuple[Any, int], list[Standing]]


def block(lines: Lines) -> Blockers:
    """Mark the records that the batch made and on which something stands that it did not make, or that stays. Returns what.

    One query for each foreign key that leads to such records, and those of the providers.
    """
    made: Made = {
        model: {line.id: line for line in found if line.created and line.now is not None}
        for model, found in lines.items()
    }
    found: Blockers = {}
    for model, records in made.items():
        # What was edited since is asked as well: what stands on it says more than that it was edited.
        going = [key for key, line in records.items() if line.why != "elsewhere"]
        if not going:
            continue
        for field in _leading_to(model):
            for target, key in _others(field, going, made.get(field.model, {})):
                _note(found, records, model, target, Standing(field.model._meta.verbose_name, field.model, key))
        for provider in registry.each("dependents"):
            if apps.get_model(provider.model) is model:
                for target, words in provider.find(going).items():
                    _note(found, records, model, target, Standing(provider.label, words=words))
    return found


def hold_up(made: Made, staying: Collection[tuple[Any, int]], found: Blockers) -> list[tuple[Any, int]]:
    """Mark records of the batch to which others of it point that stay. Returns those newly marked."""
    marked: list[tuple[Any, int]] = []
    for model in {model for model, _key in staying}:
        keys = [key for one, key in staying if one is model]
        for field in model._meta.concrete_fields:
            targets = made.get(field.related_model) if field.is_relation else None
            if not targets:
                continue
            rows = model._base_manager.filter(pk__in=keys, **{f"{field.name}__isnull": False})
            for key, target in rows.values_list("pk", field.attname):
                line = targets.get(target)
                if line is not None and line.verdict == TAKE_BACK:
                    _note(found, targets, field.related_model, target, Standing(model._meta.verbose_name, model, key))
                    marked.append((field.related_model, target))
    return marked


def _note(found: Blockers, records: Mapping[int, Line], model: Any, target: int, standing: Standing) -> None:
    records[target].keep("stands_on", BLOCK)
    told = found.setdefault((model, target), [])
    if len(told) < MOST_TOLD:
        told.append(standing)


def _leading_to(model: Any) -> Iterator[Field[Any, Any]]:
    """The foreign keys of tables that hold up what they point to: neither versions of records nor what is derived does."""
    return (field for field in leading_to(model) if not getattr(field.model, "goes_with", False))


def leading_to(model: Any) -> Iterator[Field[Any, Any]]:
    """The foreign keys of tables that point to a record; versions of records point to nothing."""
    for relation in model._meta.get_fields(include_hidden=True):
        leads_here = relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
        if leads_here and not hasattr(relation.related_model, "instance_type"):
            yield relation.field


def _others(field: Any, targets: list[int], own: Collection[int]) -> list[tuple[int, int]]:
    """Rows that point to one of the targets and are not of the batch: (target, key of the row)."""
    meta = field.model._meta
    query = (
        f'SELECT "{field.column}", "{meta.pk.column}" FROM "{meta.db_table}" WHERE "{field.column}" = ANY(%s::bigint[])'  # noqa: S608 - names come from the models
    )
    values = [array_text(targets)]
    if own:
        query += f' AND "{meta.pk.column}" <> ALL(%s::bigint[])'
        values.append(array_text(list(own)))
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
