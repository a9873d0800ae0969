"""Materials of dossiers: entering them, putting them right, taking them out; their scans."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import values_of
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.web.downloads import attachment
from core.web.pages import DetailPage, FormPage
from core.web.parts import Action, Link
from personnel.forms.dossier import (
    MaterialForm,
    WithdrawForm,
)
from personnel.models import Material, MaterialScan
from personnel.selectors.dossier import KEEP, VIEW, of_others
from personnel.services import dossier as verbs
from personnel.views.dossier import HELP, REFERENCES, DossierForm

# What the history says where nobody gave another reason.
ENTERED: Final = "入档"
# What the log of looks says, which auditors read: never what the material is.
SCANNED: Final = "调阅材料扫描件"


class NewMaterial(DossierForm):
    """Enter a material; `?category=` chooses its category."""

    name = "material_new"
    route = "teachers/<uuid:public_id>/dossier/new/"
    title = gettext_lazy("Enter a material")
    form_class = MaterialForm
    done_message = gettext_lazy("Entered. The materials after it were numbered anew.")

    def initial(self) -> dict[str, Any]:
        return {"category": self.request.GET.get("category", ""), "form": "original", "copies": 1}

    def save(self, form: Any) -> str:
        material = verbs.enter_material(
            actor=self.actor, teacher=self.object, values=form.values, scans=form.scans,
            reason=form.cleaned_data["reason"] or ENTERED,
        )  # fmt: skip
        return f"{self.dossier_url}#c{material.category}"


class OfMaterial(FormPage):
    """A form about one material of somebody's dossier."""

    permission = KEEP
    help = HELP
    references = REFERENCES

    def rows(self) -> Any:
        return of_others(Material, self.actor).select_related("teacher__key", "paper")

    def entered(self) -> None:
        verbs.note_dossier(actor=self.actor, teachers=[self.object.teacher_id])

    @property
    def dossier_url(self) -> str:
        """The address of the dossier."""
        return reverse("teacher_dossier", args=[self.object.teacher.public_id])

    @property
    def cancel_url(self) -> str:
        """Back to the dossier."""
        return f"{self.dossier_url}#c{self.object.category}"

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.teacher.name, self.dossier_url)], "actions": self.head_actions()}

    def head_actions(self) -> list[Action]:
        """The buttons beside the heading."""
        return []

    def heading(self) -> Any:
        return str(self.object)


class ChangeMaterial(OfMaterial):
    """Put right what the catalogue says of a material, and its scans."""

    name = "material_change"
    route = "dossier/materials/<uuid:public_id>/"
    form_class = MaterialForm
    template = "personnel/material.html"
    done_message = gettext_lazy("Put right.")

    def described(self, record: Any) -> dict[str, Any]:
        return {name: getattr(record, name, None) for name in verbs.FIELDS}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "record": self.object}

    def said(self, name: str, value: Any) -> Any:
        return values_of(self.actor).shown(Material, name, value).text if name in verbs.FIELDS else value

    def head_actions(self) -> list[Action]:
        key = [self.object.public_id]
        why_not = (
            _("This system issued the paper. Withdraw the paper, and it leaves the catalogue by itself.")
            if self.object.paper_id
            else ""
        )
        return [
            Action(_("Take out of the catalogue"), reverse("material_withdraw", args=key), "trash", why_not=why_not)
        ]

    def save(self, form: Any) -> str:
        verbs.correct_material(
            actor=self.actor, material=self.object, values=form.values, scans=form.scans, dropped=form.dropped,
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
        return f"{self.dossier_url}#c{self.object.category}"


class WithdrawMaterial(OfMaterial):
    """Take a material out of the catalogue."""

    name = "material_withdraw"
    route = "dossier/materials/<uuid:public_id>/take-out/"
    form_class = WithdrawForm
    submit_label = gettext_lazy("Take out")
    done_message = gettext_lazy("Taken out. What it was stays in the history.")

    def heading(self) -> Any:
        return _("Take out of the catalogue: %(title)s") % {"title": self.object}

    def compared(self, record: Any) -> dict[str, Any]:
        return {}

    def initial(self) -> dict[str, Any]:
        return {}

    def save(self, form: Any) -> str:
        verbs.withdraw_material(actor=self.actor, material=self.object, reason=form.cleaned_data["reason"])
        return self.dossier_url


class ScanFile(DetailPage):
    """Hands out a scan of a material, to who sees the catalogue."""

    name = "material_scan_file"
    route = "dossier/scans/<uuid:public_id>/file/"
    permission = VIEW

    def rows(self) -> Any:
        rows = of_others(MaterialScan, self.actor, "material__teacher")
        return rows.select_related("file__key", "material__teacher")

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        stored = self.object.file
        try:
            content = content_of(stored)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error
        verbs.note_dossier(actor=self.actor, teachers=[self.object.material.teacher_id], reason=SCANNED)
        return attachment(content, stored.name, stored.content_type)
