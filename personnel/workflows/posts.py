"""The posts of a unit are proposed, looked at by the bureau above, and set (岗位设置)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import label, values_of
from core.org.models import UnitProfile
from core.web.parts import Cell, Column, Fact, Finding, Link, Row, Table
from core.workflow.definition import OWNER, Body, State, Subject, Transition, Workflow
from personnel import rules
from personnel.forms.posts import ApproveForm
from personnel.models import PostProposal
from personnel.selectors.finding_words import post_words, said
from personnel.selectors.posts import DECIDE, PROPOSE, SETTING, UnitPosts, place_of, posts_of, structure_at
from personnel.services.post_settings import approve_posts, why_not_approve

REFERENCES: Final = (
    Link(gettext_lazy("Trial measures for setting up posts in public institutions (2006 No. 70)")),
    Link(gettext_lazy("Guiding opinion on posts of primary and secondary schools (2022 No. 58)")),
)


def proposals(cases: Sequence[Any]) -> Mapping[int, PostProposal]:
    """The proposals of cases, by the case: two queries."""
    rows = PostProposal._base_manager.filter(case__in=[case.pk for case in cases]).select_related("unit")
    return {row.case_id: row for row in rows.prefetch_related("lines")}


def _subjects(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    known, values = proposals(cases), values_of(actor)
    values.prime(units=[one.unit_id for one in known.values()])
    return {
        key: Subject(
            _("%(unit)s: posts from %(day)s on") % {"unit": values.unit(one.unit_id), "day": one.begins}, one.words,
            reverse("unit_posts", args=[one.unit.public_id]),
        )
        for key, one in known.items()
    }  # fmt: skip


def _people(_cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {}


def _body(case: Any, actor: Any) -> Body:
    proposal, values = proposals([case])[case.pk], values_of(actor)
    lines = list(proposal.lines.all())
    facts = [
        Fact(label(PostProposal, "unit"), values.unit(proposal.unit_id), url=reverse("unit_posts", args=[proposal.unit.public_id])),
        Fact(label(PostProposal, "begins"), proposal.begins),
        Fact(label(PostProposal, "document"), proposal.document),
        Fact(_("Posts in all"), sum(one.number for one in lines), number=True),
    ]  # fmt: skip
    return Body(
        findings=structure_findings({one.level: one.number for one in lines if not one.special}, proposal.unit, proposal.begins),
        facts=[one for one in facts if one.value not in ("", None)], template="personnel/post_proposal_body.html",
        context={"posts_table": _table(lines, posts_of(proposal.unit, actor.on))},
    )  # fmt: skip


def structure_findings(numbers: Mapping[str, int], unit: Any, on: Any) -> list[Finding]:
    """What the ratios say to numbers of posts."""
    profile = (
        UnitProfile._base_manager.filter(unit=unit, valid__contains=on).values_list("office_type", flat=True).first()
    )
    found: list[Finding] = []
    for one in rules.check_structure(numbers, profile or "", structure_at(on, unit)):
        heading, text = said(one)
        found.append(
            Finding(
                heading,
                text,
                "green" if one.met else "amber",
                "ok" if one.met else "alert",
                reference="" if found else one.reference,
            )
        )
    return found


def _table(lines: Sequence[Any], now: UnitPosts) -> Table:
    """Each level: what is asked beside what is approved and appointed now."""
    asked = {(one.level, one.special): one.number for one in lines}
    present = {(one.level, one.special): one for one in now.rows}
    columns = [
        Column("level", pgettext("posts", "Level")),
        Column("asked", _("Proposed"), number=True),
        Column("approved", _("Approved now"), number=True),
        Column("appointed", _("Appointed now"), number=True),
    ]
    rows = []
    for key in sorted({*asked, *present}, key=lambda key: (key[1], place_of(key[0]))):
        held, number = present.get(key), asked.get(key, 0)
        taken = held.appointed if held is not None else 0
        words = _("%(level)s, special post") % {"level": post_words(key[0])} if key[1] else post_words(key[0])
        too_few = Cell(number, tone="red", icon="alert") if number < taken else number
        rows.append(Row([words, too_few, held.approved if held is not None else 0, taken]))
    return Table(_("Posts by level"), columns, rows)


SETTING_POSTS: Final = Workflow(
    kind=SETTING,
    label=gettext_lazy("Setting of posts"),
    initial="proposed",
    states=(
        State("proposed", gettext_lazy("being looked at"), desk=DECIDE),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("approved", gettext_lazy("approved"), tone="green"),
        State("refused", gettext_lazy("refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
    ),
    transitions=(
        Transition(
            "approve", gettext_lazy("Approve"), gettext_lazy("Approved"), ("proposed",), "approved", form=ApproveForm,
            guard=why_not_approve, effect=approve_posts, primary=True, icon="check",
        ),
        Transition(
            "return", gettext_lazy("Return"), gettext_lazy("Returned"), ("proposed",), "returned", comment="needed", icon="undo"
        ),
        Transition(
            "refuse", gettext_lazy("Refuse"), gettext_lazy("Refused"), ("proposed",), "refused", comment="needed", danger=True
        ),
        Transition(
            "resend", gettext_lazy("Send again"), gettext_lazy("Sent again"), ("returned",), "proposed", permission=OWNER, own=True,
            comment="needed", primary=True,
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("proposed", "returned"), "withdrawn", permission=OWNER,
            own=True,
        ),
    ),
    subjects=_subjects,
    people=_people,
    body=_body,
    way=("proposed", "approved"),
    look=(PROPOSE,),
    help=gettext_lazy(
        "A unit proposes how many posts of each level it is to have from a day on; the bureau above compares them with the structure "
        "ratios and with who is appointed, and approves them under a document number. From then on nobody is appointed beyond them."
    ),
    references=REFERENCES,
)  # fmt: skip
