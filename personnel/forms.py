"""What readers of files are asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from personnel.choices import OTHER_REASON, REVEAL_REASONS


class RevealForm(forms.Form):
    """Why somebody looks at a masked value: one of the usual reasons, or words."""

    reason = forms.ChoiceField(label=_("Reason"), choices=REVEAL_REASONS)
    words = forms.CharField(label=_("In your own words"), max_length=200, required=False)
    field = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("reason") == OTHER_REASON and not data.get("words", "").strip():
            self.add_error("words", _("Say in your own words why you need it."))
        return data

    @property
    def said(self) -> str:
        """The reason as it is written down: the reader's words where there are any, else the code of the usual reason."""
        words: str = self.cleaned_data["words"].strip()
        return words or self.cleaned_data["reason"]
