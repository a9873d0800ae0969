"""Templates as nobody should send them: each a .docx made from a good one."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from docx import Document

GOOD = "{{ paper.number }} {{ verify.code }} {{ person.name }}"


def document(*paragraphs: str, cells: tuple[str, ...] = (), header: str = "", properties: str = "") -> bytes:
    """A document with these paragraphs, a table of one row, a header, a title among its properties."""
    made = Document()
    for text in paragraphs:
        made.add_paragraph(text)
    if cells:
        row = made.add_table(rows=1, cols=len(cells)).rows[0]
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    if header:
        made.sections[0].header.paragraphs[0].text = header
    made.core_properties.title = properties
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def altered(content: bytes, parts: Mapping[str, Any]) -> bytes:
    """The package with parts added, or put by `parts[name](bytes)` in the place of what they were."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            given = parts.get(name)
            new.writestr(name, old.read(name) if given is None else given(old.read(name)) if callable(given) else given)
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return out.getvalue()


def in_part(name: str, before: str, after: str) -> Callable[[bytes], bytes]:
    """Good content in which one text of a part is another one."""
    content = document(GOOD)
    return altered(content, {name: lambda old: old.replace(before.encode(), after.encode())})  # type: ignore[return-value]
