"""Tokens by which programs act in one of a user's roles."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.records.models import ClockTimestamp
from core.records.triggers import only_in_a_change

# What a token opens; when it was last used is no act.
OPENING_COLUMNS = ("user_id", "assignment_id", "name", "digest", "created_at", "expires_at", "revoked_at")


class TokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by whether they still open anything."""

    def live(self, now: datetime) -> Self:
        """Neither revoked nor expired, and the role that they act in still exists."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, assignment__isnull=False)


class ApiToken(models.Model):
    """A program's key to the API: acts as `user` in the role of `assignment`, for as long as both hold.

    Only the digest is stored; the text is shown once, when it is issued by `core.api.services`.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="api_tokens")
    assignment = models.ForeignKey("org.RoleAssignment", on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(_("what it is for"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(_("last used"), null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        default_permissions = ()
        triggers: ClassVar = [
            only_in_a_change("tokens", pgtrigger.Insert | pgtrigger.UpdateOf(*OPENING_COLUMNS) | pgtrigger.Delete)
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="api_token_of_user", condition=Q(revoked_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.name
