"""Cases for programs: what waits, one case with its steps, taking a step."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.permissions import SIGNED_IN
from core.api.queries import Query
from core.api.schema import component, many, maybe
from core.api.values import role_of, unit_of
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values
from core.workflow.authority import standing, steps_open
from core.workflow.models import Case
from core.workflow.registered import workflow_of
from core.workflow.selectors import cases, inbox, steps_of, subjects
from core.workflow.services import advance

CASE = component(
    "Case",
    gettext_lazy("Something that is decided step by step; “unit” is where it waits, “steps” what the actor may do with it now."),
    id=shapes.ID, revision=shapes.WHOLE, number=shapes.WHOLE, kind=shapes.CODE, title=shapes.TEXT, state=shapes.CODE,
    open=shapes.YES_NO, unit=shapes.UNIT, origin=shapes.UNIT, opened_by=shapes.TEXT, opened_at=shapes.MOMENT,
    assignee=maybe(shapes.TEXT), due=maybe(shapes.DAY), steps=many(shapes.CODE),
)  # fmt: skip
STEP = component(
    "CaseStep", gettext_lazy("One step of a case: who took it, in which role, in whose place, why."),
    step=maybe(shapes.CODE), state=shapes.CODE, at=shapes.MOMENT, by=shapes.TEXT, role=maybe(shapes.CODE),
    in_place_of=maybe(shapes.TEXT), reasons=many(shapes.TEXT), comment=shapes.TEXT,
)  # fmt: skip


class CaseQuery(Query):
    """Conditions of the list of cases."""

    waiting = serializers.BooleanField(
        required=False, default=False, label=gettext_lazy("those that wait for the actor")
    )
    kind = serializers.CharField(required=False, max_length=60, label=gettext_lazy("one kind only"))
    open = serializers.BooleanField(
        required=False, allow_null=True, default=None, label=gettext_lazy("still open, or over")
    )


class StepTaken(serializers.Serializer[Any]):
    """A step of a case."""

    revision = serializers.IntegerField(
        min_value=1, max_value=shapes.MOST_REVISIONS, help_text=gettext_lazy("The revision of the case that was read.")
    )
    comment = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)
    reasons = serializers.ListField(required=False, default=list, child=serializers.CharField(max_length=40))
    answers = serializers.DictField(
        required=False, default=dict, help_text=gettext_lazy("What the form of the step asks.")
    )


@extend_schema(tags=[gettext_lazy("Cases")])  # type: ignore[list-item]
class Cases(ScopedViewSet):
    """Cases of the actor's units, and those that they opened."""

    permissions: ClassVar = {"list": SIGNED_IN, "retrieve": SIGNED_IN, "steps": SIGNED_IN, "advance": SIGNED_IN}
    model = Case
    ordering = "-id"

    def get_queryset(self) -> Any:
        return cases(self.actor)

    @extend_schema(summary=gettext_lazy("Cases"), parameters=[CaseQuery], responses={200: CASE})
    def list(self, request: Any) -> Response:
        said = CaseQuery.read(request)
        rows = inbox(self.actor) if said["waiting"] else self.get_queryset()
        rows = rows.filter(kind=said["kind"]) if "kind" in said else rows
        if said["open"] is not None:
            rows = rows.exclude(desk="") if said["open"] else rows.filter(desk="")
        return self.paged(rows)

    @extend_schema(summary=gettext_lazy("One case"), responses={200: CASE})
    def retrieve(self, _request: Any, **ids: Any) -> Response:
        return super().retrieve(_request, **ids)

    @extend_schema(
        summary=gettext_lazy("Steps of a case"), responses={200: {"type": "array", "items": STEP}}, filters=False,
        operation_id="cases_steps_list",
    )  # fmt: skip
    def steps(self, _request: Any, **_ids: Any) -> Response:
        case = self.get_object()
        flow = self._flow(case)
        return Response([_step(flow, row) for row in steps_of(case)])

    @extend_schema(
        summary=gettext_lazy("Take a step"), request=StepTaken, responses={200: CASE},
        description=gettext_lazy(
            "Refused with 409 where the case was changed since it was read, with 422 and the reason where the step cannot be taken."
        ),
    )  # fmt: skip
    def advance(self, request: Any, step: str, **_ids: Any) -> Response:
        case = self.get_object()
        flow = self._flow(case)
        if step not in flow.steps:
            raise Http404
        given = StepTaken(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        answers = self._answers(flow, step, case, said["answers"])
        advance(
            case, step, actor=self.actor, comment=said["comment"], reasons=said["reasons"], data=answers,
            revision=said["revision"], source="api",
        )  # fmt: skip
        case = self.get_object()
        self.prime(self.values, [case])
        return Response(self.row(self.values, case))

    def _answers(self, flow: Any, step: str, case: Case, data: dict[str, Any]) -> dict[str, Any]:
        form_class = flow.steps[step].form
        if form_class is None:
            if data:
                raise serializers.ValidationError({"answers": _("This step asks nothing more.")})
            return {}
        form = form_class(data=data, case=case, actor=self.actor)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors.get_json_data())
        found: dict[str, Any] = form.cleaned_data
        return found

    def _flow(self, case: Case) -> Any:
        flow = workflow_of(case.kind)
        if flow is None:
            raise Http404
        return flow

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[key for case in page for key in (case.unit_id, case.origin_id)])
        self.named, self.standing = subjects(page, self.actor), standing(page, self.actor)

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        flow = workflow_of(record.kind)
        open_steps = steps_open(flow, record, self.actor, self.standing) if flow is not None else {}
        return {
            "id": str(record.public_id),
            "revision": record.revision,
            "number": record.pk,
            "kind": {"code": record.kind, "label": str(flow.label) if flow else record.kind},
            "title": self.named[record.pk].title,
            "state": _state(flow, record.state),
            "open": bool(record.desk),
            "unit": unit_of(values, record.unit),
            "origin": unit_of(values, record.origin),
            "opened_by": str(record.opened_by),
            "opened_at": record.opened_at.isoformat(),
            "assignee": str(record.assignee) if record.assignee else None,
            "due": record.due.isoformat() if record.due else None,
            "steps": [
                {"code": name, "label": str(flow.steps[name].label)} for name, said in open_steps.items() if flow and not said.why_not
            ],
        }  # fmt: skip


def state_of(case: Case) -> dict[str, str]:
    """Where a case stands, as a code with its name."""
    return _state(workflow_of(case.kind), case.state)


def _state(flow: Any, name: str) -> dict[str, str]:
    state = flow.by_name.get(name) if flow is not None else None
    return {"code": name, "label": str(state.label) if state else name}


def _step(flow: Any, row: Any) -> dict[str, Any]:
    step, change = flow.steps.get(row.step), row.change
    return {
        "step": {"code": row.step, "label": str(step.done)} if step else None,
        "state": _state(flow, row.state),
        "at": change.at.isoformat(),
        "by": str(change.actor),
        "role": role_of(change.role) if change.role else None,
        "in_place_of": str(row.stood_in_for) if row.stood_in_for else None,
        "reasons": list(row.reasons or ()),
        "comment": row.comment,
    }


urlpatterns = [
    path("cases/", Cases.as_view({"get": "list"}), name="api_cases"),
    path("cases/<uuid:id>/", Cases.as_view({"get": "retrieve"}), name="api_case"),
    path("cases/<uuid:id>/steps/", Cases.as_view({"get": "steps"}), name="api_case_steps"),
    path("cases/<uuid:id>/steps/<slug:step>/", Cases.as_view({"post": "advance"}), name="api_case_step"),
]
