"""The pages of organisation changes: buttons of a unit, preview before anything is sent, the case, the list, roles at closed units."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.types.range import Range

from core.org.models import RoleAssignment
from core.records import change
from core.workflow.services import advance
from personnel.models import TeachingAssignment, UnitChange
from personnel.selectors.unit_changes import affected
from tests.factories.people import make_actor
from tests.ground.clock import TODAY
from tests.personnel.unit_changes import FEBRUARY, PAPER, decided, ground, proposed, standing

pytestmark = pytest.mark.django_db
SAID = {"on": "2027-02-01", "words": "布局调整", "document": PAPER}


@pytest.fixture
def made(county_a):
    return ground(county_a, 5)


def text_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_of_a_school_offers_it_to_the_clerk_only(made, login):
    words = ("合并", "拆分", "更名", "撤销")
    page = text_of(login(made.clerk), "unit", made.old.public_id)
    assert all(
        f"{reverse('unit_' + name, args=[made.old.public_id])}" in page
        for name in ("merge", "split", "rename", "close")
    )
    assert all(word in page for word in words)
    assert reverse("unit_merge", args=[made.old.public_id]) not in text_of(
        login(made.approver), "unit", made.old.public_id
    )


def test_it_is_looked_at_first_and_then_sent(made, login):
    client, url, before = login(made.clerk), reverse("unit_merge", args=[made.old.public_id]), standing()
    data = {**SAID, "receiver": str(made.new.public_id)}

    looked = client.post(url, {**data, "look": "1"})

    assert looked.status_code == 200
    page = looked.content.decode()
    assert "没有障碍" in page
    assert 'name="send"' in page
    assert standing() == before
    assert not UnitChange.objects.exists()

    sent = client.post(url, {**data, "send": "1"})
    row = UnitChange.objects.get()
    assert sent.status_code == 302
    assert sent.url == reverse("case", args=[row.case.public_id])
    shown = text_of(login(made.approver), "case", row.case.public_id)
    assert "没有障碍" in shown
    assert str(row.on) in shown


def test_a_refusal_stands_at_its_field(made, login):
    url = reverse("unit_merge", args=[made.old.public_id])
    answer = login(made.clerk).post(url, {**SAID, "receiver": str(made.old.public_id), "look": "1"})
    assert answer.status_code == 422
    assert "不能并入自己" in answer.content.decode()


def test_a_split_is_asked_with_names_and_numbers(made, login):
    url = reverse("unit_split", args=[made.old.public_id])
    data = {
        **SAID, "name": "青石县新华学校", "code": "QS901", "level": "school", "people": [str(made.people[1].public_id)],
        "seats_institution": "2", "posts_p10_0": "1",
    }  # fmt: skip
    client = login(made.clerk)
    assert "没有障碍" in client.post(url, {**data, "look": "1"}).content.decode()
    client.post(url, {**data, "send": "1"})
    row = UnitChange.objects.get()
    assert [one.teacher for one in row.people.all()] == [made.people[1]]
    assert sorted(row.parts.values_list("seats", "level", "number")) == [("", "p10", 1), ("institution", "", 2)]


def test_who_may_go_stands_by_stage_and_subject(made, login):
    taught = [("junior", "mathematics"), ("primary", "chinese"), ("junior", "chinese"), ("junior", "mathematics")]
    with change("test.fill", actor=made.clerk, reason="任教学科"):
        for person, (stage, subject) in zip(made.people, taught, strict=False):
            TeachingAssignment.objects.create(teacher=person, stage=stage, subject=subject, valid=Range(TODAY, None))

    answer = login(made.clerk).get(reverse("unit_split", args=[made.old.public_id]))

    groups = {name: [key for key, _label in rows] for name, rows in answer.context["form"].fields["people"].choices}
    keys = [str(one.public_id) for one in made.people]
    assert list(groups) == ["小学 · 语文", "初中 · 语文", "初中 · 数学", "未登记任教学科"]
    assert groups["小学 · 语文"] == [keys[1]]
    assert sorted(groups["初中 · 数学"]) == sorted([keys[0], keys[3]])
    assert sorted(groups["未登记任教学科"]) == sorted(keys[4:])


def test_posts_stand_by_their_level(made, login):
    answer = login(made.clerk).get(reverse("unit_split", args=[made.old.public_id]))
    asked = [name for name in answer.context["form"].fields if name.startswith("posts_")]
    assert asked == ["posts_p8_0", "posts_p10_0"]
    assert list(affected(made.old, FEBRUARY).posts) == [("p8", False), ("p10", False)]


def test_the_list_tells_what_waits_and_what_is_ahead(made, login):
    row = decided(made)
    page = text_of(login(made.clerk), "unit_changes", state="ahead")
    assert reverse("case", args=[row.case.public_id]) in page
    assert reverse("case", args=[row.case.public_id]) not in text_of(login(made.clerk), "unit_changes", state="open")


def test_roles_at_a_closed_unit_are_listed_for_security_administrators(made, login, city):
    clerk = make_actor("school_clerk", made.old, name="旧校文书")
    security = make_actor("security_administrator", city)
    assert clerk.user.name not in text_of(login(security), "roles_left")
    decided(made)
    page = text_of(login(security), "roles_left")
    assert clerk.user.name in page
    assert reverse("role_end", args=[_held(clerk)]) in page


def _held(actor):
    return RoleAssignment.objects.get(pk=actor.assignment).public_id


def test_the_case_says_what_comes_next_and_is_taken_back_there(made, login):
    row = decided(made)
    page = text_of(login(made.approver), "case", row.case.public_id)
    assert reverse("case_step", args=[row.case.public_id, "take_back"]) in page
    advance(row.case, "take_back", actor=made.approver, comment="文件撤回")
    assert text_of(login(made.approver), "case", row.case.public_id)


def test_the_case_of_many_people_asks_no_query_per_person(county_a, login):
    few, many = ground(county_a, 3, name="甲"), ground(county_a, 25, name="乙")

    def counted(made):
        row = proposed(made)
        client = login(made.approver)
        with CaptureQueriesContext(connection) as asked:
            text_of(client, "case", row.case.public_id)
        return len(asked)

    counted(few)
    assert abs(counted(ground(county_a, 3, name="丙")) - counted(many)) <= 2
