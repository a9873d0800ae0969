"""Deciding between a workbook and what was changed on file since it was made: row by row, or all alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exchange.content import drafts_of, rewrite_rows
from core.exchange.kinds import Draft
from core.exchange.models import Batch, BatchRow
from core.exchange.services import IMPORT, locked
from core.exchange.threeway import CHOICES, FILE, choose
from core.org.errors import NotAllowed

AT_ONCE: Final = 500

# Of a row by its key: section, field, choice.
Choices = Mapping[int, Sequence[tuple[str, str, str]]]


def decide(*, actor: Any, batch: Batch, choices: Choices) -> Batch:
    """Decide some questions of a checked batch, "file" or "now" each; what was decided before may be decided otherwise.

    Raises `NotNow` in any other state, `NotAllowed` for another's role, for a question that the row does not ask, and for the file
    where something on file holds from a later day already.
    """
    rows = BatchRow.objects.filter(batch=batch, pk__in=choices.keys()).exclude(asked=[])

    def chosen(draft: Draft) -> Iterable[tuple[str, str, str]]:
        return choices[draft.id]

    return _decide(actor, batch, rows, chosen, strict=True)


def decide_rest(*, actor: Any, batch: Batch, choice: str) -> Batch:
    """Decide all questions that are open in the same way. Those that are too late for the file stay open."""

    def chosen(draft: Draft) -> Iterable[tuple[str, str, str]]:
        for section, asked in draft.asks.items():
            for name, one in asked.items():
                if not one["choice"] and not (choice == FILE and one["late"]):
                    yield section, name, choice

    return _decide(actor, batch, BatchRow.objects.filter(batch=batch, outcome="undecided"), chosen, strict=False)


def _decide(actor: Any, batch: Batch, rows: Any, chosen: Any, *, strict: bool) -> Batch:
    if not actor.may(IMPORT):
        raise NotAllowed(_("Your role does not import workbooks."))
    with transaction.atomic():
        batch = locked(batch, Batch.State.CHECKED)
        by = [actor.user.name, timezone.now().isoformat()]
        counts = dict(batch.counts)
        for some in _chunks(rows):
            before = {row.pk: row.outcome for row in some}
            drafts = list(drafts_of(some, batch))
            for draft in drafts:
                for section, name, choice in chosen(draft):
                    _choose(draft, section, name, choice, by, strict=strict)
                counts[before[draft.id]] = counts.get(before[draft.id], 0) - 1
                counts[draft.outcome] = counts.get(draft.outcome, 0) + 1
            rewrite_rows(batch, drafts)
        batch.counts = counts
        batch.save(update_fields=["counts"])
    return batch


def _choose(draft: Draft, section: str, name: str, choice: str, by: Sequence[str], *, strict: bool) -> None:
    if choice not in CHOICES or name not in draft.asks.get(section, {}):
        raise NotAllowed(_("Row %(row)s does not ask this.") % {"row": draft.row})
    try:
        choose(draft, section, name, choice, by)
    except ValueError as error:
        if strict:
            said = {"row": draft.row, "since": str(error)}
            raise NotAllowed(
                _("Row %(row)s: on file something holds from %(since)s already, so the file cannot be used here.")
                % said
            ) from error


def _chunks(rows: Any) -> Iterator[list[BatchRow]]:
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        last = some[-1].pk
        yield some
