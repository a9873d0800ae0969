"""`manage.py demo_logins`: the logins of the demo city as a table."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from config.demo.context import open_slip
from config.demo.logins import LOGINS, PASSWORD


class Command(BaseCommand):
    """Prints user name, role, unit and person; one password for all; then the slip with which an account is opened."""

    help = "Print the logins of the demonstration."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO:
            msg = "There are demo logins in a demonstration only (SHIDANG_DEMO=yes)."
            raise CommandError(msg)
        with translation.override("zh-hans"):
            rows = [(login.username, str(login.role_label), login.unit, login.name) for login in LOGINS]
        widths = [max(map(wide, column)) for column in zip(*rows, strict=True)]
        self.stdout.write(f"Logins of the demonstration, password for all: {PASSWORD}")
        for row in rows:
            self.stdout.write(
                "  "
                + "  ".join(cell + " " * (width - wide(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
            )
        if slip := open_slip():
            told = "Activation slip, for /activate/: name {name}, code {code}, number {number}"
            self.stdout.write(told.format(**slip))


def wide(text: str) -> int:
    """How many columns of a terminal a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
