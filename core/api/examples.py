"""Examples of the description: every body and every answer shows one, put together from what its members are called.

A member is looked up in `examples.yaml` under its shape, then under its name, then by what sort of value it is; so a new shape has an
example by itself, and a word of its own only where the usual one would mislead.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

Schema = dict[str, Any]

BY_FORMAT: Final[Mapping[str, Any]] = {
    "uuid": "0199d2a4-5c1e-7b3a-9f60-2d4c8e71ab05",
    "date": "2026-09-01",
    "date-time": "2026-09-01T09:30:00+08:00",
    "uri": "https://host/api/v1/teachers/?cursor=cD0xMjM%3D",
    "binary": "…",
}
BY_TYPE: Final[Mapping[str, Any]] = {
    "string": "…",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "null": None,
    "object": {},
}


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The words of the examples: `codes`, `members`, `shapes`, and `parameters` by the operation that takes them."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text(encoding="utf-8"))
    return found


def give_examples(document: Schema) -> None:
    """Put an example beside each body, each answer and each parameter of a finished description."""
    shapes = document["components"]["schemas"]
    for operations in document["paths"].values():
        for operation in operations.values():
            asked = words()["parameters"].get(operation["operationId"], {})
            for parameter in operation.get("parameters", ()):
                if not {"example", "examples"} & parameter.keys():
                    name = parameter["name"]
                    parameter["example"] = asked.get(name) or example(parameter["schema"], shapes, name, "Query")
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for media in body.get("content", {}).values():
                    if not {"example", "examples"} & media.keys():
                        media["example"] = example(media["schema"], shapes)


def example(schema: Schema, shapes: Mapping[str, Schema], name: str = "", shape: str = "") -> Any:
    """A value that fits a schema; `name` is what the member is called, `shape` the object in which it stands."""
    if "$ref" in schema:
        named = schema["$ref"].rpartition("/")[2]
        codes = {**words()["codes"], **words()["shapes"].get(shape, {})}
        if named == "Code" and isinstance(codes.get(name), dict):
            return codes[name]
        return example(shapes[named], shapes, name, named)
    for way in ("example", "default", "const"):
        if way in schema:
            return schema[way]
    if "enum" in schema:
        return schema["enum"][0]
    for way in ("anyOf", "oneOf", "allOf"):
        if way in schema:
            empty = {"type": "null"} in schema[way] and name in words()["members"] and words()["members"][name] is None
            return None if empty else example(schema[way][0], shapes, name, shape)
    return _plain(schema, shapes, name, shape)


def _plain(schema: Schema, shapes: Mapping[str, Schema], name: str, shape: str) -> Any:
    sort = schema.get("type", [])
    sorts = sort if isinstance(sort, list) else [sort]
    if "properties" in schema:
        return {one: example(inner, shapes, one, shape) for one, inner in schema["properties"].items()}
    known = {**words()["members"], **words()["shapes"].get(shape, {})}
    if name in known and (not sorts or _sort_of(known[name]) in sorts):
        return known[name]
    if "array" in sorts:
        return [example(schema.get("items", {}), shapes, name, shape)]
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    return BY_TYPE[sorts[0]] if sorts else "…"


def _sort_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")
