"""`manage.py rewrap_keys`: after SHIDANG_MASTER_KEY was changed, wrap all data keys anew."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.dates import today
from core.org.actor import system_actor
from core.records.keys import rewrap_keys
from core.records.vault import BrokenValue


class Command(BaseCommand):
    """Reads the old master key from the terminal or the standard input, never from the command line."""

    help = "Wrap every data key under the new SHIDANG_MASTER_KEY; asks for the old one."

    def handle(self, *_args: Any, **_options: Any) -> None:
        old = getpass.getpass("Old master key: ") if sys.stdin.isatty() else sys.stdin.readline()
        try:
            count = rewrap_keys(old=old.strip(), actor=system_actor(today()), reason="new master key")
        except (BrokenValue, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} keys wrapped anew")
