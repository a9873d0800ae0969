"""Pages of lists by cursor: page 1 of a million rows costs what page 1 of a thousand does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination as RestCursorPagination
from rest_framework.utils.urls import remove_query_param, replace_query_param

from core.api.errors import Problem

USUAL_ROWS: Final = 50
MOST_ROWS: Final = 200
# Digits of the place of a row.
LONGEST_PLACE: Final = 9
FROM_WHERE: Final[Any] = _("Where the page begins: take it from `next` or `previous`.")
HOW_MANY: Final[Any] = _("How many rows a page has: 1 to 200.")
NOT_OURS: Final[Any] = _("This cursor is not one of ours. Begin again without it.")


class CursorPagination(RestCursorPagination):
    """`next` and `previous` are whole addresses; `size` asks for 1 to 200 rows.

    The order is the view's `ordering`, whose first key decides what comes after the cursor.
    """

    page_size = USUAL_ROWS
    page_size_query_param = "size"
    max_page_size = MOST_ROWS
    ordering = "id"
    cursor_query_description: Any = FROM_WHERE
    page_size_query_description: Any = HOW_MANY

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        ordering = getattr(view, "ordering", self.ordering)
        return (ordering,) if isinstance(ordering, str) else tuple(ordering)

    def get_page_size(self, request: Any) -> int:
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= self.max_page_size):
            raise Problem.parameter(
                "size", _("The size of a page is a number from 1 to %(most)d.") % {"most": self.max_page_size}
            )
        return int(asked)

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view=view)
        except (NotFound, ValueError, ValidationError, DataError) as error:
            if isinstance(error, Problem) or self.cursor_query_param not in request.query_params:
                raise
            raise Problem.parameter("cursor", NOT_OURS) from error

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for one in found:
            if one["name"] == self.page_size_query_param:
                one["schema"] = {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.max_page_size,
                    "default": self.page_size,
                }
        return found

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }


def cut(rows: Sequence[Any], request: Any) -> tuple[Sequence[Any], str | None, str | None]:
    """The page of rows that a request asks for, of a list that was reckoned as a whole: (rows, address of the next, of the one before).

    The cursor is the place of the first row. Raises `Problem` (400) for one that is no place.
    """
    size, address = CursorPagination().get_page_size(request), request.build_absolute_uri()
    asked = request.query_params.get("cursor", "0")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_PLACE):
        raise Problem.parameter("cursor", NOT_OURS)
    first = int(asked)
    following = replace_query_param(address, "cursor", first + size) if first + size < len(rows) else None
    before = None
    if first:
        back = max(min(first, len(rows)) - size, 0)
        before = replace_query_param(address, "cursor", back) if back else remove_query_param(address, "cursor")
    return rows[first : first + size], following, before
