"""Make the shipped templates of papers anew: `manage.py shipped_papers`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from personnel.documents.making import write_all


class Command(BaseCommand):
    help = "Make the shipped templates of papers anew, for who develops them."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in write_all():
            self.stdout.write(name)
