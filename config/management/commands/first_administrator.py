"""`manage.py first_administrator`: the city bureau and the accounts that everything else is given from."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from config import env
from core.dates import BEFORE_RECORDS, today
from core.org.accounts import make_password
from core.org.actor import system_actor
from core.org.models import Unit, UnitKind, User
from core.org.services import create_unit, grant_role
from core.records import change

# Roles are proposed by one security administrator and confirmed by another; so there are two, and neither runs the system.
ACCOUNTS: Final = (
    ("user", "security.one", "security_administrator"),
    ("second_user", "security.two", "security_administrator"),
    ("system_user", "system.admin", "system_administrator"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A login that was made, with the password that is shown once."""

    username: str
    role: str
    password: str


class Command(BaseCommand):
    """Makes the root of the tree once. A database that has one is left as it is."""

    help = "Create the city bureau, two security administrators and a system administrator; does nothing where a bureau is."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--city-name", help="name of the bureau (default: SHIDANG_CITY_NAME, else it is asked for)")
        parser.add_argument("--city-code", help="code of the bureau (default: SHIDANG_CITY_CODE, else it is asked for)")
        for option, username, role in ACCOUNTS:
            flag = f"--{option.replace('_', '-')}"
            parser.add_argument(
                flag, default=username, help=f"user name, {role.replace('_', ' ')} (default: {username})"
            )

    def handle(self, *_args: Any, **options: Any) -> None:
        if Unit.objects.filter(parent__isnull=True).exists():
            self.stdout.write("There is a bureau with its administrators already; nothing was changed.")
            return
        name = options["city_name"] or env.text("SHIDANG_CITY_NAME") or _ask("Name of the bureau", "市教育局")
        code = options["city_code"] or env.text("SHIDANG_CITY_CODE") or _ask("Code of the bureau", "000000")
        usernames = [options[option] for option, _default, _role in ACCOUNTS]
        if len(set(usernames)) < len(usernames):
            msg = "The three accounts belong to three persons: give each a user name of its own."
            raise CommandError(msg)
        accounts = found_city(name=name, code=code, usernames=usernames)
        self.stdout.write(
            f"{name} ({code}) was created. These passwords are shown once; each person chooses their own at the first login:"
        )
        for account in accounts:
            self.stdout.write(f"  {account.role:<24} {account.username:<16} {account.password}")
        self.stdout.write("The two security administrators give all other roles: one proposes, the other confirms.")


def found_city(*, name: str, code: str, usernames: list[str]) -> list[Account]:
    """The bureau and its first accounts, all or nothing. Raises CommandError for a user name that is taken."""
    day = today()
    actor = system_actor(day)
    reason = _("First start of the system")
    with transaction.atomic():
        if taken := User.objects.filter(username__in=usernames).values_list("username", flat=True).first():
            msg = f"There is a user {taken} already."
            raise CommandError(msg)
        with change("org.create_unit", actor=actor, reason=reason, source="command"):
            unit = create_unit(
                actor=actor, code=code, kind=UnitKind.CITY, name=name, parent=None, opened=BEFORE_RECORDS, reason=reason
            )
            # When the bureau was really opened is not known here; its name holds for all that will be recorded.
            unit.opened = None
            unit.save(update_fields={"opened"})
        return [
            _account(actor, unit, username, role) for username, (_o, _d, role) in zip(usernames, ACCOUNTS, strict=True)
        ]


def _account(actor: Any, unit: Unit, username: str, role: str) -> Account:
    password = make_password()
    with change("org.grant_role", actor=actor, reason=_("First start of the system"), source="command"):
        user = User.objects.create_user(username, password, name=username, must_choose=True)
        grant_role(user=user, role=role, unit=unit, starts=actor.on)
    return Account(username, role, password)


def _ask(question: str, default: str) -> str:
    """What the person at the terminal answers; the default where there is nobody."""
    if not sys.stdin.isatty():
        return default
    return input(f"{question} [{default}]: ").strip() or default
