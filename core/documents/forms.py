"""What the pages of papers ask."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.documents.kinds import DocumentKind
from core.documents.templating.package import MOST_BYTES
from core.web.forms import DayField, ReasonForm, UploadField


class IssueForm(ReasonForm):
    """Why a paper is issued, and whether protected values stand in it in clear; a kind adds what it prints besides."""

    own: ClassVar = frozenset({"reason", "clear"})

    clear = forms.BooleanField(
        label=_("Print identity numbers, telephone and address in clear"),
        required=False,
        help_text=_("Only where the paper needs them. Each person sees who had them printed, and why."),
    )

    @property
    def details(self) -> dict[str, Any]:
        """What the kind asked for."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.own}

    @property
    def clear_values(self) -> bool:
        """Whether protected values are printed in clear."""
        return bool(self.cleaned_data.get("clear"))


def issue_form(kind: DocumentKind, subject: Any, actor: Any) -> type[IssueForm]:
    """The form of a kind about a subject (None: about many at once)."""
    inner = kind.form(subject, actor) if kind.form else None

    class OfThisKind(*((inner,) if inner else ()), IssueForm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            if not (kind.clear and actor.may(kind.clear)):
                del self.fields["clear"]
            self.order_fields([name for name in self.fields if name not in IssueForm.own])

    return OfThisKind


class TemplateForm(ReasonForm):
    """A template in Word."""

    file = UploadField(
        accept=".docx",
        label=_("Template (.docx)"),
        help_text=_("Made in Word or WPS, up to 5 MB, without macros. Its marks are checked before anything changes."),
    )

    field_order = ("file", "reason")

    def clean_file(self) -> Any:
        """Refuse what is larger than the limit before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Make its pictures smaller."))
        return file


class PrefixForm(ReasonForm):
    """How numbers begin, from when, by which decision."""

    begins = forms.CharField(
        label=_("Number prefix"), max_length=40, help_text=_("What stands before the year, as the office has it.")
    )
    on = DayField(label=_("From"))
    document = forms.CharField(label=_("Document number"), max_length=120, required=False)

    field_order = ("begins", "on", "document", "reason")

    def clean_begins(self) -> str:
        """Words only: brackets and numbers come from the pattern."""
        prefix: str = self.cleaned_data["begins"].strip()
        if set(prefix) & set("〔〕[]{}<>\"'\\/") or not prefix:
            raise forms.ValidationError(_("The prefix has words only; year and number are added by themselves."))
        return prefix
