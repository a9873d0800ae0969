"""Passkeys: those of one's own, and logging in with one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.api.throttling import PerAddress
from core.org.errors import NotAllowed
from core.org.models import Passkey
from core.org.passkeys import add_passkey, note_use, remove_passkey
from core.web import webauthn
from core.web.pages import ANYONE, SIGNED_IN, ActionPage, Page, safe_next
from core.web.views.account import OfMyAccount

BACKEND = "django.contrib.auth.backends.ModelBackend"
NO_PASSKEY = _("Your browser made no passkey that can be used here. Try again.")


class PasskeyForm(forms.Form):
    """A new passkey: what it is called, and what the browser made (put there by a script)."""

    name = forms.CharField(label=_("Name of the phone or machine"), max_length=60)
    credential = forms.CharField(widget=forms.HiddenInput, max_length=webauthn.LONGEST)


class MyPasskeys(OfMyAccount):
    """The passkeys of the reader, and a new one."""

    name = "my_passkeys"
    route = "account/passkeys/"
    permission = SIGNED_IN
    asks_who = True
    title = _("Passkeys")
    template = "core/pages/passkeys.html"
    form_class = PasskeyForm
    submit_label = _("Make a passkey")
    done_message = _("The passkey is registered. Log in with it from now on.")
    help = _(
        "With a passkey you log in by the fingerprint, the face or the code with which you open your phone or machine; it never leaves the "
        "device, and nobody can read it off. A password opens the account as well, where you have one. When the account is taken "
        "over anew, all passkeys go."
    )

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "passkeys": Passkey.objects.filter(user=self.request.user).order_by("pk"),
            "options": webauthn.begin_adding(self.request, self.request.user),
        }

    def save(self, form: Any) -> str:
        made = webauthn.complete_adding(self.request, form.cleaned_data["credential"])
        if made is None:
            raise NotAllowed(str(NO_PASSKEY))
        add_passkey(user=self.request.user, name=form.cleaned_data["name"], key_id=made[0], credential=made[1])
        return reverse("my_passkeys")


class RemovePasskey(ActionPage):
    """A passkey of one's own opens nothing any more."""

    name = "passkey_remove"
    route = "account/passkeys/<uuid:public_id>/remove/"
    permission = SIGNED_IN
    done_message = _("The passkey opens nothing any more.")

    def load(self) -> None:
        self.object = Passkey.objects.filter(user=self.request.user, public_id=self.kwargs["public_id"]).first()
        if self.object is None:
            raise Http404

    def act(self) -> str:
        remove_passkey(self.object, user=self.request.user)
        return reverse("my_passkeys")


class PasskeyLogin(Page):
    """Logging in with a passkey, without a name or a password."""

    name = "passkey_login"
    route = "accounts/passkey/"
    permission = ANYONE
    title = _("Log in with a passkey")
    template = "core/pages/passkey_login.html"

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self._shown()

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        throttle = PerAddress()
        if not throttle.allow_request(request, self):
            return self._shown(gettext("Too many tries came from here. Wait a minute and try again."), status=429)
        found = webauthn.complete_entering(request, request.POST.get("credential", ""))
        if found is None:
            return self._shown(
                gettext("No account here opens with this passkey. Log in with the password."), status=422
            )
        note_use(found)
        login(request, found.user, backend=BACKEND)
        messages.success(request, gettext("You are logged in with the passkey “%(name)s”.") % {"name": found.name})
        return HttpResponseRedirect(safe_next(request))

    def _shown(self, problem: str = "", *, status: int = 200) -> HttpResponse:
        response = self.render(status=status, problem=problem, options=webauthn.begin_entering(self.request))
        response.headers["Cache-Control"] = "no-store, private"
        return response
