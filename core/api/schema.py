"""The description of the API (OpenAPI 3.1): shapes by name, the one shape of errors, how one logs in."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from core.api.errors import CONTENT_TYPE, TITLES
from core.api.examples import give_examples
from core.api.pagination import FROM_WHERE, HOW_MANY, MOST_ROWS, USUAL_ROWS

Schema = dict[str, Any]
_components: dict[str, Schema] = {}

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
YES_NO: Schema = {"type": "boolean"}
ID: Schema = {"type": "string", "format": "uuid"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ADDRESS: Schema = {"type": "string", "format": "uri"}


def component(title: str, description: Any, /, *, optional: tuple[str, ...] = (), **properties: Any) -> Schema:
    """Name an object's shape; returns the reference to it. All members are always there except the `optional` ones."""
    required = [member for member in properties if member not in optional]
    _components[title] = {"type": "object", "description": description, "properties": properties, "required": required}
    return {"$ref": f"#/components/schemas/{title}"}


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    """A list of them."""
    return {"type": "array", "items": schema}


def page_of(schema: Schema) -> Schema:
    """One page of a list that no paginator describes."""
    return {
        "type": "object",
        "properties": {"next": maybe(ADDRESS), "previous": maybe(ADDRESS), "results": many(schema)},
        "required": ["next", "previous", "results"],
    }


PLACE = component(
    "Place", _("What is wrong where: in the body (pointer) or behind the question mark (parameter)."),
    optional=("pointer", "parameter"), pointer=TEXT, parameter=TEXT, detail=TEXT, code=TEXT,
)  # fmt: skip
PROBLEM = component(
    "Problem",
    _("Every error: problem details of RFC 9457. Programs switch on “code”, people read “title” and “detail”."),
    optional=("errors",), type=TEXT, title=TEXT, status=WHOLE, detail=TEXT, code=TEXT, errors=many(PLACE),
)  # fmt: skip
CODE = component("Code", _("An entry of a code list with its name in the reader's language."), code=TEXT, label=TEXT)
UNIT = component("UnitName", _("A unit with its name on the day."), id=ID, code=TEXT, name=TEXT)
PERIOD_MEMBERS: Any = {"from": maybe(DAY), "until": maybe(DAY)}
PERIOD = component(
    "Period",
    _(
        "Half-open days: “from” is null where it begins before our records, “until” is the first day after it, "
        "null while it lasts."
    ),
    **PERIOD_MEMBERS,
)
VALUE: Schema = {
    "description": _(
        "A number, a text, a day, true or false; {code, label} for codes, {id, code, name} for units, "
        "{masked} for protected values, which are never given in clear; null where nothing is recorded."
    ),
}
ROLE = {"role": CODE, "unit": UNIT}
TOKEN_MEMBERS: dict[str, Schema] = {
    "id": ID, "name": TEXT, **ROLE, "created_at": MOMENT, "expires_at": MOMENT, "used_at": maybe(MOMENT),
    "current": YES_NO,
}  # fmt: skip
TOKEN = component("Token", _("A token without its text."), optional=("current",), **TOKEN_MEMBERS)
TOKEN_WITH_TEXT = component(
    "NewToken", _("A new token with its text, shown once."), optional=("current",), token=TEXT, **TOKEN_MEMBERS
)

# Revisions are counted in 32 bits.
MOST_REVISIONS: Final = 2**31 - 1
# What a list takes that pages its rows itself.
PAGING: Final = (
    OpenApiParameter("cursor", TEXT, OpenApiParameter.QUERY, description=FROM_WHERE),
    OpenApiParameter(
        "size", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS}, OpenApiParameter.QUERY,
        description=HOW_MANY,
    ),
)  # fmt: skip
# How any action may refuse, and how one that writes may besides.
ALWAYS: Final = (400, 404, 406, 429)
WRITING: Final = {409, 413, 415, 422}


@extend_schema_field({"type": "string", "format": "binary"})
class SentFile(serializers.FileField):
    """A file in a body."""


LANGUAGE = OpenApiParameter(
    "Accept-Language", {"type": "string", "enum": ["zh-hans", "en"]}, OpenApiParameter.HEADER,
    description=_("The language of labels and errors; without it, that of the account."),
)  # fmt: skip


class ApiSchema(AutoSchema):
    """Adds to each action the language of the answer and the shape of errors."""

    def get_override_parameters(self) -> list[Any]:
        return [LANGUAGE]

    def get_description(self) -> str:  # type: ignore[override]
        """Nothing but what the action says itself: docstrings are for those who read the code."""
        return ""

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> Schema:
        bodies: Schema = super()._get_response_bodies(*args, **kwargs)
        for status in self._refusals():
            bodies[str(status)] = {"description": TITLES[status], "content": {CONTENT_TYPE: {"schema": PROBLEM}}}
        return bodies

    def _refusals(self) -> list[int]:
        """The statuses with which this action may refuse; an error of ours (500) is never meant."""
        found = {*ALWAYS, *getattr(self.view, "refusals", {}).get(getattr(self.view, "action", ""), ())}
        if self.get_auth():
            found |= {401, 403}
        if self.method in {"POST", "PUT", "PATCH"}:
            found |= WRITING
        return sorted(found)


class TokenScheme(OpenApiAuthenticationExtension):
    """A token in the Authorization header."""

    target_class = "core.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, _auto_schema: Any) -> Schema:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": _("A token from POST /api/v1/tokens/ or from “My account”."),
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """The session of the pages."""

    target_class = "core.api.authentication.SessionActorAuthentication"
    name = "session"

    def get_security_definition(self, _auto_schema: Any) -> Schema:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": _("The session of somebody who logged in on the pages."),
        }


def add_components(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Put the named shapes into the finished description."""
    shapes = result.setdefault("components", {}).setdefault("schemas", {})
    for shape in shapes.values():
        shape.pop("description", None)  # a docstring of ours, for those who read the code
    shapes.update(_components)
    give_examples(result)
    return result
