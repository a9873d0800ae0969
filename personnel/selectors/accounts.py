"""The accounts with which people look at their own files."""

from __future__ import annotations

from collections.abc import Sequence

from core.records.scope import AnyOf
from personnel.models import Teacher


def accounts_of(teachers: Sequence[int]) -> dict[int, str]:
    """The user name of those who can look at their own file. The file points to its account, not the account to the file."""
    rows = Teacher._base_manager.filter(AnyOf("id", teachers), user__isnull=False)
    return dict(rows.values_list("pk", "user__username"))
