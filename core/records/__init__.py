"""The record kernel. `core.records.change` is the one way to write; models load later than this package, so it is looked up late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.records.changes import change as change


def __getattr__(name: str) -> Any:
    if name == "change":
        from core.records import changes  # noqa: PLC0415 - needs the models, which need this package

        return changes.change
    raise AttributeError(name)
