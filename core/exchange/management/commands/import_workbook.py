"""`manage.py import_workbook FILE --unit CODE --actor NAME`: check a workbook, and with --apply accept its good rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.dates import today
from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.kinds import common_kinds
from core.exchange.models import Batch
from core.exchange.report import outcomes, summary
from core.exchange.services import create_batch
from core.org.actor import actor_for, assignments_of
from core.org.errors import NotAllowed
from core.org.models import Unit, User


class Command(BaseCommand):
    """The import, from the shell, in the name of a user and with their rights."""

    help = "Check a workbook for a unit in the name of a user; --apply accepts the good rows."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--unit", required=True, help="code of the unit that sends it")
        parser.add_argument("--actor", required=True, help="user name in whose name it is imported")
        parser.add_argument("--kind", default="", help="what the rows are about (default: found by content)")
        parser.add_argument("--apply", action="store_true", help="accept the good rows")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--rows", action="store_true", help="with --json: what became of each row")

    def handle(self, *_args: Any, **options: Any) -> None:
        actor, unit = self._actor_at(options["actor"], options["unit"])
        path = options["file"]
        if options["kind"] not in {"", *common_kinds()}:
            raise CommandError(f"--kind {options['kind']}: one of {', '.join(common_kinds())}")
        if not path.is_file():
            raise CommandError(f"{path}: no such file")
        if path.stat().st_size > settings.MAX_WORKBOOK_BYTES:
            raise CommandError(
                f"{path}: larger than {settings.MAX_WORKBOOK_BYTES // 1024**2} MB; split it into several workbooks"
            )
        try:
            batch = create_batch(
                actor=actor, unit=unit, name=path.name, content=path.read_bytes(), kind=options["kind"], start=False
            )
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        batch = check_batch(batch.pk, actor)
        if (
            options["apply"]
            and batch.state == Batch.State.CHECKED
            and any(batch.counts.get(name) for name in ("new", "changed"))
        ):
            batch = apply_batch(batch.pk, actor)
        batch.refresh_from_db()
        result = summary(batch)
        if options["rows"]:
            result["outcomes"] = list(outcomes(batch))
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._tell(batch, result)
        if batch.state == Batch.State.UNREADABLE:
            raise CommandError(str(result["trouble"]["message"]))

    def _actor_at(self, name: str, code: str) -> tuple[Any, Unit]:
        """The user in the first of their roles that imports at or above the unit."""
        user = User.objects.filter(username=name).first()
        if user is None:
            msg = f"--actor {name}: no such user"
            raise CommandError(msg)
        for assignment in assignments_of(user, today()):
            actor = actor_for(user, today(), assignment.pk)
            unit = (
                Unit.objects.visible_to(actor).filter(code=code).first()
                if actor and actor.may("exchange.import")
                else None
            )
            if actor and unit:
                return actor, unit
        msg = f"--unit {code}: no such unit, or {name} does not import for it"
        raise CommandError(msg)

    def _tell(self, batch: Batch, result: dict[str, Any]) -> None:
        for sheet in result["sheets"]:
            self.stdout.write(f"{sheet['name']}: {sheet['kind'] or 'not read'}, header rows {sheet['header_rows']}")
            if sheet["unmapped"]:
                self.stdout.write(f"  columns not read: {', '.join(sheet['unmapped'])}")
        for problem in result["problems"]:
            self.stdout.write(
                f"  {problem['sheet']} {problem['row']} {problem['column']}: {problem['value']} — {problem['message']}"
            )
        counted = ", ".join(f"{count} {name}" for name, count in result["rows"].items())
        self.stdout.write(f"batch {batch.pk}: {counted}; {batch.get_state_display()}")
