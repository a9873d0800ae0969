"""Pages for anybody, without a login: no cache and no search engine keeps them, and nobody asks too often."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from core.api.throttling import PerAddress
from core.web.pages.page import ANYONE, Page


class PerReader(PerAddress):
    """Pages that anybody reads."""

    scope = "public"


class PerSender(PerAddress):
    """Forms that anybody sends."""

    scope = "stranger"


class StrangersPage(Page):
    """A page without a login that no cache and no search engine keeps. `strangers_send` takes files with its form."""

    permission: ClassVar[str] = ANYONE
    strangers_send: ClassVar[bool] = False

    def shown(self, form: Any = None, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page with its form."""
        response = self.render(form=form, status=status, **more)
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class CountedPage(StrangersPage):
    """A page without a login of which each reader and each sender asks so often and no more, by their address."""

    too_often: ClassVar[str] = "core/pages/too_often.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        throttle = PerSender() if request.method == "POST" and hasattr(self, "post") else PerReader()
        if throttle.allow_request(request, self):
            return super().dispatch(request, *args, **kwargs)
        response = render(request, self.too_often, {"page": self}, status=429)
        response.headers["Retry-After"] = str(int(throttle.wait() or 60))
        return response

    def get(self, _request: Any, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.shown()
