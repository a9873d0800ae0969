"""The jobs of people's files."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.dates import today
from core.jobs.context import JobContext
from core.jobs.registered import job
from core.org.models import Unit
from personnel.selectors.seat_holding import differences
from personnel.services.graduates import forget_graduates
from personnel.services.likeness import FOUND, find_likenesses
from personnel.services.recruitment.forgetting import forget_applicants
from personnel.services.seat_uses import close_spent


@job("personnel.forget_applicants", label=_("Erase applicants of recruitments that ended long ago"), daily=True)
def forget(_context: JobContext) -> dict[str, Any]:
    """Erase what is past its time."""
    return {"erased": forget_applicants(today())}


@job("personnel.forget_graduates", label=_("Erase graduates who never reported, when their time is over"), daily=True)
def forget_listed(_context: JobContext) -> dict[str, Any]:
    """Erase what is past its time."""
    return {"erased": forget_graduates(today())}


@job(FOUND, label=_("Look for two files of one person"), daily=True)
def find(_context: JobContext) -> dict[str, Any]:
    """Lay all files beside each other. The answer names no number: whoever started it may not see all of them."""
    find_likenesses()
    return {}


@job("personnel.reconcile_seats", label=_("Compare the seat ledger with the files"), daily=True)
def reconcile(_context: JobContext) -> dict[str, Any]:
    """Close uses of seats that have run out, then lay the ledger beside the files of every unit. The answer is the numbers only."""
    day = today()
    close_spent(day)
    found = differences(Unit.objects.open_on(day), day)
    return {"differences": len(found)}
