"""Accounts of people and the slips by which they open them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import chain, count
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.org.models import RoleAssignment, User
from core.records.scope import AnyOf
from personnel.models import ActivationSlip, Teacher

ISSUE: Final = "personnel.hand_out_slip"
OWN: Final = "personnel.view_own"
# The role of an account that shows its holder their own file and nothing else.
ROLE: Final = "teacher"
ACCOUNT, SLIP, NEITHER, STALE = "account", "slip", "neither", "stale"
# So long is what stands before the number of a suggested user name.
LONGEST: Final = 24
OPEN: Final = ActivationSlip.State.OPEN


def with_accounts(rows: QuerySet[Teacher], on: date) -> QuerySet[Teacher]:
    """People with their account and their last slip.

    Annotated: `slip_state`, `slip_expires`, `slip_at`, `slip_by` of the last slip (NULL: none), `account_active` (NULL: no account),
    `account_since` the last login.
    """
    last = ActivationSlip._base_manager.filter(teacher=OuterRef("pk")).order_by("-pk")
    user = User.objects.filter(pk=OuterRef("user_id"))
    return rows.annotate(
        slip_state=Subquery(last.values("state")[:1]),
        slip_expires=Subquery(last.values("expires")[:1]),
        slip_at=Subquery(last.values("issued_at")[:1]),
        slip_by=Subquery(last.values("issued_by__name")[:1]),
        account_active=Subquery(user.values("is_active")[:1]),
        account_since=Subquery(user.values("last_login")[:1]),
    )


def standing(rows: QuerySet[Teacher], state: str, on: date) -> QuerySet[Teacher]:
    """Those who have an account, who hold an open slip, who have neither, or whose last slip ran out or was locked without an account."""
    return rows.filter(_conditions(on)[state])


def _conditions(on: date) -> dict[str, Q]:
    slips = ActivationSlip._base_manager.filter(teacher=OuterRef("pk"))
    usable = Q(Exists(slips.filter(state=OPEN, expires__gte=on)))
    spoilt = Q(Exists(slips.filter(Q(state=ActivationSlip.State.LOCKED) | Q(state=OPEN, expires__lt=on))))
    without = Q(user__isnull=True)
    return {
        ACCOUNT: Q(user__isnull=False),
        SLIP: usable,
        NEITHER: without & ~usable,
        STALE: without & spoilt & ~usable,
    }


def counted(rows: QuerySet[Teacher], on: date) -> dict[str, int]:
    """How many of the people have an account, hold an open slip, have neither: one query."""
    conditions = _conditions(on)
    names = (ACCOUNT, SLIP, NEITHER)
    return rows.order_by().aggregate(**{name: Count("pk", filter=conditions[name]) for name in names})


def why_no_slip(teachers: list[Teacher], on: date) -> dict[int, str]:
    """Why some people get no slip, by their keys: it would open more than their own file, or what was locked or ended by others.

    Two queries, however many they are.
    """
    users = {one.user_id: one.pk for one in teachers if one.user_id is not None}
    active = set(User.objects.filter(AnyOf("id", [*users]), is_active=True).values_list("pk", flat=True))
    held: dict[int, set[str]] = defaultdict(set)
    rows = RoleAssignment._base_manager.filter(AnyOf("user_id", [*users]), valid__overlap=Range(on, None))
    for user, role in rows.values_list("user_id", "role"):
        held[user].add(role)
    said = {person: _why_not(held[user], active=user in active) for user, person in users.items()}
    return {person: why for person, why in said.items() if why}


def _why_not(roles: set[str], *, active: bool) -> str:
    if not active:
        return _("The account is locked. The security administrators let people in again.")
    if roles - {ROLE}:
        return _(
            "The account holds a role of staff as well. A security administrator renews its password, so that no single person acts in it."
        )
    if not roles:
        return _("The role of the account was ended by the security administrators. Ask them.")
    return ""


def slips_of(teacher: Teacher) -> QuerySet[ActivationSlip]:
    """All slips of a person, the newest first, each with who handed it out."""
    rows: QuerySet[ActivationSlip] = ActivationSlip._base_manager.filter(teacher=teacher)
    return rows.select_related("issued_by", "unit").order_by("-pk")


def used_slip(teacher: Teacher) -> ActivationSlip | None:
    """The slip by which the person's account was last opened."""
    return slips_of(teacher).filter(state=ActivationSlip.State.USED).first()


def free_username(teacher: Teacher) -> str:
    """A user name that is free: the name in pinyin, with a number where others are called so; that of an account that is there."""
    if teacher.user is not None:
        return str(teacher.user.username)
    plain = "".join(sign for sign in teacher.pinyin if sign.isascii() and sign.isalnum()).lower()[:LONGEST] or "teacher"
    begins = User.objects.filter(username__istartswith=plain).values_list("username", flat=True)
    taken = {name.lower() for name in begins}
    return next(name for name in chain([plain], (f"{plain}{number}" for number in count(2))) if name not in taken)
