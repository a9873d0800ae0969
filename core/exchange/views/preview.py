"""What the batch page shows of its rows: tables of new and same rows, differences, refused cells in the sender's own sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.selectors import label as code_label
from core.dates import today
from core.exchange.cells import shown
from core.exchange.content import drafts_of
from core.exchange.kinds import Column, Draft, Setting, all_kinds, columns_of
from core.exchange.messages import message
from core.exchange.models import Batch, BatchRow
from core.exchange.reading.notes import column_letters
from core.exchange.report import masked
from core.exchange.suggesting import Suggester, told
from core.exchange.views.fixes import Alike, alike, inputs
from core.exchange.words.selectors import way_out
from core.web.parts import Action, Cell, Pair, Problem, Row, Sheet, SheetCell, SheetRow, Table
from core.web.parts import Column as TableColumn

PAGE = 40
PAIR = 2
SHOWN_COLUMNS = 8
NEIGHBOURS = 5
CODES_VIEW = "codes.view"
# What is wrong, as clerks put it; a code that is in none of these is counted under "other".
TOPICS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "number": (
        gettext_lazy("Identity number"),
        ("length", "characters", "date", "check_digit", "number_cell", "document_number"),
    ),
    "empty": (gettext_lazy("Empty cell"), ("missing", "no_cached_value")),
    "day": (
        gettext_lazy("Date"),
        ("not_a_date", "ambiguous_date", "birth_differs_from_id", "too_young", "birth_needs_day", "stale_since"),
    ),
    "word": (gettext_lazy("Not in the code list"), ("unknown_code",)),
    "unit": (
        gettext_lazy("Unit"),
        (
            "unknown_unit",
            "ambiguous_unit",
            "unit_differs_from_code",
            "out_of_scope",
            "out_of_scope_ask",
            "unit_closed",
            "closed_already",
        ),
    ),
    "twice": (gettext_lazy("Same person twice"), ("duplicate_in_file", "duplicate_in_other_sheet", "contradicts_row")),
}
OTHER = "other"
NUMBERS = ("integer", "decimal")
SHORT = ("name", "date")
NAMING = ("name", "unit_title")


def about(topic: str) -> Q:
    """The condition on refused rows that a topic stands for; no condition for an unknown one."""
    if topic == OTHER:
        return ~Q(problems__overlap=[code for _label, codes in TOPICS.values() for code in codes])
    return Q(problems__overlap=list(TOPICS[topic][1])) if topic in TOPICS else Q()


def topics(batch: Batch) -> list[dict[str, Any]]:
    """How many refused rows each topic concerns, most first: one query. A row with two problems counts for both."""
    rows = BatchRow.objects.filter(batch=batch, outcome="refused")
    conditions = {name: Count("pk", filter=about(name)) for name in (*TOPICS, OTHER)}
    counts = sorted(rows.aggregate(**conditions).items(), key=lambda item: -item[1])
    return [
        {"name": name, "label": TOPICS[name][0] if name in TOPICS else _("Other"), "count": count}
        for name, count in counts
        if count
    ]


def rows_of(batch: Batch, outcome: str, after: int, topic: str = "") -> tuple[list[BatchRow], int | None]:
    """One page of rows with an outcome after a row key, and the key to go on from; of refused ones those about a topic."""
    found = BatchRow.objects.filter(about(topic), batch=batch, outcome=outcome, pk__gt=after)
    rows = list(found.order_by("pk")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def cell_text(draft: Draft, index: int, column: Column | None) -> str:
    """A cell as sent; identity numbers, phones and addresses masked, wrong ones too: one digit away they are somebody's."""
    sent = draft.sent(index)
    return masked(sent, column) if column is not None and column.protected else shown(sent)


def links(batch: Batch, drafts: Sequence[Draft], actor: Any) -> dict[bytes | None, str]:
    """Where those whom rows speak of are found, by the key of the row: who is on file now, and seen by the actor."""
    kind = all_kinds()[batch.kind]
    owner = kind.find(drafts, Setting(actor=actor, unit=batch.unit, day=batch.day or today()))
    urls = kind.addresses(actor, list(owner.values()))
    return {key: urls[subject] for key, subject in owner.items() if subject in urls}


def table(batch: Batch, rows: Sequence[BatchRow], actor: Any) -> Table:
    """Rows as the sender wrote them, the first columns of the sheet; the name leads to who is on file."""
    columns = columns_of(all_kinds()[batch.kind])
    sheet = batch.report["sheets"][rows[0].sheet] if rows else {"mapped": []}
    mapped = [entry for entry in sheet["mapped"] if (column := columns.get(entry[2])) and column.kind != "serial"][
        :SHOWN_COLUMNS
    ]
    heads = [
        TableColumn("row", _("Row"), number=True),
        *(
            TableColumn(name, header, number=columns[name].kind in NUMBERS, nowrap=columns[name].kind in SHORT)
            for _index, header, name in mapped
        ),
    ]
    drafts = list(drafts_of(rows, batch))
    people = links(batch, drafts, actor)
    warned = any(draft.problems for draft in drafts)
    heads += [TableColumn("warned", _("To be looked at"))] if warned else []
    lines = [
        Row(
            [
                Cell(str(draft.row)),
                *(
                    Cell(
                        cell_text(draft, index, columns.get(name)),
                        people.get(draft.key, "") if name in NAMING else "",
                    )
                    for index, _header, name in mapped
                ),
                *([_warnings(draft)] if warned else []),
            ]
        )
        for draft in drafts
    ]
    return Table(_("Rows of the workbook"), heads, lines)


def _warnings(draft: Draft) -> Cell:
    """What is worth a look in a row that comes in."""
    said = " ".join(str(message(problem)) for problem in draft.problems)
    return Cell(said, tone="amber", icon="alert") if said else Cell("")


def differences(batch: Batch, rows: Sequence[BatchRow], actor: Any) -> list[dict[str, Any]]:
    """Changed rows: who, which row, and each field as it is on file and in the workbook."""
    columns = columns_of(all_kinds()[batch.kind])
    drafts = list(drafts_of(rows, batch))
    people = links(batch, drafts, actor)
    return [
        {
            "url": people.get(draft.key, ""),
            "name": draft.values.get("name") or draft.values.get("unit_title") or draft.values.get("code") or "",
            "unit": draft.values.get("unit_name") or "",
            "row": draft.row,
            "pairs": [
                pair
                for section, found in draft.differences.items()
                for name, sides in found.items()
                for pair in _pairs(name, sides, columns, draft.begins.get(section, ""))
            ],
        }
        for draft in drafts
    ]


def _pairs(name: str, sides: list[str], columns: dict[str, Column], since: str) -> list[Pair]:
    of_field = [column for column in columns.values() if column.field == name]
    column = next((one for one in of_field if one.name == name), of_field[0] if of_field else None)
    old, new = sides[0], sides[-1] if len(sides) == 2 else sides[1]
    label = column.label if column else name
    told = said(column, new)
    if len(sides) > PAIR and sides[2] != new:
        told = _("%(value)s (%(more)s)") % {"value": told, "more": sides[2]}
    return [Pair(label, said(column, old) or None, told, since)]


def said(column: Column | None, value: str) -> str:
    """A value of a column as it is read: codes by their names, protected ones masked."""
    if column is None or not value:
        return value
    if column.kind == "codes":
        return "、".join(code_label(column.code_list, code) for code in value.split("、"))
    if column.code_list:
        return code_label(column.code_list, value)
    if column.kind == "yes_no":
        return {"yes": _("yes"), "no": _("no")}.get(value, value)
    return masked(value, column) if column.protected and not value.startswith("*") else value


def problems(batch: Batch, rows: Sequence[BatchRow], actor: Any) -> list[Problem]:
    """Refused rows in the sender's own sheet, the wrong cell marked; a word in no list leads to the words of its list.

    While the batch waits, each wrong cell can be put right.
    """
    columns = columns_of(all_kinds()[batch.kind])
    sheets = batch.report["sheets"]
    # What is told of a file is no cell that could say something else.
    has_cells = not all_kinds()[batch.kind].endings
    may_fix = has_cells and batch.state == Batch.State.CHECKED and actor.may("exchange.import")
    helped = _Help(batch, actor, Suggester(batch), alike(batch) if may_fix and rows else None)
    return [_problem(sheets[draft.sheet], draft, columns, helped) for draft in drafts_of(rows, batch)]


@dataclass(frozen=True, slots=True)
class _Help:
    """What a reader gets beside a problem: suggestions, ways to the words, and (with `same`) fields to put cells right."""

    batch: Batch
    actor: Any
    suggester: Suggester
    same: Alike | None


def _words(wrong: Sequence[Any], columns: dict[str, Column], batch: Batch, actor: Any) -> list[Action]:
    """The ways to the lists that hold the words allowed in the wrong cells, and to the proposal of what a word means."""
    found: list[Action | None] = []
    for problem in wrong:
        column = columns.get(problem.column) if problem.code == "unknown_code" else None
        if column is None or not column.code_list or not actor.may(CODES_VIEW):
            continue
        url = reverse("code_list", args=[column.code_list])
        found += [
            Action(_("Words allowed: %(column)s") % {"column": column.label}, url),
            way_out(batch, column, problem.value, actor),
        ]
    return [action for action in found if action is not None]


def _problem(sheet: dict[str, Any], draft: Draft, columns: dict[str, Column], helped: _Help) -> Problem:
    wrong = [problem for problem in draft.problems if problem.severity == "error"] or draft.problems
    place = {name: (index, header) for index, header, name in sheet["mapped"]}
    bad = {place[problem.column][0] for problem in wrong if problem.column in place}
    shown = _around(sheet, bad, place, columns)
    key = next((index for index, _header, name in shown if name in NAMING), None)
    marks = ["bad" if index in bad else "key" if index == key else "" for index, _header, _name in shown]
    cells = [
        SheetCell(cell_text(draft, index, columns.get(name)), mark)
        for (index, _header, name), mark in zip(shown, marks, strict=True)
    ]
    first = wrong[0]
    where = _where(sheet, draft, place[first.column][0] if first.column in place else None)
    heads = [
        SheetCell(f"{column_letters(index)} {header}", mark)
        for (index, header, _name), mark in zip(shown, marks, strict=True)
    ]
    return Problem(
        where,
        " ".join(_sentence(problem, place) for problem in wrong),
        Sheet(heads, [SheetRow(draft.row, cells)]),
        remedy=_remedy(wrong, draft, columns, helped.suggester),
        actions=_words(wrong, columns, helped.batch, helped.actor),
        inputs=()
        if helped.same is None
        else inputs(
            draft, wrong, {name: at for name, (at, _header) in place.items()}, columns, helped.same, helped.suggester
        ),
    )


def _remedy(wrong: Sequence[Any], draft: Draft, columns: dict[str, Column], suggester: Suggester) -> str:
    """What may be meant by the wrong cells; of protected ones without the value."""
    found = [
        told(suggester.of(draft, problem), is_hidden=problem.column in columns and columns[problem.column].protected)
        for problem in wrong
    ]
    said = _("; ").join(dict.fromkeys(filter(None, found)))
    return _("Suggestion: %(suggestion)s") % {"suggestion": said} if said else ""


def _where(sheet: dict[str, Any], draft: Draft, index: int | None) -> str:
    """The sheet, and the cell or the row in it: a masked value is found by its place only."""
    if index is None:
        return _("sheet “%(sheet)s”, row %(row)s") % {"sheet": sheet["name"], "row": draft.row}
    return _("sheet “%(sheet)s”, cell %(cell)s") % {
        "sheet": sheet["name"],
        "cell": f"{column_letters(index)}{draft.row}",
    }


def _sentence(problem: Any, place: dict[str, tuple[int, str]]) -> str:
    """The heading of the column and what is wrong with the cell."""
    if problem.column not in place:
        return str(message(problem))
    return f"{place[problem.column][1]}{pgettext('after a label', ': ')}{message(problem)}"


def _around(
    sheet: dict[str, Any], bad: set[int], place: dict[str, tuple[int, str]], columns: dict[str, Column]
) -> list[list[Any]]:
    """The name and the columns around the wrong cell, without the serial number."""
    mapped = [
        entry
        for entry in sheet["mapped"]
        if entry[0] in bad or (entry[2] in columns and columns[entry[2]].kind != "serial")
    ]
    wanted = set(bad)
    for name in (*NAMING, "unit_name", "sex", "identity", "code"):
        if name in place and len(wanted) < NEIGHBOURS:
            wanted.add(place[name][0])
    for entry in mapped:
        if len(wanted) >= NEIGHBOURS:
            break
        wanted.add(entry[0])
    return [entry for entry in mapped if entry[0] in wanted]
