"""Headships are proposed and decided at the level of the authority (任免); the reserve of a year is drawn up and decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import label, period_words, values_of
from core.rules import Finding as Found
from core.web.parts import Cell, Column, Fact, Finding, Link, Row, Table
from core.workflow.definition import OWNER, Body, State, Subject, Transition, Workflow
from personnel import rules
from personnel.forms.cadres import DecideForm
from personnel.models import HeadshipProposal, Reserve
from personnel.selectors.cadres import DECIDE, KIND, PROPOSE, RESERVE, members_of, nomination_findings, places_of
from personnel.selectors.finding_words import post_words, said
from personnel.selectors.posts import appointments_of
from personnel.services.cadres import decide_headship, wanted_of, why_not_decide, why_taken
from personnel.services.reserves import why_not_send

DAYS: Final = 20
TONES: Final = {True: ("green", "ok"), False: ("red", "no"), None: ("amber", "alert")}
REFERENCES: Final = (
    Link(gettext_lazy("Interim measures on leaders of primary and secondary schools (2017 No. 3)")),
    Link(gettext_lazy("Provisions on leaders of public institutions (2022)")),
)


def proposals(cases: Sequence[Any]) -> Mapping[int, HeadshipProposal]:
    """The proposals of cases, by the case: one query."""
    rows = HeadshipProposal._base_manager.filter(case__in=[case.pk for case in cases])
    return {row.case_id: row for row in rows.select_related("teacher", "unit", "removes__unit")}


def headship_words(proposal: HeadshipProposal, values: Any) -> tuple[str, str]:
    """What is to begin and what is to end, in words; "" for what is not."""
    begins = ends = ""
    if proposal.headship:
        post = values.code("headship", proposal.headship)
        post = _("acting %(headship)s") % {"headship": post} if proposal.acting else post
        begins = f"{values.unit(proposal.unit_id)} {post}"
    if proposal.removes is not None:
        ends = f"{values.unit(proposal.removes.unit_id)} {values.code('headship', proposal.removes.headship)}"
    return begins, ends


def _subjects(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    known, values = proposals(cases), values_of(actor)
    values.prime(units=[key for one in known.values() for key in _units(one)])
    return {key: _subject(one, values) for key, one in known.items()}


def _units(one: HeadshipProposal) -> list[int | None]:
    return [one.unit_id, one.removes.unit_id if one.removes is not None else None]


def _subject(one: HeadshipProposal, values: Any) -> Subject:
    begins, ends = headship_words(one, values)
    told = [
        _("to begin: %(what)s") % {"what": begins} if begins else "",
        _("to end: %(what)s") % {"what": ends} if ends else "",
    ]
    heading = _("%(name)s: headship from %(day)s on") % {"name": one.teacher.name, "day": one.begins}
    sub = pgettext("clause separator", "; ").join(filter(None, told))
    return Subject(heading, sub, reverse("teacher", args=[one.teacher.public_id]) + "?tab=work")


def _people(cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {key: {one.teacher.user_id} for key, one in proposals(cases).items() if one.teacher.user_id is not None}


def _about_oneself(actor: Any) -> Q:
    """Whom it is about is not told before it is decided, whatever their role."""
    return Q(headship_proposal__teacher__user=actor.user.pk) & ~Q(state="decided")


def _body(case: Any, actor: Any) -> Body:
    one, values = proposals([case])[case.pk], values_of(actor)
    begins, ends = headship_words(one, values)
    key = [one.teacher.public_id]
    facts = [
        Fact(label(HeadshipProposal, "teacher"), one.teacher.name, url=reverse("teacher", args=key)),
        Fact(_("To begin"), begins, url=reverse("unit_heads", args=[one.unit.public_id])),
        Fact(_("To end"), ends, sub=values.code("headship_end", one.ended_how)),
        Fact(label(HeadshipProposal, "begins"), one.begins),
        Fact(label(HeadshipProposal, "years"), one.years, number=True),
        Fact(label(HeadshipProposal, "probation"), _("yes") if one.probation else ""),
        Fact(label(HeadshipProposal, "exception"), one.exception),
        _posts(one, values),
        Fact(_("Form"), _("Form of appointment and removal of cadres"), url=reverse("teacher_papers", args=key)),
    ]  # fmt: skip
    return Body(
        findings=_findings(one) if case.desk else [], facts=[fact for fact in facts if fact.value not in ("", None)]
    )


def _posts(one: HeadshipProposal, values: Any) -> Fact:
    """Which posts the person holds: who leads and teaches has a second one of another family."""
    held = appointments_of(one.teacher, one.begins)
    told = [f"{post_words(post.level)} {period_words(post.valid)}" for post in held]
    families = {rules.family_of(post.level) for post in held}
    dual = held and len(families) == 1 and rules.MANAGEMENT not in families and one.headship
    sub = _(
        "A post of management beside it is a second post: it is appointed on the person's page, under its document."
    )
    return Fact(
        _("Posts held"), pgettext("list separator", ", ").join(told), sub=sub if dual else "",
        url=reverse("post_appoint", args=[one.teacher.public_id]) if held else "",
    )  # fmt: skip


def nomination_shown(found: Sequence[Found]) -> list[Finding]:
    """What the rules say, for pages."""
    return [
        Finding(*said(one), *TONES[one.met], reference=one.reference if not place else "")
        for place, one in enumerate(found)
    ]


def _findings(one: HeadshipProposal) -> list[Finding]:
    wanted = wanted_of(one)
    if wanted is None:
        return []
    shown = nomination_shown(nomination_findings(wanted))
    taken = why_taken(wanted)
    return [*([Finding(_("The post is not free"), taken, "red", "no")] if taken else []), *shown]


HEADING: Final = Workflow(
    kind=KIND,
    label=gettext_lazy("Appointment and removal of cadres"),
    initial="proposed",
    states=(
        State("proposed", gettext_lazy("being decided"), desk=DECIDE, days=lambda _case: DAYS),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("decided", pgettext_lazy("headship", "decided"), tone="green"),
        State("refused", pgettext_lazy("headship", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
    ),
    transitions=(
        Transition(
            "decide", pgettext_lazy("headship", "Decide as proposed"), pgettext_lazy("headship", "Decided"), ("proposed",), "decided",
            form=DecideForm, guard=why_not_decide, effect=decide_headship, primary=True, icon="check",
        ),
        Transition(
            "return", gettext_lazy("Return"), gettext_lazy("Returned"), ("proposed",), "returned", comment="needed", icon="undo",
        ),
        Transition(
            "refuse", pgettext_lazy("headship", "Refuse"), pgettext_lazy("headship", "Refused"), ("proposed",), "refused",
            comment="needed", danger=True,
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
    way=("proposed", "decided"),
    withheld=_about_oneself,
    help=gettext_lazy(
        "A headship is proposed to the bureau that decides on it by the parameters. Decided, it begins on its day, and the one that it "
        "follows ends, whether or not anything runs. Whom it is about is not told before."
    ),
    references=REFERENCES,
)  # fmt: skip


def _reserves(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    rows = Reserve._base_manager.filter(case__in=[case.pk for case in cases])
    known, values = {row.case_id: row for row in rows}, values_of(actor)
    values.prime(units=[one.unit_id for one in known.values()])
    return {
        key: Subject(
            _("%(unit)s: reserve of cadres %(year)s") % {"unit": values.unit(one.unit_id), "year": one.year}, one.words,
            reverse("reserve", args=[one.public_id]),
        )
        for key, one in known.items()
    }  # fmt: skip


def _in_reserve(cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    rows = Reserve._base_manager.filter(case__in=[case.pk for case in cases], members__teacher__user__isnull=False)
    found: dict[int, set[int]] = {}
    for case, user in rows.values_list("case", "members__teacher__user"):
        found.setdefault(case, set()).add(user)
    return found


def _reserve_body(case: Any, actor: Any) -> Body:
    one = Reserve._base_manager.get(case=case)
    number = members_of(one).count()
    text = ngettext("%(n)s person", "%(n)s people", number) % {"n": number}
    return Body(
        facts=[Fact(_("In the list"), text, url=reverse("reserve", args=[one.public_id]))],
        template="personnel/reserve_body.html", context={"reserve_table": member_table(one, actor)},
    )  # fmt: skip


def member_table(reserve: Reserve, actor: Any) -> Table:
    """Who stands in a list: name, unit, headship in view, named by whom, why."""
    members = list(members_of(reserve))
    units = places_of([one.teacher_id for one in members], actor.on)
    values = values_of(actor)
    values.prime(units=list(units.values()))
    columns = [
        Column("name", _("Name")), Column("unit", _("Unit")), Column("headship", _("Headship in view")),
        Column("by", pgettext("reserve", "Named by")), Column("words", _("Why")),
    ]  # fmt: skip
    rows = [
        Row(
            [
                Cell(one.teacher.name, reverse("teacher", args=[one.teacher.public_id])), values.unit(units.get(one.teacher_id)),
                code_label("headship", one.headship), one.named_by, one.words,
            ]
        )
        for one in members
    ]  # fmt: skip
    return Table(_("In the list"), columns, rows)


RESERVING: Final = Workflow(
    kind=RESERVE,
    label=gettext_lazy("Reserve of cadres"),
    initial="draft",
    states=(
        State("draft", gettext_lazy("being drawn up"), desk=PROPOSE),
        State("sent", gettext_lazy("being decided"), desk=DECIDE, days=lambda _case: DAYS),
        State("decided", pgettext_lazy("reserve", "decided"), tone="green"),
        State("dropped", pgettext_lazy("plan", "dropped")),
    ),
    transitions=(
        Transition(
            "send", gettext_lazy("Send for approval"), gettext_lazy("Sent for approval"), ("draft",), "sent", own=True,
            guard=why_not_send, primary=True,
        ),
        Transition("decide", gettext_lazy("Approve"), pgettext_lazy("case", "Approved"), ("sent",), "decided", primary=True, icon="check"),
        Transition("return", gettext_lazy("Return"), gettext_lazy("Returned"), ("sent",), "draft", comment="needed", icon="undo"),
        Transition(
            "drop", pgettext_lazy("plan", "Drop"), pgettext_lazy("plan", "Dropped"), ("draft",), "dropped", own=True, comment="needed",
            danger=True,
        ),
    ),
    subjects=_reserves,
    people=_in_reserve,
    body=_reserve_body,
    way=("draft", "sent", "decided"),
    look=(PROPOSE,),
    help=gettext_lazy("A bureau draws up whom it means to prepare for headships in a year; a second person decides on the list."),
    references=REFERENCES,
)  # fmt: skip
FLOWS: Final = (HEADING, RESERVING)
