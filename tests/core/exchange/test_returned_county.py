"""What was refused comes back in the sender's own workbook: of a county whose verdicts are known, and of unseen ones."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import openpyxl
import pytest

from core.exchange.models import Batch
from core.exchange.report import summary
from core.exchange.returning.building import returned
from tests.core.exchange import returned_books as books
from tests.core.exchange.importing import send
from tests.ground.office import converted
from tests.workbooks.generator import make_county, write_county

COUNTY = Path(__file__).parents[2] / "workbooks" / "county-a"

pytestmark = pytest.mark.django_db


def back(batch: Batch) -> bytes:
    return returned(batch, lambda _row: None)[1]


def letters(number: int) -> str:
    return openpyxl.utils.get_column_letter(number)


def planted(path: Path) -> list[tuple[int, str]]:
    """(row, heading without blanks) of each planted problem."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [(row["row"], "".join(problem[0].split())) for row in rows for problem in row["problems"]]


def seen_cell(book: bytes, sheet: str, row: int, heading: str) -> str:
    """The cell under a heading in a row; of merged ones the one that is seen."""
    page = books.opened(book)[sheet]
    for head in page.iter_rows(max_row=20):
        for cell in head:
            if "".join(str(cell.value or "").split()) == heading:
                name = f"{letters(cell.column)}{row}"
                return next((str(one).partition(":")[0] for one in page.merged_cells.ranges if name in one), name)
    raise AssertionError(heading)


def check_return(sent: bytes, batch: Batch, problems: list[tuple[int, str]], kept: set[str]) -> bytes:
    """Every problem on its cell, in the list and in its row; everything else of the workbook as it was."""
    data = back(batch)
    sheet = next(one["name"] for one in batch.report["sheets"] if one["kind"])
    said, pages = books.comments(data, sheet), books.opened(data)
    page, listed = pages[sheet], pages["问题清单"]
    reasons = next(cell for row in page.iter_rows(max_row=20) for cell in row if cell.value == "问题")
    assert all(cell.value is None for row in page.iter_rows(min_col=reasons.column + 1) for cell in row)
    wanted = {seen_cell(sent, sheet, row, heading) for row, heading in problems}
    assert wanted <= said.keys()
    for row, heading in problems:
        cell = seen_cell(sent, sheet, row, heading)
        assert heading in "".join(said[cell].split())
        assert heading in "".join(page.cell(row, reasons.column).value.split())
        assert books.colour(data, sheet, cell) == "FFF9C6C1"
    told = summary(batch)["problems"]
    assert listed.max_row == 3 + len(told)
    for number, one in enumerate(told, start=4):
        assert listed.cell(number, 3).value == str(one["row"])
        assert f"!{listed.cell(number, 2).value}" in listed.cell(number, 2).hyperlink.location
    changes = books.differences(sent, data, sheet, letters(reasons.column))
    assert set(changes) == said.keys()
    path = books.sheet_path(sent, sheet)
    expected = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", path} | kept
    assert books.touched(sent, data) == expected
    raw = books.packed(data)
    assert all(raw[name] == content for name, content in books.packed(sent).items() if name not in expected)
    return data


def corrected(data: bytes, sheet: str, person: str, heading: str, value: str) -> bytes:
    """The workbook with a cell put right by another program."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book[sheet]
    column = next(
        cell.column
        for row in page.iter_rows(max_row=20)
        for cell in row
        if "".join(str(cell.value or "").split()) == heading
    )
    for row in page.iter_rows():
        if any(cell.value == person for cell in row):
            page.cell(row[0].row, column).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_problem_of_a_county_is_on_its_cell_and_nothing_else_is_changed(county_clerk, county_a, tmp_path):
    send(county_clerk, county_a, COUNTY / "1-units.xlsx")
    batch = send(county_clerk, county_a, COUNTY / "2-roster.xlsx", accept=False)
    sent = (COUNTY / "2-roster.xlsx").read_bytes()
    problems = planted(COUNTY / "2-roster.expected.json")

    first = check_return(sent, batch, problems, set())

    again = tmp_path / "again.xlsx"
    again.write_bytes(first)
    second_batch = send(county_clerk, county_a, again, accept=False)
    assert second_batch.counts == batch.counts
    left = {one["name"]: one for one in second_batch.report["sheets"]}
    assert left["问题清单"]["why"] == "no_kind"
    assert "问题" in left["在职教师"]["unmapped"]
    second = back(second_batch)
    pages = books.opened(second)
    assert pages.sheetnames == books.opened(first).sheetnames
    for sheet in pages.sheetnames:
        assert books.texts(second, sheet) == books.texts(first, sheet)
    assert books.comments(second, "在职教师") == books.comments(first, "在职教师")

    opened = converted({"first": first, "second": second})
    for fods in opened.values():
        notes = list(books.annotations(fods))
        assert len(notes) == len(books.comments(first, "在职教师"))
        assert all(note.startswith("师档：") for note in notes)


def test_what_is_put_right_in_the_workbook_comes_in(county_clerk, county_a, tmp_path):
    send(county_clerk, county_a, COUNTY / "1-units.xlsx")
    batch = send(county_clerk, county_a, COUNTY / "2-roster.xlsx")
    expected = json.loads((COUNTY / "2-roster.expected.json").read_text(encoding="utf-8"))
    wrong = next(row for row in expected if row["problems"] and row["problems"][0][1] == "birth_differs_from_id")
    day = f"{wrong['id'][6:10]}-{wrong['id'][10:12]}-{wrong['id'][12:14]}"
    path = tmp_path / "fixed.xlsx"
    path.write_bytes(corrected(back(batch), "在职教师", wrong["id"], "".join(wrong["problems"][0][0].split()), day))

    following = send(county_clerk, county_a, path)

    assert following.counts == {
        **batch.counts,
        "new": 1,
        "same": batch.counts["new"],
        "refused": batch.counts["refused"] - 1,
    }
    once_more = back(following)
    said = "\n".join(books.comments(once_more, "在职教师").values())
    assert day not in said
    assert str(wrong["row"]) not in {str(row[2]) for row in books.texts(once_more, "问题清单")}
    cell = seen_cell(once_more, "在职教师", wrong["row"], "".join(wrong["problems"][0][0].split()))
    assert books.colour(once_more, "在职教师", cell) == "00000000"


@pytest.mark.parametrize("seed", [3, 9])
def test_every_problem_of_an_unseen_county_is_on_its_cell(county_clerk, county_a, tmp_path, seed):
    files = write_county(tmp_path, make_county(seed, 300, share_wrong=0.3))
    send(county_clerk, county_a, files.units)
    batch = send(county_clerk, county_a, files.roster, accept=False)

    check_return(files.roster.read_bytes(), batch, planted(files.roster_expected), set())


def test_suggestions_stand_in_the_workbook_in_chinese_whoever_asks(county_clerk, county_a):
    send(county_clerk, county_a, COUNTY / "1-units.xlsx")
    batch = send(county_clerk, county_a, COUNTY / "2-roster.xlsx", accept=False)

    rows = books.texts(back(batch), "问题清单")[3:]

    said = [row[7] for row in rows if row[7]]
    assert any(re.fullmatch(r"身份证号里是 \d{4}-\d\d-\d\d", one) for one in said)
    assert any(re.match(r"如前 17 位无误，末位应为 [\dX]", one) for one in said)
    assert {row[5] for row in rows} <= {"须改正", "请留意"}


def test_a_csv_comes_back_as_a_workbook(county_clerk, county_a, tmp_path):
    send(county_clerk, county_a, COUNTY / "1-units.xlsx")
    text = (COUNTY / "4-school-roster-gb18030.csv").read_bytes().decode("gb18030")
    path = tmp_path / "花名册.csv"
    path.write_bytes(re.sub(r"(\d{17})[\dX]", lambda found: f"{found[1]}Q", text, count=3).encode("gb18030"))
    batch = send(county_clerk, county_a, path, accept=False)
    assert batch.counts["refused"] == 3

    name, data = returned(batch, lambda _row: None)

    assert name == "花名册-问题.xlsx"
    assert len(books.comments(data, "花名册")) == 3
    path = tmp_path / "again.xlsx"
    path.write_bytes(data)
    assert send(county_clerk, county_a, path, accept=False).counts == batch.counts
