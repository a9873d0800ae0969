"""For random valid data of every section: what was said goes out as it was said, and comes in again without a change."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from core.exchange.kinds import all_kinds
from core.exchange.layout import Telling, headings, sheets_of
from tests.core.exchange.books import WANG, book, counts, sent
from tests.core.exchange.rounds import taken_out
from tests.core.exchange.test_every_section import (
    SECTIONS,
    full_row,
    person,  # noqa: F401 - a fixture
    sheet_rows,
    subject_of,
    told_of_the_person,
)
from tests.core.exchange.trips import MANY, may_be_said, rows
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db

EXAMPLES = [pytest.param(2), pytest.param(40, marks=pytest.mark.soak)]
QUICK = {
    "deadline": None, "database": None, "phases": [Phase.generate],
    "suppress_health_check": [
        HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large,
    ],
}  # fmt: skip


def told(section, subject, unit):
    """What goes out of one subject."""
    telling = Telling(TODAY, unit)
    telling.keys = all_kinds()[section.kind].keys([subject])
    return section.tell([subject], telling).get(subject, [])


def says(line, row, section):
    """Whether a line that goes out has every text of a row that came in; where a cell names several, in any order."""
    return all(
        sorted(line.get(name, "").split("、")) == sorted(str(text).split("、"))
        for name, (text, _value) in row.items()
        if name in section.fields and name != "school_year"
    )


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_what_came_in_goes_out_as_it_was_said_and_comes_in_again_unchanged(
    section, examples, person, school_a, county_clerk, county_a  # noqa: F811
):  # fmt: skip
    key = school_a.code if section.kind == "units" else WANG[1]
    subject = subject_of(section, person, school_a)

    @settings(max_examples=examples, **QUICK)
    @given(said=rows(section, MANY))
    def trip(said):
        said = [row for row in (told_of_the_person(section, one) for one in said) if row]
        assume(said and may_be_said(section, said))
        with transaction.atomic():
            assert sent(county_clerk, county_a, book(第一页=sheet_rows(section, said, key))).state == "applied"
            lines = told(section, subject, county_a)
            for row in said:
                assert any(says(line, row, section) for line in lines), (row, lines)
            back = sent(county_clerk, county_a, taken_out(county_clerk, county_a, section.kind), accept=False)
            assert set(counts(back)) == {"same"}, [
                row.problems or row.fields for row in back.rows.exclude(outcome="same")
            ]
            transaction.set_rollback(True)

    trip()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_a_whole_file_goes_out_and_comes_in_unchanged(examples, person, county_clerk, county_a):  # noqa: F811
    sections = [section for section in SECTIONS if section.kind == "teachers"]

    @settings(max_examples=examples, **QUICK)
    @given(data=st.data())
    def trip(data):
        drawn = [(section, data.draw(full_row(section))) for section in sections]
        sheets = {f"第{n}页": sheet_rows(section, [row], WANG[1]) for n, (section, row) in enumerate(drawn) if row}
        with transaction.atomic():
            assert counts(sent(county_clerk, county_a, book(**sheets))).get("refused") is None
            back = sent(county_clerk, county_a, taken_out(county_clerk, county_a), accept=False)
            assert set(counts(back)) == {"same"}, [
                row.problems or row.fields for row in back.rows.exclude(outcome="same")
            ]
            transaction.set_rollback(True)

    trip()


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_every_column_that_is_kept_stands_on_a_sheet(kind):
    if all_kinds()[kind].endings:
        return
    shown = {column.name for sheet in sheets_of(all_kinds()[kind]) for column in headings(all_kinds()[kind], sheet)}
    kept = {name for section in SECTIONS if section.kind == kind for name in section.fields if name != "unit"}
    told_otherwise = {"office_type"}
    assert kept - told_otherwise <= shown
