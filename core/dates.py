"""Days as this field knows them: partly known, as people type them, in half-open periods, in months and years.

Nothing here asks the clock except `today()`, which only the edge of the product calls.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, total_ordering
from typing import Final, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from core.text import clean

Precision = Literal["year", "month", "day"]
AnyPartialDate = TypeVar("AnyPartialDate", bound="PartialDate")
DateProblem = Literal["not_a_date", "ambiguous_date"]

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
DAY: Final = timedelta(days=1)
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2099
# The first day of a fact that held before anybody kept records of it; pages say so in words (`core.codes.values.day_words`).
BEFORE_RECORDS: Final = date(1900, 1, 1)
# Longer texts are no dates; they are turned away before any pattern or cache sees them.
MAX_TYPED_LENGTH: Final = 64

_ISO: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_SAME_SIGN: Final = dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | {ord("。"): ".", ord("号"): "日"}
# Months in characters: 1985年元月, 1985年十月.
_MONTH_WORD: Final = re.compile(r"(?<=年)(元|十[一二]?|[一二三四五六七八九])(?=月)")
_MONTHS: Final = {word: str(number) for number, word in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二".split(), 1)}
# A clock time after the day, as database dumps and spreadsheets write it; a day in another time zone may be
# another day here.
_CLOCK: Final = re.compile(
    r"(?:[T ] *)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(\+08:?00|Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_SEPARATED: Final = re.compile(r"(\d{4})(?: ?([./-]) ?| )(\d{1,2})(?:(?:(?(2) ?\2 ?| ))(\d{1,2}))? ?[./-]?", re.ASCII)
_WORDED: Final = re.compile(
    r"(\d{4}) ?(?:年|[./-](?=[^./-]*月)) ?(?:(\d{1,2}) ?(?:月份?)?(?:(?<=月) ?(\d{1,2}) ?日?)?)?", re.ASCII
)
_COMPACT: Final = re.compile(r"(\d{4})(?:(\d{2})(\d{2})?)?", re.ASCII)
_SHORT_YEAR: Final = re.compile(
    r"'?(\d{2})(?: ?[./-] ?| |年 ?)(\d{1,2})(?:(?: ?[./-] ?| |月 ?)(\d{1,2}))? ?[./月日-]?", re.ASCII
)
_YEAR_LAST: Final = re.compile(r"(?:(\d{1,2}) ?[./-] ?)?(\d{1,2}) ?[./-] ?(?:\d{4})", re.ASCII)
_DIGITS: Final = re.compile(r"\d{4,7}", re.ASCII)
_DECIMAL: Final = re.compile(r"\d{4}\.(\d+)", re.ASCII)


class InvalidDate(ValueError):
    """No day, month or year ("not_a_date"), or perhaps several ("ambiguous_date"); `.code` says which."""

    def __init__(self, code: DateProblem) -> None:
        super().__init__(code)
        self.code: Final = code


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month or a day of 1900 to 2099, as precise as it is known (GB/T 7408).

    Sorted by time, and at one moment the less precise first: "1985" < "1985-01" < "1985-01-01".
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR or (self.month is None and self.day is not None):
            raise InvalidDate("not_a_date")
        if self.month is not None and not 1 <= self.month <= 12:
            raise InvalidDate("not_a_date")
        if self.month is not None and self.day is not None and not 1 <= self.day <= _days_in(self.year, self.month):
            raise InvalidDate("not_a_date")

    @classmethod
    def parse(cls, iso: str) -> Self:
        """Read the stored form "1985", "1985-07" or "1985-07-13", nothing else (InvalidDate "not_a_date")."""
        return _parse(cls, iso)  # type: ignore[arg-type] # a class is hashable; typeshed says so only of instances

    @classmethod
    def of(cls, day: date) -> Self:
        """The whole day, whatever time of day comes with it."""
        return cls(day.year, day.month, day.day)

    def __str__(self) -> str:
        if self.month is None:
            return f"{self.year:04}"
        if self.day is None:
            return f"{self.year:04}-{self.month:02}"
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return (self.year, self.month or 0, self.day or 0) < (other.year, other.month or 0, other.day or 0)

    @property
    def precision(self) -> Precision:
        """How much of the date is known: "year", "month" or "day"."""
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    def first_day(self) -> date:
        """The earliest day that it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        """The latest day that it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or _days_in(self.year, month))

    def agrees(self, other: "PartialDate") -> bool:
        """Whether both are equal at the coarser precision: "1985-07" agrees with every day of that July."""
        if self.year != other.year or self.month is None or other.month is None:
            return self.year == other.year
        return self.month == other.month and (self.day is None or other.day is None or self.day == other.day)


def read_date(text: str) -> PartialDate:
    """Read a date as people type it, no more precise than it was typed.

    Forms: 1985.07, 1985年7月1日, 1985-7-1, 2009/7/1, 20170908, 201709, 1985.

    Full-width digits, blanks, zero-width characters, a closing full stop and a time of day (local, or +08:00)
    do not matter. In text 1985.1 is January. Raises InvalidDate "ambiguous_date" for what could be read in
    more than one way (a year of two digits, the year last, 1985112, a time in another zone) and "not_a_date"
    for the rest, years outside 1900-2099 included.
    """
    if len(text) > MAX_TYPED_LENGTH:
        raise InvalidDate("not_a_date")
    return _read(text)


def read_number_date(value: float, shown: str | None) -> PartialDate:
    """Read a date stored as a plain number: 20170716 a day, 201707 or 1985.07 a month, 1985 a year.

    `shown` is the text that the cell displays, where known. 1985.1 may be January or a typed 1985.10 that
    lost its nought: it is "ambiguous_date" unless the cell `shows_october`. A display that rounds (1985.11
    as 1985.1) hides what is stored: then what is stored counts. Serial day numbers of date cells are the
    workbook reader's matter.
    """
    if isinstance(value, bool) or not FIRST_YEAR <= value < 10**8:
        raise InvalidDate("not_a_date")
    if value == int(value):
        return read_date(str(int(value)))
    digits = f"{value:.10g}"
    found = _DECIMAL.fullmatch(digits)
    if found is None or len(found[1]) > 2:
        raise InvalidDate("not_a_date")
    if found[1] == "1":
        if shown is None or not shows_october(value, shown):
            raise InvalidDate("ambiguous_date")
        digits += "0"
    return read_date(digits)


def shows_october(value: float, shown: str) -> bool:
    """Whether a cell that holds 1985.1 shows 1985.10, and so tells October from January."""
    digits = f"{value:.10g}"
    return digits.endswith(".1") and clean(shown) == f"{digits}0"


@lru_cache(maxsize=65536)
def _read(text: str) -> PartialDate:
    plain = _without_clock(clean(text).translate(_SAME_SIGN))
    plain = _MONTH_WORD.sub(lambda word: _MONTHS.get(word[0], "1"), plain)
    for pattern, groups in ((_SEPARATED, (1, 3, 4)), (_WORDED, (1, 2, 3)), (_COMPACT, (1, 2, 3))):
        found = pattern.fullmatch(plain)
        if found is not None:
            parts = [int(found[group]) for group in groups if found[group] is not None]
            return _checked(plain, parts)
    raise InvalidDate("ambiguous_date" if _readings(plain) else "not_a_date")


def _without_clock(plain: str) -> str:
    """The text without a time of day at its end; in another zone than ours the day itself is uncertain."""
    colon = plain.find(":")
    if colon < 0:
        return plain
    for start in (plain.find("T"), plain.rfind(" ", 0, colon)):
        found = _CLOCK.fullmatch(plain, start) if start > 0 else None
        if found is not None:
            if found[1] is not None and not found[1].startswith("+08"):
                raise InvalidDate("ambiguous_date")
            return plain[:start].rstrip()
    raise InvalidDate("not_a_date")


def _checked(plain: str, parts: list[int]) -> PartialDate:
    """The date of these parts, or the reason why the text that gave them names none."""
    try:
        return PartialDate(*parts)
    except InvalidDate:
        if _readings(plain):
            raise InvalidDate("ambiguous_date") from None
        raise


def _readings(plain: str) -> bool:
    """Whether the text is a date that leaves open which: a short year, the year last, digits run together."""
    found = _SHORT_YEAR.fullmatch(plain)
    if found is not None:
        return _exists(int(found[2]), int(found[3] or 1))
    found = _YEAR_LAST.fullmatch(plain)
    if found is not None:
        first, second = int(found[1] or 1), int(found[2])
        return _exists(first, second) or _exists(second, first)
    return _DIGITS.fullmatch(plain) is not None and _run_together(plain)


def _run_together(digits: str) -> bool:
    """Whether four to seven digits are a date with a short year, or one that lacks its noughts."""
    if len(digits) == 4:  # 8507
        return _exists(int(digits[2:]), 1)
    if len(digits) == 6:  # 850713
        return _exists(int(digits[2:4]), int(digits[4:]))
    if not FIRST_YEAR <= int(digits[:4]) <= LAST_YEAR:
        return False
    if len(digits) == 5:  # 19857
        return _exists(int(digits[4:]), 1)
    return any(_exists(int(digits[4:cut]), int(digits[cut:])) for cut in (5, 6))  # 1985112


def _exists(month: int, day: int) -> bool:
    """Whether some year has this day."""
    return 1 <= month <= 12 and 1 <= day <= _days_in(2000, month)


_MONTH_LENGTHS: Final = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _days_in(year: int, month: int) -> int:
    return 29 if month == 2 and calendar.isleap(year) else _MONTH_LENGTHS[month]


@lru_cache(maxsize=1 << 15)
def _parse(kind: type["AnyPartialDate"], iso: str) -> "AnyPartialDate":
    """A file names the same few thousand days again and again."""
    found = _ISO.fullmatch(iso)
    if found is None:
        raise InvalidDate("not_a_date")
    return kind(*(int(part) for part in found.groups() if part is not None))


def today() -> date:
    """The day it is now in China. Only the edge of the product asks; all below is given its day."""
    return datetime.now(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` up to, not including, `end`; without an end it lasts. Never empty (ValueError)."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError("a period ends after it starts")

    def contains(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: "Period") -> bool:
        return (self.end is None or other.start < self.end) and (other.end is None or self.start < other.end)

    def intersect(self, other: "Period") -> "Period | None":
        """The days in both, None where there is none."""
        if not self.overlaps(other):
            return None
        ends = [end for end in (self.end, other.end) if end is not None]
        return Period(max(self.start, other.start), min(ends, default=None))


def month_period(year: int, month: int) -> Period:
    """The days of one calendar month."""
    start = date(year, month, 1)
    return Period(start, add_months(start, 1))


def add_months(day: date, n: int) -> date:
    """The same day `n` months later (earlier for a negative n), or the last day of a month that is shorter.

    This is how the Civil Code counts months and years (art. 202). ValueError when the result leaves the
    calendar.
    """
    index = day.year * 12 + day.month - 1 + n
    year, month = index // 12, index % 12 + 1
    if not date.min.year <= year <= date.max.year:
        raise ValueError("the date leaves the calendar")
    return date(year, month, min(day.day, _days_in(year, month)))


def months_between(start: date, on: date) -> int:
    """Whole months elapsed: the largest n with add_months(start, n) <= on; negative when `on` is earlier."""
    months = (on.year - start.year) * 12 + on.month - start.month
    return months if add_months(start, months) <= on else months - 1


def full_years(start: date, on: date) -> int:
    """Whole years elapsed from `start` to `on` (an age in 周岁), negative when `on` is earlier.

    Who is born on 29 February completes a year on 28 February where the year has no 29th (Civil Code art.
    202).
    """
    return months_between(start, on) // 12
