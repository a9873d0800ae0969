"""What is asked where accounts are opened by slips."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.views.account import OwnPasswordForm

USERNAME: Final = re.compile(r"[a-z][a-z0-9._-]{2,29}")


class SlipForm(forms.Form):
    """Why slips are handed out, and whether those who have an account get one too."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("The teacher reads it under “Who looked at my file”.")
    )
    renew = forms.BooleanField(
        label=_("also for who has an account already"),
        required=False,
        help_text=_(
            "The slip lets them in anew when they have lost password or phone; once it is used, everything else is logged out."
        ),
    )


class ProofForm(forms.Form):
    """Who holds a slip: its code, and what shows that it is theirs."""

    code = forms.CharField(label=_("Code of the slip"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=60)
    number = forms.CharField(
        label=_("Number of the identity document"),
        max_length=40,
        help_text=_("Of the identity card or, where your file has another, of the passport or permit."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = {"code": ("one-time-code", "text"), "name": ("name", "text"), "number": ("off", "text")}
        for name, (fill, mode) in hints.items():
            self.fields[name].widget.attrs.update(
                {"autocomplete": fill, "inputmode": mode, "autocapitalize": "none", "spellcheck": "false"}
            )


class ChooseForm(OwnPasswordForm):
    """User name and password of the account that a slip opens; the name is there already where it lets in anew."""

    username = forms.CharField(
        label=_("User name"),
        max_length=30,
        help_text=_(
            "With it you log in from now on: 3 to 30 small letters, digits, dots or dashes, the first a letter."
        ),
    )
    field_order = ("username", "new_password1", "new_password2")

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["username"].widget.attrs.update(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        )
        if user.pk is not None:
            self.fields["username"].disabled = True
            self.fields["username"].initial = user.username
            self.fields["username"].help_text = ""

    def clean_username(self) -> str:
        """The name in small letters; that of an account that is there already stays as it is."""
        given: str = self.cleaned_data["username"]
        if self.fields["username"].disabled:
            return given
        plain = given.strip().lower()
        if not USERNAME.fullmatch(plain):
            raise forms.ValidationError(_("Take 3 to 30 small letters, digits, dots or dashes; the first is a letter."))
        return plain
