"""A broker of a test's own, for tests with a worker."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import current_app

from config.local import account, valkey
from config.local.testing import session_folder


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[valkey.Broker]:
    """A broker of this test's own: what is sent here comes to the workers that the test starts, and to nobody else."""
    folder = Path(tempfile.mkdtemp(dir=account.make_folder(session_folder() / "brokers")))
    folder.chmod(0o755)
    started = valkey.start(folder)
    forget = _forget_connections()
    monkeypatch.setenv("CELERY_BROKER_URL", started.url)
    forget()
    yield started
    forget()
    valkey.stop(folder)
    shutil.rmtree(folder)


def _forget_connections() -> Callable[[], None]:
    app = current_app._get_current_object()

    def forget() -> None:
        app._pool = app.amqp._producer_pool = None

    return forget
