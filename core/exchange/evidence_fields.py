"""Form fields that take evidence files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.dates import today
from core.exchange.evidence import ACCEPT, MEGABYTE, EvidenceLimits, NotEvidence, read_evidence
from core.parameters.selectors import at
from core.web.forms import UploadField


class EvidenceField(UploadField):
    """A file that shows something; its value is an `Evidence` that nobody has kept yet."""

    def __init__(self, **options: Any) -> None:
        limits = at(EvidenceLimits, today())
        said = _("PDF, JPEG, PNG or HEIC, up to %(most)s MB. Pictures are kept without place, time and device.")
        super().__init__(accept=ACCEPT, help_text=said % {"most": limits.megabytes}, allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        if not sent:
            return None
        limits = at(EvidenceLimits, today())
        try:
            return read_evidence(sent.name, sent.read(limits.megabytes * MEGABYTE + 1), limits)
        except NotEvidence as error:
            raise forms.ValidationError(no_evidence(error, limits)) from error


def no_evidence(error: NotEvidence, limits: EvidenceLimits) -> str:
    """What is wrong with a file that was to be evidence, and what to do."""
    said = {
        "empty": _("The file is empty. Scan or save it again."),
        "too_large": _("The file is larger than %(megabytes)s MB. Scan it in a lower resolution, or send the pages that matter."),
        "unknown": _("By its content this is no PDF, JPEG, PNG or HEIC, whatever its name says. Save it in one of these forms."),
        "damaged": _("The file is damaged: it cannot be read to its end. Save or scan it again."),
        "too_many_pixels": _("The picture has more than %(megapixels)s million pixels. Save it in a smaller size."),
    }  # fmt: skip
    return str(said[error.code]) % {"megabytes": limits.megabytes, "megapixels": limits.megapixels}
