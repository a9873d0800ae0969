"""What a person is asked who wants their file corrected, and what who accepts it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from personnel.forms.inputs import EvidenceInput, input_of
from personnel.forms.kept import KeepsFiles
from personnel.rules import CorrectableField
from personnel.selectors.corrections import fields_asked
from personnel.services.corrections import PAPER

SLOTS = 3
PAPERS = tuple(f"{PAPER}{number}" for number in range(1, SLOTS + 1))


class PapersForm(KeepsFiles):
    """Asks for files that prove something."""

    def ask_papers(self, hint: Any = "") -> None:
        """Add the fields for files, each of which may stay empty."""
        for number, name in enumerate(PAPERS):
            self.fields[name] = EvidenceInput(label=_("Another proof") if number else _("Proof"), required=False)
            if hint and not number:
                self.fields[name].help_text = f"{hint} {self.fields[name].help_text}"
        self.expect_files()

    @property
    def papers(self) -> list[Any]:
        """The files that were sent, now or in an earlier try."""
        return papers_of(self.cleaned_data)


def papers_of(data: Mapping[str, Any]) -> list[Any]:
    """The files among what a form said."""
    return [data[name] for name in PAPERS if data.get(name)]


class AskForm(PapersForm):
    """Fields of a record of one's own file as they should be, why, and what proves it."""

    def __init__(
        self, *args: Any, actor: Any, model: Any, rules: Mapping[str, CorrectableField], record: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.model, self.names = model, tuple(rules)
        for name in self.names:
            self.fields[name] = input_of(model, name, actor, record)
        self.fields["words"] = forms.CharField(
            label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("What is wrong now, and since when. The office reads it."),
        )  # fmt: skip
        self.ask_papers(proof_hint(rules.values()))

    @property
    def values(self) -> dict[str, Any]:
        """What the fields are to say; protected ones only where something was typed."""
        protected = getattr(self.model, "_protected", {})
        said = {name: self.cleaned_data[name] for name in self.names if name in self.cleaned_data}
        return {name: value for name, value in said.items() if name not in protected or value}


def proof_hint(rules: Iterable[CorrectableField]) -> str:
    """What usually proves it, in words; "" where nothing is asked for."""
    rules = list(rules)
    papers = papers_wanted(rules)
    if not papers:
        return ""
    needed = any(rule.proof == "needed" for rule in rules)
    said = _("Needed: %(papers)s.") if needed else _("Welcome: %(papers)s.")
    return str(said) % {"papers": pgettext("list separator", ", ").join(papers)}


def papers_wanted(rules: Iterable[CorrectableField]) -> list[str]:
    """The papers that prove fields by their rules, each once, in the reader's language."""
    english = (get_language() or "").startswith("en")
    return list(dict.fromkeys(rule.paper_en if english else rule.paper for rule in rules if rule.paper))


class ResendForm(PapersForm):
    """More files for a request that was returned."""

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.case = case
        self.ask_papers()


class AcceptForm(forms.Form):
    """Where the file has moved on since it was asked: that what was asked counts all the same."""

    overwrite = forms.BooleanField(label=_("What was asked counts, though the file was changed since"), required=False)

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not any(one.stale for one in fields_asked(case.correction)):
            del self.fields["overwrite"]
