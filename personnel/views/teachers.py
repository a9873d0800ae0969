"""The list of teachers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.codes.values import values_of
from core.documents.selectors import ISSUE, kinds_for
from core.documents.tasks import MOST_AT_ONCE
from core.registry import Hit, ListColumn
from core.web.filters import AsOfFilter, ChoiceFilter, CodeFilter, Filter, UnitFilter, YesNoFilter, is_uuid
from core.web.listing import Listing
from core.web.looks import EXPORTED
from core.web.pages import ListPage
from core.web.parts import Action, Badge, Cell, Link
from personnel import rules, services
from personnel.choices import IN_POST
from personnel.models import PersonStatus, TeachingAssignment
from personnel.selectors.dossier import KEEP
from personnel.selectors.finding import find_people, search_teachers, whole_number
from personnel.selectors.slips import ISSUE as HAND_OUT
from personnel.selectors.teachers import (
    employed,
    holding,
    in_post,
    in_unit,
    teachers_on,
    with_age_order,
    with_work_order,
)
from personnel.services.slips import MOST_AT_ONCE as MOST_SLIPS

EMPLOYED = "employed"
# Who was ticked for papers or slips, between the list and the form, in the session.
CHOSEN = "papers_chosen"


def _name(row: Any, _actor: Any) -> Cell:
    return Cell(text=row.name, url=reverse("teacher", args=[row.public_id]))


def unit_cell(row: Any, actor: Any) -> Cell:
    """The unit of a person, with its page."""
    return Cell(text=values_of(actor).unit(row.unit), url=unit_url(row.unit_public_id))


def note_search(actor: Any, text: str) -> None:
    """Who looks for somebody by a whole number knows it afterwards: that is a look, written down like one."""
    if index := whole_number(text):
        services.note_number(actor=actor, index=index)


def find_and_note(actor: Any, text: str, limit: int) -> list[Hit]:
    """People for the search over everything."""
    note_search(actor, text)
    return find_people(actor, text, limit)


def unit_url(public_id: Any) -> str:
    """The address of a unit's page; nothing where there is none."""
    try:
        return reverse("unit", args=[public_id]) if public_id else ""
    except NoReverseMatch:
        return ""


def _teaching(row: Any, actor: Any) -> str:
    values = values_of(actor)
    said = [values.code("stage", row.stage or ""), values.code("subject", row.subject or "")]
    return " ".join(word for word in dict.fromkeys(said) if word)


def _status(row: Any, actor: Any) -> Any:
    text = values_of(actor).code("person_status", row.status or IN_POST)
    return text if (row.status or IN_POST) == IN_POST else Cell(text=text, badge=Badge(text))


def _age(row: Any, actor: Any) -> Any:
    return rules.age(row.birth, actor.on) if row.birth else ""


def filter_status(rows: Any, value: str, actor: Any) -> Any:
    """Those who work for their unit, or one status."""
    if value == EMPLOYED:
        return employed(rows, actor.on)
    if value == IN_POST:
        return in_post(rows, actor.on)
    return holding(rows, PersonStatus, actor.on, status=value)


class StatusFilter(ChoiceFilter):
    """Those who work for their unit (the default), or one status."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [(EMPLOYED, gettext("working for the unit")), *values_of(actor).entries("person_status")]


class TeacherList(ListPage):
    """The people of the actor's unit and of all below it."""

    name = "teachers"
    route = "teachers/"
    permission = "personnel.view_teacher"
    title = _("Teachers")
    everything_label = _("Everybody in post")
    can_search = True
    search_label = _("Find in this list")
    exported = True
    default_sort = "name"
    help = _(
        "Everybody on staff (teaching, management, workers, bureau) whose employment on this day is in your unit or below it. "
        "The conditions stand in the address: who opens the link sees the same list, of the units that they see."
    )
    references = (Link(_("JY/T 1001-2012: education management information")),)

    columns: ClassVar[tuple[ListColumn, ...]] = (
        ListColumn("name", _("Name"), _name, sort=("pinyin", "name"), indexed=True, nowrap=True, order=0),
        ListColumn("sex", _("Sex"), lambda row, actor: values_of(actor).code("sex", row.sex), order=10),
        ListColumn("unit", _("Unit"), unit_cell, sort=("unit_code", "pinyin"), nowrap=True, order=20),
        ListColumn("teaching", _("Teaching"), _teaching, nowrap=True, order=30),
        ListColumn("in_quota", _("In quota"), lambda row, _actor: row.in_quota, order=50),
        ListColumn("status", _("Status"), _status, order=60),
        ListColumn(
            "age", _("Age"), _age, sort=("age_order",), annotate=lambda rows, actor: with_age_order(rows, actor.on),
            number=True, order=70,
        ),
        ListColumn(
            "work_start", _("Start of work"), lambda row, _actor: row.work_start, sort=("work_order",),
            annotate=lambda rows, _actor: with_work_order(rows), number=True, nowrap=True, order=80,
        ),
        ListColumn("unit_since", _("At this unit since"), lambda row, _actor: row.unit_since, number=True, shown=False, order=90),
        ListColumn("teaching_start", _("Start of teaching"), lambda row, _actor: row.teaching_start, number=True, shown=False, order=100),
        ListColumn("post", _("Post"), lambda row, _actor: row.post, shown=False, order=110),
        ListColumn(
            "form", _("Form of employment"), lambda row, actor: values_of(actor).code("employment_form", row.form or ""),
            shown=False, order=120,
        ),
        ListColumn(
            "family", _("Post family"), lambda row, actor: values_of(actor).code("post_family", row.post_family), shown=False, order=130
        ),
        ListColumn(
            "ethnicity", _("Ethnic group"), lambda row, actor: values_of(actor).code("ethnicity", row.ethnicity), shown=False, order=140
        ),
        ListColumn("birth", _("Date of birth"), lambda row, _actor: row.birth, number=True, shown=False, order=150),
        ListColumn("staff_number", _("Staff number"), lambda row, _actor: row.staff_number, shown=False, order=160),
    )  # fmt: skip

    filters: ClassVar[tuple[Filter, ...]] = (
        AsOfFilter("on", _("As of"), order=5),
        UnitFilter("unit", _("Unit"), lambda rows, unit, actor: in_unit(rows, unit, actor.on), order=10),
        CodeFilter(
            "subject", _("Subject"), lambda rows, codes, actor: holding(rows, TeachingAssignment, actor.on, subject__in=codes),
            code_list="subject", order=20,
        ),
        CodeFilter(
            "stage", _("Stage"), lambda rows, codes, actor: holding(rows, TeachingAssignment, actor.on, stage__in=codes),
            code_list="stage", order=30,
        ),
        StatusFilter("status", _("Status"), filter_status, default=EMPLOYED, order=50),
        CodeFilter("sex", _("Sex"), lambda rows, codes, _actor: rows.filter(sex__in=codes), code_list="sex", order=60),
        YesNoFilter("in_quota", _("In quota"), lambda rows, value, _actor: rows.filter(in_quota=value), order=70),
        CodeFilter(
            "family", _("Post family"), lambda rows, codes, _actor: rows.filter(post_family__in=codes), code_list="post_family", order=80
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return teachers_on(actor, actor.on)

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        note_search(actor, text)
        return search_teachers(rows, text, actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit for row in rows])

    def note_export(self, rows: Any, actor: Any) -> None:
        keys = [*rows.values_list("pk", flat=True)]
        services.note_looks(actor=actor, teachers=keys, what=EXPORTED, reason=str(self.title))

    def summary(self, listing: Listing) -> Any:
        unit, day = self.actor.unit, listing.actor.on
        if unit is None:
            return ""
        if day == self.on:
            return gettext("%(unit)s and all below it, as of %(day)s") % {"unit": unit, "day": day}
        return gettext(
            "Who belonged to %(unit)s or below it on %(day)s, with what we know today of that day. People who left it since are in the "
            "list only while their file is still with you."
        ) % {"unit": unit, "day": day}

    def bulk_actions(self) -> list[Action]:
        papers = [
            Action(kind.label, icon="paper", name="papers", value=kind.name, form="list")
            for kind in kinds_for(self.actor, many=True)
        ]
        more = (
            [Action(gettext("Send dossiers"), icon="mail", name="dossiers", value="send", form="list")]
            if self.actor.may(KEEP)
            else []
        )
        return [*papers, *more, *([self.slip_action()] if self.actor.may(HAND_OUT) else [])]

    def slip_action(self) -> Action:
        """Slips for whoever is ticked."""
        return Action(gettext("Activation slips"), icon="key", name="slips", value="yes", form="list")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "papers" in request.POST and self.actor.may(ISSUE):
            return self._papers(request)
        if "dossiers" in request.POST and self.actor.may(KEEP):
            return self._with_chosen(request, reverse("dossiers_send"), MOST_AT_ONCE)
        if "slips" in request.POST and self.actor.may(HAND_OUT):
            return self._with_chosen(request, reverse("slips_new"), MOST_SLIPS)
        return super().post(request, *args, **kwargs)

    def _papers(self, request: HttpRequest) -> HttpResponse:
        """On to the form of a kind of paper."""
        kind = next((one for one in kinds_for(self.actor, many=True) if one.name == request.POST["papers"]), None)
        if kind is None:
            return HttpResponseRedirect(request.get_full_path())
        return self._with_chosen(request, reverse("papers_many", args=[kind.name]), MOST_AT_ONCE)

    def _with_chosen(self, request: HttpRequest, address: str, most: int) -> HttpResponse:
        """On to a form with whoever is ticked, or all that match."""
        if "everything" in request.POST:
            keys = Listing(self, self.actor, request.GET).matching.values_list("public_id", flat=True)[:most]
        else:
            keys = [key for key in request.POST.getlist("selected") if is_uuid(key)][:most]
        request.session[CHOSEN] = [str(key) for key in keys]
        return HttpResponseRedirect(address)

    def actions(self) -> list[Action]:
        former = Action(gettext("Formerly here"), reverse("former_people"), "history", quiet=True)
        return [former, *self._imports()]

    def _imports(self) -> list[Action]:
        try:
            return (
                [Action(_("Import"), url=reverse("import_new"), icon="upload", primary=True)]
                if self.actor.may("exchange.import")
                else []
            )
        except NoReverseMatch:
            return []

    @property
    def empty(self) -> dict[str, Any]:
        """What the list says before the first import."""
        text = gettext("Here will be everybody whom your workbooks name. Begin with the roster of your unit.")
        return {"icon": "users", "heading": gettext("No files yet"), "text": text, "actions": self._imports()}
