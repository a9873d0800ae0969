"""Pages of lists by cursor: page 1 of a million rows costs what page 1 of a thousand does."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination as RestCursorPagination

from core.api.errors import Problem


class CursorPagination(RestCursorPagination):
    """`next` and `previous` are whole addresses; `size` asks for 1 to 200 rows.

    The order is the view's `ordering`, whose first key decides what comes after the cursor.
    """

    page_size = 50
    page_size_query_param = "size"
    max_page_size = 200
    ordering = "id"
    cursor_query_description: Any = _("Where the page begins: take it from `next` or `previous`.")
    page_size_query_description: Any = _("How many rows a page has: 1 to 200.")

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
            raise Problem.parameter("cursor", _("This cursor is not one of ours. Begin again without it.")) from error

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }
