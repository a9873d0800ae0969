"""The broker only carries numbers: what it loses is sent again, and without it a job waits."""

from __future__ import annotations

import time

from config.local import valkey
from core.exchange.models import Batch
from core.exchange.services import create_batch
from core.jobs.models import Job
from core.jobs.services import resend
from personnel.models import Teacher
from tests.ground.worker import wait_until, worker
from tests.workbooks.generator import make_county, write_county

PATIENCE = 10


def test_without_a_broker_a_job_waits_and_is_done_when_it_is_back(
    committed_db, broker, county_clerk, county_a, tmp_path, caplog
):
    files = write_county(tmp_path, make_county(43, 30))
    broker.stop()

    began = time.monotonic()
    batch = create_batch(actor=county_clerk, unit=county_a, name="units.xlsx", content=files.units.read_bytes())

    assert time.monotonic() - began < PATIENCE
    assert Job.objects.get(pk=batch.job.pk).state == Job.State.WAITING
    assert "waits, the broker does not answer" in caplog.text

    valkey.start(broker.home, port=broker.port)
    with worker({**committed_db.environment, "BROKER_URL": broker.url, "CELERY_BROKER_URL": broker.url}):
        assert resend() == 1
        wait_until(lambda: Job.objects.get(pk=batch.job.pk).state == Job.State.DONE)

    batch.refresh_from_db()
    assert batch.state == Batch.State.CHECKED
    assert not Teacher.objects.exists()
