"""My account: language, colours, password, the roles that I hold, the tokens of my programs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from core.api.models import ApiToken
from core.api.services import MOST_DAYS, USUAL_DAYS, issue_token, revoke_tokens
from core.dates import today
from core.org.accounts import choose_password, end_other_sessions, take_over
from core.org.actor import assignments_of, role_label
from core.web.middleware import THEMES
from core.web.pages import SIGNED_IN, ActionPage, FormPage, Page
from core.web.parts import Action, Choice, Fact, Link

THEME_NAMES = {"light": _("light"), "dark": _("dark"), "auto": _("as the device")}
OWN_NAMES = {"zh-hans": "中文", "en": "English"}


class MyAccount(Page):
    """What the reader sets for themselves."""

    name = "my_account"
    route = "account/"
    permission = SIGNED_IN
    title = _("My account")
    template = "core/pages/account.html"
    help = _("What you set here holds for you alone, on every machine on which you log in.")

    def context(self) -> dict[str, Any]:
        user, roles = self.request.user, self._roles()
        return {
            "facts": [
                Fact(gettext("Name"), user.name),
                Fact(gettext("User name"), user.username),
                Fact(gettext("E-mail"), user.email),
                Fact(
                    gettext("Last login"),
                    timezone.localtime(user.last_login).strftime("%Y-%m-%d %H:%M") if user.last_login else "",
                ),
            ],
            "languages": [
                Choice(code, OWN_NAMES[code], code == self.request.LANGUAGE_CODE) for code, _name in settings.LANGUAGES
            ],
            "themes": [Choice(name, THEME_NAMES[name], name == user.theme) for name in THEMES],
            "roles": roles,
            "tokens": self._tokens({one["id"]: one for one in roles}),
        }

    def _tokens(self, held: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
        """The tokens that may still open something, each with the role in which its program acts."""
        live = ApiToken.objects.filter(user=self.request.user).live(timezone.now()).order_by("-pk")
        return [{"token": token, "held": held.get(token.assignment_id or 0)} for token in live]

    def _roles(self) -> list[dict[str, Any]]:
        """The roles held today; the reader acts in the current one and may switch to another."""
        held = assignments_of(self.request.user, today())
        return [
            {
                "id": one.pk,
                "role": role_label(one.role),
                "unit": one.unit_name,
                "until": one.valid.upper,
                "current": bool(self.actor and one.pk == self.actor.assignment),
            }
            for one in held
        ]


class OfMyAccount(FormPage):
    """A form of the reader's own account, which leads back to it."""

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(MyAccount.title, reverse("my_account"))]}

    @property
    def cancel_url(self) -> str:
        """Back to the account."""
        return reverse("my_account")


class OwnPasswordForm(SetPasswordForm):
    """Django's form in the words of this product: what is asked, and why a password is refused."""

    error_messages = {"password_mismatch": _("The two new passwords differ.")}
    refusals = {
        "password_too_short": _("It is too short: take at least %(min_length)d characters."),
        "password_too_common": _("Many people use this password; it would be guessed. Take another."),
        "password_too_similar": _("It is too much like your name, user name or e-mail address."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        length = max(getattr(rule, "min_length", 0) for rule in get_default_password_validators())
        said = gettext("At least %(number)d characters; nothing like your name, nothing that many people use.")
        self.fields["new_password1"].label = gettext("Password from now on")
        self.fields["new_password1"].help_text = said % {"number": length}
        self.fields["new_password2"].label = gettext("New password once more")
        self.fields["new_password2"].help_text = ""

    def validate_password_for_user(self, user: Any, *args: Any, **kwargs: Any) -> None:
        """Ask the rules of the settings; a refusal stands at the field where the password was chosen."""
        chosen = self.cleaned_data.get("new_password2")
        if not chosen:
            return
        try:
            validate_password(chosen, user)
        except forms.ValidationError as error:
            for one in error.error_list:
                message = self.refusals.get(one.code or "")
                told = forms.ValidationError(message, code=one.code, params=one.params) if message else one
                self.add_error("new_password1", told)


class TakeOverForm(OwnPasswordForm):
    """A password of one's own, with the code of the account where one was handed out."""

    code = forms.CharField(
        label=_("Account code"),
        max_length=40,
        help_text=_("The security administrator who confirmed your role hands it to you, on paper or in person."),
    )

    field_order = ("code", "new_password1", "new_password2")

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        if not user.code_digest:
            del self.fields["code"]
        else:
            self.fields["code"].widget.attrs["autocomplete"] = "one-time-code"


class TakeOver(FormPage):
    """The first thing that its holder does with an account that somebody handed out: a password that nobody else knows."""

    name = "take_over"
    route = "account/first/"
    permission = SIGNED_IN
    before_take_over = True
    title = _("Make the account your own")
    form_class = OwnPasswordForm
    submit_label = _("Go on")
    done_message = _("The account is yours. Nobody else knows the password.")
    help = _(
        "Your password was handed out by an administrator, who knows it. Choose one that only you know; until then the account opens "
        "nothing. A code comes from a second administrator, so that neither of them can log in as you."
    )

    def get(self, _request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who has taken the account over already is led on."""
        if not self.request.user.awaits_holder:
            return HttpResponseRedirect(reverse("home"))
        return super().get(_request, *args, **kwargs)

    def form(self, **given: Any) -> Any:
        return TakeOverForm(self.request.user, data=given.get("data"))

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        user = take_over(user=self.request.user, password=data["new_password1"], code=data.get("code", ""))
        update_session_auth_hash(self.request, user)
        return reverse("home")


class ChangePassword(OfMyAccount):
    """A new password of one's own. Other sessions end, and so do the tokens of programs."""

    name = "my_password"
    route = "account/password/"
    permission = SIGNED_IN
    asks_who = True
    title = _("Change my password")
    form_class = OwnPasswordForm
    submit_label = _("Change the password")
    help = _("You stay logged in here. Everywhere else you log in anew, and the tokens of your programs are revoked.")

    def form(self, **given: Any) -> Any:
        return OwnPasswordForm(self.request.user, data=given.get("data"))

    def save(self, form: Any) -> str:
        user = choose_password(user=self.request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, user)
        revoked = revoke_tokens(ApiToken.objects.filter(user=user), by=user, now=timezone.now())
        messages.success(self.request, gettext("The password is changed."))
        if revoked:
            said = ngettext("%(n)s token was revoked.", "%(n)s tokens were revoked.", revoked) % {"n": revoked}
            messages.info(self.request, said)
        return reverse("my_account")


class EndSessions(OfMyAccount):
    """Everywhere else the reader is logged out; the password stays."""

    name = "my_sessions"
    route = "account/sessions/"
    permission = SIGNED_IN
    asks_who = True
    title = _("Log out everywhere else")
    form_class = forms.Form
    submit_label = _("Log out everywhere else")
    done_message = _("You are logged in here only.")
    help = _(
        "For a phone that is lost, or a machine of others on which you did not log out. Your password stays; if somebody may "
        "know it, change it."
    )

    def save(self, form: Any) -> str:
        user = end_other_sessions(user=self.request.user)
        update_session_auth_hash(self.request, user)
        return reverse("my_account")


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(label=_("what it is for"), max_length=60)
    assignment = forms.ChoiceField(
        label=_("Role"), help_text=_("The program sees and may do what this role does, no more.")
    )
    days = forms.IntegerField(label=_("Days that it lives"), min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS)

    def __init__(self, *args: Any, held: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {str(one.pk): one for one in held}
        between = pgettext("between unit and role", " · ")
        options = [(key, f"{one.unit_name}{between}{role_label(one.role)}") for key, one in self.held.items()]
        self.fields["assignment"].choices = options  # type: ignore[attr-defined]

    def clean_assignment(self) -> Any:
        """The role assignment that was chosen."""
        return self.held[self.cleaned_data["assignment"]]


class NewToken(OfMyAccount):
    """A token for a program of one's own; its text is shown once, on the answer."""

    name = "token_new"
    route = "account/tokens/new/"
    permission = SIGNED_IN
    title = _("New API token")
    form_class = TokenForm
    submit_label = _("Make the token")
    help = _("A token is a password for a program. Make one for each program, so that each can be revoked by itself.")

    def form_options(self) -> dict[str, Any]:
        return {"held": list(assignments_of(self.request.user, today()))}

    def initial(self) -> dict[str, Any]:
        return {"days": USUAL_DAYS, "assignment": str(self.actor.assignment) if self.actor else ""}

    def save(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        token, text = issue_token(
            assignment=data["assignment"], name=data["name"], days=data["days"], now=timezone.now(), on=today()
        )
        self.template = "core/pages/token_once.html"
        back = Action(gettext("Back to my account"), reverse("my_account"), "user", primary=True)
        return self.render(token=token, text=text, back=back)


class RevokeToken(ActionPage):
    """A token of one's own opens nothing any more."""

    name = "token_revoke"
    route = "account/tokens/<uuid:public_id>/revoke/"
    permission = SIGNED_IN
    done_message = _("The token is revoked.")

    def load(self) -> None:
        self.object = ApiToken.objects.filter(user=self.request.user, public_id=self.kwargs["public_id"]).first()
        if self.object is None:
            raise Http404

    def act(self) -> str:
        revoke_tokens(ApiToken.objects.filter(pk=self.object.pk), by=self.request.user, now=timezone.now())
        return reverse("my_account")
