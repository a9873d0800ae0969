"""Publicities for anybody, without a token: what the public pages tell, and no more."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.permissions import ANYONE
from core.api.queries import Query
from core.api.schema import component, many
from core.api.values import plain
from core.api.viewsets import ApiViewSet
from core.dates import today
from core.publicity.kinds import all_kinds, kind_label
from core.publicity.selectors import public, public_one, takes_objections
from core.publicity.views.public import LONGEST_CODE, unit_names
from core.web.pages.strangers import PerReader

NOTICE_IN_PATH: Final = OpenApiParameter(
    "notice", shapes.TEXT, OpenApiParameter.PATH, description=_("The code of the public address.")
)
PUBLISHER = component("Publisher", _("The unit that published."), code=shapes.TEXT, name=shapes.TEXT)
VALUE = component(
    "PublishedValue", _("A public value of a line."), name=shapes.TEXT, label=shapes.TEXT, value=shapes.TEXT
)
LINE = component(
    "PublishedLine", _("A line of a publicity with a masked name; a struck one counts no more."),
    place=shapes.WHOLE, name=shapes.TEXT, struck=shapes.YES_NO, values=many(VALUE),
)  # fmt: skip
NOTICE = component(
    "Publicity", _("What a unit publishes before it decides; “last_day” is included. Lines and what it says come with one publicity only."),
    optional=("words", "contact", "reference", "closed_why", "rows"), code=shapes.TEXT, kind=shapes.CODE, title=shapes.TEXT,
    unit=PUBLISHER, opened_on=shapes.DAY, days=shapes.WHOLE, last_day=shapes.DAY, state=shapes.CODE, takes_objections=shapes.YES_NO,
    words=shapes.TEXT, contact=shapes.TEXT, reference=shapes.TEXT, closed_why=shapes.TEXT, rows=many(LINE),
)  # fmt: skip


class NoticeQuery(Query):
    """Conditions of the list of publicities."""

    unit = serializers.CharField(required=False, max_length=LONGEST_CODE, label=_("code of the unit that published"))


@extend_schema(tags=[_("Publicity")])  # type: ignore[list-item]
class Publicities(ApiViewSet):
    """What is published now, and what was lately."""

    permissions: ClassVar = {"list": ANYONE, "retrieve": ANYONE}
    throttle_classes = [PerReader]
    ordering = "-id"

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {**super().default_response_headers, "X-Robots-Tag": "noindex"}

    @extend_schema(
        summary=_("Publicities"), parameters=[NoticeQuery], responses={200: NOTICE}, operation_id="publicity_list",
        description=_("For anybody: what is open, and what ended lately."),
    )  # fmt: skip
    def list(self, request: Any) -> Response:
        said, rows = NoticeQuery.read(request), public(today())
        rows = rows.filter(unit__code=said["unit"]) if "unit" in said else rows
        page = self.paginate_queryset(rows) or []
        names = unit_names([one.unit_id for one in page])
        return self.get_paginated_response([_told(names, one) for one in page])

    @extend_schema(
        summary=_("One publicity with its lines"),
        parameters=[NOTICE_IN_PATH],
        responses={200: NOTICE},
        operation_id="publicity",
    )
    def retrieve(self, request: Any, notice: str) -> Response:
        Query.read(request)
        one = public_one(notice, today())
        if one is None:
            raise Http404
        kind = all_kinds().get(one.kind)
        columns = list(kind.columns) if kind else []
        return Response({
            **_told(unit_names([one.unit_id]), one), "words": one.words, "contact": one.contact, "reference": one.reference,
            "closed_why": one.closed_why if one.state == one.State.STOPPED else "",
            "rows": [
                {
                    "place": row.place, "name": row.masked, "struck": row.struck,
                    "values": [
                        {"name": name, "label": str(label), "value": str(row.values.get(name, ""))} for name, label in columns
                    ],
                }
                for row in one.rows.order_by("place")
            ],
        })  # fmt: skip


def _told(names: Any, one: Any) -> dict[str, Any]:
    return {
        "code": one.code, "kind": {"code": one.kind, "label": str(kind_label(one.kind))}, "title": one.title,
        "unit": {"code": one.unit.code, "name": names.unit(one.unit_id)}, "opened_on": plain(one.opened_on), "days": one.days,
        "last_day": plain(one.last_day), "state": {"code": one.state, "label": one.get_state_display()},
        "takes_objections": takes_objections(one, today()),
    }  # fmt: skip


urlpatterns = [
    path("publicity/", Publicities.as_view({"get": "list"}), name="api_publicities"),
    path("publicity/<slug:notice>/", Publicities.as_view({"get": "retrieve"}), name="api_publicity"),
]
