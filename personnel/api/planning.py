"""Planning for programs: what lacks by school, stage and subject in a school year, retirements ahead, scenarios; who teaches what today."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.errors import Problem
from core.api.queries import Query
from core.api.schema import component, many, maybe
from core.api.values import code, plain, unit_of
from core.api.viewsets import ApiViewSet, ScopedViewSet
from core.codes.values import Values
from core.org.models import Unit
from personnel.api.asked import rules_known, seat_kind_asked, unit_asked
from personnel.models import PlanScenario
from personnel.rules.deployment import SubjectGap
from personnel.selectors.deployment import deployed, plan_gaps
from personnel.selectors.planning import (
    NOTHING_ASSUMED,
    Facts,
    Plan,
    SchoolPlan,
    facts_under,
    planned,
    planned_years,
    stage_gaps,
)
from personnel.selectors.scenarios import assumptions, scenarios
from personnel.selectors.seats import VIEW

ID_OF_SCENARIO: Final = OpenApiParameter(
    "id", shapes.ID, OpenApiParameter.PATH, description=gettext_lazy("The scenario.")
)
TOTAL: Final[dict[str, Any]] = dict.fromkeys(
    (
        "pupils_now", "pupils", "standard_now", "standard", "approved", "occupied", "retiring", "lacking", "beyond", "hire", "seats_short",
        "recruits",
    ),
    shapes.WHOLE,
)  # fmt: skip
OF_SCHOOL: Final[dict[str, Any]] = {
    "unit": shapes.UNIT, "pupils_now": maybe(shapes.WHOLE), "pupils": maybe(shapes.WHOLE), "standard_now": maybe(shapes.WHOLE),
    "standard": maybe(shapes.WHOLE), "approved": maybe(shapes.WHOLE), "occupied": maybe(shapes.WHOLE), "retiring": maybe(shapes.WHOLE),
    "lacking": maybe(shapes.WHOLE), "free": maybe(shapes.WHOLE), "seats_short": maybe(shapes.WHOLE), "recruits": shapes.WHOLE,
}  # fmt: skip
SUM = component(
    "PlanTotal",
    gettext_lazy(
        "The schools together. “lacking” and “beyond” add up those below and above their standard, “hire” those for whom there is need "
        "and a seat, “seats_short” the need without a seat, “recruits” those whom the scenario proposes to recruit."
    ),
    **TOTAL,
)  # fmt: skip
STAGE = component(
    "StageGap", gettext_lazy("A stage of a plan; “staying” are still there by then, “lacking” below nought: more than the standard."),
    stage=maybe(shapes.CODE), pupils_now=shapes.WHOLE, pupils=shapes.WHOLE, standard=maybe(shapes.WHOLE), retiring=maybe(shapes.WHOLE),
    staying=maybe(shapes.WHOLE), lacking=maybe(shapes.WHOLE),
)  # fmt: skip
SUBJECT = component(
    "SubjectGap",
    gettext_lazy(
        "Full teachers of a subject in a stage: needed for the classes, there, of them retiring by then, lacking (below nought: more than "
        "needed). Without hours in the parameters nothing is needed."
    ),
    stage=maybe(shapes.CODE), subject=shapes.CODE, classes=shapes.WHOLE, hours=shapes.TEXT, needed=shapes.TEXT, there=shapes.TEXT,
    retiring=shapes.TEXT, lacking=shapes.TEXT,
)  # fmt: skip
RETIRING = component(
    "RetiringBy", gettext_lazy("How many seats are left by retirement before a school year begins, from today on."),
    school_year=shapes.WHOLE, number=shapes.WHOLE,
)  # fmt: skip
PLAN = component(
    "Plan", gettext_lazy("A unit and all below it in a planned school year. Nothing of it is decided."),
    unit=shapes.UNIT, school_year=shapes.WHOLE, kind=shapes.CODE, method=shapes.CODE, change=shapes.TEXT, total=SUM, stages=many(STAGE),
    subjects=many(SUBJECT), retirements=many(RETIRING),
)  # fmt: skip
SCHOOL = component(
    "SchoolPlan",
    gettext_lazy(
        "A unit in a planned school year, in seats; “lacking” to the standard (below nought: more), “free” by then (below nought: over the "
        "quota), “seats_short” need without a seat. Null where figures, standard or ledger do not tell."
    ),
    **OF_SCHOOL,
)  # fmt: skip
SEATS = component(
    "ProposedSeats", gettext_lazy("Seats that a scenario proposes to move; “case” is what was made of it."),
    unit=shapes.UNIT, to_unit=shapes.UNIT, kind=shapes.CODE, count=shapes.WHOLE, case=maybe(shapes.ID),
)  # fmt: skip
RECRUITS = component(
    "ProposedRecruits", gettext_lazy("Teachers whom a scenario proposes to recruit; “plan” is the recruitment plan that was made of it."),
    unit=shapes.UNIT, stage=shapes.CODE, subject=shapes.CODE, number=shapes.WHOLE, plan=maybe(shapes.ID),
)  # fmt: skip
PUPILS = component(
    "EnteredPupils", gettext_lazy("Pupils and classes that a scenario enters instead of the projected ones."),
    unit=shapes.UNIT, stage=shapes.CODE, pupils=shapes.WHOLE, classes=shapes.WHOLE,
)  # fmt: skip
SCENARIO = component(
    "Scenario", gettext_lazy("What a bureau assumes and proposes for a school year; its lines come with one scenario only."),
    optional=("seats", "recruits", "pupils"), id=shapes.ID, revision=shapes.WHOLE, unit=shapes.UNIT, name=shapes.TEXT,
    school_year=shapes.WHOLE, method=shapes.CODE, change=shapes.TEXT, words=shapes.TEXT, seats=many(SEATS), recruits=many(RECRUITS),
    pupils=many(PUPILS),
)  # fmt: skip
DEPLOYMENT = component(
    "Deployment", gettext_lazy("Teachers of each subject beside the classes of today; “reference” is the source of hours and loads."),
    unit=shapes.UNIT, teachers=shapes.WHOLE, classes=shapes.WHOLE, lacking=shapes.TEXT, subjects=many(SUBJECT), reference=shapes.TEXT,
)  # fmt: skip


class KindQuery(Query):
    """Which kind of seat is counted."""

    kind = serializers.CharField(
        required=False, max_length=20, label=gettext_lazy("kind of seat, by default that of the approved quota")
    )


class PlanQuery(KindQuery):
    """Which units in which school year."""

    under = serializers.UUIDField(required=False, label=gettext_lazy("a unit with all below it, by default one's own"))
    school_year = serializers.IntegerField(
        required=False,
        min_value=1949,
        max_value=2100,
        label=gettext_lazy("the planned school year, by default the next one"),
    )


class ScenarioQuery(Query):
    """Conditions of the list of scenarios."""

    school_year = serializers.IntegerField(
        required=False,
        min_value=1949,
        max_value=2100,
        label=gettext_lazy("the school year, by its first calendar year"),
    )


class UnderQuery(Query):
    """Which units."""

    under = serializers.UUIDField(required=False, label=gettext_lazy("a unit with all below it, by default one's own"))


class Planned(ApiViewSet):
    """What addresses of plans share: the unit, the school year, the kind of seat, what is on record, the plan."""

    unit: Unit
    year: int
    kind: str

    def asked(self, request: Any) -> Any:
        """Read unit, year and kind; what is assumed."""
        said = PlanQuery.read(request)
        with rules_known("school_year"):
            years = planned_years(self.actor.on, self.actor.unit)
        self.unit, self.kind = unit_asked(self.actor, said), seat_kind_asked(self.actor, said, self.actor.on)
        self.year = said.get("school_year", years[0])
        if self.year not in years:
            text = _("School years from %(first)s to %(last)s can be planned.") % {"first": years[0], "last": years[-1]}
            raise Problem.parameter("school_year", text, "invalid_choice")
        return NOTHING_ASSUMED

    def told(self, request: Any) -> Response:
        """The plan of all units together."""
        assumed = self.asked(request)
        years = sorted({*planned_years(self.actor.on, self.actor.unit), self.year})
        facts = facts_under(self.actor, self.unit, self.kind, years=years)
        return Response(_plan(self.values, planned(facts, self.year, assumed), facts))

    def schools(self, request: Any) -> Response:
        """The plan unit by unit."""
        assumed = self.asked(request)
        facts = facts_under(self.actor, self.unit, self.kind, years=[self.year])
        return self.cut(planned(facts, self.year, assumed).rows)

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[one.unit.pk for one in page])

    def row(self, values: Values, record: SchoolPlan) -> dict[str, Any]:
        gap, known = record.gap, record.balance.known
        return {
            "unit": unit_of(values, record.unit), "pupils_now": record.pupils_now if record.now else None,
            "pupils": record.pupils if record.then else None, "standard_now": record.standard_now, "standard": record.standard,
            "approved": gap.approved if known else None, "occupied": gap.occupied if known else None,
            "retiring": gap.retiring if known else None, "lacking": gap.lacking, "free": gap.free if known else None,
            "seats_short": gap.seats_short if gap.lacking is not None else None, "recruits": record.recruits,
        }  # fmt: skip


@extend_schema(tags=[gettext_lazy("Planning")])  # type: ignore[list-item]
class Planning(Planned):
    """The plan as things stand."""

    permissions: ClassVar = {"retrieve": VIEW, "list": VIEW}

    @extend_schema(
        summary=gettext_lazy("Plan of a school year"),
        parameters=[PlanQuery],
        responses={200: PLAN},
        operation_id="planning",
    )
    def retrieve(self, request: Any) -> Response:
        return self.told(request)

    @extend_schema(
        summary=gettext_lazy("Plan by school"),
        parameters=[PlanQuery],
        responses={200: SCHOOL},
        operation_id="planning_schools",
    )
    def list(self, request: Any) -> Response:
        return self.schools(request)


@extend_schema(tags=[gettext_lazy("Planning")])  # type: ignore[list-item]
class Scenarios(ScopedViewSet):
    """The scenarios of the actor's bureau and of those below it."""

    permissions: ClassVar = {"list": VIEW, "retrieve": VIEW}
    model = PlanScenario
    ordering = "-id"

    def get_queryset(self) -> Any:
        return scenarios(self.actor)

    @extend_schema(
        summary=gettext_lazy("Planning scenarios"),
        parameters=[ScenarioQuery],
        responses={200: SCENARIO},
        operation_id="scenarios_list",
    )
    def list(self, request: Any) -> Response:
        said, rows = ScenarioQuery.read(request), self.get_queryset()
        return self.paged(rows.filter(year=said["school_year"]) if "school_year" in said else rows)

    @extend_schema(
        summary=gettext_lazy("One scenario with its lines"), parameters=[ID_OF_SCENARIO], responses={200: SCENARIO},
        operation_id="scenario",
    )  # fmt: skip
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        one, values = self.get_object(), self.values
        moves = list(one.seat_proposals.select_related("unit", "to_unit", "adjustment__case").order_by("pk"))
        hires = list(one.recruit_proposals.select_related("unit", "plan").order_by("unit", "stage", "subject"))
        entered = list(one.pupils.select_related("unit").order_by("unit", "stage"))
        named = [key for row in moves for key in (row.unit_id, row.to_unit_id)]
        values.prime(units=[one.unit_id, *named, *(row.unit_id for row in (*hires, *entered))])
        return Response({
            **self.row(values, one),
            "seats": [
                {
                    "unit": unit_of(values, row.unit), "to_unit": unit_of(values, row.to_unit), "kind": code(values, "seat_kind", row.kind),
                    "count": row.count, "case": str(row.adjustment.case.public_id) if row.adjustment else None,
                }
                for row in moves
            ],
            "recruits": [
                {**_where(values, row), "subject": code(values, "subject", row.subject), "number": row.number,
                 "plan": str(row.plan.public_id) if row.plan else None}
                for row in hires
            ],
            "pupils": [{**_where(values, row), "pupils": row.pupils, "classes": row.classes} for row in entered],
        })  # fmt: skip

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[one.unit_id for one in page])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {
            "id": str(record.public_id), "revision": record.revision, "unit": unit_of(values, record.unit), "name": record.name,
            "school_year": record.year, "method": _method(record.method), "change": plain(record.yearly_change), "words": record.words,
        }  # fmt: skip


@extend_schema(tags=[gettext_lazy("Planning")])  # type: ignore[list-item]
class PlanOfScenario(Planned, ScopedViewSet):
    """The plan that follows from a scenario."""

    permissions: ClassVar = {"retrieve": VIEW, "list": VIEW}
    model = PlanScenario

    def get_queryset(self) -> Any:
        return scenarios(self.actor)

    def asked(self, request: Any) -> Any:
        said, one = KindQuery.read(request), self.get_object()
        self.unit, self.year, self.kind = one.unit, one.year, seat_kind_asked(self.actor, said, self.actor.on)
        return assumptions([one], self.kind)[one.pk]

    @extend_schema(
        summary=gettext_lazy("Plan of a scenario"), parameters=[ID_OF_SCENARIO, KindQuery], responses={200: PLAN},
        operation_id="scenario_plan",
    )  # fmt: skip
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        return self.told(self.request)

    @extend_schema(
        summary=gettext_lazy("Plan of a scenario by school"), parameters=[ID_OF_SCENARIO, KindQuery], responses={200: SCHOOL},
        operation_id="scenario_schools",
    )  # fmt: skip
    def list(self, request: Any, **_ids: Any) -> Response:
        return self.schools(request)


@extend_schema(tags=[gettext_lazy("Planning")])  # type: ignore[list-item]
class Deployment(ApiViewSet):
    """Teachers of each subject beside the classes of today."""

    permissions: ClassVar = {"retrieve": VIEW}

    @extend_schema(
        summary=gettext_lazy("Teachers by subject"),
        parameters=[UnderQuery],
        responses={200: DEPLOYMENT},
        operation_id="deployment",
    )
    def retrieve(self, request: Any) -> Response:
        unit, values = unit_asked(self.actor, UnderQuery.read(request)), self.values
        kind, years = seat_kind_asked(self.actor, {}, self.actor.on), planned_years(self.actor.on, self.actor.unit)
        found = deployed(facts_under(self.actor, unit, kind, years=years[:1]))
        values.prime(units=[unit.pk])
        return Response({
            "unit": unit_of(values, unit), "teachers": len({one.teacher for one in found.taught}),
            "classes": sum(found.classes.values()), "lacking": plain(found.lacking), "subjects": _subjects(values, found.gaps),
            "reference": found.rules.reference if found.rules else "",
        })  # fmt: skip


def _method(method: str) -> dict[str, str]:
    return {"code": method, "label": str(PlanScenario.Method(method).label)}


def _where(values: Values, row: Any) -> dict[str, Any]:
    return {"unit": unit_of(values, row.unit), "stage": code(values, "stage", row.stage)}


def _plan(values: Values, plan: Plan, facts: Facts) -> dict[str, Any]:
    values.prime(units=[facts.unit.pk])
    total = plan.total
    return {
        "unit": unit_of(values, facts.unit), "school_year": plan.year, "kind": code(values, "seat_kind", facts.kind),
        "method": _method(plan.parameters.method), "change": plain(plan.parameters.change),
        "total": {name: getattr(total, name) for name in TOTAL},
        "stages": [
            {
                "stage": code(values, "stage", one.stage), "pupils_now": one.pupils_now, "pupils": one.pupils, "standard": one.standard,
                "retiring": one.retiring, "staying": one.staying, "lacking": one.lacking,
            }
            for one in stage_gaps(plan)
        ],
        "subjects": _subjects(values, plan_gaps(facts, plan)),
        "retirements": [
            {"school_year": year, "number": sum(facts.retiring(year).values())} for year in sorted(facts.booked)
        ],
    }  # fmt: skip


def _subjects(values: Values, gaps: Iterable[SubjectGap]) -> list[dict[str, Any]]:
    return [
        {
            "stage": code(values, "stage", one.stage), "subject": code(values, "subject", one.subject), "classes": one.classes,
            "hours": plain(one.hours), "needed": plain(one.needed), "there": plain(one.there), "retiring": plain(one.retiring),
            "lacking": plain(one.gap),
        }
        for one in gaps
    ]  # fmt: skip
