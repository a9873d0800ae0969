"""Where an asked unit stands, and a unit's workbooks without any request: one rule, as a condition of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    Value,
    When,
)  # fmt: skip
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.db.models.lookups import GreaterThan, In
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.exchange.asking.linking import GONE
from core.exchange.asking.models import Answer
from core.exchange.models import Batch
from core.web.parts import Cell


class Status(TextChoices):
    """Where a unit stands with a workbook, the most urgent first."""

    LATE = "late", _("late, nothing sent")
    NOT_SENT = "not_sent", _("not sent yet")
    UNREADABLE = "unreadable", _("sent, cannot be read")
    SENT = "sent", _("sent, being read")
    WAITS = "waits", _("sent, waits to be accepted")
    REFUSED = "refused", _("accepted, rows refused")
    ACCEPTED = "accepted", _("accepted")
    FIXED = "fixed", _("fixed, all accepted")


# Those who still have to send something that can be read.
OUTSTANDING: Final = (Status.LATE, Status.NOT_SENT, Status.UNREADABLE)
SETTLED: Final = (Status.ACCEPTED, Status.FIXED)
LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    Status.LATE: ("red", "alert"), Status.NOT_SENT: ("", "clock"), Status.UNREADABLE: ("red", "no"), Status.SENT: ("", "upload"),
    Status.WAITS: ("amber", "clock"), Status.REFUSED: ("amber", "alert"), Status.ACCEPTED: ("green", "check"),
    Status.FIXED: ("green", "check"),
}  # fmt: skip
RANKS: Final = {status: place for place, status in enumerate(Status)}


def with_status(rows: Any, on: date) -> Any:
    """Asked units with `status`, `last` (the batch that counts) and `first_sent`, by answers that were neither given up nor undone."""
    answers = Answer.objects.filter(asked=OuterRef("pk")).exclude(batch__state__in=GONE)
    others = Answer.objects.filter(asked=OuterRef("asked")).exclude(batch__state__in=GONE)
    refused_before = Exists(others.filter(batch__state=Batch.State.APPLIED, batch__counts__refused__gt=0))
    last = answers.order_by("-batch").values(told=_told("batch__", refused_before))[:1]
    return rows.annotate(
        last=Subquery(last, output_field=JSONField()),
        first_sent=Subquery(answers.order_by("batch").values("batch__created_at")[:1], output_field=DateTimeField()),
        status=Case(
            When(last__isnull=True, request__due__lt=on, then=Value(Status.LATE)),
            default=Coalesce(KeyTextTransform("status", F("last")), Value(Status.NOT_SENT)),
            output_field=CharField(),
        ),
    )  # fmt: skip


def with_last(rows: Any, kind: str) -> Any:
    """Units with the last batch of a kind between their `since` and `until`: `last_<kind>` with its status, and its `rank_<kind>`."""
    window = {"created_at__gte": OuterRef(OuterRef("since")), "created_at__lt": OuterRef(OuterRef("until"))}
    others = Batch.objects.filter(unit=OuterRef("unit"), kind=kind, **window).exclude(state__in=GONE)
    refused_before = Exists(others.filter(state=Batch.State.APPLIED, counts__refused__gt=0))
    told = sent_between(kind).order_by("-pk").values(told=_told("", refused_before))[:1]
    last = f"last_{kind}"
    rows = rows.annotate(**{last: Subquery(told, output_field=JSONField())})
    rank = Coalesce(Cast(KeyTextTransform("rank", F(last)), IntegerField()), RANKS[Status.NOT_SENT])
    return rows.annotate(**{f"rank_{kind}": rank})


def standing(rows: Any, kind: str, value: str) -> Any:
    """Units of `with_last` whose last workbook of a kind stands so; "none" for those that sent none."""
    last = f"last_{kind}"
    return rows.filter(**{f"{last}__isnull": True} if value == "none" else {f"{last}__status": value})


def sent_between(kind: str) -> Any:
    """The batches of a unit and kind that came between its `since` and `until` and were neither given up nor undone."""
    return Batch.objects.filter(
        unit=OuterRef("pk"), kind=kind, created_at__gte=OuterRef("since"), created_at__lt=OuterRef("until")
    ).exclude(state__in=GONE)


def _told(way: str, refused_before: Exists) -> JSONObject:
    """What is told of a batch, `way` leading to it, with its status: asked for once, inside the query that finds the batch."""
    fields = {"id": "public_id", "state": "state", "counts": "counts", "at": "created_at", "unit": "unit_id"}
    refused = Coalesce(Cast(KeyTextTransform("refused", F(f"{way}counts")), IntegerField()), 0)
    status = _status(F(f"{way}state"), refused, refused_before)
    ranks = [When(condition, then=Value(RANKS[then])) for condition, then in status]
    return JSONObject(
        **{name: F(f"{way}{field}") for name, field in fields.items()},
        status=Case(*(When(condition, then=Value(then)) for condition, then in status), output_field=CharField()),
        rank=Case(*ranks, output_field=IntegerField()),
    )


def _status(state: Any, refused: Any, refused_before: Any) -> list[tuple[Q, Status]]:
    """The status of a unit from the state of its last batch: conditions, of which the first that holds counts."""
    return [
        (_is(state, Batch.State.UNREADABLE), Status.UNREADABLE),
        (_is(state, Batch.State.UPLOADED, Batch.State.APPLYING), Status.SENT),
        (_is(state, Batch.State.CHECKED), Status.WAITS),
        (_is(state, Batch.State.APPLIED) & Q(GreaterThan(refused, 0)), Status.REFUSED),
        (_is(state, Batch.State.APPLIED) & Q(refused_before), Status.FIXED),
        (_is(state, Batch.State.APPLIED), Status.ACCEPTED),
    ]


def _is(state: Any, *wanted: str) -> Q:
    return Q(In(state, list(wanted)))


@dataclass(frozen=True, slots=True)
class Sent:
    """The batch that counts for a unit."""

    public_id: str
    at: datetime
    unit: int
    refused: int


def sent_in(last: Mapping[str, Any] | None) -> Sent | None:
    """The batch in an annotation `last`; None where nothing was sent."""
    if not last:
        return None
    refused = int((last["counts"] or {}).get("refused", 0))
    return Sent(str(last["id"]), datetime.fromisoformat(last["at"]), last["unit"], refused)


def status_cell(status: str, last: Mapping[str, Any] | None, *, nothing: Any = "") -> Cell:
    """A status in word, colour and sign, leading to its batch; `nothing` is said where nothing was sent and nothing is late."""
    tone, icon = LOOKS[status]
    sent = sent_in(last)
    if sent is None:
        return Cell(nothing or Status(status).label, tone=tone, icon=icon if not nothing else "")
    sub = timezone.localtime(sent.at).strftime("%Y-%m-%d")
    if sent.refused and status in {Status.REFUSED, Status.WAITS}:
        said = ngettext("%(n)s row refused", "%(n)s rows refused", sent.refused) % {"n": f"{sent.refused:,}"}
        sub = f"{sub} · {said}"
    return Cell(Status(status).label, reverse("batch", args=[sent.public_id]), sub, tone, icon)
