"""Uploads and downloads: only one's own, under harmless names, with harmless content, and never too large."""

import csv
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.exchange.models import Batch
from core.exchange.written import FORMULA_SIGNS, harmless
from core.jobs.models import Job
from core.org.actor import system_actor
from core.org.models import RoleProposal
from core.records.changes import change
from core.records.models import AccessLog, StoredFile
from tests.contracts import addresses
from tests.core.exchange.books import book
from tests.factories.people import make_actor, make_teacher
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db

EVIL = (
    '=HYPERLINK("http://evil","x")',
    "+1+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
)


def exported(client, actor, run_jobs, form="csv"):
    assert client.post(reverse("teachers"), {"export": form}).status_code == 302
    run_jobs()
    return Job.objects.filter(user=actor.user).latest("pk")


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def upload(client, unit, name, content):
    return client.post(
        reverse("import_new"), {"file": SimpleUploadedFile(name, content), "unit": str(unit.public_id), "day": ""}
    )


def test_an_export_is_for_who_asked_in_the_role_in_which_they_did(world, login, run_jobs):
    job = exported(login(world.a.clerk), world.a.clerk, run_jobs)
    url = reverse("job_file", args=[job.public_id])
    assert login(world.a.clerk).get(url).status_code == 200
    for actor in [*world.actors.values(), world.b.clerk]:
        if actor is not world.a.clerk:
            assert login(actor).get(url).status_code == 404, actor.role
            assert login(actor).get(reverse("job", args=[job.public_id])).status_code in (
                {200} if actor.role == "system_administrator" else {404, 403}
            )
    elsewhere = make_actor("county_clerk", world.b.unit, user=world.a.clerk.user)
    assert login(elsewhere).get(url).status_code == 404


def test_who_runs_the_system_sees_jobs_but_no_file(world, login, run_jobs):
    job = exported(login(world.a.clerk), world.a.clerk, run_jobs)
    client = login(world.actors["system_administrator"])
    page = client.get(reverse("job", args=[job.public_id]))
    assert page.status_code == 200
    assert reverse("job_file", args=[job.public_id]) not in page.content.decode()
    for address in addresses.objects(world.a):
        if address.label in {"personnel.Teacher", "exchange.Batch"}:
            assert client.get(address.url).status_code in {404, 403, 405}, address


def test_the_workbook_as_sent_is_handed_out_for_a_reason_and_written_down(world, login):
    batch = world.a.things["exchange.Batch"]
    url, client = reverse("batch_file", args=[batch.public_id]), login(world.a.clerk)
    assert not client.get(url).content.startswith(b"PK")
    assert client.post(url, {"reason": " "}).status_code == 422
    assert not AccessLog.objects.filter(what="exchange.Batch.file").exists()
    told = client.post(url, {"reason": "与来文核对"})
    assert told.content.startswith(b"PK")
    assert "no-store" in told.headers["Cache-Control"]
    written = AccessLog.objects.get(what="exchange.Batch.file")
    assert (written.actor, written.subject_id, written.reason) == (world.a.clerk.user, batch.pk, "与来文核对")
    log = login(world.actors["auditor"]).get(reverse("audit_access"))
    assert log.status_code == 200
    assert "与来文核对" in log.content.decode()


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_no_text_of_an_export_is_taken_for_a_formula(sign):
    assert harmless(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless("赵某") == "赵某"


def test_formulas_in_names_stay_text_in_exports(world, login, run_jobs):
    for number, name in enumerate(EVIL):
        make_teacher(name, world.a.school, pinyin=f"e {number}")
    client = login(world.a.clerk)
    content = body(client.get(reverse("job_file", args=[exported(client, world.a.clerk, run_jobs).public_id]))).decode(
        "utf-8-sig"
    )
    cells = [cell for line in csv.reader(io.StringIO(content)) for cell in line]
    assert not [cell for cell in cells if cell.startswith(FORMULA_SIGNS)]
    assert all(any(name in cell for cell in cells) for name in EVIL)
    made = body(client.get(reverse("job_file", args=[exported(client, world.a.clerk, run_jobs, "xlsx").public_id])))
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename=b.exe.xlsx',
        "../../etc/passwd.xlsx",
        "x\r\nSet-Cookie: a=b.xlsx",
        "<script>alert(1)</script>.xlsx",
        "长" * 200 + ".xlsx",
    ],
)
def test_a_file_name_does_no_harm(world, login, run_jobs, name):
    client = login(world.a.clerk)
    answer = upload(client, world.a.unit, name, book(花名册=[["姓名", "身份证号", "工作单位"]]))
    if answer.status_code == 422:
        return
    assert answer.status_code == 302
    run_jobs()
    batch = Batch.objects.latest("pk")
    assert not {"/", "\\", "\r", "\n"} & set(batch.file.name)
    told = client.post(reverse("batch_file", args=[batch.public_id]), {"reason": "核对"})
    assert told.status_code == 200
    assert "Set-Cookie" not in told.headers
    header = told.headers["Content-Disposition"]
    assert header.startswith("attachment; filename*=UTF-8''")
    assert not {'"', "\r", "\n", ";"} & set(header.partition("''")[2])
    for url in (answer.url, reverse("imports"), reverse("home"), reverse("jobs")):
        assert b"<script>alert" not in client.get(url).content


def bomb():
    """A small file that unpacks to more than 200 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        good = zipfile.ZipFile(io.BytesIO(book(花名册=[["姓名", "身份证号", "工作单位"]])))
        for name in good.namelist():
            file.writestr(name, good.read(name) + (b" " * (210 << 20) if name.endswith("sheet1.xml") else b""))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"PK\x03\x04 broken",
    ],
)
def test_what_is_no_workbook_is_refused_in_words(world, login, run_jobs, content):
    client, before = login(world.a.clerk), Batch.objects.filter(state=Batch.State.APPLIED).count()
    for answer in (
        upload(client, world.a.unit, "名册.xlsx", content),
        client.post(reverse("api_imports"), {"file": SimpleUploadedFile("名册.xlsx", content)}),
    ):
        assert answer.status_code in {202, 302, 400, 422}, answer.status_code
    run_jobs()
    assert set(Batch.objects.filter(file__name="名册.xlsx").values_list("state", flat=True)) <= {Batch.State.UNREADABLE}
    assert Batch.objects.filter(state=Batch.State.APPLIED).count() == before


def test_a_bomb_is_refused_by_page_and_program(world, login, run_jobs):
    client, content = login(world.a.clerk), bomb()
    assert len(content) < 1 << 20
    page = upload(client, world.a.unit, "炸.xlsx", content)
    program = client.post(reverse("api_imports"), {"file": SimpleUploadedFile("炸.xlsx", content)})
    assert (page.status_code, program.status_code) == (302, 202)
    run_jobs()
    assert set(Batch.objects.filter(file__name="炸.xlsx").values_list("state", flat=True)) == {Batch.State.UNREADABLE}


def test_a_file_beyond_the_limit_is_refused_before_it_is_kept(world, login, settings):
    settings.MAX_WORKBOOK_BYTES = 1000
    client, before = login(world.a.clerk), StoredFile.objects.count()
    page = upload(client, world.a.unit, "大.xlsx", b"PK" + b"0" * 2000)
    program = client.post(reverse("api_imports"), {"file": SimpleUploadedFile("大.xlsx", b"PK" + b"0" * 2000)})
    assert page.status_code == 422
    assert program.status_code in {400, 413}
    assert StoredFile.objects.count() == before


def test_nobody_uploads_for_a_unit_of_another_county(world, login):
    client, before = login(world.a.clerk), Batch.objects.count()
    page = upload(client, world.b.unit, "名册.xlsx", book(花名册=[["姓名"]]))
    file = SimpleUploadedFile("名册.xlsx", book(花名册=[["姓名"]]))
    program = client.post(reverse("api_imports"), {"file": file, "unit": str(world.b.unit.public_id)})
    assert page.status_code == 422
    assert program.status_code == 400
    assert Batch.objects.count() == before


def test_script_in_names_units_reasons_and_cells_is_shown_as_text(world, login, run_jobs):
    script = "<script>alert('1')</script>\"'><img src=x onerror=alert(2)>"
    clerk, county = world.a.clerk, world.a
    with change("org.change_unit", actor=clerk, reason=script, document=script):
        profile = county.school.profiles.get()
        profile.name = script
        profile.save()
        for label, thing in county.things.items():
            texts = [
                one
                for one in thing._meta.concrete_fields
                if one.get_internal_type() == "CharField" and not one.choices and one.editable
            ]
            free = [
                one
                for one in texts
                if one.max_length >= 60 and one.name not in {"username", "digest", "lock", "kind", "content_type"}
            ]
            if (
                hasattr(thing, "revision")
                and free
                and label
                not in {
                    "org.UnitProfile",
                    "parameters.ParameterVersion",
                    "org.RoleProposal",
                    "personnel.SeatMovement",
                    "publicity.Publicity",
                    "publicity.PublicityRow",
                }
            ):
                thing.refresh_from_db()
                for one in free:
                    setattr(thing, one.name, script[: one.max_length])
                thing.save()
    with change(
        "org.propose_role",
        actor=system_actor(TODAY),
        reason="a proposal stays as it was made; only the system alters one",
    ):
        RoleProposal.objects.filter(pk=county.things["org.RoleProposal"].pk).update(reason=script)
    upload(
        login(clerk),
        county.unit,
        f"{script}.xlsx".replace("/", ""),
        book(花名册=[["姓名", "身份证号", "工作单位", script], [script, script, script, script]]),
    )
    run_jobs()
    newest = Batch.objects.latest("pk").public_id
    for name in ("county_clerk", "security_administrator", "auditor", "system_administrator"):
        client, actor = login(world.actors[name]), world.actors[name]
        for one in [*addresses.plain(), *addresses.objects(county)]:
            if addresses.acts_only(one.page) or not addresses.may(actor, one.page):
                continue
            url = reverse("batch", args=[newest]) if one.page.name == "batch" else one.url
            asked = [*addresses.TABS.get(one.page.name, ()), *([f"q={script}"] if addresses.is_list(one.page) else [])]
            for tail in ("", *(f"?{query}" for query in asked)):
                said = body(client.get(url + tail)).decode(errors="replace")
                assert not [one for one in ("<script>alert", "<img src=x") if one in said], (name, url + tail)
