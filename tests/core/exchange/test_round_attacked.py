"""What an attacker and a sceptic tried on the round trip, and what must not work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.urls import reverse

from core.exchange.applying import apply_batch
from core.exchange.asking.models import Answer
from core.exchange.asking.selectors import asked_units
from core.exchange.asking.services import ask, send_answer
from core.exchange.asking.statuses import Status
from core.exchange.checking import check_batch
from core.exchange.deciding import decide
from core.exchange.fixing import Fix, fix_cells
from core.exchange.mapping.services import choose_headings
from core.exchange.models import Batch, BatchRow
from core.exchange.returning.drawing import EMPTY, drawn
from core.exchange.services import create_batch
from core.exchange.undo.planning import plan
from core.exchange.undo.telling import page_of
from core.exchange.undo.touched import KEEP
from core.exchange.views.fixes import _fixes
from core.exchange.views.questions import _fixes as decided_fixes
from core.jobs.models import Job
from core.records.changes import change
from personnel.models import Contact, Education, Employment, Teacher
from personnel.services.facts import add_fact, correct_fact
from tests.core.exchange.books import CHEN, LI, WANG, book, counts, line, roster, sent
from tests.core.exchange.rounds import edited, set_cell, taken_out
from tests.core.exchange.undoing import undone
from tests.workbooks.people import identity_number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school_a", "second_school_a")]
HEAD = ("民族", "联系电话", "籍贯")
CONTACT = "personnel.Contact"


def again(actor, unit, content, before, *, name="花名册（改）.xlsx"):
    """The next generation of a batch, checked."""
    made = create_batch(actor=actor, unit=unit, name=name, content=content, start=False, previous=before)
    return check_batch(made.pk, actor)


@pytest.fixture
def out(committed_db, county_clerk, county_a):
    """A filled template: two people on file."""
    sent(
        county_clerk, county_a,
        roster(HEAD, line(WANG, "汉族", "13800001111", "青石"), line(LI, "汉族", "13800002222", "青石")),
    )  # fmt: skip
    return taken_out(county_clerk, county_a)


def wang():
    return Teacher.objects.get(name=WANG[0])


# corrections by others stay, whatever earlier generations did to the same record


def test_an_undone_generation_does_not_make_others_corrections_known_to_the_sender(out, county_clerk, county_a):
    book = edited(out, set_cell(WANG[0], "民族", "回族"))
    first = sent(county_clerk, county_a, book)
    assert wang().ethnicity == "03"
    correct_fact(actor=county_clerk, record=wang(), values={"native_place": "太原"}, reason="核对档案")
    undone(first, county_clerk)
    assert (wang().ethnicity, wang().native_place) == ("01", "太原")

    second = again(county_clerk, county_a, book, Batch.objects.get(pk=first.pk))
    apply_batch(second.pk, county_clerk)

    assert second.counts["asked"] == 1
    assert (wang().ethnicity, wang().native_place) == ("03", "太原")


def test_what_was_kept_by_decision_in_one_generation_is_not_undone_by_the_next(out, county_clerk, county_a):
    book = edited(out, set_cell(WANG[0], "民族", "回族"))
    correct_fact(actor=county_clerk, record=wang(), values={"native_place": "太原"}, reason="核对档案")
    first = sent(county_clerk, county_a, book)
    assert (first.counts["asked"], wang().native_place, wang().ethnicity) == (1, "太原", "03")

    second = again(county_clerk, county_a, edited(book, set_cell(WANG[0], "民族", "满族")), first)
    apply_batch(second.pk, county_clerk)

    assert second.counts["asked"] == 1
    assert (wang().native_place, wang().ethnicity) == ("太原", "11")


def test_of_a_record_that_others_made_meanwhile_the_sender_knows_what_was_decided_only(
    committed_db, county_clerk, county_a
):
    sent(county_clerk, county_a, roster(["民族"], line(WANG, "汉族")))
    book = taken_out(county_clerk, county_a)
    for heading, text in (("联系电话", "13900009999"), ("电子邮箱", "old@example.cn")):
        book = edited(book, set_cell(WANG[0], heading, text))
    made = {"phone": "13811112222", "email": "new@example.cn"}
    add_fact(actor=county_clerk, teacher=wang(), model=Contact, values=made, reason="本人来函")
    first = sent(county_clerk, county_a, book, accept=False)
    row = BatchRow.objects.get(batch=first, outcome="undecided")
    decide(actor=county_clerk, batch=first, choices={row.pk: [(CONTACT, "phone", "file"), (CONTACT, "email", "now")]})
    apply_batch(first.pk, county_clerk)

    first.refresh_from_db()
    second = again(county_clerk, county_a, edited(book, set_cell(WANG[0], "民族", "满族")), first)
    apply_batch(second.pk, county_clerk)

    held = Contact.objects.select_related("teacher__key").get(teacher=wang())
    assert (wang().ethnicity, held.phone.reveal(), held.email) == ("11", "13900009999", "new@example.cn")


def test_a_row_is_not_finished_by_a_generation_that_was_undone(county_clerk, county_a):
    sent(county_clerk, county_a, roster(HEAD, line(WANG, "汉族", "13800001111", "青石")))
    row = line(WANG, "回族", "13800001111", "青石")
    first = sent(county_clerk, county_a, roster(HEAD, row))
    more = roster(HEAD, row, line(CHEN, "汉族", "13800003333", "青石"))
    second = again(county_clerk, county_a, more, first)
    apply_batch(second.pk, county_clerk)
    undone(first, county_clerk)
    assert wang().ethnicity == "01"

    third = again(county_clerk, county_a, more, Batch.objects.get(pk=second.pk))

    assert counts(third) == {"changed": 1, "same": 1, "finished": 1}


def test_a_value_typed_on_the_page_does_not_count_against_a_later_correction(out, county_clerk, county_a):
    book = edited(out, set_cell(WANG[0], "联系电话", "13900009999"))
    held = Contact.objects.get(teacher=wang())
    correct_fact(actor=county_clerk, record=held, values={"phone": "13811112222"}, reason="本人更正")
    batch = sent(county_clerk, county_a, book, accept=False)
    row = BatchRow.objects.get(batch=batch, outcome="undecided")
    others = {row.pk: [("phone", "13700007777")]}
    fix_cells(actor=county_clerk, batch=batch, fixes=decided_fixes(batch, others, county_clerk))
    batch = check_batch(batch.pk, county_clerk)
    assert counts(batch).get("undecided") is None

    held.refresh_from_db()
    correct_fact(actor=county_clerk, record=held, values={"phone": "13822223333"}, reason="又更正")
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.UPLOADED)
    batch = check_batch(batch.pk, county_clerk)

    assert counts(batch)["undecided"] == 1
    assert "changed" not in counts(batch)


def test_decisions_about_several_records_of_one_person_are_all_remembered(committed_db, county_clerk, county_a):
    head = ["学历", "毕业院校"]
    sent(county_clerk, county_a, roster(head, line(WANG, "本科", "青石师范学院")))
    sent(county_clerk, county_a, roster(head, line(WANG, "专科", "太行大学")))
    assert Education.objects.count() == 2
    out = taken_out(county_clerk, county_a)
    for held in Education.objects.all():
        correct_fact(actor=county_clerk, record=held, values={"school": held.school + "分校"}, reason="核对档案")

    def edit(book):
        for sheet in book.worksheets:
            for row in sheet.iter_rows(min_row=3):
                for cell in row:
                    if cell.value in {"青石师范学院", "太行大学"}:
                        cell.value += "本部"

    batch = sent(county_clerk, county_a, edited(out, edit), accept=False)
    rows = BatchRow.objects.filter(batch=batch, outcome="undecided")
    choices = {row.pk: [("personnel.Education", name, "now") for name in row.asked] for row in rows}
    assert len(choices) == 3
    decide(actor=county_clerk, batch=batch, choices=choices)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.UPLOADED)

    assert counts(check_batch(batch.pk, county_clerk)).get("undecided") is None


def test_a_workbook_of_another_kind_does_not_replace_the_one_before(county_clerk, county_a):
    first = sent(county_clerk, county_a, roster(HEAD, line(WANG, "汉族", "13800001111", "青石")), accept=False)
    units = book(学校=[["学校标识码", "学校名称", "办学类型"], ["3114000099", "青石县第九小学", "小学"]])

    second = again(county_clerk, county_a, units, first)

    first.refresh_from_db()
    assert (second.state, second.kind != first.kind, first.state) == ("checked", True, "checked")


# cells put right on the page


def refused(batch, number):
    return BatchRow.objects.get(batch=batch, row=number, outcome="refused")


def place_of(batch, name):
    return next(index for index, _header, field in batch.report["sheets"][0]["mapped"] if field == name)


def posted(field, value):
    said = QueryDict(mutable=True)
    said.update({field: value, f"alike-{field}": "on"})
    return said


def test_a_fix_for_all_alike_changes_no_row_that_was_right(county_clerk, county_a):
    """2000-08-01 is too young for who was born in 1990, and right for who was born in 1978."""
    twin = ("陈霞", identity_number("140702", date(1990, 5, 3), 206))
    batch = sent(
        county_clerk, county_a,
        roster(["参加工作时间"], *(line(one, "2000-08-01") for one in (CHEN, twin, LI))), accept=False,
    )  # fmt: skip
    assert counts(batch) == {"new": 1, "refused": 2}
    field = f"cell:{refused(batch, 2).pk}:{place_of(batch, 'work_start')}"

    fixes = _fixes(batch, posted(field, "2012-08-01"), county_clerk)
    batch = check_batch(fix_cells(actor=county_clerk, batch=batch, fixes=fixes).pk, county_clerk)
    apply_batch(batch.pk, county_clerk)

    starts = {one.name: str(one.work_start) for one in Teacher.objects.all()}
    assert starts == {CHEN[0]: "2012-08-01", twin[0]: "2012-08-01", LI[0]: "2000-08-01"}


def test_an_empty_cell_put_right_for_all_alike_fills_no_cell_that_may_be_empty(county_clerk, county_a):
    sent(county_clerk, county_a, roster([], line(WANG)))
    batch = sent(
        county_clerk, county_a, roster([], line(WANG, unit=""), line(LI, unit=""), line(CHEN, unit="")), accept=False
    )
    assert counts(batch) == {"same": 1, "refused": 2}
    field = f"cell:{refused(batch, 3).pk}:{place_of(batch, 'unit_name')}"

    fixes = _fixes(batch, posted(field, "青石县实验小学"), county_clerk)
    batch = check_batch(fix_cells(actor=county_clerk, batch=batch, fixes=fixes).pk, county_clerk)

    assert counts(batch) == {"new": 2, "same": 1}


def test_a_sheet_named_by_a_number_is_put_right_too(county_clerk, county_a):
    rows = [["姓名", "身份证号", "工作单位", "民族"], line(WANG, "汉足")]
    batch = sent(county_clerk, county_a, book(**{"13800138000": rows}), accept=False)
    assert counts(batch) == {"refused": 1}
    field = f"cell:{refused(batch, 2).pk}:{place_of(batch, 'ethnicity')}"

    fixes = _fixes(batch, posted(field, "汉族"), county_clerk)
    batch = check_batch(fix_cells(actor=county_clerk, batch=batch, fixes=fixes).pk, county_clerk)

    assert counts(batch) == {"new": 1}


def test_a_fix_of_a_number_stays_masked_when_its_column_is_no_longer_read(county_clerk, county_a, login):
    batch = sent(county_clerk, county_a, roster(["联系电话"], line(WANG, "1380000")), accept=False)
    sheet, place = batch.report["sheets"][0]["name"], place_of(batch, "phone")
    fix_cells(actor=county_clerk, batch=batch, fixes=[Fix(sheet, place, "1380000", "13912345678", 2)])
    batch = check_batch(batch.pk, county_clerk)
    Job.objects.filter(pk=batch.job_id).update(state=Job.State.DONE)
    choose_headings(actor=county_clerk, batch=batch, said={0: {place: ""}})
    batch = check_batch(batch.pk, county_clerk)

    page = login(county_clerk).get(reverse("batch", args=[batch.public_id]) + "?tab=columns").content.decode()

    assert "****" in page
    assert ("13912345678" in page, "1380000<" in page) == (False, False)


# undo


def test_the_undo_tells_nothing_of_whom_another_county_keeps_now(county_clerk, other_county_clerk, county_a, school_b):
    batch = sent(county_clerk, county_a, roster(HEAD, line(WANG, "汉族", "13800001111", "青石")), day=date(2026, 9, 1))
    person = wang()
    with change("test.transfer", actor=county_clerk, reason="调出"):
        Employment.objects.get(teacher=person).supersede(on=date(2026, 11, 1), unit=school_b)
    correct_fact(actor=other_county_clerk, record=wang(), values={"native_place": "机密地"}, reason="调入核对")

    people, _after = page_of(plan(Batch.objects.get(pk=batch.pk), county_clerk), KEEP, county_clerk)

    (one,) = people
    assert WANG[0] not in one.name
    assert one.pairs == []


# hostile workbooks


def test_a_drawing_of_open_shapes_is_read_in_one_pass():
    """Half a megabyte took a minute, sixteen would have taken days."""
    open_ones = b'<v:shape a="b"><v:g/>' * 700_000
    kept = b'<v:shape id="a"></v:shape>'
    data = b'<xml xmlns:v="x">' + kept + open_ones + b"</xml>"

    assert kept + open_ones in drawn(data, {(1, 1)}, [])


def test_boxes_of_cells_that_are_no_longer_wrong_go_and_others_stay():
    both = drawn(EMPTY, (), [((1, 0), "a"), ((2, 3), "b")])

    left = drawn(both, {(2, 3)}, [])

    assert (b"<x:Row>0</x:Row>" in left, b"<x:Row>1</x:Row>" in left) == (True, False)


# requests


def test_the_fixed_workbook_answers_what_the_one_before_answered(
    county_clerk, school_clerk, county_a, school_a, second_school_a
):
    units = [school_a, second_school_a]
    request = ask(actor=county_clerk, kind="teachers", title="花名册", due=date(2026, 11, 30), units=units)
    first = send_answer(
        actor=county_clerk,
        request=request,
        unit=county_a,
        name="表.xlsx",
        content=roster(HEAD, line(WANG, "汉足")),
        start=False,
    )
    first = check_batch(first.pk, county_clerk)
    own = sent(school_clerk, school_a, roster(HEAD, line(LI, "汉族")), accept=False)

    second = again(county_clerk, county_a, roster(HEAD, line(WANG, "汉族")), first)

    first.refresh_from_db()
    assert first.state == Batch.State.ABANDONED
    answers = {one.asked.unit: one.batch_id for one in Answer.objects.order_by("pk") if one.batch_id != first.pk}
    assert answers == {school_a: own.pk, second_school_a: second.pk}


def test_an_undone_workbook_answers_nothing(county_clerk, school_clerk, school_a):
    ask(actor=county_clerk, kind="teachers", title="花名册", due=date(2026, 11, 30), units=[school_a])
    batch = sent(school_clerk, school_a, roster(HEAD, line(WANG, "汉族")))
    (asked,) = asked_units(county_clerk)
    assert asked.status == Status.ACCEPTED
    undone(batch, county_clerk)

    (asked,) = asked_units(replace(county_clerk, on=date(2026, 12, 5)))
    assert (asked.status, asked.last) == (Status.LATE, None)


# small things


def test_numbers_without_end_in_a_form_are_no_keys_and_no_error(county_clerk, county_a, login):
    batch = sent(county_clerk, county_a, roster(HEAD, line(WANG, "汉足")), accept=False)
    client, endless = login(county_clerk), "9" * 5000
    said = {f"cell:{endless}:1": "x", "withdraw": endless, f"q:{endless}:a:b": "file"}
    for name in ("batch_fix", "batch_decide"):
        address, form = reverse(name, args=[batch.public_id]), "application/x-www-form-urlencoded"
        assert client.post(address, urlencode(said), content_type=form).status_code == 302


def test_a_zip_of_photos_has_no_template(county_clerk, login):
    assert login(county_clerk).get(reverse("template_new", args=["photos"])).status_code == 404


def test_the_reason_of_a_filled_template_lies_in_no_job_with_a_number(county_clerk, county_a, login):
    said = {"unit": str(county_a.public_id), "filled": "on", "reason": f"核对{WANG[1]}"}
    login(county_clerk).post(reverse("template_new", args=["teachers"]), said)

    job = Job.objects.get(kind="exchange.fill_template")
    assert (WANG[1] in job.arguments["reason"], job.arguments["reason"][:2]) == (False, "核对")
