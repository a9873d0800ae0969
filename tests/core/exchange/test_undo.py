"""Undo of a batch: what it made goes, what it changed goes back, what was edited since stays, what something stands on is blocked."""

from __future__ import annotations

import datetime as dt

import pytest
from psycopg.types.range import Range

from core.dates import PartialDate
from core.exchange.models import Batch, BatchRow
from core.exchange.services import NotNow
from core.exchange.undo.planning import Plan
from core.exchange.undo.services import undo_batch, undo_preview
from core.exchange.undo.telling import page_of
from core.exchange.undo.touched import BLOCK, KEEP, TAKE_BACK
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.org.models import ApprovedQuota, Unit, UnitProfile
from core.records.changes import change
from core.records.models import Change, DataKey
from core.records.settling import settle
from core.records.verifying import verify
from personnel import services
from personnel.models import Contact, Education, Employment, FormerName, PoliticalStatus, Teacher
from tests.core.exchange.books import CHEN, LI, OTHER_SCHOOL, WANG, book, line, roster, sent
from tests.core.exchange.undoing import differences, snapshot, undone
from tests.factories.people import make_user
from tests.ground.clock import TODAY
from titles.models import TitleHeld

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school_a", "second_school_a")]

SEPTEMBER = dt.date(2026, 9, 1)
OCTOBER = dt.date(2026, 10, 1)
FULL = ["籍贯", "联系电话", "政治面貌", "最高学历", "毕业院校", "任教学科", "职称"]
A = ("太原", "13800138000", "群众", "大学本科", "山西大学", "语文", "二级教师")
B = ("太谷", "13800138001", "中共党员", "大学本科", "忻州师范学院", "数学", "一级教师")


@pytest.fixture
def accepted(county_clerk, county_a):
    """`accepted(head, *rows, day=)`: a roster sent by the county's clerk and accepted."""

    def send(head, *rows, day=SEPTEMBER):
        return sent(county_clerk, county_a, roster(head, *rows), day=day)

    return send


@pytest.fixture
def seen(county_clerk):
    """`seen(batch)`: what its undo would do now."""

    def look(batch: Batch) -> Plan:
        return undo_preview(actor=county_clerk, batch=batch)

    return look


def people_in(plan: Plan, bucket: str) -> set[str]:
    names = dict(Teacher.history.order_by("revision").values_list("id", "name"))
    return {names.get(key, "") for key in plan.bucket(bucket)}


def notes(plan: Plan, bucket: str, actor) -> list[tuple[str, str, str]]:
    """(sentence, who, why) of everything that stays."""
    people, _more = page_of(plan, bucket, actor)
    return [(note.text, note.by.partition("·")[0].strip(), note.why) for one in people for note in one.notes]


# what goes back


def test_people_whom_the_batch_entered_go_with_all_their_records(accepted, county_clerk):
    before = snapshot()
    batch = accepted(FULL, line(WANG, *A), line(LI, *B))
    keys = DataKey.objects.count()

    done = undone(batch, county_clerk)

    assert snapshot() == before
    assert (done.state, done.undo_report["entered"]) == (Batch.State.UNDONE, 2)
    assert DataKey.objects.count() == keys  # history stays readable
    assert BatchRow.objects.filter(batch=batch).count() == 2
    gone = Teacher.history.filter(history_type="-")
    assert {row.name for row in gone} == {"王小梅", "李建国"}


def test_the_undo_is_one_change_with_its_reason_and_paper(accepted, county_clerk):
    batch = accepted(FULL, line(WANG, *A))

    done = undone(batch, county_clerk, reason="发错了文件")

    change_ = Change.objects.latest("pk")
    assert done.undo_change == change_
    assert (change_.kind, change_.source, change_.reason) == ("exchange.undo", f"undo:{batch.pk}", "发错了文件")
    assert (change_.document, change_.actor, change_.role) == ("青教人〔2026〕9号", county_clerk.user, "county_clerk")
    assert set(Teacher.history.filter(history_type="-").values_list("change", flat=True)) == {change_.pk}
    settle()
    assert list(verify()) == []


def test_what_the_batch_changed_says_again_what_it_said_before(accepted, county_clerk):
    accepted(FULL, line(WANG, *A), line(LI, *A))
    before = snapshot()
    batch = accepted(FULL, line(WANG, *B), line(LI, *B), day=OCTOBER)
    assert {("titles.TitleHeld", "+"), ("personnel.Teacher", "native_place"), ("personnel.Contact", "phone_last")} <= (
        differences(before, snapshot())
    )

    undone(batch, county_clerk)

    assert snapshot() == before


@pytest.mark.parametrize(
    ("head", "first", "then"),
    [
        ([], line(WANG), line(WANG, unit=OTHER_SCHOOL)),
        (["来校时间"], line(WANG, "2010.09"), line(WANG, "2012-09-01", unit=OTHER_SCHOOL)),
        (["来校时间"], line(WANG), line(WANG, "2015.09")),
        (["来校时间", "职务"], line(WANG, "2015.09", "教师"), line(WANG, "2015.09", "教导主任")),
        (["职称"], line(WANG, "二级教师"), line(WANG, "一级教师")),
        (["曾用名"], line(WANG), line(WANG, "王梅")),
        (["人员状态"], line(WANG, "退休"), line(WANG, "在岗")),
    ],
    ids=["moved", "moved on its own day", "first day known", "other post", "other title", "added", "ended"],
)
def test_periods_that_were_opened_closed_and_moved_are_as_before(accepted, county_clerk, head, first, then):
    accepted(head, first)
    before = snapshot()
    batch = accepted(head, then, day=OCTOBER)
    assert snapshot() != before

    undone(batch, county_clerk)

    assert snapshot() == before


def test_periods_whose_first_day_moved_go_back_whichever_way(accepted, county_clerk):
    accepted(["来校时间"], line(WANG, "2010.09"))
    accepted(["来校时间"], line(WANG, "2020-09-01", unit=OTHER_SCHOOL))
    for day in ("2019-02-15", "2021-03-15"):
        before = snapshot()
        batch = accepted(["来校时间"], line(WANG, day, unit=OTHER_SCHOOL))
        assert ("personnel.Employment", "valid") in differences(before, snapshot())

        undone(batch, county_clerk)

        assert snapshot() == before


def test_periods_that_moved_all_at_once_do_not_stand_in_each_others_way(accepted, county_clerk, county_a, school_a):
    accepted(["来校时间"], line(WANG, "2010.09"))
    accepted(["来校时间"], line(WANG, "2014-09-01", unit=OTHER_SCHOOL))
    third = accepted(["来校时间"], line(WANG, "2018-09-01"))
    before = snapshot()
    rows = list(Employment.objects.order_by("valid"))
    days = [(2010, 2015), (2015, 2019), (2019, None)]
    with change("exchange.apply", actor=county_clerk, reason="三段一起移", source=f"batch:{third.pk}") as moved:
        for row, (begins, ends) in reversed(list(zip(rows, days, strict=True))):
            row.valid = Range(dt.date(begins, 9, 1), dt.date(ends, 9, 1) if ends else None)
            row.save(update_fields={"valid"})
    batch = Batch.objects.get(pk=third.pk)
    batch.change = moved

    from core.exchange.undo.planning import plan
    from core.exchange.undo.writing import write

    made = plan(batch, county_clerk)
    with change("exchange.undo", actor=county_clerk, reason="移回"):
        write(made.lines, lambda *_told, **_more: None)

    assert snapshot() == before


def test_a_units_sheet_is_taken_back_with_the_units_that_it_opened(county_clerk, county_a):
    head = ["学校标识码", "学校名称", "办学类型", "在校学生数", "班级数", "核定编制数"]
    first = sent(
        county_clerk, county_a, book(单位=[head, ["3214000001", "南关小学", "小学", 300, 12, 30]]), name="单位.xlsx"
    )
    before = snapshot()
    batch = sent(
        county_clerk, county_a,
        book(单位=[head, ["3214000001", "南关第一小学", "小学", 310, 12, 32], ["3214000002", "北关小学", "小学", 200, 8, 20]]),
        name="单位.xlsx", day=TODAY,
    )  # fmt: skip
    assert (batch.state, Unit.objects.filter(code="3214000002").count()) == ("applied", 1), batch.trouble

    undone(batch, county_clerk)
    assert snapshot() == before

    undone(first, county_clerk)
    assert not Unit.objects.filter(code="3214000001").exists()
    assert not UnitProfile.objects.filter(name="南关小学").exists()
    assert not ApprovedQuota.objects.exists()


# what was edited since


def test_what_somebody_edited_since_stays_and_the_rest_goes_back(accepted, seen, county_clerk, second_county_clerk):
    accepted(FULL, line(WANG, *A))
    before = snapshot()
    batch = accepted(["籍贯", "联系电话", "性别"], line(WANG, "太谷", "13800138001", "女"))
    teacher = Teacher.objects.get()
    services.correct_fact(
        actor=second_county_clerk, record=teacher, values={"native_place": "祁县", "health": "1"}, reason="本人来函"
    )

    plan = seen(batch)
    done = undone(batch, county_clerk)

    found = {name for label, name in differences(before, snapshot()) if label == "personnel.Teacher"}
    assert found - {"source_row"} == {"native_place", "health"}
    assert not {label for label, _name in differences(before, snapshot())} - {"personnel.Teacher"}
    assert Teacher.objects.get().native_place == "祁县"
    assert [said[1:] for said in notes(plan, KEEP, county_clerk)] == [(second_county_clerk.user.name, "本人来函")]
    assert (done.undo_report[KEEP]["records"], done.undo_report[TAKE_BACK]["subjects"]) == (1, 1)


def test_an_edit_beside_what_the_batch_changed_is_not_touched(accepted, seen, county_clerk):
    accepted(["籍贯", "联系电话"], line(WANG, "太原", "13800138000"))
    batch = accepted(["籍贯", "联系电话"], line(WANG, "太谷", "13800138001"))
    services.correct_fact(actor=county_clerk, record=Contact.objects.get(), values={"email": "w@x.cn"}, reason="补录")

    plan = seen(batch)
    undone(batch, county_clerk)

    contact = Contact.objects.get()
    assert (contact.phone.reveal(), contact.email) == ("13800138000", "w@x.cn")
    assert not plan.bucket(KEEP)


def test_values_that_say_one_thing_go_back_together_or_not_at_all(accepted, county_clerk):
    accepted(["政治面貌"], line(WANG, "群众"))
    batch = accepted(["政治面貌"], line(WANG, "中共党员"))
    status = PoliticalStatus.objects.get()
    services.correct_fact(
        actor=county_clerk, record=status, values={"joined": PartialDate(2020, 7)}, reason="补录入党时间"
    )

    with pytest.raises(NotNow):
        undone(batch, county_clerk)

    status.refresh_from_db()
    assert str(status.joined) == "2020-07"
    assert status.status == "01"


def test_whom_the_batch_entered_stays_whole_where_anything_was_edited_since(accepted, seen, county_clerk):
    batch = accepted(FULL, line(WANG, *A), line(LI, *A))
    teacher = Teacher.objects.get(name="王小梅")
    services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "祁县"}, reason="更正")
    before = snapshot()

    plan = seen(batch)
    undone(batch, county_clerk)

    assert (people_in(plan, TAKE_BACK), people_in(plan, KEEP)) == ({"李建国"}, {"王小梅"})
    after = snapshot()
    assert set(Teacher.objects.values_list("name", flat=True)) == {"王小梅"}
    assert all(after[place] == values for place, values in before.items() if place in after)
    assert Employment.objects.count() == Contact.objects.count() == TitleHeld.objects.count() == 1


def test_a_period_that_an_edit_since_took_keeps_its_whole_chain(accepted, seen, county_clerk):
    accepted(["籍贯"], line(WANG, "太原"), day=dt.date(2020, 9, 1))
    batch = accepted(["籍贯"], line(WANG, "太谷", unit=OTHER_SCHOOL), day=OCTOBER)
    latest = Employment.objects.order_by("-valid").first()
    services.correct_fact(actor=county_clerk, record=latest, values={"post": "教导主任"}, reason="任命")
    before = snapshot("personnel.Employment")

    plan = seen(batch)
    undone(batch, county_clerk)

    assert snapshot("personnel.Employment") == before
    assert Teacher.objects.get().native_place == "太原"
    causes = {line.why for model, lines in plan.lines.items() if model is Employment for line in lines}
    assert causes == {"edited", "period"}


def test_an_edit_that_was_put_back_is_no_edit(accepted, seen, county_clerk):
    accepted(["籍贯"], line(WANG, "太原"))
    before = snapshot()
    batch = accepted(["籍贯"], line(WANG, "太谷"))
    teacher = Teacher.objects.get()
    for place in ("祁县", "太谷"):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": place}, reason="试")

    assert not seen(batch).bucket(KEEP)
    undone(batch, county_clerk)
    assert snapshot() == before


def test_a_later_batch_is_an_edit_since_until_it_is_undone_itself(accepted, seen, county_clerk):
    accepted(FULL, line(WANG, *A))
    before = snapshot()
    middle = accepted(["籍贯", "联系电话"], line(WANG, "太谷", "13800138001"))
    between = snapshot()
    later = accepted(["籍贯"], line(WANG, "祁县"))
    assert people_in(seen(middle), KEEP) == {"王小梅"}

    undone(later, county_clerk)
    assert snapshot() == between
    assert not seen(middle).bucket(KEEP)

    undone(middle, county_clerk)
    assert snapshot() == before


def test_whom_another_unit_keeps_now_stays_as_they_are(accepted, seen, county_clerk, school_b, city_clerk):
    accepted(["籍贯"], line(WANG, "太原"), line(LI, "太原"))
    batch = accepted(["籍贯"], line(WANG, "太谷"), line(LI, "太谷"))
    with change("personnel.change_fact", actor=city_clerk, reason="调往白河县"):
        Employment.objects.get(teacher__name="王小梅").supersede(on=dt.date(2026, 11, 1), unit=school_b)

    plan = seen(batch)
    undone(batch, county_clerk)

    assert dict(Teacher.objects.values_list("name", "native_place")) == {"王小梅": "太谷", "李建国": "太原"}
    assert people_in(plan, KEEP) == {"王小梅"}
    told, _more = page_of(plan, KEEP, county_clerk)
    assert "王小梅" not in {one.name for one in told}


# what something stands on


def test_records_since_of_whom_the_batch_entered_block(accepted, seen, county_clerk):
    batch = accepted(FULL, line(WANG, *A), line(LI, *A))
    services.add_fact(
        actor=county_clerk,
        teacher=Teacher.objects.get(name="王小梅"),
        model=FormerName,
        values={"name": "王梅"},
        reason="档案",
    )
    before = snapshot()

    plan = seen(batch)
    undone(batch, county_clerk)

    assert people_in(plan, BLOCK) == {"王小梅"}
    assert notes(plan, BLOCK, county_clerk)[0][1:] == (county_clerk.user.name, "档案")
    assert set(Teacher.objects.values_list("name", flat=True)) == {"王小梅"}
    after = snapshot()
    assert all(before[place] == values for place, values in after.items())


def test_an_account_of_whom_the_batch_entered_blocks(accepted, seen, county_clerk):
    batch = accepted([], line(WANG), line(LI))
    user = make_user("王小梅", username="wang.xiaomei")
    with change("test.link", actor=system_actor(TODAY), reason="账号"):
        teacher = Teacher.objects.get(name="王小梅")
        teacher.user = user
        teacher.save()

    plan = seen(batch)

    assert people_in(plan, BLOCK) == {"王小梅"}
    assert any("wang.xiaomei" in text for text, _by, _why in notes(plan, BLOCK, county_clerk))


def test_a_unit_that_people_belong_to_since_is_blocked_until_they_are_gone(county_clerk, county_a, seen):
    head = ["学校标识码", "学校名称", "办学类型"]
    units = sent(county_clerk, county_a, book(单位=[head, ["3214000002", "北关小学", "小学"]]), name="单位.xlsx")
    before = snapshot("org.Unit", "org.UnitProfile")
    people = sent(county_clerk, county_a, roster([], line(WANG, unit="北关小学")), day=SEPTEMBER)
    assert people.counts["new"] == 1

    plan = seen(units)
    assert [len(plan.bucket(name)) for name in (TAKE_BACK, KEEP, BLOCK)] == [0, 0, 1]
    with pytest.raises(NotNow):
        undone(units, county_clerk)
    assert snapshot("org.Unit", "org.UnitProfile") == before

    undone(people, county_clerk)
    undone(units, county_clerk)
    assert not Unit.objects.filter(code="3214000002").exists()


def test_what_modules_say_of_records_blocks(accepted, seen, county_clerk, monkeypatch):
    accepted([], line(WANG))
    batch = accepted(["最高学历"], line(WANG, "大学本科"))
    education = Education.objects.get()
    from core.registry import Dependent, registry

    asked = []

    def find(ids):
        asked.append(list(ids))
        return {education.pk: "职称申报 7 号"}

    each = registry.each
    monkeypatch.setattr(
        type(registry),
        "each",
        lambda self, name: (
            iter([Dependent("personnel.Education", "职称申报", find)]) if name == "dependents" else each(name)
        ),
    )

    plan = seen(batch)

    assert asked == [[education.pk]]
    assert [len(plan.bucket(name)) for name in (TAKE_BACK, KEEP, BLOCK)] == [0, 0, 1]
    assert "职称申报 7 号" in notes(plan, BLOCK, county_clerk)[0][0]


# who and when


def test_a_batch_is_undone_once(accepted, county_clerk):
    batch = accepted([], line(WANG))
    undone(batch, county_clerk)
    changes = Change.objects.count()
    batch.refresh_from_db()

    assert undone(batch, county_clerk).state == Batch.State.UNDONE  # the job that is delivered twice
    assert Change.objects.count() == changes
    with pytest.raises(NotNow):
        undo_batch(actor=county_clerk, batch=batch, reason="再来一次")


def test_only_an_accepted_batch_is_undone(county_clerk, county_a):
    batch = sent(county_clerk, county_a, roster([], line(WANG)), accept=False)

    with pytest.raises(NotNow):
        undo_batch(actor=county_clerk, batch=batch, reason="错")
    with pytest.raises(NotNow):
        undo_preview(actor=county_clerk, batch=batch)


def test_who_may_not_accept_does_not_undo(accepted, county_clerk, other_county_clerk, auditor, teacher_actor):
    batch = accepted([], line(WANG))
    for actor in (other_county_clerk, auditor, teacher_actor):
        with pytest.raises(NotAllowed):
            undo_preview(actor=actor, batch=batch)
        with pytest.raises(NotAllowed):
            undone(batch, actor)
        with pytest.raises(NotAllowed):
            undo_batch(actor=actor, batch=batch, reason="错")
    with pytest.raises(NotAllowed):
        undo_batch(actor=county_clerk, batch=batch, reason="  ")
    assert Teacher.objects.filter(name="王小梅").exists()


def test_the_same_workbook_comes_in_again_after_its_undo(accepted, county_clerk):
    batch = accepted(FULL, line(WANG, *A), line(CHEN, *A))
    undone(batch, county_clerk)

    again = accepted(FULL, line(WANG, *A), line(CHEN, *A))

    assert (again.counts["new"], again.report["same_file_as"]) == (2, None)
    assert Teacher.objects.count() == 2
