"""Files that somebody sent with a form and that no record came to name: their content is erased after some days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import SHANGHAI
from core.exchange.evidence import ENDINGS
from core.org.actor import system_actor
from core.parameters.selectors import at
from core.records.changes import change
from core.records.keys import destroy_key
from core.records.models import DataKey, StoredFile
from core.records.storage import path_of
from core.rules import Parameters

AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class UnusedEvidence(Parameters):
    """After how many days a file is erased that was sent with a form and that nothing names."""

    table: ClassVar[str] = "exchange.unused_evidence"
    days: int


def forget_unused(on: date) -> int:
    """Erase the evidence that was sent so many days before a day and that no record, present or past, names. Returns how many files.

    What they were called and their digests stay; their keys are destroyed in one change, and they are taken off the disk.
    """
    known = at(UnusedEvidence, on)
    morning = timezone.make_aware(datetime.combine(on - timedelta(known.days), time.min), SHANGHAI)
    old = StoredFile.objects.filter(stored_at__lt=morning, content_type__in=ENDINGS, key__wrapped__isnull=False)
    unnamed = old.exclude(_named(StoredFile, "pk")).exclude(_named(DataKey, "key_id", beside=StoredFile))
    gone = list(unnamed.select_related("key").order_by("pk")[:AT_ONCE])
    if not gone:
        return 0
    reason = _("attached to a form that was not sent within %(days)s days") % {"days": known.days}
    with change("records.erase", actor=system_actor(on), reason=reason, document=known.reference, source="command"):
        for one in gone:
            destroy_key(one.key, actor=system_actor(on), reason=reason, document=known.reference)
        transaction.on_commit(lambda: _off_the_disk(gone))
    return len(gone)


def _off_the_disk(files: Collection[StoredFile]) -> None:
    for one in files:
        path_of(one).unlink(missing_ok=True)


def _named(target: Any, key: str, beside: Any = None) -> Q:
    """That a foreign key of any table, of history too, names the row of `target` with this key; but for the table of `beside`."""
    found = Q()
    for field in target._meta.get_fields(include_hidden=True):
        if field.auto_created and (field.one_to_many or field.one_to_one) and field.related_model is not beside:
            found |= Q(Exists(field.related_model._base_manager.filter(**{field.field.attname: OuterRef(key)})))
    return found
