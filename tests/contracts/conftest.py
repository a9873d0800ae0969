"""The two counties of the contract tests, made once by each worker; what a test does to them is rolled back."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.contracts.scenario import Scenario, build_world
from tests.ground.clock import FixedClock
from tests.ground.databases import Database, clone, django_on


@pytest.fixture(scope="session")
def _made_world(
    django_db_setup: None, template_database: Database, django_db_blocker: Any
) -> Iterator[tuple[Database, Scenario]]:
    """A database of its own with the two counties in it, committed, and what is known of them."""
    own = clone(template_database)
    with django_db_blocker.unblock(), django_on(own), pytest.MonkeyPatch.context() as patched:
        patched.setattr("core.dates.datetime", FixedClock)
        made = build_world()
    yield own, made
    own.drop()


@pytest.fixture
def world(_made_world: tuple[Database, Scenario], django_db_blocker: Any) -> Iterator[Scenario]:
    """County A and county B with one of everything, and an actor for every role: a copy of this test's own."""
    own, made = _made_world
    with django_db_blocker.unblock(), django_on(own), transaction.atomic():
        yield copy.deepcopy(made)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _no_throttle_left() -> Iterator[None]:
    """How often other tests asked the API does not count."""
    cache.clear()
    yield
    cache.clear()
