"""What addresses about units on a day ask: which day, which unit with all below it, which kind of seat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from core.api.errors import Problem
from core.api.queries import Query
from core.codes.selectors import entries
from core.org.models import Unit
from core.parameters.selectors import ParameterMissing, at
from personnel.rules import SeatHolding

EARLIEST: Final = date(1949, 10, 1)
LATEST: Final = date(2100, 12, 31)


class DayField(serializers.DateField):
    """A day on which rules may be asked for: neither before there were any nor beyond what anybody plans."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError(_("Give a day from 1949-10-01 to 2100-12-31."))
        return day


class DayQuery(Query):
    """The day of which is told."""

    on = DayField(required=False, label=gettext_lazy("the day, by default today"))


class UnitsQuery(DayQuery):
    """The day, and the units."""

    under = serializers.UUIDField(required=False, label=gettext_lazy("a unit with all below it, by default one's own"))


def unit_asked(actor: Any, said: dict[str, Any]) -> Unit:
    """The unit that `under` names, else the actor's own. Raises `Problem` (400) for one that is not there or not theirs."""
    rows = Unit.objects.visible_to(actor).named(said.get("on") or actor.on)
    if "under" not in said:
        own: Unit = rows.get(pk=actor.unit.pk)
        return own
    found: Unit | None = rows.filter(public_id=said["under"]).first()
    if found is None:
        raise Problem.parameter("under", _("There is no such unit that you may see."), "does_not_exist")
    return found


def seat_kind_asked(actor: Any, said: dict[str, Any], on: date) -> str:
    """The kind of seat that `kind` names, else that which the approved quota counts. Raises `Problem` (400) for an unknown one."""
    if "kind" not in said:
        with rules_known():
            return at(SeatHolding, on, unit=actor.unit).quota_kind
    return known_seat_kind(actor, said["kind"], on)


def known_seat_kind(actor: Any, kind: str, on: date) -> str:
    """A kind of seat of the list. Raises `Problem` (400) for an unknown one."""
    if kind not in {one.code for one in entries("seat_kind", on, actor.unit)}:
        raise Problem.parameter("kind", _("This kind of seat is not in its list."), "invalid_choice")
    return kind


@contextmanager
def rules_known(parameter: str = "on") -> Iterator[None]:
    """Say at the parameter that names the day where no rules are kept of it."""
    try:
        yield
    except ParameterMissing as error:
        raise Problem.parameter(parameter, _("No rules are known of this day.")) from error


def unit_named(actor: Any, key: Any, name: str = "unit") -> Unit:
    """The visible unit that a body names by its id. Raises `ValidationError` at the member where there is none."""
    found: Unit | None = Unit.objects.visible_to(actor).filter(public_id=key).first()
    if found is None:
        raise serializers.ValidationError({name: [_("There is no such unit that you may see.")]})
    return found
