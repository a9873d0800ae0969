"""Rows put into an empty template while it is written: nothing of them lies on the disk in clear, and memory does not grow with them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from core.exchange.reading.notes import column_letters
from core.exchange.template import HEADER_ROW
from core.exchange.written import text_cell

_END: Final = b"</sheetData>"
_DIMENSION: Final = re.compile(rb"<dimension [^<>]*/>")
_STYLE: Final = re.compile(rb'<col [^<>]*style="(\d+)"')
_AT_ONCE: Final = 500


def splice(target: Any, empty: bytes, rows: Sequence[Iterable[Sequence[str]]]) -> None:
    """Write a template to `target` with rows of texts below the headings of its first sheets."""
    with zipfile.ZipFile(io.BytesIO(empty)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        parts = {f"xl/worksheets/sheet{number}.xml": lines for number, lines in enumerate(rows, start=1)}
        for info in source.infolist():
            content = source.read(info)
            lines = parts.get(info.filename)
            if lines is None:
                made.writestr(info.filename, content)
                continue
            head, tail = _DIMENSION.sub(b"", content).split(_END)
            with made.open(info.filename, "w") as part:
                part.write(head)
                for piece in _xml(lines, head):
                    part.write(piece)
                part.write(_END + tail)


def _xml(lines: Iterable[Sequence[str]], head: bytes) -> Iterator[bytes]:
    """The rows as XML, some hundred at a time."""
    style = _STYLE.search(head)
    looks = f' s="{style[1].decode()}"' if style else ""
    pieces: list[str] = []
    letters: list[str] = []
    for number, line in enumerate(lines, start=HEADER_ROW + 2):
        letters += [column_letters(place) for place in range(len(letters), len(line))]
        cells = (
            f'<c r="{place}{number}"{looks} t="inlineStr">{text_cell(text)}</c>'
            for place, text in zip(letters, line, strict=False)
            if text
        )
        pieces.append(f'<row r="{number}">{"".join(cells)}</row>')
        if len(pieces) == _AT_ONCE:
            yield "".join(pieces).encode()
            pieces = []
    yield "".join(pieces).encode()
