"""The page on which anybody asks whether a paper is genuine: what is told, what is not, and how often one may ask."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.documents import services
from core.documents.rules import written_code
from core.documents.selectors import file_of
from core.org.models import User
from core.records.models import AccessLog, StoredFile
from tests.personnel.files import ADDRESS, PHONE, ZHANG, set_contact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uncounted(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def anybody():
    return Client(enforce_csrf_checks=True)


def asked(client, code):
    return client.get(reverse("verify"), {"code": code})


def said(answer):
    return answer.content.decode()


def test_a_valid_paper_says_what_is_public_and_no_more(anybody, school_clerk, zhang, issued):
    set_contact(zhang)
    document = issued(zhang, school_clerk, kind="register", details={}, clear=True)

    page = said(asked(anybody, written_code(document.code)))

    for words in ("该文书真实、有效", "教师基本情况登记表", document.number, "青石县第一初级中学", "2026-11-22", "张*"):
        assert words in page
    for secret in ("张三丰", ZHANG, ZHANG[-4:], PHONE, ADDRESS, document.digest, str(document.public_id)):
        assert secret not in page


def test_withdrawn_and_replaced_papers_say_so(anybody, school_clerk, zhang, issued):
    first, second = issued(zhang, school_clerk), issued(zhang, school_clerk)
    services.withdraw(first, actor=school_clerk, reason="内情不外传")
    services.replace(second, actor=school_clerk, reason="内情不外传", details={"purpose": "甲"})

    assert "该文书已撤回" in said(asked(anybody, first.code))
    assert "该文书已更换为新文书" in said(asked(anybody, second.code))
    assert "内情不外传" not in said(asked(anybody, first.code)) + said(asked(anybody, second.code))


def test_codes_are_taken_as_they_are_typed(anybody, school_clerk, zhang, issued):
    code = written_code(issued(zhang, school_clerk).code)

    for typed in (code.lower(), code.replace("-", " "), code.replace("0", "O").replace("1", "l")):
        assert "该文书真实、有效" in said(asked(anybody, typed))


@pytest.mark.parametrize("code", ["0000-0000-0000-0000", "x", "' OR 1=1 --", "张三丰", "%", "A" * 5000, "\x00"])
def test_an_unknown_code_is_answered_alike(anybody, school_clerk, zhang, issued, code):
    issued(zhang, school_clerk)

    answer = asked(anybody, code)

    assert (answer.status_code, "本系统没有开具过该文书" in said(answer)) == (200, True)
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_number_of_queries_tells_nothing(anybody, school_clerk, zhang, issued, django_assert_num_queries):
    issued(zhang, school_clerk)
    with django_assert_num_queries(1):
        services_answer = asked(anybody, "0000-0000-0000-0000")
    assert services_answer.status_code == 200


def test_a_dropped_file_is_compared_and_not_kept(anybody, school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)
    content, before = file_of(document), StoredFile.objects.count()

    def sent(content, code):
        return said(anybody.post(reverse("verify"), {"code": code, "file": SimpleUploadedFile("x.docx", content)}))

    assert "与开具的原件完全一致" in sent(content, document.code)
    assert "与开具的原件不一致" in sent(content + b" ", document.code)
    assert "与开具的原件完全一致" in sent(content, "")
    assert "本系统没有开具过该文书" in sent(content + b" ", "")
    assert "本系统没有开具过该文书" in sent(content, "0000-0000-0000-0000")
    assert StoredFile.objects.count() == before


def test_a_file_beyond_the_limit_is_not_read_to_its_end(anybody, school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)
    large = SimpleUploadedFile("x.docx", b"x" * (21 << 20))

    answer = anybody.post(reverse("verify"), {"code": document.code, "file": large})

    assert answer.status_code == 200
    assert "完全一致" not in said(answer)


def test_strangers_still_upload_nothing_elsewhere(anybody):
    answer = anybody.post(reverse("import_new"), {"file": SimpleUploadedFile("x.xlsx", b"PK")})

    assert answer.status_code == 403


def test_nothing_typed_asks_for_something(anybody):
    assert "请输入验证码" in said(anybody.post(reverse("verify"), {"code": " "}))
    assert anybody.get(reverse("verify")).status_code == 200


def test_who_asks_too_often_waits(anybody, school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)

    codes = [asked(anybody, f"{number:016}").status_code for number in range(30)]
    held = asked(anybody, document.code)

    assert set(codes) == {200}
    assert (held.status_code, "查询过于频繁" in said(held), "有效" in said(held)) == (429, True, False)
    assert int(held.headers["Retry-After"]) > 0
    program = anybody.get(reverse("api_verify", args=[document.code]))
    assert program.status_code == 429, "page and program are counted together"


def test_a_program_is_told_the_same(anybody, school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)

    known = anybody.get(reverse("api_verify", args=[document.code]), {"sha256": document.digest}).json()
    unknown = anybody.get(reverse("api_verify", args=["0" * 16]))

    assert (known["found"], known["state"], known["same_file"]) == (True, "valid", True)
    assert {one["name"]: one["value"] for one in known["said"]}["name"] == "张*"
    assert (unknown.status_code, unknown.json()) == (
        200,
        {"found": False, "state": None, "said": [], "same_file": None},
    )


def test_the_address_on_the_paper_leads_to_the_answer(anybody, settings, school_clerk, zhang, issued):
    settings.PUBLIC_URL = "https://dangan.example.gov.cn"
    from core.documents.selectors import values_in

    document = issued(zhang, school_clerk)

    assert values_in(document)["verify"]["address"] == "https://dangan.example.gov.cn/verify/"


def test_each_check_is_a_look_that_the_person_of_the_paper_reads(anybody, school_clerk, zhang, issued, login):
    document = issued(zhang, school_clerk)

    asked(anybody, document.code)
    asked(anybody, document.code)
    asked(anybody, "0000-0000-0000-0000")

    look = AccessLog.objects.get(what="verified")
    assert (look.subject_id, look.actor, look.role, look.unit) == (zhang.pk, User.objects.system(), "", document.unit)
    assert document.number in look.reason
    page = said(login(school_clerk).get(reverse("teacher_looks", args=[zhang.public_id])))
    assert "持有文书的人" in page
    assert "核验了文书" in page


def test_nothing_of_who_verified_is_kept(anybody, school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)
    anybody.get(reverse("verify"), {"code": document.code}, REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Nachbar/1.0")
    look = AccessLog.objects.get(what="verified")
    assert not any(part in str(vars(look)) for part in ("203.0.113", "Nachbar"))


def test_a_file_that_is_dropped_is_a_look_as_well(anybody, school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)
    sent = SimpleUploadedFile("paper.docx", file_of(document))
    anybody.post(reverse("verify"), {"file": sent})
    assert AccessLog.objects.filter(what="verified", subject_id=zhang.pk).count() == 1
