"""Sheet XML of unusual writers (prefixes, other order of attributes, cells without their place) in the usual form."""

import re
from collections.abc import Iterator
from typing import Final

from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import column_index, column_letters
from core.exchange.reading.xml_stream import XmlStream


def rewritten(chunks: Iterator[bytes], sheet: str) -> Iterator[bytes]:
    """Any sheet XML in the plain form: no prefixes, `r` always there and first, only what the search looks at.

    A place that is no place is "damaged": the reader would make room up to where it thinks that it is.
    """
    writer = _Writer(sheet)
    stream = XmlStream(writer, sheet)
    for chunk in chunks:
        stream.feed(chunk)
        yield writer.taken()
    stream.feed(b"", last=True)
    yield writer.taken()


class _Writer:
    """Takes parser events, gives bytes; counts where cells do not name themselves, leaves blank cells out."""

    _CONTENT: Final = frozenset({"v", "f", "is"})

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._out: list[str] = []
        self._row = self._column = 0
        self._waiting = self._open = ""
        self._in_value = False

    def taken(self) -> bytes:
        text, self._out = "".join(self._out), []
        return text.encode()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "sheetData":
            self._out.append("<sheetData>")
        elif tag == "row":
            self._row, self._column = self._number(attributes), 0
            self._out.append(f'<row r="{self._row}">')
        elif tag == "c":
            self._waiting = self._cell(attributes)
        elif tag == "col":
            hidden = ' hidden="1"' if attributes.get("hidden") in ("1", "true") else ""
            self._out.append(
                f'<col min="{_whole(attributes.get("min"), 1)}" max="{_whole(attributes.get("max"), 1)}"{hidden}/>'
            )
        elif tag == "mergeCell":
            self._out.append("<mergeCell />")
        elif tag in self._CONTENT:
            self._in_value = tag == "v"
            self._out += (self._waiting, f"<{tag}>")
            self._open, self._waiting = self._open or self._waiting, ""

    def _number(self, attributes: dict[str, str]) -> int:
        number = _whole(attributes.get("r"), self._row + 1)
        if "r" in attributes and attributes["r"].lstrip("0") != str(number):
            raise UnreadableFile("damaged", part=self._sheet)
        return number

    def _cell(self, attributes: dict[str, str]) -> str:
        named = re.fullmatch(r"([A-Za-z]{1,3})(\d{1,7})", attributes.get("r", ""), re.ASCII)
        if "r" in attributes and not named:
            raise UnreadableFile("damaged", part=self._sheet)
        row, column = (int(named[2]), column_index(named[1].upper())) if named else (self._row, self._column)
        self._column = column + 1
        style, kind = (f' {key}="{attributes[key]}"' if attributes.get(key, "").isalnum() else "" for key in ("s", "t"))
        return f'<c r="{column_letters(column)}{row}"{style}{kind}>'

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in self._CONTENT:
            self._in_value = False
            self._out.append(f"</{tag}>")
        elif tag == "sheetData":
            self._out.append("</sheetData>")
        elif tag == "c":
            if self._open:
                self._out.append("</c>")
            self._open = self._waiting = ""

    def text(self, data: str) -> None:
        if self._in_value:
            self._out.append(data.replace("&", "&amp;").replace("<", "&lt;"))


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else otherwise
