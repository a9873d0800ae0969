"""Documents that are written from the code: a command writes one, or with --check only says whether it is current."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class DocumentCommand(BaseCommand):
    """Writes `docs/<document>` with what `text()` says."""

    document: ClassVar[str]

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail where the file is not current")

    def text(self) -> str:
        """What the document has to say."""
        raise NotImplementedError

    def handle(self, *_args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / self.document
        wanted = self.text()
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        if options["check"]:
            if current != wanted:
                name = self.__module__.rpartition(".")[2]
                raise CommandError(f"{path} is not current: run manage.py {name}")
            return
        if current != wanted:
            path.write_text(wanted, encoding="utf-8")
        self.stdout.write(f"{path}: {'written' if current != wanted else 'is current'}")
