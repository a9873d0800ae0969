"""`python -m bench.returning`: the error workbook of 50,000 rows with 2,000 problems, against copying the package unchanged."""

from __future__ import annotations

import argparse
import io
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure, Report
from bench.ground import ground
from bench.importing import import_file
from core.exchange.checking import check_batch
from core.exchange.returning import Mark, patch
from core.exchange.returning.services import ask_for_return
from core.exchange.services import create_batch
from core.jobs.services import run
from tests.workbooks.generator import make_county, write_county

PEOPLE, PROBLEMS, ROUNDS = 50_000, 2_000, 5
HEADER_ROW, COLUMNS, SEED = 4, 22, 7
LEVEL = 6  # of both: the usual one
KILOBYTE = 1024


def main() -> int:
    """Measure, tell, and say by the exit code whether every limit was met."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--people", type=int, default=PEOPLE)
    given.add_argument("--memory-of", type=Path, help="only mark this workbook, and print the most memory that it took")
    options = given.parse_args()
    if options.memory_of:
        print(_memory(options.memory_of))
        return 0
    report = Report("returning")
    with tempfile.TemporaryDirectory() as folder:
        county = make_county(SEED, options.people, share_wrong=PROBLEMS / PEOPLE, usual_headers=True)
        files = write_county(Path(folder), county)
        _files(report, files.roster)
        with ground() as place:
            import_file(place, files.units)
            batch = create_batch(
                actor=place.clerk, unit=place.county, name="a.xlsx", content=files.roster.read_bytes(), start=False
            )
            batch = check_batch(batch.pk, place.clerk)
            copying = _median(lambda: copied(files.roster.read_bytes()))
            job = _median(lambda: run(ask_for_return(actor=place.clerk, batch=batch, reason="量").pk))
        report.tell(
            Figure("problems of the batch", batch.counts["refused"]),
            Figure("the whole job, read from the batch and kept", job, "s"),
            Figure("the whole job: times copying the package", job / copying, "×", "at most", 4),
        )
    return 0 if report.met else 1


def _files(report: Report, path: Path) -> None:
    data, marks = path.read_bytes(), marks_of(path)
    rounds = [(_seconds(lambda: copied(data)), _seconds(lambda: marked(data, marks))) for _ in range(ROUNDS)]
    asked = [sys.executable, "-m", "bench.returning", "--memory-of", str(path)]
    took = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    report.tell(
        Figure("the package copied: unzipped and zipped", statistics.median(one for one, _ in rounds), "s"),
        Figure("the error workbook", statistics.median(one for _, one in rounds), "s"),
        Figure("the error workbook: times copying", statistics.median(b / a for a, b in rounds), "×", "at most", 4),
        Figure("memory that it takes", float(took), "MB", "at most", 300),
    )


def copied(data: bytes) -> bytes:
    """The package unzipped and zipped again, every part as it was."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return out.getvalue()


def marks_of(_path: Path) -> list[Mark]:
    """Problems all over the sheet, as many as are measured."""
    return [
        Mark(
            0, HEADER_ROW + 1 + number * (PEOPLE // PROBLEMS), 3 + number % (COLUMNS - 3), "error", "出生日期", "1979-02-30",
            "没有这一天。请写成 1985-07-13 的样子。", "身份证号里是 1979-02-28",
        )
        for number in range(PROBLEMS)
    ]  # fmt: skip


def marked(data: bytes, marks: list[Mark]) -> bytes:
    """The error workbook."""
    return patch(data, marks, header_rows={0: HEADER_ROW})


def _memory(path: Path) -> float:
    data, marks = path.read_bytes(), marks_of(path)
    # The most that was held counts from here: what starting the program took is another matter.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _most_held()
    marked(data, marks)
    return (_most_held() - before) / KILOBYTE


def _most_held() -> int:
    """The most memory of this process so far, in KB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_seconds(work) for _ in range(3))


if __name__ == "__main__":
    sys.exit(main())
