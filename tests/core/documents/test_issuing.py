"""Papers are issued, numbered without gaps, withdrawn and replaced; what was printed stays."""

import hashlib
import threading
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from core.documents import services
from core.documents.kinds import PUBLIC, DocumentKind, all_kinds
from core.documents.models import IssuedDocument
from core.documents.reading import blocks_of
from core.documents.rules import Numbering, read_code, written_code
from core.documents.selectors import file_of, values_in
from core.org.errors import NotAllowed
from core.records.errors import NoChange
from core.records.models import AccessLog, Change
from core.records.storage import path_of
from core.records.vault import ErasedValue
from core.registry import registry
from personnel.models import Teacher
from tests.personnel.files import ZHANG, make_file


def text_of(content):
    return "\n".join(getattr(block, "text", "") for block in blocks_of(content))


@pytest.mark.django_db
def test_a_paper_is_stored_with_what_was_printed(school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)

    content = file_of(document)
    assert document.number == "青石县第一初级中学〔2026〕1号"
    assert document.digest == hashlib.sha256(content).hexdigest()
    said = text_of(content)
    for words in (
        "兹证明张三丰",
        document.number,
        "本证明用于：办理公积金贷款。",
        "2026年11月22日",
        "青石县第一初级中学（盖章）",
    ):
        assert words in said
    assert written_code(document.code) in "".join(
        cell.text for block in blocks_of(content) if hasattr(block, "rows") for row in block.rows for cell in row
    )
    values = values_in(document)
    assert (values["person"]["name"], values["purpose"]) == ("张三丰", "办理公积金贷款")
    change = document.history.get().change
    assert (change.kind, change.reason, change.document) == ("documents.issue", "本人申请", document.number)


@pytest.mark.django_db
def test_the_same_change_leaves_a_look_at_the_file(school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)

    look = AccessLog.objects.get(subject_id=zhang.pk, what="paper")
    assert (look.actor, document.number in look.reason) == (school_clerk.user, True)


@pytest.mark.django_db
def test_protected_values_are_masked_unless_asked_for_in_clear(school_clerk, zhang, issued):
    masked, clear = issued(zhang, school_clerk), issued(zhang, school_clerk, clear=True)

    assert ZHANG not in text_of(file_of(masked))
    assert f"**************{ZHANG[-4:]}" in text_of(file_of(masked))
    assert ZHANG in text_of(file_of(clear))
    assert ZHANG.encode() not in bytes(clear.content)
    assert ZHANG.encode() not in path_of(clear.file).read_bytes()
    assert AccessLog.objects.filter(subject_id=zhang.pk, what="paper_clear").count() == 1


@pytest.mark.django_db
def test_who_may_not_reveal_gets_no_paper_in_clear(school_clerk, panel_member, zhang, issued, monkeypatch):
    monkeypatch.setitem(school_clerk.__dict__, "permissions", school_clerk.permissions - {"personnel.reveal"})

    with pytest.raises(NotAllowed):
        issued(zhang, school_clerk, clear=True)
    assert not IssuedDocument.objects.exists()


@pytest.mark.django_db
def test_nobody_issues_about_people_of_another_county(other_county_clerk, county_clerk, zhang):
    kind = all_kinds()["in_post"]
    subject = kind.subjects(county_clerk).get(pk=zhang.pk)

    with pytest.raises(NotAllowed):
        services.issue(kind, subject, actor=other_county_clerk, reason="无权")
    assert not IssuedDocument.objects.exists()


@pytest.mark.django_db
def test_a_role_without_the_right_issues_nothing(teacher_actor, county_clerk, own_file):
    subject = all_kinds()["in_post"].subjects(county_clerk).get(pk=own_file.pk)

    with pytest.raises(NotAllowed):
        services.issue(all_kinds()["in_post"], subject, actor=teacher_actor, reason="自己开")


@pytest.mark.django_db
def test_numbers_count_for_each_unit_and_year(school_clerk, county_clerk, zhang, issued):
    first, second, bureau = issued(zhang, school_clerk), issued(zhang, school_clerk), issued(zhang, county_clerk)
    following = type(school_clerk)(
        school_clerk.user, school_clerk.role, school_clerk.unit, date(2027, 1, 4), school_clerk.assignment
    )

    assert [first.serial, second.serial, bureau.serial] == [1, 2, 1]
    assert issued(zhang, following).number == "青石县第一初级中学〔2027〕1号"


@pytest.mark.django_db
def test_a_prefix_holds_from_its_day_and_belongs_to_one_unit(county_clerk, city_clerk, zhang, issued):
    kind = all_kinds()["in_post"]
    services.set_prefix(kind, "青教人证", actor=county_clerk, on=county_clerk.on, reason="发文代字")

    assert issued(zhang, county_clerk).number == "青教人证〔2026〕1号"
    with pytest.raises(NotAllowed):
        services.set_prefix(kind, "青教人证", actor=city_clerk, on=city_clerk.on, reason="同样的代字")
    following = services.set_prefix(kind, "青教证", actor=county_clerk, on=date(2027, 1, 1), reason="新年起")
    assert (following.prefix, issued(zhang, county_clerk).number) == ("青教证", "青教人证〔2026〕2号")


@pytest.mark.django_db
def test_a_failed_issue_leaves_no_gap(school_clerk, zhang, issued, monkeypatch):
    issued(zhang, school_clerk)
    with monkeypatch.context() as broken:
        broken.setattr(services, "seal_bytes", lambda *_given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            issued(zhang, school_clerk)

    assert issued(zhang, school_clerk).serial == 2


def test_many_at_once_get_numbers_without_gap_or_double(committed_db, school_clerk, zhang, issued):
    faults = []

    def work():
        try:
            for _number in range(3):
                issued(zhang, school_clerk)
        except Exception as error:  # noqa: BLE001 - told below
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    assert sorted(IssuedDocument.objects.values_list("serial", flat=True)) == list(range(1, 16))
    assert len(set(IssuedDocument.objects.values_list("code", flat=True))) == 15


@pytest.mark.django_db
def test_a_withdrawn_paper_stays_and_is_withdrawn_once(school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)

    services.withdraw(document, actor=school_clerk, reason="开错单位")

    document.refresh_from_db()
    assert (document.state, str(document.state_on)) == ("withdrawn", "2026-11-22")
    assert document.history.first().change.reason == "开错单位"
    for verb in (services.withdraw, services.replace):
        with pytest.raises(NotAllowed):
            verb(document, actor=school_clerk, reason="再一次")
    assert IssuedDocument.objects.count() == 1


@pytest.mark.django_db
def test_a_replaced_paper_names_the_new_one_in_one_change(school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)

    following = services.replace(document, actor=school_clerk, reason="用途有误", details={"purpose": "出国"})

    document.refresh_from_db()
    assert (document.state, following.replaces, following.serial) == ("replaced", document, 2)
    assert "本证明用于：出国。" in text_of(file_of(following))
    assert following.history.get().change == document.history.first().change
    assert Change.objects.filter(kind="documents.replace").count() == 1


@pytest.mark.django_db
def test_two_who_decide_on_one_paper_are_told_apart(school_clerk, other_county_clerk, zhang, issued):
    document = issued(zhang, school_clerk)

    with pytest.raises(NotAllowed):
        services.withdraw(document, actor=other_county_clerk, reason="别县的")
    document.refresh_from_db()
    assert document.state == "valid"


@pytest.mark.django_db
def test_a_paper_is_not_rewritten_outside_a_change(school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)

    with pytest.raises(NoChange):
        IssuedDocument.objects.filter(pk=document.pk).update(number="伪造〔2026〕1号")


@pytest.mark.django_db
def test_a_lawful_erasure_takes_the_paper_with_the_person(school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)
    key = Teacher.objects.get(pk=zhang.pk).key

    assert document.file.key_id == key.pk
    document.file.key.plain, document.file.key.wrapped = None, None
    with pytest.raises(ErasedValue):
        file_of(document)


@pytest.mark.django_db
def test_who_has_left_gets_no_certificate_of_being_in_post(school_clerk, zhang, issued):
    from tests.personnel.files import set_status

    set_status(zhang, "retired")

    with pytest.raises(NotAllowed):
        issued(zhang, school_clerk)


@pytest.mark.django_db
def test_a_paper_says_what_was_on_file_even_when_that_changes(school_clerk, zhang, issued):
    from core.records.changes import change

    document = issued(zhang, school_clerk)
    with change("personnel.correct_fact", actor=school_clerk, reason="改名"):
        zhang.name = "张君宝"
        zhang.save()

    assert "兹证明张三丰" in text_of(file_of(document))
    assert document.holder == "张三丰"


@pytest.mark.django_db
def test_control_characters_and_marks_in_values_are_printed_as_they_are(school_clerk, school_a, issued):
    odd = make_file("{{ verify.code }}<w:t>\x07", school_a)

    document = issued(odd, school_clerk, details={"purpose": "{% for x in y %} & <b>"})

    said = text_of(file_of(document))
    assert "兹证明{{ verify.code }}<w:t>，" in said
    assert "本证明用于：{% for x in y %} & <b>。" in said


def test_codes_are_read_as_people_type_them():
    assert read_code("abcd-efgh jkmn pqrs") == "ABCDEFGHJKMNPQRS"
    assert read_code("OIL1-0000-0000-000U") == "01110000000000" + "0V"
    assert read_code("ABCD") == ""
    assert read_code("ABCD-EFGH-JKMN-PQR*") == ""


def test_a_pattern_without_its_parts_is_refused():
    assert Numbering(pattern="{prefix}〔{year}〕{serial}号").written("甲教", 2026, 3) == "甲教〔2026〕3号"
    for pattern in ("{prefix}{year}", "{prefix}{year}{serial}{serial}", "{prefix}{year}{serial}{x}"):
        with pytest.raises(ValueError, match="pattern"):
            Numbering(pattern=pattern)


def test_a_kind_never_tells_strangers_more_than_the_public_fields():
    known = all_kinds()["in_post"]
    given = {name: getattr(known, name) for name in DocumentKind.__dataclass_fields__}

    with pytest.raises(ValueError, match="identity"):
        DocumentKind(**{**given, "public_fields": (*PUBLIC, "identity")})


@pytest.mark.django_db
def test_a_person_with_papers_is_not_taken_back_with_a_batch(school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)
    asked = [one.find([zhang.pk]) for one in registry.each("dependents") if one.model == "personnel.Teacher"]

    assert {zhang.pk: document.number} in asked


@pytest.mark.django_db
def test_an_auditor_finds_who_issued_and_read_papers(login, auditor, school_clerk, zhang, issued):
    issued(zhang, school_clerk, clear=True)

    page = login(auditor).get(reverse("audit_access"), {"what": "clear"}).content.decode()
    assert "开具或查看文书，含完整号码" in page
    assert school_clerk.user.name in page


@pytest.mark.django_db
def test_the_change_of_a_paper_says_what_was_issued(login, school_clerk, zhang, issued):
    document = issued(zhang, school_clerk)

    change = document.history.get().change
    page = login(school_clerk).get(reverse("change", args=[change.public_id])).content.decode()
    assert document.number in page
    assert "in_post" not in page
