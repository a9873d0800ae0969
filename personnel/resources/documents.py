"""Numbers of identity documents other than the resident card: permits of Hong Kong, Macao and Taiwan, passports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.exchange.kinds import Draft
from core.records.scope import AnyOf
from core.records.vault import blind_index
from personnel.choices import RESIDENT_CARD
from personnel.models import IdentityDocument
from personnel.rules import document_number

# What a cleaner says of a number that is none of the resident card.
NOT_RESIDENT: Final = frozenset({"length", "characters", "date", "check_digit"})


def read_documents(rows: Sequence[Draft]) -> None:
    """Take the numbers of other documents, where the row names the kind of document or the number is on file as such."""
    unsaid = []
    for row in rows:
        if not row.problems:
            continue
        problem = next((one for one in row.problems if one.column == "identity" and one.code in NOT_RESIDENT), None)
        kind = row.values.get("identity_kind")
        if problem is None or kind in RESIDENT_CARD:
            continue
        number = document_number(problem.value)
        if kind is None:
            if number is not None:
                unsaid.append((row, number))
            continue
        row.problems.remove(problem)
        if number is None:
            row.refuse("identity", "document_number", problem.value)
        else:
            row.values["identity"] = number
    if unsaid:
        _take_known(unsaid)


def _take_known(found: Sequence[tuple[Draft, str]]) -> None:
    """A number that is on file as another document needs no kind beside it."""
    indexes = {number: blind_index("identity", number) for _row, number in found}
    known = IdentityDocument._base_manager.filter(AnyOf("number_index", indexes.values())).exclude(
        kind__in=RESIDENT_CARD
    )
    kinds = {bytes(index or b""): kind for index, kind in known.values_list("number_index", "kind")}
    for row, number in found:
        if indexes[number] in kinds:
            row.problems = [one for one in row.problems if one.column != "identity" or one.code not in NOT_RESIDENT]
            row.values |= {"identity": number, "identity_kind": kinds[indexes[number]]}
