"""A county's list of those who rotate as a workbook: thirty rows with good and bad ones, accepted as cases, taken back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.types.range import Range

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.content import drafts_of
from core.exchange.kinds import all_kinds
from core.exchange.messages import message
from core.exchange.models import Batch, BatchRow
from core.exchange.services import create_batch
from core.exchange.template import template
from core.exchange.undo.services import take_back, undo_preview
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.models import Change
from core.workflow.models import Case
from core.workflow.selectors import inbox
from core.workflow.services import advance, advance_many
from personnel.models import Dispatch, Employment, Move
from personnel.resources.moves import CODES
from personnel.services import seats
from personnel.services.moves.asking import ask_move
from tests.core.exchange.books import book
from tests.factories.people import make_actor, make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.moving import FEBRUARY
from tests.personnel.seats import KIND, approved
from tests.workbooks.people import identity_number

pytestmark = pytest.mark.django_db
HEAD = tuple(
    "姓名 身份证号 现任教学校 交流学校 交流方式 人事关系是否转移 起始日期 结束日期 任教学科 是否骨干教师 交流原因".split()
)
PAPER = "青教人〔2026〕18号"
FIRST, LAST = "2027-02-01", "2028-01-31"


def number_of(place: int) -> str:
    """The identity number of the person at a place: a woman born in 1985."""
    return identity_number("140702", date(1985, 1, 1) + timedelta(days=place), 122)


@pytest.fixture
def people(school_a):
    """Twenty-four teachers of the first school."""
    return [
        make_teacher(
            f"张{chr(0x4E00 + place)}",
            school_a,
            identity_number=number_of(place),
            sex="2",
            birth=date(1985, 1, 1) + timedelta(days=place),
        )
        for place in range(24)
    ]


def row(person, place, school, other, **said):
    """A rotation for a year whose employment stays, unless said otherwise."""
    given = {
        "name": person.name if person else "王小梅", "number": number_of(place), "from": school.name, "to": other.name, "kind": "交流轮岗",
        "employment": "否", "starts": FIRST, "last": LAST, "subject": "数学", "key": "", "ground": "交流轮岗安排",
    }  # fmt: skip
    return list({**given, **said}.values())


def sent(actor, unit, *rows, head=HEAD, accept=True):
    content = book(交流轮岗名单=[head, *rows])
    batch = create_batch(actor=actor, unit=unit, name="交流轮岗名单.xlsx", content=content, start=False)
    batch = check_batch(batch.pk, actor)
    if accept and batch.state == Batch.State.CHECKED:
        batch = apply_batch(batch.pk, actor)
    batch.refresh_from_db()
    return batch


def said(batch, outcome=None):
    """Row, code of each problem."""
    rows = BatchRow.objects.filter(batch=batch).exclude(problems=[]).order_by("row")
    rows = rows.filter(outcome=outcome) if outcome else rows
    return [(one.row, code) for one in rows for code in one.problems]


@pytest.fixture
def thirty(people, school_a, second_school_a, school_b, county_a):
    """Thirty rows, twelve of them bad, and what is wrong with each."""
    other = second_school_a
    closed = make_unit("school", "青石县柳林小学", county_a)
    with change("test.ground", actor=system_actor(TODAY), reason="test ground"):
        closed.closed = date(2026, 8, 1)
        closed.save(update_fields={"closed"})
        Dispatch.objects.create(
            teacher=people[20], kind="loan", unit=other, valid=Range(date(2027, 6, 1), date(2027, 9, 1))
        )
    stranger = make_teacher("李外", school_b, identity_number=number_of(40))
    old = make_teacher(
        "赵老", school_a, identity_number=number_of(41), sex="2", birth=date(1972, 6, 1), post_family="professional"
    )
    good = [row(people[place], place, school_a, other, key="是" if place < 4 else "否") for place in range(18)]
    bad = [
        (row(None, 60, school_a, other), "unknown_person"),
        (row(stranger, 40, school_b, other), "out_of_scope"),
        (row(people[18], 18, school_a, school_a), "move_elsewhere"),
        (row(people[19], 19, school_a, closed), "unit_closed"),
        (row(people[20], 20, school_a, other), "move_alone"),
        (row(old, 41, school_a, other, last="2032-01-31"), "move_retirement"),
        (row(people[0], 0, school_a, other), "duplicate_in_file"),
        (row(people[21], 21, other, other), "from_differs"),
        (row(people[22], 22, school_a, other, last=""), "move_last_day"),
        (row(people[23], 23, school_a, other, kind="周游"), "unknown_code"),
        (row(people[23], 23, school_a, other, starts="2027-02"), "day_needed"),
        (row(people[22], 22, school_a, other, name="王别人"), "name_differs"),
    ]
    return good, bad


def period(starts, ends):
    from psycopg.types.range import Range

    return Range(starts, ends)


def test_thirty_rows_are_told_row_by_row_and_the_good_ones_wait_at_the_sender(thirty, county_clerk, county_a, school_a):
    good, bad = thirty
    batch = sent(county_clerk, county_a, *good, *(line for line, _code in bad))

    expected = [(20 + place, code) for place, (_line, code) in enumerate(bad)]
    assert [one for one in said(batch, "refused") if one not in expected] == [
        (30, "duplicate_in_file"),
        (31, "duplicate_in_file"),
    ]
    assert set(expected) <= set(said(batch, "refused"))
    assert (batch.state, batch.counts["new"], batch.counts["refused"]) == ("applied", 18, 12)
    assert Move.objects.count() == 18
    moves = Move.objects.select_related("case").order_by("pk")
    assert {(one.kind, one.employment, one.from_unit_id, one.starts, one.ends) for one in moves} == {
        ("rotation", False, school_a.pk, FEBRUARY, date(2028, 2, 1))
    }
    assert {(one.case.state, one.case.unit_id, one.case.opened_by_id) for one in moves} == {
        ("sender", school_a.pk, county_clerk.user.pk)
    }
    assert {(one.post, one.ground, one.words) for one in moves} == {("数学教师", "rotation", "交流轮岗安排")}
    assert [one.key_teacher for one in moves] == [True] * 4 + [False] * 14
    assert Change.objects.filter(pk=batch.change_id, source=f"batch:{batch.pk}").exists()
    assert {one.history.get().change_id for one in moves} == {batch.change_id}


def test_who_must_consent_decides_many_at_once_and_they_take_effect(
    people, county_clerk, county_a, school_a, second_school_a
):
    sent(county_clerk, county_a, *(row(people[place], place, school_a, second_school_a) for place in range(3)))
    sender, receiver = make_actor("school_approver", school_a), make_actor("school_approver", second_school_a)
    bureau = make_actor("county_approver", county_a)
    for actor, step in ((sender, "agree_sender"), (receiver, "agree_receiver"), (bureau, "approve")):
        data = {"document": PAPER} if step == "approve" else {}
        moved, refused = advance_many(list(inbox(actor)), step, actor=actor, data=data)
        assert (len(moved), refused) == (3, [])
    assert Dispatch.objects.filter(unit=second_school_a, teacher__in=people, document=PAPER).count() == 3


def test_the_bureau_approves_many_in_the_inbox_under_one_document(
    people, county_clerk, county_approver, county_a, school_a, second_school_a, login
):
    sent(county_clerk, county_a, *(row(people[place], place, school_a, second_school_a) for place in range(2)))
    for unit, step in ((school_a, "agree_sender"), (second_school_a, "agree_receiver")):
        actor = make_actor("school_approver", unit)
        advance_many(list(inbox(actor)), step, actor=actor)
    given = {"step": "personnel.dispatch:approve", "selected": [str(case.public_id) for case in inbox(county_approver)]}

    asked = login(county_approver).post(reverse("case_bulk"), given)
    assert 'name="document"' in asked.content.decode()
    login(county_approver).post(reverse("case_bulk"), {**given, "confirm": "1", "document": PAPER, "comment": ""})

    assert set(Move.objects.values_list("case__state", "document")) == {("decided", PAPER)}


def test_a_transfer_without_a_seat_is_told_and_comes_in_like_that_of_the_form(
    people, county_clerk, county_a, school_a, second_school_a
):
    """The ledger has one seat: the second of two who want it is told so, in the words of the form."""
    approved(county_clerk, school_a, 3)
    approved(county_clerk, second_school_a, 1)
    for place in range(2):
        seats.occupy(actor=county_clerk, teacher=people[place], unit=school_a, kind=KIND, on=date(2026, 3, 1))
    rows = [
        row(people[place], place, school_a, second_school_a, kind="调动", employment="", last="") for place in range(2)
    ]
    batch = sent(county_clerk, county_a, *rows)

    assert said(batch) == [(3, "move_seat")]
    assert Move.objects.filter(kind="transfer", employment=True).count() == 2


def test_too_few_years_at_ones_own_wish_are_told_and_an_exception_passes(
    county_clerk, county_a, school_a, second_school_a
):
    young = [
        make_teacher(f"新{name}", school_a, identity_number=number_of(place), since=date(2026, 9, 1))
        for place, name in enumerate("甲乙")
    ]
    given = {"kind": "调动", "employment": "", "last": "", "ground": "本人申请"}
    rows = [row(one, place, school_a, second_school_a, **given) for place, one in enumerate(young)]
    batch = sent(county_clerk, county_a, [*rows[0], ""], [*rows[1], "青教〔2026〕9号"], head=[*HEAD, "例外批准文号"])

    assert said(batch) == [(2, "move_school_service")]
    assert batch.counts["new"] == 2


def test_what_the_workbook_says_is_what_the_form_says(people, county_clerk, county_a, school_a, second_school_a):
    """The same bad move is refused by both, in the same words."""
    line = row(people[0], 0, school_a, second_school_a, last="2027-01-31")
    batch = sent(county_clerk, county_a, line, accept=False)
    (draft,) = drafts_of(BatchRow.objects.filter(batch=batch), batch)
    with pytest.raises(NotAllowed) as refused:
        ask_move(
            actor=county_clerk, teacher=people[0], kind="rotation", to_unit=second_school_a, starts=FEBRUARY, ends=FEBRUARY,
            ground="rotation", words="x",
        )  # fmt: skip
    assert message(draft.problems[0]) == str(refused.value)


def test_a_move_that_waits_is_the_same_or_stands_in_the_way(people, county_clerk, county_a, school_a, second_school_a):
    line = row(people[0], 0, school_a, second_school_a)
    sent(county_clerk, county_a, line)
    assert sent(county_clerk, county_a, line).counts["same"] == 1
    other = row(people[0], 0, school_a, second_school_a, starts="2028-03-01", last="2028-12-31")
    assert (2, "move_waits") in said(sent(county_clerk, county_a, other))
    assert Move.objects.count() == 1


def test_people_are_found_by_staff_number_within_the_county_only(
    county_clerk, county_a, school_a, second_school_a, school_b
):
    make_teacher("周敏", school_a, staff_number="A001")
    make_teacher("吴外", school_b, staff_number="B001")
    head = ["姓名", "工号", "交流学校", "交流方式", "起始日期", "结束日期", "交流原因"]
    rows = [
        [name, number, second_school_a.name, "支教", FIRST, LAST, "支教"]
        for name, number in (("周敏", "A001"), ("吴外", "B001"))
    ]
    batch = sent(county_clerk, county_a, *rows, head=head)

    assert said(batch, "refused") == [(3, "unknown_person")]
    assert Move.objects.get().teacher.name == "周敏"


def test_undone_the_cases_are_gone_but_for_those_that_were_decided_on(
    people, county_clerk, county_a, school_a, second_school_a
):
    batch = sent(county_clerk, county_a, *(row(people[place], place, school_a, second_school_a) for place in range(3)))
    kept = Move.objects.select_related("case").get(teacher=people[1])
    advance(kept.case, "agree_sender", actor=make_actor("school_approver", school_a))

    plan = undo_preview(actor=county_clerk, batch=batch)
    assert len(plan.bucket("take_back")) == 2
    take_back(batch.pk, county_clerk, reason="名单有误", document="")

    assert [one.pk for one in Move.objects.all()] == [kept.pk]
    assert [one.pk for one in Case.objects.filter(kind="personnel.dispatch")] == [kept.case_id]
    assert Employment.objects.filter(unit=school_a).count() == 24


def test_no_query_is_asked_per_row(people, county_clerk, county_a, school_a, second_school_a, kept_at_length):
    def counted(first, after):
        content = book(
            名单=[HEAD, *(row(people[place], place, school_a, second_school_a) for place in range(first, after))]
        )
        batch = create_batch(actor=county_clerk, unit=county_a, name="名单.xlsx", content=content, start=False)
        with CaptureQueriesContext(connection) as check:
            check_batch(batch.pk, county_clerk)
        with CaptureQueriesContext(connection) as apply:
            apply_batch(batch.pk, county_clerk)
        return len(check), len(apply)

    counted(0, 2)
    assert counted(2, 5) == counted(5, 20)


def test_a_blank_workbook_comes_in_again(county_clerk, county_a):
    content = template(all_kinds()["moves"], county_a, TODAY)
    batch = create_batch(actor=county_clerk, unit=county_a, name="空白.xlsx", content=content, start=False)
    batch = check_batch(batch.pk, county_clerk)
    assert (batch.kind, batch.trouble["code"]) == ("moves", "no_rows")


def test_the_documentation_names_every_code():
    words = (Path(__file__).parents[2] / "docs" / "workbooks.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"`{code}`" not in words] == []


def test_the_pages_of_a_list_of_moves_offer_no_day_and_nothing_to_fill_in_and_call_them_applications(
    people, county_clerk, county_a, school_a, second_school_a, login
):
    batch = sent(county_clerk, county_a, *(row(people[place], place, school_a, second_school_a) for place in range(3)))
    kept = Move.objects.select_related("case").get(teacher=people[1])
    advance(kept.case, "agree_sender", actor=make_actor("school_approver", school_a))
    client = login(county_clerk)

    page = client.get(reverse("batch", args=[batch.public_id])).content.decode()
    assert reverse("batch_day", args=[batch.public_id]) not in page
    waits = sent(county_clerk, county_a, row(people[5], 5, school_a, second_school_a), accept=False)
    assert client.post(reverse("batch_day", args=[waits.public_id]), {"day": "2026-01-01"}).status_code == 404
    assert 'name="filled"' not in client.get(reverse("template_new", args=["moves"])).content.decode()
    undo = client.get(reverse("batch_undo", args=[batch.public_id])).content.decode()
    assert "1 份申请" in undo
    assert "份档案" not in undo
    take_back(batch.pk, county_clerk, reason="名单有误", document="")
    assert "份档案" not in client.get(reverse("batch", args=[batch.public_id])).content.decode()
    assert "没有生成时间的印记" not in client.get(reverse("batch", args=[waits.public_id])).content.decode()
