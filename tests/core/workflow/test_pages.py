"""The pages of cases: what waits, one case, its steps, stand-ins, and how a workflow goes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.dates import DAY
from core.org.errors import NotAllowed
from core.workflow.home import waiting
from core.workflow.models import Case, StandIn
from core.workflow.reminding import remind_by_itself
from core.workflow.selectors import inbox, steps_of
from core.workflow.services import advance, end_stand_in, stand_in
from tests.core.workflow.conftest import KIND
from tests.factories.people import make_actor
from tests.ground.clock import TODAY


def case_url(case, *, step=""):
    return reverse("case_step", args=[case.public_id, step]) if step else reverse("case", args=[case.public_id])


def test_a_clerk_goes_from_the_first_page_to_the_decision(ask, login, school_clerk, county_approver):
    case, client = ask(comment="家里有事"), login(school_clerk)
    assert case_url(case) in client.get("/").content.decode()
    assert case_url(case) in client.get(reverse("inbox")).content.decode()
    page = client.get(case_url(case)).content.decode()
    for words in ("李秀英请假", "待学校审核", "报县局", "退回", "满一年", "剩 5 个工作日", "家里有事"):
        assert words in page, words
    assert case_url(case, step="grant") not in page

    form = client.get(case_url(case, step="forward")).content.decode()
    assert "说明" in form
    answer = client.post(case_url(case, step="forward"), {"revision": case.revision, "comment": "情况属实"})
    assert answer.url == case_url(case)
    told = client.get(case_url(case)).content.decode()
    assert "待县局审批" in told
    assert "情况属实" in told

    approver = login(county_approver)
    bad = approver.post(case_url(case, step="grant"), {"revision": 2, "days": "31"})
    assert (bad.status_code, Case.objects.get().state) == (422, "county")
    refused = approver.post(case_url(case, step="grant"), {"revision": 2, "days": "11", "comment": "同意"})
    assert (refused.status_code, "不能超过十天" in refused.content.decode(), "同意" in refused.content.decode()) == (
        422,
        True,
        True,
    )
    assert approver.post(case_url(case, step="grant"), {"revision": 2, "days": "3"}).status_code == 302
    assert Case.objects.get().state == "granted"


def test_a_case_says_in_which_roles_it_is_taken_up(ask, login, school_clerk):
    case, client = ask(), login(school_clerk)
    assert "由学校经办办理，上级单位也可办理" in client.get(case_url(case)).content.decode()
    advance(case, "forward", actor=school_clerk, comment="情况属实")
    assert "县区审批" in client.get(case_url(case)).content.decode()


def test_a_return_asks_for_reasons_and_words_and_keeps_what_was_typed(ask, login, school_clerk):
    case, client = ask(), login(school_clerk)
    answer = client.post(case_url(case, step="return"), {"revision": 1, "comment": "缺证明"})
    page = answer.content.decode()
    assert (answer.status_code, "请至少选择一项理由" in page, "缺证明" in page) == (422, True, True)
    client.post(case_url(case, step="return"), {"revision": 1, "comment": "缺证明", "reasons": ["chinese", "english"]})
    assert Case.objects.get().reasons == ["chinese", "english"]


def test_a_step_that_somebody_else_took_first_leads_to_the_case(ask, login, school_clerk, school_a):
    case, client = ask(), login(school_clerk)
    advance(case, "forward", actor=make_actor("school_clerk", school_a, name="同事"))
    answer = client.get(case_url(case, step="forward"), follow=True)
    assert answer.redirect_chain == [(case_url(case), 302)]
    late = client.post(case_url(case, step="forward"), {"revision": 1})
    assert (late.status_code, "同事" in late.content.decode()) == (422, True)


def test_what_is_not_the_readers_is_not_there_or_not_allowed(
    ask, login, school_clerk, other_school_clerk, county_approver
):
    case = ask()
    stranger, approver = login(other_school_clerk), login(county_approver)
    nowhere = stranger.get("/cases/00000000-0000-4000-8000-000000000000/").content
    for url in (case_url(case), case_url(case, step="forward"), reverse("case_assign", args=[case.public_id])):
        assert (stranger.get(url).status_code, stranger.get(url).content) == (404, nowhere)
    assert approver.get(case_url(case)).status_code == 200
    assert approver.get(case_url(case, step="forward")).status_code == 403
    assert approver.post(case_url(case, step="forward"), {"revision": 1}).status_code == 403
    assert login(school_clerk).get(case_url(case, step="nothing")).status_code == 404
    assert Case.objects.get().state == "asked"


def test_many_cases_are_decided_from_the_inbox(ask, login, school_clerk):
    cases, client = [ask() for _number in range(3)], login(school_clerk)
    keys = [str(case.public_id) for case in cases[:2]]
    page = client.post(reverse("inbox"), {"selection": "1", "step": f"{KIND}:forward", "selected": keys})
    assert (page.status_code, "2 件" in page.content.decode()) == (200, True)
    assert Case.objects.filter(state="asked").count() == 3
    done = client.post(
        reverse("case_bulk"), {"step": f"{KIND}:forward", "confirm": "1", "selected": keys, "comment": "属实"}
    )
    assert done.url == reverse("inbox")
    assert sorted(Case.objects.values_list("state", flat=True)) == ["asked", "county", "county"]
    for odd in ({}, {"step": "no:such"}, {"step": f"{KIND}:grant", "selected": keys}):
        assert client.post(reverse("case_bulk"), odd).url == reverse("inbox")
    assert client.get(reverse("case_bulk")).url == reverse("inbox")


def test_a_bulk_refusal_needs_words(ask, login, school_clerk, county_approver):
    case = advance(ask(), "forward", actor=school_clerk)
    said = {"step": f"{KIND}:refuse", "confirm": "1", "selected": [str(case.public_id)]}
    client = login(county_approver)
    assert client.post(reverse("case_bulk"), said).status_code == 422
    client.post(reverse("case_bulk"), {**said, "comment": "名额已满"})
    assert next((row.state, row.comment) for row in steps_of(case)) == ("refused", "名额已满")


def test_a_case_is_handed_over_and_taken_over(ask, login, school_clerk, school_a):
    case, second = ask(), make_actor("school_clerk", school_a, name="同事")
    url = reverse("case_assign", args=[case.public_id])
    form = login(school_clerk).get(url).content.decode()
    assert "同事" in form
    assert "李秀英<" not in form
    login(school_clerk).post(url, {"user": str(second.user.pk), "reason": "转给同事"})
    assert Case.objects.get().assignee == second.user
    assert "同事经办" in login(school_clerk).get(case_url(case)).content.decode()
    login(second).post(url, {"user": "", "reason": "退回"})
    assert Case.objects.get().assignee is None
    assert [row.change.kind for row in steps_of(case)][:2] == ["workflow.assign", "workflow.assign"]


def test_somebody_stands_in_and_both_names_are_kept(
    ask, login, school_clerk, school_approver, county_clerk, other_school_clerk
):
    case = ask()
    assert list(inbox(school_approver)) == []
    for user, days in ((school_clerk.user, 3), (other_school_clerk.user, 3), (school_approver.user, 0)):
        with pytest.raises(NotAllowed):
            stand_in(actor=school_clerk, user=user, starts=TODAY, ends=TODAY + days * DAY, reason="外出培训")
    row = stand_in(actor=school_clerk, user=school_approver.user, starts=TODAY, ends=TODAY + 3 * DAY, reason="外出培训")
    with pytest.raises(NotAllowed, match="已有人代办"):
        stand_in(
            actor=school_clerk, user=county_clerk.user, starts=TODAY + DAY, ends=TODAY + 9 * DAY, reason="外出培训"
        )
    assert list(inbox(school_approver)) == [case]
    advance(case, "forward", actor=school_approver)
    (last, _first) = steps_of(case)
    assert (str(last.change.actor), last.stood_in_for) == ("一中审批人", school_clerk.user)
    page = login(school_clerk).get(case_url(case)).content.decode()
    assert "代一中办事员" in page

    mine = ask(opened_by=school_clerk.user)
    with pytest.raises(NotAllowed):
        advance(mine, "forward", actor=school_approver)
    with pytest.raises(NotAllowed):
        end_stand_in(actor=school_approver, row=row, reason="结束")
    end_stand_in(actor=school_clerk, row=row, reason="结束")
    assert not StandIn.objects.exists()
    with pytest.raises(NotAllowed):
        advance(ask(), "forward", actor=school_approver)


def test_a_stand_in_is_named_and_ended_on_the_page(login, school_clerk, school_approver):
    client = login(school_clerk)
    said = {"user": str(school_approver.user.pk), "starts": "2026-11-23", "last": "2026-11-27", "reason": "休假"}
    assert client.post(reverse("stand_in_new"), {**said, "last": "2026-11-20"}).status_code == 422
    client.post(reverse("stand_in_new"), said)
    row = StandIn.objects.get()
    assert (row.valid.lower.isoformat(), row.valid.upper.isoformat()) == ("2026-11-23", "2026-11-28")
    page = client.get(reverse("stand_ins")).content.decode()
    end = reverse("stand_in_end", args=[row.public_id])
    assert end in page
    assert end not in login(school_approver).get(reverse("stand_ins")).content.decode()
    assert login(school_approver).post(end).status_code == 404
    client.post(end)
    assert not StandIn.objects.exists()


def test_the_way_is_drawn_in_both_languages(login, school_clerk, flow):
    client = login(school_clerk)
    page = client.get(reverse("workflow", args=["leave-request"])).content.decode()
    assert page.count("<rect ") == len(flow.states)
    assert "待县局审批" in page
    assert reverse("workflow", args=["leave-request"]) in client.get(reverse("workflows")).content.decode()
    assert client.get(reverse("workflow", args=["no-such"])).status_code == 404


def test_the_system_reminds_once_a_day_of_what_is_due(ask, school_clerk, monkeypatch):
    case = ask()
    assert remind_by_itself() == 0
    days = {
        0: 0,
        3: 1,
        4: 0,
        5: 1,
        6: 0,
        11: 0,
        12: 1,
        13: 0,
    }  # due on Friday 2026-11-27; five working days later 2026-12-04
    for ahead, expected in days.items():
        monkeypatch.setattr("core.workflow.reminding.today", lambda ahead=ahead: TODAY + ahead * DAY)
        assert (ahead, remind_by_itself()) == (ahead, expected)
        assert remind_by_itself() == 0
    assert [row.change.kind for row in steps_of(case)].count("workflow.remind") == 3
    (one,) = waiting(school_clerk)
    assert "已催办" in one.sub


def test_programs_read_and_decide(ask, school_clerk, county_approver, login):
    case, client = ask(), login(school_clerk)
    listed = client.get(reverse("api_cases"), {"waiting": "true"}).json()
    assert [one["id"] for one in listed["results"]] == [str(case.public_id)]
    told = client.get(reverse("api_case", args=[case.public_id])).json()
    assert (told["state"]["code"], [one["code"] for one in told["steps"]]) == ("asked", ["forward", "return"])
    url = reverse("api_case_step", args=[case.public_id, "forward"])
    assert client.post(url, {"revision": 7}, content_type="application/json").status_code == 409
    moved = client.post(url, {"revision": 1, "comment": "属实"}, content_type="application/json")
    assert (moved.status_code, moved.json()["state"]["code"]) == (200, "county")
    assert client.post(url, {"revision": 2}, content_type="application/json").status_code == 422
    steps = client.get(reverse("api_case_steps", args=[case.public_id])).json()
    assert [(one["state"]["code"], one["comment"]) for one in steps] == [("county", "属实"), ("asked", "")]
    grant = reverse("api_case_step", args=[case.public_id, "grant"])
    approver = login(county_approver)
    assert (
        approver.post(grant, {"revision": 2, "answers": {"days": 99}}, content_type="application/json").status_code
        == 400
    )
    assert (
        approver.post(grant, {"revision": 2, "answers": {"days": 2}}, content_type="application/json").status_code
        == 200
    )
