"""What every request carries: the reader's language, the actor, and a policy that lets no foreign script in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from core.dates import today
from core.org.actor import actor_for

ASSIGNMENT = "assignment"
LANGUAGE = "language"
THEME = "theme"
THEMES = ("light", "dark", "auto")
Handler = Callable[[HttpRequest], HttpResponse]
KNOWN = {code for code, _name in settings.LANGUAGES}


class LanguageMiddleware:
    """Chinese unless the reader chose otherwise (in this session, or in their account)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.session.get(LANGUAGE) or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        with translation.override(chosen if chosen in KNOWN else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return response


class ActorMiddleware:
    """`request.actor`: the user in the role assignment of this session, or None. The session ends with that role."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.actor = None
        if request.user.is_authenticated:
            actor = actor_for(request.user, today(), request.session.get(ASSIGNMENT))
            if actor is not None and request.session.setdefault(ASSIGNMENT, actor.assignment) != actor.assignment:
                # The role has ended; nobody goes on in another one without having chosen it.
                logout(request)
            else:
                request.actor = actor
        return self.get_response(request)


class HeadMiddleware:
    """Answers HEAD with the headers of GET and no body."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "HEAD" and not response.streaming:
            response.content = b""
        return response


class ContentSecurityPolicyMiddleware:
    """Scripts and styles come from this site only."""

    POLICY = (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.POLICY)
        return response


def theme_of(request: HttpRequest) -> str:
    """Light, dark or as the device likes it: the user's own, else what this browser chose on the login page."""
    user = getattr(request, "user", None)
    chosen = user.theme if user is not None and user.is_authenticated else request.COOKIES.get(THEME, "")
    return chosen if chosen in THEMES else "light"
