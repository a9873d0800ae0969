"""An import holds a chunk of rows at a time, asks as often for many rows as for few, and gives everything back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.models import Batch
from core.exchange.services import accept_batch, create_batch
from core.jobs.models import Job
from tests.core.exchange.importing import send
from tests.ground.worker import wait_until, worker
from tests.workbooks.generator import make_county, write_county

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(("people", "most"), [(2_000, 240), pytest.param(50_000, 500, marks=pytest.mark.soak)])
def test_a_worker_imports_a_large_workbook_in_bounded_memory(
    committed_db, broker, county_clerk, county_a, tmp_path, people, most
):
    files = write_county(tmp_path, make_county(61, people, share_wrong=0.0))
    send(county_clerk, county_a, files.units)

    with worker({**committed_db.environment, "BROKER_URL": broker.url, "CELERY_BROKER_URL": broker.url}) as started:
        batch = create_batch(actor=county_clerk, unit=county_a, name="a.xlsx", content=files.roster.read_bytes())
        wait_until(lambda: Job.objects.get(pk=batch.job.pk).state not in Job.OPEN, 900, pause=0.2)
        batch.refresh_from_db()
        job = accept_batch(actor=county_clerk, batch=batch)
        wait_until(lambda: Job.objects.get(pk=job.pk).state not in Job.OPEN, 900, pause=0.2)
        held = started.peak_memory() / MEGABYTE

    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == (Batch.State.APPLIED, people)
    assert held < most


@contextmanager
def collector_off() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.mark.django_db
def test_rows_are_given_back_without_a_search_for_cycles(county_clerk, county_a, tmp_path):
    """While a batch is worked on the collector rests: a cycle that held a row would hold all rows of the workbook."""
    people = 200
    files = write_county(tmp_path, make_county(62, people, share_wrong=0.1))
    for file in (files.units, files.roster, files.roster, files.next_year):
        batch = create_batch(actor=county_clerk, unit=county_a, name=file.name, content=file.read_bytes(), start=False)
        for work in (check_batch, apply_batch):
            with collector_off():
                work(batch.pk, county_clerk)
                left = gc.collect()
            assert left < people, f"{work.__name__} of {file.name}"


@pytest.mark.django_db
def test_many_rows_take_no_more_queries_than_few(county_clerk, county_a, county_b, other_county_clerk, tmp_path):
    counted = []
    for unit, actor, people in ((county_a, county_clerk, 400), (county_b, other_county_clerk, 800)):
        files = write_county(tmp_path / str(people), make_county(people, people, share_wrong=0.0))
        send(actor, unit, files.units)
        counted.append(
            [queries for file in (files.roster, files.roster, files.next_year) for queries in count(actor, unit, file)]
        )

    assert counted[0] == counted[1]


def count(actor, unit, file) -> Iterator[int]:
    """The queries of a check, then those of the writing, without those of small tables that each process keeps for a while."""
    batch = create_batch(actor=actor, unit=unit, name=file.name, content=file.read_bytes(), start=False)
    for work in (check_batch, apply_batch):
        with CaptureQueriesContext(connection) as captured:
            work(batch.pk, actor)
        statements = [query["sql"] for query in captured.captured_queries]
        yield sum(not any(kept in statement for kept in ('"parameters_', '"codes_')) for statement in statements)
