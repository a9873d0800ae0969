"""Reading the parameter tables that the product ships, without Django: a rule may ask what the release itself says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from core.parameters.schema import InvalidParameter, build, in_words
from core.rules import Parameters

P = TypeVar("P", bound=Parameters)
MARKS: Final = frozenset({"verified", "memory", "local"})
TABLE_KEYS: Final = frozenset({"table", "schema", "overridable", "zh", "en", "versions"})
VERSION_KEYS: Final = frozenset({"from", "to", "mark", "reference", "reference_en", "data"})


@dataclass(frozen=True, slots=True)
class Version:
    """What a table says for a period (half-open days)."""

    starts: date
    ends: date | None
    mark: str
    reference: str
    reference_en: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table: its name, its dataclass, whether a bureau may deviate for its units, what it is called."""

    table: str
    schema: type[Parameters]
    overridable: bool
    name_zh: str
    name_en: str
    versions: tuple[Version, ...]
    path: Path


def read_file(path: Path) -> TableFile:
    """Read one table and build every version of it once, so that a wrong value is found before it is stored."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if set(content) != TABLE_KEYS:
        raise InvalidParameter(f"{path.name}: the keys are not {', '.join(sorted(TABLE_KEYS))}")
    module, _dot, name = content["schema"].rpartition(".")
    schema = getattr(import_module(module), name)
    if schema.table != content["table"]:
        raise InvalidParameter(f"{path.name}: {content['schema']} is the table {schema.table}, not {content['table']}")
    versions = tuple(_version(path, schema, raw) for raw in content["versions"])
    return TableFile(
        content["table"], schema, content["overridable"], content["zh"], content["en"], versions, path
    )  # fmt: skip


@cache
def national(schema: type[P]) -> P:
    """What the release says in the latest version of a table: its reference in Chinese, no deviation of any bureau.

    For whoever asks a rule without an installation; pages and services ask `core.parameters.selectors.at`.
    """
    home = import_module(schema.__module__.partition(".")[0]).__file__
    latest = read_file(Path(str(home)).parent / "parameters" / f"{schema.table.partition('.')[2]}.yaml").versions[-1]
    return build(schema, in_words(latest.data, english=False), reference=latest.reference, mark=latest.mark)


def _version(path: Path, schema: type[Parameters], raw: Mapping[str, Any]) -> Version:
    if set(raw) - VERSION_KEYS or VERSION_KEYS - {"to"} - set(raw):
        raise InvalidParameter(f"{path.name}: the keys of a version are not {', '.join(sorted(VERSION_KEYS))}")
    if not isinstance(raw["from"], date) or raw["mark"] not in MARKS or not (raw["reference"] and raw["reference_en"]):
        raise InvalidParameter(f"{path.name}: a version needs a first day, a mark and a reference in both languages")
    data = json.loads(json.dumps(raw["data"], default=_as_text))
    build(schema, in_words(data, english=False), reference=raw["reference"], mark=raw["mark"])
    return Version(raw["from"], raw.get("to"), raw["mark"], raw["reference"], raw["reference_en"], data)


def _as_text(value: Any) -> str:
    """YAML reads a day as a date; JSON keeps it as text."""
    if not isinstance(value, date):
        raise InvalidParameter(f"{value!r} cannot be stored")
    return value.isoformat()
