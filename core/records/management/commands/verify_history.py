"""`manage.py verify_history`: recompute the seals; exit 1 and name the first fault when history was bent."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.records.models import Change, Seal, Settled
from core.records.settling import settle
from core.records.verifying import verify


class Command(BaseCommand):
    """Settle what can be settled, then verify everything."""

    help = "Recompute the seals over history and name every row that was altered, removed or added."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--all", action="store_true", help="name every fault, not only the first")

    def handle(self, *_args: Any, **options: Any) -> None:
        settle()
        with transaction.atomic():
            faults = []
            for fault in verify():
                faults.append(fault)
                if not options["all"]:
                    break
        if faults:
            raise CommandError("\n".join(map(str, faults)))
        sealed, total = Settled.objects.count(), Change.objects.count()
        self.stdout.write(f"history is as sealed: {sealed} of {total} changes settled")
        newest = Seal.objects.order_by("-id").first()
        if newest is not None:
            # Kept outside the database, this line proves later that the whole chain was not made anew.
            self.stdout.write(f"last seal: {newest.pk} {newest}")
