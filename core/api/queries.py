"""What stands behind the question mark: declared, read and refused in one way."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from core.api.errors import DETAILS, Problem, places

PAGING = {"cursor", "size"}


class Query(serializers.Serializer[Any]):
    """The parameters of a list.

    A parameter that is not declared is refused, since ignoring it would answer another question.
    """

    @classmethod
    def read(cls, request: Any) -> dict[str, Any]:
        """The values of the known parameters; raises `Problem` (400) naming each that is unknown or wrong."""
        names = set(cls().fields) | PAGING
        unknown = [
            {"parameter": name, "detail": _("There is no such parameter here."), "code": "unknown_parameter"}
            for name in request.query_params
            if name not in names
        ]
        query = cls(data=request.query_params)
        wrong = [] if query.is_valid() else list(places(serializers.ValidationError(query.errors).get_full_details()))
        errors = unknown + [{"parameter": one.pop("pointer").removeprefix("#/"), **one} for one in wrong]
        if errors:
            raise Problem(400, "invalid", DETAILS["invalid"], errors=errors)
        return dict(query.validated_data)
