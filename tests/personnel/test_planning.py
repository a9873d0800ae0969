"""The planning of a county: what is told, what scenarios propose, how proposals become cases, and how few queries it takes."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.workflow.models import Case
from core.workflow.services import advance
from personnel.models import (
    PlannedPost,
    PlanScenario,
    RecruitmentPlan,
    RecruitProposal,
    ScenarioPupils,
    SeatAdjustment,
    SeatMovement,
    SeatProposal,
)
from personnel.selectors.planning import facts_under, planned, planned_years
from personnel.selectors.scenarios import assumptions
from personnel.services.planning import becoming, scenarios
from tests.contracts.test_lists import KEPT
from tests.factories.people import make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.planning import figures, many_schools, staffed, teaches
from tests.personnel.seats import KIND, told

pytestmark = pytest.mark.django_db

YEAR = 2027
AUGUST = date(2027, 8, 1)
RETIRES = date(1966, 10, 1)
STAYS = date(1985, 10, 1)
PAPER = {"document": "编办〔2027〕2号"}


@pytest.fixture
def schools(county_clerk, school_a, second_school_a):
    """Two junior schools: one that lacks people and seats, one with seats to spare and somebody who retires."""
    figures(school_a, y2026=(270, 6))
    figures(second_school_a, y2026=(54, 2))
    staffed(county_clerk, school_a, [STAYS] * 10, approved_seats=12)
    people = staffed(county_clerk, second_school_a, [RETIRES, STAYS, STAYS], approved_seats=6)
    return school_a, second_school_a, people


def plan_of(actor, unit, year=YEAR, scenario=None):
    facts = facts_under(actor, unit, KIND, years=[year])
    if scenario is None:
        return planned(facts, year)
    return planned(facts, year, assumptions([scenario], KIND)[scenario.pk])


def row_of(plan, unit):
    return next(row for row in plan.rows if row.unit.pk == unit.pk)


def begun(actor, name="稳妥方案", **more):
    said = {"year": YEAR, "method": "cohort", "yearly_change": Decimal(0), **more}
    return scenarios.write_scenario(actor=actor, name=name, **said)


def shown(response):
    return response.content.decode()


# What is told


def test_a_school_is_told_with_who_stays_and_the_standard_of_the_planned_year(county_clerk, county_a, schools):
    lacks, spares, _people = schools

    plan = plan_of(county_clerk, county_a)

    one, two = row_of(plan, lacks), row_of(plan, spares)
    assert (one.pupils_now, one.pupils, one.standard_now, one.standard) == (270, 270, 20, 20)
    assert (one.gap.approved, one.gap.occupied, one.gap.retiring) == (12, 10, 0)
    assert (one.gap.lacking, one.gap.free, one.gap.hire, one.gap.seats_short) == (10, 2, 2, 8)
    assert (two.standard, two.gap.retiring, two.gap.lacking, two.gap.free) == (4, 1, 2, 4)
    assert (plan.total.lacking, plan.total.hire, plan.total.retiring) == (12, 4, 1)


def test_juniors_come_from_the_primary_schools_of_the_county(county_clerk, county_a, county_b, school_a):
    figures(school_a, y2026=(270, 6))
    primary = make_unit("school", "第二小学", county_a)
    figures(primary, "primary", y2026=(900, 20))
    figures(make_unit("school", "邻县小学", county_b), "primary", y2026=(6000, 120))

    assert row_of(plan_of(county_clerk, county_a), school_a).pupils == 270 - 90 + 150
    # Asked for the school alone, the primary schools of its county still feed it.
    assert row_of(plan_of(county_clerk, school_a), school_a).pupils == 270 - 90 + 150


def test_who_is_on_file_without_a_seat_is_no_retirement_of_the_plan(county_clerk, county_a, schools):
    lacks, _spares, _people = schools
    make_teacher("无编", lacks, birth=RETIRES, sex="1", post_family="professional")
    assert row_of(plan_of(county_clerk, county_a), lacks).gap.retiring == 0


def test_the_page_tells_county_school_stage_and_subject(county_clerk, login, schools):
    _lacks, spares, people = schools
    teaches(people[0], spares, "chinese", weekly_hours=13)

    text = shown(login(county_clerk).get(reverse("planning")))

    for words in ("青石县第一初级中学", "2027–2028", "语文", "初中"):
        assert words in text
    one = shown(login(county_clerk).get(reverse("planning"), {"under": str(spares.public_id)}))
    assert "青石县第一初级中学" not in one.split("<main")[1]


def test_the_plan_is_a_workbook_too(county_clerk, login, schools):
    answer = login(county_clerk).get(reverse("planning_file"))
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    line = next(row for row in rows if row[1] == "青石县第一初级中学")
    assert line[2:] == (270, 270, 20, 20, 12, 10, 0, 10, 2, 8)


def test_a_city_sees_its_counties(city_clerk, login, county_clerk, schools):
    text = shown(login(city_clerk).get(reverse("planning")))
    assert "青石县教育局" in text
    assert ">12<" in text


def test_a_unit_without_a_ledger_is_not_told_to_lack_anybody(county_clerk, county_a, school_a, login):
    figures(school_a, y2026=(270, 6))
    row = row_of(plan_of(county_clerk, county_a), school_a)
    assert (row.standard, row.gap.lacking, row.gap.hire) == (20, None, 0)
    assert login(county_clerk).get(reverse("planning")).status_code == 200


# Scenarios


def test_a_scenario_assumes_and_proposes_and_nothing_real_moves(county_clerk, county_a, schools):
    lacks, spares, _people = schools
    one = begun(county_clerk)
    before = (told(lacks, AUGUST), told(spares, AUGUST), SeatMovement.objects.count())

    scenarios.enter_pupils(actor=county_clerk, scenario=one, unit=lacks, stage="junior", pupils=216, classes=5)
    scenarios.propose_seats(actor=county_clerk, scenario=one, unit=spares, to_unit=lacks, kind=KIND, count=2)
    scenarios.propose_recruits(
        actor=county_clerk, scenario=one, unit=lacks, stage="junior", subject="physics", number=3
    )

    plan = plan_of(county_clerk, county_a, scenario=one)
    assert (row_of(plan, lacks).standard, row_of(plan, lacks).gap.lacking, row_of(plan, lacks).gap.free) == (16, 6, 4)
    assert (row_of(plan, lacks).left, row_of(plan, spares).gap.free) == (3, 2)
    assert (told(lacks, AUGUST), told(spares, AUGUST), SeatMovement.objects.count()) == before
    assert not RecruitmentPlan.objects.exists()
    assert not Case.objects.exists()
    assert row_of(plan_of(county_clerk, county_a), lacks).gap.lacking == 10


def test_growth_is_an_assumption(county_clerk, county_a, schools):
    lacks, _spares, _people = schools
    one = begun(county_clerk, method="growth", yearly_change=Decimal(10))
    assert row_of(plan_of(county_clerk, county_a, scenario=one), lacks).pupils == 297


def test_scenarios_stand_side_by_side(county_clerk, city_clerk, county_a, login, schools):
    lacks, spares, _people = schools
    one, two = begun(county_clerk, "甲方案"), begun(county_clerk, "乙方案", method="growth", yearly_change=Decimal(10))
    scenarios.propose_seats(actor=county_clerk, scenario=one, unit=spares, to_unit=lacks, kind=KIND, count=2)

    asked = {"scenario": [str(one.public_id), str(two.public_id)]}
    text = shown(login(county_clerk).get(reverse("scenarios_compare"), asked))

    assert "甲方案" in text
    assert "乙方案" in text
    assert ">297<" not in text  # the schools' pupils stand on the pages of the scenarios
    assert ">356<" in text  # 297 + 59 pupils of both schools
    # What is assumed of a county is not assumed of the whole city.
    above = shown(login(city_clerk).get(reverse("scenarios_compare"), asked))
    assert "甲方案" not in above
    below = {**asked, "under": str(county_a.public_id)}
    assert "甲方案" in shown(login(city_clerk).get(reverse("scenarios_compare"), below))


def test_a_scenario_is_the_bureaus_own(county_clerk, other_county_clerk, school_clerk, login, schools):
    one = begun(county_clerk)
    address = reverse("scenario", args=[one.public_id])
    assert login(other_county_clerk).get(address).status_code == 404
    assert login(school_clerk).get(address).status_code == 404
    with pytest.raises(NotAllowed):
        begun(school_clerk)
    with pytest.raises(NotAllowed, match="已有"):
        begun(county_clerk)


def test_a_scenario_is_written_by_pages(county_clerk, login, schools):
    lacks, spares, _people = schools
    client = login(county_clerk)
    said = {"name": "乡村方案", "year": YEAR, "method": "cohort", "yearly_change": "-3", "words": "出生人口下降"}
    assert client.post(reverse("scenario_new"), said).status_code == 302
    one = PlanScenario.objects.get()
    key = [one.public_id]
    asked = {"unit": str(lacks.public_id), "stage": "junior"}
    assert client.post(reverse("scenario_pupils", args=key), {**asked, "pupils": 216, "classes": 5}).status_code == 302
    moved = {"unit": str(spares.public_id), "to_unit": str(lacks.public_id), "kind": KIND, "count": 2}
    assert client.post(reverse("scenario_seats", args=key), moved).status_code == 302
    hired = {**asked, "subject": "physics", "number": 3}
    assert client.post(reverse("scenario_recruits", args=key), hired).status_code == 302

    text = shown(client.get(reverse("scenario", args=key)))

    assert "乡村方案" in text
    assert "物理" in text
    changed = {**said, "name": "乡村方案二", "revision": one.revision}
    assert client.post(reverse("scenario_change", args=key), changed).status_code == 302
    one.refresh_from_db()
    assert one.name == "乡村方案二"
    for name, model in (("pupils", ScenarioPupils), ("seats", SeatProposal), ("recruits", RecruitProposal)):
        assert client.post(reverse(f"scenario_{name}_out", args=[model.objects.get().public_id])).status_code == 302
        assert not model.objects.exists()
    assert client.post(reverse("scenario_drop", args=key)).status_code == 302
    assert not PlanScenario.objects.exists()


# Bad input


def test_what_makes_no_sense_is_refused_in_words(county_clerk, county_b, county_a, schools):
    lacks, spares, _people = schools
    one = begun(county_clerk)
    said = {"actor": county_clerk, "scenario": one}
    foreign = make_unit("school", "邻县中学", county_b)
    closed = make_unit("school", "撤并学校", county_a)
    with change("org.close_unit", actor=system_actor(TODAY), reason="撤并"):
        Unit.objects.filter(pk=closed.pk).update(closed=AUGUST)
    closed.refresh_from_db()

    def refused(words, verb, **values):
        with pytest.raises(NotAllowed, match=words):
            verb(**said, **values)

    pupils = {"unit": lacks, "stage": "junior", "pupils": 10, "classes": 1}
    refused("负数", scenarios.enter_pupils, **pupils | {"pupils": -1})
    refused("负数", scenarios.enter_pupils, **pupils | {"classes": -1})
    refused("没有学生不合理", scenarios.enter_pupils, **pupils | {"pupils": 0})
    refused("撤销", scenarios.enter_pupils, **pupils | {"unit": closed})
    refused("不属于", scenarios.enter_pupils, **pupils | {"unit": foreign})
    refused("代码表中没有", scenarios.enter_pupils, **pupils | {"stage": "kindergarden"})
    seats = {"unit": spares, "to_unit": lacks, "kind": KIND, "count": 1}
    refused("另一", scenarios.propose_seats, **seats | {"to_unit": spares})
    refused("撤销", scenarios.propose_seats, **seats | {"to_unit": closed})
    refused("4", scenarios.propose_seats, **seats | {"count": 5})
    refused("至少一名", scenarios.propose_seats, **seats | {"count": 0})
    refused("没有", scenarios.propose_seats, **seats | {"kind": "gold"})
    scenarios.propose_seats(**said, **seats | {"count": 3})
    refused("1", scenarios.propose_seats, **seats | {"count": 2})
    refused("已经", scenarios.propose_seats, **seats)
    hire = {"unit": lacks, "stage": "junior", "subject": "physics", "number": 1}
    refused("至少", scenarios.propose_recruits, **hire | {"number": 0})
    refused("撤销", scenarios.propose_recruits, **hire | {"unit": closed})
    scenarios.propose_recruits(**said, **hire)
    refused("已经", scenarios.propose_recruits, **hire)
    for wrong in ({"year": 2026}, {"year": 2099}, {"method": "guess"}, {"yearly_change": Decimal(-100)}, {"name": " "}):
        with pytest.raises(NotAllowed):
            begun(county_clerk, **{"name": "乙", **wrong})
    assert (ScenarioPupils.objects.count(), SeatProposal.objects.count(), RecruitProposal.objects.count()) == (0, 1, 1)


# Proposals become cases


def proposed(clerk, schools, count=2):
    lacks, spares, _people = schools
    one = begun(clerk)
    return scenarios.propose_seats(
        actor=clerk, scenario=one, unit=spares, to_unit=lacks, kind=KIND, count=count
    )  # fmt: skip


def test_seats_move_once_a_second_person_decided(county_clerk, county_approver, county_a, schools):
    lacks, spares, _people = schools
    move = proposed(county_clerk, schools)
    made = becoming.make_adjustment(actor=county_clerk, proposal=move, on=TODAY, words="生源变化")
    assert (told(spares, TODAY)[0], told(lacks, TODAY)[0]) == (6, 12)
    with pytest.raises(NotAllowed, match="已经"):
        becoming.make_adjustment(actor=county_clerk, proposal=move, on=TODAY, words="再来一次")
    with pytest.raises(NotAllowed):
        advance(made.case, "approve", actor=county_clerk, data=PAPER)
    with pytest.raises(NotAllowed, match="文号"):
        advance(made.case, "approve", actor=county_approver, data={"document": " "})

    advance(made.case, "approve", actor=county_approver, data=PAPER)

    assert (told(spares, TODAY)[0], told(lacks, TODAY)[0]) == (4, 14)
    movement = SeatMovement.objects.get(kind="adjust")
    assert (movement.case_id, movement.document) == (made.case_id, PAPER["document"])
    # It is in the ledger now: the scenario does not count it a second time.
    move.refresh_from_db()
    assert row_of(plan_of(county_clerk, county_a, scenario=move.scenario), lacks).gap.approved == 14
    with pytest.raises(NotAllowed):
        scenarios.take_out(actor=county_clerk, part=move)
    with pytest.raises(NotAllowed):
        scenarios.drop_scenario(actor=county_clerk, scenario=move.scenario)


def test_seats_that_somebody_still_holds_do_not_move(county_clerk, county_approver, schools):
    lacks, spares, _people = schools
    move = proposed(county_clerk, schools, count=4)
    made = becoming.make_adjustment(actor=county_clerk, proposal=move, on=TODAY, words="退休后腾出")
    with pytest.raises(NotAllowed, match="3"):
        advance(made.case, "approve", actor=county_approver, data=PAPER)
    assert (told(spares, TODAY)[0], told(lacks, TODAY)[0]) == (6, 12)


def test_what_was_refused_may_be_asked_again(county_clerk, county_approver, schools):
    move = proposed(county_clerk, schools)
    made = becoming.make_adjustment(actor=county_clerk, proposal=move, on=TODAY, words="生源变化")
    advance(made.case, "refuse", actor=county_approver, comment="暂缓")
    again = becoming.make_adjustment(actor=county_clerk, proposal=move, on=AUGUST, words="下学年再调")
    assert again.pk != made.pk
    assert SeatAdjustment.objects.count() == 2


def test_a_case_is_made_on_the_page(county_clerk, login, schools):
    move = proposed(county_clerk, schools)
    client = login(county_clerk)
    address = reverse("proposal_case", args=[move.public_id])
    assert client.post(address, {"on": "2026-01-01", "words": "补办"}).status_code == 422
    answer = client.post(address, {"on": "2027-08-01", "words": "生源变化"})
    made = SeatAdjustment.objects.get()
    assert answer.headers["Location"] == reverse("case", args=[made.case.public_id])
    assert "青石县第一初级中学" in shown(client.get(answer.headers["Location"]))
    assert made.on == AUGUST


def test_teachers_to_recruit_become_a_draft_of_a_plan(county_clerk, county_approver, login, schools):
    lacks, spares, _people = schools
    one = begun(county_clerk)
    said = {"actor": county_clerk, "scenario": one, "stage": "junior"}
    scenarios.propose_recruits(**said, unit=lacks, subject="physics", number=3)
    scenarios.propose_recruits(**said, unit=spares, subject="music", number=1)

    asked = {"title": "2027年教师招聘", "words": "按规划"}
    assert login(county_clerk).post(reverse("scenario_draft", args=[one.public_id]), asked).status_code == 302

    plan = RecruitmentPlan.objects.get()
    rows = PlannedPost.objects.order_by("subject").values_list("unit", "subject", "number")
    assert (plan.case.state, plan.year) == ("draft", YEAR)
    assert list(rows) == [(spares.pk, "music", 1), (lacks.pk, "physics", 3)]
    with pytest.raises(NotAllowed, match="已"):
        becoming.draft_recruitment(actor=county_clerk, scenario=one, title="再来一次")
    advance(plan.case, "drop", actor=county_clerk, comment="缓招")
    assert becoming.draft_recruitment(actor=county_clerk, scenario=one, title="重新拟定").posts.count() == 2


# Queries


def queries(client, url):
    """How many queries a page takes; tables that are kept in the process are asked after every two seconds, whatever the schools."""
    cache.clear()
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    assert len(found) < 60
    return sum(not KEPT.search(one["sql"]) for one in found.captured_queries)


# The soak is a county of 5,000 teachers.
@pytest.mark.parametrize("schools", [6, pytest.param(100, marks=pytest.mark.soak)])
def test_a_county_needs_under_60_queries_whatever_its_schools(county_clerk, county_a, login, schools):
    people = 50 if schools > 6 else 3
    client = login(county_clerk)
    one, two = begun(county_clerk, "甲"), begun(county_clerk, "乙")
    many_schools(county_clerk, county_a, 2, 3)
    first, second = list(Unit.objects.filter(parent=county_a).order_by("pk")[:2])
    for scenario in (one, two):
        scenarios.enter_pupils(
            actor=county_clerk, scenario=scenario, unit=first, stage="junior", pupils=900, classes=18
        )
        scenarios.propose_seats(
            actor=county_clerk, scenario=scenario, unit=first, to_unit=second, kind=KIND, count=1
        )  # fmt: skip
        scenarios.propose_recruits(
            actor=county_clerk, scenario=scenario, unit=second, stage="junior", subject="music", number=1
        )  # fmt: skip
    urls = [
        reverse(name) for name in ("seats", "planning", "seat_differences", "scenarios_compare", "deployment", "duties")
    ]
    urls.append(reverse("scenario", args=[one.public_id]))
    few = {url: queries(client, url) for url in urls}

    many_schools(county_clerk, county_a, schools - 2, people, begin=2)

    many = {url: queries(client, url) for url in urls}
    assert many == few


def test_one_may_plan_as_many_years_ahead_as_the_parameters_say():
    assert planned_years(TODAY) == range(2027, 2037)
