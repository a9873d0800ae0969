"""The two counties of the contract tests."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.contracts.scenario import world

__all__ = ["world"]


@pytest.fixture(autouse=True)
def _no_throttle_left() -> Iterator[None]:
    """How often other tests asked the API does not count."""
    cache.clear()
    yield
    cache.clear()
