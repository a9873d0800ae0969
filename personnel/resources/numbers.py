"""Whom a number means: an identity number whoever has it, else a staff number those whom the sender keeps."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models.functions import Coalesce

from core.exchange.kinds import Setting
from core.records.scope import AnyOf
from core.records.vault import blind_index
from personnel.models import IdentityDocument, Teacher
from personnel.resources.keepers import kept_within
from personnel.rules import document_number


def bearers_of(numbers: Collection[str], setting: Setting) -> dict[str, list[int]]:
    """Who is meant by each number; nobody, or several people with one staff number. Four queries at most."""
    indexes = {said: blind_index("identity", number) for said in numbers if (number := document_number(said))}
    documents = IdentityDocument._base_manager.filter(AnyOf("number_index", indexes.values()))
    owners = {
        bytes(index or b""): teacher
        for index, teacher in documents.values_list("number_index", Coalesce("teacher__merged_into_id", "teacher_id"))
    }
    found: dict[str, list[int]] = {said: [owners[index]] for said, index in indexes.items() if index in owners}
    named = Teacher._base_manager.filter(
        AnyOf("staff_number", [said for said in numbers if said and said not in found])
    )
    bearers = dict(named.values_list(Coalesce("merged_into_id", "pk"), "staff_number"))
    for teacher in sorted(kept_within(bearers, setting)):
        found.setdefault(bearers[teacher], []).append(teacher)
    return found
