"""`manage.py seed_demo`: make the demo city, once."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.seed import SEED, is_there, seed
from core.dates import today
from core.records.settling import settle


class Command(BaseCommand):
    """Invented people with whole careers; the same at every run. A city that is there already is kept."""

    help = "Fill the database with the invented city of the demonstration; a city that is there already is kept."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--people", type=int, default=3000, help="how many people (default: 3000)")
        parser.add_argument("--schools", type=int, default=60, help="how many schools (default: 60)")
        parser.add_argument("--seed", type=int, default=SEED, help="another number makes another city")
        parser.add_argument("--day", type=date.fromisoformat, help="the day on which the story ends (default: today)")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO:
            msg = "Invented people belong into a demonstration only: set SHIDANG_DEMO=yes, with a database of its own."
            raise CommandError(msg)
        if is_there():
            self.stdout.write("The demo city is there already; it is kept as it is.")
            return
        began = time.monotonic()
        try:
            made = seed(
                number=options["seed"],
                people=options["people"], schools=options["schools"], day=options["day"] or today(), tell=self.stdout.write
            )  # fmt: skip
        except ValueError as error:
            raise CommandError(str(error)) from error
        settled = settle()
        took = time.monotonic() - began
        self.stdout.write(
            f"Demo city: {made.units} units, {made.people} people, {made.changes} changes, {settled} settled, in {took:.0f} s"
        )
