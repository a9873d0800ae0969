"""The whole file to take along: who gets what, in which form, and the trace that it leaves."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document

from core.records.changes import change
from core.records.models import AccessLog
from core.records.storage import store
from core.web.proof import KEY
from personnel.models import IdentityDocument, Photo
from personnel.portraits import shrunk
from personnel.selectors.versions import sections_for
from tests.ground.office import converted
from tests.personnel.files import ADDRESS, PHONE, ZHANG, make_file, set_contact
from tests.personnel.test_photo import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(own_file, teacher_actor, school_clerk):
    """A teacher with an identity document, a contact and a photo."""
    set_contact(own_file)
    with change("test", actor=school_clerk, reason="test"):
        paper = IdentityDocument(teacher=own_file)
        paper.number = ZHANG
        paper.save()
        Photo.objects.create(teacher=own_file, file=store("photo.jpg", picture(1200, 1500), key=own_file.key))
    return own_file


def ask(client, teacher, **data):
    return client.post(reverse("teacher_download", args=[teacher.public_id]), data)


def words(content):
    paper = Document(BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in paper.paragraphs), *cells]


def test_ones_own_file_has_ones_own_values_in_clear(login, own, teacher_actor):
    answer = ask(login(teacher_actor), own, form="json")

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    told = json.loads(answer.content)
    assert (told["format"], told["version"], told["protected"]) == ("shidang.teacher-file", 1, "clear")
    values = {
        row["values"].get("number", {}).get("clear")
        for part in told["sections"]
        if part["name"] == "identity"
        for row in part["rows"]
    }
    assert values == {ZHANG}
    assert PHONE in answer.content.decode()
    assert ADDRESS in answer.content.decode()


def test_it_has_every_section_in_the_names_of_the_api(login, own, teacher_actor):
    client = login(teacher_actor)
    told = json.loads(ask(client, own, form="json").content)
    by_program = client.get(f"/api/v1/teachers/{own.public_id}/sections/").json()

    def shape(sections):
        return [(part["name"], part["label"], part["fields"], [row["id"] for row in part["rows"]]) for part in sections]

    assert shape(told["sections"]) == shape(by_program)
    assert [part["name"] for part in told["sections"]] == [
        one.name for one in sections_for(teacher_actor, own.post_family)
    ]
    person = client.get(f"/api/v1/teachers/{own.public_id}/").json()
    assert told["teacher"] == {name: person[name] for name in told["teacher"]}


def test_the_word_file_has_the_photo_every_section_and_every_value(login, own, teacher_actor):
    content = ask(login(teacher_actor), own, form="word").content

    said = words(content)
    for section in sections_for(teacher_actor, own.post_family):
        assert any(str(section.label) in text for text in said), section.name
    assert {ZHANG, PHONE, ADDRESS, own.name} <= set(said)
    assert len(Document(BytesIO(content)).inline_shapes) == 1
    printed = converted({"file": content}, "pdf", ending="docx")
    assert printed["file"].startswith(b"%PDF")


def test_who_did_not_show_lately_who_they_are_is_asked_first(login, own, teacher_actor):
    client = login(teacher_actor)
    session = client.session
    session[KEY] = 0
    session.save()
    for ask_for in (client.get, client.post):
        answer = ask_for(reverse("teacher_download", args=[own.public_id]), {"form": "json"})
        assert answer.url.startswith(reverse("prove"))
    assert not AccessLog.objects.filter(what__startswith="downloaded").exists()


def test_who_keeps_the_file_gets_masks_and_says_why(login, own, school_clerk):
    client = login(school_clerk)
    assert ask(client, own, form="json").status_code == 422

    content = ask(client, own, form="json", reason="调档").content.decode()

    assert json.loads(content)["protected"] == "masked"
    for secret in (ZHANG, PHONE, ADDRESS):
        assert secret not in content
    assert ZHANG not in words(ask(client, own, form="word", reason="调档").content)


def test_each_download_is_a_look(login, own, teacher_actor, school_clerk):
    ask(login(teacher_actor), own, form="json")
    ask(login(teacher_actor), own, form="word")
    ask(login(school_clerk), own, form="json", reason="调档")

    rows = AccessLog.objects.filter(subject_id=own.pk, what__startswith="downloaded").order_by("pk")
    assert [(row.what, row.actor) for row in rows] == [
        ("downloaded_clear", teacher_actor.user), ("downloaded_clear", teacher_actor.user), ("downloaded", school_clerk.user),
    ]  # fmt: skip
    page = login(teacher_actor).get(reverse("teacher_looks", args=[own.public_id])).content.decode()
    assert "下载了整份档案" in page
    assert "调档" in page


def test_another_persons_file_is_not_there(login, own, teacher_actor, school_a, panel_member):
    other = make_file("王芳", school_a)
    assert ask(login(teacher_actor), other, form="json").status_code == 404
    assert ask(login(panel_member), own, form="json", reason="看看").status_code == 403


def test_a_photo_is_handed_out_small_and_one_that_is_none_not_at_all(login, own, teacher_actor):
    told = json.loads(ask(login(teacher_actor), own, form="json").content)
    assert 0 < len(told["photo"]["base64"]) < 400_000
    assert shrunk(b"", 640) == b""
    assert shrunk(b"no picture", 640) == b""


def test_an_export_of_the_list_is_a_look_at_each_in_it(login, school_clerk, own, school_a, school_b, run_jobs):
    here, elsewhere = make_file("王芳", school_a), make_file("赵六", school_b)
    login(school_clerk).post(reverse("teachers"), {"export": "csv"})
    run_jobs()
    looked = set(AccessLog.objects.filter(what="exported").values_list("subject_id", flat=True))
    assert looked == {own.pk, here.pk}
    assert elsewhere.pk not in looked
