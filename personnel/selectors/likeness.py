"""Pairs of files that may be one person's: which are seen, and which are found by laying all files beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from core.idnumber import is_resident_number
from core.records.scope import AnyOf
from core.records.vault import unwrap
from personnel.choices import RESIDENT_CARD
from personnel.models import IdentityDocument, Likeness, Teacher
from personnel.rules import (
    CERTIFICATE,
    FORMER_NAME,
    IDENTITY,
    NAME,
    NAME_BIRTH,
    OTHER_NUMBER,
    PHONE,
    PINYIN_BIRTH,
    STAFF_NUMBER,
    Likenesses,
    alike_numbers,
)

AT_ONCE: Final = 2000
# Only to be looked at closer: namesakes whose numbers end alike.
CLOSER: Final = "closer"
Pairs = dict[tuple[int, int], set[str]]

# Files that are not part of others, laid beside each other by what is equal. Each part joins by equality, so it is hashed or sorted
# once, whatever the number of people; a value that more than `most` people share says nothing.
FIND: Final = f"""
    WITH alive AS MATERIALIZED (
        SELECT id, name, pinyin, birth, staff_number FROM personnel_teacher WHERE merged_into_id IS NULL),
    phones AS (
        SELECT c.teacher_id, c.phone_index FROM personnel_contact c JOIN alive a ON a.id = c.teacher_id
         WHERE c.phone_index IN (SELECT phone_index FROM personnel_contact WHERE phone_index IS NOT NULL
                                  GROUP BY phone_index HAVING count(*) BETWEEN 2 AND %(most)s)),
    papers AS (
        SELECT DISTINCT c.teacher_id, c.number FROM personnel_certificate c JOIN alive a ON a.id = c.teacher_id
         WHERE c.number IN (SELECT number FROM personnel_certificate WHERE number <> ''
                             GROUP BY number HAVING count(DISTINCT teacher_id) BETWEEN 2 AND %(most)s)),
    staff AS (
        SELECT id, staff_number FROM alive
         WHERE staff_number IN (SELECT staff_number FROM alive WHERE staff_number <> ''
                                 GROUP BY staff_number HAVING count(*) BETWEEN 2 AND %(most)s)),
    ends AS (
        SELECT d.teacher_id, a.pinyin, left(d.number_last, 3) AS told FROM personnel_identitydocument d JOIN alive a ON a.id = d.teacher_id
         WHERE d.number_last <> '' AND a.pinyin <> '')
    SELECT a.id, b.id, '{NAME_BIRTH}' FROM alive a JOIN alive b ON b.name = a.name AND b.birth = a.birth AND a.id < b.id
    UNION ALL
    SELECT a.id, b.id, '{PINYIN_BIRTH}' FROM alive a JOIN alive b ON b.pinyin = a.pinyin AND b.birth = a.birth AND a.id < b.id
     WHERE a.pinyin <> '' AND a.name <> b.name
    UNION ALL
    SELECT least(a.id, b.id), greatest(a.id, b.id), '{FORMER_NAME}' FROM personnel_formername f
      JOIN alive a ON a.id = f.teacher_id JOIN alive b ON b.name = f.name AND b.birth = a.birth AND a.id <> b.id
    UNION ALL
    SELECT a.teacher_id, b.teacher_id, '{PHONE}' FROM phones a
      JOIN phones b ON b.phone_index = a.phone_index AND a.teacher_id < b.teacher_id
    UNION ALL
    SELECT a.teacher_id, b.teacher_id, '{CERTIFICATE}' FROM papers a JOIN papers b ON b.number = a.number AND a.teacher_id < b.teacher_id
    UNION ALL
    SELECT a.id, b.id, '{STAFF_NUMBER}' FROM staff a JOIN staff b ON b.staff_number = a.staff_number AND a.id < b.id
    UNION ALL
    SELECT a.teacher_id, b.teacher_id, '{CLOSER}' FROM ends a
      JOIN ends b ON b.pinyin = a.pinyin AND b.told = a.told AND a.teacher_id < b.teacher_id"""  # noqa: S608 - no input


def pairs(actor: Any, *, different: bool = False) -> QuerySet[Likeness]:
    """The pairs of which the actor sees both files, still to be answered, or those that were said to be of two people."""
    rows: Any = Likeness.objects.visible_to(actor)
    seen = Teacher.objects.visible_to(actor)
    found: QuerySet[Likeness] = rows.filter(other__in=seen, different=different)
    return found if different else found.exclude(grounds=[])


def pair_of(one: Teacher, other: Teacher) -> Likeness | None:
    """What is known of two files as a pair."""
    first, second = sorted((one.pk, other.pk))
    return Likeness._base_manager.filter(teacher=first, other=second).exclude(grounds=[]).first()


def found_alike(rules: Likenesses) -> dict[tuple[int, int], tuple[list[str], int]]:
    """All pairs that are alike enough, by the keys of the older and the newer file: their grounds and what they weigh.

    Set-wise: the database compares what it can see (names, dates, blind indexes); only the numbers of those candidates are opened.
    """
    candidates: Pairs = {}
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"most": rules.most_sharing})
        for one, other, ground in cursor:
            candidates.setdefault((one, other), set()).add(ground)
    _compare_names(candidates)
    _compare_numbers(candidates)
    found = {}
    for pair, grounds in candidates.items():
        told = sorted(grounds - {CLOSER}, key=lambda ground: -rules.weights.get(ground, 0))
        if (weight := rules.weight(told)) >= rules.least:
            found[pair] = (told, weight)
    return found


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Items in lists of at most so many."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def _compare_names(candidates: Pairs) -> None:
    """Of pairs that were found otherwise, whether they bear one name."""
    others = [pair for pair, grounds in candidates.items() if NAME_BIRTH not in grounds]
    for some in batches(others, AT_ONCE):
        rows = Teacher._base_manager.filter(AnyOf("id", {key for pair in some for key in pair}))
        names = dict(rows.values_list("pk", "name"))
        for one, other in some:
            if names[one] == names[other]:
                candidates[one, other].add(NAME)


def _compare_numbers(candidates: Pairs) -> None:
    for some in batches(candidates, AT_ONCE):
        numbers = _numbers({key for pair in some for key in pair})
        for one, other in some:
            ground = _ground(numbers.get(one, ()), numbers.get(other, ()))
            if ground:
                candidates[one, other].add(ground)


def _ground(some: Sequence[str], others: Sequence[str]) -> str:
    """That two people's numbers may be one, that they are two, or nothing where one of them has none."""
    if any(alike_numbers(one, other) for one, other in product(some, others)):
        return IDENTITY
    resident = [any(is_resident_number(number) for number in numbers) for numbers in (some, others)]
    return OTHER_NUMBER if all(resident) else ""


def _numbers(people: Iterable[int]) -> dict[int, list[str]]:
    """The numbers in clear of resident cards and what is numbered alike; of whom the key was destroyed, none."""
    rows = IdentityDocument._base_manager.filter(AnyOf("teacher_id", people), number_cipher__isnull=False)
    told = rows.filter(kind__in=RESIDENT_CARD | {"other"}, teacher__key__wrapped__isnull=False)
    found: dict[int, list[str]] = {}
    for person, sealed, wrapped in told.values_list("teacher_id", "number_cipher", "teacher__key__wrapped"):
        found.setdefault(person, []).append(IdentityDocument.number.decrypt(sealed, unwrap(wrapped)))
    return found
