"""The review of the three ages and two histories (三龄两历), from compiling to the decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.web.parts import Badge, Fact, Finding, Link
from core.workflow.definition import Body, State, Subject, Transition, Workflow
from personnel.forms.dossier import ProposeForm
from personnel.models import ReviewItem
from personnel.selectors.dossier import DECIDE, KEEP, REVIEW, VIEW, is_own
from personnel.selectors.dossier_reviews import looked_at, reviewing_for, reviews, words_of
from personnel.services.dossier import note_dossier
from personnel.services.dossier_reviews import decide, propose, why_not_decide

REFERENCES: Final = (
    Link(gettext_lazy("Regulation on cadre dossiers (2018), review")),
    Link(gettext_lazy("Circular No. 41 (2006) of the Organisation Department on dates of birth")),
)
OWN: Final = gettext_lazy(
    "By the rules nobody reads their own dossier, so its catalogue is not open to you. If your file says something wrong, ask to have it "
    "corrected."
)
TONES: Final = {"agree": "green", "differ": "red", "no_paper": "amber"}


def _days(name: str) -> Any:
    return lambda case: getattr(reviewing_for(case.review.teacher, case.opened_on), name)


def _subjects(cases: Sequence[Any], _actor: Any) -> Mapping[int, Subject]:
    return {
        key: Subject(
            _("%(name)s: ages and histories") % {"name": review.teacher.name}, review.words,
            reverse("teacher_dossier", args=[review.teacher.public_id]),
        )
        for key, review in reviews(cases).items()
    }  # fmt: skip


def _people(cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {key: {row.teacher.user_id} for key, row in reviews(cases).items() if row.teacher.user_id is not None}


def _body(case: Any, actor: Any) -> Body:
    review = reviews([case])[case.pk]
    if is_own(review.teacher, actor):
        return Body(findings=[Finding(_("Dossier"), OWN, "amber", "lock")])
    note_dossier(actor=actor, teachers=[review.teacher_id])
    proposed = {one.item: one for one in review.items.all()}
    rows = _decided(proposed) if not case.desk and proposed else _compared(review, actor, proposed)
    facts = [Fact(_("Occasion"), review.words)]
    if review.paper is not None:
        url = reverse("teacher_paper", args=[review.teacher.public_id]) + f"?paper={review.paper.public_id}"
        facts.append(Fact(_("Decision paper"), review.paper.number, url=url))
    return Body(
        findings=_findings(rows) if case.desk else [], facts=facts, template="personnel/review_body.html",
        context={
            "review_rows": rows, "proposed": bool(proposed), "material_url": reverse("teacher_dossier", args=[review.teacher.public_id]),
        },
    )  # fmt: skip


def _compared(review: Any, actor: Any, proposed: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "item": one.item, "label": ReviewItem.Item(one.item).label, "now": words_of(one.item, one.now), "found": one.found,
            "badge": _badge(proposed[one.item].found if one.item in proposed else one.found),
            "says": [
                {
                    "mark": says.entry.mark, "title": says.entry.material.title, "dated": says.entry.material.dated or "",
                    "value": words_of(one.item, says.value), "agrees": says.agrees or not says.compared, "counts": says.counts,
                }
                for says in one.says
            ],
            "reference": one.finding.reference, "proposed": _proposed(proposed.get(one.item)),
        }
        for one in looked_at(review.teacher, actor.on)
    ]  # fmt: skip


def _decided(proposed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was decided, as it was then."""
    return [
        {
            "item": name, "label": ReviewItem.Item(name).label, "now": words_of(name, one.was), "found": one.found,
            "badge": _badge(one.found), "says": [], "basis": one.basis, "proposed": _proposed(one),
        }
        for name in ReviewItem.Item.values
        if (one := proposed.get(name)) is not None
    ]  # fmt: skip


def _badge(found: str) -> Badge:
    return Badge(ReviewItem.Found(found).label, TONES[found])


def _proposed(item: Any) -> str:
    return words_of(item.item, item.proposed) if item is not None else ""


def _findings(rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    differing = [row for row in rows if row["found"] == "differ" and row["item"] != "experience"]
    silent = [row for row in rows if row["found"] == "no_paper"]
    found = [
        Finding(
            _("%(item)s: the file and the materials differ") % {"item": row["label"]},
            _("The file says %(now)s; the material that counts says %(counts)s.")
            % {"now": row["now"] or "—", "counts": next((one["value"] for one in row["says"] if one["counts"]), "—")},
            "red", "alert", reference=row.get("reference", ""),
        )
        for row in differing
    ]  # fmt: skip
    found += [
        Finding(
            _("%(item)s: no material says it") % {"item": row["label"]},
            _("Enter at the material what it says, or ask for the paper."), "amber", "alert",
        )
        for row in silent
    ]  # fmt: skip
    return found


REVIEWING: Final = Workflow(
    kind=REVIEW,
    label=gettext_lazy("Review of ages and histories"),
    initial="compiling",
    states=(
        State("compiling", gettext_lazy("being compiled"), desk=KEEP, days=_days("compile")),
        State("proposed", gettext_lazy("to be decided"), desk=DECIDE, days=_days("decide"), tone="amber"),
        State("decided", gettext_lazy("decided"), tone="green"),
        State("withdrawn", gettext_lazy("given up")),
    ),
    transitions=(
        Transition(
            "propose", pgettext_lazy("case", "Propose"), pgettext_lazy("case", "Proposed"), ("compiling",),
            "proposed", form=ProposeForm, own=True,
            effect=propose, primary=True, icon="arrow",
        ),
        Transition(
            "decide", gettext_lazy("Decide as proposed"), gettext_lazy("Decided, the file was put right"), ("proposed",), "decided",
            guard=why_not_decide, effect=decide, primary=True, icon="check",
        ),
        Transition(
            "return", gettext_lazy("Return"), gettext_lazy("Returned"), ("proposed",), "compiling", reasons="dossier_return",
            comment="needed", icon="undo",
        ),
        Transition(
            "withdraw", gettext_lazy("Give up"), gettext_lazy("Given up"), ("compiling",), "withdrawn", own=True, comment="needed",
            danger=True,
        ),
    ),
    subjects=_subjects,
    people=_people,
    body=_body,
    way=("compiling", "proposed", "decided"),
    look=(VIEW,),
    help=gettext_lazy(
        "Age, years of work, years in the Party, education and work experience are compared with what the materials of the dossier say. "
        "Of dates of birth the earliest material counts; where the identity number differs, the decision says which one counts. What is "
        "decided goes into the file in the same change, and a decision paper goes into the dossier."
    ),
    references=REFERENCES,
)  # fmt: skip
