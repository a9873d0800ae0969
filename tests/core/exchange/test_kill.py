"""Kill -9 in the middle of an import: after the restart it finishes or waits; all rows or none, none twice."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.db import OperationalError, connection, transaction

from config.local import account, database, postgres
from config.local.testing import TestServer, session_folder
from core.exchange.models import Batch, BatchRow
from core.exchange.services import accept_batch, create_batch
from core.jobs.models import Job
from core.jobs.services import resend
from core.records.models import Change
from core.records.settling import settle
from core.records.verifying import verify
from personnel.models import Employment, IdentityDocument, Teacher
from tests.core.exchange.importing import send
from tests.factories.people import make_actor, make_unit
from tests.ground.databases import Database, clone, django_on, maker, template
from tests.ground.worker import wait_until, worker
from tests.workbooks.generator import Files, make_county, write_county

PEOPLE = 3000
# How long a check or the writing of 3,000 rows may take on a slow machine; kills are spread over it.
LONGEST = 1.2
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 12))]


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Files:
    return write_county(tmp_path_factory.mktemp("county"), make_county(41, PEOPLE))


@pytest.fixture
def expected(county: Files) -> tuple[int, int]:
    """How many rows the roster has, and how many of them have nothing wrong."""
    rows = json.loads(county.roster_expected.read_text(encoding="utf-8"))
    return len(rows), sum(not row["problems"] for row in rows)


def upload(actor, unit, file: Path) -> Batch:
    return create_batch(actor=actor, unit=unit, name=file.name, content=file.read_bytes())


def job_of(batch: Batch) -> Job:
    return Job.objects.get(pk=Batch.objects.values_list("job", flat=True).get(pk=batch.pk))


def wait_for_start(batch: Batch) -> None:
    wait_until(lambda: job_of(batch).state != Job.State.WAITING)


def finish(batch: Batch) -> Job:
    """What the beat does until the job has ended: send again what waits and what nobody works on."""

    def ended() -> bool:
        resend()
        return job_of(batch).state not in Job.OPEN

    wait_until(ended, 120, pause=0.3)
    return job_of(batch)


def assert_all_or_none(batch: Batch, expected: tuple[int, int]) -> None:
    total, good = expected
    people = [Teacher.objects.count(), Employment.objects.count(), IdentityDocument.objects.count()]
    assert BatchRow.objects.filter(batch=batch).count() in {0, total}
    assert people in ([0, 0, 0], [good, good, good])


def assert_written_once(batch: Batch, expected: tuple[int, int]) -> None:
    total, good = expected
    batch.refresh_from_db()
    assert batch.state == Batch.State.APPLIED
    assert (batch.counts["new"], batch.counts["refused"]) == (good, total - good)
    assert_all_or_none(batch, expected)
    assert Teacher.objects.count() == Teacher.history.count() == good
    assert Change.objects.filter(source=f"batch:{batch.pk}").count() == 1
    settle()
    with transaction.atomic():
        assert list(verify()) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_worker_leaves_all_rows_or_none_and_the_next_one_finishes(
    committed_db, broker, county_clerk, county_a, county, expected, seed
):
    chance = random.Random(seed)
    environment = {**committed_db.environment, "BROKER_URL": broker.url, "CELERY_BROKER_URL": broker.url}
    send(county_clerk, county_a, county.units)

    with worker(environment) as first:
        batch = upload(county_clerk, county_a, county.roster)
        wait_for_start(batch)
        time.sleep(chance.uniform(0, LONGEST))
        first.kill()
    assert_all_or_none(batch, expected)

    with worker(environment) as second:
        assert finish(batch).state == Job.State.DONE
        batch.refresh_from_db()
        assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, expected[1])
        accept_batch(actor=county_clerk, batch=batch)
        wait_for_start(batch)
        time.sleep(chance.uniform(0, LONGEST))
        second.kill()
    assert_all_or_none(batch, expected)

    with worker(environment):
        assert finish(batch).state == Job.State.DONE
    assert_written_once(batch, expected)


@pytest.fixture
def server() -> Iterator[Path]:
    """The folder of a PostgreSQL of this test's own, which is kept on disk as in an installation."""
    folder = Path(tempfile.mkdtemp(dir=account.make_folder(session_folder() / "killed")))
    folder.chmod(0o755)
    yield folder
    postgres.stop(folder)
    shutil.rmtree(folder)


@contextmanager
def own_database(folder: Path, broker_url: str) -> Iterator[Database]:
    cluster = postgres.start(folder)
    urls = database.prepare(cluster.superuser_url, owner_password="only-for-tests", app_password="only-for-tests")
    started = TestServer(cluster.superuser_url, urls.owner, urls.app, broker_url)
    with maker(started):
        own = clone(template(started))
    with django_on(own):
        yield own


def kill_database(folder: Path) -> None:
    """SIGKILL to the server's main process; the others end when they notice, as after a crash."""
    pid = postgres.running_pid(folder)
    assert pid is not None
    psutil.Process(pid).kill()
    connection.close()


def start_database(folder: Path) -> None:
    """Start it again; connections are taken once it has replayed its log."""
    port = int((folder / "port").read_text())
    postgres.start(folder, port=port)

    def answers() -> bool:
        try:
            connection.ensure_connection()
        except OperationalError:
            return False
        return True

    wait_until(answers)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_database_leaves_all_rows_or_none_and_the_same_worker_finishes(
    django_db_setup, django_db_blocker, server, broker, county, expected, seed
):
    chance = random.Random(seed)
    with django_db_blocker.unblock(), own_database(server, broker.url) as own:
        unit = make_unit("county", "青石县教育局", make_unit("city", "临江市教育局"))
        clerk = make_actor("county_clerk", unit)
        send(clerk, unit, county.units)
        with worker({**own.environment, "BROKER_URL": broker.url, "CELERY_BROKER_URL": broker.url}):
            batch = upload(clerk, unit, county.roster)
            wait_for_start(batch)
            time.sleep(chance.uniform(0, LONGEST))
            kill_database(server)
            start_database(server)
            assert_all_or_none(batch, expected)

            assert finish(batch).state == Job.State.DONE
            accept_batch(actor=clerk, batch=batch)
            wait_for_start(batch)
            time.sleep(chance.uniform(0, LONGEST))
            kill_database(server)
            start_database(server)
            assert_all_or_none(batch, expected)

            assert finish(batch).state == Job.State.DONE
        assert_written_once(batch, expected)
