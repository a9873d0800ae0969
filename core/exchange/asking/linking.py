"""Which batch answers which request: found by itself when the kind of a batch is known, or said by who uploads."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from core.exchange.asking.models import Answer, Asked, WorkbookRequest
from core.exchange.models import Batch
from core.org.errors import NotAllowed

# Batches that answer nothing: given up, or taken back.
GONE: Final = (Batch.State.ABANDONED, Batch.State.UNDONE)


def link_answers(batch: Batch) -> None:
    """Let a batch answer the newest open request of its kind to its unit that was there when it came.

    A batch that answers by the word of who sent it is left as it is; so is one whose kind nobody knows. The fixed workbook of a batch
    answers what that one did, which it replaces.
    """
    if not batch.kind or Answer.objects.filter(batch=batch).exists() or _answers_on(batch):
        return
    asked = Asked.objects.filter(
        unit=batch.unit, request__kind=batch.kind, request__closed_at__isnull=True,
        request__created_at__lte=batch.created_at,
    )  # fmt: skip
    newest = asked.order_by("-request").first()
    if newest is not None:
        Answer.objects.create(asked=newest, batch=batch)


def _answers_on(batch: Batch) -> bool:
    """Let a batch answer for whom its earlier generation did, but for those who sent themselves meanwhile; False where for nobody."""
    before = Answer.objects.filter(batch=batch.previous_id or 0, asked__request__kind=batch.kind)
    themselves = Answer.objects.filter(asked__in=before.values("asked")).exclude(batch__state__in=GONE)
    found = before.exclude(asked__in=themselves.exclude(batch__unit=batch.unit).values("asked"))
    made = [Answer(asked_id=one, batch=batch) for one in found.values_list("asked", flat=True)]
    Answer.objects.bulk_create(made, ignore_conflicts=True)
    return bool(made)


def answer_request(*, batch: Batch, request: WorkbookRequest) -> int:
    """Let a batch answer a request for its unit and for all asked units below it; returns for how many.

    Who sent for themselves goes on to count by what they sent. Refused by `NotAllowed` where the request is closed or asks nobody
    for whom the batch's unit may send.
    """
    asked = Asked.objects.filter(request=request, unit__path__descendants=batch.unit.path)
    answers = Answer.objects.filter(asked__request=request).exclude(batch__state__in=GONE)
    sent_themselves = answers.exclude(batch__unit=batch.unit).values("asked")
    found = [] if request.closed_at else list(asked.exclude(pk__in=sent_themselves).values_list("pk", flat=True))
    if not found:
        raise NotAllowed(_("This request does not ask for a workbook of this unit, or not any more."))
    Answer.objects.bulk_create([Answer(asked_id=one, batch=batch) for one in found], ignore_conflicts=True)
    return len(found)
