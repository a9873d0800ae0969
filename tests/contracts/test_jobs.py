"""Attacks that no single page is to blame for: jobs, sessions, roles, addresses that lead away, headers, broken questions."""

import re
from itertools import cycle
from pathlib import Path

import pytest
from django.conf import settings as installed
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from psycopg.types.range import Range

from core.jobs.models import Job
from core.org.accounts import renew_password
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment, RoleProposal
from core.records.changes import change
from core.web.middleware import ASSIGNMENT
from personnel.models import Teacher
from tests.contracts import addresses
from tests.factories.people import make_actor, make_user, set_user
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db

PASSWORD = "a good long password"
AWAY = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "\\\\evil.example",
    "https:evil.example",
    "///evil.example",
)


def end(actor):
    held = RoleAssignment.objects.get(pk=actor.assignment)
    with change("org.decide_role", actor=system_actor(TODAY), reason="到期"):
        held.valid = Range(held.valid.lower, TODAY)
        held.save(update_fields={"valid"})


def test_a_job_does_nothing_once_the_role_of_its_starter_has_ended(world, login, run_jobs):
    login(world.a.clerk).post(reverse("teachers"), {"export": "csv"})
    end(world.a.clerk)
    run_jobs()
    job = Job.objects.latest("pk")
    assert (job.state, job.result) == (Job.State.FAILED, {})


def test_jobs_of_others_cannot_be_looked_at_or_stopped(world, login):
    login(world.b.clerk).post(reverse("teachers"), {"export": "csv"})
    job = Job.objects.latest("pk")
    for actor in (*world.clerks_of_a(), world.actors["city_clerk"], world.actors["teacher"], world.actors["auditor"]):
        client = login(actor)
        for name in ("job", "job_progress"):
            assert client.get(reverse(name, args=[job.public_id])).status_code == 404, (actor.role, name)
        assert client.post(reverse("job_cancel", args=[job.public_id])).status_code == 404
        assert str(job.public_id) not in client.get(reverse("jobs")).content.decode()
    job.refresh_from_db()
    assert job.state == Job.State.WAITING


def test_an_export_cannot_be_asked_of_a_list_that_one_may_not_see(world, login, run_jobs):
    for name, actor in world.actors.items():
        client, before = login(actor), Job.objects.count()
        for address in addresses.plain():
            if addresses.is_list(address.page):
                client.post(address.url, {"export": "csv"})
        made = Job.objects.order_by("pk")[before:]
        assert not list(made) or actor.may("exchange.export"), name
        assert {job.arguments["page"] for job in made} <= {
            address.page.name for address in addresses.plain() if address.page.__dict__.get("exported")
        }


def test_nobody_acts_in_a_role_of_another(world, login):
    client = login(world.a.clerk)
    client.post(reverse("switch_role"), {"assignment": str(world.b.clerk.assignment), "next": "/"})
    assert client.session[ASSIGNMENT] == world.a.clerk.assignment
    session = client.session
    session[ASSIGNMENT] = world.b.clerk.assignment
    session.save()
    answer = client.get(reverse("teacher", args=[world.b.teacher.public_id]))
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("account_login")), "the session ends"
    assert client.get(reverse("home")).status_code == 302


def test_a_live_session_ends_with_the_account_and_with_the_role(world, login):
    clerk, approver = login(world.a.clerk), login(world.actors["county_approver"])
    url = reverse("teacher", args=[world.a.teacher.public_id])
    assert clerk.get(url).status_code == approver.get(url).status_code == 200
    set_user(world.a.clerk.user, is_active=False)
    end(world.actors["county_approver"])
    assert clerk.get(url).status_code == 302
    assert approver.get(url).status_code == 404


@pytest.mark.parametrize("away", AWAY)
def test_no_address_leads_away_from_this_site(world, login, away):
    user = make_user("甲", username="leads.away", password=PASSWORD)
    make_actor("county_clerk", world.a.unit, user=user)
    entry = reverse("account_login")
    answer = Client().post(f"{entry}?next={away}", {"login": "leads.away", "password": PASSWORD, "next": away})
    assert answer.status_code == 302
    assert "evil" not in answer.url
    assert "javascript" not in answer.url
    client = login(world.a.clerk)
    for address in addresses.plain():
        if addresses.acts_only(address.page):
            told = client.post(address.url, {"next": away, "language": "en", "theme": "dark", "name": "x"})
            leads = told.headers.get("Location", "")
            assert not [one for one in ("evil", "javascript") if one in leads], address


def test_logging_in_gives_a_new_session(world):
    user = make_user("甲", username="fixed", password=PASSWORD)
    make_actor("county_clerk", world.a.unit, user=user)
    client = Client()
    client.post(reverse("set_language"), {"language": "en"})
    before = client.cookies["sessionid"].value
    answer = client.post(reverse("account_login"), {"login": "fixed", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.session[SESSION_KEY] == str(user.pk)
    cookie = client.cookies["sessionid"]
    assert cookie.value != before
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert Client(headers={"Cookie": f"sessionid={before}"}).get(reverse("home")).status_code == 302


def test_many_wrong_passwords_lock_out_on_page_and_api_alike(world):
    user = make_user("甲", username="locked.out", password=PASSWORD)
    make_actor("county_clerk", world.a.unit, user=user)
    client, entry = Client(), reverse("account_login")
    for _time in range(installed.AXES_FAILURE_LIMIT):
        client.post(entry, {"login": "locked.out", "password": "wrong"})
    right = client.post(entry, {"login": "locked.out", "password": PASSWORD})
    assert SESSION_KEY not in client.session
    assert right.status_code in {403, 429}
    asked = {"username": "locked.out", "password": PASSWORD, "name": "x"}
    assert Client().post(reverse("api_tokens"), asked, content_type="application/json").status_code == 429


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(world):
    make_user("甲", username="known", password=PASSWORD)
    said = [
        Client().post(reverse("account_login"), {"login": name, "password": "wrong"}).content.decode().replace(name, "")
        for name in ("known", "nobody")
    ]
    told = [page.split("<main")[-1].split("csrfmiddlewaretoken")[0] for page in said]
    assert told[0] == told[1]


def test_a_teacher_reaches_nobody_else(world, login):
    client = login(world.actors["teacher"])
    own = Teacher.objects.get(user=world.actors["teacher"].user)
    assert client.get(reverse("teacher", args=[own.public_id])).status_code == 200
    for address in addresses.objects(world.a):
        if address.label == "personnel.Teacher":
            assert client.get(address.url).status_code in {404, 405}, address
            assert client.post(address.url).status_code in {404, 405}, address
    listed = client.get(reverse("api_teachers")).json()["results"]
    assert [one["id"] for one in listed] == [str(own.public_id)]


@pytest.mark.parametrize(
    "role", ["auditor", "system_administrator", "security_administrator", "panel_member", "panel_secretary"]
)
def test_who_keeps_the_system_sees_no_file(world, login, role):
    client = login(world.actors[role])
    for address in addresses.objects(world.a):
        if address.label in {"personnel.Teacher", "exchange.Batch"}:
            assert client.get(address.url).status_code in {403, 404, 405}, address
            assert client.post(address.url).status_code in {403, 404, 405}, address


def test_a_security_administrator_alone_gives_nothing(world, login):
    actor = world.actors["security_administrator"]
    client, before = login(actor), RoleAssignment.objects.count()
    asked = {
        "user": actor.user.username,
        "role": "city_clerk",
        "unit": str(actor.unit.public_id),
        "starts": "2026-11-22",
        "reason": "为己",
    }
    assert client.post(reverse("role_propose"), asked).status_code == 422
    other = make_user("乙", username="accomplice")
    assert client.post(reverse("role_propose"), {**asked, "user": other.username}).status_code == 302
    proposal = RoleProposal.objects.latest("pk")
    client.post(reverse("role_confirm", args=[proposal.public_id]))
    proposal.refresh_from_db()
    assert (proposal.state, RoleAssignment.objects.count()) == (RoleProposal.State.OPEN, before)


def test_a_security_administrator_takes_over_no_second_voice(world, login):
    actor = world.actors["security_administrator"]
    second = make_actor("security_administrator", actor.unit)
    held = RoleAssignment.objects.get(pk=second.assignment)
    with pytest.raises(NotAllowed):
        renew_password(actor=actor, user=second.user, reason="冒用")
    answer = login(actor).post(reverse("account_password", args=[held.public_id]), {"reason": "冒用"})
    assert answer.status_code == 422
    clerk = RoleAssignment.objects.get(pk=world.a.clerk.assignment)
    assert login(actor).post(reverse("account_password", args=[clerk.public_id]), {"reason": "忘记"}).status_code == 200


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_every_answer_bears_the_headers_of_safety(world, login, settings):
    folder = settings.STATIC_ROOT / "core"
    folder.mkdir(parents=True, exist_ok=True)
    client = login(world.a.clerk)
    asked = [client.get(address.url) for address in addresses.plain()]
    asked += [
        client.get("/nowhere/"),
        client.get("/api/nowhere"),
        client.get("/api/"),
        client.get("/api/openapi.json"),
        client.post("/units/"),
    ]
    asked += [
        Client().get(reverse("account_login")),
        Client().get("/"),
        client.get("/", headers={"host": "evil.example"}),
    ]
    asked += [Client(enforce_csrf_checks=True).post(reverse("account_login")), client.get("/static/core/app.js")]
    assert {answer.status_code for answer in asked} >= {200, 302, 400, 403, 404, 405}
    for answer in asked:
        for name, value in HEADERS.items():
            assert answer.headers.get(name) == value, (answer.request["PATH_INFO"], answer.status_code, name)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


@pytest.mark.filterwarnings("ignore")
def test_an_error_of_ours_tells_nothing(world, login, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr("core.web.views.search.find_units", broken)
    monkeypatch.setattr("core.web.views.home.Home.context", broken)
    client = login(world.a.clerk)
    client.raise_request_exception = False
    answer = client.get(reverse("home"))
    assert answer.status_code == 500
    for word in ("secret of the machine", "RuntimeError", "Traceback", "SECRET_KEY", str(installed.BASE_DIR)):
        assert word not in answer.content.decode()
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Content-Security-Policy" in answer.headers


BROKEN = ("%00", "%ff", "²", "99999999999999999999", "-1", "'", "%25s", "{{7*7}}", "x" * 3000)
ROOT = Path(__file__).parents[2]
READ = re.compile(r'GET(?:\.get\(|\[)"(\w+)"')
# What the lists of the kit read, and whatever any page asks for by itself.
SOURCES = [file for folder in ("core", *installed.MODULES) for file in (ROOT / folder).rglob("*.py")]
OF_LISTS = {
    "q",
    "after",
    "before",
    "sort",
    "columns",
    "size",
    "unit",
    "state",
    "since",
    "who",
    "user",
    "code",
    "section",
    "source",
}
ASKED = sorted(OF_LISTS.union(*(READ.findall(file.read_text(encoding="utf-8")) for file in SOURCES)))
ALONE = ("tab", "field", "q")
OK = 200
ANSWERS = {OK, 302, 400, 403, 404}


def _asked(values):
    """A question with every parameter, each with the next of some values, round and round."""
    turn = cycle(values)
    return {one: next(turn) for one in ASKED}


def _break_pages(world, login, question, *, every_role):
    """Ask each page `question(number of the address)`, by the roles that see the most pages, or the first that may; nothing may fail."""
    done = set()
    for name in ("county_clerk", "auditor", "security_administrator"):
        client = login(world.actors[name])
        for number, address in enumerate([*addresses.plain(), *addresses.objects(world.a)]):
            if addresses.acts_only(address.page) or (address.url in done and not every_role):
                continue
            if addresses.may(world.actors[name], address.page):
                done.add(address.url)
            asked = question(number)
            every = "&".join(f"{one}={value}" for one, value in asked.items() if one not in ALONE)
            # An unknown tab or field is not found, so these are asked by themselves, of whom the page is there for.
            there = client.get(f"{address.url}?{every}").status_code
            assert there in ANSWERS, (name, address, every)
            alone = ALONE if every_role else ALONE[number % len(ALONE) :][:1]
            for one in alone if name == "county_clerk" and there == OK else ():
                assert client.get(f"{address.url}?{one}={asked[one]}").status_code in ANSWERS, (
                    name,
                    address,
                    asked[one],
                )


def test_no_question_breaks_a_page(world, login):
    _break_pages(world, login, lambda number: _asked([*BROKEN[number % len(BROKEN) :], *BROKEN]), every_role=False)


@pytest.mark.soak
@pytest.mark.parametrize("value", BROKEN)
def test_no_question_of_one_kind_breaks_a_page(world, login, value):
    _break_pages(world, login, lambda _number: _asked([value]), every_role=True)
