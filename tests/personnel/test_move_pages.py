"""The pages of moves: asking from a file, the list, the case, one's own file, the letters."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.documents.kinds import all_kinds
from core.documents.models import IssuedDocument
from core.documents.reading import blocks_of
from core.documents.selectors import file_of
from core.documents.services import issue
from core.org.actor import Actor
from core.org.errors import NotAllowed
from core.workflow.services import advance
from personnel.documents.moves import wage_months
from personnel.models import Material, Move
from tests.factories.people import make_teacher
from tests.personnel.moving import FEBRUARY, agreed, asked, decided, desks_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desks(school_a, second_school_a, county_a):
    return desks_of(school_a, second_school_a, county_a)


@pytest.fixture
def person(school_a):
    return make_teacher("张伟", school_a, sex="1", birth=date(1985, 3, 12), pinyin="zhang wei")


def text_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_move_is_asked_for_from_the_file(desks, person, second_school_a, login):
    client = login(desks.asks)
    url = reverse("move_new", args=[person.public_id])
    assert f'href="{url}"' in text_of(client, "teacher", person.public_id)
    assert "青石县第一初级中学" in text_of(client, "move_new", person.public_id)
    said = {
        "sort": "transfer", "receiver_name": "青石县实验小学", "starts": "2027-2-1", "ground": "arranged", "words": "学科紧缺",
        "post": "教师",
    }  # fmt: skip

    answer = client.post(url, said)

    move = Move.objects.get(teacher=person)
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("case", args=[move.case.public_id])
    assert (move.to_unit, move.starts, move.post, move.case.state) == (second_school_a, FEBRUARY, "教师", "sender")
    page = text_of(client, "case", move.case.public_id)
    assert all(
        word in page
        for word in ("青石县实验小学", "组织调配", "接收单位存续", "没有其他派出", "人事关系、编制、岗位一并转出")
    )


def test_what_cannot_be_is_said_at_its_field(desks, person, second_school_a, county_clerk, login):
    client = login(desks.asks)
    url = reverse("move_new", args=[person.public_id])
    said = {"sort": "loan", "starts": "2027-02-01", "ground": "need", "words": "教学急需"}

    nowhere = client.post(url, said)
    near = client.post(url, {**said, "receiver_name": "实验小学"})
    unknown = client.post(url, {**said, "receiver_name": "没有的学校"})
    open_end = client.post(url, {**said, "receiver_name": "青石县实验小学"})
    same = client.post(url, {**said, "sort": "transfer", "receiver_name": "青石县第一初级中学"})

    unchosen = login(county_clerk).post(url, said)

    assert [one.status_code for one in (nowhere, near, unknown, open_end, same, unchosen)] == [422] * 6
    assert "此项必填" in nowhere.content.decode()
    assert 'name="to_unit"' not in nowhere.content.decode()
    assert "请选择接收单位，或填写其他接收单位" in unchosen.content.decode()
    assert "名称相近的有：青石县实验小学。" in near.content.decode()
    assert "没有这个名称的单位" in unknown.content.decode()
    assert "名称相近" not in unknown.content.decode()
    assert "请填写截止日期" in open_end.content.decode()
    assert "不能调到原单位" in same.content.decode()
    assert not Move.objects.exists()


def test_a_unit_of_a_name_that_two_have_is_named_by_its_code(desks, person, school_b, login):
    client = login(desks.asks)
    said = {
        "sort": "transfer",
        "starts": "2027-02-01",
        "ground": "need",
        "words": "急需",
        "receiver_name": school_b.code,
    }

    assert client.post(reverse("move_new", args=[person.public_id]), said).status_code == 302
    assert Move.objects.get().to_unit == school_b


def test_the_list_tells_what_waits_for_whom(desks, person, school_a, second_school_a, other_county_clerk, login):
    move = asked(desks, person, second_school_a)
    other = make_teacher("李敏", school_a)
    lent = decided(desks, other, second_school_a, kind="loan", starts=date(2026, 3, 1), ends=date(2026, 9, 1))
    advance(lent.case, "report", actor=desks.records, data={"on": date(2026, 3, 2)})

    sender, receiver = login(desks.sender), login(desks.records)
    assert "张伟" in text_of(sender, "moves")
    assert "张伟" in text_of(receiver, "moves")
    assert reverse("case", args=[move.case.public_id]) not in text_of(receiver, "moves")
    assert "张伟" not in text_of(login(other_county_clerk), "moves")
    mine = text_of(sender, "moves", waits="me")
    assert ("张伟" in mine, "李敏" in mine) == (True, False)
    late = text_of(receiver, "moves", state="late")
    assert ("张伟" in late, "李敏" in late) == (False, True)
    loans = text_of(receiver, "moves", kind="loan")
    assert ("张伟" in loans, "李敏" in loans) == (False, True)
    assert "张伟" in text_of(receiver, "moves", q="张")


def test_the_list_asks_as_much_for_many_as_for_few(desks, school_a, second_school_a, county_clerk, login):
    client = login(county_clerk)

    def count():
        text_of(client, "moves")
        with CaptureQueriesContext(connection) as found:
            text_of(client, "moves")
        return len(found)

    asked(desks, make_teacher("甲", school_a), second_school_a)
    few = count()
    for number in range(4):
        asked(desks, make_teacher(f"乙{number}", school_a), second_school_a)

    assert count() == few


def test_the_receiver_reads_the_case_when_it_is_theirs_but_not_the_file(desks, person, second_school_a, login):
    move = asked(desks, person, second_school_a)
    receiver = login(desks.receiver)
    assert receiver.get(reverse("case", args=[move.case.public_id])).status_code == 404

    advance(move.case, "agree_sender", actor=desks.sender)

    page = text_of(receiver, "case", move.case.public_id)
    assert "张伟" in page
    assert reverse("teacher", args=[person.public_id]) not in page
    assert receiver.get(reverse("teacher", args=[person.public_id])).status_code == 404


def test_the_person_reads_how_it_stands_on_their_own_file(teacher_actor, own_file, desks, second_school_a, login):
    client = login(teacher_actor)
    asked(desks, own_file, second_school_a, kind="support", ends=date(2028, 2, 1))

    page = text_of(client, "teacher", own_file.public_id)

    assert "支教，由青石县第一初级中学到青石县实验小学，自2027-02-01起：" in page
    assert "待调出单位意见" in page
    assert reverse("move_new", args=[own_file.public_id]) not in page


def test_the_file_tells_where_somebody_works_meanwhile(desks, person, second_school_a, login):
    decided(desks, person, second_school_a, kind="loan", starts=date(2026, 9, 1), ends=FEBRUARY)
    client = login(desks.asks)

    assert "借调：在青石县实验小学工作，2026-09-01 至 2027-01-31。" in text_of(client, "teacher", person.public_id)
    assert "借调、支教、轮岗经历" in text_of(client, "teacher", person.public_id, tab="work")


def test_a_program_reads_the_moves_of_its_units_and_no_others(
    desks, person, second_school_a, other_county_clerk, login
):
    asked(desks, person, second_school_a)
    decided(desks, make_teacher("李敏", person_school(person)), second_school_a, kind="loan", ends=date(2027, 7, 1))

    def names(actor, query=""):
        answer = login(actor).get(f"/api/v1/moves/{query}")
        assert answer.status_code == 200
        return [(one["name"], one["kind"], one["state"]) for one in answer.json()["results"]]

    both = [("张伟", "transfer", "sender"), ("李敏", "loan", "decided")]
    assert sorted(names(desks.asks)) == sorted(both)
    assert names(desks.asks, "?waiting=true") == both[:1]
    assert names(desks.records, "?kind=loan") == both[1:]
    assert names(other_county_clerk) == []


def person_school(person):
    return person.employments.get().unit


# letters


def paper_text(name, teacher, actor):
    kind = all_kinds()[name]
    made = issue(kind, kind.subjects(actor).get(pk=teacher.pk), actor=actor, reason="办理调动")
    return "".join(str(block) for block in blocks_of(file_of(IssuedDocument.objects.get(pk=made.pk))))


def test_letters_say_what_was_decided(desks, person, second_school_a, county_clerk):
    move = asked(desks, person, second_school_a, post="教师", words="学科教师紧缺")
    case = advance(move.case, "agree_sender", actor=desks.sender, comment="同意调出")
    advance(case, "agree_receiver", actor=desks.receiver)
    advance(case, "approve", actor=desks.bureau, data={"document": "青教人〔2026〕18号"})

    form = paper_text("move_form", person, county_clerk)
    letter = paper_text("move_letter", person, county_clerk)
    wage = paper_text("move_wage", person, county_clerk)

    both = ("青石县第一初级中学", "青石县实验小学", "张伟")
    for paper, words in (
        (
            form,
            ("教职工调动审批表", "组织调配", "学科教师紧缺", "同意调出", "2027年2月1日", "青教人〔2026〕18号", *both),
        ),
        (letter, ("行政介绍信", "自2027年2月1日起", "2027年2月16日前", "青教人〔2026〕18号", *both)),
        (wage, ("工资转移介绍信", "发至2027年1月止", "从2027年2月起", *both)),
    ):
        assert [word for word in words if word not in paper] == []
    filed = Material.objects.filter(teacher=person).values_list("category", flat=True)
    assert sorted(filed) == ["9-1", "9-2", "9-2"]


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("loan", "借调函"),
        ("support", "支教派遣函"),
        ("temporary", "挂职派遣函"),
        ("shadowing", "跟岗学习函"),
        ("rotation", "交流轮岗派遣函"),
    ],
)
def test_the_letter_of_a_loan_bears_its_own_name(desks, person, second_school_a, county_clerk, kind, title):
    with pytest.raises(NotAllowed, match="没有已审批的借调或派出"):
        paper_text("loan_letter", person, county_clerk)
    decided(desks, person, second_school_a, kind=kind, ends=date(2027, 7, 1))

    said = paper_text("loan_letter", person, county_clerk)

    assert all(
        word in said for word in (title, "自2027年2月1日起至2027年6月30日止", "人事关系、编制和工资关系保留在原单位")
    )


def test_no_letter_of_what_is_not_decided_or_was_taken_back(desks, person, second_school_a, county_clerk):
    move = asked(desks, person, second_school_a)
    case = agreed(desks, move)
    for _turn in range(2):
        for name in ("move_form", "move_letter", "move_wage"):
            with pytest.raises(NotAllowed, match="没有已审批的调动"):
                paper_text(name, person, county_clerk)
        if case.state == "bureau":
            case = advance(case, "approve", actor=desks.bureau)
            case = advance(case, "revoke", actor=desks.bureau, comment="本人放弃")


@pytest.mark.parametrize(
    ("starts", "last", "first"),
    [
        (date(2027, 2, 1), date(2027, 1, 1), date(2027, 2, 1)),
        (date(2027, 2, 2), date(2027, 2, 1), date(2027, 3, 1)),
        (date(2027, 1, 1), date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 12, 15), date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_no_month_is_paid_twice_or_by_nobody(starts, last, first):
    assert wage_months(starts) == (last, first)


def test_after_the_day_the_letters_are_the_new_unit_s_to_issue(desks, person, second_school_a):
    decided(desks, person, second_school_a)
    day = FEBRUARY + timedelta(days=1)
    new = Actor(
        user=desks.records.user, role="school_clerk", unit=second_school_a, on=day, assignment=desks.records.assignment
    )

    assert "自2027年2月1日起" in paper_text("move_letter", person, new)
    assert (
        not all_kinds()["move_letter"]
        .subjects(Actor(**{**vars_of(desks.asks), "on": day}))
        .filter(pk=person.pk)
        .exists()
    )


def vars_of(actor):
    return {name: getattr(actor, name) for name in ("user", "role", "unit", "assignment")}
