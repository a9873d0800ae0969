"""Asking for a correction of one's own file: what may be asked, the form, the proofs."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.codes.values import values_of
from core.records.models import EffectiveRecord
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.web.downloads import attachment
from core.web.pages import DetailPage, FormPage, Page
from core.web.parts import Action, Badge, Link
from core.workflow.models import Case
from core.workflow.registered import workflow_of
from core.workflow.views.telling import state_badge
from personnel.forms.corrections import AskForm
from personnel.models import CorrectionPaper, Teacher
from personnel.selectors import versions as past
from personnel.selectors.corrections import KIND, correctable, elsewhere, open_requests, rules_for
from personnel.selectors.file import parts_of
from personnel.services.access import note_look
from personnel.services.corrections import ask_correction

OWN = "personnel.view_own"
HELP = gettext_lazy(
    "You may ask that your file says what is true. The office that keeps the original looks at your proof and answers within the "
    "working days said below; until then the file stays as it is. You can withdraw a request at any time."
)
REFERENCES = (Link(gettext_lazy("Personal Information Protection Law, article 46")),)


class OfOwnFile(Page):
    """Pages about the reader's own file; another's is not found."""

    permission = OWN
    help = HELP
    references = REFERENCES

    def rows(self) -> Any:
        return Teacher.objects.visible_to(self.actor).filter(user=self.actor.user).select_related("key")

    @cached_property
    def table(self) -> Any:
        """What the reader may ask for, by the rules of their unit today."""
        return rules_for(self.object, self.on)

    @property
    def file_url(self) -> str:
        """The address of the file."""
        return reverse("teacher", args=[self.object.public_id])


class WhatToCorrect(OfOwnFile, DetailPage):
    """What may be asked for, what others keep, and what was asked so far."""

    name = "corrections"
    route = "teachers/<uuid:public_id>/corrections/"
    template = "personnel/corrections.html"
    title = gettext_lazy("Correct my file")

    def heading(self) -> Any:
        return self.title

    def context(self) -> dict[str, Any]:
        known = correctable(self.object, self.actor, self.table)
        sections = [section for section, _fields in known.values()]
        asked = {(one.section, one.record): one for one in open_requests(self.object)}
        english = (get_language() or "").startswith("en")
        return {
            "crumbs": [Link(self.object.name, self.file_url)],
            "days": self.table.days,
            "groups": [self._group(part, asked) for part in parts_of(sections, self.object, self.actor)],
            "elsewhere": [
                {"who": one.who_en if english else one.who, "sections": [str(section.label) for section in sections]}
                for one, sections in elsewhere(self.object, self.actor, self.table)
            ],
            "requests": self._requests(),
        }

    def _group(self, part: Any, asked: Any) -> dict[str, Any]:
        section = part.section
        address = [self.object.public_id, section.name]
        rows = [
            {
                "label": self._line(part, row),
                "url": reverse("correction_ask", args=[*address, row.public_id]),
                "open": self._open(asked.get((section.name, row.pk))),
            }
            for row in part.rows
        ]
        new = not part.single and not part.dated and past.addable(section)
        return {
            "label": section.label, "rows": rows,
            "add": Action(_("Ask to add one"), reverse("correction_add", args=address), "plus") if new or not rows else None,
        }  # fmt: skip

    def _line(self, part: Any, row: Any) -> str:
        names = part.section.primary or part.section.overview or part.section.fields[:2]
        values = values_of(self.actor)
        return " ".join(filter(None, (values.shown(part.model, name, row).text for name in names))) or str(
            part.section.label
        )

    def _open(self, correction: Any) -> Any:
        if correction is None:
            return None
        return {
            "badge": Badge(_("in review"), "amber", "clock"),
            "url": reverse("case", args=[correction.case.public_id]),
        }

    def _requests(self) -> list[dict[str, Any]]:
        rows = (
            Case.objects.filter(kind=KIND, correction__teacher=self.object).select_related("correction").order_by("-pk")
        )
        flow = workflow_of(KIND)
        labels = {section.name: section.label for section in past.sections_for(self.actor)}
        return [
            {
                "label": labels.get(case.correction.section, case.correction.section), "badge": state_badge(flow, case),
                "url": reverse("case", args=[case.public_id]), "at": case.opened_at, "words": case.correction.words,
            }
            for case in rows[:20]
        ]  # fmt: skip


class AskForNew(OfOwnFile, FormPage):
    """Ask that a record is added to a section."""

    name = "correction_add"
    route = "teachers/<uuid:public_id>/corrections/<slug:section>/"
    form_class = AskForm
    submit_label = gettext_lazy("Send the request")
    done_message = gettext_lazy("Sent. The answer will stand here and on your first page.")
    template = "personnel/correction_ask.html"

    def load(self) -> None:
        super().load()
        known = correctable(self.object, self.actor, self.table).get(self.kwargs["section"])
        if known is None:
            raise Http404
        self.section, self.rules = known
        if "record" in self.kwargs:
            if self.about is None:
                raise Http404
        elif issubclass(self.model, EffectiveRecord) or self.model._meta.label == past.PERSON:
            raise Http404

    @property
    def model(self) -> Any:
        """The model of the section."""
        return past.model_of(self.section)

    @property
    def record(self) -> Any:
        return None

    @cached_property
    def about(self) -> Any:
        """The record of the address, in the reader's own file."""
        if "record" not in self.kwargs:
            return None
        if self.model._meta.label == past.PERSON:
            return self.object if str(self.object.public_id) == str(self.kwargs["record"]) else None
        rows = self.model.objects.visible_to(self.actor).filter(teacher=self.object).select_related("teacher__key")
        return rows.filter(public_id=self.kwargs["record"]).first()

    def heading(self) -> Any:
        return _("Ask to correct: %(section)s") % {"section": self.section.label}

    @property
    def cancel_url(self) -> str:
        """Back to what may be asked."""
        return reverse("corrections", args=[self.object.public_id])

    def initial(self) -> dict[str, Any]:
        protected = getattr(self.model, "_protected", {})
        return {name: getattr(self.about, name) for name in self.rules if name not in protected} if self.about else {}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "model": self.model, "rules": self.rules, "record": self.about}

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [Link(self.object.name, self.file_url), Link(WhatToCorrect.title, self.cancel_url)],
            "days": self.table.days,
        }

    def save(self, form: Any) -> str:
        found = ask_correction(
            actor=self.actor, teacher=self.object, section=self.section.name, record=self.about, values=form.values,
            words=form.cleaned_data["words"], papers=form.papers,
        )  # fmt: skip
        return reverse("case", args=[found.case.public_id])


class AskCorrection(AskForNew):
    """Ask that a record says something else."""

    name = "correction_ask"
    route = "teachers/<uuid:public_id>/corrections/<slug:section>/<uuid:record>/"


class PaperFile(DetailPage):
    """Hands out a file that proves a request, to the person and to those who see the request."""

    name = "correction_paper_file"
    route = "corrections/papers/<uuid:public_id>/file/"
    permission = ("personnel.decide_correction", OWN)

    def rows(self) -> Any:
        return CorrectionPaper.objects.visible_to(self.actor).select_related("file__key", "correction__teacher")

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        stored = self.object.file
        try:
            content = content_of(stored)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error
        note_look(actor=self.actor, teacher=self.object.correction.teacher)
        return attachment(content, stored.name, stored.content_type)
