"""The paragraphs of a document with the place at which each stands, in words that find it again in Word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx.oxml.ns import qn

P: Final = qn("w:p")
TEXT: Final = (qn("w:t"),)


@dataclass(frozen=True, slots=True)
class Place:
    """A paragraph: where it stands, and its text."""

    words: str
    text: str
    row: Any = None


def places_of(document: Any) -> Iterator[Place]:
    """All paragraphs of the text, then those of headers and footers."""
    yield from _within(document.element.body, "")
    seen: set[Any] = set()
    for section in document.sections:
        for part, words in (
            *((one, _("header")) for one in (section.header, section.first_page_header, section.even_page_header)),
            *((one, _("footer")) for one in (section.footer, section.first_page_footer, section.even_page_footer)),
        ):
            if not part.is_linked_to_previous and part._element not in seen:
                seen.add(part._element)
                yield from _within(part._element, words + pgettext("list separator", ", "))


def text_of(paragraph: Any) -> str:
    """The text of a paragraph, without that of boxes that stand in it."""
    return "".join(one.text or "" for one in paragraph.iter(*TEXT) if _paragraph_of(one) is paragraph)


def _paragraph_of(node: Any) -> Any:
    return next(node.iterancestors(P), None)


def _within(root: Any, before: str) -> Iterator[Place]:
    tables = {table: number for number, table in enumerate(root.iter(qn("w:tbl")), start=1)}
    number = 0
    for paragraph in root.iter(P):
        cell = next(paragraph.iterancestors(qn("w:tc")), None)
        if cell is None:
            number += 1
            words, row = _("paragraph %(number)s") % {"number": number}, None
        else:
            row = next(cell.iterancestors(qn("w:tr")))
            words = _cell_words(cell, row, tables)
        yield Place(before + words, text_of(paragraph), row)


def _cell_words(cell: Any, row: Any, tables: dict[Any, int]) -> str:
    table = next(row.iterancestors(qn("w:tbl")))
    said = {
        "table": tables[table],
        "row": list(table.iter(qn("w:tr"))).index(row) + 1,
        "cell": list(row.iterchildren(qn("w:tc"))).index(cell) + 1,
    }
    return _("table %(table)s, row %(row)s, cell %(cell)s") % said
