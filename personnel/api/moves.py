"""Moves of people for programs: the list, read only; what is decided is decided in cases."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.queries import Query
from core.api.schema import component, maybe
from core.api.values import code, plain, unit_of
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values
from personnel.models import Move, MoveKind
from personnel.selectors.move_facts import OPEN_STATES
from personnel.selectors.moves import VIEW, moves

MOVE: Final = component(
    "Move", _(
        "A move of a person; “ends” is the first day back, null for good, “state” that of its case. Who leaves for a unit outside "
        "the system has no “to_unit”: “outside” and “place” name it, “letter” is its letter."
    ),
    id=shapes.ID, revision=shapes.WHOLE, person=shapes.ID, name=shapes.TEXT, kind=shapes.TEXT, employment=shapes.YES_NO,
    from_unit=shapes.UNIT, to_unit=maybe(shapes.UNIT), outside=shapes.TEXT, place=shapes.TEXT, letter=shapes.TEXT, starts=shapes.DAY,
    ends=maybe(shapes.DAY), ground=shapes.CODE, state=shapes.TEXT, document=shapes.TEXT, reported_on=maybe(shapes.DAY),
)  # fmt: skip


class MoveQuery(Query):
    """Conditions of the list of moves."""

    kind = serializers.ChoiceField(required=False, choices=MoveKind.values, label=_("kind of move"))
    waiting = serializers.BooleanField(required=False, default=False, label=_("those that are not decided yet"))


@extend_schema(tags=[_("Transfers and loans")])  # type: ignore[list-item]
class Moves(ScopedViewSet):
    """Moves from and to the actor's units."""

    permissions: ClassVar = {"list": VIEW}
    model = Move

    @extend_schema(
        summary=_("Transfers and loans"), parameters=[MoveQuery], responses={200: MOVE}, operation_id="moves_list"
    )
    def list(self, request: Any) -> Response:
        said = MoveQuery.read(request)
        rows = moves(self.actor)
        if said.get("kind"):
            rows = rows.filter(kind=said["kind"])
        if said["waiting"]:
            rows = rows.filter(case__state__in=OPEN_STATES)
        return self.paged(rows)

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[key for one in page for key in one.units])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {
            "id": str(record.public_id), "revision": record.revision, "person": str(record.teacher.public_id),
            "name": record.teacher.name, "kind": record.kind, "employment": record.employment,
            "from_unit": unit_of(values, record.from_unit),
            "to_unit": unit_of(values, record.to_unit) if record.to_unit is not None else None,
            "outside": record.outside, "place": record.place, "letter": record.letter,
            "starts": plain(record.starts), "ends": plain(record.ends), "ground": code(values, "move_ground", record.ground),
            "state": record.case.state, "document": record.document, "reported_on": plain(record.reported_on),
        }  # fmt: skip
