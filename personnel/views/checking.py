"""Check answers: what was typed is tried, shown old beside new with what follows, and written only when it is sent again."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import period_words, values_of
from core.records.errors import StaleRecord
from core.records.models import Change
from core.web.pages import FormPage
from core.web.pages.forms import REVISION, refuse
from core.web.parts import Action, Fact, Pair, Step
from personnel.choices import REASONS
from personnel.views.marks import role_name

STEP: Final = "step"
EDIT, WRITE = "edit", "write"
LATER, SEEN = "later", "seen"
KEEP, FOLLOW = "keep", "follow"
NOT_TYPED: Final = frozenset({"csrfmiddlewaretoken", STEP, LATER, SEEN})


class CheckedForm(FormPage):
    """A form whose answers are checked before they are written.

    The first POST tries them and shows the check page, whose form carries all that was typed; `step=write` writes it, `step=edit`
    goes back to the form. `tried(form, follow)` tries and returns what follows; `pairs(form)` says old and new. Where
    `later(form)` names periods that the change leaves behind, the reader decides whether they follow.
    """

    submit_label = gettext_lazy("Go on and check")
    check_template: ClassVar[str] = "personnel/check.html"
    # The page by which what was written is undone.
    undo_page: ClassVar[str] = "change_undo"

    def tried(self, form: Any, *, follow: bool) -> list[Any]:
        """Try what was typed and take it back; what follows from it."""
        raise NotImplementedError

    def written(self, form: Any, *, follow: bool) -> Change:
        """Write it."""
        raise NotImplementedError

    def save(self, form: Any) -> Any:
        """Written by `written`, once the answers were checked."""
        return self.written(form, follow=False)

    def pairs(self, form: Any) -> list[Pair]:
        """What changes: old and new."""
        raise NotImplementedError

    def act_words(self, form: Any) -> Any:
        """What is done, in words."""
        raise NotImplementedError

    def later(self, _form: Any) -> list[tuple[Any, dict[str, Any]]]:
        """The later periods that the change leaves as they are, each with what it would take over."""
        return []

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = self.form(data=request.POST, files=request.FILES)
        step = request.POST.get(STEP, "")
        if not form.is_valid():
            return self.render(form=form, status=422)
        if step == EDIT:
            return self.render(form=form)
        if REVISION in form.cleaned_data:
            self.record.revision = form.cleaned_data[REVISION]
        try:
            return self._next(form, step)
        except self.refusals as error:
            refuse(form, error)
            return self.render(form=form, status=422)
        except StaleRecord:
            return self._conflict(form)

    def _next(self, form: Any, step: str) -> HttpResponse:
        """Check, or write where that was asked and all is decided."""
        later = self.later(form)
        open_question = self._open_question(later) if step == WRITE else None
        if step != WRITE or open_question:
            return self._check(form, later, open_question)
        done = self.written(form, follow=bool(later) and self.request.POST.get(LATER) == FOLLOW)
        undo = reverse(self.undo_page, args=[done.public_id])
        messages.success(
            self.request, format_html('{} <a href="{}">{}</a>', self.done_message, undo, _("Undo this change"))
        )
        return HttpResponseRedirect(self.cancel_url)

    def _open_question(self, later: list[Any]) -> Any:
        """What still has to be decided about later periods, in words; nothing where all is."""
        if not later:
            return None
        if self.request.POST.get(SEEN) != seen(later):
            return _("The later periods are no longer as you were shown them. Look again, then decide.")
        if self.request.POST.get(LATER) not in (KEEP, FOLLOW):
            return _("Decide whether the later periods follow.")
        return None

    def _check(self, form: Any, later: list[Any], question: Any) -> HttpResponse:
        pairs, periods = self.pairs(form), [self._later_pairs(row, values) for row, values in later]
        chosen = self.request.POST.get(LATER, "")
        findings = self.tried(form, follow=bool(later) and chosen == FOLLOW)
        self.template = self.check_template
        return self.render(
            pairs=pairs, facts=self._facts(form), findings=findings, question=question, later=periods, chosen=chosen,
            seen=seen(later), carried=self._carried(form), status=422 if question else 200,
            steps=[
                Step(pgettext("a step", "Fill in"), "done"), Step(pgettext("a step", "Check"), "current"), Step(pgettext("a step", "Done")),
            ],
            actions=[
                Action(_("Confirm and write"), primary=True, icon="check", name=STEP, value=WRITE),
                Action(_("Back to the form"), name=STEP, value=EDIT),
                Action(_("Do not change anything"), url=self.cancel_url, quiet=True),
            ],
        )  # fmt: skip

    def _later_pairs(self, row: Any, values: dict[str, Any]) -> tuple[str, list[Pair]]:
        shown = values_of(self.actor).shown
        model = type(row)
        told = [Pair(self.named(name), shown(model, name, row).text, self.said(name, values[name])) for name in values]
        return period_words(row.valid), told

    def named(self, name: str) -> Any:
        """What a field is called."""
        raise NotImplementedError

    def _carried(self, form: Form) -> list[tuple[str, str]]:
        """All that was typed, to be sent again."""
        data: Any = form.data
        return [(name, one) for name, every in data.lists() if name not in NOT_TYPED for one in every]

    def _facts(self, form: Any) -> list[Fact]:
        why, actor = form.why, self.actor
        by = [str(actor.user), role_name(actor.role), values_of(actor).unit(actor.unit.pk) if actor.unit else ""]
        evidence = why["evidence"]
        return [
            Fact(_("Sort of change"), self.act_words(form)),
            Fact(_("Reason"), values_of(actor).code(REASONS, why["reason_code"])),
            Fact(_("In words"), why["reason"]),
            Fact(_("Document number"), why["document"]),
            Fact(_("Evidence"), evidence.name if evidence is not None else ""),
            Fact(_("By"), pgettext("between unit and role", " · ").join(filter(None, by))),
        ]


def seen(later: list[tuple[Any, dict[str, Any]]]) -> str:
    """What tells whether later periods are still as they were shown."""
    versions = "|".join(f"{row.pk}:{row.revision}" for row, _values in later)
    return hashlib.sha256(versions.encode()).hexdigest()[:16]
