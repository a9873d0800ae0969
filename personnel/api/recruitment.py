"""Recruitment for programs, read only: plans, notices with their posts, how many applicants came how far. Nothing of any applicant."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.queries import Query
from core.api.schema import component, many, maybe
from core.api.values import code, plain, unit_of
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values
from core.workflow.api import state_of
from personnel.models import Applicant, Recruitment, RecruitmentPlan
from personnel.selectors.recruitment import DECIDE, RECRUIT, counted, plans, recruitments, stages_of

READ: Final = (RECRUIT, DECIDE)
ID_OF_PLAN: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The plan."))
ID_OF_RECRUITMENT: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The recruitment."))
PLANNED = component(
    "PlannedPost", _("So many teachers of a subject for a unit."),
    unit=shapes.UNIT, stage=shapes.CODE, subject=shapes.CODE, number=shapes.WHOLE,
)  # fmt: skip
PLAN = component(
    "RecruitmentPlan", _("What a bureau means to recruit in a year; “state” is that of its case. “posts” come with one plan only."),
    optional=("posts",), id=shapes.ID, revision=shapes.WHOLE, case=shapes.ID, unit=shapes.UNIT, year=shapes.WHOLE, title=shapes.TEXT,
    words=shapes.TEXT, state=shapes.CODE, posts=many(PLANNED),
)  # fmt: skip
STAGE = component(
    "ApplicantsAtStage", _("How many applicants came so far, and not further."), stage=shapes.CODE, number=shapes.WHOLE
)
POST = component(
    "RecruitmentPost",
    _(
        "A post of a notice with its conditions: “wanted” places, “places” that are examined after the minimum of applicants (null before, "
        "nought: closed), applicants by how far they came."
    ),
    number=shapes.WHOLE, unit=shapes.UNIT, stage=shapes.CODE, subject=shapes.CODE, wanted=shapes.WHOLE, places=maybe(shapes.WHOLE),
    education=maybe(shapes.CODE), majors=many(shapes.TEXT), certificate=maybe(shapes.CODE), putonghua=maybe(shapes.CODE),
    age_most=maybe(shapes.WHOLE), age_on=maybe(shapes.DAY), words=shapes.TEXT, applicants=many(STAGE),
)  # fmt: skip
RECRUITMENT = component(
    "Recruitment",
    _(
        "A recruitment with what its notice says: days of application, interviews for each place (ratio), least applicants for each place "
        "(opening), weight of the written score in per cent. “state” is that of its case; “posts” come with one recruitment only."
    ),
    optional=("posts",), id=shapes.ID, revision=shapes.WHOLE, case=shapes.ID, plan=shapes.ID, unit=shapes.UNIT, title=shapes.TEXT,
    words=shapes.TEXT, contact=shapes.TEXT, opens=shapes.DAY, last=shapes.DAY, noticed_on=maybe(shapes.DAY), ratio=shapes.WHOLE,
    opening=shapes.WHOLE, weight=shapes.WHOLE, tie=shapes.CODE, one_post=shapes.YES_NO, state=shapes.CODE, wanted_posts=shapes.WHOLE,
    applied=shapes.WHOLE, hires=shapes.WHOLE, posts=many(POST),
)  # fmt: skip


class PlanQuery(Query):
    """Conditions of the list of plans."""

    year = serializers.IntegerField(required=False, min_value=1949, max_value=2100, label=_("year of the plan"))
    state = serializers.CharField(required=False, max_length=40, label=_("state of the case"))


class RecruitmentQuery(Query):
    """Conditions of the list of recruitments."""

    plan = serializers.UUIDField(required=False, label=_("those drawn up from this plan"))
    state = serializers.CharField(required=False, max_length=40, label=_("state of the case"))


@extend_schema(tags=[_("Recruitment")])  # type: ignore[list-item]
class Plans(ScopedViewSet):
    """The plans of the actor's bureau and of those below it."""

    permissions: ClassVar = {"list": READ, "retrieve": READ}
    model = RecruitmentPlan
    ordering = "-id"

    def get_queryset(self) -> Any:
        return plans(self.actor).select_related("unit", "case")

    @extend_schema(
        summary=_("Recruitment plans"),
        parameters=[PlanQuery],
        responses={200: PLAN},
        operation_id="recruitment_plans_list",
    )
    def list(self, request: Any) -> Response:
        said, rows = PlanQuery.read(request), self.get_queryset()
        rows = rows.filter(year=said["year"]) if "year" in said else rows
        return self.paged(rows.filter(case__state=said["state"]) if "state" in said else rows)

    @extend_schema(
        summary=_("One recruitment plan"),
        parameters=[ID_OF_PLAN],
        responses={200: PLAN},
        operation_id="recruitment_plan",
    )
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        one, values = self.get_object(), self.values
        posts = list(one.posts.select_related("unit").order_by("unit", "stage", "subject"))
        values.prime(units=[one.unit_id, *(post.unit_id for post in posts)])
        told = [
            {
                "unit": unit_of(values, post.unit), "stage": code(values, "stage", post.stage),
                "subject": code(values, "subject", post.subject), "number": post.number,
            }
            for post in posts
        ]  # fmt: skip
        return Response({**self.row(values, one), "posts": told})

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[one.unit_id for one in page])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {
            "id": str(record.public_id), "revision": record.revision, "case": str(record.case.public_id),
            "unit": unit_of(values, record.unit), "year": record.year, "title": record.title, "words": record.words,
            "state": state_of(record.case),
        }  # fmt: skip


@extend_schema(tags=[_("Recruitment")])  # type: ignore[list-item]
class Recruitments(ScopedViewSet):
    """The recruitments of the actor's bureau and of those below it."""

    permissions: ClassVar = {"list": READ, "retrieve": READ}
    model = Recruitment
    ordering = "-id"

    def get_queryset(self) -> Any:
        return recruitments(self.actor).select_related("unit", "case", "plan")

    @extend_schema(
        summary=_("Recruitments"),
        parameters=[RecruitmentQuery],
        responses={200: RECRUITMENT},
        operation_id="recruitments_list",
    )
    def list(self, request: Any) -> Response:
        said, rows = RecruitmentQuery.read(request), self.get_queryset()
        rows = rows.filter(plan__in=plans(self.actor).filter(public_id=said["plan"])) if "plan" in said else rows
        return self.paged(rows.filter(case__state=said["state"]) if "state" in said else rows)

    @extend_schema(
        summary=_("One recruitment with its posts"), parameters=[ID_OF_RECRUITMENT], responses={200: RECRUITMENT},
        operation_id="recruitment",
    )  # fmt: skip
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        one, values = self.get_object(), self.values
        posts = list(one.posts.select_related("unit").order_by("number"))
        self.prime(values, [one])
        values.prime(units=[post.unit_id for post in posts])
        stages = stages_of([one.pk])
        return Response(
            {**self.row(values, one), "posts": [_post(values, post, stages.get(post.pk, {})) for post in posts]}
        )

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[one.unit_id for one in page])
        self.counted = {
            one.pk: one for one in counted(Recruitment._base_manager.filter(pk__in=[one.pk for one in page]))
        }

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        numbers = self.counted[record.pk]
        return {
            "id": str(record.public_id), "revision": record.revision, "case": str(record.case.public_id),
            "plan": str(record.plan.public_id), "unit": unit_of(values, record.unit), "title": record.title, "words": record.words,
            "contact": record.contact, "opens": plain(record.opens), "last": plain(record.last), "noticed_on": plain(record.noticed_on),
            "ratio": record.ratio, "opening": record.opening, "weight": record.weight,
            "tie": {"code": record.tie, "label": record.get_tie_display()}, "one_post": record.one_post, "state": state_of(record.case),
            "wanted_posts": numbers.wanted_posts, "applied": numbers.applied, "hires": numbers.hires,
        }  # fmt: skip


def _post(values: Values, post: Any, stages: dict[str, int]) -> dict[str, Any]:
    """A post; stages in the order in which an applicant passes them."""
    return {
        "number": post.number, "unit": unit_of(values, post.unit), "stage": code(values, "stage", post.stage),
        "subject": code(values, "subject", post.subject), "wanted": post.wanted, "places": post.places,
        "education": code(values, "education", post.education), "majors": list(post.majors),
        "certificate": code(values, "teaching_certificate", post.certificate),
        "putonghua": code(values, "putonghua_level", post.putonghua), "age_most": post.age_most, "age_on": plain(post.age_on),
        "words": post.words,
        "applicants": [
            {"stage": {"code": one.value, "label": str(one.label)}, "number": stages[one]} for one in Applicant.Stage if one in stages
        ],
    }  # fmt: skip
