"""Who stands in for the reader, and for whom the reader does."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import period_words, values_of
from core.dates import DAY
from core.org.actor import role_label
from core.org.models import RoleAssignment, User
from core.registry import ListColumn
from core.web.pages import SIGNED_IN, ActionPage, FormPage, ListPage
from core.web.parts import Action, Cell, Link
from core.workflow.forms import StandInForm
from core.workflow.models import StandIn
from core.workflow.services import desks, end_stand_in, stand_in

HELP = gettext_lazy(
    "While somebody is away, a colleague decides their cases: in their place, with both names in the history. What the absent person "
    "asked themselves, or is about, the stand-in does not decide either."
)


def rows_for(actor: Any) -> Any:
    """Those who stand in for the actor, and those for whom the actor stands in, ahead or now."""
    rows = StandIn.objects.filter(valid__endswith__gt=actor.on).select_related("assignment__user", "user")
    return rows.filter(assignment=actor.assignment) | rows.filter(user=actor.user)


def _whom(row: Any, actor: Any) -> Cell:
    held = row.assignment
    said = pgettext("between facts", " · ").join([values_of(actor).unit(held.unit_id), str(role_label(held.role))])
    return Cell(str(held.user), sub=said)


def _end(row: Any, actor: Any) -> Any:
    if row.assignment_id != actor.assignment:
        return ""
    return Cell(_("End it"), reverse("stand_in_end", args=[row.public_id]))


class StandIns(ListPage):
    """Both ways, those that are over left out."""

    name = "stand_ins"
    route = "stand-ins/"
    permission = SIGNED_IN
    title = gettext_lazy("Stand-ins")
    everything_label = gettext_lazy("now and ahead")
    default_sort = "period"
    help = HELP
    empty = {"icon": "users", "heading": gettext_lazy("Nobody stands in"), "text": HELP}
    columns = (
        ListColumn("who", gettext_lazy("Who stands in"), lambda row, _actor: str(row.user), order=0),
        ListColumn("whom", gettext_lazy("Stands in for"), _whom, order=10),
        ListColumn(
            "period", gettext_lazy("Period"), lambda row, _actor: period_words(row.valid), sort=("valid",), indexed=True, order=20
        ),
        ListColumn("end", gettext_lazy("End"), _end, order=30),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return rows_for(actor) if actor is not None else StandIn.objects.none()

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.assignment.unit_id for row in rows])

    def actions(self) -> list[Action]:
        return (
            [Action(_("Name a stand-in"), reverse("stand_in_new"), "plus", primary=True)]
            if may_name(self.actor)
            else []
        )


def may_name(actor: Any) -> bool:
    """Whether the actor's role decides anything for which somebody could stand in."""
    return bool(actor is not None and actor.permissions & desks())


class NewStandIn(FormPage):
    """Name who decides in the reader's place, from day to day."""

    name = "stand_in_new"
    route = "stand-ins/new/"
    permission = SIGNED_IN
    title = gettext_lazy("Name a stand-in")
    form_class = StandInForm
    submit_label = gettext_lazy("Name")
    done_message = gettext_lazy("Named. The cases stand on their first page from that day on.")
    help = HELP

    def allowed(self) -> bool:
        return self.actor is not None

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("stand_ins")

    def form_options(self) -> dict[str, Any]:
        return {"people": [(str(user.pk), str(user)) for user in colleagues(self.actor)]}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(StandIns.title, self.cancel_url)]}

    def save(self, form: Any) -> Any:
        said = form.cleaned_data
        user = next(one for one in colleagues(self.actor) if str(one.pk) == said["user"])
        stand_in(
            actor=self.actor,
            user=user,
            starts=said["starts"],
            ends=said["last"] + DAY,
            reason=said["reason"],
        )
        return self.cancel_url


def colleagues(actor: Any) -> list[User]:
    """Who might stand in: users with a role at the actor's unit or above it, that is not kept apart."""
    held = RoleAssignment.objects.filter(unit__path__ancestors=actor.unit.path, valid__contains=actor.on)
    users = User.objects.filter(pk__in=held.exclude(role="teacher").values("user"), is_active=True)
    return list(users.exclude(pk=actor.user.pk).order_by("name", "pk"))


class EndStandIn(ActionPage):
    """End a standing-in."""

    name = "stand_in_end"
    route = "stand-ins/<uuid:public_id>/end/"
    permission = SIGNED_IN
    title = gettext_lazy("End the standing-in")
    question = gettext_lazy("From today on the cases wait for you again. End it?")
    submit_label = gettext_lazy("End it")
    done_message = gettext_lazy("Ended.")

    def rows(self) -> Any:
        return rows_for(self.actor).filter(assignment=self.actor.assignment)

    def act(self) -> str:
        end_stand_in(actor=self.actor, row=self.object, reason=str(self.title))
        return self.back()

    def back(self) -> str:
        return reverse("stand_ins")
