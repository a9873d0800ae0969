"""Reads an .xls or .ods from standard input and writes its sheets to standard output, in a process of its own.

The fast reader reserves memory by numbers in the file: a broken one can end its process, which must not be the worker.
"""

import pickle
import resource
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO, Final

from core.exchange.reading.budget import check_row, check_text
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.ods import read_ods
from core.exchange.reading.sheets import CellValue, ReadSheet
from core.exchange.reading.xls import read_xls

_MOST_MEMORY: Final = 1024**3
_MOST_SECONDS: Final = 120
_AT_ONCE: Final = 1_000
_READERS: Final[dict[str, Callable[[bytes], Iterable[ReadSheet]]]] = {"xls": read_xls, "ods": read_ods}


def main(form: str, source: BinaryIO, target: BinaryIO) -> None:
    _bound(resource.RLIMIT_AS, _MOST_MEMORY)
    _bound(resource.RLIMIT_CPU, _MOST_SECONDS)
    _bound(resource.RLIMIT_CORE, 0)
    try:
        for answer in _answers(_READERS[form](source.read())):
            pickle.dump(answer, target, protocol=5)
    except UnreadableFile as error:
        pickle.dump(("refused", error.code, error.params), target, protocol=5)


def _bound(what: int, most: int) -> None:
    """Set a limit that cannot be raised again; what is stricter already stays."""
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _answers(sheets: Iterable[ReadSheet]) -> Iterator[tuple[Any, ...]]:
    """What is said of a workbook, piece by piece; see `apart`."""
    text = 0
    for sheet in sheets:
        yield ("sheet", *sheet[:-1])
        numbered = enumerate(islice(sheet.rows, sheet.notes.used_rows), start=1)
        while rows := list(islice(numbered, _AT_ONCE)):
            text += sum(check_row(sheet.name, number, cells) for number, cells in rows)
            check_text(text)
            yield "rows", _values(rows)
    yield ("end",)


def _values(rows: Iterable[tuple[int, list[CellValue]]]) -> list[list[CellValue]]:
    """The cells of some rows; a text that comes again is the same one, which is sent and held once."""
    known: dict[str, str] = {}
    return [
        [known.setdefault(value, value) if isinstance(value, str) else value for value in cells] for _, cells in rows
    ]


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
