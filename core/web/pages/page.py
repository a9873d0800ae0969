"""What every page has: an address, a permission, an actor; not yours is 404, yours but not allowed is 403."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from core.registry import registry
from core.web.parts import Link
from core.web.proof import is_proved

ANYONE = "anyone"
SIGNED_IN = "signed-in"
# The method and what was sent stay.
PERMANENT = 308


class Moved(Exception):
    """What the address names is another object now; `url` is its address."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class Page(View):
    """One address of the product.

    `name` is the URL name, `route` the path, `permission` what the actor's role must hold (several: any one of them), `SIGNED_IN`
    (whoever is logged in; `self.actor` may be None) or `ANYONE`. Who has not taken their account over yet is led to do so, but for
    pages that say `before_take_over`. A page that `asks_who` wants a login or a proof of a few minutes ago (`core.web.proof`).
    `rows()` of a page about one object gives the visible ones; the
    object is found there by `<uuid:public_id>`, before the permission is asked. `context()` gives the template what it shows;
    `partial` is the template for HTMX (its outer element has the id `partial_id`), the same address without it renders `template`.
    """

    name: ClassVar[str] = ""
    route: ClassVar[str] = ""
    permission: ClassVar[str | tuple[str, ...]] = ""
    title: Any = ""
    template: str = ""
    before_take_over: ClassVar[bool] = False
    asks_who: ClassVar[bool] = False
    partial: ClassVar[str] = ""
    partial_id: ClassVar[str] = "listing"
    help: Any = ""
    references: ClassVar[tuple[Link, ...]] = ()

    request: Any
    actor: Any = None
    object: Any = None

    def rows(self) -> Any:
        """The rows among which the object of this page is found, starting from `visible_to(self.actor)`; None: no object."""
        return None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Log in first; then find the object (404, or 308 where it is another one now), then ask the permission (403)."""
        self.actor = getattr(request, "actor", None)
        if self.permission == ANYONE:
            return super().dispatch(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return self._to_login(request)
        if request.user.awaits_holder and not self.before_take_over:
            return self._lead(request, reverse("take_over"))
        try:
            self.load()
            if not self.allowed():
                raise PermissionDenied
            if self.wants_proof() and not is_proved(request):
                return self._to_proof(request)
            self.entered()
            response = super().dispatch(request, *args, **kwargs)
        except Moved as moved:
            return self._moved_to(moved.url)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def _to_login(self, request: Any) -> HttpResponse:
        here = (request.htmx.current_url_abs_path or "/") if request.htmx else request.get_full_path()
        return self._lead(request, redirect_to_login(here).headers["Location"])

    def _to_proof(self, request: Any) -> HttpResponse:
        """Ask who sits here, and come back; what was sent is to be sent again."""
        if request.method == "POST":
            messages.warning(request, _("Nothing was done yet: show that it is you, then fill in the form again."))
        return self._lead(request, f"{reverse('prove')}?{urlencode({'next': request.get_full_path()})}")

    def _moved_to(self, address: str) -> HttpResponse:
        """Permanent, and asked again each time: what was put together may be taken apart again. What was sent is sent there."""
        query = self.request.META.get("QUERY_STRING", "")
        response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
        response.status_code = PERMANENT
        response.headers["Cache-Control"] = "no-store, private"
        return response

    def _lead(self, request: Any, address: str) -> HttpResponse:
        """The whole window goes to another address, whoever asks."""
        return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else HttpResponseRedirect(address)

    def load(self) -> None:
        """Find the object of the address among the visible rows, else 404."""
        if "public_id" not in self.kwargs:
            return
        rows = self.rows() if self.actor else None
        self.object = rows.filter(public_id=self.kwargs["public_id"]).first() if rows is not None else None
        if self.object is None:
            self.miss()
        if self.object is None:
            raise Http404

    def miss(self) -> None:
        """Nothing of this address is among the visible rows: a page that knows where it is now raises `Moved`, or finds it itself."""

    def allowed(self) -> bool:
        """Whether the actor's role holds the permission of this page."""
        if self.permission == SIGNED_IN:
            return True
        return self.actor is not None and self.actor.may_any(self.permission)

    def wants_proof(self) -> bool:
        """Whether who is logged in must have shown who they are a few minutes ago."""
        return self.asks_who

    def entered(self) -> None:
        """The object is found and the reader may see it: what opening the page leaves behind."""

    @property
    def on(self) -> Any:
        """The day on which the actor looks."""
        return self.actor.on

    @property
    def url(self) -> str:
        """The address of this page with its object."""
        return reverse(self.name, kwargs=self.kwargs)

    def heading(self) -> Any:
        """The heading; by default the title."""
        return self.title

    def context(self) -> dict[str, Any]:
        """What the template shows beside `page`, `object` and `actor`."""
        return {}

    @property
    def wants_partial(self) -> bool:
        """Whether HTMX asks for the changing part only."""
        htmx = self.request.htmx
        if not (self.partial and htmx) or htmx.history_restore_request:
            return False
        return not htmx.boosted or htmx.target == self.partial_id

    def render(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page, or its partial when HTMX asks."""
        shown = {"page": self, "object": self.object, "actor": self.actor, **self._help(), **self.context(), **more}
        response = render(self.request, self.partial if self.wants_partial else self.template, shown, status=status)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def _help(self) -> dict[str, Any]:
        return {"help": {"text": self.help, "links": self.references}} if self.help else {}

    def get(self, _request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.render()


def paths(*pages: type[Page]) -> list[URLPattern]:
    """The URL patterns of pages, which are registered on the way; a list page brings the address of its export."""
    patterns = []
    for page in pages:
        if page not in registry.pages:
            registry.pages.append(page)
        patterns.append(path(page.route, page.as_view(), name=page.name))
    return patterns


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """Where the form wants to return to, when that is on this site."""
    wanted = request.POST.get("next", "")
    return (
        wanted
        if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        else fallback
    )
