"""What stands on people without a foreign key: their accounts, and the papers about them."""

from __future__ import annotations

from collections.abc import Sequence

from core.documents.models import IssuedDocument
from core.records.scope import AnyOf
from personnel.models import Teacher


def accounts_of(teachers: Sequence[int]) -> dict[int, str]:
    """The user name of those who can look at their own file. The file points to its account, not the account to the file."""
    rows = Teacher._base_manager.filter(AnyOf("id", teachers), user__isnull=False)
    return dict(rows.values_list("pk", "user__username"))


def papers_of(teachers: Sequence[int]) -> dict[int, str]:
    """The number of the newest paper about each of those about whom one was issued."""
    rows = IssuedDocument._base_manager.filter(AnyOf("subject_id", teachers), subject=Teacher._meta.label)
    return dict(rows.order_by("pk").values_list("subject_id", "number"))
