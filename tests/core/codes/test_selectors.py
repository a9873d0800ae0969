"""Names of codes, choices, and what words mean; without a query each, and never out of date for long."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from django.core.signals import request_started
from django.db import close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from psycopg.types.range import Range

from core import kept
from core.codes import selectors
from core.codes.models import Code
from core.org.actor import system_actor
from core.records.changes import change
from core.text import header_key

GOLDEN = Path(__file__).resolve().parents[2] / "golden/words.yaml"
WORDS = [
    pytest.param(name, str(word), str(code), id=f"{name}-{word}")
    for name, words in yaml.safe_load(GOLDEN.read_text(encoding="utf-8")).items()
    for word, code in words.items()
]

pytestmark = pytest.mark.usefixtures("codes")


def write(today, **values):
    """An entry of the list `colour`, written by the system."""
    fields = {
        "list_name": "colour",
        "code": "1",
        "name_zh": "红",
        "name_en": "Red",
        "valid": Range(date(1990, 1, 1), None),
    }
    with change("test.codes", actor=system_actor(today), reason="试验"):
        code = Code.objects.create(**{**fields, **values})
    selectors.forget()
    return code


def next_request():
    """What begins a request, but for closing the connection that holds the test's transaction."""
    request_started.disconnect(close_old_connections)
    request_started.send(sender=object)
    request_started.connect(close_old_connections)


@pytest.fixture
def lookups(today):
    return {name: selectors.lookup(name, today) for name in selectors.list_names()}


def test_words_of_real_sheets_are_read(lookups):
    wrong = [
        (name, word, lookups[name].get(header_key(word)), code)
        for name, word, code in (parameter.values for parameter in WORDS)
        if lookups[name].get(header_key(word)) != code
    ]

    assert wrong == []


@pytest.mark.parametrize("word", ["火星大学", "", "大专或本科"])
def test_a_word_that_no_list_knows_is_not_read(word, codes, today):
    assert selectors.code_of("education", word, today) is None


def test_a_code_that_lost_its_nought_is_read_and_does_not_hide_another(today):
    write(today, list_name="digits", code="01")
    write(today, list_name="digits", code="1", name_zh="蓝", name_en="Blue")
    write(today, list_name="digits", code="02", name_zh="绿", name_en="Green")

    read = selectors.lookup("digits", today)

    assert (read["01"], read["1"], read["2"]) == ("01", "1", "02")


def test_labels_are_in_the_reader_s_language():
    with translation.override("zh-hans"):
        assert selectors.label("ethnicity", "11") == "满族"
    with translation.override("en"):
        assert selectors.label("ethnicity", "11") == "Manchu"


def test_a_code_without_an_english_name_is_shown_in_chinese(today):
    write(today, name_en="")

    with translation.override("en"):
        assert selectors.label("colour", "1") == "红"


@pytest.mark.parametrize(("code", "shown"), [("", ""), ("77", "77")])
def test_blank_and_unknown_codes_are_shown_as_they_are(code, shown):
    assert selectors.label("ethnicity", code) == shown
    assert selectors.label("no_such_list", code) == shown


def test_a_renamed_code_has_the_name_of_its_day(today):
    write(today, valid=Range(date(1990, 1, 1), date(2010, 1, 1)))
    write(today, name_zh="大红", valid=Range(date(2010, 1, 1), None))

    names = [
        selectors.label("colour", "1", on) for on in (date(2009, 12, 31), date(2010, 1, 1), None, date(1950, 1, 1))
    ]

    assert names == ["红", "大红", "大红", "大红"]


def test_an_ended_code_keeps_its_name_but_is_no_choice(today):
    write(today, valid=Range(date(1990, 1, 1), date(2010, 1, 1)))

    assert selectors.label("colour", "1", today) == "红"
    assert selectors.choices("colour", date(2009, 12, 31)) == [("1", "红")]
    assert selectors.choices("colour", date(2010, 1, 1)) == []
    assert selectors.code_of("colour", "红", date(2009, 12, 31)) == "1"
    assert selectors.code_of("colour", "红", date(2010, 1, 1)) is None


def test_choices_come_in_the_order_of_the_list(today):
    assert [code for code, _label in selectors.choices("sex", today)] == ["1", "2", "0", "9"]


def test_a_bureau_s_entry_holds_in_its_subtree_only(today, city, county_a, county_b, school_a):
    write(today, code="L1", name_zh="青石红", name_en="", unit=county_a)

    seen = {unit.pk: selectors.choices("colour", today, unit) for unit in (city, county_a, county_b, school_a)}

    assert seen == {city.pk: [], county_a.pk: [("L1", "青石红")], county_b.pk: [], school_a.pk: [("L1", "青石红")]}
    assert selectors.choices("colour", today) == []
    assert selectors.label("colour", "L1") == "青石红"


def test_of_a_national_code_and_a_bureau_s_words_for_it_the_national_name_is_shown(today, county_a):
    write(today)
    write(today, name_zh="红的", synonyms=["赤"], unit=county_a)

    assert selectors.label("colour", "1") == "红"
    assert selectors.choices("colour", today, county_a) == [("1", "红")]
    assert selectors.code_of("colour", "赤", today, county_a) == "1"
    assert selectors.code_of("colour", "赤", today) is None


def test_where_a_unit_and_one_above_it_differ_the_nearer_counts(today, city, county_a, county_b):
    write(today)
    write(today, code="2", name_zh="蓝", name_en="Blue")
    write(today, code="1", synonyms=["青"], unit=city)
    write(today, code="2", synonyms=["青"], unit=county_a)

    assert selectors.code_of("colour", "青", today, county_a) == "2"
    assert selectors.code_of("colour", "青", today, county_b) == "1"


def test_labels_choices_and_lookups_of_all_lists_cost_one_question_and_one_query(today):
    with CaptureQueriesContext(connection) as first:
        selectors.label("ethnicity", "01")
    with CaptureQueriesContext(connection) as then:
        for name in selectors.list_names():
            for code, _label in selectors.choices(name, today):
                selectors.label(name, code)
            selectors.lookup(name, today)

    assert (len(first), len(then)) == (2, 0)


def test_each_request_asks_once_whether_the_lists_have_changed(today):
    selectors.label("ethnicity", "01")

    counts = []
    for _request in range(3):
        next_request()
        with CaptureQueriesContext(connection) as queries:
            selectors.label("ethnicity", "01")
            selectors.choices("subject", today)
        counts.append(len(queries))

    assert counts == [1, 1, 1]


RENAME = "UPDATE codes_code SET name_zh = '穿青' WHERE list_name = 'ethnicity' AND code = '81'"
REMOVE = "DELETE FROM codes_code WHERE list_name = 'ethnicity' AND code = '81'"


@pytest.mark.parametrize(("statement", "shown"), [(RENAME, "穿青"), (REMOVE, "81")])
@pytest.mark.parametrize("noticed", ["at the next request", "after a while"])
def test_what_another_process_wrote_is_noticed(app_sql, today, monkeypatch, statement, shown, noticed):
    """The other process is a second connection; the clock of this one is moved, not slept through."""
    clock = SimpleNamespace(now=kept.time.monotonic())
    monkeypatch.setattr(kept.time, "monotonic", lambda: clock.now)
    selectors.forget()
    names = [selectors.label("ethnicity", "81")]
    app_sql.execute(
        "WITH made AS (INSERT INTO records_change (public_id, kind, actor_id, role, reason, document, source)"
        " VALUES (gen_random_uuid(), 'test', %s, '', '试验', '', '') RETURNING id)"
        " SELECT set_config('records.change', id::text, true) FROM made",
        [system_actor(today).user.pk],
    )
    app_sql.execute(statement)
    names.append(selectors.label("ethnicity", "81"))
    app_sql.commit()
    names.append(selectors.label("ethnicity", "81"))

    if noticed == "at the next request":
        next_request()
    else:
        clock.now += kept.RECHECK_SECONDS
    names.append(selectors.label("ethnicity", "81"))

    assert names == ["穿青人", "穿青人", "穿青人", shown]


def test_what_was_rolled_back_is_not_taken_for_what_was_written_after_it(today):
    point = transaction.savepoint()
    write(today, name_zh="红")
    assert selectors.label("colour", "1") == "红"
    transaction.savepoint_rollback(point)
    with change("test.codes", actor=system_actor(today), reason="试验"):
        Code.objects.create(list_name="colour", code="1", name_zh="蓝", valid=Range(date(1990, 1, 1), None))

    next_request()

    assert selectors.label("colour", "1") == "蓝"


def test_lookups_asked_for_many_days_do_not_pile_up(today):
    for days in range(selectors.MAX_LOOKUPS + 10):
        selectors.lookup("sex", today - timedelta(days))

    assert len(selectors._kept.get().lookups) <= selectors.MAX_LOOKUPS
    assert selectors.lookup("sex", today)["男"] == "1"
