"""Orders of programs read by the forms of the pages: the same rules, and each refusal at its place in the body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms

from core.api.errors import DETAILS, Problem
from core.registry import FileSection
from personnel.forms.corrections import PAPERS
from personnel.forms.inputs import StoredInput

# What a form calls otherwise than the body of a request does.
PLACES: Final = {"last_day": "until", "evidence_kept": "evidence", **dict.fromkeys(PAPERS, "papers")}


class Posted(dict[str, Any]):
    """What a form reads as if a browser had sent it."""

    def getlist(self, name: str) -> list[Any]:
        return [self[name]] if name in self else []

    def copy(self) -> Posted:
        return Posted(self)


def read(shape: Any, request: Any) -> dict[str, Any]:
    """The body of a request, checked. Raises what becomes a problem of status 400."""
    order = shape(data=request.data)
    order.is_valid(raise_exception=True)
    found: dict[str, Any] = order.validated_data
    return found


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they may be sent: codes and units also in the form in which they are read."""
    return {name: one.get("code", one.get("id")) if isinstance(one, Mapping) else one for name, one in values.items()}


def typed(field: Any, sent: Any) -> Any:
    """A value as somebody would have typed it into the field."""
    if isinstance(field, StoredInput):
        return ""
    known = field.prepare_value(sent)
    if known is None or known is False:
        return ""
    return "on" if known is True else str(known)


def wrong(place: str, said: Any) -> Problem:
    return Problem(
        400, "invalid", DETAILS["invalid"], errors=[{"pointer": f"#/{place}", "detail": said, "code": "invalid"}]
    )


def refused(form: forms.Form, section: FileSection | None = None) -> Problem:
    """What a form found wrong, each at its place in the body."""
    return Problem(400, "invalid", DETAILS["invalid"], errors=list(places_of(form, section)))


def places_of(form: forms.Form, section: FileSection | None) -> Iterator[dict[str, Any]]:
    for name, found in form.errors.as_data().items():
        place = PLACES.get(name, "since" if name == "on" and "how" not in form.fields else name)
        inside = section is not None and name in section.fields and name != "document"
        pointer = "#" if name == "__all__" else f"#/values/{name}" if inside else f"#/{place}"
        for error in found:
            for said in error.messages:
                yield {"pointer": pointer, "detail": said, "code": error.code or "invalid"}
