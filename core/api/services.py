"""Issue, recognise and revoke tokens."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.api.models import ApiToken
from core.org.actor import Actor, actor_for
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment
from core.records.changes import change

PREFIX = "sdt_"
USUAL_DAYS = 90
MOST_DAYS = 366
MOST_LIVE = 20
USED_EVERY = timedelta(minutes=10)

log = logging.getLogger("shidang.api")


def issue_token(
    *, assignment: RoleAssignment, name: str, now: datetime, on: date, days: int = USUAL_DAYS
) -> tuple[ApiToken, str]:
    """A new token for the user of a role assignment: (the row, its text, which nobody can read again).

    It lives `days` days (1 to 366), and no longer than the assignment. Refused by `NotAllowed` where the user may not
    log in, the assignment does not hold on the day `on`, or the user has too many live tokens.
    """
    user = assignment.user
    if user.awaits_holder:
        raise NotAllowed(_("Log in on the page first and choose a password of your own."))
    if not user.is_active or on not in assignment.valid:
        raise NotAllowed(_("This role is not held today."))
    if not 1 <= days <= MOST_DAYS:
        raise NotAllowed(_("A token lives 1 to %(most)d days.") % {"most": MOST_DAYS})
    if ApiToken.objects.filter(user=user).live(now).count() >= MOST_LIVE:
        raise NotAllowed(_("There are %(most)d tokens in use; revoke one first.") % {"most": MOST_LIVE})
    expires = now + timedelta(days=days)
    if assignment.valid.upper is not None:
        last = timezone.make_aware(datetime.combine(assignment.valid.upper, time.min))
        expires = min(expires, last)
    text = PREFIX + secrets.token_urlsafe(32)
    with change("api.issue_token", actor=user, reason=f"{user.username}: {name}", source="page"):
        token = ApiToken.objects.create(
            user=user, assignment=assignment, name=name, digest=digest_of(text), expires_at=expires
        )
    log.info("token %s issued to user %s for assignment %s", token.pk, user.pk, assignment.pk)
    return token, text


def digest_of(text: str) -> str:
    """What is stored of a token: 256 random bits need no salt."""
    return hashlib.sha256(text.encode()).hexdigest()


def actor_of_token(text: str, now: datetime, on: date) -> tuple[ApiToken, Actor] | None:
    """The live token behind a text and the actor that it stands for on a day; None when it opens nothing."""
    if not text.startswith(PREFIX):
        return None
    token = ApiToken.objects.live(now).filter(digest=digest_of(text)).select_related("user").first()
    if token is None:
        return None
    actor = actor_for(token.user, on, token.assignment_id)
    if actor is None or actor.assignment != token.assignment_id:
        return None
    _mark_used(token, now)
    return token, actor


def _mark_used(token: ApiToken, now: datetime) -> None:
    if token.used_at is None or now - token.used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)


def revoke_tokens(tokens: Any, *, by: Any, now: datetime) -> int:
    """Revoke those of a queryset of tokens that are not revoked yet, for a user. Returns how many."""
    live = dict(tokens.filter(Q(revoked_at__isnull=True)).values_list("pk", "user__username"))
    pks = list(live)
    if pks:
        with change("api.revoke_tokens", actor=by, reason="、".join(sorted(set(live.values()))), source="page"):
            ApiToken.objects.filter(pk__in=pks).update(revoked_at=now)
        log.info("tokens %s revoked by user %s", pks, by.pk)
    return len(pks)
