"""Workbooks of the exam office: sent from the page of the recruitment for which they are."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.exchange.kinds import all_kinds, columns_of
from core.exchange.models import Batch
from core.exchange.selectors import batches
from core.exchange.views.listing import TONES
from core.web.filters import is_uuid
from core.web.pages import FormPage
from core.web.parts import Badge, Cell, Column, Fact, Link, Row, Table
from personnel.forms.recruitment import WorkbookForm
from personnel.models import Recruitment
from personnel.selectors.recruitment import APPLICANTS, JUDGED, RECRUIT, TAKEN_AT, WRITTEN, recruitments
from personnel.services.recruitment.workbooks import send_workbook
from personnel.views.recruitment.shown import WORKBOOKS

SEPARATOR = "、"
HINTS = {
    APPLICANTS: gettext_lazy(
        "One row for each application. The number of the post is that of the notice. After the last day for applications each row says "
        "its day."
    ),
    WRITTEN: gettext_lazy(
        "One row for each applicant, found by the application number or the identity number. Who was absent has “absent”."
    ),
    JUDGED: gettext_lazy(
        "One row for each applicant with a column for each judge. The system works out the mean by the notice. Who was absent has “absent”."
    ),
}


class SendWorkbook(FormPage):
    """Send the workbook for which the recruitment waits: applicants, written scores, or scores of judges."""

    name = "recruitment_workbook"
    route = "recruitments/<uuid:public_id>/workbook/"
    permission = RECRUIT
    template = "personnel/recruitment_workbook.html"
    form_class = WorkbookForm
    submit_label = gettext_lazy("Upload and check")
    help = gettext_lazy("Nothing is written by uploading. The workbook is checked row by row; afterwards you decide.")
    record = None

    def rows(self) -> Any:
        return recruitments(self.actor).select_related("case", "unit")

    @cached_property
    def kind(self) -> str:
        """What the recruitment waits for; "" where for no workbook."""
        return TAKEN_AT.get(self.object.case.state, "")

    @cached_property
    def before(self) -> Batch | None:
        """The batch that this workbook puts right (`?fixes=`)."""
        wanted = self.request.GET.get("fixes", "")
        sent = batches(self.actor).filter(exam_workbook__recruitment=self.object)
        return sent.filter(public_id=wanted).first() if is_uuid(wanted) else None

    def heading(self) -> Any:
        return WORKBOOKS.get(self.kind, _("Workbook of the exam office"))

    @property
    def cancel_url(self) -> str:
        """Back to the recruitment."""
        return reverse("recruitment", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [Link(self.object.title, self.cancel_url)],
            "fixes": self.before,
            "hint": HINTS.get(self.kind, _("The recruitment waits for no workbook now; look at where it stands.")),
            "read": self._read(),
        }

    def _read(self) -> list[Fact]:
        """The headings that are read: those without which a row is not taken, and the others."""
        kind = all_kinds().get(self.kind)
        if kind is None:
            return []
        shown = [column for column in columns_of(kind).values() if column.kind != "serial"]
        needed = {
            *kind.needed_columns,
            *(column.name for column in shown if column.required and len(kind.key_columns) == 1),
        }
        must = [column.heading for column in shown if column.name in needed]
        if len(kind.key_columns) > 1:
            first = pgettext("headings", "%(one)s or %(other)s") % dict(
                zip(
                    ("one", "other"),
                    [column.heading for column in shown if column.name in kind.key_columns],
                    strict=True,
                )
            )
            must.insert(0, first)
            needed |= set(kind.key_columns)
        may = [column.heading for column in shown if column.name not in needed]
        return [Fact(_("Needed"), SEPARATOR.join(must)), Fact(_("Read where they are there"), SEPARATOR.join(may))]

    def save(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        batch = send_workbook(
            actor=self.actor, recruitment=self.object, name=file.name, content=file.read(), previous=self.before
        )
        return reverse("batch", args=[batch.public_id])


def workbooks_table(recruitment: Recruitment, actor: Any) -> Table:
    """The workbooks that were sent for a recruitment, the newest first, for who may look at them."""
    sent = batches(actor).filter(exam_workbook__recruitment=recruitment).order_by("-pk")
    kinds = all_kinds()
    return Table(
        caption=_("Workbooks of the exam office"),
        columns=[
            Column("file", _("File")), Column("kind", _("Kind")), Column("at", _("Sent")), Column("by", _("Sent by")),
            Column("state", _("State")),
        ],
        rows=[
            Row(
                [
                    Cell(one.file.name, reverse("batch", args=[one.public_id])), kinds[one.kind].label, one.created_at, one.user.name,
                    Cell(badge=Badge(one.get_state_display(), TONES.get(one.state, ""))),
                ]
            )
            for one in sent
        ],
    )  # fmt: skip


PAGES = (SendWorkbook,)
