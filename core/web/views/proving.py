"""Showing once more who one is, by the password or a passkey, before a page that asks for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from axes.utils import reset
from django import forms
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.org.models import Passkey
from core.org.passkeys import note_use
from core.web import webauthn
from core.web.pages import SIGNED_IN, ActionPage, Page, safe_next
from core.web.proof import note_proof


def is_own_password(request: Any, given: str) -> bool:
    """Whether this is the password of who is logged in, asked as at a login: wrong ones count, and many lock out."""
    name = request.user.get_username()
    if authenticate(request, username=name, password=given) is None:
        return False
    reset(ip=request.axes_ip_address, username=name)
    return True


class PresentPasswordForm(forms.Form):
    """The password of who is logged in."""

    password = forms.CharField(
        label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class ProveWho(Page):
    """Asks for the password or a passkey, and leads back to the page that wanted to know."""

    name = "prove"
    route = "account/prove/"
    permission = SIGNED_IN
    title = _("Is it you?")
    template = "core/pages/prove.html"

    def context(self) -> dict[str, Any]:
        user, sent = self.request.user, self.request.POST or self.request.GET
        keys = Passkey.objects.filter(user=user).exists()
        return {
            "next": sent.get("next", ""),
            "form": PresentPasswordForm() if user.has_usable_password() else None,
            "options": webauthn.begin_entering(self.request) if keys else None,
        }

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        problem = self._refused_passkey() if "credential" in request.POST else self._refused_password()
        if problem:
            return self.render(problem=problem, status=422)
        note_proof(request=request)
        return HttpResponseRedirect(safe_next(request))

    def _refused_passkey(self) -> str:
        found = webauthn.complete_entering(self.request, self.request.POST["credential"])
        if found is None or found.user_id != self.request.user.pk:
            return gettext("This passkey does not belong to your account.")
        note_use(found)
        return ""

    def _refused_password(self) -> str:
        right = is_own_password(self.request, self.request.POST.get("password", ""))
        return "" if right else gettext("This is not your present password.")


class ProveByLogin(ActionPage):
    """Out, and in again by the road by which one came: for who has neither password nor passkey here."""

    name = "prove_by_login"
    route = "account/prove/login/"
    permission = SIGNED_IN

    def act(self) -> str:
        where = safe_next(self.request)
        logout(self.request)
        return f"{reverse('account_login')}?{urlencode({'next': where})}"
