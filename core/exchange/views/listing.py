"""The list of batches, and the upload."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exchange.asking.selectors import open_to
from core.exchange.asking.services import send_answer
from core.exchange.kinds import all_kinds, common_kinds
from core.exchange.models import Batch
from core.exchange.selectors import batches
from core.exchange.services import create_batch
from core.exchange.views.template import template_links
from core.org.models import Unit
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, is_uuid
from core.web.forms import DayField, UploadField
from core.web.pages import FormPage, ListPage
from core.web.parts import Action, Badge, Cell, Link, Step

MOST_REQUESTS = 5
ACCEPTED = ".xlsx,.xlsm,.xls,.ods,.csv,.txt,.zip"
TONES = {"checked": "amber", "applied": "green", "undone": "amber", "unreadable": "red"}


def counted(batch: Batch, name: str) -> int:
    """A count of rows, 0 before the check."""
    return int((batch.counts or {}).get(name, 0))


def kind_label(batch: Batch) -> Any:
    """What the rows are about."""
    kind = all_kinds().get(batch.kind)
    return kind.label if kind else ""


class BatchList(ListPage):
    """All workbooks that came in for the actor's units."""

    name = "imports"
    route = "imports/"
    permission = ("exchange.import", "exchange.approve")
    title = gettext_lazy("Imports and batches")
    everything_label = gettext_lazy("all batches")
    can_search = False
    exported = False
    help = gettext_lazy(
        "Counties and schools keep working in their own workbooks. Upload one: you see what is new, changed, the same and wrong before "
        "anything is written, and you accept the good rows in one step."
    )
    default_sort = "-number"
    empty = {
        "icon": "upload",
        "heading": gettext_lazy("No workbook yet"),
        "text": gettext_lazy(
            "Upload the roster or the units sheet as you have it; headings and dates may be as they are."
        ),
    }
    columns = (
        ListColumn(
            "number",
            gettext_lazy("Batch"),
            lambda row, _actor: Cell(str(row.pk), url=reverse("batch", args=[row.public_id])),
            sort=("id",),
            indexed=True,
        ),
        ListColumn(
            "file",
            gettext_lazy("File"),
            lambda row, _actor: Cell(row.file.name, url=reverse("batch", args=[row.public_id])),
        ),
        ListColumn("kind", gettext_lazy("Kind"), lambda row, _actor: kind_label(row)),
        ListColumn("unit", gettext_lazy("Unit"), lambda row, _actor: row.unit_label),
        ListColumn("sent_by", gettext_lazy("Sent by"), lambda row, _actor: row.user.name),
        ListColumn("sent_at", gettext_lazy("Sent"), lambda row, _actor: row.created_at, nowrap=True),
        ListColumn(
            "new", gettext_lazy("New"), lambda row, _actor: counted(row, "new") if row.counts else "", number=True
        ),
        ListColumn(
            "changed",
            gettext_lazy("Changed"),
            lambda row, _actor: counted(row, "changed") if row.counts else "",
            number=True,
        ),
        ListColumn(
            "same", gettext_lazy("Same"), lambda row, _actor: counted(row, "same") if row.counts else "", number=True
        ),
        ListColumn(
            "refused",
            gettext_lazy("Refused"),
            lambda row, _actor: counted(row, "refused") if row.counts else "",
            number=True,
        ),
        ListColumn(
            "state",
            gettext_lazy("State"),
            lambda row, _actor: Cell(badge=Badge(row.get_state_display(), TONES.get(row.state, ""))),
        ),
    )
    filters = (
        ChoiceFilter(
            "state",
            gettext_lazy("State"),
            lambda rows, value, _actor: rows.filter(state=value),
            options=tuple(Batch.State.choices),
        ),
    )

    def rows_of(self, actor: Any) -> Any:
        return batches(actor)

    def actions(self) -> list[Action]:
        if not self.actor.may("exchange.import"):
            return []
        return [
            Action(_("Requests"), url=reverse("requests"), icon="mail"),
            Action(_("Headings"), url=reverse("headings"), icon="cols"),
            Action(_("Ways of writing"), url=reverse("word_proposals"), icon="list"),
            Action(_("Import a workbook"), url=reverse("import_new"), icon="upload", primary=True),
        ]


class UploadForm(forms.Form):
    """A workbook, whose it is, and from which day its moves hold."""

    file = UploadField(
        accept=ACCEPTED,
        label=gettext_lazy("Workbook"),
        help_text=gettext_lazy(
            "Excel, WPS, OpenDocument or CSV, up to 50 MB, without password and macros; or a zip of portrait photos, each file named by "
            "the identity number or the staff number."
        ),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Sent by unit"),
        help_text=gettext_lazy("Rows may speak of this unit and the units below it."),
        widget=forms.Select(attrs={"data-picker": ""}),
    )
    answers = forms.ChoiceField(
        label=gettext_lazy("Answers the request"),
        required=False,
        help_text=gettext_lazy(
            "Sent by a bureau, it answers for all units below that were asked and have not sent themselves."
        ),
    )
    day = DayField(
        label=gettext_lazy("Changes hold from"),
        required=False,
        help_text=gettext_lazy(
            "Moves and titles without a day of their own hold from here. Left empty: the date written in the sheet, else today."
        ),
    )

    def __init__(
        self, *args: Any, units: list[tuple[str, str]], requests: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["answers"].choices = [("", gettext_lazy("none, or found by itself")), *requests]  # type: ignore[attr-defined]
        if not requests:
            del self.fields["answers"]

    def clean_file(self) -> Any:
        """Refuse what is larger than the limit before it is read."""
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_WORKBOOK_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB. Split it into several workbooks."))
        return file


class UploadPage(FormPage):
    """Send a workbook."""

    name = "import_new"
    route = "imports/new/"
    permission = "exchange.import"
    title = gettext_lazy("Import a workbook")
    template = "exchange/upload.html"
    form_class = UploadForm
    submit_label = gettext_lazy("Upload and check")
    help = gettext_lazy("Nothing is written by uploading. The workbook is checked row by row; afterwards you decide.")

    def form_options(self) -> dict[str, Any]:
        units = Unit.objects.visible_to(self.actor).open_on(self.on).named(self.on).in_tree()
        bureaus = [unit for unit in units if unit.is_bureau or unit.pk == self.actor.unit.pk]
        others = [unit for unit in units if unit not in bureaus]
        requests = [(str(one.public_id), f"{one.title} ({one.due})") for one in open_to(self.actor)]
        return {
            "units": [(str(unit.public_id), unit.name or unit.code) for unit in [*bureaus, *others]],
            "requests": requests,
        }

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [Link(_("Imports and batches"), reverse("imports"))],
            "templates": template_links(self.actor),
            "fixes": self.before,
            "requests": open_to(self.actor)[:MOST_REQUESTS],
            "steps": [Step(_("Upload"), "current"), Step(_("Check"), "todo"), Step(_("Look and accept"), "todo")],
        }

    @cached_property
    def before(self) -> Batch | None:
        """The batch of which the fixed workbook is to be sent (`?fixes=`)."""
        wanted = self.request.GET.get("fixes", "")
        sent = batches(self.actor).filter(kind__in=["", *common_kinds()])
        return sent.filter(public_id=wanted).first() if is_uuid(wanted) else None

    def initial(self) -> dict[str, Any]:
        unit = self.before.unit if self.before is not None else self.actor.unit
        return {"unit": str(unit.public_id), "answers": self.request.GET.get("answers", "")}

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("imports")

    def save(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        unit = Unit.objects.visible_to(self.actor).get(public_id=form.cleaned_data["unit"])
        given: dict[str, Any] = {
            "actor": self.actor, "unit": unit, "name": file.name, "content": file.read(), "day": form.cleaned_data["day"],
            "previous": self.before,
        }  # fmt: skip
        wanted = form.cleaned_data.get("answers")
        send = partial(send_answer, request=open_to(self.actor).get(public_id=wanted)) if wanted else create_batch
        batch = send(**given)
        return reverse("batch", args=[batch.public_id])
