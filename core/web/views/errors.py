"""Pages for what cannot be shown. None of them says anything about the address that was asked for."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: the same bytes for what does not exist and for what is not yours."""
    return _page(request, "404.html", 404)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: yours, but your role may not."""
    return _page(request, "403.html", 403)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: the request cannot be read; 413 where more was sent than is taken."""
    if isinstance(exception, RequestDataTooBig):
        return _page(request, "413.html", 413)
    return _page(request, "400.html", 400)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    response = render(request, template, status=status)
    response.headers["Cache-Control"] = "no-store, private"
    return response
