"""Every error has one shape, in the reader's language; what is not yours answers like what does not exist."""

import uuid

import pytest
from django.test import Client

from core.api.errors import TITLES
from core.api.me import Me
from core.records.errors import StaleRecord
from tests.factories.people import make_user, set_user

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        (lambda client: client.get("/api/v1/nowhere/"), 404, "not_found"),
        (lambda client: client.get(f"/api/v1/units/{uuid.uuid4()}/"), 404, "not_found"),
        (lambda client: client.put("/api/v1/units/"), 405, "method_not_allowed"),
        (lambda client: client.options("/api/v1/units/"), 405, "method_not_allowed"),
        (lambda client: client.get("/api/v1/units/", headers={"Accept": "text/csv"}), 406, "not_acceptable"),
        (lambda client: client.post("/api/v1/tokens/", "{", content_type="application/json"), 400, "parse_error"),
        (lambda client: client.post("/api/v1/tokens/", "x", content_type="text/csv"), 415, "unsupported_media_type"),
        (lambda client: client.post("/api/v1/tokens/", {}, content_type="application/json"), 400, "invalid"),
        (lambda client: client.get("/api/v1/units/?colour=red"), 400, "invalid"),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_errors_are_problem_details(api, county_clerk, ask, status, code, language):
    answer = ask(api(county_clerk, language))

    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.headers["Content-Language"] == language
    assert (body["code"], body["type"]) == (code, f"urn:shidang:problem:{code}")
    said = body["title"] + body["detail"] + "".join(place["detail"] for place in body.get("errors", ()))
    assert has_chinese(said) == (language == "zh-hans")
    assert "instance" not in body


def has_chinese(text):
    return any("一" <= letter <= "鿿" for letter in text)


def test_every_title_is_said_in_chinese(api):
    answers = [api(None, "zh-hans").get("/api/v1/me/").json()["title"], *map(str, TITLES.values())]

    assert answers[0] == "请先登录"
    assert [title for title in answers if not has_chinese(title)] == []


def test_without_a_login_everything_asks_for_one(db):
    for address in ("/api/v1/units/", f"/api/v1/units/{uuid.uuid4()}/", "/api/v1/nowhere/"):
        answer = Client(headers={"Accept-Language": "en"}).get(address)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_somebody_elses_unit_answers_with_the_bytes_of_an_unknown_address(api, county_clerk, county_b, school_b):
    client = api(county_clerk)

    answers = [
        client.get(address)
        for address in (
            f"/api/v1/units/{county_b.public_id}/", f"/api/v1/units/{school_b.public_id}/",
            f"/api/v1/units/{uuid.uuid4()}/", "/api/v1/units/x/", "/api/v1/nowhere/",
        )
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.content, frozenset(answer.headers.items())) for answer in answers}) == 1


def test_what_the_role_may_not_do_is_403(api, auditor, teacher_actor):
    for actor in (auditor, teacher_actor):
        answer = api(actor).get("/api/v1/units/")
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_a_session_without_a_role_is_told_so(db, county_a):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user("无角色"), backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get("/api/v1/units/")

    assert (answer.status_code, answer.json()["code"]) == (403, "no_role")
    assert client.get("/api/v1/me/").json()["permissions"] == []


def test_a_refused_method_names_the_allowed_ones(api, county_clerk):
    answer = api(county_clerk).delete("/api/v1/tokens/")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_too_many_requests_say_how_long_to_wait(api, county_clerk, monkeypatch):
    from core.api.throttling import PerUser

    monkeypatch.setattr(PerUser, "THROTTLE_RATES", {"user": "2/min"})
    client = api(county_clerk)

    answers = [client.get("/api/v1/me/") for _each in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].json()["code"] == "throttled"


def test_tries_of_passwords_are_counted_by_address(db, monkeypatch):
    from core.api.throttling import PerAddress

    monkeypatch.setattr(PerAddress, "THROTTLE_RATES", {"password": "1/min"})
    client = Client()

    answers = [client.post("/api/v1/tokens/", {}, content_type="application/json") for _each in range(2)]

    assert [answer.status_code for answer in answers] == [400, 429]


def test_each_wrong_member_of_a_body_is_named_by_its_place(db):
    answer = Client(headers={"Accept-Language": "en"}).post(
        "/api/v1/tokens/", {"username": "x" * 61, "password": "", "days": "many"}, content_type="application/json"
    )

    places = {(place["pointer"], place["code"]) for place in answer.json()["errors"]}
    assert places == {
        ("#/username", "max_length"), ("#/password", "blank"), ("#/name", "required"), ("#/days", "invalid")
    }  # fmt: skip


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "1"])
def test_a_body_that_is_no_object_is_refused(db, body):
    answer = Client(headers={"Accept-Language": "en"}).post("/api/v1/tokens/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_fault_of_ours_is_a_problem_too_and_says_nothing_about_itself(api, county_clerk, monkeypatch):
    def broken(self, request):
        msg = "the secret of the fault"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr(Me, "retrieve", broken)
    client = api(county_clerk)
    client.raise_request_exception = False

    answer = client.get("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert answer.headers["Content-Type"] == PROBLEM
    assert b"secret" not in answer.content


def test_a_stale_record_is_a_conflict(api, county_clerk, monkeypatch):
    def late(self, request):
        raise StaleRecord

    monkeypatch.setattr(Me, "retrieve", late)

    answer = api(county_clerk).get("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


def test_without_accept_language_the_account_decides(api, county_clerk):
    set_user(county_clerk.user, language="en")

    answer = api(county_clerk, language="").get("/api/v1/nowhere/")

    assert answer.json()["title"] == "Not found"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("en-GB,en", "en"),
        ("fr,en;q=0.5", "en"),
        ("zh", "zh-hans"),
        ("ZH-TW", "zh-hans"),
    ],
)
def test_accept_language_is_read_as_browsers_send_it(api, county_clerk, header, language):
    assert api(county_clerk, header).get("/api/v1/nowhere/").headers["Content-Language"] == language


def test_answers_are_not_kept_by_anybody_between(api, county_clerk):
    answer = api(county_clerk).get("/api/v1/units/")

    assert answer.headers["Cache-Control"] == "no-store, private"
    assert {"Accept-Language", "Authorization", "Cookie"} <= set(answer.headers["Vary"].split(", "))


def test_nobody_is_held_up_while_the_counters_are_away(api, county_clerk, settings):
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    client, settings.CACHES = api(county_clerk), {"default": away}

    assert client.get("/api/v1/me/").status_code == 200
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
