"""Clients of the API: in a session, and with a token."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core.api.services import issue_token
from core.org.actor import Actor
from core.org.models import RoleAssignment
from tests.ground.clock import TODAY


@pytest.fixture(autouse=True)
def _no_throttle_left() -> Iterator[None]:
    """How often others asked before does not count."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def token_of(stored: None) -> Callable[..., str]:
    """`token_of(actor)`: the text of a new token for the actor's role."""

    def issue(actor: Actor, days: int = 90) -> str:
        assignment = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        return issue_token(assignment=assignment, name="测试", days=days, now=timezone.now(), on=TODAY)[1]

    return issue


@pytest.fixture
def api(token_of: Callable[..., str]) -> Callable[..., Client]:
    """`api(actor)`: a client that sends the actor's token, asks in English unless told otherwise."""

    def client(actor: Actor | None = None, language: str = "en") -> Client:
        headers: dict[str, Any] = {"Accept-Language": language} if language else {}
        if actor is not None:
            headers["Authorization"] = f"Bearer {token_of(actor)}"
        return Client(headers=headers)

    return client
