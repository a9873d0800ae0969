"""Requests for workbooks by program: what is asked, and where each unit stands."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import path
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.queries import Query
from core.api.schema import component, maybe
from core.api.values import unit_of
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values
from core.exchange.asking.models import WorkbookRequest
from core.exchange.asking.selectors import LOOK, asked_units, requests
from core.exchange.asking.statuses import Status, sent_in
from core.exchange.kinds import all_kinds

REQUEST = component(
    "WorkbookRequest", gettext_lazy("A workbook that a bureau asks of units below it, by a day."),
    id=shapes.ID, title=shapes.TEXT, words=shapes.TEXT, kind=shapes.CODE, due=shapes.DAY, unit=shapes.UNIT,
    asked_by=shapes.TEXT, asked_at=shapes.MOMENT, closed_at=maybe(shapes.MOMENT),
)  # fmt: skip
ASKED = component(
    "AskedUnit", gettext_lazy("Where an asked unit stands; “batch” is the workbook that counts."),
    unit=shapes.UNIT, state=shapes.CODE, batch=maybe(shapes.ID), sent_at=maybe(shapes.MOMENT), refused=maybe(shapes.WHOLE),
)  # fmt: skip


class UnitQuery(Query):
    """Conditions of the asked units of a request."""

    state = serializers.ChoiceField(required=False, choices=Status.choices)


@extend_schema(tags=[gettext_lazy("Imports")])  # type: ignore[list-item]
class Requests(ScopedViewSet):
    """The requests of the actor's units, and those that ask them."""

    permissions: ClassVar = {"list": LOOK, "retrieve": LOOK, "units": LOOK}
    model = WorkbookRequest
    ordering = "-id"

    def get_queryset(self) -> Any:
        return requests(self.actor)

    @extend_schema(summary=gettext_lazy("Requested workbooks"), responses={200: REQUEST})
    def list(self, request: Any) -> Response:
        Query.read(request)
        return self.paged(self.get_queryset())

    @extend_schema(summary=gettext_lazy("One request"), responses={200: REQUEST})
    def retrieve(self, _request: Any, **ids: Any) -> Response:
        return super().retrieve(_request, **ids)

    @extend_schema(
        summary=gettext_lazy("Asked units of a request"), parameters=[UnitQuery, *shapes.PAGING], responses={200: shapes.page_of(ASKED)},
        operation_id="requests_units_list",
    )  # fmt: skip
    def units(self, request: Any, **_ids: Any) -> Response:
        query = UnitQuery.read(request)
        rows = asked_units(self.actor).filter(request=self.get_object()).select_related("unit")
        self.ordering = "id"
        page = self.paginate_queryset(rows.filter(**({"status": query["state"]} if "state" in query else {}))) or []
        self.values.prime(units=[one.unit_id for one in page])
        return self.get_paginated_response([_asked(self.values, one) for one in page])

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[one.unit_id for one in page])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        kind = all_kinds().get(record.kind)
        return {
            "id": str(record.public_id),
            "title": record.title,
            "words": record.words,
            "kind": {"code": record.kind, "label": str(kind.label) if kind else record.kind},
            "due": record.due.isoformat(),
            "unit": unit_of(values, record.unit),
            "asked_by": str(record.user),
            "asked_at": record.created_at.isoformat(),
            "closed_at": record.closed_at.isoformat() if record.closed_at else None,
        }


def _asked(values: Values, one: Any) -> dict[str, Any]:
    sent = sent_in(one.last)
    return {
        "unit": unit_of(values, one.unit),
        "state": {"code": one.status, "label": str(Status(one.status).label)},
        "batch": sent.public_id if sent else None,
        "sent_at": sent.at.isoformat() if sent else None,
        "refused": sent.refused if sent else None,
    }


urlpatterns = [
    path("requests/", Requests.as_view({"get": "list"}), name="api_requests"),
    path("requests/<uuid:id>/", Requests.as_view({"get": "retrieve"}), name="api_request"),
    path("requests/<uuid:id>/units/", Requests.as_view({"get": "units"}), name="api_request_units"),
]
