"""The pages of posts: a county's units, a unit's levels and holders, proposing, appointing, moving, ending; the same by program."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.api.services import issue_token
from core.org.models import RoleAssignment
from personnel.models import PostAppointment, PostProposal
from tests.factories.people import make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.posts import SET, appointed, put, set_posts, told

pytestmark = pytest.mark.django_db


def page_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def link(unit):
    return f'href="{reverse("unit_posts", args=[unit.public_id])}"'


def test_a_county_reads_its_posts_unit_by_unit_as_of_a_day(school_a, second_school_a, school_b, county_clerk, login):
    set_posts(school_a, p7=2, p10=3)
    set_posts(second_school_a, date(2026, 9, 1), p10=1)
    set_posts(school_b, p10=1)
    appointed(school_a, "p10")
    client = login(county_clerk)
    page = page_of(client, "posts")
    assert "核准岗位6个，在聘1人，空缺5个；比例外0人" in page
    assert link(school_a) in page
    assert link(second_school_a) in page
    assert link(school_b) not in page
    assert link(second_school_a) not in page_of(client, "posts", on="2026-08-31")
    assert link(second_school_a) in page_of(client, "posts", state="free")
    assert link(second_school_a) not in page_of(client, "posts", state="over")


def test_pages_of_posts_ask_as_much_for_many_units_as_for_few(county_a, county_clerk, login):
    client = login(county_clerk)

    def asked(name, *args):
        client.get(reverse(name, args=args))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse(name, args=args))
        return len(found)

    def more(number):
        for place in range(number):
            unit = make_unit("school", f"第{place}小学", county_a)
            set_posts(unit, p10=2)
            appointed(unit, "p10")

    more(1)
    few = asked("posts"), asked("unit_posts", county_a.public_id)
    more(12)
    many = asked("posts"), asked("unit_posts", county_a.public_id)
    assert many <= few
    assert max(many) < 60


def test_the_page_of_a_school_shows_levels_ratio_and_holders(school_a, county_clerk, login):
    put(school_a, "p10", date(2012, 9, 1), None, make_teacher("存量", school_a))
    set_posts(school_a, p8=3, p9=1, p11=6, special_p7=1)
    appointed(school_a, "p9", name="陈静")
    page = page_of(login(county_clerk), "unit_posts", school_a.public_id)
    for words in (
        "陈静",
        "专业技术九级",
        "存量",
        "比例外",
        "特设",
        "专业技术八级–专业技术十级 3:4:3",
        "较高等级超出比例",
    ):
        assert words in page, words
    assert "陈静" not in page_of(login(county_clerk), "unit_posts", school_a.public_id, on=SET.isoformat())


def test_a_setting_is_proposed_on_the_page_laid_out_by_the_ratio(school_a, school_clerk, login):
    client, url = login(school_clerk), reverse("posts_propose", args=[school_a.public_id])
    laid = client.get(url, {"total": "37"}).content.decode()
    assert 'name="n_p9" value="5"' in laid
    refused = client.post(url, {"begins": "2026-09-01", "words": "核定", "n_p10": "-1"})
    assert refused.status_code == 422
    sent = client.post(url, {"begins": "2026-09-01", "words": "核定", "n_p10": "3", "s_p7": "1"})
    proposal = PostProposal.objects.get()
    assert sent.headers["Location"] == reverse("case", args=[proposal.case.public_id])
    assert set(proposal.lines.values_list("level", "special", "number")) == {("p10", False, 3), ("p7", True, 1)}
    assert "等待核准" in client.get(reverse("unit_posts", args=[school_a.public_id])).content.decode()
    case = client.get(sent.headers["Location"]).content.decode()
    assert "专业技术七级（特设）" in case


def test_somebody_is_appointed_moved_and_ended_on_the_pages(school_a, county_clerk, login):
    set_posts(school_a, p10=1, p9=1)
    teacher, client = make_teacher("张伟", school_a), login(county_clerk)
    key, unit = [teacher.public_id], str(school_a.public_id)
    appoint = {"unit": unit, "level": "p10", "on": "2023-09-01", "term": "2026-08-31", "reason": "聘任"}
    assert client.post(reverse("post_appoint", args=key), appoint).status_code == 302
    again = client.post(reverse("post_appoint", args=key), {**appoint, "on": "2026-08-01"})
    assert (again.status_code, "已聘专业技术十级" in again.content.decode()) == (422, True)
    page = page_of(client, "post_move", teacher.public_id)
    for words in ("专业技术九级", "逐级晋升", "自2023-09-01起连续聘任"):
        assert words in page, words
    move = {"level": "p9", "on": "2026-09-01", "reason": "晋升"}
    assert client.post(reverse("post_move", args=key), move).status_code == 302
    assert told(school_a) == {"p9": (1, 1, 0), "p10": (1, 0, 0)}
    assert client.post(reverse("post_end", args=key), {"last_day": "2026-12-31", "reason": "调离"}).status_code == 302
    assert told(school_a, date(2027, 1, 1)) == {"p9": (1, 0, 0), "p10": (1, 0, 0)}
    file = client.get(f"{reverse('teacher', args=key)}?tab=work").content.decode()
    assert "岗位等级" in file
    assert "2026-08-31" in file


def test_a_full_level_is_refused_on_the_page_with_unit_level_and_day(school_a, county_clerk, login):
    set_posts(school_a, p10=1)
    appointed(school_a, "p10")
    teacher = make_teacher("张伟", school_a)
    data = {"unit": str(school_a.public_id), "level": "p10", "on": "2026-11-22", "reason": "聘任"}
    answer = login(county_clerk).post(reverse("post_appoint", args=[teacher.public_id]), data)
    assert answer.status_code == 422
    assert "青石县第一初级中学，专业技术十级：2026-11-22核准1个岗位，却要聘用2人" in answer.content.decode()


def test_in_the_file_a_post_is_put_right_only_and_never_past_the_number(school_a, county_clerk, login):
    set_posts(school_a, p10=1, p11=1)
    appointed(school_a, "p10")
    other = appointed(school_a, "p11", name="李梅")
    client = login(county_clerk)
    key = [other.teacher.public_id, "posts", other.public_id]
    form = client.get(reverse("fact_change", args=key)).content.decode()
    assert 'value="correct"' in form
    assert 'value="end"' not in form
    assert client.get(reverse("fact_add", args=key[:2])).status_code == 404
    data = {
        "how": "correct", "level": "p10", "unit": str(school_a.public_id), "place": "ratio", "reason": "typing", "revision": "1",
        "last_day": "", "on": "", "term_last": "", "document": "", "exception": "",
    }  # fmt: skip
    answer = client.post(reverse("fact_change", args=key), data)
    assert "却要聘用2人" in answer.content.decode()


def test_programs_read_propose_appoint_move_and_end(school_a, county_clerk, school_clerk):
    set_posts(school_a, p10=1, p9=1)
    teacher = make_teacher("张伟", school_a)

    def program(actor):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)

        _token, text = issue_token(assignment=held, name="程序", now=timezone.now(), on=TODAY)
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": "zh-hans"})

    client, base = program(county_clerk), f"/api/v1/teachers/{teacher.public_id}/post"
    send = {"content_type": "application/json"}
    listed = client.get("/api/v1/posts/").json()["results"]
    assert [(one["level"]["code"], one["free"]) for one in listed[0]["levels"]] == [("p9", 1), ("p10", 1)]
    order = {"unit": str(school_a.public_id), "level": "p10", "on": "2023-09-01", "reason": "聘任"}
    made = client.post(f"{base}/appoint/", order, **send)
    assert (made.status_code, made.json()["place"]) == (201, "ratio")
    other = make_teacher("李梅", school_a)
    full = client.post(f"/api/v1/teachers/{other.public_id}/post/appoint/", order, **send)
    assert (full.status_code, "却要聘用2人" in full.json()["detail"]) == (422, True)
    moved = client.post(
        f"{base}/move/", {"appointment": made.json()["id"], "level": "p9", "on": "2026-09-01", "reason": "晋升"}, **send
    )
    assert moved.json()["level"]["code"] == "p9"
    ended = client.post(
        f"{base}/end/", {"appointment": moved.json()["id"], "until": "2027-01-01", "reason": "调离"}, **send
    )
    assert ended.json()["valid"] == {"from": "2026-09-01", "until": "2027-01-01"}
    asked = {"begins": "2027-09-01", "levels": [{"level": "p10", "number": 2}], "words": "核定"}
    assert (
        program(school_clerk).post(f"/api/v1/units/{school_a.public_id}/posts/propose/", asked, **send).status_code
        == 201
    )
    assert PostAppointment.objects.count() == 2
