"""From what stands in a cell to a value that a record can hold, every problem named; one cleaner per kind of field."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, Self

from core.dates import InvalidDate, PartialDate, read_date, read_number_date
from core.exchange.reading.notes import CellFault
from core.exchange.reading.sheets import CellValue
from core.exchange.recognition.kinds import FieldSpec
from core.idnumber import InvalidIdNumber
from core.idnumber import parse as parse_id_number
from core.phone import InvalidPhone, read_phone
from core.text import EMPTY_WORDS, clean, clean_name, has_hidden_characters, header_key, is_empty

Severity = Literal["error", "warning"]
Value = str | bool | int | Decimal | PartialDate | list[str] | None

_NO_PARAMS: Final[Mapping[str, str | int]] = MappingProxyType({})
# Excel keeps 15 digits of a number.
_LOST_DIGITS_FROM: Final = 10**15
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?1[5-9]")
_NAME_SIGNS: Final = frozenset(" ·-'().")
_RARE: Final = "\ue000-\uf8ff\U000f0000-\U000ffffd"
_NAME: Final = re.compile(r"[^\W\d_]|[\u3007" + _RARE + "]")
_QUOTES: Final = "'\"`‘’“”"
_BETWEEN_WORDS: Final = re.compile(r"[\s、,;/+和及]+")
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_YES: Final = frozenset("是 是的 √ ✓ ✔ ☑ 有 对 y yes true 1 在编 全日制 师范 师范类".split())
_NO: Final = frozenset(
    "否 × ✗ ✘ x 无 没有 不是 非 未 n no false 0 不在编 非在编 非编 编外 非全日制 非师范 非师范类".split()
)
# What needs no cleaning at all; most names and phones are such.
_PLAIN: Final = {"name": re.compile("[\u4e00-\u9fff]{2,4}"), "phone": re.compile(r"1[3-9]\d{9}", re.ASCII)}
_SHOWN: Final = 100
# How many cells of a column are remembered, and up to which length: what is longer hardly comes twice.
_MEMORY: Final = 20_000
_REMEMBERED: Final = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one cell: an error keeps its row out, a warning is told. The words are elsewhere."""

    column: str
    value: str
    code: str
    severity: Severity = "error"
    params: Mapping[str, str | int] = field(default_factory=dict)
    sheet: str = ""
    row: int = 0

    def at(self, sheet: str, row: int) -> Self:
        return replace(self, sheet=sheet, row=row)


class Cleaned(NamedTuple):
    """`value` is None for an empty or refused cell; `read_as` names what a synonym was taken for (汉 → 汉族)."""

    value: Value
    read_as: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def refused(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


class Refusal(Exception):
    """A cell that its cleaner cannot read; it never leaves this module."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


EMPTY: Final = Cleaned(None)


class ColumnCleaner:
    """Cleans the cells of one column; call it with each value. What it has seen before costs one look-up."""

    def __init__(self, spec: FieldSpec, header: str) -> None:
        self.spec: Final = spec
        self.header: Final = header
        self._clean: Final = _CLEANERS[spec.kind]
        self._empty = self._with_problem("missing", "") if spec.required else EMPTY
        self._words = frozenset(map(header_key, spec.words))
        self._empty_words = frozenset(map(header_key, spec.empty_words))
        # Nearly every value shows by its first character that it is none of the words for "nothing".
        words = EMPTY_WORDS | self._empty_words | (_NO if spec.kind == "yes_no" else frozenset())
        self._empty_starts = frozenset(start for word in words if word for start in (word[0], word[0].upper()))
        self._plain = _PLAIN.get(spec.kind)
        # What was read of each text so far; of other cells by their class too: 1, 1.0 and True are one key and three cells.
        self.texts: Final[dict[CellValue, Cleaned]] = {}
        self._seen: dict[type, dict[CellValue, Cleaned]] = {str: self.texts}

    def __call__(self, value: CellValue) -> Cleaned:
        seen = self._seen.get(value.__class__)
        if seen is None:
            seen = self._seen[value.__class__] = {}
        result = seen.get(value)
        if result is None:
            if isinstance(value, str) and len(value) > _REMEMBERED:
                return self._read(value)
            if len(seen) >= _MEMORY:
                seen.clear()
            result = seen[value] = self._read(value)
        return result

    def _read(self, value: CellValue) -> Cleaned:
        if isinstance(value, str):
            return self._read_text(value)
        if isinstance(value, CellFault):
            return self._with_problem(value.code, value.shown)
        if isinstance(value, float) and not isfinite(value):
            return self._with_problem("error_cell", str(value))
        return self._cleaned(value)

    def _read_text(self, value: str) -> Cleaned:
        if self._says_nothing(value):
            return self._empty
        if self._plain is not None and self._plain.fullmatch(value):
            return Cleaned(value)
        result = self._cleaned(value)
        if not result.problems and has_hidden_characters(value):
            hidden = Problem(self.header, shown(value), "hidden_characters", "warning")
            return result._replace(problems=(hidden,))
        return result

    def _cleaned(self, value: CellValue) -> Cleaned:
        try:
            result, read_as = self._clean(value, self.spec)
        except Refusal as refusal:
            return self._with_problem(refusal.code, shown(value), params=refusal.params)
        return Cleaned(result, read_as, _warnings(self.header, value, result, read_as, self.spec))

    def _says_nothing(self, value: str) -> bool:
        if not value or value.isspace():
            return True
        if value[0].isalnum() and value[0] < "\uff00" and value[0] not in self._empty_starts:
            return False
        key = header_key(value)
        if key in self._words or key in self.spec.codes or (self.spec.kind == "yes_no" and key in _NO):
            return False
        return key in self._empty_words or is_empty(value)

    def _with_problem(self, code: str, value: str, *, params: Mapping[str, str | int] = _NO_PARAMS) -> Cleaned:
        return Cleaned(None, "", (Problem(self.header, value, code, "error", params),))


def shown(value: CellValue) -> str:
    """A cell as its reader sees it, cut where it is long."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _LOST_DIGITS_FROM else f"{value:.15G}"
    if isinstance(value, date | datetime):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return shortened(str(value), _SHOWN)


def shortened(text: str, most: int) -> str:
    """A text, cut where it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[:most]}…"


def _as_text(value: CellValue) -> str:
    """Any cell as text for fields that hold text: a whole number without its point, a day as 1985-07-01."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float) and abs(value) >= _LOST_DIGITS_FROM:
        raise Refusal("number_cell")
    return shown(value)


def _limited(text: str, spec: FieldSpec) -> str:
    if spec.max_length is not None and len(text) > spec.max_length:
        raise Refusal("too_long", length=len(text), limit=spec.max_length)
    return text


def _text(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    return _limited(_as_text(value), spec), ""


def _name(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    if not isinstance(value, str):
        raise Refusal("not_a_name")
    name = _limited(clean_name(value), spec)
    if not _NAME.search(name) or not all(
        sign in _NAME_SIGNS or _NAME.match(sign) or unicodedata.category(sign)[0] == "M" for sign in name
    ):
        raise Refusal("not_a_name")
    return name, ""


def _id_number(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    if isinstance(value, str):
        text = value if len(value) == 18 and value.isalnum() else "".join(clean(value).split()).strip(_QUOTES)
    elif isinstance(value, int | float) and abs(value) >= _LOST_DIGITS_FROM:
        raise Refusal("number_cell")
    else:
        text = shown(value)
    try:
        number = parse_id_number(text).number
    except InvalidIdNumber as error:
        if _SCIENTIFIC.fullmatch(text):
            raise Refusal("number_cell") from None
        raise Refusal(error.code, length=len(text)) from None
    return number, number if len(text) != len(number) else ""


def _date(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    try:
        if isinstance(value, date):
            return PartialDate.of(value), ""
        if isinstance(value, int | float):
            return read_number_date(value, None), ""
        if isinstance(value, time | timedelta):
            raise Refusal("not_a_date")
        return read_date(str(value)), ""
    except InvalidDate as error:
        raise Refusal(error.code) from None


def _yes_no(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    key = header_key(shown(value))
    if key in _YES:
        return True, ""
    if key in _NO:
        return False, ""
    raise Refusal("not_yes_no")


def _decimal(value: CellValue, spec: FieldSpec) -> tuple[Decimal, str]:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refusal("not_a_number")
    text = "".join(clean(value).split()) if isinstance(value, str) else f"{value:.15G}"
    suffix = next((suffix for suffix in spec.suffixes if text.endswith(suffix)), "")
    number = text.removesuffix(suffix)
    if isinstance(value, str) and not _NUMBER.fullmatch(number):
        raise Refusal("not_a_number")
    return Decimal(number.replace(",", "")), number if suffix else ""


def _integer(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    number, read_as = _decimal(value, spec)
    if number != number.to_integral_value():
        raise Refusal("not_a_number")
    return int(number), read_as


def _phone(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    try:
        return read_phone(value if isinstance(value, str) else shown(value)), ""
    except InvalidPhone as error:
        raise Refusal(error.code) from None


def _code(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    text = _as_text(value)
    code = spec.codes.get(header_key(text))
    if code is None:
        words = [word for word in _BETWEEN_WORDS.split(text) if word]
        if len(words) > 1 and all(header_key(word) in spec.codes for word in words):
            raise Refusal("several_codes", words="、".join(words))
        raise Refusal("unknown_code")
    name = spec.code_names.get(code, "")
    return code, name if name and name != text else ""


def _codes(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    """Several words of one list, in the list's order."""
    words = [word for word in _BETWEEN_WORDS.split(_as_text(value)) if word]
    found = {spec.codes.get(header_key(word)) for word in words}
    if None in found:
        raise Refusal("unknown_code")
    return [code for code in spec.code_names if code in found], ""


def _warnings(header: str, sent: CellValue, value: Value, read_as: str, spec: FieldSpec) -> tuple[Problem, ...]:
    """An identity number of the old form; characters of a private area, which show as another or as none on any other machine."""
    if spec.kind == "id_number" and read_as:
        return (Problem(header, shown(sent), "fifteen_digits", "warning"),)
    if (
        spec.kind in ("name", "text")
        and isinstance(value, str)
        and not value.isascii()
        and re.search(f"[{_RARE}]", value)
    ):
        return (Problem(header, shown(value), "private_character", "warning"),)
    return ()


def _nothing(value: CellValue, spec: FieldSpec) -> tuple[Value, str]:
    return None, ""


_CLEANERS: Final[Mapping[str, Callable[[CellValue, FieldSpec], tuple[Value, str]]]] = {
    "text": _text,
    "name": _name,
    "id_number": _id_number,
    "date": _date,
    "yes_no": _yes_no,
    "integer": _integer,
    "decimal": _decimal,
    "phone": _phone,
    "code": _code,
    "codes": _codes,
    "serial": _nothing,
}
