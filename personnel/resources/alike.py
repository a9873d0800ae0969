"""Rows of new people who look like somebody on file: said before they are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from core.exchange.kinds import Draft, Setting
from core.records.scope import AnyOf
from personnel.models import Teacher
from personnel.resources.keepers import kept_within
from personnel.resources.names import search_keys


def warn_of_likeness(rows: Sequence[Draft], setting: Setting) -> None:
    """Warn of a new row whose name sounds like that of somebody on file with the same birth: one query for all rows.

    Only of those who are kept by the sender's units: of others, nothing is told.
    """
    wanted: dict[tuple[str, Any], list[Draft]] = defaultdict(list)
    for row in rows:
        name, birth = row.values.get("name"), row.values.get("_birth") or _day(row.values.get("birth"))
        if name and birth:
            wanted[search_keys(name)[0], birth].append(row)
    if not wanted:
        return
    known = Teacher._base_manager.filter(AnyOf("pinyin", {pinyin for pinyin, _birth in wanted}))
    found = known.filter(merged_into__isnull=True, birth__in={birth for _pinyin, birth in wanted})
    alike = [
        (pk, (pinyin, birth))
        for pk, pinyin, birth in found.values_list("pk", "pinyin", "birth")
        if (pinyin, birth) in wanted
    ]
    kept = kept_within({pk for pk, _key in alike}, setting) if alike else set()
    for key in {key for pk, key in alike if pk in kept}:
        for row in wanted[key]:
            row.warn("name", "looks_like_another", row.values["name"])


def _day(birth: Any) -> Any:
    return birth.first_day() if birth and birth.day else None
