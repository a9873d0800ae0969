"""Why a masked value is shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.web.parts import Reveal
from personnel.choices import OTHER_REASON, OWN_REASONS, REVEAL_REASONS

MINUTES = 2


def reasons_of(teacher: Any, actor: Any) -> tuple[tuple[str, Any], ...]:
    """Why a masked value may be looked at: in one's own file, or in another's."""
    return OWN_REASONS if teacher.user_id == actor.user.pk else REVEAL_REASONS


def question_of(url: str, teacher: Any, actor: Any, field: str) -> Reveal:
    """The question before a masked value of a person is shown at an address; `field` names the value there."""
    note = gettext("Show for %(minutes)s minutes") % {"minutes": MINUTES}
    return Reveal(url, gettext("Why do you need to see it?"), reasons_of(teacher, actor), note, field=field)


class RevealForm(forms.Form):
    """Why somebody looks at a masked value: one of the usual reasons, or words."""

    reason = forms.ChoiceField(label=_("Reason"))
    words = forms.CharField(label=_("In your own words"), max_length=200, required=False)
    field = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, reasons: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]

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
