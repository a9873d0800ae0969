"""What a reader sees in a table of a page."""

from __future__ import annotations

import re
from typing import Any

BODY = re.compile(r"<tbody[^>]*>(.*?)</tbody>", re.DOTALL)
CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def table_rows(answer: Any, table: int = 0) -> list[list[str]]:
    """The rows of a table of the page (the first unless said otherwise), each a list of the words of its cells."""
    bodies = BODY.findall(answer.content.decode())
    if len(bodies) <= table:
        return []
    return [
        [" ".join(TAG.sub(" ", cell).split()) for cell in CELL.findall(row)] for row in bodies[table].split("<tr")[1:]
    ]
