"""Facts changed by program: the rules of the page, the revision that was read, and problems at their places."""

from datetime import date

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from psycopg.types.range import Range

from core.api.services import issue_token
from core.org.models import RoleAssignment
from core.records.models import AccessLog, Change
from personnel import services
from personnel.models import Contact, FormerName
from tests.core.exchange.papers import PDF
from tests.ground.clock import TODAY
from tests.personnel.files import ZHANG, make_file, set_contact
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db

WHY = {"reason": "title_change", "document": "青教〔2020〕1号"}
WRONG = {"reason": "typing"}


@pytest.fixture
def api(stored):
    """`api(actor)`: `post(path, body)` with a token of the actor."""
    cache.clear()

    def client(actor):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        _token, text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)
        caller = Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": "zh-hans"})
        return lambda path, body=None: caller.post(f"/api/v1/{path}", body or {}, content_type="application/json")

    return client


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


@pytest.fixture
def held(teacher):
    return TitleHeld.objects.get(teacher=teacher)


def at(teacher, act, section="titles"):
    return f"teachers/{teacher.public_id}/sections/{section}/{act}/"


def shown(record):
    return {"record": str(record.public_id), "revision": record.revision}


def pointers(answer):
    return [one["pointer"] for one in answer.json()["errors"]]


class TestActs:
    """The same services as on the page, told to come through the interface."""

    def test_a_change_from_a_day(self, api, county_clerk, teacher, held):
        answer = api(county_clerk)(
            at(teacher, "change"), {**shown(held), "on": "2020-01-01", "values": {"rank": "first"}, **WHY}
        )

        made, new = Change.objects.latest("pk"), TitleHeld.objects.latest("valid")
        assert (answer.status_code, answer.json()) == (
            200, {"record": str(new.public_id), "revision": 1, "change": str(made.public_id)},
        )  # fmt: skip
        assert (new.rank, new.valid, str(new.obtained)) == ("first", Range(date(2020, 1, 1), None), "2010-09")
        assert (made.kind, made.source, made.reason_code, made.document) == (
            "personnel.change_fact", "api", "title_change", "青教〔2020〕1号",
        )  # fmt: skip

    def test_a_correction_takes_values_as_they_are_read(self, api, county_clerk, teacher, held):
        body = {**shown(held), "values": {"rank": {"code": "third", "label": "x"}}, "since": "2011-09-01", **WRONG}

        answer = api(county_clerk)(at(teacher, "correct"), body)

        held.refresh_from_db()
        assert (answer.status_code, held.rank, held.valid.lower, held.revision) == (200, "third", date(2011, 9, 1), 2)

    def test_an_end(self, api, county_clerk, teacher, held):
        answer = api(county_clerk)(at(teacher, "end"), {**shown(held), "until": "2020-01-01", **WHY})

        held.refresh_from_db()
        assert (answer.status_code, held.valid.upper) == (200, date(2020, 1, 1))

    def test_a_transfer_by_the_id_of_the_unit(self, api, county_clerk, teacher, second_school_a):
        values = {"unit": {"id": str(second_school_a.public_id)}, "in_quota": True}
        body = {"values": values, "since": "2026-12-01", "closing": True, "reason": "transfer"}

        answer = api(county_clerk)(at(teacher, "add", "employment"), body)

        assert answer.status_code == 201
        assert [one.valid.upper for one in teacher.employments.order_by("valid")] == [date(2026, 12, 1), None]

    def test_an_undated_record_and_a_protected_value(self, api, county_clerk, teacher):
        post, contact = api(county_clerk), set_contact(teacher)

        added = post(
            at(teacher, "add", "names"), {"values": {"name": "林小清", "until": "1998-09"}, "reason": "filled_in"}
        )
        changed = post(
            at(teacher, "correct", "contact"),
            {**shown(contact), "values": {"phone": "13900005678"}, "reason": "family_contact"},
        )

        assert (added.status_code, str(FormerName.objects.get().until), changed.status_code) == (201, "1998-09", 200)
        assert Contact.objects.select_related("teacher__key").get().phone.reveal() == "13900005678"

    def test_with_a_file_of_evidence(self, api, county_clerk, teacher, held):
        post = api(county_clerk)
        cell = post.__closure__[0].cell_contents
        kept = cell.post("/api/v1/evidence/", {"file": SimpleUploadedFile("批复.png", PDF)})
        assert (kept.status_code, kept.json()["type"], kept.json()["name"]) == (201, "application/pdf", "批复.pdf")

        post(at(teacher, "end"), {**shown(held), "until": "2020-01-01", "evidence": kept.json()["token"], **WHY})

        assert Change.objects.latest("pk").evidence.name == "批复.pdf"
        for content in (b"", b"MZ"):
            wrong = cell.post("/api/v1/evidence/", {"file": SimpleUploadedFile("批复.pdf", content)})
            assert (wrong.status_code, pointers(wrong)) == (400, ["#/file"])

    def test_an_undo(self, api, county_clerk, second_county_clerk, teacher):
        services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "青石县"}, reason="x")
        made, post = Change.objects.latest("pk"), api(county_clerk)
        address = f"changes/{made.public_id}/undo/"
        assert pointers(post(address, {"reason": "transfer"})) == ["#/reason"]

        done = post(address, {"reason": "wrong_person"})

        teacher.refresh_from_db()
        assert (done.status_code, teacher.native_place) == (201, "")
        again = post(address, {"reason": "wrong_person"})
        assert (again.status_code, again.json()["code"], "无可撤销" in again.json()["detail"]) == (422, "rule", True)


class TestRefusals:
    """RFC 9457, each at its place; nothing is written."""

    @pytest.mark.parametrize(
        ("act", "body", "status", "code", "places"),
        [
            ("change", {}, 400, "invalid", ["#/reason", "#/record", "#/revision", "#/on"]),
            ("change", {"on": "2020-01-01", "values": {"rank": "tenth"}, **WHY}, 400, "invalid", ["#/values/rank"]),
            ("change", {"on": "2020-01-01", "values": {"salary": 1}, **WHY}, 400, "invalid", ["#/values/salary"]),
            ("change", {"on": "2020-01-01", "values": {"rank": "first"}, **WRONG}, 400, "invalid", ["#/reason"]),
            (
                "change",
                {"on": "2020-01-01", "values": {"rank": "first"}, "reason": "other"},
                400,
                "invalid",
                ["#/words"],
            ),
            (
                "change",
                {"on": "2020-01-01", "values": {"rank": "first"}, "evidence": "x", **WHY},
                400,
                "invalid",
                ["#/evidence"],
            ),
            ("correct", {"values": {"obtained": "20年"}, **WRONG}, 400, "invalid", ["#/values/obtained"]),
            ("correct", {"values": {"obtained": "1970"}, **WRONG}, 422, "rule", None),
            ("change", {"on": "1970-01-01", "values": {"rank": "first"}, **WHY}, 422, "rule", None),
            ("correct", {"values": {}, **WRONG}, 422, "rule", None),
            ("end", {"until": "2000-01-01", **WHY}, 422, "rule", None),
        ],
    )
    def test_what_cannot_be(self, api, county_clerk, teacher, held, act, body, status, code, places):
        post = api(county_clerk)
        before = Change.objects.count()

        answer = post(at(teacher, act), {**(shown(held) if body else {}), **body})

        told = answer.json()
        assert (answer.status_code, told["code"], answer["Content-Type"]) == (status, code, "application/problem+json")
        assert places is None or sorted(pointers(answer)) == sorted(places)
        assert Change.objects.count() == before

    def test_a_stale_revision(self, api, county_clerk, second_county_clerk, teacher):
        mine = shown(teacher)
        services.correct_fact(actor=second_county_clerk, record=teacher, values={"native_place": "白河县"}, reason="x")

        answer = api(county_clerk)(
            at(teacher, "correct", "person"), {**mine, "values": {"native_place": "青石县"}, **WRONG}
        )

        teacher.refresh_from_db()
        assert (answer.status_code, answer.json()["code"], teacher.native_place) == (409, "stale", "白河县")

    def test_later_periods_are_named_and_decided(self, api, county_clerk, teacher, held):
        services.change_fact(actor=county_clerk, record=held, on=date(2020, 1, 1), values={"rank": "first"}, reason="x")
        held.refresh_from_db()
        post, later = api(county_clerk), TitleHeld.objects.latest("valid")
        body = {**shown(held), "on": "2015-01-01", "values": {"area": "青石县"}, **WHY}

        asked = post(at(teacher, "change"), body)
        assert (asked.status_code, asked.json()["code"]) == (422, "later_periods")
        assert asked.json()["periods"] == [
            {
                "record": str(later.public_id),
                "revision": 1,
                "valid": {"from": "2020-01-01", "until": None},
                "values": {"area": None},
            }
        ]

        assert post(at(teacher, "change"), {**body, "later": "follow"}).status_code == 200
        assert list(TitleHeld.objects.order_by("valid").values_list("area", flat=True)) == ["", "青石县", "青石县"]

    def test_who_may_and_what_is_there(
        self, api, county_clerk, county_approver, other_county_clerk, teacher, held, school_b
    ):
        foreign = TitleHeld.objects.get(teacher=make_file("王芳", school_b))
        body = {**shown(held), "on": "2020-01-01", "values": {"rank": "first"}, **WHY}

        answers = [api(one)(at(teacher, "change"), body).status_code for one in (county_approver, other_county_clerk)]
        assert answers == [403, 404]
        post = api(county_clerk)
        assert pointers(post(at(teacher, "change"), {**body, **shown(foreign)})) == ["#/record"]
        assert [
            post(at(teacher, act, section)).status_code
            for act, section in (("add", "person"), ("change", "names"), ("add", "none"))
        ] == [404, 404, 404]
        assert AccessLog.objects.filter(subject_id=teacher.pk, actor=county_clerk.user).count() == 1
