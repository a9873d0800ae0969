"""Seats, recruitment, leading cadres and planning by program: the numbers of the pages, their permissions, what is asked and refused."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.api.services import issue_token
from core.org.models import ApprovedQuota, RoleAssignment
from core.records.changes import change
from core.workflow.services import advance
from personnel.models import HeadshipProposal, SeatAdjustment, SeatUse
from personnel.services import seats
from personnel.services.planning import scenarios
from personnel.services.reserves import begin_reserve, enter_member
from personnel.services.seat_uses import ask_use
from personnel.services.statistics import record_statistics
from personnel.services.unit_changes.asking import Proposed, propose
from tests.contracts.test_lists import KEPT
from tests.factories.people import make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.cadres import heads
from tests.personnel.planning import figures, many_schools, staffed, teaches
from tests.personnel.recruiting import CONDITIONS, applies, fresh, number_of, recruitment_open
from tests.personnel.seats import KIND, YEAR, adjusted, approved, told
from tests.personnel.test_recruitment import ranked

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
RETIRES, STAYS = date(1966, 10, 1), date(1985, 10, 1)


@pytest.fixture
def api(stored):
    """`api(actor)`: a client with a token of the actor, asking in English."""
    cache.clear()

    def client(actor, language="en"):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        _token, text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": language})

    return client


def got(client, address, **query):
    answer = client.get(f"/api/v1/{address}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def rows(client, address, **query):
    return got(client, address, **query)["results"]


def by_unit(found):
    return {row["unit"]["name"]: row for row in found}


# Seats


def test_seats_are_told_by_unit_and_kind_on_a_day(api, county_clerk, school_a, second_school_a, school_b, teacher_a):
    record_statistics(actor=county_clerk, unit=school_a, school_year=2026, stage="junior", pupils=1100, classes=24)
    approved(county_clerk, school_a, 80)
    approved(county_clerk, school_a, 2, kind="controlled")
    approved(county_clerk, second_school_a, 3, on=date(2026, 9, 1))
    seats.occupy(actor=county_clerk, teacher=teacher_a, unit=school_a, kind=KIND, on=YEAR)
    client, name, other = api(county_clerk), "青石县第一初级中学", "青石县实验小学"

    found = by_unit(rows(client, "seats/"))

    assert found.keys() == {name, other}
    one = found[name]
    assert (one["school_year"], one["pupils"], one["classes"], one["standard"]) == (2026, 1100, 24, 81)
    told_ = {
        row["kind"]["code"]: [row[part] for part in ("approved", "occupied", "reserved", "free")]
        for row in one["seats"]
    }
    assert told_ == {KIND: [80, 1, 0, 79], "controlled": [2, 0, 0, 2]}
    assert (found[other]["standard"], found[other]["pupils"], found[other]["seats"][0]["approved"]) == (None, None, 3)
    before = by_unit(rows(client, "seats/", on="2026-08-31", kind=KIND))
    assert other not in before
    assert [row["kind"]["code"] for row in before[name]["seats"]] == [KIND]


def test_a_unit_tells_its_standard_with_lines_and_sources_and_what_is_reserved(
    api, county_clerk, county_approver, school_clerk, school_a
):
    record_statistics(actor=county_clerk, unit=school_a, school_year=2026, stage="junior", pupils=1100, classes=24)
    approved(county_clerk, school_a, 5)
    use = ask_use(actor=school_clerk, unit=school_a, kind=KIND, count=3, purpose="recruit", words="缺编")
    advance(use.case, "approve", actor=county_approver, data={"count": 2, "document": "编办〔2026〕9号"})

    one = got(api(school_clerk), f"units/{school_a.public_id}/seats/")

    (standard,) = one["standards"]
    assert (standard["stage"]["code"], standard["seats"], standard["exact"]) == ("junior", 81, "81.48")
    assert [(line["rule"], line["seats"], line["note"]) for line in standard["lines"]] == [
        ("ratio", "81.48", "1100 ÷ 13.5"), ("rounded", "-0.48", "half_up"),
    ]  # fmt: skip
    assert standard["lines"][0]["reference"] == standard["reference"] != ""
    (kept,) = one["reservations"]
    assert (kept["count"], kept["left"], kept["on"], kept["case"]) == (2, 2, TODAY.isoformat(), str(use.case.public_id))
    assert one["seats"][0]["reserved"] == 2
    county = got(api(county_clerk), "seats/standard/")
    assert (county["seats"], [row["seats"] for row in county["stages"]]) == (81, [81])


def test_the_ledger_goes_page_by_page_and_its_entries_add_up(api, county_clerk, school_a, teacher_a):
    approved(county_clerk, school_a, 10)
    seats.occupy(actor=county_clerk, teacher=teacher_a, unit=school_a, kind=KIND, on=date(2026, 3, 1))
    client, address = api(county_clerk), f"units/{school_a.public_id}/seats/ledger/"

    found, url = [], f"/api/v1/{address}?size=3"
    while url:
        page = client.get(url).json()
        found, url = found + page["results"], page["next"]

    sums = {}
    for one in found:
        sums[one["part"]["code"]] = sums.get(one["part"]["code"], 0) + one["count"]
    assert sums == {"granted": -10, "vacant": 9, "occupied": 1}
    assert len({one["id"] for one in found}) == 4
    (seat,) = rows(client, address, part="occupied", since="2026-02-01", until="2026-03-02")
    assert (seat["person"], seat["on"], seat["movement"]["kind"]["code"]) == ("张伟", "2026-03-01", "occupy")
    assert seat["movement"]["by"] == county_clerk.user.name
    assert rows(client, address, until="2026-01-01") == []


def test_uses_and_adjustments_are_told_with_their_state_and_how_long_they_count(
    api, county_clerk, county_approver, school_clerk, school_a, second_school_a
):
    approved(county_clerk, school_a, 5)
    use = ask_use(actor=school_clerk, unit=school_a, kind=KIND, count=3, purpose="recruit", words="缺编")
    client = api(county_clerk)
    (waits,) = rows(client, "seat-uses/")
    assert (waits["state"]["code"], waits["approved"], waits["purpose"]["code"]) == ("asked", None, "recruit")
    advance(use.case, "approve", actor=county_approver, data={"count": 2, "document": "编办〔2026〕9号"})
    adjusted(county_clerk, county_approver, school_a, second_school_a, 1, TODAY)

    (usable,) = rows(client, "seat-uses/", state="usable", unit=str(school_a.public_id))

    assert (usable["count"], usable["approved"]["count"], usable["approved"]["left"]) == (3, 2, 2)
    assert (usable["approved"]["on"], usable["approved"]["document"]) == (TODAY.isoformat(), "编办〔2026〕9号")
    assert (
        rows(client, "seat-uses/", state="asked")
        == rows(client, "seat-uses/", unit=str(second_school_a.public_id))
        == []
    )
    (moved,) = rows(client, "seat-adjustments/", open="false")
    assert (moved["state"]["code"], moved["count"], moved["to_unit"]["name"]) == ("adjusted", 1, "青石县实验小学")


def test_differences_and_the_month_are_those_of_the_pages(
    api, county_clerk, school_clerk, school_a, second_school_a, teacher_a, system
):
    stays = make_teacher("周强", school_a)
    for unit in (school_a, second_school_a):
        approved(county_clerk, unit, 3)
    for person in (teacher_a, stays):
        seats.occupy(actor=county_clerk, teacher=person, unit=school_a, kind=KIND, on=YEAR)
    seats.move(actor=county_clerk, teacher=teacher_a, to_unit=second_school_a, on=date(2026, 9, 1))
    with change("test.quota", actor=system, reason="核定数另有文件"):
        quota = ApprovedQuota.objects.get(unit=second_school_a, valid__contains=TODAY)
        quota.seats = 4
        quota.save(update_fields={"seats"})
    client = api(county_clerk)

    found = rows(client, "seats/differences/", size=1), rows(client, "seats/differences/")

    assert len(found[0]) == 1
    (apart,) = (row for row in found[1] if row["what"] == "elsewhere")
    assert (apart["name"], apart["person"]) == ("张伟", str(teacher_a.public_id))
    assert (apart["file"]["unit"]["name"], apart["ledger"]["unit"]["name"]) == ("青石县第一初级中学", "青石县实验小学")
    quotas = [row for row in found[1] if row["what"] == "quota"]
    assert [(row["unit"]["name"], row["numbers"], row["person"]) for row in quotas] == [
        ("青石县实验小学", [4, 3], None)
    ]
    month = rows(client, "seats/month/", month="2026-09")
    assert {(row["name"], row["unit"]["name"], row["came"], row["went"]) for row in month} == {
        ("周强", "青石县第一初级中学", None, None), ("张伟", "青石县第一初级中学", None, "2026-09-01"),
        ("张伟", "青石县实验小学", "2026-09-01", None),
    }  # fmt: skip
    assert api(school_clerk).get("/api/v1/seats/differences/").status_code == 403
    assert {row["unit"]["name"] for row in rows(api(school_clerk), "seats/month/", month="2026-09")} == {
        "青石县第一初级中学"
    }


def test_a_list_that_is_reckoned_goes_page_by_page(api, county_clerk, school_a):
    approved(county_clerk, school_a, 9)
    for place in range(5):
        person = make_teacher(f"教师{place}", school_a, pinyin=f"jiao shi {place}")
        seats.occupy(actor=county_clerk, teacher=person, unit=school_a, kind=KIND, on=YEAR)
    client = api(county_clerk)
    every = [row["name"] for row in rows(client, "seats/month/")]
    found, url, pages = [], "/api/v1/seats/month/?size=2", []
    while url:
        page = client.get(url).json()
        found, url = found + [row["name"] for row in page["results"]], page["next"]
        pages.append(page)
    assert found == every == [f"教师{place}" for place in range(5)]
    assert [page["previous"] is None for page in pages] == [True, False, False]
    assert client.get(pages[2]["previous"]).json()["results"] == pages[1]["results"]
    assert client.get("/api/v1/seats/month/?cursor=99999").json()["results"] == []
    assert client.get("/api/v1/seats/month/?cursor=x").status_code == 400


def test_seats_are_asked_by_program_and_decided_by_the_steps_of_the_case(
    api, county_clerk, county_approver, school_clerk, school_a, second_school_a
):
    approved(county_clerk, school_a, 5)
    said = {"kind": KIND, "count": 2, "purpose": "recruit", "words": "初中数学缺编"}
    made = api(school_clerk).post(f"/api/v1/units/{school_a.public_id}/seats/use/", said, **JSON)
    assert made.status_code == 201
    assert SeatUse.objects.get().case.public_id.hex == made.json()["case"].replace("-", "")
    again = api(school_clerk).post(f"/api/v1/units/{school_a.public_id}/seats/use/", said, **JSON)
    assert (again.status_code, again.json()["code"]) == (422, "rule")
    step = {"revision": 1, "answers": {"count": 2, "document": "编办〔2026〕5号"}}
    taken = api(county_approver).post(f"/api/v1/cases/{made.json()['case']}/steps/approve/", step, **JSON)
    assert (taken.status_code, taken.json()["state"]["code"]) == (200, "usable")
    assert told(school_a, TODAY) == (5, 0, 2, 3, 0)

    asked = {
        "to_unit": str(second_school_a.public_id),
        "kind": KIND,
        "count": 1,
        "on": "2026-03-01",
        "words": "学生减少",
    }
    address = f"/api/v1/units/{school_a.public_id}/seats/adjust/"
    assert api(school_clerk).post(address, asked, **JSON).status_code == 403
    itself = api(county_clerk).post(address, {**asked, "to_unit": str(school_a.public_id)}, **JSON)
    assert (itself.status_code, SeatAdjustment.objects.count()) == (422, 0)
    made = api(county_clerk).post(address, asked, **JSON)
    case, paper = f"/api/v1/cases/{made.json()['case']}/steps/approve/", {"document": "编办〔2026〕6号"}
    alone = api(county_clerk).post(case, {"revision": 1, "answers": paper}, **JSON)
    assert alone.status_code == 422
    assert api(county_approver).post(case, {"revision": 1, "answers": paper}, **JSON).status_code == 200
    assert told(second_school_a, TODAY)[0] == 1


def test_what_is_another_countys_is_not_asked_for(api, county_clerk, county_b, school_a, school_b):
    client = api(county_clerk)
    for address in ("seats/", "seats/standard/", "planning/", "planning/schools/", "deployment/", "cadres/"):
        answer = client.get(f"/api/v1/{address}", {"under": str(school_b.public_id)})
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "under"), address
    said = {"to_unit": str(school_b.public_id), "kind": KIND, "count": 1, "on": "2026-03-01", "words": "x"}
    answer = client.post(f"/api/v1/units/{school_a.public_id}/seats/adjust/", said, **JSON)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/to_unit")


@pytest.mark.parametrize(
    ("address", "query", "parameter"),
    [
        ("seats/", {"on": "1900-01-01"}, "on"), ("seats/", {"kind": "stool"}, "kind"), ("planning/", {"school_year": 2026}, "school_year"),
        ("planning/", {"kind": "stool"}, "kind"), ("cadres/", {"on": "9999-12-31"}, "on"), ("cadres/", {"due": "x"}, "due"),
        ("seats/month/", {"month": "2026-13"}, "month"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_at_its_parameter(api, county_clerk, stored, address, query, parameter):
    answer = api(county_clerk).get(f"/api/v1/{address}", query)
    assert (answer.status_code, [one["parameter"] for one in answer.json()["errors"]]) == (400, [parameter])


def test_statistics_are_told_by_year_and_stage(api, county_clerk, school_a, second_school_a):
    figures(school_a, y2025=(900, 18), y2026=(1000, 20))
    figures(second_school_a, "primary", y2026=(600, 12))
    client = api(county_clerk)
    found = rows(client, "statistics/", school_year=2026)
    assert {(row["unit"]["name"], row["stage"]["code"], row["pupils"], row["classes"]) for row in found} == {
        ("青石县第一初级中学", "junior", 1000, 20), ("青石县实验小学", "primary", 600, 12),
    }  # fmt: skip
    one = rows(client, "statistics/", under=str(school_a.public_id), stage="junior")
    assert sorted(row["school_year"] for row in one) == [2025, 2026]


# Recruitment


def test_a_recruitment_tells_posts_conditions_and_how_many_came_how_far_and_nobody(
    api, county_clerk, county_approver, school_clerk, school_a
):
    opened = recruitment_open(county_clerk, school_a, wanted=2, conditions=CONDITIONS, approver=county_approver)
    people = [applies(opened, place)[0] for place in (1, 2, 3)]
    advance(people[0].case, "qualify", actor=county_clerk)
    client = api(county_clerk)

    (listed,) = rows(client, "recruitments/")
    text = client.get(f"/api/v1/recruitments/{opened.public_id}/").content.decode()
    one = got(client, f"recruitments/{opened.public_id}/")

    assert (listed["wanted_posts"], listed["applied"], listed["hires"], listed["state"]["code"]) == (
        1,
        3,
        0,
        "applications",
    )
    assert (listed["opens"], listed["ratio"], listed["weight"], listed["noticed_on"]) == (
        "2026-11-22",
        3,
        50,
        "2026-11-22",
    )
    (post,) = one["posts"]
    assert (post["wanted"], post["places"], post["subject"]["code"], post["age_most"]) == (2, None, "mathematics", 35)
    assert (post["education"]["code"], post["majors"], post["putonghua"]["code"]) == ("21", ["数学", "招聘"], "2B")
    assert [(row["stage"]["code"], row["number"]) for row in post["applicants"]] == [("applied", 2), ("qualified", 1)]
    assert not [word for word in ("应聘者", number_of(1), number_of(1)[-4:]) if word in text]
    plan = got(client, f"recruitment-plans/{opened.plan.public_id}/")
    assert [(row["unit"]["name"], row["subject"]["code"], row["number"]) for row in plan["posts"]] == [
        ("青石县第一初级中学", "mathematics", 2)
    ]
    assert [row["id"] for row in rows(client, "recruitment-plans/", year=2026, state="approved")] == [plan["id"]]
    assert rows(client, "recruitment-plans/", year=2025) == []
    for address in ("recruitments/", "recruitment-plans/", f"recruitments/{opened.public_id}/"):
        assert api(school_clerk).get(f"/api/v1/{address}").status_code == 403


def test_a_step_about_an_applicant_names_their_application_number(api, county_clerk, county_approver, school_a):
    opened = recruitment_open(county_clerk, school_a, approver=county_approver)
    applies(opened, 7)
    one, _receipt = applies(opened, 8)
    ranked(opened, county_clerk, {1: 80, 2: 90}, {1: "80 80 80", 2: "90 90 90"})
    case = fresh(opened).case
    answers = {"applicant": one.serial, "kind": "ban", "on": TODAY.isoformat(), "by": "县公安局", "passed": "yes"}
    address = f"/api/v1/cases/{case.public_id}/steps/check/"

    wrong = api(county_clerk).post(
        address, {"revision": case.revision, "answers": {**answers, "applicant": 99}}, **JSON
    )
    taken = api(county_clerk).post(address, {"revision": case.revision, "answers": answers}, **JSON)

    assert (wrong.status_code, taken.status_code) == (400, 200), taken.content
    assert [(row.kind, row.by) for row in one.checks.all()] == [("ban", "县公安局")]


# Leading cadres


def test_cadres_are_told_on_a_day_by_unit_and_by_what_is_due(api, school_a, second_school_a, school_b, county_clerk):
    soon, over = TODAY + timedelta(days=100), TODAY - timedelta(days=1)
    heads(school_a, "principal", "王一", term_last=soon)
    heads(school_a, "vice_principal", "李二", term=2, term_last=over)
    heads(second_school_a, "principal", "赵三", term_last=date(2030, 8, 31), probation_last=over)
    heads(second_school_a, "vice_principal", "旧人", since=date(2020, 9, 1), until=date(2026, 9, 1))
    heads(school_b, "principal", "外县", term_last=soon)
    client = api(county_clerk)

    def names(**query):
        return {row["name"] for row in rows(client, "cadres/", **query)}

    assert names() == {"王一", "李二", "赵三"}
    assert names(under=str(school_a.public_id)) == {"王一", "李二"}
    assert names(headship="principal") == {"王一", "赵三"}
    assert [names(due=due) for due in ("ending", "over", "probation", "acting")] == [
        {"王一", "李二"},
        {"李二"},
        {"赵三"},
        set(),
    ]
    assert names(on="2026-08-31") == {"王一", "李二", "赵三", "旧人"}
    assert names(on="2023-08-31") == {"旧人"}
    one = rows(client, "cadres/", due="over")[0]
    assert (one["unit"]["name"], one["headship"]["code"], one["term"], one["over"]) == (
        "青石县第一初级中学",
        "vice_principal",
        2,
        True,
    )
    assert (one["term_last"], one["valid"], one["training_due"]) == (
        over.isoformat(),
        {"from": "2023-09-01", "until": None},
        None,
    )


def test_the_reserve_is_for_who_proposes_or_decides(api, school_a, county_clerk, auditor):
    held = heads(school_a, "vice_principal", "李二")
    reserve = begin_reserve(actor=county_clerk, year=2026, words="换届")
    enter_member(
        actor=county_clerk,
        reserve=reserve,
        teacher=held.teacher,
        headship="principal",
        named_by="校党总支",
        words="年富力强",
    )

    assert [(row["year"], row["state"]["code"]) for row in rows(api(county_clerk), "reserves/")] == [(2026, "draft")]
    (member,) = got(api(county_clerk), f"reserves/{reserve.public_id}/")["members"]

    assert (member["name"], member["unit"]["name"], member["headship"]["code"]) == (
        "李二",
        "青石县第一初级中学",
        "principal",
    )
    assert (member["named_by"], member["words"]) == ("校党总支", "年富力强")
    assert api(auditor).get("/api/v1/reserves/").status_code == 403


def test_a_headship_is_proposed_by_program_with_the_refusals_of_the_page(
    api, school_a, school_b, county_clerk, county_approver
):
    zhang = make_teacher("张三丰", school_a, birth=date(1980, 5, 1), sex="1")
    address = f"/api/v1/teachers/{zhang.public_id}/headship/propose/"
    said = {
        "unit": str(school_a.public_id),
        "headship": "principal",
        "begins": TODAY.isoformat(),
        "years": 5,
        "words": "工作需要",
    }
    client = api(county_clerk)

    for wrong, status in (
        ({"unit": None}, 400), ({"unit": str(school_b.public_id)}, 400), ({"begins": "1000-01-01"}, 400), ({"years": None}, 422),
        ({"years": 9}, 422), ({"headship": "king"}, 422), ({"removes": str(zhang.public_id)}, 400), ({"unit": None, "headship": ""}, 422),
    ):  # fmt: skip
        assert client.post(address, {**said, **wrong}, **JSON).status_code == status, wrong
    assert api(county_approver).post(address, said, **JSON).status_code == 403
    assert not HeadshipProposal.objects.exists()
    made = client.post(address, said, **JSON)
    assert made.status_code == 201
    assert client.post(address, said, **JSON).status_code == 422, "another proposal waits"
    step = {"revision": 1, "answers": {"document": "青教干〔2026〕8号"}}
    taken = api(county_approver).post(f"/api/v1/cases/{made.json()['case']}/steps/decide/", step, **JSON)
    assert (taken.status_code, taken.json()["state"]["code"]) == (200, "decided")
    (held,) = rows(client, "cadres/")
    assert (held["name"], held["document"], held["term_last"]) == ("张三丰", "青教干〔2026〕8号", "2031-11-21")

    ends = {"removes": held["id"], "ended_how": "next_term", "begins": "2027-01-01", "words": "调整"}
    refused = client.post(address, ends, **JSON)
    assert (refused.status_code, HeadshipProposal.objects.count()) == (422, 1)
    assert client.post(address, {**ends, "ended_how": "other_post"}, **JSON).status_code == 201


def test_a_change_of_the_organisation_and_the_reserve_are_decided_by_their_steps(
    api, county_a, school_a, county_clerk, county_approver
):
    profile = {"code": "QS77001", "level": "school", "name": "青石县第七中学"}
    opens = propose(actor=county_clerk, asked=Proposed("open", TODAY, "新建小区", parent=county_a, profile=profile))
    reserve = begin_reserve(actor=county_clerk, year=2026, words="换届")
    held = heads(school_a, "vice_principal", "李二")
    enter_member(actor=county_clerk, reserve=reserve, teacher=held.teacher, headship="principal", named_by="校党总支")
    address, more = (
        f"/api/v1/cases/{opens.case.public_id}/steps/decide/",
        f"/api/v1/cases/{reserve.case.public_id}/steps/",
    )
    clerk, approver = api(county_clerk), api(county_approver)

    bare = approver.post(address, {"revision": 1}, **JSON)
    decided = approver.post(address, {"revision": 1, "answers": {"document": "青教发〔2026〕60号"}}, **JSON)
    sent = clerk.post(f"{more}send/", {"revision": 1}, **JSON)
    own = clerk.post(f"{more}decide/", {"revision": 2}, **JSON)
    listed = approver.post(f"{more}decide/", {"revision": 2}, **JSON)

    assert (bare.status_code, decided.status_code, decided.json()["state"]["code"]) == (400, 200, "decided")
    assert "青石县第七中学" in {row["name"] for row in rows(clerk, "units/")}
    assert (sent.status_code, listed.json()["state"]["code"]) == (200, "decided")
    assert own.status_code == 422


# Planning


@pytest.fixture
def schools(county_clerk, school_a, second_school_a):
    """Two junior schools: one that lacks people and seats, one with seats to spare and somebody who retires."""
    figures(school_a, y2026=(270, 6))
    figures(second_school_a, y2026=(54, 2))
    staffed(county_clerk, school_a, [STAYS] * 10, approved_seats=12)
    people = staffed(county_clerk, second_school_a, [RETIRES, STAYS, STAYS], approved_seats=6)
    return school_a, second_school_a, people


def test_a_plan_is_told_by_school_stage_and_subject_with_retirements_ahead(api, county_clerk, schools):
    teaches(schools[2][1], schools[1], "chinese", weekly_hours=12)
    client = api(county_clerk)

    plan = got(client, "planning/", school_year=2027)
    found = by_unit(rows(client, "planning/schools/", school_year=2027))

    numbers = ("pupils", "standard", "approved", "occupied", "retiring", "lacking", "free", "seats_short")
    assert [found["青石县第一初级中学"][name] for name in numbers] == [270, 20, 12, 10, 0, 10, 2, 8]
    assert [found["青石县实验小学"][name] for name in ("standard", "retiring", "lacking", "free")] == [4, 1, 2, 4]
    assert [plan["total"][name] for name in ("lacking", "hire", "retiring")] == [12, 4, 1]
    (stage,) = plan["stages"]
    assert (stage["stage"]["code"], stage["standard"], stage["staying"], stage["retiring"], stage["lacking"]) == (
        "junior",
        24,
        12,
        1,
        12,
    )
    assert plan["retirements"][0] == {"school_year": 2027, "number": 1}
    assert [one["number"] for one in plan["retirements"]] == sorted(one["number"] for one in plan["retirements"])
    chinese = next(one for one in plan["subjects"] if one["subject"]["code"] == "chinese")
    assert chinese["there"] == "0.9"
    text = client.get("/api/v1/planning/").content.decode()
    assert not [one.name for one in schools[2] if one.name in text]


def test_a_scenario_is_told_with_its_lines_and_the_plan_that_follows(
    api, county_clerk, other_county_clerk, school_clerk, schools
):
    lacks, spares, _people = schools
    said = {"actor": county_clerk}
    made = scenarios.write_scenario(**said, name="稳妥方案", year=2027, method="cohort", yearly_change=0, words="")
    scenarios.enter_pupils(**said, scenario=made, unit=lacks, stage="junior", pupils=135, classes=3)
    scenarios.propose_seats(**said, scenario=made, unit=spares, to_unit=lacks, kind=KIND, count=2)
    scenarios.propose_recruits(**said, scenario=made, unit=lacks, stage="junior", subject="music", number=1)
    client, address = api(county_clerk), f"scenarios/{made.public_id}/"

    one = got(client, address)
    found = by_unit(rows(client, f"{address}schools/"))

    assert [(row["unit"]["name"], row["to_unit"]["name"], row["count"], row["case"]) for row in one["seats"]] == [
        ("青石县实验小学", "青石县第一初级中学", 2, None)
    ]
    assert [(row["subject"]["code"], row["number"], row["plan"]) for row in one["recruits"]] == [("music", 1, None)]
    assert [(row["pupils"], row["classes"]) for row in one["pupils"]] == [(135, 3)]
    row = found["青石县第一初级中学"]
    assert (row["pupils"], row["standard"], row["approved"], row["recruits"]) == (135, 10, 14, 1)
    assert got(client, f"{address}plan/")["total"]["recruits"] == 1
    assert got(client, "planning/")["total"]["recruits"] == 0
    assert [row["name"] for row in rows(client, "scenarios/", school_year=2027)] == ["稳妥方案"]
    assert rows(client, "scenarios/", school_year=2028) == rows(api(other_county_clerk), "scenarios/") == []
    for more in ("", "plan/", "schools/"):
        assert api(school_clerk).get(f"/api/v1/{address}{more}").status_code == 404


def test_teachers_of_a_subject_stand_beside_the_classes_of_today(api, county_clerk, school_a):
    figures(school_a, y2026=(480, 13))
    for place in range(4):
        teaches(make_teacher(f"语文{place}", school_a), school_a, "chinese")
    found = got(api(county_clerk), "deployment/")
    one = next(row for row in found["subjects"] if row["subject"]["code"] == "chinese")
    # 13 classes × 6 hours ÷ 13 hours of a teacher = 6 teachers; 4 are there.
    assert (one["hours"], one["needed"], one["there"], one["lacking"]) == ("78", "6.0", "4.0", "2.0")
    assert (found["teachers"], found["classes"]) == (4, 13)
    assert found["reference"]


def test_a_county_of_many_schools_costs_no_query_per_school(api, county_clerk, county_a):
    many_schools(county_clerk, county_a, 2, 3)
    first = county_a.children.order_by("pk").first()
    made = scenarios.write_scenario(
        actor=county_clerk, name="甲", year=2027, method="cohort", yearly_change=0, words=""
    )
    addresses = (
        "seats/", "seats/standard/", "seats/differences/", "seats/month/", "statistics/", "planning/", "planning/schools/", "deployment/",
        "cadres/", f"scenarios/{made.public_id}/plan/", f"scenarios/{made.public_id}/schools/", f"units/{first.public_id}/seats/ledger/",
    )  # fmt: skip
    client = api(county_clerk)

    def counts():
        found = {}
        for address in addresses:
            cache.clear()
            got(client, address)
            with CaptureQueriesContext(connection) as caught:
                got(client, address)
            found[address] = sum(not KEPT.search(one["sql"]) for one in caught.captured_queries)
        return found

    heads(first, "principal", "王一")
    few = counts()
    many_schools(county_clerk, county_a, 4, 3, begin=2)
    for place in range(4):
        heads(make_unit("school", f"又{place}中学", county_a), "principal", f"校长{place}")
    assert counts() == few
    assert max(few.values()) < 60
