"""What every endpoint has: a language, an actor, declared permissions, rows that begin with what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.api.pagination import cut
from core.api.permissions import SIGNED_IN
from core.codes.values import Values, values_of
from core.org.actor import Actor

METHODS = ("get", "head", "post", "put", "patch", "delete")
LANGUAGES = {code for code, _name in settings.LANGUAGES}


class ApiViewSet(GenericViewSet[Any]):
    """Actions, each with its permission: `permissions = {"list": "personnel.view_teacher"}` (in a tuple: any of them).

    `refusals` names, by action, further statuses with which it may refuse, beside those of its method (`core.api.schema`).
    Answers are in the language of Accept-Language where it is one of ours, else in that of the user's account.
    """

    permissions: ClassVar[Mapping[str, str | tuple[str, ...]]] = {}
    refusals: ClassVar[Mapping[str, tuple[int, ...]]] = {}
    http_method_names = list(METHODS)
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    @property
    def actor(self) -> Actor:
        """Who asks. Only actions that need a permission of a role may read it."""
        found: Actor = self.request.actor  # type: ignore[attr-defined]
        return found

    @property
    def values(self) -> Values:
        """The renderer of stored values, as of the actor's day."""
        return values_of(self.actor)

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {"Cache-Control": "no-store, private"}

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        asked = accepted_language(request.headers.get("Accept-Language", ""))
        speak(request, asked)
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Any) -> None:
        super().perform_authentication(request)
        if not request.headers.get("Accept-Language"):
            speak(request, getattr(request.user, "language", ""))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
        return super().finalize_response(request, response, *args, **kwargs)

    def paged(self, rows: QuerySet[Any], *, on: date | None = None) -> Response:
        """One page of rows, each rendered by `row`; look-ups are primed by `prime` once per page."""
        page = self.paginate_queryset(rows) or []
        values = values_of(self.actor, on)
        self.prime(values, page)
        return self.get_paginated_response([self.row(values, record) for record in page])

    def cut(self, rows: Sequence[Any], *, on: date | None = None) -> Response:
        """One page of rows that were reckoned as a whole, rendered like `paged`."""
        page, following, before = cut(rows, self.request)
        values = values_of(self.actor, on)
        self.prime(values, page)
        return Response(
            {"next": following, "previous": before, "results": [self.row(values, record) for record in page]}
        )

    def prime(self, values: Values, page: Any) -> None:
        """Read at once what rendering the page will look up."""

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        """A row as JSON."""
        raise NotImplementedError


class ScopedViewSet(ApiViewSet):
    """Endpoints over records. Rows begin with `visible_to(actor)`: what is somebody else's does not exist (404)."""

    model: ClassVar[Any]

    def get_queryset(self) -> Any:
        return self.select(self.model.objects.visible_to(self.actor))

    def select(self, rows: Any) -> Any:
        """Add what rendering needs to the visible rows: annotations, joins."""
        return rows

    def get_object(self) -> Any:
        found = self.get_queryset().filter(public_id=self.kwargs[self.lookup_url_kwarg]).first()
        if found is None:
            raise Http404
        return found

    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        record = self.get_object()
        self.prime(self.values, [record])
        return Response(self.row(self.values, record))


class Unknown(ApiViewSet):
    """Every address below the API that does not exist, so that it answers like a row that one may not see."""

    permissions: ClassVar = {"refuse": SIGNED_IN}
    schema = None

    def refuse(self, _request: Any, **_ids: Any) -> Response:
        raise Http404


def accepted_language(header: str) -> str:
    """The first of our languages that an Accept-Language header names, or nothing. Any Chinese is Chinese."""
    for wanted, _quality in parse_accept_lang_header(header):
        for code in (wanted, wanted.split("-")[0]):
            known = "zh-hans" if code == "zh" else code
            if known in LANGUAGES:
                return known
    return ""


def speak(request: Any, language: str) -> None:
    """Answer in a language, if it is one of ours. The language middleware puts it back afterwards."""
    if language in LANGUAGES:
        translation.activate(language)
        request._request.LANGUAGE_CODE = language
