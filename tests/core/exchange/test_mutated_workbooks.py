"""Mutated workbooks of every form are refused or read, and marked where they were read: no crash, no hang, no memory without bound."""

from __future__ import annotations

import resource
import time
from collections import Counter

import pytest

from core.exchange.reading import UnreadableFile, open_workbook
from core.exchange.recognition import recognise
from core.exchange.returning import Mark, patch
from tests.core.exchange.crafted import HEADER, PERSON, package, sheet_xml, table
from tests.core.exchange.mutants import mutant
from tests.core.exchange.sample_kinds import KINDS

LONGEST = 10
MOST_MEMORY = 400  # MB more than before the first one
# Small in every run, 20,000 in `make soak`; an .xls or .ods starts a process of its own each time.
SIZES = {"xlsx": (150, 12_000), "csv": (120, 4_000), "xls": (8, 2_000), "ods": (8, 2_000)}


def read(data: bytes) -> int:
    """How many sheets were recognised, all their rows read."""
    reading = recognise(open_workbook(data), KINDS)
    for sheet in reading.sheets:
        for _row in sheet.rows():
            pass
    return len(reading.sheets)


def marked(data: bytes, seed: int) -> bytes:
    """Every tenth cell of the first rows said to be wrong."""
    marks = [
        Mark(0, row, (row + seed) % 9, ("error", "warning")[row % 2], "栏", "值", f"错{row}", "")
        for row in range(2, 20, 1 + seed % 4)
    ]
    return patch(data, marks, header_rows={0: 2})


def outcome(form: str, seed: int) -> str:
    """What became of one: the code of its refusal, or how many sheets were read and whether it could be marked."""
    data = mutant(form, seed)
    try:
        found = read(data)
    except UnreadableFile as error:
        return error.code
    if not data.startswith(b"PK") or form == "ods" or not found:
        return "read"
    try:
        back = marked(data, seed)
    except UnreadableFile as error:
        return f"read, not marked: {error.code}"
    read(back)
    return "read and marked"


def spent() -> float:
    """The seconds of computing of this process and of those that it started."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


@pytest.mark.parametrize("full", [False, pytest.param(True, marks=pytest.mark.soak)])
@pytest.mark.parametrize("form", SIZES)
def test_mutated_workbooks_are_refused_or_read(form, full):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes: Counter[str] = Counter()
    for seed in range(SIZES[form][full]):
        began = spent()
        try:
            outcomes[outcome(form, seed)] += 1
        except Exception as error:
            raise AssertionError(f"{form} {seed}: {error!r}") from error
        assert spent() - began < LONGEST, f"{form} {seed}"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY * 1024
    print(form, dict(outcomes))
    assert outcomes["damaged"] if form != "csv" else outcomes["read"]
    assert len(outcomes) > 1


@pytest.mark.parametrize(
    "row",
    [
        '<row r="3"><c r="AXFD1048576"><v>1</v></c></row>',
        '<row r="3"><c r="A"><v>1</v></c></row>',
        '<row r="1e9"><c><v>1</v></c></row>',
    ],
)
def test_a_place_that_is_no_place_is_damage(row):
    """The fast reader makes room up to where it thinks that such a cell is: a terabyte, which ends the worker."""
    with pytest.raises(UnreadableFile) as refused:
        read(package(sheet_xml(table(HEADER, PERSON) + row)))

    assert refused.value.code == "damaged"
