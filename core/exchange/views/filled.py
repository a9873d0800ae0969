"""A template with more sheets, or filled in with what is on file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exchange.exporting import TYPES
from core.exchange.filling import may_fill, stamp_of
from core.exchange.kinds import ImportKind, common_kinds
from core.exchange.layout import sheets_of
from core.exchange.template import chosen, template
from core.jobs.services import enqueue
from core.org.models import Unit
from core.text import veiled
from core.web.downloads import attachment
from core.web.filters import units_of
from core.web.pages import FormPage
from core.web.parts import Link


class FillForm(forms.Form):
    """For which unit, with which sheets, empty or with what is on file."""

    unit = forms.ChoiceField(label=gettext_lazy("For the unit"), widget=forms.Select(attrs={"data-picker": ""}))
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Further sheets"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For what a person may have several of: one row each."),
    )
    filled = forms.BooleanField(
        label=gettext_lazy("Fill in what is on file now"),
        required=False,
        help_text=gettext_lazy(
            "When it comes back, it is compared with what was on file at this moment: what others correct meanwhile is not undone."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Needed when it is filled in: identity numbers, phones and addresses stand in it in clear, and each person can see who took "
            "them out."
        ),
    )

    def __init__(self, *args: Any, actor: Any, kind: ImportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units: dict[str, Unit] = {str(unit.public_id): unit for unit in units_of(actor)}
        self.fields["unit"].choices = [(key, str(unit)) for key, unit in self.units.items()]  # type: ignore[attr-defined]
        sheets = [(sheet.name, sheet.title) for sheet in sheets_of(kind) if not sheet.main]
        self.fields["sections"].choices = sheets  # type: ignore[attr-defined]
        if not sheets:
            del self.fields["sections"]
        if not may_fill(actor, kind):
            del self.fields["filled"], self.fields["reason"]
        self.reveals = bool(kind.reveals)

    def clean_unit(self) -> Unit:
        """The unit that was chosen."""
        return self.units[self.cleaned_data["unit"]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("filled") and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why the particulars of these people are taken out."))
        return data


class TemplateForm(FormPage):
    """Make a template: at once where it is empty, by a job where it is filled in."""

    name = "template_new"
    route = "imports/templates/<slug:kind>/new/"
    permission = "exchange.import"
    template = "exchange/template_new.html"
    form_class = FillForm
    submit_label = gettext_lazy("Make the template")
    help = gettext_lazy(
        "A workbook with the headings, lists and notes of your unit. In it is a hidden mark of when it was made: leave that sheet in, and "
        "the import knows what you saw."
    )

    def load(self) -> None:
        self.kind = common_kinds().get(self.kwargs["kind"])
        if self.kind is None or self.kind.endings:
            raise Http404

    def heading(self) -> Any:
        return _("Template: %(kind)s") % {"kind": self.kind.label if self.kind else ""}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "kind": self.kind}

    def initial(self) -> dict[str, Any]:
        return {"unit": str(self.actor.unit.public_id)}

    @property
    def cancel_url(self) -> str:
        """Back to the upload."""
        return reverse("import_new")

    def context(self) -> dict[str, Any]:
        about = self.kind.about if self.kind is not None else ""
        return {"crumbs": [Link(_("Import a workbook"), self.cancel_url)], "about": about}

    def save(self, form: Any) -> Any:
        kind, said = self.kind, form.cleaned_data
        assert kind is not None  # noqa: S101 - `load` has found it
        unit, sections = said["unit"], said.get("sections", [])
        if not said.get("filled"):
            return empty_template(kind, unit, self.on, sections)
        job = enqueue(
            "exchange.fill_template", actor=self.actor,
            arguments={"kind": kind.name, "unit": unit.pk, "sections": sections, "reason": veiled(said["reason"].strip())},
        )  # fmt: skip
        return reverse("job", args=[job.public_id])


def empty_template(kind: ImportKind, unit: Unit, on: Any, sections: Any = ()) -> HttpResponse:
    """A template without rows, stamped with this moment."""
    stamp = stamp_of(kind, unit, chosen(kind, sections), filled=False)
    name = f"{unit}-{kind.label}-{_('template')}.xlsx"
    return attachment(template(kind, unit, on, sections=sections, stamp=stamp), name, TYPES["xlsx"])
