"""Why a file is changed, and on what paper: what every form asks that changes one."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from core.codes.values import values_of
from core.exchange.evidence import kept_file, token_of
from core.records.models import StoredFile
from personnel.choices import OTHER_REASON, REASONS
from personnel.forms.inputs import EvidenceInput, StoredInput
from personnel.services.why import Why, reasons_for

KEPT = "_kept"


class WhyForm(forms.Form):
    """Asks for a reason of the list, words, the number of the paper and a file that shows it.

    A file that was sent once is kept, and a token in the form stands for it, so that no step and no mistake loses it.
    """

    own_words: ClassVar[Any] = _("It goes into the history. Needed for “other”.")

    def __init__(self, *args: Any, actor: Any, groups: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self._ask_why(groups)

    def _ask_why(self, groups: frozenset[str]) -> None:
        self.fields["reason"] = forms.ChoiceField(label=_("Reason"), choices=self._reasons(groups))
        self.fields["words"] = forms.CharField(
            label=_("In words"), max_length=200, required=False, help_text=self.own_words
        )
        self.fields["document"] = forms.CharField(label=_("Document number"), max_length=120, required=False)
        self.fields["evidence"] = EvidenceInput(label=_("Evidence"), required=False)
        for name, field in list(self.fields.items()):
            if isinstance(field, StoredInput):
                self._expect(name, field)

    def _reasons(self, groups: frozenset[str]) -> list[Any]:
        """The reasons under the names of their groups, in the order of the list."""
        named: dict[str, list[tuple[str, str]]] = {}
        for one in reasons_for(groups, self.actor.on, self.actor.unit):
            named.setdefault(one.parent, []).append((one.code, one.label))
        free = named.pop("", [])
        values = values_of(self.actor)
        return [("", "…"), *((values.code(REASONS, group), found) for group, found in named.items()), *free]

    def _expect(self, name: str, field: StoredInput) -> None:
        """Know the file again that was sent in an earlier step."""
        self.fields[name + KEPT] = forms.CharField(widget=forms.HiddenInput, required=False)
        self._know(field, (self.data if self.is_bound else self.initial).get(name + KEPT) or "")
        field.required &= field.kept is None

    def _know(self, field: StoredInput, token: str) -> None:
        field.kept = kept_file(token, self.actor) if token else None
        if field.kept is not None:
            said = {"name": field.kept.name, "size": filesizeformat(field.kept.size)}
            field.help_text = _("Attached: %(name)s (%(size)s). Choose another file to replace it.") % said

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name, field in self.fields.items():
            if isinstance(field, StoredInput):
                self._keep(name, field, data)
        if data.get("reason") == OTHER_REASON and not data.get("words", "").strip():
            self.add_error("words", _("Say in words why: “other” alone tells nobody later."))
        return data

    def _keep(self, name: str, field: StoredInput, data: dict[str, Any]) -> None:
        sent = data.get(name)
        if isinstance(sent, StoredFile) and sent != self.initial.get(name):
            token = data[name + KEPT] = token_of(sent, self.actor)
            data_again = self.data.copy()  # type: ignore[attr-defined] # what a browser sent
            data_again[name + KEPT] = token
            self.data = data_again
            self._know(field, token)
            self[name].help_text = field.help_text
        elif field.kept is not None and name not in self.errors:
            data[name] = field.kept
        elif data.get(name + KEPT) and name not in self.errors:
            self.add_error(name, _("The file that was attached is no longer known. Choose it again."))

    @property
    def why(self) -> Why:
        """What a service is told."""
        data = self.cleaned_data
        return {
            "reason": data["words"], "reason_code": data["reason"], "document": data["document"],
            "evidence": data.get("evidence") or None,
        }  # fmt: skip
