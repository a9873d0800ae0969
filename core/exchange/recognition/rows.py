"""Which rows below the header are data, and why the others are not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from core.exchange.reading.notes import CellFault
from core.exchange.reading.sheets import CellValue
from core.exchange.recognition.headers import Header, text_of
from core.text import clean, header_key

Why = Literal["blank", "caption", "repeated_header", "total", "note", "only_serial"]

_TOTAL: Final = re.compile(
    r"(?:合计|总计|共计|累计|总人数|人数)(?:[:：(\d].*|人数)?|.{0,20}(?:小计|合计|总计)[:：]?(?:\d+人?|\(.*\))?"
)
# What a total may say where rows of data name somebody: how many, a dash, a formula without a value.
_COUNT: Final = re.compile(r"\d{1,9}[人名]?|[-‐‑‒–—―−/]+|#.*", re.ASCII)
# 1 2 3 … or 甲 乙 1 2 … under the headings, at times after 栏次.
_NUMBERED: Final = re.compile(r"\(?(?:(\d{1,3})|([甲乙丙丁戊己庚辛壬癸]))\)?", re.ASCII)
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_NUMBERING: Final = frozenset({"栏次", "栏目", "列次", "列号", "序号", "栏号"})
_LEAST_NUMBERED: Final = 3
# How the key cells of totals, notes and padded cells begin; those of repeated headings begin as these do, and a name with no digit.
_DOUBTFUL: Final = frozenset("合总小共累人-‐‑‒–—―−/ \u3000\t\r\n")
_DIGITS: Final = frozenset("0123456789")
_NOTE: Final = re.compile(
    r"(?:\d{1,2}[、.]|[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十\d]{1,2}\))*"
    r"(?:(?:制表|填表|填报|审核|复核|审批|核对|校对|经办|录入|统计|报送|上报|负责|主管|分管|联系|单位|学校|校长|园长|局长|领导|主要|盖章|公章|签字|签名"
    r"|日期|时间|电话|备注|说明|注|附注|附件|附)[^:]{0,12}:|(?:填表|填报|填写)?(?:说明|要求|须知)$|注[12一二]?[、.]|以下空白|以上)"
)
_SECTION: Final = re.compile(
    r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]{1,3}部分"
)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rows that were left out: `first` to `last` as the sheet numbers them, why, and the beginning of what they say."""

    first: int
    last: int
    why: Why
    text: str = ""

    def numbers(self) -> range:
        return range(self.first, self.last + 1)


class SkippedRows:
    """Collects them in order, neighbouring blank rows as one entry."""

    _SHOWN: Final = 80

    def __init__(self) -> None:
        self._entries: list[Skipped] = []

    def __iter__(self) -> Iterator[Skipped]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, first: int, why: Why, text: str = "", *, last: int = 0) -> None:
        before = self._entries[-1] if self._entries else None
        if why == "blank" and before is not None and before.why == "blank" and before.last == first - 1:
            first = self._entries.pop().first if not last else first
            last = last or before.last + 1
        self._entries.append(Skipped(first, last or first, why, text[: self._SHOWN]))


class RowJudge:
    """Tells rows of data from the rest by their cells, before merged cells are filled down."""

    def __init__(self, header: Header, columns: dict[str, int]) -> None:
        self._keys = [columns[name] for name in header.kind.keys if name in columns]
        serial = {field.name for field in header.kind.fields if field.kind == "serial"}
        self._data = {index for name, index in columns.items() if name not in serial}
        self._titles = {heading.index: {header_key(text) for text in heading.texts} for heading in header.headings}
        texts = (text for heading in header.headings if heading.index in self._keys for text in heading.texts)
        doubtful = _DOUBTFUL | {text[0] for text in texts}
        names = {columns[field.name] for field in header.kind.fields if field.kind == "name" and field.name in columns}
        self._doubtful = [(index, doubtful | _DIGITS if index in names else doubtful) for index in self._keys]

    def is_plain(self, cells: list[CellValue]) -> bool:
        """Whether a look at the key cells is enough to know a row as data; nearly every row is such."""
        try:
            for index, doubtful in self._doubtful:
                value = cells[index]
                if not isinstance(value, str) or not value or value[0] in doubtful:
                    return False
                if "：" in value or ":" in value:
                    return False
        except IndexError:
            return False
        return True

    def why_not(self, cells: list[CellValue]) -> tuple[Why, str] | None:
        """Why a row is no data and what it says, None for a row of data."""
        filled = {index: text for index, value in enumerate(cells) if (text := _plain_text(value))}
        if not filled:
            return "blank", ""
        said = " ".join(filled.values())
        if self._repeats_header(filled) or _numbers_columns(list(filled.values())):
            return "repeated_header", said
        keys = {index: filled[index] for index in self._keys if index in filled}
        if any(map(_TOTAL.fullmatch, filled.values())) and all(
            _TOTAL.fullmatch(text) or _COUNT.fullmatch(text) for text in keys.values()
        ):
            return "total", said
        if any(map(_NOTE.match, filled.values())) and all(map(_NOTE.match, keys.values())):
            return "note", said
        if keys:
            return ("note", said) if len(filled) == 1 and _SECTION.match(said) else None
        if not self._data.intersection(filled):
            return ("only_serial", said) if all(text.isdecimal() for text in filled.values()) else ("note", said)
        return ("note", said) if len(filled) == 1 and not _has_fault(cells) else None

    def _repeats_header(self, filled: dict[int, str]) -> bool:
        same = sum(header_key(text) in self._titles.get(index, ()) for index, text in filled.items())
        return same >= 2 and same * 2 >= len(filled)


def _numbers_columns(texts: list[str]) -> bool:
    """Whether the texts count the columns, by stems first where they name no figures."""
    counted = [_NUMBERED.fullmatch(text) for text in (texts[1:] if texts[0] in _NUMBERING else texts)]
    if len(counted) < _LEAST_NUMBERED or None in counted:
        return False
    stems = "".join(found[2] or "" for found in counted if found)
    numbers = [int(found[1]) for found in counted if found and found[1]]
    return _STEMS.startswith(stems) and numbers == list(range(1, len(numbers) + 1))


def _plain_text(value: CellValue) -> str:
    if value == "":
        return ""
    return "".join(clean(text_of(value)).split()) or ("#" if isinstance(value, CellFault) else "")


def _has_fault(cells: list[CellValue]) -> bool:
    return any(isinstance(value, CellFault) for value in cells)
