"""Three people of the first county of whom there are two files, so that somebody has to compare and merge."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from psycopg.types.range import Range

from config.demo.writing.offices import Offices
from core.idnumber import check_character
from core.org.models import Unit
from core.records.changes import change
from core.records.vault import create_key
from core.text import pinyin_keys
from personnel.models import Contact, Education, Employment, IdentityDocument, Teacher, TeachingAssignment
from personnel.services.likeness import find_likenesses

CLERK: Final = "linxi.clerk"
PAIRS: Final = 3
CHILD: Final = 17


def open_twice(offices: Offices) -> int:
    """Open second files as other schools did it by mistake: a mistyped number, the same telephone, a former name. Returns how many."""
    actor = offices.actor(CLERK, offices.day)
    people = list(
        Teacher.objects.visible_to(actor)
        .select_related("key")
        .filter(
            user__isnull=True, birth__isnull=False, contacts__phone_cipher__isnull=False, identitydocuments__kind="1"
        )
        .distinct()
        .order_by("pk")[CHILD : CHILD * (PAIRS + 1) : CHILD]
    )
    schools = list(Unit.objects.filter(parent=actor.unit, kind="school", closed__isnull=True).order_by("code"))
    with change("personnel.create_teacher", actor=actor, reason="新学期教职工建档", source="page"):
        for place, person in enumerate(people[:PAIRS]):
            _open(person, schools[place % len(schools)], place, offices)
    find_likenesses()
    return len(people[:PAIRS])


def _open(person: Teacher, school: Unit, place: int, offices: Offices) -> None:
    keys = pinyin_keys(person.name)
    since = offices.day - timedelta(days=40 + place)
    twin = Teacher.objects.create(
        key=create_key(), name=person.name, pinyin=keys.spaced, initials=keys.initials, sex=person.sex, birth=person.birth,
        ethnicity=person.ethnicity, native_place=person.native_place, post_family=person.post_family,
    )  # fmt: skip
    Employment.objects.create(teacher=twin, unit=school, valid=Range(since, None), in_quota=False, came_how="transfer")
    TeachingAssignment.objects.create(teacher=twin, valid=Range(since, None), stage="junior", subject="mathematics")
    Education.objects.create(teacher=twin, level="21", school="福建师范大学")
    old = IdentityDocument.objects.select_related("teacher__key").filter(teacher=person, kind="1").order_by("pk")[0]
    document = IdentityDocument(teacher=twin, kind="1")
    document.number = mistyped(old.number.reveal())
    document.save()
    phone = Contact.objects.select_related("teacher__key").get(teacher=person).phone.reveal()
    contact = Contact(teacher=twin)
    contact.phone = phone
    contact.save()


def mistyped(number: str) -> str:
    """The number with one digit of its order written otherwise, and the check character that belongs to it."""
    body = f"{number[:15]}{(int(number[15]) + 1) % 10}{number[16]}"
    return body + check_character(body)
