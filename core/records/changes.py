"""`change()`: the only way to write records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

from core.records.errors import explained
from core.records.models import Change

_current: ContextVar[Change | None] = ContextVar("change", default=None)


def current_change() -> Change | None:
    """The change that is open in this context."""
    return _current.get()


@contextmanager
def settled() -> Iterator[None]:
    """Rules that the database asks at the end of a transaction are asked of what is written inside when it is left."""
    yield
    with explained(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _announce(pk: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('records.change', %s, true)", [str(pk or "")])


def _user_of(actor: Any) -> Any:
    return getattr(actor, "user", actor)


@contextmanager
def change(
    kind: str, *, actor: Any, reason: str, reason_code: str = "", document: str = "", source: str = "", evidence: Any = None
) -> Iterator[Change]:  # fmt: skip
    """Open the one transaction in which records may be written.

    `kind` is `module.verb`, `actor` an `Actor` (or a `User`, for the system's own work), `reason` words for the history,
    `reason_code` the usual reason (its words may be empty then), `document` the number of the paper (文号), `evidence` the stored file
    that shows it, `source` where it came from (`page`, `api`, `batch:412`, `case:88`, `command`).
    An inner change by the same actor joins the outer one; by another actor it is a RuntimeError.
    Raises ValueError without a reason. On commit every history row written inside points to the returned `Change`.
    """
    user = _user_of(actor)
    outer = _current.get()
    if outer is not None:
        if outer.actor_id != user.pk:
            msg = f"a change by user {outer.actor_id} is open; user {user.pk} cannot write in it"
            raise RuntimeError(msg)
        with transaction.atomic():
            yield outer
        return
    if not (reason.strip() or reason_code):
        msg = "a change needs a reason"
        raise ValueError(msg)
    with explained(), transaction.atomic():
        current = Change.objects.create(
            kind=kind, actor=user, role=getattr(actor, "role", ""), unit=getattr(actor, "unit", None),
            reason=reason, reason_code=reason_code, document=document, source=source, evidence=evidence,
            evidence_digest=evidence.digest if evidence is not None else "",
        )  # fmt: skip
        token = _current.set(current)
        _announce(current.pk)
        try:
            yield current
        finally:
            _current.reset(token)
        _announce(None)
