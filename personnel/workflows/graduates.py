"""Graduates are placed, report for duty or do not; special posts end: onto a seat or away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.codes.values import label, values_of
from core.documents.models import IssuedDocument
from core.web.parts import Fact, Finding, Link
from core.workflow.definition import OWNER, Body, State, Subject, Transition, Workflow
from personnel.forms.graduates import ApprovePlacementForm, DeferForm, ReportForm
from personnel.models import Graduate, Placement, SpecialPostEnd
from personnel.selectors.graduates import PLACE, SPECIAL, name_of, why_no_seat
from personnel.selectors.recruitment import DECIDE, RECRUIT
from personnel.services import graduates as placing
from personnel.services.special_posts import end_special_post, first_day, why_not_end

DAYS: Final = 10
FREE_REFERENCES: Final = (
    Link(gettext_lazy("Measures of publicly funded education of normal students (2018 No. 75)")),
    Link(gettext_lazy("Regulation on the establishment of local governments (Order 486), article 6")),
)
SPECIAL_REFERENCES: Final = (Link(gettext_lazy("Circular on special posts in rural schools (Jiao Shi 2006 No. 2)")),)


def _nobody(_cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {}


def placements(cases: Sequence[Any]) -> Mapping[int, Placement]:
    """The placements of cases, by the case: one query."""
    rows = Placement._base_manager.filter(case__in=[case.pk for case in cases])
    return {row.case_id: row for row in rows.select_related("graduate__key", "unit", "paper")}


def _placed(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    known, values = placements(cases), values_of(actor)
    values.prime(units=[one.unit_id for one in known.values()])
    return {
        key: Subject(
            _("%(name)s: placed at %(unit)s") % {"name": name_of(one.graduate), "unit": values.unit(one.unit_id)},
            pgettext("list separator", ", ").join([str(one.graduate.get_kind_display()), str(one.starts)]),
            reverse("graduate", args=[one.graduate.public_id]),
        )
        for key, one in known.items()
    }  # fmt: skip


def paper_url(one: Placement, actor: Any) -> str:
    """Where the report slip is read; "" for who may not."""
    if one.paper is None or not actor.may("documents.view"):
        return ""
    seen = IssuedDocument.objects.visible_to(actor).filter(pk=one.paper_id).exists()
    return reverse("paper", args=[one.paper.public_id]) if seen else ""


def _placement_body(case: Any, actor: Any) -> Body:
    one, values = placements([case])[case.pk], values_of(actor)
    graduate: Graduate = one.graduate
    wishes = list(graduate.wishes.order_by("place"))
    values.prime(units=[wish.unit_id for wish in wishes])
    wished = next((wish.place for wish in wishes if wish.unit_id == one.unit_id), None)
    facts = [
        Fact(_("Graduate"), name_of(graduate), sub=str(graduate.get_kind_display()), url=reverse("graduate", args=[graduate.public_id])),
        Fact(_("Unit"), values.unit(one.unit_id), sub=_("wish %(place)s") % {"place": wished} if wished else _("none of the wishes")),
        Fact(_("Wishes"), pgettext("list separator", ", ").join(values.unit(wish.unit_id) for wish in wishes)),
        Fact(label(Placement, "starts"), one.starts), Fact(label(Placement, "report_by"), one.report_by),
        Fact(_("Document number"), one.document),
        Fact(_("Report slip"), one.paper.number if one.paper is not None else "", url=paper_url(one, actor)),
        Fact(
            _("On staff"), graduate.hired.name if graduate.hired is not None else "",
            url=reverse("teacher", args=[graduate.hired.public_id]) if graduate.hired is not None else "",
        ),
    ]  # fmt: skip
    findings = []
    if case.desk and why_no_seat(one.unit, one.starts):
        findings = [
            Finding(
                _("No vacant seat"), _("Move seats to the school first, or place the graduate elsewhere."), "red", "no"
            )
        ]
    return Body(findings=findings, facts=[fact for fact in facts if fact.value not in ("", None)])


PLACING: Final = Workflow(
    kind=PLACE,
    label=gettext_lazy("Placement of a graduate"),
    initial="proposed",
    states=(
        State("proposed", gettext_lazy("being decided"), desk=DECIDE, days=lambda _case: DAYS),
        State("placed", pgettext_lazy("graduate", "placed, to report"), desk=RECRUIT, tone="amber"),
        State("reported", pgettext_lazy("graduate", "reported, on staff"), tone="green"),
        State("absent", pgettext_lazy("graduate", "did not report"), tone="red"),
        State("refused", pgettext_lazy("graduate", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
    ),
    transitions=(
        Transition(
            "approve", gettext_lazy("Approve"), pgettext_lazy("case", "Approved"), ("proposed",), "placed", form=ApprovePlacementForm,
            guard=placing.why_not_place, effect=placing.place, primary=True, icon="check",
        ),
        Transition(
            "refuse", pgettext_lazy("graduate", "Refuse"), pgettext_lazy("graduate", "Refused"), ("proposed",), "refused",
            effect=placing.drop, comment="needed", danger=True,
        ),
        Transition(
            "report", pgettext_lazy("graduate", "Record that they reported"), pgettext_lazy("graduate", "Reported"), ("placed",),
            "reported", form=ReportForm, guard=placing.why_not_report, effect=placing.report, own=True, primary=True, icon="check",
        ),
        Transition(
            "defer", pgettext_lazy("graduate", "Put the report off"), pgettext_lazy("graduate", "Report put off"), ("placed",), "placed",
            form=DeferForm, guard=placing.why_not_defer, effect=placing.defer, own=True, comment="needed", icon="clock",
        ),
        Transition(
            "absent", pgettext_lazy("graduate", "Did not report"), pgettext_lazy("graduate", "Did not report"), ("placed",), "absent",
            guard=placing.why_not_absent, effect=placing.absent, own=True, comment="needed", danger=True,
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("proposed",), "withdrawn", permission=OWNER, own=True,
            effect=placing.drop,
        ),
    ),
    subjects=_placed,
    people=_nobody,
    body=_placement_body,
    way=("proposed", "placed", "reported"),
    look=(RECRUIT,),
    help=gettext_lazy(
        "A bureau places a graduate at a school with a vacant seat; a second person decides, and the report slip is issued. Who reports "
        "is on staff at once: file, employment, seat and contract with its probation in one change."
    ),
    references=FREE_REFERENCES,
)  # fmt: skip


def special_ends(cases: Sequence[Any]) -> Mapping[int, SpecialPostEnd]:
    """The ends of special posts of cases, by the case: one query."""
    rows = SpecialPostEnd._base_manager.filter(case__in=[case.pk for case in cases])
    return {row.case_id: row for row in rows.select_related("teacher", "unit")}


def _ending(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    known, values = special_ends(cases), values_of(actor)
    values.prime(units=[one.unit_id for one in known.values()])
    return {
        key: Subject(
            _("%(name)s: special post ends on %(day)s") % {"name": one.teacher.name, "day": rules_last(one)},
            pgettext("list separator", ", ").join([values.unit(one.unit_id), str(one.get_outcome_display())]),
            reverse("teacher", args=[one.teacher.public_id]) + "?tab=work",
        )
        for key, one in known.items()
    }  # fmt: skip


def rules_last(one: SpecialPostEnd) -> Any:
    """The last day of the term."""
    return type(one.ends).fromordinal(one.ends.toordinal() - 1)


def _special_people(cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {key: {one.teacher.user_id} for key, one in special_ends(cases).items() if one.teacher.user_id is not None}


def _special_body(case: Any, actor: Any) -> Body:
    one, values = special_ends([case])[case.pk], values_of(actor)
    facts = [
        Fact(label(SpecialPostEnd, "teacher"), one.teacher.name, url=reverse("teacher", args=[one.teacher.public_id])),
        Fact(
            label(SpecialPostEnd, "unit"),
            values.unit(one.unit_id),
            url=reverse("unit_seats", args=[one.unit.public_id]),
        ),
        Fact(_("Last day of the term"), rules_last(one)),
        Fact(label(SpecialPostEnd, "outcome"), one.get_outcome_display(), sub=one.words),
        Fact(label(SpecialPostEnd, "verdict"), values.code("probation_verdict", one.verdict)),
        Fact(_("Document number"), one.document),
    ]
    findings = []
    if case.desk and one.outcome == SpecialPostEnd.Outcome.STAYS:
        short = why_no_seat(one.unit, first_day(one, actor.on))
        text = (
            _("Move seats to the school first.")
            if short
            else _("The seat is occupied from the first day after the term on.")
        )
        findings = [
            Finding(
                _("No vacant seat") if short else _("A seat is free"),
                text,
                *(("red", "no") if short else ("green", "ok")),
            )
        ]
    return Body(findings=findings, facts=[fact for fact in facts if fact.value not in ("", None)])


ENDING: Final = Workflow(
    kind=SPECIAL,
    label=gettext_lazy("End of a special post"),
    initial="proposed",
    states=(
        State("proposed", gettext_lazy("being decided"), desk=DECIDE, days=lambda _case: DAYS),
        State("decided", pgettext_lazy("special post", "decided"), tone="green"),
        State("refused", pgettext_lazy("special post", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
    ),
    transitions=(
        Transition(
            "decide", pgettext_lazy("special post", "Decide as proposed"), pgettext_lazy("special post", "Decided"), ("proposed",),
            "decided", form=ApprovePlacementForm, guard=why_not_end, effect=end_special_post, primary=True, icon="check",
        ),
        Transition(
            "refuse", pgettext_lazy("special post", "Refuse"), pgettext_lazy("special post", "Refused"), ("proposed",), "refused",
            comment="needed", danger=True,
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("proposed",), "withdrawn", permission=OWNER, own=True,
        ),
    ),
    subjects=_ending,
    people=_special_people,
    body=_special_body,
    way=("proposed", "decided"),
    look=(RECRUIT,),
    help=gettext_lazy(
        "After the years of the parameter a special-post teacher who passed comes onto a seat of the school, if one is free, or leaves."
    ),
    references=SPECIAL_REFERENCES,
)  # fmt: skip
FLOWS: Final = (PLACING, ENDING)
