"""The day that a sheet says it was made: in a caption above the header, at its foot, or in its name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from core.dates import InvalidDate, PartialDate
from core.text import clean

_DATE: Final = re.compile(
    r"((?:19|20)\d\d) ?年 ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?[日号])?"
    r"|(?<!\d)((?:19|20)\d\d)([./-])(\d{1,2})(?:\5(\d{1,2}))?(?!\d)"
    r"|(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)",
    re.ASCII,
)
_LABEL: Final = re.compile(
    r"(?:(?:填报|填表|制表|统计|上报|报送|填写|编制|汇总|截止|截至)(?:时间|日期|日|到|于)?[:：]?|(?:^|\W)(?:日期|时间)[:：]) ?$"
)
# A day that a sentence speaks of: 根据2024年5月6日通知, 2026年9月10日前报送.
_BEFORE_CITED: Final = re.compile(r"(?:根据|依据|按照|遵照|按|自|从|见)[^，。,;；:：]*$")
_AFTER_CITED: Final = re.compile(
    r"[^，。,;；:： ]{0,12}(?:通知|文件|印发|会议|要求|精神|规定|号文)|起|[以之]?[前后]|以来"
)
_CHINESE_DATE: Final = re.compile(
    r"([二〇○零一三四五六七八九]{4})年(十?[一二三四五六七八九十])月(?:(二?三?十?[一二三四五六七八九十])[日号])?"
)
_DIGITS: Final = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}

# Texts with the numbers of their rows.
Captions = list[tuple[int, str]]
_LABELLED: Final = 0


@dataclass(frozen=True, slots=True)
class SheetDate:
    """A day or month with the text it was read from; row 0 is the name of the sheet."""

    value: PartialDate
    row: int
    text: str


def find_date(captions: Captions, foot: Callable[[], Captions], sheet_name: str) -> SheetDate | None:
    """The best date of a sheet: one labelled 填报时间 above the header, else at the foot, else a day above, else a month."""
    found = [*_dates([*captions, (0, sheet_name)])]
    if not any(rank == _LABELLED for rank, _date in found):
        found += [(rank, date) for rank, date in _dates(foot()) if rank == _LABELLED]
    return min(found, key=lambda entry: (entry[0], entry[1].row))[1] if found else None


def _dates(captions: Captions) -> Iterator[tuple[int, SheetDate]]:
    """The dates in captions, each with its rank: the lower the better."""
    for row, text in captions:
        plain = _with_digits(clean(text))
        for match in _DATE.finditer(plain):
            value, rank = _value(match), _rank(plain, match)
            if value is not None and rank is not None:
                yield (
                    (_LABELLED + 3 if row == 0 else rank + (rank != _LABELLED and not value.day)),
                    SheetDate(value, row, match[0]),
                )


def _rank(plain: str, match: re.Match[str]) -> int | None:
    """Whether a date is labelled; None where it is not the sheet's own."""
    if _LABEL.search(plain, 0, match.start()):
        return _LABELLED
    cited = _BEFORE_CITED.search(plain, 0, match.start()) or _AFTER_CITED.match(plain, match.end())
    return None if cited or match[8] else _LABELLED + 1


def _value(match: re.Match[str]) -> PartialDate | None:
    groups = ((1, 4, 8), (2, 6, 9), (3, 7, 10))
    parts = [part for part in (next(filter(None, match.group(*each)), None) for each in groups) if part]
    try:
        return PartialDate(*map(int, parts))
    except InvalidDate:
        return None


def _with_digits(text: str) -> str:
    """二〇二六年九月十日 as 2026年9月10日."""

    def digits(match: re.Match[str]) -> str:
        year = "".join(_DIGITS[sign] for sign in match[1])
        day = f"{_small_number(match[3])}日" if match[3] else ""
        return f"{year}年{_small_number(match[2])}月{day}"

    return _CHINESE_DATE.sub(digits, text)


def _small_number(text: str) -> int:
    """十 as 10, 十二 as 12, 二十一 as 21."""
    tens, ten, ones = text.rpartition("十")
    return (int(_DIGITS[tens]) if tens else 1 if ten else 0) * 10 + (int(_DIGITS[ones]) if ones else 0)
