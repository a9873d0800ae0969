"""Units, users with roles, and people on staff, written inside a change by the system as in real life."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from psycopg.types.range import Range

from core.org import services
from core.org.actor import Actor, system_actor
from core.org.models import Unit, User
from core.records import vault
from core.records.changes import change
from personnel.models import Employment, IdentityDocument, Teacher
from tests.ground.clock import TODAY

OPENED = date(1990, 1, 1)
_numbers = count(1)


def make_unit(kind: str, name: str, parent: Unit | None = None, *, code: str = "", **profile: Any) -> Unit:
    """A unit that opened in 1990, with its first profile; the code is made up unless given."""
    unit = services.create_unit(
        actor=system_actor(TODAY), code=code or f"T{next(_numbers):09}", kind=kind, name=name, parent=parent,
        opened=OPENED, reason="test ground", **profile,
    )  # fmt: skip
    unit.name = name
    return unit


def make_user(name: str, *, username: str = "", password: str | None = None) -> User:
    """Somebody who may log in; without a password they can only be logged in by the test itself."""
    with change("test.open_account", actor=User.objects.system(), reason="test ground"):
        return User.objects.create_user(username or f"user{next(_numbers)}", password, name=name)


def make_actor(role: str, unit: Unit, *, name: str = "", user: User | None = None, starts: date = OPENED) -> Actor:
    """A user who holds the role at the unit since `starts`, acting in it today."""
    user = user or make_user(name or role, username=f"{role}{next(_numbers)}")
    with change("org.grant_role", actor=system_actor(TODAY), reason="test ground"):
        assignment = services.grant_role(user=user, role=role, unit=unit, starts=starts)
    return Actor(user=user, role=role, unit=unit, on=TODAY, assignment=assignment.pk)


def make_teacher(
    name: str, unit: Unit | None = None, *, since: date = date(2010, 9, 1), until: date | None = None,
    user: User | None = None, identity_number: str = "", **fields: Any,
) -> Teacher:  # fmt: skip
    """A person's file, with an employment at `unit` and an identity document where these are given."""
    with change("personnel.create_teacher", actor=system_actor(TODAY), reason="test ground"):
        teacher = Teacher.objects.create(key=vault.create_key(), name=name, user=user, **fields)
        if unit is not None:
            Employment.objects.create(teacher=teacher, unit=unit, valid=Range(since, until), in_quota=True)
        if identity_number:
            document = IdentityDocument(teacher=teacher)
            document.number = identity_number
            document.save()
    return teacher


def set_user(user: User, **fields: Any) -> User:
    """Give a user other values (a password in clear), as the system."""
    with change("test.change_account", actor=User.objects.system(), reason="test ground"):
        if "password" in fields:
            user.set_password(fields.pop("password"))
        for name, value in fields.items():
            setattr(user, name, value)
        user.save()
    return user


def set_teacher(teacher: Teacher, **fields: Any) -> Teacher:
    """A person with these fields from now on."""
    with change("personnel.correct_fact", actor=system_actor(TODAY), reason="test ground"):
        for name, value in fields.items():
            setattr(teacher, name, value)
        teacher.save(update_fields=set(fields))
    return teacher
