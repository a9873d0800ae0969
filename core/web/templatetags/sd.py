"""Components as template tags: `{% load sd %}`, then `{% notice part %}`, `{% facts items axis=axis %}` and so on.

Each tag takes the value of `core.web.parts` that is named in its docstring, or a mapping with the same keys, and
renders `core/components/<name>.html`. Filters write dates, money and numbers as experience demands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.templatetags.static import static
from django.utils import dateformat, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.codes.values import day_words
from core.dates import BEFORE_RECORDS, PartialDate
from core.money import format_yuan
from core.web.bars import axis_labels, life_words, mix, validity
from core.web.parts import Axis, Cell, Chart, Fact, Table

register = template.Library()

STACKED_FROM = 3
LONGEST_RUN = 24
ID_GROUPS = {18: (6, 8, 4), 17: (4, 2, 3, 1, 1, 6), 11: (3, 4, 4)}
SOURCES = ("cell", "assumed", "clerk", "correction", "computed")
PLAIN_PARTS = (
    "actionbar",
    "badge",
    "chips",
    "column_chooser",
    "conflict",
    "empty_state",
    "findings",
    "history",
    "mark",
    "notice",
    "notices",
    "pager",
    "pairs",
    "problem",
    "progress_card",
    "reveal_form",
    "sheet",
    "stats",
    "steps",
    "tabs",
)


def _plain(name: str) -> None:
    """Register a tag that hands its part and its options to the template of the same name."""

    def show(part: Any, **options: Any) -> dict[str, Any]:
        return {"part": part, **options}

    register.inclusion_tag(f"core/components/{name}.html", name=name)(show)


for _name in PLAIN_PARTS:
    _plain(_name)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; with a label it speaks, without it is decoration."""
    href = f"{static('core/icons.svg')}#i-{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href)


@register.inclusion_tag("core/components/action.html")
def action(part: Any, *, small: bool = False) -> dict[str, Any]:
    """A button (`Action`)."""
    looks = {"primary": "btn-primary", "quiet": "btn-link-quiet", "danger": "btn-danger"}
    chosen = [css for name, css in looks.items() if _of(part, name)]
    return {"part": part, "css": " ".join(["btn", *(["btn-sm"] if small else []), *chosen])}


def _of(part: Any, name: str) -> Any:
    return part.get(name) if isinstance(part, Mapping) else getattr(part, name, None)


@register.inclusion_tag("core/components/page_head.html")
def page_head(
    heading: Any, sub: Any = "", crumbs: Sequence[Any] = (), actions: Sequence[Any] = (), over: Any = ""
) -> dict[str, Any]:
    """The heading of a page: crumbs (`Link`), a line above (`over`), a line below (`sub`), buttons (`Action`)."""
    return {"heading": heading, "sub": sub, "crumbs": crumbs, "actions": actions, "over": over}


@register.inclusion_tag("core/components/person_head.html")
def person_head(person: Any) -> dict[str, Any]:
    """The heading of a file: name, latin, photo_url, meta (`Link`), badges (`Badge`), actions (`Action`)."""
    return {"person": person}


@register.inclusion_tag("core/components/clocks.html")
def clocks(strip: Any) -> dict[str, Any]:
    """The two clocks.

    `strip` has valid_on and known_at (days), is_past, differences (int or None), shortcuts (`Link`), today_url, and
    hidden, the (name, value) pairs that the form must carry on.
    """
    return {"strip": strip}


@register.inclusion_tag("core/components/facts.html")
def facts(
    items: Iterable[Fact], axis: Axis | None = None, *, narrow: bool = False, paired: bool = False
) -> dict[str, Any]:
    """Facts with provenance and life; `axis` is the one of the page, without it no bars are drawn.

    `paired` ones stand two in a line where there is room.
    """
    return {"rows": [_fact_row(fact, axis) for fact in items], "narrow": narrow, "paired": paired}


def _fact_row(fact: Fact, axis: Axis | None) -> dict[str, Any]:
    bar = validity(fact.spans, axis) if axis and fact.spans else ""
    life = fact.life or (life_words(fact.spans, axis.day) if axis and fact.spans else "")
    return {"fact": fact, "bar": bar, "life": life, "css": "" if bar else "no-bar" if life else "no-life"}


for _bar in (validity, axis_labels, mix):
    register.simple_tag(_bar)


@register.simple_tag
def source_name(source: str) -> str:
    """What a provenance mark says, in words."""
    names = {
        "cell": _("Imported from a cell"),
        "assumed": _("Usual value, not stated"),
        "clerk": _("Entered by a clerk"),
        "correction": _("Correction"),
        "computed": _("Computed"),
    }
    return names[source]


@register.inclusion_tag("core/components/legend.html")
def legend() -> dict[str, Any]:
    """What the marks and bars of a file mean."""
    return {"sources": SOURCES}


@register.inclusion_tag("core/components/data_table.html")
def data_table(table: Table) -> dict[str, Any]:
    """A list of rows, with sort links and boxes to select; on narrow screens a wide one shows one block a row."""
    rows = [
        {"row": row, "cells": [_cell(cell, column) for cell, column in zip(row.cells, table.columns, strict=True)]}
        for row in table.rows
    ]
    return {"table": table, "rows": rows, "stacked": len(table.columns) > STACKED_FROM}


def _cell(cell: Any, column: Any) -> dict[str, Any]:
    value = cell if isinstance(cell, Cell | Mapping) else Cell(text="" if cell is None else cell)
    if column.number and isinstance(value, Cell) and type(value.text) is int:
        value = replace(value, text=thousands(value.text))
    blank = not any(_of(value, name) for name in ("badge", "meter", "sub")) and _of(value, "text") in ("", None)
    css = (
        ["sd-num"]
        if column.number
        else ["sd-nb"]
        if column.nowrap
        else ["sd-long"]
        if _is_long(_of(value, "text"))
        else []
    )
    return {"cell": value, "column": column, "css": " ".join([*css, *(["sd-blank"] if blank else [])])}


def _is_long(text: Any) -> bool:
    """Whether a text has a run without a blank that must be broken somewhere."""
    return any(len(run) > LONGEST_RUN for run in str(text or "").split())


@register.inclusion_tag("core/components/selection.html")
def selection(form: str, text: str, actions: Sequence[Any], all_label: str = "", clear_url: str = "") -> dict[str, Any]:
    """What to do with the selected rows of the form with that id.

    `text` holds "{n}" for the number selected; `all_label` offers to take everything that matches (everything=1).
    """
    return {"form": form, "text": text, "actions": actions, "all_label": all_label, "clear_url": clear_url}


@register.inclusion_tag("core/components/chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    """A chart, its table, and an image to download."""
    data = {
        "kind": chart.kind,
        "unit": chart.unit,
        "categories": list(chart.categories),
        "series": [
            {"name": s.name, "data": list(s.data), "tone": s.tone, "shape": s.shape, "stack": s.stack}
            for s in chart.series
        ],
        "aside": [{"name": name, "texts": list(texts)} for name, texts in chart.aside],
        "alarms": list(chart.alarms),
    }
    return {"chart": chart, "data": data}


# Dates, money, numbers.


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def day(value: date | datetime | PartialDate | None) -> str:
    """2026-11-22, or as much of it as is known: as tables write a day."""
    if isinstance(value, date):
        return day_words(value) if value == BEFORE_RECORDS else _local(value).strftime("%Y-%m-%d")
    return str(value or "")


@register.filter
def stamp(value: date | datetime | None) -> str:
    """2026-11-22 10:04, as tables write a moment; a day alone stays a day."""
    return _local(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else day(value)


@register.filter
def date_prose(value: date | datetime | PartialDate | None) -> str:
    """2026年11月22日 in Chinese prose, 22 Nov 2026 in English; 1985年7月 where only the month is known."""
    if not value:
        return ""
    if isinstance(value, PartialDate):
        return _partial_prose(value)
    return dateformat.format(_local(value), "j M Y" if _english() else "Y年n月j日")


def _partial_prose(value: PartialDate) -> str:
    known = date(value.year, value.month or 1, value.day or 1)
    if value.day:
        return dateformat.format(known, "j M Y" if _english() else "Y年n月j日")
    if value.month:
        return dateformat.format(known, "M Y" if _english() else "Y年n月")
    return f"{value.year}" if _english() else f"{value.year}年"


@register.filter
def date_weekday(value: date | datetime | None) -> str:
    """2026年11月23日 星期一 or Monday, 23 Nov 2026."""
    return dateformat.format(_local(value), "l, j M Y" if _english() else "Y年n月j日 l") if value else ""


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def money(value: Decimal | int | None) -> str:
    """¥12,345.67 (yuan); nothing for no amount. A float is refused."""
    return "" if value is None or value == "" else format_yuan(value).replace("-", "−")


@register.filter
def amount(value: Decimal | int | None) -> str:
    """12,345.67: yuan in a table that says so in its head."""
    return money(value).replace("¥", "")


@register.filter
def thousands(value: Any) -> Any:
    """3,012; words stay words."""
    return f"{value:,}" if isinstance(value, int) else "" if value is None else value


@register.filter
def id_groups(value: Any) -> str:
    """A long number in groups that the eye can compare; masked numbers keep their shape.

    Identity number 6-8-4, mobile number 3-4-4, certificate number 4-2-3-1-1-6, else fours.
    """
    text = str(value or "")
    sizes: Iterable[int] = ID_GROUPS.get(len(text), (4,) * -(-len(text) // 4))
    groups, at = [], 0
    for size in sizes:
        groups.append(text[at : at + size])
        at += size
    return " ".join(groups)


# Forms.


@register.filter
def widget(field: BoundField) -> SafeString:
    """A form field's control in the product's look; keeps the classes that the form gave."""
    control = field.field.widget
    if isinstance(control, CheckboxInput | CheckboxSelectMultiple | RadioSelect):
        css = "form-check-input"
    else:
        css = "form-select" if isinstance(control, Select) else "form-control"
    classes = [css, control.attrs.get("class", ""), "is-invalid" if field.errors else ""]
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether the control is one box to tick, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def with_count(text: str | Promise, number: int) -> str:
    """The text with the number in the place of {n}."""
    return str(text).replace("{n}", f"{number:,}")
