"""Verbs on users: open an account, hand it over, lock it, let somebody in again. Each is a change of its own.

Who hands out a password knows it until its holder chose another one. So that nobody can act as the second person whom a role
needs, the password and the right to use it come from two people: one hands out the password, and who confirms a role for such
an account hands out a code. Only with both does the holder take the account over, choosing a password that nobody else knows.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.org.models import Passkey, RoleAssignment, Unit, User, in_dictionary_order
from core.records.changes import change

GRANT: Final = "org.grant_role"
PASSWORD_BYTES: Final = 9
# No letter or digit that is taken for another one when read aloud or from paper.
CODE_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_GROUPS: Final = 3
CODE_GROUP: Final = 4


def accounts_for_roles(actor: Any) -> QuerySet[User]:
    """Whom the actor may propose a role for, by name: people with a role in the actor's units, and those without any; never oneself."""
    here = RoleAssignment.objects.visible_to(actor).filter(user=OuterRef("pk"))
    anywhere = RoleAssignment._base_manager.filter(user=OuterRef("pk"))
    others = User.objects.exclude(pk=actor.user.pk).exclude(username="system")
    return others.filter(Exists(here) | ~Exists(anywhere)).order_by(in_dictionary_order("name"), "username")


def open_account(*, actor: Any, username: str, name: str, reason: str, email: str = "") -> tuple[User, str]:
    """A new user without any role, and the first password, which is told once and kept nowhere.

    Refused by `NotAllowed` where the name is taken (whatever its letters' size) or the actor may not.
    """
    _check(actor)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise NotAllowed(_("There is a user of this name already; choose another one."))
        password = make_password()
        with change("org.open_account", actor=actor, reason=_said(reason, username), source="page"):
            user = User.objects.create_user(
                username, password, name=name, email=email, password_by=actor.user, must_choose=True
            )
    return user, password


def renew_password(*, actor: Any, user: User, reason: str) -> str:
    """A new password for somebody who lost theirs, told once. Nobody renews their own in this way.

    Nor that of somebody who gives roles, today or later, nor of an account whose code they handed out: with it one person could
    propose a role and confirm it.
    """
    _check(actor, user)
    if gives_roles(user, actor.on):
        raise NotAllowed(
            _(
                "Roles are given by two people, so neither renews the other's password. Let the operator run “manage.py changepassword”."
            )
        )
    if user.code_digest and user.code_by_id == actor.user.pk:
        raise NotAllowed(
            _("You handed out the code of this account, so another security administrator hands out the password.")
        )
    password = make_password()
    with change("org.renew_password", actor=actor, reason=_said(reason, user.username), source="page"):
        _nothing_else_opens(user)
        user.set_password(password)
        user.password_by, user.must_choose = actor.user, True
        user.save(update_fields=["password", "password_by", "must_choose"])
    return password


def gives_roles(user: User, on: date) -> bool:
    """Whether somebody holds a role that gives roles, on that day or later."""
    giving = [name for name, role in settings.ROLES.items() if GRANT in role.permissions]
    return RoleAssignment.objects.filter(user=user, role__in=giving, valid__overlap=Range(on, None)).exists()


def new_code() -> str:
    """A code to be handed out, in groups of letters: 58 random bits."""
    groups = ("".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_GROUP)) for _ in range(CODE_GROUPS))
    return "-".join(groups)


def make_code(user: User, *, actor: Any) -> str:
    """A code without which an account that somebody else handed out acts in no role any more; told once. Inside the open change."""
    code = new_code()
    user.code_by, user.code_digest = actor.user, digest_of(code)
    user.save(update_fields=["code_by", "code_digest"])
    return code


def digest_of(code: str) -> str:
    """What is kept of a code, however its letters are written and parted."""
    return hashlib.sha256(plain_code(code).encode()).hexdigest()


def plain_code(code: str) -> str:
    """A code without what its writing adds: capitals, dashes, blanks."""
    return "".join(letter for letter in code.lower() if letter.isalnum())


def take_over(*, user: User, password: str, code: str = "") -> User:
    """The holder chooses a password, with the code where one was handed out. From then on nobody else knows how to get in.

    Refused by `NotAllowed` where the code is not the one, or the account is its holder's already. Where no code was handed out yet,
    who handed out the password stays known, so that the next role that is confirmed asks for one.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not user.awaits_holder:
            raise NotAllowed(_("The account is yours already; change the password on “My account”."))
        if user.code_digest and not hmac.compare_digest(user.code_digest, digest_of(code)):
            raise NotAllowed(
                _("This is not the code of your account. Ask the security administrator who confirmed your role.")
            )
        with change("org.take_over_account", actor=user, reason=user.username, source="page"):
            _nothing_else_opens(user)
            user.set_password(password)
            user.must_choose = False
            if user.code_digest:
                user.password_by, user.code_by, user.code_digest = None, None, ""
            user.save(update_fields=["password", "must_choose", "password_by", "code_by", "code_digest"])
    return user


def open_own_account(
    *, username: str, password: str | None, name: str, handed_out_by: User, role: str, unit: Unit, on: date
) -> User:
    """The account of somebody who proved who they are by a slip that `handed_out_by` gave them, with the one role of their own file.

    Inside an open change of the system. Who handed out the slip could have used it, so they stay known like who hands out a password:
    any further role of the account comes with a code of another person. Refused by `NotAllowed` where the user name is taken.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise NotAllowed(_("There is a user of this name already; choose another one."), field="username")
    user = User.objects.create_user(username, password, name=name, password_by=handed_out_by)
    RoleAssignment.objects.create(user=user, role=role, unit=unit, valid=Range(on, None))
    return user


def let_in_anew(*, user: User, password: str | None, handed_out_by: User) -> User:
    """Another password for somebody who proved who they are by a slip, inside the open change. All their sessions end.

    Without a password the account opens by a passkey only.
    """
    _nothing_else_opens(user)
    user.set_password(password)
    user.must_choose, user.password_by, user.code_by, user.code_digest = False, handed_out_by, None, ""
    user.save(update_fields=["password", "must_choose", "password_by", "code_by", "code_digest"])
    return user


def choose_password(*, user: User, password: str) -> User:
    """A new password of one's own."""
    with change("org.choose_password", actor=user, reason=user.username, source="page"):
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def end_other_sessions(*, user: User) -> User:
    """Whatever is logged in as the user is so no more; who asks for it renews their own session."""
    with change("org.end_sessions", actor=user, reason=user.username, source="page"):
        user.sessions_ended = User.objects.select_for_update().get(pk=user.pk).sessions_ended + 1
        user.save(update_fields=["sessions_ended"])
    return user


def set_active(*, actor: Any, user: User, active: bool, reason: str) -> User:
    """Lock a user out, or let them in again. A user who is so already is left as they are, without a trace."""
    _check(actor, user)
    if user.is_active != active:
        kind = "org.unlock_account" if active else "org.lock_account"
        with change(kind, actor=actor, reason=_said(reason, user.username), source="page"):
            user.is_active = active
            user.save(update_fields=["is_active"])
    return user


def _nothing_else_opens(user: User) -> None:
    """Whoever takes an account over, or lost it, is not followed by somebody who put a passkey there meanwhile. Inside the open change."""
    Passkey.objects.filter(user=user).delete()


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


def make_password() -> str:
    """A password to be handed out."""
    return secrets.token_urlsafe(PASSWORD_BYTES)
