"""Filling in a template that was checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

from django.utils.translation import gettext as _
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2.exceptions import TemplateError

from core.documents.kinds import Picture
from core.documents.templating.walls import TooLong, Walls

# What XML cannot hold, and what docxtpl takes for a new page or paragraph.
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
MOST_BYTES: Final = 20 * 1024 * 1024


class CannotFill(ValueError):
    """A template cannot be filled in with these values, in words."""


def render(template: bytes, values: Mapping[str, Any]) -> bytes:
    """The .docx that a template becomes. Raises `CannotFill`."""
    paper = DocxTemplate(BytesIO(template))
    paper.init_docx()
    try:
        paper.render(_ready(values, paper), jinja_env=Walls(), autoescape=True)
    except TooLong as error:
        raise CannotFill(_("The paper becomes longer than any paper may be.")) from error
    except (TemplateError, RecursionError, TypeError, ValueError) as error:
        raise CannotFill(_("The template cannot be filled in.")) from error
    made = BytesIO()
    paper.save(made)
    if made.tell() > MOST_BYTES:
        raise CannotFill(_("The paper becomes longer than any paper may be."))
    return made.getvalue()


def _ready(value: Any, paper: DocxTemplate) -> Any:
    """A value as the template prints it: texts without control characters, pictures placed, nothing as an empty text."""
    if isinstance(value, Picture):
        if not value.content:
            return ""
        return InlineImage(paper, BytesIO(value.content), width=Mm(value.width), height=Mm(value.height))
    if isinstance(value, Mapping):
        return {str(name): _ready(one, paper) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_ready(one, paper) for one in value]
    if value is None:
        return ""
    return (
        value if isinstance(value, bool | int) else CONTROL.sub("", str(value).replace("\r\n", "\n")).replace("\t", " ")
    )
