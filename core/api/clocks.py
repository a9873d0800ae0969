"""The two clocks behind the question mark: `valid_on` a day, `known_at` a day or a position; every answer names what it used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers
from rest_framework.fields import DateField

from core.api import schema as shapes
from core.api.errors import Problem
from core.api.queries import Query
from core.records.clocks import Known, NoSuchPosition, known_at, known_by, latest

LATEST: Final = "latest"
LONGEST_POSITION: Final = 18

CLOCKS: Final = (
    OpenApiParameter(
        "valid_on", shapes.DAY, OpenApiParameter.QUERY,
        description=_("Facts as of this day; without it, of today."),
        examples=[OpenApiExample("day", summary=_("The first of April"), value="2026-04-01")],
    ),
    OpenApiParameter(
        "known_at", shapes.TEXT, OpenApiParameter.QUERY,
        description=_(
            "As the system knew them by the end of this day (in China), or at this position of another answer; “latest” settles what "
            "is open and answers at the last position. Without it, and for a day to come: as it knows them now. "
            "The answer for a day that is over and for a position never changes."
        ),
        examples=[
            OpenApiExample("day", summary=_("By the end of the first of May"), value="2026-05-01"),
            OpenApiExample("position", summary=_("At a position that another answer named"), value="4711"),
            OpenApiExample("latest", summary=_("As of now, to be asked for again later"), value=LATEST),
        ],
    ),
)  # fmt: skip
# What an answer says of the clocks that it used.
USED: Final[Any] = {
    "valid_on": {**shapes.DAY, "description": _("The day as of which the facts are told.")},
    "known_at": {**shapes.DAY, "description": _("The day by whose end the system knew them.")},
    "position": {
        **shapes.maybe(shapes.WHOLE),
        "description": _("The position that was used; null: none, what is told is what the system knows now."),
    },
}


@dataclass(frozen=True, slots=True)
class AskedClocks:
    """The day and the knowledge that an address asks for; `usual`: today's facts, as they are known now."""

    valid_on: date
    known: Known
    usual: bool

    def used(self) -> dict[str, Any]:
        """The members by which an answer names them."""
        return {
            "valid_on": self.valid_on.isoformat(),
            "known_at": self.known.day.isoformat(),
            "position": self.known.position,
        }


class ClockQuery(Query):
    """The parameters of an address that tells of a file."""

    valid_on = serializers.DateField(required=False, label=_("facts as of this day"))
    known_at = serializers.CharField(required=False, max_length=LONGEST_POSITION, label=_("as they were known by then"))

    @classmethod
    def clocks(cls, request: Any, today: date) -> AskedClocks:
        """Both clocks, today where they are not given. Raises `Problem` (400) for what is no day and no position."""
        query = cls.read(request)
        valid_on, known = query.get("valid_on", today), _known(query.get("known_at", ""), today)
        return AskedClocks(valid_on, known, usual=known.now and valid_on == today)


def _known(asked: str, today: date) -> Known:
    if not asked:
        return known_by(today, today=today)
    if asked == LATEST:
        return _at(latest(), today)
    if asked.isascii() and asked.isdigit():
        return _at(int(asked), today)
    try:
        return known_by(DateField().to_internal_value(asked), today=today)
    except serializers.ValidationError as error:
        raise Problem.parameter(
            "known_at", _("Give a day such as 2026-05-01, a position that an answer named, or “latest”.")
        ) from error


def _at(position: int, today: date) -> Known:
    try:
        return known_at(position) if position else Known(today, 0)
    except NoSuchPosition as error:
        raise Problem.parameter(
            "known_at", _("There is no such position yet. Take one that an answer named, or “latest”.")
        ) from error
