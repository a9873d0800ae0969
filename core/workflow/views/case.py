"""One case: what is asked, the findings and facts, what happened, and only what the reader may do now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.pages import SIGNED_IN, DetailPage, FormPage
from core.web.parts import Action, Link
from core.workflow.authority import steps_open
from core.workflow.definition import Transition, Workflow
from core.workflow.forms import AssignForm, step_form
from core.workflow.models import Case
from core.workflow.registered import workflow_of
from core.workflow.selectors import cases, steps_of, subjects
from core.workflow.services import advance, assign, holders, may_assign
from core.workflow.views.telling import due_badge, facts_of, state_badge, timeline, way_of


class OfCase(DetailPage):
    """What pages of one case share. A case whose workflow is not in use is not found."""

    permission = SIGNED_IN

    def rows(self) -> Any:
        return cases(self.actor)

    def load(self) -> None:
        super().load()
        if self.flow is None:
            raise Http404

    @cached_property
    def flow(self) -> Any:
        """The workflow of the case."""
        return workflow_of(self.object.kind)

    @cached_property
    def subject(self) -> Any:
        """What the case is about, in words."""
        return subjects([self.object], self.actor)[self.object.pk]

    def heading(self) -> Any:
        return self.subject.title

    def case_url(self) -> str:
        """The address of the case."""
        return reverse("case", args=[self.object.public_id])


class CasePage(OfCase):
    """A case, whatever its kind."""

    name = "case"
    route = "cases/<uuid:public_id>/"
    template = "workflow/case.html"

    def context(self) -> dict[str, Any]:
        flow: Workflow = self.flow
        case: Case = self.object
        versions, body = steps_of(case), flow.body(case, self.actor)
        said = {"kind": flow.label, "number": case.pk}
        return {
            "crumbs": [Link(_("%(kind)s, case %(number)s") % said, reverse("workflow", args=[slug_of(flow)]))],
            "sub": self.subject.sub,
            "due": due_badge(case, self.on),
            "state": state_badge(flow, case),
            "steps": way_of(flow, case, versions),
            "body": body,
            "facts": [*body.facts, *facts_of(flow, case, self.actor)],
            "subject_url": self.subject.url,
            "timeline": timeline(flow, case, versions, self.actor),
            "actions": self._actions(),
            "help": {"text": flow.help, "links": flow.references} if flow.help else None,
            **body.context,
        }

    def _actions(self) -> list[Action]:
        case: Case = self.object
        open_steps = steps_open(self.flow, case, self.actor)
        found = [
            Action(
                step.label, reverse("case_step", args=[case.public_id, name]), step.icon, primary=step.primary,
                danger=step.danger, quiet=not (step.primary or step.danger), why_not=said.why_not,
            )
            for name, said in open_steps.items()
            if (step := self.flow.steps[name])
        ]  # fmt: skip
        if may_assign(case, self.actor):
            found.append(Action(_("Hand over"), reverse("case_assign", args=[case.public_id]), "swap", quiet=True))
        return found


class TakeStep(OfCase, FormPage):
    """Take a step of a case; what it asks for is the form of the step, its reasons and words."""

    name = "case_step"
    route = "cases/<uuid:public_id>/<slug:step>/"
    template = "workflow/step.html"

    def load(self) -> None:
        super().load()
        if self.kwargs["step"] not in self.flow.steps:
            raise Http404

    @property
    def step(self) -> Transition:
        """The step of the address."""
        found: Transition = self.flow.steps[self.kwargs["step"]]
        return found

    def allowed(self) -> bool:
        """Whether the step is one of the reader's, now or after they have taken the case over; once the case moved on they are told so."""
        return self.actor is not None and (
            self.object.state not in self.step.sources
            or self.step.name in self.flow.without([self.object]).get(self.object.pk, ())
            or self.step.name in steps_open(self.flow, self.object, self.actor)
        )

    def get(self, _request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        said = steps_open(self.flow, self.object, self.actor).get(self.step.name)
        if said is None or said.why_not:
            messages.warning(
                self.request,
                said.why_not if said else _("This step cannot be taken any more; look at where the case stands."),
            )
            return HttpResponseRedirect(self.case_url())
        return super().get(self.request, *args, **kwargs)

    @property
    def form_class(self) -> Any:  # type: ignore[override]
        """The form of the step."""
        return step_form(self.step)

    @property
    def submit_label(self) -> Any:
        """The verb."""
        return self.step.label

    @property
    def cancel_url(self) -> str:
        """Back to the case."""
        return self.case_url()

    def initial(self) -> dict[str, Any]:
        return {}

    def compared(self, record: Any) -> dict[str, Any]:
        return {}

    def form_options(self) -> dict[str, Any]:
        return {"case": self.object, "actor": self.actor}

    def context(self) -> dict[str, Any]:
        body = self.flow.body(self.object, self.actor)
        return {
            "crumbs": [Link(self.subject.title, self.case_url())],
            "body": body,
            "facts": body.facts,
            **body.context,
        }

    def heading(self) -> Any:
        return self.step.label

    def save(self, form: Any) -> Any:
        data = form.cleaned_data
        advance(
            self.object, self.step.name, actor=self.actor, comment=data.get("comment", ""), reasons=data.get("reasons", ()),
            data=form.said(), revision=data["revision"],
        )  # fmt: skip
        messages.success(self.request, _("%(case)s: %(done)s") % {"case": self.subject.title, "done": self.step.done})
        return self.case_url() if cases(self.actor).filter(pk=self.object.pk).exists() else reverse("inbox")


class AssignCase(OfCase, FormPage):
    """Give a case to one of those for whom it waits, take it over, or put it back on the desk."""

    name = "case_assign"
    route = "cases/<uuid:public_id>/hand-over/"
    form_class = AssignForm
    submit_label = gettext_lazy("Hand over")

    def allowed(self) -> bool:
        return self.actor is not None and may_assign(self.object, self.actor)

    @property
    def cancel_url(self) -> str:
        """Back to the case."""
        return self.case_url()

    def heading(self) -> Any:
        return _("Hand over: %(case)s") % {"case": self.subject.title}

    @property
    def record(self) -> Any:
        return None

    def initial(self) -> dict[str, Any]:
        return {"user": str(self.object.assignee_id or self.actor.user.pk)}

    def form_options(self) -> dict[str, Any]:
        rows = holders(self.object, self.on).exclude(pk=self.object.opened_by_id).order_by("name", "pk")
        return {"people": [(str(user.pk), str(user)) for user in rows]}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.subject.title, self.case_url())]}

    def save(self, form: Any) -> Any:
        chosen = form.cleaned_data["user"]
        user = holders(self.object, self.on).filter(pk=chosen).first() if chosen else None
        assign(self.object, actor=self.actor, user=user, reason=form.cleaned_data["reason"])
        return self.case_url()


def slug_of(flow: Workflow) -> str:
    """The name of a workflow in addresses."""
    return flow.kind.replace(".", "-")
