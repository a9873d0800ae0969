"""Small tables kept in the process: read whole by one query, and again when somebody has changed them.

Whether a table has changed is asked at the start of each request and otherwise every two seconds, of its history: how
many versions, and the number of the last. History only grows, so each committed change alters the first; numbers are
never used twice, so what was rolled back is told apart by the second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from django.core.signals import request_started
from django.db import connection
from django.db.models import Count, Max
from django.db.models.functions import Coalesce

RECHECK_SECONDS: Final = 2.0
T = TypeVar("T")


class Kept(Generic[T]):
    """What `read` makes of all rows of a record, per database. The value is replaced whole, so readers need no lock."""

    def __init__(self, model: Any, read: Callable[[], T]) -> None:
        self._model = model
        self._read = read
        self._values: dict[str, tuple[tuple[int, int], T]] = {}
        self._asked: dict[str, float] = {}
        request_started.connect(self._expire, weak=False)

    def get(self) -> T:
        """The value as of the last question; asked anew where that is due."""
        database, now = str(connection.settings_dict["NAME"]), time.monotonic()
        kept = self._values.get(database)
        if kept is not None and now - self._asked.get(database, float("-inf")) < RECHECK_SECONDS:
            return kept[1]
        # The stamp is taken first: what is committed in between is then seen at the next question.
        stamp = self._stamp()
        if kept is None or kept[0] != stamp:
            kept = self._values[database] = (stamp, self._read())
        self._asked[database] = now
        return kept[1]

    def forget(self) -> None:
        """Read anew at the next use, in this process: after a write, and before one that must see the latest."""
        self._values.pop(str(connection.settings_dict["NAME"]), None)

    def _stamp(self) -> tuple[int, int]:
        versions = self._model.history.model._base_manager
        found = versions.aggregate(count=Count("pk"), last=Coalesce(Max("pk"), 0))
        return found["count"], found["last"]

    def _expire(self, **_signal: Any) -> None:
        self._asked.clear()
