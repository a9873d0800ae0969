"""A person asks by a program that their own file says what is true; the case that begins is read and followed as all others."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.schema import component
from core.api.viewsets import ScopedViewSet
from core.records.errors import StaleRecord
from core.records.models import EffectiveRecord
from personnel.api.orders import Posted, plain_values, read, refused, typed, wrong
from personnel.forms.corrections import PAPERS, AskForm
from personnel.models import Teacher
from personnel.selectors import versions as past
from personnel.selectors.corrections import correctable, rules_for
from personnel.services.corrections import LONGEST, ask_correction

ASKED = component("CorrectionAsked", _("The case in which the request is decided."), case=shapes.ID)


class CorrectionOrder(serializers.Serializer[Any]):
    """What a record of one's own file is to say; without a record, that one is added."""

    record = serializers.UUIDField(required=False, allow_null=True, default=None)
    revision = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=shapes.MOST_REVISIONS,
        help_text=_("As the record was read; needed with it."),
    )
    values = serializers.DictField(help_text=_("Only what is to say something else."))
    words = serializers.CharField(max_length=LONGEST, help_text=_("What is wrong now, and since when."))
    papers = serializers.ListField(
        required=False, default=list, child=serializers.CharField(max_length=400), max_length=len(PAPERS),
        help_text=_("Tokens of /evidence/."),
    )  # fmt: skip


@extend_schema(tags=[_("Teachers")])  # type: ignore[list-item]
class Corrections(ScopedViewSet):
    """Requests of the person whose file it is."""

    permissions: ClassVar = {"ask": "personnel.view_own"}
    model = Teacher

    def select(self, rows: Any) -> Any:
        return rows.filter(user=self.actor.user).select_related("key")

    @extend_schema(
        summary=_("Ask for a correction of one's own file"), request=CorrectionOrder, responses={201: ASKED},
        parameters=[OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The person."))],
        description=_("What may be asked for is a table of the unit; a request that needs a proof names files that were sent before."),
        operation_id="correction_ask",
    )  # fmt: skip
    def ask(self, request: Any, name: str, **_ids: Any) -> Response:
        teacher: Teacher = self.get_object()
        known = correctable(teacher, self.actor, rules_for(teacher, self.actor.on)).get(name)
        if known is None:
            raise Http404
        section, rules = known
        order, model = read(CorrectionOrder, request), past.model_of(section)
        record = self._record(teacher, model, order)
        if unknown := order["values"].keys() - set(rules):
            raise wrong(f"values/{min(unknown)}", _("This field cannot be asked for here."))
        options = {"actor": self.actor, "model": model, "rules": rules, "record": record}
        blank, protected = AskForm(**options), getattr(model, "_protected", {})
        kept = {one: "" if record is None or one in protected else getattr(record, one) for one in rules}
        data = {one: typed(blank.fields[one], value) for one, value in (kept | plain_values(order["values"])).items()}
        data |= {
            "words": order["words"],
            **{f"{slot}_kept": token for slot, token in zip(PAPERS, order["papers"], strict=False)},
        }
        form = AskForm(Posted(data), **options)
        if not form.is_valid():
            raise refused(form, section)
        asked = ask_correction(
            actor=self.actor, teacher=teacher, section=section.name, record=record, values=form.values,
            words=form.cleaned_data["words"], papers=form.papers, source="api",
        )  # fmt: skip
        return Response({"case": str(asked.case.public_id)}, status=201)

    def _record(self, teacher: Teacher, model: Any, order: dict[str, Any]) -> Any:
        """The record that is asked about, as it was read; None for a new one. Raises `Problem` or `StaleRecord`."""
        if order["record"] is None:
            if issubclass(model, EffectiveRecord) or model is Teacher:
                raise wrong("record", _("Name the record of this section."))
            return None
        if "revision" not in order:
            raise wrong("revision", _("Send the revision of the record that you read."))
        mine = {"pk": teacher.pk} if model is Teacher else {"teacher": teacher}
        rows = model.objects.visible_to(self.actor).filter(public_id=order["record"], **mine)
        record = rows.select_related("key" if model is Teacher else "teacher__key").first()
        if record is None:
            raise wrong("record", _("There is no such record in this section."))
        if record.revision != order["revision"]:
            raise StaleRecord(f"{model._meta.label} {record.pk} was changed since it was read")
        return record
