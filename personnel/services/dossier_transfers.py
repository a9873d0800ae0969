"""Dossiers that go to another keeper: asking, sending under a notice, the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from core.documents.kinds import all_kinds
from core.documents.services import issue
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.parameters.selectors import at
from core.records.changes import change
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel.models import DossierKeeping, DossierTransfer, Material, SentDossier, Teacher
from personnel.rules import DossierTransferring
from personnel.selectors.dossier import KEEP, TRANSFER, bureau_named, cases_of, keeper_of, keeping_of, out_now
from personnel.services.dossier import must_be_known, note_dossier, set_keeper

NOTICE: Final = "dossier_transfer"
MOST: Final = 60
ISSUED: Final = "档案转递"


def transferring_for(unit: Any, on: Any) -> DossierTransferring:
    """The rules by which a keeper sends dossiers."""
    return at(DossierTransferring, on, unit=unit)


def ask_transfer(
    *, actor: Any, teachers: Sequence[Teacher], receiver: Unit | None, receiver_name: str = "", reason_code: str, words: str,
    basis: str = "", source: str = "page",
) -> DossierTransfer:  # fmt: skip
    """Prepare that dossiers go to another keeper under one notice; who decides on dossiers looks at it first.

    A bureau that is named in full in `receiver_name` is that unit. All dossiers must be with the same keeper, of whom the actor is or who
    is below them. Raises `NotAllowed` without the right, for one's own dossier, for a dossier that is out, or on its way, or kept
    elsewhere, and where the receiver is the keeper or nobody.
    """
    if not actor.may(KEEP):
        raise NotAllowed(_("Your role does not keep dossiers."))
    if not teachers or len(teachers) > MOST:
        raise NotAllowed(_("One notice is for 1 to %(most)s dossiers.") % {"most": MOST})
    if bool(receiver) == bool(receiver_name.strip()):
        raise NotAllowed(_("Name the receiving unit, or another receiver in words: one of them."), field="receiver")
    if receiver is None and (named := bureau_named(receiver_name, actor.on)) is not None:
        receiver, receiver_name = named, ""
    must_be_known("dossier_reason", reason_code, actor, "reason_code")
    if not words.strip():
        raise NotAllowed(_("Say why, in words."))
    sender = _sender_of(teachers, actor)
    if receiver is not None and receiver.pk == sender.pk:
        raise NotAllowed(_("The receiver is the one who keeps it already."), field="receiver")
    with change("personnel.ask_transfer", actor=actor, reason=words.strip(), document=basis.strip(), source=source):
        for teacher in Teacher.objects.select_for_update().filter(pk__in=[one.pk for one in teachers]).order_by("pk"):
            _must_be_there(teacher, actor)
        case = open_case(
            kind=TRANSFER,
            actor=actor,
            unit=sender,
            days=transferring_for(sender, actor.on).decide,
            comment=words.strip(),
        )
        transfer = DossierTransfer.objects.create(
            case=case,
            sender=sender,
            receiver=receiver,
            receiver_name=receiver_name.strip(),
            reason=reason_code,
            basis=basis.strip(),
        )
        for teacher in teachers:
            kept = keeping_of(teacher, actor.on)
            SentDossier.objects.create(
                transfer=transfer, teacher=teacher, volumes=kept.volumes if kept is not None else 1,
                materials=Material._base_manager.filter(teacher=teacher).count(),
            )  # fmt: skip
    return transfer


def why_not_transfer(*, actor: Any, teacher: Teacher) -> str:
    """Why the dossier of a person cannot be sent now, said before anything is asked: another unit keeps it, or it is out; else ""."""
    try:
        _sender_of([teacher], actor)
        _must_be_there(teacher, actor)
    except NotAllowed as refused:
        return str(refused)
    return ""


def _sender_of(teachers: Sequence[Teacher], actor: Any) -> Unit:
    """The one keeper of all these dossiers. Raises `NotAllowed` where there are several, or one who is not the actor's."""
    keepers: dict[Any, Unit | None] = {}
    for teacher in teachers:
        kept = keeping_of(teacher, actor.on)
        if kept is not None and kept.unit is None:
            raise NotAllowed(
                _("The dossier of %(name)s is kept by %(keeper)s.") % {"name": teacher.name, "keeper": kept.keeper}
            )
        keeper = keeper_of(teacher, actor.on)
        keepers[keeper.pk if keeper is not None else None] = keeper
    found = next(iter(keepers.values()))
    if len(keepers) != 1 or found is None:
        raise NotAllowed(_("These dossiers are with several keepers. Each sends its own."))
    if not actor.sees_all and (actor.unit is None or not actor.unit.covers(found)):
        raise NotAllowed(_("Another unit keeps this dossier and sends it."))
    return found


def _must_be_there(teacher: Teacher, actor: Any) -> None:
    if teacher.user_id is not None and teacher.user_id == actor.user.pk:
        raise NotAllowed(_("Somebody else sends your own dossier."))
    if out_now(teacher) is not None:
        raise NotAllowed(_("The dossier of %(name)s is lent or on its way.") % {"name": teacher.name})
    if cases_of(teacher).filter(kind=TRANSFER).exclude(desk="").exists():
        raise NotAllowed(_("A transfer of the dossier of %(name)s is under way already.") % {"name": teacher.name})


def why_not_send(act: Act) -> str:
    """Why dossiers cannot be sent now: one of them is lent, or the day lies ahead."""
    transfer = act.case.transfer
    if (act.data.get("on") or act.actor.on) > act.actor.on:
        return _("The day of sending lies ahead.")
    for one in transfer.sent.select_related("teacher"):
        if out_now(one.teacher) is not None:
            return _("The dossier of %(name)s is lent. Take it back first.") % {"name": one.teacher.name}
    return ""


def send(act: Act) -> None:
    """The dossiers go out, sealed, under a notice with their number and a receipt to be sent back."""
    transfer, data = act.case.transfer, act.data
    transfer.channel, transfer.carriers = data.get("channel", ""), data.get("carriers", "")
    transfer.sent_on = data.get("on") or act.actor.on
    transfer.save(update_fields={"channel", "carriers", "sent_on"})
    transfer.paper = issue(all_kinds()[NOTICE], transfer, actor=act.actor, reason=ISSUED, source=f"case:{act.case.pk}")
    transfer.save(update_fields={"paper"})


def why_not_receive(act: Act) -> str:
    """A day of receipt before the sending, or ahead, cannot be."""
    transfer, day = act.case.transfer, act.data.get("on") or act.actor.on
    if transfer.sent_on is not None and day < transfer.sent_on:
        return _("They were received before they were sent: look at the day.")
    people = transfer.sent.values("teacher")
    if DossierKeeping._base_manager.filter(teacher__in=people, valid__startswith__gt=day).exists():
        return _("A later keeper is recorded already. Put that one right first.")
    return _("The day of receipt lies ahead.") if day > act.actor.on else ""


def receive(act: Act) -> None:
    """The receiver has them and has compared them with the notice; from that day on it keeps them."""
    transfer, data = act.case.transfer, act.data
    transfer.received_on, transfer.received_by = data.get("on") or act.actor.on, data.get("by") or str(act.actor.user)
    transfer.save(update_fields={"received_on", "received_by"})
    sent = list(transfer.sent.select_related("teacher__key"))
    for one in sent:
        set_keeper(
            one.teacher,
            transfer.received_on,
            {"unit": transfer.receiver, "keeper": transfer.receiver_name, "shelf": "", "volumes": one.volumes},
        )
    note_dossier(actor=act.actor, teachers=[one.teacher_id for one in sent])


def waits_for_receipt(case: Any) -> Unit:
    """Where a transfer under way waits: at the receiving unit; at the sender where the receiver is not of this system."""
    transfer = case.transfer
    found: Unit = transfer.receiver or transfer.sender
    return found
