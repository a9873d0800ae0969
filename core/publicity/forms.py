"""What is asked of who objects, and of who decides on it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.exchange.evidence_fields import EvidenceField
from core.publicity.models import Publicity
from core.publicity.services import LONGEST
from core.text import clean
from core.web.forms import ReasonForm, WordsField

WHOLE: Final = ""
NAMED, ANONYMOUS = "named", "anonymous"
FILE: Final = "file_"


class ObjectionForm(forms.Form):
    """To which line, what, and whether with a name."""

    row = forms.ChoiceField(label=_("What you object to"), required=False)
    text = forms.CharField(
        label=_("Your objection"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Say what is not true and how it can be checked. Only those who look into it read this."),
    )  # fmt: skip
    how = forms.ChoiceField(
        label=_("With or without your name"), initial=NAMED, widget=forms.RadioSelect,
        choices=[(NAMED, _("with my name; those who look into it can ask me")), (ANONYMOUS, _("without a name"))],
    )  # fmt: skip
    name = WordsField(label=_("Your name"), max_length=60, required=False)
    phone = WordsField(
        label=_("How to reach you"), max_length=60, required=False,
        help_text=_("Telephone or e-mail. It is sealed, and never told to whom you object to."),
    )  # fmt: skip

    def __init__(self, *args: Any, publicity: Publicity, slots: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.place): row for row in publicity.rows.filter(struck=False).order_by("place")}
        named = [(place, f"{place}. {row.masked}") for place, row in self.rows.items()]
        self.fields["row"].choices = [(WHOLE, _("the publicity as a whole")), *named]  # type: ignore[attr-defined]
        for number in range(1, slots + 1):
            label = _("Evidence") if number == 1 else _("More evidence")
            self.fields[f"{FILE}{number}"] = EvidenceField(label=label, required=False)

    def clean_text(self) -> str:
        """Without hidden characters."""
        return "\n".join(clean(line) for line in self.cleaned_data["text"].splitlines()).strip()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("how") == NAMED:
            for field in ("name", "phone"):
                if not data.get(field) and field not in self.errors:
                    self.add_error(field, _("A named objection needs this. Or object without a name."))
        return data

    @property
    def said(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "row": self.rows.get(data["row"]), "text": data["text"], "named": data["how"] == NAMED, "name": data["name"],
            "phone": data["phone"], "files": [file for key, file in data.items() if key.startswith(FILE) and file],
        }  # fmt: skip


class ReceiptForm(forms.Form):
    """The number that came back with an objection or an application."""

    receipt = forms.CharField(
        label=_("Receipt number"), max_length=60, help_text=_("16 signs in groups of four, as you got them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What the objector reads."""

    answer = forms.CharField(
        label=_("Answer to the objector"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whoever holds the receipt number reads this: what was looked into, and what follows."),
    )  # fmt: skip

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case


class UpholdForm(AnswerForm):
    """The answer, and what follows for what was published."""

    then = forms.ChoiceField(label=_("What follows"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, case=case, actor=actor, **kwargs)
        options = [("stop", _("the whole publicity is stopped and nothing follows from it"))]
        if case.objection.row_id is not None:
            options.insert(0, ("strike", _("this line is struck, the others stay")))
        options.append(("none", _("what was published stays; it is put right elsewhere")))
        self.fields["then"].choices = options  # type: ignore[attr-defined]


class StopForm(ReasonForm):
    """Why a publicity ends before its time; everybody reads it."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, help_text=_("It stands on the public page and in the history.")
    )
