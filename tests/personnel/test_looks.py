"""Every way into a file is a look that the person and the auditors can read."""

import pytest
from django.urls import reverse

from core.records.models import AccessLog, Change
from personnel import services
from tests.personnel.files import ZHANG, make_file, set_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


def looks(teacher):
    return list(AccessLog.objects.filter(subject_id=teacher.pk).values_list("actor__username", "what"))


@pytest.mark.parametrize("way", ["teacher", "teacher_history", "form", "reveal", "change"])
def test_each_page_about_a_file_leaves_one_look_a_day(login, county_clerk, second_county_clerk, teacher, way):
    contact = set_contact(teacher)
    services.correct_fact(actor=second_county_clerk, record=contact, values={"email": "a@b.cn"}, reason="补录")
    made = Change.objects.latest("pk")
    address = {
        "form": reverse("fact_change", args=[teacher.public_id, "contact", contact.public_id]),
        "reveal": f"{reverse('teacher_reveal', args=[teacher.public_id])}?field=contact:{contact.public_id}:phone",
        "change": reverse("change", args=[made.public_id]),
    }.get(way) or reverse(way, args=[teacher.public_id])

    answers = [login(county_clerk).get(address).status_code for _time in range(2)]

    assert answers == [200, 200]
    assert looks(teacher) == [(county_clerk.user.username, "file")]


def test_a_page_that_is_refused_is_no_look(login, auditor, panel_member, teacher):
    for actor in (auditor, panel_member):
        assert login(actor).get(reverse("teacher", args=[teacher.public_id])).status_code in {403, 404}
    assert looks(teacher) == []


@pytest.mark.parametrize("way", ["list", "search", "api"])
def test_asking_by_a_whole_number_is_a_look_at_whoever_has_it(login, county_clerk, school_b, teacher, way):
    elsewhere = make_file("王芳", school_b, identity_number="110105196001010025")
    client = login(county_clerk)
    address = {"list": "/teachers/?q=", "search": "/search/?q=", "api": "/api/v1/teachers/?q="}[way]

    for number in (ZHANG.lower(), "110105196001010025", "002X", "林婉清"):
        assert client.get(f"{address}{number}").status_code == 200

    assert looks(teacher) == [(county_clerk.user.username, "number")]
    assert looks(elsewhere) == [(county_clerk.user.username, "number")]
