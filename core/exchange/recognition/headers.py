"""Finding the header of a sheet: the rows whose texts name the most fields of one kind."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Final

from core.exchange.reading.notes import Merge
from core.exchange.reading.sheets import CellValue, Row
from core.exchange.recognition.groups import NO_GROUP, OTHER, PLAIN, FieldGroup
from core.exchange.recognition.kinds import FieldSpec, HeadingKey, KindSpec
from core.text import header_key, veiled, visible

SEARCHED_ROWS: Final = 20
MAX_DEPTH: Final = 3
# A heading is short; long texts in the first rows are instructions.
_MAX_HEADING: Final = 60
_LONGEST_KEY: Final = 200
# Surer than any alias.
_BY_HAND: Final = 9
_REMARK: Final = re.compile(r"\([^()]*\)")
# 教职工工作经历情况表 is about 工作经历.
_TITLE_STARTS: Final = re.compile("^(?:全?[县市区校]|在职|全体)*(?:教师|教职工|教职员工|职工|人员)+(?=..)")
_TITLE_ENDS: Final = re.compile("(?:信息|情况|登记|统计|一览|汇总|采集|子)*[表册]?$")
_NUMERIC: Final = re.compile(r"[\d\W_]+")
_WRAPPED: Final = re.compile(r"\(([^()]+)\)")


@dataclass(frozen=True, slots=True)
class Heading:
    """The texts over one column from top to bottom, blanks and breaks taken out, repeated ones once."""

    index: int
    texts: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.texts[-1] if self.texts else ""

    @property
    def parent(self) -> str:
        return self.texts[-2] if len(self.texts) > 1 else ""


@dataclass(frozen=True, slots=True)
class Match:
    """A field found over a column; the higher the quality the more of the heading was needed to know it.

    `rank` says whether the heading speaks of the field at all, see `FieldGroup.rank`.
    """

    heading: Heading
    field: FieldSpec
    quality: int
    rank: int = PLAIN


@dataclass(frozen=True, slots=True)
class Header:
    """A reading of some rows as the header of a kind: every match, several for one field included.

    `others` name a field and speak of something else.
    """

    kind: KindSpec
    rows: range
    headings: tuple[Heading, ...]
    matches: tuple[Match, ...]
    others: tuple[Match, ...] = ()

    def found(self) -> set[str]:
        return {match.field.name for match in self.matches}

    def is_complete(self) -> bool:
        found = self.found()
        return len(found) >= self.kind.at_least and not self.kind.missing(found)

    def rank(self) -> tuple[bool, int, int, int, int]:
        """Complete before incomplete, then more fields, then the better part of the kind, more of other things, fewer header rows."""
        found = len(self.found())
        part = found * 1000 // max(len(self.kind.fields), 1)
        return self.is_complete(), found, part, len(self.others), -len(self.rows)


class KindIndex:
    """The headings of one kind by their keys."""

    def __init__(self, kind: KindSpec) -> None:
        self.kind: Final = kind
        self._single: dict[str, FieldSpec] = {}
        self._joined: dict[str, FieldSpec] = {}
        self._pairs: dict[tuple[str, str], FieldSpec] = {}
        for field in kind.fields:
            for alias in field.aliases:
                if isinstance(alias, str):
                    self._single.setdefault(_key(alias), field)
                else:
                    parent, child = map(_key, alias)
                    self._pairs.setdefault((parent, child), field)
                    self._joined.setdefault(parent + child, field)
        self._named_by_sheet = {parent for parent, _child in self._pairs}
        self._fields = {field.name: field for field in kind.fields}
        self._groups = tuple(dict.fromkeys(field.group for field in kind.fields if field.group.ends))

    def subject_of(self, titles: Iterable[str]) -> str:
        """The first title of a sheet that speaks of one thing, as the headings above others do: 工作经历 for 教职工工作经历表."""
        keys = (_TITLE_ENDS.sub("", _TITLE_STARTS.sub("", _key(title))) for title in titles)
        return next((key for key in keys if key in self._named_by_sheet), "")

    def match(self, heading: Heading, beside: str = "", subject: str = "") -> Match | None:
        """The field named: by parent and child, both joined, the child, the child without its remark. `beside` stands for a parent.

        What the whole sheet is about (`subject`) stands above headings of one row, but not above those that say whose row it is.
        """
        if not heading.texts:
            return None
        child, parent = _key(heading.label), _key(heading.parent)
        if subject and len(heading.texts) == 1 and (field := self._pairs.get((subject, child))):
            known = self._single.get(child)
            if known is None or known.name not in self.kind.keys:
                return Match(heading, field, 4, field.group.rank(field.name, ()))
        bare_child, bare_parent = _bare(child), _bare(parent)
        for quality, texts, field in (
            (4, 2, self._pairs.get((parent, child)) or self._pairs.get((bare_parent, bare_child))),
            (3, 2, self._single.get(parent + child) if parent else None),
            (3, 1, self._joined.get(child)),
            (2, 1, self._single.get(child)),
            (1, 1, self._single.get(bare_child)),
        ):
            if field is not None:
                above = (*map(_key, heading.texts[:-texts]), *filter(None, (beside,)))
                remarks = tuple(_REMARK.findall(child)) if quality == 1 else ()
                return Match(heading, field, quality, field.group.rank(field.name, above, remarks))
        return self._lesser(heading, child)

    def _lesser(self, heading: Heading, child: str) -> Match | None:
        """全日制学历 as 学历 of a lesser sort."""
        for group in self._groups:
            for word in group.lesser:
                field = self._single.get(child.removeprefix(word)) if child.startswith(word) else None
                if field is not None and field.group is group:
                    return Match(heading, field, 1, group.rank(field.name, (word, *map(_key, heading.texts[:-1]))))
        return None

    def matches(self, headings: Sequence[Heading], subject: str = "") -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        """The headings that name fields, and those that name them and speak of something else."""
        found: list[Match] = []
        group, opener = NO_GROUP, ""
        chosen = self._chosen(headings)
        for heading in headings:
            match = chosen[heading.index] if heading.index in chosen else self.match(heading, subject=subject)
            if heading.index in chosen and match is not None:
                group, opener = NO_GROUP, ""
            elif match is None or match.rank < PLAIN:
                opened = self._opened(heading) if len(heading.texts) == 1 else NO_GROUP
                group, opener = (opened, _key(heading.label)) if opened.ends else (group, opener)
            elif len(heading.texts) == 1 and match.field.group is group and match.field.name != group.lead:
                match = self.match(heading, opener)
            else:
                group, opener = NO_GROUP, ""
            if match is not None:
                found.append(match)
        return _sorted_out(found)

    def _chosen(self, headings: Sequence[Heading]) -> dict[int, Match | None]:
        """What was said by hand of these columns; None for one that is left out."""
        said = self.kind.chosen
        if not said:
            return {}
        found: dict[int, Match | None] = {}
        by_index = {heading.index: heading for heading in headings}
        for index, key in keys_of(headings).items():
            if key in said:
                field = self._fields[said[key]] if said[key] else None
                found[index] = Match(by_index[index], field, _BY_HAND) if field is not None else None
        return found

    def _opened(self, heading: Heading) -> FieldGroup:
        return next((group for group in self._groups if group.opened_by(_key(heading.label))), NO_GROUP)


def find_header(
    head: Sequence[Row], merges: Iterable[Merge], indexes: Sequence[KindIndex], name: str = ""
) -> Header | None:
    """The best header in the first rows for the kind that fits best; it may lack columns. None without any field.

    The `name` of the sheet and the titles above may say what all of it is about.
    """
    merges = [merge for merge in merges if merge[0] <= len(head)]
    grid = _filled(head, merges)
    best: Header | None = None
    subjects = _subjects(name, grid, indexes)
    for top in range(min(len(grid), SEARCHED_ROWS)):
        if any(first < head[top].number <= last for first, _, last, _ in merges):
            continue  # inside a merged cell: the header begins where that one does
        for depth in range(1, min(MAX_DEPTH, len(grid) - top, SEARCHED_ROWS - top) + 1):
            headings = _headings(grid[top : top + depth])
            for index in indexes:
                matches, others = index.matches(headings, subjects[index][top])
                if matches:
                    rows = range(head[top].number, head[top].number + depth)
                    header = Header(index.kind, rows, headings, matches, others)
                    best = header if best is None or header.rank() > best.rank() else best
    return best


def _subjects(name: str, grid: Sequence[Sequence[str]], indexes: Sequence[KindIndex]) -> dict[KindIndex, list[str]]:
    """For each kind and each row what the sheet is about, by its name and by the titles above that row: texts that stand alone."""
    alone = [texts[0] if len(texts := [*dict.fromkeys(filter(None, line))]) == 1 else "" for line in grid]
    return {
        index: [index.subject_of((name, *alone[:top])) for top in range(min(len(grid), SEARCHED_ROWS))]
        for index in indexes
    }


def keys_of(headings: Iterable[Heading]) -> dict[int, HeadingKey]:
    """By what a choice by hand finds each column again, by its index.

    Columns without a heading have no key, nor have those headed by what may be somebody's number.
    """
    seen: dict[tuple[str, str], int] = {}
    keys = {}
    for heading in headings:
        parent, label = header_key(heading.parent)[:_LONGEST_KEY], header_key(heading.label)[:_LONGEST_KEY]
        if label and veiled(parent) == parent and veiled(label) == label:
            seen[parent, label] = nth = seen.get((parent, label), 0) + 1
            keys[heading.index] = HeadingKey(parent, label, nth)
    return keys


def nearest_header(head: Sequence[Row], merges: Iterable[Merge]) -> tuple[range, tuple[Heading, ...]]:
    """The rows that look most like a header where no field is known: the first with the most different words, and what stands above.

    An empty range where the rows hold no words.
    """
    merges = [merge for merge in merges if merge[0] <= len(head)]
    grid = _filled(head[:SEARCHED_ROWS], merges)
    words = [len({text for text in line if text and not _NUMERIC.fullmatch(text)}) for line in grid]
    if not any(words):
        return range(0), ()
    bottom = words.index(max(words))
    top = bottom
    while top and bottom - top < MAX_DEPTH - 1 and _heads(merges, top, words[top - 1]):
        top -= 1
    return range(head[top].number, head[bottom].number + 1), _headings(grid[top : bottom + 1])


def _heads(merges: Sequence[Merge], place: int, words: int) -> bool:
    """Whether the row above the one at `place` stands over it as a header: merged into it, or merged over some of its columns."""
    reaching = any(first <= place < last for first, _, last, _ in merges)
    parents = any(first == place and right > left for first, left, _, right in merges)
    return words > 1 and (reaching or parents)


def text_of(value: CellValue) -> str:
    """A cell as a reader sees it, in one form for captions and headings: 2026 for 2026.0, ISO for dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def compact(text: str) -> str:
    """A heading as it is named in reports: as it was sent, without blanks, breaks and what nobody sees."""
    return "".join(visible(text).split())


def _sorted_out(found: Sequence[Match]) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
    """Of each group only what speaks of its best lead."""
    best = {
        group: max((match.rank for match in found if match.field.name == group.lead), default=OTHER)
        for group in {match.field.group for match in found}
    }

    def is_read(match: Match) -> bool:
        return match.rank == PLAIN or OTHER < match.rank >= best[match.field.group]

    return tuple(filter(is_read, found)), tuple(match for match in found if not is_read(match))


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    key = header_key(text)
    wrapped = _WRAPPED.fullmatch(key)
    return wrapped[1] if wrapped else key


def _bare(key: str) -> str:
    """A heading without remarks in brackets: 身份证号码(18位) is 身份证号码."""
    return _REMARK.sub("", key) if "(" in key else key


def _filled(head: Sequence[Row], merges: Iterable[Merge]) -> list[list[str]]:
    """The first rows as short texts with merged cells filled to all sides."""
    width = max((len(row.cells) for row in head), default=0)
    grid = [[_heading_text(value) for value in row.cells] + [""] * (width - len(row.cells)) for row in head]
    last = len(grid)
    for top, left, bottom, right in merges:
        if top <= last and left < width:
            text = grid[top - 1][left]
            for line in grid[top - 1 : min(bottom, last)]:
                line[left : right + 1] = [text] * (min(right, width - 1) + 1 - left)
    return grid


def _heading_text(value: CellValue) -> str:
    text = text_of(value)
    return compact(text) if len(text) <= _MAX_HEADING else ""


def _headings(rows: list[list[str]]) -> tuple[Heading, ...]:
    rows = _carried(rows)
    headings = []
    for index, column in enumerate(zip(*rows, strict=True)):
        texts = [text for text, above in zip(column, ("", *column), strict=False) if text and text != above]
        headings.append(Heading(index, tuple(texts)))
    return tuple(headings)


def _carried(rows: list[list[str]]) -> list[list[str]]:
    """Parents carried to the right over children, for files without merged cells; a column without child ends them."""
    if len(rows) == 1:
        return rows
    lines = [list(row) for row in rows]
    for upper, lower in pairwise(lines):
        parent = ""
        for index, text in enumerate(upper):
            if text:
                parent = text if lower[index] and lower[index] != text else ""
            elif parent and lower[index]:
                upper[index] = parent
            else:
                parent = ""
    return lines
