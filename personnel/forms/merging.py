"""Which of two files is right, difference by difference, and why they are one person's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from personnel.choices import MERGE
from personnel.forms.why import WhyForm
from personnel.services.merging import HERE, THERE
from personnel.services.why import groups_of

PLAN: Final = "plan"


class MergeForm(WhyForm):
    """One question for each difference, then why. `questions` are (key, label, what the file that stays says, what the other says)."""

    def __init__(
        self, *args: Any, actor: Any, questions: list[tuple[str, Any, Any, Any]], seen: str, **kwargs: Any
    ) -> None:
        self.questions, self.seen = questions, seen
        super().__init__(*args, actor=actor, groups=groups_of(MERGE), **kwargs)

    def _ask_why(self, groups: frozenset[str]) -> None:
        for key, label, here, there in self.questions:
            self.fields[key] = forms.ChoiceField(
                label=label, choices=((HERE, here), (THERE, there)), widget=forms.RadioSelect, initial=HERE
            )
        self.fields[PLAN] = forms.CharField(widget=forms.HiddenInput, initial=self.seen, required=False)
        super()._ask_why(groups)

    @property
    def chosen(self) -> Mapping[str, str]:
        """The answers by their keys."""
        return {key: self.cleaned_data[key] for key, *_rest in self.questions}


class OtherFileForm(forms.Form):
    """Whose file is the second one: a name, a number, or the address of the file."""

    q = forms.CharField(
        label=_("Name, pinyin, staff number or identity number"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
