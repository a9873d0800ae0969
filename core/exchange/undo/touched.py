"""What a batch touched, record by record, with what can go back and what somebody edited since. One statement per model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import CharField, Value

from core.exchange.kinds import sections_of
from core.exchange.undo import columns
from core.records.checks import record_models
from core.records.scope import AnyOf

TAKE_BACK: Final = "take_back"
KEEP: Final = "keep"
BLOCK: Final = "block"
DONE: Final = "done"


@dataclass(slots=True)
class Line:
    """A record that the batch touched.

    `first` and `last` are the batch's versions of it, `now` the live one (None: gone). `back` and `kept` are masks of columns:
    what goes back, what stays because it was edited since. `period` says how the period goes back: `in`side the present one, `out`,
    `shift`ed, `apart`, or empty. `deleted`: the batch took it away, for its subject's records were told anew
    (`Record.told_anew`). `verdict` is what becomes of the record, `why` the cause where it is not taken back.
    """

    id: int
    subject: int
    first: int
    last: int
    now: int | None
    created: bool
    back: int
    kept: int
    period: str
    deleted: bool = False
    verdict: str = TAKE_BACK
    why: str = ""

    def keep(self, why: str, verdict: str = KEEP) -> None:
        """Leave the record as it is; the first cause counts, but what blocks is said rather than what only keeps."""
        if self.verdict == TAKE_BACK or (self.verdict == KEEP and verdict == BLOCK):
            self.verdict, self.why = verdict, why


Lines = dict[Any, list[Line]]


def history_table(model: Any) -> str:
    """The table of a record's versions."""
    return str(model.history.model._meta.db_table)


def subject_model(kind: str) -> Any:
    """What rows of a kind are about: the model that the sections of the kind belong to."""
    for section in sections_of(kind):
        model, name = getattr(section, "model", None), getattr(section, "subject_field", "")
        if model is not None and name:
            field = model._meta.get_field(name.removesuffix("_id"))
            return field.related_model or model
    return None


@cache
def link_column(model: Any, subject: Any) -> str:
    """The column by which a record knows its subject; its own key where it is the subject or belongs to none."""
    if model is not subject:
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is subject:
                return str(field.column)
    return str(model._meta.pk.column)


def _joined(model: Any, subject: Any) -> tuple[str, str]:
    """SQL: the subject of a record, and what is joined for it where the subject knows the record one to one (an applicant its case)."""
    link = link_column(model, subject)
    told = f'coalesce(l."{link}", f."{link}")'
    for field in subject._meta.concrete_fields if subject is not model else ():
        if field.one_to_one and field.related_model is model:
            table, key = subject._meta.db_table, subject._meta.pk.column
            return f'coalesce(s."{key}", {told})', f'LEFT JOIN "{table}" s ON s."{field.column}" = m.id'
    return told, ""


def touched(change_id: int, subject: Any) -> Lines:
    """All records that a change touched, by model. One query finds the models, one more reads each."""
    return {model: _lines(model, change_id, subject) for model in _models(change_id)}


def _models(change_id: int) -> list[Any]:
    first, *rest = [_has_version(model, change_id) for model in record_models()]
    return [apps.get_model(label) for (label,) in first.union(*rest, all=True)]


def _has_version(model: Any, change_id: int) -> Any:
    rows = model.history.model._base_manager.filter(change_id=change_id).order_by()
    return rows.annotate(label=Value(model._meta.label, CharField())).values_list("label").distinct()


def _lines(model: Any, change_id: int, subject: Any) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, subject), [change_id])
        told = columns.source_bit(model) - 1
        return [_judged(Line(*row), told) for row in cursor]


@cache
def _statement(model: Any, subject: Any) -> str:
    whose, join = _joined(model, subject)
    table, versions = model._meta.db_table, history_table(model)
    dated = columns.period_bit(model)
    period = (
        "CASE WHEN b.valid IS NULL OR b.valid = l.valid THEN '' WHEN b.valid <@ l.valid THEN 'in' WHEN l.valid <@ b.valid THEN 'out'"
        " WHEN b.valid && l.valid THEN 'shift' ELSE 'apart' END"
        if dated
        else "''"
    )
    return f"""
        WITH mine AS MATERIALIZED (
            SELECT id, min(revision) AS first, max(revision) AS last FROM "{versions}" WHERE change_id = %s GROUP BY id)
        SELECT m.id, {whose}, m.first, m.last, l.revision, f.history_type = '+',
               CASE WHEN l.id IS NULL OR f.history_type = '+' THEN 0 ELSE {columns.back_mask(model)} END,
               CASE WHEN l.id IS NULL THEN 0 WHEN f.history_type = '+' THEN {columns.edited_mask(model)}
                    ELSE {columns.kept_mask(model)} END,
               {period}, {"t.history_type = '-' AND f.history_type <> '+'" if model.told_anew else "false"}
          FROM mine m
          JOIN "{versions}" f ON f.id = m.id AND f.revision = m.first
          JOIN "{versions}" t ON t.id = m.id AND t.revision = m.last
          LEFT JOIN "{versions}" b ON b.id = m.id AND b.revision = m.first - 1
          LEFT JOIN "{table}" l ON l.id = m.id
          {join}
         ORDER BY m.id"""  # noqa: S608 - names come from the models


def _judged(line: Line, told: int) -> Line:
    """The verdict on a record for itself, before others are looked at; `told` masks the columns that say something."""
    if line.deleted and line.now is None:
        return line
    if line.now is None:
        line.keep("gone")
    elif line.created:
        if line.kept:
            line.keep("edited")
    elif not line.back & told:
        line.verdict, line.why = (KEEP, "edited") if line.kept else (DONE, "")
    return line


def keep_told_anew(lines: Lines, subject: Any) -> None:
    """Keep all of a subject's records that are told anew together, where they are not as the batch left them. One query for each model."""
    for model in [model for model in lines if model.told_anew]:
        found: dict[int, list[Line]] = defaultdict(list)
        for line in lines[model]:
            found[line.subject].append(line)
        link, live = link_column(model, subject), defaultdict(set)
        for key, whose in model._base_manager.filter(AnyOf(link, list(found))).values_list("pk", link):
            live[whose].add(key)
        for key, those in found.items():
            left = {line.id for line in those if not line.deleted}
            if live[key] != left or any(line.verdict != TAKE_BACK for line in those):
                for line in those:
                    line.keep("edited")
