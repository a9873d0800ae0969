"""The page that describes the API, and the OpenAPI document behind it. Both need nothing from outside this site."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView

from core.api.viewsets import accepted_language
from core.api.words import words

JSON = (OpenApiJsonRenderer2, OpenApiJsonRenderer)
YAML = (OpenApiYamlRenderer2, OpenApiYamlRenderer)


class Description(SpectacularAPIView):
    """The OpenAPI document: in the language of the session, or of Accept-Language."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if language := accepted_language(request.query_params.get("lang", "")):
            translation.activate(language)
        return super().get(request, *args, **kwargs)


@require_safe
def description_page(request: HttpRequest) -> HttpResponse:
    """The description as a page to read and to try."""
    return render(request, "core/api/description.html", {"words": words()})
