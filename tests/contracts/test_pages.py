"""Every page of the product, against everybody who might ask for it."""

import random

import pytest
from django.test import Client
from django.urls import reverse

from core.web.pages import ANYONE, SIGNED_IN
from tests.contracts import addresses
from tests.contracts.scenario import NOWHERE
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def ask(client, address, **headers):
    method = client.post if addresses.acts_only(address.page) else client.get
    return method(address.url, headers=headers)


def test_nobody_reads_a_page_before_logging_in(world, drawn):
    for address in drawn([*addresses.plain(), *addresses.objects(world.a)]):
        if address.page.permission == ANYONE:
            continue
        client = Client()
        answer = ask(client, address)
        assert answer.status_code == 302, address
        assert answer.url.startswith("/accounts/login/"), address
        part = ask(client, address, HX_Request="true")
        assert part.content == b"", address
        assert part.headers["HX-Redirect"].startswith("/accounts/login/"), address


def test_a_role_without_the_permission_is_refused(world, login):
    refused = 0
    for actor in world.actors.values():
        client = login(actor)
        for address in addresses.plain():
            if not addresses.may(actor, address.page):
                refused += 1
                assert ask(client, address).status_code == 403, (actor.role, address)
    assert refused > 100


@pytest.mark.parametrize("number", [1, pytest.param(7, marks=pytest.mark.soak)])
def test_what_is_another_countys_answers_like_what_does_not_exist(world, login, number):
    """Each address is asked by so many of those who see something of county A, drawn by lot."""
    others = [world.actors[name] for name in ("teacher", "panel_member", "county_auditor")]
    strangers = [(actor, login(actor)) for actor in (*world.clerks_of_a(), *others)]
    missing = {actor.user.pk: client.get(f"/teachers/{NOWHERE}/").content for actor, client in strangers}
    for address in addresses.objects(world.b):
        for actor, client in random.sample(strangers, number):
            nothing = (404, missing[actor.user.pk])
            answer = ask(client, address)
            assert (answer.status_code, answer.content) == nothing, (actor.role, address, answer.status_code)
            if hasattr(address.page, "post"):
                real = client.post(address.url)
                assert (real.status_code, real.content) == nothing, (actor.role, address, real.status_code)


def test_what_is_of_another_sort_is_not_found(world, login):
    asked = addresses.strangers(world.a)
    assert len(asked) > 100
    for actor in (world.a.clerk, world.actors["city_clerk"]):
        client = login(actor)
        for address in asked:
            if addresses.may(actor, address.page):
                assert ask(client, address).status_code == 404, (actor.role, address)


def test_every_page_about_an_object_opens_for_somebody(world, login):
    """So that the other tests of objects prove something: with the same objects of one's own, each page answers."""
    opened = set()
    clients = {name: login(actor) for name, actor in world.actors.items()}
    for address in addresses.objects(world.a):
        for name, client in clients.items():
            if addresses.acts_only(address.page) or not addresses.may(world.actors[name], address.page):
                continue
            if address.page.name not in opened and ask(client, address).status_code == 200:
                opened.add(address.page.name)
    silent = {
        page.name for page in addresses.pages() if addresses.about_one(page) and not addresses.acts_only(page)
    } - opened
    # An export exists only once it was made: tests/contracts/test_files.py. A reveal wants a field: test_markers.py. A paper is named
    # behind the question mark: tests/core/documents/test_pages.py.
    # A former unit wants a past: tests/personnel/test_former.py. Only who leads on probation has a verdict ahead: test_cadre_pages.py.
    assert silent <= {
        "job_file",
        "papers_file",
        "teacher_reveal",
        "correction_reveal",
        "teacher_paper",
        "teacher_paper_file",
        "former_file",
        "headship_probation",
    }


def test_nothing_is_posted_without_the_token_of_the_form(world, login, drawn):
    for name in ("county_clerk", "security_administrator"):
        client = Client(enforce_csrf_checks=True)
        client.cookies = login(world.actors[name]).cookies
        for address in drawn([*addresses.plain(), *addresses.objects(world.a)]):
            if address.page.name == "verify":  # writes nothing, and strangers have no token
                continue
            answer = client.post(address.url, {"next": "/"})
            assert answer.status_code == 403, (name, address, answer.status_code)


def test_pages_that_only_show_refuse_post(world, login, asks):
    tried = 0
    for actor in world.actors.values():
        client = login(actor)
        for address in [*addresses.plain(), *addresses.objects(world.a)]:
            if not hasattr(address.page, "post") and asks(actor, address.page):
                tried += 1
                assert client.post(address.url).status_code in {404, 405}, (actor.role, address)
    assert tried > 50


def test_pages_that_act_have_no_get(world, login, drawn):
    for actor in world.actors.values():
        client = login(actor)
        for address in drawn([*addresses.plain(), *addresses.objects(world.a)]):
            if addresses.acts_only(address.page):
                assert client.get(address.url).status_code in {403, 404, 405}, (actor.role, address)


def test_somebody_without_a_role_opens_nothing(world, drawn):
    from_nowhere = make_user("无", username="without")
    client = Client()
    client.force_login(from_nowhere, backend="django.contrib.auth.backends.ModelBackend")
    for address in drawn([*addresses.plain(), *addresses.objects(world.a)]):
        if address.page.permission in {ANYONE, SIGNED_IN}:
            continue
        assert ask(client, address).status_code in {403, 404}, address
    assert client.get(reverse("home")).status_code == 200
