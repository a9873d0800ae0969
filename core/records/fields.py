"""Column types of facts: dates of known precision, and codes of a list."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from core.dates import PartialDate

PARTIAL_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"


class PartialDateField(models.CharField):  # type: ignore[type-arg]
    """A date known to the year, the month or the day, stored as ISO text (`1985`, `1985-07`, `1985-07-13`).

    The precision is never lost: a month stays a month. Text order is time order.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> PartialDate | None:
        return PartialDate.parse(value) if value else None

    def to_python(self, value: Any) -> PartialDate | None:
        if not value:
            return None
        return value if isinstance(value, PartialDate) else PartialDate.parse(str(value))

    def get_prep_value(self, value: Any) -> str | None:
        return str(self.to_python(value)) if value else None

    def value_to_string(self, obj: Any) -> str:
        return str(self.value_from_object(obj) or "")


class CodeField(models.CharField):  # type: ignore[type-arg]
    """A code of a dated code list; `code_list` says which. Blank means not known."""

    def __init__(self, *args: Any, code_list: str = "", **kwargs: Any) -> None:
        self.code_list = code_list
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)


def partial_date(name: str, field: str) -> models.CheckConstraint:
    """The column holds an ISO date of year, month or day precision."""
    return models.CheckConstraint(
        name=name, condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__regex": PARTIAL_DATE})
    )
