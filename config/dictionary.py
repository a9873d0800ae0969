"""The data dictionary: every record with its fields, in both languages, made from the models."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils import translation

from core.codes.values import fields_of, label
from core.records.checks import record_models
from core.records.fields import CodeField, PartialDateField
from core.records.models import EffectiveRecord, real_period
from core.registry import registry

CHINESE, ENGLISH = "zh-hans", "en"
PREFACE: Final = """# Data dictionary

Made by `manage.py data_dictionary` from the models; a test keeps it current, so change the models and run the command, never this file.

Every record also has `id` (inside the database), `public_id` (in addresses and in the API), `revision` (1, 2, 3 …; raised by the
database), `source_row` (the row of the workbook that wrote this version, empty where a page did), and a history table with every
version that it ever had, each bound to its change. A record that holds for a time has `valid`, half-open: from the first day up to,
not including, the second. A field that no page shows has no Chinese name (—).

- **Scope** is the way from the record to the unit that owns it; who may see that unit sees the record. A way through `employments` is
  walked on the day that is looked at: who was transferred goes with all records. **Own** is the way to the user whom the record is about.
- A **protected** value is stored encrypted under the person's own key, with a keyed index for exact search; pages, exports, history,
  the API and logs show its mask.
- A **partial date** is known to the year, the month or the day (`1985`, `1985-07`, `1985-07-13`), and stays as precise as it was given.
- A **code** is one of the list that is named; lists are dated, shipped with their sources ([data-sources.md](data-sources.md)), and
  extendable by a bureau.
"""
NOT_SHOWN: Final = "—"
LOOKUPS: Final[Mapping[str, str]] = {
    "gte": "{0} ≥ {1}", "lte": "{0} ≤ {1}", "gt": "{0} > {1}", "lt": "{0} < {1}", "exact": "{0} = {1}",
    "isnull": "{0} is empty", "in": "{0} is one of {1}", "regex": "{0} is an ISO year, month or day",
}  # fmt: skip
KINDS: Final = (
    (PartialDateField, "partial date"), (DateRangeField, "period"), (models.BooleanField, "yes or no"),
    (models.DateTimeField, "moment"), (models.DateField, "day"), (models.IntegerField, "whole number"),
    (models.EmailField, "e-mail address"), (models.UUIDField, "identifier"), (models.JSONField, "JSON"), (ArrayField, "list"),
)  # fmt: skip


def dictionary() -> str:
    """The whole document as Markdown."""
    records = record_models()
    parts = [PREFACE, _contents(records)]
    for app, label_of_app in _apps(records):
        parts.append(f"## {label_of_app}\n")
        parts += [_record(model) for model in records if model._meta.app_label == app]
    return "\n".join(parts)


def _apps(records: list[Any]) -> list[tuple[str, str]]:
    """The kernel's apps first, then modules in their order, each with its name in both languages."""
    found = list(dict.fromkeys(model._meta.app_label for model in records))
    modules = [name for name in registry.modules if name in found]
    kernel = [(app, f"core.{app}") for app in found if app not in modules]
    return [*kernel, *((name, f"{name} · {_both(registry.modules[name].label)}") for name in modules)]


def _both(text: Any) -> str:
    """A lazy text in Chinese and in English."""
    with translation.override(CHINESE):
        chinese = str(text)
    with translation.override(ENGLISH):
        return f"{chinese} · {text}"


def _contents(records: list[Any]) -> str:
    lines = ["| record | 中文 | English | holds for a time |", "|---|---|---|---|"]
    for model in records:
        chinese, english = _both(model._meta.verbose_name).split(" · ")
        dated = "yes" if issubclass(model, EffectiveRecord) else ""
        lines.append(f"| [{model._meta.label}](#{_anchor(model)}) | {chinese} | {english} | {dated} |")
    return "\n".join([*lines, ""])


def _anchor(model: Any) -> str:
    return model._meta.label.lower().replace(".", "")


def _record(model: Any) -> str:
    meaning = " ".join((inspect.getdoc(model) or "").split())
    lines = [f"### {model._meta.label}\n", f"{_both(model._meta.verbose_name)}. {meaning}\n", _ways(model)]
    lines += ["", "| field | 中文 | English | holds | |", "|---|---|---|---|---|"]
    lines += [_row(model, name) for name in fields_of(model)]
    constraints = list(_constraints(model))
    return "\n".join([*lines, "", *(f"- {text}" for text in constraints), ""] if constraints else [*lines, ""])


def _row(model: Any, name: str) -> str:
    chinese, english = _label(model, name, CHINESE), _label(model, name, ENGLISH)
    return f"| `{name}` | {chinese} | {english} | {_kind(model, name)} | {_notes(model, name)} |"


def _ways(model: Any) -> str:
    scope = {"public": "for everybody", "self": "the unit itself"}.get(model.scope, f"`{model.scope}`")
    own = f" Own: `{model.own}`." if model.own else ""
    return f"Scope: {scope}.{own}"


def _label(model: Any, name: str, language: str) -> str:
    with translation.override(language):
        text = label(model, name)
    return NOT_SHOWN if language == CHINESE and text.isascii() else text


def _kind(model: Any, name: str) -> str:
    """What a field holds, in a word or two."""
    protected = getattr(model, "_protected", {}).get(name)
    if protected is not None:
        kept = (
            f"its last {protected.keep} characters stay readable" if protected.keep else "nothing of it stays readable"
        )
        return f"protected value ({kept})"
    field = model._meta.get_field(name)
    if isinstance(field, CodeField):
        return f"code of `{field.code_list}`"
    if isinstance(field, ArrayField) and isinstance(field.base_field, CodeField):
        return f"codes of `{field.base_field.code_list}`"
    if isinstance(field, models.ForeignKey):
        return f"→ {field.related_model._meta.label}"
    if isinstance(field, models.DecimalField):
        return f"decimal ({field.max_digits} digits, {field.decimal_places} after the point)"
    for sort, text in KINDS:
        if isinstance(field, sort):
            return text
    if field.choices:
        return f"one of {', '.join(f'`{value}`' for value, _text in field.flatchoices)}"
    return f"text, at most {field.max_length}" if getattr(field, "max_length", None) else "text"


def _notes(model: Any, name: str) -> str:
    """What else is to know: may be empty, must be alone of its kind, what it is unless said."""
    if name in getattr(model, "_protected", {}):
        return "may be empty"
    field = model._meta.get_field(name)
    notes = ["may be empty"] if field.null or field.blank else []
    if field.unique:
        notes.append("unique")
    default = field.get_default() if field.has_default() and not callable(field.default) else None
    if default not in (None, ""):
        said = {True: "yes", False: "no"}[default] if isinstance(default, bool) else f"`{default}`"
        notes.append(f"unless said {said}")
    return "; ".join(notes)


def _constraints(model: Any) -> Iterator[str]:
    period = real_period("").condition
    for constraint in model._meta.constraints:
        if isinstance(constraint, ExclusionConstraint):
            names = [_name(expression) for expression, _operator in constraint.expressions if expression != F("valid")]
            yield f"At most one on any day for the same {' and '.join(names)} (`{constraint.name}`)."
        elif isinstance(constraint, models.UniqueConstraint):
            yield f"At most one for the same {' and '.join(constraint.fields)} (`{constraint.name}`)."
        elif isinstance(constraint, models.CheckConstraint):
            text = (
                "The period has a first day and is not empty"
                if constraint.condition == period
                else _condition(constraint.condition)
            )
            yield f"{text} (`{constraint.name}`)."


def _name(expression: Any) -> str:
    """The field behind an expression: Coalesce(unit, 0) is about unit."""
    if isinstance(expression, str):
        return expression
    if isinstance(expression, F):
        return str(expression.name)  # type: ignore[attr-defined]
    return _name(expression.get_source_expressions()[0])


def _condition(condition: Any) -> str:
    """A condition in words."""
    if not isinstance(condition, Q):
        name, value = condition
        field, _sign, lookup = name.partition("__")
        said = LOOKUPS[lookup or "exact"].format(field, _name(value) if isinstance(value, F) else value)
        return f"not ({said})" if lookup == "isnull" and value is False else said
    parts = [
        f"({_condition(one)})" if isinstance(one, Q) and len(one.children) > 1 else _condition(one)
        for one in condition.children
    ]
    joined = f" {condition.connector.lower()} ".join(parts)
    return f"not ({joined})" if condition.negated else joined
