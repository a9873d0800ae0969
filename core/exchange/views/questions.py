"""What was changed on file since the workbook was made: the three values side by side, and the decision between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.exchange.content import drafts_of
from core.exchange.deciding import decide, decide_rest
from core.exchange.fixing import Fix, fix_cells
from core.exchange.kinds import Column, Draft, all_kinds, columns_of
from core.exchange.models import Batch, BatchRow
from core.exchange.since import told_changes
from core.exchange.threeway import CHOICES, FILE, NOW
from core.exchange.views import preview
from core.exchange.views.actions import BatchAction
from core.exchange.views.fixes import is_key
from core.web.parts import Side

PAGE: Final = 40
OTHER: Final = "other"
REST: Final = "rest"
PREFIX: Final = "q"


def rows_of(batch: Batch, after: int) -> tuple[list[BatchRow], int | None]:
    """One page of rows that ask something, in the order of the workbook, and the key to go on from."""
    rows = list(BatchRow.objects.filter(batch=batch, pk__gt=after).exclude(asked=[]).order_by("pk")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def questions(batch: Batch, rows: Sequence[BatchRow], actor: Any) -> list[dict[str, Any]]:
    """The questions of some rows as the page shows them."""
    columns = columns_of(all_kinds()[batch.kind])
    drafts = list(drafts_of(rows, batch))
    changes = told_changes({one["by"] for draft in drafts for asked in draft.asks.values() for one in asked.values()})
    links = preview.links(batch, drafts, actor)
    made = _moment(batch.report.get("stamp", {}).get("at", ""))
    return [
        {
            **_question(draft, columns, name, one, changes.get(one["by"]), made),
            "key": f"{PREFIX}:{draft.id}:{section}:{name}",
            "other_key": f"{OTHER}:{draft.id}:{section}:{name}",
            "other_column_key": f"column:{draft.id}:{section}:{name}",
            "url": links.get(draft.key, ""),
            "open": batch.state == Batch.State.CHECKED,
        }
        for draft in drafts
        for section, asked in draft.asks.items()
        for name, one in asked.items()
    ]


def _question(
    draft: Draft, columns: Mapping[str, Column], name: str, one: Mapping[str, Any], change: list[str] | None, made: str
) -> dict[str, Any]:
    field = columns.get(name) or next((column for column in columns.values() if column.field == name), None)
    file, before, now = (_values(one, columns, side) for side in range(3))
    who, at, reason, paper = (change[2], _moment(change[1]), change[3], change[4]) if change else ("", "", "", "")
    sides = [
        Side(
            _("In the file"), file, _("changed by the sender") if one["edited"] else _("as it was at the download"), FILE,
            _("Use the file"), one["choice"] == FILE,
        ),
        Side(
            _("On file now"), now or _("nothing"), pgettext("who, when", "%(who)s, %(at)s") % {"who": who, "at": at},
            NOW, _("Keep what is on file"), one["choice"] == NOW,
        ),
        Side(_("When it was downloaded"), before or _("nothing"), made),
    ]  # fmt: skip
    if one["late"]:
        sides[0] = Side(sides[0].label, sides[0].value, sides[0].note)
    return {
        "name": draft.values.get("name") or draft.values.get("unit_title") or draft.values.get("code") or "",
        "unit": draft.values.get("unit_name") or "",
        "field": field.label if field else name,
        "where": _("row %(row)s of the workbook") % {"row": draft.row},
        "sides": sides,
        "heading": _("Both changed it.") if one["edited"] else _("Changed after the download."),
        "text": _text(one, who, at, reason, paper),
        "change": reverse("change", args=[change[0]]) if change else "",
        "other": "" if one["late"] else _other(one, columns),
    }


def _text(one: Mapping[str, Any], who: str, at: str, reason: str, paper: str) -> str:
    said = {"who": who, "at": at, "reason": reason, "paper": f"（{paper}）" if paper else ""}
    told = _("%(who)s recorded it at %(at)s: %(reason)s%(paper)s.") % said if who else ""
    if one["late"]:
        late = _("From %(since)s something else holds on file already, so the file cannot be used here.")
        return f"{told} {late % {'since': one['late']}}"
    if not one["edited"]:
        return f"{told} " + _("The file still has the old value, so what is on file stays unless you decide otherwise.")
    return f"{told} " + _("Until you decide, this row is left out.")


def _other(one: Mapping[str, Any], columns: Mapping[str, Column]) -> str:
    """The column into which another value may be typed: the only one of the question that stands in the sheet."""
    own = [name for name in one["columns"] if name in columns]
    return own[0] if len(one["columns"]) == 1 and own else ""


def _values(one: Mapping[str, Any], columns: Mapping[str, Column], side: int) -> str:
    said = [preview.said(columns.get(name), sides[side]) for name, sides in one["columns"].items()]
    return pgettext("list separator", ", ").join(filter(None, said))


def _moment(iso: str) -> str:
    return timezone.localtime(datetime.fromisoformat(iso)).strftime("%Y-%m-%d %H:%M") if iso else ""


class DecideBatch(BatchAction):
    """Decide between the file and what is on file: the questions of one page, or all that are open alike."""

    name = "batch_decide"
    route = "imports/<uuid:public_id>/decide/"
    permission = "exchange.import"

    def back(self) -> str:
        return f"{super().back()}?tab=undecided"

    def act(self) -> str:
        said: QueryDict = self.request.POST
        rest = str(said.get(REST, ""))
        if rest in CHOICES:
            decide_rest(actor=self.actor, batch=self.object, choice=rest)
            return self.back()
        chosen, others = _chosen(said)
        if chosen:
            decide(actor=self.actor, batch=self.object, choices=chosen)
        if others:
            fix_cells(actor=self.actor, batch=self.object, fixes=_fixes(self.object, others, self.actor))
            return super().back()
        return self.back()


def _chosen(said: QueryDict) -> tuple[dict[int, list[tuple[str, str, str]]], dict[int, list[tuple[str, str]]]]:
    """What was chosen, by row: between the two; and other values, by column."""
    chosen: dict[int, list[tuple[str, str, str]]] = {}
    others: dict[int, list[tuple[str, str]]] = {}
    for key, value in ((key, str(one)) for key, one in said.items()):
        prefix, row, section, field = (*key.split(":", 3), "", "", "")[:4]
        if prefix != PREFIX or not is_key(row):
            continue
        if value == OTHER:
            typed = str(said.get(f"{OTHER}:{row}:{section}:{field}", "")).strip()
            column = str(said.get(f"column:{row}:{section}:{field}", ""))
            if typed:
                others.setdefault(int(row), []).append((column, typed))
        elif value in CHOICES:
            chosen.setdefault(int(row), []).append((section, field, value))
    return chosen, others


def _fixes(batch: Batch, others: Mapping[int, Sequence[tuple[str, str]]], actor: Any) -> list[Fix]:
    """Other values as fixes of the cells, decided for."""
    at = timezone.now().isoformat(timespec="seconds")
    found = []
    for draft in drafts_of(BatchRow.objects.filter(batch=batch, pk__in=others).exclude(asked=[]), batch):
        sheet = batch.report["sheets"][draft.sheet]
        places = {name: index for index, _header, name in sheet["mapped"]}
        for column, typed in others[draft.id]:
            if column in places:
                index = places[column]
                sent = draft.sent(index)
                against = _asked_by(draft, column)
                found.append(
                    Fix(
                        sheet["name"], index, sent, typed, draft.row, actor.user.name, at, decides=True, against=against
                    )
                )
    return found


def _asked_by(draft: Draft, column: str) -> int:
    """The change against which a column is decided; 0 where the row asks nothing about it."""
    return max(
        (one["by"] for asked in draft.asks.values() for one in asked.values() if column in one["columns"]), default=0
    )
