"""Every section of every kind: what a sheet of its own says is on file as it was said, and the same sheet again changes nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from core.exchange.kinds import all_kinds
from core.registry import registry
from personnel.models import Teacher
from tests.core.exchange.books import WANG, book, counts, sent, told
from tests.core.exchange.trips import MANY, all_sections, as_stored, asked, may_be_said, on_file, rows
from tests.factories.people import make_teacher

SECTIONS = all_sections()
EXAMPLES = [pytest.param(3), pytest.param(60, marks=pytest.mark.soak)]
KEYS = {"teachers": "身份证号码", "dossiers": "身份证号码", "units": "学校标识码"}
# The portrait comes as a picture, not in a cell.
PICTURES = {"photo"}
# Under rules of their own, with days of their own: kinds of workbooks beside rosters; of posts rosters tell level and first day.
DECIDED = {"agreement", "contracts", "dispatches", "headships", "posts", "retirement"}

# A duty of a workbook is one at the school where the person is; another is entered on the page.
OF_THE_ROW = {"duties": {"unit"}}


@pytest.fixture
def person(school_a):
    return make_teacher(
        WANG[0], school_a, since=date(2005, 1, 1), identity_number=WANG[1], birth=date(1985, 7, 13), sex="2"
    )


def told_of_the_person(section, row):
    """Sex and birth are those of the identity number: a row may not say otherwise."""
    return {name: pair for name, pair in row.items() if (section.name, name) not in CONSTANT}


CONSTANT = {("personnel.Teacher", "sex"), ("personnel.Teacher", "birth")}


def sheet_rows(section, said, key):
    """The rows of a sheet with the key and the columns of a section."""
    columns = [column for column in asked(section) if any(column.name in row for row in said)]
    head = [KEYS[section.kind], *(column.alone for column in columns)]
    lines = [[key, *(row[column.name][0] if column.name in row else "" for column in columns)] for row in said]
    return [head, *lines]


def makes_a_sheet(section, said):
    """Whether a sheet by itself says of which kind it is: some of its columns stand on sheets of other sorts too."""
    return any(not column.elsewhere for column in section.columns if any(column.name in row for row in said))


def subject_of(section, person, school):
    return school.pk if section.kind == "units" else person.pk


def records(section, subject):
    return section.model._base_manager.filter(**{section.subject_field: subject})


def find(section, subject, row):
    """The records that hold all that a row says."""
    return [
        record
        for record in records(section, subject)
        if all(on_file(section, record, name) == as_stored(section, name, value) for name, (_t, value) in row.items())
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_what_a_sheet_says_is_on_file_and_the_same_sheet_again_changes_nothing(
    section, examples, person, school_a, county_clerk, county_a
):
    key = school_a.code if section.kind == "units" else WANG[1]
    subject = subject_of(section, person, school_a)

    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip
    @given(said=rows(section, MANY))
    def trip(said):
        said = [row for row in (told_of_the_person(section, one) for one in said) if row]
        assume(said and may_be_said(section, said) and makes_a_sheet(section, said))
        with transaction.atomic():
            content = book(第一页=sheet_rows(section, said, key))
            first = sent(county_clerk, county_a, content)
            assert (first.state, told(first), first.counts.get("refused")) == ("applied", set(), 0), first.trouble
            for row in said:
                assert find(section, subject, row), (row, list(records(section, subject).values()))
            again = sent(county_clerk, county_a, content, accept=False)
            assert (counts(again), told(again)) == ({"same": len(said)}, set())
            transaction.set_rollback(True)

    trip()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_section_has_a_name_and_each_column_a_heading_of_its_own(section):
    others = [column for kind in [all_kinds()[section.kind]] for column in kind.subject_columns]
    others += [column for one in SECTIONS if one.kind == section.kind and one is not section for column in one.columns]
    taken = {heading for column in others for heading in column.headers}

    assert section.label
    for column in section.columns:
        if column not in others:
            assert column.alone not in taken, column.name


def test_every_field_of_the_file_can_be_imported():
    covered = {}
    for section in SECTIONS:
        covered.setdefault(section.model._meta.label, set()).update(section.fields.values())

    for section in registry.each("file_sections"):
        if section.name not in PICTURES | DECIDED:
            fields = {name.removesuffix("_id") for name in covered.get(section.model, ())}
            assert set(section.fields) - OF_THE_ROW.get(section.name, set()) <= fields, section.name


@pytest.mark.django_db
def test_all_sections_as_sheets_of_one_workbook(person, county_clerk, county_a):
    sections = [section for section in SECTIONS if section.kind == "teachers"]

    @settings(
        max_examples=3, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(data=st.data())
    def trip(data):
        drawn = {section: data.draw(full_row(section)) for section in data.draw(st.permutations(sections))}
        drawn = {section: row for section, row in drawn.items() if row}
        sheets = {
            f"第{number}页": sheet_rows(section, [row], WANG[1]) for number, (section, row) in enumerate(drawn.items())
        }
        with transaction.atomic():
            first = sent(county_clerk, county_a, book(**sheets))
            assert (first.state, told(first), first.counts.get("refused")) == ("applied", set(), 0), first.trouble
            for section, row in drawn.items():
                assert find(section, person.pk, row), (section.name, row)
            assert counts(sent(county_clerk, county_a, book(**sheets), accept=False)) == {"same": len(drawn)}
            assert Teacher.objects.count() == 1
            transaction.set_rollback(True)

    trip()


def full_row(section):
    """One row that says every column of a section, but for what the identity number says."""
    full = rows(section, 1, full=True).map(lambda found: told_of_the_person(section, found[0]))
    return full.filter(lambda row: may_be_said(section, [row]))
