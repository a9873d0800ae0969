"""`manage.py load_codes`: bring the national code lists to what this version ships."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.codes.files import InvalidCodeFile
from core.codes.services import load_codes
from core.dates import today


class Command(BaseCommand):
    """Safe to run at any time, as often as one likes: only differences are written, a bureau's own entries stay."""

    help = "Bring the national code lists to what this version ships; a bureau's own entries stay."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            loaded = load_codes(on=today())
        except InvalidCodeFile as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"codes: {loaded}")
