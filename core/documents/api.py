"""Papers by program: list them, issue, withdraw, verify."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.permissions import ANYONE
from core.api.queries import Query
from core.api.schema import component, many, maybe
from core.api.throttling import PerVisitor
from core.api.values import unit_of
from core.api.viewsets import ApiViewSet, ScopedViewSet
from core.codes.values import Values
from core.documents import services
from core.documents.forms import issue_form
from core.documents.kinds import all_kinds, kind_label
from core.documents.models import IssuedDocument
from core.documents.selectors import ISSUE, VIEW
from core.documents.verifying import verify
from core.records.vault import ErasedValue
from core.web.downloads import attachment

ID_IN_PATH = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=gettext_lazy("The paper."))
PAPER = component(
    "Paper", gettext_lazy("A paper that was issued; “sha256” is of its file."),
    id=shapes.ID, revision=shapes.WHOLE, kind=shapes.CODE, number=shapes.TEXT, issued_on=shapes.DAY, unit=maybe(shapes.UNIT),
    about=shapes.TEXT,
    state=shapes.CODE, state_on=maybe(shapes.DAY), sha256=shapes.TEXT, code=shapes.TEXT, clear=shapes.YES_NO, position=shapes.WHOLE,
    replaces=maybe(shapes.ID),
)  # fmt: skip
SAID = component(
    "PublicField",
    gettext_lazy("What strangers are told of a paper."),
    name=shapes.TEXT,
    label=shapes.TEXT,
    value=shapes.TEXT,
)
ANSWER = component(
    "Verification", gettext_lazy("Whether there is such a paper, its state, what it says, whether the file is the one that was issued."),
    found=shapes.YES_NO, state=maybe(shapes.TEXT), said=many(SAID), same_file=maybe(shapes.YES_NO),
)  # fmt: skip


class PaperQuery(Query):
    """Conditions of the list of papers."""

    kind = serializers.CharField(required=False, max_length=60, label=gettext_lazy("kind of paper"))
    state = serializers.ChoiceField(
        required=False, choices=IssuedDocument.State.choices, label=gettext_lazy("state of the paper")
    )
    number = serializers.CharField(required=False, max_length=120, label=gettext_lazy("the whole number of the paper"))


class VerifyQuery(Query):
    """The fingerprint of a file, to be compared with the paper."""

    sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$", required=False, label=gettext_lazy("SHA-256 of the file, in hexadecimal")
    )


class Issuing(serializers.Serializer[Any]):
    """What is issued about whom, and why."""

    kind = serializers.CharField(max_length=60)
    subject = serializers.UUIDField()
    reason = serializers.CharField(max_length=200)
    details = serializers.DictField(required=False, child=serializers.CharField(max_length=200))
    clear = serializers.BooleanField(default=False)


class WithdrawOrder(serializers.Serializer[Any]):
    """Why a paper is withdrawn."""

    reason = serializers.CharField(max_length=200)


@extend_schema(tags=[gettext_lazy("Papers")])  # type: ignore[list-item]
class Papers(ScopedViewSet):
    """Papers that the actor's unit and those below it issued."""

    permissions: ClassVar = {"list": VIEW, "retrieve": VIEW, "file": VIEW, "create": ISSUE, "withdraw": ISSUE}
    model = IssuedDocument

    def select(self, rows: Any) -> Any:
        return rows.select_related("file__key", "unit", "replaces")

    @extend_schema(summary=gettext_lazy("Papers"), parameters=[PaperQuery], responses={200: PAPER})
    def list(self, request: Any) -> Response:
        query = PaperQuery.read(request)
        return self.paged(self.get_queryset().filter(**query))

    @extend_schema(summary=gettext_lazy("One paper"), parameters=[ID_IN_PATH], responses={200: PAPER})
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        return super().retrieve(_request, **_ids)

    @extend_schema(summary=gettext_lazy("Issue a paper"), request=Issuing, responses={201: PAPER})
    def create(self, request: Any) -> Response:
        asked = Issuing(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        kind = all_kinds().get(given["kind"])
        if kind is None or not kind.offered:
            raise serializers.ValidationError({"kind": [_("There is no such kind of paper.")]})
        subject = kind.subjects(self.actor).filter(public_id=given["subject"]).first()
        if subject is None:
            raise serializers.ValidationError({"subject": [_("There is nobody of this id whom you may see.")]})
        form = issue_form(kind, subject, self.actor)({**given.get("details", {}), "reason": given["reason"]})
        if not form.is_valid():
            raise serializers.ValidationError(
                {"details": {name: [str(one) for one in found] for name, found in form.errors.items()}}
            )
        document = services.issue(
            kind,
            subject,
            actor=self.actor,
            reason=given["reason"],
            details=form.details,
            clear=given["clear"],
            source="api",
        )
        return Response(self._told(document), status=201)

    @extend_schema(
        summary=gettext_lazy("Withdraw a paper"), parameters=[ID_IN_PATH], request=WithdrawOrder, responses={200: PAPER}
    )
    def withdraw(self, request: Any, **_ids: Any) -> Response:
        document = self.get_object()
        asked = WithdrawOrder(data=request.data)
        asked.is_valid(raise_exception=True)
        services.withdraw(document, actor=self.actor, reason=asked.validated_data["reason"], source="api")
        return Response(self._told(document))

    @extend_schema(
        summary=gettext_lazy("The file of a paper"),
        parameters=[ID_IN_PATH],
        responses={(200, services.DOCX): OpenApiTypes.BINARY},
    )
    def file(self, _request: Any, **_ids: Any) -> HttpResponse:
        document = self.get_object()
        try:
            return attachment(services.opened(document, actor=self.actor), document.file.name, services.DOCX)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error

    def _told(self, document: IssuedDocument) -> dict[str, Any]:
        found = self.get_queryset().get(pk=document.pk)
        self.prime(self.values, [found])
        return self.row(self.values, found)

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[row.unit_id for row in page])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {
            "id": str(record.public_id), "revision": record.revision, "kind": {"code": record.kind, "label": kind_label(record.kind)},
            "number": record.number, "issued_on": record.issued_on.isoformat(), "unit": unit_of(values, record.unit),
            "about": record.holder,
            "state": {"code": record.state, "label": record.get_state_display()},
            "state_on": record.state_on.isoformat() if record.state_on else None, "sha256": record.digest, "code": record.code,
            "clear": record.clear, "position": record.position, "replaces": str(record.replaces.public_id) if record.replaces else None,
        }  # fmt: skip


@extend_schema(tags=[gettext_lazy("Papers")])  # type: ignore[list-item]
class Verification(ApiViewSet):
    """Whether a paper is genuine, for anybody."""

    permissions: ClassVar = {"retrieve": ANYONE}
    throttle_classes = [PerVisitor]

    @extend_schema(
        summary=gettext_lazy("Verify a paper by its code"), parameters=[VerifyQuery], responses={200: ANSWER}
    )
    def retrieve(self, request: Any, code: str) -> Response:
        query = VerifyQuery.read(request)
        answer = verify(code, query.get("sha256", ""))
        said = [{"name": name, "label": str(label), "value": str(value)} for name, label, value in answer.said]
        return Response(
            {"found": answer.found, "state": answer.state or None, "said": said, "same_file": answer.same_file}
        )


urlpatterns = [
    path("papers/", Papers.as_view({"get": "list", "post": "create"}), name="api_papers"),
    path("papers/<uuid:id>/", Papers.as_view({"get": "retrieve"}), name="api_paper"),
    path("papers/<uuid:id>/withdraw/", Papers.as_view({"post": "withdraw"}), name="api_paper_withdraw"),
    path("papers/<uuid:id>/file/", Papers.as_view({"get": "file"}), name="api_paper_file"),
    path("verify/<slug:code>/", Verification.as_view({"get": "retrieve"}), name="api_verify"),
]
