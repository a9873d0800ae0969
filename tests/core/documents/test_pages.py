"""The pages of papers: issue with a preview, the list, the file, withdraw, replace, templates, many at once."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.documents.models import IssuedDocument, PaperTemplate
from core.documents.reading import blocks_of
from core.jobs.models import Job
from core.records.models import AccessLog
from tests.core.documents.attacks import GOOD, document
from tests.personnel.files import ZHANG, make_file, set_status

pytestmark = pytest.mark.django_db


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def new_url(teacher, kind="in_post"):
    return reverse("teacher_paper_new", args=[teacher.public_id, kind])


def test_a_paper_is_looked_at_first_and_then_issued(login, school_clerk, zhang):
    client = login(school_clerk)
    given = {"purpose": "办理公积金贷款", "reason": "本人申请"}

    shown = client.post(new_url(zhang), {**given, "preview": "1"}).content.decode()
    assert "兹证明张三丰" in shown
    assert ZHANG not in shown
    assert not IssuedDocument.objects.exists()
    answer = client.post(new_url(zhang), given)

    paper = IssuedDocument.objects.get()
    assert answer["Location"].endswith(f"?paper={paper.public_id}")
    page = client.get(answer["Location"]).content.decode()
    assert "兹证明张三丰" in page
    assert paper.number in client.get(reverse("teacher_papers", args=[zhang.public_id])).content.decode()
    assert (
        reverse("teacher_papers", args=[zhang.public_id])
        in client.get(reverse("teacher", args=[zhang.public_id])).content.decode()
    )


def test_what_is_missing_in_the_form_is_asked_again(login, school_clerk, zhang):
    answer = login(school_clerk).post(new_url(zhang), {"purpose": "", "reason": ""})

    assert answer.status_code == 422
    assert not IssuedDocument.objects.exists()


def test_the_list_finds_papers_and_gives_their_files(login, school_clerk, zhang, issued):
    paper = issued(zhang, school_clerk)
    client = login(school_clerk)

    assert paper.number in client.get(reverse("papers"), {"q": "张三"}).content.decode()
    assert paper.number not in client.get(reverse("papers"), {"q": "李四"}).content.decode()
    assert paper.number not in client.get(reverse("papers"), {"state": "withdrawn"}).content.decode()
    shown = client.get(reverse("paper", args=[paper.public_id])).content.decode()
    assert paper.digest in shown
    file = client.get(reverse("paper_file", args=[paper.public_id]))
    assert body(file)[:2] == b"PK"
    assert file["Content-Disposition"].startswith("attachment")


def test_another_county_finds_no_paper(login, other_county_clerk, school_clerk, zhang, issued):
    paper, client = issued(zhang, school_clerk), login(other_county_clerk)

    assert paper.number not in client.get(reverse("papers")).content.decode()
    for name in ("paper", "paper_file", "paper_withdraw", "paper_replace"):
        assert client.get(reverse(name, args=[paper.public_id])).status_code == 404
    assert client.get(new_url(zhang)).status_code == 404
    assert client.post(new_url(zhang), {"purpose": "x", "reason": "y"}).status_code == 404
    for name in ("teacher_papers", "teacher_paper", "teacher_paper_file"):
        assert client.get(reverse(name, args=[zhang.public_id]), {"paper": paper.public_id}).status_code == 404


def test_a_paper_of_one_person_is_not_found_at_another(login, school_clerk, school_a, zhang, issued):
    paper, other = issued(zhang, school_clerk), make_file("李四", school_a)

    assert (
        login(school_clerk)
        .get(reverse("teacher_paper", args=[other.public_id]), {"paper": paper.public_id})
        .status_code
        == 404
    )


def test_a_teacher_reads_and_takes_their_own_papers_and_issues_none(
    login, teacher_actor, county_clerk, own_file, zhang, issued
):
    paper, client = issued(own_file, county_clerk, clear=True), login(teacher_actor)

    assert paper.number in client.get(reverse("teacher_papers", args=[own_file.public_id])).content.decode()
    file = client.get(reverse("teacher_paper_file", args=[own_file.public_id]), {"paper": paper.public_id})
    assert body(file)[:2] == b"PK"
    assert client.get(new_url(own_file)).status_code == 403
    assert client.get(reverse("papers")).status_code == 403
    assert client.get(reverse("teacher_papers", args=[zhang.public_id])).status_code == 404


def test_reading_a_paper_in_clear_is_written_down_and_needs_the_right(
    login, school_clerk, city_clerk, zhang, issued, monkeypatch
):
    paper = issued(zhang, school_clerk, clear=True)
    login(city_clerk).get(reverse("paper", args=[paper.public_id]))
    assert AccessLog.objects.filter(what="paper_clear", subject_id=zhang.pk, actor=city_clerk.user).exists()

    monkeypatch.setattr(
        "core.org.actor.Actor.may", lambda actor, wanted: wanted != "personnel.reveal" and wanted in actor.permissions
    )
    client = login(city_clerk)
    page = client.get(reverse("paper", args=[paper.public_id])).content.decode()
    assert "您的角色不能查看" in page
    assert ZHANG not in page
    assert client.get(reverse("paper_file", args=[paper.public_id])).status_code == 302


def test_a_paper_is_withdrawn_and_replaced_on_its_page(login, school_clerk, zhang, issued):
    client, first, second = login(school_clerk), issued(zhang, school_clerk), issued(zhang, school_clerk)

    client.post(reverse("paper_withdraw", args=[first.public_id]), {"reason": "开错"})
    client.post(reverse("paper_replace", args=[second.public_id]), {"purpose": "出国", "reason": "用途有误"})

    states = dict(IssuedDocument.objects.values_list("serial", "state"))
    assert states == {1: "withdrawn", 2: "replaced", 3: "valid"}
    page = client.get(reverse("paper", args=[second.public_id])).content.decode()
    assert IssuedDocument.objects.get(serial=3).number in page
    assert client.get(reverse("paper_withdraw", args=[first.public_id])).status_code == 404


def test_a_template_is_uploaded_shown_and_given_up(login, county_clerk, school_clerk):
    client, url = login(county_clerk), reverse("paper_template_set", args=["in_post"])

    def sent(content):
        return client.post(url, {"file": SimpleUploadedFile("证明.docx", content), "reason": "本县格式"})

    bad = sent(document(GOOD, "{{ person.name.upper() }}"))
    assert bad.status_code == 422
    assert "第2段" in bad.content.decode()
    assert not PaperTemplate.objects.exists()
    assert sent(document("本县证明", GOOD)).status_code == 302
    shown = client.get(reverse("paper_template", args=["in_post"])).content.decode()
    assert "本县证明" in shown
    assert "青石县教育局" in shown
    assert "青石县教育局" in client.get(reverse("paper_templates")).content.decode()
    assert b"PK" in body(client.get(reverse("paper_template_file", args=["in_post"])))[:2]
    client.post(reverse("paper_template_reset", args=["in_post"]), {"reason": "恢复"})
    assert not PaperTemplate.objects.exists()
    assert login(school_clerk).get(url).status_code == 403


def test_a_prefix_is_set_on_its_page(login, county_clerk, zhang, issued):
    url = reverse("paper_prefix", args=["in_post"])
    client = login(county_clerk)

    assert client.post(url, {"begins": "青教〔x", "on": "2026-11-22", "reason": "代字"}).status_code == 422
    client.post(url, {"begins": "青教人证", "on": "2026-11-22", "reason": "代字", "document": ""})

    assert issued(zhang, county_clerk).number == "青教人证〔2026〕1号"


def test_many_papers_come_in_one_file(login, school_clerk, school_a, run_jobs, zhang, teacher_b):
    others = [make_file(name, school_a) for name in ("李四", "王五")]
    set_status(others[1], "retired")
    client = login(school_clerk)
    ticked = [str(one.public_id) for one in (zhang, *others, teacher_b)]

    chosen = client.post(reverse("teachers"), {"papers": "in_post", "selected": ticked})
    assert "共3人" in client.get(chosen["Location"]).content.decode()
    answer = client.post(chosen["Location"], {"purpose": "体检", "reason": "统一办理"})
    run_jobs()

    job = Job.objects.get(kind="documents.issue_many")
    assert (job.state, job.result["papers"], job.result["refused"]) == ("done", 2, 1)
    url = reverse("papers_file", args=[job.public_id])
    assert url in client.get(answer["Location"]).content.decode()
    with zipfile.ZipFile(io.BytesIO(body(client.get(url)))) as package:
        names = sorted(package.namelist())
        assert "王五" in package.read("not-issued.txt").decode()
        papers = [package.read(name) for name in names if name.endswith(".docx")]
    assert len(papers) == 2
    assert all("本证明用于：体检。" in [getattr(one, "text", "") for one in blocks_of(paper)] for paper in papers)
    assert sorted(IssuedDocument.objects.values_list("holder", "serial")) == [("张三丰", 1), ("李四", 2)]
    assert IssuedDocument.objects.first().history.get().change.source == f"job:{job.pk}"


def test_a_job_that_is_started_again_issues_nothing_twice(login, school_clerk, zhang, run_jobs, issued):
    client = login(school_clerk)
    client.post(reverse("teachers"), {"papers": "in_post", "selected": [str(zhang.public_id)]})
    client.post(reverse("papers_many", args=["in_post"]), {"purpose": "体检", "reason": "统一办理"})
    job = Job.objects.get(kind="documents.issue_many")
    issued(zhang, school_clerk, job=job)

    run_jobs()

    assert (IssuedDocument.objects.count(), Job.objects.get(pk=job.pk).result["papers"]) == (1, 1)


def test_the_zip_is_for_who_asked_for_it(login, school_clerk, county_clerk, zhang, run_jobs):
    client = login(school_clerk)
    client.post(reverse("teachers"), {"papers": "in_post", "selected": [str(zhang.public_id)]})
    client.post(reverse("papers_many", args=["in_post"]), {"purpose": "体检", "reason": "统一办理"})
    run_jobs()

    url = reverse("papers_file", args=[Job.objects.get(kind="documents.issue_many").public_id])
    assert (client.get(url).status_code, login(county_clerk).get(url).status_code) == (200, 404)


def test_nobody_ticked_is_said(login, school_clerk):
    answer = login(school_clerk).post(
        reverse("papers_many", args=["in_post"]), {"purpose": "体检", "reason": "统一办理"}
    )

    assert answer.status_code == 422
    assert "没有选择人员" in answer.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_papers(
    login, school_clerk, zhang, issued, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counted = login(school_clerk), {}
    for wanted in (1, 3):
        while IssuedDocument.objects.count() < wanted:
            issued(zhang, school_clerk)
        for url in (reverse("papers"), reverse("teacher_papers", args=[zhang.public_id])):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counted.setdefault(url, []).append(len(queries))
    assert all(first == last for first, last in counted.values()), counted
