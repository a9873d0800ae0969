"""Posts for programs: what is approved, appointed and free by unit; proposing, appointing, moving, ending."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.queries import Query
from core.api.schema import component, many
from core.api.values import code, period, unit_of
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values
from core.org.models import Unit
from personnel import services
from personnel.api.dossier import OPENED, opened
from personnel.models import PostAppointment, Teacher
from personnel.selectors.posts import CHANGE, LEVELS, PROPOSE, VIEW, UnitPosts, standings, units_with_posts
from personnel.services import posts as verbs
from personnel.services.post_settings import MOST_POSTS, propose_posts

API: Final = "api"
ID_OF_UNIT: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The unit."))
ID_OF_PERSON: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The person."))
LEVEL = component(
    "PostLevel", _("Posts of one level: approved, people appointed, free; special posts stand outside the ratio."),
    level=shapes.CODE, special=shapes.YES_NO, approved=shapes.WHOLE, appointed=shapes.WHOLE, free=shapes.WHOLE,
)  # fmt: skip
UNIT_POSTS = component(
    "UnitPosts", _("The posts of a unit on a day; “off_ratio” are people appointed before the posts were first set."),
    unit=shapes.UNIT, levels=many(LEVEL), off_ratio=shapes.WHOLE,
)  # fmt: skip
APPOINTMENT = component(
    "PostAppointment", _("What a person is appointed to; “place” is ratio, special or over (off the ratio)."),
    id=shapes.ID, revision=shapes.WHOLE, unit=shapes.UNIT, level=shapes.CODE, place=shapes.TEXT, dual=shapes.YES_NO, valid=shapes.PERIOD,
)  # fmt: skip


class PostQuery(Query):
    """Conditions of the list of posts."""

    on = serializers.DateField(required=False, label=_("the day, by default today"))


class LineOrder(serializers.Serializer[Any]):
    """So many posts of a level."""

    level = serializers.CharField(max_length=4)
    special = serializers.BooleanField(default=False)
    number = serializers.IntegerField(min_value=0, max_value=MOST_POSTS)


class ProposalOrder(serializers.Serializer[Any]):
    """All posts that a unit is to have from a day on; levels that are not named get none."""

    begins = serializers.DateField()
    levels = LineOrder(many=True)
    words = serializers.CharField(max_length=200)
    document = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")


class LevelOrder(serializers.Serializer[Any]):
    """A level from a day on."""

    level = serializers.CharField(max_length=4)
    on = serializers.DateField()
    special = serializers.BooleanField(default=False)
    term_last = serializers.DateField(required=False, allow_null=True, default=None)
    document = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    reason = serializers.CharField(max_length=200)


class AppointOrder(LevelOrder):
    """Appointing somebody to a free post."""

    unit = serializers.UUIDField()
    dual = serializers.BooleanField(default=False)


class MoveOrder(LevelOrder):
    """Moving somebody; `exception` names the paper that lets conditions be passed over."""

    appointment = serializers.UUIDField()
    exception = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")


class PostEndOrder(serializers.Serializer[Any]):
    """Ending an appointment: `until` is the first day without it."""

    appointment = serializers.UUIDField()
    until = serializers.DateField()
    document = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    reason = serializers.CharField(max_length=200)


def read(kind: Any, request: Any) -> dict[str, Any]:
    """What a request says, checked."""
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    found: dict[str, Any] = given.validated_data
    return found


@extend_schema(tags=[_("Posts")])  # type: ignore[list-item]
class Posts(ScopedViewSet):
    """Units with posts."""

    permissions: ClassVar = {"list": VIEW, "propose": PROPOSE}
    model = Unit

    @extend_schema(
        summary=_("Posts by unit"), parameters=[PostQuery], responses={200: UNIT_POSTS}, operation_id="posts_list"
    )
    def list(self, request: Any) -> Response:
        self.day = PostQuery.read(request).get("on") or self.actor.on
        return self.paged(units_with_posts(self.actor, self.day), on=self.day)

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[one.pk for one in page])
        self.found = standings([one.pk for one in page], self.day)

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        posts = self.found.get(record.pk, UnitPosts())
        return {
            "unit": unit_of(values, record),
            "levels": [
                {
                    "level": code(values, LEVELS, one.level), "special": one.special, "approved": one.approved, "appointed": one.appointed,
                    "free": one.vacant,
                }
                for one in posts.rows
            ],
            "off_ratio": posts.off,
        }  # fmt: skip

    @extend_schema(
        summary=_("Propose the posts of a unit"), parameters=[ID_OF_UNIT], request=ProposalOrder, responses={201: OPENED},
        description=_("It is approved by the steps of its case."), operation_id="posts_propose",
    )  # fmt: skip
    def propose(self, request: Any, **_ids: Any) -> Response:
        unit, said = self.get_object(), read(ProposalOrder, request)
        numbers = {(one["level"], one["special"]): one["number"] for one in said.pop("levels")}
        return opened(propose_posts(actor=self.actor, unit=unit, numbers=numbers, source=API, **said))


@extend_schema(tags=[_("Posts")])  # type: ignore[list-item]
class PersonPosts(ScopedViewSet):
    """The posts of one person."""

    permissions: ClassVar = {"appoint": CHANGE, "move": CHANGE, "end": CHANGE}
    model = Teacher

    def _person(self) -> Teacher:
        teacher: Teacher = self.get_object()
        services.note_look(actor=self.actor, teacher=teacher)
        return teacher

    @extend_schema(
        summary=_("Appoint to a free post"), parameters=[ID_OF_PERSON], request=AppointOrder, responses={201: APPOINTMENT},
        description=_("Refused with 422 where no post of the level is free on one of the days."), operation_id="post_appoint",
    )  # fmt: skip
    def appoint(self, request: Any, **_ids: Any) -> Response:
        teacher, said = self._person(), read(AppointOrder, request)
        unit = Unit.objects.visible_to(self.actor).filter(public_id=said.pop("unit")).first()
        if unit is None:
            raise serializers.ValidationError({"unit": [_("There is no such unit that you may see.")]})
        made = verbs.appoint(actor=self.actor, teacher=teacher, unit=unit, source=API, **said)
        return Response(told(self.values, made), status=201)

    @extend_schema(
        summary=_("Move to another post level"), parameters=[ID_OF_PERSON], request=MoveOrder, responses={200: APPOINTMENT},
        operation_id="post_move",
    )  # fmt: skip
    def move(self, request: Any, **_ids: Any) -> Response:
        teacher, said = self._person(), read(MoveOrder, request)
        held = self._appointment(teacher, said.pop("appointment"))
        return Response(told(self.values, verbs.move_level(actor=self.actor, appointment=held, source=API, **said)))

    @extend_schema(
        summary=_("End an appointment to a post"), parameters=[ID_OF_PERSON], request=PostEndOrder, responses={200: APPOINTMENT},
        operation_id="post_end",
    )  # fmt: skip
    def end(self, request: Any, **_ids: Any) -> Response:
        teacher, said = self._person(), read(PostEndOrder, request)
        held = self._appointment(teacher, said.pop("appointment"))
        return Response(
            told(self.values, verbs.end_appointment(actor=self.actor, appointment=held, source=API, **said))
        )

    def _appointment(self, teacher: Teacher, public_id: Any) -> PostAppointment:
        rows = PostAppointment.objects.visible_to(self.actor).filter(teacher=teacher, public_id=public_id)
        found: PostAppointment | None = rows.select_related("unit", "teacher").first()
        if found is None:
            raise Http404
        return found


def told(values: Values, one: PostAppointment) -> dict[str, Any]:
    """An appointment as JSON."""
    return {
        "id": str(one.public_id), "revision": one.revision, "unit": unit_of(values, one.unit), "level": code(values, LEVELS, one.level),
        "place": one.place, "dual": one.dual, "valid": period(one.valid),
    }  # fmt: skip
