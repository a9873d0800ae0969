"""What a section refuses although each cell alone can be read: what a field cannot hold, what is missing, what contradicts itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import override

from core.exchange.kinds import Draft
from core.exchange.periods import OnFile

# The sorts of fields that cannot hold all that a cell of their kind can say, and the code of the refusal.
LIMITED: Final[Mapping[type[models.Field[Any, Any]], str]] = {
    models.EmailField: "not_an_email", models.IntegerField: "out_of_range", models.DecimalField: "out_of_range",
    models.DateField: "day_needed",
}  # fmt: skip
CONTRADICTION: Final = "contradiction"


@lru_cache(maxsize=256)
def fits(field: Any) -> Callable[[Any], bool]:
    """Whether a value is one that the field holds; numbers of things are never below nought."""
    if isinstance(field, models.DateField):
        return _has_day

    @lru_cache(maxsize=4096)
    def holds(value: Any) -> bool:
        try:
            field.run_validators(value)
        except ValidationError:
            return False
        return isinstance(value, str) or value >= 0

    return holds


def _has_day(value: Any) -> bool:
    return value.day is not None


def refuse_new(section: Any, row: Draft) -> None:
    """Refuse a new record without what it needs, or whose values cannot be said together."""
    known = {problem.column for problem in row.problems} if section.needed else set()
    for name in section.needed:
        if name not in row.values and name not in known:
            row.refuse(name, "missing")
    if section.contradictions is not None:
        refuse_contradiction(section, row, None)


def refuse_contradiction(section: Any, row: Draft, stored: OnFile | None) -> None:
    """Refuse what cannot be said together by the model's own rule; what was contradictory on file before is not held against the row."""
    rule, said = section.contradictions, {}
    names = {}
    for place in section.places:
        value = row.values.get(place.name)
        if value is not None:
            said[place.field], names[place.field] = value, place.name
    on_file = {place.field: stored[place.field] for place in section.places if not place.protected} if stored else {}
    wrong = rule(said) or (not rule(on_file) and rule({**on_file, **said}))
    for field, why in (wrong or {}).items():
        column = names.get(field) or next(iter(names.values()))
        with override(None):  # the sentence is kept as its msgid: whoever reads it may read another language
            row.refuse(column, CONTRADICTION, "", why=str(why))
