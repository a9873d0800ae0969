"""Verbs on requests for workbooks: ask, answer, remind, close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core import workdays
from core.dates import today
from core.exchange.asking.linking import answer_request
from core.exchange.asking.models import Asked, Reminder, WorkbookRequest
from core.exchange.asking.rules import MOST_DAYS, Reminding
from core.exchange.asking.selectors import ASK, outstanding, own_requests
from core.exchange.asking.statuses import OUTSTANDING, with_status
from core.exchange.kinds import all_kinds, common_kinds
from core.exchange.models import Batch
from core.exchange.services import IMPORT, create_batch
from core.org.errors import NotAllowed
from core.org.models import Unit, UnitKind
from core.parameters.selectors import at

# No bureau asks for something further ahead; a later day is a slip of the keyboard.
FURTHEST: Final = timedelta(days=731)


def usual_days(unit: Unit, on: date) -> int:
    """How many working days before the due day the system reminds where nobody says otherwise."""
    return at(Reminding, on, unit=unit).days_before


def ask(
    *, actor: Any, kind: str, title: str, due: date, units: Sequence[Unit], words: str = "", remind_before: int | None = None
) -> WorkbookRequest:  # fmt: skip
    """Ask units below the actor's for a workbook of a kind by a day.

    Refused by `NotAllowed`: without the right, for a day past or far ahead, for units that are not below, for nobody, and for units
    where no role may send such a workbook.
    """
    if not actor.may(ASK) or actor.unit is None:
        raise NotAllowed(_("Your role does not ask for workbooks."))
    if kind not in common_kinds() or not title.strip():
        raise NotAllowed(_("Say what is asked for."))
    if not actor.on <= due <= actor.on + FURTHEST:
        raise NotAllowed(_("The due day must be today or later, and within two years."))
    days = usual_days(actor.unit, actor.on) if remind_before is None else remind_before
    if not 0 <= days <= MOST_DAYS:
        raise NotAllowed(_("Reminders come up to %(most)s working days before.") % {"most": MOST_DAYS})
    units = list({unit.pk: unit for unit in units}.values())
    _must_be_askable(actor, kind, units)
    with transaction.atomic():
        request = WorkbookRequest.objects.create(
            kind=kind, title=title.strip(), words=words.strip(), due=due, remind_before=days, unit=actor.unit,
            user=actor.user,
        )  # fmt: skip
        Asked.objects.bulk_create(Asked(request=request, unit=unit) for unit in units)
    return request


def _must_be_askable(actor: Any, kind: str, units: Sequence[Unit]) -> None:
    below = Unit.objects.visible_to(actor).open_on(actor.on).exclude(pk=actor.unit.pk)
    wanted = {unit.pk for unit in units}
    if not wanted:
        raise NotAllowed(_("Choose at least one unit that is asked."))
    if below.filter(pk__in=wanted).count() != len(wanted):
        raise NotAllowed(_("Only units below yours can be asked."))
    deaf = {unit.kind for unit in units} - senders(kind)
    if deaf:
        said = {"level": UnitKind(min(deaf)).label, "kind": all_kinds()[kind].label}
        raise NotAllowed(_("Nobody at the level “%(level)s” may send “%(kind)s”. Ask the bureau above for it.") % said)


def senders(kind: str) -> set[str]:
    """The levels of units at which some role may send workbooks of a kind."""
    needed = {IMPORT, all_kinds()[kind].permission}
    return {level for role in settings.ROLES.values() if needed <= role.permissions for level in role.levels}


def send_answer(*, actor: Any, request: WorkbookRequest, unit: Unit, **given: Any) -> Batch:
    """Upload a workbook as the answer to a request: read as its kind, for `unit` and all asked units below. `given` as `create_batch`."""
    with transaction.atomic():
        batch = create_batch(actor=actor, unit=unit, **{**given, "kind": request.kind})
        answer_request(batch=batch, request=request)
    return batch


def remind(*, actor: Any, request: WorkbookRequest) -> int:
    """Remind all asked units that have not sent; who was reminded today is not reminded again. Returns how many were.

    Refused by `NotAllowed` for a request of others and for a closed one.
    """
    with transaction.atomic():
        request = WorkbookRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        _must_be_own(actor, request)
        rows = [Reminder(asked=one, user=actor.user, on=today()) for one in to_remind(request, today())]
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def to_remind(request: WorkbookRequest, on: date) -> Any:
    """Whom a reminder of today would reach."""
    told = Reminder.objects.filter(asked=OuterRef("pk"), on=on)
    return outstanding(request, on).exclude(Exists(told))


def close(*, actor: Any, request: WorkbookRequest) -> WorkbookRequest:
    """Ask no longer: nobody is reminded, and batches that come later do not answer. Refused by `NotAllowed` for one of others."""
    with transaction.atomic():
        request = WorkbookRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        _must_be_own(actor, request)
        WorkbookRequest.objects.filter(pk=request.pk).update(closed_at=Now(), closed_by=actor.user)
    request.refresh_from_db()
    return request


def _must_be_own(actor: Any, request: WorkbookRequest) -> None:
    if not actor.may(ASK) or not own_requests(actor).filter(pk=request.pk).exists():
        raise NotAllowed(_("Your role does not ask for workbooks."))
    if request.closed_at is not None:
        raise NotAllowed(_("This request is closed."))


def remind_by_itself(on: date) -> int:
    """Remind on the day set before the due day and on the due day, or as soon after as this runs; returns how many units.

    Each of the two reaches a unit once, however often this runs.
    """
    count = 0
    for request in WorkbookRequest.objects.filter(closed_at__isnull=True, due__gte=on - timedelta(days=MOST_DAYS)):
        since = _reached(request, on)
        if since is None:
            continue
        told = Reminder.objects.filter(asked=OuterRef("pk"), on__gte=since)
        rows = with_status(Asked.objects.filter(request=request).select_related("request"), on)
        late = rows.filter(status__in=OUTSTANDING).exclude(Exists(told))
        made = [Reminder(asked=one, on=on) for one in late]
        Reminder.objects.bulk_create(made, ignore_conflicts=True)
        count += len(made)
    return count


def _reached(request: WorkbookRequest, on: date) -> date | None:
    """The last day of reminding that has come; None before the first."""
    days = (workdays.add(request.due, -request.remind_before), request.due)
    return max((day for day in days if day <= on), default=None)
