"""Headships, times at another unit and contracts from a county's lists: by the rules of the pages, as one change, taken back as one."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from psycopg.types.range import Range

from core.dates import DAY
from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.content import drafts_of
from core.exchange.kinds import all_kinds
from core.exchange.messages import message
from core.exchange.models import Batch, BatchRow
from core.exchange.returning.building import returned
from core.exchange.services import accept_batch, create_batch
from core.exchange.template import template
from core.exchange.undo.services import take_back
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from personnel.models import Contract, Dispatch, Employment, Headship
from personnel.resources import contracts, dispatches, headships
from personnel.services.cadres import record_headship
from personnel.services.contracts import conclude_contract
from tests.core.exchange.books import book
from tests.core.exchange.returned_books import comments
from tests.factories.people import make_actor, make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.cadres import heads
from tests.personnel.files import set_status
from tests.workbooks.people import identity_number

pytestmark = pytest.mark.django_db
HEADS = "序号 姓名 身份证号 任职学校 现任职务 是否主持工作 任职时间 第几任期 任期届满时间 任命文号 免职时间 免职原因".split()
AWAY = "序号 姓名 身份证号 所在学校 借调单位 借调类型 起始时间 结束时间 批准文号 事由".split()
SIGNED = (
    "姓名 身份证号 聘用单位 合同类型 期限类型 合同编号 合同起始日期 合同终止日期 签订日期 是否首次就业 试用期至".split()
)
PAPER = "青教干〔2023〕6号"


def number_of(place):
    return identity_number("140702", date(1985, 1, 1) + timedelta(days=place), 122)


@pytest.fixture
def people(school_a):
    return [person(f"张{chr(0x4E00 + place)}", school_a, place) for place in range(8)]


def person(name, unit, place, **more):
    birth = date(1985, 1, 1) + timedelta(days=place)
    return make_teacher(name, unit, identity_number=number_of(place), sex="2", birth=birth, **more)


def head(one, place, unit, /, post="校长", **said):
    given = {
        "serial": "1",
        "name": one.name,
        "number": number_of(place),
        "unit": unit.name,
        "post": post,
        "acting": "",
        "since": "2023-09-01",
        "term": "",
        "last": "",
        "paper": PAPER,
        "until": "",
        "how": "",
    }
    return list({**given, **said}.values())


def away(one, place, home, there, /, **said):
    given = {
        "serial": "1",
        "name": one.name,
        "number": number_of(place),
        "home": home.name,
        "there": there.name,
        "kind": "借调",
        "since": "2026-03-01",
        "last": "2027-02-28",
        "paper": "青教人〔2026〕9号",
        "note": "教研室借用",
    }
    return list({**given, **said}.values())


def signed(one, place, unit, /, **said):
    given = {
        "name": one.name,
        "number": number_of(place),
        "unit": unit.name,
        "kind": "聘用合同",
        "term": "固定期限",
        "paper": f"HT-{place}",
        "since": "2024-09-01",
        "last": "2027-08-31",
        "on": "2024-08-25",
        "first": "否",
        "probation": "",
    }
    return list({**given, **said}.values())


def sent(actor, unit, header, *rows, accepts=None):
    content = book(名单=[header, *rows])
    batch = create_batch(actor=actor, unit=unit, name="名单.xlsx", content=content, start=False)
    batch = check_batch(batch.pk, actor)
    if accepts is not None and batch.state == Batch.State.CHECKED:
        batch = apply_batch(batch.pk, accepts)
    batch.refresh_from_db()
    return batch


def said(batch, severity="error"):
    """Row and code of each problem."""
    found = []
    for draft in drafts_of(BatchRow.objects.filter(batch=batch).order_by("row"), batch):
        found += [(draft.row, one.code) for one in draft.problems if one.severity == severity]
    return found


def words(batch, row):
    drafts = drafts_of(BatchRow.objects.filter(batch=batch, row=row), batch)
    return [message(one) for draft in drafts for one in draft.problems]


# headships


def test_a_list_of_heads_comes_in_as_facts_of_one_change(people, county_clerk, county_approver, county_a, school_a):
    batch = sent(
        county_clerk,
        county_a,
        HEADS,
        head(people[0], 0, school_a, since="2018-08-20", until="2023-09-01", how="另有任用"),
        head(people[1], 1, school_a, term="1", last="2028-08-31"),
        head(people[2], 2, school_a, "副校长", since="2021.09"),
        accepts=county_approver,
    )

    assert (batch.kind, batch.state, batch.counts["new"], said(batch)) == ("headships", "applied", 3, [])
    found = Headship.objects.order_by("valid", "pk")
    assert [(one.headship, one.valid.lower, one.valid.upper, one.term, one.document) for one in found] == [
        ("principal", date(2018, 8, 20), date(2023, 9, 1), 1, PAPER),
        ("vice_principal", date(2021, 9, 1), None, 1, PAPER),
        ("principal", date(2023, 9, 1), None, 1, PAPER),
    ]
    assert (found[0].ended_how, found[2].term_last, found[2].source_row is not None) == (
        "other_post",
        date(2028, 8, 31),
        True,
    )
    assert {one.history.get().change_id for one in found} == {batch.change_id}
    assert said(batch, "warning") == [(4, "month_taken")]


def test_the_rules_of_recording_a_headship_are_those_of_rows(people, county_clerk, county_a, school_a, second_school_a):
    heads(second_school_a, "secretary", name="老书记")
    absent = person("刚来的", school_a, 40, since=date(2025, 9, 1))
    batch = sent(
        county_clerk,
        county_a,
        HEADS,
        head(people[0], 0, school_a),
        head(people[1], 1, school_a, since="2024-01-01"),
        head(people[2], 2, second_school_a, "书记"),
        head(people[3], 3, school_a, "副校长", since="2027-01-01"),
        head(people[3], 3, county_a),
        head(people[3], 3, school_a, "副校长", paper=""),
        head(absent, 40, school_a, "副校长"),
        head(people[4], 4, school_a, "副校长", last="2020-01-01"),
        head(people[4], 4, school_a, "副校长", acting="是", since="2022-09-01"),
        head(people[5], 5, school_a, acting="是"),
        head(people[5], 5, school_a, "副校长", until="2027-01-01"),
        head(people[5], 5, school_a, "副校长", since="2022-09-01", until="2020-01-01"),
        head(people[6], 6, school_a, "教务主任"),
        head(people[7], 7, school_a, name="别人"),
        head(people[0], 0, school_a),
    )

    assert said(batch) == [
        (3, "headship_taken"),
        (4, "headship_taken"),
        (5, "headship_since"),
        (6, "headship_unit"),
        (7, "missing"),
        (8, "headship_staff"),
        (9, "headship_term_last"),
        (10, "headship_acting"),
        (11, "headship_taken"),
        (12, "headship_until"),
        (13, "headship_until"),
        (14, "unknown_code"),
        (15, "name_differs"),
        (16, "duplicate_in_file"),
    ]


def test_a_row_says_what_the_page_says_in_the_language_of_the_reader(
    people, county_clerk, county_approver, county_a, school_a
):
    heads(school_a, "principal", name="王校长")
    batch = sent(county_clerk, county_a, HEADS, head(people[0], 0, school_a))
    with pytest.raises(NotAllowed) as refused:
        record_headship(
            actor=county_approver,
            teacher=people[0],
            unit=school_a,
            headship="principal",
            since=date(2023, 9, 1),
            document=PAPER,
        )
    assert words(batch, 2) == [str(refused.value)]
    with translation.override("en"):
        assert words(batch, 2)[0].endswith("Have that headship ended first.")


def test_the_next_term_ends_the_one_before_and_who_left_holds_nothing(
    people, county_clerk, county_approver, county_a, school_a
):
    gone = heads(school_a, "principal", name="退休校长", since=date(2012, 9, 1))
    set_status(gone.teacher, "retired", date(2016, 3, 1))
    left = person("调走了", school_a, 41)
    set_status(left, "left", date(2022, 5, 1))
    batch = sent(
        county_clerk,
        county_a,
        HEADS,
        head(people[0], 0, school_a, since="2016-09-01"),
        head(people[0], 0, school_a, since="2021-09-01"),
        head(left, 41, school_a, "副校长", since="2019-09-01"),
        accepts=county_approver,
    )

    assert said(batch) == []
    gone.refresh_from_db()
    assert gone.valid == Range(date(2012, 9, 1), date(2016, 3, 1))
    terms = Headship.objects.filter(teacher=people[0]).order_by("valid")
    assert [(one.valid.upper, one.term, one.ended_how, one.end_document) for one in terms] == [
        (date(2021, 9, 1), 1, "next_term", PAPER),
        (None, 2, "", ""),
    ]
    assert Headship.objects.get(teacher=left).valid.upper == date(2022, 5, 1)
    assert said(batch, "warning") == [(4, "headship_left")]

    take_back(batch.pk, county_approver, reason="名单有误")
    gone.refresh_from_db()
    assert (gone.valid.upper, Headship.objects.count()) == (None, 1)


def test_a_list_of_heads_is_accepted_by_who_decides_and_by_nobody_else(
    people, county_clerk, county_approver, county_a, school_a, login, run_jobs
):
    batch = sent(county_clerk, county_a, HEADS, head(people[0], 0, school_a))
    with pytest.raises(NotAllowed):
        accept_batch(actor=county_clerk, batch=batch)
    told = login(county_clerk).get(reverse("batch", args=[batch.public_id])).content.decode()
    assert "作为既成事实登记" in told
    assert "本批次由有权" in told
    accept_batch(actor=county_approver, batch=batch)
    run_jobs()
    assert Headship.objects.get().teacher == people[0]


def test_the_same_list_again_changes_nothing_and_a_later_one_puts_right(
    people, county_clerk, county_approver, county_a, school_a
):
    lines = [head(people[0], 0, school_a, since="2023-09-15"), head(people[1], 1, school_a, "副校长")]
    sent(county_clerk, county_a, HEADS, *lines, accepts=county_approver)
    lines[0][HEADS.index("任职时间")] = "2023.09"
    assert sent(county_clerk, county_a, HEADS, *lines).counts["same"] == 2

    lines[1][HEADS.index("免职时间")] = "2026-08-01"
    batch = sent(county_clerk, county_a, HEADS, *lines, accepts=county_approver)
    assert (batch.counts["changed"], batch.counts["same"]) == (1, 1)
    assert Headship.objects.get(headship="vice_principal").valid.upper == date(2026, 8, 1)
    take_back(batch.pk, county_approver, reason="误报")
    assert Headship.objects.get(headship="vice_principal").valid.upper is None


def test_what_was_given_to_another_since_the_check_is_left_out(
    people, county_clerk, county_approver, county_a, school_a
):
    batch = sent(county_clerk, county_a, HEADS, head(people[0], 0, school_a), head(people[1], 1, school_a, "副校长"))
    heads(school_a, "principal", name="刚任命的")
    batch = apply_batch(batch.pk, county_approver)

    assert (batch.state, batch.counts["new"], batch.counts["refused"]) == ("applied", 1, 1)
    assert said(batch) == [(2, "headship_taken")]
    assert Headship.objects.filter(teacher__in=people).get().headship == "vice_principal"


def test_people_without_a_number_are_found_by_name_and_unit(people, county_clerk, county_a, school_a, second_school_a):
    for place, unit in ((50, school_a), (51, school_a), (52, second_school_a)):
        person("李敏", unit, place)
    lines = [
        head(people[0], 0, school_a, "副校长", number=""),
        head(people[1], 1, second_school_a, "副校长", number=""),
        head(people[1], 1, school_a, "副校长", number="", name="李敏"),
        head(people[1], 1, second_school_a, "副校长", number="", name="李敏"),
        head(people[2], 2, school_a, "副校长", number="", unit=""),
    ]
    batch = sent(county_clerk, county_a, HEADS, *lines)

    assert said(batch) == [(3, "nobody_of_name"), (4, "several_of_name"), (6, "unit_or_number")]
    assert said(batch, "warning") == [(2, "found_by_name"), (5, "found_by_name")]


def test_people_of_other_counties_are_kept_out(county_clerk, county_a, school_a, school_b):
    other = person("外县人", school_b, 60)
    batch = sent(county_clerk, county_a, HEADS, head(other, 60, school_a), head(other, 60, school_b))
    assert [code for _row, code in said(batch)] == ["out_of_scope"] * 3


# times at another unit


def test_a_list_of_who_is_lent_comes_in_and_is_taken_back(
    people, county_clerk, county_approver, county_a, school_a, second_school_a
):
    batch = sent(
        county_clerk,
        county_a,
        AWAY,
        away(people[0], 0, school_a, second_school_a),
        away(people[1], 1, school_a, second_school_a, kind="支教", since="2023.09", last="2024.07"),
        away(people[1], 1, school_a, second_school_a, kind="跟岗学习", since="2025-09-01", last="2025-12-31"),
        accepts=county_approver,
    )

    assert (batch.kind, batch.state, batch.counts["new"], said(batch)) == ("dispatches", "applied", 3, [])
    assert list(
        Dispatch.objects.order_by("valid").values_list("kind", "valid", "unit", "document", "note", "move")
    ) == [
        (kind, Range(first, last), second_school_a.pk, "青教人〔2026〕9号", "教研室借用", None)
        for kind, first, last in (
            ("support", date(2023, 9, 1), date(2024, 8, 1)),
            ("shadowing", date(2025, 9, 1), date(2026, 1, 1)),
            ("loan", date(2026, 3, 1), date(2027, 3, 1)),
        )
    ]
    again = sent(
        county_clerk,
        county_a,
        AWAY,
        away(people[0], 0, school_a, second_school_a, last="2027-08-31"),
        accepts=county_approver,
    )
    assert again.counts["changed"] == 1
    assert Dispatch.objects.get(teacher=people[0]).valid.upper == date(2027, 9, 1)
    take_back(again.pk, county_approver, reason="有误")
    take_back(batch.pk, county_approver, reason="有误")
    assert not Dispatch.objects.exists()


def test_the_rules_of_a_move_are_those_of_rows(people, county_clerk, county_a, school_a, second_school_a):
    closed = make_unit("school", "青石县柳林小学", county_a)
    old = make_teacher(
        "赵老", school_a, identity_number=number_of(41), sex="2", birth=date(1972, 6, 1), post_family="professional"
    )
    with change("test.ground", actor=system_actor(TODAY), reason="test ground"):
        closed.closed = date(2026, 8, 1)
        closed.save(update_fields={"closed"})
        Dispatch.objects.create(
            teacher=people[6], kind="loan", unit=second_school_a, valid=Range(date(2026, 6, 1), date(2026, 9, 1))
        )
    there = second_school_a
    batch = sent(
        county_clerk,
        county_a,
        AWAY,
        away(people[0], 0, school_a, there),
        away(people[0], 0, school_a, there, since="2026-09-01"),
        away(people[1], 1, school_a, school_a),
        away(people[2], 2, school_a, closed),
        away(old, 41, school_a, there, last="2032-01-31"),
        away(people[3], 3, school_a, there, kind="调动"),
        away(people[3], 3, school_a, there, since="2026-12-01"),
        away(people[3], 3, school_a, there, since="2026-03-02", last="2026-02-01"),
        away(people[4], 4, there, there),
        away(people[4], 4, school_a, there, paper=""),
        away(people[5], 5, school_a, there, last=""),
        away(people[6], 6, school_a, there),
        away(people[7], 7, school_a, there, there="县委办"),
        away(people[5], 5, school_a, there, since="2026"),
    )

    assert said(batch) == [
        (3, "dispatch_alone"),
        (4, "dispatch_elsewhere"),
        (5, "unit_closed"),
        (6, "dispatch_retirement"),
        (7, "dispatch_kind"),
        (8, "dispatch_starts"),
        (9, "dispatch_last_day"),
        (10, "dispatch_elsewhere"),
        (11, "missing"),
        (12, "missing"),
        (13, "dispatch_alone"),
        (14, "unknown_unit"),
        (15, "day_needed"),
    ]


# contracts


def test_contracts_come_in_with_what_the_employment_says(people, county_clerk, county_a, school_a):
    young = person("新老师", school_a, 42, since=date(2025, 9, 1))
    batch = sent(
        county_clerk,
        county_a,
        SIGNED,
        signed(people[0], 0, school_a, since="2021-09-01", last="2024-08-31", on="2021-08-20"),
        signed(people[0], 0, school_a),
        signed(people[1], 1, school_a, term="聘至退休", last=""),
        signed(young, 42, school_a, since="2025-09-01", last="2028-08-31", first="是", probation="2026-08-31"),
        accepts=county_clerk,
    )

    assert (batch.kind, batch.state, batch.counts["new"], said(batch)) == ("contracts", "applied", 4, [])
    told = Contract.objects.order_by("pk").values_list(
        "valid", "number", "signed_on", "first_job", "probation_last", "kind"
    )
    assert list(told) == [
        (Range(date(2021, 9, 1), date(2024, 9, 1)), "HT-0", date(2021, 8, 20), False, None, "appointment"),
        (Range(date(2024, 9, 1), None), "HT-1", date(2024, 8, 25), False, None, "appointment"),
        (Range(date(2025, 9, 1), date(2028, 9, 1)), "HT-42", date(2024, 8, 25), True, date(2026, 8, 31), "appointment"),
        (Range(date(2024, 9, 1), date(2027, 9, 1)), "HT-0", date(2024, 8, 25), False, None, "appointment"),
    ]
    job = Employment.objects.get(teacher=people[0], valid__contains=TODAY)
    assert (job.contract, job.valid.lower) == ("appointment", date(2021, 9, 1))
    assert Employment.objects.get(teacher=people[0], valid__contains=date(2021, 8, 31)).contract == ""

    take_back(batch.pk, county_clerk, reason="台账有误")
    assert (Contract.objects.count(), Employment.objects.filter(teacher=people[0]).count()) == (0, 1)
    assert Employment.objects.get(teacher=people[0]).contract == ""


def test_the_rules_of_concluding_a_contract_are_those_of_rows(
    people, county_clerk, county_a, school_a, second_school_a
):
    conclude_contract(
        actor=county_clerk, teacher=people[5], unit=school_a, starts=date(2025, 1, 1), ends=date(2028, 1, 1)
    )
    batch = sent(
        county_clerk,
        county_a,
        SIGNED,
        signed(people[0], 0, school_a),
        signed(people[0], 0, school_a, since="2026-09-01", last="2029-08-31"),
        signed(people[1], 1, second_school_a),
        signed(people[1], 1, school_a, probation="2025-08-31"),
        signed(people[2], 2, school_a, first="是", probation="2025-02-28"),
        signed(people[3], 3, school_a, kind="未签合同"),
        signed(people[3], 3, school_a, since="2024-10-01", last="2024-01-01"),
        signed(people[3], 3, school_a, since="2024-11-01", last=""),
        signed(people[4], 4, school_a, term="无固定期限"),
        signed(people[5], 5, school_a),
        signed(people[6], 6, school_a, on="2027-01-01"),
        signed(people[7], 7, school_a, term="", last=""),
        signed(people[6], 6, school_a, since=""),
    )

    assert said(batch) == [
        (3, "contract_taken"),
        (4, "contract_unit"),
        (5, "contract_probation"),
        (6, "contract_probation"),
        (7, "contract_kind"),
        (8, "contract_last_day"),
        (9, "contract_last_day"),
        (10, "contract_last_day"),
        (11, "contract_taken"),
        (12, "contract_signed_on"),
        (14, "missing"),
    ]
    assert (13, "contract_no_end") in said(batch, "warning")
    assert "最长6个月" in words(batch, 5)[0]


def test_a_contract_on_file_is_the_same_and_is_put_right(people, county_clerk, county_a, school_a):
    line = signed(people[0], 0, school_a)
    sent(county_clerk, county_a, SIGNED, line, accepts=county_clerk)
    assert sent(county_clerk, county_a, SIGNED, line).counts["same"] == 1
    silent = ["", *line[1:3], "", "", "HT-新", "2024.9", "", "", "", ""]
    batch = sent(county_clerk, county_a, SIGNED, silent, accepts=county_clerk)
    assert (batch.counts["changed"], said(batch)) == (1, [])
    one = Contract.objects.get()
    assert (one.number, one.valid, one.signed_on) == (
        "HT-新",
        Range(date(2024, 9, 1), date(2027, 9, 1)),
        date(2024, 8, 25),
    )


# as counties write them


def sheet(*cells, merges=()):
    """A workbook with these rows, some of their cells merged."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as file:
        page = file.add_worksheet("Sheet1")
        for number, line in enumerate(cells):
            page.write_row(number, 0, line)
        for first_row, first, last_row, last, text in merges:
            page.merge_range(first_row, first, last_row, last, text)
    return buffer.getvalue()


def test_two_rows_of_headings_a_title_and_notes_are_read(people, county_clerk, county_a, school_a, second_school_a):
    there = second_school_a
    top = ["序号", "姓名", "身份证件号", "编制所在单位", "受援学校", "形式", "支教期限", "", "文件号", "备注"]
    content = sheet(
        ["青石县2026年支教、借调人员台账"], ["填报单位：青石县教育局          填报时间：2026年11月1日"], top,
        ["", "", "", "", "", "", "起", "止", "", ""],
        ["1", people[0].name, number_of(0), school_a.name, there.name, "支教", "2026.9.1", "2027.7.10", "青教〔2026〕9号", "骨干"],
        ["2", people[1].name, number_of(1), school_a.name, there.name, "借用", "2026年9月", "2027年1月", "青教〔2026〕9号", ""],
        ["合计", "2人"], ["说明：本表由各单位填报。"],
        merges=[(2, place, 3, place, text) for place, text in enumerate(top) if place not in (6, 7)] + [(2, 6, 2, 7, "支教期限")],
    )  # fmt: skip
    batch = create_batch(actor=county_clerk, unit=county_a, name="支教台账.xlsx", content=content, start=False)
    batch = check_batch(batch.pk, county_clerk)

    assert (batch.kind, batch.counts["new"], said(batch)) == ("dispatches", 2, [])
    drafts = list(drafts_of(BatchRow.objects.filter(batch=batch).order_by("row"), batch))
    assert [(one.values["dispatch_since"], one.values["dispatch_last"], one.values["dispatch_kind"]) for one in drafts] == [
        ("2026-09-01", "2027-07-10", "support"), ("2026-09", "2027-01", "loan"),
    ]  # fmt: skip


def test_the_workbook_comes_back_with_the_reasons_on_its_cells(people, county_clerk, county_a, school_a):
    batch = sent(county_clerk, county_a, HEADS, head(people[0], 0, school_a), head(people[1], 1, school_a))
    _name, content = returned(batch, lambda *_args, **_more: None)
    told = comments(content, "名单")
    assert list(told) == ["E3"]
    assert "请先办理其免职" in told["E3"]


@pytest.mark.parametrize("head_of", ["teachers", "moves"])
def test_other_sheets_are_taken_for_what_they_were(head_of, people, county_clerk, county_a, school_a, second_school_a):
    rows = {
        "teachers": [
            "姓名 身份证号 工作单位 职务 任职时间 合同类型".split(), [
                people[0].name, number_of(0), school_a.name, "校长", "2020-01", "聘用合同",
            ],
        ],
        "moves": [
            "姓名 身份证号 现任教学校 交流学校 交流方式 起始日期 结束日期 交流原因".split(),
            [people[0].name, number_of(0), school_a.name, second_school_a.name, "支教", "2027-02-01", "2028-01-31", "支教"],
        ],
    }[head_of]  # fmt: skip
    assert sent(county_clerk, county_a, *rows).kind == head_of


# all of them


CASES = {
    "headships": (HEADS, lambda one, place, home, there: head(one, place, home, "副校长")),
    "dispatches": (AWAY, away),
    "contracts": (SIGNED, lambda one, place, home, there: signed(one, place, home)),
}


@pytest.mark.parametrize("kind", CASES)
def test_no_query_is_asked_per_row(
    kind, county_clerk, county_approver, county_a, school_a, second_school_a, kept_at_length
):
    header, line = CASES[kind]
    accepts = county_clerk if kind == "contracts" else county_approver
    staff = [person(f"张{chr(0x4E00 + place)}", school_a, place) for place in range(24)]

    def counted(first, after):
        rows = [line(staff[place], place, school_a, second_school_a) for place in range(first, after)]
        batch = create_batch(
            actor=county_clerk, unit=county_a, name="名单.xlsx", content=book(名单=[header, *rows]), start=False
        )
        with CaptureQueriesContext(connection) as check:
            check_batch(batch.pk, county_clerk)
        with CaptureQueriesContext(connection) as apply:
            apply_batch(batch.pk, accepts)
        assert BatchRow.objects.filter(batch=batch, outcome="new").count() == after - first
        return len(check), len(apply)

    counted(0, 2)
    assert counted(2, 5) == counted(5, 20)


@pytest.mark.parametrize("kind", CASES)
def test_a_blank_workbook_comes_in_again(kind, county_clerk, county_a, login):
    content = template(all_kinds()[kind], county_a, TODAY)
    batch = create_batch(actor=county_clerk, unit=county_a, name="空白.xlsx", content=content, start=False)
    batch = check_batch(batch.pk, county_clerk)
    assert (batch.kind, batch.trouble["code"]) == (kind, "no_rows")
    page = login(county_clerk).get(reverse("template_new", args=[kind])).content.decode()
    assert "作为既成事实登记" in page
    assert 'name="filled"' not in page


def test_the_blank_workbook_of_loans_offers_no_transfer(county_a):
    book = openpyxl.load_workbook(io.BytesIO(template(all_kinds()["dispatches"], county_a, TODAY)))
    kinds = next(list(column) for column in book["选项"].iter_cols(values_only=True) if "支教" in column)
    assert "借调" in kinds
    assert "调动" not in kinds
    assert not any("例：调动" in str(row) for row in book["填写说明"].iter_rows(values_only=True))


@pytest.mark.parametrize("kind", CASES)
def test_the_cells_stand_beside_what_they_became(
    kind, people, county_clerk, county_approver, county_a, school_a, second_school_a, login
):
    header, line = CASES[kind]
    accepts = county_clerk if kind == "contracts" else county_approver
    sent(county_clerk, county_a, header, line(people[0], 0, school_a, second_school_a), accepts=accepts)
    page = login(county_clerk).get(reverse("teacher", args=[people[0].public_id]) + "?tab=work")
    assert page.status_code == 200
    model = {"headships": Headship, "dispatches": Dispatch, "contracts": Contract}[kind]
    assert (
        model.objects.get().valid.lower <= TODAY < model.objects.get().valid.upper + DAY
        if kind != "headships"
        else True
    )


def test_the_documentation_names_every_code():
    told = (Path(__file__).parents[2] / "docs" / "workbooks.md").read_text(encoding="utf-8")
    codes = (
        *headships.CODES,
        *dispatches.CODES,
        *contracts.CODES,
        "found_by_name",
        "nobody_of_name",
        "several_of_name",
        "unit_or_number",
        "month_taken",
        "headship_left",
        "contract_no_end",
    )
    assert [code for code in codes if f"`{code}`" not in told] == []


def test_who_may_not_propose_headships_sends_no_list_of_them(people, school_a, county_clerk):
    clerk = make_actor("school_approver", school_a)
    assert not clerk.may(all_kinds()["headships"].permission)
