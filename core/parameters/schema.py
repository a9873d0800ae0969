"""Turning the stored data of a parameter version into the frozen dataclass that its owner declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from core.rules import Parameters

P = TypeVar("P", bound=Parameters)
ENGLISH: Final = "reference_en"


class InvalidParameter(ValueError):
    """Data of a parameter table does not fit its dataclass; the message names the place and what is wrong."""


def build(schema: type[P], data: Mapping[str, Any], *, reference: str, mark: str) -> P:
    """The dataclass with the values of `data` (JSON: text, integers, lists, mappings; decimals and days as text).

    Raises InvalidParameter for a missing, an unknown or a wrongly typed value, and for what the dataclass refuses.
    """
    if {"reference", "mark"} & set(data):
        raise InvalidParameter(f"{schema.table}: reference and mark stand beside the data, not in it")
    return _record(schema, {**data, "reference": reference, "mark": mark}, schema.table)


def in_words(data: Mapping[str, Any], *, english: bool) -> dict[str, Any]:
    """`data` with each `reference` in one language: where `reference_en` stands beside it, that one is taken or left out."""
    return {key: _worded(value, english=english) for key, value in data.items()}


def _worded(value: Any, *, english: bool) -> Any:
    if isinstance(value, list):
        return [_worded(one, english=english) for one in value]
    if not isinstance(value, Mapping):
        return value
    found = in_words(value, english=english)
    other = found.pop(ENGLISH, None)
    if english and other:
        found["reference"] = other
    return found


def _record(schema: type[Any], data: Any, place: str) -> Any:
    if not isinstance(data, Mapping):
        raise InvalidParameter(f"{place}: {data!r} is not a set of named values")
    hints = get_type_hints(schema)
    names = {field.name for field in fields(schema)}
    unknown = set(data) - names
    if unknown:
        raise InvalidParameter(f"{place}: unknown: {', '.join(sorted(map(str, unknown)))}")
    required = {f.name for f in fields(schema) if f.default is MISSING and f.default_factory is MISSING}
    if required - set(data):
        raise InvalidParameter(f"{place}: missing: {', '.join(sorted(required - set(data)))}")
    values = {name: _value(hints[name], value, f"{place}.{name}") for name, value in data.items()}
    try:
        return schema(**values)
    except ValueError as error:
        raise InvalidParameter(f"{place}: {error}") from error


def _value(kind: Any, value: Any, place: str) -> Any:
    """`value` as int, str, bool, Decimal, date, Literal, X | None, tuple[X, ...], Mapping[str, X] or a dataclass."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        inner = next(one for one in arguments if one is not NoneType)
        return None if value is None else _value(inner, value, place)
    if origin is Literal and value in arguments:
        return value
    if origin is tuple and isinstance(value, list):
        return tuple(_value(arguments[0], item, f"{place}[{number}]") for number, item in enumerate(value))
    if origin is not None and origin is not tuple and origin is not Literal and isinstance(value, Mapping):
        return MappingProxyType({str(key): _value(arguments[1], item, f"{place}.{key}") for key, item in value.items()})
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind, value, place)
    return _plain(kind, value, place)


def _plain(kind: Any, value: Any, place: str) -> Any:
    if kind in (int, str, bool) and type(value) is kind:
        return value
    try:
        # A decimal written as a number would have gone through binary fractions.
        if kind is Decimal and type(value) in (int, str):
            return Decimal(value)
        if kind is date and type(value) is str:
            return date.fromisoformat(value)
    except (InvalidOperation, ValueError):
        pass
    raise InvalidParameter(f"{place}: {value!r} is not what belongs here ({kind})")
