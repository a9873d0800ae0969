"""What the pages of seats ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from core.codes.values import label, values_of
from core.org.models import Unit, UnitStatistics
from core.web.forms import DayField
from personnel.forms.inputs import UnitInput
from personnel.selectors.establishment import school_year_of
from personnel.selectors.seats import all_balances

MOST = 5000


class SeatForm(forms.Form):
    """What every act on the ledger asks: of which kind, from which day, on which paper."""

    counted = True
    least = 1

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["kind"] = forms.ChoiceField(label=_("Kind of seat"), choices=values_of(actor).entries("seat_kind"))
        if self.counted:
            self.fields["count"] = forms.IntegerField(label=_("Seats"), min_value=self.least, max_value=MOST)
        self.fields["on"] = DayField(label=pgettext_lazy("seats", "From the day"), initial=actor.on)
        self.ask()

    def ask(self) -> None:
        """Add the other fields."""


class ApproveForm(SeatForm):
    """Seats that were approved, or taken back (below nought)."""

    least = -MOST

    def ask(self) -> None:
        self.fields["count"].help_text = _("Below nought for seats that were taken back, such as -2.")
        self.fields["document"] = forms.CharField(label=_("Document number"), max_length=120)
        self.fields["reason"] = forms.CharField(label=pgettext_lazy("seats", "Note"), max_length=200, required=False)


class AdjustForm(SeatForm):
    """Vacant seats of a unit that are asked to go to another one."""

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        self.unit = unit
        super().__init__(*args, **kwargs)

    def ask(self) -> None:
        names = values_of(self.actor)
        held = sorted(all_balances(self.unit, self.actor.on).items())
        vacant = [f"{names.code('seat_kind', kind)} {one.vacant:,}" for kind, one in held]
        self.fields["count"].help_text = _("Vacant today: %(seats)s. Who is still there keeps the seat.") % {
            "seats": pgettext("list separator", ", ").join(vacant)
        }
        self.fields["to_unit"] = UnitInput(actor=self.actor, label=_("Receives seats"))
        self.fields["words"] = forms.CharField(
            label=_("In words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
        )
        self.order_fields(["to_unit"])


class AdjustmentForm(forms.Form):
    """On which paper seats are moved."""

    document = forms.CharField(label=_("Document number"), max_length=120)

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.actor = case, actor


class OpenForm(forms.Form):
    """From which day the ledger is kept, and on which paper."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = DayField(label=_("Kept since"), initial=actor.on)
        self.fields["document"] = forms.CharField(label=_("Document number"), max_length=120, required=False)


class CounterForm(forms.Form):
    """Why a movement is put right."""

    reason = forms.CharField(label=_("Why it is put right"), max_length=200)
    document = forms.CharField(label=_("Document number"), max_length=120, required=False)


class UseForm(forms.Form):
    """How many seats are to be used, and for what."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        values = values_of(actor)
        self.fields["kind"] = forms.ChoiceField(label=_("Kind of seat"), choices=values.entries("seat_kind"))
        self.fields["count"] = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MOST)
        self.fields["purpose"] = forms.ChoiceField(
            label=_("Purpose"), choices=[("", "…"), *values.entries("seat_purpose")]
        )
        self.fields["words"] = forms.CharField(
            label=_("In words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Which stages and subjects lack teachers, and why."),
        )  # fmt: skip


class MendUseForm(forms.Form):
    """What of a returned application is said anew when it is sent again."""

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["count"] = forms.IntegerField(
            label=_("Seats"), min_value=1, max_value=MOST, initial=case.seat_use.count
        )
        self.fields["words"] = forms.CharField(
            label=_("In words"), max_length=400, initial=case.seat_use.words, widget=forms.Textarea(attrs={"rows": 3})
        )


class OfUse(forms.Form):
    """A form of a step of the case of a use of seats."""

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.actor = case, actor
        self.ask()

    def ask(self) -> None:
        """Add the fields."""


class ApproveUseForm(OfUse):
    """How many seats are approved, on which paper."""

    def ask(self) -> None:
        count = self.case.seat_use.count
        self.fields["count"] = forms.IntegerField(label=_("Seats"), min_value=1, max_value=count, initial=count)
        self.fields["document"] = forms.CharField(label=_("Document number"), max_length=120)


class StatisticsForm(forms.Form):
    """Pupils, classes and boarders of a stage in a school year."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = school_year_of(actor.on)
        years = [(year, f"{year}–{year + 1}") for year in range(first, first - 6, -1)]
        stages = [("", _("the whole school")), *values_of(actor).entries("stage")]
        self.fields["school_year"] = forms.TypedChoiceField(
            label=label(UnitStatistics, "school_year"), choices=years, coerce=int
        )
        self.fields["stage"] = forms.ChoiceField(
            label=label(UnitStatistics, "stage"), choices=stages, required=False,
            help_text=_("A school with several stages gives each by itself: the standard of seats differs."),
        )  # fmt: skip
        for name in ("pupils", "classes"):
            self.fields[name] = forms.IntegerField(label=label(UnitStatistics, name), min_value=0)
        self.fields["boarders"] = forms.IntegerField(
            label=label(UnitStatistics, "boarders"), min_value=0, required=False
        )


class MonthForm(forms.Form):
    """Which month a list is about."""

    month = forms.RegexField(
        r"^20\d\d-(0[1-9]|1[0-2])$", label=_("Month"), help_text=_("Such as 2026-11."),
        error_messages={"invalid": _("This is no month. Write it as 2026-11.")},
    )  # fmt: skip
