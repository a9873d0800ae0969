"""What is asked of seats, for programs: their use and their adjustment between units; decided by the steps of the case."""

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
from core.org.models import Unit
from core.workflow.api import state_of
from personnel.api.asked import DayField, unit_named
from personnel.api.dossier import OPENED, opened
from personnel.api.posts import API, ID_OF_UNIT, read
from personnel.forms.seats import MOST
from personnel.models import SeatAdjustment, SeatUse
from personnel.selectors.seats import ASK, KEEP, VIEW, remaining
from personnel.services.seat_adjustments import ask_adjustment
from personnel.services.seat_uses import LONGEST, ask_use

APPROVED = component(
    "ApprovedUse", _("What was approved: it can be used from a day up to, not including, “until”; “left” is not used yet."),
    id=shapes.ID, count=shapes.WHOLE, left=shapes.WHOLE, on=shapes.DAY, until=shapes.DAY, document=shapes.TEXT,
)  # fmt: skip
USE = component(
    "SeatUse",
    _("An application to use seats; “state” is that of its case, “approved” is null before, “extended” how often it was put off."),
    id=shapes.ID, revision=shapes.WHOLE, case=shapes.ID, unit=shapes.UNIT, kind=shapes.CODE, count=shapes.WHOLE, purpose=shapes.CODE,
    words=shapes.TEXT, state=shapes.CODE, extended=shapes.WHOLE, approved=maybe(APPROVED),
)  # fmt: skip
ADJUSTMENT = component(
    "SeatAdjustment", _("Seats that are asked to go from one unit to another on a day; “state” is that of its case."),
    id=shapes.ID, revision=shapes.WHOLE, case=shapes.ID, unit=shapes.UNIT, to_unit=shapes.UNIT, kind=shapes.CODE, count=shapes.WHOLE,
    on=shapes.DAY, words=shapes.TEXT, state=shapes.CODE,
)  # fmt: skip
COUNT: Final[dict[str, Any]] = {"min_value": 1, "max_value": MOST}


class AskedQuery(Query):
    """Conditions of lists of what was asked."""

    unit = serializers.UUIDField(required=False, label=_("the unit of which seats are asked"))
    state = serializers.CharField(required=False, max_length=40, label=_("state of the case"))
    open = serializers.BooleanField(required=False, allow_null=True, default=None, label=_("still open, or over"))


class UseOrder(serializers.Serializer[Any]):
    """How many seats of which kind, for what, and why in words."""

    kind = serializers.CharField(max_length=20)
    count = serializers.IntegerField(**COUNT)
    purpose = serializers.CharField(max_length=20)
    words = serializers.CharField(max_length=LONGEST)


class AdjustOrder(serializers.Serializer[Any]):
    """How many vacant seats go to another unit, from which day on, and why in words."""

    to_unit = serializers.UUIDField()
    kind = serializers.CharField(max_length=20)
    count = serializers.IntegerField(**COUNT)
    on = DayField()
    words = serializers.CharField(max_length=LONGEST)


class AskedOfSeats(ScopedViewSet):
    """What lists of what was asked share."""

    ordering = "-id"

    def asked(self, request: Any) -> Any:
        """The visible rows under the conditions of the address."""
        said, rows = AskedQuery.read(request), self.get_queryset()
        if "unit" in said:
            rows = rows.filter(unit__in=Unit.objects.visible_to(self.actor).filter(public_id=said["unit"]))
        if "state" in said:
            rows = rows.filter(case__state=said["state"])
        if said["open"] is not None:
            rows = rows.exclude(case__desk="") if said["open"] else rows.filter(case__desk="")
        return rows


@extend_schema(tags=[_("Seats")])  # type: ignore[list-item]
class SeatUses(AskedOfSeats):
    """Applications to use seats."""

    permissions: ClassVar = {"list": VIEW}
    model = SeatUse

    def select(self, rows: Any) -> Any:
        return rows.select_related("unit", "case", "reservation")

    @extend_schema(
        summary=_("Uses of seats"), parameters=[AskedQuery], responses={200: USE}, operation_id="seat_uses_list"
    )
    def list(self, request: Any) -> Response:
        return self.paged(self.asked(request))

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[one.unit_id for one in page])
        kept = [one.reservation.pk for one in page if getattr(one, "reservation", None)]
        self.left = remaining(kept, self.actor.on)

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        held = getattr(record, "reservation", None)
        return {
            "id": str(record.public_id), "revision": record.revision, "case": str(record.case.public_id),
            "unit": unit_of(values, record.unit), "kind": code(values, "seat_kind", record.kind), "count": record.count,
            "purpose": code(values, "seat_purpose", record.purpose), "words": record.words, "state": state_of(record.case),
            "extended": record.extended,
            "approved": {
                "id": str(held.public_id), "count": held.count, "left": self.left.get(held.pk, 0), "on": plain(held.on),
                "until": plain(held.until), "document": held.document,
            } if held else None,
        }  # fmt: skip


@extend_schema(tags=[_("Seats")])  # type: ignore[list-item]
class SeatAdjustments(AskedOfSeats):
    """Seats that are asked to go from one unit to another."""

    permissions: ClassVar = {"list": VIEW}
    model = SeatAdjustment

    def select(self, rows: Any) -> Any:
        return rows.select_related("unit", "to_unit", "case")

    @extend_schema(
        summary=_("Adjustments of seats"),
        parameters=[AskedQuery],
        responses={200: ADJUSTMENT},
        operation_id="seat_adjustments_list",
    )
    def list(self, request: Any) -> Response:
        return self.paged(self.asked(request))

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[key for one in page for key in (one.unit_id, one.to_unit_id)])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {
            "id": str(record.public_id), "revision": record.revision, "case": str(record.case.public_id),
            "unit": unit_of(values, record.unit), "to_unit": unit_of(values, record.to_unit),
            "kind": code(values, "seat_kind", record.kind), "count": record.count, "on": plain(record.on), "words": record.words,
            "state": state_of(record.case),
        }  # fmt: skip


@extend_schema(tags=[_("Seats")])  # type: ignore[list-item]
class AskForSeats(ScopedViewSet):
    """Asking for seats of a unit."""

    permissions: ClassVar = {"use": ASK, "adjust": KEEP}
    model = Unit

    @extend_schema(
        summary=_("Apply to use seats"), parameters=[ID_OF_UNIT], request=UseOrder, responses={201: OPENED},
        description=_("It is approved by the steps of its case."), operation_id="seats_use",
    )  # fmt: skip
    def use(self, request: Any, **_ids: Any) -> Response:
        unit, said = self.get_object(), read(UseOrder, request)
        return opened(ask_use(actor=self.actor, unit=unit, source=API, **said))

    @extend_schema(
        summary=_("Ask to move seats to another unit"), parameters=[ID_OF_UNIT], request=AdjustOrder, responses={201: OPENED},
        description=_("It is approved by the steps of its case."), operation_id="seats_adjust",
    )  # fmt: skip
    def adjust(self, request: Any, **_ids: Any) -> Response:
        unit, said = self.get_object(), read(AdjustOrder, request)
        to_unit = unit_named(self.actor, said.pop("to_unit"), "to_unit")
        return opened(ask_adjustment(actor=self.actor, unit=unit, to_unit=to_unit, source=API, **said))
