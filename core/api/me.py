"""Whom the API takes somebody for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from core.api.permissions import SIGNED_IN
from core.api.schema import DAY, ROLE, TEXT, component, many, maybe
from core.api.values import role_of, unit_of
from core.api.viewsets import ApiViewSet

ME = component(
    "Me", _("The actor: who, in which role, where, on which day, with which permissions."),
    username=TEXT, name=TEXT, role=maybe(ROLE["role"]), unit=maybe(ROLE["unit"]), on=maybe(DAY), permissions=many(TEXT),
)  # fmt: skip


@extend_schema(tags=[_("Tokens")])  # type: ignore[list-item]
class Me(ApiViewSet):
    """The actor of this request."""

    permissions: ClassVar = {"retrieve": SIGNED_IN}
    pagination_class = None

    @extend_schema(summary=_("Who am I"), responses={200: ME})
    def retrieve(self, request: Any) -> Response:
        actor, user = request.actor, request.user
        row = {"username": user.username, "name": user.name, "role": None, "unit": None, "on": None, "permissions": []}
        if actor is not None:
            row |= {
                "role": role_of(actor.role), "unit": unit_of(self.values, actor.unit), "on": actor.on.isoformat(),
                "permissions": sorted(actor.permissions),
            }  # fmt: skip
        return Response(row)
