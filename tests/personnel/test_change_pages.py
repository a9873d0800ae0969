"""Changing facts on the page: put right, change from a day, add; two clerks at once lose nothing."""

import re
from datetime import date

import pytest
from django.urls import reverse
from psycopg.types.range import Range

from core.dates import PartialDate
from core.records.models import AccessLog, Change
from personnel.models import Contact, FormerName, IdentityDocument, Teacher
from tests.personnel.files import PHONE, ZHANG, make_file, set_contact
from tests.personnel.journeys import because, send
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db

LI = "110105196001010025"


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


def add_url(teacher, section):
    return reverse("fact_add", args=[teacher.public_id, section])


def change_url(teacher, section, record):
    return reverse("fact_change", args=[teacher.public_id, section, record.public_id])


def shown_in(page):
    """What the form would send back as it stands."""
    html = page.content.decode()
    form = re.search(r'<form class="card".*?</form>', html, re.DOTALL)[0]
    data = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="([^"]*)"', tag)[1]
        if name and (kind not in {"radio", "checkbox"} or " checked" in tag):
            value = re.search(r'value="([^"]*)"', tag)
            data[name[1]] = value[1] if value else "on" if kind == "checkbox" else ""
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        data[name] = chosen[1] if chosen else ""
    return data


def test_the_help_speaks_of_the_choice_where_the_form_offers_it(login, county_clerk, teacher):
    client = login(county_clerk)
    dated = client.get(change_url(teacher, "titles", TitleHeld.objects.get(teacher=teacher))).content.decode()
    plain = client.get(change_url(teacher, "contact", set_contact(teacher))).content.decode()

    assert [("更正是说" in page, 'name="how"' in page) for page in (dated, plain)] == [(True, True), (False, False)]
    assert "原内容连同事由和文号一起留在变更记录中" in plain


def test_a_title_changes_from_a_day(login, county_clerk, teacher):
    held = TitleHeld.objects.get(teacher=teacher)
    client = login(county_clerk)
    data = shown_in(client.get(change_url(teacher, "titles", held)))

    answer = send(
        client,
        change_url(teacher, "titles", held),
        {**data, "rank": "first", "on": "2020-01-01", **because("评聘"), "document": "青教〔2020〕1号"},
    )

    assert answer["Location"] == reverse("teacher", args=[teacher.public_id]) + "?tab=titles"
    periods = TitleHeld.objects.filter(teacher=teacher).order_by("valid").values_list("rank", "valid", "obtained")
    assert list(periods) == [
        ("second", Range(date(2010, 9, 1), date(2020, 1, 1)), PartialDate(2010, 9)),
        ("first", Range(date(2020, 1, 1), None), PartialDate(2010, 9)),
    ]
    made = Change.objects.latest("pk")
    assert (made.kind, made.actor, made.role, made.reason, made.document, made.source) == (
        "personnel.change_fact", county_clerk.user, "county_clerk", "评聘", "青教〔2020〕1号", "page"
    )  # fmt: skip


def test_a_mistake_is_put_right_for_the_same_period(login, county_clerk, teacher):
    held = TitleHeld.objects.get(teacher=teacher)
    client = login(county_clerk)
    data = shown_in(client.get(change_url(teacher, "titles", held)))

    send(
        client, change_url(teacher, "titles", held), {**data, "rank": "third", "how": "correct", **because("录入有误")}
    )

    held.refresh_from_db()
    assert (held.rank, held.valid, held.revision) == ("third", Range(date(2010, 9, 1), None), 2)
    assert Change.objects.latest("pk").kind == "personnel.correct_fact"


def test_what_ended_holds_until_its_last_day_and_nothing_follows(login, county_clerk, teacher):
    held = TitleHeld.objects.get(teacher=teacher)
    client = login(county_clerk)
    data = shown_in(client.get(change_url(teacher, "titles", held)))
    without = send(client, change_url(teacher, "titles", held), {**data, "how": "end", **because("撤销")})
    assert (without.status_code, "请填写最后一天" in without.content.decode()) == (422, True)

    send(
        client, change_url(teacher, "titles", held), {**data, "how": "end", "last_day": "2020-06-30", **because("撤销")}
    )

    held.refresh_from_db()
    assert held.valid == Range(date(2010, 9, 1), date(2020, 7, 1))
    assert Change.objects.latest("pk").kind == "personnel.end_fact"
    later = send(
        client,
        change_url(teacher, "titles", held),
        {**data, "how": "end", "last_day": "2021-06-30", **because("撤销"), "revision": str(held.revision)},
    )
    assert "在那之前已经结束" in later.content.decode()


def test_a_wrong_period_is_put_right(login, county_clerk, teacher):
    held = TitleHeld.objects.get(teacher=teacher)
    client = login(county_clerk)
    data = shown_in(client.get(change_url(teacher, "titles", held)))

    send(
        client,
        change_url(teacher, "titles", held),
        {**data, "how": "correct", "on": "2011-09-01", "last_day": "2020-08-31", **because("录入有误")},
    )

    held.refresh_from_db()
    assert held.valid == Range(date(2011, 9, 1), date(2020, 9, 1))
    assert Change.objects.latest("pk").kind == "personnel.correct_fact"


@pytest.mark.parametrize(("in_quota", "form", "passes"), [
    ("no", "in_quota", False), ("yes", "dispatch", False), ("no", "dispatch", True), ("yes", "", True), ("", "dispatch", True),
])  # fmt: skip
def test_a_form_of_employment_and_the_quota_do_not_contradict(login, county_clerk, teacher, in_quota, form, passes):
    held = teacher.employments.get()
    client = login(county_clerk)
    data = shown_in(client.get(change_url(teacher, "employment", held)))

    answer = send(
        client,
        change_url(teacher, "employment", held),
        {**data, "in_quota": in_quota, "form": form, "post": "x", "how": "correct", **because("更正")},
    )

    assert (answer.status_code == 302) is passes
    assert ('href="#id_form' in answer.content.decode()) is not passes


def test_a_resident_number_is_no_passport(login, county_clerk, teacher):
    client = login(county_clerk)

    answer = send(client, add_url(teacher, "identity"), {"kind": "A", "number": LI, **because("补录")})

    assert (answer.status_code, "这是居民身份证号码" in answer.content.decode()) == (422, True)


def test_trying_a_number_of_another_file_is_written_down(login, county_clerk, teacher, school_b):
    other = make_file("王芳", school_b, identity_number=LI)

    answer = send(login(county_clerk), add_url(teacher, "identity"), {"kind": "1", "number": LI, **because("补录")})

    assert answer.status_code == 422
    look = AccessLog.objects.get(subject_id=other.pk)
    assert (look.actor, look.what) == (county_clerk.user, "number")


def test_a_renamed_person_is_found_by_the_new_sound(login, county_clerk, teacher):
    client = login(county_clerk)
    data = shown_in(client.get(change_url(teacher, "person", teacher)))

    send(client, change_url(teacher, "person", teacher), {**data, "name": "单 婉清", **because("更名")})

    teacher.refresh_from_db()
    assert (teacher.name, teacher.pinyin, teacher.initials) == ("单婉清", "shan wan qing", "swq")


@pytest.mark.parametrize(
    ("section", "changed", "field"),
    [
        ("titles", {"rank": "first", **because("评聘")}, "on"),
        ("titles", {"rank": "", "on": "2020-01-01", **because("评聘")}, "rank"),
        ("titles", {"rank": "first", "on": "2020-13-01", **because("评聘")}, "on"),
        ("titles", {"rank": "first", "on": "2020-01-01", "reason": ""}, "reason"),
        ("titles", {"rank": "first", "on": "2020-01-01", **because("评聘"), "obtained": "20年"}, "obtained"),
        ("person", {"name": "", **because("更名")}, "name"),
        ("person", {"sex": "7", **because("更正")}, "sex"),
        ("identity", {"number": "110105194912310020", **because("更正")}, "number"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(login, county_clerk, teacher, section, changed, field):
    record = {"titles": TitleHeld, "identity": IdentityDocument}.get(section, Teacher).objects.get()
    client = login(county_clerk)
    data = shown_in(client.get(change_url(teacher, section, record)))
    before = Change.objects.count()

    answer = send(client, change_url(teacher, section, record), {**data, **changed})

    assert answer.status_code == 422
    assert f'href="#id_{field}' in answer.content.decode()
    assert Change.objects.count() == before


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rank": "second", "on": "2020-01-01"}, "没有不同"),
        ({"rank": "first", "on": "2010-09-01"}, "之内"),
        ({"rank": "first", "on": "2009-01-01"}, "之内"),
    ],
)
def test_what_the_file_forbids_is_told_in_words(login, county_clerk, teacher, changed, words):
    held = TitleHeld.objects.get(teacher=teacher)
    client = login(county_clerk)
    data = shown_in(client.get(change_url(teacher, "titles", held)))
    before = Change.objects.count()

    answer = send(client, change_url(teacher, "titles", held), {**data, **because("评聘"), **changed})

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Change.objects.count() == before


class TestTwoClerks:
    """The second one is told, sees both values, and loses nothing."""

    def test_the_same_field(self, login, county_clerk, second_county_clerk, teacher):
        first, second = login(county_clerk), login(second_county_clerk)
        url = change_url(teacher, "person", teacher)
        mine, theirs = shown_in(first.get(url)), shown_in(second.get(url))
        send(second, url, {**theirs, "native_place": "白河县", **because("补录")})

        told = send(first, url, {**mine, "native_place": "青石县", **because("核对")})

        page = told.content.decode()
        assert (told.status_code, "有人先保存了" in page) == (409, True)
        assert "白河县" in page
        assert 'value="青石县"' in page
        teacher.refresh_from_db()
        assert teacher.native_place == "白河县"

        send(first, url, shown_in(told))
        teacher.refresh_from_db()
        assert (teacher.native_place, teacher.revision) == ("青石县", 3)

    def test_another_field_is_taken_over(self, login, county_clerk, second_county_clerk, teacher):
        first, second = login(county_clerk), login(second_county_clerk)
        url = change_url(teacher, "person", teacher)
        mine, theirs = shown_in(first.get(url)), shown_in(second.get(url))
        send(second, url, {**theirs, "birthplace": "白河县", **because("补录")})

        told = send(first, url, {**mine, "native_place": "青石县", **because("核对")})
        send(first, url, shown_in(told))

        teacher.refresh_from_db()
        assert (told.status_code, teacher.native_place, teacher.birthplace) == (409, "青石县", "白河县")


class TestAdding:
    """New records of a section."""

    def test_a_former_name(self, login, county_clerk, teacher):
        send(login(county_clerk), add_url(teacher, "names"), {"name": "林小清", "until": "1998.9", **because("补录")})

        assert FormerName.objects.values_list("teacher", "name", "until").get() == (
            teacher.pk,
            "林小清",
            PartialDate(1998, 9),
        )

    def test_a_dated_one_begins_on_a_day_and_does_not_overlap(self, login, county_clerk, teacher):
        client = login(county_clerk)

        added = send(
            client, add_url(teacher, "status"), {"status": "on_loan", "note": "", "on": "2026-09-01", **because("借调")}
        )
        again = send(
            client,
            add_url(teacher, "status"),
            {"status": "studying", "note": "", "on": "2026-10-01", **because("进修")},
        )

        assert added.status_code == 302
        assert (again.status_code, "另有一条记录的有效期为：2026-09-01 起" in again.content.decode()) == (422, True)

    def test_a_new_one_may_end_the_one_before(self, login, county_clerk, teacher, second_school_a):
        client = login(county_clerk)
        before = teacher.employments.get()
        page = client.get(add_url(teacher, "employment")).content.decode()
        assert "在前一天结束现有记录“青石县第一初级中学" in page

        send(
            client,
            add_url(teacher, "employment"),
            {
                "unit": str(second_school_a.public_id),
                "in_quota": "yes",
                "on": "2026-09-01",
                "closing": "on",
                **because("调动"),
            },
        )

        periods = teacher.employments.order_by("valid").values_list("unit", "valid")
        assert list(periods) == [
            (before.unit_id, Range(before.valid.lower, date(2026, 9, 1))),
            (second_school_a.pk, Range(date(2026, 9, 1), None)),
        ]
        assert Change.objects.filter(reason="调动").count() == 1

    def test_one_with_a_known_end_holds_until_its_last_day(self, login, county_clerk, teacher):
        send(
            login(county_clerk),
            add_url(teacher, "status"),
            {"status": "on_loan", "on": "2026-09-01", "last_day": "2027-07-31", **because("借调")},
        )

        assert teacher.personstatuss.get().valid == Range(date(2026, 9, 1), date(2027, 8, 1))

    def test_one_that_ends_before_it_begins_is_refused(self, login, county_clerk, teacher):
        answer = send(
            login(county_clerk),
            add_url(teacher, "status"),
            {"status": "on_loan", "on": "2026-09-01", "last_day": "2026-08-31", **because("借调")},
        )

        assert (answer.status_code, "最后一天早于起始日期" in answer.content.decode()) == (422, True)
        assert not teacher.personstatuss.exists()

    @pytest.mark.parametrize("phone", ["12345", "189000", "电话不详", "13900001111、13900002222"])
    def test_a_phone_is_read_as_an_import_reads_it(self, login, county_clerk, school_a, phone):
        teacher = make_file("沈立群", school_a)
        client, address = login(county_clerk), reverse("fact_add", args=[teacher.public_id, "contact"])

        wrong = send(client, address, {"phone": phone, **because("补录")})
        assert (wrong.status_code, 'href="#id_phone' in wrong.content.decode()) == (422, True)

    def test_a_number_that_another_file_has_is_refused_without_saying_whose(
        self, login, county_clerk, teacher, school_b
    ):
        make_file("王芳", school_b, identity_number=LI)

        answer = send(
            login(county_clerk),
            add_url(teacher, "identity"),
            {"kind": "1", "number": LI, "expires": "", **because("补录")},
        )

        assert (answer.status_code, "王芳" in answer.content.decode()) == (422, False)
        assert "已有这个号码" in answer.content.decode()

    def test_a_section_of_one_record_takes_no_second(self, login, county_clerk, teacher):
        set_contact(teacher)

        answer = send(
            login(county_clerk),
            add_url(teacher, "contact"),
            {"phone": "13900005678", "email": "", "address": "", **because("补录")},
        )

        assert answer.status_code == 422


class TestProtected:
    """Protected values are typed anew or left as they are."""

    def test_left_empty_it_stays(self, login, county_clerk, teacher):
        contact = set_contact(teacher)
        client = login(county_clerk)
        page = client.get(change_url(teacher, "contact", contact))

        send(
            client,
            change_url(teacher, "contact", contact),
            {**shown_in(page), "email": "lin@example.org", **because("补录")},
        )

        stored = Contact.objects.select_related("teacher__key").get()
        assert (stored.email, stored.phone.reveal()) == ("lin@example.org", PHONE)
        assert (PHONE in page.content.decode(), "*******1234" in page.content.decode()) == (False, True)

    def test_typed_anew_it_is_another(self, login, county_clerk, teacher):
        contact = set_contact(teacher)
        client = login(county_clerk)

        send(
            client,
            change_url(teacher, "contact", contact),
            {
                **shown_in(client.get(change_url(teacher, "contact", contact))),
                "phone": "13900005678",
                **because("换号"),
            },
        )

        stored = Contact.objects.select_related("teacher__key").get()
        assert (stored.phone.reveal(), stored.phone_last) == ("13900005678", "5678")


class TestWhoMay:
    """Not yours is 404, not allowed is 403."""

    def test_an_approver_may_not(self, login, county_approver, teacher):
        client = login(county_approver)

        assert client.get(add_url(teacher, "names")).status_code == 403
        assert send(client, add_url(teacher, "names"), {"name": "林小清", **because("补录")}).status_code == 403
        assert "/facts/" not in client.get(reverse("teacher", args=[teacher.public_id]) + "?tab=basic").content.decode()
        assert FormerName.objects.count() == 0

    def test_another_county_finds_nothing(self, login, other_county_clerk, teacher):
        held = TitleHeld.objects.get(teacher=teacher)

        assert login(other_county_clerk).get(change_url(teacher, "titles", held)).status_code == 404

    def test_a_record_of_somebody_else_is_not_changed_through_ones_own(self, login, county_clerk, teacher, school_b):
        foreign = TitleHeld.objects.get(teacher=make_file("王芳", school_b))

        assert login(county_clerk).get(change_url(teacher, "titles", foreign)).status_code == 404
        assert login(county_clerk).get(add_url(teacher, "nothing")).status_code == 404

    def test_a_section_that_needs_more_than_its_fields_takes_none_by_this_form(self, login, county_clerk, teacher):
        client = login(county_clerk)

        assert client.get(add_url(teacher, "person")).status_code == 404
        basic = client.get(f"/teachers/{teacher.public_id}/?tab=basic").content.decode()
        assert f'href="{add_url(teacher, "person")}"' not in basic

    def test_a_unit_that_one_does_not_see_cannot_be_chosen(self, login, county_clerk, teacher, school_b):
        job = teacher.employments.get()
        client = login(county_clerk)
        data = shown_in(client.get(change_url(teacher, "employment", job)))

        answer = send(
            client,
            change_url(teacher, "employment", job),
            {**data, "unit": str(school_b.public_id), "on": "2026-09-01", **because("调动")},
        )

        assert answer.status_code == 422
        assert school_b.name not in answer.content.decode()
