"""`manage.py changepassword USER`: the operator hands out a password on the machine, as Django's command of this name does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.org.accounts import make_password
from core.org.models import User
from core.records.changes import change


class Command(BaseCommand):
    """Make a new password for a user who cannot get in and whom no administrator may help; it is printed once."""

    help = "Make a new password for a user and print it; the user chooses their own at the next login."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username", help="user name")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).exclude(username="system").first()
        if user is None:
            msg = f"there is no user {options['username']}"
            raise CommandError(msg)
        password = make_password()
        with change("org.renew_password", actor=User.objects.system(), reason=user.username, source="command"):
            user.set_password(password)
            user.must_choose = True
            user.save(update_fields=["password", "must_choose"])
        self.stdout.write(password)
