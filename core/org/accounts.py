"""Verbs on users: open an account, lock it, let somebody in again. Each is a change of its own, by a security administrator."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.org.actor import assignments_of
from core.org.models import User
from core.org.services import NotAllowed
from core.records.changes import change

GRANT: Final = "org.grant_role"
PASSWORD_BYTES: Final = 9


def open_account(*, actor: Any, username: str, name: str, reason: str, email: str = "") -> tuple[User, str]:
    """A new user without any role, and the first password, which is told once and kept nowhere.

    Refused by `NotAllowed` where the name is taken (whatever its letters' size) or the actor may not.
    """
    _check(actor)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise NotAllowed(_("There is a user of this name already; choose another one."))
        password = _password()
        with change("org.open_account", actor=actor, reason=_said(reason, username), source="page"):
            user = User.objects.create_user(username, password, name=name, email=email)
    return user, password


def renew_password(*, actor: Any, user: User, reason: str) -> str:
    """A new password for somebody who lost theirs, told once. Nobody renews their own in this way.

    Nor that of another who gives roles: with it one person could propose a role and confirm it.
    """
    _check(actor, user)
    if any(
        GRANT in settings.ROLES[one.role].permissions
        for one in assignments_of(user, actor.on)
        if one.role in settings.ROLES
    ):
        raise NotAllowed(
            _(
                "Roles are given by two people, so neither renews the other's password. Let the operator run “manage.py changepassword”."
            )
        )
    password = _password()
    with change("org.renew_password", actor=actor, reason=_said(reason, user.username), source="page"):
        user.set_password(password)
        user.save(update_fields=["password"])
    return password


def set_active(*, actor: Any, user: User, active: bool, reason: str) -> User:
    """Lock a user out, or let them in again. A user who is so already is left as they are, without a trace."""
    _check(actor, user)
    if user.is_active != active:
        kind = "org.unlock_account" if active else "org.lock_account"
        with change(kind, actor=actor, reason=_said(reason, user.username), source="page"):
            user.is_active = active
            user.save(update_fields=["is_active"])
    return user


def _check(actor: Any, user: User | None = None) -> None:
    if not actor.may(GRANT):
        raise NotAllowed(_("Your role does not keep the accounts."))
    if user is not None and user.pk == actor.user.pk:
        raise NotAllowed(_("You cannot do this to your own account; ask another security administrator."))
    if user is not None and user.username == "system":
        raise NotAllowed(_("This is the system's own account; nobody logs in with it."))


def _said(reason: str, username: str) -> str:
    """The reason with the user whom it is about, since an account has no history of its own."""
    return f"{username}: {reason.strip()}"


def _password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)
