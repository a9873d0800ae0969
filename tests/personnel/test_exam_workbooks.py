"""Workbooks of the exam office: applicants, written scores and judges' scores, with what goes wrong in them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.models import Batch, BatchRow
from core.exchange.services import create_batch, may_accept
from core.exchange.undo.services import take_back, undo_preview
from core.jobs.services import JobError
from core.org.errors import NotAllowed
from core.records.storage import path_of
from core.workflow.authority import steps_open
from core.workflow.models import Case
from core.workflow.registered import workflow_of
from core.workflow.services import advance
from personnel.models import Applicant, JudgeScore
from personnel.selectors.recruitment import name_of, said_of
from personnel.services.recruitment.examining import enter_written
from personnel.services.recruitment.forgetting import forget_applicants
from personnel.services.recruitment.workbooks import send_workbook
from tests.core.exchange.books import book, counts, told
from tests.ground.clock import TODAY
from tests.personnel.recruiting import (
    LAST,
    OPENS,
    applicant_line,
    applicants_book,
    applies,
    fresh,
    later,
    number_of,
    recruitment_open,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(county_clerk, county_approver, school_a):
    """A notice with two posts; everybody applies for one."""
    return recruitment_open(
        county_clerk, school_a, wanted=2, subjects=("chinese", "mathematics"), approver=county_approver
    )


def sent(actor, recruitment, content, *, accept=True, previous=None):
    batch = send_workbook(
        actor=actor, recruitment=fresh(recruitment), name="考试院.xlsx", content=content, previous=previous, start=False
    )
    batch = check_batch(batch.pk, actor)
    if accept and batch.state == Batch.State.CHECKED:
        batch = apply_batch(batch.pk, actor)
    batch.refresh_from_db()
    return batch


def problems(batch):
    return {(row, code) for _sheet, row, _column, code in told(batch)}


def examined(recruitment, clerk, count=4):
    """So many applicants of the first post, qualified, the applications closed."""
    sent(clerk, recruitment, applicants_book(*(applicant_line(place) for place in range(1, count + 1))))
    for one in Applicant.objects.filter(stage="applied").select_related("case"):
        advance(one.case, "qualify", actor=clerk)
    after = later(clerk, 1)
    advance(fresh(recruitment).case, "close", actor=after)
    return after


# applicants


def test_applicants_come_with_what_they_say_sealed_and_go_the_same_road(opened, county_clerk):
    batch = sent(county_clerk, opened, applicants_book(applicant_line(1), applicant_line(2, post="02")))
    assert counts(batch) == {"new": 2}
    first, second = Applicant.objects.order_by("serial").select_related("key", "case", "post")
    assert (first.serial, second.serial, first.post.number, second.post.number) == (1, 2, 1, 2)
    assert (name_of(first), first.number.reveal(), first.phone.reveal()) == ("应聘一", number_of(1), "13900000001")
    said = said_of(first)
    assert {name: said[name] for name in ("education", "major", "certificate", "putonghua", "graduated", "birth")} == {
        "education": "21", "major": "数学与应用数学", "certificate": "primary", "putonghua": "2A", "graduated": "2026-06",
        "birth": "1995-01-02",
    }  # fmt: skip
    assert first.key_id != second.key_id
    assert (first.case.state, first.stage, first.applied_on) == ("applied", "applied", OPENS)
    advance(first.case, "qualify", actor=county_clerk)


def test_nothing_of_applicants_lies_in_clear(opened, county_clerk):
    sent(county_clerk, opened, applicants_book(applicant_line(1), applicant_line(1)))
    tables = (
        "exchange_batch",
        "exchange_batchrow",
        "personnel_applicant",
        "personnel_applicant_history",
        "records_storedfile",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)", [list(tables)])
        known = [name for (name,) in cursor.fetchall()]
        assert len(known) >= 4
        for table in known:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text = " ".join(line for (line,) in cursor.fetchall())
            for value in (number_of(1), "13900000001", "应聘一", "数学与应用数学"):
                assert value not in text, (table, value)
                assert value.encode().hex() not in text, (table, value)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"post": "3"}, "unknown_post"),
        ({"post": ""}, "missing"),
        ({"number": number_of(1)[:-1] + ("0" if number_of(1)[-1] != "0" else "1")}, "check_digit"),
        ({"number": ""}, "missing"),
        ({"phone": "12"}, "not_a_phone"),
        ({"phone": ""}, "missing"),
        ({"major": ""}, "missing"),
        ({"education": "高中以上"}, "unknown_code"),
        ({"putonghua": "很好"}, "unknown_code"),
        ({"applied": f"{LAST + timedelta(1)}"}, "outside_days"),
        ({"applied": f"{OPENS - timedelta(1)}"}, "outside_days"),
        ({"applied": "2026-10"}, "day_needed"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_the_others_come_in(opened, county_clerk, line, code):
    batch = sent(county_clerk, opened, applicants_book(applicant_line(2), applicant_line(1, **line)))
    assert problems(batch) == {(3, code)}
    assert Applicant.objects.count() == 1


def test_an_applicant_stands_once_and_under_one_post(opened, county_clerk):
    applies(opened, 4)
    batch = sent(
        county_clerk, opened,
        applicants_book(
            applicant_line(1), applicant_line(1), applicant_line(2), applicant_line(2, post="2"), applicant_line(4, post="2"),
            applicant_line(4),
        ),
    )  # fmt: skip
    assert problems(batch) == {
        (3, "duplicate_in_file"), (5, "other_post_in_file"), (6, "other_post"), (7, "applied_already"),
    }  # fmt: skip
    assert sorted(Applicant.objects.values_list("serial", flat=True)) == [1, 2, 3]


def test_where_the_notice_lets_them_they_apply_for_several_posts(county_clerk, county_approver, school_a):
    made = recruitment_open(
        county_clerk, school_a, subjects=("chinese", "mathematics"), approver=county_approver, one_post=False
    )
    batch = sent(county_clerk, made, applicants_book(applicant_line(1), applicant_line(1, post="2")))
    assert counts(batch) == {"new": 2}


def test_after_the_last_day_a_row_says_its_day(opened, county_clerk):
    after = later(county_clerk, 1)
    batch = sent(after, opened, applicants_book(applicant_line(1), applicant_line(2, applied=f"{LAST}")))
    assert problems(batch) == {(2, "day_of_application")}
    assert [one.applied_on for one in Applicant.objects.all()] == [LAST]


def test_the_next_workbook_says_otherwise_until_it_was_decided(opened, county_clerk):
    sent(county_clerk, opened, applicants_book(applicant_line(1), applicant_line(2)))
    again = applicants_book(applicant_line(1, major="物理学", phone="13800000001"), applicant_line(2))
    batch = sent(county_clerk, opened, again)
    assert counts(batch) == {"changed": 1, "same": 1}
    first = Applicant.objects.select_related("key", "case").get(serial=1)
    assert (said_of(first)["major"], first.phone.reveal(), said_of(first)["birth"]) == (
        "物理学",
        "13800000001",
        "1995-01-02",
    )
    advance(first.case, "qualify", actor=county_clerk)
    batch = sent(county_clerk, opened, applicants_book(applicant_line(1, major="化学")))
    assert problems(batch) == {(2, "decided_already")}


def test_who_came_with_a_workbook_is_not_sent_back_to_nobody(opened, county_clerk):
    sent(county_clerk, opened, applicants_book(applicant_line(1)))
    case = Case.objects.get(application__serial=1)
    assert set(steps_open(workflow_of(case.kind), case, county_clerk)) == {"qualify", "refuse"}
    with pytest.raises(NotAllowed, match="工作簿"):
        advance(case, "return", actor=county_clerk, comment="缺页", reasons=["unreadable"])
    advance(case, "refuse", actor=county_clerk, comment="不符合", reasons=["major"])


def test_an_undo_takes_back_applicants_with_their_cases_but_nobody_who_was_decided(opened, county_clerk, login):
    batch = sent(county_clerk, opened, applicants_book(*(applicant_line(place) for place in (1, 2, 3))))
    decided = Applicant.objects.select_related("case").get(serial=2)
    advance(decided.case, "qualify", actor=county_clerk)
    cases = Case.objects.count()
    page = login(county_clerk).get(reverse("batch_undo", args=[batch.public_id])).content.decode()
    assert "应聘一，报名序号1" in page.replace(" ", "")
    take_back(batch.pk, county_clerk, reason="发错了")
    assert list(Applicant.objects.values_list("serial", flat=True)) == [2]
    assert Case.objects.count() == cases - 2
    assert Case.objects.filter(application=decided).exists()


def test_a_workbook_waits_for_nobody_who_went_on(opened, county_clerk):
    batch = sent(county_clerk, opened, applicants_book(applicant_line(1)), accept=False)
    advance(fresh(opened).case, "cancel", actor=county_clerk, comment="停止招聘")
    with pytest.raises(JobError):
        apply_batch(batch.pk, county_clerk)
    assert not Applicant.objects.exists()
    with pytest.raises(NotAllowed):
        send_workbook(actor=county_clerk, recruitment=fresh(opened), name="x.xlsx", content=b"")


def test_it_is_sent_from_the_page_of_its_recruitment_only(opened, county_clerk, county_approver):
    content = applicants_book(applicant_line(1))
    general = create_batch(actor=county_clerk, unit=opened.unit, name="a.xlsx", content=content, start=False)
    assert counts(check_batch(general.pk, county_clerk)).keys() <= {"refused"}, "nobody is taken for a teacher"
    named = create_batch(
        actor=county_clerk, unit=opened.unit, name="a.xlsx", content=content, kind="applicants", start=False
    )
    assert check_batch(named.pk, county_clerk).trouble["code"] == "from_its_page"
    with pytest.raises(NotAllowed):
        send_workbook(actor=county_approver, recruitment=opened, name="a.xlsx", content=content)
    batch = sent(county_clerk, opened, content, accept=False)
    assert may_accept(county_clerk, batch)
    assert not may_accept(county_approver, batch)


def test_who_does_not_recruit_sees_no_such_batch(opened, county_clerk, county_approver, login):
    batch = sent(county_clerk, opened, applicants_book(applicant_line(1)), accept=False)
    url = reverse("batch", args=[batch.public_id])
    assert login(county_clerk).get(url).status_code == 200
    assert login(county_approver).get(url).status_code == 404


def test_the_preview_masks_numbers(opened, county_clerk, login):
    batch = sent(county_clerk, opened, applicants_book(applicant_line(1), applicant_line(2, post="9")), accept=False)
    client = login(county_clerk)
    for tab in ("new", "refused", "columns"):
        page = client.get(reverse("batch", args=[batch.public_id]), {"tab": tab}).content.decode()
        for place in (1, 2):
            assert number_of(place) not in page
            assert f"1390000000{place}" not in page
    page = client.get(reverse("batch", args=[batch.public_id]), {"tab": "refused"}).content.decode()
    assert "公告中没有这个岗位" in page


def test_applicants_are_forgotten_with_their_workbooks(opened, county_clerk, login):
    batch = sent(county_clerk, opened, applicants_book(applicant_line(1)))
    gone = sent(county_clerk, opened, applicants_book(applicant_line(1), applicant_line(2)))
    take_back(gone.pk, county_clerk, reason="发错了")
    left = sent(county_clerk, opened, applicants_book(applicant_line(3)), accept=False)
    advance(fresh(opened).case, "cancel", actor=county_clerk, comment="停止招聘")
    assert forget_applicants(TODAY + timedelta(800)) == 2, "who was taken back is forgotten too"
    assert forget_applicants(TODAY + timedelta(801)) == 0
    for one in Batch.objects.select_related("file__key").filter(pk__in=[batch.pk, gone.pk, left.pk]):
        assert one.file.key.wrapped is None
        url = reverse("batch", args=[one.public_id])
        assert login(county_clerk).get(url).status_code == 200
    left.refresh_from_db()
    assert left.state == Batch.State.ABANDONED, "what nobody accepted waits for nobody any more"
    assert BatchRow.objects.exists()


def test_the_number_of_queries_does_not_follow_the_number_of_rows(opened, county_clerk, django_assert_max_num_queries):
    sent(county_clerk, opened, applicants_book(applicant_line(999)))
    with django_assert_max_num_queries(170):
        sent(county_clerk, opened, applicants_book(*(applicant_line(place) for place in range(1, 201))))
    assert Applicant.objects.count() == 201


# scores


def written_book(*rows, head=("报名序号", "姓名", "笔试成绩")):
    return book(笔试成绩=[head, *rows])


def test_written_scores_are_found_by_either_number_and_wait_for_all(opened, county_clerk):
    after = examined(opened, county_clerk)
    batch = sent(after, opened, written_book(["1", "应聘一", 88.5], ["2", "", "缺考"]))
    assert counts(batch) == {"new": 2, "asked": 0} or counts(batch) == {"new": 2}
    batch = sent(after, opened, book(成绩=[["身份证号", "笔试成绩"], [number_of(3), "77.125"], [number_of(4), 60]]))
    assert counts(batch) == {"new": 2}
    scores = dict(Applicant.objects.values_list("serial", "written"))
    assert scores == {1: Decimal("88.5"), 2: 0, 3: Decimal("77.125"), 4: 60}
    advance(fresh(opened).case, "list", actor=after)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["9", "", 80], "unknown_applicant"),
        (["x", "", 80], "unknown_applicant"),
        (["1", "", 100.5], "score_over"),
        (["1", "", "良好"], "not_a_score"),
        (["1", "", -1], "not_a_score"),
        (["1", "", "八十"], "not_a_score"),
        (["1", "", 88.1234], "not_a_score"),
        (["1", "", ""], "missing"),
        (["1", "别人", 80], "applicant_name_differs"),
    ],
)
def test_a_row_of_scores_that_cannot_be_taken_says_why(opened, county_clerk, row, code):
    after = examined(opened, county_clerk, 2)
    batch = sent(after, opened, written_book(["2", "", 70], row))
    assert problems(batch) == {(3, code)}
    assert dict(Applicant.objects.values_list("serial", "written")) == {1: None, 2: 70}


def test_a_score_stands_once_and_of_whom_it_says(opened, county_clerk):
    after = examined(opened, county_clerk, 3)
    batch = sent(after, opened, written_book(["1", "", 70], ["1", "", 80]))
    assert problems(batch) == {(3, "duplicate_in_file")}
    batch = sent(
        after,
        opened,
        book(成绩=[["报名序号", "身份证号", "笔试成绩"], ["2", number_of(3), 70], ["", number_of(9), 70]]),
    )
    assert problems(batch) == {(2, "numbers_differ"), (3, "unknown_applicant")}


def test_scores_are_put_right_undone_and_stay_once_the_list_was_drawn_up(opened, county_clerk):
    after = examined(opened, county_clerk, 2)
    first = sent(after, opened, written_book(["1", "", 70], ["2", "", 80]))
    batch = sent(after, opened, written_book(["1", "", 75], ["2", "", 80]))
    assert counts(batch) == {"changed": 1, "same": 1}
    take_back(batch.pk, after, reason="登错")
    assert dict(Applicant.objects.values_list("serial", "written")) == {1: 70, 2: 80}
    advance(fresh(opened).case, "list", actor=after)
    assert undo_preview(actor=after, batch=first).counts()["take_back"]["records"] == 0
    assert undo_preview(actor=after, batch=first).counts()["why"] == {"settled": 2}


def judged_book(judges, *rows):
    return book(面试=[["报名序号", *(f"评委{judge}" for judge in range(1, judges + 1))], *rows])


@pytest.fixture
def interviewed(opened, county_clerk):
    after = examined(opened, county_clerk, 2)
    enter_written(actor=after, recruitment=fresh(opened), text="1 90\n2 80")
    advance(fresh(opened).case, "list", actor=after)
    return after


def test_judges_scores_count_without_the_highest_and_lowest(opened, interviewed):
    batch = sent(interviewed, opened, judged_book(5, ["1", 80, 85, 90, 95, 100], ["2", "缺考", "", "", "", ""]))
    assert counts(batch) == {"new": 2}
    assert dict(Applicant.objects.values_list("serial", "interview")) == {1: 90, 2: 0}
    assert JudgeScore.objects.count() == 5
    batch = sent(interviewed, opened, judged_book(5, ["1", 80, 85, 93, 95, 100], ["2", "Absent", "", "", "", ""]))
    assert counts(batch) == {"changed": 1, "same": 1}
    assert Applicant.objects.get(serial=1).interview == 91
    take_back(batch.pk, interviewed, reason="登错")
    assert Applicant.objects.get(serial=1).interview == 90
    assert sorted(JudgeScore.objects.values_list("score", flat=True)) == [80, 85, 90, 95, 100]
    advance(fresh(opened).case, "rank", actor=interviewed)


def test_a_judges_score_is_not_lost_in_silence(opened, interviewed):
    sent(interviewed, opened, judged_book(3, ["1", 80, 85, 90], ["2", 1, 2, 3]))
    batch = sent(interviewed, opened, judged_book(3, ["1", 80, 85, ""], ["2", "缺考", 2, 101]))
    assert problems(batch) == {(2, "fewer_scores"), (3, "not_a_score"), (3, "score_over")}
    assert JudgeScore.objects.count() == 6


def test_who_is_not_interviewed_gets_no_scores(county_clerk, county_approver, school_a):
    made = recruitment_open(county_clerk, school_a, wanted=1, approver=county_approver, ratio=1)
    after = examined(made, county_clerk, 2)
    enter_written(actor=after, recruitment=fresh(made), text="1 90\n2 80")
    advance(fresh(made).case, "list", actor=after)
    batch = sent(after, made, judged_book(1, ["1", 80], ["2", 90]))
    assert problems(batch) == {(3, "not_examined")}
    with pytest.raises(NotAllowed):
        advance(fresh(made).case, "close", actor=replace(after))


# the page


def test_the_clerk_sends_it_from_the_page_of_the_recruitment(opened, county_clerk, login, run_jobs):
    client = login(county_clerk)
    page = client.get(reverse("recruitment", args=[opened.public_id])).content.decode()
    url = reverse("recruitment_workbook", args=[opened.public_id])
    assert url in page
    assert "岗位代码" in client.get(url).content.decode()
    content = applicants_book(applicant_line(1), applicant_line(2, post="7"))
    answer = client.post(url, {"file": SimpleUploadedFile("名单.xlsx", content)})
    batch = Batch.objects.get()
    assert answer.url == reverse("batch", args=[batch.public_id])
    run_jobs()
    page = client.get(answer.url).content.decode()
    assert f"{url}?fixes={batch.public_id}" in page, "the fixed workbook goes to the same recruitment"
    assert "名单.xlsx" in client.get(reverse("recruitment", args=[opened.public_id])).content.decode()
    assert path_of(batch.file).exists()
    fixed = {"file": SimpleUploadedFile("名单-改.xlsx", applicants_book(applicant_line(1), applicant_line(2)))}
    client.post(f"{url}?fixes={batch.public_id}", fixed)
    run_jobs()
    newest = Batch.objects.latest("pk")
    assert (newest.previous_id, newest.state, counts(newest)) == (batch.pk, "checked", {"new": 2})
