"""Who heads which unit (校级领导任职名单) as a workbook: headships that are held or were held, by the rules of recording one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from core.dates import Period
from core.exchange.kinds import Draft, Setting
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.bulk import update_rows
from core.records.scope import AnyOf
from personnel.models import CHIEFS, Headship
from personnel.resources.fact_columns import HEADSHIP
from personnel.resources.fact_people import FactKind
from personnel.resources.facts import FactSection, units_of
from personnel.selectors.cadres import DECIDE, PROPOSE, Presence
from personnel.services.cadres import (
    NEXT_TERM,
    at_work_words,
    held_already_words,
    held_later_words,
    held_words,
    must_be_recordable,
    not_on_staff_words,
)

CODES: Final = (
    "headship_since", "headship_acting", "headship_unit", "headship_term", "headship_term_last", "headship_document", "headship_until",
    "headship_taken", "headship_held", "headship_staff", "headship_belongs",
)  # fmt: skip
# Beside what a row says: the day on which it ends by what is on file, which term it is, the records that end with it.
ENDED: Final = "_ended"
TERM: Final = "_term"
CLOSES: Final = "_closes"


class HeadshipKind(FactKind):
    """Sent by who proposes headships, accepted by who decides on them, as on the pages."""

    name = "headships"
    label = _("Headships held")
    permission = PROPOSE
    accepted_by = DECIDE
    about = _(
        "Each row is a headship that somebody holds or held, by its document. It is written down as a fact: nothing is proposed or decided "
        "by it. What begins ahead is proposed on the page of the person. Who decides on headships accepts the batch."
    )
    needed_columns = ("headship", "headship_since", "headship_document")
    since = "headship_since"


@dataclass(slots=True)
class Held:
    """A headship as the check knows it: whose, its half-open days, which term; `stored` where it is on file."""

    teacher: int
    headship: str
    acting: bool
    starts: date
    ends: date | None
    term: int
    stored: Any = None

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.starts <= day and (self.ends is None or day < self.ends)

    def overlaps(self, period: Period) -> bool:
        """Whether it holds on any day of a period."""
        return Period(self.starts, self.ends).overlaps(period)

    def is_of(self, stored: Any) -> bool:
        """Whether it is that record."""
        return stored is not None and self.stored is not None and bool(self.stored.pk == stored.pk)


@dataclass(frozen=True, slots=True)
class Asked:
    """A chief's post as a row asks for it: the unit by name, the post, the days."""

    unit: str
    headship: str
    acting: bool
    period: Period


class HeadshipSection(FactSection):
    """A headship, known by unit, post and first day. A chief's post is held by one person on any day; the next term ends the one before."""

    kind, name, order = "headships", "personnel.Headship", 10
    label = _("Headship")
    model = Headship
    columns = HEADSHIP
    prefix = "headship"
    fields: ClassVar[Mapping[str, str]] = {
        "headship": "headship",
        "headship_acting": "acting",
        "headship_term": "term",
        "headship_term_last": "term_last",
        "headship_document": "document",
        "headship_ended_how": "ended_how",
        "headship_end_document": "end_document",
    }
    days: ClassVar[Mapping[str, Any]] = {
        "headship_since": "first",
        "headship_term_last": "last",
        "headship_until": "until",
    }
    needed = ("headship", "headship_since", "headship_document")
    about: ClassVar[Mapping[str, str]] = {
        "since": "headship_since",
        "document": "headship_document",
        "headship": "headship",
        "acting": "headship_acting",
        "unit": "unit_name",
        "term_last": "headship_term_last",
        "term": "headship_term",
        "until": "headship_until",
        "taken": "headship",
        "held": "headship_since",
        "staff": "headship_since",
    }

    def natural(self, row: Draft) -> tuple[Any, ...]:
        return row.values["unit"], row.values["headship"], self.day(row, "headship_since")

    def present(self, row: Draft, state: Sequence[Any] | None, setting: Setting) -> Any:
        unit, headship = row.values["unit"], row.values["headship"]
        return self.of_day([one for one in state or () if one.unit_id == unit and one.headship == headship], row)

    def stored(self, one: Any, name: str) -> Any:
        return one.valid.upper if name == "headship_until" else super().stored(one, name)

    def why_not(self, row: Draft, setting: Setting) -> NotAllowed | None:
        said, since = row.values.get, self.day(row, "headship_since")
        unit: Unit = units_of([row], setting)[row.values["unit"]]
        until, actor = self.day(row, "headship_until"), setting.actor
        assert since is not None  # noqa: S101 - rows without it are refused before
        try:
            must_be_recordable(
                actor, unit, said("headship") or "", since, said("headship_document") or "", acting=bool(said("headship_acting")),
                term_last=self.day(row, "headship_term_last"),
            )  # fmt: skip
        except NotAllowed as error:
            return error
        if said("headship_term") == 0:
            return NotAllowed(_t("The first term is number 1."), field="term")
        if until is not None and until <= since:
            return NotAllowed(_t("It would end before it began."), field="until")
        if until is not None and until > actor.on:
            return NotAllowed(_t("What ends ahead is proposed and decided, not recorded."), field="until")
        if until is None and (said("headship_ended_how") or said("headship_end_document")):
            return NotAllowed(_t("Say from which day on it is held no more."), field="until")
        return None

    def period(self, row: Draft) -> Period:
        since, until = self.day(row, "headship_since"), self.day(row, "headship_until")
        ended = row.values.get(ENDED)
        assert since is not None  # noqa: S101 - rows without it are refused before
        return Period(since, until or (date.fromisoformat(ended) if ended else None))

    # rules of many

    def weigh(self, rows: Sequence[Draft], states: Mapping[int, list[Any]], setting: Setting) -> None:
        board = self._board(rows, setting)
        people = {one.teacher for held in board.values() for one in held} | {row.subject or 0 for row in rows}
        presence = Presence(people)
        units = Unit.objects.named(setting.actor.on).filter(pk__in={self.unit(row) for row in rows})
        names = dict(units.values_list("pk", "name"))
        for row in rows:
            stored = self.present(row, states.get(row.subject or 0), setting)
            for name in (ENDED, CLOSES):
                row.values.pop(name, None)
            self._end_by_leaving(row, stored, presence, setting)
            unit = self.unit(row)
            self._weigh_one(row, stored, board[unit], presence, names.get(unit) or "")

    def _board(self, rows: Sequence[Draft], setting: Setting) -> dict[int, list[Held]]:
        """Who heads the units that rows name, on file and by earlier rows of this workbook. One query."""
        board: dict[int, list[Held]] = (
            setting.shared.setdefault((self.name, "board"), {}) if not setting.writing else {}
        )
        unread = {self.unit(row) for row in rows} - board.keys()
        for unit in unread:
            board[unit] = []
        for one in Headship._base_manager.filter(AnyOf("unit_id", unread)).order_by("valid", "pk"):
            valid = one.valid
            board[one.unit_id].append(
                Held(one.teacher_id, one.headship, one.acting, valid.lower, valid.upper, one.term, stored=one)
            )
        return board

    def _end_by_leaving(self, row: Draft, stored: Any, presence: Presence, setting: Setting) -> None:
        """Who has left, retired or died since leads no more: what is written ends with that day, unless the row says when."""
        since = self.day(row, "headship_since")
        if self.day(row, "headship_until") is not None or since is None:
            return
        if stored is not None:
            row.values[ENDED] = str(stored.valid.upper or "")
        elif left := presence.left_by(row.subject or 0, since, setting.actor.on):
            row.values[ENDED] = str(left)
            if not setting.writing:
                row.warn("headship_since", "headship_left", "", day=str(left))

    def _weigh_one(self, row: Draft, stored: Any, held: list[Held], presence: Presence, unit: str) -> None:
        period, person, headship = self.period(row), row.subject or 0, row.values["headship"]
        acting = bool(row.values.get("headship_acting", stored is not None and stored.acting))
        if not presence.on_staff(person, period.start):
            self.say(row, "staff", lambda: not_on_staff_words(row.values["name"], period.start))
            return
        same = [one for one in held if one.headship == headship and not one.is_of(stored)]
        if headship in CHIEFS and self._taken(row, same, Asked(unit, headship, acting, period), presence):
            return
        own = [one for one in same if one.teacher == person]
        before = next((one for one in own if one.starts < period.start and one.holds(period.start)), None)
        if any(one.overlaps(period) and one is not before for one in own):
            self.say(row, "held", held_already_words)
            return
        last = next((one for one in own if not one.acting and one.ends == period.start), before)
        counted = last.term + 1 if last is not None and not acting else 1
        row.values[TERM] = row.values.get("headship_term") or (stored.term if stored is not None else counted)
        if before is not None:
            _close(row, before, period.start, NEXT_TERM, row.values["headship_document"])
        held[:] = [one for one in held if not one.is_of(stored)]
        held.append(Held(person, headship, acting, period.start, period.end, row.values[TERM], stored))

    def _taken(self, row: Draft, same: Sequence[Held], asked: Asked, presence: Presence) -> bool:
        """Whether somebody else holds the chief's post, or is at work where the row has an acting head; the row is refused then.

        Who has left by the first day does not hold it any more, and their record ends with the day on which they left.
        """
        unit, headship, period = asked.unit, asked.headship, asked.period
        for one in same:
            name = presence.names.get(one.teacher, "")
            if one.teacher != row.subject and one.acting == asked.acting and one.overlaps(period):
                left = presence.left_by(one.teacher, one.starts, period.start) if one.starts <= period.start else None
                if one.starts > period.start:
                    self.say(row, "taken", partial(held_later_words, unit, headship, name, one.starts))
                    return True
                if left is None:
                    self.say(row, "taken", partial(held_words, unit, headship, name))
                    return True
                _close(row, one, left, "", "")
            elif asked.acting and not one.acting and one.holds(period.start):
                day = period.start
                if presence.on_staff(one.teacher, day) and not presence.away(one.teacher, day):
                    self.say(row, "taken", partial(at_work_words, unit, headship, name))
                    return True
        return False

    # writing

    def fill(self, one: Headship, row: Draft) -> None:
        super().fill(one, row)
        one.unit_id, one.term = self.unit(row), row.values[TERM]

    def before(self, rows: Sequence[Draft], states: Mapping[int, list[Any]], setting: Setting) -> None:
        """What rows end: terms before, and headships of who has left since."""
        closes = {entry[0]: (row, *entry[1:]) for row in rows for entry in row.values.get(CLOSES, ())}
        ended = Headship._base_manager.filter(AnyOf("id", closes)) if closes else []
        lines: dict[bool, list[list[Any]]] = defaultdict(list)
        for one in ended:
            row, day, how, document = closes[one.pk]
            line = [one.pk, one.revision, Range(one.valid.lower, date.fromisoformat(day)), row.id]
            lines[bool(how)].append([*line, how, document] if how else line)
        update_rows(Headship, ["valid", "source_row"], lines[False])
        update_rows(Headship, ["valid", "source_row", "ended_how", "end_document"], lines[True])


def _close(row: Draft, one: Held, day: date, how: str, document: str) -> None:
    """Let a headship end on a day; of one that is on file it is written with the row that ends it."""
    one.ends = day
    if one.stored is not None:
        row.values.setdefault(CLOSES, []).append([one.stored.pk, str(day), how, document])


KINDS: Final = (HeadshipKind(),)
SECTIONS: Final = (HeadshipSection(),)
