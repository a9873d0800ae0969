"""Two files of one person for programs: pairs that look alike, what differs, the merge, and taking it back."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.errors import DETAILS, Problem
from core.api.queries import Query
from core.api.schema import component, many
from core.api.viewsets import ApiViewSet, ScopedViewSet
from core.codes.values import Values
from personnel import services
from personnel.api.facts import API, CHANGE_IN_PATH, WhyOrder
from personnel.api.orders import Posted, read, refused
from personnel.choices import MERGE, UNDO
from personnel.forms import WhyForm
from personnel.models import Likeness, Teacher
from personnel.selectors.changes import visible_change
from personnel.selectors.likeness import pairs
from personnel.services.merging import HERE, THERE, may_separate, plan_merge, plan_separation, why_not
from personnel.services.merging.plan import PERMISSION
from personnel.services.why import Why, groups_of

STAYS: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The file that stays."))
FILE = component("LikeFile", _("One of two files."), id=shapes.ID, name=shapes.TEXT, birth=shapes.maybe(shapes.DAY))
PAIR = component(
    "LikePair",
    _("Two files that may be one person's: on which grounds, how much they weigh together, whether it was said that they are two people."),
    id=shapes.ID, first=FILE, second=FILE, grounds=many(shapes.TEXT), weight=shapes.WHOLE, different=shapes.YES_NO,
)  # fmt: skip
MERGED = component("FilesMerged", _("The change that merged the files, or took the merge back."), change=shapes.ID)


class PairQuery(Query):
    """Conditions of the list of pairs."""

    different = serializers.BooleanField(
        required=False, default=False, label=_("pairs that were said to be two people")
    )


class MergeOrder(WhyOrder):
    """The other file, and for each difference which file is right; without an answer, the open questions are told."""

    other = serializers.UUIDField(help_text=_("The file that is merged into the one of the address."))
    chosen = serializers.DictField(
        child=serializers.ChoiceField(choices=(HERE, THERE)), required=False, default=dict,
        help_text=_("By the key of each question: here (the file that stays) or there."),
    )  # fmt: skip


@extend_schema(tags=[_("Teachers")])  # type: ignore[list-item]
class Likenesses(ScopedViewSet):
    """Pairs of files of which the actor sees both."""

    permissions: ClassVar = {"list": PERMISSION}
    model = Likeness

    @extend_schema(
        summary=_("Possible duplicates"), parameters=[PairQuery], responses={200: PAIR}, operation_id="likenesses_list"
    )
    def list(self, request: Any) -> Response:
        different = PairQuery.read(request)["different"]
        return self.paged(pairs(self.actor, different=different).select_related("teacher", "other"))

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return {
            "id": str(record.public_id), "first": _file(record.teacher), "second": _file(record.other),
            "grounds": record.grounds, "weight": record.weight, "different": record.different,
        }  # fmt: skip


def _file(teacher: Teacher) -> dict[str, Any]:
    return {
        "id": str(teacher.public_id), "name": teacher.name,
        "birth": teacher.birth.isoformat() if teacher.birth else None,
    }  # fmt: skip


@extend_schema(tags=[_("Teachers")])  # type: ignore[list-item]
class Merges(ScopedViewSet):
    """Merging another file into this one."""

    permissions: ClassVar = {"merge": PERMISSION}
    model = Teacher

    def select(self, rows: Any) -> Any:
        return rows.select_related("key")

    @extend_schema(
        summary=_("Merge another file of the person into this one"), parameters=[STAYS], request=MergeOrder, responses={201: MERGED},
        operation_id="files_merge",
        description=_("A request that leaves a question open is answered 422 “open_questions” with all of them."),
    )  # fmt: skip
    def merge(self, request: Any, **_ids: Any) -> Response:
        stays = self.get_object()
        order = read(MergeOrder, request)
        goes = self.get_queryset().filter(public_id=order["other"]).first()
        if goes is None:
            said = _("There is nothing here that you may see.")
            raise Problem(
                400, "invalid", DETAILS["invalid"], errors=[{"pointer": "#/other", "detail": said, "code": "invalid"}]
            )
        services.note_looks(actor=self.actor, teachers=[stays.pk, goes.pk])
        if refused := why_not(self.actor, stays, goes):
            raise Problem(422, "rule", refused)
        form = _why_form(order, self.actor, MERGE)
        open_ones = [key for key in plan_merge(stays, goes).questions if key not in order["chosen"]]
        if open_ones:
            raise Problem(
                422, "open_questions", _("Choose for each difference which file is right."), questions=open_ones
            )
        why: Why = {**form.why, "source": API}
        done = services.merge_files(actor=self.actor, stays=stays, goes=goes, chosen=order["chosen"], **why)
        return Response({"change": str(done.public_id)}, status=201)


@extend_schema(tags=[_("Teachers")])  # type: ignore[list-item]
class Separations(ApiViewSet):
    """Taking a merge back."""

    permissions: ClassVar = {"separate": PERMISSION}

    @extend_schema(
        summary=_("Take a merge back by a new change"), parameters=[CHANGE_IN_PATH], request=WhyOrder, responses={201: MERGED},
        description=_("As long as the merged file has not changed since; refused with the names of what changed."),
        operation_id="files_separate",
    )  # fmt: skip
    def separate(self, request: Any, **ids: Any) -> Response:
        found = visible_change(self.actor, ids["id"])
        if found is None or not may_separate(self.actor, plan_separation(found)):
            raise Http404
        form = _why_form(read(WhyOrder, request), self.actor, UNDO)
        done = services.separate_files(actor=self.actor, change=found, **form.why)
        return Response({"change": str(done.public_id)}, status=201)


def _why_form(order: dict[str, Any], actor: Any, act: str) -> WhyForm:
    data = {name: order[name] for name in ("reason", "words", "document")}
    form = WhyForm(Posted({**data, "evidence_kept": order["evidence"]}), actor=actor, groups=groups_of(act))
    if not form.is_valid():
        raise refused(form)
    return form
