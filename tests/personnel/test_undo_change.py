"""Undoing one change of a file by a new change: whole or refused with names, and field by field as before."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.errors import StaleRecord
from core.records.models import Change
from personnel import services
from personnel.models import Contact, FormerName, IdentityDocument
from personnel.selectors.versions import compared, stored
from personnel.services.undoing import plan_undo
from tests.personnel.files import PHONE, ZHANG, import_rows, make_file, set_contact
from tests.personnel.journeys import because
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db

WHY = {"reason": "改错了人", "reason_code": "wrong_person"}


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


@pytest.fixture
def held(teacher):
    return TitleHeld.objects.get(teacher=teacher)


def words(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page.content.decode())))


def last():
    return Change.objects.latest("pk")


def undo_url(change):
    return reverse("change_undo", args=[change.public_id])


def fields(record):
    """What a record says, field by field."""
    fresh = type(record)._base_manager.get(pk=record.pk)
    return {name: stored(type(record), name, fresh) for name in compared(type(record))}


def test_of_several_people_each_line_says_whose_it_is(login, county_clerk, teacher, school_a):
    other = make_file("王芳", school_a)
    with change("personnel.correct_fact", actor=county_clerk, reason="全校核对"):
        for one in (teacher, other):
            one.native_place = "白河县"
            one.save()

    page = words(login(county_clerk).get(undo_url(last())))

    assert ("林婉清：籍贯" in page, "王芳：籍贯" in page, "2 人" in page) == (True, True, True)
    assert "随之重算" not in page


class TestWhatFollows:
    """What an undo brings with it, said on its page before it is done."""

    def test_years_that_are_computed_anew_are_told_and_nothing_is_written(self, login, county_clerk, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"work_start": "2003-08"}, reason="审核认定")
        made, before = last(), Change.objects.count()

        page = words(login(county_clerk).get(undo_url(made)))

        assert "工龄 随之重算：由23变为21" in page
        teacher.refresh_from_db()
        assert (str(teacher.work_start), Change.objects.count()) == ("2003-08", before)


class TestWhatGoesBack:
    """Every act on a fact, taken back."""

    def test_a_correction(self, county_clerk, teacher):
        before = fields(teacher)
        services.correct_fact(
            actor=county_clerk, record=teacher, values={"native_place": "青石县", "name": "林清"}, reason="x"
        )
        made = last()

        done = services.undo_change(actor=county_clerk, change=made, **WHY)

        teacher.refresh_from_db()
        assert (fields(teacher), teacher.pinyin) == (before, "lin wan qing")
        assert (done.kind, done.source, done.reason_code) == (
            "personnel.undo_change",
            f"change:{made.pk}",
            "wrong_person",
        )

    def test_a_change_from_a_day_becomes_one_period_again(self, county_clerk, teacher, held):
        services.change_fact(actor=county_clerk, record=held, on=date(2020, 1, 1), values={"rank": "first"}, reason="x")

        services.undo_change(actor=county_clerk, change=last(), **WHY)

        assert list(TitleHeld.objects.values_list("rank", "valid")) == [("second", Range(date(2010, 9, 1), None))]

    def test_an_end(self, county_clerk, held):
        services.end_fact(actor=county_clerk, record=held, until=date(2020, 1, 1), values={}, reason="x")

        services.undo_change(actor=county_clerk, change=last(), **WHY)

        held.refresh_from_db()
        assert held.valid == Range(date(2010, 9, 1), None)

    def test_one_that_was_added_and_closed_the_one_before(self, county_clerk, teacher, second_school_a):
        services.add_fact(
            actor=county_clerk, teacher=teacher, model=type(teacher.employments.get()), reason="x", since=date(2026, 9, 1),
            values={"unit": second_school_a}, closing=True,
        )  # fmt: skip

        services.undo_change(actor=county_clerk, change=last(), **WHY)

        assert teacher.employments.get().valid.upper is None

    def test_later_periods_that_followed_go_back_too(self, county_clerk, teacher, held):
        services.change_fact(actor=county_clerk, record=held, on=date(2020, 1, 1), values={"rank": "first"}, reason="x")
        held.refresh_from_db()
        services.change_fact(
            actor=county_clerk, record=held, on=date(2015, 1, 1), values={"rank": "third"}, follow=True, reason="x"
        )
        assert TitleHeld.objects.order_by("valid").values_list("rank", flat=True).last() == "third"

        services.undo_change(actor=county_clerk, change=last(), **WHY)

        assert list(TitleHeld.objects.order_by("valid").values_list("rank", flat=True)) == ["second", "first"]

    def test_a_protected_value(self, county_clerk, teacher):
        contact = set_contact(teacher)
        services.correct_fact(actor=county_clerk, record=contact, values={"phone": "13900005678"}, reason="x")

        services.undo_change(actor=county_clerk, change=last(), **WHY)

        assert Contact.objects.select_related("teacher__key").get().phone.reveal() == PHONE

    def test_an_undo_is_undone_as_well(self, county_clerk, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")
        services.undo_change(actor=county_clerk, change=last(), **WHY)

        services.undo_change(actor=county_clerk, change=last(), **WHY)

        teacher.refresh_from_db()
        assert teacher.native_place == "青石县"

    def test_what_others_changed_beside_it_stays(self, county_clerk, second_county_clerk, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")
        made = last()
        services.correct_fact(actor=second_county_clerk, record=teacher, values={"birthplace": "白河县"}, reason="x")

        services.undo_change(actor=county_clerk, change=made, **WHY)

        teacher.refresh_from_db()
        assert (teacher.native_place, teacher.birthplace) == ("", "白河县")


class TestWhatIsRefused:
    """With the names of what stands in the way; nothing is written."""

    def test_a_field_that_somebody_changed_since(self, county_clerk, second_county_clerk, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")
        made = last()
        services.correct_fact(
            actor=second_county_clerk, record=teacher, values={"native_place": "白河县"}, reason="核对"
        )
        before = Change.objects.count()

        with pytest.raises(NotAllowed, match="之后又有改动"):
            services.undo_change(actor=county_clerk, change=made, **WHY)

        assert Change.objects.count() == before
        (obstacle,) = plan_undo(made).obstacles()
        assert (obstacle.change.actor, obstacle.change.reason) == (second_county_clerk.user, "核对")

    def test_a_period_that_was_divided_since(self, county_clerk, held):
        services.change_fact(actor=county_clerk, record=held, on=date(2020, 1, 1), values={"rank": "first"}, reason="x")
        made = last()
        new = TitleHeld.objects.exclude(pk=held.pk).get()
        services.change_fact(actor=county_clerk, record=new, on=date(2024, 1, 1), values={"rank": "senior"}, reason="x")

        with pytest.raises(NotAllowed, match="之后又有改动"):
            services.undo_change(actor=county_clerk, change=made, **WHY)

        assert TitleHeld.objects.count() == 3

    def test_what_is_no_longer_in_force(self, county_clerk, teacher):
        services.add_fact(actor=county_clerk, teacher=teacher, model=FormerName, values={"name": "林小清"}, reason="x")
        made = last()
        services.undo_change(actor=county_clerk, change=made, **WHY)

        with pytest.raises(NotAllowed, match="无可撤销"):
            services.undo_change(actor=county_clerk, change=made, **WHY)

    def test_a_number_that_another_file_took_since(self, county_clerk, teacher, school_b):
        document = IdentityDocument.objects.get(teacher=teacher)
        services.correct_fact(actor=county_clerk, record=document, values={"number": "110105196001010025"}, reason="x")
        made = last()
        make_file("王芳", school_b, identity_number=ZHANG)

        with pytest.raises(NotAllowed, match="已有这个号码"):
            services.undo_change(actor=county_clerk, change=made, **WHY)

    def test_a_batch_has_its_own_undo(self, county_clerk, county_a, school_a):
        batch = import_rows(county_clerk, county_a, [["姓名", "身份证号", "工作单位"], ["孙丽", ZHANG, school_a.name]])

        with pytest.raises(NotAllowed, match="不能单独撤销"):
            services.undo_change(actor=county_clerk, change=batch.change, **WHY)

    def test_a_reason_of_another_act(self, county_clerk, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")

        with pytest.raises(NotAllowed, match="不符"):
            services.undo_change(actor=county_clerk, change=last(), reason_code="transfer")

    def test_what_is_no_longer_as_it_was_shown(self, county_clerk, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")
        made, seen = last(), plan_undo(last()).seen
        services.correct_fact(actor=county_clerk, record=teacher, values={"birthplace": "青石县"}, reason="x")

        with pytest.raises(StaleRecord):
            services.undo_change(actor=county_clerk, change=made, seen=seen, **WHY)


class TestThePage:
    """What goes back to what, before it is done."""

    def test_it_shows_what_goes_back_and_does_it(self, login, county_clerk, held):
        services.change_fact(
            actor=county_clerk, record=held, on=date(2020, 1, 1), values={"rank": "first"}, reason="误"
        )
        made, client = last(), login(county_clerk)

        page = client.get(undo_url(made))
        assert "2010-09-01 至 2019-12-31 2010-09-01 起" in words(page)
        seen = re.search(r'name="seen" value="(\w+)"', page.content.decode())[1]
        answer = client.post(undo_url(made), {**because("", "not_in_force"), "seen": seen})

        assert answer.status_code == 302
        assert TitleHeld.objects.get().rank == "second"
        assert "撤销的是 档案变更" in words(client.get(reverse("change", args=[last().public_id])))
        assert "已被撤销 撤销变更" in words(client.get(reverse("change", args=[made.public_id])))
        assert "无可撤销" in words(client.get(undo_url(made)))

    def test_it_names_who_changed_it_since_and_asks_nothing(self, login, county_clerk, second_county_clerk, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")
        made = last()
        services.correct_fact(
            actor=second_county_clerk, record=teacher, values={"native_place": "白河县"}, reason="核对"
        )

        page = login(county_clerk).get(undo_url(made))

        assert "之后又有改动" in words(page)
        assert "青石县另一办事员" in words(page)
        assert 'name="seen"' not in page.content.decode()

    def test_a_change_since_the_page_was_shown_is_told(self, login, county_clerk, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")
        made, client = last(), login(county_clerk)
        seen = re.search(r'name="seen" value="(\w+)"', client.get(undo_url(made)).content.decode())[1]
        services.correct_fact(actor=county_clerk, record=teacher, values={"birthplace": "青石县"}, reason="x")

        told = client.post(undo_url(made), {**because("改错了", "wrong_person"), "seen": seen})

        assert (told.status_code, "期间有人改动" in words(told), "改错了" in told.content.decode()) == (409, True, True)
        again = re.search(r'name="seen" value="(\w+)"', told.content.decode())[1]
        assert client.post(undo_url(made), {**because("改错了", "wrong_person"), "seen": again}).status_code == 302

    def test_who_may(self, login, county_clerk, county_approver, other_county_clerk, auditor, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")
        made = last()

        answers = [
            login(actor).get(undo_url(made)).status_code
            for actor in (county_clerk, county_approver, other_county_clerk, auditor)
        ]

        assert answers == [200, 403, 404, 404]


def test_a_value_that_is_back_came_from_where_it_came_before(login, county_clerk, county_a, school_a):
    import_rows(
        county_clerk, county_a, [["姓名", "身份证号", "工作单位", "籍贯"], ["孙丽", ZHANG, school_a.name, "祁县"]]
    )
    teacher = IdentityDocument.objects.get().teacher
    services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")

    services.undo_change(actor=county_clerk, change=last(), **WHY)

    page = login(county_clerk).get(reverse("teacher", args=[teacher.public_id]) + "?tab=basic").content.decode()
    assert re.search(r"祁县.{0,200}sd-prov cell", page, re.DOTALL)
