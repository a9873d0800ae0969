"""Rows as the database gives them."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet


def plain_rows(rows: QuerySet[Any]) -> list[tuple[Any, ...]]:
    """Rows of a `values_list` as the database gives them: partial dates as text, none of Django's conversions."""
    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        return cursor.fetchall()
