"""What is asked of scenarios: to begin, change and delete one, to add to it, and to make cases of its proposals."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.pages import ActionPage, FormPage
from core.web.parts import Link
from personnel.forms.planning import DraftForm, MakeCaseForm, MoveSeatsForm, PupilsForm, RecruitForm, ScenarioForm
from personnel.models import RecruitProposal, ScenarioPupils, SeatProposal
from personnel.selectors.planning import projection
from personnel.selectors.recruitment import RECRUIT
from personnel.selectors.scenarios import scenarios
from personnel.selectors.seats import KEEP
from personnel.services.planning import becoming
from personnel.services.planning import scenarios as verbs
from personnel.views.planning.overview import PlanningPage
from personnel.views.planning.shown import HELP, REFERENCES


class NewScenario(FormPage):
    """Begin a scenario."""

    name = "scenario_new"
    route = "planning/scenarios/new/"
    permission = KEEP
    title = gettext_lazy("New scenario")
    form_class = ScenarioForm
    help = HELP
    references = REFERENCES
    record = None

    @property
    def cancel_url(self) -> str:
        """Back to the planning."""
        return reverse("planning")

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def initial(self) -> dict[str, Any]:
        rules = projection(self.on, self.actor.unit)
        return {"method": rules.method, "yearly_change": rules.change}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(PlanningPage.title, reverse("planning"))]}

    def save(self, form: Any) -> str:
        made = verbs.write_scenario(actor=self.actor, **form.cleaned_data)
        return reverse("scenario", args=[made.public_id])


class OfScenario(FormPage):
    """A form about a scenario."""

    permission = KEEP
    help = HELP
    record: Any = None

    def rows(self) -> Any:
        return scenarios(self.actor)

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    @property
    def cancel_url(self) -> str:
        """Back to the scenario."""
        return reverse("scenario", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(PlanningPage.title, reverse("planning")), Link(self.object.name, self.cancel_url)]}


class ChangeScenario(OfScenario):
    """Change what a scenario assumes."""

    name = "scenario_change"
    route = "planning/scenarios/<uuid:public_id>/change/"
    title = gettext_lazy("Change the scenario")
    form_class = ScenarioForm

    @property
    def record(self) -> Any:
        """The scenario itself."""
        return self.object

    def described(self, record: Any) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ScenarioForm.field_order}

    def save(self, form: Any) -> str:
        form.cleaned_data.pop("revision", None)
        verbs.change_scenario(actor=self.actor, scenario=self.object, **form.cleaned_data)
        return self.cancel_url


class ScenarioPart(OfScenario):
    """Something that is added to a scenario."""

    done_message: Any = gettext_lazy("Saved. Nothing real has moved.")
    verb: ClassVar[Any]

    def save(self, form: Any) -> str:
        type(self).verb(actor=self.actor, scenario=self.object, **form.cleaned_data)
        return self.cancel_url


class EnterPupils(ScenarioPart):
    """Pupils of a school in the planned year."""

    name = "scenario_pupils"
    route = "planning/scenarios/<uuid:public_id>/pupils/"
    title = gettext_lazy("Enter pupils of the planned year")
    form_class = PupilsForm
    verb = verbs.enter_pupils


class ProposeSeats(ScenarioPart):
    """Seats from one school to another."""

    name = "scenario_seats"
    route = "planning/scenarios/<uuid:public_id>/seats/"
    title = gettext_lazy("Propose to move seats")
    form_class = MoveSeatsForm
    verb = verbs.propose_seats


class ProposeRecruits(ScenarioPart):
    """Teachers of a subject."""

    name = "scenario_recruits"
    route = "planning/scenarios/<uuid:public_id>/recruits/"
    title = gettext_lazy("Propose to recruit")
    form_class = RecruitForm
    verb = verbs.propose_recruits


class DraftRecruitment(OfScenario):
    """A draft of a recruitment plan with all proposed teachers."""

    name = "scenario_draft"
    route = "planning/scenarios/<uuid:public_id>/draft/"
    permission = RECRUIT
    title = gettext_lazy("Draft a recruitment plan")
    form_class = DraftForm
    submit_label = gettext_lazy("Make the draft")

    def form_options(self) -> dict[str, Any]:
        return {}

    def initial(self) -> dict[str, Any]:
        return {"title": _("Recruitment of teachers %(year)s") % {"year": self.object.year}, "words": self.object.words}

    def save(self, form: Any) -> str:
        made = becoming.draft_recruitment(actor=self.actor, scenario=self.object, **form.cleaned_data)
        return reverse("recruitment_plan", args=[made.public_id])


class MakeCase(FormPage):
    """A case of proposed seats."""

    name = "proposal_case"
    route = "planning/proposals/<uuid:public_id>/case/"
    permission = KEEP
    title = gettext_lazy("Make a case of the proposal")
    form_class = MakeCaseForm
    submit_label = gettext_lazy("Send to be decided")
    help = HELP
    record = None

    def rows(self) -> Any:
        return SeatProposal.objects.visible_to(self.actor).select_related("scenario__unit")

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    @property
    def cancel_url(self) -> str:
        """Back to the scenario."""
        return reverse("scenario", args=[self.object.scenario.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [Link(PlanningPage.title, reverse("planning")), Link(self.object.scenario.name, self.cancel_url)]
        }

    def save(self, form: Any) -> str:
        made = becoming.make_adjustment(actor=self.actor, proposal=self.object, **form.cleaned_data)
        return reverse("case", args=[made.case.public_id])


class TakeOut(ActionPage):
    """Take a part out of a scenario."""

    permission = KEEP
    model: ClassVar[Any]

    def rows(self) -> Any:
        return self.model.objects.visible_to(self.actor).select_related("scenario__unit")

    def back(self) -> str:
        return reverse("scenario", args=[self.object.scenario.public_id])

    def act(self) -> str:
        verbs.take_out(actor=self.actor, part=self.object)
        return self.back()


class TakeOutPupils(TakeOut):
    """Pupils are projected again."""

    name = "scenario_pupils_out"
    route = "planning/pupils/<uuid:public_id>/take-out/"
    model = ScenarioPupils


class TakeOutSeats(TakeOut):
    """Seats are not proposed any more."""

    name = "scenario_seats_out"
    route = "planning/proposals/<uuid:public_id>/take-out/"
    model = SeatProposal


class TakeOutRecruits(TakeOut):
    """Teachers are not proposed any more."""

    name = "scenario_recruits_out"
    route = "planning/recruits/<uuid:public_id>/take-out/"
    model = RecruitProposal


class DropScenario(ActionPage):
    """Delete a scenario."""

    name = "scenario_drop"
    route = "planning/scenarios/<uuid:public_id>/delete/"
    permission = KEEP
    title = gettext_lazy("Delete the scenario")
    question = gettext_lazy("Delete this scenario with all that it assumes and proposes? Its history stays.")
    submit_label = gettext_lazy("Delete")
    danger = True
    done_message = gettext_lazy("Deleted.")

    def rows(self) -> Any:
        return scenarios(self.actor)

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(PlanningPage.title, reverse("planning")), Link(self.object.name, self.back())]}

    def back(self) -> str:
        return reverse("scenario", args=[self.object.public_id])

    def act(self) -> str:
        verbs.drop_scenario(actor=self.actor, scenario=self.object)
        return reverse("planning")
