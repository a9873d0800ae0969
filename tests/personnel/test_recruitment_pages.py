"""What strangers and offices do on the pages of a recruitment."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.records.errors import StaleRecord
from core.records.models import AccessLog, StoredFile
from personnel.models import Applicant
from tests.core.exchange.papers import PDF
from tests.personnel.recruiting import CONDITIONS, applies, number_of, recruitment_open

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _uncounted(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def opened(county_clerk, county_approver, school_a):
    return recruitment_open(county_clerk, school_a, wanted=2, conditions=CONDITIONS, approver=county_approver)


def declared(**more):
    said = {
        "post": "1", "name": "应聘者", "number": number_of(1), "phone": "13900000001", "education": "21", "major": "数学", "school": "师大",
        "graduated": "2026-06",
    }  # fmt: skip
    return {**said, **more}


def words(answer):
    return answer.content.decode()


def test_a_notice_says_posts_conditions_and_rules_and_no_draft_is_shown(
    opened, county_clerk, school_a, county_approver
):
    page = words(Client().get(reverse("public_recruitment", args=[opened.code])))
    for shown in (
        "2026年教师招聘",
        "青石县第一初级中学",
        "初中 数学",
        "学历不低于大学本科毕业",
        "笔试 50%，面试 50%",
        "笔试成绩高者优先",
    ):
        assert shown in page
    assert "2026年教师招聘" in words(Client().get(reverse("public_recruitments")))


def test_a_script_is_text_and_a_hostile_file_is_refused(opened, county_clerk, login):
    url = reverse("public_application", args=[opened.code])
    bad = Client().post(url, declared(file_1=SimpleUploadedFile("a.pdf", b"MZ not a pdf")))
    assert (bad.status_code, Applicant.objects.count(), StoredFile.objects.count()) == (422, 0, 0)

    sent = Client().post(url, declared(name=SCRIPT, school=SCRIPT, file_1=SimpleUploadedFile("证书.pdf", PDF)))

    assert sent.status_code == 200, sent.context["form"].errors
    one = Applicant.objects.select_related("case").get()
    client = login(county_clerk)
    for url in (reverse("case", args=[one.case.public_id]), reverse("applicants")):
        page = words(client.get(url))
        assert "&lt;script&gt;" in page
        assert SCRIPT not in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"number": "350726199501020000"}, "不是有效的居民身份证号码"),
        ({"phone": "12"}, "不是有效的电话号码"),
        ({"graduated": "去年"}, "请按 2026-06 的格式填写"),
        ({"post": "9"}, ""),
        ({"name": ""}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(opened, more, said):
    answer = Client().post(reverse("public_application", args=[opened.code]), declared(**more))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Applicant.objects.exists()


def test_a_second_application_against_the_notice_is_told(opened):
    applies(opened, 1)
    answer = Client().post(reverse("public_application", args=[opened.code]), declared())
    assert answer.status_code == 422
    assert "每人只能报考一个岗位" in words(answer)


def test_an_unknown_receipt_opens_nothing(opened):
    applies(opened, 1)
    answer = Client().post(reverse("public_applicant"), {"receipt": "0000-0000-0000-0000", "act": "withdraw"})
    assert "没有查到该编号的报名" in words(answer)
    assert Applicant.objects.get().stage == "applied"


def test_numbers_are_masked_and_shown_with_a_reason_that_is_written_down(
    opened, county_clerk, other_county_clerk, login
):
    one, _receipt = applies(opened, 1)
    client, url = login(county_clerk), reverse("applicant_reveal", args=[one.public_id])
    assert number_of(1) not in words(client.get(reverse("case", args=[one.case.public_id]))) + words(client.get(url))
    assert client.post(url, {"reason": ""}).status_code == 422
    shown = words(client.post(url, {"reason": "核对身份"})).replace(" ", "").replace("\u00a0", "").replace("\u2009", "")
    assert "13900000001" in shown
    assert AccessLog.objects.get(what="personnel.Applicant.number").reason == "核对身份"
    assert login(other_county_clerk).get(url).status_code == 404


@pytest.mark.parametrize("field", ["name", "school", "major"])
def test_what_no_reader_sees_is_no_answer(opened, field):
    answer = Client().post(reverse("public_application", args=[opened.code]), declared(**{field: "\u202e\u200b"}))
    assert (answer.status_code, list(answer.context["form"].errors), Applicant.objects.count()) == (422, [field], 0)


def test_a_name_is_measured_as_it_is_kept(opened):
    """One sign that is kept as eighteen: sixty of them would fit the form and no file."""
    answer = Client().post(reverse("public_application", args=[opened.code]), declared(name="\ufdfa" * 60))
    assert (answer.status_code, Applicant.objects.count()) == (422, 0)


def test_scores_that_are_not_waited_for_are_refused_in_words(opened, county_clerk, login):
    answer = login(county_clerk).post(reverse("recruitment_scores", args=[opened.public_id]), {"scores": "1 9"})
    assert answer.status_code == 422
    assert "现在不录入此类成绩" in words(answer)


def test_scores_that_somebody_else_overtook_are_refused_in_words(opened, county_clerk, login, monkeypatch):
    def overtaken(**_said):
        raise StaleRecord

    monkeypatch.setattr("personnel.services.recruitment.examining.enter_written", overtaken)
    answer = login(county_clerk).post(reverse("recruitment_scores", args=[opened.public_id]), {"scores": "1 9"})
    assert answer.status_code == 409
    assert "请先看现在的内容" in words(answer)
