"""Undo by program: what it would do, and the order to do it. The same services as on the page."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.urls import path
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api import schema as shapes
from core.api.queries import Query
from core.api.schema import component, many, maybe
from core.api.viewsets import ScopedViewSet
from core.exchange.models import Batch
from core.exchange.selectors import batches
from core.exchange.services import NotNow
from core.exchange.undo.planning import BUCKETS
from core.exchange.undo.services import undo_batch, undo_job, undo_preview
from core.exchange.undo.telling import page_of
from core.exchange.undo.touched import KEEP

BUCKET = component(
    "UndoBucket",
    gettext_lazy("How many files and records are in a bucket."),
    subjects=shapes.WHOLE,
    records=shapes.WHOLE,
)
NOTE = component(
    "UndoNote", gettext_lazy("Why something stays: in words, with who did it, when, and for what reason."),
    text=shapes.TEXT, by=shapes.TEXT, reason=shapes.TEXT,
)  # fmt: skip
FIELD = component(
    "UndoField", gettext_lazy("A field as it is and as it would be; of what is kept, as the batch had it and as it is."),
    label=shapes.TEXT, was=maybe(shapes.TEXT), now=maybe(shapes.TEXT),
)  # fmt: skip
PERSON = component(
    "UndoSubject", gettext_lazy("Somebody (or a unit) in the bucket asked for."),
    name=shapes.TEXT, goes=shapes.YES_NO, fields=many(FIELD), notes=many(NOTE),
)  # fmt: skip
UNDO_JOB = component(
    "UndoJob", gettext_lazy("The latest job that was to undo the batch."),
    state=shapes.CODE, done=shapes.WHOLE, total=shapes.WHOLE, error=maybe(shapes.TEXT),
)  # fmt: skip
UNDO = component(
    "Undo",
    gettext_lazy("What undoing the batch would do now: take back, keep, block; of an undone one what was left."),
    state=shapes.CODE, take_back=BUCKET, keep=BUCKET, block=BUCKET, entered=shapes.WHOLE, bucket=shapes.TEXT, subjects=many(PERSON),
    after=maybe(shapes.WHOLE), refused=maybe(shapes.TEXT), job=maybe(UNDO_JOB), change=maybe(shapes.ID),
)  # fmt: skip
ORDERED = component(
    "UndoOrdered", gettext_lazy("The job that undoes the batch."), state=shapes.CODE, job=UNDO_JOB
)  # fmt: skip


class UndoOrder(serializers.Serializer[Any]):
    """Why a batch is undone, and on what paper."""

    reason = serializers.CharField(max_length=200, help_text=gettext_lazy("It stands in the history for ever."))
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class UndoQuery(Query):
    """Which bucket, and behind which key to go on."""

    bucket = serializers.ChoiceField(required=False, choices=BUCKETS, default=KEEP)
    after = serializers.IntegerField(required=False, min_value=0, default=0)


@extend_schema(tags=[gettext_lazy("Imports")])  # type: ignore[list-item]
class Undo(ScopedViewSet):
    """The undo of a batch of the actor's units."""

    permissions: ClassVar = {"preview": "exchange.approve", "order": "exchange.approve"}
    model = Batch

    def get_queryset(self) -> Any:
        return batches(self.actor)

    @extend_schema(
        summary=gettext_lazy("What undoing a batch would do"), parameters=[UndoQuery], responses={200: UNDO},
        operation_id="imports_undo_preview",
    )  # fmt: skip
    def preview(self, request: Any, **_ids: Any) -> Response:
        query = UndoQuery.read(request)
        bucket, batch = query.get("bucket") or KEEP, self.get_object()
        told: dict[str, Any] = {"state": {"code": batch.state, "label": batch.get_state_display()}, "bucket": bucket}
        try:
            made = undo_preview(actor=self.actor, batch=batch)
        except NotNow as error:
            none = {"subjects": 0, "records": 0}
            told |= {**dict.fromkeys(BUCKETS, none), "entered": 0, "subjects": [], "after": None, "refused": str(error)}
        else:
            people, after = page_of(made, bucket, self.actor, query.get("after") or 0)
            counts = made.counts()
            told |= {name: counts[name] for name in (*BUCKETS, "entered")}
            told |= {"subjects": [_subject(one) for one in people], "after": after, "refused": None}
        job = undo_job(batch)
        told["job"] = _job(job) if job is not None else None
        told["change"] = str(batch.undo_change.public_id) if batch.undo_change else None
        return Response(told)

    @extend_schema(
        summary=gettext_lazy("Undo a batch"), request=UndoOrder, responses={202: ORDERED},
        description=gettext_lazy("A job takes back what can be taken back, in one change or not at all. It cannot be undone."),
        operation_id="imports_undo",
    )  # fmt: skip
    def order(self, request: Any, **_ids: Any) -> Response:
        batch = self.get_object()
        given = UndoOrder(data=request.data)
        given.is_valid(raise_exception=True)
        job = undo_batch(actor=self.actor, batch=batch, **given.validated_data)
        where = reverse("api_import", args=[batch.public_id], request=self.request)
        state = {"code": batch.state, "label": batch.get_state_display()}
        return Response({"state": state, "job": _job(job)}, status=202, headers={"Location": where})


def _subject(one: Any) -> dict[str, Any]:
    return {
        "name": one.name,
        "goes": bool(one.whole),
        "fields": [{"label": str(pair.label), "was": pair.was, "now": pair.new} for pair in one.pairs],
        "notes": [{"text": str(note.text), "by": note.by, "reason": note.why} for note in one.notes],
    }


def _job(job: Any) -> dict[str, Any]:
    return {
        "state": {"code": job.state, "label": job.get_state_display()}, "done": job.done, "total": job.total,
        "error": job.error or None,
    }  # fmt: skip


UNDO_PATHS: Final = [
    path("imports/<uuid:id>/undo/", Undo.as_view({"get": "preview", "post": "order"}), name="api_import_undo"),
]
