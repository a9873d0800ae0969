"""Which differences of a row are old news: the file, what is on file now, and what was on file when the workbook was made.

The sender left a value as it was and somebody changed it since: what is on file stays, unless somebody decides for the file. Both
changed it: somebody must decide, and until then the row waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from core.exchange.kinds import Draft, Setting
from core.exchange.periods import OnFile, is_known
from core.exchange.since import Since, fingerprint

FILE: Final = "file"
NOW: Final = "now"
OPEN: Final = ""
CHOICES: Final = (FILE, NOW)
DECIDED: Final = "decided"


def ask(
    section: Any, row: Draft, stored: OnFile | None, state: Sequence[OnFile], found: dict[str, str], begins: bool, since: Since,
    setting: Setting,
) -> tuple[dict[str, str], bool]:  # fmt: skip
    """Take out of the columns that differ (`found`) and of the first day (`begins`) what was changed on file since.

    What is taken out stands in `row.asks[section.name]`, by field; unless it was decided for the file before, its values are no
    longer said by the row.
    """
    before = _before(section, row, stored, since, setting)
    now = stored or (next((one for one in state if before and one.id == before.id), None))
    if not since.touched(now, before):
        return found, begins
    judged = _judged(section, row, found, before, now if stored is not None else None)
    if begins and section.starts not in judged:
        judged |= _judged_start(section, row, before, stored)
    if not judged:
        return found, begins
    asked = _asked(section, row, found, judged, before, now, since, setting)
    kept = {name for one in asked.values() if one["choice"] != FILE for name in one["values"]}
    late = _late(section, row, stored, state, found, kept, setting)
    for one in asked.values():
        one["late"] = late
    row.asks[section.name] = asked
    for name in kept:
        row.values.pop(name, None)
    return {name: old for name, old in found.items() if name not in kept}, begins and section.starts not in kept


def _before(section: Any, row: Draft, stored: OnFile | None, since: Since, setting: Setting) -> OnFile | None:
    """The record of which the row spoke when the workbook was made."""
    earlier = since.states.get(row.subject or 0, [])
    same_record = next((one for one in earlier if stored is not None and one.id == stored.id), None)
    return same_record or section.present(row, earlier, setting)


def _judged(
    section: Any, row: Draft, found: Mapping[str, str], before: OnFile | None, now: OnFile | None
) -> dict[str, bool]:
    """The columns of `found` that somebody changed since, each with whether the sender changed it as well."""
    said_nothing = before is None and section.ends(row)
    unlike = section.differing(row, before) if before is not None else {}
    judged: dict[str, bool] = {}
    for name in found:
        if said_nothing or (before is not None and name not in unlike):
            judged[name] = False
        elif not _unmoved(section, name, before, now):
            judged[name] = True
    return judged


def _unmoved(section: Any, name: str, before: OnFile | None, now: OnFile | None) -> bool:
    """Whether a column on file is as it was when the workbook was made."""
    if before is None or now is None:
        return before is now
    place = section.place_on_file(name)
    return bool(before.row[place] == now.row[place])


def _judged_start(section: Any, row: Draft, before: OnFile | None, stored: OnFile | None) -> dict[str, bool]:
    start = row.values[section.starts]
    if before is not None and is_known(before.lower or date.min, start):
        return {section.starts: False}
    if before is not None and stored is not None and before.lower == stored.lower:
        return {}
    return {section.starts: True}


def _asked(
    section: Any, row: Draft, found: Mapping[str, str], judged: Mapping[str, bool], before: OnFile | None, now: OnFile | None,
    since: Since, setting: Setting,
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """By field: what the three say, by which change, and what was decided in an earlier generation."""
    asked: dict[str, dict[str, Any]] = {}
    decided = setting.shared.get(DECIDED, {})
    for name, edited in judged.items():
        field = section.reported(name)
        one = asked.setdefault(
            field, {"columns": {}, "edited": False, "values": {}, "told": [], "late": "", "by": 0, "decided": []}
        )
        one["edited"] = one["edited"] or edited
        one["columns"][name] = [
            section.shown(name, row, None),
            section.shown(name, None, before),
            section.shown(name, None, now),
        ]
        one["values"] |= section.said_with(row, name)
        one["by"] = max(one["by"], _by(section, name, now or before, since))
    pairs = section.told({name: found[name] for name in judged if name in found}, row, setting)
    for field, one in asked.items():
        one["told"] = pairs.get(field) or next(([sides[2], sides[0]] for sides in one["columns"].values()), [])
        one["mark"] = fingerprint(field, one["values"], _raw(section, one["columns"], now))
        choice, *by_whom = decided.get((row.key, section.name, field, one["mark"]), (OPEN,))
        remembered = choice != OPEN
        # A value that was typed on the page counts against the change that was looked at, not against a newer one.
        settled = next((row.settled[name] for name in one["columns"] if name in row.settled), None)
        if settled is not None and int(settled[-1]) >= one["by"]:
            remembered, choice, by_whom = True, FILE, settled[:-1]
        one["choice"] = choice if remembered else (OPEN if one["edited"] else NOW)
        one["decided"] = by_whom if remembered else []
    return asked


def _by(section: Any, name: str, record: OnFile | None, since: Since) -> int:
    return since.changed_by(record.id, section.place_on_file(name)) if record is not None else 0


def _raw(section: Any, columns: Mapping[str, Any], now: OnFile | None) -> list[Any]:
    """What is on file in some columns, as it can be compared."""
    values = [now.row[section.place_on_file(name)] for name in columns] if now is not None else []
    return [bytes(value) if isinstance(value, memoryview) else value for value in values]


def _late(
    section: Any, row: Draft, stored: OnFile | None, state: Sequence[OnFile], found: Mapping[str, str], kept: set[str],
    setting: Setting,
) -> str:  # fmt: skip
    """The day from which something holds on file already that a decision for the file cannot go behind; "" where it can."""
    if section.shape != "dated" or not kept:
        return ""
    plan = section.plan(row, stored, section.alike(row, state), found, setting)
    return str(plan.since) if plan.verb == "stale" else ""


def choose(row: Draft, section: str, field: str, choice: str, by: Sequence[str]) -> None:
    """Decide a question of the row for the file or for what is on file; ValueError where it is too late for the file."""
    one = row.asks[section][field]
    if choice == FILE and one["late"]:
        raise ValueError(one["late"])
    one["choice"], one["decided"] = choice, list(by)
    differences = row.differences.setdefault(section, {})
    if choice == FILE:
        row.values |= one["values"]
        differences[field] = one["told"]
    else:
        for name in one["values"]:
            row.values.pop(name, None)
        differences.pop(field, None)
