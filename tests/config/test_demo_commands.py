"""The commands of the demo: what they refuse, what they print, and that they are quick."""

import time
from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from config.demo.logins import LOGINS, PASSWORD
from config.demo.people import Registry
from config.demo.population import populate
from config.demo.units import plan_units
from core.org.models import Unit
from personnel.models import Likeness, Teacher
from tests.factories.people import make_user
from tests.ground.clock import TODAY


def test_the_same_seed_makes_the_same_people():
    first, again, other = (_told(seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def _told(seed):
    people = populate(plan_units(20), 300, TODAY, seed, Registry())
    return [
        (
            p.name,
            p.identity,
            p.phone,
            p.work_start,
            p.titles,
            p.teaching,
            p.items,
            [(s.unit.code, s.start) for s in p.spells],
        )
        for p in people
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"schools": 3}, "20 to 400 schools"),
        ({"people": 20, "schools": 20}, "too few"),
        ({"day": date(2020, 1, 1)}, "2023-01-01"),
    ],
)
def test_a_city_that_cannot_be_is_refused_and_nothing_is_left(db, settings, options, words):
    settings.DEMO = True
    with pytest.raises(CommandError, match=words):
        call_command("seed_demo", **options)
    assert not Unit.objects.exists()


def test_invented_people_are_kept_out_of_real_sites(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="SHIDANG_DEMO"):
        call_command("seed_demo")
    with pytest.raises(CommandError, match="SHIDANG_DEMO"):
        call_command("demo_logins")


def test_the_password_of_the_demo_opens_the_demo_only(db, settings):
    make_user("某人", username="somebody", password=PASSWORD)
    request = RequestFactory().post("/accounts/login/")

    settings.DEMO = True
    assert authenticate(request, username="somebody", password=PASSWORD).username == "somebody"
    settings.DEMO = False
    assert authenticate(request, username="somebody", password=PASSWORD) is None


def test_the_logins_are_printed_as_a_table(db, settings, capsys):
    settings.DEMO = True
    call_command("demo_logins")
    lines = capsys.readouterr().out.splitlines()
    assert PASSWORD in lines[0]
    assert [line.split()[0] for line in lines[1:]] == [login.username for login in LOGINS]
    assert "县区经办" in lines[1]


@pytest.mark.soak
def test_three_thousand_people_are_there_within_a_minute(committed_db, settings):
    settings.DEMO = True
    began = time.monotonic()
    call_command("seed_demo", day=TODAY, verbosity=0)
    assert time.monotonic() - began < 60
    # Each likeness is of a second file; who was hired or placed since came on top.
    assert Teacher.objects.filter(applications=None, graduates=None).count() == 3000 + Likeness.objects.count()
