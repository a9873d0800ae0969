"""Posts are proposed, approved and held; the database appoints nobody beyond them, by whatever road."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from psycopg.types.range import Range

from core.dates import DAY
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change, settled
from core.records.errors import RecordError
from core.workflow.services import advance
from personnel.models import PostAppointment, PostSetting
from personnel.models.vacancies import NoVacancy
from personnel.selectors.posts import free_posts, posts_of
from personnel.services.post_settings import propose_posts, take_in
from personnel.services.posts import appoint, end_appointment, move_level
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.personnel.files import set_status
from tests.personnel.posts import SET, appointed, put, set_posts, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhang(school_a):
    return make_teacher("张伟", school_a)


def by_system():
    return change("test.write", actor=system_actor(TODAY), reason="test ground")


# proposing and approving


def test_a_unit_proposes_the_bureau_approves_and_the_posts_are_there_from_that_day(
    school_a, school_clerk, county_approver, county_a
):
    numbers = {("p8", False): 2, ("p10", False): 3, ("p7", True): 1}
    case = propose_posts(actor=school_clerk, unit=school_a, begins=date(2026, 9, 1), numbers=numbers, words="核定").case
    assert (case.unit, told(school_a)) == (county_a, {})
    with pytest.raises(NotAllowed, match="文号"):
        advance(case, "approve", actor=county_approver)
    advance(case, "approve", actor=county_approver, data={"document": "青编〔2026〕3号"}, document="青编〔2026〕3号")
    assert told(school_a) == {"p8": (2, 0, 0), "p10": (3, 0, 0)}
    assert told(school_a, date(2026, 8, 31)) == {}
    assert posts_of(school_a, TODAY).special.approved == 1
    assert set(PostSetting.objects.values_list("document", "case")) == {("青编〔2026〕3号", case.pk)}


def test_the_proposer_does_not_approve_and_one_proposal_waits_at_a_time(
    school_a, school_clerk, county_clerk, other_county_clerk
):
    asked = {"unit": school_a, "begins": TODAY, "numbers": {("p10", False): 1}, "words": "核定"}
    case = propose_posts(actor=school_clerk, **asked).case
    with pytest.raises(NotAllowed):
        advance(case, "approve", actor=school_clerk, data={"document": "1"})
    with pytest.raises(NotAllowed, match="等待"):
        propose_posts(actor=county_clerk, **asked)
    with pytest.raises(NotAllowed):
        propose_posts(actor=other_county_clerk, **asked)


@pytest.mark.parametrize(
    "numbers", [{}, {("p10", False): 0}, {("p10", False): -1}, {("x3", False): 2}, {("p", False): 2}]
)
def test_what_cannot_be_proposed_is_refused_with_words(school_a, school_clerk, numbers):
    with pytest.raises(NotAllowed, match=r"\w"):
        propose_posts(actor=school_clerk, unit=school_a, begins=TODAY, numbers=numbers, words="核定")


def test_a_later_setting_closes_the_one_before_and_the_past_stays(school_a):
    set_posts(school_a, p10=3, p11=2)
    set_posts(school_a, date(2024, 9, 1), p10=5)
    assert told(school_a, date(2024, 8, 31)) == {"p10": (3, 0, 0), "p11": (2, 0, 0)}
    assert told(school_a, date(2024, 9, 1)) == {"p10": (5, 0, 0), "p11": (0, 0, 0)}


def test_fewer_posts_than_people_are_not_approved(school_a, school_clerk, county_approver):
    set_posts(school_a, p10=2)
    appointed(school_a, "p10"), appointed(school_a, "p10")
    case = propose_posts(
        actor=school_clerk, unit=school_a, begins=TODAY, numbers={("p10", False): 1}, words="减少", document="1"
    ).case
    with pytest.raises(
        NotAllowed, match="青石县第一初级中学，专业技术十级：2026-11-22核准1个岗位，却要聘用2人"
    ) as refused:
        advance(case, "approve", actor=county_approver, data={"document": "1"})
    assert isinstance(refused.value, NoVacancy)
    case.refresh_from_db()
    assert (case.state, told(school_a)) == ("proposed", {"p10": (2, 2, 0)})


# appointing


def test_somebody_is_appointed_to_a_free_post_and_no_more_than_there_are(school_a, county_clerk, zhang):
    set_posts(school_a, p10=1)
    appoint(actor=county_clerk, teacher=zhang, unit=school_a, level="p10", on=TODAY, document="青教人〔2026〕5号")
    assert told(school_a) == {"p10": (1, 1, 0)}
    other = make_teacher("王芳", school_a)
    with pytest.raises(NotAllowed, match="青石县第一初级中学，专业技术十级"):
        appoint(actor=county_clerk, teacher=other, unit=school_a, level="p10", on=TODAY)
    with pytest.raises(NotAllowed, match="已聘"):
        appoint(actor=county_clerk, teacher=zhang, unit=school_a, level="p9", on=TODAY + DAY)


def test_a_post_that_is_taken_on_any_later_day_is_not_free(school_a, county_clerk, zhang):
    set_posts(school_a, p10=1)
    appointed(school_a, "p10", since=date(2027, 9, 1))
    assert free_posts(school_a, "p10", special=False, on=TODAY) == 0
    with pytest.raises(NoVacancy) as refused:
        appoint(actor=county_clerk, teacher=zhang, unit=school_a, level="p10", on=TODAY)
    assert refused.value.day == date(2027, 9, 1)
    appoint(actor=county_clerk, teacher=zhang, unit=school_a, level="p10", on=TODAY, until=date(2027, 9, 1))


def test_special_posts_have_numbers_of_their_own(school_a, county_clerk, zhang):
    set_posts(school_a, special_p7=1)
    with pytest.raises(NoVacancy):
        appoint(actor=county_clerk, teacher=zhang, unit=school_a, level="p7", on=TODAY)
    appoint(actor=county_clerk, teacher=zhang, unit=school_a, level="p7", on=TODAY, special=True)
    with pytest.raises(NoVacancy, match="特设岗位"):
        appoint(
            actor=county_clerk,
            teacher=make_teacher("王芳", school_a),
            unit=school_a,
            level="p7",
            on=TODAY,
            special=True,
        )


def test_who_leads_and_teaches_holds_two_posts_of_two_families(school_a, county_clerk, zhang):
    set_posts(school_a, p7=1, m8=1, m9=1)
    asked = {"actor": county_clerk, "teacher": zhang, "unit": school_a, "on": TODAY}
    with pytest.raises(NotAllowed, match="双肩挑"):
        appoint(level="m8", dual=True, document="1", **asked)
    appoint(level="p7", **asked)
    with pytest.raises(NotAllowed, match="文件"):
        appoint(level="m8", dual=True, **asked)
    appoint(level="m8", dual=True, document="青教人〔2026〕8号", **asked)
    assert told(school_a) == {"p7": (1, 1, 0), "m8": (1, 1, 0), "m9": (1, 0, 0)}
    usual = PostAppointment.objects.get(dual=False)
    end_appointment(actor=county_clerk, appointment=usual, until=TODAY + DAY, reason="调离")
    assert told(school_a, TODAY + DAY) == {"p7": (1, 0, 0), "m8": (1, 0, 0), "m9": (1, 0, 0)}


def test_nobody_is_appointed_where_they_do_not_work_or_who_has_retired(
    school_a, second_school_a, county_clerk, zhang, teacher_actor
):
    set_posts(school_a, p10=1), set_posts(second_school_a, p10=1)
    with pytest.raises(NotAllowed, match="不在"):
        appoint(actor=county_clerk, teacher=zhang, unit=second_school_a, level="p10", on=TODAY)
    set_status(zhang, "retired", TODAY)
    with pytest.raises(NotAllowed, match="退休"):
        appoint(actor=county_clerk, teacher=zhang, unit=school_a, level="p10", on=TODAY)
    with pytest.raises(NotAllowed):
        appoint(actor=teacher_actor, teacher=zhang, unit=school_a, level="p10", on=TODAY - DAY)


# moving and ending


def test_moving_up_asks_years_one_level_at_a_time_and_a_free_post(school_a, county_clerk):
    set_posts(school_a, p9=1, p10=2)
    held = appointed(school_a, "p10", since=date(2024, 9, 1))
    asked = {"actor": county_clerk, "appointment": held, "level": "p9"}
    with pytest.raises(NotAllowed, match="2024-09-01"):
        move_level(on=date(2027, 8, 31), **asked)
    now = move_level(on=date(2027, 9, 1), **asked)
    held.refresh_from_db()
    assert (held.valid, now.valid, now.place) == (
        Range(held.valid.lower, date(2027, 9, 1)),
        Range(date(2027, 9, 1), None),
        "ratio",
    )
    assert told(school_a, date(2027, 9, 1)) == {"p9": (1, 1, 0), "p10": (2, 0, 0)}


def test_a_condition_is_passed_over_by_an_approved_exception_only_and_a_vacancy_never(school_a, county_clerk):
    set_posts(school_a, p9=1, p10=2)
    first, second = (
        appointed(school_a, "p10", since=date(2025, 9, 1)),
        appointed(school_a, "p10", since=date(2025, 9, 1)),
    )
    now = move_level(actor=county_clerk, appointment=first, level="p9", on=TODAY, exception="青教人〔2026〕9号")
    assert now.exception == "青教人〔2026〕9号"
    with pytest.raises(NoVacancy):
        move_level(actor=county_clerk, appointment=second, level="p9", on=TODAY, exception="青教人〔2026〕9号")


def test_a_higher_tier_needs_the_paper_of_the_title(school_a, county_clerk):
    set_posts(school_a, p7=1, p8=1)
    held = appointed(school_a, "p8", since=date(2021, 9, 1))
    with pytest.raises(NotAllowed, match="职称"):
        move_level(actor=county_clerk, appointment=held, level="p7", on=TODAY)
    assert (
        move_level(actor=county_clerk, appointment=held, level="p7", on=TODAY, document="省人社〔2026〕号").level
        == "p7"
    )


def test_an_end_makes_the_post_free_from_that_day(school_a, county_clerk, zhang):
    set_posts(school_a, p10=1)
    held = appointed(school_a, "p10")
    end_appointment(actor=county_clerk, appointment=held, until=TODAY + DAY, reason="调离")
    with pytest.raises(NoVacancy):
        appoint(actor=county_clerk, teacher=zhang, unit=school_a, level="p10", on=TODAY)
    appoint(actor=county_clerk, teacher=zhang, unit=school_a, level="p10", on=TODAY + DAY)
    with pytest.raises(NotAllowed, match="已"):
        end_appointment(actor=county_clerk, appointment=held, until=TODAY + 9 * DAY, reason="调离")


# off the ratio


def test_who_was_there_before_the_posts_were_set_stands_off_the_ratio_until_taken_in(school_a, county_clerk):
    for since in (date(2018, 9, 1), date(2012, 9, 1), date(2015, 9, 1)):
        appointed(school_a, "p10", since=since)
    assert told(school_a) == {"p10": (0, 0, 3)}
    set_posts(school_a, p10=2)
    assert told(school_a) == {"p10": (2, 2, 1)}
    left_over = PostAppointment.objects.get(place="over")
    assert left_over.valid.lower == date(2018, 9, 1)
    first = PostAppointment.objects.get(valid__startswith=date(2012, 9, 1))
    with pytest.raises(NotAllowed):
        take_in(actor=county_clerk, unit=school_a, reason="消化")
    end_appointment(actor=county_clerk, appointment=first, until=TODAY, reason="退休")
    with pytest.raises(NotAllowed):  # on the days before the end there is still no free post
        take_in(actor=county_clerk, unit=school_a, reason="消化")
    move_on = left_over.supersede
    with by_system():
        move_on(on=TODAY, place="ratio")
    assert told(school_a) == {"p10": (2, 2, 0)}


def test_nobody_comes_to_stand_off_the_ratio_since_the_posts_were_set(school_a, zhang):
    set_posts(school_a, p10=1)
    appointed(school_a, "p10")
    with pytest.raises(NoVacancy, match="首次设置"), by_system():
        PostAppointment.objects.create(teacher=zhang, unit=school_a, level="p10", place="over", valid=Range(SET, None))
    put(school_a, "p10", SET - DAY, None, zhang)
    with pytest.raises(NoVacancy), by_system():
        PostAppointment.objects.filter(place="over").update(valid=Range(SET, None))
    with pytest.raises(NoVacancy), by_system():
        PostAppointment.objects.filter(place="ratio").update(place="over")


def test_a_new_term_off_the_ratio_follows_without_a_gap(school_a, county_clerk, zhang):
    put(school_a, "p10", date(2015, 9, 1), None, zhang)
    set_posts(school_a, p9=1)
    held = PostAppointment.objects.get()
    now = move_level(actor=county_clerk, appointment=held, level="p10", on=TODAY, term_last=date(2029, 8, 31))
    assert (now.place, now.term_last) == ("over", date(2029, 8, 31))
    with pytest.raises(NoVacancy), by_system():
        PostAppointment.objects.filter(pk=held.pk).update(valid=Range(held.valid.lower, TODAY - DAY))


# around the services


def test_no_road_leads_past_the_number(school_a, second_school_a, zhang):
    set_posts(school_a, p10=1), set_posts(second_school_a, p10=1)
    held = appointed(school_a, "p10")
    other = appointed(second_school_a, "p10")

    def refused(act):
        with pytest.raises(RecordError) as error, by_system():
            act()
        assert isinstance(error.value, NoVacancy)

    fresh = {"teacher": zhang, "unit": school_a, "level": "p10", "place": "ratio", "valid": Range(TODAY, None)}
    refused(lambda: PostAppointment.objects.create(**fresh))
    refused(lambda: PostAppointment.objects.bulk_create([PostAppointment(**fresh)]))
    refused(lambda: PostAppointment.objects.filter(pk=other.pk).update(unit=school_a))
    refused(lambda: PostAppointment.objects.filter(pk=held.pk).update(level="p9"))
    refused(lambda: PostAppointment.objects.filter(pk=held.pk).update(place="special"))

    def insert_raw():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO personnel_postappointment (teacher_id, unit_id, level, place, dual, document, exception, valid) "
                "SELECT %s, unit_id, level, place, false, '', '', valid FROM personnel_postappointment WHERE id = %s",
                [zhang.pk, held.pk],
            )

    refused(insert_raw)
    assert told(school_a) == told(second_school_a) == {"p10": (1, 1, 0)}


def test_posts_that_are_held_are_not_taken_from_the_setting(school_a):
    set_posts(school_a, p10=1)
    appointed(school_a, "p10", since=date(2027, 9, 1))
    for act in (
        lambda rows: rows.update(number=0),
        lambda rows: rows.update(valid=Range(SET, date(2028, 1, 1))),
        lambda rows: rows.update(level="p9"),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(NoVacancy), by_system(), settled():
            act(PostSetting.objects.all())
    assert told(school_a) == {"p10": (1, 0, 0)}


def test_what_was_before_the_posts_were_set_is_not_counted(school_a, zhang):
    set_posts(school_a, p10=1)
    put(school_a, "p11", date(2012, 9, 1), date(2018, 9, 1), zhang)
    assert told(school_a, date(2015, 1, 1)) == {"p11": (0, 0, 1)}
