"""The undo of a county's roster against its apply, both in one run: of new people, and of people who were on file and all changed."""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench import counties
from bench.figures import Figure, Report
from bench.ground import Ground, ground
from bench.importing import Imported, import_file
from core.exchange.models import Batch
from core.exchange.undo.services import undo_batch, undo_preview
from core.jobs.services import run
from tests.workbooks.generator import County, Files
from tests.workbooks.people import SUBJECTS, TITLES
from tests.workbooks.roster import write_roster

PEOPLE, FEW, ROUNDS = 10_000, 500, 3
MOST: Final = 2


@dataclass
class Undone:
    """Seconds of the acceptance of a batch, of the preview of its undo, and of the undo."""

    apply: float
    preview: float
    undo: float

    @property
    def ratio(self) -> float:
        """The undo against its apply."""
        return self.undo / self.apply


def main() -> int:
    """Measure, tell, and say by the exit code whether every limit was met."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--people", type=int, default=PEOPLE)
    given.add_argument("--rounds", type=int, default=ROUNDS)
    options = given.parse_args()
    report = Report("undo")
    with tempfile.TemporaryDirectory() as folder:
        few = counties.county_of(FEW)
        _round(counties.write(Path(folder) / "warm", few), _changed(Path(folder) / "warm.xlsx", few), FEW)
        county = counties.county_of(options.people)
        files = counties.write(Path(folder) / "county", county)
        changed = _changed(Path(folder) / "changed.xlsx", county)
        rounds = [_round(files, changed, options.people) for _number in range(options.rounds)]

    def middle(place: int, pick: Callable[[Undone], float]) -> float:
        return statistics.median(pick(one[place]) for one in rounds)

    for place, outcome in enumerate(("changed", "new")):
        report.tell(
            Figure(f"seconds to accept {options.people:,} {outcome} rows", middle(place, lambda one: one.apply), "s"),
            Figure(f"seconds to preview their undo, {outcome}", middle(place, lambda one: one.preview), "s"),
            Figure(f"seconds to undo them, {outcome}", middle(place, lambda one: one.undo), "s"),
            Figure(f"undo: times their apply, {outcome}", middle(place, lambda one: one.ratio), "×", "at most", MOST),
        )
    return 0 if report.met else 1


def _changed(path: Path, county: County) -> Path:
    """The same people a year on: everybody has another telephone and subject, many another title and unit."""
    chance = random.Random(counties.SEED + 2)
    lines = []
    for line in county.lines:
        person = line.person
        lines.append(
            replace(
                line,
                person=replace(
                    person,
                    phone=person.phone[:3] + f"{(int(person.phone[3:]) + 1) % 10**8:08}",
                    subject=SUBJECTS[(SUBJECTS.index(person.subject) + 1) % len(SUBJECTS)],
                    title=chance.choice(TITLES),
                    unit=chance.randrange(len(county.units)) if chance.random() < 0.3 else person.unit,
                ),
            )
        )
    write_roster(path, lines, county.units, replace(county.style, merged=False), chance)
    return path


def _round(files: Files, changed: Path, people: int) -> tuple[Undone, Undone]:
    """Accept new people, accept changes of all of them, undo the changes, then undo the people: in one database."""
    with ground() as place:
        import_file(place, files.units)
        place.settle()
        new = _expect(import_file(place, files.roster), "new", people)
        place.settle()
        later = _expect(import_file(place, changed), "changed", people)
        place.settle()
        of_changed = _undone(place, later)
        place.settle()
        of_new = _undone(place, new)
    for outcome, one in (("changed", of_changed), ("new", of_new)):
        print(f"  {outcome}: apply {one.apply:.2f} s, preview {one.preview:.2f} s, undo {one.undo:.2f} s", flush=True)
    return of_changed, of_new


def _undone(place: Ground, imported: Imported) -> Undone:
    batch = imported.batch
    began = time.perf_counter()
    undo_preview(actor=place.clerk, batch=batch)
    seen = time.perf_counter()
    run(undo_batch(actor=place.clerk, batch=batch, reason="measured").pk)
    ended = time.perf_counter()
    batch.refresh_from_db()
    told = batch.undo_report
    if batch.state != Batch.State.UNDONE or told["keep"]["records"] or told["block"]["records"]:
        raise RuntimeError(f"the batch is {batch.state}: {told}")
    return Undone(imported.seconds["apply"], seen - began, ended - seen)


def _expect(imported: Imported, outcome: str, rows: int) -> Imported:
    if imported.batch.counts.get(outcome) != rows:
        raise RuntimeError(f"expected {rows} {outcome} rows, found {imported.batch.counts}")
    return imported


if __name__ == "__main__":
    sys.exit(main())
