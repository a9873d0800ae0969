"""A teacher sees and does exactly their own: over every page and endpoint of the registry, those that are added later too."""

from __future__ import annotations

import pytest
from django.test import Client

from core.web.pages import ANYONE, SIGNED_IN
from tests.contracts import addresses

pytestmark = pytest.mark.django_db

# What there is for a person about their own things, and nothing else.
OWN_PAGES = {
    "case", "case_step", "change", "change_evidence", "correction_add", "correction_ask", "correction_paper_file", "corrections",
    "teacher", "teacher_account", "teacher_compare", "teacher_download", "teacher_history", "teacher_looks", "teacher_papers",
    "teacher_dossier", "teacher_photo", "slip_void",
}  # fmt: skip


def get(client, address):
    return client.post(address.url) if addresses.acts_only(address.page) else client.get(address.url)


def open_to(client, things):
    return {address.page.name for address in things if get(client, address).status_code not in {403, 404}}


def test_of_what_is_a_colleagues_or_the_schools_nothing_opens(world, login, drawn):
    """The teacher works at the very school whose things these are."""
    client = login(world.actors["teacher"])
    tried = 0
    for address in drawn(addresses.objects(world.a)):
        for answer in (get(client, address), client.post(address.url)):
            tried += 1
            assert answer.status_code in {403, 404, 405}, (address, answer.status_code)
    assert tried > 100


def test_of_ones_own_the_pages_for_it_open_and_no_other(world, login, drawn):
    opened = open_to(login(world.actors["holder"]), drawn(addresses.objects(world.a)))
    assert opened <= OWN_PAGES, opened - OWN_PAGES
    assert {
        "teacher",
        "teacher_history",
        "teacher_looks",
        "teacher_account",
        "teacher_download",
        "corrections",
    } <= opened


def test_nothing_of_a_colleague_is_in_any_page_or_answer(world, login):
    """All that a teacher may open without an object, by page and by program, read whole."""
    colleague = world.a.teacher
    marks = [
        str(colleague.public_id),
        *world.a.secrets,
        *(str(one.public_id) for one in world.a.things.values() if one != world.a.school),
    ]
    client, read = login(world.actors["teacher"]), 0
    urls = [one.url for one in addresses.plain() if not addresses.acts_only(one.page)]
    urls += [one.url for one in addresses.api(world.a) if "get" in one.actions]
    for url in urls:
        answer = client.get(url, follow=True)
        if answer.status_code == 200:
            read += 1
            content = answer.content.decode(errors="replace")
            assert not [mark for mark in marks if mark in content], url
    assert read > 10


def test_a_program_of_a_teacher_reads_and_writes_their_own_only(world, login):
    client, refused = login(world.actors["teacher"]), 0
    for one in addresses.api(world.a):
        if not one.label:
            continue
        for method in [*one.actions]:
            answer = getattr(client, method)(one.url, data={}, content_type="application/json")
            refused += 1
            assert answer.status_code in {403, 404}, (one, method, answer.status_code)
    assert refused > 40


def test_what_is_open_to_a_teacher_without_an_object_is_known(world, login):
    client = login(world.actors["teacher"])
    opened = {
        address.page.name
        for address in addresses.plain()
        if not addresses.acts_only(address.page)
        and address.page.permission not in {ANYONE, SIGNED_IN}
        and client.get(address.url).status_code == 200
    }
    assert opened <= {
        "cases",
        "inbox",
        "codes",
        "code_list",
        "own_changes",
        "stand_ins",
        "workflows",
        "workflow_page",
    }, opened


def test_without_a_login_only_these_pages_are_there(world):
    opened = {
        address.page.name
        for address in addresses.plain()
        if not addresses.acts_only(address.page) and Client().get(address.url).status_code == 200
    }
    assert opened == {
        "verify", "activate", "passkey_login",
        "public_notices", "public_notice", "public_objection", "public_receipt",
        "public_recruitments", "public_recruitment", "public_application", "public_applicant",
    }  # fmt: skip
