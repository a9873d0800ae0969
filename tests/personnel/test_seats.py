"""The seat ledger: what is booked, what it refuses, whoever writes it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.org.models import ApprovedQuota
from core.records import change
from core.records.errors import AppendOnly
from core.workflow.services import advance
from personnel.models import Employment, PersonStatus, Reservation, SeatAccount, SeatEntry, SeatMovement
from personnel.selectors.seat_holding import differences
from personnel.selectors.seats import balances, least_vacant, remaining, seat_of, usable
from personnel.services import seats
from personnel.services.merging import HERE, merge_files, plan_merge
from personnel.services.seat_adjustments import ask_adjustment
from personnel.services.seats import Seat, SeatsRefused
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.personnel.seats import KIND, YEAR, adjusted, approved, insert_entry, told

pytestmark = pytest.mark.django_db
MARCH, MAY, JULY, SEPTEMBER = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1), date(2026, 9, 1)


@pytest.fixture
def ten(county_clerk, school_a):
    approved(county_clerk, school_a, 10)
    return school_a


def sit(actor, teacher, unit, on=MARCH, **more):
    return seats.occupy(actor=actor, teacher=teacher, unit=unit, kind=KIND, on=on, **more)


def test_what_is_approved_is_vacant_until_it_is_used(county_clerk, ten, teacher_a):
    sit(county_clerk, teacher_a, ten)
    assert told(ten, YEAR - timedelta(days=1)) == (0, 0, 0, 0, 0)
    assert told(ten, YEAR) == (10, 0, 0, 10, 0)
    assert told(ten, MARCH) == (10, 1, 0, 9, 0)

    seats.release(actor=county_clerk, teacher=teacher_a, on=MAY)

    assert told(ten, MAY - timedelta(days=1)) == (10, 1, 0, 9, 0)
    assert told(ten, MAY) == (10, 0, 0, 10, 0)
    assert seats.release(actor=county_clerk, teacher=teacher_a, on=MAY) is None


def test_more_seats_than_are_vacant_cannot_be_used_and_the_refusal_names_all(county_clerk, school_a, teacher_a):
    approved(county_clerk, school_a, 1)
    sit(county_clerk, teacher_a, school_a)
    other = make_teacher("周强", school_a)

    with pytest.raises(SeatsRefused) as refused:
        sit(county_clerk, other, school_a, MAY)

    said = refused.value
    assert (said.what, said.unit, said.kind, said.day, said.missing) == ("vacant", school_a, KIND, MAY, 1)
    assert all(word in str(said) for word in ("青石县第一初级中学", "2026-05-01", "1"))
    assert told(school_a, MAY) == (1, 1, 0, 0, 0)


def test_a_day_in_the_past_is_refused_where_a_later_day_would_be_overdrawn(county_clerk, school_a, teacher_a):
    approved(county_clerk, school_a, 1)
    sit(county_clerk, teacher_a, school_a, JULY)
    other = make_teacher("周强", school_a)

    with pytest.raises(SeatsRefused) as refused:
        sit(county_clerk, other, school_a, MARCH)

    assert refused.value.day == JULY


def test_a_release_ahead_makes_room_from_its_day_on(county_clerk, school_a, teacher_a):
    approved(county_clerk, school_a, 1)
    sit(county_clerk, teacher_a, school_a)
    seats.release(actor=county_clerk, teacher=teacher_a, on=date(2027, 2, 1))
    other = make_teacher("周强", school_a)

    sit(county_clerk, other, school_a, date(2027, 2, 1))

    assert told(school_a, date(2027, 1, 31)) == told(school_a, date(2027, 2, 1)) == (1, 1, 0, 0, 0)
    with pytest.raises(SeatsRefused):
        seats.release(actor=county_clerk, teacher=other, on=date(2027, 1, 31)) or sit(
            county_clerk, other, school_a, date(2027, 1, 31)
        )


def test_nobody_holds_two_seats_on_a_day(county_clerk, ten, second_school_a, teacher_a):
    approved(county_clerk, second_school_a, 3)
    sit(county_clerk, teacher_a, ten, MAY)

    with pytest.raises(SeatsRefused) as refused:
        sit(county_clerk, teacher_a, second_school_a, MARCH)

    assert refused.value.what == "two_seats"
    assert "张伟" in str(refused.value)


def test_a_move_frees_one_seat_and_takes_another_on_the_same_day(county_clerk, ten, second_school_a, teacher_a):
    approved(county_clerk, second_school_a, 1)
    sit(county_clerk, teacher_a, ten)

    seats.move(actor=county_clerk, teacher=teacher_a, to_unit=second_school_a, on=SEPTEMBER)

    eve = SEPTEMBER - timedelta(days=1)
    assert (told(ten, eve), told(second_school_a, eve)) == ((10, 1, 0, 9, 0), (1, 0, 0, 1, 0))
    assert (told(ten, SEPTEMBER), told(second_school_a, SEPTEMBER)) == ((10, 0, 0, 10, 0), (1, 1, 0, 0, 0))
    assert seat_of(teacher_a, SEPTEMBER).since == SEPTEMBER
    with pytest.raises(NotAllowed):
        seats.move(actor=county_clerk, teacher=teacher_a, to_unit=second_school_a, on=SEPTEMBER)
    with pytest.raises(NotAllowed):
        seats.move(actor=county_clerk, teacher=make_teacher("无编", ten), to_unit=second_school_a, on=SEPTEMBER)


def test_two_people_change_places_between_full_schools(county_clerk, school_a, second_school_a, teacher_a):
    other = make_teacher("周强", second_school_a)
    for unit, person in ((school_a, teacher_a), (second_school_a, other)):
        approved(county_clerk, unit, 1)
        sit(county_clerk, person, unit)

    seats.move_many(
        actor=county_clerk,
        seats=[Seat(teacher_a, second_school_a, "", SEPTEMBER), Seat(other, school_a, "", SEPTEMBER)],
    )

    assert seat_of(teacher_a, SEPTEMBER).unit == second_school_a.pk
    assert seat_of(other, SEPTEMBER).unit == school_a.pk


def test_seats_are_adjusted_between_units_as_far_as_they_are_vacant(
    county_clerk, county_approver, ten, second_school_a, teacher_a
):
    sit(county_clerk, teacher_a, ten)

    case = adjusted(county_clerk, county_approver, ten, second_school_a, 9, MAY)

    assert (told(ten, MAY), told(second_school_a, MAY)) == ((1, 1, 0, 0, 0), (9, 0, 0, 9, 0))
    said = {"actor": county_approver, "case": case, "kind": KIND, "on": MAY, "document": "编办〔2026〕7号"}
    with pytest.raises(SeatsRefused):
        seats.adjust(from_unit=ten, to_unit=second_school_a, count=1, **said)
    with pytest.raises(NotAllowed):
        seats.adjust(from_unit=ten, to_unit=ten, count=1, **said)
    with pytest.raises(NotAllowed):
        seats.adjust(from_unit=second_school_a, to_unit=ten, count=0, **said)


def test_nobody_moves_seats_between_units_alone(county_clerk, county_approver, ten, second_school_a):
    said = {"unit": ten, "to_unit": second_school_a, "kind": KIND, "count": 2, "on": MAY, "words": "学生减少"}
    with pytest.raises(NotAllowed):
        ask_adjustment(actor=county_approver, **said)
    asked = ask_adjustment(actor=county_clerk, **said)
    with pytest.raises(NotAllowed):
        advance(asked.case, "approve", actor=county_clerk, data={"document": "编办〔2026〕7号"})
    booked = {"case": asked.case, "from_unit": ten, "to_unit": second_school_a, "kind": KIND, "count": 2, "on": MAY}
    with pytest.raises(NotAllowed):
        seats.adjust(actor=county_clerk, document="编办〔2026〕7号", **booked)
    assert told(ten, MAY)[0] == 10

    advance(asked.case, "approve", actor=county_approver, data={"document": "编办〔2026〕7号"})

    assert (told(ten, MAY)[0], told(second_school_a, MAY)[0]) == (8, 2)
    with pytest.raises(NotAllowed):
        seats.counter(actor=county_clerk, movement=SeatMovement.objects.get(kind="adjust"), reason="记错单位")
    adjusted(county_clerk, county_approver, second_school_a, ten, 2, MAY)
    assert (told(ten, MAY)[0], told(second_school_a, MAY)[0]) == (10, 0)


def test_approved_seats_are_taken_back_only_while_vacant(county_clerk, ten, teacher_a):
    sit(county_clerk, teacher_a, ten)
    approved(county_clerk, ten, -9, MAY)
    assert told(ten, MAY) == (1, 1, 0, 0, 0)
    with pytest.raises(SeatsRefused):
        approved(county_clerk, ten, -1, MAY)


def test_the_quota_that_units_tell_follows_the_ledger(county_clerk, ten):
    approved(county_clerk, ten, 2, SEPTEMBER)
    approved(county_clerk, ten, 5, MAY)
    rows = ApprovedQuota.objects.filter(unit=ten).order_by("valid")
    assert [(row.valid.lower, row.valid.upper, row.seats) for row in rows] == [
        (YEAR, MAY, 10), (MAY, SEPTEMBER, 15), (SEPTEMBER, None, 17)
    ]  # fmt: skip


class TestReservations:
    @pytest.fixture
    def kept(self, county_clerk, ten):
        return seats.reserve(actor=county_clerk, unit=ten, kind=KIND, count=3, on=MARCH, until=SEPTEMBER)

    def test_they_run_out_by_their_day_without_anything_being_run(self, ten, kept):
        assert told(ten, SEPTEMBER - timedelta(days=1)) == (10, 0, 3, 7, 0)
        assert told(ten, SEPTEMBER) == (10, 0, 0, 10, 0)
        assert usable(ten, KIND, SEPTEMBER) == []

    def test_who_takes_a_reserved_seat_keeps_it_after_the_end(self, county_clerk, ten, kept, teacher_a):
        sit(county_clerk, teacher_a, ten, MAY, reservation=kept)
        assert told(ten, MAY) == (10, 1, 2, 7, 0)
        assert told(ten, SEPTEMBER) == (10, 1, 0, 9, 0)
        assert remaining([kept.pk], MAY) == {kept.pk: 2}

    def test_nobody_uses_one_that_ran_out_or_more_than_are_left(self, county_clerk, ten, kept):
        people = [make_teacher(f"新{number}", ten) for number in range(4)]
        for day in (SEPTEMBER, SEPTEMBER + timedelta(days=9)):
            with pytest.raises(SeatsRefused) as refused:
                sit(county_clerk, people[0], ten, day, reservation=kept)
            assert refused.value.what == "reservation"
        with pytest.raises(SeatsRefused):
            seats.occupy_many(actor=county_clerk, seats=[Seat(one, ten, KIND, MAY, kept) for one in people])
        assert told(ten, MAY) == (10, 0, 3, 7, 0)

    def test_what_is_left_is_given_back_once(self, county_clerk, ten, kept, teacher_a):
        sit(county_clerk, teacher_a, ten, JULY, reservation=kept)
        assert seats.cancel_reservation(actor=county_clerk, reservation=kept, on=MAY) == 2
        assert told(ten, MAY) == (10, 0, 1, 9, 0)
        assert told(ten, JULY) == told(ten, SEPTEMBER) == (10, 1, 0, 9, 0)
        assert seats.cancel_reservation(actor=county_clerk, reservation=kept, on=MAY) == 0

    def test_its_end_is_put_off_while_nobody_else_was_promised_the_seats(self, county_clerk, ten, kept):
        later = date(2027, 3, 1)
        seats.reserve(actor=county_clerk, unit=ten, kind=KIND, count=7, on=MARCH, until=later)
        seats.extend_reservation(actor=county_clerk, reservation=kept, until=date(2026, 12, 1), on=MAY)
        assert told(ten, date(2026, 11, 30)) == (10, 0, 10, 0, 0)
        assert told(ten, date(2026, 12, 1)) == (10, 0, 7, 3, 0)

        seats.reserve(actor=county_clerk, unit=ten, kind=KIND, count=1, on=date(2026, 12, 1), until=later)
        with pytest.raises(SeatsRefused):
            seats.extend_reservation(actor=county_clerk, reservation=kept, until=later, on=MAY)
        with pytest.raises(NotAllowed):
            seats.extend_reservation(actor=county_clerk, reservation=kept, until=later, on=date(2026, 12, 1))

    def test_promised_seats_are_not_vacant(self, county_clerk, ten, kept):
        assert least_vacant(ten, KIND, MARCH) == 7
        with pytest.raises(SeatsRefused):
            seats.reserve(actor=county_clerk, unit=ten, kind=KIND, count=8, on=JULY, until=date(2026, 8, 1))
        with pytest.raises(NotAllowed):
            seats.reserve(actor=county_clerk, unit=ten, kind=KIND, count=1, on=JULY, until=JULY)


class TestOverTheQuota:
    @pytest.fixture
    def full(self, county_clerk, school_a, system):
        """Four people in quota and three seats: one is over; the ledger is opened."""
        with change("test.fill", actor=system, reason="test ground"):
            ApprovedQuota.objects.create(unit=school_a, seats=3, valid=Range(date(2020, 1, 1), None))
        people = [make_teacher(f"师{number}", school_a) for number in range(4)]
        seats.open_ledger(actor=county_clerk, unit=school_a, on=YEAR)
        return people

    def test_the_opening_says_what_is(self, school_a, full):
        assert told(school_a, YEAR) == (3, 4, 0, 0, 1)

    def test_it_only_shrinks(self, county_clerk, school_a, full):
        newcomer = make_teacher("新来", school_a)
        with pytest.raises(SeatsRefused):
            sit(county_clerk, newcomer, school_a)
        seats.release(actor=county_clerk, teacher=full[0], on=MARCH)
        assert told(school_a, MARCH) == (3, 3, 0, 0, 0)
        with pytest.raises(SeatsRefused):
            sit(county_clerk, newcomer, school_a, MARCH)
        with pytest.raises(SeatsRefused):
            seats.reserve(actor=county_clerk, unit=school_a, kind=KIND, count=1, on=MARCH, until=MAY)
        with pytest.raises(SeatsRefused):
            approved(county_clerk, school_a, -1, MARCH)

    def test_nobody_replaces_who_leaves_while_it_lasts(self, county_clerk, school_a, full, system):
        newcomer = make_teacher("新来", school_a)
        seats.release(actor=county_clerk, teacher=full[0], on=MARCH)
        seats.release(actor=county_clerk, teacher=full[1], on=MAY)
        sit(county_clerk, newcomer, school_a, MAY)
        assert told(school_a, MAY) == (3, 3, 0, 0, 0)

    def test_a_release_booked_by_mistake_is_put_right_on_its_day(self, county_clerk, school_a, full):
        made = seats.release(actor=county_clerk, teacher=full[0], on=MARCH)
        seats.counter(actor=county_clerk, movement=made, reason="并未离职")
        assert told(school_a, MARCH) == (3, 4, 0, 0, 1)
        with pytest.raises(NotAllowed):
            seats.counter(actor=county_clerk, movement=made, reason="并未离职")

    def test_an_earlier_death_makes_a_retirement_booked_ahead_free_a_seat(self, county_clerk, school_a, full):
        seats.release(actor=county_clerk, teacher=full[0], on=date(2027, 9, 1))
        seats.release(actor=county_clerk, teacher=full[1], on=MARCH)
        assert told(school_a, MARCH) == (3, 3, 0, 0, 0)
        assert told(school_a, date(2027, 9, 1)) == (3, 2, 0, 1, 0)

    def test_it_is_opened_once_and_nothing_is_booked_before(self, county_clerk, school_a, full):
        with pytest.raises(NotAllowed):
            seats.open_ledger(actor=county_clerk, unit=school_a, on=YEAR)
        with pytest.raises(SeatsRefused) as refused:
            approved(county_clerk, school_a, 1, date(2025, 12, 31))
        assert refused.value.what == "before_opening"
        account = SeatAccount.objects.get(unit=school_a)
        approved(county_clerk, school_a, 1, MARCH)
        with change("test.around", actor=county_clerk, reason="绕过"):
            movement = SeatMovement.objects.create(kind="opening", unit=school_a, on=YEAR)
        with pytest.raises(DatabaseError, match="opened"), change("test.around", actor=county_clerk, reason="绕过"):
            SeatEntry.objects.bulk_create(
                SeatEntry(movement=movement, account=account, bucket=bucket, on=YEAR, count=count)
                for bucket, count in (("granted", -1), ("vacant", 1))
            )


class TestAroundTheServices:
    """Whoever writes: the database keeps the ledger."""

    @pytest.fixture
    def movement(self, county_clerk, ten):
        with change("test.around", actor=county_clerk, reason="绕过"):
            return SeatMovement.objects.create(kind="occupy", unit=ten, on=MARCH)

    def test_an_entry_without_its_other_side_is_refused(self, county_clerk, ten, movement):
        account = SeatAccount.objects.get(unit=ten)
        with pytest.raises(DatabaseError, match="unbalanced"), change("test.around", actor=county_clerk, reason="绕过"):
            insert_entry(movement_id=movement.pk, account_id=account.pk, bucket="vacant", on=MARCH, count=5)

    def test_an_overdraw_in_bulk_is_refused(self, county_clerk, ten, movement):
        account = SeatAccount.objects.get(unit=ten)
        lines = [("granted", 11), ("vacant", -11)]
        with (
            pytest.raises(DatabaseError, match="granted"),
            change("test.around", actor=county_clerk, reason="绕过"),
        ):
            SeatEntry.objects.bulk_create(
                SeatEntry(movement=movement, account=account, bucket=bucket, on=MARCH, count=count)
                for bucket, count in lines
            )

    def test_entries_movements_and_accounts_stay(self, county_clerk, ten):
        for rows, values in (
            (SeatEntry.objects.all(), {"count": 7}),
            (SeatEntry.objects.all(), {"on": MAY}),
            (SeatMovement.objects.all(), {"note": "x"}),
            (SeatAccount.objects.all(), {"kind": "controlled"}),
        ):
            with pytest.raises(AppendOnly), change("test.around", actor=county_clerk, reason="绕过"):
                rows.update(**values)
            with pytest.raises((AppendOnly, IntegrityError)), change("test.around", actor=county_clerk, reason="绕过"):
                rows.delete()

    def test_an_occupied_seat_names_its_person(self, county_clerk, ten, movement):
        account = SeatAccount.objects.get(unit=ten)
        with pytest.raises(IntegrityError, match="of_person"), change("test.around", actor=county_clerk, reason="绕过"):
            SeatEntry.objects.bulk_create(
                SeatEntry(movement=movement, account=account, bucket=bucket, on=MARCH, count=count)
                for bucket, count in (("vacant", -1), ("occupied", 1))
            )


class TestDifferences:
    def test_opened_from_the_files_there_are_none(self, county_clerk, county_a, school_a, second_school_a, teacher_a):
        make_teacher("周强", second_school_a)
        made = seats.open_ledger(actor=county_clerk, unit=county_a, on=YEAR)
        assert (made.units, made.occupied, made.over) == (2, 2, 2)
        assert differences([school_a, second_school_a], TODAY) == []

    def test_each_is_named(self, county_clerk, county_a, school_a, second_school_a, teacher_a, system):
        stays, moves, comes = (
            teacher_a,
            make_teacher("周强", school_a),
            make_teacher("吴敏", second_school_a, since=MAY),
        )
        approved(county_clerk, second_school_a, 5)
        seats.open_ledger(actor=county_clerk, unit=school_a, on=YEAR)
        with change("test.fill", actor=system, reason="test ground"):
            PersonStatus.objects.create(teacher=stays, status="retired", valid=Range(MARCH, None))
            Employment.objects.filter(teacher=moves).get().supersede(on=JULY, unit=second_school_a)
            ApprovedQuota.objects.filter(unit=second_school_a).update(seats=6)

        found = differences([school_a, second_school_a], TODAY)

        assert [(one.what, one.unit, one.name, one.day, one.numbers) for one in found] == [
            ("surplus", school_a.pk, "张伟", MARCH, (0, 0)),
            ("quota", second_school_a.pk, "", None, (6, 5)),
            ("missing", second_school_a.pk, "吴敏", MAY, (0, 0)),
            ("elsewhere", second_school_a.pk, "周强", JULY, (0, 0)),
        ]
        assert found[3].ledger.unit == school_a.pk
        assert comes.pk == found[2].teacher

    @pytest.mark.parametrize(
        ("form", "in_quota", "status", "since", "holds"),
        [
            ("", True, "", date(2020, 9, 1), True),
            ("in_quota", None, "", date(2020, 9, 1), True),
            ("", True, "on_loan", date(2020, 9, 1), True),
            ("", True, "long_sick", date(2020, 9, 1), True),
            ("", True, "studying", date(2020, 9, 1), True),
            ("", True, "retired", date(2020, 9, 1), False),
            ("", False, "", date(2020, 9, 1), False),
            ("dispatch", False, "", date(2020, 9, 1), False),
            ("contract", False, "", date(2020, 9, 1), False),
            ("special_post", False, "", date(2023, 11, 23), False),
            ("special_post", False, "", date(2023, 11, 22), True),
        ],
    )
    def test_who_holds_a_seat(self, county_clerk, school_a, system, form, in_quota, status, since, holds):
        approved(county_clerk, school_a, 1)
        person = make_teacher("周强", school_a, since=since)
        with change("test.fill", actor=system, reason="test ground"):
            Employment.objects.filter(teacher=person).update(form=form, in_quota=in_quota)
            if status:
                PersonStatus.objects.create(teacher=person, status=status, valid=Range(YEAR, None))
        assert [one.what for one in differences([school_a], TODAY)] == (["missing"] if holds else [])


def test_who_does_not_keep_the_ledger_books_nothing(school_clerk, school_a, second_school_a, county_clerk):
    made = approved(county_clerk, school_a, 1)
    with pytest.raises(NotAllowed):
        approved(school_clerk, school_a, 1)
    with pytest.raises(NotAllowed):
        seats.open_ledger(actor=school_clerk, unit=school_a, on=YEAR)
    with pytest.raises(NotAllowed):
        seats.counter(actor=school_clerk, movement=made, reason="错")


def test_a_paper_and_a_known_kind_are_asked_for(county_clerk, school_a):
    with pytest.raises(NotAllowed):
        seats.approve(actor=county_clerk, unit=school_a, kind=KIND, count=1, on=YEAR, document=" ")
    with pytest.raises(NotAllowed):
        approved(county_clerk, school_a, 1, kind="unknown")
    with pytest.raises(NotAllowed):
        approved(county_clerk, school_a, 1, on=date(1989, 1, 1))
    assert not SeatMovement.objects.exists()
    assert not Reservation.objects.exists()


def test_balances_of_many_units_cost_one_query(county_clerk, county_a, ten, second_school_a, django_assert_num_queries):
    approved(county_clerk, second_school_a, 4)
    with django_assert_num_queries(1):
        found = balances([ten.pk, second_school_a.pk, county_a.pk], KIND, TODAY)
    assert {key: one.approved for key, one in found.items()} == {ten.pk: 10, second_school_a.pk: 4}


class TestMerging:
    """Two files of one person, one or both of which hold a seat."""

    def merge(self, actor, stays, goes):
        chosen = dict.fromkeys(plan_merge(stays, goes).questions, HERE)
        merge_files(actor=actor, stays=stays, goes=goes, chosen=chosen, reason="重复建档", reason_code="opened_twice")

    def test_the_seat_goes_with_the_file(self, county_clerk, ten, teacher_a):
        goes = make_teacher("张伟", ten)
        sit(county_clerk, goes, ten)
        self.merge(county_clerk, teacher_a, goes)
        assert seat_of(teacher_a, TODAY).unit == ten.pk
        assert differences([ten], TODAY) == []

    def test_two_seats_are_one_too_many(self, county_clerk, ten, teacher_a):
        goes = make_teacher("张伟", ten)
        for person in (teacher_a, goes):
            sit(county_clerk, person, ten)
        with pytest.raises(SeatsRefused, match="张伟"):
            self.merge(county_clerk, teacher_a, goes)
        seats.release(actor=county_clerk, teacher=goes, on=MARCH)
        self.merge(county_clerk, teacher_a, goes)
        assert told(ten, TODAY) == (10, 1, 0, 9, 0)
