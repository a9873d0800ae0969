"""Requests for workbooks track themselves: who was asked, who sent what, who is late, who was reminded."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.api.services import issue_token
from core.dates import SHANGHAI
from core.exchange.applying import apply_batch
from core.exchange.asking.home import asked_of_me, late_with_me
from core.exchange.asking.linking import answer_request
from core.exchange.asking.models import Answer, Asked, Reminder, WorkbookRequest
from core.exchange.asking.periods import span
from core.exchange.asking.selectors import asked_units, open_to, requests, tallies
from core.exchange.asking.services import ask, close, remind, remind_by_itself, send_answer, to_remind
from core.exchange.asking.statuses import Status
from core.exchange.checking import check_batch
from core.exchange.exporting import page_named
from core.exchange.models import Batch
from core.exchange.services import abandon_batch, create_batch
from core.jobs.models import Job
from core.jobs.services import start_daily
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment
from core.web.due import days_left
from core.web.listing import Listing
from tests.core.exchange.books import LI, OTHER_SCHOOL, SCHOOL, WANG, line, roster, sent
from tests.factories.people import make_actor, make_unit
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 30)
GOOD = roster(["学历"], line(WANG, "本科"))
WRONG = roster(["学历"], line(WANG, "本科"), line(LI, "没有这个学历"))
FIXED = roster(["学历"], line(WANG, "本科"), line(LI, "本科"))
UNREADABLE = roster(["学历"])


def on(actor, day):
    """The same actor, looking on another day."""
    return replace(actor, on=day)


def asking(actor, *units, due=DUE, kind="teachers", **more):
    return ask(actor=actor, kind=kind, title="2026年秋季花名册", due=due, units=units, **more)


def status(actor, unit, day=TODAY):
    """Where a unit stands with the one request there is."""
    return asked_units(on(actor, day)).get(unit=unit).status


def test_a_request_follows_a_unit_from_asking_to_fixing(county_clerk, school_clerk, school_a, county_a):
    asking(county_clerk, school_a)
    assert status(county_clerk, school_a) == Status.NOT_SENT
    assert status(county_clerk, school_a, DUE) == Status.NOT_SENT, "the due day is in time"
    assert status(county_clerk, school_a, DUE + timedelta(days=1)) == Status.LATE

    batch = create_batch(actor=school_clerk, unit=school_a, name="表.xlsx", content=WRONG, start=False)
    assert status(county_clerk, school_a) == Status.NOT_SENT, "nobody knows yet what it is"
    batch = check_batch(batch.pk, school_clerk)
    assert status(county_clerk, school_a, DUE + timedelta(days=9)) == Status.WAITS
    apply_batch(batch.pk, school_clerk)
    assert status(county_clerk, school_a) == Status.REFUSED
    sent(school_clerk, school_a, FIXED)

    assert status(county_clerk, school_a) == Status.FIXED


def test_what_has_no_fault_is_accepted_at_once(county_clerk, school_clerk, school_a):
    asking(county_clerk, school_a)
    sent(school_clerk, school_a, GOOD)

    assert status(county_clerk, school_a) == Status.ACCEPTED


def test_an_answer_that_cannot_be_read_or_was_given_up_is_still_owed(county_clerk, school_clerk, school_a):
    request = asking(county_clerk, school_a)
    batch = send_answer(
        actor=school_clerk, request=request, unit=school_a, name="表.xlsx", content=UNREADABLE, start=False
    )
    assert status(county_clerk, school_a) == Status.SENT
    batch = check_batch(batch.pk, school_clerk)
    assert (batch.state, status(county_clerk, school_a)) == (Batch.State.UNREADABLE, Status.UNREADABLE)
    abandon_batch(actor=school_clerk, batch=batch)

    assert status(county_clerk, school_a) == Status.NOT_SENT


def test_a_workbook_answers_the_newest_open_request_of_its_kind_only(
    city_clerk, county_clerk, school_clerk, school_a, second_school_a, county_a
):
    earlier = sent(school_clerk, school_a, GOOD)
    old, closed = asking(county_clerk, school_a), asking(county_clerk, school_a)
    other_unit = asking(county_clerk, second_school_a)
    other_kind = asking(city_clerk, county_a, kind="units")
    newest = asking(county_clerk, school_a)
    close(actor=county_clerk, request=closed)
    batch = sent(school_clerk, school_a, GOOD, accept=False)

    assert [one.asked.request for one in Answer.objects.filter(batch=batch)] == [newest]
    assert not Answer.objects.filter(batch=earlier).exists()
    close(actor=county_clerk, request=newest)
    later = sent(school_clerk, school_a, GOOD, accept=False)
    assert [one.asked.request for one in Answer.objects.filter(batch=later)] == [old]
    assert not Answer.objects.filter(asked__request__in=[other_unit, other_kind, closed]).exists()


def test_a_bureau_answers_for_its_schools_when_it_says_so(
    city_clerk, county_clerk, school_clerk, county_a, school_a, second_school_a, school_b
):
    request = asking(city_clerk, school_a, second_school_a, school_b)
    sent(school_clerk, school_a, GOOD, accept=False)
    sent(county_clerk, county_a, GOOD, accept=False)
    assert status(city_clerk, second_school_a) == Status.NOT_SENT, "not by itself: nobody knows whom it speaks of"

    batch = send_answer(actor=county_clerk, request=request, unit=county_a, name="表.xlsx", content=FIXED, start=False)
    check_batch(batch.pk, county_clerk)

    assert status(city_clerk, second_school_a) == Status.WAITS
    assert status(city_clerk, school_b) == Status.NOT_SENT
    own = asked_units(city_clerk).get(unit=school_a)
    assert own.last["id"] != str(batch.public_id), "who sent for themselves counts by that"
    later = sent(make_actor("school_clerk", second_school_a), second_school_a, GOOD, accept=False)
    assert asked_units(city_clerk).get(unit=second_school_a).last["id"] == str(later.public_id), "its own word counts"


def test_nobody_answers_for_units_that_are_not_theirs(county_clerk, other_county_clerk, school_a, county_b):
    request = asking(county_clerk, school_a)
    with pytest.raises(NotAllowed):
        send_answer(actor=other_county_clerk, request=request, unit=county_b, name="x.xlsx", content=GOOD)
    batch = sent(other_county_clerk, county_b, GOOD, accept=False)
    with pytest.raises(NotAllowed):
        answer_request(batch=batch, request=request)
    assert not Answer.objects.exists()
    assert not open_to(other_county_clerk).exists()


def test_who_may_ask_whom(
    county_clerk, county_approver, school_clerk, city_clerk, auditor, county_a, county_b, school_a, school_b
):
    for actor, units in (
        (county_approver, [school_a]), (school_clerk, [school_a]), (auditor, [school_a]), (county_clerk, [school_b]),
        (county_clerk, [county_a]), (county_clerk, [county_b]), (county_clerk, []), (county_clerk, [school_a, school_b]),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            asking(actor, *units)
    with pytest.raises(NotAllowed):
        asking(county_clerk, school_a, kind="units")
    with pytest.raises(NotAllowed):
        asking(county_clerk, school_a, kind="no_such")
    for due in (TODAY - timedelta(days=1), TODAY + timedelta(days=800)):
        with pytest.raises(NotAllowed):
            asking(county_clerk, school_a, due=due)
    with pytest.raises(NotAllowed):
        asking(county_clerk, school_a, remind_before=61)
    assert not WorkbookRequest.objects.exists()
    assert asking(city_clerk, county_a, county_b, kind="units").asked.count() == 2


def test_who_sees_a_request(
    city_clerk,
    county_clerk,
    county_approver,
    other_county_clerk,
    school_clerk,
    other_school_clerk,
    school_a,
    school_b,
    county_a,
    county_b,
    auditor,
):
    request = asking(city_clerk, county_a, school_a, school_b)
    for actor, units in (
        (city_clerk, {county_a, school_a, school_b}), (county_clerk, {county_a, school_a}), (county_approver, {county_a, school_a}),
        (school_clerk, {school_a}), (other_county_clerk, {school_b}), (other_school_clerk, {school_b}),
    ):  # fmt: skip
        assert list(requests(actor)) == [request]
        assert {one.unit for one in asked_units(actor).select_related("unit")} == units
        assert sum(tallies(actor, [request])[request.pk].values()) == len(units)
    asking(county_clerk, school_a)
    assert requests(other_county_clerk).count() == 1


def test_reminding_reaches_those_who_owe_and_each_once_a_day(
    county_clerk, school_clerk, school_a, second_school_a, county_a
):
    third = make_unit("school", "第三中学", county_a)
    request = asking(county_clerk, school_a, second_school_a, third)
    sent(school_clerk, school_a, GOOD)

    assert to_remind(request, TODAY).count() == 2
    assert remind(actor=county_clerk, request=request) == 2
    assert remind(actor=county_clerk, request=request) == 0
    assert set(Reminder.objects.values_list("asked__unit", "user", "on")) == {
        (second_school_a.pk, county_clerk.user.pk, TODAY), (third.pk, county_clerk.user.pk, TODAY)
    }  # fmt: skip


def test_only_who_asked_reminds_and_closes(city_clerk, county_clerk, school_clerk, county_approver, county_a, school_a):
    request = asking(city_clerk, county_a, school_a)
    for actor in (county_clerk, school_clerk, county_approver):
        for verb in (remind, close):
            with pytest.raises(NotAllowed):
                verb(actor=actor, request=request)
    close(actor=city_clerk, request=request)
    with pytest.raises(NotAllowed):
        remind(actor=city_clerk, request=request)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("days", [0, 1, 3, 5])
def test_the_system_reminds_before_and_on_the_due_day_once_each(
    county_clerk, school_clerk, school_a, second_school_a, days
):
    asking(county_clerk, school_a, second_school_a, remind_before=days)
    sent(school_clerk, school_a, GOOD)
    reached = Counter()
    for ahead in range(16):
        day = TODAY + timedelta(days=ahead)
        for _again in range(2):
            reached[day] += remind_by_itself(day)

    # 2026-11-30 is a Monday; the working days before it are the 27th, 26th, 25th, 24th, 23rd.
    before = {0: DUE, 1: date(2026, 11, 27), 3: date(2026, 11, 25), 5: date(2026, 11, 23)}[days]
    assert {day for day, number in reached.items() if number} == {before, DUE}
    assert set(reached.values()) == {0, 1}
    assert not Reminder.objects.filter(user__isnull=False).exists()


def test_a_day_on_which_nothing_ran_is_made_up_for(county_clerk, school_a):
    asking(county_clerk, school_a, remind_before=3)

    assert remind_by_itself(date(2026, 11, 28)) == 1
    assert remind_by_itself(date(2026, 12, 2)) == 1
    assert remind_by_itself(date(2026, 12, 3)) == 0


def test_without_a_word_the_usual_days_count(county_clerk, school_a):
    assert asking(county_clerk, school_a).remind_before == 3


def test_the_daily_job_is_started_once_a_day_and_reminds(county_clerk, school_a, run_jobs):
    asking(county_clerk, school_a, due=TODAY)

    assert sorted(job.kind for job in start_daily()) == [
        "exchange.forget_unused",
        "exchange.remind",
        "personnel.find_likenesses",
        "personnel.forget_applicants",
        "personnel.forget_graduates",
        "personnel.reconcile_seats",
        "publicity.forget",
        "workflow.remind",
    ]
    assert start_daily() == []
    (job,) = (one for one in run_jobs() if one.kind == "exchange.remind")

    assert (job.state, job.result) == (Job.State.DONE, {"reminded": 1})
    assert start_daily() == []


def test_it_stands_on_the_first_page_of_who_is_asked(login, county_clerk, school_clerk, county_a, school_a):
    request = asking(county_clerk, school_a, due=TODAY)
    (mine,) = asked_of_me(school_clerk)
    assert (mine.url, mine.late) == (reverse("request", args=[request.public_id]), False)
    assert request.title in login(school_clerk).get(reverse("home")).content.decode()
    assert asked_of_me(county_clerk) == [], "a bureau owes what it was asked itself"
    tomorrow = TODAY + timedelta(days=1)
    (late,) = asked_of_me(on(school_clerk, tomorrow))
    assert late.late
    (asker,) = late_with_me(on(county_clerk, tomorrow))
    assert asker.url == mine.url
    assert late_with_me(county_clerk) == []
    remind(actor=county_clerk, request=request)
    assert TODAY.isoformat() in asked_of_me(school_clerk)[0].sub
    batch = sent(school_clerk, school_a, WRONG)
    assert batch.counts["refused"] == 1
    assert len(asked_of_me(school_clerk)) == 1, "refused rows are still owed"
    sent(school_clerk, school_a, FIXED)
    assert asked_of_me(school_clerk) == []
    assert late_with_me(on(county_clerk, tomorrow)) == []


def test_what_is_late_stands_first(login, county_clerk, school_clerk, school_a, monkeypatch):
    asking(county_clerk, school_a, due=TODAY + timedelta(days=5))
    second = asking(county_clerk, school_a, due=TODAY)
    WorkbookRequest.objects.filter(pk=second.pk).update(title="逾期的", due=TODAY - timedelta(days=1))

    page = login(school_clerk).get(reverse("home")).content.decode()

    assert page.index("逾期的") < page.index("2026年秋季花名册")


def test_days_are_working_days():
    assert days_left(DUE, date(2026, 11, 30)) == 1
    assert days_left(DUE, date(2026, 11, 27)) == 2
    assert days_left(DUE, date(2026, 11, 22)) == 6
    assert days_left(DUE, date(2026, 12, 1)) == -1
    assert days_left(date(2026, 11, 28), date(2026, 11, 27)) == 1, "a Saturday is no working day"


@pytest.mark.parametrize(
    ("name", "day", "first", "end"),
    [
        ("month", date(2026, 11, 22), date(2026, 11, 1), date(2026, 12, 1)),
        ("last_month", date(2026, 1, 5), date(2025, 12, 1), date(2026, 1, 1)),
        ("year", date(2026, 7, 31), date(2025, 8, 1), date(2026, 8, 1)),
        ("year", date(2026, 8, 1), date(2026, 8, 1), date(2027, 8, 1)),
        ("last_year", date(2026, 11, 22), date(2025, 8, 1), date(2026, 8, 1)),
    ],
)
def test_periods_begin_where_months_and_school_years_do(name, day, first, end):
    assert span(name, day) == (first, end)


def lines(actor, page, query=""):
    return list(Listing(page_named(page), actor, QueryDict(query)).lines())


def test_the_board_shows_the_last_workbook_of_each_unit_and_kind(
    login, county_clerk, school_clerk, county_a, school_a, second_school_a, school_b
):
    sent(school_clerk, school_a, GOOD)
    batch = sent(school_clerk, school_a, WRONG, accept=False)
    client = login(county_clerk)

    page = client.get(reverse("board"), {"period": "all"}).content.decode()

    assert reverse("batch", args=[batch.public_id]) in page
    assert {row[0] for row in lines(county_clerk, "board", "period=all")} == {"青石县教育局", SCHOOL, OTHER_SCHOOL}
    state = "state_teachers"
    for value, units in (
        ("waits", {SCHOOL}),
        ("none", {"青石县教育局", OTHER_SCHOOL}),
        ("accepted", set()),
        ("fixed", set()),
    ):
        assert {row[0] for row in lines(county_clerk, "board", f"period=all&{state}={value}")} == units
    assert {row[0] for row in lines(county_clerk, "board", f"period=all&level=school&unit={school_a.public_id}")} == {
        SCHOOL
    }
    assert {row[0] for row in lines(county_clerk, "board", "period=all&q=实验")} >= set()
    order = [row[0] for row in lines(county_clerk, "board", "period=all&sort=-kind_teachers")]
    assert order[0] == SCHOOL


def test_the_board_counts_only_what_came_in_the_period(county_clerk, school_clerk, county_a, school_a):
    batch = sent(school_clerk, school_a, GOOD, accept=False)
    for moment, periods in (
        ((2026, 11, 20), {"month", "year", "all"}), ((2026, 10, 31), {"last_month", "year", "all"}), ((2026, 6, 1), {"last_year", "all"})
    ):  # fmt: skip
        Batch.objects.filter(pk=batch.pk).update(created_at=datetime(*moment, 12, tzinfo=SHANGHAI))
        for period in ("month", "last_month", "year", "last_year", "all"):
            found = {row[0] for row in lines(county_clerk, "board", f"period={period}&state_teachers=waits")}
            assert found == ({SCHOOL} if period in periods else set()), (moment, period)


def test_the_lists_are_exported_as_they_are_seen(login, county_clerk, school_a, second_school_a, run_jobs):
    asking(county_clerk, school_a, second_school_a)
    client = login(county_clerk)
    for name in ("board", "asked"):
        answer = client.post(reverse(name), {"export": "csv"})
        run_jobs()
        assert Job.objects.latest("pk").state == Job.State.DONE, name
        assert answer.status_code == 302
    assert len(lines(county_clerk, "asked")) == 2


def test_a_clerk_asks_reminds_and_closes_on_the_pages(
    login, county_clerk, school_clerk, county_a, school_a, second_school_a
):
    client = login(county_clerk)
    form = {
        "kind": "teachers",
        "title": "秋季花名册",
        "words": "请按附件填报",
        "due": "2026-11-30",
        "whom": "below",
        "remind_before": "2",
    }
    assert client.get(reverse("request_new")).status_code == 200
    assert client.post(reverse("request_new"), {**form, "whom": "picked"}).status_code == 422
    answer = client.post(reverse("request_new"), form)
    request = WorkbookRequest.objects.get()
    assert (answer.url, request.asked.count(), request.remind_before) == (
        reverse("request", args=[request.public_id]),
        2,
        2,
    )
    picked = client.post(reverse("request_new"), {**form, "whom": "picked", "units": [str(school_a.public_id)]})
    assert picked.status_code == 302
    assert WorkbookRequest.objects.latest("pk").asked.get().unit == school_a
    client.post(reverse("request_new"), {**form, "whom": "school"})
    assert WorkbookRequest.objects.latest("pk").asked.count() == 2

    page = client.get(answer.url).content.decode()
    assert "请按附件填报" in page
    assert SCHOOL in page
    assert "2" in client.get(reverse("request_remind", args=[request.public_id])).content.decode()
    client.post(reverse("request_remind", args=[request.public_id]))
    assert Reminder.objects.count() == 2
    client.post(reverse("request_close", args=[request.public_id]))
    request.refresh_from_db()
    assert request.closed_by == county_clerk.user
    assert client.get(answer.url).status_code == 200
    assert login(school_clerk).post(reverse("request_close", args=[request.public_id])).status_code in {403, 404}


def test_a_school_answers_on_the_upload_page_and_the_batch_says_so(
    login, county_clerk, school_clerk, county_a, school_a, run_jobs
):
    request = asking(county_clerk, school_a)
    client = login(school_clerk)
    url = reverse("import_new")
    page = client.get(url, {"answers": str(request.public_id)}).content.decode()
    assert f'value="{request.public_id}" selected' in page
    data = {
        "file": SimpleUploadedFile("表.xlsx", GOOD),
        "unit": str(school_a.public_id),
        "day": "",
        "answers": str(request.public_id),
    }
    answer = client.post(url, data)
    run_jobs()

    assert request.title in client.get(answer.url).content.decode()
    batch = Batch.objects.get()
    assert (batch.kind, batch.state) == ("teachers", Batch.State.CHECKED)
    assert Answer.objects.get().batch == batch
    other = {**data, "file": SimpleUploadedFile("表.xlsx", GOOD), "answers": "00000000-0000-4000-8000-000000000000"}
    assert client.post(url, other).status_code == 422


def test_an_answer_for_a_unit_that_was_not_asked_is_refused_in_words(
    login, city_clerk, county_clerk, county_a, school_a, second_school_a
):
    request = asking(county_clerk, school_a)
    data = {
        "file": SimpleUploadedFile("表.xlsx", GOOD),
        "unit": str(second_school_a.public_id),
        "day": "",
        "answers": str(request.public_id),
    }

    assert login(county_clerk).post(reverse("import_new"), data).status_code == 422
    assert not Batch.objects.exists()


def test_another_county_finds_nothing(login, county_clerk, other_county_clerk, school_a, county_b):
    request = asking(county_clerk, school_a)
    client = login(other_county_clerk)
    for name in ("request", "request_remind", "request_close"):
        assert client.get(reverse(name, args=[request.public_id])).status_code in {404, 405}
        assert client.post(reverse(name, args=[request.public_id])).status_code in {404, 405}
    for name in ("requests", "asked", "board"):
        page = client.get(reverse(name)).content.decode()
        assert request.title not in page
        assert SCHOOL not in page


def test_auditors_and_panels_see_no_board(login, auditor, panel_member, system_administrator):
    for actor in (auditor, panel_member, system_administrator):
        client = login(actor)
        for name in ("requests", "asked", "board", "request_new", "headings", "word_proposals"):
            assert client.get(reverse(name)).status_code == 403, (actor.role, name)


def test_a_program_reads_requests_and_where_units_stand(
    county_clerk, other_county_clerk, school_clerk, school_a, second_school_a
):
    cache.clear()
    request = asking(county_clerk, school_a, second_school_a)
    batch = sent(school_clerk, school_a, WRONG)

    def client(actor):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)[1]
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": "en"})

    mine = client(county_clerk)
    (listed,) = mine.get("/api/v1/requests/").json()["results"]
    assert (listed["id"], listed["due"], listed["kind"]["code"]) == (str(request.public_id), "2026-11-30", "teachers")
    units = mine.get(f"/api/v1/requests/{request.public_id}/units/").json()["results"]
    assert {(one["unit"]["name"], one["state"]["code"], one["batch"], one["refused"]) for one in units} == {
        (SCHOOL, "refused", str(batch.public_id), 1), (OTHER_SCHOOL, "not_sent", None, None)
    }  # fmt: skip
    owing = mine.get(f"/api/v1/requests/{request.public_id}/units/?state=not_sent").json()["results"]
    assert [one["unit"]["name"] for one in owing] == [OTHER_SCHOOL]
    assert mine.get(f"/api/v1/requests/{request.public_id}/units/?state=x").status_code == 400
    theirs = client(other_county_clerk)
    assert theirs.get("/api/v1/requests/").json()["results"] == []
    assert theirs.get(f"/api/v1/requests/{request.public_id}/units/").status_code == 404


def test_a_unit_is_asked_once_in_a_request(county_clerk, school_a):
    request = asking(county_clerk, school_a, school_a)

    assert Asked.objects.filter(request=request).count() == 1
