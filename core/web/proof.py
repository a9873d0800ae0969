"""Who it is that sits here, asked once more: pages that open or hand out much want a login or a proof of a few minutes ago."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

KEY: Final = "proved_at"
SECONDS: Final = 10 * 60


@receiver(user_logged_in)
def note_proof(request: Any, **_sent: Any) -> None:
    """Whoever logs in, or proves it again, has shown who they are; remembered in the session."""
    request.session[KEY] = timezone.now().timestamp()


def is_proved(request: Any) -> bool:
    """Whether who is logged in showed it within the last minutes (`SECONDS`)."""
    age = timezone.now().timestamp() - request.session.get(KEY, 0)
    return bool(0 <= age < SECONDS)
