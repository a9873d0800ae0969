"""The day that a sheet says it was made: in a caption above the header, or in its name."""

import re
from dataclasses import dataclass
from typing import Final

from core.dates import InvalidDate, PartialDate
from core.text import clean

_DATE: Final = re.compile(
    r"((?:19|20)\d\d) ?年 ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?[日号])?"
    r"|(?<!\d)((?:19|20)\d\d)([./-])(\d{1,2})(?:\5(\d{1,2}))?(?!\d)",
    re.ASCII,
)
_LABEL: Final = re.compile(
    r"(?:填报|填表|制表|统计|上报|报送|填写|编制|汇总|截止|截至)(?:时间|日期|日|到|于)?[:：]? ?$"
)
_CHINESE_DATE: Final = re.compile(
    r"([二〇○零一三四五六七八九]{4})年(十?[一二三四五六七八九十])月(?:(二?三?十?[一二三四五六七八九十])[日号])?"
)
_DIGITS: Final = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}


@dataclass(frozen=True, slots=True)
class SheetDate:
    """A day or month with the text it was read from; row 0 is the name of the sheet."""

    value: PartialDate
    row: int
    text: str


def find_date(captions: list[tuple[int, str]], sheet_name: str) -> SheetDate | None:
    """The best date in these (row, text) captions: one labelled 填报时间, else a day, else a month."""
    found: list[tuple[int, int, SheetDate]] = []
    for row, text in [*captions, (0, sheet_name)]:
        plain = _with_digits(clean(text))
        for match in _DATE.finditer(plain):
            value = _value(match)
            if value is not None:
                labelled = _LABEL.search(plain, 0, match.start()) is not None
                rank = 3 if row == 0 else 0 if labelled else 1 if value.day else 2
                found.append((rank, row, SheetDate(value, row, match[0])))
    return min(found, key=lambda entry: entry[:2])[2] if found else None


def _value(match: re.Match[str]) -> PartialDate | None:
    parts = [part for part in (match[1] or match[4], match[2] or match[6], match[3] or match[7]) if part]
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
