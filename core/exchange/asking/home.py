"""What requests say on the first page: to who is asked, what is to be sent; to who asked, who is late."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.codes.values import values_of
from core.exchange.asking.selectors import ASK, asked_units, own_requests, reminded, tallies
from core.exchange.asking.statuses import OUTSTANDING, Status
from core.registry import HomePart, Waiting
from core.web.due import days_words

MOST: Final = 50
TO_DO: Final = (*OUTSTANDING, Status.REFUSED)


def asked_of_me(actor: Any) -> list[Waiting]:
    """Workbooks that the actor's own unit still has to send, or to send again because rows were refused."""
    rows = asked_units(actor).filter(unit=actor.unit, request__closed_at__isnull=True, status__in=TO_DO)
    found = list(rows.select_related("request__user").order_by("request__due", "pk")[:MOST])
    told, values = reminded(found), values_of(actor)
    values.prime(units=[one.request.unit_id for one in found])
    return [
        Waiting(
            what=one.request.title,
            do=_to_do(one, actor),
            since=one.request.created_at,
            url=reverse("request", args=[one.request.public_id]),
            sub=_sub(one, told.get(one.pk), values),
            unit=values.unit(one.request.unit_id),
            late=one.status == Status.LATE,
        )
        for one in found
    ]


def _to_do(one: Any, actor: Any) -> str:
    said = {"day": one.request.due.isoformat(), "left": days_words(one.request.due, actor.on)}
    if one.status == Status.REFUSED:
        return _("correct the refused rows and send them again")
    if one.status == Status.UNREADABLE:
        return _("send it again by %(day)s, it could not be read (%(left)s)") % said
    return _("send the workbook by %(day)s (%(left)s)") % said


def _sub(one: Any, told: tuple[int, Any] | None, values: Any) -> str:
    if told is None:
        return _("asked by %(who)s") % {"who": one.request.user}
    return _("asked by %(who)s, reminded %(day)s") % {"who": one.request.user, "day": told[1].isoformat()}


def late_with_me(actor: Any) -> list[Waiting]:
    """Requests of the actor's own unit whose day is over and that not all have answered."""
    over = own_requests(actor).filter(unit=actor.unit, closed_at__isnull=True, due__lt=actor.on)
    found = list(over.order_by("due", "pk")[:MOST])
    counted = tallies(actor, found)
    waiting = []
    for request in found:
        late = sum(counted[request.pk][status] for status in OUTSTANDING)
        if late:
            do = ngettext("remind %(n)s unit, or close", "remind %(n)s units, or close", late) % {"n": late}
            url = reverse("request", args=[request.public_id])
            waiting.append(Waiting(request.title, do, _end_of(request.due), url, sub=days_words(request.due, actor.on)))
    return waiting


def _end_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


HOME: Final = (
    HomePart(permission="exchange.import", waiting=asked_of_me, order=5),
    HomePart(permission=ASK, waiting=late_with_me, order=15),
)
