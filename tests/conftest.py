"""Fixtures of all tests. Nothing runs as owner or superuser unless a test asks for it by name."""

import gc
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from django.conf import settings

from config.local import testing
from core.jobs.models import Job
from tests.ground.clock import TODAY, FixedClock
from tests.ground.databases import Database, clone, django_on, maker, template
from tests.ground.work import run_open_jobs

COLLECTED_AFTER = 50_000  # objects

pytest_plugins = ["tests.ground.actors"]


@pytest.hookimpl(trylast=True)  # after the order was drawn by lot
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse what would try to empty tables; begin with what takes longest, so that at the end no worker waits for another."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is not None and (marker.args or marker.kwargs):
            message = f"{item.nodeid}: tables cannot be emptied; use the fixture committed_db, not django_db(...)"
            raise pytest.UsageError(message)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What was loaded so far stays until the end: the garbage collector looks at it no more, and seldom at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)


@pytest.fixture(scope="session")
def test_server() -> testing.TestServer:
    """The servers of this session."""
    return testing.database_urls()


@pytest.fixture(scope="session")
def template_database(test_server: testing.TestServer) -> Iterator[Database]:
    """The migrated database that the others are cloned from. Nobody connects to it."""
    with maker(test_server):
        yield template(test_server)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, template_database: Database, django_db_blocker: Any
) -> Iterator[None]:
    """One database per worker for tests that are rolled back (`db`)."""
    own = clone(template_database)
    with django_db_blocker.unblock(), django_on(own):
        yield
    own.drop()


@pytest.fixture
def committed_db(django_db_setup: None, template_database: Database, django_db_blocker: Any) -> Iterator[Database]:
    """A database of this test's own, where commits stay and other connections see them; dropped afterwards."""
    own = clone(template_database)
    with django_db_blocker.unblock(), django_on(own):
        yield own
    own.drop()


@pytest.fixture
def transactional_db(committed_db: Database) -> None:
    """What pytest-django's live server asks for."""


@pytest.fixture
def stored(request: pytest.FixtureRequest) -> None:
    """A database, whichever the test uses: its own clone where it commits, that of its world, else the rolled-back one."""
    asked = set(request.fixturenames)
    commits = {"committed_db", "transactional_db", "live_server"} & asked
    request.getfixturevalue("committed_db" if commits else "world" if "world" in asked else "db")


@pytest.fixture
def superuser_sql(committed_db: Database) -> Iterator["psycopg.Connection[Any]"]:
    """A superuser's connection to the test's own database, each statement committed at once: for tampering."""
    with psycopg.connect(committed_db.superuser_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner_sql(committed_db: Database) -> Iterator["psycopg.Connection[Any]"]:
    """The owner's connection to the test's own database, each statement committed at once."""
    with psycopg.connect(committed_db.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def app_sql(committed_db: Database) -> Iterator["psycopg.Connection[Any]"]:
    """What somebody types into psql as `shidang_app`; nothing is committed unless the test does."""
    with psycopg.connect(committed_db.app_url) as connection:
        yield connection


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """2026-11-22, for every test: the clock that `core.dates.today()` reads stands still."""
    monkeypatch.setattr("core.dates.datetime", FixedClock)
    return TODAY


@pytest.fixture(scope="session", autouse=True)
def _folders() -> None:
    """The folders that an installation has; they go with the session's servers."""
    for folder in (settings.STATIC_ROOT, settings.UPLOAD_DIR):
        folder.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def kept_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where queries are counted: small tables kept in the process are not asked after between two requests, however slow the machine."""
    monkeypatch.setattr("core.kept.RECHECK_SECONDS", 3600.0)


@pytest.fixture
def run_jobs(stored: None) -> Callable[[], list[Job]]:
    """`run_jobs()`: see `tests.ground.work.run_open_jobs`."""
    return run_open_jobs
