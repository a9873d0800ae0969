"""Moves for good: what is written in one change, and that it takes effect by the date alone."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from psycopg.types.range import Range

from core.org.actor import Actor
from core.org.errors import NotAllowed
from core.records import change
from core.records.models import Change
from core.workflow.authority import steps_open
from core.workflow.models import Case
from core.workflow.registered import workflow_of
from core.workflow.selectors import cases, inbox
from core.workflow.services import advance
from personnel.models import Contract, Employment, Move, PostAppointment, SeatMovement, Teacher
from personnel.selectors.former import former_people
from personnel.selectors.moves import Asked, deciding_bureaus, findings_of
from personnel.selectors.seat_holding import differences
from personnel.selectors.seats import remaining, seat_of, usable
from personnel.services import seats
from personnel.services.seat_uses import ask_use
from tests.factories.people import make_actor, make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.moving import EVE, FEBRUARY, agreed, asked, decided, desks_of
from tests.personnel.posts import put, set_posts
from tests.personnel.posts import told as posts_told
from tests.personnel.seats import KIND, approved, told, wrong_days

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 1)


@pytest.fixture
def desks(school_a, second_school_a, county_a):
    return desks_of(school_a, second_school_a, county_a)


@pytest.fixture
def person(county_clerk, school_a, second_school_a):
    """Somebody with a seat and a post at the first school; the second one has two seats and a post of the level."""
    teacher = make_teacher("张伟", school_a, sex="1", birth=date(1985, 3, 12))
    approved(county_clerk, school_a, 1)
    approved(county_clerk, second_school_a, 2)
    seats.occupy(actor=county_clerk, teacher=teacher, unit=school_a, kind=KIND, on=date(2026, 3, 1))
    set_posts(school_a, p10=1)
    set_posts(second_school_a, p10=1)
    put(school_a, "p10", date(2021, 9, 1), None, teacher)
    return teacher


def on(actor, day):
    """The same actor, on another day: nothing ran in between."""
    return Actor(user=actor.user, role=actor.role, unit=actor.unit, on=day, assignment=actor.assignment)


def sees(actor, teacher, day):
    return Teacher.objects.visible_to(actor, on=day).filter(pk=teacher.pk).exists()


def unmet(asked):
    return {one.rule.removeprefix("personnel.moves.") for one in findings_of(asked) if one.met is False}


def test_all_of_it_is_old_on_the_day_before_and_new_on_the_day(desks, person, school_a, second_school_a):
    decided(desks, person, second_school_a, level="p10", post="教师")

    old, new = desks.asks, desks.records
    assert (sees(old, person, EVE), sees(new, person, EVE)) == (True, False)
    assert (sees(old, person, FEBRUARY), sees(new, person, FEBRUARY)) == (False, True)
    assert (seat_of(person, EVE).unit, seat_of(person, FEBRUARY).unit) == (school_a.pk, second_school_a.pk)
    assert (posts_told(school_a, EVE)["p10"], posts_told(second_school_a, EVE)["p10"]) == ((1, 1, 0), (1, 0, 0))
    assert (posts_told(school_a, FEBRUARY)["p10"], posts_told(second_school_a, FEBRUARY)["p10"]) == (
        (1, 0, 0), (1, 1, 0),
    )  # fmt: skip
    assert told(school_a, EVE) == (1, 1, 0, 0, 0)
    assert told(school_a, FEBRUARY) == (1, 0, 0, 1, 0)
    assert told(second_school_a, FEBRUARY) == (2, 1, 0, 1, 0)
    for day in (TODAY, EVE, FEBRUARY):
        assert differences([school_a, second_school_a], day) == []
    assert wrong_days() == []


def test_the_two_days_as_the_database_itself_tells_them(desks, person, school_a, second_school_a):
    decided(desks, person, second_school_a, level="p10")

    def at(day):
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT (SELECT unit_id FROM personnel_employment WHERE teacher_id = %(t)s AND valid @> %(d)s::date),
                          (SELECT unit_id FROM personnel_postappointment WHERE teacher_id = %(t)s AND valid @> %(d)s::date),
                          (SELECT a.unit_id FROM personnel_seatentry e JOIN personnel_seataccount a ON a.id = e.account_id
                            WHERE e.teacher_id = %(t)s AND e."on" <= %(d)s GROUP BY a.unit_id HAVING sum(e.count) > 0)""",
                {"t": person.pk, "d": day},
            )
            return cursor.fetchone()

    assert at(EVE) == (school_a.pk,) * 3
    assert at(FEBRUARY) == (second_school_a.pk,) * 3


def test_what_is_decided_is_one_change(desks, person, second_school_a):
    move = asked(desks, person, second_school_a, level="p10")
    agreed(desks, move)
    before = Change.objects.count()

    advance(Case.objects.get(pk=move.case_id), "approve", actor=desks.bureau)

    (made,) = Change.objects.order_by("-pk")[: Change.objects.count() - before]
    assert made.kind == "personnel.move.approve"
    touched = [
        model.history.filter(change=made).exists() for model in (Employment, PostAppointment, SeatMovement, Move, Case)
    ]
    assert all(touched)


def test_the_seat_at_the_receiver_is_kept_from_the_decision_to_the_day(desks, person, second_school_a, county_clerk):
    decided(desks, person, second_school_a)
    assert told(second_school_a, TODAY) == (2, 0, 1, 1, 0)
    assert told(second_school_a, EVE) == (2, 0, 1, 1, 0)
    first, second = (make_teacher(name, second_school_a) for name in ("周强", "吴敏"))
    seats.occupy(actor=county_clerk, teacher=first, unit=second_school_a, kind=KIND, on=TODAY)

    with pytest.raises(seats.SeatsRefused):
        seats.occupy(actor=county_clerk, teacher=second, unit=second_school_a, kind=KIND, on=TODAY)


def test_the_seat_that_is_kept_is_nobody_else_s_to_use(desks, person, second_school_a, county_clerk):
    move = decided(desks, person, second_school_a)
    assert remaining([move.reservation_id], TODAY) == {move.reservation_id: 1}

    assert usable(second_school_a, KIND, TODAY) == []


def test_a_seat_that_becomes_free_by_the_day_suffices(desks, person, second_school_a, county_clerk):
    leaving = [make_teacher(name, second_school_a) for name in ("周强", "吴敏")]
    for one in leaving:
        seats.occupy(actor=county_clerk, teacher=one, unit=second_school_a, kind=KIND, on=date(2026, 3, 1))
    seats.release(actor=county_clerk, teacher=leaving[0], on=FEBRUARY)

    decided(desks, person, second_school_a)

    assert seat_of(person, FEBRUARY).unit == second_school_a.pk
    assert wrong_days() == []


def test_seats_approved_for_people_who_come_are_used_first(desks, person, second_school_a, county_approver):
    clerk = make_actor("school_clerk", second_school_a)
    use = ask_use(actor=clerk, unit=second_school_a, kind=KIND, count=2, purpose="transfer_in", words="拟调入")
    advance(use.case, "approve", actor=county_approver, data={"document": "编办〔2026〕9号"})

    move = decided(desks, person, second_school_a)

    assert move.reservation is None
    assert told(second_school_a, FEBRUARY) == (2, 1, 1, 0, 0)


def test_a_day_in_the_past_is_written_the_same_way(desks, person, school_a, second_school_a):
    move = decided(desks, person, second_school_a, starts=JUNE, level="p10")

    rows = list(Employment.objects.filter(teacher=person).order_by("valid"))
    assert [(one.unit_id, one.valid.lower, one.valid.upper) for one in rows] == [
        (school_a.pk, date(2010, 9, 1), JUNE), (second_school_a.pk, JUNE, None),
    ]  # fmt: skip
    assert (rows[0].left_how, rows[1].came_how, rows[1].left_how) == ("transfer", "transfer", "")
    assert seat_of(person, JUNE).unit == second_school_a.pk
    assert move.reservation is None
    assert wrong_days() == []


def test_what_was_recorded_of_the_employment_since_goes_on_at_the_receiver(
    desks, person, second_school_a, county_clerk
):
    with change("test.note", actor=county_clerk, reason="聘用合同"):
        Employment.objects.get(teacher=person).supersede(on=date(2026, 9, 1), contract="appointment")

    decided(desks, person, second_school_a, starts=JUNE)

    later = Employment.objects.filter(teacher=person, valid__startswith__gte=JUNE).order_by("valid")
    assert [(one.unit_id, one.contract) for one in later] == [
        (second_school_a.pk, ""),
        (second_school_a.pk, "appointment"),
    ]


def test_the_old_school_keeps_its_own_years_and_nothing_after(desks, person, second_school_a):
    # Far ahead, so that the file was there by then whatever day it really is.
    day = date(2045, 2, 1)
    move = decided(desks, person, second_school_a, starts=day)
    old, new = on(desks.asks, day), on(desks.records, day)

    kept = former_people(old).get(pk=person.pk)

    assert (kept.until, kept.left_unit, kept.left_how) == (day, move.from_unit_id, "transfer")
    assert not former_people(on(desks.asks, day - timedelta(days=1))).filter(pk=person.pk).exists()
    assert not former_people(new).filter(pk=person.pk).exists()
    assert not sees(old, person, day)


def test_the_contract_with_the_sender_ends_on_the_day(desks, person, school_a, second_school_a, county_clerk):
    with change("test.contract", actor=county_clerk, reason="聘用"):
        held = Contract.objects.create(teacher=person, unit=school_a, valid=Range(date(2024, 9, 1), date(2027, 9, 1)))

    decided(desks, person, second_school_a)

    held.refresh_from_db()
    assert (held.valid.upper, held.ground, held.end_document) == (FEBRUARY, "agreed", "青教人〔2026〕18号")


def test_both_posts_of_who_leads_and_teaches_end(desks, person, school_a, second_school_a, county_clerk):
    set_posts(school_a, p10=1, m8=1)
    with change("test.dual", actor=county_clerk, reason="双肩挑"):
        PostAppointment.objects.create(
            teacher=person, unit=school_a, level="m8", place="ratio", dual=True, valid=Range(date(2022, 9, 1), None)
        )

    decided(desks, person, second_school_a)

    assert not PostAppointment.objects.filter(teacher=person, valid__contains=FEBRUARY).exists()
    assert PostAppointment.objects.filter(teacher=person, valid__contains=EVE).count() == 2


def test_somebody_without_a_seat_moves_without_one(desks, school_a, second_school_a, county_clerk):
    approved(county_clerk, second_school_a, 1)
    teacher = make_teacher("合同工", school_a, sex="1", birth=date(1990, 1, 1))
    with change("test.form", actor=county_clerk, reason="临聘"):
        Employment.objects.filter(teacher=teacher).update(in_quota=False)

    decided(desks, teacher, second_school_a)

    assert seat_of(teacher, FEBRUARY) is None
    assert told(second_school_a, FEBRUARY) == (1, 0, 0, 1, 0)


def test_without_a_ledger_at_the_receiver_the_old_seat_is_released(desks, person, school_a, county_a):
    new = make_unit("school", "青石县第三中学", county_a)
    away = desks_of(school_a, new, county_a)

    decided(away, person, new)

    assert seat_of(person, EVE).unit == school_a.pk
    assert seat_of(person, FEBRUARY) is None


def test_a_full_school_and_a_taken_post_refuse_the_decision_only(
    desks, person, school_a, second_school_a, county_clerk
):
    for name in ("周强", "吴敏"):
        seats.occupy(
            actor=county_clerk, teacher=make_teacher(name, second_school_a), unit=second_school_a, kind=KIND, on=TODAY
        )
    put(second_school_a, "p10", date(2021, 9, 1), None, make_teacher("郑洁", second_school_a))
    move = asked(desks, person, second_school_a, level="p10")
    case = agreed(desks, move)
    assert unmet(Asked.of(move)) == {"seat", "post"}

    with pytest.raises(NotAllowed) as refused:
        advance(case, "approve", actor=desks.bureau)

    assert all(word in str(refused.value) for word in ("空编0个", "空缺岗位0个"))
    assert Employment.objects.get(teacher=person).unit == school_a
    assert SeatMovement.objects.filter(case=case).count() == 0


def test_nobody_moves_to_where_they_are_in_the_database_either(desks, person, school_a, county_clerk):
    with pytest.raises(NotAllowed, match="调出、调入单位相同"):
        asked(desks, person, school_a)
    move = asked(desks, person, make_unit("school", "四小", school_a.parent))

    with pytest.raises(IntegrityError), transaction.atomic(), change("test.same", actor=county_clerk, reason="绕过"):
        Move.objects.filter(pk=move.pk).update(to_unit=school_a)


def test_a_closed_school_takes_nobody(desks, person, county_a, county_clerk):
    closing = make_unit("school", "将撤小学", county_a)
    with change("test.close", actor=county_clerk, reason="撤并"):
        type(closing).objects.filter(pk=closing.pk).update(closed=FEBRUARY)
    closing.refresh_from_db()

    with pytest.raises(NotAllowed, match="2027-02-01起已撤销"):
        asked(desks, person, closing)
    assert asked(desks, person, closing, kind="loan", starts=TODAY, ends=FEBRUARY).ends == FEBRUARY


def test_own_wish_waits_for_years_of_service_unless_an_exception_was_approved(desks, school_a, second_school_a):
    teacher = make_teacher("新教师", school_a, since=date(2025, 9, 1), sex="2", birth=date(2001, 5, 1))
    assert unmet(Asked.of(asked(desks, teacher, second_school_a))) == set()
    advance(Move.objects.get(teacher=teacher).case, "withdraw", actor=desks.asks)
    move = asked(desks, teacher, second_school_a, ground="applied")
    assert unmet(Asked.of(move)) == {"school_service"}
    case = agreed(desks, move)

    with pytest.raises(NotAllowed, match="须服务满3年"):
        advance(case, "approve", actor=desks.bureau)
    advance(case, "approve", actor=desks.bureau, data={"exception": "青教人〔2026〕3号"})

    move.refresh_from_db()
    assert (move.exception, move.case.state) == ("青教人〔2026〕3号", "decided")


def test_years_of_service_count_on_the_very_day(desks, school_a, second_school_a):
    for since, expected in ((date(2024, 2, 1), set()), (date(2024, 2, 2), {"school_service"})):
        teacher = make_teacher("教师", school_a, since=since, sex="1", birth=date(1995, 1, 1))
        assert unmet(Asked.of(asked(desks, teacher, second_school_a, ground="family"))) == expected


def steps(case, actor):
    """The steps that the page of a case offers."""
    return set(steps_open(workflow_of(case.kind), case, actor))


def test_within_a_county_nothing_is_passed_on(desks, person, second_school_a, login):
    move = asked(desks, person, second_school_a)
    case = advance(advance(move.case, "agree_sender", actor=desks.sender), "agree_receiver", actor=desks.receiver)
    assert "approve" in steps(case, desks.bureau)
    assert "pass_on" not in steps(case, desks.bureau)
    answer = login(desks.bureau).get(reverse("case_step", args=[case.public_id, "pass_on"]), follow=True)
    assert answer.redirect_chain == [(reverse("case", args=[case.public_id]), 302)]


def test_out_of_the_county_more_years_are_asked_and_the_city_decides(
    desks, school_a, school_b, county_a, county_b, city, city_approver
):  # fmt: skip
    teacher = make_teacher("跨县", school_a, since=date(2023, 9, 1), sex="1", birth=date(1990, 1, 1))
    move = asked(desks, teacher, school_b, ground="applied")
    assert unmet(Asked.of(move)) == {"county_service"}
    assert [one.pk for one in deciding_bureaus(school_a, school_b, FEBRUARY)] == [county_a.pk, county_b.pk, city.pk]
    case = advance(move.case, "agree_sender", actor=desks.sender)
    assert case.unit == school_b
    case = advance(case, "agree_receiver", actor=make_actor("school_approver", school_b))
    assert case.unit == county_a
    assert steps(case, desks.bureau) >= {"pass_on"}
    assert "approve" not in steps(case, desks.bureau)
    with pytest.raises(NotAllowed, match="由两县共同的上级审批"):
        advance(case, "approve", actor=desks.bureau, data={"exception": "x"})

    case = advance(case, "pass_on", actor=desks.bureau)
    assert case.unit == county_b
    case = advance(case, "pass_on", actor=make_actor("county_approver", county_b))
    assert case.unit == city
    assert steps(case, city_approver) >= {"approve"}
    assert "pass_on" not in steps(case, city_approver)
    with pytest.raises(NotAllowed, match="由本部门审批"):
        advance(case, "pass_on", actor=city_approver)
    case = advance(case, "approve", actor=city_approver, data={"exception": "市教人〔2026〕5号"})

    assert (case.state, case.unit) == ("decided", school_b)
    with pytest.raises(NotAllowed, match="两个单位共同的上级"):
        advance(case, "revoke", actor=make_actor("county_approver", county_b), comment="不收了")
    assert Employment.objects.get(teacher=teacher, valid__contains=FEBRUARY).unit == school_b


def test_one_move_waits_at_a_time_and_each_desk_finds_it(desks, person, second_school_a, county_a):
    move = asked(desks, person, second_school_a)
    with pytest.raises(NotAllowed, match="已有一项"):
        asked(desks, person, second_school_a, kind="loan", ends=date(2027, 7, 1))
    assert move.case in inbox(desks.sender)
    assert move.case not in cases(desks.receiver)

    case = advance(move.case, "agree_sender", actor=desks.sender)
    assert case in inbox(desks.receiver)
    assert case not in inbox(desks.sender)
    with pytest.raises(NotAllowed):
        advance(case, "agree_receiver", actor=desks.sender)
    case = advance(case, "agree_receiver", actor=desks.receiver)
    assert case in inbox(desks.bureau)
    assert Move.objects.visible_to(desks.records).filter(pk=move.pk).exists()


def test_who_moves_decides_nothing_of_it(desks, person, school_a, second_school_a, county_clerk):
    approver = desks.sender
    with change("test.account", actor=county_clerk, reason="账号"):
        Teacher.objects.filter(pk=person.pk).update(user=approver.user)

    with pytest.raises(NotAllowed, match="由他人"):
        advance(asked(desks, person, second_school_a).case, "agree_sender", actor=approver)


def test_a_decision_is_taken_back_before_its_day_and_all_is_as_before(
    desks, person, school_a, second_school_a, county_clerk
):  # fmt: skip
    with change("test.contract", actor=county_clerk, reason="聘用"):
        Contract.objects.create(teacher=person, unit=school_a, valid=Range(date(2024, 9, 1), date(2027, 9, 1)))
    models = (Employment, PostAppointment, Contract)

    def stand():
        names = ("unit", "valid")
        return {model: sorted(map(str, model.objects.filter(teacher=person).values_list(*names))) for model in models}

    before, seats_before = stand(), [told(unit, FEBRUARY) for unit in (school_a, second_school_a)]
    move = decided(desks, person, second_school_a, level="p10")

    case = advance(move.case, "revoke", actor=desks.bureau, comment="本人放弃")

    assert case.state == "revoked"
    assert stand() == before
    assert [told(unit, FEBRUARY) for unit in (school_a, second_school_a)] == seats_before
    assert told(second_school_a, TODAY) == (2, 0, 0, 2, 0)
    assert Employment.objects.get(teacher=person).left_how == ""
    assert Contract.objects.get(teacher=person).ground == ""
    assert wrong_days() == []
    assert decided(desks, person, second_school_a, level="p10").case.state == "decided"


def test_what_has_taken_effect_or_was_changed_since_is_not_taken_back(desks, person, second_school_a, county_clerk):
    move = decided(desks, person, second_school_a)
    with pytest.raises(NotAllowed, match="已经生效"):
        advance(move.case, "revoke", actor=on(desks.bureau, FEBRUARY), comment="晚了")
    with change("test.correct", actor=county_clerk, reason="更正"):
        Employment.objects.get(teacher=person, valid__contains=FEBRUARY).correct(post="班主任")

    with pytest.raises(NotAllowed, match="此后有改动"):
        advance(move.case, "revoke", actor=desks.bureau, comment="本人放弃")

    assert Employment.objects.get(teacher=person, valid__contains=FEBRUARY).unit == second_school_a


def test_report_for_duty_has_its_day(desks, person, second_school_a):
    move = decided(desks, person, second_school_a)
    for day, said in ((FEBRUARY, "今天之后"), (EVE, "早于起始日期")):
        actor = desks.records if day == FEBRUARY else on(desks.records, EVE + timedelta(days=9))
        with pytest.raises(NotAllowed, match=said):
            advance(move.case, "report", actor=actor, data={"on": day})

    case = advance(move.case, "report", actor=on(desks.records, FEBRUARY), data={"on": FEBRUARY})

    move.refresh_from_db()
    assert (move.reported_on, case.state, case.desk) == (FEBRUARY, "done", "")


def test_a_returned_move_is_mended_and_goes_its_way_again(desks, person, school_a, second_school_a):
    put(second_school_a, "p10", date(2021, 9, 1), None, make_teacher("郑洁", second_school_a))
    move = asked(desks, person, second_school_a, level="p10", post="数学教师")
    case = advance(agreed(desks, move), "return", actor=desks.bureau, comment="该等级没有空岗，请改为以后再聘")
    said = {"starts": date(2027, 3, 1), "level": "", "post": "语文教师"}

    case = advance(case, "resend", actor=desks.asks, comment="已改", data=said)

    move = Move.objects.get(pk=move.pk)
    assert (move.starts, move.level, move.post, case.state) == (date(2027, 3, 1), "", "语文教师", "sender")
    advance(agreed(desks, move), "approve", actor=desks.bureau, data={"document": "青教人〔2026〕18号"})
    assert Employment.objects.get(teacher=person, valid__contains=date(2027, 3, 1)).unit == second_school_a
    assert Employment.objects.get(teacher=person, valid__contains=date(2027, 2, 28)).unit == school_a


def test_a_returned_move_is_not_sent_again_with_a_day_on_which_nobody_could_decide_it(desks, person, second_school_a):
    move = asked(desks, person, second_school_a, kind="loan", ends=date(2027, 7, 1))
    case = advance(agreed(desks, move), "return", actor=desks.bureau, comment="请改日期")

    with pytest.raises(NotAllowed, match="最后一天早于"):
        advance(case, "resend", actor=desks.asks, comment="已改", data={"starts": date(2027, 8, 1)})
    with pytest.raises(NotAllowed, match="日期不合适"):
        advance(case, "resend", actor=desks.asks, comment="已改", data={"last_day": date(2060, 1, 1)})

    advance(case, "resend", actor=desks.asks, comment="已改", data={"last_day": date(2027, 8, 31)})
    assert Move.objects.get(pk=move.pk).ends == date(2027, 9, 1)
