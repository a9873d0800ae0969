"""The one function that renders stored values: words in the reader's language, and never a protected value in clear."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from psycopg.types.range import Range

from core.codes.values import fields_of, label, period_words, plain_words, shown, values_of
from core.dates import PartialDate
from core.org.actor import system_actor
from core.org.models import UnitProfile
from core.records.changes import change
from personnel.models import Contact, Education, Employment, IdentityDocument, Teacher
from tests.ground.clock import TODAY
from tests.personnel.files import ADDRESS, PHONE, ZHANG, make_file, set_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


def said(actor, model, name, value):
    return shown(model, name, value, actor, TODAY).text


def test_codes_dates_and_words_in_the_language_of_the_reader(county_clerk, teacher, school_a):
    education = Education.objects.get()

    assert said(county_clerk, Teacher, "sex", teacher) == "女"
    assert said(county_clerk, Teacher, "sex", "1") == "男"
    assert said(county_clerk, Teacher, "work_start", teacher) == "2005-08"
    assert said(county_clerk, Education, "ends", education) == "2005-07"
    assert said(county_clerk, Employment, "in_quota", True) == "是"
    assert said(county_clerk, Employment, "unit", school_a.pk) == school_a.name
    assert said(county_clerk, Employment, "unit", school_a) == school_a.name
    with translation.override("en"):
        assert said(county_clerk, Teacher, "sex", "1") == "Male"
        assert said(county_clerk, Employment, "in_quota", False) == "no"


def test_nothing_is_shown_as_nothing(county_clerk):
    for name in ("sex", "work_start", "birth", "native_place"):
        assert not shown(Teacher, name, None, county_clerk, TODAY)
    assert not shown(Contact, "phone", None, county_clerk, TODAY)


def test_an_unknown_code_is_shown_as_it_is(county_clerk):
    assert said(county_clerk, Teacher, "ethnicity", "ZZ") == "ZZ"


@pytest.mark.parametrize("by", ["record", "version", "value"])
def test_a_protected_value_is_its_mask_however_it_is_asked_for(county_clerk, teacher, by):
    contact, document = set_contact(teacher), IdentityDocument.objects.get()
    given = {
        "record": lambda record, _clear: record,
        "version": lambda record, _clear: record.history.get(),
        "value": lambda _record, clear: clear,
    }[by]

    number = shown(IdentityDocument, "number", given(document, ZHANG), county_clerk, TODAY)
    phone = shown(Contact, "phone", given(contact, PHONE), county_clerk, TODAY)
    address = shown(Contact, "address", given(contact, ADDRESS), county_clerk, TODAY)

    assert (number.text, number.masked) == ("**************002X", True)
    assert (phone.text, phone.masked) == ("*******1234", True)
    assert (set(address.text), address.masked) == ({"*"}, True)


def test_a_unit_is_called_as_it_was_on_the_day(county_clerk, school_a):
    profile = UnitProfile.objects.get(unit=school_a)
    with change("org.rename", actor=system_actor(TODAY), reason="更名"):
        profile.supersede(on=date(2020, 1, 1), name="青石县实验中学")

    assert values_of(county_clerk, date(2019, 12, 31)).unit(school_a.pk) == "青石县第一初级中学"
    assert values_of(county_clerk, date(2020, 1, 1)).unit(school_a.pk) == "青石县实验中学"
    assert values_of(county_clerk, date(1980, 1, 1)).unit(school_a.pk) == "青石县第一初级中学"


def test_what_was_announced_is_looked_up_once(county_clerk, school_a, second_school_a, city):
    values = values_of(county_clerk)
    with CaptureQueriesContext(connection) as captured:
        values.prime(units=[school_a.pk, second_school_a.pk, city.pk, None], users=[county_clerk.user.pk])
        names = [values.unit(one.pk) for one in (school_a, second_school_a, city)] + [values.user(county_clerk.user.pk)]

    assert names == [school_a.name, second_school_a.name, city.name, county_clerk.user.name]
    assert len(captured) == 2


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "是"), (False, "否"), (date(2026, 9, 1), "2026-09-01"), (datetime(2026, 8, 31, 16, 5, tzinfo=UTC), "2026-09-01 00:05"),
        (Decimal("12.50"), "12.5"), (Decimal(100), "100"), (PartialDate(1985, 7), "1985-07"), (3, "3"),
    ],
)  # fmt: skip
def test_plain_values_in_words(value, words):
    assert plain_words(value) == words


def test_periods_are_told_with_their_last_day():
    assert period_words(Range(date(2020, 9, 1), date(2026, 9, 1))) == "2020-09-01 至 2026-08-31"
    assert period_words(Range(date(2020, 9, 1), None)) == "2020-09-01 起"
    assert period_words(None) == ""


def test_fields_are_named_for_readers_and_keys_are_no_fields():
    assert fields_of(IdentityDocument) == ["number", "teacher", "kind", "expires"]
    assert label(IdentityDocument, "number") == "证件号码"
    assert label(Teacher, "work_start") == "参加工作时间"
    assert label(Employment, "valid") == "有效期"
