"""Text out of workbooks and forms: cleaned for storing, keyed for matching headers and finding names."""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

# Invisible in every font: format characters (zero-width, direction marks, soft hyphen, tags), variation
# selectors, fillers, lone surrogates and control characters; tabs and line breaks count as blanks instead.
_HIDDEN_RANGES: Final = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_HIDDEN: Final = re.compile(f"[{_HIDDEN_RANGES}]")
_MIDDLE_DOTS: Final = re.compile("[・•‧∙⋅⸱]")
_MIDDLE_DOT: Final = "·"
_HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BLANK_IN_NAME: Final = re.compile(f"(?<=[{_HAN}·]) (?=[{_HAN}·])")
_POINT_IN_NAME: Final = re.compile(f"(?<=[{_HAN}]) ?[.] ?(?=[{_HAN}])")
_HAN_ONLY: Final = re.compile(f"[{_HAN}]+")
_NO_LETTERS: Final = re.compile(r"[\W_]+")
_BRACKETS: Final = {ord(sign): "(" for sign in "[{【〔〖《〈「『<"} | {ord(sign): ")" for sign in "]}】〕〗》〉」』>"}
_HEADER_ORNAMENT: Final = "*:★☆※"
# Identity numbers, phones and accounts in running text: eleven digits or more, or fewer in a row but in the groups of such a number.
_LONG_NUMBER: Final = re.compile(
    r"(?<!\d)(?:"
    r"\d{11,}[Xx]?"
    r"|\d{6}[ -](?:18|19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dXx]"
    r"|1\d{2}[ -]\d{4}[ -]\d{4}"
    r"|0\d{2,3}(?:[ -]|\)[ ]?)\d{7,8}"
    r"|\d{4}(?:[ -]\d{4}){3,}(?:[ -]\d{1,3})?"
    r")(?!\d)"
)
READABLE: Final = 4
PAIR: Final = 2
_DASHES: Final = re.compile(r"[/\\_|\-‐‑‒–—―−~]+")

# What people write into a cell that has nothing to say. Unknown (不详) is not here: it is an answer.
EMPTY_WORDS: Final = frozenset(
    {
        "",
        "无",
        "暂无",
        "没有",
        "暂无数据",
        "无数据",
        "未添加",
        "未填",
        "未填写",
        "待填",
        "空",
        "空白",
        "不适用",
        "n/a",
        "null",
        "none",
        "nil",
        "nan",
    },
)

# Surnames that sound otherwise than the same character elsewhere; of several surname readings the most
# frequent one. 单于 is not here: a 单 whose given name begins with 于 is far more frequent.
_SURNAME_READINGS: Final = """
单:shan 仇:qiu 区:ou 解:xie 曾:zeng 查:zha 朴:piao 洗:xian 盖:ge 缪:miao 乐:yue 秘:bi 种:chong 折:she
黑:he 员:yun 翟:zhai 覃:qin 召:shao 薄:bo 藏:zang 祭:zhai 句:gou 卜:bu 阚:kan 能:nai 乜:nie 都:du 角:jue 郇:xun 繁:po
尉迟:yu,chi 万俟:mo,qi 澹台:tan,tai
"""
_SURNAMES: Final = dict(entry.split(":") for entry in _SURNAME_READINGS.split())


class PinyinKeys(NamedTuple):
    """A name as people type it to find it: "zhangsan", "zhang san", "zs". The sound ü is written v."""

    full: str
    spaced: str
    initials: str


def clean(text: str) -> str:
    """The text in NFKC, nothing hidden, blanks collapsed to one, ends stripped, middle dots as U+00B7."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    # Hidden characters go first: one between a letter and its accent would keep NFKC from joining them.
    plain = unicodedata.normalize("NFKC", _HIDDEN.sub("", text))
    return " ".join(_MIDDLE_DOTS.sub(_MIDDLE_DOT, _HIDDEN.sub("", plain)).split())


def clean_name(text: str) -> str:
    """`clean`, then no padding blanks in a Chinese name (张　三), a full stop in it read as the middle dot."""
    return _POINT_IN_NAME.sub(_MIDDLE_DOT, _BLANK_IN_NAME.sub("", clean(text)))


def header_key(text: str) -> str:
    """What two headings of one column have in common: no blanks, one kind of bracket, lower case."""
    return "".join(clean(text).split()).translate(_BRACKETS).casefold().strip(_HEADER_ORNAMENT)


def has_hidden_characters(text: str) -> bool:
    """Whether the text holds characters that no reader sees: zero-width, direction marks, control."""
    return _HIDDEN.search(text) is not None


def veiled(text: str) -> str:
    """The text with every number that may be somebody's identity number, phone or account masked but for its last four signs.

    For what is kept in clear beside sealed values: names of files and sheets, headings, captions and notes.
    """
    return _LONG_NUMBER.sub(lambda found: _veil(found[0]), _HIDDEN.sub("", text))


def _veil(number: str) -> str:
    return "*" * (len(number) - READABLE) + number[-READABLE:]


def visible(text: str) -> str:
    """The text as it was typed, without what no reader sees and no database stores."""
    return clean(text) if _HIDDEN.search(text) else text


def visible_difference(left: str, right: str) -> bool:
    """Whether a reader sees a difference between two texts: one that remains when both are cleaned."""
    return clean(left) != clean(right)


def masked_name(name: str) -> str:
    """A name as strangers may see it: its first character, whatever follows (张三丰: 张*)."""
    return f"{name[0]}*" if name else ""


def is_empty(text: str) -> bool:
    """Whether a cell says that there is nothing: blank, one of EMPTY_WORDS, only dashes or slashes."""
    word = "".join(clean(text).split()).translate(_BRACKETS).casefold()
    if word.startswith("(") and word.endswith(")"):
        word = word[1:-1]
    return word in EMPTY_WORDS or _DASHES.fullmatch(word) is not None


@lru_cache(maxsize=131072)
def pinyin_keys(name: str) -> PinyinKeys:
    """The search keys of a personal name, a surname in its own reading (单 shan, 曾 zeng, 尉迟 yuchi).

    Dots and other signs are left out, Latin letters kept in lower case. A name without letters has empty
    keys.
    """
    plain = clean_name(name)
    syllables: list[str] = []
    # The surname is read by itself, lest it be taken for the first half of a word.
    surname = _surname(plain)
    if surname:
        syllables += _SURNAMES[surname].split(",") if surname in _SURNAMES else _sounds(surname)
    for word in _NO_LETTERS.split(plain[len(surname) :]):
        syllables += _sounds(word)
    keys = [syllable.casefold() for syllable in syllables]
    return PinyinKeys("".join(keys), " ".join(keys), "".join(key[0] for key in keys))


@lru_cache(maxsize=65536)
def _sounds(word: str) -> tuple[str, ...]:
    """How a word sounds; surnames and given names come again and again.

    Of two characters that are no phrase each sounds by itself, which is known at once; the rest is for the library to cut.
    """
    if len(word) == PAIR and word not in PHRASES_DICT:
        return (*_sounds(word[0]), *_sounds(word[1]))
    return tuple(lazy_pinyin(word))


def _surname(name: str) -> str:
    """The surname of a Chinese name, else (a name with a dot, in letters) an empty text."""
    if not _HAN_ONLY.fullmatch(name):
        return ""
    return name[:2] if name[:2] in _SURNAMES else name[:1]
