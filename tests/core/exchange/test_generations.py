"""A workbook that is sent again: what is finished is skipped, what was decided stays decided, what was put right stays put right."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.exchange.checking import check_batch
from core.exchange.content import drafts_of
from core.exchange.deciding import decide
from core.exchange.fixing import Fix, fix_cells, fixes_of
from core.exchange.generations import chain_of
from core.exchange.models import Batch, BatchRow
from core.exchange.services import NotNow, create_batch
from core.exchange.stamp import stamped_now
from core.exchange.undo.services import take_back
from core.jobs.models import Job
from core.org.errors import NotAllowed
from personnel.models import Contact, Teacher
from personnel.services.facts import correct_fact
from tests.core.exchange.books import CHEN, LI, SCHOOL, WANG, book, counts, line, roster, sent
from tests.core.exchange.rounds import edited, set_cell, taken_out

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school_a", "second_school_a")]

HEAD = ("民族", "联系电话", "出生年月")


def again(actor, unit, content, before, *, name="花名册（改）.xlsx"):
    """The next generation of a batch, checked."""
    made = create_batch(actor=actor, unit=unit, name=name, content=content, start=False, previous=before)
    return check_batch(made.pk, actor)


@pytest.fixture
def first(county_clerk, county_a):
    """Two of three rows are accepted; the third has no such ethnic group."""
    batch = sent(
        county_clerk, county_a,
        roster(
            HEAD, line(WANG, "汉族", "13800001111"), line(LI, "汉足", "13800002222"), line(CHEN, "汉族", "13800003333")
        ),
    )  # fmt: skip
    assert counts(batch) == {"new": 2, "refused": 1}
    return batch


FIXED = roster(
    HEAD, line(CHEN, "汉族", "13800003333"), line(LI, "汉族", "13800002222"), line(WANG, "汉族", "13800001111")
)


def test_only_what_stayed_behind_is_worked_on(first, county_clerk, county_a):
    second = again(county_clerk, county_a, FIXED, first)
    assert counts(second) == {"new": 1, "same": 2, "finished": 2}
    assert len(chain_of(second)) == 2


def test_a_finished_row_undoes_no_later_correction(first, county_clerk, county_a):
    wang = Teacher.objects.get(name=WANG[0])
    correct_fact(actor=county_clerk, record=wang, values={"ethnicity": "02"}, reason="户口簿")

    second = again(county_clerk, county_a, FIXED, first)

    assert counts(second) == {"new": 1, "same": 2, "finished": 2}
    assert Teacher.objects.get(name=WANG[0]).ethnicity == "02"


def test_a_row_that_was_edited_is_not_finished(first, county_clerk, county_a):
    changed = roster(
        HEAD, line(CHEN, "汉族", "13900009999"), line(LI, "汉族", "13800002222"), line(WANG, "汉族", "13800001111")
    )
    assert counts(again(county_clerk, county_a, changed, first)) == {"new": 1, "changed": 1, "same": 1, "finished": 1}


def test_without_being_told_a_workbook_is_no_next_generation(first, county_clerk, county_a):
    other = sent(county_clerk, county_a, FIXED, accept=False)
    assert (other.previous, counts(other)) == (None, {"new": 1, "same": 2})


def test_a_generation_of_which_nothing_was_accepted_is_replaced(county_clerk, county_a):
    rows = roster(HEAD, line(WANG, "汉族", "13800001111"), line(LI, "汉足", "13800002222"))
    first = sent(county_clerk, county_a, rows, accept=False)

    second = again(
        county_clerk, county_a, roster(HEAD, line(WANG, "汉族", "13800001111"), line(LI, "汉族", "13800002222")), first
    )

    first.refresh_from_db()
    assert (first.state, first.report["replaced_by"][0]) == (Batch.State.ABANDONED, second.pk)
    assert not BatchRow.objects.filter(batch=first).exists()
    assert counts(second) == {"new": 2}


def test_a_generation_of_another_unit_does_not_count(first, county_clerk, school_a):
    made = create_batch(actor=county_clerk, unit=school_a, name="x.xlsx", content=FIXED, start=False, previous=first)
    assert made.previous is None


# cells put right on the page


def wrong(batch):
    sheet = batch.report["sheets"][0]
    return sheet["name"], next(index for index, _header, name in sheet["mapped"] if name == "ethnicity")


@pytest.fixture
def waiting(county_clerk, county_a):
    """Three rows with the same wrong word, and one with another."""
    batch = sent(
        county_clerk, county_a,
        roster(HEAD, line(WANG, "汉足", "13800001111"), line(LI, "汉足", "13800002222"), line(CHEN, "火星族", "13800003333")),
        accept=False,
    )  # fmt: skip
    assert counts(batch) == {"refused": 3}
    return batch


def test_one_cell_is_put_right_without_a_new_file(waiting, county_clerk):
    sheet, column = wrong(waiting)
    batch = fix_cells(actor=county_clerk, batch=waiting, fixes=[Fix(sheet, column, "汉足", "汉族", 2)])
    batch = check_batch(batch.pk, county_clerk)
    assert counts(batch) == {"new": 1, "refused": 2}


def test_the_same_fix_for_all_alike(waiting, county_clerk):
    sheet, column = wrong(waiting)
    batch = check_batch(
        fix_cells(actor=county_clerk, batch=waiting, fixes=[Fix(sheet, column, "汉足", "汉族")]).pk, county_clerk
    )
    assert counts(batch) == {"new": 2, "refused": 1}


def test_a_fix_is_read_in_place_of_the_cell_and_the_cell_stays_as_it_was_sent(waiting, county_clerk):
    sheet, column = wrong(waiting)
    fix_cells(actor=county_clerk, batch=waiting, fixes=[Fix(sheet, column, "汉足", "汉族")])
    batch = check_batch(waiting.pk, county_clerk)
    drafts = list(drafts_of(BatchRow.objects.filter(batch=batch, outcome="new").order_by("row"), batch))
    assert [(draft.cells[column], draft.values["ethnicity"], draft.fixed) for draft in drafts] == [
        ("汉足", "01", {"ethnicity": "汉族"})
    ] * 2


def test_a_fix_is_taken_back_and_a_later_one_takes_its_place(waiting, login, county_clerk):
    sheet, column = wrong(waiting)
    for word in ("回族", "汉族"):
        fix_cells(actor=county_clerk, batch=waiting, fixes=[Fix(sheet, column, "汉足", word)])
        waiting = check_batch(waiting.pk, county_clerk)
        Job.objects.filter(pk=waiting.job_id).update(state=Job.State.DONE)
    assert [fix.value for fix in fixes_of(waiting)] == ["汉族"]
    client = login(county_clerk)
    page = client.get(reverse("batch", args=[waiting.public_id]) + "?tab=columns").content.decode()
    assert "汉足" in page

    (fix,) = fixes_of(waiting)
    assert fix.token in page
    client.post(reverse("batch_fix", args=[waiting.public_id]), {"withdraw": fix.token})

    waiting = check_batch(waiting.pk, county_clerk)
    assert counts(waiting) == {"refused": 3}

    Job.objects.filter(pk=waiting.job_id).update(state=Job.State.DONE)
    again = client.post(reverse("batch_fix", args=[waiting.public_id]), {"withdraw": fix.token}, follow=True)
    assert "已撤回" in again.content.decode()
    assert BatchRow.objects.filter(batch=waiting, outcome="refused").count() == 3


def test_the_page_puts_right_what_is_typed_for_one_row_or_for_all_alike(waiting, login, county_clerk):
    client, address = login(county_clerk), reverse("batch", args=[waiting.public_id])
    row = BatchRow.objects.get(batch=waiting, row=2)
    _sheet, column = wrong(waiting)
    field = f"cell:{row.pk}:{column}"
    page = client.get(address + "?tab=refused").content.decode()
    assert (f'name="{field}"' in page, f'name="alike-{field}"' in page) == (True, True)

    client.post(reverse("batch_fix", args=[waiting.public_id]), {field: "汉族", f"alike-{field}": "on"})

    assert counts(check_batch(waiting.pk, county_clerk)) == {"new": 2, "refused": 1}


def test_an_accepted_batch_takes_no_fix_and_no_empty_or_endless_one_is_taken(first, waiting, county_clerk):
    sheet, column = wrong(first)
    with pytest.raises(NotNow):
        fix_cells(actor=county_clerk, batch=first, fixes=[Fix(sheet, column, "汉足", "汉族")])
    for fixes in ([], [Fix(sheet, column, "汉足", "长" * 501)]):
        with pytest.raises(NotAllowed):
            fix_cells(actor=county_clerk, batch=waiting, fixes=fixes)


# stamps


def stamped(content, stamp):
    def put(workbook):
        page = workbook.create_sheet("师档印记")
        for number, (text,) in enumerate(stamp.rows(), start=1):
            page.cell(number, 1, text)
        page.sheet_state = "veryHidden"

    return edited(content, put)


def test_a_returned_workbook_finds_its_batch(first, county_clerk, county_a):
    stamp = stamped_now("teachers", str(county_a.public_id), (), batch=str(first.public_id))
    second = sent(county_clerk, county_a, stamped(FIXED, stamp), accept=False)
    assert (second.previous, counts(second)["finished"]) == (first, 2)


def test_a_tampered_stamp_counts_for_nothing_and_is_told(first, login, county_clerk, county_a):
    stamp = stamped_now("teachers", str(county_a.public_id), (), batch=str(first.public_id))

    def tamper(workbook):
        cell = workbook["师档印记"].cell(2, 1)
        cell.value = cell.value[:-3] + "abc"

    batch = sent(county_clerk, county_a, edited(stamped(FIXED, stamp), tamper), accept=False)
    assert (batch.report["stamp"], batch.previous) == ({"trouble": "broken"}, None)
    page = login(county_clerk).get(reverse("batch", args=[batch.public_id])).content.decode()
    assert "印记被改动过" in page


def test_a_template_of_an_older_version_counts_and_says_what_was_added(first, login, county_clerk, county_a):
    older = stamped_now("teachers", str(county_a.public_id), ["身份证号码", "姓名", "工作单位", "已取消的列"])
    batch = sent(county_clerk, county_a, stamped(FIXED, older), accept=False)
    assert (batch.report["stamp"]["trouble"], "民族" in batch.report["stamp"]["added"]) == ("", True)
    page = login(county_clerk).get(reverse("batch", args=[batch.public_id])).content.decode()
    assert "旧版" in page


def test_a_stamp_of_another_unit_counts_for_nothing(first, county_clerk, county_a, county_b):
    stamp = stamped_now("teachers", str(county_b.public_id), (), batch=str(first.public_id))
    batch = sent(county_clerk, county_a, stamped(FIXED, stamp), accept=False)
    assert (batch.report["stamp"], batch.previous) == ({"trouble": "other_unit"}, None)


def test_columns_moved_and_renamed_rows_sorted_and_sheets_protected_change_nothing(first, county_clerk, county_a):
    moved = book(
        任意=[
            ["出生年月", "手机", "族别", "身份证件号", "所在单位", "教师姓名"],
            *(["", phone, "", number, SCHOOL, name] for (name, number), phone in (
                (CHEN, "13800003333"), (WANG, "13800001111"), (LI, "13800002222")
            )),
        ]
    )  # fmt: skip

    def protect(workbook):
        workbook.worksheets[0].protection.sheet = True

    second = again(county_clerk, county_a, edited(moved, protect), first)
    assert counts(second) == {"new": 1, "same": 2}


# decisions


def test_a_decision_is_remembered_while_both_sides_say_the_same(committed_db, county_clerk, county_a):
    sent(county_clerk, county_a, roster(HEAD, line(WANG, "汉族", "13800001111"), line(LI, "汉族", "13800002222")))
    out = edited(taken_out(county_clerk, county_a), set_cell(WANG[0], "联系电话", "13900009999"))
    held = Contact.objects.get(teacher__name=WANG[0])
    correct_fact(actor=county_clerk, record=held, values={"phone": "13811112222"}, reason="本人更正")
    first = sent(county_clerk, county_a, out, accept=False)
    row = BatchRow.objects.get(batch=first, outcome="undecided")
    decide(actor=county_clerk, batch=first, choices={row.pk: [("personnel.Contact", "phone", "file")]})

    second = again(county_clerk, county_a, edited(out, set_cell(LI[0], "籍贯", "太原")), first)
    assert counts(second).get("undecided") is None
    assert counts(second)["changed"] == 2

    third = again(county_clerk, county_a, edited(out, set_cell(WANG[0], "联系电话", "13900008888")), second)
    assert counts(third)["undecided"] == 1


def test_what_was_undone_is_worked_on_anew_when_it_is_sent_again(committed_db, county_clerk, county_a):
    sent(county_clerk, county_a, roster(HEAD, line(WANG, "汉族", "13800001111"), line(LI, "汉族", "13800002222")))
    out = edited(taken_out(county_clerk, county_a), set_cell(WANG[0], "联系电话", "13900009999"))
    first = sent(county_clerk, county_a, out)
    assert counts(first)["changed"] == 1
    take_back(first.pk, county_clerk, reason="发错了")
    first.refresh_from_db()

    second = again(county_clerk, county_a, out, first)

    assert (counts(second)["changed"], counts(second).get("asked"), counts(second).get("finished")) == (1, None, None)
