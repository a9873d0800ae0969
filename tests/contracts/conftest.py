"""The two counties of the contract tests, made once by each worker; what a test does to them is rolled back."""

import copy
import math
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from core.org.actor import Actor
from tests.contracts import addresses
from tests.contracts.scenario import Scenario, build_world
from tests.ground.clock import FixedClock
from tests.ground.databases import Database, clone, django_on

GROUPS = 2


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


@pytest.fixture(params=[pytest.param(False, id="by lot"), pytest.param(True, id="all", marks=pytest.mark.soak)])
def all_of_it(request: pytest.FixtureRequest) -> bool:
    """Whether everything is asked, as in the soak, or what is drawn by lot."""
    return bool(request.param)


@pytest.fixture
def drawn(lot: Callable[[Iterable[Any]], list[Any]]) -> Callable[[Iterable[Any]], list[Any]]:
    """`drawn(addresses)`: of each page or endpoint a third of its addresses, one at least, by lot; in the soak all."""

    def drawn(found: Iterable[Any]) -> list[Any]:
        alike: dict[str, list[Any]] = {}
        for one in found:
            alike.setdefault(one.page.name if isinstance(one, addresses.Address) else one.route, []).append(one)
        return [one for some in alike.values() for one in lot(some)]

    return drawn


@pytest.fixture
def lot(all_of_it: bool) -> Callable[[Iterable[Any]], list[Any]]:
    """`lot(things)`: a third of them, one at least; in the soak all."""

    def lot(things: Iterable[Any]) -> list[Any]:
        found = [*things]
        return found if all_of_it else random.sample(found, math.ceil(len(found) / 3))

    return lot


@pytest.fixture
def asks(all_of_it: bool, world: Scenario) -> Callable[[Actor, Any], bool]:
    """`asks(actor, page)`: whether an actor is to ask a page that is there for their role, or an address of the API.

    Of those who see the same things (clerk and approver of one office) one does, of two such groups, drawn by lot for each page; in
    the soak all do.
    """
    drawn: dict[Any, set[int]] = {}

    def chosen(page: Any) -> set[int]:
        alike: dict[Any, list[int]] = {}
        for actor in world.actors.values():
            if isinstance(page, str) or addresses.may(actor, page):
                alike.setdefault((actor.role.partition("_")[0], actor.unit), []).append(actor.user.pk)
        if all_of_it:
            return {pk for some in alike.values() for pk in some}
        return {random.choice(some) for some in random.sample([*alike.values()], min(GROUPS, len(alike)))}

    def asks(actor: Actor, page: Any) -> bool:
        if page not in drawn:
            drawn[page] = chosen(page)
        return actor.user.pk in drawn[page]

    return asks


@pytest.fixture(autouse=True)
def _contexts_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test client copies the context of every template; of thousands of pages that takes long, and nobody here reads it."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_args, **_kwargs: None)


@pytest.fixture(autouse=True)
def _no_throttle_left() -> Iterator[None]:
    """How often other tests asked the API does not count."""
    cache.clear()
    yield
    cache.clear()
