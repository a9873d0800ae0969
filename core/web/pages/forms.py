"""Pages that ask, and pages that act. Both call one service and lead on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.forms import Form, HiddenInput, IntegerField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import reason_words
from core.org.errors import NotAllowed
from core.records.errors import StaleRecord
from core.web.pages.page import Page, safe_next
from core.web.parts import Side

REVISION = "revision"
REFUSALS = (NotAllowed,)


def refuse(form: Form, error: Exception) -> None:
    """Say a refusal at the field that it names, else above the form."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error))


class FormPage(Page):
    """Asks by a form and calls a service: `save(form)` returns the address to go to.

    With an object that is a record, the form carries the revision that it was shown; when somebody else saved in between, the
    page shows both values of each field and lets the reader decide. A refusal (`NotAllowed`, or ValueError listed in `refusals`)
    becomes an error of the form.
    """

    form_class: ClassVar[type[Form]]
    template = "core/pages/form.html"
    submit_label: Any = gettext_lazy("Save")
    done_message: Any = ""
    cancel_url: Any = ""
    refusals: ClassVar[tuple[type[Exception], ...]] = REFUSALS

    @property
    def record(self) -> Any:
        """The record that the form changes: by default the object of the address; None where the form makes a new one."""
        return self.object

    def described(self, record: Any) -> dict[str, Any]:
        """What the form says of a record, or of an earlier version of it."""
        return {name: getattr(record, name, None) for name in self.form_class.base_fields}

    def initial(self) -> dict[str, Any]:
        """What the form shows first: by default the record's own values."""
        return self.described(self.record) if self.record is not None else {}

    def form_options(self) -> dict[str, Any]:
        """More keyword arguments of the form, such as the actor whose units it offers."""
        return {}

    def form(self, **given: Any) -> Form:
        """The form, with the revision of the record that it shows."""
        form = self.form_class(**{"initial": self.initial(), **self.form_options(), **given})
        if hasattr(self.record, REVISION):
            form.fields[REVISION] = IntegerField(widget=HiddenInput, initial=self.record.revision)
        return form

    def save(self, form: Any) -> Any:
        """Call the service with `form.cleaned_data`; return the address to go to, or a response (what is shown only once)."""
        raise NotImplementedError

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.render(form=self.form())

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = self.form(data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.render(form=form, status=422)
        if REVISION in form.cleaned_data:
            self.record.revision = form.cleaned_data[REVISION]
        try:
            outcome = self.save(form)
        except self.refusals as error:
            refuse(form, error)
            return self.render(form=form, status=422)
        except StaleRecord:
            if REVISION in form.cleaned_data:
                return self._conflict(form)
            form.add_error(
                None, _("Somebody else changed this in the meantime. Look at it as it is now, then decide again.")
            )
            return self.render(form=form, status=409)
        if self.done_message:
            messages.success(request, self.done_message)
        return outcome if isinstance(outcome, HttpResponse) else HttpResponseRedirect(outcome)

    def _conflict(self, form: Form) -> HttpResponse:
        """Somebody else saved first: keep what this reader changed, take over the rest, and show both where they collide."""
        shown = self.record.history.filter(revision=form.cleaned_data[REVISION]).first()
        self.load()
        was, now = self.compared(shown) if shown is not None else {}, self.compared(self.record)
        merged, collisions, fresh = dict(form.cleaned_data), [], self.initial()
        for name, value in now.items():
            typed = form.cleaned_data.get(name)
            if name in was and self.same(name, typed, was[name]):
                merged[name] = fresh[name]
            elif value != was.get(name) and not self.same(name, typed, value):
                collisions.append(self._collision(form, name, value, typed))
        merged.pop(REVISION, None)
        by = self.record.history.select_related("change__actor").first()
        return self.render(
            form=self.form(initial=merged),
            conflicts=collisions,
            overtaken=by.change,
            because=reason_words(by.change),
            status=409,
        )

    def compared(self, record: Any) -> dict[str, Any]:
        """What tells two versions of a record apart, by field: by default what the form says of it."""
        return self.described(record)

    def same(self, _name: str, typed: Any, value: Any) -> bool:
        """Whether what the reader typed is a value of `compared`."""
        return bool(typed == value)

    def _collision(self, form: Form, name: str, now: Any, typed: Any) -> dict[str, Any]:
        sides = [Side(_("On file now"), self.said(name, now)), Side(_("What you typed"), self.said(name, typed))]
        return {"name": form.fields[name].label or name, "sides": sides}

    def said(self, _name: str, value: Any) -> Any:
        """A value of a field in words."""
        return "" if value is None else value


class ActionPage(Page):
    """Does one thing on POST: `act()` calls a service and returns the address to go to (or a response).

    With a `question`, GET asks it first and says the consequences; without, GET is not offered.
    """

    template = "core/pages/action.html"
    question: Any = ""
    submit_label: Any = gettext_lazy("Do it")
    danger: ClassVar[bool] = False
    done_message: Any = ""
    refusals: ClassVar[tuple[type[Exception], ...]] = REFUSALS

    def act(self) -> Any:
        """Call the service."""
        raise NotImplementedError

    def back(self) -> str:
        """Where to go when the act is refused."""
        return safe_next(self.request)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.question:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return self.render()

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            outcome = self.act()
        except self.refusals as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.back())
        except StaleRecord:
            messages.error(
                request, _("Somebody else changed this in the meantime. Look at it as it is now, then decide again.")
            )
            return HttpResponseRedirect(self.back())
        if self.done_message:
            messages.success(request, self.done_message)
        return outcome if isinstance(outcome, HttpResponse) else HttpResponseRedirect(outcome)
