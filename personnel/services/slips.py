"""Activation slips: hand out, take back, prove who one is, open the account of one's own file.

What is asked of a stranger is answered alike whether there is such a person or such a code, and whatever is wrong with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.api.models import ApiToken
from core.api.services import revoke_tokens
from core.dates import today
from core.org.accounts import let_in_anew, new_code, open_own_account, plain_code
from core.org.actor import Actor, system_actor
from core.org.errors import NotAllowed
from core.org.models import CodeTry, User
from core.org.passkeys import add_passkey
from core.parameters.selectors import at
from core.records.changes import change
from core.records.vault import blind_index
from core.text import clean
from core.web.looks import SLIP
from personnel.models import ActivationSlip, IdentityDocument, Teacher
from personnel.rules import Activation, identity_number, same_name
from personnel.selectors.corrections import unit_of
from personnel.selectors.slips import ISSUE, OWN, ROLE, why_no_slip
from personnel.services.access import note_looks

MOST_AT_ONCE: Final = 200
STATE: Final = ActivationSlip.State
# Days for which tries are remembered: longer than any slip counts.
REMEMBERED: Final = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Handed:
    """A slip with its code in clear, which nobody can read again."""

    slip: ActivationSlip
    teacher: Teacher
    code: str


def hand_out(
    *, actor: Any, teachers: Sequence[Teacher], reason: str, renew: bool = False
) -> tuple[list[Handed], dict[int, str]]:
    """A slip for each of the people (found among those whom the actor sees), in one change; whatever slip was open is void.

    Who has an account gets one with `renew` only: used, it lets them in anew and ends their sessions. Returns the slips and why some
    people (by their keys) got none. Refused by `NotAllowed`: without the right, for too many at once.
    """
    if not actor.may(ISSUE) or actor.unit is None:
        raise NotAllowed(_("Your role does not hand out activation slips."))
    if len(teachers) > MOST_AT_ONCE:
        raise NotAllowed(_("Hand out at most %(most)s slips at once.") % {"most": MOST_AT_ONCE})
    with transaction.atomic():
        rows = Teacher.objects.visible_to(actor).filter(pk__in=[one.pk for one in teachers])
        locked = {one.pk: one for one in rows.select_for_update(of=("self",)).order_by("pk")}
        wanted = [locked[one.pk] for one in teachers if one.pk in locked]
        refused = why_no_slip(wanted, actor.on)
        if not renew:
            has = _("There is an account already.")
            refused |= {one.pk: has for one in wanted if one.user_id is not None and one.pk not in refused}
        people = [one for one in wanted if one.pk not in refused]
        handed = _handed(actor, people, reason) if people else []
    return handed, refused


def _handed(actor: Any, people: list[Teacher], reason: str) -> list[Handed]:
    now, keys = timezone.now(), [one.pk for one in people]
    expires = actor.on + timedelta(days=at(Activation, actor.on, unit=actor.unit).days)
    handed = []
    with change("personnel.hand_out_slip", actor=actor, reason=reason, source="page"):
        CodeTry.objects.filter(at__lt=now - REMEMBERED).delete()
        ActivationSlip.objects.filter(teacher__in=keys, state=STATE.OPEN).update(state=STATE.VOID, ended_at=now)
        for one in people:
            code = new_code()
            slip = ActivationSlip(
                teacher=one, digest=digest_of(code), unit=actor.unit, issued_by=actor.user, issued_at=now, expires=expires,
                renews=one.user_id is not None,
            )  # fmt: skip
            handed.append(Handed(slip, one, code))
        ActivationSlip.objects.bulk_create([one.slip for one in handed])
        note_looks(actor=actor, teachers=keys, what=SLIP, reason=reason)
    return handed


def take_back(*, actor: Any, teacher: Teacher, reason: str) -> None:
    """Make the open slip of a person void: whoever may hand out slips for them, or they themselves. Raises `NotAllowed`."""
    if not (actor.may(ISSUE) or (actor.may(OWN) and teacher.user_id == actor.user.pk)):
        raise NotAllowed(_("Your role does not hand out activation slips."))
    with change("personnel.take_back_slip", actor=actor, reason=reason, source="page"):
        slips = ActivationSlip.objects.visible_to(actor).filter(teacher=teacher, state=STATE.OPEN)
        if not slips.update(state=STATE.VOID, ended_at=timezone.now()):
            raise NotAllowed(_("No slip is open any more."))


def digest_of(code: str) -> bytes:
    """What is kept of a code, however it was typed: a digest under the index key, which the database does not hold."""
    return blind_index("slip", plain_code(clean(code)))


def prove(*, code: str, name: str, number: str) -> ActivationSlip | None:
    """The open slip of who typed its code, their name and their identity number; None for anything else, whatever it is.

    The work is the same in all cases: the try is written down, the code goes through the recipe of passwords, slip and number are
    looked up. As many wrong tries as the parameter says lock the slip.
    """
    on, digest = today(), digest_of(code)
    CodeTry.objects.create(digest=digest)
    make_password(code)
    tries = CodeTry.objects.filter(digest=digest).count()
    index = blind_index("identity", identity_number(number))
    holders = set(IdentityDocument._base_manager.filter(number_index=index).values_list("teacher_id", flat=True))
    slip = ActivationSlip._base_manager.filter(digest=digest).select_related("teacher__user", "unit").first()
    most = at(Activation, on, unit=slip.unit if slip is not None else None).tries
    if slip is None or slip.state != STATE.OPEN:
        return None
    if tries <= most and _is_theirs(slip, name, holders, on):
        CodeTry.objects.filter(digest=digest).delete()
        return slip
    if tries >= most:
        _lock(slip)
    return None


def _is_theirs(slip: ActivationSlip, name: str, holders: set[int], on: date) -> bool:
    known = slip.teacher_id in holders and same_name(name, slip.teacher.name)
    return known and slip.expires >= on and _lets_in(slip, slip.teacher, on)


def _lets_in(slip: ActivationSlip, teacher: Teacher, on: date) -> bool:
    """Whether a slip may still open the account: there is none, or one that it was to let in anew and that shows the own file only."""
    return teacher.user is None or (slip.renews and not why_no_slip([teacher], on))


def _lock(slip: ActivationSlip) -> None:
    reason = _("Wrong name or identity number, too often")
    with change("personnel.lock_slip", actor=_acting(slip, None, today()), reason=reason, source="page"):
        still = ActivationSlip._base_manager.filter(pk=slip.pk, state=STATE.OPEN)
        still.update(state=STATE.LOCKED, ended_at=timezone.now())


def _acting(slip: ActivationSlip, user: User | None, on: date) -> Actor:
    """Whose act the use of a slip is: of the holder where they are known already, else of the system.

    It is done in the unit of the slip, so that its auditors read of it.
    """
    if user is None:
        return replace(system_actor(on), unit=slip.unit)
    return Actor(user=user, role=ROLE, unit=slip.unit, on=on)


def still_open(slip: int) -> ActivationSlip | None:
    """A slip that was proved a moment ago, if it still can be used."""
    rows = ActivationSlip._base_manager.filter(pk=slip, state=STATE.OPEN, expires__gte=today())
    return rows.select_related("teacher__user").first()


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that a browser just made: what its device is called, its id and its public part."""

    name: str
    key_id: bytes
    credential: bytes


def activate(*, slip: int, username: str, password: str | None = None, passkey: NewPasskey | None = None) -> User:
    """Use a proved slip: the account of the person is opened, or (where there is one) let in anew with all its sessions and tokens ended.

    It opens by the password, or without one by the passkey. Of several who use one slip at once one wins. Raises `NotAllowed` where the
    slip was used or ended meanwhile, or the name is taken; `ValueError` for both or neither of password and passkey.
    """
    if (password is None) == (passkey is None):
        raise ValueError("an account opens by a password or a passkey")
    on = today()
    with transaction.atomic():
        found, teacher = _locked(slip, on)
        who = _acting(found, teacher.user, on)
        day = timezone.localtime(found.issued_at).date()
        said = _("Slip of %(day)s, handed out by %(who)s") % {"day": day, "who": found.issued_by}
        with change("personnel.use_slip", actor=who, reason=said, source="page"):
            found.state, found.ended_at = STATE.USED, timezone.now()
            found.save(update_fields={"state", "ended_at"})
            if teacher.user is None:
                user = _opened(teacher, found, username, password, on)
            else:
                user = let_in_anew(user=teacher.user, password=password, handed_out_by=found.issued_by)
                revoke_tokens(ApiToken.objects.filter(user=user), by=user, now=timezone.now())
        if passkey is not None:
            add_passkey(user=user, name=passkey.name, key_id=passkey.key_id, credential=passkey.credential)
    return user


def _locked(slip: int, on: date) -> tuple[ActivationSlip, Teacher]:
    """The slip and its person, locked, while the slip still counts: the person first, as whoever hands out slips or merges files does."""
    rows = ActivationSlip._base_manager.filter(pk=slip, state=STATE.OPEN, expires__gte=on)
    people = Teacher._base_manager.select_for_update(of=("self",))
    teacher = people.filter(pk__in=rows.values("teacher")).first()
    found = rows.select_for_update(of=("self",)).filter(teacher=teacher).first() if teacher is not None else None
    if teacher is not None and found is not None and _lets_in(found, teacher, on):
        return found, teacher
    raise NotAllowed(_("This slip was used or ended a moment ago. If it was not you, ask your school at once."))


def _opened(teacher: Teacher, slip: ActivationSlip, username: str, password: str | None, on: date) -> User:
    user = open_own_account(
        username=username, password=password, name=teacher.name, handed_out_by=slip.issued_by, role=ROLE,
        unit=unit_of(teacher, on) or slip.unit, on=on,
    )  # fmt: skip
    teacher.user = user
    teacher.save(update_fields={"user"})
    return user
