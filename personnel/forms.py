"""What readers of files are asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.codes.values import label, values_of
from core.dates import InvalidDate, PartialDate, read_date, today
from core.exchange.messages import TEXTS
from core.idnumber import InvalidIdNumber, is_resident_number, parse
from core.org.models import Unit
from core.parameters.selectors import at
from core.phone import InvalidPhone, read_phone
from core.records.fields import CodeField, PartialDateField
from core.records.models import StoredFile
from core.text import clean, clean_name
from core.web.filters import units_of
from core.web.forms import DayField, UploadField
from personnel.choices import NUMBERED_ALIKE, OTHER_REASON, RESIDENT_CARD
from personnel.portraits import NotAPortrait, read_portrait
from personnel.rules import PortraitSize

CORRECT, CHANGE, END = "correct", "change", "end"
DAY = timedelta(days=1)
YES_NO = (("", _("not recorded")), ("yes", _("yes")), ("no", _("no")))
YES = {"yes": True, "no": False, "": None}


class RevealForm(forms.Form):
    """Why somebody looks at a masked value: one of the usual reasons, or words."""

    reason = forms.ChoiceField(label=_("Reason"))
    words = forms.CharField(label=_("In your own words"), max_length=200, required=False)
    field = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, reasons: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("reason") == OTHER_REASON and not data.get("words", "").strip():
            self.add_error("words", _("Say in your own words why you need it."))
        return data

    @property
    def said(self) -> str:
        """The reason as it is written down: the reader's words where there are any, else the code of the usual reason."""
        words: str = self.cleaned_data["words"].strip()
        return words or self.cleaned_data["reason"]


class PartialDateInput(forms.Field):
    """A date as people type it, no more precise than typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text=_("A day, a month or a year: 2012-08-01, 2012-08, 2012."), **options)

    def to_python(self, value: Any) -> PartialDate | None:
        if isinstance(value, PartialDate) or value in self.empty_values:
            return value or None
        try:
            return read_date(str(value))
        except InvalidDate as error:
            raise forms.ValidationError(_("This is not a date that can be read one way only.")) from error


class YesNoInput(forms.TypedChoiceField):
    """Yes, no, or not recorded."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=YES_NO, coerce=YES.__getitem__, empty_value=None, **options)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class UnitInput(forms.ChoiceField):
    """One of the units that the actor sees."""

    def __init__(self, *, actor: Any, **options: Any) -> None:
        self.known = {str(unit.public_id): unit for unit in units_of(actor)}
        named = [(key, str(unit)) for key, unit in self.known.items()]
        super().__init__(choices=[("", "…"), *named], widget=forms.Select(attrs={"data-picker": ""}), **options)

    def prepare_value(self, value: Any) -> Any:
        return str(value.public_id) if isinstance(value, Unit) else value

    def clean(self, value: Any) -> Unit | None:
        return self.known.get(super().clean(value))


class FactForm(forms.Form):
    """A record of a section: its fields, since when, why, and on what paper.

    `model` and `names` say which fields, `record` which record is changed (None: a new one), `open_record` which one a new record may
    end, in words. Protected values are typed anew or left.
    """

    def __init__(
        self, *args: Any, actor: Any, model: Any, names: tuple[str, ...], needed: tuple[str, ...], record: Any, dated: bool,
        open_record: str = "", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.names, self.model, self.record, self.dated = names, model, record, dated
        for name in names:
            self.fields[name] = _input(model, name, actor, record)
            self.fields[name].required |= name in needed and name not in getattr(model, "_protected", {})
        if dated:
            self._ask_when(record, open_record)
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), max_length=200, help_text=_("It goes into the history.")
        )
        self.fields["document"] = forms.CharField(label=_("Document number"), max_length=120, required=False)

    def _ask_when(self, record: Any, open_record: str) -> None:
        if record is not None:
            ways = (
                (CHANGE, _("It changed: the new values hold from the day below")),
                (END, _("It ended: nothing follows after the last day below")),
                (CORRECT, _("It was recorded wrongly: put it right")),
            )
            self.fields["how"] = forms.ChoiceField(
                label=_("What happened"), choices=ways, widget=forms.RadioSelect, initial=CHANGE
            )
        first = (
            _("2026-09-01") if record is None else _("2026-09-01. Of a correction: only where the first day was wrong.")
        )
        self.fields["on"] = DayField(label=_("From which day"), required=record is None, help_text=first)
        last = record.valid.upper - DAY if record is not None and record.valid.upper else None
        self.fields["last_day"] = DayField(
            label=_("Last day"), required=False, initial=last, help_text=_("2026-09-01; empty while it has no end.")
        )
        if open_record:
            said = _("End “%(record)s” on the day before") % {"record": open_record}
            self.fields["closing"] = forms.BooleanField(label=said, required=False, initial=True)

    @property
    def until(self) -> date | None:
        """The first day on which it holds no more; None without an end."""
        last: date | None = self.cleaned_data.get("last_day")
        return last + DAY if last else None

    @property
    def values(self) -> dict[str, Any]:
        """The values of the section's fields; protected ones only where something was typed."""
        protected = getattr(self.model, "_protected", {})
        return {
            name: self.cleaned_data[name] for name in self.names if name not in protected or self.cleaned_data[name]
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.dated and self.record is not None and data.get("how") == CHANGE and not data.get("on"):
            self.add_error("on", _("From which day does it hold?"))
        if data.get("how") == END and not data.get("last_day"):
            self.add_error("last_day", _("Which was the last day?"))
        for name, said in getattr(self.model, "contradictions", lambda _values: {})(data).items():
            self.add_error(name, said)
        if (
            "number" in getattr(self.model, "_protected", {})
            and data.get("number")
            and data.get("kind") in RESIDENT_CARD
        ):
            try:
                data["number"] = parse(data["number"]).number
            except InvalidIdNumber:
                self.add_error("number", _("This is no valid identity number: compare every digit with the card."))
        elif data.get("kind") not in NUMBERED_ALIKE and is_resident_number(str(data.get("number") or "")):
            self.add_error("kind", _("This number is that of a resident identity card."))
        return data


class PortraitInput(UploadField):
    """A portrait photo, read and written anew. Where nothing is sent, what is on file stays."""

    def __init__(self, **options: Any) -> None:
        kept = _("JPEG or PNG, up to 10 MB. The picture is kept without place, time and device.")
        super().__init__(accept="image/jpeg,image/png", help_text=kept, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        if sent is initial or sent is None:
            return sent
        least = at(PortraitSize, today())
        try:
            return read_portrait(sent.name, sent.read(), least)
        except NotAPortrait as error:
            raise forms.ValidationError(_no_portrait(error, least)) from error


def _no_portrait(error: NotAPortrait, least: PortraitSize) -> str:
    """What is wrong with a file that was to be a photo, and what to do."""
    width, height = error.size
    said = {
        "too_large": _("The file is larger than 10 MB. Save the photo in a smaller size."),
        "no_picture": _("This is no JPEG or PNG picture, or it is damaged. Open the photo and save it anew as JPEG."),
        "too_many_pixels": _("The picture has %(width)s × %(height)s pixels, too many to be read. Save it in a smaller size."),
        "too_small": _(
            "The picture has %(width)s × %(height)s pixels; at least %(least_width)s × %(least_height)s are needed to print it. "
            "Take a larger one."
        ),
    }  # fmt: skip
    return str(said[error.code]) % {
        "width": width, "height": height, "least_width": least.width, "least_height": least.height,
    }  # fmt: skip


def _input(model: Any, name: str, actor: Any, record: Any) -> forms.Field:
    """The form field of one field of a record."""
    said: dict[str, Any] = {"label": label(model, name)}
    if name in getattr(model, "_protected", {}):
        kept = (
            _("On file: %(mask)s. Leave it empty to keep it.") % {"mask": getattr(record, name)}
            if record and getattr(record, name)
            else ""
        )
        sealed = forms.CharField(
            required=False,
            max_length=200,
            help_text=kept,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **said,
        )
        if model._protected[name].kind == "phone":
            sealed.clean = _cleaning(sealed, _phone)  # type: ignore[method-assign]
        return sealed
    field = model._meta.get_field(name)
    if isinstance(field, CodeField):
        entries = [("", _("not recorded")), *values_of(actor).entries(field.code_list)]
        picker = {"data-picker": ""} if len(entries) > 12 else {}
        return forms.ChoiceField(choices=entries, required=False, widget=forms.Select(attrs=picker), **said)
    if isinstance(field, PartialDateField):
        return PartialDateInput(required=not field.null, **said)
    if isinstance(field, models.BooleanField) and field.null:
        return YesNoInput(required=False, **said)
    if field.related_model is StoredFile:
        return PortraitInput(required=record is None, **said)
    if isinstance(field, models.ForeignKey):
        return UnitInput(actor=actor, required=not field.null, **said)
    free = field.null or field.blank or isinstance(field, models.BooleanField)
    made: forms.Field = field.formfield(required=not free, **said)
    if isinstance(made, forms.CharField):
        made.clean = _cleaning(made, clean_name if name == "name" else clean)  # type: ignore[method-assign]
    return made


def _phone(text: str) -> str:
    try:
        return read_phone(text) if text.strip() else ""
    except InvalidPhone as error:
        raise forms.ValidationError(TEXTS[error.code]) from error


def _cleaning(field: forms.CharField, tidy: Any) -> Any:
    """The field's own cleaning after hidden characters and needless blanks are gone, as an import does it."""
    own = field.clean
    return lambda value: own(tidy(value) if isinstance(value, str) else value)
