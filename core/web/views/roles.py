"""Roles: the table of who may do what, proposals to give or end a role, and the second person's decision."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.codes.values import values_of
from core.org.actor import role_label
from core.org.models import RoleAssignment, RoleProposal, UnitKind
from core.org.services import decide_role, propose_role, why_not_decide
from core.registry import HomePart, ListColumn, Waiting
from core.web.filters import ChoiceFilter
from core.web.forms import EndRoleForm, RoleForm
from core.web.pages import SIGNED_IN, ActionPage, DetailPage, FormPage, ListPage, Page
from core.web.parts import Action, Badge, Cell, Fact, Link

VIEW, GRANT = "org.view_user", "org.grant_role"
TONES = {RoleProposal.State.OPEN: "amber", RoleProposal.State.CONFIRMED: "green", RoleProposal.State.REJECTED: "red"}


class RoleTable(Page):
    """Role × permission, as it stands: who may do what, at which level, beside which other roles."""

    name = "roles"
    route = "roles/"
    permission = SIGNED_IN
    title = _("Roles and what they may do")
    template = "core/pages/roles.html"
    help = _(
        "A role is held at a unit and counts for it and all units below. It is proposed by one security administrator and "
        "confirmed by another. Print this page for your rules of procedure: it is made from the table that the program obeys."
    )
    references = (Link(_("GB/T 22239-2019: separate duties for system, security and audit administrators")),)

    def context(self) -> dict[str, Any]:
        roles = list(settings.ROLES.values())
        rows = [
            {"label": text, "name": name, "cells": [name in role.permissions for role in roles]}
            for name, text in settings.PERMISSION_LABELS.items()
        ]
        kinds = dict(UnitKind.choices)
        levels = [[kinds[level] for level in UnitKind.values if level in role.levels] for role in roles]
        return {"roles": roles, "rows": rows, "levels": levels, "alone": [role.alone for role in roles]}


class ProposalList(ListPage):
    """What was proposed, and what became of it."""

    name = "role_proposals"
    route = "roles/proposals/"
    permission = VIEW
    title = _("Proposed roles")
    everything_label = _("Waiting for a second person")
    default_sort = "-number"
    help = _("A role is given or ended by two people: one proposes, another one confirms or rejects.")
    empty = {
        "icon": "key",
        "heading": _("Nothing was proposed"),
        "text": _("Propose a role on the page of a user, or by the button above."),
    }
    columns = (
        ListColumn(
            "number", _("Number"), lambda row, _actor: Cell(str(row.pk), reverse("role_proposal", args=[row.public_id])),
            sort=("id",), indexed=True, order=0,
        ),
        ListColumn("user", _("User"), lambda row, _actor: Cell(str(row.user), sub=row.user.username), order=10),
        ListColumn("role", _("Role"), lambda row, _actor: role_label(row.role), order=20),
        ListColumn("unit", _("Unit"), lambda row, actor: values_of(actor).unit(row.unit_id), order=30),
        ListColumn("what", _("What"), lambda row, _actor: gettext("end") if row.revoke else gettext("give"), order=40),
        ListColumn("starts", _("From"), lambda row, _actor: row.starts, nowrap=True, order=50),
        ListColumn("by", _("Proposed by"), lambda row, _actor: str(row.proposed_by), order=60),
        ListColumn(
            "state", _("State"), lambda row, _actor: Cell(badge=Badge(row.get_state_display(), TONES[row.state])), order=70
        ),
    )  # fmt: skip
    filters = (
        ChoiceFilter(
            "state", _("State"), lambda rows, value, _actor: rows.filter(state=value), options=tuple(RoleProposal.State.choices),
            default=RoleProposal.State.OPEN,
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return RoleProposal.objects.visible_to(actor).select_related("user", "proposed_by")

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])

    def actions(self) -> list[Action]:
        propose = Action(gettext("Propose a role"), reverse("role_propose"), "plus", primary=True)
        return [propose] if self.actor.may(GRANT) else []


class ProposalPage(DetailPage):
    """One proposal, and the decision where the reader may take it."""

    name = "role_proposal"
    route = "roles/proposals/<uuid:public_id>/"
    permission = VIEW
    template = "core/pages/role_proposal.html"
    help = ProposalList.help

    def rows(self) -> Any:
        return RoleProposal.objects.visible_to(self.actor).select_related("user", "proposed_by", "decided_by", "unit")

    def heading(self) -> Any:
        what = gettext("End a role: %(role)s") if self.object.revoke else gettext("Give a role: %(role)s")
        return what % {"role": role_label(self.object.role)}

    def context(self) -> dict[str, Any]:
        proposal, values = self.object, values_of(self.actor)
        decided = [Fact(gettext("Decided by"), str(proposal.decided_by))] if proposal.decided_by else []
        ends = [] if proposal.revoke else [Fact(gettext("Until"), proposal.ends or gettext("no end"))]
        return {
            "crumbs": [Link(ProposalList.title, reverse("role_proposals"))],
            "facts": [
                Fact(gettext("User"), str(proposal.user), sub=proposal.user.username),
                Fact(gettext("Role"), role_label(proposal.role)),
                Fact(gettext("Unit"), values.unit(proposal.unit_id)),
                Fact(gettext("From"), proposal.starts),
                *ends,
                Fact(gettext("Reason"), proposal.reason),
                Fact(gettext("Proposed by"), str(proposal.proposed_by)),
                Fact(gettext("State"), proposal.get_state_display()),
                *decided,
            ],
            "why_not": self._why_not(),
            "open": proposal.state == RoleProposal.State.OPEN and self.actor.may(GRANT),
            "allowed": self._allowed(),
        }

    def _why_not(self) -> str:
        """Why the reader cannot decide; empty where they can."""
        return why_not_decide(actor=self.actor, proposal=self.object, user=self.object.user)

    def _allowed(self) -> list[Any]:
        """What the role may do: what one confirms."""
        role = settings.ROLES.get(self.object.role)
        return [text for name, text in settings.PERMISSION_LABELS.items() if role and name in role.permissions]


class DecideRole(ActionPage):
    """Confirm or reject, by a second person."""

    permission = GRANT
    confirms = True

    def rows(self) -> Any:
        return RoleProposal.objects.visible_to(self.actor)

    def back(self) -> str:
        return reverse("role_proposal", args=[self.object.public_id])

    def act(self) -> Any:
        proposal, code = decide_role(actor=self.actor, proposal=self.object, confirm=self.confirms)
        return self.told_once(proposal, code) if code else self.back()

    def told_once(self, proposal: RoleProposal, code: str) -> Any:
        """The page that shows the code of an account the only time."""
        self.title, self.template = gettext("The role is confirmed"), "core/pages/code_once.html"
        following = Action(gettext("Back to the proposals"), reverse("role_proposals"), "users", primary=True)
        return self.render(told=proposal.user, code=code, following=following)


class ConfirmRole(DecideRole):
    """Carry the proposal out."""

    name = "role_confirm"
    route = "roles/proposals/<uuid:public_id>/confirm/"
    done_message = _("Confirmed. The role holds as proposed.")


class RejectRole(DecideRole):
    """Leave everything as it is."""

    name = "role_reject"
    route = "roles/proposals/<uuid:public_id>/reject/"
    confirms = False
    done_message = _("Rejected. Nothing was changed.")


class ProposeRole(FormPage):
    """Propose to give a role. `?user=` names who it is for."""

    name = "role_propose"
    route = "roles/propose/"
    permission = GRANT
    title = _("Propose a role")
    form_class = RoleForm
    submit_label = _("Propose")
    done_message = _("Proposed. It holds when another security administrator has confirmed it.")
    help = ProposalList.help

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def initial(self) -> dict[str, Any]:
        return {"user": self.request.GET.get("user", ""), "starts": self.on, "unit": str(self.actor.unit.public_id)}

    @property
    def cancel_url(self) -> str:
        """Back to the proposals."""
        return reverse("role_proposals")

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        proposal = propose_role(
            actor=self.actor, user=data["user"], role=data["role"], unit=data["unit"], starts=data["starts"],
            ends=data["ends"], reason=data["reason"],
        )  # fmt: skip
        return reverse("role_proposal", args=[proposal.public_id])


class EndRole(FormPage):
    """Propose to end a role that somebody holds."""

    name = "role_end"
    route = "roles/held/<uuid:public_id>/end/"
    permission = GRANT
    form_class = EndRoleForm
    submit_label = _("Propose the end")
    done_message = ProposeRole.done_message
    help = ProposalList.help
    record = None

    def rows(self) -> Any:
        return RoleAssignment.objects.visible_to(self.actor).select_related("user", "unit")

    def heading(self) -> Any:
        said = {"role": role_label(self.object.role), "user": self.object.user}
        return gettext("End the role %(role)s of %(user)s") % said

    def initial(self) -> dict[str, Any]:
        return {"starts": self.on}

    @property
    def cancel_url(self) -> str:
        """Back to the user."""
        return reverse("user", args=[self.object.public_id])

    def save(self, form: Any) -> str:
        held, data = self.object, form.cleaned_data
        proposal = propose_role(
            actor=self.actor, user=held.user, role=held.role, unit=held.unit, starts=data["starts"], reason=data["reason"],
            revoke=True,
        )  # fmt: skip
        return reverse("role_proposal", args=[proposal.public_id])


def waiting(actor: Any) -> list[Waiting]:
    """Proposals that the actor may decide."""
    rows = RoleProposal.objects.visible_to(actor).filter(state=RoleProposal.State.OPEN).exclude(user=actor.user)
    # Who handed out the password is not the second person.
    rows = rows.exclude(revoke=False, user__password_by=actor.user)
    found = list(rows.exclude(proposed_by=actor.user).select_related("user").order_by("pk")[:50])
    values = values_of(actor)
    values.prime(units=[row.unit_id for row in found])
    first = _proposed_at(found)
    return [
        Waiting(
            what=str(row.user),
            do=(
                gettext("confirm or reject the end of: %(role)s")
                if row.revoke
                else gettext("confirm or reject: %(role)s")
            )
            % {"role": role_label(row.role)},
            since=first[row.pk],
            url=reverse("role_proposal", args=[row.public_id]),
            sub=row.reason,
            unit=values.unit(row.unit_id),
        )
        for row in found
    ]


def _proposed_at(rows: list[RoleProposal]) -> dict[int, Any]:
    """When each was proposed: its first version's change."""
    versions = RoleProposal.history.filter(id__in=[row.pk for row in rows], revision=1).select_related("change")
    return {version.id: version.change.at for version in versions}


HOME = (HomePart(permission=GRANT, waiting=waiting, order=20),)
