"""Recruitment for those who work on it: plans, notices, posts, applicants, scores."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.publicity.selectors import clear
from core.records.models import AccessLog
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.registry import ListColumn
from core.web.downloads import attachment
from core.web.filters import ChoiceFilter
from core.web.forms import ReasonForm
from core.web.pages import ActionPage, DetailPage, FormPage, ListPage
from core.web.parts import Action, Badge, Cell, Column, Fact, Link, Row, Table
from core.workflow.registered import workflow_of
from core.workflow.views.telling import state_badge
from personnel.forms.recruitment import NoticeForm, PlanForm, PlanRowForm, PostForm, ScoresForm
from personnel.models import Applicant, ApplicantFile, PlannedPost, Recruitment, RecruitmentPost
from personnel.selectors.recruitment import (
    DECIDE,
    RECRUIT,
    STAGE,
    applicants,
    counted,
    name_of,
    plans,
    recruitments,
    rules_of,
)
from personnel.services.recruitment import examining, planning
from personnel.services.recruitment.calling import latest
from personnel.workflows.recruitment_words import condition_words

READ = (RECRUIT, DECIDE)
MOST_SHOWN = 300
SHOWN_STAGES = (
    STAGE.INTERVIEW, STAGE.RANKED, STAGE.CALLED, STAGE.PUBLISHED, STAGE.FAILED, STAGE.WITHDRAWN, STAGE.HIRED,
)  # fmt: skip
TONES = {
    STAGE.HIRED: "green",
    STAGE.CALLED: "amber",
    STAGE.PUBLISHED: "amber",
    STAGE.FAILED: "red",
    STAGE.REFUSED: "red",
}
HELP = gettext_lazy(
    "From the approved plan of the year to the hires: notice, applications, qualification check, written exam, interviews, physical, "
    "background and ban-list checks, publicity. Each step is taken on the page of the case and stands in its history."
)


def case_badge(case: Any) -> Badge:
    """Where a plan or a recruitment stands."""
    return state_badge(workflow_of(case.kind), case)


def stage_badge(one: Applicant) -> Badge:
    """How far an applicant came."""
    return Badge(one.get_stage_display(), TONES.get(Applicant.Stage(one.stage), ""))


class PlanList(ListPage):
    """The plans of the bureau, the newest first."""

    name = "recruitment_plans"
    route = "recruitment-plans/"
    permission = READ
    title = gettext_lazy("Recruitment plans")
    everything_label = gettext_lazy("All plans")
    default_sort = "-year"
    help = HELP
    columns = (
        ListColumn(
            "title", pgettext_lazy("recruitment", "Title"),
            lambda row, _actor: Cell(row.title, reverse("recruitment_plan", args=[row.public_id])), order=0,
        ),
        ListColumn("year", gettext_lazy("Year"), lambda row, _actor: str(row.year), sort=("year", "id"), order=10),
        ListColumn("unit", gettext_lazy("Bureau"), lambda row, actor: values_of(actor).unit(row.unit_id), order=20),
        ListColumn("state", gettext_lazy("State"), lambda row, _actor: Cell(badge=case_badge(row.case)), order=30),
    )  # fmt: skip
    empty: ClassVar = {
        "icon": "users",
        "heading": gettext_lazy("No plan yet"),
        "text": gettext_lazy("Begin with the plan of a year."),
    }

    def rows_of(self, actor: Any) -> Any:
        return plans(actor).select_related("case")

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])

    def actions(self) -> list[Action]:
        found = [Action(_("Recruitments"), reverse("recruitments"), "users")]
        if self.actor.may(RECRUIT):
            found.append(Action(_("New plan"), reverse("recruitment_plan_new"), "plus", primary=True))
        return found


class NewPlan(FormPage):
    """Begin the plan of a year."""

    name = "recruitment_plan_new"
    route = "recruitment-plans/new/"
    permission = RECRUIT
    title = gettext_lazy("New recruitment plan")
    form_class = PlanForm
    help = HELP

    @property
    def cancel_url(self) -> str:
        """Back to the plans."""
        return reverse("recruitment_plans")

    def initial(self) -> dict[str, Any]:
        year = self.on.year + (self.on.month > 8)
        return {"year": year, "title": _("Recruitment of teachers %(year)s") % {"year": year}}

    def save(self, form: Any) -> str:
        made = planning.draw_up_plan(actor=self.actor, **form.cleaned_data)
        return reverse("recruitment_plan", args=[made.public_id])


class PlanPage(DetailPage):
    """One plan: its rows, where it stands, the notices that were drawn up from it."""

    name = "recruitment_plan"
    route = "recruitment-plans/<uuid:public_id>/"
    permission = READ
    template = "personnel/recruitment_plan.html"
    help = HELP

    def rows(self) -> Any:
        return plans(self.actor).select_related("case", "unit")

    def context(self) -> dict[str, Any]:
        plan, values = self.object, values_of(self.actor)
        rows = list(plan.posts.order_by("unit", "stage", "subject"))
        values.prime(units=[row.unit_id for row in rows])
        drafted = plan.case.state == "draft" and self.actor.may(RECRUIT)
        actions = [Action(_("Case"), reverse("case", args=[plan.case.public_id]), "arrow")]
        if drafted:
            actions.insert(
                0, Action(_("Add a row"), reverse("recruitment_plan_row", args=[plan.public_id]), "plus", primary=True)
            )
        if plan.case.state == "approved" and self.actor.may(RECRUIT):
            actions.insert(
                0, Action(_("Draw up a notice"), reverse("recruitment_new", args=[plan.public_id]), "pen", primary=True)
            )
        table = Table(
            caption=_("Rows"),
            columns=[
                Column("unit", _("Unit")), Column("stage", _("Stage")), Column("subject", _("Subject")),
                Column("number", _("How many"), number=True),
            ],
            rows=[
                Row([values.unit(row.unit_id), code_label("stage", row.stage), code_label("subject", row.subject), row.number])
                for row in rows
            ],
        )  # fmt: skip
        return {
            "crumbs": [Link(_("Recruitment plans"), reverse("recruitment_plans"))],
            "state": case_badge(plan.case),
            "table": table,
            "total": sum(row.number for row in rows),
            "actions": actions,
            "removable": [(row, values.unit(row.unit_id), code_label("subject", row.subject)) for row in rows]
            if drafted
            else [],
            "notices": list(plan.recruitments.select_related("case").order_by("-pk")),
        }


class AddPlanRow(FormPage):
    """So many teachers of a subject for a unit."""

    name = "recruitment_plan_row"
    route = "recruitment-plans/<uuid:public_id>/rows/"
    permission = RECRUIT
    title = gettext_lazy("Add a row")
    form_class = PlanRowForm

    def rows(self) -> Any:
        return plans(self.actor).select_related("case", "unit")

    record = None

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    @property
    def cancel_url(self) -> str:
        """Back to the plan."""
        return reverse("recruitment_plan", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.title, self.cancel_url)]}

    def save(self, form: Any) -> str:
        planning.add_row(actor=self.actor, plan=self.object, **form.cleaned_data)
        return self.cancel_url


class RemovePlanRow(ActionPage):
    """Take a row out of a plan."""

    name = "recruitment_plan_row_remove"
    route = "recruitment-plans/rows/<uuid:public_id>/remove/"
    permission = RECRUIT

    def rows(self) -> Any:
        return PlannedPost.objects.visible_to(self.actor).select_related("plan__case")

    def back(self) -> str:
        return reverse("recruitment_plan", args=[self.object.plan.public_id])

    def act(self) -> str:
        planning.remove_row(actor=self.actor, row=self.object)
        return self.back()


class RecruitmentList(ListPage):
    """The recruitments of the bureau, the newest first."""

    name = "recruitments"
    route = "recruitments/"
    permission = READ
    title = gettext_lazy("Recruitments")
    everything_label = gettext_lazy("All recruitments")
    default_sort = "-opens"
    help = HELP
    columns = (
        ListColumn(
            "title", pgettext_lazy("recruitment", "Title"),
            lambda row, _actor: Cell(row.title, reverse("recruitment", args=[row.public_id])), order=0,
        ),
        ListColumn("unit", gettext_lazy("Bureau"), lambda row, actor: values_of(actor).unit(row.unit_id), order=10),
        ListColumn("opens", gettext_lazy("Applications from"), lambda row, _actor: row.opens, sort=("id",), indexed=True, order=20),
        ListColumn("last", gettext_lazy("Applications until"), lambda row, _actor: row.last, order=30),
        ListColumn("applied", gettext_lazy("Applicants"), lambda row, _actor: row.applied, number=True, order=40),
        ListColumn("hires", gettext_lazy("Hired"), lambda row, _actor: row.hires, number=True, order=50),
        ListColumn("state", gettext_lazy("State"), lambda row, _actor: Cell(badge=case_badge(row.case)), order=60),
    )  # fmt: skip
    empty: ClassVar = {
        "icon": "users",
        "heading": gettext_lazy("No recruitment yet"),
        "text": gettext_lazy("A notice is drawn up from an approved plan."),
    }

    def rows_of(self, actor: Any) -> Any:
        return recruitments(actor).select_related("case")

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])
        known = {one.pk: one for one in counted(Recruitment._base_manager.filter(pk__in=[row.pk for row in rows]))}
        for row in rows:
            row.applied, row.hires = known[row.pk].applied, known[row.pk].hires

    def actions(self) -> list[Action]:
        return [Action(_("Recruitment plans"), reverse("recruitment_plans"), "list")]


class DrawUpNotice(FormPage):
    """A notice from an approved plan."""

    name = "recruitment_new"
    route = "recruitment-plans/<uuid:public_id>/notice/"
    permission = RECRUIT
    title = gettext_lazy("Draw up a notice")
    form_class = NoticeForm
    help = HELP
    record = None

    def rows(self) -> Any:
        return plans(self.actor).select_related("case", "unit")

    def initial(self) -> dict[str, Any]:
        rules = rules_of(self.actor.unit, self.on)
        return {
            "title": self.object.title, "ratio": rules.ratio, "opening": rules.opening, "weight": rules.written, "most": rules.most,
            "drop": rules.drop, "tie": rules.tie, "one_post": rules.one_post,
        }  # fmt: skip

    @property
    def cancel_url(self) -> str:
        """Back to the plan."""
        return reverse("recruitment_plan", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.title, self.cancel_url)]}

    def save(self, form: Any) -> str:
        made = planning.draw_up_notice(actor=self.actor, plan=self.object, values=form.cleaned_data)
        return reverse("recruitment", args=[made.public_id])


class RecruitmentPage(DetailPage):
    """One recruitment: its posts, those who were examined and how far they came."""

    name = "recruitment"
    route = "recruitments/<uuid:public_id>/"
    permission = READ
    template = "personnel/recruitment.html"
    help = HELP

    def rows(self) -> Any:
        return counted(recruitments(self.actor)).select_related("case", "unit", "plan")

    def context(self) -> dict[str, Any]:
        one = self.object
        publicity = latest(one)
        facts = [
            Fact(_("Applications"), f"{one.opens} – {one.last}"),
            Fact(_("Interviews for each place"), one.ratio),
            Fact(_("Applicants for each place at least"), one.opening),
            Fact(_("Weight of the written score"), f"{one.weight} %"),
            Fact(_("Between equal totals counts"), one.get_tie_display()),
        ]
        if one.noticed_on:
            facts.append(
                Fact(_("Notice published"), one.noticed_on, url=reverse("public_recruitment", args=[one.code]))
            )
        if publicity is not None:
            facts.append(Fact(_("Publicity"), publicity.last_day, url=reverse("publicity", args=[publicity.public_id])))
        return {
            "crumbs": [Link(_("Recruitments"), reverse("recruitments"))],
            "state": case_badge(one.case),
            "facts": facts,
            "actions": self._actions(),
            "posts": self._posts(),
            "people": self._people(),
        }

    def _actions(self) -> list[Action]:
        one = self.object
        found = [Action(_("Next step"), reverse("case", args=[one.case.public_id]), "arrow", primary=True)]
        found.append(Action(_("Applicants"), f"{reverse('applicants')}?recruitment={one.public_id}", "users"))
        if self.actor.may(RECRUIT) and one.case.state in ("written", "interviews", "checking"):
            found.append(Action(_("Enter scores"), reverse("recruitment_scores", args=[one.public_id]), "pen"))
        return found

    def _posts(self) -> Table:
        values = values_of(self.actor)
        rows = list(self.object.posts.select_related("recruitment").order_by("number"))
        values.prime(units=[row.unit_id for row in rows])
        stages: dict[int, list[str]] = {}
        for post, stage in Applicant._base_manager.filter(recruitment=self.object).values_list("post", "stage"):
            stages.setdefault(post, []).append(stage)
        drafted = self.object.case.state == "draft" and self.actor.may(RECRUIT)
        heads = [
            pgettext("row", "No."),
            _("Unit"),
            _("Subject"),
            _("Conditions"),
            _("Wanted"),
            _("Applied"),
            _("Hired"),
        ]
        return Table(
            caption=_("Posts"),
            columns=[Column(str(place), head, number=place > 3) for place, head in enumerate(heads)],
            rows=[
                Row(
                    [
                        Cell(str(row.number), reverse("recruitment_post", args=[row.public_id]) if drafted else ""),
                        values.unit(row.unit_id),
                        f"{code_label('stage', row.stage)} {code_label('subject', row.subject)}",
                        condition_words(row) or "—",
                        Cell(row.wanted, sub=self._examined(row)),
                        len(stages.get(row.pk, [])),
                        stages.get(row.pk, []).count(STAGE.HIRED),
                    ]
                )
                for row in rows
            ],
        )

    def _examined(self, post: RecruitmentPost) -> str:
        if post.places is None or post.places == post.wanted:
            return ""
        return _("%(n)s examined") % {"n": post.places} if post.places else _("closed")

    def _people(self) -> Table:
        rows = Applicant.objects.visible_to(self.actor).filter(recruitment=self.object, stage__in=SHOWN_STAGES)
        rows = rows.select_related("post", "case", "key").order_by("post__number", "place", "serial")[:MOST_SHOWN]
        heads = [
            pgettext("recruitment", "Post"),
            _("Place"),
            _("Name"),
            _("Written"),
            _("Interview"),
            _("Total"),
            _("How far"),
        ]
        return Table(
            caption=_("Who was examined"),
            columns=[Column(str(place), head, number=place in (3, 4, 5)) for place, head in enumerate(heads)],
            rows=[
                Row(
                    [
                        str(one.post.number), str(one.place or ""),
                        Cell(name_of(one), reverse("case", args=[one.case.public_id]), sub=str(one.serial)),
                        score(one.written), score(one.interview), score(one.total), Cell(badge=stage_badge(one), sub=one.why),
                    ]
                )
                for one in rows
            ],
        )  # fmt: skip


def score(value: Any) -> str:
    """A score with two decimals; nothing where there is none."""
    return "" if value is None else f"{value:.2f}"


class PostConditions(FormPage):
    """What a post asks for, while the notice is a draft."""

    name = "recruitment_post"
    route = "recruitments/posts/<uuid:public_id>/"
    permission = RECRUIT
    form_class = PostForm

    def rows(self) -> Any:
        return RecruitmentPost.objects.visible_to(self.actor).select_related("recruitment__case")

    def described(self, record: Any) -> dict[str, Any]:
        names = ("education", "certificate", "putonghua", "age_most", "age_on", "words")
        return {**{name: getattr(record, name) for name in names}, "majors": "、".join(record.majors or [])}

    def heading(self) -> Any:
        return _("Post %(number)s: conditions") % {"number": self.object.number}

    @property
    def cancel_url(self) -> str:
        """Back to the recruitment."""
        return reverse("recruitment", args=[self.object.recruitment.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.recruitment.title, self.cancel_url)]}

    def save(self, form: Any) -> str:
        values = {name: value for name, value in form.cleaned_data.items() if name != "revision"}
        planning.set_conditions(actor=self.actor, post=self.object, values=values)
        return self.cancel_url


class EnterScores(FormPage):
    """Written scores, judges' scores or those of an extra exam, whichever the recruitment waits for."""

    name = "recruitment_scores"
    route = "recruitments/<uuid:public_id>/scores/"
    permission = RECRUIT
    title = gettext_lazy("Enter scores")
    form_class = ScoresForm
    record = None
    help = gettext_lazy("Copy the columns from the exam office's sheet and paste them. All lines are taken, or none.")

    def rows(self) -> Any:
        return recruitments(self.actor).select_related("case", "unit")

    def form_options(self) -> dict[str, Any]:
        hints = {
            "written": _("One line for each: application number, written score (缺考 for who was absent)."),
            "interviews": _("One line for each: application number, then the score of each judge."),
            "checking": _("Extra exam between those whom nothing else tells apart: application number, score."),
        }
        return {"hint": hints.get(self.object.case.state, "")}

    @property
    def cancel_url(self) -> str:
        """Back to the recruitment."""
        return reverse("recruitment", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.title, self.cancel_url)]}

    def save(self, form: Any) -> Any:
        verbs = {"interviews": examining.enter_judged, "checking": examining.enter_extra}
        verb = verbs.get(self.object.case.state, examining.enter_written)
        number = verb(actor=self.actor, recruitment=self.object, text=form.cleaned_data["scores"])
        self.done_message = ngettext("%(n)s line taken.", "%(n)s lines taken.", number) % {"n": number}
        return self.cancel_url

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(data=request.POST)
        if form.is_valid():
            try:
                return super().post(request, *args, **kwargs)
            except examining.Refused as error:
                for problem in error.problems[:50]:
                    form.add_error("scores", problem)
        return self.render(form=form, status=422)

    refusals = ()


class RecruitmentFilter(ChoiceFilter):
    """One recruitment."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [
            (str(key), title)
            for key, title in recruitments(actor).order_by("-pk").values_list("public_id", "title")[:100]
        ]


class ApplicantList(ListPage):
    """Everybody who applied, by recruitment and how far they came."""

    name = "applicants"
    route = "applicants/"
    permission = READ
    title = gettext_lazy("Applicants")
    everything_label = gettext_lazy("All applicants")
    can_search = True
    search_label = gettext_lazy("Application number")
    default_sort = "-serial"
    help = HELP
    columns = (
        ListColumn(
            "serial", gettext_lazy("Application number"),
            lambda row, _actor: Cell(str(row.serial), reverse("case", args=[row.case.public_id])), sort=("id",), indexed=True, order=0,
        ),
        ListColumn("name", gettext_lazy("Name"), lambda row, _actor: name_of(row), order=10),
        ListColumn("recruitment", gettext_lazy("Recruitment"), lambda row, _actor: row.recruitment.title, order=20),
        ListColumn("post", pgettext_lazy("recruitment", "Post"), lambda row, _actor: str(row.post.number), order=30),
        ListColumn("applied", gettext_lazy("Applied"), lambda row, _actor: row.applied_on, nowrap=True, order=40),
        ListColumn("check", gettext_lazy("Qualification check"), lambda row, _actor: Cell(badge=case_badge(row.case)), order=50),
        ListColumn("stage", gettext_lazy("How far"), lambda row, _actor: Cell(badge=stage_badge(row)), order=60),
    )  # fmt: skip
    filters = (
        RecruitmentFilter(
            "recruitment", gettext_lazy("Recruitment"), lambda rows, value, _actor: rows.filter(recruitment__public_id=value), order=10
        ),
        ChoiceFilter(
            "stage", gettext_lazy("How far"), lambda rows, value, _actor: rows.filter(stage=value),
            options=tuple(Applicant.Stage.choices), order=20,
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return applicants(actor).select_related("recruitment", "post", "case", "key")

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        return rows.filter(serial=int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else rows.none()


class ApplicantReveal(FormPage):
    """Identity number and telephone of an applicant, in this one answer, after a reason was written down."""

    name = "applicant_reveal"
    route = "applicants/<uuid:public_id>/reveal/"
    permission = READ
    title = gettext_lazy("Show identity number and telephone")
    form_class = ReasonForm
    submit_label = gettext_lazy("Show")
    record = None

    def rows(self) -> Any:
        return applicants(self.actor).select_related("case", "key")

    @property
    def cancel_url(self) -> str:
        """Back to the application."""
        return reverse("case", args=[self.object.case.public_id])

    def save(self, form: Any) -> Any:
        look(self.actor, self.object, "Applicant.number", form.cleaned_data["reason"])
        self.template = "personnel/applicant_revealed.html"
        facts = [
            Fact(_("Name"), name_of(self.object)),
            Fact(_("Identity number"), clear(self.object.number), number=True),
            Fact(_("Telephone"), clear(self.object.phone)),
        ]
        return self.render(facts=facts, case_url=self.cancel_url)


class ApplicantDownload(DetailPage):
    """Hands out a paper of an applicant."""

    name = "applicant_file"
    route = "applicants/files/<uuid:public_id>/file/"
    permission = READ

    def rows(self) -> Any:
        return ApplicantFile.objects.visible_to(self.actor).select_related("file__key", "applicant")

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        stored = self.object.file
        try:
            content = content_of(stored)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error
        look(self.actor, self.object.applicant, "ApplicantFile.file", pgettext("applicant", "paper"))
        return attachment(content, stored.name, stored.content_type)


def look(actor: Any, applicant: Applicant, what: str, reason: str) -> None:
    """Write down who saw what of an applicant, and why."""
    AccessLog.objects.create(
        actor=actor.user, role=actor.role, unit=actor.unit, subject="personnel.Applicant", subject_id=applicant.pk,
        what=f"personnel.{what}", reason=reason[:255],
    )  # fmt: skip


PAGES = (
    PlanList, NewPlan, PlanPage, AddPlanRow, RemovePlanRow, DrawUpNotice, RecruitmentList, RecruitmentPage, PostConditions, EnterScores,
    ApplicantList, ApplicantReveal, ApplicantDownload,
)  # fmt: skip
