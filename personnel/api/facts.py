"""Changing facts by program: the same form reads what was sent, the same services write it, with the revision that was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from psycopg.types.range import Range
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.errors import Problem
from core.api.schema import component
from core.api.values import period, value
from core.api.viewsets import ApiViewSet, ScopedViewSet
from core.dates import DAY
from core.exchange.evidence import token_of
from core.records.models import EffectiveRecord
from core.registry import FileSection
from personnel import services
from personnel.api.moved import merged_into
from personnel.api.orders import Posted, plain_values, read, refused, typed, wrong
from personnel.choices import CHANGE, CORRECT, END, UNDO
from personnel.forms import FactForm, WhyForm
from personnel.forms.inputs import EvidenceInput, StoredInput
from personnel.models import Teacher
from personnel.selectors import versions as past
from personnel.selectors.changes import visible_change
from personnel.selectors.merged import closed_file
from personnel.services.facts import differing, saying_otherwise, wrong_too
from personnel.services.undoing import may_undo
from personnel.services.why import groups_of

MAY_CHANGE: Final = "personnel.change_teacher"
OWN: Final = "personnel.view_own"
KEEP, FOLLOW = "keep", "follow"
API: Final = "api"
ID_IN_PATH: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The person."))
CHANGE_IN_PATH: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The change."))

WRITTEN = component(
    "FactWritten", _("The record as it was written, and the change that wrote it."),
    record=shapes.ID, revision=shapes.WHOLE, change=shapes.ID,
)  # fmt: skip
UNDONE = component("ChangeUndone", _("The new change that undid the other."), change=shapes.ID)
EVIDENCE = component(
    "EvidenceFile", _("A file that was kept; its token stands for it as “evidence” of a change by the same user."),
    token=shapes.TEXT, name=shapes.TEXT, type=shapes.TEXT, size=shapes.WHOLE,
)  # fmt: skip


class WhyOrder(serializers.Serializer[Any]):
    """Why, and on what paper."""

    reason = serializers.CharField(
        max_length=20, help_text=_("A code of the list change_reason that fits what is done.")
    )
    words = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", help_text=_("Needed for “other”.")
    )
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    evidence = serializers.CharField(
        max_length=400, required=False, allow_blank=True, default="", help_text=_("A token of /evidence/.")
    )


class FactOrder(WhyOrder):
    """Values by the names of the section's fields: codes as text, units by id, days as 2026-09-01, null for nothing."""

    values = serializers.DictField(required=False, default=dict)


class AddOrder(FactOrder):
    """A new record; a dated one holds from `since` up to, not including, `until`."""

    since = serializers.DateField(required=False, allow_null=True, default=None)
    until = serializers.DateField(required=False, allow_null=True, default=None)
    closing = serializers.BooleanField(required=False, default=False, help_text=_("End the one that holds until then."))


class RecordOrder(FactOrder):
    """Something done to a record, with the revision that was read."""

    record = serializers.UUIDField()
    revision = serializers.IntegerField(min_value=1, max_value=shapes.MOST_REVISIONS)


class ChangeOrder(RecordOrder):
    """Other values from a day on."""

    on = serializers.DateField()
    until = serializers.DateField(
        required=False, allow_null=True, help_text=_("Without it as long as the present period.")
    )
    later = serializers.ChoiceField(
        required=False, choices=(KEEP, FOLLOW), help_text=_("Whether later periods stay or take the new values too.")
    )


class CorrectOrder(RecordOrder):
    """The right values for the same period; `since` and `until` only where the period was wrong."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False, allow_null=True)
    later = serializers.ChoiceField(required=False, choices=(KEEP, FOLLOW))


class EndOrder(RecordOrder):
    """The first day on which it holds no more."""

    until = serializers.DateField()


class EvidenceUpload(serializers.Serializer[Any]):
    """A file that shows why something is changed."""

    file = shapes.SentFile(max_length=255, allow_empty_file=True, help_text=_("pdf, jpg, png or heic."))


@extend_schema(tags=[_("Teachers")])  # type: ignore[list-item]
class Facts(ScopedViewSet):
    """Acts on records of a person's file."""

    permissions: ClassVar = {"add": MAY_CHANGE, "change": MAY_CHANGE, "correct": MAY_CHANGE, "end": MAY_CHANGE}
    model = Teacher

    def select(self, rows: Any) -> Any:
        return rows.select_related("key")

    @extend_schema(
        summary=_("Add a record to a section"), parameters=[ID_IN_PATH], request=AddOrder, responses={201: WRITTEN},
        operation_id="fact_add",
    )  # fmt: skip
    def add(self, request: Any, **_ids: Any) -> Response:
        teacher, section = self._file()
        if not past.addable(section):
            raise Http404
        order = read(AddOrder, request)
        form = self._form(
            section, None, order, {"on": order["since"], "last_day": _last(order["until"]), "closing": order["closing"]}
        )
        dated = _dated(section)
        written = services.add_fact(
            actor=self.actor, teacher=teacher, model=past.model_of(section), values=form.values, closing=order["closing"],
            since=order["since"] if dated else None, until=order["until"] if dated else None, **_why(form),
        )  # fmt: skip
        return Response(_told(written), status=201)

    @extend_schema(
        summary=_("Let other values hold from a day on"), parameters=[ID_IN_PATH], request=ChangeOrder,
        responses={200: WRITTEN}, operation_id="fact_change",
    )  # fmt: skip
    def change(self, request: Any, **_ids: Any) -> Response:
        section, record, order = self._asked(ChangeOrder, request, dated=True)
        until = order.get("until", record.valid.upper)
        form = self._form(section, record, order, {"how": CHANGE, "on": order["on"], "last_day": _last(until)})
        follow = self._follows(order, section, saying_otherwise(record, differing(record, form.values)))
        written = services.change_fact(
            actor=self.actor,
            record=record,
            on=order["on"],
            until=until,
            values=form.values,
            follow=follow,
            **_why(form),
        )
        return Response(_told(written))

    @extend_schema(
        summary=_("Put right what was recorded wrongly"), parameters=[ID_IN_PATH], request=CorrectOrder,
        responses={200: WRITTEN}, operation_id="fact_correct",
    )  # fmt: skip
    def correct(self, request: Any, **_ids: Any) -> Response:
        section, record, order = self._asked(CorrectOrder, request)
        if not _dated(section):
            form = self._form(section, record, order, {})
            return Response(
                _told(services.correct_fact(actor=self.actor, record=record, values=form.values, **_why(form)))
            )
        since, until = order.get("since", record.valid.lower), order.get("until", record.valid.upper)
        form = self._form(section, record, order, {"how": CORRECT, "on": since, "last_day": _last(until)})
        follow = self._follows(order, section, wrong_too(record, differing(record, form.values)))
        written = services.correct_fact(
            actor=self.actor, record=record, values=form.values, valid=Range(since, until), follow=follow, **_why(form)
        )
        return Response(_told(written))

    @extend_schema(
        summary=_("Let a record end"), parameters=[ID_IN_PATH], request=EndOrder, responses={200: WRITTEN},
        operation_id="fact_end",
    )  # fmt: skip
    def end(self, request: Any, **_ids: Any) -> Response:
        section, record, order = self._asked(EndOrder, request, dated=True)
        form = self._form(section, record, order, {"how": END, "last_day": _last(order["until"])})
        return Response(
            _told(
                services.end_fact(
                    actor=self.actor, record=record, until=order["until"], values=form.values, **_why(form)
                )
            )
        )

    def get_object(self) -> Any:
        try:
            return super().get_object()
        except Http404:
            closed = closed_file(self.actor, self.kwargs[self.lookup_url_kwarg])
            if closed is None:
                raise
            raise merged_into(self.request, closed) from None

    def _file(self) -> tuple[Teacher, FileSection]:
        """The person of the address and the section of the file; that somebody looked is written down."""
        teacher: Teacher = self.get_object()
        known = past.sections_for(self.actor, teacher.post_family)
        section = next((one for one in known if one.name == self.kwargs["name"]), None)
        if section is None:
            raise Http404
        services.note_look(actor=self.actor, teacher=teacher)
        return teacher, section

    def _asked(self, shape: Any, request: Any, *, dated: bool = False) -> tuple[FileSection, Any, dict[str, Any]]:
        """The section, the record as it was read (its revision is the sender's), and the order. Not where the section goes on by itself."""
        teacher, section = self._file()
        if dated and (section.entered or not _dated(section)):
            raise Http404
        order = read(shape, request)
        model = past.model_of(section)
        rows = model.objects.visible_to(self.actor).filter(public_id=order["record"])
        if model is Teacher:
            record = rows.filter(pk=teacher.pk).select_related("key").first()
        else:
            record = rows.filter(teacher=teacher).select_related("teacher__key").first()
        if record is None:
            raise wrong("record", _("There is no such record in this section."))
        record.revision = order["revision"]
        return section, record, order

    def _form(self, section: FileSection, record: Any, order: Mapping[str, Any], more: Mapping[str, Any]) -> FactForm:
        """The form of the page, filled in with the values of the record and those that were sent. Raises `Problem`."""
        unknown = order["values"].keys() - set(section.fields)
        if unknown:
            raise wrong(f"values/{min(unknown)}", _("The section has no such field."))
        model = past.model_of(section)
        options = {
            "actor": self.actor, "model": model, "names": section.fields, "needed": section.primary, "record": record,
            "dated": _dated(section),
        }  # fmt: skip
        blank = FactForm(**options)
        protected = getattr(model, "_protected", {})
        kept = {name: "" if name in protected or record is None else getattr(record, name) for name in section.fields}
        data = {name: typed(blank.fields[name], one) for name, one in (kept | plain_values(order["values"])).items()}
        data |= {name: "" if one is None else str(one) for name, one in more.items() if one is not False}
        data |= {"reason": order["reason"], "words": order["words"], "evidence_kept": order["evidence"]}
        data["document"] = order["document"] or data.get("document", "")
        stored = {name: one for name, one in kept.items() if isinstance(blank.fields[name], StoredInput)}
        form = FactForm(Posted(data), initial=stored, **options)
        if not form.is_valid():
            raise refused(form, section)
        return form

    def _follows(self, order: Mapping[str, Any], section: FileSection, later: list[tuple[Any, dict[str, Any]]]) -> bool:
        """Whether later periods follow; raises `Problem` with those periods where that has to be said."""
        if later and "later" not in order:
            told = [
                {
                    "record": str(row.public_id), "revision": row.revision, "valid": period(row.valid),
                    "values": {name: value(self.values, row, name) for name in section.fields if name in values},
                }
                for row, values in later
            ]  # fmt: skip
            raise Problem(
                422, "later_periods", _("Later periods say something else. Send “later”: keep or follow."), periods=told
            )
        return bool(later) and order["later"] == FOLLOW


@extend_schema(tags=[_("Teachers")])  # type: ignore[list-item]
class Changes(ApiViewSet):
    """What can be done about one change."""

    permissions: ClassVar = {"undo": MAY_CHANGE}

    @extend_schema(
        summary=_("Undo a change by a new change"), parameters=[CHANGE_IN_PATH], request=WhyOrder, responses={201: UNDONE},
        description=_("Whole or not at all; refused with what changed since or stands on it. Batches have an undo of their own."),
        operation_id="change_undo",
    )  # fmt: skip
    def undo(self, request: Any, **ids: Any) -> Response:
        found = visible_change(self.actor, ids["id"])
        if found is None or not may_undo(self.actor, found):
            raise Http404
        order = read(WhyOrder, request)
        data = {**order, "evidence_kept": order["evidence"]}
        form = WhyForm(Posted(data), actor=self.actor, groups=groups_of(UNDO))
        if not form.is_valid():
            raise refused(form)
        done = services.undo_change(actor=self.actor, change=found, **form.why)
        return Response({"change": str(done.public_id)}, status=201)


@extend_schema(tags=[_("Teachers")])  # type: ignore[list-item]
class EvidenceFiles(ApiViewSet):
    """Files that show why something is changed, sent before the change."""

    permissions: ClassVar = {"create": (MAY_CHANGE, OWN)}

    def get_parsers(self) -> list[Any]:
        """Files come as multipart."""
        return [MultiPartParser()]

    @extend_schema(
        summary=_("Send a file of evidence"), request={"multipart/form-data": EvidenceUpload}, responses={201: EVIDENCE},
        operation_id="evidence_create",
    )  # fmt: skip
    def create(self, request: Any, **_ids: Any) -> Response:
        sent = read(EvidenceUpload, request)["file"]
        stored = _kept(sent)
        told = {"name": stored.name, "type": stored.content_type, "size": stored.size}
        return Response({"token": token_of(stored, self.actor), **told}, status=201)


def _kept(sent: Any) -> Any:
    try:
        return EvidenceInput(required=True).clean(sent)
    except ValidationError as error:
        raise wrong("file", error.messages[0]) from error


def _dated(section: FileSection) -> bool:
    return issubclass(past.model_of(section), EffectiveRecord)


def _last(until: date | None) -> date | None:
    """The last day before the first day on which something holds no more."""
    return until - DAY if until else None


def _why(form: WhyForm) -> Any:
    return {**form.why, "source": API}


def _told(record: Any) -> dict[str, Any]:
    change = past.change_behind(record)
    return {"record": str(record.public_id), "revision": record.revision, "change": str(change.public_id)}
