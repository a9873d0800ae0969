"""The form in which headings are given a meaning: what it shows of a batch, and what it says when it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from core.codes.values import values_of
from core.exchange.kinds import all_kinds, columns_of, common_kinds
from core.exchange.mapping.selectors import remembered
from core.exchange.mapping.services import Said, may_choose
from core.exchange.models import Batch
from core.exchange.recognition import HeadingKey
from core.web.parts import Choice, Link

# Values of the form that are no field: leave the column out, let the program read it as it does without us.
LEFT_OUT: Final = "-"
FORGET: Final = "*"


def kinds_of(batch: Batch, actor: Any) -> dict[str, Any]:
    """The kinds that the actor may import and the batch may be of, with their labels."""
    sent_as = all_kinds().get(batch.kind)
    possible = {batch.kind: sent_as} if sent_as is not None and sent_as.apart else common_kinds()
    return {name: kind.label for name, kind in possible.items() if actor.may(kind.permission)}


def kind_asked(batch: Batch, actor: Any, asked: str) -> str:
    """What unread sheets are taken to be about: what the reader says, else what came nearest, else the first kind they may import."""
    known = kinds_of(batch, actor)
    near = [table["kind"] for table in batch.report.get("headings", []) if not table["read"]]
    return next((name for name in (asked, batch.kind, *near, *known) if name in known), "")


def tables(batch: Batch, kind: str) -> list[dict[str, Any]]:
    """The tables of the batch's report; those that could not be read as they look when they are about `kind`."""
    said = remembered(batch.unit)
    found = batch.report.get("headings", [])
    return [table if table["read"] or table["kind"] == kind else _taken_for(table, kind, said) for table in found]


def _taken_for(table: Mapping[str, Any], kind: str, said: Any) -> dict[str, Any]:
    columns = []
    for column in table["columns"]:
        choice = said.get(kind, {}).get(HeadingKey(*column["key"])) if column["key"] else None
        by = [choice.at.date().isoformat(), choice.user_id, choice.unit_id] if choice else []
        columns.append({**column, "field": choice.column if choice else "", "chosen": by, "twice": False})
    return {**table, "kind": kind, "columns": columns}


def shown(batch: Batch, actor: Any, asked: str) -> dict[str, Any]:
    """What the page shows: for each table its columns, for each column what it is read as, by whose choice, and the choices."""
    may, kind = may_choose(actor, batch), kind_asked(batch, actor, asked)
    found = tables(batch, kind)
    values = values_of(actor)
    chosen = [column["chosen"] for table in found for column in table["columns"] if column["chosen"]]
    values.prime(units=[unit for _day, _user, unit in chosen], users=[user for _day, user, _unit in chosen])
    unread = [table for table in found if not table["read"]]
    kinds = [
        Choice(name, label, name == kind, f"?tab=columns&kind={name}") for name, label in kinds_of(batch, actor).items()
    ]
    return {
        "may": may,
        "kind": kind,
        "kinds": kinds if may and unread and len(kinds) > 1 else [],
        "tables": [_table(place, table, batch, values, may=may) for place, table in enumerate(found)],
        "remembered": Link(_("Headings with a meaning chosen by hand"), "headings"),
    }


def _table(place: int, table: Mapping[str, Any], batch: Batch, values: Any, *, may: bool) -> dict[str, Any]:
    kind = all_kinds().get(table["kind"])
    fields = {column.name: column for column in columns_of(kind).values()} if kind else {}
    taken = {column["field"]: column["letters"] for column in table["columns"] if column["field"]}
    return {
        "name": table["name"],
        "rows": "–".join(str(row) for row in dict.fromkeys((table["header_rows"][0], table["header_rows"][-1]))),
        "kind": kind.label if kind else "",
        "read": table["read"],
        "columns": [
            {
                **column,
                "name": f"c-{place}-{column['index']}",
                "label": fields[column["field"]].label if column["field"] in fields else "",
                "why": _why(column["chosen"], batch, values),
                "groups": _groups(column, fields, taken) if may and column["key"] else [],
            }
            for column in table["columns"]
        ],
    }


def _why(chosen: Any, batch: Batch, values: Any) -> str:
    """By whose choice a column is read, in words; empty where by its heading."""
    if not chosen:
        return ""
    day, user, unit = chosen
    if unit == batch.unit_id:
        return _("as %(who)s chose on %(day)s") % {"who": values.user(user), "day": day}
    return _("as %(unit)s chose on %(day)s") % {"unit": values.unit(unit), "day": day}


def _groups(
    column: Mapping[str, Any], fields: Mapping[str, Any], taken: Mapping[str, str]
) -> list[tuple[Any, list[Choice]]]:
    """What a column may be read as, those first that no other column is read as."""
    now = column["field"] if column["field"] or not column["chosen"] else LEFT_OUT
    first = [Choice("", _("not read"), not now)] if not column["field"] and not column["chosen"] else []
    first.append(Choice(LEFT_OUT, _("leave out"), now == LEFT_OUT))
    if column["chosen"]:
        first.append(Choice(FORGET, _("forget this choice")))
    mine, free, others = [], [], []
    for name, field in fields.items():
        if field.kind == "serial" and name != now:
            continue
        said = f"{field.label}（{field.alone}）" if str(field.label) != field.alone else field.label
        if name == now:
            mine.append(
                Choice(name, said if field.kind != "serial" else _("%(field)s (not kept)") % {"field": said}, True)
            )
        elif name in taken:
            others.append(
                Choice(name, _("%(field)s (now column %(letters)s)") % {"field": said, "letters": taken[name]})
            )
        else:
            free.append(Choice(name, said))
    groups = [("", [*mine, *first]), (_("Not taken yet"), free), (_("Read from another column now"), others)]
    return [(label, choices) for label, choices in groups if choices]


def said_in(batch: Batch, kind: str, posted: Iterable[tuple[str, str]]) -> Said:
    """What a sent form says anew: of each column that which is not so already. Other fields of the form are passed over."""
    found: dict[int, dict[int, str | None]] = {}
    now = tables(batch, kind)
    for name, value in posted:
        place, index = _place(name)
        if 0 <= place < len(now):
            column = next((one for one in now[place]["columns"] if one["index"] == index), None)
            if column is not None and _differs(column, value):
                found.setdefault(place, {})[index] = {LEFT_OUT: "", FORGET: None}.get(value, value)
    return found


def _place(name: str) -> tuple[int, int]:
    """The sheet and the column of a field of the form."""
    mark, *numbers = name.split("-")
    if mark != "c" or len(numbers) != 2 or not all(one.isascii() and one.isdigit() and len(one) < 4 for one in numbers):
        return -1, -1
    return int(numbers[0]), int(numbers[1])


def _differs(column: Mapping[str, Any], value: str) -> bool:
    if column["chosen"]:
        return value != (column["field"] or LEFT_OUT)
    return bool(value) and value not in {column["field"], FORGET}
