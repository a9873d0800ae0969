"""Putting refused cells right on the page: one cell, or all that say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.http import QueryDict
from django.utils import timezone

from core.codes.selectors import entries
from core.exchange.content import drafts_of
from core.exchange.fixing import Fix, fix_cells, fixes_of, withdraw_fix
from core.exchange.kinds import Column, Draft, all_kinds, columns_of
from core.exchange.models import Batch, BatchRow
from core.exchange.report import LONGEST_MASK, masked
from core.exchange.suggesting import Suggester
from core.exchange.views.actions import BatchAction
from core.records.vault import mask
from core.text import visible
from core.web.parts import CellInput

PREFIX: Final = "cell"
# The button that takes what is offered for a cell.
USE: Final = "use-"
# Refused rows that are looked through for cells that say the same.
MOST_LOOKED_THROUGH: Final = 5_000
LONGEST_KEY: Final = 18
# What many rows can say in the same way, so that one fix puts all right.
SHARED: Final = ("code", "yes_no", "text", "date")
# What is wrong with a text whatever its row says else: all cells that say it are meant. Of other problems only the rows that have them.
ALONE: Final = frozenset({"unknown_code", "several_codes", "not_yes_no", "not_a_date"})

Alike = Mapping[tuple[int, int, str], int]


def alike(batch: Batch) -> Alike:
    """How many refused rows have the same wrong text in a column: by sheet, column and text."""
    return Counter(place for _draft, places in _shared(batch) for place in places)


def _shared(batch: Batch) -> Iterator[tuple[Draft, set[tuple[int, int, str]]]]:
    """Refused rows, each with the wrong cells that others may have alike: sheet, column and text."""
    columns = columns_of(all_kinds()[batch.kind])
    sheets = batch.report["sheets"]
    rows = BatchRow.objects.filter(batch=batch, outcome="refused").order_by("pk")[:MOST_LOOKED_THROUGH]
    for draft in drafts_of(rows, batch):
        places = {name: index for index, _header, name in sheets[draft.sheet]["mapped"]}
        found = set()
        for problem in draft.problems:
            column, index = columns.get(problem.column), places.get(problem.column)
            if column is not None and index is not None and column.kind in SHARED and not column.protected:
                found.add((draft.sheet, index, visible(draft.sent(index))))
        yield draft, found


def is_key(text: str) -> bool:
    """Whether a text of a form is a number that may be a key."""
    return text.isdecimal() and len(text) <= LONGEST_KEY


def inputs(
    draft: Draft, wrong: Sequence[Any], places: Mapping[str, int], columns: Mapping[str, Column], alike: Alike,
    suggester: Suggester,
) -> list[CellInput]:  # fmt: skip
    """The fields by which the wrong cells of a row are put right, with what is suggested for those that are not masked."""
    found: dict[int, CellInput] = {}
    for problem in wrong:
        index, column = places.get(problem.column), columns.get(problem.column)
        if index is None or column is None or index in found:
            continue
        others = alike.get((draft.sheet, index, visible(draft.sent(index))), 1) - 1
        found[index] = CellInput(
            f"{PREFIX}:{draft.id}:{index}", column.label, words=f"words-{column.code_list}" if column.code_list else "",
            alike=max(others, 0), offers=() if column.protected else tuple(
                dict.fromkeys(one.value for one in suggester.of(draft, problem) if one.value)
            ),
        )  # fmt: skip
    return list(found.values())


def word_lists(batch: Batch, problems: Sequence[Any]) -> list[dict[str, Any]]:
    """The words that cells with a code list may say, for the lists that the fields of these problems name."""
    wanted = {cell.words for problem in problems for cell in problem.inputs if cell.words}
    lists = {column.code_list for column in columns_of(all_kinds()[batch.kind]).values() if column.code_list}
    return [
        {"key": f"words-{name}", "words": [one.name_zh for one in entries(name, batch.day, batch.unit)]}
        for name in sorted(lists)
        if f"words-{name}" in wanted and batch.day is not None
    ]


def told(batch: Batch) -> list[dict[str, Any]]:
    """The fixes of a batch in words: where, as sent, as it is read instead, by whom; protected ones masked."""
    columns = columns_of(all_kinds()[batch.kind])
    mapped = {
        (sheet["name"], index): (header, columns.get(name))
        for sheet in batch.report.get("sheets", [])
        for index, header, name in sheet["mapped"]
    }
    found = []
    for fix in fixes_of(batch):
        header, column = mapped.get((fix.sheet, fix.column), ("", None))
        sent, value = fix.sent, fix.value
        if column is None:  # the column is read as something else now, or not at all: nobody knows what stood in it
            sent, value = (mask("", min(len(one), LONGEST_MASK)) if one else "" for one in (sent, value))
        elif column.protected:
            sent, value = masked(sent, column), masked(value, column)
        found.append({"fix": fix, "header": header, "sent": sent, "value": value})
    return found


class FixBatch(BatchAction):
    """Put cells right, or take a fix back; then the batch is checked again."""

    name = "batch_fix"
    route = "imports/<uuid:public_id>/fix/"
    permission = "exchange.import"

    def act(self) -> str:
        said: QueryDict = self.request.POST
        if withdrawn := said.get("withdraw", ""):
            withdraw_fix(actor=self.actor, batch=self.object, token=withdrawn)
        else:
            fix_cells(actor=self.actor, batch=self.object, fixes=_fixes(self.object, said, self.actor))
        return self.back()


def _fixes(batch: Batch, said: QueryDict, actor: Any) -> list[Fix]:
    typed: dict[int, dict[int, tuple[str, bool]]] = {}
    # What is offered is pressed, so it comes last and counts.
    for key, value in sorted(said.items(), key=lambda pair: pair[0].startswith(USE)):
        prefix, row, index = (*key.removeprefix(USE).split(":"), "", "")[:3]
        if prefix == PREFIX and is_key(row) and is_key(index) and str(value).strip():
            typed.setdefault(int(row), {})[int(index)] = (str(value).strip(), f"alike-{key.removeprefix(USE)}" in said)
    at = timezone.now().isoformat(timespec="seconds")
    found, alike_too = [], {}
    for draft in drafts_of(BatchRow.objects.filter(batch=batch, pk__in=typed, outcome="refused"), batch):
        sheet = batch.report["sheets"][draft.sheet]
        known = {index: name for index, _header, name in sheet["mapped"]}
        for place, (text, everywhere) in typed[draft.id].items():
            if place not in known:
                continue
            sent = visible(draft.sent(place))
            alone = sent and any(one.column == known[place] and one.code in ALONE for one in draft.problems)
            only = None if everywhere and alone else draft.row
            found.append(Fix(sheet["name"], place, sent, text, only, actor.user.name, at))
            if everywhere and not alone:
                alike_too[draft.sheet, place, sent] = found[-1]
    return [*found, *_each_alike(batch, alike_too)] if alike_too else found


def _each_alike(batch: Batch, fixes: Mapping[tuple[int, int, str], Fix]) -> Iterator[Fix]:
    """The fix of a cell for each other refused row in which that cell is wrong and says the same."""
    for draft, places in _shared(batch):
        for place in places & fixes.keys():
            if draft.row != fixes[place].row:
                yield replace(fixes[place], row=draft.row)
