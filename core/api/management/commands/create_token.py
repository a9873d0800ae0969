"""`manage.py create_token USER --name "payroll export" [--assignment UUID] [--days 90]`: print a new API token."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.api.services import MOST_DAYS, USUAL_DAYS, issue_token
from core.dates import today
from core.org.actor import assignments_of
from core.org.errors import NotAllowed
from core.org.models import User


class Command(BaseCommand):
    """Issue a token for one of a user's role assignments. The text goes to stdout, once."""

    help = "Issue an API token for one of a user's roles and print it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("user", help="user name")
        parser.add_argument("--name", required=True, help="what the token is for")
        parser.add_argument(
            "--assignment", default="", help="id of the role assignment; needed where the user holds several"
        )
        parser.add_argument("--days", type=int, default=USUAL_DAYS, help=f"how long it lives, 1 to {MOST_DAYS} days")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            msg = f"there is no user {options['user']}"
            raise CommandError(msg)
        held = {str(one.public_id): one for one in assignments_of(user, today())}
        chosen = held.get(options["assignment"]) if options["assignment"] else next(iter(held.values()), None)
        if chosen is None or (len(held) > 1 and not options["assignment"]):
            listed = "".join(f"\n  {key}  {one.role} at {one.unit_name}" for key, one in held.items())
            msg = f"name one of the roles that {user.username} holds today with --assignment:{listed or ' none'}"
            raise CommandError(msg)
        try:
            _token, text = issue_token(
                assignment=chosen, name=options["name"], days=options["days"], now=timezone.now(), on=today()
            )
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(text)
