"""Special-post teachers: who is due when, onto a seat or away, by a case; before the third year ends they hold none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from core.dates import DAY
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.workflow.services import advance
from personnel.models import Employment, PersonStatus, SpecialPostEnd
from personnel.selectors.graduates import special_posts
from personnel.selectors.seat_holding import differences
from personnel.selectors.seats import seat_of
from personnel.services.special_posts import propose_special_end
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.personnel.files import set_status
from tests.personnel.seats import approved, told

pytestmark = pytest.mark.django_db
DOCUMENT = "青教人〔2026〕30号"
SINCE, ENDS = date(2024, 1, 1), date(2027, 1, 1)


def special(unit, since=SINCE, name="何岗", **more):
    teacher = make_teacher(name, unit, since=since, **more)
    with change("test.special", actor=system_actor(TODAY), reason="test ground"):
        Employment.objects.get(teacher=teacher).correct(form="special_post", in_quota=False)
    return teacher


@pytest.fixture
def ended(county_clerk):
    def make(teacher, outcome="stays", verdict="passed", **more):
        return propose_special_end(
            actor=more.get("actor", county_clerk), teacher=teacher, outcome=outcome, verdict=verdict, words="期满考核"
        )

    return make


def test_who_is_due_is_told_with_the_third_years_end(school_a, second_school_a, county_clerk, other_county_clerk):
    soon = special(school_a)
    special(school_a, date(2025, 9, 1), "刚来")
    late = special(second_school_a, date(2023, 9, 1), "已满")
    make_teacher("在编", school_a, since=SINCE)
    gone = special(school_a, date(2023, 9, 1), "离开")
    set_status(gone, "left", date(2025, 1, 1))
    found = [(one.teacher.pk, one.since, one.ends, one.asked) for one in special_posts(county_clerk, TODAY)]
    assert found == [(late.pk, date(2023, 9, 1), date(2026, 9, 1), None), (soon.pk, SINCE, ENDS, None)]
    assert special_posts(other_county_clerk, TODAY) == []


def test_a_divided_employment_is_one_special_post(school_a, county_clerk):
    teacher = special(school_a)
    with change("test.divide", actor=system_actor(TODAY), reason="test ground"):
        Employment.objects.get(teacher=teacher).supersede(on=date(2025, 3, 1), post="数学教师")
    (one,) = special_posts(county_clerk, TODAY)
    assert (one.since, one.ends) == (SINCE, ENDS)


def test_who_stays_is_in_quota_and_holds_a_seat_from_the_day_after_the_term(
    school_a, county_clerk, county_approver, ended
):
    approved(county_clerk, school_a, 1)
    teacher = special(school_a)
    one = ended(teacher)
    advance(one.case, "decide", actor=county_approver, data={"document": DOCUMENT})
    before, after = Employment.objects.filter(teacher=teacher).order_by("valid")
    assert (before.form, before.valid.upper) == ("special_post", ENDS)
    assert (after.form, after.in_quota, after.came_how) == ("in_quota", True, "special_post")
    assert seat_of(teacher, ENDS - DAY) is None
    assert seat_of(teacher, ENDS).unit == school_a.pk
    assert told(school_a, ENDS) == (1, 1, 0, 0, 0)
    units = type(school_a).objects.filter(pk=school_a.pk)
    assert [one for day in (ENDS - DAY, ENDS) for one in differences(units, day) if one.what != "quota"] == []


def test_without_a_seat_nobody_passes_over(school_a, county_clerk, county_approver, ended):
    approved(county_clerk, school_a, 1)
    first, second = special(school_a), special(school_a, name="许岗")
    one, other = ended(first), ended(second)
    advance(one.case, "decide", actor=county_approver, data={"document": DOCUMENT})
    with pytest.raises(NotAllowed, match="自2027-01-01起没有空编"):
        advance(other.case, "decide", actor=county_approver, data={"document": DOCUMENT})
    assert Employment.objects.filter(teacher=second).get().form == "special_post"


def test_who_was_late_passes_over_on_the_day_of_the_decision(school_a, county_approver, ended):
    teacher = special(school_a, date(2023, 1, 1))
    advance(ended(teacher).case, "decide", actor=county_approver, data={"document": DOCUMENT})
    assert Employment.objects.get(teacher=teacher, form="in_quota").valid.lower == TODAY


def test_who_leaves_has_left_from_the_day_after_the_term(school_a, county_approver, county_clerk, ended):
    teacher = special(school_a)
    one = ended(teacher, outcome="leaves", verdict="failed")
    advance(one.case, "decide", actor=county_approver, data={"document": DOCUMENT})
    status = PersonStatus.objects.get(teacher=teacher)
    assert (status.status, status.valid.lower) == ("left", ENDS)
    assert Employment.objects.get(teacher=teacher).left_how == "contract_end"
    assert special_posts(replace(county_clerk, on=ENDS), ENDS) == []


def test_what_cannot_be_is_refused_with_words(school_a, county_clerk, school_clerk, county_approver, ended):
    teacher = special(school_a)
    for more, words in (
        ({"verdict": "failed"}, "考核合格的才能入编"), ({"verdict": ""}, "考核合格的才能入编"), ({"outcome": "flies"}, "留任或不留任"),
        ({"actor": school_clerk}, "不能办理"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match=words):
            ended(teacher, **more)
    with pytest.raises(NotAllowed, match="不是特岗教师"):
        ended(make_teacher("在编", school_a))
    one = ended(teacher)
    with pytest.raises(NotAllowed, match="已提出或已办结"):
        ended(teacher)
    with pytest.raises(NotAllowed):
        advance(one.case, "decide", actor=county_clerk, data={"document": DOCUMENT})
    advance(one.case, "refuse", actor=county_approver, comment="材料不全")
    ended(teacher)
    assert SpecialPostEnd.objects.count() == 2


def test_the_page_leads_to_the_proposal_and_the_case(school_a, county_clerk, county_approver, login):
    approved(county_clerk, school_a, 1)
    teacher = special(school_a)
    client = login(county_clerk)
    url = reverse("special_post_end", args=[teacher.public_id])
    assert url in client.get(reverse("special_posts")).content.decode()
    assert "2027-01-01" in client.get(url).content.decode()
    refused = client.post(url, {"outcome": "stays", "verdict": "failed", "words": "期满"})
    assert (refused.status_code, "才能入编" in refused.content.decode()) == (422, True)
    sent = client.post(url, {"outcome": "stays", "verdict": "passed", "words": "期满"})
    case = SpecialPostEnd.objects.get().case
    assert sent.url == reverse("case", args=[case.public_id])
    assert "有空编" in login(county_approver).get(sent.url).content.decode()
    assert "留任入编" in client.get(reverse("special_posts")).content.decode()
    other = client.get(reverse("special_post_end", args=[make_teacher("在编", school_a).public_id]))
    assert "在编不是特岗教师" in other.content.decode()
