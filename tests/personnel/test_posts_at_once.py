"""Many connections appoint, end, move and set posts at random: on no day are more people appointed than posts approved."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection
from psycopg.types.range import Range

from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.errors import RecordError
from personnel.models import PostAppointment, PostSetting
from personnel.models.vacancies import NoVacancy
from personnel.services.post_settings import write_setting
from personnel.services.posts import appoint, end_appointment, move_level
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.personnel.posts import SET, set_posts

pytestmark = pytest.mark.usefixtures("committed_db")

WRITERS = 8
LEVELS = ("p10", "p9")
FIRST, DAYS = date(2026, 1, 1), 120


def at_once(work):
    """Run `work(number)` in as many threads as there are writers, all beginning together."""
    start, broken = threading.Barrier(WRITERS), []

    def run(number):
        try:
            start.wait()
            work(number)
        except Exception as error:  # noqa: BLE001 - told to the test
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken, broken


def most_over():
    """The largest number by which people exceed posts of a unit's level on any day, and where."""
    rows = [(one.unit_id, one.level, one.valid, -one.number) for one in PostSetting.objects.all()]
    rows += [(one.unit_id, one.level, one.valid, 1) for one in PostAppointment.objects.exclude(place="over")]
    days = sorted({day for _u, _l, valid, _n in rows for day in (valid.lower, valid.upper) if day is not None})
    keys = {(unit, level) for unit, level, _valid, _number in rows}
    found = [(_excess(rows, key, day), key, day) for key in keys for day in days if day >= SET]
    return max(found, default=(0, None, None))


def _excess(rows, key, day):
    return sum(
        number for unit, level, valid, number in rows
        if (unit, level) == key and valid.lower <= day and (valid.upper is None or day < valid.upper)
    )  # fmt: skip


def test_of_many_who_want_the_last_post_one_gets_it(school_a, county_clerk):
    set_posts(school_a, p10=1)
    people = [make_teacher(f"甲{number}", school_a) for number in range(WRITERS)]
    told = []

    def work(number):
        try:
            appoint(actor=county_clerk, teacher=people[number], unit=school_a, level="p10", on=TODAY)
        except NoVacancy as error:
            told.append(str(error))

    at_once(work)
    assert (PostAppointment.objects.count(), len(told)) == (1, WRITERS - 1)
    assert all("青石县第一初级中学" in one and "2026-11-22" in one for one in told)


def test_a_setting_that_shrinks_and_somebody_who_is_appointed_do_not_pass_each_other(school_a, county_clerk):
    """Whoever comes second is refused, round after round."""
    set_posts(school_a, p10=1)
    people = [make_teacher(f"乙{number}", school_a) for number in range(WRITERS)]

    def work(number):
        try:
            if number % 2:
                appoint(actor=county_clerk, teacher=people[number], unit=school_a, level="p10", on=TODAY)
            else:
                with change("test.set_posts", actor=system_actor(TODAY), reason="减少"):
                    write_setting(school_a, SET, {("p10", False): 0, ("p11", False): 1}, document="减")
        except NotAllowed:
            pass

    at_once(work)
    assert most_over()[0] <= 0


class Writer:
    """Somebody who does anything at random, with luck of their own."""

    def __init__(self, name, actor, people):
        self.chance, self.actor, self.people = random.Random(name), actor, people
        self.acts = (self.appoint, self.appoint, self.end, self.move, self.set, self.raw)

    def day(self):
        return FIRST + timedelta(days=self.chance.randrange(DAYS))

    def level(self):
        return self.chance.choice(LEVELS)

    def unit(self):
        return self.chance.choice(list(self.people))

    def appointment(self):
        return self.chance.choice(
            list(PostAppointment.objects.select_related("unit", "teacher").order_by("pk")) or [None]
        )

    def appoint(self):
        unit, ends = self.unit(), self.day() + timedelta(days=DAYS) if self.chance.random() < 0.5 else None
        teacher = self.chance.choice(self.people[unit])
        appoint(actor=self.actor, teacher=teacher, unit=unit, level=self.level(), on=self.day(), until=ends)

    def end(self):
        if (one := self.appointment()) is not None:
            end_appointment(actor=self.actor, appointment=one, until=self.day(), reason="结束")

    def move(self):
        if (one := self.appointment()) is not None:
            move_level(actor=self.actor, appointment=one, level=self.level(), on=self.day(), exception="批准")

    def set(self):
        numbers = {(level, False): self.chance.randrange(4) for level in LEVELS}
        with change("test.set_posts", actor=system_actor(TODAY), reason="设置"):
            write_setting(self.unit(), self.day(), numbers, document="文号")

    def raw(self):
        rows = PostAppointment.objects.filter(unit=self.unit())
        with change("test.raw", actor=system_actor(TODAY), reason="直接写"):
            rows.update(level=self.level(), valid=Range(self.day(), None))

    def go(self):
        """One act; refused is as well as done, as long as the database says why."""
        try:
            self.chance.choice(self.acts)()
        except (NotAllowed, RecordError, IntegrityError, OperationalError) as error:
            return str(error)
        return ""


@pytest.mark.parametrize("acts", [12, pytest.param(150, marks=pytest.mark.soak)])
def test_random_acts_of_many_writers_never_exceed_the_approved_number(school_a, second_school_a, county_clerk, acts):
    people = {}
    for unit in (school_a, second_school_a):
        set_posts(unit, p10=3, p9=2)
        people[unit] = [make_teacher(f"丙{unit.pk}{number}", unit) for number in range(6)]
    told = []

    def work(number):
        writer = Writer(f"{acts}/{number}", county_clerk, people)
        told.extend(writer.go() for _act in range(acts))

    at_once(work)
    over, key, day = most_over()
    assert over <= 0, (key, day)
    assert "" in told
    assert any("岗位" in one for one in told)
