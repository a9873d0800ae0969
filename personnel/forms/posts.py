"""What the pages and cases of posts ask."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.codes.values import label
from core.dates import DAY
from core.web.forms import DayField
from personnel import rules
from personnel.forms.dossier import OfCase, why_field
from personnel.forms.inputs import UnitInput
from personnel.models import PostAppointment
from personnel.selectors.posts import Numbers, levels
from personnel.services.post_settings import MOST_POSTS

# Levels at which schools have special posts, so that the table stays short.
SPECIAL_LEVELS: Final = ("p5", "p6", "p7", "p8", "p9", "p10")


class ApproveForm(OfCase):
    """Under which document the posts are approved."""

    def ask(self) -> None:
        self.fields["document"] = forms.CharField(
            label=_("Document of approval"), max_length=120, initial=self.case.post_proposal.document,
            help_text=_("It stands beside every post that is set by it."),
        )  # fmt: skip


class ProposalForm(forms.Form):
    """How many posts of each level there are to be, from which day on."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [one.code for one in levels(actor.on, actor.unit)]
        self.fields["begins"] = DayField(label=_("From which day"))
        self.fields["words"] = forms.CharField(
            label=_("Why"),
            max_length=200,
            help_text=_("Such as: number of staff changed, ratio of the county changed."),
        )
        self.fields["document"] = forms.CharField(
            label=_("Document of approval"), max_length=120, required=False,
            help_text=_("Where it is known already; whoever approves can enter it."),
        )  # fmt: skip
        for code in self.codes:
            self.fields[f"n_{code}"] = _number()
            if code in SPECIAL_LEVELS:
                self.fields[f"s_{code}"] = _number()

    @property
    def numbers(self) -> Numbers:
        """(level, special) → number."""
        said = {(code, False): self.cleaned_data.get(f"n_{code}") or 0 for code in self.codes}
        said |= {(code, True): self.cleaned_data.get(f"s_{code}") or 0 for code in SPECIAL_LEVELS}
        return said


def _number() -> forms.IntegerField:
    looks = {"class": "form-control form-control-sm sd-date", "inputmode": "numeric", "min": "0"}
    return forms.IntegerField(required=False, min_value=0, max_value=MOST_POSTS, widget=forms.NumberInput(attrs=looks))


class LevelForm(forms.Form):
    """What all forms about somebody's post ask: a level, a day, a term, the paper, why."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["level"] = self._level()
        self.fields["special"] = forms.BooleanField(
            label=_("On a special post"),
            required=False,
            help_text=_("Outside the structure ratio; it has numbers of its own."),
        )
        self.fields["on"] = DayField(label=_("From which day"))
        self.fields["term"] = DayField(
            label=_("Last day of the term"), required=False, help_text=_("2029-08-31; empty where no term is agreed.")
        )
        self.fields["document"] = forms.CharField(
            label=label(PostAppointment, "document"), max_length=120, required=False
        )
        self.ask()
        self.fields["reason"] = why_field()

    def _level(self) -> forms.ChoiceField:
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in levels(self.actor.on, self.actor.unit):
            groups.setdefault(rules.family_of(one.code), []).append((one.code, one.label))
        choices: list[Any] = [("", "…"), *(choice for found in groups.values() for choice in found)]
        return forms.ChoiceField(
            label=label(PostAppointment, "level"), choices=choices, widget=forms.Select(attrs={"data-picker": ""})
        )

    def ask(self) -> None:
        """Add the fields of the act."""


class AppointForm(LevelForm):
    """To which post of which unit somebody is appointed."""

    field_order = ("unit", "level")

    def ask(self) -> None:
        self.fields["unit"] = UnitInput(actor=self.actor, label=label(PostAppointment, "unit"))
        self.fields["dual"] = forms.BooleanField(
            label=label(PostAppointment, "dual"), required=False,
            help_text=_("A head who also teaches holds a post of management and a professional one; the second needs its approval."),
        )  # fmt: skip
        self.order_fields(["unit", "level", "special", "dual"])


class MoveForm(LevelForm):
    """To which level somebody moves, and the paper that lets conditions be passed over."""

    def ask(self) -> None:
        self.fields["document"].help_text = _("A higher tier needs the paper of the title.")
        self.fields["exception"] = forms.CharField(
            label=label(PostAppointment, "exception"), max_length=120, required=False,
            help_text=_("The number of the paper that approves it although a condition is not met."),
        )  # fmt: skip


class EndForm(forms.Form):
    """When an appointment ends, and why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"] = DayField(label=_("Last day"))
        self.fields["document"] = forms.CharField(
            label=label(PostAppointment, "document"), max_length=120, required=False
        )
        self.fields["reason"] = why_field()

    @property
    def until(self) -> date:
        """The first day without it."""
        last: date = self.cleaned_data["last_day"]
        return last + DAY
