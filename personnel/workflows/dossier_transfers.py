"""Dossiers that go to another keeper (转递), from the order to the receipt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.documents.models import IssuedDocument
from core.web.parts import Cell, Column, Fact, Finding, Link, Row, Table
from core.workflow.definition import Body, State, Subject, Transition, Workflow
from personnel.forms.dossier import ReceiveForm, SendForm
from personnel.models import DossierTransfer, Teacher
from personnel.selectors.dossier import DECIDE, KEEP, TRANSFER, VIEW, out_now
from personnel.services.dossier_transfers import (
    receive,
    send,
    transferring_for,
    waits_for_receipt,
    why_not_receive,
    why_not_send,
)

REFERENCES: Final = (Link(gettext_lazy("Regulation on cadre dossiers (2018), transfer")),)
MOST_NAMED: Final = 3


def _days(name: str) -> Any:
    return lambda case: getattr(transferring_for(case.transfer.sender, case.opened_on), name)


def transfers(cases: Sequence[Any]) -> Mapping[int, DossierTransfer]:
    """The transfers of cases, by the case, with what is sent: two queries."""
    rows = DossierTransfer._base_manager.filter(case__in=[case.pk for case in cases]).select_related("case", "paper")
    return {row.case_id: row for row in rows.prefetch_related("sent__teacher")}


def _subjects(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    found = {}
    known, values = transfers(cases), values_of(actor)
    values.prime(units=[key for one in known.values() for key in (one.sender_id, one.receiver_id)])
    for key, transfer in known.items():
        names = [one.teacher.name for one in transfer.sent.all()]
        people = pgettext("list separator", ", ").join(names[:MOST_NAMED])
        if len(names) > MOST_NAMED:
            people = _("%(names)s and %(n)s more") % {"names": people, "n": len(names) - MOST_NAMED}
        title = _("%(names)s: dossier to %(receiver)s") % {"names": people, "receiver": receiver_of(transfer, values)}
        found[key] = Subject(title, _("from %(sender)s") % {"sender": values.unit(transfer.sender_id)})
    return found


def receiver_of(transfer: DossierTransfer, values: Any) -> str:
    """Who receives, in words."""
    return transfer.receiver_name or values.unit(transfer.receiver_id)


def _people(cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {
        key: {one.teacher.user_id for one in transfer.sent.all() if one.teacher.user_id is not None}
        for key, transfer in transfers(cases).items()
    }


def _body(case: Any, actor: Any) -> Body:
    transfer, values = transfers([case])[case.pk], values_of(actor)
    values.prime(units=[transfer.sender_id, transfer.receiver_id])
    sent = list(transfer.sent.all())
    volumes, materials = sum(one.volumes for one in sent), sum(one.materials for one in sent)
    facts = [
        Fact(_("Sending unit"), values.unit(transfer.sender_id)),
        Fact(_("Receiver"), receiver_of(transfer, values)),
        Fact(
            _("Reason"), code_label("dossier_reason", transfer.reason), sub=case.comment if not transfer.sent_on else ""
        ),
        Fact(_("On which document"), transfer.basis),
        Fact(
            _("Counted"),
            _("%(volumes)s volumes, %(materials)s materials") % {"volumes": volumes, "materials": materials},
        ),
    ]
    if transfer.sent_on:
        way = code_label("dossier_channel", transfer.channel)
        facts += [
            Fact(
                pgettext("a dossier", "Sent"),
                transfer.sent_on,
                sub=pgettext("list separator", ", ").join(filter(None, [way, transfer.carriers])),
            )
        ]
    if transfer.paper is not None:
        facts.append(Fact(_("Notice of transfer"), transfer.paper.number, url=_paper_url(transfer, actor)))
    if transfer.received_on:
        facts.append(Fact(_("Received"), transfer.received_on, sub=transfer.received_by))
    return Body(
        findings=_findings(sent, case, actor), facts=[one for one in facts if one.value], template="personnel/transfer_body.html",
        context={"sent_table": _table(sent)},
    )  # fmt: skip


def _paper_url(transfer: DossierTransfer, actor: Any) -> str:
    if transfer.paper is None:
        return ""
    seen = (
        actor.may("documents.view") and IssuedDocument.objects.visible_to(actor).filter(pk=transfer.paper_id).exists()
    )
    return reverse("paper", args=[transfer.paper.public_id]) if seen else ""


def _table(sent: Sequence[Any]) -> Table:
    columns = [
        Column("name", _("Name")), Column("volumes", _("Volumes"), number=True), Column("materials", _("Materials"), number=True),
    ]  # fmt: skip
    return Table(
        _("Dossiers of this transfer"),
        columns,
        [Row([Cell(one.teacher.name), one.volumes, one.materials]) for one in sent],
    )


def _findings(sent: Sequence[Any], case: Any, actor: Any) -> list[Finding]:
    if case.state == "received":
        return _what_comes_next(sent, actor)
    if case.state not in {"asked", "approved"}:
        return []
    lent = [one.teacher.name for one in sent if out_now(one.teacher) is not None]
    empty = [one.teacher.name for one in sent if not one.materials]
    found = []
    if lent:
        said = {"names": pgettext("list separator", ", ").join(lent)}
        found.append(
            Finding(
                _("Lent: %(names)s") % said, _("Take it back before it is sent: nothing is sent in parts."), "red", "no"
            )
        )
    if empty:
        text = ngettext(
            "The notice cannot say how many materials this dossier has. Enter its catalogue first.",
            "The notice cannot say how many materials these dossiers have. Enter their catalogues first.", len(empty),
        )  # fmt: skip
        said = {"names": pgettext("list separator", ", ").join(empty)}
        found.append(Finding(_("No catalogue: %(names)s") % said, text, "amber", "alert"))
    return found or [
        Finding(_("The dossiers are there"), _("None is lent, and each has its catalogue."), "green", "ok")
    ]


def _what_comes_next(sent: Sequence[Any], actor: Any) -> list[Finding]:
    """For a keeper who does not see the people yet: when their catalogues open."""
    people = {one.teacher_id for one in sent}
    if not people or not actor.may(VIEW) or people <= set(_seen(people, actor)):
        return []
    text = _("The catalogue opens here as soon as the person belongs to a unit of yours: record that they came.")
    return [Finding(_("What comes next"), text, icon="info")]


def _seen(people: Collection[int], actor: Any) -> Iterable[int]:
    return Teacher.objects.visible_to(actor).filter(pk__in=people).values_list("pk", flat=True)


TRANSFERRING: Final = Workflow(
    kind=TRANSFER,
    label=gettext_lazy("Transfer of dossiers"),
    initial="asked",
    states=(
        State("asked", gettext_lazy("being decided"), desk=DECIDE, days=_days("decide"), unit=lambda case: case.origin),
        State("approved", gettext_lazy("approved, to be sent"), desk=KEEP, days=_days("send")),
        State(
            "under_way", gettext_lazy("under way, receipt awaited"), desk=KEEP, days=_days("receipt"), unit=waits_for_receipt,
            tone="amber",
        ),
        State("sent_back", gettext_lazy("sent back by the receiver"), desk=KEEP, unit=lambda case: case.origin, tone="red"),
        State("received", gettext_lazy("received"), tone="green"),
        State("refused", pgettext_lazy("dossier", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
    ),
    transitions=(
        Transition(
            "approve", gettext_lazy("Approve"), pgettext_lazy("case", "Approved"), ("asked",), "approved",
            primary=True, icon="check", bulk=True,
        ),
        Transition(
            "refuse", pgettext_lazy("dossier", "Refuse"), pgettext_lazy("dossier", "Refused"), ("asked",),
            "refused", reasons="dossier_return",
            comment="needed", danger=True,
        ),
        Transition(
            "send", gettext_lazy("Send"), gettext_lazy("Sent, the notice was issued"), ("approved",), "under_way", form=SendForm,
            own=True, guard=why_not_send, effect=send, primary=True, icon="mail",
        ),
        Transition(
            "receive", gettext_lazy("Confirm the receipt"), gettext_lazy("Received, the keeper changed"), ("under_way",), "received",
            form=ReceiveForm, own=True, guard=why_not_receive, effect=receive, primary=True, icon="check",
        ),
        Transition(
            "send_back", gettext_lazy("Send back"), gettext_lazy("Sent back"), ("under_way",), "sent_back", own=True,
            reasons="dossier_return", comment="needed", icon="undo",
        ),
        Transition(
            "put_back", gettext_lazy("Put back in the archive"), gettext_lazy("Back in the archive"), ("sent_back",), "withdrawn",
            own=True, comment="needed", primary=True,
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("asked", "approved"), "withdrawn", permission=KEEP, own=True,
        ),
    ),
    subjects=_subjects,
    people=_people,
    body=_body,
    way=("asked", "approved", "under_way", "received"),
    look=(VIEW,),
    help=gettext_lazy(
        "A dossier goes to another keeper under a notice that says how many volumes and materials it has, sealed, by the confidential "
        "service or by two people, never by post and never by the person. The receiver compares it and sends the receipt back; "
        "from that day on it keeps the dossier. A receipt that is late is asked for."
    ),
    references=REFERENCES,
)  # fmt: skip
