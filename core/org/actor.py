"""Who acts: one user in one role at one unit on one day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final, Self

from django.conf import settings
from django.db.models import Q

from core.org.models import RoleAssignment, Unit, User, unit_name

# Who holds it sees what is their own, at whatever unit it was given.
OWN: Final = "teacher"


@dataclass(frozen=True, eq=False)
class Actor:
    """A user in one of their roles, built once per request, job or command.

    `unit` is where they act (None for the system); `on` is the day on which they look. `assignment` is the role assignment
    that the act stands on. `rights_on` is set by `looking_on` only.
    """

    user: User
    role: str
    unit: Unit | None
    on: date
    assignment: int | None = None
    rights_on: date | None = None

    @property
    def today(self) -> date:
        """The day that decides what they may see, whichever day they look at."""
        return self.rights_on or self.on

    def looking_on(self, day: date) -> Self:
        """The same actor with their eyes on another day: facts and names are told as of it, what they may see stays that of today.

        For reading only; who writes does so today.
        """
        return self if day == self.on else replace(self, on=day, rights_on=self.today)

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What the role may do, by `config/roles.py`."""
        return permissions_of(self.role)

    def may(self, permission: str) -> bool:
        """Whether the role carries a permission. The system may do all."""
        return self.sees_all or permission in self.permissions

    def may_any(self, permission: str | tuple[str, ...]) -> bool:
        """Whether the role carries the permission, of several any one."""
        return any(self.may(one) for one in names_of(permission))

    @property
    def sees_all(self) -> bool:
        """Only the system's own actor, which no person can log in as."""
        return self.role == "system"

    @property
    def own_only(self) -> bool:
        """A teacher sees their own rows only."""
        return self.role == OWN

    @property
    def role_label(self) -> Any:
        """The role's name on the page."""
        return role_label(self.role)


def names_of(permission: str | tuple[str, ...]) -> tuple[str, ...]:
    """The permissions that are named where one or several may be."""
    return (permission,) if isinstance(permission, str) else permission


def role_label(role: str) -> str:
    """A role's name on the page; its own name where the table does not know it (any more)."""
    known = settings.ROLES.get(role)
    return str(known.label) if known else role


def permissions_of(role: str) -> frozenset[str]:
    """What a role may do; nothing where the table does not know it (any more)."""
    known = settings.ROLES.get(role)
    return known.permissions if known else frozenset()


def assignments_of(user: User, on: date) -> Any:
    """The roles a user holds on a day, each with its unit and the unit's name.

    At a unit that was closed a role gives nothing any more, but that of people for what is their own.
    """
    held = RoleAssignment.objects.filter(user=user, valid__contains=on)
    held = held.exclude(~Q(role=OWN), unit__closed__lte=on)
    return held.select_related("unit").annotate(unit_name=unit_name("unit_id", on)).order_by("id")


def actor_for(user: User, on: date, assignment: int | None = None) -> Actor | None:
    """The actor of a user on a day: in the assignment asked for, else in the first.

    None when the user holds no role, is locked out, or has not taken the account over yet.
    """
    held = list(assignments_of(user, on))
    chosen = next((one for one in held if one.pk == assignment), held[0] if held else None)
    if chosen is None or not user.is_active or user.awaits_holder:
        return None
    chosen.unit.name = chosen.unit_name
    return Actor(user=user, role=chosen.role, unit=chosen.unit, on=on, assignment=chosen.pk)


def system_actor(on: date) -> Actor:
    """The system's own actor, for migrations, demo data and beat jobs."""
    return Actor(user=User.objects.system(), role="system", unit=None, on=on)
