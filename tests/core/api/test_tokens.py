"""Tokens: got for a password, bound to one role, ended by time, by revocation, by the end of the role."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg.types.range import Range

from core.api.models import ApiToken
from core.api.services import MOST_LIVE, actor_of_token, issue_token, revoke_tokens
from core.org.models import RoleAssignment
from core.org.services import NotAllowed, grant_role
from core.records.changes import change
from tests.factories.people import make_actor, make_user, set_user
from tests.ground.clock import TODAY

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
URL = "/api/v1/tokens/"


def ask(client, **body):
    return client.post(URL, {"name": "夜间同步", **body}, content_type="application/json")


@pytest.fixture
def clerk(county_a):
    return make_actor(
        "county_clerk", county_a, user=make_user("李敏", username="li.min", password="right horse battery")
    )


def test_a_password_gives_a_token_that_acts_in_the_role(clerk, county_a):
    answer = ask(Client(), username="li.min", password="right horse battery")

    body = answer.json()
    assert answer.status_code == 201
    assert body["role"] == {"code": "county_clerk", "label": "县区经办"}
    assert body["unit"] == {"id": str(county_a.public_id), "code": county_a.code, "name": "青石县教育局"}
    me = Client(headers={"Authorization": f"Bearer {body['token']}"}).get("/api/v1/me/").json()
    assert (me["username"], me["role"]["code"], me["on"]) == ("li.min", "county_clerk", "2026-11-22")
    assert "personnel.view_teacher" in me["permissions"]


def test_only_the_digest_is_stored(clerk):
    text = ask(Client(), username="li.min", password="right horse battery").json()["token"]

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM api_apitoken t")
        (stored,) = cursor.fetchone()
    assert text not in stored
    assert text.removeprefix("sdt_") not in stored


def test_a_wrong_password_is_refused_and_counted_until_the_user_is_locked_out(clerk, settings):
    settings.AXES_FAILURE_LIMIT = 3
    client = Client()

    first = ask(client, username="li.min", password="wrong")
    ask(client, username="li.min", password="wrong")
    third = ask(client, username="li.min", password="wrong")
    right = ask(client, username="li.min", password="right horse battery")

    assert (first.status_code, first.json()["code"]) == (401, "wrong_password")
    assert (third.status_code, third.json()["code"]) == (429, "locked_out")
    assert (right.status_code, right.json()["code"], right.headers["Retry-After"]) == (429, "locked_out", "900")
    assert right.headers["Content-Type"] == "application/problem+json"
    assert ApiToken.objects.count() == 0


def test_of_several_roles_one_must_be_named(clerk, city, system):
    with change("test", actor=system, reason="test ground"):
        auditor = grant_role(user=clerk.user, role="auditor", unit=city, starts=date(2026, 1, 1))

    unnamed = ask(Client(), username="li.min", password="right horse battery")
    named = ask(Client(), username="li.min", password="right horse battery", assignment=str(auditor.public_id))

    assert (unnamed.status_code, unnamed.json()["code"]) == (422, "choose_role")
    assert [one["role"]["code"] for one in unnamed.json()["assignments"]] == ["county_clerk", "auditor"]
    assert named.json()["role"]["code"] == "auditor"


def test_somebody_elses_role_cannot_be_named(clerk, other_county_clerk):
    other = RoleAssignment.objects.get(pk=other_county_clerk.assignment)

    answer = ask(Client(), username="li.min", password="right horse battery", assignment=str(other.public_id))

    assert (answer.status_code, answer.json()["code"]) == (422, "no_role")


def test_an_old_token_in_the_header_does_not_hinder_a_new_one(clerk):
    stale = Client(headers={"Authorization": "Bearer sdt_gone"})

    assert ask(stale, username="li.min", password="right horse battery").status_code == 201


@pytest.mark.parametrize(
    "header", ["Bearer sdt_unknown", "Bearer", "Bearer 令牌".encode().decode("latin-1"), "Bearer a b"]
)
def test_a_token_that_is_none_is_refused(db, header):
    answer = Client(headers={"Authorization": header, "Accept-Language": "en"}).get("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_opens_nothing(clerk, token_of):
    text = token_of(clerk)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    (row,) = client.get(URL).json()

    revoked = client.delete(f"{URL}{row['id']}/")

    assert row["current"] is True
    assert revoked.status_code == 204
    assert client.get(URL).status_code == 401


def test_tokens_of_others_are_neither_seen_nor_revoked(clerk, county_approver, api, token_of):
    token_of(county_approver)
    theirs = ApiToken.objects.get(user=county_approver.user)
    client = api(clerk)

    answer = client.delete(f"{URL}{theirs.public_id}/")

    assert answer.status_code == 404
    assert [row["role"]["code"] for row in client.get(URL).json()] == ["county_clerk"]
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_a_token_ends_by_its_day(clerk, token_of):
    text = token_of(clerk, days=3)
    now = timezone.now()

    assert actor_of_token(text, now + timedelta(days=2), TODAY)[1].role == "county_clerk"
    assert actor_of_token(text, now + timedelta(days=3), TODAY) is None


def test_a_token_ends_with_its_role_even_where_the_user_holds_another(clerk, county_a, token_of, system):
    text = token_of(clerk)
    with change("test", actor=system, reason="test ground"):
        grant_role(user=clerk.user, role="county_approver", unit=county_a, starts=date(2026, 1, 1))
        held = RoleAssignment.objects.get(pk=clerk.assignment)
        held.valid = Range(held.valid.lower, date(2026, 11, 22))
        held.save(update_fields={"valid"})

    assert actor_of_token(text, timezone.now(), TODAY) is None


def test_a_role_assignment_can_be_deleted_though_a_token_was_bound_to_it(clerk, token_of, system):
    text = token_of(clerk)
    with change("test", actor=system, reason="test ground"):
        RoleAssignment.objects.get(pk=clerk.assignment).delete()

    assert actor_of_token(text, timezone.now(), TODAY) is None
    assert ApiToken.objects.get().assignment_id is None


def test_a_token_of_a_user_who_may_not_log_in_any_more_opens_nothing(clerk, token_of):
    text = token_of(clerk)
    set_user(clerk.user, is_active=False)

    assert actor_of_token(text, timezone.now(), TODAY) is None


def test_a_token_does_not_outlive_its_role(county_a, system):
    user = make_user("短期", password=None)
    with change("test", actor=system, reason="test ground"):
        held = grant_role(
            user=user, role="county_clerk", unit=county_a, starts=date(2026, 1, 1), ends=date(2026, 12, 1)
        )

    token, _text = issue_token(assignment=held, name="x", now=NOON, on=TODAY, days=90)

    assert timezone.localtime(token.expires_at).strftime("%Y-%m-%d %H:%M") == "2026-12-01 00:00"


@pytest.mark.parametrize("days", [0, 367])
def test_a_life_out_of_bounds_is_refused(clerk, days):
    held = RoleAssignment.objects.get(pk=clerk.assignment)

    with pytest.raises(NotAllowed):
        issue_token(assignment=held, name="x", now=NOON, on=TODAY, days=days)
    assert ask(Client(), username="li.min", password="right horse battery", days=days).status_code == 400


def test_a_user_has_no_more_than_a_few_live_tokens(clerk, token_of):
    held = RoleAssignment.objects.get(pk=clerk.assignment)
    for _each in range(MOST_LIVE):
        token_of(clerk)

    with pytest.raises(NotAllowed):
        issue_token(assignment=held, name="x", now=timezone.now(), on=TODAY)
    assert revoke_tokens(ApiToken.objects.filter(user=clerk.user), by=clerk.user, now=timezone.now()) == MOST_LIVE
    assert issue_token(assignment=held, name="x", now=timezone.now(), on=TODAY)[0].pk


def test_use_is_written_down(clerk, api):
    client = api(clerk)

    client.get("/api/v1/me/")

    assert ApiToken.objects.get().used_at is not None


def test_the_session_of_the_pages_reads_and_writes_with_its_csrf_token(clerk, login, token_of):
    token_of(clerk)
    token = ApiToken.objects.get()
    client = login(clerk)
    client.handler.enforce_csrf_checks = True

    without = client.delete(f"{URL}{token.public_id}/")
    client.cookies["csrftoken"] = "a" * 32
    given = client.delete(f"{URL}{token.public_id}/", headers={"X-CSRFToken": "a" * 32})

    assert client.get("/api/v1/me/").json()["role"]["code"] == "county_clerk"
    assert (without.status_code, without.json()["code"]) == (403, "csrf")
    assert given.status_code == 204


def test_the_command_prints_a_token(clerk):
    out = StringIO()

    call_command("create_token", "li.min", "--name", "夜间同步", "--days", "7", stdout=out)

    token, actor = actor_of_token(out.getvalue().strip(), timezone.now(), TODAY)
    assert (token.name, actor.role) == ("夜间同步", "county_clerk")


def test_the_command_names_the_roles_to_choose_from(clerk, county_a, system):
    with change("test", actor=system, reason="test ground"):
        grant_role(user=clerk.user, role="county_approver", unit=county_a, starts=date(2026, 1, 1))

    with pytest.raises(CommandError, match="county_approver at 青石县教育局"):
        call_command("create_token", "li.min", "--name", "x")
    with pytest.raises(CommandError, match="no user nobody"):
        call_command("create_token", "nobody", "--name", "x")
