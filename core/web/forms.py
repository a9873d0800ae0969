"""What the kernel's pages ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from core.org.accounts import accounts_for_roles
from core.org.models import Unit, User
from core.text import clean
from core.web.filters import day_of, units_of

USERNAME = RegexValidator(
    r"^[\w.@+-]+\Z", _("A user name has letters, digits and the characters . @ + - _ only, without blanks.")
)


# Django's own words, said as our catalogue says them: a catalogue of an application goes before Django's.
DJANGO_WORDS = (_("This field is required."),)

# A longer list of accounts is no help to choose from: then the user name is typed.
MOST_PICKED = 2000


class DayField(forms.DateField):
    """A day as people type it: 2026-09-01, 2026-9-1, 2026.9.1, 2026年9月1日. No browser's calendar, whose order of day and month varies."""

    default_error_messages = {"invalid": _("This is no day. Write it as 2026-09-01.")}

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("For example 2026-09-01"))
        looks = {"placeholder": "2026-09-01", "class": "sd-date", "inputmode": "numeric", "autocomplete": "off"}
        super().__init__(widget=forms.DateInput(attrs=looks, format="%Y-%m-%d"), **options)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        day = day_of(str(value))
        if day is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class WordsField(forms.CharField):
    """Words as they are kept: cleaned before they are measured, so that nothing that no reader sees counts as an answer."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stands in the history for ever."))


class AccountForm(ReasonForm):
    """A new user."""

    username = forms.CharField(label=_("user name"), max_length=60, validators=[USERNAME])
    name = forms.CharField(label=_("name"), max_length=60)
    email = forms.EmailField(label=_("e-mail"), required=False)

    field_order = ("username", "name", "email", "reason")


class RoleForm(ReasonForm):
    """Which role somebody is to have, where and when."""

    user = forms.CharField(label=_("User"), max_length=60, help_text=_("The name with which the person logs in."))
    role = forms.ChoiceField(label=_("Role"))
    unit = forms.ChoiceField(label=_("Unit"), widget=forms.Select(attrs={"data-picker": ""}))
    starts = DayField(label=_("From"))
    ends = DayField(
        label=_("Until"), required=False, help_text=_("The first day without the role; empty while it lasts.")
    )

    field_order = ("user", "role", "unit", "starts", "ends", "reason")

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units: dict[str, Unit] = {str(unit.public_id): unit for unit in units_of(actor)}
        self.accounts = accounts_for_roles(actor)
        people = list(self.accounts.values_list("username", "name")[: MOST_PICKED + 1])
        if len(people) <= MOST_PICKED:
            self.fields["user"] = _picker(people)
        roles = [(name, role.label) for name, role in settings.ROLES.items()]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["unit"].choices = [(key, str(unit)) for key, unit in self.units.items()]  # type: ignore[attr-defined]

    def clean_user(self) -> User:
        """The user of that name."""
        found = self.accounts.filter(username=self.cleaned_data["user"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no user of this name. Open the account first."))
        return found

    def clean_unit(self) -> Unit:
        """The unit that was chosen."""
        return self.units[self.cleaned_data["unit"]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("The end must lie after the beginning."))
        return data


def _picker(people: list[tuple[str, str]]) -> forms.ChoiceField:
    """An account, found by the person's name or by the user name."""
    named = [(username, f"{name} ({username})") for username, name in people]
    return forms.ChoiceField(
        label=_("User"), choices=[("", "…"), *named], widget=forms.Select(attrs={"data-picker": ""}),
        error_messages={"invalid_choice": _("There is no user of this name. Open the account first.")},
    )  # fmt: skip


class EndRoleForm(ReasonForm):
    """From which day somebody no longer has a role."""

    starts = DayField(label=_("First day without the role"))

    field_order = ("starts", "reason")


class ManyInput(forms.CheckboxSelectMultiple):
    """Some of a long list, in the groups of its choices: found by words, chosen by the group, counted."""

    template_name = "core/fields/many.html"


class UploadField(forms.FileField):
    """A file, chosen or dragged in; `accept` names the content types or endings that the browser offers."""

    def __init__(self, *, accept: str, **options: Any) -> None:
        widget = forms.FileInput(attrs={"accept": accept})
        super().__init__(template_name="core/fields/file.html", widget=widget, **options)  # type: ignore[call-arg] # newer than the stubs
