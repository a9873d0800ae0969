"""Exported files: what a stranger reads in them, what a spreadsheet may not take for more, and what is left of one that broke."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from core.exchange import exporting
from core.exchange.reading import open_workbook
from core.exchange.written import LONGEST_CELL, write_table, write_workbook
from core.jobs.context import Cancelled
from core.jobs.models import Job
from core.jobs.services import enqueue, run
from core.records import storage
from core.records.models import DataKey, StoredFile
from core.records.storage import content_of, path_of, storing
from tests.factories.people import make_teacher

HEADS = ["姓名", "数"]


def workbook(lines, heads=HEADS, title="名单"):
    buffer = io.BytesIO()
    write_workbook(buffer, title, heads, lines)
    return buffer.getvalue()


def read(content):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()]


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@given(st.lists(st.tuples(TEXTS, st.integers(-(10**14), 10**14)), min_size=1, max_size=5))
def test_any_text_comes_out_as_it_went_in(lines):
    found = read(workbook([list(line) for line in lines]))[1:]
    expected = [(text.replace("\r\n", "\n").replace("\r", "\r"), number) for text, number in lines]
    assert [(openpyxl.utils.escape.unescape(str(text)), number) for text, number in found] == expected


def test_nothing_is_a_formula_and_numbers_stay_numbers():
    content = workbook([["=1+1", 5], ["@SUM(A1)", Decimal("2.5")], ["长号", 110105194912310021]])

    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [[cell.data_type for cell in row] for row in page.iter_rows(min_row=2)] == [
        ["s", "n"],
        ["s", "n"],
        ["s", "s"],
    ]
    assert [page["A2"].value, page["B3"].value, page["B4"].value] == ["=1+1", 2.5, "110105194912310021"]
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet


def test_a_csv_has_an_apostrophe_before_what_looks_like_a_formula():
    buffer = io.BytesIO()
    assert write_table(buffer, "", HEADS, [["=cmd()", 3], ["王", 1]]) == 2
    assert list(csv.reader(io.StringIO(buffer.getvalue().decode("utf-8-sig")))) == [
        HEADS,
        ["'=cmd()", "3"],
        ["王", "1"],
    ]


def test_our_own_reader_takes_it_and_long_texts_are_cut():
    content = workbook([["长" * (LONGEST_CELL + 5), 1]], title="教职工: 全/部[1]")
    (sheet,) = open_workbook(content).sheets
    rows = list(sheet.rows())
    assert [row.cells[1] for row in rows] == ["数", 1]
    assert len(rows[1].cells[0]) == LONGEST_CELL
    assert sheet.name == "教职工  全 部 1"


def test_memory_does_not_grow_with_the_rows():
    def peak(rows):
        tracemalloc.start()
        write_workbook(io.BufferedWriter(Nowhere()), "名单", HEADS, ([f"人{n}", n] for n in range(rows)))
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1000)
    assert peak(40_000) < 1.5 * peak(8_000) + 4_000_000


class Nowhere(io.RawIOBase):
    def writable(self):
        return True

    def write(self, data):
        return len(data)


def halves():
    return list((settings.UPLOAD_DIR / "half").glob("*.part"))


@pytest.mark.django_db
def test_what_is_stored_in_a_stream_is_read_like_any_other_and_is_never_in_clear():
    with storing("名单 110105194912310021.csv") as file:
        file.write(b"secret words " * 10)
        file.write(b"and more")
    stored = StoredFile.objects.get(pk=file.stored.pk)
    assert content_of(stored) == b"secret words " * 10 + b"and more"
    assert (stored.size, "110105194912310021" in stored.name) == (138, False)
    assert b"secret" not in path_of(stored).read_bytes()


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """What other tests write, or leave when their worker is killed, is not looked at here."""
    settings.UPLOAD_DIR = tmp_path


@pytest.fixture
def people(school_a):
    for name in ("王甲", "王乙", "王丙"):
        make_teacher(name, school_a)


def start(actor, form="xlsx"):
    return enqueue(
        "exchange.export_list", actor=actor, arguments={"page": "teachers", "query": "", "form": form}
    )  # fmt: skip


@pytest.mark.django_db
def test_a_full_disk_leaves_a_failed_job_and_no_file(people, county_clerk, monkeypatch):
    job, before, keys = start(county_clerk), StoredFile.objects.count(), DataKey.objects.count()

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.Sealing, "write", full)
    run(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.error
    assert (StoredFile.objects.count(), DataKey.objects.count(), halves()) == (before, keys, [])


@pytest.mark.django_db
def test_a_cancelled_export_leaves_no_file(people, county_clerk, monkeypatch):
    job, before = start(county_clerk), StoredFile.objects.count()

    def cancelled(lines, *_args):
        yield next(iter(lines))
        raise Cancelled

    monkeypatch.setattr(exporting, "_counted", cancelled)
    run(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert (StoredFile.objects.count(), halves()) == (before, [])


@pytest.mark.django_db
def test_what_a_killed_process_left_is_removed_after_a_day():
    with storing("a") as file:
        file.write(b"x")
    folder = settings.UPLOAD_DIR / "half"
    old, young = folder / "old.part", folder / "young.part"
    for left in (old, young):
        left.write_bytes(b"unreadable")
    past = time.time() - storage.FORGOTTEN - 60
    import os

    os.utime(old, (past, past))
    with storing("b") as file:
        file.write(b"x")
    assert (old.exists(), young.exists()) == (False, True)
    young.unlink()


@pytest.mark.django_db
def test_an_export_has_the_lists_rows_with_numbers_masked(people, county_clerk, school_a):
    make_teacher("李丁", school_a, identity_number="110105194912310021")
    for form in ("xlsx", "csv"):
        job = start(county_clerk, form)
        run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result["rows"]) == (Job.State.DONE, 4)
        content = content_of(StoredFile.objects.get(public_id=job.result["file"]))
        text = str(read(content)) if form == "xlsx" else content.decode("utf-8-sig")
        assert "李丁" in text
        assert "110105194912310021" not in text
