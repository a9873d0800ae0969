"""What the reader sets for themselves: language, colours, the role in which they act, saved views."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from core.dates import today
from core.org.actor import assignments_of
from core.registry import registry
from core.web import preferences
from core.web.middleware import ASSIGNMENT, KNOWN, LANGUAGE, THEME, THEMES
from core.web.pages import ANYONE, SIGNED_IN, ActionPage, safe_next

YEAR = 365 * 24 * 3600


class SetLanguage(ActionPage):
    """Chinese or English: kept in the account, or in this browser while nobody is logged in."""

    name = "set_language"
    route = "language/"
    permission = ANYONE

    def act(self) -> HttpResponse:
        chosen = self.request.POST.get("language", "")
        response = HttpResponseRedirect(safe_next(self.request))
        if chosen in KNOWN:
            self.request.session[LANGUAGE] = chosen
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", secure=settings.HTTPS
            )
            _keep(self.request, "language", chosen)
        return response


class SetTheme(ActionPage):
    """Light or dark colours: kept in the account, or in this browser while nobody is logged in."""

    name = "set_theme"
    route = "theme/"
    permission = ANYONE

    def act(self) -> HttpResponse:
        chosen = self.request.POST.get("theme", "")
        response = HttpResponseRedirect(safe_next(self.request))
        if chosen in THEMES:
            response.set_cookie(THEME, chosen, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
            _keep(self.request, "theme", chosen)
        return response


def _keep(request: HttpRequest, field: str, value: str) -> None:
    if request.user.is_authenticated:
        setattr(request.user, field, value)
        request.user.save(update_fields=[field])


class SwitchRole(ActionPage):
    """Act in another of one's own role assignments, for this session."""

    name = "switch_role"
    route = "acting/"
    permission = SIGNED_IN

    def act(self) -> str:
        held = {str(one.pk): one.pk for one in assignments_of(self.request.user, today())}
        chosen = held.get(self.request.POST.get("assignment", ""))
        if chosen is None:
            messages.error(self.request, _("You do not hold this role today."))
        else:
            self.request.session[ASSIGNMENT] = chosen
        return safe_next(self.request)


class SavedViews(ActionPage):
    """Keep the conditions, order and columns of a list under a name, or forget one."""

    name = "saved_views"
    route = "views/<slug:list>/"
    permission = SIGNED_IN

    def load(self) -> None:
        if not any(page.name == self.kwargs["list"] for page in registry.pages):
            raise Http404

    def act(self) -> str:
        asked: Any = self.request.POST
        chosen = " ".join(asked.get("name", "").split())
        back = safe_next(self.request)
        if not chosen:
            messages.error(self.request, _("Give the view a name."))
        elif "drop" in asked:
            preferences.drop_view(user=self.request.user, page=self.kwargs["list"], name=chosen)
            messages.success(self.request, _("The view “%(name)s” was removed.") % {"name": chosen})
        else:
            self._keep(chosen)
        return back

    def _keep(self, name: str) -> None:
        query = self.request.POST.get("query", "")[:2000]
        try:
            preferences.save_view(user=self.request.user, page=self.kwargs["list"], name=name, query=query)
        except preferences.NameTaken:
            text = _(
                "There is a view “%(name)s” already, and it stays as it is. Choose another name, or remove that view first."
            )
            messages.error(self.request, text % {"name": name})
        else:
            messages.success(self.request, _("The view “%(name)s” is kept.") % {"name": name})
