"""Who comes onto staff and has a file already: one file for a whole working life."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.records.scope import AnyOf
from core.records.vault import blind_index
from personnel.models import Employment, IdentityDocument
from personnel.selectors.gone import gone
from personnel.selectors.merged import owners_now

OVER: Final = ("retired", "died")


class Standing(Enum):
    """How somebody with a file stands on a day: who left may come back, who is on staff is transferred, who retired or died stays so."""

    FREE = "free"
    ON_STAFF = "on_staff"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class OnFile:
    """The file (its key) of somebody, be it the one that theirs was merged into, and how they stand on the day that was asked for."""

    teacher: int
    standing: Standing

    @property
    def why_not(self) -> str:
        """Why they are not taken on, in words; empty where they may come back."""
        if self.standing is Standing.ON_STAFF:
            return _(
                "Somebody with this identity number is on staff. Who is on staff elsewhere is transferred, not hired."
            )
        if self.standing is Standing.OVER:
            return _("Somebody with this identity number is on file as retired or dead. Look at the file.")
        return ""


def on_file(indexes: Collection[bytes], on: date) -> dict[bytes, OnFile]:
    """Those of these numbers (their blind indexes) that are on file, by number: three queries for any number of them.

    On staff is who belongs to a unit on the day or later, unless they are said to have left by the day.
    """
    documents = IdentityDocument._base_manager.filter(AnyOf("number_index", indexes))
    holders = dict(documents.values_list("number_index", "teacher")) if indexes else {}
    now = owners_now(holders.values()) if holders else {}
    people = set(now.values())
    statuses = gone(on).filter(AnyOf("teacher", people))
    ended = dict(statuses.values_list("teacher", "status")) if people else {}
    jobs = Employment._base_manager.filter(AnyOf("teacher", people), valid__overlap=Range(on, None))
    begins = dict(jobs.order_by("valid").values_list("teacher", "valid__startswith")) if people else {}
    found = {}
    for index, holder in holders.items():
        teacher = now[holder]
        status, begin = ended.get(teacher), begins.get(teacher)
        belongs = begin is not None and (status is None or begin >= on)
        standing = Standing.OVER if status in OVER else Standing.ON_STAFF if belongs else Standing.FREE
        found[bytes(index or b"")] = OnFile(teacher, standing)
    return found


def on_file_by(number: str, on: date) -> OnFile | None:
    """The file of somebody by their identity number; None where there is none."""
    return next(iter(on_file([blind_index("identity", number)], on).values()), None)
