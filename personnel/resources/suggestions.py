"""What an identity number says about the cells beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from core import idnumber
from core.codes.selectors import label
from core.exchange.kinds import Draft, Problem, Suggestion
from personnel.choices import NUMBERED_ALIKE

SEX: Final = {"M": "1", "F": "2"}
# Nothing else than the number can be meant; of two that differ, either may be wrong.
_UNREADABLE: Final = frozenset({"not_a_date", "ambiguous_date", "unknown_code"})
_DIFFERING: Final = frozenset({"birth_differs_from_id", "sex_differs_from_id", "implausible_date"})


def by_number(row: Draft, problem: Problem) -> Sequence[Suggestion]:
    """The day of birth or the sex that a valid identity number in the row says, for a cell that says none or another."""
    number = row.values.get("identity") or ""
    if problem.column not in {"birth", "sex"} or problem.code not in _UNREADABLE | _DIFFERING:
        return ()
    if row.values.get("identity_kind", "") not in NUMBERED_ALIKE or not idnumber.is_resident_number(number):
        return ()
    said = idnumber.parsed(number)
    value = said.birth.isoformat() if problem.column == "birth" else label("sex", SEX[said.sex])
    words = _("the identity number says %(value)s") % {"value": value}
    return (Suggestion(value, problem.code in _UNREADABLE, words),)
