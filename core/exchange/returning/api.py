"""The workbook with the reasons, by program: ask for it, see whether it is there, take it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.schema import component, maybe
from core.api.viewsets import ScopedViewSet
from core.exchange.exporting import TYPES
from core.exchange.models import Batch
from core.exchange.returning.services import ask_for_return, latest
from core.exchange.selectors import batches
from core.exchange.views.exports import content_of_job
from core.jobs.models import Job
from core.web.downloads import attachment

RETURNED = component(
    "ReturnedWorkbook",
    gettext_lazy("The sender's workbook with every problem on its cell, on its way: “done” when it can be taken."),
    state=maybe(shapes.CODE), done=shapes.WHOLE, total=shapes.WHOLE, error=maybe(shapes.TEXT),
)  # fmt: skip


class ReturnedOrder(serializers.Serializer[Any]):
    """Why the values of the workbook are to be seen in clear."""

    reason = serializers.CharField(max_length=200, help_text=gettext_lazy("It stands in the access log."))


@extend_schema(tags=[gettext_lazy("Imports")])  # type: ignore[list-item]
class Returned(ScopedViewSet):
    """The workbook of a batch with its reasons, made for who asks."""

    permissions: ClassVar = {"create": "exchange.import", "retrieve": "exchange.import", "file": "exchange.import"}
    model = Batch

    def get_queryset(self) -> Any:
        return batches(self.actor)

    @extend_schema(
        summary=gettext_lazy("Ask for the workbook with the reasons"),
        description=gettext_lazy("A job makes it. Identity numbers stand in it in clear: the look is logged with its reason."),
        request=ReturnedOrder, responses={202: RETURNED}, operation_id="imports_returned_create",
    )  # fmt: skip
    def create(self, request: Any, **_ids: Any) -> Response:
        batch, why = self.get_object(), ReturnedOrder(data=request.data)
        why.is_valid(raise_exception=True)
        return Response(_told(ask_for_return(actor=self.actor, batch=batch, **why.validated_data)), status=202)

    @extend_schema(summary=gettext_lazy("Whether the workbook with the reasons is there"), responses={200: RETURNED})
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        return Response(_told(latest(self.actor, self.get_object())))

    @extend_schema(
        summary=gettext_lazy("Take the workbook with the reasons"), operation_id="imports_returned_file",
        responses={(200, TYPES["xlsx"]): OpenApiTypes.BINARY},
    )  # fmt: skip
    def file(self, _request: Any, **_ids: Any) -> HttpResponse:
        job = latest(self.actor, self.get_object())
        if job is None:
            raise Http404
        stored, content = content_of_job(job)
        return attachment(content, stored.name, stored.content_type)


def _told(job: Job | None) -> dict[str, Any]:
    """How far it is; nobody has asked for it where there is no state."""
    if job is None:
        return {"state": None, "done": 0, "total": 0, "error": None}
    state = {"code": job.state, "label": job.get_state_display()}
    return {"state": state, "done": job.done, "total": job.total, "error": job.error or None}


urlpatterns = [
    path(
        "imports/<uuid:id>/returned/",
        Returned.as_view({"post": "create", "get": "retrieve"}),
        name="api_import_returned",
    ),
    path("imports/<uuid:id>/returned/file/", Returned.as_view({"get": "file"}), name="api_import_returned_file"),
]
