"""Showing a masked value for two minutes, after a reason was given and written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import label, values_of
from core.org.errors import NotAllowed
from core.records.vault import ErasedValue
from core.web.filters import is_uuid
from core.workflow.selectors import cases
from personnel import services
from personnel.forms.reveal import MINUTES, RevealForm, question_of, reasons_of
from personnel.models import Correction
from personnel.selectors.corrections import fields_asked, section_model, sees_file
from personnel.selectors.versions import model_of
from personnel.views.person import FilePage


@dataclass(frozen=True, slots=True)
class Masked:
    """A protected value of a person: the model and field that it belongs to, its mask, and what gives it in clear."""

    model: Any
    field: str
    mask: str
    value: Callable[[], str]


class RevealPage(FilePage):
    """Asks why (GET), then shows the value in this one response (POST). Nothing of it is kept by the browser."""

    name = "teacher_reveal"
    route = "teachers/<uuid:public_id>/reveal/"
    permission = ("personnel.reveal", "personnel.view_own")
    title = gettext_lazy("Show a masked value")
    template = "personnel/reveal.html"
    partial = "personnel/revealed.html"

    def heading(self) -> Any:
        return self.title

    @property
    def reasons(self) -> Any:
        """The reasons that the reader may choose from."""
        return reasons_of(self.object, self.actor)

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The mask again (HTMX, when the time is over), or the question as a page."""
        found = self.found(request.GET.get("field", ""))
        return self._ask(found, RevealForm(reasons=self.reasons, initial={"field": request.GET["field"]}))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        found = self.found(request.POST.get("field", ""))
        form = RevealForm(request.POST, reasons=self.reasons)
        if not form.is_valid():
            return self._ask(found, form)
        try:
            value = services.show_value(
                actor=self.actor, teacher=self.object, model=found.model, field=found.field, reason=form.said, value=found.value
            )  # fmt: skip
        except ErasedValue:
            value = _("This value was erased by a lawful erasure.")
        except NotAllowed as error:
            form.add_error(None, str(error))
            return self._ask(found, form)
        again = f"{self.request.path}?field={form.cleaned_data['field']}"
        shown: dict[str, Any] = {
            "value": value,
            "said": label(found.model, found.field),
            "minutes": MINUTES,
            "seconds": MINUTES * 60,
            "mask_url": again,
        }
        return self._private(self.render(**shown, file_url=self.file_url(), looks=self.looks()))

    def _ask(self, found: Masked, form: RevealForm) -> HttpResponse:
        """The mask with the question: within the file by HTMX, as a page without."""
        self.partial = "personnel/masked.html"  # type: ignore[misc]
        field = form.data.get("field") or form.initial["field"]
        question = question_of(self.request.path, self.object, self.actor, field)
        status = 422 if form.errors and not self.wants_partial else 200
        return self._private(
            self.render(
                form=form,
                said=label(found.model, found.field),
                mask=found.mask,
                question=question,
                file_url=self.file_url(),
                status=status,
            )
        )

    def found(self, named: str) -> Masked:
        """The value that is meant: `section:public id:field`, all of them the reader's to see, else 404."""
        section_name, _sign, rest = named.partition(":")
        public_id, _sign, name = rest.partition(":")
        section = next((one for one in self.sections if one.name == section_name), None)
        if section is None or not is_uuid(public_id) or name not in getattr(model_of(section), "_protected", {}):
            raise Http404
        rows = (
            model_of(section).objects.visible_to(self.actor).filter(teacher=self.object).select_related("teacher__key")
        )
        record = rows.filter(public_id=public_id).first()
        if record is None:
            raise Http404
        mask = values_of(self.actor).shown(type(record), name, record).text
        return Masked(type(record), name, mask, lambda: str(getattr(record, name).reveal()))

    def _private(self, response: HttpResponse) -> HttpResponse:
        response.headers["Cache-Control"] = "no-store, private, max-age=0"
        response.headers["Pragma"] = "no-cache"
        return response


class RevealAsked(RevealPage):
    """The same for a value of a request for correction: what is asked, what stood there then, what stands there now."""

    name = "correction_reveal"
    route = "corrections/<uuid:public_id>/reveal/"
    permission = ("personnel.decide_correction", "personnel.view_own")
    partial = "core/components/revealed.html"

    def load(self) -> None:
        """Find the request among the cases that the reader sees."""
        rows = Correction.objects.filter(case__in=cases(self.actor), public_id=self.kwargs["public_id"])
        found = rows.select_related("teacher__key", "case").first()
        if found is None:
            raise Http404
        self.correction, self.object = found, found.teacher

    def found(self, named: str) -> Masked:
        """The value that is meant: `asked:field`, `was:field` or `now:field`, of the fields that were asked for, else 404.

        What stands there now is for who sees the file now.
        """
        which, _sign, name = named.partition(":")
        model = section_model(self.correction)
        one = next((one for one in fields_asked(self.correction) if one.name == name), None)
        if one is None or which not in {"asked", "was", "now"} or name not in getattr(model, "_protected", {}):
            raise Http404
        if which == "now" and not sees_file(self.correction, self.actor):
            raise Http404
        clear = str(getattr(one, which) or "")
        return Masked(model, name, values_of(self.actor).shown(model, name, clear).text, lambda: clear)

    def file_url(self) -> str:
        """Back to the request."""
        return reverse("case", args=[self.correction.case.public_id])
