"""Reading the code lists that the product ships: one YAML file per list, in the app that owns it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.apps import apps
from django.utils.translation import get_language

from core.dates import BEFORE_RECORDS
from core.text import clean, header_key

# Where the first day is not known a code is taken to have held before anybody kept records.
FIRST_DAY: Final = BEFORE_RECORDS
MARKS: Final = frozenset({"verified", "memory", "local"})
LIST_KEYS: Final = frozenset({"key", "zh", "en", "standard", "mark", "reference", "reference_en", "entries"})
ENTRY_KEYS: Final = frozenset({"code", "zh", "en", "synonyms", "parent", "from", "to", "mark"})


class InvalidCodeFile(ValueError):
    """A code list file cannot be loaded; the message names the file, the entry and what is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code for one period (half-open days), with its names and the words it is read from."""

    list_name: str
    code: str
    name_zh: str
    name_en: str
    synonyms: tuple[str, ...]
    parent: str
    order: int
    starts: date
    ends: date | None
    mark: str
    reference: str

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that a cell may say and mean this code, the code itself included."""
        return (self.code, self.name_zh, self.name_en, *self.synonyms)


@dataclass(frozen=True, slots=True)
class Head:
    """What a list is called and where it comes from. Without a standard its codes are the product's own, which nobody need know."""

    key: str
    name_zh: str
    name_en: str
    standard: str
    source_zh: str
    source_en: str

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if _chinese() else self.name_en

    @property
    def source(self) -> str:
        """The source in the reader's language."""
        return self.source_zh if _chinese() else self.source_en


@dataclass(frozen=True, slots=True)
class CodeFile:
    """One list: its head, how sure its source is, its entries."""

    head: Head
    mark: str
    entries: tuple[Entry, ...]
    path: Path

    @property
    def key(self) -> str:
        """The name by which the program knows the list."""
        return self.head.key


def shipped() -> list[CodeFile]:
    """All lists that the installed apps ship, by key. Raises InvalidCodeFile, also where two files have one key."""
    found: dict[str, CodeFile] = {}
    for path in _paths():
        read = read_file(path)
        if read.key in found:
            msg = f"{path.name}: the list {read.key} is also in {found[read.key].path}"
            raise InvalidCodeFile(msg)
        found[read.key] = read
    return [found[key] for key in sorted(found)]


@cache
def heads() -> Mapping[str, Head]:
    """The heads of all lists that the installed apps ship, by key; the entries are not read."""
    return {head.key: head for head in map(_head_of, _paths())}


def _head_of(path: Path) -> Head:
    head, _sign, _entries = path.read_text(encoding="utf-8").partition("\nentries:")
    return _head(path, yaml.safe_load(head))


def _head(path: Path, content: Mapping[str, Any]) -> Head:
    missing = [key for key in ("key", "zh", "en", "reference", "reference_en") if not content.get(key)]
    if missing:
        msg = f"{path.name}: the list has no {', '.join(missing)}"
        raise InvalidCodeFile(msg)
    sources = (" ".join(filter(None, [content["standard"], content[key]])) for key in ("reference", "reference_en"))
    return Head(content["key"], content["zh"], content["en"], content["standard"], *sources)


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def read_file(path: Path) -> CodeFile:
    """Read and check one list."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    _check_keys(path, "the list", content, LIST_KEYS)
    if content["mark"] not in MARKS:
        msg = f"{path.name}: mark is {content['mark']}, not one of {', '.join(sorted(MARKS))}"
        raise InvalidCodeFile(msg)
    head = _head(path, content)
    entries = tuple(
        _entry(path, content, head.source_zh, order, raw) for order, raw in enumerate(content["entries"], 1)
    )
    _check_words(path, entries)
    return CodeFile(head, content["mark"], entries, path)


def _paths() -> Iterator[Path]:
    for app in apps.get_app_configs():
        folder = "data" if app.label == "codes" else "codes"
        yield from sorted(Path(app.path, folder).glob("*.yaml"))


def _check_keys(path: Path, what: str, content: Mapping[str, Any], allowed: frozenset[str]) -> None:
    unknown = set(content) - allowed
    if unknown:
        msg = f"{path.name}: {what} has unknown keys: {', '.join(sorted(unknown))}"
        raise InvalidCodeFile(msg)


def _entry(path: Path, content: Mapping[str, Any], source: str, order: int, raw: Mapping[str, Any]) -> Entry:
    code = raw.get("code")
    if not isinstance(code, str) or not code:
        msg = f"{path.name}: entry {order} has no code in quotes"
        raise InvalidCodeFile(msg)
    _check_keys(path, f"code {code}", raw, ENTRY_KEYS)
    if not raw.get("zh") or not raw.get("en") or raw.get("mark", "local") not in MARKS:
        msg = f"{path.name}: code {code} needs a Chinese and an English name, and a known mark"
        raise InvalidCodeFile(msg)
    return Entry(
        list_name=content["key"], code=code, name_zh=clean(raw["zh"]), name_en=clean(raw["en"]),
        synonyms=tuple(clean(word) for word in raw.get("synonyms") or ()), parent=raw.get("parent", ""), order=order,
        starts=raw.get("from") or FIRST_DAY, ends=raw.get("to"), mark=raw.get("mark", content["mark"]),
        reference=source,
    )  # fmt: skip


def _check_words(path: Path, entries: tuple[Entry, ...]) -> None:
    """A word means one code on any day, and a parent is in the same list."""
    codes = {entry.code for entry in entries}
    taken: dict[str, Entry] = {}
    for entry in entries:
        if entry.parent and entry.parent not in codes:
            msg = f"{path.name}: code {entry.code} belongs to {entry.parent}, which is not in the list"
            raise InvalidCodeFile(msg)
        for word in entry.words:
            other = taken.setdefault(header_key(word), entry)
            if other.code != entry.code:
                msg = f"{path.name}: {word} is both {other.code} {other.name_zh} and {entry.code} {entry.name_zh}"
                raise InvalidCodeFile(msg)
