"""`manage.py load_parameters`: bring the national parameter tables to what this version ships."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.dates import today
from core.parameters.schema import InvalidParameter
from core.parameters.services import load_parameters


class Command(BaseCommand):
    """Safe to run at any time, as often as one likes: only differences are written, local versions stay."""

    help = "Bring the national parameter tables to what this version ships; what bureaus set for their units stays."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            loaded = load_parameters(on=today())
        except InvalidParameter as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"parameters: {loaded}")
