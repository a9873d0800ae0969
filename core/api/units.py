"""Units as the API tells them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api.queries import Query
from core.api.schema import CODE, DAY, ID, PERIOD, TEXT, UNIT, WHOLE, component, many, maybe
from core.api.values import code, known_day, period, plain, unit_of, value
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values, values_of
from core.org.models import ApprovedQuota, Unit, UnitKind, UnitProfile, UnitStatistics

PROFILE = component(
    "UnitProfile", _("What a unit is called and is, for a period."), valid=PERIOD, name=TEXT,
    school_type=maybe(CODE), location=maybe(CODE), sponsor=maybe(CODE), stages=many(CODE),
)  # fmt: skip
QUOTA = component("Quota", _("The approved quota of a unit for a period."), valid=PERIOD, seats=WHOLE)
STATISTICS = component(
    "UnitStatistics", _("Pupils and classes of a unit in a school year; “stage” is null for the whole unit."),
    school_year=WHOLE, stage=maybe(CODE), pupils=maybe(WHOLE), classes=maybe(WHOLE), boarders=maybe(WHOLE),
)  # fmt: skip
OF_SCHOOLS = component(
    "SchoolStatistics", _("Pupils and classes of a unit in a school year; “stage” is null for the whole unit."),
    unit=UNIT, school_year=WHOLE, stage=maybe(CODE), pupils=maybe(WHOLE), classes=maybe(WHOLE), boarders=maybe(WHOLE),
)  # fmt: skip
UNIT_ROW = component(
    "Unit", _("A unit with its name on the day. “profiles”, “quotas” and “statistics” come with one unit only."),
    optional=("profiles", "quotas", "statistics"),
    id=ID, revision=WHOLE, code=TEXT, kind=CODE, name=TEXT, parent=maybe(UNIT), opened=maybe(DAY), closed=maybe(DAY),
    profiles=many(PROFILE), quotas=many(QUOTA), statistics=many(STATISTICS),
)  # fmt: skip


class UnitQuery(Query):
    """Conditions of the list of units."""

    q = serializers.CharField(required=False, max_length=60, label=_("part of the name, or the code"))
    kind = serializers.ChoiceField(required=False, choices=UnitKind.choices)
    under = serializers.UUIDField(required=False, label=_("the unit and all below it"))
    on = serializers.DateField(required=False, label=_("as things were on this day"))


class StatisticsQuery(Query):
    """Conditions of the list of statistics."""

    under = serializers.UUIDField(required=False, label=_("the unit and all below it"))
    school_year = serializers.IntegerField(
        required=False, min_value=1949, max_value=2100, label=_("the school year, by its first calendar year")
    )
    stage = serializers.CharField(required=False, max_length=20, label=_("one stage only"))


@extend_schema(tags=[_("Units")])  # type: ignore[list-item]
class Statistics(ScopedViewSet):
    """Pupils and classes of the actor's unit and of those below it."""

    permissions: ClassVar = {"list": "org.view_unit"}
    model = UnitStatistics
    ordering = "-id"

    @extend_schema(
        summary=_("Pupils and classes by school year"), parameters=[StatisticsQuery], responses={200: OF_SCHOOLS},
        operation_id="statistics_list",
    )  # fmt: skip
    def list(self, request: Any) -> Response:
        query = StatisticsQuery.read(request)
        rows = self.get_queryset().select_related("unit")
        if "under" in query:
            top = Unit.objects.visible_to(self.actor).filter(public_id=query.pop("under")).first()
            rows = rows.filter(unit__path__descendants=top.path) if top else rows.none()
        return self.paged(rows.filter(**query))

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[row.unit_id for row in page])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {"unit": unit_of(values, record.unit), **_counted(values, record)}


@extend_schema(tags=[_("Units")])  # type: ignore[list-item]
class Units(ScopedViewSet):
    """The actor's unit and those below it."""

    permissions: ClassVar = {"list": "org.view_unit", "retrieve": "org.view_unit"}
    model = Unit

    def select(self, rows: Any) -> Any:
        return rows.select_related("parent")

    @extend_schema(summary=_("Units"), parameters=[UnitQuery], responses={200: UNIT_ROW})
    def list(self, request: Any) -> Response:
        query = UnitQuery.read(request)
        on = query.get("on", self.actor.on)
        rows = self.get_queryset().open_on(on)
        if "kind" in query:
            rows = rows.filter(kind=query["kind"])
        if "under" in query:
            top = self.get_queryset().filter(public_id=query["under"]).first()
            rows = rows.under(top) if top else rows.none()
        if "q" in query:
            named = UnitProfile.objects.filter(valid__contains=on, name__icontains=query["q"]).values("unit")
            rows = rows.filter(Q(code=query["q"]) | Q(pk__in=named))
        return self.paged(rows, on=on)

    @extend_schema(
        summary=_("One unit"), responses={200: UNIT_ROW}, parameters=[OpenApiParameter("id", ID, OpenApiParameter.PATH)]
    )
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        unit, values = self.get_object(), values_of(self.actor)
        self.prime(values, [unit])
        return Response(self.row(values, unit) | facts(values, unit))

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[pk for unit in page for pk in (unit.pk, unit.parent_id)])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {
            "id": str(record.public_id),
            "revision": record.revision,
            "code": record.code,
            "kind": value(values, record, "kind"),
            "name": values.unit(record.pk),
            "parent": unit_of(values, record.parent),
            "opened": known_day(record.opened),
            "closed": plain(record.closed),
        }


def facts(values: Values, unit: Unit) -> dict[str, Any]:
    """The dated facts of a unit, oldest first."""
    return {
        "profiles": [_profile(values, row) for row in UnitProfile.objects.filter(unit=unit).order_by("valid")],
        "quotas": [
            {"valid": period(row.valid), "seats": row.seats}
            for row in ApprovedQuota.objects.filter(unit=unit).order_by("valid")
        ],
        "statistics": [
            _counted(values, row)
            for row in UnitStatistics.objects.filter(unit=unit).order_by("school_year", "stage")
        ],
    }  # fmt: skip


def _counted(values: Values, row: UnitStatistics) -> dict[str, Any]:
    return {
        "school_year": row.school_year, "stage": code(values, "stage", row.stage), "pupils": row.pupils, "classes": row.classes,
        "boarders": row.boarders,
    }  # fmt: skip


def _profile(values: Values, row: UnitProfile) -> dict[str, Any]:
    return {
        "valid": period(row.valid), "name": row.name, "school_type": code(values, "school_type", row.office_type),
        "location": code(values, "location", row.location), "sponsor": code(values, "sponsor", row.sponsor),
        "stages": [code(values, "stage", stage) for stage in row.stages],
    }  # fmt: skip
