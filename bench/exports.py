"""`python -m bench.exports`: a list of 30 columns as a workbook, against the export of django-import-export; memory at two sizes."""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import sys
import time
from datetime import date
from typing import Any

import openpyxl
from django.db import connection
from django.http import QueryDict

from bench.figures import Figure, Report
from bench.ground import ground
from bench.peer.wide import COLUMNS, WIDE, WideResource, WideTeacher, make_table
from core.exchange.exporting import export_list
from core.records.models import StoredFile
from core.records.storage import content_of, path_of
from core.registry import ListColumn, registry
from core.web.listing import Listing
from core.web.pages import ListPage

MANY, FEW = 100_000, 10_000
# The peer is linear in its rows; it is measured on fewer of them, in two turns around ours.
PEER_ROWS = 10_000
MEGABYTE = 1024
PAGE = "bench_wide"


class WidePage(ListPage):
    """The list that is exported: as many columns as a wide roster, made as other pages make theirs."""

    name = PAGE
    route = "bench/wide/"
    permission = "personnel.view_teacher"
    title = "花名册"
    exported = True
    can_search = False
    default_sort = "number"
    columns = tuple(
        ListColumn(name, name, lambda row, _actor, name=name: getattr(row, name), sort=("id",) if name == "number" else ())
        for name in COLUMNS
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return WideTeacher.objects.all()


class Context:
    """What an export asks of its job."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor

    def progress(self, *_told: Any, **_more: Any) -> None:
        """Nobody looks."""


def main() -> int:
    """Measure, tell, and say by the exit code whether every limit was met."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rows", type=int, default=MANY)
    rows = given.parse_args().rows
    report = Report("exports")
    with ground() as place:
        make_table(place.database)
        _fill(rows)
        place.settle()
        before = _peer_rate()
        seconds, memory = _apart(place.clerk, rows)
        _few_seconds, little = _apart(place.clerk, min(FEW, rows))
        csv_seconds, _csv_memory = _apart(place.clerk, rows, "csv")
        peer = (before + _peer_rate()) / 2
    report.tell(
        Figure(f"rows a second, .xlsx of {rows:,} rows × {len(COLUMNS)} columns", rows / seconds),
        Figure(f"rows a second, .csv of {rows:,} rows × {len(COLUMNS)} columns", rows / csv_seconds),
        Figure("rows a second, the peer's .xlsx", peer),
        Figure("times the peer's export", rows / seconds / peer, "×", "at least", 5),
        Figure(f"most memory, {FEW:,} rows", little, "MB"),
        Figure(f"most memory, {rows:,} rows", memory, "MB"),
        Figure("more memory for ten times the rows", memory - little, "MB", "at most", 16),
    )
    return 0 if report.met else 1


def _fill(rows: int) -> None:
    texts = ["青石县第一初级中学", "女", "汉族", "中共党员", "大学本科", "一级教师", "语文", "山西省临江市青石县"]
    made = (
        WideTeacher(
            **{
                name: date(1970 + (number + place) % 40, 1 + number % 12, 1 + number % 28) if sort == "date"
                else (number + place) % 9000 if sort == "integer"
                else (number + place) % 3 == 0 if sort == "boolean"
                else f"{texts[place % len(texts)]}{(number if place % 3 == 0 else number % 50)}"
                for place, (name, sort) in enumerate(WIDE.items())
            }
        )
        for number in range(rows)
    )  # fmt: skip
    WideTeacher.objects.bulk_create(made, batch_size=2000)


def _peer_rate() -> float:
    """Rows a second of the package's export as its manual shows it: the dataset of a resource, as .xlsx."""
    rows = WideTeacher.objects.order_by("pk")[:PEER_ROWS]
    began = time.perf_counter()
    content = WideResource().export(rows).xlsx
    seconds = time.perf_counter() - began
    if not content:
        raise RuntimeError("the peer wrote nothing")
    return min(PEER_ROWS, rows.count()) / seconds


def _apart(actor: Any, rows: int, form: str = "xlsx") -> tuple[float, float]:
    """Seconds and megabytes of one export in a process of its own, as a worker has it."""
    connection.close()
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_export, args=(there, actor, rows, form))
    process.start()
    there.close()
    found: tuple[float, float] = here.recv()
    process.join()
    return found


def _export(pipe: Any, actor: Any, rows: int, form: str) -> None:
    registry.pages.append(WidePage)
    last = WideTeacher.objects.order_by("pk")[rows - 1].pk
    WidePage.rows_of = lambda _self, _actor: WideTeacher.objects.filter(pk__lte=last)  # type: ignore[method-assign]
    list(Listing(WidePage(), actor, QueryDict("")).lines(selected=[]))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    told = export_list(Context(actor), page=PAGE, query="", form=form, selected=None)  # type: ignore[arg-type]
    seconds = time.perf_counter() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held
    stored = StoredFile.objects.select_related("key").get(public_id=told["file"])
    if told["rows"] != rows or (form == "xlsx" and _rows_in(content_of(stored)) != rows + 1):
        raise RuntimeError(f"{told['rows']} of {rows} rows in {path_of(stored)}")
    pipe.send((seconds, grown / MEGABYTE))


def _rows_in(content: bytes) -> int:
    """How many rows a stranger reads in the workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return sum(1 for _row in book.worksheets[0].iter_rows(max_col=1))


if __name__ == "__main__":
    sys.exit(main())
