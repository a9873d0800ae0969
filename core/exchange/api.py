"""Send a workbook and follow it, by program: upload, look, accept, give up. The same services as on the pages."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.conf import settings
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api import schema as shapes
from core.api.errors import Problem
from core.api.queries import Query
from core.api.schema import component, many, maybe
from core.api.values import unit_of
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values
from core.exchange.content import drafts_of
from core.exchange.deciding import decide, decide_rest
from core.exchange.endpoints import asking, headings
from core.exchange.fixing import LONGEST, Fix, fix_cells
from core.exchange.kinds import Column, Draft, all_kinds, columns_of, common_kinds
from core.exchange.models import Batch, BatchRow
from core.exchange.reading.messages import sentence_of
from core.exchange.report import OUTCOMES, masked, problem_data, sheet_summary
from core.exchange.returning import api as returned
from core.exchange.selectors import batches
from core.exchange.services import abandon_batch, accept_batch, create_batch
from core.exchange.threeway import CHOICES
from core.exchange.undo.api import UNDO_PATHS
from core.org.models import Unit

LOOK: Final = ("exchange.import", "exchange.approve")
# As large a number as a row can have.
HIGHEST_ROW: Final = 2**31 - 1

COUNTS = component(
    "RowCounts", gettext_lazy("How many rows mean what."),
    new=shapes.WHOLE, changed=shapes.WHOLE, same=shapes.WHOLE, undecided=shapes.WHOLE, refused=shapes.WHOLE,
)  # fmt: skip
SHEET = component(
    "Sheet",
    gettext_lazy("What a sheet was read as: headings and the fields they fill, unknown headings, rows left out."),
    optional=("why",),
    name=shapes.TEXT, kind=maybe(shapes.TEXT), header_rows=many(shapes.WHOLE), columns={"type": "object"},
    unmapped=many({}), skipped_rows=many({}), why=shapes.TEXT,
)  # fmt: skip
PROGRESS = component(
    "Progress", gettext_lazy("How far the job at work on the batch is: rows done of all, the stage by name."),
    state=shapes.CODE, stage=shapes.TEXT, done=shapes.WHOLE, total=shapes.WHOLE, error=maybe(shapes.TEXT),
)  # fmt: skip
TROUBLE = component("Trouble", gettext_lazy("Why the whole file is not read."), code=shapes.TEXT, detail=shapes.TEXT)
BATCH = component(
    "Batch",
    gettext_lazy(
        "A workbook on its way: uploaded → checked → applying → applied (→ undone); or unreadable, or abandoned. “previous” is the batch "
        "of which it is the fixed workbook. “made_at” is when its template was made, by the hidden mark; “mark” says why none counts."
    ),
    id=shapes.ID, number=shapes.WHOLE, state=shapes.CODE, kind=maybe(shapes.CODE), file=shapes.TEXT, size=shapes.WHOLE,
    unit=shapes.UNIT, sent_by=shapes.TEXT, sent_at=shapes.MOMENT, day=maybe(shapes.DAY), rows=maybe(COUNTS),
    sheets=many(SHEET), trouble=maybe(TROUBLE), progress=maybe(PROGRESS), change=maybe(shapes.ID), previous=maybe(shapes.ID),
    made_at=maybe(shapes.MOMENT), mark=shapes.TEXT,
)  # fmt: skip
ROW_PROBLEM = component(
    "RowProblem",
    gettext_lazy("What is wrong with a cell. Only “error” keeps the row out. Protected values are masked."),
    column=shapes.TEXT, value=shapes.TEXT, code=shapes.TEXT, severity=shapes.TEXT, message=shapes.TEXT,
)  # fmt: skip
QUESTION = component(
    "RowQuestion",
    gettext_lazy(
        "A field that was changed on file since the template was made and that the row says otherwise: the three values by column (in the "
        "file, at the download, now), and what was decided: “file”, “now”, or nothing yet."
    ),
    section=shapes.TEXT, field=shapes.TEXT, columns={"type": "object"}, choice=shapes.TEXT, edited=shapes.YES_NO,
)  # fmt: skip
BATCH_ROW = component(
    "BatchRow", gettext_lazy("A row of the workbook: what it means for its file, which fields differ, what is wrong."),
    sheet=shapes.TEXT, row=shapes.WHOLE, outcome=shapes.TEXT, fields=many(shapes.TEXT), problems=many(ROW_PROBLEM),
    questions=many(QUESTION),
)  # fmt: skip


class Upload(serializers.Serializer[Any]):
    """A workbook, whose it is, and from which day its moves hold."""

    file = shapes.SentFile(
        max_length=255,
        help_text=gettext_lazy("xlsx, xls, ods or csv, without password and macros; or a zip of portrait photos."),
    )
    unit = serializers.UUIDField(
        required=False, help_text=gettext_lazy("Rows may speak of this unit and those below; yours, if not given.")
    )
    day = serializers.DateField(
        required=False, help_text=gettext_lazy("Moves without a day of their own hold from here.")
    )
    kind = serializers.CharField(
        required=False, max_length=30, help_text=gettext_lazy("What the rows are about; else found by content.")
    )


class Decision(serializers.Serializer[Any]):
    """A decision between the file and what is on file: of one field of one row, or of all that are open."""

    choice = serializers.ChoiceField(choices=CHOICES)
    sheet = serializers.CharField(required=False, help_text=gettext_lazy("Without it: all questions that are open."))
    row = serializers.IntegerField(required=False, min_value=1, max_value=HIGHEST_ROW)
    field = serializers.CharField(required=False, max_length=60)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One row is named by all three."""
        named = [name for name in ("sheet", "row", "field") if name in attrs]
        if named and len(named) < len(("sheet", "row", "field")):
            raise serializers.ValidationError(_("Name sheet, row and field, or none of them."))
        return attrs


class CellFix(serializers.Serializer[Any]):
    """What a cell should say: of one row, or of all cells of the column that say `sent`."""

    sheet = serializers.CharField()
    column = serializers.CharField(max_length=60, help_text=gettext_lazy("The field that the column fills."))
    value = serializers.CharField(max_length=LONGEST)
    row = serializers.IntegerField(required=False, min_value=1, max_value=HIGHEST_ROW)
    sent = serializers.CharField(required=False, max_length=LONGEST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A row, or the text that all alike say."""
        if ("row" in attrs) == ("sent" in attrs):
            raise serializers.ValidationError(_("Name either the row, or the text that the cells say."))
        return attrs


class RowQuery(Query):
    """Conditions of the rows of a batch."""

    outcome = serializers.ChoiceField(required=False, choices=OUTCOMES)


@extend_schema(tags=[gettext_lazy("Imports")])  # type: ignore[list-item]
class Imports(ScopedViewSet):
    """The batches of the actor's units."""

    permissions: ClassVar = {
        "list": LOOK, "create": "exchange.import", "retrieve": LOOK, "rows": LOOK, "accept": "exchange.approve",
        "abandon": "exchange.import", "decide": "exchange.import", "fix": "exchange.import",
    }  # fmt: skip
    model = Batch
    ordering = "-id"

    def get_queryset(self) -> Any:
        return batches(self.actor)

    def get_parsers(self) -> list[Any]:
        """Files come as multipart; nothing else has a body."""
        return [MultiPartParser()]

    @extend_schema(summary=gettext_lazy("Batches"), responses={200: BATCH})
    def list(self, request: Any) -> Response:
        Query.read(request)
        return self.paged(self.get_queryset())

    @extend_schema(
        summary=gettext_lazy("Upload a workbook"),
        description=gettext_lazy("A job checks it: follow the batch until it is checked. Nothing is written yet."),
        request={"multipart/form-data": Upload}, responses={202: BATCH},
    )  # fmt: skip
    def create(self, request: Any) -> Response:
        upload = Upload(data=request.data)
        upload.is_valid(raise_exception=True)
        given = upload.validated_data
        file = given["file"]
        if file.size > settings.MAX_WORKBOOK_BYTES:
            limit = settings.MAX_WORKBOOK_BYTES // 1024**2
            raise Problem(413, "too_large", _("The file is larger than %(limit)s MB. Split it.") % {"limit": limit})
        if given.get("kind", "") not in {"", *common_kinds()}:
            raise serializers.ValidationError({"kind": _("There is no such kind of import.")})
        batch = create_batch(
            actor=self.actor, unit=self._unit(given.get("unit")), name=file.name, content=file.read(),
            kind=given.get("kind", ""), day=given.get("day"),
        )  # fmt: skip
        return self._told(batch, status=202)

    @extend_schema(summary=gettext_lazy("One batch"), responses={200: BATCH})
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        return self._told(self.get_object())

    @extend_schema(
        summary=gettext_lazy("Rows of a batch"), parameters=[RowQuery, *shapes.PAGING], responses={200: shapes.page_of(BATCH_ROW)},
        operation_id="imports_rows_list",
    )  # fmt: skip
    def rows(self, request: Any, **_ids: Any) -> Response:
        query = RowQuery.read(request)
        batch = self.get_object()
        rows = BatchRow.objects.filter(batch=batch, **query)
        self.ordering = "id"
        page = self.paginate_queryset(rows) or []
        columns = columns_of(all_kinds()[batch.kind]) if batch.kind else {}
        told = [_row(batch, row, draft, columns) for row, draft in zip(page, drafts_of(page, batch), strict=True)]
        return self.get_paginated_response(told)

    @extend_schema(
        summary=gettext_lazy("Accept the good rows"), request=None, responses={202: BATCH},
        description=gettext_lazy("A job writes all good rows in one change, or none. Refused rows stay out."),
    )  # fmt: skip
    def accept(self, _request: Any, **_ids: Any) -> Response:
        batch = self.get_object()
        accept_batch(actor=self.actor, batch=batch)
        return self._told(self.get_object(), status=202)

    @extend_schema(summary=gettext_lazy("Give a batch up"), request=None, responses={200: BATCH})
    def abandon(self, _request: Any, **_ids: Any) -> Response:
        abandon_batch(actor=self.actor, batch=self.get_object())
        return self._told(self.get_object())

    @extend_schema(
        summary=gettext_lazy("Decide between the file and what is on file"), responses={200: BATCH},
        request={"multipart/form-data": Decision},
        description=gettext_lazy("Where a field was changed on file since the template was made. “now” keeps what is on file."),
    )  # fmt: skip
    def decide(self, request: Any, **_ids: Any) -> Response:
        batch, said = self.get_object(), _read(Decision, request)
        if "row" in said:
            rows = BatchRow.objects.filter(batch=batch, sheet=_place(batch, said["sheet"]), row=said["row"]).exclude(
                asked=[]
            )
            asked = {
                draft.id: [
                    (section, said["field"], said["choice"])
                    for section in draft.asks
                    if said["field"] in draft.asks[section]
                ]
                for draft in drafts_of(rows, batch)
            }
            if not any(asked.values()):
                raise serializers.ValidationError({"row": _("This row does not ask this.")})
            decide(actor=self.actor, batch=batch, choices=asked)
        else:
            decide_rest(actor=self.actor, batch=batch, choice=said["choice"])
        return self._told(self.get_object())

    @extend_schema(
        summary=gettext_lazy("Put cells right"), request={"multipart/form-data": CellFix}, responses={202: BATCH},
        description=gettext_lazy(
            "The value is read in place of the cell, and the batch is checked again. The workbook stays as it was sent."
        ),
    )  # fmt: skip
    def fix(self, request: Any, **_ids: Any) -> Response:
        batch, said = self.get_object(), _read(CellFix, request)
        sheet = batch.report["sheets"][_place(batch, said["sheet"])]
        index = next((index for index, _header, name in sheet["mapped"] if name == said["column"]), None)
        if index is None:
            raise serializers.ValidationError({"column": _("No column of the sheet fills this field.")})
        at = timezone.now().isoformat(timespec="seconds")
        one = Fix(sheet["name"], index, said.get("sent", ""), said["value"], said.get("row"), self.actor.user.name, at)
        fix_cells(actor=self.actor, batch=batch, fixes=[one])
        return self._told(self.get_object(), status=202)

    def _unit(self, wanted: Any) -> Unit:
        units = Unit.objects.visible_to(self.actor)
        found = units.filter(public_id=wanted).first() if wanted else self.actor.unit
        if found is None:
            raise serializers.ValidationError({"unit": _("There is no such unit among yours.")})
        return found

    def _told(self, batch: Batch, *, status: int = 200) -> Response:
        self.prime(self.values, [batch])
        where = reverse("api_import", args=[batch.public_id], request=self.request)
        return Response(
            self.row(self.values, batch), status=status, headers={"Location": where} if status == 202 else None
        )

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[batch.unit_id for batch in page])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        kind = all_kinds().get(record.kind)
        trouble = {"code": record.trouble["code"], "detail": sentence_of(record.trouble)} if record.trouble else None
        return {
            "id": str(record.public_id),
            "number": record.pk,
            "state": {"code": record.state, "label": record.get_state_display()},
            "kind": {"code": kind.name, "label": str(kind.label)} if kind else None,
            "file": record.file.name,
            "size": record.file.size,
            "unit": unit_of(values, record.unit),
            "sent_by": str(record.user),
            "sent_at": record.created_at.isoformat(),
            "day": record.day.isoformat() if record.day else None,
            "rows": {name: record.counts.get(name, 0) for name in OUTCOMES} if record.counts else None,
            "sheets": [sheet_summary(sheet) for sheet in record.report.get("sheets", [])],
            "trouble": trouble,
            "progress": _progress(record.job) if record.job else None,
            "change": str(record.change.public_id) if record.change else None,
            "previous": str(record.previous.public_id) if record.previous else None,
            "made_at": record.report.get("stamp", {}).get("at"),
            "mark": record.report.get("stamp", {}).get("trouble", "none"),
        }


def _read(shape: type[serializers.Serializer[Any]], request: Any) -> dict[str, Any]:
    """What a request says, checked."""
    said = shape(data=request.data)
    said.is_valid(raise_exception=True)
    return dict(said.validated_data)


def _place(batch: Batch, sheet: str) -> int:
    """Where a sheet stands among those that were read."""
    place = next((place for place, one in enumerate(batch.report.get("sheets", [])) if one["name"] == sheet), None)
    if place is None:
        raise serializers.ValidationError({"sheet": _("The workbook has no such sheet.")})
    return place


def _progress(job: Any) -> dict[str, Any]:
    return {
        "state": {"code": job.state, "label": job.get_state_display()}, "stage": job.stage, "done": job.done,
        "total": job.total, "error": job.error or None,
    }  # fmt: skip


def _row(batch: Batch, row: BatchRow, draft: Draft, columns: dict[str, Column]) -> dict[str, Any]:
    sheet = batch.report["sheets"][draft.sheet]
    problems = []
    for problem in draft.problems:
        told = problem_data(sheet, draft, problem)
        column = columns.get(problem.column)
        shown = masked(told["value"], column) if column is not None and column.protected else told["value"]
        problems.append({name: told[name] for name in ("column", "code", "severity", "message")} | {"value": shown})
    return {
        "sheet": sheet["name"],
        "row": row.row,
        "outcome": row.outcome,
        "fields": row.fields,
        "problems": problems,
        "questions": _questions(draft),
    }


def _questions(draft: Draft) -> list[dict[str, Any]]:
    return [
        {"section": section, "field": name, "columns": one["columns"], "choice": one["choice"], "edited": one["edited"]}
        for section, asked in draft.asks.items()
        for name, one in asked.items()
    ]


ID_IN_PATH = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=gettext_lazy("The batch."))

urlpatterns = [
    path("imports/", Imports.as_view({"get": "list", "post": "create"}), name="api_imports"),
    path("imports/<uuid:id>/", Imports.as_view({"get": "retrieve"}), name="api_import"),
    path("imports/<uuid:id>/rows/", Imports.as_view({"get": "rows"}), name="api_import_rows"),
    path("imports/<uuid:id>/accept/", Imports.as_view({"post": "accept"}), name="api_import_accept"),
    path("imports/<uuid:id>/decide/", Imports.as_view({"post": "decide"}), name="api_import_decide"),
    path("imports/<uuid:id>/fix/", Imports.as_view({"post": "fix"}), name="api_import_fix"),
    path("imports/<uuid:id>/abandon/", Imports.as_view({"post": "abandon"}), name="api_import_abandon"),
    *UNDO_PATHS,
    *returned.urlpatterns,
    *headings.urlpatterns,
    *asking.urlpatterns,
]
