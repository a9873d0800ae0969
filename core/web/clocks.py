"""The two clocks of a page: facts as of a day, as we knew them on another. They stand in the address and need no JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from core.records.clocks import Known, known_by
from core.text import veiled
from core.web.filters import day_of
from core.web.parts import Finding

NAMES: Final = ("valid_on", "known_at")


class Clocks:
    """The two days of an address (`valid_on`, `known_at`), both today where it does not say.

    A text that names no day leaves its clock at today; it is told, and stays in its field as it was typed.
    """

    def __init__(self, params: Mapping[str, str], today: date) -> None:
        self.today = today
        self._typed = {name: params.get(name, "").strip() for name in NAMES}
        self._read = {name: day_of(text) for name, text in self._typed.items()}

    @property
    def valid_on(self) -> date:
        """The day of which the facts are told."""
        return self._read["valid_on"] or self.today

    @property
    def asked(self) -> date:
        """The day by whose end it was to be known, as it was asked."""
        return self._read["known_at"] or self.today

    @cached_property
    def known(self) -> Known:
        """What was known by then."""
        return known_by(self.asked, today=self.today)

    @property
    def is_today(self) -> bool:
        """Whether the page shows what it shows to everybody."""
        return self.valid_on == self.today and self.known.now

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with a field, by its name."""
        wrong = [name for name in NAMES if self._typed[name] and self._read[name] is None]
        text = _("“%(text)s” is no day. Write the whole day, such as 2026-09-01.")
        return {name: text % {"text": veiled(self._typed[name][:40])} for name in wrong}

    def carried(self) -> list[tuple[str, str]]:
        """The clocks as other addresses of the page carry them on."""
        days = {"valid_on": self.valid_on, "known_at": self.asked}
        return [(name, day.isoformat()) for name, day in days.items() if day != self.today]

    def query(self, **more: str) -> str:
        """The query of an address of the same page at the same two days, with its question mark; empty where all is usual."""
        pairs = [*((name, value) for name, value in more.items() if value), *self.carried()]
        return f"?{urlencode(pairs)}" if pairs else ""

    def notices(self) -> list[Finding]:
        """What the reader should know of the days asked for."""
        if self.asked <= self.today:
            return []
        heading = _("%(day)s is still to come.") % {"day": self.asked}
        return [Finding(heading, _("Nobody knows yet what will be known then; this is what is known today."))]

    def strip(
        self, *, hidden: Sequence[tuple[str, str]] = (), today_url: str, differences: int | None = None
    ) -> dict[str, Any]:
        """What the component `clocks` shows; `hidden` are the pairs that its form carries on."""
        ahead = self.valid_on > self.today and self.known.now
        return {
            "valid_on": self.valid_on,
            "known_at": self.known.day,
            "typed": {name: self._typed[name] for name in self.errors},
            "errors": self.errors,
            "is_past": not self.is_today,
            "note": _("You are looking ahead: what is dated ahead is taken as it stands today") if ahead else "",
            "differences": differences,
            "today_url": today_url,
            "hidden": hidden,
        }

    def printed(self) -> str:
        """Both days in words, for paper."""
        days = {"valid_on": self.valid_on, "known_at": self.known.day}
        return _("facts as of %(valid_on)s, as known on %(known_at)s") % days
