"""An import by a worker in a process of its own, as an installation runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.ground import Ground
from core.exchange.models import Batch
from core.exchange.services import accept_batch, create_batch
from core.jobs.models import Job
from tests.ground.worker import wait_until, worker

PATIENCE = 900


@dataclass(frozen=True)
class Done:
    """A batch that a worker has written: rows per second of its two jobs, and the most memory that it held."""

    batch: Batch
    rate: float
    peak_memory: int


def import_by_worker(ground: Ground, path: Path) -> Done:
    """Upload, let the worker check, accept, let it write."""
    with worker(ground.database.environment) as started:
        batch = create_batch(actor=ground.clerk, unit=ground.county, name=path.name, content=path.read_bytes())
        seconds = _wait(batch.job)
        batch.refresh_from_db()
        seconds += _wait(accept_batch(actor=ground.clerk, batch=batch))
        peak = started.peak_memory()
    batch.refresh_from_db()
    return Done(batch, sum(batch.counts.values()) / seconds, peak)


def _wait(job: Job) -> float:
    """Seconds from a job's start to its end."""
    wait_until(lambda: Job.objects.get(pk=job.pk).state not in Job.OPEN, PATIENCE, pause=0.2)
    ended = Job.objects.get(pk=job.pk)
    if ended.state != Job.State.DONE or ended.started_at is None or ended.finished_at is None:
        raise RuntimeError(f"job {job.kind} ended as {ended.state}: {ended.error}")
    return (ended.finished_at - ended.started_at).total_seconds()
