"""What waits for the reader, every case below them, and one step of many cases at once."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.values import values_of
from core.org.errors import NotAllowed
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, UnitFilter, is_uuid
from core.web.pages import SIGNED_IN, ListPage, Page
from core.web.parts import Action, Cell
from core.workflow.definition import OWNER, Transition, Workflow
from core.workflow.forms import BulkForm
from core.workflow.registered import workflow_of, workflows
from core.workflow.selectors import cases, in_order, inbox, subjects
from core.workflow.services import MOST_AT_ONCE, advance_many
from core.workflow.views.telling import due_badge, state_badge

BULK = "step"


def _subject(case: Any, _actor: Any) -> Cell:
    return Cell(case.subject.title, reverse("case", args=[case.public_id]), case.subject.sub)


def _kind(case: Any, _actor: Any) -> Any:
    flow = workflow_of(case.kind)
    return flow.label if flow else case.kind


def _state(case: Any, _actor: Any) -> Cell:
    return Cell(badge=state_badge(workflow_of(case.kind), case))


def _opened_by(case: Any, actor: Any) -> Cell:
    return Cell(str(case.opened_by), sub=values_of(actor).unit(case.origin_id))


def _since(case: Any, _actor: Any) -> Any:
    return timezone.localtime(case.moved_at).date()


def _waits_for(case: Any, actor: Any) -> Any:
    if not case.desk:
        return ""
    where = str(case.opened_by) if case.desk == OWNER else values_of(actor).unit(case.unit_id)
    return Cell(where, sub=str(case.assignee) if case.assignee else "")


def _due(case: Any, actor: Any) -> Any:
    badge = due_badge(case, actor.on)
    return Cell(case.due.isoformat(), sub=badge.label, tone=badge.tone) if badge is not None else ""


COLUMNS = (
    ListColumn("case", gettext_lazy("Case"), _subject, order=0),
    ListColumn("kind", gettext_lazy("Kind"), _kind, nowrap=True, order=10),
    ListColumn("state", gettext_lazy("State"), _state, order=20),
    ListColumn("waits", gettext_lazy("Waits for"), _waits_for, order=30),
    ListColumn("opened_by", gettext_lazy("Opened by"), _opened_by, order=40),
    ListColumn("since", gettext_lazy("Since"), _since, sort=("moved_at",), indexed=True, nowrap=True, order=50),
    ListColumn("due", gettext_lazy("Due"), _due, nowrap=True, order=60),
    ListColumn("number", gettext_lazy("Number"), lambda case, _actor: str(case.pk), shown=False, order=70),
)  # fmt: skip


class _Kinds(ChoiceFilter):
    """The kinds of cases that there are."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [(flow.kind, flow.label) for flow in workflows().values()]


KIND = _Kinds("kind", gettext_lazy("Kind"), lambda rows, value, _actor: rows.filter(kind=value))
DUE = ChoiceFilter(
    "due", gettext_lazy("Due"),
    lambda rows, value, actor: rows.filter(due__lt=actor.on) if value == "late" else rows.filter(due__gte=actor.on),
    options=(("late", gettext_lazy("late")), ("ahead", gettext_lazy("still ahead"))),
)  # fmt: skip


class Cases(ListPage):
    """What lists of cases share."""

    columns = COLUMNS
    default_sort = "since"

    def prepare(self, rows: list[Any], actor: Any) -> None:
        found = subjects(rows, actor)
        for case in rows:
            case.subject = found[case.pk]
        values_of(actor).prime(units=[key for case in rows for key in (case.unit_id, case.origin_id)])

    def steps(self) -> list[tuple[Workflow, Transition]]:
        """The steps that are offered for many of these cases at once."""
        raise NotImplementedError

    def bulk_actions(self) -> list[Action]:
        return [
            Action(
                step.label, icon=step.icon, name=BULK, value=f"{flow.kind}:{step.name}", form="list", danger=step.danger
            )
            for flow, step in self.steps()
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if BULK not in request.POST:
            return super().post(request, *args, **kwargs)
        return cast("HttpResponse", BulkStep.as_view()(request))


def bulk_steps() -> list[tuple[Workflow, Transition]]:
    """Every step that may be taken for many cases at once."""
    return [(flow, step) for flow in workflows().values() for step in flow.transitions if step.bulk]


class Inbox(Cases):
    """What waits for the reader, the oldest first."""

    name = "inbox"
    route = "inbox/"
    permission = SIGNED_IN
    title = gettext_lazy("Cases that wait for me")
    everything_label = gettext_lazy("all that wait")
    filters = (KIND, DUE)
    empty = {
        "icon": "inbox",
        "heading": gettext_lazy("No case waits for you"),
        "text": gettext_lazy("What others ask and you decide will stand here, the oldest first."),
    }
    help = gettext_lazy(
        "Here stands what you decide: at your desk, given to you, returned to you, and of those for whom you stand in. What you asked "
        "yourself others decide."
    )

    def rows_of(self, actor: Any) -> Any:
        return inbox(actor)

    def actions(self) -> list[Action]:
        return [
            Action(_("All cases"), reverse("cases"), "list"),
            Action(_("Stand-ins"), reverse("stand_ins"), "users"),
        ]

    def steps(self) -> list[tuple[Workflow, Transition]]:
        """Those that the cases which wait here could take."""
        kinds = set(inbox(self.actor).order_by().values_list("kind", "state").distinct())
        return [
            (flow, step) for flow, step in bulk_steps() if any((flow.kind, source) in kinds for source in step.sources)
        ]


class CaseList(Cases):
    """Every case that began at the reader's unit or below it, or waits there."""

    name = "cases"
    route = "cases/"
    permission = SIGNED_IN
    title = gettext_lazy("Cases")
    everything_label = gettext_lazy("all cases")
    default_sort = "-since"
    filters = (
        KIND,
        ChoiceFilter(
            "open", gettext_lazy("State"), lambda rows, value, _actor: rows.exclude(desk="") if value == "open" else rows.filter(desk=""),
            options=(("open", gettext_lazy("still open")), ("over", gettext_lazy("over"))),
        ),
        DUE,
        UnitFilter("unit", gettext_lazy("Began at"), lambda rows, unit, _actor: rows.filter(origin__path__descendants=unit.path)),
    )  # fmt: skip
    empty = {
        "icon": "inbox",
        "heading": gettext_lazy("No case yet"),
        "text": gettext_lazy("What is asked and decided step by step will stand here."),
    }

    def rows_of(self, actor: Any) -> Any:
        return cases(actor)

    def actions(self) -> list[Action]:
        return [
            Action(_("What waits for me"), reverse("inbox"), "inbox"),
            Action(_("How cases go"), reverse("workflows"), "help"),
        ]

    def steps(self) -> list[tuple[Workflow, Transition]]:
        """Those that the reader takes though the cases wait for others, such as taking decisions back."""
        mine = [one for one in bulk_steps() if is_from_elsewhere(one[1]) and self.actor.may(one[1].permission)]
        there = cases(self.actor).order_by()
        return [
            (flow, step) for flow, step in mine if there.filter(kind=flow.kind, state__in=step.sources)[:1].exists()
        ]


def is_from_elsewhere(step: Transition) -> bool:
    """Whether a step is taken by who holds a permission of its own, not by those for whom the case waits."""
    return step.permission not in ("", OWNER)


class BulkStep(Page):
    """One step of many cases: first the reasons and words, then each case in a change of its own."""

    name = "case_bulk"
    route = "inbox/decide/"
    permission = SIGNED_IN
    template = "workflow/bulk.html"
    title = gettext_lazy("Decide many cases")

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("inbox"))

    @cached_property
    def asked(self) -> tuple[Workflow, Transition] | None:
        """The workflow and the step that were chosen."""
        kind, _sign, name = self.request.POST.get(BULK, "").partition(":")
        flow = workflow_of(kind)
        step = flow.steps.get(name) if flow is not None else None
        return (flow, step) if flow is not None and step is not None and step.bulk else None

    @property
    def back(self) -> str:
        """The list in which the cases were ticked."""
        return reverse("cases" if self.asked is not None and is_from_elsewhere(self.asked[1]) else "inbox")

    @cached_property
    def chosen(self) -> list[Any]:
        """The cases that were ticked, of this kind: of those that wait for the reader, or of all where the step is taken from elsewhere."""
        flow, step = self.asked  # type: ignore[misc]
        listed = cases(self.actor) if is_from_elsewhere(step) else inbox(self.actor)
        rows = in_order(listed.filter(kind=flow.kind, state__in=step.sources))
        # Of all cases there are, only those are taken that somebody saw and ticked.
        if "everything" not in self.request.POST or is_from_elsewhere(step):
            rows = rows.filter(public_id__in=[key for key in self.request.POST.getlist("selected") if is_uuid(key)])
        return list(rows[: MOST_AT_ONCE + 1])

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if self.asked is None or self.actor is None:
            return HttpResponseRedirect(self.back)
        flow, step = self.asked
        if not self.chosen:
            messages.warning(request, _("None of the ticked cases can take this step."))
            return HttpResponseRedirect(self.back)
        form = BulkForm(
            data=request.POST if "confirm" in request.POST else None, step=step, unit=self.actor.unit, on=self.on
        )
        if "confirm" not in request.POST or not form.is_valid():
            return self._asked_again(flow, step, form, status=422 if form.is_bound else 200)
        said = form.cleaned_data
        try:
            moved, refused = advance_many(
                self.chosen,
                step.name,
                actor=self.actor,
                comment=said.get("comment", ""),
                reasons=said.get("reasons", ()),
                data=form.said(),
            )
        except NotAllowed as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.back)
        self._tell(moved, refused)
        return HttpResponseRedirect(self.back)

    def _asked_again(self, flow: Workflow, step: Transition, form: Any, *, status: int) -> HttpResponse:
        told = subjects(self.chosen, self.actor)
        told_cases = [(case, told[case.pk]) for case in self.chosen]
        return self.render(
            form=form,
            step=step,
            flow=flow,
            asked_step=f"{flow.kind}:{step.name}",
            cases=told_cases,
            back=self.back,
            status=status,
        )

    def _tell(self, moved: list[Any], refused: list[Any]) -> None:
        if moved:
            done = ngettext("%(n)s case decided.", "%(n)s cases decided.", len(moved)) % {"n": len(moved)}
            messages.success(self.request, done)
        told = subjects([case for case, _why in refused], self.actor)
        for case, why in refused:
            messages.error(self.request, pgettext("after a label", ": ").join([str(told[case.pk].title), str(why)]))
