"""What the database says when a write is not allowed, as Python errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from django.db import DatabaseError


class RecordError(DatabaseError):
    """A write that the database refuses by a rule of ours. Never retried."""

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """The error with what the database said."""
        return cls(str(error).splitlines()[0])


class NoChange(RecordError):
    """A record was written outside a `change()` of this transaction."""


class StaleRecord(RecordError):
    """The record was changed by somebody else since it was read."""


class AppendOnly(RecordError):
    """History, changes and seals are only added to."""


class FixedKey(RecordError):
    """A primary key never changes."""


class TwoPersons(RecordError):
    """A role is given or ended without what two persons decided."""


STATES: dict[str, type[RecordError]] = {
    "SD001": StaleRecord, "SD002": NoChange, "SD003": FixedKey, "SD004": AppendOnly, "SD005": TwoPersons,
}  # fmt: skip


def explain(sqlstate: str, kind: type[RecordError]) -> None:
    """Say which error a module's own SQLSTATE is."""
    STATES[sqlstate] = kind


def meaning(error: BaseException) -> RecordError | None:
    """The error of ours behind a database error, or None."""
    state = getattr(error.__cause__, "sqlstate", None) or getattr(error, "sqlstate", None)
    known = STATES.get(state or "")
    return known.of(error) if known else None


@contextmanager
def explained() -> Iterator[None]:
    """Turn SQLSTATEs of ours into their Python errors."""
    try:
        yield
    except RecordError:
        raise
    except DatabaseError as error:
        known = meaning(error)
        if known is None:
            raise
        raise known from error
