"""Trying a change of a file and taking it back: what would be refused, and what would follow."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction

from core.org.errors import NotAllowed
from core.registry import registry


def try_out(write: Callable[[], Any], *, person: int, models: Collection[Any], actor: Any) -> list[Any]:
    """Write records of `models` in a transaction that is taken back; what follows, as `Finding`s of those who registered consequences.

    Raises what `write` raises. What a refusal leaves behind (that a number was asked for) stays.
    """
    labels = {model._meta.label for model in models}
    asked = [one for one in registry.each("consequences") if labels & set(one.models)]
    before = [one.measure(person, actor) for one in asked]
    refused: NotAllowed | None = None
    after: list[Any] = []
    with transaction.atomic():
        try:
            write()
        except NotAllowed as error:
            refused = error
        else:
            after = [one.measure(person, actor) for one in asked]
            transaction.set_rollback(True)
    if refused is not None:
        raise refused
    return [
        finding for one, was, new in zip(asked, before, after, strict=True) for finding in one.tell(was, new, actor)
    ]
