"""Filters of lists: each is a condition that stands in the address, so that a list can be sent to somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import values_of
from core.dates import InvalidDate, read_date
from core.org.models import Unit
from core.text import veiled

EVERYTHING = "all"
LONGEST_SEARCH = 60


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of a list. `apply(rows, value, actor)` narrows the rows; `page` is the list that it joins from another module.

    `default` is in force until the reader says otherwise; an address says so by the parameter with the word "all".
    """

    name: str
    label: Any
    apply: Callable[[Any, Any, Any], Any]
    page: str = ""
    default: str = ""
    permission: str = ""
    order: int = 100

    many: ClassVar[bool] = False
    day: ClassVar[bool] = False
    as_of: ClassVar[bool] = False

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        """The values that can be chosen, as (value, label)."""
        raise NotImplementedError

    def read(self, raw: Iterable[str], actor: Any) -> list[str]:
        """The known ones among the values of the address."""
        known = {value for value, _label in self.choices(actor)}
        return [value for value in raw if value in known]

    def narrow(self, rows: Any, values: list[str], actor: Any) -> Any:
        """The rows that meet the condition."""
        return self.apply(rows, values if self.many else values[0], actor)

    def said(self, values: list[str], actor: Any) -> str:
        """The chosen values in words, for the chip."""
        labels = dict(self.choices(actor))
        return pgettext("list separator", ", ").join(str(labels[value]) for value in values)


@dataclass(frozen=True, slots=True)
class ChoiceFilter(Filter):
    """A choice among a few; `options` are (value, label)."""

    options: tuple[tuple[str, Any], ...] = ()

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return list(self.options)


@dataclass(frozen=True, slots=True)
class CodeFilter(Filter):
    """One or several entries of a code list; `extra` are choices before them."""

    code_list: str = ""
    extra: tuple[tuple[str, Any], ...] = ()

    many: ClassVar[bool] = True

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [*self.extra, *values_of(actor).entries(self.code_list)]


@dataclass(frozen=True, slots=True)
class YesNoFilter(Filter):
    """Yes or no."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [("yes", _("yes")), ("no", _("no"))]

    def narrow(self, rows: Any, values: list[str], actor: Any) -> Any:
        return self.apply(rows, values[0] == "yes", actor)


@dataclass(frozen=True, slots=True)
class DayFilter(Filter):
    """A day. `apply` is given the date."""

    day: ClassVar[bool] = True

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return []

    def read(self, raw: Iterable[str], actor: Any) -> list[str]:
        return [value for value in raw if day_of(value) is not None]

    def narrow(self, rows: Any, values: list[str], actor: Any) -> Any:
        return self.apply(rows, day_of(values[0]), actor)

    def said(self, values: list[str], actor: Any) -> str:
        return str(day_of(values[0]))


@dataclass(frozen=True, slots=True)
class AsOfFilter(DayFilter):
    """The day of which the whole list tells; without it, today.

    It narrows nothing by itself: rows, columns and the other conditions are asked for that day. Whom the actor may see stays that of
    today.
    """

    apply: Callable[[Any, Any, Any], Any] = lambda rows, _day, _actor: rows

    as_of: ClassVar[bool] = True


def day_of(text: str) -> date | None:
    """The day that a text names, as people type it: 2026-11-22, 2026.11.22, 2026年11月22日; None where it names none."""
    try:
        known = read_date(text)
    except InvalidDate:
        return None
    return known.first_day() if known.day else None


@dataclass(frozen=True, slots=True)
class UnitFilter(Filter):
    """A unit with all below it, among those that the actor sees. `apply` is given the unit."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [(str(unit.public_id), _indented(unit, actor)) for unit in units_of(actor)]

    def narrow(self, rows: Any, values: list[str], actor: Any) -> Any:
        unit = next(unit for unit in units_of(actor) if str(unit.public_id) == values[0])
        return self.apply(rows, unit, actor)

    def said(self, values: list[str], actor: Any) -> str:
        unit = next(unit for unit in units_of(actor) if str(unit.public_id) == values[0])
        return str(unit)


def _indented(unit: Unit, actor: Any) -> str:
    depth = unit.path.count(".") - (actor.unit.path.count(".") if actor.unit else 0)
    return "　" * depth + str(unit)


def units_of(actor: Any) -> list[Unit]:
    """The units that the actor sees on their day, named, in the order of the tree; read once per actor."""
    known = actor.__dict__.get("_units")
    if known is None:
        rows = Unit.objects.visible_to(actor).named(actor.on).open_on(actor.on).in_tree()
        known = actor.__dict__["_units"] = list(rows)
    return known


def tells_a_number(text: str) -> bool:
    """Whether a text of the address holds what may be somebody's identity number, phone or account."""
    return not is_uuid(text) and veiled(text) != text


def is_uuid(text: str) -> bool:
    """Whether a text of the address may name a row."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def exists_on(model: Any, link: str, on: Any, **conditions: Any) -> Exists:
    """Whether a dated record of `model` holds on a day for the row; `link` is its foreign key to the row."""
    return Exists(model._base_manager.filter(**{link: OuterRef("pk")}, valid__contains=on, **conditions))


NOT_RECORDED = ("-", gettext_lazy("not recorded"))
