"""Verbs on code lists: load what the product ships, and what a bureau adds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes import selectors
from core.codes.files import Entry, shipped
from core.codes.models import Code
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.shipped import Loaded, difference
from core.text import clean, header_key

LOCK: Final = "codes"
OWN_PREFIX: Final = "L"
SHIPPED_FIELDS: Final = ("name_zh", "name_en", "synonyms", "parent", "order", "mark", "reference")


class CodeError(ValueError):
    """A code or a word cannot be added; the message is for the clerk."""


def load_codes(*, on: date) -> Loaded:
    """Bring the national entries to what the files say, in one change by the system; none where nothing differs.

    An entry that the files no longer name ends on the day `on`. Entries with a unit are a bureau's own and stay as they
    are. Raises `files.InvalidCodeFile`.
    """
    wanted = [_row(entry) for each in shipped() for entry in each.entries]
    with transaction.atomic():
        _lock()
        stored = Code.objects.filter(unit__isnull=True)
        found = difference(stored, wanted, key=lambda row: (row.list_name, row.code), fields=SHIPPED_FIELDS, on=on)
        if any(found.counts()):
            with change("codes.load", actor=system_actor(on), reason="Code lists as shipped", source="command"):
                found.write(Code)
    _announce()
    return found.counts()


def add_code(
    *, actor: Any, unit: Any, list_name: str, name_zh: str, on: date, reason: str,
    name_en: str = "", synonyms: Iterable[str] = (), parent: str = "",
) -> Code:  # fmt: skip
    """Add a bureau's own entry, which holds from `on` in the unit and below it. Its code is the next free of L1, L2.

    Raises `CodeError` where the list does not exist, the Chinese name is missing or a word already means a code there,
    and `NotAllowed` where the actor may not extend the lists of that unit.
    """
    _check_place(actor, unit, list_name)
    if not clean(name_zh):
        raise CodeError(_("A code needs a Chinese name."))
    with transaction.atomic():
        _lock()
        _check_free(list_name, [name_zh, name_en, *synonyms], unit, on)
        if parent and parent not in _codes(list_name):
            raise CodeError(_("There is no code %(code)s in this list.") % {"code": parent})
        with change("codes.add", actor=actor, reason=reason, source="page"):
            added = Code.objects.create(
                list_name=list_name, code=_next_own(list_name), name_zh=clean(name_zh), name_en=clean(name_en),
                synonyms=_cleaned(synonyms), parent=parent, order=_last_order(list_name) + 1, unit=unit,
                mark=Code.Mark.LOCAL, valid=Range(on, None),
            )  # fmt: skip
    _announce()
    return added


def add_synonym(*, actor: Any, unit: Any, list_name: str, code: str, word: str, on: date, reason: str) -> Code:
    """Let a word be read as a code from `on` in the unit and below it. National entries stay as they are.

    Raises `CodeError` where the code does not exist, the word is empty or already means a code there (this one
    included), and `NotAllowed` where the actor may not extend the lists of that unit.
    """
    _check_place(actor, unit, list_name)
    if not header_key(word):
        raise CodeError(_("The word is empty."))
    with transaction.atomic():
        _lock()
        known = {entry.code: entry for entry in selectors.entries(list_name, on, unit)}.get(code)
        if known is None:
            raise CodeError(_("There is no code %(code)s in this list.") % {"code": code})
        _check_free(list_name, [word], unit, on)
        with change("codes.add_synonym", actor=actor, reason=reason, source="page"):
            extended = Code.objects.filter(list_name=list_name, code=code, unit=unit, valid__contains=on).first()
            if extended is None:
                extended = Code.objects.create(
                    list_name=list_name, code=code, name_zh=known.name_zh, name_en=known.name_en,
                    synonyms=[clean(word)], parent=known.parent, order=known.order, unit=unit,
                    mark=Code.Mark.LOCAL, valid=Range(on, known.ends),
                )  # fmt: skip
            else:
                extended.correct(synonyms=[*extended.synonyms, clean(word)])
    _announce()
    return extended


def _announce() -> None:
    """Let this process read the lists anew, now and, for other threads, when the transaction is through."""
    selectors.forget()
    transaction.on_commit(selectors.forget)


def _lock() -> None:
    """One writer of code lists at a time, so that two clerks cannot give one word two meanings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
    selectors.forget()


def _check_place(actor: Any, unit: Any, list_name: str) -> None:
    below = actor.sees_all or (actor.unit is not None and actor.unit.covers(unit))
    if not below or not actor.may("codes.change"):
        raise NotAllowed(_("You may not extend the code lists of this unit."))
    if list_name not in selectors.list_names():
        raise CodeError(_("There is no code list %(name)s.") % {"name": list_name})


def _check_free(list_name: str, words: Iterable[str], unit: Any, on: date) -> None:
    """Refuse a word that already means something from that day on: nationally, in the unit, above it or below it."""
    taken: dict[str, Code] = {}
    rows = Code.objects.filter(list_name=list_name, valid__overlap=Range(on, None)).select_related("unit")
    for row in sorted(rows, key=lambda row: row.unit is not None):
        if row.unit is None or row.unit.covers(unit) or unit.covers(row.unit):
            for known in (row.code, row.name_zh, row.name_en, *row.synonyms):
                taken.setdefault(header_key(known), row)
    for word in filter(header_key, words):
        row = taken.get(header_key(word))
        if row is not None:
            meaning = selectors.label(list_name, row.code, on)
            raise CodeError(_("“%(word)s” already means %(label)s.") % {"word": clean(word), "label": meaning})


def _codes(list_name: str) -> set[str]:
    return set(Code.objects.filter(list_name=list_name).values_list("code", flat=True))


def _next_own(list_name: str) -> str:
    """The next code of the bureaus' own, unlike any code that the list ever had."""
    own = [code.removeprefix(OWN_PREFIX) for code in _codes(list_name) if code.startswith(OWN_PREFIX)]
    return f"{OWN_PREFIX}{max((int(number) for number in own if number.isdecimal()), default=0) + 1}"


def _last_order(list_name: str) -> int:
    return max(Code.objects.filter(list_name=list_name).values_list("order", flat=True), default=0)


def _cleaned(words: Iterable[str]) -> list[str]:
    """The words without blanks at their ends, each once."""
    return list({header_key(word): clean(word) for word in words if header_key(word)}.values())


def _row(entry: Entry) -> Code:
    return Code(
        list_name=entry.list_name, code=entry.code, name_zh=entry.name_zh, name_en=entry.name_en,
        synonyms=list(entry.synonyms), parent=entry.parent, order=entry.order, mark=entry.mark,
        reference=entry.reference, valid=Range(entry.starts, entry.ends),
    )  # fmt: skip
