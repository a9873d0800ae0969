"""The cases of recruitment: the yearly plan, a recruitment from the notice to the hires, an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.web.parts import Fact, Finding, Link
from core.workflow.definition import OWNER, Body, State, Subject, Transition, Workflow
from personnel.forms.recruitment import CheckForm, FallOutForm, HireForm
from personnel.models import Applicant, Recruitment, RecruitmentPlan
from personnel.selectors.recruitment import (
    APPLICATION,
    DECIDE,
    KIND,
    PLAN,
    RECRUIT,
    STAGE,
    findings_of,
    name_of,
    of_cases,
    rules_of,
    said_of,
)
from personnel.selectors.recruitment_words import condition_words, finding_words
from personnel.selectors.returning import on_file_by
from personnel.services.recruitment import applying, calling, examining, planning
from personnel.services.recruitment.hiring import file_now

# Those who will not be hired any more.
OVER: Final = (STAGE.REFUSED, STAGE.WITHDRAWN, STAGE.FAILED, STAGE.CLOSED, STAGE.BELOW)
REFERENCES: Final = (Link(gettext_lazy("Interim rules on open recruitment of public institutions (2006)")),)


def _nobody(cases: Sequence[Any]) -> Mapping[int, Any]:
    return {case.pk: () for case in cases}


def _plans(cases: Sequence[Any], _actor: Any) -> Mapping[int, Subject]:
    rows = RecruitmentPlan._base_manager.filter(case__in=[case.pk for case in cases])
    return {
        row.case_id: Subject(row.title, str(row.year), reverse("recruitment_plan", args=[row.public_id]))
        for row in rows
    }


def _plan_body(case: Any, actor: Any) -> Body:
    plan = RecruitmentPlan._base_manager.get(case=case)
    values = values_of(actor)
    rows = list(plan.posts.order_by("unit", "stage", "subject"))
    values.prime(units=[row.unit_id for row in rows])
    facts = [
        Fact(_("Year"), plan.year),
        Fact(_("Rows"), len(rows)),
        Fact(_("Teachers"), sum(row.number for row in rows)),
    ]
    facts += [
        Fact(
            values.unit(row.unit_id),
            row.number,
            sub=f"{code_label('stage', row.stage)} {code_label('subject', row.subject)}",
        )
        for row in rows
    ]
    return Body(facts=facts)


PLANNING: Final = Workflow(
    kind=PLAN,
    label=gettext_lazy("Recruitment plan"),
    initial="draft",
    states=(
        State("draft", gettext_lazy("being drawn up"), desk=RECRUIT),
        State("sent", gettext_lazy("being decided"), desk=DECIDE, days=lambda _case: 10),
        State("approved", pgettext_lazy("plan", "approved"), tone="green"),
        State("dropped", pgettext_lazy("plan", "dropped")),
    ),
    transitions=(
        Transition(
            "send", gettext_lazy("Send for approval"), gettext_lazy("Sent for approval"), ("draft",), "sent", own=True,
            guard=planning.why_not_send_plan, primary=True,
        ),
        Transition("approve", gettext_lazy("Approve"), pgettext_lazy("case", "Approved"), ("sent",), "approved", primary=True),
        Transition("return", gettext_lazy("Return"), gettext_lazy("Returned"), ("sent",), "draft", comment="needed"),
        Transition("drop", pgettext_lazy("plan", "Drop"), pgettext_lazy("plan", "Dropped"), ("draft",), "dropped", own=True,
                   comment="needed", danger=True),
    ),
    subjects=_plans,
    people=_nobody,
    body=_plan_body,
    way=("draft", "sent", "approved"),
    look=(RECRUIT,),
    help=gettext_lazy("A bureau plans how many teachers of which subject it recruits for which unit; a second person approves."),
    references=REFERENCES,
)  # fmt: skip


def _recruitments(cases: Sequence[Any], _actor: Any) -> Mapping[int, Subject]:
    rows = Recruitment._base_manager.filter(case__in=[case.pk for case in cases])
    return {
        row.case_id: Subject(row.title, f"{row.opens} – {row.last}", reverse("recruitment", args=[row.public_id]))
        for row in rows
    }


def _body(case: Any, actor: Any) -> Body:
    one = Recruitment._base_manager.get(case=case)
    weights = {"written": one.weight, "interview": 100 - one.weight}
    facts = [
        Fact(_("Applications"), f"{one.opens} – {one.last}"),
        Fact(_("Interviews for each place"), one.ratio),
        Fact(_("Applicants for each place at least"), one.opening),
        Fact(_("Weights"), _("written %(written)s %%, interview %(interview)s %%") % weights),
        Fact(_("Between equal totals counts"), one.get_tie_display()),
    ]  # fmt: skip
    return Body(facts=facts)


def _step(name: str, label: Any, done: Any, sources: tuple[str, ...], target: str, **more: Any) -> Transition:
    return Transition(name, label, done, sources, target, **{"own": True, **more})


RECRUITING: Final = Workflow(
    kind=KIND,
    label=gettext_lazy("Recruitment"),
    initial="draft",
    states=(
        State("draft", gettext_lazy("notice being drawn up"), desk=RECRUIT),
        State("submitted", gettext_lazy("notice being decided"), desk=DECIDE, days=lambda _case: 10),
        State("applications", gettext_lazy("applications"), desk=RECRUIT),
        State("written", gettext_lazy("written exam"), desk=RECRUIT),
        State("interviews", gettext_lazy("interviews"), desk=RECRUIT),
        State("checking", gettext_lazy("checks of those called"), desk=RECRUIT),
        State("publicity", pgettext_lazy("recruitment", "publicity"), desk=DECIDE),
        State("hired", gettext_lazy("hires made"), desk=RECRUIT, tone="green"),
        State("done", pgettext_lazy("recruitment", "finished"), tone="green"),
        State("cancelled", pgettext_lazy("recruitment", "cancelled"), tone="red"),
    ),
    transitions=(
        _step("submit", gettext_lazy("Send for approval"), gettext_lazy("Sent for approval"), ("draft",), "submitted",
              guard=planning.why_not_notice, primary=True),
        Transition("approve", gettext_lazy("Publish the notice"), gettext_lazy("Notice published"), ("submitted",), "applications",
                   guard=planning.why_not_notice, effect=planning.publish_notice, primary=True),
        Transition("return", gettext_lazy("Return"), gettext_lazy("Returned"), ("submitted",), "draft", comment="needed"),
        _step("close", gettext_lazy("Close applications"), gettext_lazy("Applications closed"), ("applications",), "written",
              guard=examining.why_not_close, effect=examining.close_applications, primary=True),
        _step("list", gettext_lazy("Draw up the interview list"), gettext_lazy("Interview list drawn up"), ("written",), "interviews",
              guard=examining.why_not_list, effect=examining.list_interviews, primary=True),
        _step("rank", gettext_lazy("Work out totals and places"), gettext_lazy("Ranked, the best are called"), ("interviews",), "checking",
              guard=examining.why_not_rank, effect=calling.rank_and_call, primary=True),
        _step("check", gettext_lazy("Enter a check"), gettext_lazy("Check entered"), ("checking",), "checking", form=CheckForm,
              guard=calling.why_not_check, effect=calling.check, icon="check"),
        _step("call", gettext_lazy("Call the next in rank"), gettext_lazy("Next in rank called"), ("checking",), "checking",
              guard=calling.why_not_call, effect=calling.call_first, icon="users"),
        _step("fall_out", gettext_lazy("Somebody falls out"), gettext_lazy("Fell out"), ("checking",), "checking", form=FallOutForm,
              effect=calling.fall_out, icon="x"),
        _step("publish", gettext_lazy("Publish who is to be hired"), gettext_lazy("Published"), ("checking",), "publicity",
              guard=calling.why_not_publish, effect=calling.publish_called, primary=True),
        _step("leave", gettext_lazy("Somebody withdraws"), gettext_lazy("Withdrew while published"), ("publicity",), "publicity",
              permission=RECRUIT, form=FallOutForm, effect=calling.fall_out, icon="x"),
        Transition("hire", gettext_lazy("Hire"), gettext_lazy("Hired"), ("publicity",), "hired", form=HireForm,
                   guard=calling.why_not_hire, effect=calling.hire_published, primary=True),
        _step("again", gettext_lazy("Back to the checks"), gettext_lazy("Taken back to the checks"), ("publicity",), "checking",
              permission=RECRUIT, guard=calling.why_not_again, icon="undo"),
        _step("call_next", gettext_lazy("Call the next in rank"), gettext_lazy("Next in rank called"), ("hired",), "checking",
              guard=calling.why_not_call, effect=calling.call_first, icon="users"),
        _step("finish", gettext_lazy("Finish"), gettext_lazy("Finished"), ("hired",), "done", guard=calling.why_not_finish),
        _step("give_up", gettext_lazy("End without further hires"), gettext_lazy("Ended"), ("checking",), "done",
              guard=calling.why_not_finish, comment="needed"),
        _step("cancel", pgettext_lazy("recruitment", "Cancel"), pgettext_lazy("recruitment", "Cancelled"),
              ("draft", "applications", "written", "interviews", "checking"), "cancelled", guard=calling.why_not_cancel, comment="needed",
              danger=True),
    ),
    subjects=_recruitments,
    people=_nobody,
    body=_body,
    way=("draft", "applications", "written", "interviews", "checking", "publicity", "hired"),
    look=(RECRUIT, DECIDE),
    help=gettext_lazy(
        "The notice fixes ratio, minimum, weights and what decides between equal totals before anybody applies. Each step follows from "
        "the one before; whoever falls out is followed by the next in rank; nobody is hired before the publicity is over and every "
        "objection answered."
    ),
    references=REFERENCES,
)  # fmt: skip


def _applications(cases: Sequence[Any], _actor: Any) -> Mapping[int, Subject]:
    found = {}
    for key, one in of_cases(cases).items():
        said = {"name": name_of(one), "serial": one.serial}
        title = _("%(name)s, application %(serial)s") % said
        sub = _("%(title)s, post %(post)s") % {"title": one.recruitment.title, "post": one.post.number}
        found[key] = Subject(title, sub, reverse("recruitment", args=[one.recruitment.public_id]))
    return found


def _application(case: Any, actor: Any) -> Body:
    one = of_cases([case])[case.pk]
    said = said_of(one)
    coded = {
        "education": "education",
        "degree": "degree",
        "certificate": "teaching_certificate",
        "putonghua": "putonghua_level",
    }
    labels = {
        "birth": _("Date of birth"), "education": pgettext("level", "Education"), "degree": _("Degree"), "major": _("Major"),
        "school": _("School or university"), "graduated": _("Graduated"), "certificate": _("Teacher qualification"),
        "putonghua": _("Level of Putonghua"), "experience": _("Studies and work so far"),
    }  # fmt: skip
    shown = [
        Fact(label, code_label(coded[name], said[name]) if name in coded and said.get(name) else said.get(name, ""))
        for name, label in labels.items()
    ]
    facts = [
        Fact(pgettext("recruitment", "Post"), one.post.number, sub=condition_words(one.post)),
        Fact(_("Identity number"), one.number.masked, number=True),
        Fact(_("Telephone"), one.phone.masked),
        Fact(_("How far"), one.get_stage_display(), sub=one.why),
    ]
    if one.source_row is not None:
        facts.append(
            Fact(
                _("Came with"), _("a workbook of the exam office"),
                sub=_("Not returned to the applicant: what is wrong is put right by the next workbook."),
            )
        )  # fmt: skip
    files = [(row.file, reverse("applicant_file", args=[row.public_id])) for row in one.files.select_related("file")]
    context = {"said": shown, "files": files, "reveal_url": reverse("applicant_reveal", args=[one.public_id])}
    findings = [
        Finding(
            *finding_words(found), "green" if found.met else "red" if found.met is False else "amber",
            "ok" if found.met else "no" if found.met is False else "alert", reference=found.reference,
        )
        for found in findings_of(one)
    ]  # fmt: skip
    teacher = file_now(one)
    if teacher is not None:
        facts.append(Fact(_("Teacher file"), teacher.name, url=reverse("teacher", args=[teacher.public_id])))
    elif one.stage not in OVER and said and (known := on_file_by(one.number.reveal(), actor.on)):
        words = known.why_not or _("They left. Their file goes on where they are hired.")
        findings.append(Finding(_("Somebody with this identity number has a file"), words, "amber", "alert"))
    return Body(findings=findings, facts=facts, template="personnel/application_body.html", context=context)


def _not_offered(cases: Sequence[Any]) -> Mapping[int, tuple[str, ...]]:
    """Whoever came with a workbook holds no receipt number by which to mend what they said: it is not returned to them."""
    rows = Applicant._base_manager.filter(case__in=[case.pk for case in cases], source_row__isnull=False)
    return dict.fromkeys(rows.values_list("case", flat=True), ("return",))


APPLYING: Final = Workflow(
    kind=APPLICATION,
    label=gettext_lazy("Application"),
    initial="applied",
    states=(
        State("applied", gettext_lazy("being checked"), desk=RECRUIT, days=lambda case: rules_of(case.origin, case.opened_on).check),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber"),
        State("qualified", gettext_lazy("qualified"), tone="green"),
        State("refused", pgettext_lazy("applicant", "not qualified"), tone="red"),
        State("withdrawn", pgettext_lazy("applicant", "withdrawn")),
    ),
    transitions=(
        Transition(
            "qualify", gettext_lazy("Qualified"), gettext_lazy("Qualified"), ("applied",), "qualified", guard=applying.why_not_qualify,
            effect=applying.qualified, primary=True, bulk=True, icon="check",
        ),
        Transition(
            "return", gettext_lazy("Return"), gettext_lazy("Returned"), ("applied",), "returned", reasons="application_return",
            comment="needed", guard=applying.why_not_return, icon="undo",
        ),
        Transition(
            "refuse", pgettext_lazy("applicant", "Not qualified"), pgettext_lazy("applicant", "Not qualified"), ("applied", "returned"),
            "refused", permission=RECRUIT, reasons="application_refusal", comment="needed", effect=applying.refused, danger=True,
        ),
        Transition(
            "resend", gettext_lazy("Send again"), gettext_lazy("Sent again"), ("returned",), "applied", permission=OWNER, own=True,
            effect=applying.take_mended,
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("applied", "returned"), "withdrawn", permission=OWNER,
            own=True, effect=applying.withdrawn,
        ),
    ),
    subjects=_applications,
    without=_not_offered,
    people=_nobody,
    body=_application,
    way=("applied", "qualified"),
    look=(DECIDE,),
    help=gettext_lazy(
        "The office compares what an applicant says with the conditions of the notice and the papers. What can be mended goes back: the "
        "applicant reads why by their receipt number, mends it and sends it again."
    ),
    references=REFERENCES,
)  # fmt: skip

FLOWS: Final = (PLANNING, RECRUITING, APPLYING)
