"""Appointment contracts for programs: conclude, judge the probation, renew, end."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.schema import component, maybe
from core.api.values import code, period, plain, unit_of
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values
from core.org.models import Unit
from personnel import services
from personnel.api.posts import API, ID_OF_PERSON, read
from personnel.models import Contract, Teacher
from personnel.selectors.contracts import CHANGE
from personnel.services import contracts as verbs

CONTRACT = component(
    "Contract", _("An appointment contract; “probation_last” is the last day of its probation, “ground” says why it ended."),
    id=shapes.ID, revision=shapes.WHOLE, unit=shapes.UNIT, kind=maybe(shapes.CODE), number=shapes.TEXT, valid=shapes.PERIOD,
    probation_last=maybe(shapes.DAY), verdict=maybe(shapes.CODE), ground=maybe(shapes.CODE),
)  # fmt: skip
NUMBER: Final[dict[str, Any]] = {"required": False, "allow_blank": True, "max_length": 60, "default": ""}


class PaperOrder(serializers.Serializer[Any]):
    """The paper, and why."""

    document = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class ConcludeOrder(PaperOrder):
    """The terms: half-open days, `ends` null until retirement; `probation_last` is the last day of the probation."""

    unit = serializers.UUIDField()
    kind = serializers.CharField(max_length=20, default="appointment")
    number = serializers.CharField(**NUMBER)
    starts = serializers.DateField()
    ends = serializers.DateField(required=False, allow_null=True, default=None)
    signed_on = serializers.DateField(required=False, allow_null=True, default=None)
    first_job = serializers.BooleanField(default=False)
    probation_last = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class OfContract(PaperOrder):
    """Something done to a contract."""

    contract = serializers.UUIDField()


class VerdictOrder(OfContract):
    """The verdict of a probation."""

    verdict = serializers.CharField(max_length=20)
    on = serializers.DateField()


class RenewOrder(OfContract):
    """The contract that follows, up to, not including, `ends`; null: until retirement."""

    ends = serializers.DateField(required=False, allow_null=True, default=None)
    number = serializers.CharField(**NUMBER)
    signed_on = serializers.DateField(required=False, allow_null=True, default=None)


class ContractEndOrder(OfContract):
    """The ground on which it ends; `ends` is the first day without it."""

    ground = serializers.CharField(max_length=20)
    ends = serializers.DateField()
    notice_on = serializers.DateField(required=False, allow_null=True, default=None)


@extend_schema(tags=[_("Contracts")])  # type: ignore[list-item]
class Contracts(ScopedViewSet):
    """The contracts of one person."""

    permissions: ClassVar = {"conclude": CHANGE, "judge": CHANGE, "renew": CHANGE, "end": CHANGE}
    model = Teacher

    def _person(self) -> Teacher:
        teacher: Teacher = self.get_object()
        services.note_look(actor=self.actor, teacher=teacher)
        return teacher

    def _asked(self, shape: Any, request: Any) -> tuple[Contract, dict[str, Any]]:
        teacher, said = self._person(), read(shape, request)
        rows = Contract.objects.visible_to(self.actor).filter(teacher=teacher, public_id=said.pop("contract"))
        found = rows.select_related("unit", "teacher").first()
        if found is None:
            raise Http404
        return found, {**said, "actor": self.actor, "source": API}

    @extend_schema(
        summary=_("Conclude a contract"), parameters=[ID_OF_PERSON], request=ConcludeOrder, responses={201: CONTRACT},
        operation_id="contract_conclude",
    )  # fmt: skip
    def conclude(self, request: Any, **_ids: Any) -> Response:
        teacher, said = self._person(), read(ConcludeOrder, request)
        unit = Unit.objects.visible_to(self.actor).filter(public_id=said.pop("unit")).first()
        if unit is None:
            raise serializers.ValidationError({"unit": [_("There is no such unit that you may see.")]})
        made = verbs.conclude_contract(actor=self.actor, teacher=teacher, unit=unit, source=API, **said)
        return Response(told(self.values, made), status=201)

    @extend_schema(
        summary=_("Judge a probation"), parameters=[ID_OF_PERSON], request=VerdictOrder, responses={200: CONTRACT},
        operation_id="contract_judge",
    )  # fmt: skip
    def judge(self, request: Any, **_ids: Any) -> Response:
        contract, said = self._asked(VerdictOrder, request)
        return Response(told(self.values, verbs.judge_probation(contract=contract, **said)))

    @extend_schema(
        summary=_("Renew a contract"), parameters=[ID_OF_PERSON], request=RenewOrder, responses={201: CONTRACT},
        operation_id="contract_renew",
    )  # fmt: skip
    def renew(self, request: Any, **_ids: Any) -> Response:
        contract, said = self._asked(RenewOrder, request)
        return Response(told(self.values, verbs.renew_contract(contract=contract, **said)), status=201)

    @extend_schema(
        summary=_("End a contract"), parameters=[ID_OF_PERSON], request=ContractEndOrder, responses={200: CONTRACT},
        description=_("Refused with 422 where the days of notice of the ground are not kept."), operation_id="contract_end",
    )  # fmt: skip
    def end(self, request: Any, **_ids: Any) -> Response:
        contract, said = self._asked(ContractEndOrder, request)
        return Response(told(self.values, verbs.end_contract(contract=contract, **said)))


def told(values: Values, one: Contract) -> dict[str, Any]:
    """A contract as JSON."""
    return {
        "id": str(one.public_id), "revision": one.revision, "unit": unit_of(values, one.unit),
        "kind": code(values, "contract_kind", one.kind), "number": one.number, "valid": period(one.valid),
        "probation_last": plain(one.probation_last), "verdict": code(values, "probation_verdict", one.probation_verdict),
        "ground": code(values, "contract_ground", one.ground),
    }  # fmt: skip
