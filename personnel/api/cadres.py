"""Leading cadres for programs: who heads which unit on a day, whose term ends, the reserve; proposing a headship."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.queries import Query
from core.api.schema import component, many, maybe
from core.api.values import code, period, plain, unit_of
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values
from core.org.models import Unit
from core.workflow.api import state_of
from personnel import services
from personnel.api.asked import DayField, UnitsQuery, rules_known, unit_asked, unit_named
from personnel.api.dossier import OPENED, opened
from personnel.api.posts import API, ID_OF_PERSON, read
from personnel.forms.cadres import MOST_YEARS
from personnel.models import Headship, Reserve, Teacher
from personnel.selectors.cadres import (
    DECIDE,
    PROPOSE,
    VIEW,
    cadres,
    ending_within,
    headship_rules,
    headships_of,
    members_of,
    over_terms,
    places_of,
    probations_due,
    with_dues,
)
from personnel.services.cadres import propose_headship

HEADSHIPS: Final = "headship"
ENDING, OVER, PROBATION, ACTING = "ending", "over", "probation", "acting"
ID_OF_RESERVE: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The list of a year."))
HEAD = component(
    "Headship",
    _(
        "A headship that somebody holds on the day; “over” says that they lead on beyond the terms allowed, “training_due” is null where "
        "no module in use keeps trainings."
    ),
    id=shapes.ID, revision=shapes.WHOLE, person=shapes.ID, name=shapes.TEXT, unit=shapes.UNIT, headship=shapes.CODE, acting=shapes.YES_NO,
    valid=shapes.PERIOD, term=shapes.WHOLE, term_last=maybe(shapes.DAY), over=shapes.YES_NO, probation_last=maybe(shapes.DAY),
    verdict=maybe(shapes.CODE), training_due=maybe(shapes.DAY), document=shapes.TEXT,
)  # fmt: skip
MEMBER = component(
    "ReserveMember", _("Somebody in the reserve: where they work, for which headship, named by whom, why."),
    id=shapes.ID, person=shapes.ID, name=shapes.TEXT, unit=maybe(shapes.UNIT), headship=shapes.CODE, named_by=shapes.TEXT,
    words=shapes.TEXT,
)  # fmt: skip
RESERVE = component(
    "Reserve", _("The reserve of cadres of a bureau for a year; “state” is that of its case. “members” come with one list only."),
    optional=("members",), id=shapes.ID, revision=shapes.WHOLE, case=shapes.ID, unit=shapes.UNIT, year=shapes.WHOLE, state=shapes.CODE,
    words=shapes.TEXT, members=many(MEMBER),
)  # fmt: skip


class HeadQuery(UnitsQuery):
    """Conditions of the list of leading cadres."""

    headship = serializers.CharField(required=False, max_length=20, label=_("code of the headship"))
    due = serializers.ChoiceField(
        required=False, choices=(ENDING, OVER, PROBATION, ACTING),
        label=_("term over or ending within a year, beyond the terms allowed, probation without a verdict, acting heads"),
    )  # fmt: skip


class HeadshipOrder(serializers.Serializer[Any]):
    """Which headship begins at which unit, which one (`removes`) ends, or both; `years` of the term."""

    unit = serializers.UUIDField(required=False, allow_null=True, default=None)
    headship = serializers.CharField(required=False, allow_blank=True, max_length=20, default="")
    begins = DayField()
    years = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_YEARS, default=None)
    acting = serializers.BooleanField(default=False)
    probation = serializers.BooleanField(default=False)
    removes = serializers.UUIDField(required=False, allow_null=True, default=None)
    ended_how = serializers.CharField(required=False, allow_blank=True, max_length=20, default="")
    words = serializers.CharField(max_length=400)
    exception = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A headship is said with its unit."""
        if bool(attrs["headship"]) != (attrs["unit"] is not None):
            raise serializers.ValidationError(
                {"unit" if attrs["headship"] else "headship": [_("A headship is one of a unit: say both.")]}
            )
        return attrs


@extend_schema(tags=[_("Leading cadres")])  # type: ignore[list-item]
class Cadres(ScopedViewSet):
    """Who heads which unit."""

    permissions: ClassVar = {"list": VIEW}
    model = Headship

    @extend_schema(
        summary=_("Leading cadres"), parameters=[HeadQuery], responses={200: HEAD}, operation_id="cadres_list",
        description=_("On a day, of those people whom you see today."),
    )  # fmt: skip
    def list(self, request: Any) -> Response:
        said = HeadQuery.read(request)
        self.day = said.get("on", self.actor.on)
        rows = cadres(self.actor, self.day, unit_asked(self.actor, said) if "under" in said else None)
        rows = rows.filter(headship=said["headship"]) if "headship" in said else rows
        with rules_known():
            rows = self._due(rows, said["due"]) if "due" in said else rows
            return self.paged(rows.select_related("teacher", "unit"), on=self.day)

    def _due(self, rows: Any, what: str) -> Any:
        told = headship_rules(self.actor.unit, self.day)
        if what == ENDING:
            return ending_within(rows, self.day, told.ending)
        if what == OVER:
            return over_terms(rows, self.day, told.terms)
        return probations_due(rows) if what == PROBATION else rows.filter(acting=True)

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[one.unit_id for one in page])
        with_dues(page, self.day)

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {
            "id": str(record.public_id), "revision": record.revision, "person": str(record.teacher.public_id), "name": record.teacher.name,
            "unit": unit_of(values, record.unit), "headship": code(values, HEADSHIPS, record.headship), "acting": record.acting,
            "valid": period(record.valid), "term": record.term, "term_last": plain(record.term_last), "over": record.over,
            "probation_last": plain(record.probation_last), "verdict": code(values, "probation_verdict", record.probation_verdict),
            "training_due": plain(record.training_due), "document": record.document,
        }  # fmt: skip


@extend_schema(tags=[_("Leading cadres")])  # type: ignore[list-item]
class Reserves(ScopedViewSet):
    """The reserve of cadres."""

    permissions: ClassVar = {"list": (PROPOSE, DECIDE), "retrieve": (PROPOSE, DECIDE)}
    model = Reserve
    ordering = "-id"

    def select(self, rows: Any) -> Any:
        return rows.select_related("unit", "case")

    @extend_schema(summary=_("Reserve of cadres"), responses={200: RESERVE}, operation_id="reserves_list")
    def list(self, request: Any) -> Response:
        Query.read(request)
        return self.paged(self.get_queryset())

    @extend_schema(
        summary=_("The reserve of a year with its people"), parameters=[ID_OF_RESERVE], responses={200: RESERVE},
        operation_id="reserve",
    )  # fmt: skip
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        one, values = self.get_object(), self.values
        members = list(members_of(one))
        places = places_of([row.teacher_id for row in members], self.actor.on)
        units = Unit._base_manager.in_bulk(set(places.values()))
        values.prime(units=[one.unit_id, *units])
        told = [
            {
                "id": str(row.public_id), "person": str(row.teacher.public_id), "name": row.teacher.name,
                "unit": unit_of(values, units.get(places.get(row.teacher_id, 0))), "headship": code(values, HEADSHIPS, row.headship),
                "named_by": row.named_by, "words": row.words,
            }
            for row in members
        ]  # fmt: skip
        return Response({**self.row(values, one), "members": told})

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[one.unit_id for one in page])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {
            "id": str(record.public_id), "revision": record.revision, "case": str(record.case.public_id),
            "unit": unit_of(values, record.unit), "year": record.year, "state": state_of(record.case), "words": record.words,
        }  # fmt: skip


@extend_schema(tags=[_("Leading cadres")])  # type: ignore[list-item]
class PersonHeadships(ScopedViewSet):
    """The headships of one person."""

    permissions: ClassVar = {"propose": PROPOSE}
    model = Teacher

    @extend_schema(
        summary=_("Propose a headship"), parameters=[ID_OF_PERSON], request=HeadshipOrder, responses={201: OPENED},
        description=_("The bureau that decides on it by the parameters finds it in its inbox. Refused with 422 where a rule is not met."),
        operation_id="headship_propose",
    )  # fmt: skip
    def propose(self, request: Any, **_ids: Any) -> Response:
        teacher: Teacher = self.get_object()
        services.note_look(actor=self.actor, teacher=teacher)
        said = read(HeadshipOrder, request)
        unit, removes = said.pop("unit"), said.pop("removes")
        with rules_known("begins"):
            made = propose_headship(
                actor=self.actor, teacher=teacher, unit=unit_named(self.actor, unit) if unit else None,
                removes=self._held(teacher, removes) if removes else None, source=API, **said,
            )  # fmt: skip
        return opened(made)

    def _held(self, teacher: Teacher, key: Any) -> Headship:
        found = next((one for one in headships_of(teacher, self.actor.on) if one.public_id == key), None)
        if found is None:
            raise serializers.ValidationError({"removes": [_("The person holds no such headship today.")]})
        return found
