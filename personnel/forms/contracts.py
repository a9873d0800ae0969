"""What the pages of appointment contracts ask."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.codes.values import label, values_of
from core.dates import DAY
from core.web.forms import DayField
from personnel.forms.dossier import why_field
from personnel.forms.inputs import UnitInput
from personnel.models import Contract
from personnel.services.contracts import UNSIGNED

UNTIL_RETIREMENT: Final = _("2029-08-31; empty: until retirement.")


class ContractForm(forms.Form):
    """What forms about a contract share: the paper, and why."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.ask()
        self.fields["document"] = forms.CharField(label=_("Document number"), max_length=120, required=False)
        self.fields["reason"] = why_field(needed=False)

    def ask(self) -> None:
        """Add the fields of the act."""

    def after(self, name: str) -> date | None:
        """The first day after the last one that was typed."""
        last = self.cleaned_data.get(name)
        return last + DAY if last else None


class ConcludeForm(ContractForm):
    """The terms of a new contract."""

    def ask(self) -> None:
        self.fields["unit"] = UnitInput(actor=self.actor, label=label(Contract, "unit"))
        kinds = [(code, text) for code, text in values_of(self.actor).entries("contract_kind") if code != UNSIGNED]
        self.fields["kind"] = forms.ChoiceField(label=label(Contract, "kind"), choices=kinds)
        self.fields["number"] = forms.CharField(label=label(Contract, "number"), max_length=60, required=False)
        self.fields["signed_on"] = DayField(label=label(Contract, "signed_on"), required=False)
        self.fields["starts"] = DayField(label=_("First day"))
        self.fields["last_day"] = DayField(label=_("Last day"), required=False, help_text=UNTIL_RETIREMENT)
        self.fields["first_job"] = forms.BooleanField(
            label=label(Contract, "first_job"),
            required=False,
            help_text=_("The law sets the probation of a first job."),
        )
        self.fields["probation"] = DayField(
            label=_("Last day of the probation"), required=False, help_text=_("2027-08-31; empty without a probation.")
        )
        self.fields["note"] = forms.CharField(label=label(Contract, "note"), max_length=200, required=False)


class VerdictForm(ContractForm):
    """The verdict of a probation."""

    def ask(self) -> None:
        entries = [("", "…"), *values_of(self.actor).entries("probation_verdict")]
        self.fields["verdict"] = forms.ChoiceField(label=label(Contract, "probation_verdict"), choices=entries)
        self.fields["on"] = DayField(label=label(Contract, "verdict_on"))


class ChangeForm(ContractForm):
    """What was agreed to change, from which day."""

    def ask(self) -> None:
        self.fields["on"] = DayField(label=_("From which day"))
        self.fields["note"] = forms.CharField(label=_("What was agreed"), max_length=200)
        self.fields["number"] = forms.CharField(
            label=label(Contract, "number"), max_length=60, required=False, help_text=_("Empty: it stays.")
        )


class RenewForm(ContractForm):
    """The contract that follows."""

    def ask(self) -> None:
        self.fields["last_day"] = DayField(
            label=_("Last day of the new term"), required=False, help_text=UNTIL_RETIREMENT
        )
        self.fields["number"] = forms.CharField(label=label(Contract, "number"), max_length=60, required=False)
        self.fields["signed_on"] = DayField(label=label(Contract, "signed_on"), required=False)


class EndContractForm(ContractForm):
    """On which ground and when a contract ends."""

    def ask(self) -> None:
        entries = [("", "…"), *values_of(self.actor).entries("contract_ground")]
        self.fields["ground"] = forms.ChoiceField(label=label(Contract, "ground"), choices=entries)
        self.fields["last_day"] = DayField(label=_("Last day of the contract"))
        self.fields["notice_on"] = DayField(
            label=label(Contract, "notice_on"), required=False, help_text=_("Where the ground asks for days of notice.")
        )
