"""Pages of seats: what they show, what is booked by them, how few queries they take."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.types.range import Range

from core.dates import add_months
from core.org.errors import NotAllowed
from core.org.models import ApprovedQuota, UnitStatistics
from core.records import change
from core.workflow.registered import workflow_of
from core.workflow.services import advance
from personnel.models import PersonStatus, SeatAdjustment, SeatMovement
from personnel.selectors.seat_holding import differences
from personnel.selectors.seat_movements import month_list
from personnel.selectors.seats import usable
from personnel.services import seats
from personnel.services.seat_uses import ask_use, close_spent
from personnel.services.statistics import record_statistics
from tests.factories.people import make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.seats import KIND, YEAR, approved, told

pytestmark = pytest.mark.django_db


def counted(actor, unit, pupils, classes, stage="junior", year=2026, boarders=None):
    return record_statistics(
        actor=actor, unit=unit, school_year=year, stage=stage, pupils=pupils, classes=classes, boarders=boarders
    )


def shown(response):
    return response.content.decode()


def test_the_county_sees_standard_approved_and_occupied(county_clerk, login, school_a, second_school_a, teacher_a):
    counted(county_clerk, school_a, 1100, 24)
    counted(county_clerk, second_school_a, 850, 20, stage="primary")
    approved(county_clerk, school_a, 80)
    seats.occupy(actor=county_clerk, teacher=teacher_a, unit=school_a, kind=KIND, on=YEAR)

    text = shown(login(county_clerk).get(reverse("seats")))

    assert "青石县第一初级中学" in text
    assert all(f">{number}<" in text for number in ("1,100", "81", "80", "45"))
    assert "1,950" in text


def test_a_day_before_shows_what_was_then(county_clerk, login, school_a):
    approved(county_clerk, school_a, 80)
    client = login(county_clerk)
    assert "80" in shown(client.get(reverse("seats"), {"on": "2026-01-01"}))
    assert "没有" in shown(client.get(reverse("seats"), {"on": "2025-12-31"})) or "No unit" in shown(
        client.get(reverse("seats"), {"on": "2025-12-31"})
    )


def test_approvals_are_booked_and_put_right_by_pages(county_clerk, login, school_a):
    client = login(county_clerk)
    key = [school_a.public_id]
    said = {"kind": KIND, "count": 10, "on": "2026-03-01", "document": "编办〔2026〕3号", "reason": ""}
    assert client.post(reverse("seats_approve", args=key), said).status_code == 302
    assert told(school_a, TODAY)[0] == 10

    movement = SeatMovement.objects.get(kind="approve")
    answer = client.post(reverse("seats_counter", args=[movement.public_id]), {"reason": "记错单位", "document": ""})

    assert answer.status_code == 302
    assert told(school_a, TODAY)[0] == 0
    page = shown(client.get(reverse("unit_seats", args=key)))
    assert "编办〔2026〕3号" in page
    assert "青石县办事员" in page


def test_seats_are_asked_to_move_on_the_page_and_wait_at_both_units(
    county_clerk, county_approver, login, school_a, second_school_a
):
    approved(county_clerk, school_a, 10)
    approved(county_clerk, second_school_a, 1)
    client, accounts = (
        login(county_clerk),
        [reverse("unit_seats", args=[one.public_id]) for one in (school_a, second_school_a)],
    )
    said = {
        "kind": KIND,
        "count": 4,
        "on": "2026-03-01",
        "words": "学生减少",
        "to_unit": str(second_school_a.public_id),
    }
    assert client.post(reverse("seats_adjust", args=[school_a.public_id]), {**said, "words": ""}).status_code == 422

    assert "当前空编：事业编制 10" in shown(client.get(reverse("seats_adjust", args=[school_a.public_id])))

    answer = client.post(reverse("seats_adjust", args=[school_a.public_id]), said)

    case = SeatAdjustment.objects.get().case
    address = reverse("case", args=[case.public_id])
    assert (answer.status_code, answer.url) == (302, address)
    assert (told(school_a, TODAY)[0], told(second_school_a, TODAY)[0]) == (10, 1)
    assert [address in shown(client.get(one)) for one in accounts] == [True, True]
    advance(case, "approve", actor=county_approver, data={"document": "编办〔2026〕9号"})
    assert (told(school_a, TODAY)[0], told(second_school_a, TODAY)[0]) == (6, 5)
    movement = SeatMovement.objects.get(kind="adjust")
    pages = [shown(client.get(one)) for one in accounts]
    assert [address in one for one in pages] == [False, False]
    assert [reverse("seats_counter", args=[movement.public_id]) in one for one in pages] == [False, False]


def test_the_ledger_is_opened_by_its_page(county_clerk, login, county_a, school_a, teacher_a):
    client = login(county_clerk)
    assert reverse("seats_open", args=[county_a.public_id]) in shown(client.get(reverse("seats")))
    answer = client.post(reverse("seats_open", args=[county_a.public_id]), {"on": "2026-01-01", "document": ""})
    assert answer.status_code == 302
    assert told(school_a, TODAY) == (0, 1, 0, 0, 1)
    again = client.post(reverse("seats_open", args=[county_a.public_id]), {"on": "2026-01-01", "document": ""})
    assert again.context["form"].errors[NON_FIELD_ERRORS]


def test_differences_are_listed_booked_and_given_as_a_workbook(county_clerk, login, school_a, teacher_a, system):
    approved(county_clerk, school_a, 3)
    seats.open_ledger  # noqa: B018 - the ledger began with an approval
    gone = make_teacher("周强", school_a)
    seats.occupy(actor=county_clerk, teacher=gone, unit=school_a, kind=KIND, on=YEAR)
    with change("test.fill", actor=system, reason="test ground"):
        PersonStatus.objects.create(teacher=gone, status="died", valid=Range(date(2026, 5, 1), None))
    client = login(county_clerk)

    text = shown(client.get(reverse("seat_differences")))
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("seat_differences_file")).content))

    assert "周强" in text
    assert "张伟" in text
    assert [row[1].value for row in book.active.iter_rows(min_row=2)] == ["周强", "张伟"] or {
        row[1].value for row in book.active.iter_rows(min_row=2)
    } == {"周强", "张伟"}
    ticked = [f"surplus:{gone.pk}", f"missing:{teacher_a.pk}"]
    assert client.post(reverse("seat_differences_book"), {"selected": ticked}).status_code == 302
    assert differences([school_a], TODAY) == []
    assert told(school_a, date(2026, 5, 1)) == (3, 1, 0, 2, 0)


def test_the_list_of_a_month_says_who_came_and_went(county_clerk, login, school_a, second_school_a, teacher_a):
    stays = make_teacher("周强", school_a)
    for unit in (school_a, second_school_a):
        approved(county_clerk, unit, 3)
    for person in (teacher_a, stays):
        seats.occupy(actor=county_clerk, teacher=person, unit=school_a, kind=KIND, on=YEAR)
    seats.move(actor=county_clerk, teacher=teacher_a, to_unit=second_school_a, on=date(2026, 9, 1))

    found = {(row.name, row.unit): (row.came, row.went) for row in month_list(county_clerk.unit, 2026, 9)}

    assert found == {
        ("周强", school_a.pk): (None, None),
        ("张伟", school_a.pk): (None, date(2026, 9, 1)),
        ("张伟", second_school_a.pk): (date(2026, 9, 1), None),
    }
    assert {row.name for row in month_list(county_clerk.unit, 2025, 12)} == set()
    client = login(county_clerk)
    book = openpyxl.load_workbook(BytesIO(client.post(reverse("seats_month"), {"month": "2026-09"}).content))
    assert len(list(book.active.iter_rows())) == 4
    assert client.post(reverse("seats_month"), {"month": "2026-13"}).status_code == 422


class TestUse:
    @pytest.fixture
    def asked(self, county_clerk, school_clerk, school_a):
        approved(county_clerk, school_a, 3)
        return ask_use(actor=school_clerk, unit=school_a, kind=KIND, count=4, purpose="recruit", words="数学缺编")

    def test_what_is_approved_is_kept_used_and_runs_out(self, county_approver, school_a, asked, teacher_a):
        with pytest.raises(NotAllowed, match="3"):
            advance(asked.case, "approve", actor=county_approver, data={"count": 4, "document": "用编1号"})
        advance(asked.case, "approve", actor=county_approver, data={"count": 2, "document": "用编1号"})
        ((held, left),) = usable(school_a, KIND, TODAY)
        assert (left, held.until, told(school_a, TODAY)) == (2, add_months(TODAY, 12), (3, 0, 2, 1, 0))
        (subject,) = workflow_of(asked.case.kind).subjects([asked.case], county_approver).values()
        assert "用编2名" in subject.title

        seats.occupy(actor=county_approver, teacher=teacher_a, unit=school_a, kind=KIND, on=TODAY, reservation=held)

        assert usable(school_a, KIND, TODAY)[0][1] == 1
        assert usable(school_a, KIND, held.until) == []
        assert close_spent(TODAY) == 0
        assert close_spent(held.until) == 1
        asked.case.refresh_from_db()
        assert asked.case.state == "over"
        assert told(school_a, held.until) == (3, 1, 0, 2, 0)

    def test_a_returned_one_is_sent_again_with_fewer_seats(self, county_approver, school_clerk, school_a, asked, login):
        case = advance(asked.case, "return", actor=county_approver, comment="只有三名空编，请核减")
        form = login(school_clerk).get(reverse("case_step", args=[case.public_id, "resend"])).content.decode()
        assert 'value="4"' in form

        case = advance(case, "resend", actor=school_clerk, comment="已核减", data={"count": 3, "words": "数学缺编三名"})

        asked.refresh_from_db()
        assert (asked.count, asked.words, case.state) == (3, "数学缺编三名", "asked")
        advance(case, "approve", actor=county_approver, data={"count": 3, "document": "用编1号"})
        assert told(school_a, TODAY) == (3, 0, 3, 0, 0)

    def test_it_is_put_off_once_and_given_back(self, county_approver, school_a, asked):
        advance(asked.case, "approve", actor=county_approver, data={"count": 2, "document": "用编1号"})
        advance(asked.case, "extend", actor=county_approver, comment="招聘推迟")
        with pytest.raises(NotAllowed):
            advance(asked.case, "extend", actor=county_approver, comment="招聘推迟")
        assert usable(school_a, KIND, add_months(TODAY, 23))[0][1] == 2
        advance(asked.case, "give_back", actor=county_approver, comment="不再招聘")
        assert told(school_a, TODAY) == (3, 0, 0, 3, 0)

    def test_who_asks_does_not_decide_and_asks_once(self, school_clerk, school_approver, school_a, asked, county_clerk):
        with pytest.raises(NotAllowed):
            ask_use(actor=school_clerk, unit=school_a, kind=KIND, count=1, purpose="recruit", words="再要")
        with pytest.raises(NotAllowed):
            ask_use(actor=school_approver, unit=school_a, kind=KIND, count=1, purpose="talent", words="引进")
        for actor in (school_clerk, school_approver, county_clerk):
            with pytest.raises(NotAllowed):
                advance(asked.case, "approve", actor=actor, data={"count": 1, "document": "x"})

    def test_a_school_applies_by_its_page(self, school_clerk, login, county_clerk, school_a):
        approved(county_clerk, school_a, 3)
        client = login(school_clerk)
        said = {"kind": KIND, "count": 1, "purpose": "talent", "words": "引进物理教师"}
        assert client.post(reverse("seat_use_new", args=[school_a.public_id]), said).status_code == 302
        assert client.get(reverse("seats_approve", args=[school_a.public_id])).status_code == 403
        assert client.get(reverse("seat_differences")).status_code == 403


class TestStatistics:
    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"pupils": -1, "classes": 1}, "pupils"),
            ({"pupils": 0, "classes": 2}, "classes"),
            ({"pupils": 100, "classes": 2, "boarders": 101}, "boarders"),
            ({"pupils": 100, "classes": 2, "year": 2027}, "school_year"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, county_clerk, school_a, values, field):
        with pytest.raises(NotAllowed) as refused:
            counted(county_clerk, school_a, **values)
        assert refused.value.field == field
        assert not UnitStatistics.objects.exists()

    def test_it_is_entered_put_right_and_keeps_its_history(self, school_clerk, login, school_a):
        client = login(school_clerk)
        url = reverse("unit_statistics", args=[school_a.public_id])
        said = {"school_year": 2026, "stage": "junior", "pupils": 900, "classes": 20, "boarders": 300}
        assert client.post(url, said).status_code == 302
        assert client.post(url, {**said, "pupils": 910}).status_code == 302
        row = UnitStatistics.objects.get(unit=school_a)
        assert (row.pupils, row.boarders, row.history.count()) == (910, 300, 2)

    def test_nobody_enters_those_of_another_school(self, other_school_clerk, school_a):
        with pytest.raises(NotAllowed):
            counted(other_school_clerk, school_a, 10, 1)


def test_a_county_of_many_schools_costs_no_query_per_school(county_clerk, county_a, login, system):
    def queries(path):
        client = login(county_clerk)
        with CaptureQueriesContext(connection) as counted_ones:
            assert client.get(path).status_code == 200
        return len(counted_ones)

    def school(number):
        unit = make_unit("school", f"第{number}小学", county_a)
        make_teacher(f"师{number}", unit)
        with change("test.fill", actor=system, reason="test ground"):
            ApprovedQuota.objects.create(unit=unit, seats=2, valid=Range(YEAR, None))
            UnitStatistics.objects.create(unit=unit, school_year=2026, stage="primary", pupils=190, classes=6)

    school(0)
    seats.open_ledger(actor=county_clerk, unit=county_a, on=YEAR)
    pages = [reverse("seats"), reverse("seat_differences")]
    few = [queries(path) for path in pages]
    for number in range(1, 9):
        school(number)
    seats.open_ledger(actor=county_clerk, unit=county_a, on=YEAR)
    many = [queries(path) for path in pages]

    assert many == few
    assert max(many) < 60
