"""Verbs on headings: say by hand what they mean and have the workbook read again, or forget it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.exchange.kinds import all_kinds, columns_of
from core.exchange.mapping.models import HeadingChoice
from core.exchange.models import Batch
from core.exchange.recognition import HeadingKey
from core.exchange.services import IMPORT, NotNow, start_check
from core.org.errors import NotAllowed

# By sheet, as the batch's report counts them, and column: the field, "" for leave out, None for as the program reads it.
Said = Mapping[int, Mapping[int, str | None]]
OPEN: Final = (Batch.State.CHECKED, Batch.State.UNREADABLE)


class HeadingError(ValueError):
    """The headings cannot mean that; the message is for the clerk."""


def may_choose(actor: Any, batch: Batch) -> bool:
    """Whether the actor may say what the headings of a batch mean, now."""
    return actor.may(IMPORT) and batch.state in OPEN and any(map(_has_keys, batch.report.get("headings", [])))


def choose_headings(*, actor: Any, batch: Batch, said: Said, kind: str = "") -> Batch:
    """Remember for the batch's unit what headings mean, and check the batch again.

    `kind` is what sheets are about that could not be read. Refused by `NotAllowed` for a kind that the actor does not import,
    `HeadingError` for a column or field that there is not and for two columns of one meaning, `NotNow` in other states.
    """
    if not actor.may(IMPORT):
        raise NotAllowed(_("Your role does not import workbooks."))
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=batch.pk)
        if batch.state not in OPEN:
            raise NotNow(_("This batch is %(state)s; that cannot be done now.") % {"state": batch.get_state_display()})
        tables = batch.report.get("headings", [])
        for place, columns in said.items():
            if not 0 <= place < len(tables):
                raise HeadingError(_("There is no such column in this workbook."))
            _choose(actor, batch, tables[place], columns, kind)
        return start_check(actor=actor, batch=batch)


def _choose(actor: Any, batch: Batch, table: Mapping[str, Any], columns: Mapping[int, str | None], kind: str) -> None:
    about = table["kind"] if table["read"] else kind or table["kind"]
    known = all_kinds().get(about)
    if known is None or not actor.may(known.permission):
        raise NotAllowed(_("Your role does not import rows of this kind."))
    by_index = {column["index"]: column for column in table["columns"]}
    if not columns.keys() <= {index for index, column in by_index.items() if column["key"]}:
        raise HeadingError(_("There is no such column in this workbook."))
    fields = {column.name: column for column in columns_of(known).values() if column.kind != "serial"}
    if not {name for name in columns.values() if name} <= fields.keys():
        raise HeadingError(_("There is no such field."))
    twice = _twice(by_index, columns)
    if twice:
        raise HeadingError(_("Two columns cannot both be read as “%(field)s”.") % {"field": fields[twice].label})
    for index, name in columns.items():
        _remember(actor, batch, about, HeadingKey(*by_index[index]["key"]), name)


def _twice(by_index: Mapping[int, Any], columns: Mapping[int, str | None]) -> str:
    """A field that two columns would be read as by hand: those chosen now, and those chosen before."""
    kept = (column["field"] for index, column in by_index.items() if column["chosen"] and index not in columns)
    seen: set[str] = set()
    for name in (*kept, *columns.values()):
        if name and name in seen:
            return name
        seen.add(name or "")
    return ""


def _remember(actor: Any, batch: Batch, kind: str, key: HeadingKey, name: str | None) -> None:
    own = {"unit": batch.unit, "kind": kind, **key._asdict()}
    if name is None:
        HeadingChoice.objects.filter(**own).delete()
        return
    HeadingChoice.objects.update_or_create(**own, defaults={"column": name, "user": actor.user, "at": Now()})


def forget_heading(*, actor: Any, choice: HeadingChoice) -> None:
    """Let a heading be read as the program does again, from the next check on."""
    if not actor.may(IMPORT) or not HeadingChoice.objects.visible_to(actor).filter(pk=choice.pk).exists():
        raise NotAllowed(_("Your role does not import workbooks."))
    HeadingChoice.objects.filter(pk=choice.pk).delete()


def _has_keys(table: Mapping[str, Any]) -> bool:
    return any(column["key"] for column in table["columns"])
