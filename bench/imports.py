"""`make bench-import`: a county's workbooks from the file to committed records, against a plain import of the same rows."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import bare, counties
from bench.figures import Figure, Report
from bench.ground import ground
from bench.importing import Imported, import_file
from bench.peer import importing as peer
from bench.queries import queries_of_chunks
from bench.workers import Done, import_by_worker
from tests.workbooks.generator import Files

PEOPLE, MANY, FEW = 10_000, 50_000, 500
ROUNDS = 3
MEGABYTE = 1024 * 1024


def main() -> int:
    """Measure, tell, and say by the exit code whether every limit was met."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--people", type=int, default=PEOPLE)
    given.add_argument("--many", type=int, default=MANY, help="rows of the large workbook; 0 leaves it out")
    given.add_argument("--rounds", type=int, default=ROUNDS)
    options = given.parse_args()
    report = Report("imports")
    with tempfile.TemporaryDirectory() as folder:
        _warm_up(Path(folder))
        _against_the_peer(report, Path(folder), options.people, options.rounds)
        _queries(report, Path(folder))
        if options.many:
            _many(report, Path(folder), options.many, options.people)
    return 0 if report.met else 1


def _warm_up(folder: Path) -> None:
    """A worker has worked before: dictionaries are loaded, code lists kept."""
    files = counties.write(folder / "warm", counties.county_of(FEW))
    with ground() as place:
        import_file(place, files.units)
        import_file(place, files.roster)
        import_file(place, files.next_year)


def _against_the_peer(report: Report, folder: Path, people: int, rounds: int) -> None:
    """Rounds of the same measurement, each in a database of its own; the middle of their ratios counts."""
    county = counties.county_of(people)
    files = counties.write(folder / "county", county)
    counties.save_anew(folder / "anew.xlsx", county)
    peer.write_plain(folder / "plain.xlsx", counties.plain_rows(county, FEW))
    found = [_round(report, number, files, folder, people) for number in range(1, rounds + 1)]

    def middle(pick: Callable[[_Round], float]) -> float:
        return statistics.median(map(pick, found))

    report.tell(
        Figure("rows a second, new, file to committed", middle(lambda one: one.new.rate)),
        Figure("rows a second, the same county saved anew", middle(lambda one: one.again.rate)),
        Figure("rows a second, the plain import (dry run and import)", middle(lambda one: one.peer)),
        Figure("cells compared in the county saved anew", found[0].again.batch.report["cells"]),
        Figure("new: times the plain import", middle(lambda one: one.new.rate / one.peer), "×", "at least", 15),
        Figure(
            "saved anew: times the plain import", middle(lambda one: one.again.rate / one.peer), "×", "at least", 25
        ),
        Figure("writing: times a bare COPY of the same rows", middle(lambda one: one.writing), "×", "at most", 3),
    )


class _Round:
    """What one round measured."""

    def __init__(self, new: Imported, again: Imported, peer_rate: float, writing: float) -> None:
        self.new, self.again, self.peer, self.writing = new, again, peer_rate, writing


def _round(report: Report, number: int, files: Files, folder: Path, people: int) -> _Round:
    with ground() as place:
        peer.make_tables(place.database)
        import_file(place, files.units)
        place.settle()
        before = FEW / peer.import_rows(folder / "plain.xlsx")
        new = import_file(place, files.roster)
        _expect(new, "new", people)
        writing = new.seconds["apply"] / bare.seconds_to_copy(place.database, new.batch.change_id)
        place.settle()
        again = import_file(place, folder / "anew.xlsx")
        _expect(again, "same", people)
        after = FEW / peer.import_rows(_others(folder, people))
    steps = "  ".join(f"{name} {seconds:.2f} s" for name, seconds in new.seconds.items())
    compared = "  ".join(f"{name} {seconds:.2f} s" for name, seconds in again.seconds.items())
    print(
        f"  round {number}: new: {steps}; saved anew: {compared}; plain: {before:.0f} and {after:.0f} rows/s",
        flush=True,
    )
    return _Round(new, again, (before + after) / 2, writing)


def _others(folder: Path, people: int) -> Path:
    """Rows for the peer's second turn, which it has not seen."""
    path = folder / "plain-others.xlsx"
    if not path.exists():
        rows = list(counties.plain_rows(counties.county_of(people), 2 * FEW))
        peer.write_plain(path, rows[FEW:])
    return path


def _expect(imported: Imported, outcome: str, rows: int) -> None:
    if imported.batch.counts != {"new": 0, "changed": 0, "same": 0, "refused": 0, outcome: rows}:
        raise RuntimeError(f"expected {rows} {outcome} rows, found {imported.batch.counts}")


def _queries(report: Report, folder: Path) -> None:
    """As many queries for a chunk of 400 rows as for one of 800."""
    counted = queries_of_chunks(folder, (400, 800))
    for verb, (few, many) in counted.items():
        report.tell(Figure(f"queries of a chunk of 400 rows, {verb}", few))
        report.tell(Figure(f"more queries of a chunk of 800 rows, {verb}", many - few, "", "at most", 0))


def _many(report: Report, folder: Path, people: int, fewer: int) -> None:
    """A large workbook in a real worker, between two of a usual size: as fast per row, in bounded memory."""
    before, done, after = (_by_worker(folder, number) for number in (fewer, people, fewer))
    usual = (before.rate + after.rate) / 2
    report.tell(
        Figure(f"rows a second of check and writing by a worker, {fewer:,} rows", usual),
        Figure(f"rows a second of check and writing by a worker, {people:,} rows", done.rate),
        Figure(f"{people:,} rows: pace against {fewer:,} rows", done.rate / usual, "×", "at least", 0.8),
        Figure("the worker's most memory", done.peak_memory / MEGABYTE, "MB", "at most", 500),
    )


def _by_worker(folder: Path, people: int) -> Done:
    files = counties.write(folder / f"worker-{people}", counties.county_of(people))
    with ground() as place:
        import_file(place, files.units)
        place.settle()
        done = import_by_worker(place, files.roster)
    _expect(Imported(done.batch), "new", people)
    return done


if __name__ == "__main__":
    sys.exit(main())
