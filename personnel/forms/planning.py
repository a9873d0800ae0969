"""What the pages of planning ask."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.codes.values import label, lazy_label, values_of
from core.web.forms import DayField
from personnel.forms.inputs import UnitInput
from personnel.models import PlanScenario, ScenarioPupils
from personnel.selectors.planning import planned_years

MOST = 100_000
MOST_SEATS = 5000


def year_choices(actor: Any) -> list[tuple[int, str]]:
    """The school years that may be planned."""
    return [(year, f"{year}–{year + 1}") for year in planned_years(actor.on, actor.unit)]


class ScenarioForm(forms.Form):
    """What a scenario is called and assumes."""

    name = forms.CharField(label=lazy_label(PlanScenario, "name"), max_length=60)
    method = forms.ChoiceField(label=lazy_label(PlanScenario, "method"), choices=PlanScenario.Method.choices)
    yearly_change = forms.DecimalField(
        label=lazy_label(PlanScenario, "yearly_change"), max_digits=5, decimal_places=2, min_value=Decimal(-99), max_value=Decimal(100),
        help_text=_(
            "Stage by stage: of those who come to the lowest stages, such as -3 where fewer are born. Else of all pupils."
        ),
    )  # fmt: skip
    words = forms.CharField(
        label=lazy_label(PlanScenario, "words"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order = ("name", "year", "method", "yearly_change", "words")

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"] = forms.TypedChoiceField(
            label=label(PlanScenario, "year"), choices=year_choices(actor), coerce=int
        )
        self.order_fields(self.field_order)


def coded(actor: Any, list_name: str, words: Any) -> forms.ChoiceField:
    """A code of a list."""
    return forms.ChoiceField(
        label=words, choices=[("", "…"), *values_of(actor).entries(list_name)], widget=forms.Select(attrs={"data-picker": ""})
    )  # fmt: skip


class OfScenario(forms.Form):
    """A part of a scenario: about which unit."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.ask()

    def ask(self) -> None:
        """Add the fields."""


class PupilsForm(OfScenario):
    """Pupils and classes of the planned year."""

    def ask(self) -> None:
        self.fields["unit"] = UnitInput(label=_("Unit"), actor=self.actor)
        self.fields["stage"] = coded(self.actor, "stage", _("Stage"))
        for name in ("pupils", "classes"):
            self.fields[name] = forms.IntegerField(label=label(ScenarioPupils, name), min_value=0, max_value=MOST)


class MoveSeatsForm(OfScenario):
    """Seats that go from one school to another."""

    def ask(self) -> None:
        self.fields["unit"] = UnitInput(label=_("Gives seats"), actor=self.actor)
        self.fields["to_unit"] = UnitInput(label=_("Receives seats"), actor=self.actor)
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind of seat"), choices=values_of(self.actor).entries("seat_kind")
        )
        self.fields["count"] = forms.IntegerField(
            label=_("Seats"), min_value=1, max_value=MOST_SEATS,
            help_text=_("At most as many as are free by then: vacant, or left by who retires."),
        )  # fmt: skip


class RecruitForm(OfScenario):
    """Teachers of a subject for a school."""

    def ask(self) -> None:
        self.fields["unit"] = UnitInput(label=_("Unit"), actor=self.actor)
        self.fields["stage"] = coded(self.actor, "stage", _("Stage"))
        self.fields["subject"] = coded(self.actor, "subject", _("Subject"))
        self.fields["number"] = forms.IntegerField(label=_("How many"), min_value=1, max_value=999)


class MakeCaseForm(OfScenario):
    """From which day seats are to move, and why."""

    def ask(self) -> None:
        self.fields["on"] = DayField(label=pgettext_lazy("seats", "From the day"), initial=self.actor.on)
        self.fields["words"] = forms.CharField(
            label=_("In words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
        )


class DraftForm(forms.Form):
    """What the draft of the recruitment plan is called."""

    title = forms.CharField(label=pgettext_lazy("recruitment", "Title"), max_length=120)
    words = forms.CharField(
        label=_("Grounds"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
