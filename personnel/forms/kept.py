"""A form in which a file that was sent once is kept, so that no step and no mistake loses it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from core.exchange.evidence import kept_file, token_of
from core.records.models import StoredFile
from personnel.forms.inputs import StoredInput

KEPT = "_kept"


class KeepsFiles(forms.Form):
    """A token in the form stands for each file that was sent; call `expect_files` when all fields are there."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def expect_files(self) -> None:
        """Know the files again that were sent in an earlier step."""
        for name, field in list(self.fields.items()):
            if isinstance(field, StoredInput):
                self._expect(name, field)

    def _expect(self, name: str, field: StoredInput) -> None:
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
        return data

    def _keep(self, name: str, field: StoredInput, data: dict[str, Any]) -> None:
        sent = data.get(name)
        if isinstance(sent, StoredFile) and sent != self.initial.get(name):
            token = data[name + KEPT] = token_of(sent, self.actor)
            typed: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict, or a dict
            typed[name + KEPT] = token
            self.data = typed
            self._know(field, token)
            self[name].help_text = field.help_text
        elif field.kept is not None and name not in self.errors:
            data[name] = field.kept
        elif data.get(name + KEPT) and name not in self.errors:
            self.add_error(name, _("The file that was attached is no longer known. Choose it again."))
