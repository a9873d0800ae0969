"""The year's list of graduates as a workbook: entered, put right as long as nothing is decided, taken back; sealed all the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.kinds import all_kinds
from core.exchange.models import Batch, BatchRow
from core.exchange.services import create_batch
from core.exchange.template import template
from core.exchange.undo.services import take_back, undo_preview
from core.exchange.undo.telling import page_of
from core.records import change
from core.records.models import StoredFile
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.workflow.services import advance
from personnel.models import Graduate, GraduateWish
from personnel.resources.graduates import CODES
from personnel.selectors.graduates import name_of, plan, said_of
from personnel.services.graduates import forget_graduates, propose_placement
from tests.core.exchange.books import book
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.personnel.recruiting import number_of
from tests.personnel.seats import approved

pytestmark = pytest.mark.django_db
HEAD = """
    姓名 身份证号 毕业生类别 手机号码 毕业院校 学历 专业 毕业时间 拟任教学段 拟任教学科 生源地 志愿1 志愿2 协议编号 协议签订日期
    已享受费用
""".split()


def line(place, **said):
    """A graduate of a normal school, unless said otherwise."""
    given = {
        "name": f"刘{chr(0x5E08 + place)}", "number": number_of(place), "kind": "师范毕业生", "phone": "13900000001",
        "school": "某某师范大学",
        "education": "大学本科", "major": "数学与应用数学", "graduated": "2026-06", "stage": "初中", "subject": "数学",
        "home": "青石县城关镇",
        "first": "", "second": "", "agreement": "", "signed": "", "fees": "",
    }  # fmt: skip
    return list({**given, **said}.values())


def free(place, **said):
    """A publicly funded student."""
    return line(
        place, **{"kind": "公费师范生", "agreement": "协议2022-7", "signed": "2022-09-01", "fees": "36000", **said}
    )


def sent(actor, unit, *rows, head=HEAD, accept=True):
    batch = create_batch(
        actor=actor, unit=unit, name="毕业生名单.xlsx", content=book(毕业生名单=[head, *rows]), start=False
    )
    batch = check_batch(batch.pk, actor)
    if accept and batch.state == Batch.State.CHECKED:
        batch = apply_batch(batch.pk, actor)
    batch.refresh_from_db()
    return batch


def said(batch):
    rows = BatchRow.objects.filter(batch=batch).exclude(problems=[]).order_by("row")
    return [(one.row, code) for one in rows for code in one.problems]


def test_a_list_is_entered_sealed_and_can_be_planned(county_clerk, county_a, school_a, second_school_a):
    approved(county_clerk, school_a, 1)
    batch = sent(
        county_clerk, county_a, line(1, first=school_a.name, second=second_school_a.name), free(2, first=school_a.name)
    )

    assert (said(batch), batch.kind, batch.counts["new"]) == ([], "graduates", 2)
    one, other = Graduate.objects.select_related("key").order_by("pk")
    assert (name_of(one), one.number.reveal(), one.year, one.kind, one.education, one.stage) == (
        line(1)[0], number_of(1), TODAY.year, "normal", "21", "junior",
    )  # fmt: skip
    assert list(one.wishes.order_by("place").values_list("unit", flat=True)) == [school_a.pk, second_school_a.pk]
    assert (said_of(other, "agreement"), other.signed_on, other.years, other.rural_years, other.fees) == (
        "协议2022-7", date(2022, 9, 1), 6, 1, Decimal(36000),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT g::text FROM personnel_graduate g")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert not any(text in stored for text in (line(1)[0], "城关镇", "协议2022", number_of(1)))
    suggested, _free = plan(county_clerk, TODAY.year, TODAY)
    assert {found.graduate.pk: found.wish for found in suggested}[other.pk] == 1


def test_bad_rows_are_refused_row_by_row_and_the_others_go_in(county_clerk, county_a, school_a, school_b):
    make_teacher("在岗人", school_a, identity_number=number_of(9))
    batch = sent(
        county_clerk, county_a, line(1), line(2, number="110105194912310021"), line(9), line(3, school=""),
        free(4, signed=""), line(5, first=school_b.name), line(6, first=school_a.name, second=school_a.name),
        line(1, name="重复人"), line(7, kind="周游"),
    )  # fmt: skip
    found = said(batch)

    assert {(3, "check_digit"), (4, "has_file"), (6, "graduate_signed_on"), (7, "out_of_scope")} <= set(found)
    assert {(8, "graduate_wish_2"), (9, "duplicate_in_file"), (10, "unknown_code")} <= set(found)
    assert {row for row, _code in found} == set(range(3, 11))
    assert Graduate.objects.count() == 1


def test_a_second_list_puts_right_until_a_placement_is_decided(county_clerk, county_approver, county_a, school_a):
    sent(county_clerk, county_a, line(1), line(2))
    assert sent(county_clerk, county_a, line(1), line(2)).counts["same"] == 2
    batch = sent(county_clerk, county_a, line(1, name="刘诗", first=school_a.name), line(2))
    assert (said(batch), batch.counts["changed"], batch.counts["same"]) == ([], 1, 1)
    one = Graduate.objects.select_related("key").order_by("pk").first()
    assert (name_of(one), one.wishes.get().unit_id, one.history.first().change_id) == (
        "刘诗",
        school_a.pk,
        batch.change_id,
    )

    case = propose_placement(actor=county_clerk, graduate=one, unit=school_a, starts=TODAY).case
    advance(case, "approve", actor=county_approver, data={"document": "青教人〔2026〕18号"})
    assert said(sent(county_clerk, county_a, line(1, name="刘思", first=school_a.name))) == [(2, "graduate_decided")]
    assert name_of(Graduate.objects.select_related("key").get(pk=one.pk)) == "刘诗"


def test_a_list_is_taken_back(county_clerk, county_a, school_a):
    batch = sent(county_clerk, county_a, line(1, first=school_a.name), line(2))
    take_back(batch.pk, county_clerk, reason="名单作废", document="")
    assert Graduate.objects.count() == 0


def test_the_workbook_goes_once_nobody_of_it_is_still_to_be_placed(county_clerk, county_a, school_a, login):
    approved(county_clerk, school_a, 1)
    spent, awaited = sent(county_clerk, county_a, line(1)), sent(county_clerk, county_a, line(2), line(3))
    waits = Graduate.objects.get(source_row__in=awaited.rows.filter(row=2))
    propose_placement(actor=county_clerk, graduate=waits, unit=school_a, starts=TODAY, words="缺教师")

    assert forget_graduates(date(2100, 1, 1)) == 2

    assert content_of(StoredFile.objects.select_related("key").get(pk=awaited.file_id))
    with pytest.raises(ErasedValue):
        content_of(StoredFile.objects.select_related("key").get(pk=spent.file_id))
    assert login(county_clerk).get(reverse("batch", args=[spent.public_id])).status_code == 200
    assert forget_graduates(date(2100, 1, 1)) == 0


def test_another_bureaus_list_is_not_sent_from_here(city_clerk, county_a):
    assert {code for _row, code in said(sent(city_clerk, county_a, line(1)))} == {"graduate_list"}
    assert Graduate.objects.count() == 0


def test_no_query_is_asked_per_row(county_clerk, county_a, school_a, kept_at_length):
    def counted(first, after):
        rows = [line(place, first=school_a.name) for place in range(first, after)]
        batch = create_batch(
            actor=county_clerk, unit=county_a, name="名单.xlsx", content=book(名单=[HEAD, *rows]), start=False
        )
        with CaptureQueriesContext(connection) as check:
            check_batch(batch.pk, county_clerk)
        with CaptureQueriesContext(connection) as apply:
            apply_batch(batch.pk, county_clerk)
        return len(check), len(apply)

    counted(1, 3)
    few, many = counted(3, 6), counted(6, 20)
    assert all(one >= other for one, other in zip(few, many, strict=True))


def test_the_blank_workbook_is_one_of_the_kind(county_clerk, county_a):
    content = template(all_kinds()["graduates"], county_a, TODAY)
    batch = create_batch(actor=county_clerk, unit=county_a, name="空白.xlsx", content=content, start=False)
    batch = check_batch(batch.pk, county_clerk)
    assert (batch.kind, batch.trouble["code"]) == ("graduates", "no_rows")


def test_the_documentation_names_every_code():
    words = (Path(__file__).parents[2] / "docs" / "workbooks.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"`{code}`" not in words] == []


def wished():
    return [wish.unit_id for wish in Graduate.objects.get().wishes.order_by("place")]


def test_wishes_that_a_later_list_told_anew_go_back_with_it(county_clerk, county_a, school_a, second_school_a):
    sent(county_clerk, county_a, line(1, first=school_a.name))
    later = sent(county_clerk, county_a, line(1, first=second_school_a.name))
    assert wished() == [second_school_a.pk]
    made = undo_preview(actor=county_clerk, batch=later)
    told, _more = page_of(made, "take_back", county_clerk)
    assert {(pair.was, pair.new) for pair in told[0].pairs} >= {
        (None, f"1、{school_a}"),
        (f"1、{second_school_a}", None),
    }

    take_back(later.pk, county_clerk, reason="名单作废")

    assert wished() == [school_a.pk]
    later.refresh_from_db()
    assert not any(
        undo_preview(actor=county_clerk, batch=later).counts()[name]["records"] for name in ("keep", "block")
    )


def test_wishes_in_another_order_go_back(county_clerk, county_a, school_a, second_school_a):
    both = line(1, first=school_a.name, second=second_school_a.name)
    sent(county_clerk, county_a, both)
    later = sent(county_clerk, county_a, line(1, first=second_school_a.name, second=school_a.name))
    assert wished() == [second_school_a.pk, school_a.pk]
    take_back(later.pk, county_clerk, reason="名单作废")
    assert wished() == [school_a.pk, second_school_a.pk]


def test_wishes_that_were_changed_since_stay(county_clerk, county_a, school_a, second_school_a):
    sent(county_clerk, county_a, line(1, first=school_a.name))
    later = sent(county_clerk, county_a, line(1, first=second_school_a.name, major="历史学"))
    with change("test.wish", actor=county_clerk, reason="本人改志愿"):
        GraduateWish.objects.all().delete()
        GraduateWish.objects.create(graduate=Graduate.objects.get(), place=1, unit=county_a)

    take_back(later.pk, county_clerk, reason="名单作废")

    assert wished() == [county_a.pk]
    assert Graduate.objects.get().major != "历史学"


def test_the_page_of_a_list_does_not_offer_to_fill_it_in(county_clerk, login):
    page = login(county_clerk).get(reverse("template_new", args=["graduates"])).content.decode()
    assert 'name="filled"' not in page
