"""Parameters in the database: loaded, read at a day in a unit, set otherwise by a bureau."""

import io
import json
import re
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from psycopg.types.range import Range

from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.parameters import selectors
from core.parameters.models import ParameterVersion
from core.parameters.schema import InvalidParameter
from core.parameters.selectors import ParameterMissing, at
from core.parameters.services import load_parameters, set_local
from core.records.changes import change
from core.records.models import Change
from personnel.rules import PlausibleDates, RequiredPapers, ServiceCounting, WorkingAge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parameters")]

CHINESE = re.compile("[一-鿿]")
OTHERWISE = {"service": "calendar_years_inclusive", "teaching": "calendar_years"}
PAPER = {"reference": "市人社〔2026〕3号", "reason": "市里另有规定", "document": "市人社〔2026〕3号"}


@pytest.fixture
def parameters(stored, today):
    """The shipped tables, loaded; what another test wrote was rolled back."""
    load_parameters(on=today)
    selectors.forget()
    yield
    selectors.forget()


def counting(day, unit=None):
    return at(ServiceCounting, day, unit=unit).service


def test_a_table_says_what_held_on_the_day():
    days = [date(1991, 4, 14), date(1991, 4, 15), date(1994, 12, 31), date(1995, 1, 1), date(2026, 9, 10)]

    found = [at(WorkingAge, day) for day in days]

    assert [one.minimum for one in found] == [14, 16, 16, 16, 16]
    assert [one.mark for one in found] == ["local", "memory", "memory", "verified", "verified"]
    assert found[-1].reference.startswith("中华人民共和国劳动法第十五条")


def test_missing_is_an_error():
    with pytest.raises(ParameterMissing, match=r"personnel.working_age has no version for 1899-12-31"):
        at(WorkingAge, date(1899, 12, 31))


def test_reading_costs_one_question_and_one_query_and_then_none(today):
    with CaptureQueriesContext(connection) as first:
        at(WorkingAge, today)
    with CaptureQueriesContext(connection) as then:
        for days in range(50):
            at(WorkingAge, today - timedelta(days))
            at(PlausibleDates, today)

    assert (len(first), len(then)) == (2, 0)


def test_a_second_load_leaves_no_trace(today):
    changes = Change.objects.count()

    assert tuple(load_parameters(on=today)) == (0, 0, 0, 0)
    assert Change.objects.count() == changes


def test_only_differences_are_written(today, city):
    with change("test.parameters", actor=system_actor(today), reason="试验"):
        ParameterVersion.objects.get(table="personnel.working_age", valid__contains=today).correct(data={"minimum": 18})
        ParameterVersion.objects.get(table="personnel.plausible_dates").delete()
        ParameterVersion.objects.create(
            table="personnel.old", data={}, reference="旧", valid=Range(date(2000, 1, 1), None)
        )
    set_local(
        actor=system_actor(today), unit=city, table="personnel.service_counting", data=OTHERWISE, on=today, **PAPER
    )

    out = io.StringIO()
    call_command("load_parameters", stdout=out)

    assert out.getvalue() == "parameters: 1 added, 1 changed, 1 ended, 0 removed\n"
    assert at(WorkingAge, today).minimum == 16
    assert ParameterVersion.objects.get(table="personnel.old").valid.upper == today
    assert counting(today, city) == "calendar_years_inclusive"


def test_the_nearest_unit_that_deviates_counts(today, city, county_a, county_b, school_a):
    clerk = system_actor(today)
    exact = {**OTHERWISE, "service": "calendar_years"}
    set_local(actor=clerk, unit=city, table="personnel.service_counting", data=OTHERWISE, on=today, **PAPER)
    set_local(actor=clerk, unit=county_a, table="personnel.service_counting", data=exact, on=today, **PAPER)

    assert counting(today) == "full_years"
    assert counting(today, city) == counting(today, county_b) == "calendar_years_inclusive"
    assert counting(today, county_a) == counting(today, school_a) == "calendar_years"
    assert counting(today - timedelta(1), school_a) == "full_years"
    assert at(ServiceCounting, today, unit=school_a).mark == "local"
    assert at(ServiceCounting, today, unit=school_a).reference == PAPER["reference"]


def test_what_a_bureau_set_before_ends_where_the_new_begins(today, city, city_clerk):
    arguments = {"actor": city_clerk, "unit": city, "table": "personnel.service_counting", **PAPER}
    before = today - timedelta(100)
    set_local(data=OTHERWISE, on=before, **arguments)

    set_local(data={**OTHERWISE, "service": "calendar_years"}, on=today, **arguments)

    assert counting(today - timedelta(1), city) == "calendar_years_inclusive"
    assert counting(today, city) == "calendar_years"
    made = Change.objects.latest("pk")
    assert (made.kind, made.actor, made.document) == ("parameters.set_local", city_clerk.user, PAPER["document"])
    with pytest.raises(NotAllowed):
        set_local(data=OTHERWISE, on=today - timedelta(10), **arguments)


def test_a_bureau_cannot_deviate_from_the_law(today, city, city_clerk):
    for table in ("personnel.working_age", "personnel.no_such_table"):
        with pytest.raises(NotAllowed, match="不允许地方另行规定"):
            set_local(actor=city_clerk, unit=city, table=table, data={"minimum": 14}, on=today, **PAPER)


def test_nobody_sets_parameters_for_a_unit_that_is_not_theirs(today, city, county_b, county_clerk):
    for unit in (city, county_b):
        with pytest.raises(NotAllowed):
            set_local(
                actor=county_clerk, unit=unit, table="personnel.service_counting", data=OTHERWISE, on=today, **PAPER
            )


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"data": {"service": "by_feeling", "teaching": "calendar_years"}}, InvalidParameter),
        ({"reference": " "}, NotAllowed),
    ],
)
def test_a_local_version_must_fit_and_name_its_document(today, city, city_clerk, changed, error):
    arguments = {"actor": city_clerk, "unit": city, "table": "personnel.service_counting", "data": OTHERWISE, **PAPER}

    with pytest.raises(error):
        set_local(on=today, **{**arguments, **changed})

    assert counting(today, city) == "full_years"


def test_references_are_in_the_language_of_the_reader_within_the_table_too(today):
    with override("zh-hans"):
        said = at(RequiredPapers, today)
    with override("en"):
        told = at(RequiredPapers, today)

    assert said.reference.startswith("干部人事档案工作条例")
    assert told.reference.startswith("Regulation on cadre dossiers")
    (chinese,) = {one.reference[:4] for one in said.papers if one.years}
    (english,) = {one.reference[:5] for one in told.papers if one.years}
    assert (chinese, english) == ("事业单位", "Rules")


def test_every_reference_that_is_shipped_is_in_both_languages():
    for version in ParameterVersion.objects.filter(unit__isnull=True):
        assert CHINESE.search(version.reference), version.table
        assert version.reference_en.isascii(), version.table
        assert json.dumps(version.data).count('"reference":') == json.dumps(version.data).count('"reference_en":')
