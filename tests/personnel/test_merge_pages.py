"""The pages on which two files become one: what is asked, checked, written; the old address; the way back."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.api.services import issue_token
from core.documents.kinds import all_kinds
from core.documents.services import issue
from core.exchange.checking import check_batch
from core.exchange.models import BatchRow
from core.exchange.services import create_batch
from core.org.models import RoleAssignment
from core.records.changes import change
from core.records.models import AccessLog, Change
from core.web.looks import EXPORTED
from personnel.models import Education, Likeness, Teacher
from personnel.selectors import find_people
from personnel.services.likeness import find_likenesses
from personnel.services.merging import HERE, plan_merge
from personnel.views.likenesses import LikenessList
from tests.ground.clock import TODAY
from tests.ground.moments import settled_on
from tests.personnel.files import ZHANG, import_rows, make_file, set_contact, workbook
from tests.personnel.journeys import carried
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db

# One digit of ZHANG's number is another one, and so the check character.
NEAR = "110105194912310126"
FAR = "350726198005011242"
WHY = {"reason": "opened_twice", "words": "同一人两处建档"}


@pytest.fixture
def stays(school_a):
    teacher = make_file("林婉清", school_a, identity_number=ZHANG, staff_number="A1")
    set_contact(teacher)
    return teacher


@pytest.fixture
def goes(second_school_a):
    teacher = make_file("林婉清", second_school_a, identity_number=FAR, staff_number="B2")
    set_contact(teacher, phone="13900005678")
    return teacher


def words(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page.content.decode())))


def bare(page):
    """A page without what is new each time, and without the address asked for."""
    return re.sub(rb'nonce="[^"]*"|[0-9a-f-]{36}|csrf\w*" value="[^"]*"', b"", page.content)


def answers(stays, goes, side=HERE, **others):
    made = plan_merge(stays, goes)
    return {**dict.fromkeys(made.questions, side), "plan": made.seen, **WHY, **others}


def merge(client, stays, goes, **others):
    url = reverse("merge_files", args=[stays.public_id, goes.public_id])
    checked = client.post(url, answers(stays, goes, **others))
    assert checked.status_code == 200, words(checked)
    return checked, client.post(url, {**carried(checked), "step": "write"})


def test_the_second_file_is_found_by_name_and_leads_to_both_beside_each_other(login, county_clerk, stays, goes):
    client = login(county_clerk)
    page = client.get(reverse("merge_choose", args=[stays.public_id]))
    assert reverse("merge_files", args=[stays.public_id, goes.public_id]) in page.content.decode()

    beside = client.get(reverse("merge_files", args=[stays.public_id, goes.public_id]))
    assert beside.status_code == 200
    assert "A1" in words(beside)
    assert "B2" in words(beside)


def test_protected_values_are_chosen_without_being_seen(login, county_clerk, stays, goes):
    client = login(county_clerk)
    page = client.get(reverse("merge_files", args=[stays.public_id, goes.public_id]))
    assert "13900005678" not in page.content.decode()
    assert "*******5678" in page.content.decode()

    checked, _done = merge(client, stays, goes, contact_phone="there")
    assert "*******5678" in checked.content.decode()
    assert "13900005678" not in checked.content.decode()
    assert stays.contacts.select_related("teacher__key").get().phone.reveal() == "13900005678"


def test_nothing_is_written_before_it_was_checked(login, county_clerk, stays, goes):
    url = reverse("merge_files", args=[stays.public_id, goes.public_id])
    checked = login(county_clerk).post(url, answers(stays, goes))

    assert checked.status_code == 200
    goes.refresh_from_db()
    assert goes.merged_into is None


def test_the_old_address_leads_to_the_file_for_those_who_see_it_and_is_nothing_for_others(
    login, county_clerk, other_county_clerk, stays, goes
):
    client = login(county_clerk)
    merge(client, stays, goes)
    for name in ("teacher", "teacher_history", "teacher_compare"):
        moved = client.get(reverse(name, args=[goes.public_id]))
        assert (moved.status_code, moved["Location"]) == (308, reverse(name, args=[stays.public_id]))
        assert "no-store" in moved["Cache-Control"]

    stranger = login(other_county_clerk)
    nothing = stranger.get(reverse("teacher", args=["00000000-0000-4000-8000-000000000000"]))
    refused = stranger.get(reverse("teacher", args=[goes.public_id]))
    assert refused.status_code == nothing.status_code == 404
    assert bare(refused) == bare(nothing)


def test_the_file_tells_what_it_is_made_of_and_its_history_tells_both_stories(login, county_clerk, stays, goes):
    client = login(county_clerk)
    with change("personnel.correct_fact", actor=county_clerk, reason="核对白河旧档"):
        record = TitleHeld.objects.get(teacher=goes)
        record.area = "语文"
        record.save()
    merge(client, stays, goes)

    assert goes.name in words(client.get(reverse("teacher", args=[stays.public_id])))
    history = words(client.get(reverse("teacher_history", args=[stays.public_id])))
    assert "核对白河旧档" in history
    old = Change.objects.get(reason="核对白河旧档")
    assert client.get(reverse("change", args=[old.public_id])).status_code == 200


def test_its_change_tells_in_words_what_became_of_what_lies_beside_the_files(login, county_clerk, stays, goes):
    kind = all_kinds()["in_post"]
    subject = kind.subjects(county_clerk).get(pk=goes.pk)
    paper = issue(kind, subject, actor=county_clerk, reason="归档", details={"purpose": "归档"})
    with change("test.pair", actor=county_clerk, reason="疑似"):
        Likeness.objects.create(teacher=stays, other=goes, grounds=["identity", "phone"], weight=90)
    client = login(county_clerk)
    merge(client, stays, goes)

    said = words(client.get(reverse("change", args=[Change.objects.get(kind="personnel.merge_files").public_id])))

    assert "内容未变，改归本档案" in said
    assert paper.number in said
    assert "曾为一份档案 原为 否 → 现为 是" in said
    assert "identity" not in said


def test_a_merge_is_undone_on_its_page(login, county_clerk, stays, goes):
    client = login(county_clerk)
    merge(client, stays, goes)
    done = Change.objects.get(kind="personnel.merge_files")
    assert (
        reverse("merge_undo", args=[done.public_id])
        in client.get(reverse("change", args=[done.public_id])).content.decode()
    )
    url = reverse("merge_undo", args=[done.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": "wrong_person", "words": ""}).status_code == 302

    assert client.get(reverse("teacher", args=[goes.public_id])).status_code == 200
    assert client.get(url).status_code == 404


def test_what_changed_since_is_named_on_the_page_of_the_undo(login, county_clerk, stays, goes):
    client = login(county_clerk)
    merge(client, stays, goes)
    done = Change.objects.get(kind="personnel.merge_files")
    with change("personnel.correct_fact", actor=county_clerk, reason="合并后补正"):
        stays.refresh_from_db()
        stays.health = "1"
        stays.save()
    page = words(client.get(reverse("merge_undo", args=[done.public_id])))
    assert "合并后补正" in page


def test_somebody_who_changed_a_file_meanwhile_is_told_and_nothing_is_lost(login, county_clerk, stays, goes):
    client = login(county_clerk)
    sent = answers(stays, goes)
    with change("personnel.correct_fact", actor=county_clerk, reason="同时修改"):
        goes.health = "1"
        goes.save()
    url = reverse("merge_files", args=[stays.public_id, goes.public_id])
    assert client.post(url, sent).status_code == 409
    goes.refresh_from_db()
    assert goes.merged_into is None


def test_an_edit_of_a_merged_file_goes_on_in_the_file_that_stays(login, county_clerk, stays, goes):
    client = login(county_clerk)
    with change("personnel.add_fact", actor=county_clerk, reason="补录"):
        school = Education.objects.create(teacher=goes, level="31", school="长治学院")
    merge(client, stays, goes)
    url = reverse("fact_change", args=[goes.public_id, "education", school.public_id])
    moved = client.post(url, {"school": "长治师范"})
    assert (moved.status_code, moved["Location"]) == (
        308, reverse("fact_change", args=[stays.public_id, "education", school.public_id]),
    )  # fmt: skip


def test_a_workbook_with_the_other_number_finds_the_file_that_stays(login, county_clerk, county_a, stays, goes):
    merge(login(county_clerk), stays, goes)
    rows = [
        ["姓名", "身份证号", "工作单位", "手机号码"],
        ["林婉清", FAR, "青石县第一初级中学", "13700001111"],
    ]  # fmt: skip
    batch = import_rows(county_clerk, county_a, rows)
    assert (batch.counts.get("new", 0), batch.counts.get("changed", 0)) == (0, 1), batch.counts
    assert Teacher.objects.count() == 2
    assert stays.contacts.select_related("teacher__key").get().phone.reveal() == "13700001111"


def test_the_search_finds_it_by_what_the_other_file_said(login, county_clerk, stays, goes):
    merge(login(county_clerk), stays, goes)
    for text in ("B2", FAR):
        assert [hit.url for hit in find_people(county_clerk, text, 9)] == [reverse("teacher", args=[stays.public_id])]


def test_pairs_are_listed_with_their_grounds_and_said_to_be_two_people(login, county_clerk, stays, goes):
    assert find_likenesses() == 0  # the same name and birth, but two numbers that differ
    twin = make_file("林婉清", goes.employments.get().unit, identity_number=NEAR)
    assert find_likenesses() == 1
    client = login(county_clerk)
    assert client.get(reverse("likenesses")).context["listing"].total.number == 1
    pair = Likeness.objects.get()
    assert {pair.teacher, pair.other} == {stays, twin}
    assert pair.grounds == ["identity", "name_birth"]

    url = reverse("likeness_differ", args=[pair.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": "papers_compared", "words": ""}).status_code == 302
    assert find_likenesses() == 0
    assert client.get(reverse("likenesses")).context["listing"].total.number == 0
    assert client.get(reverse("likenesses") + "?answer=different").context["listing"].total.number == 1
    assert client.post(reverse("likeness_ask_again", args=[pair.public_id])).status_code == 302
    assert client.get(reverse("likenesses")).context["listing"].total.number == 1


def test_an_export_of_pairs_is_a_look_at_each_of_them(login, county_clerk, stays, goes):
    twin = make_file("林婉清", goes.employments.get().unit, identity_number=NEAR)
    find_likenesses()
    page = LikenessList()
    page.note_export(page.rows_of(county_clerk), county_clerk)
    looks = AccessLog.objects.filter(actor=county_clerk.user, what=EXPORTED)
    assert {look.subject_id for look in looks} == {stays.pk, twin.pk}


def test_a_pair_of_which_one_file_is_not_seen_is_not_shown(login, county_clerk, city_clerk, stays, school_b):
    make_file("林婉清", school_b, identity_number=NEAR)
    find_likenesses()
    assert login(county_clerk).get(reverse("likenesses")).context["listing"].total.number == 0
    assert login(city_clerk).get(reverse("likenesses")).context["listing"].total.number == 1


def test_a_new_person_who_looks_like_somebody_on_file_is_told_before_they_are_written(county_clerk, county_a, school_a):
    make_file("张三", school_a, birth=date(1949, 12, 31))
    rows = [["姓名", "身份证号", "工作单位"], ["张三", ZHANG, "青石县第一初级中学"]]
    batch = create_batch(actor=county_clerk, unit=county_a, name="a.xlsx", content=workbook(rows), start=False)
    check_batch(batch.pk, county_clerk)
    (row,) = BatchRow.objects.filter(batch=batch)
    assert row.outcome == "new"
    assert row.problems == ["looks_like_another"]
    assert Teacher.objects.count() == 1


def test_the_past_of_both_files_stays_what_it_was_at_its_own_address(
    committed_db, superuser_sql, login, county_clerk, stays, goes
):
    settled_on(superuser_sql, date(2026, 3, 1))
    client = login(county_clerk)
    merge(client, stays, goes, employment_0="there")
    settled_on(superuser_sql, date(2026, 5, 1))
    old, kept = reverse("teacher", args=[goes.public_id]), reverse("teacher", args=[stays.public_id])

    before = client.get(f"{old}?known_at=2026-04-01&valid_on=2026-04-01&tab=work")
    assert before.status_code == 200
    assert "青石县实验小学" in words(before)
    assert client.get(f"{old}?known_at=2026-02-01").status_code == 200
    since = client.get(f"{old}?known_at=2026-06-01&tab=work")
    assert (since.status_code, since["Location"]) == (308, f"{kept}?known_at=2026-06-01&tab=work")

    assert "青石县第一初级中学" in words(client.get(f"{kept}?known_at=2026-04-01&valid_on=2026-04-01&tab=work"))
    now = words(client.get(f"{kept}?tab=work"))
    assert "青石县实验小学" in now
    assert f"{old}?known_at=2026-04-30" in client.get(kept).content.decode()


class TestApi:
    """The same by program."""

    @pytest.fixture
    def ask(self, county_clerk):
        client, token = Client(), issue_token(assignment=held(county_clerk), name="t", now=timezone.now(), on=TODAY)[1]

        def send(method, url, data=None):
            body = {"data": json.dumps(data), "content_type": "application/json"} if data is not None else {}
            return getattr(client, method)(url, headers={"authorization": f"Bearer {token}"}, **body)

        return send

    def test_open_questions_are_told_then_the_files_are_merged_and_parted(self, ask, stays, goes):
        url = reverse("api_merge", args=[stays.public_id])
        order = {"other": str(goes.public_id), "reason": "opened_twice"}
        told = ask("post", url, order)
        assert (told.status_code, told.json()["code"]) == (422, "open_questions")

        chosen = dict.fromkeys(told.json()["questions"], "here")
        done = ask("post", url, {**order, "chosen": chosen})
        assert done.status_code == 201, done.content

        moved = ask("get", reverse("api_teacher", args=[goes.public_id]))
        assert (moved.status_code, moved.json()["merged_into"]) == (308, str(stays.public_id))
        assert moved["Location"].endswith(reverse("api_teacher", args=[stays.public_id]))

        back = ask("post", reverse("api_separate", args=[done.json()["change"]]), {"reason": "wrong_person"})
        assert back.status_code == 201, back.content
        assert ask("get", reverse("api_teacher", args=[goes.public_id])).status_code == 200

    def test_pairs_are_listed(self, ask, stays, school_a):
        make_file("林婉清", school_a, identity_number=NEAR)
        find_likenesses()
        (pair,) = ask("get", reverse("api_likenesses")).json()["results"]
        assert pair["grounds"] == ["identity", "name_birth"]
        assert pair["first"]["id"] == str(stays.public_id)


def held(actor):
    return RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
