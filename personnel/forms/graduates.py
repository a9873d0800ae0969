"""What the pages and cases of graduates, agreements and special posts ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.codes.values import label, values_of
from core.phone import InvalidPhone, read_phone
from core.text import clean, clean_name
from core.web.forms import DayField, WordsField
from personnel.forms.dossier import OfCase
from personnel.forms.inputs import PartialDateInput, UnitInput
from personnel.forms.recruitment import coded
from personnel.models import Graduate, Placement, SpecialPostEnd
from personnel.selectors.graduates import placing_rules, said_of
from personnel.services.graduates import AGREED, PLAIN


class GraduateForm(forms.Form):
    """Somebody on the list of a year, with wishes and, of publicly funded students, the agreement."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["year"] = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
        fields["kind"] = forms.ChoiceField(label=_("Kind"), choices=Graduate.Kind.choices, widget=forms.RadioSelect)
        fields["name"] = WordsField(label=_("Name"), max_length=60)
        fields["number"] = forms.CharField(label=_("Number of the identity card"), max_length=30)
        fields["phone"] = forms.CharField(label=_("Mobile telephone"), max_length=20, required=False)
        fields["school"] = WordsField(label=label(Graduate, "school"), max_length=120)
        fields["education"] = coded("education", pgettext_lazy("level", "Education"))
        fields["major"] = forms.CharField(label=label(Graduate, "major"), max_length=60, required=False)
        fields["graduated"] = PartialDateInput(label=label(Graduate, "graduated"), required=False)
        fields["stage"] = coded("stage", _("Stage"), required=False)
        fields["subject"] = coded("subject", _("Subject"), required=False)
        fields["home"] = forms.CharField(label=label(Graduate, "home"), max_length=120, required=False)
        self.wish_names = [f"wish_{place}" for place in range(1, placing_rules(actor.unit, actor.on).wishes + 1)]
        for place, name in enumerate(self.wish_names, start=1):
            fields[name] = UnitInput(actor=actor, label=_("Wish %(place)s") % {"place": place}, required=False)
        fields["agreement"] = forms.CharField(label=label(Graduate, "agreement"), max_length=60, required=False)
        fields["signed_on"] = DayField(label=label(Graduate, "signed_on"), required=False)
        fields["years"] = forms.IntegerField(
            label=label(Graduate, "years"),
            required=False,
            min_value=1,
            max_value=30,
            help_text=_("Empty: as the rules of that day say."),
        )
        fields["rural_years"] = forms.IntegerField(
            label=label(Graduate, "rural_years"), required=False, min_value=0, max_value=30
        )
        fields["fees"] = forms.DecimalField(
            label=label(Graduate, "fees"), required=False, min_value=0, max_digits=10, decimal_places=2,
            help_text=_("In yuan; what is paid back in case of a breach is reckoned from it."),
        )  # fmt: skip
        for name in ("stage", "subject"):
            field: Any = fields[name]
            field.choices = [("", "…"), *field.choices[1:]]

    def clean_name(self) -> str:
        """As names are kept."""
        return clean_name(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        """As telephones are kept."""
        text = clean(self.cleaned_data["phone"])
        try:
            return read_phone(text) if text else ""
        except InvalidPhone as error:
            raise forms.ValidationError(_("This is no telephone number.")) from error

    @property
    def listed(self) -> dict[str, Any]:
        """What the service is asked."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("year", "kind", "number", "phone")},
            "values": {name: data.get(name) for name in (*PLAIN, *AGREED)},
            "wishes": [unit for name in self.wish_names if (unit := data.get(name)) is not None],
        }


class CorrectForm(GraduateForm):
    """The same once more, with why it is put right. Number and telephone stay as they are where nothing is typed."""

    def __init__(self, *args: Any, actor: Any, graduate: Graduate, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.graduate = graduate
        for name in ("number", "phone"):
            self.fields[name].required = False
            self.fields[name].help_text = _t("Leave it empty where it is right: %(now)s") % {
                "now": values_of(actor).shown(Graduate, name, graduate).text or "—"
            }
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=200)

    @property
    def listed(self) -> dict[str, Any]:
        """What the service is asked, with the numbers on file where none was typed."""
        told = super().listed
        kept = {name: said_of(self.graduate, name) for name in ("number", "phone") if not told[name]}
        return told | kept


class PlaceForm(forms.Form):
    """Where a graduate is to be placed, from which day on."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitInput(actor=actor, label=label(Placement, "unit"))
        self.fields["starts"] = DayField(label=label(Placement, "starts"))
        self.fields["words"] = forms.CharField(label=label(Placement, "words"), max_length=400, required=False)


class PlanForm(forms.Form):
    """From when everybody of a year is placed as suggested."""

    starts = DayField(label=_("On staff from"))
    words = forms.CharField(label=_("Grounds"), max_length=400)


class ApprovePlacementForm(OfCase):
    """Under which number the placement is decided."""

    def ask(self) -> None:
        self.fields["document"] = forms.CharField(label=_("Document number"), max_length=120)


class DeferForm(OfCase):
    """Until when the graduate may report."""

    def ask(self) -> None:
        self.fields["report_by"] = DayField(label=_("To report by"))


class ReportForm(OfCase):
    """On which day the graduate reported for duty."""

    def ask(self) -> None:
        self.fields["on"] = DayField(label=_("Reported on"), initial=self.actor.on)


class SpecialEndForm(forms.Form):
    """What becomes of a special-post teacher, with the verdict of the term."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"] = forms.ChoiceField(
            label=pgettext_lazy("special post", "Outcome"),
            choices=SpecialPostEnd.Outcome.choices,
            widget=forms.RadioSelect,
        )
        self.fields["verdict"] = forms.ChoiceField(
            label=label(SpecialPostEnd, "verdict"), choices=[("", "…"), *values_of(actor).entries("probation_verdict")]
        )
        self.fields["words"] = forms.CharField(
            label=label(SpecialPostEnd, "words"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
        )
