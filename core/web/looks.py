"""The log of looks in words, and which looks a rule keeps from the person for a time.

Whoever sees a file reads who looked at it, but for what a rule withholds; auditors read all, with the day until which it is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Final

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.codes.values import label
from core.dates import today
from core.parameters.selectors import at
from core.records.models import AccessLog
from core.registry import Withheld, registry
from core.rules import Parameters

FILE: Final = "file"
# Somebody looked for a person by a whole number.
BY_NUMBER: Final = "number"
# Somebody took out what is on file in a workbook, of a unit and of each of its people.
TAKEN_OUT: Final = "taken_out"
# Somebody exported a list in which the person stands.
EXPORTED: Final = "exported"
# Somebody downloaded the whole file of a person: with masks, or (the person) with protected values in clear.
DOWNLOADED, DOWNLOADED_CLEAR = "downloaded", "downloaded_clear"
# Somebody issued or read a paper about a person: with masks, or with protected values in clear.
PAPER, PAPER_CLEAR = "paper", "paper_clear"
# Somebody who has a paper asked whether it is genuine, without a login.
VERIFIED: Final = "verified"
# Somebody handed out a slip by which the person's account is opened.
SLIP: Final = "slip"
# How a look at a sealed part of a file begins, which is a tab with a page of its own; the tab's name follows.
SEALED: Final = "sealed:"


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of looks: its words, and its icon where it went beyond looking."""

    words: Any
    icon: str = ""


SORTS: Final[Mapping[str, Sort]] = {
    FILE: Sort(_("opened the file")),
    BY_NUMBER: Sort(_("asked by the whole identity number")),
    TAKEN_OUT: Sort(_("taken out in a workbook, numbers in clear"), "download"),
    EXPORTED: Sort(_("exported a list in which the person stands"), "download"),
    DOWNLOADED: Sort(_("downloaded the whole file"), "download"),
    DOWNLOADED_CLEAR: Sort(_("downloaded the whole file, numbers in clear"), "download"),
    PAPER: Sort(_("issued or read a paper")),
    PAPER_CLEAR: Sort(_("issued or read a paper, numbers in clear"), "paper"),
    VERIFIED: Sort(_("verified a paper")),
    SLIP: Sort(_("handed out a slip for the account"), "key"),
}


def is_reveal(what: str) -> bool:
    """Whether a look showed one masked value: those name the model and the field, with a dot between."""
    return "." in what


def sort_of(what: str) -> Sort:
    """What was looked at, in words; `revealed: …` where a masked value was shown."""
    model, _dot, field = what.rpartition(".")
    if model:
        return Sort(gettext("revealed: %(what)s") % {"what": label(apps.get_model(model), field)}, "eye")
    if what.startswith(SEALED):
        return Sort(gettext("opened a sealed part: %(part)s") % {"part": sealed_part(what)}, "lock")
    return SORTS.get(what, SORTS[FILE])


def sealed_part(what: str) -> str:
    """What the sealed part of a file is called that somebody looked at; its name where no module knows it any more."""
    name = what.removeprefix(SEALED)
    return next((str(tab.label) for tab in registry.each("file_tabs") if tab.name == name), name)


def said_reason(row: AccessLog) -> Any:
    """Why somebody looked: one of the usual reasons in words, or their own words."""
    usual = (module.reveal_reasons for module in registry.modules.values())
    return next((known[row.reason] for known in usual if row.reason in known), row.reason)


@dataclass(frozen=True)
class Delay:
    """Looks in a role are shown to the person after so many days."""

    role: str
    days: int

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError(f"days: {self.days} is less than 1")


@dataclass(frozen=True, kw_only=True)
class Withholding(Parameters):
    """The roles whose looks are shown to the person later, each after a fixed number of days."""

    table: ClassVar[str] = "web.withholding"
    delays: tuple[Delay, ...]


def _delayed(now: datetime) -> Q:
    rules = at(Withholding, today())
    return _any(Q(role=one.role, at__gt=now - timedelta(days=one.days)) for one in rules.delays)


def _delayed_until(rows: Iterable[AccessLog]) -> dict[int, date | None]:
    days = {one.role: one.days for one in at(Withholding, today()).delays}
    return {
        row.pk: timezone.localtime(row.at + timedelta(days=days[row.role])).date() for row in rows if row.role in days
    }


FIXED: Final = Withheld("fixed", _("fixed delay of the role"), _delayed, _delayed_until)


def _any(conditions: Iterable[Q]) -> Q:
    """One of several conditions; nothing meets none."""
    return reduce(or_, conditions, Q(pk__in=[]))


def told_to_the_person(rows: Any) -> Any:
    """Of rows of the access log those that no rule withholds now.

    Whatever is counted, paged or written out for anybody but auditors starts here, so that a withheld look leaves no trace in an answer.
    """
    now = timezone.now()
    return rows.exclude(_any(one.rows(now) for one in registry.each("withheld")))


def withheld_until(rows: Iterable[AccessLog]) -> dict[int, tuple[Any, date | None]]:
    """Which of some looks are withheld now: by which rule, until which day (None: until something happens that has no day yet)."""
    kept = {row.pk: row for row in rows}
    now, found = timezone.now(), {}
    for one in registry.each("withheld"):
        keys = AccessLog.objects.filter(one.rows(now), pk__in=kept).values_list("pk", flat=True)
        held = [kept[key] for key in keys]
        until = one.until(held) if held else {}
        found.update({row.pk: (one.label, until.get(row.pk)) for row in held})
    return found
