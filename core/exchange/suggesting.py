"""What may be meant by a wrong cell, where that is certain or likely: by the number, the code list, the names of units."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import idnumber
from core.codes.selectors import entries
from core.dates import today
from core.exchange.kinds import Column, Draft, Problem, Suggestion, all_kinds, columns_of, sections_of
from core.org.models import UnitProfile
from core.text import clean

_LIKE: Final = 0.6
_MOST: Final = 3
_LONGEST: Final = 60
# Looking through all names costs a few milliseconds a word: so many different wrong words are looked up for one batch.
_MOST_LOOKED_UP: Final = 3_000
_MOBILE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)
_DECIMAL_MONTH: Final = re.compile(r"((?:19|20)\d\d)\.1", re.ASCII)
_LOOKALIKES: Final = str.maketrans("OoQDIl|", "0000111")


def suggestions(batch: Any, draft: Draft, problem: Problem) -> list[Suggestion]:
    """What may be meant by one wrong cell; for many cells of a batch ask one `Suggester`."""
    return Suggester(batch).of(draft, problem)


def told(found: Sequence[Suggestion], *, is_hidden: bool = False) -> str:
    """Suggestions in words; `is_hidden` leaves the values of a protected column out."""
    words = (
        one.words if is_hidden or one.value in one.words else f"{one.words}{pgettext('after a label', ': ')}{one.value}"
        for one in found
    )
    return _("; ").join(dict.fromkeys(words))


class Suggester:
    """Asks those who may know, for the cells of one batch; what a word may mean is looked up once."""

    def __init__(self, batch: Any) -> None:
        self._batch, self._day = batch, batch.day or today()
        self._kind = all_kinds()[batch.kind]
        self._columns = columns_of(self._kind)
        self._asked = [self._kind.suggest, *(section.suggest for section in sections_of(self._kind.name))]
        self._near: dict[tuple[str, str], list[str]] = {}
        self._lists: dict[str, dict[str, str]] = {}

    def of(self, draft: Draft, problem: Problem) -> list[Suggestion]:
        """What may be meant; what is certain first."""
        column = self._columns.get(problem.column)
        found = [one for asked in self._asked for one in asked(draft, problem)]
        if column is not None and not any(one.certain for one in found):
            found += self._general(problem, column)
        return sorted(found, key=lambda one: not one.certain)[:_MOST]

    def _general(self, problem: Problem, column: Column) -> Iterator[Suggestion]:
        if problem.code == "unknown_code" and column.code_list:
            yield from self._nearest(column.code_list, problem.value, lambda: self._words(column.code_list))
        elif problem.code == "unknown_unit" and column.units:
            yield from self._nearest("", problem.value, lambda: self._units)
        elif problem.code in _BY_TEXT and (column.kind == _BY_TEXT[problem.code][0]):
            yield from _BY_TEXT[problem.code][1](problem)

    def _nearest(self, where: str, sent: str, words: Callable[[], dict[str, str]]) -> Iterator[Suggestion]:
        text = clean(sent)
        key = (where, text)
        if key not in self._near:
            if not text or len(text) > _LONGEST or len(self._near) >= _MOST_LOOKED_UP:
                return
            meant = words()
            self._near[key] = list(
                dict.fromkeys(meant[word] for word in get_close_matches(text, meant, n=_MOST, cutoff=_LIKE))
            )
        for word in self._near[key]:
            yield Suggestion(word, certain=False, words=_("perhaps %(value)s is meant") % {"value": word})

    def _words(self, code_list: str) -> dict[str, str]:
        """Every way to write the words of a list, each with the usual one."""
        if code_list not in self._lists:
            self._lists[code_list] = {
                word: entry.name_zh
                for entry in entries(code_list, self._day, self._batch.unit)
                for word in (*entry.synonyms, entry.name_zh)
            }
        return self._lists[code_list]

    @cached_property
    def _units(self) -> dict[str, str]:
        """The names of the sender's units."""
        rows = UnitProfile._base_manager.filter(
            valid__contains=self._day, unit__path__descendants=self._batch.unit.path
        ).values_list("name", flat=True)
        return {clean(name): name for name in rows}


def _check_digit(problem: Problem) -> Iterator[Suggestion]:
    """The only check digit that fits, as long as everything before it is right."""
    number = "".join(clean(problem.value).split()).upper()
    try:
        sign = idnumber.check_character(number[:17])
    except idnumber.InvalidIdNumber:
        return
    words = _("if the first 17 digits are right, the last one is %(sign)s") % {"sign": sign}
    yield Suggestion(number[:17] + sign, certain=False, words=words)


def _fifteen(problem: Problem) -> Iterator[Suggestion]:
    """The form with 18 digits of a number of the old form."""
    try:
        number = idnumber.parse(problem.value).number
    except idnumber.InvalidIdNumber:
        return
    words = _("if it is right, its form with 18 digits has 19 before the year and ends with %(sign)s") % {
        "sign": number[-1]
    }
    yield Suggestion(number, certain=False, words=words)


def _letters(problem: Problem) -> Iterator[Suggestion]:
    """A number in which letters stand where digits of the same look should."""
    text = "".join(clean(problem.value).split())
    try:
        number = idnumber.parse(text.translate(_LOOKALIKES)).number
    except idnumber.InvalidIdNumber:
        return
    yield Suggestion(number, certain=False, words=_("letters seem to stand for digits (O for 0, l for 1)"))


def _each_word(problem: Problem) -> Iterator[Suggestion]:
    for word in str(problem.params.get("words", "")).split("、"):
        yield Suggestion(word, certain=False, words=_("one of them: %(value)s") % {"value": word})


def _each_phone(problem: Problem) -> Iterator[Suggestion]:
    for number in _MOBILE.findall(clean(problem.value)):
        yield Suggestion(number, certain=False, words=_("one of them"))


def _each_month(problem: Problem) -> Iterator[Suggestion]:
    """1985.1 is January, or October whose nought a spreadsheet has dropped."""
    found = _DECIMAL_MONTH.fullmatch(clean(problem.value))
    for month in ("10", "01") if found else ():
        value = f"{found[1]}-{month}" if found else ""
        yield Suggestion(value, certain=False, words=_("one of them: %(value)s") % {"value": value})


_BY_TEXT: Final[dict[str, tuple[str, Callable[[Problem], Iterator[Suggestion]]]]] = {
    "check_digit": ("id_number", _check_digit),
    "fifteen_digits": ("id_number", _fifteen),
    "characters": ("id_number", _letters),
    "several_codes": ("code", _each_word),
    "several_phones": ("phone", _each_phone),
    "ambiguous_date": ("date", _each_month),
}
