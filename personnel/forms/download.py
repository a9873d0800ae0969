"""What is asked before a whole file is handed out."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

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


class OwnDownloadForm(forms.Form):
    """In which form one's own file is handed out."""

    form = forms.ChoiceField(
        label=_("As"),
        choices=FORMS,
        widget=forms.RadioSelect,
        initial="word",
        help_text=_("Your identity number, telephone and address stand in the file in clear."),
    )
