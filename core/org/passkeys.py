"""Verbs on passkeys: add, remove, note their use."""

from __future__ import annotations

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.org.models import Passkey, User
from core.records.changes import change

MOST: Final = 10


def add_passkey(*, user: User, name: str, key_id: bytes, credential: bytes) -> Passkey:
    """A passkey of one's own, from then on as good as the password. Refused by `NotAllowed` where it is known, or there are too many."""
    if Passkey.objects.filter(key_id=key_id).exists():
        raise NotAllowed(_("This passkey is registered already."))
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise NotAllowed(_("There are %(most)s passkeys; remove one first.") % {"most": MOST})
    with change("org.add_passkey", actor=user, reason=f"{user.username}: {name}", source="page"):
        return Passkey.objects.create(user=user, name=name, key_id=key_id, credential=credential)


def remove_passkey(passkey: Passkey, *, user: User) -> None:
    """A passkey of one's own opens nothing any more."""
    with change("org.remove_passkey", actor=user, reason=f"{user.username}: {passkey.name}", source="page"):
        passkey.delete()


def note_use(passkey: Passkey) -> None:
    """Remember when it was last used."""
    Passkey.objects.filter(pk=passkey.pk).update(used_at=timezone.now())
