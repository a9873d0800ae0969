"""`manage.py data_dictionary`: write docs/data-dictionary.md from the models; with --check only say whether it is current."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.dictionary import dictionary


class Command(BaseCommand):
    """Write the data dictionary, or check it."""

    help = "Write docs/data-dictionary.md from the models."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail where the file is not current")

    def handle(self, *_args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "data-dictionary.md"
        wanted = dictionary()
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        if options["check"]:
            if current != wanted:
                raise CommandError(f"{path} is not current: run manage.py data_dictionary")
            return
        if current != wanted:
            path.write_text(wanted, encoding="utf-8")
        self.stdout.write(f"{path}: {'written' if current != wanted else 'is current'}")
