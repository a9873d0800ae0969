"""The ltree column type, for subtrees of units."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.lookups import PostgresOperatorLookup


class LtreeField(models.TextField):  # type: ignore[type-arg]
    """A path of labels from the root, such as `1.14.230`."""

    def db_type(self, connection: Any) -> str:
        return "ltree"

    def get_internal_type(self) -> str:
        return "LtreeField"


@LtreeField.register_lookup
class Descendants(PostgresOperatorLookup):
    """`path__descendants=x`: the path lies in the subtree of x, x included."""

    lookup_name = "descendants"
    postgres_operator = "<@"

    def get_prep_lookup(self) -> Any:
        return self.rhs if hasattr(self.rhs, "resolve_expression") else str(self.rhs)

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        sql, params = super().process_rhs(compiler, connection)
        return (sql, params) if hasattr(self.rhs, "resolve_expression") else (f"{sql}::ltree", params)


@LtreeField.register_lookup
class Ancestors(Descendants):
    """`path__ancestors=x`: the path is x or lies above x."""

    lookup_name = "ancestors"
    postgres_operator = "@>"
