"""The pure rules of a file: what their lines say, and what they promise for any dates."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.dates import PartialDate, full_years
from personnel import rules

REFERENCE = "某文号"
days = st.dates(date(1950, 1, 1), date(2060, 12, 31))
partial_days = st.one_of(days.map(PartialDate.of), days.map(lambda day: PartialDate(day.year, day.month)))


def counting(teaching: str = "calendar_years", service: str = "full_years") -> rules.ServiceCounting:
    return rules.ServiceCounting(service=service, teaching=teaching, reference=REFERENCE, mark="local")


def interruption(starts: str, ends: str | None, cause: str, *, work: bool = False) -> rules.Interruption:
    return rules.Interruption(PartialDate.parse(starts), PartialDate.parse(ends) if ends else None, cause, work)


@st.composite
def interruptions(draw):
    first, last = sorted([draw(days), draw(days)])
    ends = draw(st.sampled_from([PartialDate.of(last), None]))
    return rules.Interruption(
        PartialDate.of(first), ends, draw(st.sampled_from(["study", "sick"])), draw(st.booleans())
    )


def test_the_birthday_completes_a_year():
    assert rules.age(date(1985, 7, 13), date(2026, 7, 12)) == 40
    assert rules.age(date(1985, 7, 13), date(2026, 7, 13)) == 41


def test_the_lines_say_what_counted_and_what_was_taken_off_and_why():
    amount = rules.teaching_years(
        PartialDate(2000, 9),
        [interruption("2007", "2009", "study"), interruption("2005", "2008", "resigned")],
        date(2020, 6, 30),
        counting(),
    )

    assert [(line.rule, line.amount, line.unit, line.starts, line.ends, line.note) for line in amount.lines] == [
        ("personnel.teaching_years.counted", 20, "year", date(2000, 9, 1), date(2020, 6, 30), "2000-09"),
        ("personnel.teaching_years.break", -4, "year", date(2005, 12, 31), date(2009, 1, 1), "resigned, study"),
    ]
    assert (amount.value, amount.unit, amount.rule) == (16, "year", "personnel.teaching_years.calendar_years")
    assert {amount.reference, *(line.reference for line in amount.lines)} == {REFERENCE}


def test_one_cause_is_named_once():
    breaks = [interruption("2005-01", "2006-01", "study"), interruption("2005-06", "2007-01", "study")]

    amount = rules.teaching_years(PartialDate(2000), breaks, date(2020, 1, 1), counting())

    assert [line.note for line in amount.lines] == ["2000", "study"]


def test_counting_both_the_first_and_the_present_year():
    amount = rules.service_years(
        PartialDate(2016, 9), [], date(2026, 3, 1), counting(service="calendar_years_inclusive")
    )

    assert (amount.value, amount.rule) == (11, "personnel.service_years.calendar_years_inclusive")


def test_an_interruption_that_counts_as_work_is_taken_off_teaching_only():
    breaks = [interruption("2012-09-01", "2015-09-01", "study", work=True)]
    on = date(2026, 9, 1)

    assert rules.service_years(PartialDate(2010, 9, 1), breaks, on, counting()).value == 16
    assert rules.teaching_years(PartialDate(2010, 9, 1), breaks, on, counting()).value == 13


def test_nothing_known_about_birth():
    assert rules.counting_birth(None, None) is None


def test_the_decision_s_paper_is_evidence():
    decision = rules.BirthByArchive(PartialDate(1984, 7), "archive", "县人社〔2015〕12号")

    found = rules.counting_birth(date(1985, 7, 13), decision)

    assert found.finding.evidence == (
        ("birth_by_id", "1985-07-13"),
        ("birth_by_archive", "1984-07"),
        ("document", "县人社〔2015〕12号"),
    )


@given(partial_days, st.lists(interruptions(), max_size=4), days, st.sampled_from(["full_years", "calendar_years"]))
def test_years_lie_between_nought_and_those_without_interruptions(start, breaks, on, method):
    parameters = counting(teaching=method)

    years = rules.teaching_years(start, breaks, on, parameters).value

    assert 0 <= years <= rules.teaching_years(start, [], on, parameters).value


@given(partial_days, st.lists(interruptions(), max_size=4), days)
def test_lines_of_interruptions_do_not_overlap_and_stay_inside(start, breaks, on):
    lines = rules.teaching_years(start, breaks, on, counting()).lines

    assert all(start.first_day() <= line.starts <= line.ends <= on for line in lines)
    assert all(one.ends < other.starts for one, other in pairwise(lines[1:]))


@given(days, partial_days, st.integers(10, 20))
def test_a_date_is_judged_in_the_person_s_favour(birth, start, minimum):
    """Nobody is too young who can have reached the age on some day that the date means."""
    finding = rules.too_young(birth, start, rules.WorkingAge(minimum=minimum, reference=REFERENCE))

    assert (finding is None) == (full_years(birth, start.last_day()) >= minimum)
