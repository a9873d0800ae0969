"""The road of a recruitment, with what goes wrong on it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.urls import reverse
from psycopg.types.range import Range

from core.exchange.evidence import Evidence
from core.org.errors import NotAllowed
from core.publicity.models import Publicity
from core.publicity.services import object_to, stop
from core.records.changes import change
from core.records.errors import AppendOnly, explained
from core.records.models import Change
from core.records.vault import ErasedValue
from core.workflow.selectors import cases, inbox
from core.workflow.services import advance
from personnel.models import (
    Applicant,
    Contract,
    Education,
    Employment,
    IdentityDocument,
    PersonStatus,
    PostAppointment,
    Teacher,
)
from personnel.selectors.recruitment import findings_of, name_of, of_receipt, said_of
from personnel.services.merging.plan import plan_merge
from personnel.services.merging.writing import merge_files
from personnel.services.recruitment.applying import mend, withdraw
from personnel.services.recruitment.examining import Refused, enter_extra, enter_judged, enter_written
from personnel.services.recruitment.forgetting import forget_applicants
from personnel.services.recruitment.planning import add_row, draw_up_notice, draw_up_plan, remove_row, set_conditions
from tests.core.exchange.papers import PDF
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY, FixedClock
from tests.personnel.posts import set_posts
from tests.personnel.recruiting import CONDITIONS, LAST, applies, fresh, later, number_of, recruitment_open
from tests.personnel.seats import approved, told

pytestmark = pytest.mark.django_db
LEVEL = "p12"


@pytest.fixture
def at_day(monkeypatch):
    def set_to(day):
        fixed = type(
            "Fixed",
            (FixedClock,),
            {"now": classmethod(lambda cls, tz=None: cls(day.year, day.month, day.day, 9, tzinfo=tz))},
        )
        monkeypatch.setattr("core.dates.datetime", fixed)

    return set_to


@pytest.fixture
def opened(county_clerk, county_approver, school_a):
    """A post for two teachers of mathematics that asks for conditions."""
    return recruitment_open(county_clerk, school_a, wanted=2, conditions=CONDITIONS, approver=county_approver)


def step(recruitment, name, actor, **data):
    return advance(fresh(recruitment).case, name, actor=actor, comment=data.pop("comment", "按公告办理"), data=data)


def qualify(actor, *people):
    for one in people:
        advance(one.case, "qualify", actor=actor)


def stages(recruitment):
    return dict(Applicant.objects.filter(recruitment=recruitment).values_list("serial", "stage"))


def ranked(recruitment, clerk, written, judged):
    """Everybody qualified, examined and ranked; `written` and `judged` are by application number."""
    qualify(clerk, *Applicant.objects.filter(recruitment=recruitment, stage="applied").select_related("case"))
    after = later(clerk, 1)
    step(recruitment, "close", after)
    enter_written(
        actor=after, recruitment=fresh(recruitment), text="\n".join(f"{one}\t{score}" for one, score in written.items())
    )
    step(recruitment, "list", after)
    enter_judged(
        actor=after, recruitment=fresh(recruitment), text="\n".join(f"{one} {score}" for one, score in judged.items())
    )
    step(recruitment, "rank", after)
    return after


def check(recruitment, clerk, applicant, *, failing=""):
    for kind in ("physical", "background", "ban"):
        if fresh(recruitment).case.state == "checking" and Applicant.objects.get(pk=applicant.pk).stage == "called":
            step(
                recruitment,
                "check",
                clerk,
                applicant=applicant.pk,
                kind=kind,
                on=clerk.on,
                by="县人民医院",
                passed=kind != failing,
            )


def check_called(recruitment, clerk):
    for one in Applicant.objects.filter(recruitment=recruitment, stage="called"):
        check(recruitment, clerk, one)


def published(recruitment, clerk):
    check_called(recruitment, clerk)
    step(recruitment, "publish", clerk)
    return Publicity.objects.latest("pk")


def test_a_plan_is_approved_by_a_second_person_and_only_then_a_notice_drawn_up(county_clerk, county_approver, school_a):
    plan = draw_up_plan(actor=county_clerk, year=2026, title="2026年招聘计划", words="缺编12人")
    with pytest.raises(NotAllowed, match="至少"):
        advance(plan.case, "send", actor=county_clerk)
    add_row(actor=county_clerk, plan=plan, unit=school_a, stage="junior", subject="mathematics", number=2)
    with pytest.raises(NotAllowed, match="已有"):
        add_row(actor=county_clerk, plan=plan, unit=school_a, stage="junior", subject="mathematics", number=1)
    with pytest.raises(NotAllowed, match="尚未批准"):
        draw_up_notice(actor=county_clerk, plan=plan, values={})
    case = advance(plan.case, "send", actor=county_clerk)
    with pytest.raises(NotAllowed):
        advance(case, "approve", actor=county_clerk)
    assert case in list(inbox(county_approver))
    assert advance(case, "approve", actor=county_approver).state == "approved"


def test_a_notice_runs_as_many_working_days_as_the_rules_ask(county_clerk, school_a):
    with pytest.raises(NotAllowed, match="个工作日"):
        recruitment_open(county_clerk, school_a, last=TODAY + timedelta(5))
    with pytest.raises(NotAllowed, match="0至100"):
        recruitment_open(county_clerk, school_a, weight=120)


def test_nobody_is_recruited_for_a_closed_school_nor_by_a_school(
    county_clerk, school_clerk, school_a, school_b, system
):
    plan = draw_up_plan(actor=county_clerk, year=2026, title="计划", words="")
    with pytest.raises(NotAllowed, match="不属于"):
        add_row(actor=county_clerk, plan=plan, unit=school_b, stage="junior", subject="english", number=1)
    with change("test.close", actor=system, reason="撤并"):
        school_a.closed = TODAY
        school_a.save()
    with pytest.raises(NotAllowed, match="撤销"):
        add_row(actor=county_clerk, plan=plan, unit=school_a, stage="junior", subject="english", number=1)
    with pytest.raises(NotAllowed):
        draw_up_plan(actor=school_clerk, year=2026, title="计划", words="")


def test_conditions_stand_once_the_notice_was_sent(opened, county_clerk):
    with pytest.raises(NotAllowed, match="不再更改"):
        set_conditions(actor=county_clerk, post=opened.posts.get(), values={"age_most": 50})


def test_who_applies_is_sealed_and_found_by_the_receipt_alone(opened):
    one, receipt = applies(opened, 1, name="张三丰")

    assert (name_of(one), said_of(one)["major"], said_of(one)["birth"]) == ("张三丰", "数学与应用数学", "1995-01-02")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(a)::text FROM personnel_applicant a WHERE id = %s", [one.pk])
        stored = cursor.fetchone()[0]
    assert not any(secret in stored for secret in ("张三丰", number_of(1), "数学与应用数学", "13900000001"))
    assert of_receipt(receipt) == one
    written = Change.objects.filter(kind="personnel.apply").get()
    assert (written.actor.username, written.unit) == ("system", opened.unit)


def test_one_post_by_the_notice_and_each_post_once(county_clerk, school_a):
    one_post = recruitment_open(county_clerk, school_a, subjects=("mathematics", "english"))
    applies(one_post, 1)
    with pytest.raises(NotAllowed, match="只能报考一个岗位"):
        applies(one_post, 1, post=one_post.posts.get(number=2))
    several = recruitment_open(county_clerk, school_a, subjects=("mathematics", "english"), one_post=False)
    applies(several, 1)
    applies(several, 1, post=several.posts.get(number=2))
    with pytest.raises(NotAllowed, match="已有"):
        applies(several, 1)


def test_who_withdraws_may_apply_again(opened):
    first, _receipt = applies(opened, 1)
    withdraw(applicant=first)
    second, _again = applies(opened, 1)
    assert stages(opened) == {1: "withdrawn", 2: "applied"}
    assert second.serial == 2


def test_outside_the_days_and_with_a_false_number_nobody_applies(opened, at_day, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("tests.personnel.recruiting.number_of", lambda _place: "350726199501020000")
        with pytest.raises(NotAllowed, match="身份证"):
            applies(opened, 1)
    at_day(LAST + timedelta(1))
    with pytest.raises(NotAllowed, match="不在报名时间"):
        applies(opened, 1)


def test_what_can_be_mended_goes_back_and_comes_again(opened, county_clerk):
    one, receipt = applies(opened, 1, putonghua="")
    assert [found.met for found in findings_of(one)] == [True, True, False, True]
    with pytest.raises(NotAllowed, match="不符合"):
        advance(one.case, "qualify", actor=county_clerk)
    case = advance(one.case, "return", actor=county_clerk, comment="请上传普通话证书", reasons=["no_paper"])
    assert (case.state, case.reasons) == ("returned", ["no_paper"])
    one = of_receipt(receipt)
    mend(
        applicant=one,
        phone="13900000002",
        said={**said_of(one), "putonghua": "2A"},
        files=[Evidence("证书.pdf", PDF, "application/pdf")],
    )
    one = of_receipt(receipt)
    assert (one.case.state, one.phone.reveal(), one.files.count()) == ("applied", "13900000002", 1)
    assert said_of(one)["birth"] == "1995-01-02", "what the number says cannot be mended"
    advance(one.case, "qualify", actor=county_clerk)
    assert stages(opened) == {1: "qualified"}


def test_who_is_refused_reads_a_coded_reason(opened, county_clerk):
    one, receipt = applies(opened, 1, major="汉语言文学")
    advance(one.case, "refuse", actor=county_clerk, comment="专业不符", reasons=["major"])
    assert (of_receipt(receipt).stage, of_receipt(receipt).case.reasons) == ("refused", ["major"])


def test_applications_are_closed_when_all_are_decided_and_the_days_over(opened, county_clerk):
    one, _receipt = applies(opened, 1)
    with pytest.raises(NotAllowed, match=str(LAST)):
        step(opened, "close", county_clerk)
    with pytest.raises(NotAllowed, match="1 份报名"):
        step(opened, "close", later(county_clerk, 1))
    qualify(county_clerk, one)
    step(opened, "close", later(county_clerk, 1))
    assert opened.posts.get().places == 1, "two places, but one applicant for each is the minimum"


def test_a_post_with_too_few_applicants_is_closed(county_clerk, county_approver, school_a):
    few = recruitment_open(county_clerk, school_a, wanted=1, opening=3, approver=county_approver)
    people = [applies(few, place)[0] for place in (1, 2)]
    qualify(county_clerk, *people)
    step(few, "close", later(county_clerk, 1))
    assert (few.posts.get().places, stages(few)) == (0, {1: "closed", 2: "closed"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9\t80", "不是本次考试的报名序号"),
        ("1\t80\n1\t81", "重复"),
        ("1\t101", "不在0至100之间"),
        ("1\t-1", "不在0至100之间"),
        ("1\t八十", "不是分数"),
        ("1", "应为报名序号和成绩"),
        ("1\t80\t70", "应为报名序号和成绩"),
        ("1\tNaN", "不是分数"),
        ("1\t1e2", "不是分数"),
        ("", "没有"),
    ],
)
def test_a_wrong_line_refuses_all_lines_with_words(opened, county_clerk, text, words):
    people = [applies(opened, place)[0] for place in (1, 2, 3)]
    qualify(county_clerk, *people)
    step(opened, "close", later(county_clerk, 1))
    with pytest.raises(Refused, match=words):
        enter_written(actor=county_clerk, recruitment=fresh(opened), text=f"2\t70\n3\t60\n{text}" if text else "")
    assert not Applicant.objects.filter(written__isnull=False).exists()


def test_the_interview_list_follows_the_ratio_and_takes_ties_in(county_clerk, county_approver, school_a):
    made = recruitment_open(county_clerk, school_a, wanted=1, ratio=2, approver=county_approver)
    people = [applies(made, place)[0] for place in range(1, 6)]
    qualify(county_clerk, *people)
    after = later(county_clerk, 1)
    step(made, "close", after)
    with pytest.raises(NotAllowed, match="1, 2, 3, 4, 5"):
        step(made, "list", after)
    enter_written(actor=after, recruitment=fresh(made), text="1,90\n2,80\n3,80\n4,70\n5,缺考")
    step(made, "list", after)
    assert stages(made) == {1: "interview", 2: "interview", 3: "interview", 4: "below", 5: "below"}


def test_from_interviews_to_hires_in_one_road(opened, county_clerk, county_approver, school_a):
    for place in (1, 2, 3, 4):
        applies(opened, place, name=f"应聘者{place}")
    clerk = ranked(
        opened, county_clerk, {1: 90, 2: 85, 3: 80, 4: 70}, {1: "80 82 84 86 99", 2: "90 90 90 90 90", 3: 85, 4: 60}
    )
    first = Applicant.objects.get(recruitment=opened, serial=1)
    assert (first.interview, first.total, first.place) == (Decimal(84), Decimal(87), 2)
    assert stages(opened) == {1: "called", 2: "called", 3: "ranked", 4: "ranked"}
    with pytest.raises(NotAllowed, match="1, 2"):
        step(opened, "publish", clerk)
    shown = published(opened, clerk)
    assert [row.masked for row in shown.rows.order_by("place")] == ["应*", "应*"]
    assert shown.rows.get(place=1).values["total"] == "87.50"
    late = replace(county_approver, on=shown.last_day + timedelta(1))
    with pytest.raises(NotAllowed, match=str(shown.last_day)):
        step(
            opened,
            "hire",
            replace(county_approver, on=shown.last_day),
            starts=date(2027, 2, 1),
            document="青教〔2027〕3号",
        )
    step(opened, "hire", late, starts=date(2027, 2, 1), document="青教〔2027〕3号")

    teacher = Teacher.objects.get(name="应聘者1")
    spell = Employment.objects.get(teacher=teacher)
    assert (spell.unit, spell.valid.lower, spell.came_how, spell.in_quota) == (
        school_a,
        date(2027, 2, 1),
        "recruited",
        True,
    )
    assert IdentityDocument.objects.get(teacher=teacher).number.reveal() == number_of(1)
    assert Education.objects.get(teacher=teacher).subject == "数学与应用数学"
    assert (teacher.birth, teacher.pinyin) == (date(1995, 1, 2), "ying pin zhe 1")
    one_change = {
        row.change_id for row in [*Teacher.history.filter(id=teacher.pk), *Employment.history.filter(teacher=teacher)]
    }
    assert len(one_change) == 1
    assert Change.objects.get(pk=one_change.pop()).document == "青教〔2027〕3号"
    step(opened, "finish", clerk)
    assert fresh(opened).case.state == "done"


@pytest.mark.parametrize(
    ("years", "worked", "months", "first", "probation_last"),
    [
        (3, False, None, True, date(2028, 1, 31)),
        (5, False, None, True, date(2028, 1, 31)),
        (2, False, None, True, None),
        (3, True, 6, False, date(2027, 7, 31)),
        (3, True, None, False, None),
    ],
)
def test_who_is_hired_has_a_contract_with_the_probation_of_the_rules(
    opened, county_clerk, county_approver, school_a, years, worked, months, first, probation_last
):
    applies(opened, 1)
    clerk = ranked(opened, county_clerk, {1: 90}, {1: 90})
    over = replace(county_approver, on=published(opened, clerk).last_day + timedelta(1))
    one = Applicant.objects.get(recruitment=opened)
    said = {"years": years, "worked": [one.pk] if worked else [], "months": months}
    step(opened, "hire", over, starts=date(2027, 2, 1), document="青教〔2027〕3号", **said)

    teacher = Teacher.objects.get(applications=one)
    made = Contract.objects.get(teacher=teacher)
    assert (made.unit, made.valid.lower, made.valid.upper) == (school_a, date(2027, 2, 1), date(2027 + years, 2, 1))
    assert (made.kind, made.first_job, made.probation_last) == ("appointment", first, probation_last)
    assert Employment.objects.get(teacher=teacher).contract == "appointment"
    made_by = {
        row.change_id for row in [*Contract.history.filter(teacher=teacher), *Teacher.history.filter(id=teacher.pk)]
    }
    assert len(made_by) == 1, "file and contract come in one change"


def test_a_probation_above_the_rules_hires_nobody(opened, county_clerk, county_approver):
    for place in (1, 2):
        applies(opened, place)
    clerk = ranked(opened, county_clerk, {1: 90, 2: 80}, {1: 90, 2: 80})
    over = replace(county_approver, on=published(opened, clerk).last_day + timedelta(1))
    second = Applicant.objects.get(recruitment=opened, serial=2)
    said = {"starts": date(2027, 2, 1), "document": "青教〔2027〕3号", "worked": [second.pk], "months": 7}
    with pytest.raises(NotAllowed, match="试用期"):
        step(opened, "hire", over, **said)
    assert stages(opened) == {1: "published", 2: "published"}
    assert not Contract.objects.exists()


def test_who_is_hired_is_appointed_where_the_level_is_known(opened, county_clerk, county_approver, school_a):
    for place in (1, 2):
        applies(opened, place)
    clerk = ranked(opened, county_clerk, {1: 90, 2: 80}, {1: 90, 2: 80})
    over = replace(county_approver, on=published(opened, clerk).last_day + timedelta(1))
    set_posts(school_a, **{LEVEL: 1})
    said = {"starts": date(2027, 2, 1), "document": "青教〔2027〕3号", "level": LEVEL}
    with pytest.raises(NotAllowed, match=str(school_a)):
        step(opened, "hire", over, **said)
    assert not PostAppointment.objects.exists()
    assert stages(opened) == {1: "published", 2: "published"}
    leaver = Applicant.objects.get(recruitment=opened, serial=2)
    step(opened, "leave", clerk, applicant=leaver.pk, how="withdrawn", why="考取外地岗位")
    step(opened, "hire", over, **said)
    held = PostAppointment.objects.get()
    assert (held.level, held.unit, held.place, held.valid.lower, held.document) == (
        LEVEL, school_a, "ratio", date(2027, 2, 1), "青教〔2027〕3号",
    )  # fmt: skip


def test_who_is_hired_takes_a_seat_and_nobody_is_where_one_is_missing(opened, county_clerk, county_approver, school_a):
    for place in (1, 2):
        applies(opened, place)
    clerk = ranked(opened, county_clerk, {1: 90, 2: 80}, {1: 90, 2: 80})
    shown = published(opened, clerk)
    late, starts = replace(county_approver, on=shown.last_day + timedelta(1)), date(2027, 2, 1)
    approved(county_clerk, school_a, 1)
    with pytest.raises(NotAllowed, match=str(school_a)):
        step(opened, "hire", late, starts=starts, document="青教〔2027〕3号")
    assert stages(opened) == {1: "published", 2: "published"}
    assert told(school_a, starts) == (1, 0, 0, 1, 0)
    assert not Teacher.objects.filter(name="应聘者1").exists()

    approved(county_clerk, school_a, 1)
    step(opened, "hire", late, starts=starts, document="青教〔2027〕3号")
    assert told(school_a, starts) == (2, 2, 0, 0, 0)


def test_a_tie_over_the_last_place_waits_for_an_extra_exam(opened, county_clerk):
    for place in (1, 2, 3):
        applies(opened, place)
    clerk = ranked(opened, county_clerk, {1: 90, 2: 80, 3: 80}, {1: 90, 2: 80, 3: 80})
    assert stages(opened) == {1: "called", 2: "ranked", 3: "ranked"}
    step(opened, "call", clerk)
    assert stages(opened)[2] == "ranked"
    enter_extra(actor=clerk, recruitment=fresh(opened), text="2 70\n3 75")
    step(opened, "call", clerk)
    assert stages(opened) == {1: "called", 2: "ranked", 3: "called"}


def test_who_fails_a_check_is_followed_by_the_next_in_rank(opened, county_clerk):
    for place in (1, 2, 3):
        applies(opened, place)
    clerk = ranked(opened, county_clerk, {1: 90, 2: 80, 3: 70}, {1: 90, 2: 80, 3: 70})
    check(opened, clerk, Applicant.objects.get(recruitment=opened, serial=1), failing="physical")
    assert stages(opened) == {1: "failed", 2: "called", 3: "called"}
    assert Applicant.objects.get(recruitment=opened, serial=1).why == "体检未通过"
    check_called(opened, clerk)
    step(opened, "publish", clerk)
    assert stages(opened) == {1: "failed", 2: "published", 3: "published"}


def test_who_withdraws_while_published_is_struck_and_the_next_is_called_afterwards(
    opened, county_clerk, county_approver
):
    for place in (1, 2, 3):
        applies(opened, place)
    clerk = ranked(opened, county_clerk, {1: 90, 2: 80, 3: 70}, {1: 90, 2: 80, 3: 70})
    shown = published(opened, clerk)
    leaver = Applicant.objects.get(recruitment=opened, serial=2)
    step(opened, "leave", clerk, applicant=leaver.pk, how="withdrawn", why="考取外地岗位")
    assert shown.rows.get(subject_id=leaver.pk).struck
    over = shown.last_day + timedelta(1)
    step(opened, "hire", replace(county_approver, on=over), starts=date(2027, 2, 1), document="青教〔2027〕3号")
    assert stages(opened) == {1: "hired", 2: "withdrawn", 3: "ranked"}
    clerk = replace(clerk, on=over)
    step(opened, "call_next", clerk)
    second = published(opened, clerk)
    assert [row.values["serial"] for row in second.rows.all()] == ["3"]
    step(
        opened,
        "hire",
        replace(county_approver, on=second.last_day + timedelta(1)),
        starts=date(2027, 3, 1),
        document="青教〔2027〕9号",
    )
    assert stages(opened) == {1: "hired", 2: "withdrawn", 3: "hired"}


def test_an_upheld_objection_takes_somebody_off_and_holds_up_the_rest_until_then(opened, county_clerk, county_approver):
    for place in (1, 2):
        applies(opened, place)
    clerk = ranked(opened, county_clerk, {1: 90, 2: 80}, {1: 90, 2: 80})
    shown = published(opened, clerk)
    over = replace(county_approver, on=shown.last_day + timedelta(1))
    hire = {"starts": date(2027, 2, 1), "document": "青教〔2027〕3号"}
    made, _receipt = object_to(
        publicity=shown, row=shown.rows.get(place=1), text="学历造假", named=False, on=shown.opened_on
    )
    with pytest.raises(NotAllowed, match="1 件异议"):
        step(opened, "hire", over, **hire)
    advance(made.case, "uphold", actor=over, comment="学信网查无", data={"answer": "经核查属实。", "then": "strike"})
    assert stages(opened) == {1: "failed", 2: "published"}
    step(opened, "hire", over, **hire)
    assert stages(opened) == {1: "failed", 2: "hired"}


def test_a_stopped_publicity_leads_back_to_the_checks(opened, county_clerk, county_approver):
    applies(opened, 1)
    clerk = ranked(opened, county_clerk, {1: 90}, {1: 90})
    shown = published(opened, clerk)
    with pytest.raises(NotAllowed):
        step(opened, "again", clerk)
    stop(actor=clerk, publicity=shown, reason="名单有误")
    with pytest.raises(NotAllowed, match="终止"):
        step(
            opened,
            "hire",
            replace(county_approver, on=shown.last_day + timedelta(1)),
            starts=date(2027, 2, 1),
            document="x",
        )
    step(opened, "again", clerk)
    assert stages(opened) == {1: "called"}
    step(opened, "publish", clerk)
    assert Publicity.objects.filter(subject_id=opened.pk).count() == 2


def test_the_database_hires_nobody_before_the_publicity_has_passed(opened, county_clerk, county_approver):
    applies(opened, 1)
    clerk = ranked(opened, county_clerk, {1: 90}, {1: 90})
    published(opened, clerk)
    one = Applicant.objects.get(recruitment=opened)
    teacher = make_teacher("后门")
    with pytest.raises(AppendOnly, match="has passed"), change("test.past", actor=county_approver, reason="绕过"):
        with transaction.atomic(), connection.cursor() as cursor, explained():
            cursor.execute(
                "UPDATE personnel_applicant SET stage = 'hired', hired_id = %s WHERE id = %s", [teacher.pk, one.pk]
            )
    one.refresh_from_db()
    assert one.stage == "published"


def test_who_has_a_file_already_is_not_hired_and_nothing_is_half_done(opened, county_clerk, county_approver, school_b):
    for place in (1, 2):
        applies(opened, place)
    clerk = ranked(opened, county_clerk, {1: 90, 2: 80}, {1: 90, 2: 80})
    shown = published(opened, clerk)
    make_teacher("在职者", school_b, identity_number=number_of(2))
    with pytest.raises(NotAllowed, match="调动"):
        step(
            opened,
            "hire",
            replace(county_approver, on=shown.last_day + timedelta(1)),
            starts=date(2027, 2, 1),
            document="青教〔2027〕3号",
        )
    assert stages(opened) == {1: "published", 2: "published"}
    assert fresh(opened).case.state == "publicity"
    assert not Teacher.objects.filter(name="应聘者1").exists()


def test_another_county_finds_neither_recruitment_nor_applicant(opened, other_county_clerk, county_clerk):
    applies(opened, 1)
    assert not Applicant.objects.visible_to(other_county_clerk).exists()
    assert not cases(other_county_clerk).exists()
    assert Applicant.objects.visible_to(county_clerk).count() == 1


def test_applicants_are_forgotten_after_their_time_and_hires_keep_their_files(opened, county_clerk, county_approver):
    for place in (1, 2):
        applies(opened, place, name=f"应聘者{place}")
    clerk = ranked(opened, county_clerk, {1: 90, 2: 80}, {1: 90, 2: 80})
    leaver = Applicant.objects.get(recruitment=opened, serial=2)
    step(opened, "fall_out", clerk, applicant=leaver.pk, how="withdrawn", why="放弃")
    shown = published(opened, clerk)
    step(
        opened,
        "hire",
        replace(county_approver, on=shown.last_day + timedelta(1)),
        starts=date(2027, 2, 1),
        document="青教〔2027〕3号",
    )
    step(opened, "finish", clerk)
    assert forget_applicants(TODAY + timedelta(300)) == 0
    assert forget_applicants(TODAY + timedelta(800)) == 2
    assert forget_applicants(TODAY + timedelta(800)) == 0
    for one in Applicant.objects.select_related("key").filter(recruitment=opened):
        with pytest.raises(ErasedValue):
            one.number.reveal()
        assert name_of(one) == "已到保存期限，已删除"
    teacher = Teacher.objects.get(name="应聘者1")
    assert IdentityDocument.objects.get(teacher=teacher).number.reveal() == number_of(1)


def merged(actor, stays, goes):
    """The second file goes into the first, which counts wherever they differ."""
    chosen = dict.fromkeys(plan_merge(stays, goes).questions, "here")
    merge_files(actor=actor, stays=stays, goes=goes, chosen=chosen, reason="重复建档", reason_code="opened_twice")


def test_who_has_a_file_is_told_at_the_check_and_a_merged_one_leads_to_the_other(
    opened, county_clerk, county_approver, school_a, login
):
    applies(opened, 1)
    applies(opened, 2)
    known = make_teacher("老教师", school_a)
    with change("test.number", actor=county_clerk, reason="test ground"):
        document = IdentityDocument(teacher=known, kind="1")
        document.number = number_of(2)
        document.save(force_insert=True)
    client, words = login(county_clerk), "已有档案"
    first, second = Applicant.objects.select_related("case").order_by("serial")
    assert words not in client.get(reverse("case", args=[first.case.public_id])).content.decode()
    other = make_teacher("老教师", school_a)
    merged(county_clerk, other, known)
    assert words in client.get(reverse("case", args=[second.case.public_id])).content.decode(), "of a merged file too"

    clerk = ranked(opened, county_clerk, {1: 90, 2: 60}, {1: 90, 2: 0})
    leaver = Applicant.objects.get(serial=2)
    step(opened, "fall_out", clerk, applicant=leaver.pk, how="failed", why="在编，另办调动")
    over = replace(county_approver, on=published(opened, clerk).last_day + timedelta(1))
    step(opened, "hire", over, starts=date(2026, 12, 20), document="青教〔2026〕3号")
    hired = Teacher.objects.get(applications__serial=1)
    merged(replace(county_clerk, on=date(2026, 12, 21)), other, hired)
    client = login(replace(county_clerk, on=date(2026, 12, 21)))
    for page in (reverse("recruitment", args=[opened.public_id]), reverse("case", args=[first.case.public_id])):
        shown = client.get(page).content.decode()
        assert reverse("teacher", args=[other.public_id]) in shown
        assert str(hired.public_id) not in shown


def test_who_left_and_is_hired_again_keeps_one_file(opened, county_clerk, county_approver, school_a, login):
    applies(opened, 1)
    applies(opened, 2)
    known = make_teacher("应聘者1", school_a)
    with change("test.left", actor=county_clerk, reason="test ground"):
        document = IdentityDocument(teacher=known, kind="1")
        document.number = number_of(1)
        document.save(force_insert=True)
        PersonStatus.objects.create(teacher=known, status="left", valid=Range(date(2024, 7, 1), None))
    first = Applicant.objects.select_related("case").get(serial=1)
    shown = login(county_clerk).get(reverse("case", args=[first.case.public_id])).content.decode()
    assert "其原有档案继续使用" in shown
    clerk = ranked(opened, county_clerk, {1: 90, 2: 60}, {1: 90, 2: 0})
    over = replace(county_approver, on=published(opened, clerk).last_day + timedelta(1))
    people = Teacher.objects.count()

    step(opened, "hire", over, starts=date(2026, 12, 20), document="青教〔2026〕3号")

    first.refresh_from_db()
    assert (first.hired, Teacher.objects.count()) == (known, people + 1), "the other one is new"
    jobs = list(Employment.objects.filter(teacher=known).order_by("valid"))
    assert [(one.valid.upper, one.unit) for one in jobs][-2:] == [(date(2024, 7, 1), school_a), (None, first.post.unit)]
    assert PersonStatus.objects.get(teacher=known).valid == Range(date(2024, 7, 1), date(2026, 12, 20))
    assert IdentityDocument.objects.filter(teacher=known).count() == 1


@pytest.mark.parametrize(("status", "words"), [("retired", "已退休或已去世"), (None, "在职")])
def test_who_is_on_staff_or_retired_is_not_hired(opened, county_clerk, county_approver, school_a, status, words):
    applies(opened, 1)
    applies(opened, 2)
    known = make_teacher("应聘者1", school_a)
    with change("test.there", actor=county_clerk, reason="test ground"):
        document = IdentityDocument(teacher=known, kind="1")
        document.number = number_of(1)
        document.save(force_insert=True)
        if status:
            PersonStatus.objects.create(teacher=known, status=status, valid=Range(date(2024, 7, 1), None))
    clerk = ranked(opened, county_clerk, {1: 90, 2: 60}, {1: 90, 2: 0})
    over = replace(county_approver, on=published(opened, clerk).last_day + timedelta(1))
    before = Employment.objects.count()

    with pytest.raises(NotAllowed, match=words):
        step(opened, "hire", over, starts=date(2026, 12, 20), document="青教〔2026〕3号")

    assert Employment.objects.count() == before


def test_what_a_page_showed_as_open_is_asked_again_when_it_is_written(opened, county_clerk, school_a):
    """Who had the page before somebody took the next step neither applies, nor adds to a plan, nor changes a condition."""
    shown, post = fresh(opened), opened.posts.select_related("recruitment__case").get()
    post.recruitment.case.state = "draft"
    with pytest.raises(NotAllowed, match="不再更改"):
        set_conditions(actor=county_clerk, post=post, values={"age_most": 20})
    step(opened, "cancel", county_clerk)
    with pytest.raises(NotAllowed, match="现在不在报名时间内"):
        applies(shown, 1)
    plan = draw_up_plan(actor=county_clerk, year=2027, title="2027年招聘计划", words="")
    row = add_row(actor=county_clerk, plan=plan, unit=school_a, stage="junior", subject="mathematics", number=2)
    advance(plan.case, "send", actor=county_clerk)
    with pytest.raises(NotAllowed, match="计划已报批"):
        add_row(actor=county_clerk, plan=plan, unit=school_a, stage="junior", subject="physics", number=9)
    with pytest.raises(NotAllowed, match="计划已报批"):
        remove_row(actor=county_clerk, row=row)


def test_who_knows_a_number_is_not_told_for_which_post_its_bearer_applies(county_clerk, county_approver, school_a):
    made = recruitment_open(county_clerk, school_a, subjects=("mathematics", "physics"), approver=county_approver)
    first, second = made.posts.order_by("number")
    applies(made, 1, post=second)
    with pytest.raises(NotAllowed) as refused:
        applies(made, 1, post=first)
    assert not any(sign.isdigit() for sign in str(refused.value))
