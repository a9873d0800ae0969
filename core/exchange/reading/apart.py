"""Forms of workbooks that are read in a process of their own (`child`), bounded in memory and time."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any, BinaryIO, Final, cast

from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import SheetNotes
from core.exchange.reading.sheets import CellValue, Sheet

_COMMAND: Final = (sys.executable, "-Es", "-m", "core.exchange.reading.child")
_PROJECT: Final = Path(__file__).parents[3]


def read_apart(form: str, data: bytes) -> list[Sheet]:
    """The sheets of an .xls or .ods; the child looks through the file, then reads all of it.

    UnreadableFile as the child says, "damaged" where the file ended it.
    """
    with subprocess.Popen([*_COMMAND, form], cwd=_PROJECT, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as child:
        source, answers = cast("BinaryIO", child.stdin), cast("BinaryIO", child.stdout)
        try:
            with suppress(BrokenPipeError), source:
                source.write(data)
            return list(_sheets(_answers(answers)))
        finally:
            child.kill()


def _answers(source: BinaryIO) -> Iterator[tuple[Any, ...]]:
    try:
        while (answer := pickle.load(source))[0] != "end":  # noqa: S301 written by our own child from plain values
            if answer[0] == "refused":
                raise UnreadableFile(answer[1], **answer[2])
            yield answer
    except (EOFError, pickle.UnpicklingError) as error:
        raise UnreadableFile("damaged", part="workbook") from error


def _sheets(answers: Iterator[tuple[Any, ...]]) -> Iterator[Sheet]:
    rows: list[list[CellValue]] = []
    for kind, *said in answers:
        if kind == "rows":
            rows += said[0]
        else:
            (name, hidden, is_table, notes), rows = said, []
            yield Sheet(name, _SheetApart(notes, rows), hidden=hidden, is_table=is_table)


class _SheetApart:
    def __init__(self, notes: SheetNotes, rows: list[list[CellValue]]) -> None:
        self._notes, self._rows = notes, rows

    def notes(self) -> SheetNotes:
        return self._notes

    def rows(self) -> Iterator[list[CellValue]]:
        return (list(row) for row in self._rows)

    def release(self) -> None:
        """The values came all at once and stay until the workbook goes."""
