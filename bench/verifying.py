"""`python -m bench.verifying`: how long the whole history of 100,000 changes takes to verify, and the file of its chain to be checked."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import psutil
from django.db import connection

from bench.figures import Figure, Report
from bench.ground import ground
from core.dates import today
from core.org.actor import system_actor
from core.records.chain import Stretch
from core.records.checker import check, scanned
from core.records.models import Seal
from core.records.printed import chain_lines, digits, line_of, public_key
from core.records.verifying import verification
from tests.core.records.many_edits import edit_much

EDITS = 100_000
LIMIT = 60.0


def main() -> int:
    """Measure, tell, and say by the exit code whether every limit was met."""
    report = Report("verifying")
    with ground():
        edit_much(system_actor(today()), EDITS)
        newest = Seal.objects.latest("pk").pk
        whole, outcome, busy = _busy(verification)
        tenth, _outcome = _timed(lambda: verification(Stretch(newest - newest // 10, None)))
        file, text = _timed(lambda: "".join(f"{line}\n" for line in chain_lines()))
        sheet = scanned(line_of(Seal.objects.earliest("pk")))
        checked, verdict = _timed(lambda: check(sheet, text, [digits(public_key())]))
    if outcome.faults or verdict.name != "leads":
        raise SystemExit(f"not as sealed: {outcome.faults[:1]} {verdict.name}")
    report.tell(
        Figure(f"verify {outcome.changes:,} changes under {outcome.seals:,} seals", whole, "s", "at most", LIMIT),
        Figure("of that at work, here and in the server; the rest others had the cores", busy, "s"),
        Figure("verify the last tenth of the seals", tenth, "s"),
        Figure(f"make the file of the chain, {len(text) / 1024:,.0f} KB", file, "s"),
        Figure("check the oldest sheet against it", checked, "s"),
    )
    return 0 if report.met else 1


def _busy(work: Callable[[], Any]) -> tuple[float, Any, float]:
    """Seconds, result, and seconds of processor time of this process and of the server's for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0])

    def spent() -> float:
        return time.process_time() + sum(server.cpu_times()[:2])

    before = spent()
    seconds, found = _timed(work)
    return seconds, found, spent() - before


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


if __name__ == "__main__":
    sys.exit(main())
