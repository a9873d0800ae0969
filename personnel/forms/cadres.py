"""What the pages and cases of leading cadres ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.codes.values import label, values_of
from core.web.forms import DayField
from personnel.forms.dossier import OfCase, why_field
from personnel.forms.inputs import UnitInput
from personnel.models import CHIEFS, Headship, HeadshipProposal, ReserveMember
from personnel.services.cadres import NEXT_TERM

MOST_YEARS = 20


class DecideForm(OfCase):
    """Under which document a headship begins or ends."""

    def ask(self) -> None:
        self.fields["document"] = forms.CharField(
            label=_("Document number"), max_length=120,
            help_text=_("It stands beside the headship that begins, and the one that ends."),
        )  # fmt: skip


def headship_field(actor: Any, *, required: bool = True, text: Any = "") -> forms.ChoiceField:
    """One of the headships of the list."""
    return forms.ChoiceField(
        label=text or label(Headship, "headship"), required=required,
        choices=[("", "…"), *values_of(actor).entries("headship")],
    )  # fmt: skip


def who_field() -> forms.CharField:
    """Somebody, by name or staff number."""
    return forms.CharField(
        label=_("Name or staff number"),
        max_length=60,
        help_text=_("The whole name, or the staff number where several have that name."),
    )


class ProposeForm(forms.Form):
    """Which headship is to begin, which is to end, from which day on, and why."""

    def __init__(self, *args: Any, actor: Any, held: list[Headship], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {str(one.public_id): one for one in held}
        values = values_of(actor)
        self.fields["headship"] = headship_field(actor, required=False, text=label(HeadshipProposal, "headship"))
        self.fields["headship"].help_text = _("Empty where a headship is to end only.")
        self.fields["unit"] = UnitInput(actor=actor, label=label(HeadshipProposal, "unit"), required=False)
        self.fields["begins"] = DayField(label=_("From which day"))
        self.fields["years"] = forms.IntegerField(
            label=label(HeadshipProposal, "years"), required=False, min_value=1, max_value=MOST_YEARS
        )
        self.fields["acting"] = forms.BooleanField(
            label=_("Acting, in place of the chief"), required=False, help_text=_("Without a term and a probation.")
        )
        self.fields["probation"] = forms.BooleanField(
            label=label(HeadshipProposal, "probation"), required=False, help_text=_("For who is promoted.")
        )
        if held:
            told = [
                (key, f"{values.unit(one.unit_id)} {values.code('headship', one.headship)}")
                for key, one in self.held.items()
            ]
            self.fields["removes"] = forms.ChoiceField(
                label=label(HeadshipProposal, "removes"), required=False, choices=[("", _("none")), *told],
                help_text=_("It ends the day before. The next term of the same post ends the one before by itself."),
            )  # fmt: skip
            reasons = [one for one in values.entries("headship_end") if one[0] != NEXT_TERM]
            self.fields["ended_how"] = forms.ChoiceField(
                label=label(HeadshipProposal, "ended_how"), required=False, choices=[("", "…"), *reasons]
            )
        self.fields["words"] = forms.CharField(
            label=label(HeadshipProposal, "words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("As the form says it: reasons of the appointment or removal."),
        )  # fmt: skip
        self.fields["exception"] = forms.CharField(
            label=label(HeadshipProposal, "exception"), max_length=120, required=False,
            help_text=_("The number of the paper that approves it although a condition is not met."),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("headship")) != bool(data.get("unit")) and not self.errors:
            self.add_error("unit" if data.get("headship") else "headship", _("A headship is one of a unit: say both."))
        return data

    @property
    def proposed(self) -> dict[str, Any]:
        """What the service is asked."""
        data = dict(self.cleaned_data)
        data["removes"] = self.held.get(data.get("removes") or "")
        data["ended_how"] = data.get("ended_how") or ""
        return data


class RecordForm(forms.Form):
    """Who heads a unit already, by which document."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"] = who_field()
        self.fields["headship"] = headship_field(actor)
        self.fields["acting"] = forms.BooleanField(label=label(Headship, "acting"), required=False)
        self.fields["since"] = DayField(label=_("First day"))
        self.fields["term"] = forms.IntegerField(label=label(Headship, "term"), min_value=1, max_value=9, initial=1)
        self.fields["term_last"] = DayField(label=label(Headship, "term_last"), required=False)
        self.fields["document"] = forms.CharField(label=label(Headship, "document"), max_length=120)
        self.fields["reason"] = why_field(needed=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("acting") and data.get("headship") not in (None, "", *CHIEFS):
            self.add_error("acting", _("Only a principal, director or secretary is stood in for by an acting head."))
        return data


class ReserveForm(forms.Form):
    """The head of the list of a year."""

    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    words = forms.CharField(
        label=_("Grounds"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class MemberForm(forms.Form):
    """Who enters the list, for which headship, named by whom."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"] = who_field()
        self.fields["headship"] = headship_field(actor, text=label(ReserveMember, "headship"))
        self.fields["named_by"] = forms.CharField(
            label=pgettext_lazy("reserve", "Named by"),
            max_length=120,
            help_text=_("The unit or meeting that put them forward."),
        )
        self.fields["words"] = forms.CharField(
            label=label(ReserveMember, "words"),
            max_length=400,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
