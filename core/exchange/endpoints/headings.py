"""Headings of a batch by program: what columns were read as, and what they are to be read as."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.errors import Problem
from core.api.schema import component, many, maybe
from core.api.viewsets import ScopedViewSet
from core.exchange.kinds import all_kinds
from core.exchange.mapping.form import kind_asked, tables
from core.exchange.mapping.services import HeadingError, choose_headings
from core.exchange.models import Batch
from core.exchange.selectors import batches

COLUMN = component(
    "ReadColumn", gettext_lazy("A column of a sheet: its heading, the field it is read as, whether that was chosen by hand."),
    column=shapes.WHOLE, heading=shapes.TEXT, field=maybe(shapes.TEXT), chosen=shapes.YES_NO, can_choose=shapes.YES_NO,
)  # fmt: skip
TABLE = component(
    "ReadTable", gettext_lazy("The headings of one sheet; “read” is false where the sheet could not be read for lack of known ones."),
    sheet=shapes.WHOLE, name=shapes.TEXT, kind=maybe(shapes.TEXT), read=shapes.YES_NO, columns=many(COLUMN),
)  # fmt: skip
TABLES: dict[str, Any] = {
    "type": "object",
    "properties": {"sheets": many(TABLE)},
    "required": ["sheets"],
}


class ChosenColumn(serializers.Serializer[Any]):
    """What one column is read as."""

    sheet = serializers.IntegerField(
        min_value=0, help_text=gettext_lazy("The sheet, as the list of headings counts it.")
    )
    column = serializers.IntegerField(min_value=0)
    field = serializers.CharField(
        max_length=60, allow_blank=True, allow_null=True,
        help_text=gettext_lazy("The field; empty to leave the column out, null to forget an earlier choice."),
    )  # fmt: skip


class ChosenColumns(serializers.Serializer[Any]):
    """What columns are read as, and what the sheets are about that could not be read."""

    kind = serializers.CharField(required=False, max_length=30, allow_blank=True)
    columns = ChosenColumn(many=True)


@extend_schema(tags=[gettext_lazy("Imports")])  # type: ignore[list-item]
class Headings(ScopedViewSet):
    """The headings of a batch of the actor's units."""

    permissions: ClassVar = {"retrieve": ("exchange.import", "exchange.approve"), "choose": "exchange.import"}
    model = Batch

    def get_queryset(self) -> Any:
        return batches(self.actor)

    @extend_schema(summary=gettext_lazy("Headings of a batch"), responses={200: TABLES})
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        return self._told(self.get_object())

    @extend_schema(
        summary=gettext_lazy("Choose what headings mean"), request=ChosenColumns, responses={202: TABLES},
        description=gettext_lazy("Remembered for workbooks of the batch's unit and those below it; the batch is checked again."),
    )  # fmt: skip
    def choose(self, request: Any, **_ids: Any) -> Response:
        batch = self.get_object()
        body = ChosenColumns(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        kind = given.get("kind", "")
        if kind not in {"", *all_kinds()}:
            raise serializers.ValidationError({"kind": _("There is no such kind of import.")})
        said: dict[int, dict[int, str | None]] = {}
        for one in given["columns"]:
            said.setdefault(one["sheet"], {})[one["column"]] = one["field"]
        try:
            choose_headings(actor=self.actor, batch=batch, said=said, kind=kind_asked(batch, self.actor, kind))
        except HeadingError as error:
            raise Problem(422, "headings", str(error)) from error
        return self._told(self.get_object(), status=202)

    def _told(self, batch: Batch, *, status: int = 200) -> Response:
        found = tables(batch, kind_asked(batch, self.actor, ""))
        return Response({"sheets": [_table(place, table) for place, table in enumerate(found)]}, status=status)


def _table(place: int, table: dict[str, Any]) -> dict[str, Any]:
    columns = [
        {
            "column": column["index"], "heading": column["header"], "field": column["field"] or None,
            "chosen": bool(column["chosen"]), "can_choose": bool(column["key"]),
        }
        for column in table["columns"]
    ]  # fmt: skip
    return {
        "sheet": place, "name": table["name"], "kind": table["kind"] or None, "read": table["read"], "columns": columns
    }  # fmt: skip


urlpatterns = [
    path(
        "imports/<uuid:id>/headings/", Headings.as_view({"get": "retrieve", "post": "choose"}), name="api_import_headings"
    ),
]  # fmt: skip
