"""An import as a clerk and a worker do it, step by step with its time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from django.test import Client

from bench.ground import Ground
from core.exchange.models import Batch
from core.exchange.report import summary
from core.exchange.services import accept_batch, create_batch
from core.jobs.services import run
from core.web.middleware import ASSIGNMENT

BACKEND = "django.contrib.auth.backends.ModelBackend"
OUTCOMES = ("new", "changed", "same", "refused")


@dataclass
class Imported:
    """A batch and the seconds of each step: store, check, preview, apply."""

    batch: Batch
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """The rows of the workbook."""
        return sum(self.batch.counts.values())

    @property
    def rate(self) -> float:
        """Rows per second over all steps."""
        return self.rows / sum(self.seconds.values())


def login(ground: Ground) -> Client:
    """A browser in which the clerk is logged in."""
    client = Client()
    client.force_login(ground.clerk.user, backend=BACKEND)
    session = client.session
    session[ASSIGNMENT] = ground.clerk.assignment
    session.save()
    return client


def import_file(ground: Ground, path: Path) -> Imported:
    """Upload a workbook, check it as a job, look at its page, accept it as a job. Nothing to accept is no fault.

    The preview is all that is told of the batch, and the page with the first rows of each outcome that there is.
    """
    browser = login(ground)
    marks = [time.perf_counter()]
    batch = create_batch(actor=ground.clerk, unit=ground.county, name=path.name, content=path.read_bytes())
    marks.append(time.perf_counter())
    run(batch.job.pk)
    batch.refresh_from_db()
    marks.append(time.perf_counter())
    summary(batch)
    for outcome in (name for name in OUTCOMES if batch.counts.get(name)):
        _look(browser, f"/imports/{batch.public_id}/?tab={outcome}")
    marks.append(time.perf_counter())
    if batch.counts["new"] or batch.counts["changed"]:
        run(accept_batch(actor=ground.clerk, batch=batch).pk)
        batch.refresh_from_db()
    marks.append(time.perf_counter())
    steps = zip(("store", "check", "preview", "apply"), marks, marks[1:], strict=False)
    return Imported(batch, {name: after - before for name, before, after in steps})


def _look(browser: Client, address: str) -> None:
    response = browser.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}")
