"""Graduates are listed, placed by gaps and wishes, report for duty or do not; what they agreed to follows them into their file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.dates import DAY
from core.documents.reading import blocks_of
from core.documents.selectors import file_of
from core.idnumber import parse
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.workflow.services import advance
from personnel.models import Contract, Employment, Graduate, IdentityDocument, Placement, ServiceAgreement, Teacher
from personnel.selectors.graduates import agreements, name_of, plan, said_of, serving
from personnel.selectors.seats import seat_of
from personnel.services.graduates import (
    correct_graduate,
    forget_graduates,
    list_graduate,
    propose_as_suggested,
    propose_placement,
)
from tests.factories.people import make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.files import set_status
from tests.personnel.recruiting import number_of
from tests.personnel.seats import approved, told

pytestmark = pytest.mark.django_db
DOCUMENT = "青教人〔2026〕18号"
SIGNED = date(2022, 9, 1)


@pytest.fixture
def listed(county_clerk):
    def make(place=1, name="刘师", kind="normal", wishes=(), number="", **values):
        given = {
            "name": name,
            "school": "师范大学",
            "education": "21",
            "subject": "mathematics",
            "stage": "junior",
            **values,
        }
        if kind == "free":
            given = {"signed_on": SIGNED, "fees": Decimal(36000), "agreement": "协议2022-7", **given}
        return list_graduate(
            actor=county_clerk,
            year=2026,
            kind=kind,
            number=number or number_of(place),
            phone="13900000001",
            values=given,
            wishes=list(wishes),
        )

    return make


@pytest.fixture
def placed(county_clerk, county_approver):
    def make(graduate, unit, starts=TODAY):
        one = propose_placement(actor=county_clerk, graduate=graduate, unit=unit, starts=starts)
        advance(one.case, "approve", actor=county_approver, data={"document": DOCUMENT})
        return Placement.objects.select_related("case", "graduate", "paper").get(pk=one.pk)

    return make


def standing(graduate):
    return Graduate.objects.get(pk=graduate.pk).standing


def test_who_reports_is_on_staff_with_seat_contract_and_agreement_in_one_change(listed, placed, school_a, county_clerk):
    approved(county_clerk, school_a, 2)
    one = placed(listed(kind="free"), school_a)
    assert told(school_a, TODAY) == (2, 0, 0, 2, 0)
    advance(one.case, "report", actor=county_clerk, data={"on": TODAY})
    graduate = Graduate.objects.get()
    teacher = graduate.hired
    assert (graduate.standing, teacher.name, teacher.birth, teacher.sex) == (
        "reported",
        "刘师",
        parse(number_of(1)).birth,
        graduate.sex,
    )
    job = Employment.objects.get(teacher=teacher)
    assert (job.unit, job.valid, job.came_how, job.in_quota, job.contract) == (
        school_a, Range(TODAY, None), "free_normal", True, "appointment",
    )  # fmt: skip
    assert seat_of(teacher, TODAY).unit == school_a.pk
    assert told(school_a, TODAY) == (2, 1, 0, 1, 0)
    contract = Contract.objects.get(teacher=teacher)
    assert (contract.first_job, contract.probation_last, contract.valid.upper) == (
        True,
        date(2027, 11, 21),
        date(2032, 11, 22),
    )
    agreed = ServiceAgreement.objects.get(teacher=teacher)
    assert (agreed.starts, agreed.years, agreed.rural_years, agreed.fees) == (TODAY, 6, 1, Decimal(36000))
    assert IdentityDocument.objects.get(teacher=teacher).number.reveal() == number_of(1)
    written = {row.history.latest("pk").change_id for row in (teacher, job, contract, agreed, graduate)}
    assert len(written) == 1


def test_nothing_is_half_done_where_no_seat_is_left(listed, placed, school_a, county_clerk):
    approved(county_clerk, school_a, 1)
    one, other = placed(listed(1), school_a), placed(listed(2, "周师"), school_a)
    advance(one.case, "report", actor=county_clerk, data={"on": TODAY})
    with pytest.raises(NotAllowed):
        advance(other.case, "report", actor=county_clerk, data={"on": TODAY})
    assert standing(other.graduate) == "placed"
    assert Teacher.objects.count() == Contract.objects.count() == 1
    with pytest.raises(NotAllowed, match="没有空编"):
        propose_placement(actor=county_clerk, graduate=listed(3, "吴师"), unit=school_a, starts=TODAY)


def test_a_normal_graduate_has_the_usual_contract_and_no_agreement(listed, placed, school_a, county_clerk):
    one = placed(listed(), school_a)
    advance(one.case, "report", actor=county_clerk, data={"on": TODAY})
    assert Contract.objects.get().valid == Range(TODAY, date(2029, 11, 22))
    assert not ServiceAgreement.objects.exists()
    assert Employment.objects.get().came_how == "graduate"


def test_the_slip_says_where_and_until_when(listed, placed, school_a, county_approver):
    one = placed(listed(kind="free", major="数学与应用数学"), school_a)
    text = "".join(str(block) for block in blocks_of(file_of(one.paper)))
    for words in (
        "青石县第一初级中学",
        "刘师",
        "公费师范生",
        "2026年11月22日",
        "2026年12月7日",
        DOCUMENT,
        "数学与应用数学",
    ):
        assert words in text


def test_a_report_is_put_off_as_often_as_the_rules_say(listed, placed, school_a, county_clerk):
    one = placed(listed(), school_a)
    for day, words in ((one.report_by, "须在"), (one.report_by + timedelta(days=400), "最多缓期至")):
        with pytest.raises(NotAllowed, match=words):
            advance(one.case, "defer", actor=county_clerk, comment="生病", data={"report_by": day})
    late = one.report_by + timedelta(days=60)
    advance(one.case, "defer", actor=county_clerk, comment="生病", data={"report_by": late})
    assert standing(one.graduate) == "deferred"
    with pytest.raises(NotAllowed, match="已缓期1次"):
        advance(one.case, "defer", actor=county_clerk, comment="再缓", data={"report_by": late + DAY})
    later = replace(county_clerk, on=late)
    with pytest.raises(NotAllowed, match="尚未届满"):
        advance(one.case, "absent", actor=later, comment="没有来")
    advance(one.case, "report", actor=later, data={"on": late})
    assert Employment.objects.get().valid.lower == late


def test_who_did_not_report_may_be_placed_anew(listed, placed, school_a, second_school_a, county_clerk):
    one = placed(listed(), school_a)
    for day in (one.starts - DAY, one.report_by + DAY):
        with pytest.raises(NotAllowed, match=r"报到日期应在|尚未到来"):
            advance(one.case, "report", actor=county_clerk, data={"on": day})
    advance(one.case, "absent", actor=replace(county_clerk, on=one.report_by + DAY), comment="没有来")
    assert standing(one.graduate) == "absent"
    propose_placement(actor=county_clerk, graduate=one.graduate, unit=second_school_a, starts=TODAY)
    with pytest.raises(NotAllowed, match="已安置，或有安置待批"):
        propose_placement(actor=county_clerk, graduate=one.graduate, unit=school_a, starts=TODAY)


def test_a_refused_placement_gives_the_graduate_back(listed, school_a, county_clerk, county_approver):
    graduate = listed()
    one = propose_placement(actor=county_clerk, graduate=graduate, unit=school_a, starts=TODAY)
    with pytest.raises(NotAllowed):
        advance(one.case, "approve", actor=county_clerk, data={"document": DOCUMENT})
    advance(one.case, "refuse", actor=county_approver, comment="另行安排")
    assert standing(graduate) == "listed"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": " "}, "姓名"), ({"education": "no"}, "代码"), ({"kind": "other"}, "类别"), ({"number": "123"}, "居民身份证"),
        ({"kind": "free", "signed_on": None}, "签订日期"), ({"kind": "free", "years": 6, "rural_years": 7}, "不超过"),
        ({"kind": "free", "fees": Decimal(-1)}, "不为负数"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_words(listed, more, words):
    with pytest.raises(NotAllowed, match=words):
        listed(**more)
    assert not Graduate.objects.exists()


def test_nobody_is_listed_twice_nor_who_has_a_file(
    listed, school_a, county_b, county_clerk, school_clerk, second_school_a
):
    listed(1)
    with pytest.raises(NotAllowed, match="已在名单中"):
        listed(1)
    make_teacher("在职", school_a, identity_number=number_of(2))
    with pytest.raises(NotAllowed, match="应办理调动"):
        listed(2)
    with pytest.raises(NotAllowed, match="重复"):
        listed(3, wishes=[school_a, school_a])
    with pytest.raises(NotAllowed, match="本局所属学校"):
        listed(3, wishes=[county_b])
    with pytest.raises(NotAllowed, match="教育局招聘经办人"):
        list_graduate(actor=school_clerk, year=2026, kind="normal", number=number_of(9), values={})


def test_the_years_follow_the_day_of_signing(listed):
    assert listed(1, kind="free", signed_on=date(2010, 9, 1)).years == 10
    assert listed(2, kind="free").years == 6


def test_the_plan_gives_wishes_then_gaps_publicly_funded_students_first(
    listed, school_a, second_school_a, county_clerk, county_approver
):
    approved(county_clerk, school_a, 1)
    approved(county_clerk, second_school_a, 3)
    later = listed(1, "刘师", wishes=[school_a])
    first = listed(2, "公费", "free", wishes=[school_a])
    rows, free = plan(county_clerk, 2026, TODAY)
    assert [(row.graduate.pk, row.unit, row.wish) for row in rows] == [
        (first.pk, school_a.pk, 1), (later.pk, second_school_a.pk, None),
    ]  # fmt: skip
    assert free == {school_a.pk: 1, second_school_a.pk: 3}
    made = propose_as_suggested(actor=county_clerk, year=2026, starts=TODAY, words="按方案安置")
    assert {(one.graduate_id, one.unit_id) for one in made} == {(first.pk, school_a.pk), (later.pk, second_school_a.pk)}
    assert plan(county_clerk, 2026, TODAY) == ([], {school_a.pk: 0, second_school_a.pk: 2})
    with pytest.raises(NotAllowed, match="没有待安置人员"):
        propose_as_suggested(actor=county_clerk, year=2026, starts=TODAY, words="再来")


def agreement(teacher, **more):
    given = {"signed_on": SIGNED, "starts": date(2020, 9, 1), "years": 6, "fees": Decimal(36000), **more}
    with change("test.agreement", actor=system_actor(TODAY), reason="test ground"):
        return ServiceAgreement.objects.create(teacher=teacher, **given)


def test_what_is_owed_is_told_for_any_day_and_pauses_are_not_served(school_a, county_clerk):
    teacher = make_teacher("李公", school_a, since=date(2020, 9, 1))
    one = agreement(teacher)
    (now,) = serving([one], date(2023, 9, 1))
    assert (now.served.value, now.left, now.owed.total) == (36, 36, Decimal("27000.00"))
    set_status(teacher, "studying", date(2022, 9, 1))
    (now,) = serving([one], date(2023, 9, 1))
    assert (now.served.value, now.owed.refund, now.owed.penalty) == (24, Decimal("24000.00"), Decimal("12000.00"))
    assert agreements(county_clerk).count() == 1


def test_the_pages_list_plan_place_and_reckon(listed, school_a, county_clerk, county_approver, login, school_clerk):
    approved(county_clerk, school_a, 2)
    client = login(county_clerk)
    data = {
        "year": "2026", "kind": "free", "name": "刘师", "number": number_of(5), "phone": "", "school": "师范大学", "education": "21",
        "major": "数学", "graduated": "2026-06", "stage": "junior", "subject": "mathematics", "wish_1": str(school_a.public_id),
        "signed_on": "2022-09-01", "fees": "36000",
    }  # fmt: skip
    refused = client.post(reverse("graduate_new"), {**data, "number": "12"})
    assert (refused.status_code, "居民身份证" in refused.content.decode()) == (422, True)
    made = client.post(reverse("graduate_new"), data)
    graduate = Graduate.objects.get()
    assert made.url == reverse("graduate", args=[graduate.public_id])
    page = client.get(made.url).content.decode()
    assert "1 青石县第一初级中学" in page
    assert number_of(5) not in page
    assert "刘师" in client.get(reverse("graduates")).content.decode()
    shown = client.get(reverse("graduate_plan")).content.decode()
    assert "第1志愿" in shown
    sent = client.post(reverse("graduate_plan"), {"starts": "2026-11-22", "words": "按方案安置"})
    assert sent.status_code == 302
    one = Placement.objects.get()
    decider = login(county_approver)
    step = reverse("case_step", args=[one.case.public_id, "approve"])
    assert decider.post(step, {"document": DOCUMENT, "revision": one.case.revision}).status_code == 302
    one.case.refresh_from_db()
    step = reverse("case_step", args=[one.case.public_id, "report"])
    assert client.post(step, {"on": "2026-11-22", "revision": one.case.revision}).status_code == 302
    teacher = Graduate.objects.get().hired
    assert "刘师" in client.get(reverse("agreements"), {"on": "2028-11-22"}).content.decode()
    owed = client.get(reverse("service_owed", args=[teacher.public_id]), {"on": "2028-11-22"}).content.decode()
    for words in ("2年0个月", "¥24,000.00", "¥12,000.00", "¥36,000.00", "国办发〔2018〕75号"):
        assert words in owed
    assert "协议" in client.get(reverse("teacher", args=[teacher.public_id]), {"tab": "work"}).content.decode()
    assert login(school_clerk).get(reverse("graduates")).status_code == 403


def test_the_lists_ask_as_much_for_many_as_for_few(
    listed, county_a, county_clerk, login, django_assert_max_num_queries
):
    client = login(county_clerk)
    for place in range(12):
        unit = make_unit("school", f"第{place}小学", county_a)
        approved(county_clerk, unit, 2)
        listed(place, f"师{place}", wishes=[unit])
        agreement(make_teacher(f"公{place}", unit))
    for name in ("graduates", "graduate_plan", "agreements", "special_posts"):
        client.get(reverse(name))
        with django_assert_max_num_queries(45):
            assert client.get(reverse(name)).status_code == 200


def corrected(actor, graduate, **said):
    """The same graduate told anew, with some of it otherwise."""
    given = {
        "name": "刘师", "school": "师范大学", "education": "21", "subject": "mathematics", "stage": "junior", "home": "青石县城关镇",
    }  # fmt: skip
    return correct_graduate(
        actor=actor, graduate=graduate, year=2026, kind=said.pop("kind", "normal"), number=said.pop("number", number_of(1)),
        wishes=said.pop("wishes", ()), reason=said.pop("reason", "名单笔误"), values={**given, **said},
    )  # fmt: skip


def test_an_error_is_put_right_with_a_reason_as_long_as_nothing_is_decided(listed, placed, county_clerk, school_a):
    graduate = listed()
    found = corrected(county_clerk, graduate, name="刘诗", number=number_of(2), wishes=[school_a])

    assert (name_of(found), found.number.reveal(), said_of(found, "home")) == ("刘诗", number_of(2), "青石县城关镇")
    assert list(found.wishes.values_list("unit", flat=True)) == [school_a.pk]
    version = found.history.first()
    assert (version.change.reason, version.change.kind) == ("名单笔误", "personnel.correct_graduate")
    placed(found, school_a)
    with pytest.raises(NotAllowed):
        corrected(county_clerk, found, name="刘思", number=number_of(2))
    assert name_of(Graduate.objects.select_related("key").get()) == "刘诗"


def test_what_the_list_refuses_a_correction_refuses_too(listed, county_clerk, other_county_clerk, school_a):
    one, other = listed(), listed(place=2, name="王师")
    make_teacher("在岗人", school_a, identity_number=number_of(3))
    for said, field in (
        ({"number": number_of(2)}, "number"), ({"number": number_of(3)}, "number"), ({"number": "123"}, "number"),
        ({"kind": "free"}, "signed_on"), ({"name": " "}, "name"), ({"reason": " "}, "reason"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed) as refused:
            corrected(county_clerk, one, **said)
        assert refused.value.field == field
    before = other.history.count()
    with pytest.raises(NotAllowed):
        corrected(other_county_clerk, other, number=number_of(2))
    assert other.history.count() == before


def test_who_never_reported_is_forgotten_after_the_time_and_who_reported_is_not(listed, placed, county_clerk, school_a):
    approved(county_clerk, school_a, 4)
    never, absent, came = listed(), listed(place=2, name="王师"), listed(place=3, name="李师")
    one = placed(absent, school_a)
    late = replace(county_clerk, on=one.report_by + DAY)
    advance(one.case, "absent", actor=late, comment="逾期未报到")
    advance(placed(came, school_a).case, "report", actor=county_clerk, data={"on": TODAY})
    file = one.paper.file

    assert forget_graduates(date(2028, 12, 30)) == 0
    assert forget_graduates(date(2029, 1, 1)) == 2

    for graduate in (never, absent):
        row = Graduate.objects.select_related("key").get(pk=graduate.pk)
        with pytest.raises(ErasedValue):
            row.name.reveal()
        assert name_of(row) == str(_("erased, its time is over"))
        assert (row.school, row.standing) == ("师范大学", graduate.standing if row.pk == never.pk else "absent")
    assert "王师" not in one.paper.holder
    with pytest.raises(ErasedValue):
        content_of(type(file).objects.select_related("key").get(pk=file.pk))
    assert name_of(Graduate.objects.select_related("key").get(pk=came.pk)) == "李师"
    assert Teacher.objects.filter(name="李师").exists()
    assert forget_graduates(date(2029, 1, 1)) == 0
    with pytest.raises(NotAllowed):
        corrected(county_clerk, never)
    assert never.history.count() == 1


def test_a_placement_that_is_open_keeps_the_graduate(listed, placed, county_clerk, school_a):
    placed(listed(), school_a)
    assert forget_graduates(date(2040, 1, 1)) == 0
