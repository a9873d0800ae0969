"""The API against insiders and outsiders, by introspection of its view sets."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from psycopg.types.range import Range

from core.api.models import ApiToken
from core.api.permissions import ANYONE, SIGNED_IN
from core.api.services import issue_token
from core.org.actor import system_actor
from core.org.models import RoleAssignment
from core.org.services import grant_role
from core.records.changes import change
from tests.contracts import addresses
from tests.contracts.scenario import NOWHERE
from tests.factories.people import make_actor, make_user, set_user
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db


def token_of(actor, now):
    held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
    return issue_token(assignment=held, name="测试", days=90, now=now, on=TODAY)[1]


@pytest.fixture
def program(world):
    """`program(actor)`: a client that sends a token of the actor's role."""
    now = world.a.things["api.ApiToken"].created_at
    return lambda actor: Client(headers={"Authorization": f"Bearer {token_of(actor, now)}", "Accept-Language": "en"})


def wanted(endpoint, action):
    declared = endpoint.view.permissions[action]
    return (declared,) if isinstance(declared, str) else declared


def test_nobody_reads_anything_without_a_token(world):
    client = Client()
    for one in addresses.api(world.a):
        for method, action in list(one.actions.items()):
            if ANYONE not in wanted(one, action):
                answer = getattr(client, method)(one.url)
                assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json"), one


def test_a_role_without_the_permission_is_refused(world, program, drawn):
    refused = 0
    for actor in world.actors.values():
        client = program(actor)
        for one in drawn(addresses.api(world.a)):
            for method, action in list(one.actions.items()):
                names = wanted(one, action)
                if not {ANYONE, SIGNED_IN} & set(names) and not any(actor.may(name) for name in names):
                    refused += 1
                    assert getattr(client, method)(one.url).status_code == 403, (actor.role, one, action)
    assert refused > 50


def test_what_is_another_countys_answers_like_what_does_not_exist(world, program, drawn):
    for actor in (*world.clerks_of_a(), world.actors["teacher"], world.actors["county_auditor"]):
        client = program(actor)
        missing = client.get(f"/api/v1/teachers/{NOWHERE}/nothing/").content
        for one in drawn(addresses.api(world.b)):
            for method, action in list(one.actions.items()):
                names = wanted(one, action)
                if (
                    one.label
                    and method != "head"
                    and ({SIGNED_IN} & set(names) or any(actor.may(name) for name in names))
                ):
                    answer = getattr(client, method)(one.url)
                    assert (answer.status_code, answer.content) == (404, missing), (actor.role, one, action)


def test_addresses_of_objects_open_for_their_own_clerk(world, program):
    """So that the test above proves something."""
    client = program(world.a.clerk)
    opened = {
        one.route for one in addresses.api(world.a) if "get" in one.actions and client.get(one.url).status_code == 200
    }
    assert {one.route for one in addresses.api(world.a) if "get" in one.actions} == opened


def test_every_answer_of_the_api_may_not_be_kept_and_bears_the_headers(world, program, drawn):
    client = program(world.a.clerk)
    for one in drawn(addresses.api(world.a)):
        for method in list(one.actions):
            if method != "delete":
                answer = getattr(client, method)(one.url)
                assert answer.headers["Cache-Control"] == "no-store, private", (one, method)
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_token_ends_with_its_role(world, program):
    actor = world.actors["county_approver"]
    client = program(actor)
    assert client.get(reverse("api_me")).status_code == 200
    held = RoleAssignment.objects.get(pk=actor.assignment)
    with change("org.grant_role", actor=system_actor(TODAY), reason="到期"):
        grant_role(user=actor.user, role="panel_member", unit=world.a.unit, starts=TODAY)
        held.valid = Range(held.valid.lower, TODAY)
        held.save(update_fields={"valid"})
    assert client.get(reverse("api_me")).status_code == 401, "another role of the user does not take its place"


def test_a_token_ends_with_its_account_its_time_and_its_revocation(world, program):
    clients = {name: program(world.actors[name]) for name in ("county_approver", "school_approver", "panel_member")}
    set_user(world.actors["county_approver"].user, is_active=False)
    then = world.a.things["api.ApiToken"].created_at
    with change("test.write", actor=system_actor(TODAY), reason="到期"):
        old = ApiToken.objects.filter(user=world.actors["school_approver"].user)
        old.update(expires_at=then - timedelta(days=1))
        ApiToken.objects.filter(user=world.actors["panel_member"].user).update(revoked_at=then)
    for name, client in clients.items():
        assert client.get(reverse("api_me")).status_code == 401, name


def test_a_token_opens_no_page_and_a_stolen_one_of_another_is_no_bearer(world, program):
    client = program(world.a.clerk)
    assert client.get(reverse("teachers")).status_code == 302
    for text in (
        "",
        "sdt_",
        "sdt_x",
        str(world.a.things["api.ApiToken"].public_id),
        world.a.things["api.ApiToken"].digest,
        "sdt_\u00e9",
        "sdt_\x00",
    ):
        answer = Client(headers={"Authorization": f"Bearer {text}"}).get(reverse("api_me"))
        assert answer.status_code == 401, text


def test_nobody_revokes_the_token_of_another(world, program, login):
    theirs = world.b.things["api.ApiToken"]
    assert program(world.a.clerk).delete(reverse("api_token", args=[theirs.public_id])).status_code == 404
    assert login(world.a.clerk).post(reverse("token_revoke", args=[theirs.public_id])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_nobody_gets_a_token_for_a_role_of_another(world, login):
    user = make_user("一人", username="own.roles", password="a good long password")
    make_actor("county_clerk", world.a.unit, user=user)
    theirs = RoleAssignment.objects.get(pk=world.b.clerk.assignment)
    asked = {
        "username": "own.roles",
        "password": "a good long password",
        "name": "x",
        "assignment": str(theirs.public_id),
    }
    answer = Client().post(reverse("api_tokens"), asked, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_role")
    page = login(world.a.clerk).post(reverse("token_new"), {"name": "x", "assignment": str(theirs.pk), "days": "5"})
    assert page.status_code == 422


def test_a_session_writes_by_the_api_only_with_the_token_of_the_form(world, login):
    client = Client(enforce_csrf_checks=True)
    client.cookies = login(world.a.clerk).cookies
    for one in addresses.api(world.a):
        for method, action in list(one.actions.items()):
            if method not in {"get", "head"} and ANYONE not in wanted(one, action):
                answer = getattr(client, method)(one.url)
                assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), (one, method)


BROKEN = (
    "q=%00", "q=%ff%fe", "cursor=%00", "cursor=²", "cursor=99999999999999999999", "size=²", "size=-1", "unit=x", "on=0000-00-00",
    "outcome=x", "section=%00",
)  # fmt: skip


def test_no_query_breaks_the_api(world, program, drawn):
    client = program(world.a.clerk)
    for one in drawn(addresses.api(world.a)):
        cache.clear()  # how often somebody asks is not what is asked here
        for query in BROKEN if "get" in one.actions else ():
            assert client.get(f"{one.url}?{query}").status_code in {200, 400}, (one, query)
