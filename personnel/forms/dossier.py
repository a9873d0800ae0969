"""What the pages and cases of dossiers ask."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.codes.values import label, values_of
from core.web.forms import DayField
from personnel.forms.inputs import EvidenceInput, PartialDateInput, UnitInput, input_of
from personnel.forms.kept import KeepsFiles
from personnel.models import DossierKeeping, DossierLoan, Material, ReviewItem
from personnel.selectors.dossier import (
    VIEW,
    catalogue,
    categories,
    entries_of,
    keeping_of,
    materials_of,
    named_by,
)
from personnel.selectors.dossier_reviews import DATES, looked_at
from personnel.services.dossier import FIELDS
from personnel.services.dossier_loans import lending_for

SCANS: Final = ("scan_1", "scan_2", "scan_3")
Item = ReviewItem.Item
SAYS_HELP: Final = _(
    "For the review of ages and histories: what this paper itself says; empty where it says nothing of it."
)

ELSEWHERE: Final = _(
    "A bureau that is not below you by its whole name, which this system knows; or anybody else, such as a talent centre."
)


def why_field(*, needed: bool = True) -> forms.CharField:
    """Why something is done."""
    return forms.CharField(
        label=_("Reason"), max_length=200, required=needed, help_text=_("It stands in the history for ever.")
    )


class MaterialForm(KeepsFiles):
    """A material of a dossier as the catalogue lists it, with its scans."""

    def __init__(self, *args: Any, actor: Any, record: Material | None = None, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.record = record
        for name in FIELDS:
            self.fields[name] = input_of(Material, name, actor, record)
        leaves = {one.code: one.label for one in categories(actor.on, actor.unit)}
        named = [(code, text if text.startswith(code) else f"{code} {text}") for code, text in leaves.items()]
        self.fields["category"] = forms.ChoiceField(label=label(Material, "category"), choices=[("", "…"), *named])
        self.fields["dated"].help_text = _(
            "As the paper bears it: 2012-08-01, 2012-08 or 2012. The order of the catalogue follows it."
        )
        self.fields["copies"].required = False
        self.fields["says_birth"].help_text = SAYS_HELP
        for number, name in enumerate(SCANS):
            self.fields[name] = EvidenceInput(label=_("Another scan") if number else _("Scan"), required=False)
            if number:
                self.fields[name].help_text = ""
        self._ask_dropped()
        self.fields["reason"] = why_field(needed=record is not None)
        self.expect_files()
        plain = [name for name in FIELDS if not name.startswith("says_")]
        self.order_fields([*plain, *SCANS, "dropped", *(name for name in FIELDS if name not in plain), "reason"])

    def _ask_dropped(self) -> None:
        scans = list(self.record.scans.select_related("file").order_by("pk")) if self.record is not None else []
        if scans:
            self.fields["dropped"] = forms.MultipleChoiceField(
                label=_("Take out scans"), required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(str(scan.pk), scan.file.name) for scan in scans],
            )  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        """What the catalogue is to say."""
        said = {name: self.cleaned_data[name] for name in FIELDS}
        return {**said, "copies": said["copies"] or 1}

    @property
    def scans(self) -> list[Any]:
        """The files that were sent."""
        return [self.cleaned_data[name] for name in SCANS if self.cleaned_data.get(name)]

    @property
    def dropped(self) -> list[int]:
        """The scans that are to go."""
        return [int(key) for key in self.cleaned_data.get("dropped", ())]


class WithdrawForm(forms.Form):
    """Why a material leaves the catalogue."""

    reason = why_field()


class KeepingForm(forms.Form):
    """Who keeps a dossier, since when."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"] = DayField(label=_("From which day"))
        self.fields["unit"] = UnitInput(actor=actor, label=label(DossierKeeping, "unit"), required=False)
        for name in ("keeper", "shelf", "volumes", "note"):
            self.fields[name] = input_of(DossierKeeping, name, actor, None)
        self.fields["keeper"].help_text = ELSEWHERE
        self.fields["reason"] = why_field()

    @property
    def values(self) -> dict[str, Any]:
        """What is recorded."""
        return {name: self.cleaned_data[name] for name in ("unit", "keeper", "shelf", "volumes", "note")}


class LoanForm(forms.Form):
    """Who comes for a dossier, why, and for what of it."""

    def __init__(self, *args: Any, actor: Any, teacher: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teacher, self.rules = teacher, lending_for(teacher, actor.on)
        self.fields["way"] = forms.ChoiceField(
            label=label(DossierLoan, "way"), choices=DossierLoan.Way.choices, widget=forms.RadioSelect, initial="read"
        )
        self.fields["purpose"] = forms.ChoiceField(
            label=label(DossierLoan, "purpose"), choices=[("", "…"), *values_of(actor).entries("dossier_purpose")]
        )
        self.fields["words"] = forms.CharField(
            label=_("In words"),
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("What is to be looked up, and for which matter."),
        )
        self.fields["asking"] = forms.CharField(
            label=_("Unit that asks"),
            max_length=120,
            initial=str(values_of(actor).unit(actor.unit.pk if actor.unit else None)),
        )
        for number in range(1, self.rules.readers + 1):
            self._ask_reader(number)
        self._ask_materials(actor, teacher)

    def _ask_reader(self, number: int) -> None:
        said = {"n": number}
        self.fields[f"name_{number}"] = forms.CharField(label=_("Reader %(n)s: name") % said, max_length=60)
        self.fields[f"post_{number}"] = forms.CharField(
            label=_("Reader %(n)s: unit and post") % said, max_length=120, required=False
        )
        self.fields[f"party_{number}"] = forms.BooleanField(
            label=_("Reader %(n)s is a member of the Party") % said,
            required=False,
            help_text=_("By the rules everybody who comes for it is one.") if self.rules.in_party else "",
        )
        name = self.data.get(self.add_prefix(f"name_{number}"), "") if self.is_bound else ""
        if name and named_by(name, self.teacher):
            self.fields[f"namesake_{number}"] = forms.BooleanField(
                label=_("Reader %(n)s only has the same name as the person or a relative") % said, required=False
            )

    def _ask_materials(self, actor: Any, teacher: Any) -> None:
        if actor.may(VIEW):
            entries = entries_of(catalogue(materials_of(teacher, actor), actor.on, actor.unit))
            said = [f"{one.mark} {one.material.title}" for one in entries]
            if said:
                self.fields["lent"] = forms.MultipleChoiceField(
                    label=_("Only these materials"), choices=[(text, text) for text in said], required=False,
                    widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: the whole dossier."),
                )  # fmt: skip
                return
        self.fields["which"] = forms.CharField(
            label=_("Only these materials"),
            max_length=200,
            required=False,
            help_text=_("In words; empty: the whole dossier."),
        )

    @property
    def readers(self) -> list[dict[str, Any]]:
        """Those who come."""
        data = self.cleaned_data
        return [
            {
                "name": data[f"name_{number}"], "post": data[f"post_{number}"], "in_party": data[f"party_{number}"],
                "namesake": data.get(f"namesake_{number}", False),
            }
            for number in range(1, self.rules.readers + 1)
        ]  # fmt: skip

    @property
    def lent(self) -> list[str]:
        """The materials that are asked for."""
        which = self.cleaned_data.get("which", "").strip()
        return [which] if which else list(self.cleaned_data.get("lent", ()))


class TransferForm(forms.Form):
    """To whom dossiers go, why, and on which document."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"] = UnitInput(actor=actor, label=_("Receiving unit"), required=False)
        self.fields["receiver_name"] = forms.CharField(
            label=_("Another receiver"),
            max_length=120,
            required=False,
            help_text=ELSEWHERE,
        )
        self.fields["reason_code"] = forms.ChoiceField(
            label=_("Reason of the transfer"), choices=[("", "…"), *values_of(actor).entries("dossier_reason")]
        )
        self.fields["basis"] = forms.CharField(
            label=_("Document number"),
            max_length=120,
            required=False,
            help_text=_("Of the order, or of the letter that asks for it."),
        )
        self.fields["words"] = forms.CharField(label=_("In words"), max_length=200)


class OccasionForm(forms.Form):
    """Why a review is begun."""

    words = forms.CharField(
        label=_("Occasion"),
        max_length=200,
        help_text=_("Such as: before an appointment, at a transfer, before retirement."),
    )


class OfCase(forms.Form):
    """A form of a step of a case."""

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.actor = case, actor
        self.ask()

    def ask(self) -> None:
        """Add the fields."""


class HandOutForm(OfCase):
    """On which day a dossier was handed out."""

    def ask(self) -> None:
        self.fields["on"] = DayField(label=pgettext_lazy("a dossier", "Handed out on"), initial=self.actor.on)


class BackForm(OfCase):
    """On which day it came back, and that it was compared with the catalogue."""

    def ask(self) -> None:
        self.fields["on"] = DayField(label=_("Came back on"), initial=self.actor.on)
        self.fields["whole"] = forms.BooleanField(
            label=_("Compared with the catalogue: every material and every page is there"),
            error_messages={"required": _("Compare it first. What is missing, say in words and ask for it.")},
        )


class SendForm(OfCase):
    """How dossiers travel, and on which day they left."""

    def ask(self) -> None:
        self.fields["on"] = DayField(label=_("Sent on"), initial=self.actor.on)
        self.fields["channel"] = forms.ChoiceField(
            label=_("How it travels"), choices=[("", "…"), *values_of(self.actor).entries("dossier_channel")],
            help_text=_("Never by post, and never by the person."),
        )  # fmt: skip
        self.fields["carriers"] = forms.CharField(
            label=_("Carried by"),
            max_length=120,
            required=False,
            help_text=_("The number of the dispatch, or the two people."),
        )
        self.fields["sealed"] = forms.BooleanField(
            label=_("Packed and sealed, the seal over the joint"),
            error_messages={"required": _("Dossiers go out sealed.")},
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("channel") == "messengers" and not data.get("carriers", "").strip():
            self.add_error("carriers", _("Name the two people who carry it."))
        return data


class ReceiveForm(OfCase):
    """On which day dossiers were received, by whom, and that they are what the notice says."""

    def ask(self) -> None:
        self.fields["on"] = DayField(label=_("Received on"), initial=self.actor.on)
        self.fields["by"] = forms.CharField(label=_("Received by"), max_length=120, initial=str(self.actor.user))
        self.fields["whole"] = forms.BooleanField(
            label=_("Volumes and materials are as many as the notice says"),
            error_messages={"required": _("Where they are not, send them back and say what is missing.")},
        )


class ProposeForm(OfCase):
    """What is to count of each item; empty: what the file says stays."""

    def ask(self) -> None:
        for one in looked_at(self.case.review.teacher, self.actor.on):
            self.fields[one.item] = self._field(one)
            if one.item == Item.EXPERIENCE:
                self.fields["experience_found"] = forms.ChoiceField(
                    label=_("Work experience: finding"),
                    choices=ReviewItem.Found.choices,
                    initial=one.found,
                    required=False,
                )

    def _field(self, one: Any) -> forms.Field:
        counts = next((says.value for says in one.says if says.counts), None)
        first = counts if counts is not None and not one.finding.met else None
        said: dict[str, Any] = {"label": Item(one.item).label, "required": False}
        if one.item in DATES:
            field: forms.Field = PartialDateInput(initial=str(first or ""), **said)
        elif one.item == Item.EDUCATION:
            entries = [("", _("stays as it is")), *values_of(self.actor).entries("education")]
            field = forms.ChoiceField(
                choices=entries, initial=first or "", widget=forms.Select(attrs={"data-picker": ""}), **said
            )
        else:
            field = forms.CharField(max_length=400, widget=forms.Textarea(attrs={"rows": 2}), **said)
            field.help_text = _("In words; its records are put right one by one in the file.")
            return field
        field.help_text = _("Empty: what the file says stays.")
        return field


def keeping_initial(teacher: Any, on: Any) -> dict[str, Any]:
    """What is recorded of the keeper now, as the form shows it."""
    kept = keeping_of(teacher, on)
    if kept is None:
        return {"volumes": 1, "since": on}
    return {
        "unit": kept.unit, "keeper": kept.keeper, "shelf": kept.shelf, "volumes": kept.volumes, "note": kept.note, "since": on,
    }  # fmt: skip
