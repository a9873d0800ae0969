"""Recruitments: drawn up from a plan, their posts, and how far those came who were examined."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.documents.selectors import ISSUE
from core.registry import ListColumn
from core.web.pages import DetailPage, FormPage, ListPage
from core.web.parts import Action, Cell, Column, Fact, Link, Row, Table
from personnel.forms.recruitment import NoticeForm, PostForm
from personnel.models import Applicant, Recruitment, RecruitmentPost
from personnel.selectors.merged import owners_now
from personnel.selectors.recruitment import (
    RECRUIT,
    STAGE,
    TAKEN_AT,
    counted,
    name_of,
    plans,
    recruitments,
    rules_of,
    stages_of,
)
from personnel.selectors.recruitment_words import condition_words
from personnel.selectors.teachers import teachers_on
from personnel.services.recruitment import planning
from personnel.services.recruitment.calling import latest
from personnel.views.recruitment.papers import notice_paper
from personnel.views.recruitment.shown import HELP, READ, WORKBOOKS, case_badge, score, stage_badge
from personnel.views.recruitment.workbooks import workbooks_table

MOST_SHOWN = 300
SHOWN_STAGES = (
    STAGE.INTERVIEW, STAGE.RANKED, STAGE.CALLED, STAGE.PUBLISHED, STAGE.FAILED, STAGE.WITHDRAWN, STAGE.HIRED,
)  # fmt: skip


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
        if paper := notice_paper(one, self.actor):
            facts.append(Fact(_("Notice as a paper"), paper.number, url=reverse("paper", args=[paper.public_id])))
        if publicity is not None:
            facts.append(Fact(_("Publicity"), publicity.last_day, url=reverse("publicity", args=[publicity.public_id])))
        return {
            "crumbs": [Link(_("Recruitments"), reverse("recruitments"))],
            "state": case_badge(one.case),
            "facts": facts,
            "actions": self._actions(),
            "posts": self._posts(),
            "people": self._people(),
            "workbooks": workbooks_table(one, self.actor),
        }

    def _actions(self) -> list[Action]:
        one = self.object
        found = [Action(_("Next step"), reverse("case", args=[one.case.public_id]), "arrow", primary=True)]
        found.append(Action(_("Applicants"), f"{reverse('applicants')}?recruitment={one.public_id}", "users"))
        if self.actor.may(RECRUIT) and (kind := TAKEN_AT.get(one.case.state)):
            found.append(Action(WORKBOOKS[kind], reverse("recruitment_workbook", args=[one.public_id]), "upload"))
        if self.actor.may(RECRUIT) and one.case.state in ("written", "interviews", "checking"):
            found.append(Action(_("Enter scores"), reverse("recruitment_scores", args=[one.public_id]), "pen"))
        if one.noticed_on and one.case.state != "cancelled" and self.actor.may(ISSUE):
            found.append(
                Action(_("Notice as a paper"), reverse("recruitment_notice_new", args=[one.public_id]), "paper")
            )
        return found

    def _posts(self) -> Table:
        values = values_of(self.actor)
        rows = list(self.object.posts.select_related("recruitment").order_by("number"))
        values.prime(units=[row.unit_id for row in rows])
        stages = stages_of([self.object.pk])
        drafted = self.object.case.state == "draft" and self.actor.may(RECRUIT)
        heads = [
            pgettext("recruitment", "Post"),
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
                        Cell(
                            _("Post %(number)s") % {"number": row.number},
                            reverse("recruitment_post", args=[row.public_id]) if drafted else "",
                        ),
                        values.unit(row.unit_id),
                        f"{code_label('stage', row.stage)} {code_label('subject', row.subject)}",
                        condition_words(row) or "—",
                        Cell(row.wanted, sub=self._examined(row)),
                        sum(stages.get(row.pk, {}).values()),
                        stages.get(row.pk, {}).get(STAGE.HIRED, 0),
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
        found = list(
            rows.select_related("post", "case", "key").order_by("post__number", "place", "serial")[:MOST_SHOWN]
        )
        files = self._files(found)
        heads = [
            _("Name"),
            pgettext("recruitment", "Post"),
            _("Place"),
            _("Written"),
            _("Interview"),
            _("Total"),
            _("How far"),
            *([_("Teacher file")] if files else []),
        ]
        return Table(
            caption=_("Who was examined"),
            columns=[Column(str(place), head, number=place in (3, 4, 5)) for place, head in enumerate(heads)],
            rows=[
                Row(
                    [
                        Cell(
                            name_of(one), reverse("case", args=[one.case.public_id]),
                            sub=_("Application number %(number)s") % {"number": one.serial},
                        ),
                        str(one.post.number), str(one.place or ""),
                        score(one.written), score(one.interview), score(one.total), Cell(badge=stage_badge(one), sub=one.why),
                        *([Cell(_("Open") if one.pk in files else "", files.get(one.pk, ""))] if files else []),
                    ]
                )
                for one in found
            ],
        )  # fmt: skip

    def _files(self, people: list[Applicant]) -> dict[int, str]:
        """Where the files are that were made of applicants, by the applicant: those that the reader sees."""
        hired = {one.pk: one.hired_id for one in people if one.hired_id is not None}
        now = owners_now(hired.values())
        seen = teachers_on(self.actor, self.actor.on).filter(pk__in=now.values())
        urls = {pk: reverse("teacher", args=[public_id]) for pk, public_id in seen.values_list("pk", "public_id")}
        return {pk: urls[now[teacher]] for pk, teacher in hired.items() if now[teacher] in urls}


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


PAGES = (RecruitmentList, DrawUpNotice, RecruitmentPage, PostConditions)
