"""Code lists as shipped, read anew by each test: what another one wrote was rolled back."""

import pytest

from core.codes import selectors
from core.codes.services import load_codes


@pytest.fixture
def codes(stored, today):
    """The shipped lists, loaded."""
    load_codes(on=today)
    selectors.forget()
    yield
    selectors.forget()
