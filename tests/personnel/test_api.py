"""The teacher file by the API: scope, conditions, sections, history, masks, constant numbers of queries."""

import json
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.types.range import Range

from core.api.services import issue_token
from core.codes.services import load_codes
from core.org.models import RoleAssignment
from core.records.changes import change
from core.records.models import AccessLog
from personnel.models import Contact, Education, Employment, IdentityDocument, PersonStatus, Teacher, TeachingAssignment
from tests.factories.people import make_actor, make_teacher
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db
URL = "/api/v1/teachers/"
IDENTITY = "110101198503074573"


@pytest.fixture
def api(stored):
    """`api(actor)`: a client with a token of the actor, asking in English."""
    cache.clear()

    def client(actor, language="en"):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        _token, text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": language})

    return client


@pytest.fixture
def codes(stored):
    load_codes(on=TODAY)


@pytest.fixture
def zhang(school_a, system, codes):
    """A teacher of mathematics with a contact, an education and a number that must never be seen."""
    teacher = make_teacher("张伟", school_a, sex="1", birth=date(1985, 3, 7), pinyin="zhang wei", initials="zw")
    with change("test.fill", actor=system, reason="test ground", document="临教人〔2020〕8号", source="command"):
        protected(IdentityDocument(teacher=teacher), number=IDENTITY)
        protected(Contact(teacher=teacher), phone="13812345678", address="青石县城关镇朝阳路18号")
        Education.objects.create(teacher=teacher, level="21", school="临江师范学院", ends="2007-07", full_time=True)
        TeachingAssignment.objects.create(
            teacher=teacher, stage="junior", subject="math", valid=Range(date(2015, 9, 1), None)
        )
    return teacher


def protected(record, **values):
    """Save a record with protected values."""
    for name, value in values.items():
        setattr(record, name, value)
    record.save()


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


def test_a_clerk_lists_the_people_of_their_unit_only(api, county_clerk, other_county_clerk, zhang, teacher_b):
    assert names(api(county_clerk).get(URL)) == ["张伟"]
    assert names(api(other_county_clerk).get(URL)) == ["王芳"]


def test_a_row_says_what_holds_today(api, county_clerk, zhang, school_a):
    (row,) = api(county_clerk).get(URL).json()["results"]

    assert row == {
        "id": str(zhang.public_id), "revision": 1, "name": "张伟", "pinyin": "zhang wei", "staff_number": None,
        "sex": {"code": "1", "label": "Male"}, "birth": "1985-03-07",
        "post_family": {"code": "professional", "label": "Professional"},
        "unit": {"id": str(school_a.public_id), "code": school_a.code, "name": "青石县第一初级中学"},
        "unit_since": "2010-09-01", "in_quota": True, "form": None, "post": None,
        "stage": {"code": "junior", "label": "Junior secondary"}, "subject": row["subject"],
        "status": {"code": "in_post", "label": "In post"},
    }  # fmt: skip
    clocks = {"valid_on": "2026-11-22", "known_at": "2026-11-22", "position": None}
    assert api(county_clerk).get(f"{URL}{zhang.public_id}/").json() == row | clocks


def test_labels_are_in_the_language_asked_for(api, county_clerk, zhang):
    row = api(county_clerk, "zh-hans").get(f"{URL}{zhang.public_id}/").json()

    assert (row["sex"]["label"], row["stage"]["label"]) == ("男", "初中")


@pytest.mark.parametrize(
    "query",
    [
        "q=张",
        "q=zhangwei",
        "q=zw",
        f"q={IDENTITY}",
        "q=4573",
        "sex=1",
        "stage=junior",
        "in_quota=true",
        "post_family=professional",
        "status=in_post",
    ],
)
def test_conditions_find_the_person_they_fit(api, county_clerk, zhang, second_school_a, query):
    other = make_teacher("赵六", second_school_a, sex="2", post_family="worker", pinyin="zhao liu", initials="zl")
    with change("test", actor=county_clerk, reason="test ground"):
        Employment.objects.filter(teacher=other).update(in_quota=False)
        PersonStatus.objects.create(teacher=other, status="retired", valid=Range(date(2025, 1, 1), None))

    assert names(api(county_clerk).get(f"{URL}?{query}")) == ["张伟"]


def test_the_unit_condition_takes_all_below_and_nothing_of_others(
    api, county_clerk, zhang, teacher_b, school_a, county_a, second_school_a, school_b
):
    client = api(county_clerk)

    found = {
        unit.name: names(client.get(f"{URL}?unit={unit.public_id}"))
        for unit in (county_a, school_a, second_school_a, school_b)
    }

    assert found == {
        "青石县教育局": ["张伟"],
        "青石县第一初级中学": ["张伟"],
        "青石县实验小学": [],
        "白河县第一中学": [],
    }


@pytest.mark.parametrize("query", ["in_quota=maybe", "unit=1", "q=%00", "name=张"])
def test_a_wrong_condition_is_refused(api, county_clerk, query):
    assert api(county_clerk).get(f"{URL}?{query}").status_code == 400


@pytest.mark.parametrize("rest", ["", "sections/", "sections/contact/", "history/"])
def test_somebody_elses_file_does_not_exist(api, county_clerk, zhang, teacher_b, rest):
    client = api(county_clerk)

    theirs = client.get(f"{URL}{teacher_b.public_id}/{rest}")
    unknown = client.get(f"{URL}00000000-0000-4000-8000-000000000000/{rest}")

    assert client.get(f"{URL}{zhang.public_id}/{rest}").status_code == 200
    assert (theirs.status_code, theirs.content) == (404, unknown.content)


@pytest.mark.parametrize("rest", ["", "sections/", "sections/contact/", "history/"])
@pytest.mark.parametrize("role", ["auditor", "system_administrator", "security_administrator"])
def test_roles_without_files_see_none(api, request, zhang, rest, role):
    client = api(request.getfixturevalue(role))

    assert client.get(f"{URL}{zhang.public_id}/{rest}").status_code == 403
    assert client.get(URL).status_code == 403


def test_a_teacher_reads_their_own_file_only(api, teacher_actor, own_file, zhang):
    client = api(teacher_actor)

    assert names(client.get(URL)) == ["李秀英"]
    assert client.get(f"{URL}{own_file.public_id}/history/").status_code == 200
    assert client.get(f"{URL}{zhang.public_id}/").status_code == 404


def test_sections_give_the_records_with_codes_masks_and_periods(api, county_clerk, zhang, school_a):
    sections = {one["name"]: one for one in api(county_clerk).get(f"{URL}{zhang.public_id}/sections/").json()}

    assert sections["identity"]["rows"][0]["values"]["number"] == {"masked": "**************4573"}
    contact = sections["contact"]["rows"][0]["values"]
    assert contact == {"phone": {"masked": "*******5678"}, "email": None, "address": {"masked": "*" * 16}}
    (education,) = sections["education"]["rows"]
    assert education["valid"] is None
    assert (education["values"]["ends"], education["values"]["full_time"], education["values"]["degree"]) == (
        "2007-07",
        True,
        None,
    )
    (employment,) = sections["employment"]["rows"]
    assert employment["valid"] == {"from": "2010-09-01", "until": None}
    assert employment["values"]["unit"]["id"] == str(school_a.public_id)
    assert {"name": "unit", "label": "Unit"} in sections["employment"]["fields"]
    assert "titles" in sections


def test_one_section_equals_its_part_of_the_file(api, county_clerk, zhang):
    client = api(county_clerk)

    whole = client.get(f"{URL}{zhang.public_id}/sections/").json()

    assert client.get(f"{URL}{zhang.public_id}/sections/contact/").json() == next(
        one for one in whole if one["name"] == "contact"
    )
    assert client.get(f"{URL}{zhang.public_id}/sections/secrets/").status_code == 404


def test_sections_that_do_not_apply_are_not_there(api, county_clerk, zhang, system):
    with change("test", actor=system, reason="test ground"):
        zhang.post_family = "worker"
        zhang.save()

    found = {one["name"] for one in api(county_clerk).get(f"{URL}{zhang.public_id}/sections/").json()}

    assert "teaching" not in found
    assert "employment" in found


def test_history_tells_each_change_with_old_and_new_values(api, county_clerk, zhang):
    with change(
        "personnel.correct_fact", actor=county_clerk, reason="按身份证更正", document="青教人〔2026〕3号", source="page"
    ):
        contact = Contact.objects.get(teacher=zhang)
        contact.phone = "13987654321"
        contact.save()
        zhang.birth = date(1985, 3, 8)
        zhang.save()

    newest, *_older = entries = api(county_clerk).get(f"{URL}{zhang.public_id}/history/").json()["results"]

    assert [entry["kind"]["code"] for entry in entries] == [
        "personnel.correct_fact",
        "test.fill",
        "personnel.create_teacher",
    ]
    assert (newest["by"], newest["role"]["code"], newest["reason"], newest["document"], newest["source"]) == (
        "青石县办事员", "county_clerk", "按身份证更正", "青教人〔2026〕3号", "page",
    )  # fmt: skip
    told = {
        (version["section"], field["name"]): (version["what"], field["was"], field["now"])
        for version in newest["versions"]
        for field in version["fields"]
    }
    assert told == {
        ("person", "birth"): ("changed", "1985-03-07", "1985-03-08"),
        ("contact", "phone"): ("changed", {"masked": "*******5678"}, {"masked": "*******4321"}),
    }
    assert {version["what"] for version in entries[1]["versions"]} == {"created"}


def test_a_deleted_record_stays_in_the_history(api, county_clerk, zhang, system):
    with change("test", actor=system, reason="test ground"):
        Education.objects.get(teacher=zhang).delete()

    newest = api(county_clerk).get(f"{URL}{zhang.public_id}/history/?section=education").json()["results"][0]

    (version,) = newest["versions"]
    assert version["what"] == "deleted"
    assert {(field["name"], field["now"]) for field in version["fields"] if field["name"] == "school"} == {
        ("school", None)
    }


def test_history_is_narrowed_and_paged(api, county_clerk, zhang, system):
    for number in range(5):
        with change("test", actor=system, reason=f"第{number}次", source="batch:7"):
            zhang.native_place = f"第{number}乡"
            zhang.save()
    client = api(county_clerk)

    seen, address = [], f"{URL}{zhang.public_id}/history/?size=2&source=batch:"
    while address:
        page = client.get(address).json()
        seen += [entry["reason"] for entry in page["results"]]
        address = page["next"]

    assert seen == ["第4次", "第3次", "第2次", "第1次", "第0次"]
    assert [
        entry["reason"] for entry in client.get(f"{URL}{zhang.public_id}/history/?section=contact").json()["results"]
    ] == ["test ground"]


@pytest.mark.parametrize(
    "query", ["section=secrets", "cursor=x", "cursor=9999999999999999999", "cursor=%D9%A3", "size=0"]
)
def test_a_wrong_question_about_history_is_refused(api, county_clerk, zhang, query):
    assert api(county_clerk).get(f"{URL}{zhang.public_id}/history/?{query}").status_code == 400


def test_protected_values_are_in_no_answer(api, county_clerk, city_clerk, zhang):
    clear = [IDENTITY, "13812345678", "朝阳路"]
    for actor in (county_clerk, city_clerk):
        client = api(actor)
        for address in (
            URL,
            f"{URL}?q={IDENTITY}",
            *(f"{URL}{zhang.public_id}/{rest}" for rest in ("", "sections/", "sections/identity/", "history/")),
        ):
            content = client.get(address).content.decode()
            assert json.loads(content)
            assert [value for value in clear if value in content] == []


def test_looking_at_a_file_is_written_down_once_a_day(api, county_clerk, zhang):
    client = api(county_clerk)
    client.get(URL)
    before = AccessLog.objects.count()

    for rest in ("", "sections/", "history/", ""):
        client.get(f"{URL}{zhang.public_id}/{rest}")

    looked = AccessLog.objects.all()
    assert before == 0
    assert [(row.actor_id, row.role, row.subject_id, row.what) for row in looked] == [
        (county_clerk.user.pk, "county_clerk", zhang.pk, "file")
    ]


def count_queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_the_list_costs_the_same_for_one_person_and_for_thirty(api, county_clerk, county_a, zhang):
    client = api(county_clerk)
    one = count_queries(client, URL)

    for number in range(29):
        school = None if number % 3 else make_actor("school_clerk", county_a).unit
        make_teacher(f"教师{number}", school or county_a)

    assert count_queries(client, URL) == one
    assert len(names(client.get(URL))) == 30


def test_file_and_history_cost_the_same_for_a_short_and_for_a_long_life(
    api, county_clerk, zhang, school_a, second_school_a, system
):
    client = api(county_clerk)
    addresses = [f"{URL}{zhang.public_id}/{rest}" for rest in ("sections/", "history/")]
    short = [count_queries(client, address) for address in addresses]

    for year in range(10):
        with change("test", actor=system, reason="调动"):
            current = Employment.objects.filter(teacher=zhang).order_by("-valid").first()
            current.supersede(on=date(2012 + year, 9, 1), unit=second_school_a if year % 2 == 0 else school_a)
            Education.objects.create(teacher=zhang, level="21", school=f"第{year}大学")

    assert [count_queries(client, address) for address in addresses] == short


def test_the_same_rows_come_page_by_page(api, county_clerk, school_a, codes):
    for number in range(7):
        make_teacher(f"教师{number}", school_a)
    client = api(county_clerk)

    seen, address = [], f"{URL}?size=3"
    while address:
        page = client.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]

    assert seen == [str(key) for key in Teacher.objects.order_by("pk").values_list("public_id", flat=True)]


def test_identity_documents_of_all_kinds_are_masked(api, county_clerk, zhang, system):
    with change("test", actor=system, reason="test ground"):
        protected(IdentityDocument(teacher=zhang, kind="A"), number="E12345678")

    content = api(county_clerk).get(f"{URL}{zhang.public_id}/sections/identity/").content.decode()

    assert "E12345678" not in content
    assert "5678" in content
