"""The teacher file for programs: people, the sections of their files, their history. Protected values are masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.api import schema as shapes
from core.api.clocks import CLOCKS, USED, AskedClocks, ClockQuery
from core.api.errors import Problem
from core.api.pagination import CursorPagination
from core.api.queries import Query
from core.api.schema import component, many, maybe
from core.api.values import role_of, units_of, value
from core.api.viewsets import ScopedViewSet
from core.codes.values import Values, label, values_of
from core.org.models import Unit
from core.registry import registry
from personnel import services
from personnel.api.moved import merged_into
from personnel.choices import IN_POST
from personnel.documents.whole import as_json, whole_file
from personnel.models import Employment, PersonStatus, Teacher, TeachingAssignment
from personnel.selectors import search_teachers, whole_number
from personnel.selectors import versions as past
from personnel.selectors.asking import Asked
from personnel.selectors.clocks import FileAsOf, file_as_of
from personnel.selectors.file import Part
from personnel.selectors.merged import closed_file, files_of, was_apart
from personnel.selectors.teachers import holding, in_post, in_unit, teachers_on, with_facts
from personnel.selectors.telling import told_sections, told_teacher
from personnel.services.access import note_download

FILE: Final = ("personnel.view_teacher", "personnel.view_own")
WHOLE: Final = ("exchange.export", "personnel.view_own")
HISTORY: Final = ("records.view_change", "personnel.view_own")
ID_IN_PATH: Final = OpenApiParameter("id", shapes.ID, OpenApiParameter.PATH, description=_("The person."))
LONGEST_KEY: Final = 18
TOLD_ON_CLOCKS: Final = frozenset({"retrieve", "sections", "section"})

FACTS: Final[Any] = {
    "staff_number": maybe(shapes.TEXT), "sex": maybe(shapes.CODE), "birth": maybe(shapes.DAY),
    "post_family": maybe(shapes.CODE), "unit": maybe(shapes.UNIT), "unit_since": maybe(shapes.DAY),
    "in_quota": maybe(shapes.YES_NO), "form": maybe(shapes.CODE), "post": maybe(shapes.TEXT),
    "stage": maybe(shapes.CODE), "subject": maybe(shapes.CODE), "status": maybe(shapes.CODE),
}  # fmt: skip
TEACHER = component(
    "Teacher",
    _("A person on staff with what holds today. “status” is in post (在岗) where no other status is recorded."),
    id=shapes.ID, revision=shapes.WHOLE, name=shapes.TEXT, pinyin=shapes.TEXT, **FACTS,
)  # fmt: skip
TEACHER_AS_OF = component(
    "TeacherAsOf",
    _("A person on two clocks. Where the file was not in the system by then, all but “id” and the clocks is null."),
    id=shapes.ID, revision=maybe(shapes.WHOLE), name=maybe(shapes.TEXT), pinyin=maybe(shapes.TEXT), **FACTS, **USED,
)  # fmt: skip
VALUES = {"type": "object", "additionalProperties": shapes.VALUE}
SECTION_ROW = component(
    "SectionRow",
    _(
        "A record of a section. “holds” says whether it holds on the day asked for; it and “valid” are null where records of the "
        "section hold for no period."
    ),
    id=shapes.ID, revision=shapes.WHOLE, valid=maybe(shapes.PERIOD), holds=maybe(shapes.YES_NO), values=VALUES,
)  # fmt: skip
SECTION = component(
    "Section",
    _(
        "A section of a file with its records, the newest first; “fields” names what “values” holds. What begins after the day asked for "
        "is left out, where that day lies before the day of what was known."
    ),
    name=shapes.TEXT, label=shapes.TEXT, tab=shapes.TEXT,
    fields=many(component("SectionField", _("A field of a section."), name=shapes.TEXT, label=shapes.TEXT)),
    rows=many(SECTION_ROW), **USED,
)  # fmt: skip
CHANGED_FIELD = component(
    "ChangedField", _("A field that a change altered: what it was and what it is now."),
    name=shapes.TEXT, label=shapes.TEXT, was=shapes.VALUE, now=shapes.VALUE,
)  # fmt: skip
VERSION = component(
    "Version", _("A record that a change wrote: “what” is created, changed or deleted."),
    section=shapes.TEXT, record=shapes.ID, revision=shapes.WHOLE, what=shapes.TEXT, fields=many(CHANGED_FIELD),
)  # fmt: skip
ENTRY = component(
    "HistoryEntry",
    _("All that one change did to the file: by whom, in which role, when, why, on what paper, from where."),
    id=shapes.ID, kind=shapes.CODE, at=shapes.MOMENT, by=shapes.TEXT, role=maybe(shapes.CODE), reason=shapes.TEXT,
    document=shapes.TEXT, source=shapes.TEXT, versions=many(VERSION),
)  # fmt: skip


PHOTO = component(
    "FilePhoto", _("The portrait as JPEG, at most 640 pixels high."), content_type=shapes.TEXT, base64=shapes.TEXT
)
WHOLE_FILE = component(
    "TeacherFile",
    _("The whole file as it stands now, as “Download” on the page hands it out; protected values are masks."),
    format=shapes.TEXT, version=shapes.WHOLE, made_at=shapes.MOMENT, **USED,
    made_for=component("MadeFor", _("Who asked."), role=shapes.CODE, unit=maybe(shapes.UNIT)),
    protected=shapes.TEXT, teacher=TEACHER, photo=maybe(PHOTO),
    sections=many(
        component(
            "FilePart", _("A section of a whole file, as “Section” without the clocks."),
            name=shapes.TEXT, label=shapes.TEXT, tab=shapes.TEXT,
            fields=many(component("FilePartField", _("A field of a section."), name=shapes.TEXT, label=shapes.TEXT)),
            rows=many(SECTION_ROW),
        )
    ),
)  # fmt: skip


class TeacherQuery(Query):
    """Conditions of the list of teachers."""

    q = serializers.CharField(
        required=False, max_length=60,
        label=_("name, pinyin, initials, staff number, a whole identity number or its last four characters"),
    )  # fmt: skip
    unit = serializers.UUIDField(required=False, label=_("people of this unit and of all below it"))
    sex = serializers.CharField(required=False, max_length=20, label=_("code of sex"))
    stage = serializers.CharField(required=False, max_length=20, label=_("code of the stage taught"))
    subject = serializers.CharField(required=False, max_length=20, label=_("code of the subject taught"))
    status = serializers.CharField(required=False, max_length=20, label=_("code of the status"))
    post_family = serializers.CharField(required=False, max_length=20, label=_("code of the post family"))
    in_quota = serializers.BooleanField(required=False, allow_null=True, default=None, label=_("in quota or not"))
    on = serializers.DateField(
        required=False, label=_("as things were on this day: of those whom you see today, who belonged to your units then")
    )  # fmt: skip


class HistoryQuery(Query):
    """Conditions of a history."""

    section = serializers.CharField(required=False, max_length=40, label=_("one section only"))
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, max_length=40, label=_("how the source begins: batch:, page, api, command")
    )
    field = serializers.CharField(required=False, max_length=40, label=_("one field of the section only"))
    who = serializers.CharField(required=False, max_length=60, label=_("who did it: user name or part of the name"))
    since = serializers.DateField(required=False, label=_("recorded on this day or later"))
    until = serializers.DateField(required=False, label=_("recorded on this day or earlier"))


@extend_schema(tags=[_("Teachers")])  # type: ignore[list-item]
class Teachers(ScopedViewSet):
    """People whom the actor sees today."""

    permissions: ClassVar = {
        "list": FILE,
        "retrieve": FILE,
        "sections": FILE,
        "section": FILE,
        "history": HISTORY,
        "whole": WHOLE,
    }
    model = Teacher

    def select(self, rows: Any) -> Any:
        return with_facts(rows, self.actor.on)

    @extend_schema(summary=_("Teachers"), parameters=[TeacherQuery], responses={200: TEACHER})
    def list(self, request: Any) -> Response:
        query = TeacherQuery.read(request)
        reader = self.actor.looking_on(query.get("on", self.actor.on))
        return self.paged(narrowed(teachers_on(reader, reader.on), query, reader), on=reader.on)

    @extend_schema(summary=_("One teacher"), parameters=[ID_IN_PATH, *CLOCKS], responses={200: TEACHER_AS_OF})
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        clocks, teacher = ClockQuery.clocks(self.request, self.actor.today), self.looked_at()
        told: Any = teacher if clocks.usual else self.file(teacher, clocks).teacher
        if told is None:
            nothing = dict.fromkeys(("revision", "name", "pinyin", *FACTS))
            return Response({"id": str(teacher.public_id), **nothing, **clocks.used()})
        values = values_of(self.actor, clocks.valid_on)
        self.prime(values, [told])
        return Response(self.row(values, told) | clocks.used())

    @extend_schema(
        summary=_("All sections of the file"),
        parameters=[ID_IN_PATH, *CLOCKS],
        filters=False,
        responses={200: many(SECTION)},
        operation_id="sections_list",
    )
    def sections(self, request: Any, **_ids: Any) -> Response:
        clocks = ClockQuery.clocks(request, self.actor.today)
        parts = self.file(self.looked_at(), clocks).parts
        return Response([one | clocks.used() for one in told_sections(self.actor, parts, clocks.valid_on)])

    @extend_schema(summary=_("One section of the file"), parameters=[ID_IN_PATH, *CLOCKS], responses={200: SECTION})
    def section(self, request: Any, name: str, **_ids: Any) -> Response:
        clocks = ClockQuery.clocks(request, self.actor.today)
        file = self.file(self.looked_at(), clocks)
        empty = [Part(one, past.model_of(one), []) for one in past.sections_for(self.actor)]
        chosen = [part for part in (file.parts if file.teacher else empty) if part.section.name == name]
        if not chosen:
            raise Http404
        return Response(told_sections(self.actor, chosen, clocks.valid_on)[0] | clocks.used())

    @extend_schema(
        summary=_("The whole file to take along"),
        description=_("The person reads that it was downloaded, each time."),
        parameters=[ID_IN_PATH],
        responses={200: WHOLE_FILE},
    )
    def whole(self, _request: Any, **_ids: Any) -> Response:
        teacher = self.get_object()
        told = as_json(whole_file(teacher, self.actor, clear=False))
        note_download(actor=self.actor, teacher=teacher, reason=gettext("by program"), clear=False)
        return Response(told)

    @extend_schema(
        summary=_("History of a file"),
        parameters=[ID_IN_PATH, HistoryQuery, *shapes.PAGING],
        responses={200: shapes.page_of(ENTRY)},
        operation_id="history_list",
    )
    def history(self, request: Any, **_ids: Any) -> Response:
        query = HistoryQuery.read(request)
        teacher = self.looked_at()
        sections = past.sections_for(self.actor)
        if "section" in query:
            sections = [one for one in sections if one.name == query["section"]]
            if not sections:
                raise Problem.parameter("section", _("There is no such section."), "invalid_choice")
        size = CursorPagination().get_page_size(request)
        if "field" in query and not ("section" in query and query["field"] in sections[0].fields):
            raise Problem.parameter("field", _("Name a section, and one of its fields."), "invalid_choice")
        asked = Asked(**{name: query[name] for name in ("field", "who", "source", "since", "until") if query.get(name)})
        files = files_of(teacher.pk)
        ids = past.changes_of(sections, files, asked=asked, before=_before(request), limit=size + 1)
        found = past.versions(sections, files, changes=ids[:size])
        following = (
            replace_query_param(request.build_absolute_uri(), "cursor", ids[size - 1]) if len(ids) > size else None
        )
        return Response(
            {
                "next": following,
                "previous": None,
                "results": told_acts(self.values, found, dict.fromkeys(files, teacher.pk)),
            }
        )

    def get_object(self) -> Any:
        try:
            return super().get_object()
        except Http404:
            closed = closed_file(self.actor, self.kwargs[self.lookup_url_kwarg])
            if closed is None:
                raise
            clocks = ClockQuery.clocks(self.request, self.actor.today) if self.action in TOLD_ON_CLOCKS else None
            if clocks is not None and was_apart(closed, clocks.known.position):
                return self.select(Teacher._base_manager.filter(pk=closed.pk)).get()
            raise merged_into(self.request, closed) from None

    def looked_at(self) -> Teacher:
        """The person of the address; that somebody looked is written down."""
        teacher: Teacher = self.get_object()
        services.note_look(actor=self.actor, teacher=teacher)
        return teacher

    def file(self, teacher: Teacher, clocks: AskedClocks) -> FileAsOf:
        """The file of a visible person on the clocks of the address."""
        return file_as_of(teacher, valid_on=clocks.valid_on, known_at=clocks.known, actor=self.actor)

    def prime(self, values: Values, page: Any) -> None:
        values.prime(units=[row.unit for row in page])

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        return told_teacher(values, record)


def narrowed(rows: QuerySet[Teacher], query: dict[str, Any], actor: Any) -> QuerySet[Teacher]:
    """The people who meet the conditions. A unit that the actor does not see finds nobody."""
    if "q" in query:
        if index := whole_number(query["q"]):
            services.note_number(actor=actor, index=index)
        rows = search_teachers(rows, query["q"], actor)
    if "unit" in query:
        unit = Unit.objects.visible_to(actor).filter(public_id=query["unit"]).first()
        rows = in_unit(rows, unit, actor.on) if unit else rows.none()
    for name in ("sex", "post_family"):
        rows = rows.filter(**{name: query[name]}) if name in query else rows
    for name in ("stage", "subject"):
        rows = holding(rows, TeachingAssignment, actor.on, **{name: query[name]}) if name in query else rows
    if "status" in query:
        at_work = query["status"] == IN_POST
        rows = in_post(rows, actor.on) if at_work else holding(rows, PersonStatus, actor.on, status=query["status"])
    if query["in_quota"] is not None:
        rows = holding(rows, Employment, actor.on, in_quota=query["in_quota"])
    return rows


def told_acts(
    values: Values, found: list[past.Version], whose: Mapping[int, int] | None = None
) -> list[dict[str, Any]]:  # fmt: skip
    """Versions as JSON, gathered by the change that made them, the newest first."""
    pairs = [(version.model, row) for version in found for row in (version.row, version.before) if row is not None]
    units = units_of(pairs)
    values.prime(units=units)
    return [_act(values, act, units) for act in past.acts(found, whose)]


def _act(values: Values, act: past.Act, units: dict[int, Unit]) -> dict[str, Any]:
    change = act.change
    return {
        "id": str(change.public_id), "kind": {"code": change.kind, "label": str(registry.change_label(change.kind))},
        "at": change.at.isoformat(), "by": str(change.actor), "role": role_of(change.role) if change.role else None,
        "reason": change.reason, "document": change.document, "source": change.source,
        "versions": [_version(values, version, units) for version in act.versions],
    }  # fmt: skip


def _version(values: Values, version: past.Version, units: dict[int, Unit]) -> dict[str, Any]:
    def told(row: Any, name: str) -> Any:
        return value(values, row, name, model=version.model, units=units) if row is not None else None

    now = None if version.deleted else version.row
    return {
        "section": version.section.name, "record": str(version.row.public_id), "revision": version.row.revision,
        "what": "created" if version.created else "deleted" if version.deleted else "changed",
        "fields": [
            {
                "name": name, "label": label(version.model, name),
                "was": told(version.before, name), "now": told(now, name),
            }
            for name in version.fields
        ],
    }  # fmt: skip


def _before(request: Any) -> int | None:
    """The change from which the page of a history goes on."""
    asked = request.query_params.get("cursor")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_KEY):
        raise Problem.parameter("cursor", _("This cursor is not one of ours. Begin again without it."))
    return int(asked)
