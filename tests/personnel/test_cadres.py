"""Headships are proposed and decided at the level of the authority, end when they end, and a unit has one chief on any day."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.types.range import Range

from core.dates import DAY
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.parameters.models import ParameterVersion
from core.parameters.services import set_local
from core.records.changes import change
from core.records.errors import explained
from core.workflow.selectors import cases, inbox
from core.workflow.services import advance
from personnel.models import Employment, Headship, HeadshipProposal, PersonStatus
from personnel.models.cadre_triggers import NotOnStaff
from personnel.selectors.cadres import cadres, headships_of, members_of, next_term
from personnel.services.cadres import judge_head, propose_headship, record_headship
from personnel.services.merging import HERE, merge_files, plan_merge
from personnel.services.reserves import begin_reserve, enter_member, take_out_member
from tests.factories.people import make_actor, make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.cadres import DOCUMENT, classes, decided, heads, party_member, proposed
from tests.personnel.files import set_status

database = pytest.mark.django_db


@pytest.fixture
def zhang(school_a):
    return make_teacher("张三丰", school_a, birth=date(1980, 5, 1), sex="1")


def said(teacher, on=TODAY):
    return [(one.headship, one.unit_id) for one in headships_of(teacher, on)]


@database
def test_a_headship_begins_on_its_day_without_any_job(zhang, school_a, county_clerk, county_approver):
    ahead = TODAY + timedelta(days=70)
    one = proposed(county_clerk, zhang, school_a, begins=ahead, probation=True)
    assert not Headship.objects.exists()
    decided(one, county_approver)
    assert said(zhang, ahead - DAY) == []
    assert said(zhang, ahead) == [("principal", school_a.pk)]
    held = Headship.objects.get()
    assert (held.term, held.document, held.case_id) == (1, DOCUMENT, one.case_id)
    assert (held.term_last, held.probation_last) == (date(2032, 1, 30), date(2028, 1, 30))
    assert [row.teacher_id for row in cadres(replace(county_approver, on=ahead), ahead)] == [zhang.pk]


@database
def test_it_waits_at_the_bureau_of_the_parameters(zhang, school_a, county_a, city, county_clerk, county_approver):
    city_school = make_unit("school", "临江市第一中学", city)
    city_clerk, city_approver = make_actor("city_clerk", city), make_actor("city_approver", city)
    one = proposed(county_clerk, zhang, school_a)
    other = proposed(city_clerk, make_teacher("李市", city_school, birth=date(1980, 1, 1), sex="1"), city_school)
    assert [case.pk for case in inbox(county_approver)] == [one.case_id]
    assert [case.pk for case in inbox(city_approver)] == [other.case_id]
    advance(one.case, "refuse", actor=county_approver, comment="另行研究")
    _let_the_city_decide(county_a)
    again = proposed(county_clerk, zhang, school_a)
    assert again.case.unit_id == city.pk
    with pytest.raises(NotAllowed):
        decided(again, county_approver)
    decided(again, city_approver)
    assert said(zhang) == [("principal", school_a.pk)]


def _let_the_city_decide(county):
    data = dict(ParameterVersion.objects.get(table="personnel.headships").data)
    data["heads"] = [{**one, "decided": "city"} if one["headship"] == "principal" else one for one in data["heads"]]
    set_local(
        actor=system_actor(TODAY), table="personnel.headships", unit=county, on=date(2020, 1, 1), data=data,
        reference="临教〔2020〕1号", reason="本地规定",
    )  # fmt: skip


@database
def test_one_act_ends_one_headship_and_begins_another(school_a, second_school_a, county_clerk, county_approver):
    vice = heads(school_a, "vice_principal", since=date(2020, 9, 1), term_last=date(2025, 8, 31))
    begins = date(2026, 12, 1)
    one = proposed(
        county_clerk, vice.teacher, second_school_a, "principal", begins, removes=vice, ended_how="other_post"
    )
    decided(one, county_approver)
    vice.refresh_from_db()
    assert (vice.valid.upper, vice.ended_how, vice.end_document) == (begins, "other_post", DOCUMENT)
    assert said(vice.teacher, begins - DAY) == [("vice_principal", school_a.pk)]
    assert said(vice.teacher, begins) == [("principal", second_school_a.pk)]


@database
def test_a_removal_alone_ends_it(school_a, county_clerk, county_approver):
    held = heads(school_a, "principal")
    one = propose_headship(
        actor=county_clerk, teacher=held.teacher, begins=TODAY, words="到龄", removes=held, ended_how="retired"
    )
    decided(one, county_approver)
    assert said(held.teacher) == []
    assert said(held.teacher, TODAY - DAY) == [("principal", school_a.pk)]


@database
def test_the_next_term_is_a_record_of_its_own_and_terms_are_counted(school_a, county_clerk, county_approver):
    held = heads(school_a, "principal", since=date(2021, 9, 1), term_last=date(2026, 8, 31))
    decided(proposed(county_clerk, held.teacher, school_a, years=3), county_approver)
    rows = list(Headship.objects.order_by("valid"))
    assert [(one.term, one.valid.upper, one.ended_how) for one in rows] == [(1, TODAY, "next_term"), (2, None, "")]
    later = replace(county_clerk, on=date(2029, 11, 22))
    assert next_term(held.teacher, school_a, "principal", later.on) == 3
    with pytest.raises(NotAllowed, match="一般不超过2个任期；本次为第3个任期"):
        proposed(later, held.teacher, school_a, begins=later.on, years=3)
    one = proposed(later, held.teacher, school_a, begins=later.on, years=3, exception="青组〔2029〕3号")
    decided(one, replace(county_approver, on=later.on))
    assert Headship.objects.get(term=3).exception == "青组〔2029〕3号"


@database
def test_a_chief_has_no_second_beside_him(zhang, school_a, county_clerk, county_approver):
    heads(school_a, "principal", "王校长")
    one = proposed(county_clerk, zhang, school_a, exception="青组〔2026〕1号")
    with pytest.raises(NotAllowed, match="当日王校长任校长"):
        decided(one, county_approver)
    with pytest.raises(IntegrityError, match="headship_single"), transaction.atomic():
        heads(school_a, "principal", "李校长", since=date(2025, 1, 1))
    assert Headship.objects.count() == 1


@database
def test_a_chief_dated_ahead_is_found_too(zhang, school_a, county_clerk, county_approver):
    heads(school_a, "principal", "王校长", since=TODAY + timedelta(days=30))
    one = proposed(county_clerk, zhang, school_a)
    with pytest.raises(NotAllowed, match="自2026-12-22起任校长"):
        decided(one, county_approver)


@database
def test_an_acting_chief_stands_in_for_one_who_is_away_only(zhang, school_a, county_clerk, county_approver):
    chief = heads(school_a, "principal", "王校长")
    one = proposed(county_clerk, zhang, school_a, acting=True, years=None, probation=True)
    with pytest.raises(NotAllowed, match="王校长任校长且在岗"):
        decided(one, county_approver)
    set_status(chief.teacher, "long_sick", TODAY)
    decided(one, county_approver)
    acting = Headship.objects.get(acting=True)
    assert (acting.term_last, acting.probation_last) == (None, None)
    assert said(chief.teacher) == [("principal", school_a.pk)]
    with pytest.raises(NotAllowed, match="只有校长"):
        proposed(county_clerk, make_teacher("钱", school_a), school_a, "vice_principal", acting=True)


@database
def test_who_has_retired_leads_no_more_and_the_post_is_free(zhang, school_a, county_clerk, county_approver):
    chief = heads(school_a, "principal", "王校长")
    set_status(chief.teacher, "retired", date(2026, 11, 1))
    assert said(chief.teacher) == []
    assert not cadres(county_clerk, TODAY).exists()
    decided(proposed(county_clerk, zhang, school_a), county_approver)
    chief.refresh_from_db()
    assert chief.valid.upper == date(2026, 11, 1)
    assert said(zhang) == [("principal", school_a.pk)]


def written_around(unit, teacher):
    """A headship that no service wrote, as its transaction ends."""
    with transaction.atomic():
        heads(unit, "vice_principal", since=TODAY, teacher=teacher)
        with explained(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@database
def test_nobody_who_has_left_is_proposed_or_written_down(school_a, county_clerk):
    left = make_teacher("钱离", school_a, until=date(2025, 9, 1))
    with pytest.raises(NotAllowed, match="不是在职人员"):
        proposed(county_clerk, left, school_a)
    with pytest.raises(NotOnStaff, match="钱离在2026-11-22不是在职人员"):
        written_around(school_a, left)
    dead = make_teacher("孙故", school_a)
    set_status(dead, "died", date(2026, 1, 1))
    with pytest.raises(NotAllowed, match="不是在职人员"):
        proposed(county_clerk, dead, school_a)


@database
def test_numbers_follow_the_size_of_the_school(zhang, school_a, county_clerk, county_approver):
    heads(school_a, "vice_principal", "李副")
    with pytest.raises(NotAllowed, match="核定1个，含本次任职：2个"):
        proposed(county_clerk, zhang, school_a, "vice_principal")
    classes(school_a, 12)
    decided(proposed(county_clerk, zhang, school_a, "vice_principal"), county_approver)
    assert Headship.objects.filter(headship="vice_principal", valid__contains=TODAY).count() == 2


@database
def test_a_secretary_is_of_the_party_and_may_be_the_principal(zhang, school_a, county_clerk, county_approver):
    with pytest.raises(NotAllowed, match="须由中共党员担任"):
        proposed(county_clerk, zhang, school_a, "secretary")
    party_member(zhang)
    decided(proposed(county_clerk, zhang, school_a, "secretary"), county_approver)
    decided(proposed(county_clerk, zhang, school_a, "principal"), county_approver)
    assert {one for one, _unit in said(zhang)} == {"secretary", "principal"}


@database
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"words": " "}, "请写明原因"), ({"headship": ""}, "职务"), ({"headship": "emperor"}, "代码"), ({"years": None}, "任期年限"),
        ({"years": 9}, "3至6年"), ({"begins": date(1999, 1, 1)}, "不是在职人员"),
    ],
)  # fmt: skip
def test_bad_proposals_are_refused_with_words_and_nothing_is_half_done(zhang, school_a, county_clerk, more, words):
    with pytest.raises(NotAllowed, match=words):
        proposed(county_clerk, zhang, school_a, **more)
    assert not HeadshipProposal.objects.exists()


@database
def test_a_closed_school_a_bureau_and_anothers_headship_are_refused(
    zhang, school_a, county_a, school_b, county_clerk, second_school_a
):
    for unit in (county_a, school_b):
        with pytest.raises(NotAllowed):
            proposed(county_clerk, zhang, unit)
    with change("test.close", actor=system_actor(TODAY), reason="test ground"):
        second_school_a.closed = TODAY
        second_school_a.save()
    with pytest.raises(NotAllowed, match="单位"):
        proposed(county_clerk, zhang, second_school_a)
    held = heads(school_a, "principal", "王校长")
    with pytest.raises(NotAllowed, match="他人"):
        propose_headship(actor=county_clerk, teacher=zhang, begins=TODAY, words="误", removes=held, ended_how="other")


@database
def test_one_proposal_about_a_person_waits_at_a_time(zhang, school_a, county_clerk, county_approver):
    one = proposed(county_clerk, zhang, school_a)
    with pytest.raises(NotAllowed, match="另有任免事项"):
        proposed(county_clerk, zhang, school_a, "vice_principal")
    advance(one.case, "withdraw", actor=county_clerk)
    proposed(county_clerk, zhang, school_a, "vice_principal")


@database
def test_whom_it_is_about_and_the_school_are_not_told(school_a, county_a, county_clerk, school_clerk, county_approver):
    approver = make_actor("county_approver", county_a, name="周科长")
    zhou = make_teacher("周科长", school_a, user=approver.user, birth=date(1980, 1, 1), sex="1")
    one = proposed(county_clerk, zhou, school_a)
    assert cases(county_approver).filter(pk=one.case_id).exists()
    for actor in (approver, school_clerk):
        assert not cases(actor).filter(pk=one.case_id).exists()
        assert not HeadshipProposal.objects.visible_to(school_clerk).exists()
    with pytest.raises(NotAllowed):
        decided(one, approver)
    decided(one, county_approver)
    assert cases(approver).filter(pk=one.case_id).exists()


@database
def test_only_the_roles_of_it_propose_and_decide(zhang, school_a, county_clerk, county_approver, teacher_actor):
    for actor in (county_approver, teacher_actor):
        with pytest.raises(NotAllowed, match="不能提出"):
            proposed(actor, zhang, school_a)
    one = proposed(county_clerk, zhang, school_a)
    with pytest.raises(NotAllowed):
        decided(one, county_clerk)


@database
def test_who_leads_already_is_recorded_by_the_document(zhang, school_a, county_clerk, county_approver):
    given = {"teacher": zhang, "unit": school_a, "headship": "principal", "since": date(2022, 9, 1)}
    with pytest.raises(NotAllowed, match="不能审批"):
        record_headship(actor=county_clerk, document="旧文", **given)
    with pytest.raises(NotAllowed, match="任职文号"):
        record_headship(actor=county_approver, document=" ", **given)
    with pytest.raises(NotAllowed, match="不能登记"):
        record_headship(actor=county_approver, document="旧文", **{**given, "since": TODAY + DAY})
    record_headship(actor=county_approver, document="旧文", term=2, term_last=date(2027, 8, 31), **given)
    assert said(zhang) == [("principal", school_a.pk)]
    assert next_term(zhang, school_a, "principal", TODAY) == 3
    with pytest.raises(NotAllowed, match="张三丰任校长"):
        record_headship(actor=county_approver, document="旧文", **{**given, "teacher": make_teacher("李", school_a)})


@database
def test_a_probation_is_judged_once(school_a, county_clerk, county_approver):
    held = heads(school_a, "principal", probation_last=date(2024, 8, 31))
    with pytest.raises(NotAllowed):
        judge_head(actor=county_clerk, headship=held, verdict="passed", on=TODAY)
    with pytest.raises(NotAllowed, match="不晚于今天"):
        judge_head(actor=county_approver, headship=held, verdict="passed", on=TODAY + DAY)
    judge_head(actor=county_approver, headship=held, verdict="passed", on=date(2024, 9, 5), document="青教〔2024〕9号")
    with pytest.raises(NotAllowed, match="已经考核"):
        judge_head(actor=county_approver, headship=held, verdict="failed", on=TODAY)


def test_of_two_who_decide_on_one_post_at_once_one_is_refused(committed_db, school_a, county_a, county_clerk):
    approvers = [make_actor("county_approver", county_a, name=f"审{number}") for number in range(2)]
    waiting = [
        proposed(county_clerk, make_teacher(f"候选{number}", school_a, birth=date(1980, 1, 1), sex="1"), school_a)
        for number in range(2)
    ]
    start, told = threading.Barrier(2), []

    def work(number):
        start.wait()
        try:
            decided(waiting[number], approvers[number])
        except NotAllowed as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Headship.objects.filter(valid__contains=TODAY).count() == 1
    assert len(told) == 1
    assert "任校长" in told[0]


@database
def test_a_reserve_is_drawn_up_by_one_and_decided_by_another(
    zhang, school_a, county_clerk, county_approver, school_clerk
):
    made = begin_reserve(actor=county_clerk, year=2026)
    with pytest.raises(NotAllowed, match="还没有人"):
        advance(made.case, "send", actor=county_clerk)
    with pytest.raises(NotAllowed, match="已存在"):
        begin_reserve(actor=county_clerk, year=2026)
    with pytest.raises(NotAllowed, match="由教育局管理"):
        begin_reserve(actor=school_clerk, year=2026)
    given = {"actor": county_clerk, "reserve": made, "headship": "vice_principal", "named_by": "青石一中党总支"}
    enter_member(teacher=zhang, **given)
    with pytest.raises(NotAllowed, match="已在名单中"):
        enter_member(teacher=zhang, **given)
    other = enter_member(teacher=make_teacher("李", school_a), **given)
    take_out_member(actor=county_clerk, member=other)
    advance(made.case, "send", actor=county_clerk)
    with pytest.raises(NotAllowed, match="已送审"):
        enter_member(teacher=make_teacher("赵", school_a), **given)
    with pytest.raises(NotAllowed):
        advance(made.case, "decide", actor=county_clerk)
    advance(made.case, "decide", actor=county_approver)
    made.case.refresh_from_db()
    assert (made.case.state, made.members.count()) == ("decided", 1)


@database
def test_a_headship_ends_with_the_employment_by_its_days(school_a, county_clerk):
    held = heads(school_a, "principal")
    job = Employment.objects.get(teacher=held.teacher)
    with change("test.end", actor=system_actor(TODAY), reason="test ground"):
        job.valid = Range(job.valid.lower, TODAY)
        job.save()
    assert said(held.teacher, TODAY - DAY) == [("principal", school_a.pk)]
    assert said(held.teacher) == []
    assert not PersonStatus.objects.exists()


@database
def test_two_files_of_one_person_become_one_with_headship_reserve_and_proposal(zhang, school_a, county_clerk):
    other = heads(school_a, "vice_principal", "张三丰").teacher
    made = begin_reserve(actor=county_clerk, year=2026)
    for teacher in (zhang, other):
        enter_member(actor=county_clerk, reserve=made, teacher=teacher, headship="principal", named_by="党总支")
    one = proposed(county_clerk, other, school_a)
    chosen = dict.fromkeys(plan_merge(zhang, other).questions, HERE)
    merge_files(actor=county_clerk, stays=zhang, goes=other, chosen=chosen, reason="重复建档")
    assert said(zhang) == [("vice_principal", school_a.pk)]
    assert HeadshipProposal.objects.get().teacher_id == zhang.pk
    assert [row.teacher_id for row in members_of(made)] == [zhang.pk]
    assert one.case.state == "proposed"
