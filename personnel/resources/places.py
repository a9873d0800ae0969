"""Finding the unit that a row names, by its code or its name."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Q

from core.exchange.kinds import Draft
from core.org.models import Unit, UnitProfile
from core.text import header_key

COLUMNS: Final = ("unit_name", "unit_code")


class Places:
    """The units of the whole tree on a day, those that are closed by then as well; which of them lie at or below the sender's."""

    def __init__(self, unit: Any, on: date) -> None:
        self.names: dict[int, str] = {}
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = {}
        self._read: dict[str, list[int]] = {}
        self._inside = set(Unit._base_manager.filter(path__descendants=unit.path).values_list("pk", flat=True))
        there = Unit._base_manager.filter(Q(opened=None) | Q(opened__lte=on))
        closed = set()
        for pk, code, ended in there.values_list("pk", "code", "closed"):
            self._by_code[code] = pk
            if ended is not None and ended <= on:
                closed.add(pk)
        profiles = UnitProfile._base_manager.filter(valid__contains=on)
        for pk, name, short in profiles.values_list("unit_id", "name", "short_name"):
            self.names[pk] = name
            for said in {header_key(name), header_key(short)} - {""}:
                self._by_name.setdefault(said, []).append(pk)
        # Who names a closed unit means it only where no open one is called so.
        self._by_name = {
            said: [pk for pk in units if pk not in closed] or units for said, units in self._by_name.items()
        }

    def _named(self, name: str) -> list[int]:
        """The units of that name, however it is written."""
        if name not in self._read:
            self._read[name] = self._by_name.get(header_key(name), [])
        return self._read[name]

    def place(self, row: Draft) -> None:
        """Put the unit beside the row, or refuse it: unknown, of another bureau, one of several, or not the one of its code."""
        code, name = row.values.get("unit_code"), row.values.get("unit_name")
        if not code and not name:
            return
        column = "unit_name" if name else "unit_code"
        named = self._named(name) if name else []
        coded = self._by_code.get(code) if code else None
        candidates = named if coded is None else [coded]
        within = [pk for pk in candidates if pk in self._inside]
        if coded is not None and named and coded not in named:
            row.refuse("unit_code", "unit_differs_from_code", code)
        elif len(within) == 1:
            row.values["unit"] = within[0]
            if name and not named:
                row.warn("unit_name", "unit_name_unknown", name, unit=self.names.get(within[0], code))
        elif within:
            row.refuse(column, "ambiguous_unit", name, count=len(within))
        else:
            row.refuse(column, "out_of_scope" if candidates else "unknown_unit", name or code)
