"""What is asked before a whole file is handed out."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.views.account import PresentPasswordForm

FORMS: Final = (
    ("word", _("Word file, to read and print")),
    ("json", _("JSON file, for programs")),
)


class DownloadForm(forms.Form):
    """In which form, and why: for who keeps the file."""

    form = forms.ChoiceField(label=_("As"), choices=FORMS, widget=forms.RadioSelect, initial="word")
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("The teacher reads it under “Who looked at my file”.")
    )


class OwnDownloadForm(PresentPasswordForm):
    """In which form, with the present password: protected values of one's own stand in it in clear."""

    form = forms.ChoiceField(label=_("As"), choices=FORMS, widget=forms.RadioSelect, initial="word")
    field_order = ("form", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _(
            "Your identity number, telephone and address stand in the file in clear, so it is asked once more who you are."
        )
