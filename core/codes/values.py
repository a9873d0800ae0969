"""The one function that renders a stored value for a reader: on pages, in history, previews, exports and the API.

A protected value is always its mask. Units and users are looked up set-wise: once per set that was announced by `prime`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes import selectors
from core.dates import BEFORE_RECORDS
from core.org.models import UnitProfile, User
from core.records.fields import CodeField
from core.records.models import StoredFile
from core.records.vault import ProtectedText, mask

PROTECTED_LABELS = {
    "graduate": gettext_lazy("name"),
    "home": gettext_lazy("home before studies"),
    "agreement": gettext_lazy("agreement number"),
    "identity": gettext_lazy("number of the document"),
    "phone": gettext_lazy("telephone"),
    "address": gettext_lazy("home address"),
    "account": gettext_lazy("bank account"),
    "asked": gettext_lazy("what is asked"),
    "was": gettext_lazy("what stood there"),
    "applicant": gettext_lazy("name"),
    "application": gettext_lazy("what was said"),
    "objector": gettext_lazy("name"),
    "objection": gettext_lazy("objection"),
}
INNER = {"id", "public_id", "revision", "source_row", "key"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A value in words. `masked` says that the value itself is protected and `text` is its mask; empty text: nothing recorded."""

    text: str
    masked: bool = False
    number: bool = False

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def shown(model: Any, field_name: str, value_or_record: Any, actor: Any, on: date) -> Shown:
    """A field's value in words, in the reader's language, codes and units as they were called on a day.

    `value_or_record` is the stored value, or the record (or a version of it) that holds it. A protected value comes as its mask,
    never in clear, whether the record or the clear value is given.
    """
    return values_of(actor, on).shown(model, field_name, value_or_record)


def values_of(actor: Any, on: date | None = None) -> Values:
    """The renderer of an actor for a day, which remembers what it looked up as long as the actor lives (a request, a job)."""
    day = on or actor.on
    known = actor.__dict__.setdefault("_values", {})
    if day not in known:
        known[day] = Values(actor, day)
    return known[day]


def label(model: Any, field_name: str) -> str:
    """What a field is called on a page."""
    protected = getattr(model, "_protected", {}).get(field_name)
    if protected is not None:
        return capfirst(str(PROTECTED_LABELS.get(protected.kind, field_name)))
    if field_name == "valid":
        return capfirst(_("period"))
    return capfirst(str(model._meta.get_field(field_name).verbose_name))


lazy_label = lazy(label, str)
"""The same for what is written down once for readers of every language."""


def fields_of(model: Any) -> list[str]:
    """The fields of a record that a reader may want to see: no keys, a protected value as one field."""
    inner = INNER | {
        f"{name}_{part}" for name in getattr(model, "_protected", {}) for part in ("cipher", "index", "last")
    }
    return [
        *getattr(model, "_protected", {}),
        *(f.name for f in model._meta.concrete_fields if f.name not in inner and f.editable),
    ]


class Values:
    """Renders values for one actor on one day."""

    def __init__(self, actor: Any, on: date) -> None:
        self.actor, self.on = actor, on
        self._units: dict[int, str] = {}
        self._users: dict[int, str] = {}

    # look-ups

    def prime(self, units: Iterable[int | None] = (), users: Iterable[int | None] = ()) -> None:
        """Read in at most two queries what rendering these units and users will need."""
        self._load_units({pk for pk in units if pk} - self._units.keys())
        self._load_users({pk for pk in users if pk} - self._users.keys())

    def _load_units(self, ids: set[int]) -> None:
        if not ids:
            return
        rows = (
            UnitProfile._base_manager.filter(unit__in=ids)
            .order_by("unit", "valid")
            .values_list("unit", "name", "valid")
        )
        for unit, name, valid in rows:
            # Before its first profile a unit is called by that one, after its last by the last.
            if unit not in self._units or valid.lower <= self.on:
                self._units[unit] = name
        self._units.update(dict.fromkeys(ids - self._units.keys(), ""))

    def _load_users(self, ids: set[int]) -> None:
        if ids:
            self._users.update(dict.fromkeys(ids, ""))
            self._users.update(User.objects.filter(pk__in=ids).values_list("pk", "name"))

    def code(self, list_name: str, code: str) -> str:
        """The name of a code as it was called on the day; the code itself where the list does not know it."""
        return selectors.label(list_name, code, self.on)

    def entries(self, list_name: str) -> list[tuple[str, str]]:
        """(code, name) of what can be chosen on the day at the actor's unit."""
        return selectors.choices(list_name, self.on, self.actor.unit)

    def place(self, list_name: str, code: str) -> int:
        """Where a code stands in its list, to sort by; what is not in it comes last."""
        codes = [one for one, _name in self.entries(list_name)]
        return codes.index(code) if code in codes else len(codes)

    def unit(self, pk: int | None) -> str:
        """The name of a unit on the day."""
        if pk is None:
            return ""
        if pk not in self._units:
            self._load_units({pk})
        return self._units[pk]

    def user(self, pk: int | None) -> str:
        """The name of a user."""
        if pk is None:
            return ""
        if pk not in self._users:
            self._load_users({pk})
        return self._users[pk]

    # rendering

    def shown(self, model: Any, field_name: str, value_or_record: Any) -> Shown:
        """A field's value in words."""
        protected = getattr(model, "_protected", {}).get(field_name)
        if protected is not None:
            return _masked(protected, field_name, value_or_record)
        field = model._meta.get_field(field_name)
        value = value_or_record
        if isinstance(value_or_record, models.Model) and hasattr(value_or_record, field.attname):
            value = getattr(value_or_record, field.attname)
        return Shown(self._text(field, value), number=isinstance(field, models.DecimalField | models.IntegerField))

    def _text(self, field: Any, value: Any) -> str:
        if isinstance(field, models.ForeignKey):
            return self._referenced(field, value)
        if value is None or value == "":
            return ""
        if isinstance(field, CodeField):
            return self.code(field.code_list, value)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, ArrayField):
            return pgettext("list separator", ", ").join(self._text(field.base_field, item) for item in value)
        if isinstance(field, DateRangeField):
            return period_words(value)
        return plain_words(value)

    def _referenced(self, field: Any, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, models.Model):
            value = value.pk
        target = field.related_model._meta.label
        if target == "org.Unit":
            return self.unit(value)
        if target == "org.User":
            return self.user(value)
        if field.related_model is StoredFile:
            return str(StoredFile.objects.filter(pk=value).values_list("name", flat=True).first() or "")
        return ""


def _masked(protected: ProtectedText, name: str, given: Any) -> Shown:
    if isinstance(given, models.Model):
        last, there = getattr(given, f"{name}_last") or "", getattr(given, f"{name}_cipher") is not None
    else:
        text = str(given or "")
        last, there = text[-protected.keep :] if protected.keep else "", bool(text)
    return Shown(mask(last, protected.length), masked=True) if there else Shown("", masked=True)


def reason_words(change: Any) -> str:
    """Why a change was made: the usual reason by its name, then the words; either may be all there is."""
    usual = selectors.label("change_reason", change.reason_code) if change.reason_code else ""
    return pgettext("between a usual reason and words", ": ").join(filter(None, [usual, change.reason]))


def plain_words(value: Any) -> str:
    """A value without a field: yes or no, a day, a moment in China, a number without needless noughts."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return (
            timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
            if timezone.is_aware(value)
            else value.strftime("%Y-%m-%d %H:%M")
        )
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def day_words(day: date) -> str:
    """A day as 2026-11-22; the first day of what held before anybody kept records, in words."""
    return _("before our records") if day == BEFORE_RECORDS else day.isoformat()


def period_words(valid: Any) -> str:
    """A stretch of validity with its last day: 2020-09-01 to 2026-08-31, since 2020-09-01."""
    if valid is None or valid.isempty:
        return ""
    first = day_words(valid.lower) if valid.lower else "…"
    if valid.upper is None:
        return first if valid.lower == BEFORE_RECORDS else _("since %(first)s") % {"first": first}
    last = date.fromordinal(valid.upper.toordinal() - 1).isoformat()
    return _("%(first)s to %(last)s") % {"first": first, "last": last}
