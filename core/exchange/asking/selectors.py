"""Reads of requests: those of the actor's units, and those that ask them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, Q

from core.exchange.asking.models import Answer, Asked, Reminder, WorkbookRequest
from core.exchange.asking.statuses import OUTSTANDING, with_status
from core.exchange.models import Batch

ASK = "exchange.ask"
LOOK = ("exchange.import", "exchange.approve")


def requests(actor: Any) -> Any:
    """The requests that the actor's units made, and those that ask them."""
    mine = WorkbookRequest.objects.visible_to(actor).values("pk")
    asked = Asked.objects.visible_to(actor).values("request")
    rows = WorkbookRequest.objects.filter(Q(pk__in=mine) | Q(pk__in=asked))
    return rows.select_related("user", "unit")


def own_requests(actor: Any) -> Any:
    """The requests that the actor's units made: theirs to remind and to close."""
    return WorkbookRequest.objects.visible_to(actor).select_related("user", "unit")


def asked_units(actor: Any) -> Any:
    """The asked units that the actor sees, each with its request and where it stands."""
    return with_status(Asked.objects.visible_to(actor).select_related("request"), actor.on)


def open_to(actor: Any) -> Any:
    """Open requests that the actor can answer, for their own unit or for units below it; the first due first."""
    asked = Asked.objects.visible_to(actor).values("request")
    return WorkbookRequest.objects.filter(pk__in=asked, closed_at__isnull=True).order_by("due", "pk")


def tallies(actor: Any, requests: Iterable[Any]) -> dict[int, Counter[str]]:
    """How many of the asked units that the actor sees stand where, by request: one query."""
    rows = asked_units(actor).filter(request__in=[one.pk for one in requests]).order_by()
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for request, status, number in rows.values_list("request", "status").annotate(number=Count("pk")):
        found[request][status] = number
    return found


def outstanding(request: WorkbookRequest, on: Any) -> Any:
    """The asked units of a request that still have to send something that can be read."""
    return with_status(Asked.objects.filter(request=request).select_related("request"), on).filter(
        status__in=OUTSTANDING
    )


def reminded(asked: Iterable[Any]) -> dict[int, tuple[int, Any]]:
    """How often and when last each asked unit was reminded: one query."""
    rows = Reminder.objects.filter(asked__in=[one.pk for one in asked]).values_list("asked")
    return {one: (number, last) for one, number, last in rows.annotate(number=Count("pk"), last=Max("on")).order_by()}


def answered_by(batch: Batch, actor: Any) -> list[tuple[WorkbookRequest, int]]:
    """The requests that a batch answers, as far as the actor sees them, each with for how many units."""
    rows = Answer.objects.visible_to(actor).filter(batch=batch).values_list("asked__request")
    numbers = dict(rows.annotate(number=Count("pk")).order_by())
    found = requests(actor).filter(pk__in=numbers).order_by("pk")
    return [(request, numbers[request.pk]) for request in found]
