"""The dossier for programs: its catalogue, entering and taking out materials, asking for it, sending it, reviewing it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.schema import component, many, maybe
from core.api.values import code, plain, unit_of
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values
from core.dates import InvalidDate, PartialDate
from core.org.models import Unit
from personnel.models import DossierLoan, Material, Teacher
from personnel.selectors.dossier import BORROW, KEEP, VIEW, catalogue, entries_of, keeping_of, missing
from personnel.services import dossier as verbs
from personnel.services.dossier_loans import ask_loan
from personnel.services.dossier_reviews import open_review
from personnel.services.dossier_transfers import MOST, ask_transfer

ID_OF_PERSON: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The person."))
ID_OF_MATERIAL: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The material."))
TAKEN_OUT = OpenApiResponse(description=_("It is not in the catalogue any more; the history keeps it."))
MATERIAL = component(
    "Material", _("A material of a dossier; “number” is its place in the category, reckoned by day."),
    id=shapes.ID, revision=shapes.WHOLE, category=shapes.CODE, number=shapes.WHOLE, title=shapes.TEXT, dated=maybe(shapes.TEXT),
    pages=maybe(shapes.WHOLE), copies=shapes.WHOLE, form=maybe(shapes.CODE), place=shapes.TEXT, note=shapes.TEXT, scans=shapes.WHOLE,
    paper=maybe(shapes.ID),
)  # fmt: skip
LACKING = component(
    "LackingPaper", _("A required paper that the dossier does not have; “years” are those that are missing."),
    name=shapes.TEXT, categories=many(shapes.TEXT), years=shapes.TEXT, reference=shapes.TEXT,
)  # fmt: skip
DOSSIER = component(
    "Dossier", _("The dossier of a person. Reading it is written down."),
    id=shapes.ID, keeper=maybe(shapes.UNIT), keeper_name=shapes.TEXT, shelf=shapes.TEXT, volumes=maybe(shapes.WHOLE),
    materials=many(MATERIAL), lacking=many(LACKING),
)  # fmt: skip
OPENED = component(
    "OpenedCase", _("The case that was opened; its steps are taken at “cases”."), case=shapes.ID, number=shapes.WHOLE
)


@extend_schema_field(OpenApiTypes.STR)
class PartialDay(serializers.Field[Any, Any, Any, Any]):
    """A day, a month or a year."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return PartialDate.parse(data if isinstance(data, str) else "")
        except InvalidDate as error:
            raise serializers.ValidationError(
                _("Write a day, a month or a year: 2012-08-01, 2012-08, 2012.")
            ) from error


class MaterialFields(serializers.Serializer[Any]):
    """What the catalogue says of a material."""

    category = serializers.CharField(max_length=12)
    title = serializers.CharField(max_length=200)
    dated = PartialDay(required=False, allow_null=True)
    pages = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=9999)
    copies = serializers.IntegerField(required=False, min_value=1, max_value=999)
    form = serializers.CharField(required=False, max_length=20)
    place = serializers.CharField(required=False, allow_blank=True, max_length=60)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)
    reason = serializers.CharField(max_length=200)


class MaterialPatch(MaterialFields):
    """What the catalogue is to say of a material; what is left out stays."""

    category = serializers.CharField(required=False, max_length=12)
    title = serializers.CharField(required=False, max_length=200)
    revision = serializers.IntegerField(
        min_value=1, max_value=shapes.MOST_REVISIONS, help_text=_("The revision of the material that was read.")
    )


class Reason(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=200)


class ReaderFields(serializers.Serializer[Any]):
    """One of those who come for a dossier."""

    name = serializers.CharField(max_length=60)
    post = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    in_party = serializers.BooleanField(default=False)
    namesake = serializers.BooleanField(default=False)


class LoanFields(serializers.Serializer[Any]):
    """Who comes for a dossier, why, and for what of it."""

    way = serializers.ChoiceField(choices=DossierLoan.Way.values)
    purpose = serializers.CharField(max_length=20)
    words = serializers.CharField(max_length=1000)
    asking = serializers.CharField(max_length=120)
    readers = ReaderFields(many=True)
    lent = serializers.ListField(
        child=serializers.CharField(max_length=240), required=False, default=list, max_length=200
    )


class TransferFields(serializers.Serializer[Any]):
    """Which dossiers go to which keeper, why."""

    people = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)
    receiver = serializers.UUIDField(required=False, allow_null=True, default=None)
    receiver_name = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    reason_code = serializers.CharField(max_length=20)
    basis = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    words = serializers.CharField(max_length=200)


class Occasion(serializers.Serializer[Any]):
    """Why a review is begun."""

    words = serializers.CharField(max_length=200)


def read(kind: Any, request: Any) -> dict[str, Any]:
    """What a request says, checked."""
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    found: dict[str, Any] = given.validated_data
    return found


@extend_schema(tags=[_("Dossiers")])  # type: ignore[list-item]
class Dossiers(ScopedViewSet):
    """The dossiers of the people whom the actor sees."""

    permissions: ClassVar = {"retrieve": VIEW, "enter": KEEP, "borrow": BORROW, "review": KEEP, "send": KEEP}
    model = Teacher

    def select(self, rows: Any) -> Any:
        """Of others: nobody reads or keeps their own."""
        return rows.exclude(user=self.actor.user)

    @extend_schema(summary=_("The dossier of a person"), parameters=[ID_OF_PERSON], responses={200: DOSSIER})
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        teacher: Teacher = self.get_object()
        verbs.note_dossier(actor=self.actor, teachers=[teacher.pk])
        rows = list(Material.objects.visible_to(self.actor).filter(teacher=teacher).select_related("paper"))
        kept, values = keeping_of(teacher, self.actor.on), self.values
        return Response(
            {
                "id": str(teacher.public_id),
                "keeper": unit_of(values, kept.unit) if kept is not None and kept.unit is not None else None,
                "keeper_name": kept.keeper if kept is not None else "", "shelf": kept.shelf if kept is not None else "",
                "volumes": kept.volumes if kept is not None else None,
                "materials": [told(values, entry) for entry in entries_of(catalogue(rows, self.actor.on, self.actor.unit))],
                "lacking": [
                    {"name": paper.name, "categories": list(paper.categories), "years": finding.actual, "reference": finding.reference}
                    for paper, finding in (missing(teacher, rows, self.actor.on) if rows else [])
                ],
            }
        )  # fmt: skip

    @extend_schema(
        summary=_("Enter a material"), parameters=[ID_OF_PERSON], request=MaterialFields, responses={201: MATERIAL}
    )
    def enter(self, request: Any, **_ids: Any) -> Response:
        teacher, said = self.get_object(), read(MaterialFields, request)
        reason = said.pop("reason")
        material = verbs.enter_material(actor=self.actor, teacher=teacher, values=said, reason=reason, source="api")
        return Response(one_of(self.values, material, self.actor), status=201)

    @extend_schema(
        summary=_("Ask for a dossier"), parameters=[ID_OF_PERSON], request=LoanFields, responses={201: OPENED}
    )
    def borrow(self, request: Any, **_ids: Any) -> Response:
        teacher, said = self.get_object(), read(LoanFields, request)
        return opened(ask_loan(actor=self.actor, teacher=teacher, source="api", **said))

    @extend_schema(
        summary=_("Begin a review of ages and histories"), parameters=[ID_OF_PERSON], request=Occasion, responses={201: OPENED}
    )  # fmt: skip
    def review(self, request: Any, **_ids: Any) -> Response:
        teacher, said = self.get_object(), read(Occasion, request)
        return opened(open_review(actor=self.actor, teacher=teacher, source="api", **said))

    @extend_schema(
        summary=_("Prepare a transfer of dossiers"), request=TransferFields, responses={201: OPENED},
        description=_("All dossiers under one notice. It is sent and received by the steps of its case."),
    )  # fmt: skip
    def send(self, request: Any, **_ids: Any) -> Response:
        said = read(TransferFields, request)
        people, receiver = said.pop("people"), said.pop("receiver")
        found = list(self.get_queryset().filter(public_id__in=people).order_by("pk"))
        if len(found) != len(set(people)):
            raise serializers.ValidationError({"people": [_("There is nobody of one of these ids whom you may see.")]})
        unit = _receiver(receiver, self.actor) if receiver is not None else None
        return opened(ask_transfer(actor=self.actor, teachers=found, receiver=unit, source="api", **said))


def _receiver(public_id: Any, actor: Any) -> Unit:
    """A unit that the actor sees; a bureau elsewhere is named in full instead."""
    unit: Unit | None = Unit.objects.visible_to(actor).filter(public_id=public_id).first()
    if unit is None:
        raise serializers.ValidationError({"receiver": [_("There is no such unit that you may see.")]})
    return unit


def opened(record: Any) -> Response:
    """The case of a new request."""
    return Response({"case": str(record.case.public_id), "number": record.case.pk}, status=201)


def one_of(values: Values, material: Material, actor: Any) -> dict[str, Any]:
    """A material as JSON, with its number among the others."""
    rows = Material.objects.filter(teacher=material.teacher_id).select_related("paper")
    return next(
        told(values, one) for one in entries_of(catalogue(rows, actor.on, actor.unit)) if one.material.pk == material.pk
    )


def told(values: Values, entry: Any) -> dict[str, Any]:
    """A material of a catalogue as JSON."""
    one = entry.material
    return {
        "id": str(one.public_id), "revision": one.revision, "category": code(values, "dossier_category", one.category),
        "number": entry.number, "title": one.title, "dated": plain(one.dated), "pages": one.pages, "copies": one.copies,
        "form": code(values, "material_form", one.form), "place": one.place, "note": one.note, "scans": len(entry.scans),
        "paper": str(one.paper.public_id) if one.paper is not None else None,
    }  # fmt: skip


@extend_schema(tags=[_("Dossiers")])  # type: ignore[list-item]
class Materials(ScopedViewSet):
    """Materials of dossiers."""

    permissions: ClassVar = {"correct": KEEP, "withdraw": KEEP}
    model = Material

    def select(self, rows: Any) -> Any:
        """Of others, as above."""
        return rows.exclude(teacher__user=self.actor.user).select_related("teacher")

    @extend_schema(
        summary=_("Put a material right"), parameters=[ID_OF_MATERIAL], request=MaterialPatch, responses={200: MATERIAL},
        description=_("Refused with 409 where the material was changed since it was read."),
    )  # fmt: skip
    def correct(self, request: Any, **_ids: Any) -> Response:
        material, said = self.get_object(), read(MaterialPatch, request)
        material.revision, reason = said.pop("revision"), said.pop("reason")
        verbs.correct_material(actor=self.actor, material=material, values=said, reason=reason, source="api")
        return Response(one_of(self.values, material, self.actor))

    @extend_schema(
        summary=_("Take a material out"), parameters=[ID_OF_MATERIAL], request=Reason, responses={204: TAKEN_OUT}
    )
    def withdraw(self, request: Any, **_ids: Any) -> Response:
        material, said = self.get_object(), read(Reason, request)
        verbs.withdraw_material(actor=self.actor, material=material, reason=said["reason"], source="api")
        return Response(status=204)
