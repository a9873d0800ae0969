"""Verbs on units and roles."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.org.accounts import make_code
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment, RoleProposal, Unit, UnitProfile, User
from core.records.bulk import allocate
from core.records.changes import change


def create_unit(
    *, actor: Any, code: str, kind: str, name: str, parent: Unit | None, opened: date, reason: str, **profile: Any
) -> Unit:
    """Add a unit below `parent` with its first profile, valid from `opened`."""
    with change("org.create_unit", actor=actor, reason=reason):
        (pk,) = allocate(Unit, 1)
        path = f"{parent.path}.{pk}" if parent else str(pk)
        unit = Unit(pk=pk, code=code, kind=kind, parent=parent, path=path, opened=opened)
        unit.save(force_insert=True)
        UnitProfile.objects.create(unit=unit, name=name, valid=Range(opened, None), **profile)
    return unit


def propose_role(
    *,
    actor: Any,
    user: User,
    role: str,
    unit: Unit,
    starts: date,
    reason: str,
    ends: date | None = None,
    revoke: bool = False,
) -> RoleProposal:
    """Propose to give (or end) a role. Refused by `NotAllowed` where the role does not fit the unit or the user's other roles."""
    if user.pk == actor.user.pk:
        raise NotAllowed(_("You cannot propose a role for yourself; ask another security administrator."))
    if not revoke:
        check_role(user=user, role=role, unit=unit, starts=starts, ends=ends)
    with change("org.propose_role", actor=actor, reason=reason, source="page"):
        return RoleProposal.objects.create(
            user=user,
            role=role,
            unit=unit,
            starts=starts,
            ends=ends,
            revoke=revoke,
            reason=reason,
            proposed_by=actor.user,
        )


def check_role(*, user: User, role: str, unit: Unit, starts: date, ends: date | None) -> None:
    """Refuse a role at the wrong level or a closed unit, one held already, one beside another that must stand alone, on any of its days."""
    definition = settings.ROLES.get(role)
    if definition is None:
        raise NotAllowed(_("There is no such role."))
    if definition.levels and unit.kind not in definition.levels:
        raise NotAllowed(_("This role is not given at a unit of this level."))
    if unit.closed is not None and (ends is None or ends > unit.closed):
        raise NotAllowed(_("The unit is closed by then: no role is given there from that day on."))
    held = RoleAssignment.objects.filter(user=user, valid__overlap=Range(starts, ends))
    if held.filter(role=role, unit=unit).exists():
        raise NotAllowed(_("The user holds this role at this unit already, for some of these days."))
    others = set(held.values_list("role", flat=True)) - {role}
    if others and (definition.alone or any(settings.ROLES[name].alone for name in others if name in settings.ROLES)):
        raise NotAllowed(
            _(
                "System administration, security administration and audit are kept apart: nobody holds another role beside them."
            )
        )


def decide_role(*, actor: Any, proposal: RoleProposal, confirm: bool) -> tuple[RoleProposal, str]:
    """Confirm or reject a proposal, by a second person. Confirming gives or ends the role.

    Returns the proposal and, where the user's password was handed out by somebody, the code that the actor hands to the user,
    told once: without it the account acts in no role (`core.org.accounts`). Refused by `NotAllowed` for who proposed it, who would
    hold it and, of a role that is given, who handed out the password.
    """
    with transaction.atomic():
        proposal = RoleProposal.objects.select_for_update().get(pk=proposal.pk)
        if proposal.state != RoleProposal.State.OPEN:
            raise NotAllowed(_("This proposal was decided already."))
        # Two proposals for one user are confirmed one after the other.
        user = User.objects.select_for_update().get(pk=proposal.user_id)
        if why := why_not_decide(actor=actor, proposal=proposal, user=user):
            raise NotAllowed(why)
        code = ""
        with change("org.decide_role", actor=actor, reason=proposal.reason, source="page"):
            proposal.decided_by = actor.user
            proposal.state = RoleProposal.State.CONFIRMED if confirm else RoleProposal.State.REJECTED
            proposal.save(update_fields={"decided_by", "state"})
            if confirm:
                _carry_out(proposal)
            if confirm and not proposal.revoke and user.password_by_id is not None:
                code = make_code(user, actor=actor)
    return proposal, code


def why_not_decide(*, actor: Any, proposal: RoleProposal, user: User) -> str:
    """Why the actor cannot be the second person of a proposal about a user; empty where they can."""
    if actor.user.pk == proposal.proposed_by_id:
        return _("You proposed it, so another security administrator decides.")
    if actor.user.pk == proposal.user_id:
        return _("It is about yourself, so another security administrator decides.")
    if not proposal.revoke and actor.user.pk == user.password_by_id:
        return _("You handed out this user's password, so another security administrator decides.")
    return ""


def _carry_out(proposal: RoleProposal) -> None:
    if not proposal.revoke:
        check_role(
            user=proposal.user, role=proposal.role, unit=proposal.unit, starts=proposal.starts, ends=proposal.ends
        )
        grant_role(
            user=proposal.user, role=proposal.role, unit=proposal.unit, starts=proposal.starts, ends=proposal.ends
        )
        return
    held = RoleAssignment.objects.filter(
        user=proposal.user, role=proposal.role, unit=proposal.unit, valid__contains=proposal.starts
    )
    for assignment in held:
        if assignment.valid.lower == proposal.starts:
            assignment.delete()
        else:
            assignment.valid = Range(assignment.valid.lower, proposal.starts)
            assignment.save(update_fields={"valid"})


def grant_role(*, user: User, role: str, unit: Unit, starts: date, ends: date | None = None) -> RoleAssignment:
    """Give a role inside the open change."""
    return RoleAssignment.objects.create(user=user, role=role, unit=unit, valid=Range(starts, ends))
