"""Why a file is changed, and on what paper: what every form asks that changes one."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.codes.values import values_of
from personnel.choices import OTHER_REASON, REASONS
from personnel.forms.inputs import EvidenceInput
from personnel.forms.kept import KeepsFiles
from personnel.services.why import Why, reasons_for


class WhyForm(KeepsFiles):
    """Asks for a reason of the list, words, the number of the paper and a file that shows it.

    A file that was sent once is kept, and a token in the form stands for it, so that no step and no mistake loses it.
    """

    own_words: ClassVar[Any] = _("It goes into the history. Needed for “other”.")

    def __init__(self, *args: Any, actor: Any, groups: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self._ask_why(groups)

    def _ask_why(self, groups: frozenset[str]) -> None:
        self.fields["reason"] = forms.ChoiceField(label=_("Reason"), choices=self._reasons(groups))
        self.fields["words"] = forms.CharField(
            label=_("In words"), max_length=200, required=False, help_text=self.own_words
        )
        self.fields["document"] = forms.CharField(label=_("Document number"), max_length=120, required=False)
        self.fields["evidence"] = EvidenceInput(label=_("Evidence"), required=False)
        self.expect_files()

    def _reasons(self, groups: frozenset[str]) -> list[Any]:
        """The reasons under the names of their groups, in the order of the list."""
        named: dict[str, list[tuple[str, str]]] = {}
        for one in reasons_for(groups, self.actor.on, self.actor.unit):
            named.setdefault(one.parent, []).append((one.code, one.label))
        free = named.pop("", [])
        values = values_of(self.actor)
        return [("", "…"), *((values.code(REASONS, group), found) for group, found in named.items()), *free]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("reason") == OTHER_REASON and not data.get("words", "").strip():
            self.add_error("words", _("Say in words why: “other” alone tells nobody later."))
        return data

    @property
    def why(self) -> Why:
        """What a service is told."""
        data = self.cleaned_data
        return {
            "reason": data["words"], "reason_code": data["reason"], "document": data["document"],
            "evidence": data.get("evidence") or None,
        }  # fmt: skip
