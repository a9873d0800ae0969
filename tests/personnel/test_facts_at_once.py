"""Several clerks at one fact at the same moment: one is written, the others are told, nothing is half done."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection

from core.org.errors import NotAllowed
from core.records.errors import StaleRecord
from core.records.models import Change
from personnel import services
from personnel.models import FormerName, Teacher
from tests.personnel.files import make_file
from titles.models import TitleHeld

pytestmark = pytest.mark.usefixtures("committed_db")

MANY = 6


def at_once(work):
    """What each of many callers got who all begin together: a result or an error."""
    start, got = threading.Barrier(MANY), {}

    def run(number):
        try:
            start.wait()
            got[number] = work(number)
        except (NotAllowed, StaleRecord) as error:
            got[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [got[number] for number in range(MANY)]


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a)


def test_of_many_edits_of_one_record_one_is_written_and_the_others_are_told(county_clerk, teacher):
    read = [Teacher.objects.get(pk=teacher.pk) for _ in range(MANY)]

    got = at_once(
        lambda number: services.correct_fact(
            actor=county_clerk, record=read[number], values={"native_place": f"第{number}县"}, reason="核对"
        )
    )

    lost = [one for one in got if isinstance(one, StaleRecord)]
    (won,) = [number for number, one in enumerate(got) if not isinstance(one, Exception)]
    teacher.refresh_from_db()
    assert (len(lost), teacher.native_place, teacher.revision) == (MANY - 1, f"第{won}县", 2)
    assert Change.objects.filter(reason="核对").count() == 1


def test_of_many_divisions_of_one_period_one_is_written(county_clerk, teacher):
    held = TitleHeld.objects.get(teacher=teacher)
    read = [TitleHeld.objects.select_related("teacher").get(pk=held.pk) for _ in range(MANY)]

    got = at_once(
        lambda number: services.change_fact(
            actor=county_clerk,
            record=read[number],
            on=date(2020, 1, 1 + number),
            values={"rank": "first"},
            reason="评聘",
        )
    )

    assert sum(isinstance(one, StaleRecord) for one in got) == MANY - 1
    assert TitleHeld.objects.count() == 2


def test_of_many_undos_of_one_change_one_is_done(county_clerk, teacher):
    services.add_fact(actor=county_clerk, teacher=teacher, model=FormerName, values={"name": "林小清"}, reason="补录")
    made = Change.objects.latest("pk")

    got = at_once(lambda _number: services.undo_change(actor=county_clerk, change=made, reason="误"))

    assert sum(isinstance(one, Change) for one in got) == 1
    assert (FormerName.objects.count(), Change.objects.filter(source=f"change:{made.pk}").count()) == (0, 1)


def test_an_edit_and_an_undo_at_once_leave_what_one_of_them_says(county_clerk, second_county_clerk, teacher):
    services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="误")
    made = Change.objects.latest("pk")
    read = [Teacher.objects.get(pk=teacher.pk) for _ in range(MANY)]

    def work(number):
        if number % 2:
            return services.undo_change(actor=county_clerk, change=made, reason="误")
        return services.correct_fact(
            actor=second_county_clerk, record=read[number], values={"native_place": "白河县"}, reason="核对"
        )

    got = at_once(work)

    (won,) = [number for number, one in enumerate(got) if not isinstance(one, Exception)]
    teacher.refresh_from_db()
    assert teacher.native_place == ("" if won % 2 else "白河县")
