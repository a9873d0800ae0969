"""What the pages and cases of organisation changes ask."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.codes.values import label, values_of
from core.org.models import Unit, UnitKind, UnitProfile
from core.web.forms import DayField, ManyInput
from personnel.forms.dossier import OfCase
from personnel.forms.inputs import UnitInput
from personnel.models import Teacher, UnitChange
from personnel.selectors.unit_changes import MOST_NUMBER, Parts, parts_of
from personnel.services.unit_changes.asking import OPENED, Proposed

PROFILE: Final = ("name", "short_name", "office_type", "location", "sponsor", "stages")


class DecideForm(OfCase):
    """Under which document a change is decided."""

    def ask(self) -> None:
        self.fields["document"] = forms.CharField(
            label=_("Document of approval"), max_length=120, initial=self.case.unit_change.document,
            help_text=_("It stands beside all that follows."),
        )  # fmt: skip


class ChangeForm(forms.Form):
    """What all proposals ask: from which day, under which document, why. `unit` is the unit of the page."""

    kind = ""

    def __init__(self, *args: Any, actor: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.unit = actor, unit
        self.ask()
        self.fields["on"] = DayField(
            label=label(UnitChange, "on"), help_text=_("It may lie ahead: until the day before all is as before.")
        )
        self.fields["document"] = forms.CharField(
            label=label(UnitChange, "document"), max_length=120, required=False,
            help_text=_("Where it is known already; whoever decides can enter it."),
        )  # fmt: skip
        self.fields["words"] = forms.CharField(
            label=label(UnitChange, "words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
        )

    def ask(self) -> None:
        """Add the fields of the kind."""

    @property
    def asked(self) -> Proposed:
        """What `propose` takes."""
        data = self.cleaned_data
        return Proposed(self.kind, data["on"], data["words"], data["document"], **self.more(data))

    def more(self, _data: dict[str, Any]) -> dict[str, Any]:
        """What the kind says beside it."""
        return {"subject": self.unit}


class CloseForm(ChangeForm):
    """A unit is closed."""

    kind = UnitChange.Kind.CLOSE


class MergeForm(ChangeForm):
    """A unit goes into another one."""

    kind = UnitChange.Kind.MERGE

    def ask(self) -> None:
        self.fields["receiver"] = UnitInput(
            actor=self.actor,
            label=label(UnitChange, "receiver"),
            help_text=_("The unit that goes on; the other one is closed."),
        )

    def more(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"subject": self.unit, "receiver": data["receiver"]}


class NamedForm(ChangeForm):
    """What a unit is called and is from the day on."""

    def ask(self) -> None:
        self.fields["name"] = forms.CharField(label=label(UnitProfile, "name"), max_length=120)
        self.fields["short_name"] = forms.CharField(
            label=label(UnitProfile, "short_name"), max_length=60, required=False
        )
        values = values_of(self.actor)
        for name, codes in (("office_type", "school_type"), ("location", "location"), ("sponsor", "sponsor")):
            self.fields[name] = forms.ChoiceField(
                label=label(UnitProfile, name), required=False, choices=[("", _("not recorded")), *values.entries(codes)],
                widget=forms.Select(attrs={"data-picker": ""}),
            )  # fmt: skip
        self.fields["stages"] = forms.MultipleChoiceField(
            label=label(UnitProfile, "stages"),
            required=False,
            choices=values.entries("stage"),
            widget=forms.CheckboxSelectMultiple,
        )

    def profile(self, data: dict[str, Any]) -> dict[str, Any]:
        """The profile from the day on."""
        return {name: data[name].strip() if isinstance(data[name], str) else list(data[name]) for name in PROFILE}


class RenameForm(NamedForm):
    """A unit is called otherwise."""

    kind = UnitChange.Kind.RENAME

    def more(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"subject": self.unit, "profile": self.profile(data)}


class OpenForm(NamedForm):
    """A unit is opened below the unit of the page."""

    kind = UnitChange.Kind.OPEN

    def ask(self) -> None:
        kinds = dict(UnitKind.choices)
        self.fields["level"] = forms.ChoiceField(
            label=pgettext_lazy("unit", "Level"), choices=[(one.value, kinds[one.value]) for one in OPENED]
        )
        self.fields["code"] = forms.CharField(
            label=label(UnitChange, "code"), max_length=20, help_text=_("The unit keeps it for life.")
        )
        super().ask()

    def more(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"parent": self.unit, "profile": self.opened(data)}

    def opened(self, data: dict[str, Any]) -> dict[str, Any]:
        """The profile, with code and level."""
        return {**self.profile(data), "code": data["code"].strip(), "level": data["level"]}


class SplitForm(OpenForm):
    """Some people, seats and posts of a unit go to a new one."""

    kind = UnitChange.Kind.SPLIT

    def ask(self) -> None:
        super().ask()
        self.parts: Parts = parts_of(self.actor, self.unit)
        if self.parts.below:
            self.fields["below"] = forms.MultipleChoiceField(
                label=_("Everybody of"), required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(str(one.public_id), str(one)) for one in self.parts.below],
                help_text=_("Of these departments and teaching points all go; others are chosen by name."),
            )  # fmt: skip
        self.fields["people"] = forms.MultipleChoiceField(
            label=_("Who goes to the new unit"), required=False, widget=ManyInput, choices=self._by_subject(),
        )  # fmt: skip
        for kind, number in self.parts.seats.items():
            self._number(
                f"seats_{kind}", _("Seats: %(kind)s"), {"kind": values_of(self.actor).code("seat_kind", kind)}, number
            )
        for (level, special), number in self.parts.posts.items():
            words = _("Special posts: %(level)s") if special else _("Posts: %(level)s")
            self._number(
                f"posts_{level}_{int(special)}", words, {"level": values_of(self.actor).code("post_level", level)}, number
            )  # fmt: skip

    def _by_subject(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """People by the stage and the subject that they teach, in the order of the code lists; who teaches nothing stands last."""
        values, found = values_of(self.actor), dict[tuple[str, str], list[tuple[str, str]]]()
        for one in self.parts.people:
            key = (one.stage or "", one.subject or "")  # type: ignore[attr-defined]  # annotated by the selector
            found.setdefault(key, []).append((str(one.public_id), f"{one.name} {one.staff_number}".strip()))
        keys = sorted(found, key=lambda key: (values.place("stage", key[0]), values.place("subject", key[1])))
        return [(self._taught(*key), found[key]) for key in keys]

    def _taught(self, stage: str, subject: str) -> str:
        values = values_of(self.actor)
        told = [values.code("stage", stage) if stage else "", values.code("subject", subject) if subject else ""]
        return " · ".join(filter(None, told)) or str(_("no subject recorded"))

    def _number(self, name: str, words: Any, said: dict[str, Any], has: int) -> None:
        self.fields[name] = forms.IntegerField(
            label=words % said, required=False, min_value=0, max_value=MOST_NUMBER,
            help_text=_("%(n)s are approved at the unit.") % {"n": has},
            widget=forms.NumberInput(attrs={"class": "sd-date", "inputmode": "numeric", "min": "0"}),
        )  # fmt: skip

    def more(self, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "subject": self.unit, "profile": self.opened(data), "people": self._people(data),
            "seats": {kind: data[f"seats_{kind}"] for kind in self.parts.seats if data[f"seats_{kind}"]},
            "posts": {key: n for key in self.parts.posts if (n := data[f"posts_{key[0]}_{int(key[1])}"])},
        }  # fmt: skip

    def _people(self, data: dict[str, Any]) -> list[Teacher]:
        chosen, whole = set(data["people"]), set(data.get("below", ()))
        units = {one.pk for one in self.parts.below if str(one.public_id) in whole}
        return [one for one in self.parts.people if str(one.public_id) in chosen or self.parts.unit_of[one.pk] in units]
