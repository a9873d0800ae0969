"""A former unit keeps a file as it was on the last day there, as it was known by then, and nothing after."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from core.dates import PartialDate
from core.records.clocks import known_by
from core.records.models import AccessLog
from personnel import services
from personnel.models import Teacher
from personnel.selectors.clocks import file_as_of
from personnel.selectors.former import former_people
from tests.factories.people import make_actor
from tests.ground.clock import TODAY
from tests.ground.moments import settled_on
from tests.personnel.files import PHONE, ZHANG, make_file, set_contact
from titles.models import TitleHeld

FEBRUARY, AUGUST, MOVED, OCTOBER = date(2026, 2, 10), date(2026, 8, 20), date(2026, 9, 1), date(2026, 10, 8)
LAST = date(2026, 8, 31)


def text_of(answer):
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def file_url(teacher, **query):
    found = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("former_file", args=[teacher.public_id]) + (f"?{found}" if found else "")


@pytest.fixture
def moved(committed_db, superuser_sql, county_clerk, school_a, second_school_a):
    """Entered in August: a move to another school on 1 September. In October they rise, and are called otherwise."""
    teacher = make_file("林婉清", school_a, identity_number=ZHANG)
    set_contact(teacher)
    settled_on(superuser_sql, FEBRUARY)
    services.change_fact(
        actor=county_clerk, record=teacher.employments.get(), on=MOVED, values={"unit": second_school_a}, reason="调动"
    )
    settled_on(superuser_sql, AUGUST)
    held = TitleHeld.objects.get(teacher=teacher)
    services.change_fact(
        actor=county_clerk, record=held, on=date(2026, 3, 1), values={"rank": "first", "obtained": PartialDate(2026, 2)},
        reason="评聘",
    )  # fmt: skip
    services.correct_fact(
        actor=county_clerk, record=Teacher.objects.get(pk=teacher.pk), values={"name": "林晚晴"}, reason="改名"
    )
    settled_on(superuser_sql, OCTOBER)
    return Teacher.objects.get(pk=teacher.pk)


class TestTheFile:
    def test_the_former_school_reads_it_as_of_the_last_day_there(self, login, school_clerk, moved):
        page = text_of(login(school_clerk).get(file_url(moved)))

        assert "曾在本单位，至2026-08-31" in page
        assert "林婉清" in page
        assert "二级教师" in page
        assert PHONE[-4:] in page
        assert PHONE not in page

    @pytest.mark.parametrize("query", [{}, {"tab": "titles"}, {"tab": "work"}, {"tab": "contact"}])
    def test_nothing_that_came_after_is_in_it_whatever_is_asked(
        self, login, school_clerk, second_school_a, moved, query
    ):
        client = login(school_clerk)
        for days in (
            {},
            {"valid_on": "2026-11-01"},
            {"known_at": "2026-11-20"},
            {"valid_on": TODAY, "known_at": TODAY},
        ):
            answer = client.get(file_url(moved, **query, **days))
            if answer.status_code == 404 and query.get("tab"):
                continue
            page = text_of(answer)
            for later in ("一级教师", "林晚晴", "改名", "评聘", str(second_school_a)):
                assert later not in page, later

    def test_the_clocks_go_back_from_there(self, login, school_clerk, moved):
        page = text_of(login(school_clerk).get(file_url(moved, known_at="2026-01-31")))
        assert "2026-01-31" in page
        assert "二级教师" not in page

    def test_the_address_of_the_file_leads_to_it_and_what_acts_on_the_file_is_not_there(
        self, login, school_clerk, moved
    ):
        client = login(school_clerk)
        assert client.get(reverse("teacher", args=[moved.public_id])).url == file_url(moved)
        for name in ("teacher_history", "teacher_looks", "teacher_papers", "teacher_download", "teacher_account"):
            assert client.get(reverse(name, args=[moved.public_id])).status_code == 404

    def test_who_keeps_it_now_reads_all_of_it_and_who_never_had_it_nothing(
        self, login, second_school_a, other_county_clerk, county_clerk, moved
    ):
        here = make_actor("school_clerk", second_school_a)
        assert "林晚晴" in text_of(login(here).get(reverse("teacher", args=[moved.public_id])))
        for actor in (here, county_clerk, other_county_clerk):
            assert login(actor).get(file_url(moved)).status_code == 404

    def test_it_is_a_look_that_the_person_reads(self, login, school_clerk, moved):
        login(school_clerk).get(file_url(moved))
        look = AccessLog.objects.filter(subject_id=moved.pk).latest("pk")
        assert (look.actor, look.what) == (school_clerk.user, "file")

    def test_a_selector_gives_no_more_than_the_page(self, school_clerk, moved):
        later = known_by(date(2026, 10, 31), today=TODAY)
        then = known_by(LAST, today=TODAY)
        assert file_as_of(moved, valid_on=TODAY, known_at=later, actor=school_clerk).teacher is None
        told = file_as_of(moved, valid_on=LAST, known_at=then, actor=school_clerk, until=MOVED)
        assert (told.teacher.name, told.live) == ("林婉清", False)


class TestTheList:
    def test_it_has_who_left_with_the_name_of_then(self, login, school_clerk, moved, school_a):
        page = text_of(login(school_clerk).get(reverse("former_people")))

        assert "林婉清" in page
        assert "林晚晴" not in page
        assert "2026-08-31" in page

    def test_who_is_here_or_was_never_here_or_left_before_the_file_was_kept_is_not_in_it(
        self, moved, school_clerk, county_clerk, other_county_clerk, school_a
    ):
        left_long_ago = make_file("王早", school_a)
        services.end_fact(
            actor=county_clerk, record=left_long_ago.employments.get(), until=date(2020, 1, 1), values={}, reason="补录"
        )
        make_file("李在", school_a)

        assert list(former_people(school_clerk)) == [moved]
        assert list(former_people(county_clerk)) == []
        assert list(former_people(other_county_clerk)) == []
