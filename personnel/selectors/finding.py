"""Finding people by what somebody types: a name, its pinyin or initials, the number of an identity document or a certificate."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import pgettext
from pypinyin.constants import PINYIN_DICT

from core.codes.values import values_of
from core.idnumber import InvalidIdNumber, parse
from core.records.vault import blind_index
from core.registry import Hit
from core.text import clean_name
from personnel.models import Certificate, FormerName, IdentityDocument, Teacher
from personnel.selectors.teachers import teachers_on

LAST: Final = re.compile(r"[0-9]{3}[0-9Xx]")
NUMBER: Final = re.compile(r"[A-Za-z0-9()]{6,20}")
LETTERS: Final = re.compile(r"[a-z ]+")
MOST_READINGS: Final = 24
LONGEST_SYLLABLE: Final = 6


def search_teachers(rows: QuerySet[Teacher], text: str, _actor: Any = None) -> QuerySet[Teacher]:
    """Those of the people whom the text may mean. An identity number is compared by its blind index, whole or not at all.

    Each way to mean somebody is a query of its own, so that each can use its own index.
    """
    typed = clean_name(text)
    if not typed:
        return rows
    ways = [_people(name__contains=typed), _merged(name__contains=typed), _owners(FormerName, name__contains=typed)]
    letters, number = typed.casefold(), "".join(typed.split())
    if LETTERS.fullmatch(letters):
        ways += [_people(initials__startswith=letters.replace(" ", ""))]
        ways += [_people(pinyin__startswith=reading) for reading in _readings(letters)]
    if any(sign.isdigit() for sign in number):
        ways += [_people(staff_number=typed), _merged(staff_number=typed)]
        ways += [_owners(Certificate, number__in={typed, number, number.upper()})]
    if LAST.fullmatch(number):
        ways += [_owners(IdentityDocument, number_last=number.upper())]
    elif NUMBER.fullmatch(number):
        index = blind_index("identity", _whole(number))
        ways += [_owners(IdentityDocument, number_index=index), _merged(identitydocuments__number_index=index)]
    first, *rest = ways
    return rows.filter(pk__in=first.union(*rest))


def whole_number(text: str) -> bytes | None:
    """The blind index of the identity number that somebody typed as a whole; None for anything else."""
    number = "".join(clean_name(text).split())
    if LAST.fullmatch(number) or not NUMBER.fullmatch(number) or not any(sign.isdigit() for sign in number):
        return None
    return blind_index("identity", _whole(number))


def _people(**conditions: Any) -> Any:
    return Teacher._base_manager.filter(**conditions).values_list("pk")


def _merged(**conditions: Any) -> Any:
    """The files into which those were merged that meet the conditions."""
    return Teacher._base_manager.filter(merged_into__isnull=False, **conditions).values_list("merged_into_id")


def _owners(model: Any, **conditions: Any) -> Any:
    return model._base_manager.filter(**conditions).values_list("teacher_id")


def _whole(number: str) -> str:
    """A resident identity number in its one form of 18 characters; another document's number in capitals."""
    try:
        return parse(number).number
    except InvalidIdNumber:
        return number.upper()


def _readings(letters: str) -> list[str]:
    """The ways to read pinyin with or without blanks ("zhang san", "zhangs") as syllables, blanks kept: "xian" is "xian" or "xi an".

    The last syllable may be unfinished.
    """
    found = [""]
    for word in letters.split():
        cuts = _cuts(word)
        found = [f"{before} {cut}".strip() for before in found for cut in cuts][:MOST_READINGS]
    return found


@lru_cache(maxsize=1024)
def _cuts(word: str) -> tuple[str, ...]:
    syllables, beginnings = _syllables()
    ways: list[list[str]] = [[] for _place in range(len(word) + 1)]
    ways[0] = [""]
    for end in range(1, len(word) + 1):
        known = beginnings if end == len(word) else syllables
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            if word[start:end] in known:
                ways[end] += [f"{way} {word[start:end]}".strip() for way in ways[start]]
        ways[end] = ways[end][:MOST_READINGS]
    return tuple(ways[-1]) or (word,)


@lru_cache(maxsize=1)
def _syllables() -> tuple[frozenset[str], frozenset[str]]:
    """All syllables of Mandarin without tones (ü is v), and all their beginnings."""
    said = {sound for sounds in PINYIN_DICT.values() for sound in sounds.split(",")}
    syllables = frozenset(_plain(sound) for sound in said)
    return syllables, frozenset(sound[:length] for sound in syllables for length in range(1, len(sound) + 1))


def _plain(sound: str) -> str:
    """A syllable without its tone: lǜ is lv."""
    parted = unicodedata.normalize("NFD", sound)
    joined = parted.replace("u\N{COMBINING DIAERESIS}", "v")
    return "".join(sign for sign in joined if sign.isascii() and sign.isalpha())


def find_people(actor: Any, text: str, limit: int) -> list[Hit]:
    """People for the search over everything, each with unit and subject."""
    rows: list[Any] = list(search_teachers(teachers_on(actor, actor.on), text).order_by("pinyin", "pk")[:limit])
    values = values_of(actor)
    values.prime(units=[row.unit for row in rows])
    hits = []
    for row in rows:
        told = [
            values.unit(row.unit),
            values.code("subject", row.subject or ""),
            values.code("person_status", row.status or ""),
        ]
        sub = pgettext("list separator", ", ").join(part for part in told if part)
        hits.append(Hit(row.name, reverse("teacher", args=[row.public_id]), sub))
    return hits
