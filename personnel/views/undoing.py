"""Undoing a change by a new change: what goes back to what, what stands in the way, and why it is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.forms import CharField, HiddenInput
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import fields_of, label, reason_words, values_of
from core.exchange.undo import columns
from core.exchange.undo.touched import TAKE_BACK, Line
from core.org.errors import NotAllowed
from core.records.errors import StaleRecord
from core.web.pages import FormPage
from core.web.pages.forms import refuse
from core.web.parts import Finding, Link, Pair
from personnel import services
from personnel.choices import UNDO
from personnel.forms import WhyForm
from personnel.models import Teacher
from personnel.selectors.changes import visible_change
from personnel.selectors.versions import history_of, named
from personnel.services.undoing import Obstacle, Undoing, effects, may_undo, plan_undo
from personnel.services.why import groups_of
from personnel.views.facts import CHANGE
from personnel.views.marks import kind_label, said_by

SEEN = "seen"


class UndoChange(FormPage):
    """Undo one change of a file."""

    name = "change_undo"
    route = "changes/<uuid:public_id>/undo/"
    permission = CHANGE
    form_class = WhyForm
    template = "personnel/undo_change.html"
    submit_label = gettext_lazy("Undo this change")
    done_message = gettext_lazy("Undone by a new change. Both stay in the history.")
    help = gettext_lazy(
        "Nothing is erased: an undo is a new change that gives every field what it said before. It is done whole or not at all; where "
        "somebody changed the same since, or something stands on it, that one is named and goes first."
    )

    def load(self) -> None:
        """Find the change among those that are undone alone, of people whom the actor sees."""
        found = visible_change(self.actor, self.kwargs["public_id"]) if self.actor else None
        if found is None or not may_undo(self.actor, found):
            raise Http404
        self.object = found

    def entered(self) -> None:
        services.note_looks(actor=self.actor, teachers=self.plan.people)

    @property
    def record(self) -> Any:
        """An undo changes no record that its form shows."""
        return None

    @cached_property
    def plan(self) -> Undoing:
        """What would be done now."""
        return plan_undo(self.object)

    @property
    def person(self) -> Teacher:
        """Whose file it is."""
        return Teacher.objects.visible_to(self.actor).get(pk=min(self.plan.people))

    def heading(self) -> str:
        return _("Undo: %(what)s") % {"what": kind_label(self.object)}

    @property
    def cancel_url(self) -> str:
        """Back to the history of the file."""
        return reverse("teacher_history", args=[self.person.public_id])

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "groups": groups_of(UNDO)}

    def form(self, **given: Any) -> Any:
        form = super().form(**given)
        form.fields[SEEN] = CharField(widget=HiddenInput, initial=self.plan.seen)
        return form

    def context(self) -> dict[str, Any]:
        obstacles = self.plan.obstacles()
        person, blocked = self.person, bool(obstacles) or self.plan.over
        own = [Link(person.name, reverse("teacher", args=[person.public_id])), Link(_("History"), self.cancel_url)]
        return {
            "crumbs": [*(own if len(self.plan.people) == 1 else ()), Link(_("Undo"))],
            "pairs": [] if blocked else pairs_of(self.plan, self.actor),
            "follows": self._follows() if not blocked and len(self.plan.people) == 1 else [],
            "people": len(self.plan.people),
            "obstacles": [told(one, self.actor) for one in obstacles],
            "undone_list": [Finding(kind_label(self.object), reason_words(self.object), icon="history", aside=said_by(self.object))],
        }  # fmt: skip

    def _follows(self) -> list[Finding]:
        """What an undo brings with it, or why it would be refused."""
        try:
            found: list[Finding] = effects(actor=self.actor, made=self.plan)
        except NotAllowed as error:
            return [Finding(_("It would be refused"), str(error), "red", "no")]
        return found

    def post(self, request: Any, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = self.form(data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.render(form=form, status=422)
        try:
            services.undo_change(actor=self.actor, change=self.object, seen=form.cleaned_data[SEEN], **form.why)
        except self.refusals as error:
            refuse(form, error)
            return self.render(form=form, status=422)
        except StaleRecord:
            messages.warning(
                request, _("Somebody changed this file meanwhile. Look at what goes back now, then decide.")
            )
            self.__dict__.pop("plan", None)
            form.data = form.data.copy()
            form.data[SEEN] = self.plan.seen
            return self.render(form=form, status=409)
        messages.success(request, self.done_message)
        return self._lead(request, self.cancel_url)


def told(one: Obstacle, actor: Any) -> Finding:
    """An obstacle with who made it, and the way to it."""
    by = said_by(one.change) if one.change else ""
    shown = actor.may("records.view_change") and one.change is not None
    link = Link(_("The change"), reverse("change", args=[one.change.public_id])) if shown and one.change else None
    between = pgettext("after a label", ": ")
    reason = f"{by}{between}{reason_words(one.change)}" if one.change else ""
    return Finding(str(one), reason, "red", link=link)


def pairs_of(plan: Undoing, actor: Any) -> list[Pair]:
    """What each field says now, and what it goes back to."""
    found: list[Pair] = []
    values, several = values_of(actor), len(plan.people) > 1
    names = dict(Teacher.objects.visible_to(actor).filter(pk__in=plan.people).values_list("pk", "name"))
    for model, lines in plan.lines.items():
        going = [line for line in lines if line.verdict == TAKE_BACK]
        now = model._base_manager.in_bulk([line.id for line in going])
        rows = history_of(model).filter(id__in=now, revision__in={line.first - 1 for line in going})
        before = {(row.id, row.revision): row for row in rows}
        values.prime(units=[getattr(row, "unit_id", None) for row in (*now.values(), *before.values())])
        for line in going:
            told = _line_pairs(model, line, now[line.id], before.get((line.id, line.first - 1)), values)
            found += [replace(one, label=_of(names[line.subject], one.label)) for one in told] if several else told
    return found


def _of(name: str, what: Any) -> str:
    return _("%(name)s: %(section)s") % {"name": name, "section": what}


def _line_pairs(model: Any, line: Line, now: Any, was: Any, values: Any) -> list[Pair]:
    shown = set(fields_of(model))
    if line.created:
        texts = [
            text for name in fields_of(model) if name != "teacher" and (text := values.shown(model, name, now).text)
        ]
        return [Pair(named(model), pgettext("list separator", ", ").join(texts), pgettext("a value", "removed"))]
    names = [name for name in columns.fields_in(model, line.back) if name in shown]
    return [
        Pair(_field(model, name), values.shown(model, name, now).text, values.shown(model, name, was).text)
        for name in names
    ]


def _field(model: Any, name: str) -> Any:
    field, section = label(model, name), str(named(model))
    return (
        field
        if model is Teacher or field == section
        else _("%(section)s: %(field)s") % {"section": section, "field": field}
    )
