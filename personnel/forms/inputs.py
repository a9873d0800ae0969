"""The form fields of a file: one for each sort of value."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.codes.values import label, values_of
from core.dates import InvalidDate, PartialDate, read_date, today
from core.exchange.evidence import ACCEPT, EvidenceLimits, NotEvidence, keep_evidence, read_evidence
from core.exchange.evidence_fields import no_evidence
from core.exchange.messages import TEXTS
from core.org.models import Unit
from core.parameters.selectors import at
from core.phone import InvalidPhone, read_phone
from core.records.fields import CodeField, PartialDateField
from core.records.models import StoredFile
from core.records.storage import store
from core.text import clean, clean_name
from core.web.filters import units_of
from core.web.forms import UploadField
from personnel.portraits import CONTENT_TYPE, NotAPortrait, read_portrait
from personnel.rules import PortraitSize

YES_NO = (("", _("not recorded")), ("yes", _("yes")), ("no", _("no")))
YES = {"yes": True, "no": False, "": None}


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


class StoredInput(UploadField):
    """A file that is kept as soon as it was read; `kept` is the one that was sent in an earlier step."""

    kept: StoredFile | None = None


class EvidenceInput(StoredInput):
    """A file that shows why a fact is changed."""

    def __init__(self, **options: Any) -> None:
        limits = at(EvidenceLimits, today())
        said = _("PDF, JPEG, PNG or HEIC, up to %(most)s MB. Pictures are kept without place, time and device.")
        super().__init__(accept=ACCEPT, help_text=said % {"most": limits.megabytes}, allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        if sent is initial or sent is None:
            return sent
        limits = at(EvidenceLimits, today())
        try:
            return keep_evidence(read_evidence(sent.name, sent.read(limits.megabytes * 1024 * 1024 + 1), limits))
        except NotEvidence as error:
            raise forms.ValidationError(no_evidence(error, limits)) from error


class PortraitInput(StoredInput):
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
            read = read_portrait(sent.name, sent.read(), least)
        except NotAPortrait as error:
            raise forms.ValidationError(_no_portrait(error, least)) from error
        return store(read.name, read.content, content_type=CONTENT_TYPE)


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


def input_of(model: Any, name: str, actor: Any, record: Any) -> forms.Field:
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
