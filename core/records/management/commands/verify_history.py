"""`manage.py verify_history [--from --to] [--all] [--json]`: recompute the seals; exit 1 and name the fault when history was bent."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, no_translations

from core.records.chain import NoSuchSeals, Stretch
from core.records.verifying import Outcome, verification

BENT: Final = 1
WRONGLY_ASKED: Final = 2


class Command(BaseCommand):
    """Settle what can be settled, then verify all seals or a stretch of them."""

    help = (
        "Recompute the seals over history. Exits 0 with a summary where all is as it was sealed, 1 with the first fault where history "
        "was bent, 2 where the arguments name no seals."
    )

    def add_arguments(self, parser: Any) -> None:
        named = "the number of a seal, or a day in China such as 2026-11-01 (then its %s seal)"
        parser.add_argument("--from", dest="start", default="", metavar="SEAL|DAY", help=named % "first")
        parser.add_argument("--to", default="", metavar="SEAL|DAY", help=f"{named % 'last'}; included")
        parser.add_argument("--all", action="store_true", help="name every fault, not only the first")
        parser.add_argument("--json", action="store_true", help="answer in the shape that docs/operations.md describes")

    @no_translations
    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            stretch = Stretch.asked(options["start"], options["to"])
        except NoSuchSeals as error:
            msg = f"{error} Give --from and --to as the number of a seal or as a day."
            raise CommandError(msg, returncode=WRONGLY_ASKED) from error
        outcome = verification(stretch, most=None if options["all"] else 1)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(outcome), indent=2))
        if outcome.faults:
            raise CommandError("\n".join(map(str, outcome.faults)), returncode=BENT)
        if not options["json"]:
            self.stdout.write(summary(outcome))


def summary(outcome: Outcome) -> str:
    """What was verified, in words. The second line, kept elsewhere, proves later that the chain was not made anew."""
    said = f"history is as sealed: {outcome.changes} changes under {outcome.seals} seals; {outcome.waiting} wait for a seal"
    return said if outcome.last is None else f"{said}\nlast seal: {outcome.last.pk} {outcome.last}"


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The same for programs."""
    last = outcome.last
    return {
        "as_sealed": not outcome.faults,
        "whole": outcome.stretch.whole,
        "seals": outcome.seals,
        "changes": outcome.changes,
        "waiting": outcome.waiting,
        "last_seal": last and {
            "number": last.pk, "first": last.first, "last": last.last, "settled_at": last.settled_at.isoformat(),
            "root": bytes(last.root).hex(), "chain": bytes(last.chain).hex(),
        },
        "faults": [asdict(fault) for fault in outcome.faults],
    }  # fmt: skip
