"""The chain of seals: which of them are asked for, and how each hangs on the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, Self

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.dates import DAY, SHANGHAI
from core.records.models import Seal

AT_ONCE: Final = 2000
LONGEST: Final = 40


class NoSuchSeals(LookupError):
    """What was asked for names no seal; the words say what can be named."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The seals from one number to another, both included; None is open."""

    start: int | None = None
    to: int | None = None

    @property
    def whole(self) -> bool:
        """Whether these are all seals."""
        return self.start is None and self.to is None

    def among(self, seals: QuerySet[Seal]) -> QuerySet[Seal]:
        """The seals of this stretch."""
        seals = seals if self.start is None else seals.filter(pk__gte=self.start)
        return seals if self.to is None else seals.filter(pk__lte=self.to)

    @classmethod
    def asked(cls, start: str, to: str) -> Self:
        """The stretch that two words name: the number of a seal, a day in China (2026-11-01), or nothing.

        From a day is from the first seal made on it or later; to a day is to the last one made by its end. Raises `NoSuchSeals`.
        """
        newest = Seal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        found = cls(_from(start, newest) if start else None, _to(to, newest) if to else None)
        if not found.whole and not found.among(Seal.objects.all()).exists():
            raise NoSuchSeals(
                _("There is no seal from %(start)s to %(to)s: name the earlier one first.")
                % {"start": start or pgettext("seal", "the first"), "to": to or pgettext("seal", "the newest")}
            )
        return found


WHOLE: Final = Stretch()


def sealed_by(day: date) -> QuerySet[Seal]:
    """The seals that were made by the end of a day in China."""
    return Seal.objects.filter(settled_at__lt=datetime.combine(day + DAY, time.min, SHANGHAI))


def _from(word: str, newest: int) -> int:
    if (number := _number(word, newest)) is not None:
        return number
    midnight = datetime.combine(_day(word), time.min, SHANGHAI)
    found = Seal.objects.filter(settled_at__gte=midnight).order_by("pk").values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchSeals(_("No seal was made on %(day)s or later.") % {"day": word})
    return found


def _to(word: str, newest: int) -> int:
    if (number := _number(word, newest)) is not None:
        return number
    found = sealed_by(_day(word)).order_by("-pk").values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchSeals(_("No seal was made by the end of %(day)s.") % {"day": word})
    return found


def _number(word: str, newest: int) -> int | None:
    if not (word.isascii() and word.isdigit()):
        return None
    digits = word.lstrip("0")
    if not digits or len(digits) > len(str(newest)) or int(digits) > newest:
        raise NoSuchSeals(
            _("There is no seal %(number)s: they go from 1 to %(newest)s.")
            % {"number": word[:LONGEST], "newest": newest}
        )
    return int(digits)


def _day(word: str) -> date:
    try:
        return datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=SHANGHAI).date()
    except ValueError as error:
        raise NoSuchSeals(
            _("%(word)s is neither the number of a seal nor a day such as 2026-11-01.") % {"word": word[:LONGEST]}
        ) from error


@dataclass(frozen=True, slots=True)
class Link:
    """A seal as a link of the chain; `moment` is when it was made, in the words that its chain value is made over."""

    pk: int
    first: int
    last: int
    moment: str
    root: bytes
    chain: bytes

    @property
    def over(self) -> bytes:
        """What the chain value is made over, beside the one before."""
        return self.root + f"{self.first}|{self.last}|{self.moment}".encode()

    def after(self, before: bytes) -> bytes:
        """The chain value that this seal has to have after another one."""
        return hashlib.sha256(before + self.over).digest()

    def fits(self, before: tuple[bytes, ...]) -> bool:
        """Whether it hangs on one of these chain values."""
        return any(self.chain == self.after(link) for link in before)


def links(stretch: Stretch = WHOLE) -> Iterator[Link]:
    """The seals of a stretch as links, in their order; one query, read as it goes."""
    return map(link_of, stretch.among(Seal.objects.all()).order_by("pk").iterator(AT_ONCE))


def link_before(stretch: Stretch) -> Link | None:
    """The link on which the first one of a stretch hangs."""
    if stretch.start is None:
        return None
    before = Seal.objects.filter(pk__lt=stretch.start).order_by("-pk").first()
    return link_of(before) if before else None


def link_of(seal: Seal) -> Link:
    """A seal as a link."""
    return Link(seal.pk, seal.first, seal.last, moment_of(seal.settled_at), bytes(seal.root), bytes(seal.chain))


def moment_of(at: datetime) -> str:
    """A moment as PostgreSQL writes it in UTC, which is what chain values are made over: `2026-11-29 11:11:31.12+00`."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}" + f".{at:%f}".rstrip("0").rstrip(".") + "+00"
