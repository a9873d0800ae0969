"""The app of pgtrigger, registering in one pass.

Its registry works out the names of all triggers anew for each one that it takes: with the triggers of some hundred tables,
half of the time in which any process starts.
"""

from typing import Any

from pgtrigger import registry
from pgtrigger.apps import PGTriggerConfig


class Indexed(registry._Registry):
    """Pgtrigger's registry, which keeps what it otherwise works out."""

    def __init__(self, entries: dict[str, Any]) -> None:
        self._functions: set[str] = set()
        self._by_table: dict[tuple[str, str], Any] = {}
        super().__init__(entries)

    @property
    def pg_function_names(self) -> set[str]:
        return self._functions

    @property
    def by_db_table(self) -> dict[tuple[str, str], Any]:
        return self._by_table

    def __setitem__(self, key: str, value: tuple[Any, Any]) -> None:
        super().__setitem__(key, value)
        model, trigger = value
        self._functions.add(trigger.get_pgid(model))
        self._by_table[model._meta.db_table, trigger.name] = trigger

    def __delitem__(self, key: str) -> None:
        model, trigger = self[key]
        super().__delitem__(key)
        self._functions.discard(trigger.get_pgid(model))
        del self._by_table[model._meta.db_table, trigger.name]


class TriggersConfig(PGTriggerConfig):
    def ready(self) -> None:
        registry._registry = Indexed({**registry._registry})
        super().ready()
