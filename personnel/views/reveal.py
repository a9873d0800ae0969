"""Showing a masked value for two minutes, after a reason was given and written down."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import label, values_of
from core.org.errors import NotAllowed
from core.records.vault import ErasedValue
from core.web.filters import is_uuid
from personnel import services
from personnel.forms import RevealForm
from personnel.selectors.versions import model_of
from personnel.views.facts import question_of, reasons_of
from personnel.views.file import FilePage

MINUTES = 2


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
        record, name = self._found(request.GET.get("field", ""))
        return self._ask(record, name, RevealForm(reasons=self.reasons, initial={"field": request.GET["field"]}))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        record, name = self._found(request.POST.get("field", ""))
        form = RevealForm(request.POST, reasons=self.reasons)
        if not form.is_valid():
            return self._ask(record, name, form)
        try:
            value = services.reveal_value(
                actor=self.actor, teacher=self.object, record=record, field=name, reason=form.said
            )
        except ErasedValue:
            value = _("This value was erased by a lawful erasure.")
        except NotAllowed as error:
            form.add_error(None, str(error))
            return self._ask(record, name, form)
        again = f"{reverse(self.name, args=[self.object.public_id])}?field={form.cleaned_data['field']}"
        said = label(type(record), name)
        shown: dict[str, Any] = {
            "value": value,
            "said": said,
            "minutes": MINUTES,
            "seconds": MINUTES * 60,
            "mask_url": again,
        }
        return self._private(self.render(**shown, file_url=self.file_url(), looks=self.looks()))

    def _ask(self, record: Any, name: str, form: RevealForm) -> HttpResponse:
        """The mask with the question: within the file by HTMX, as a page without."""
        self.partial = "personnel/masked.html"  # type: ignore[misc]
        mask = values_of(self.actor).shown(type(record), name, record).text
        field = form.data.get("field") or form.initial["field"]
        question = question_of(self.object, self.actor, field)
        status = 422 if form.errors and not self.wants_partial else 200
        said = label(type(record), name)
        return self._private(
            self.render(form=form, said=said, mask=mask, question=question, file_url=self.file_url(), status=status)
        )

    def _found(self, named: str) -> tuple[Any, str]:
        """The record and the field that are meant: `section:public id:field`, all of them the reader's to see, else 404."""
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
        return record, name

    def _private(self, response: HttpResponse) -> HttpResponse:
        response.headers["Cache-Control"] = "no-store, private, max-age=0"
        response.headers["Pragma"] = "no-cache"
        return response
