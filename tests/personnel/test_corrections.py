"""A person asks that their own file says what is true; the office that the rules name decides."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.keys import destroy_key
from core.records.models import AccessLog, Change
from core.records.storage import content_of, store
from core.workflow.models import Case
from core.workflow.selectors import inbox
from core.workflow.services import advance
from personnel.models import ActivationSlip, Contact, Correction, CorrectionPaper, Education, FamilyMember
from personnel.services.corrections import ask_correction
from personnel.services.facts import correct_fact
from tests.core.exchange.papers import PDF, PLACE, photo
from tests.factories.people import make_actor, make_teacher
from tests.ground.clock import TODAY


@pytest.fixture
def contact(own_file, county_clerk):
    found = Contact(teacher=own_file, email="old@example.cn")
    found.phone = "13800001111"
    with change("personnel.add_fact", actor=county_clerk, reason="登记"):
        found.save(force_insert=True)
    return found


@pytest.fixture
def degree(own_file, county_clerk):
    with change("personnel.add_fact", actor=county_clerk, reason="登记"):
        return Education.objects.create(teacher=own_file, level="20", school="青石师范学院")


@pytest.fixture
def ask(own_file, teacher_actor):
    """`ask(record, **values)`: what the person asks of a record of their file."""

    def asked(record, *, section="contact", words="号码已换", papers=(), **values):
        return ask_correction(
            actor=teacher_actor, teacher=own_file, section=section, record=record, values=values, words=words, papers=papers
        )  # fmt: skip

    return asked


def phone(contact):
    return Contact.objects.select_related("teacher__key").get(pk=contact.pk).phone.reveal()


def test_what_is_accepted_is_in_the_file_with_its_history(ask, contact, school_clerk, teacher_actor):
    correction = ask(contact, phone="13900002222", email="new@example.cn")
    assert (correction.case.unit, list(inbox(school_clerk))) == (school_clerk.unit, [correction.case])
    assert phone(contact) == "13800001111"

    case = advance(correction.case, "accept", actor=school_clerk)

    assert (case.state, phone(contact), Contact.objects.get().email) == ("accepted", "13900002222", "new@example.cn")
    version = contact.history.select_related("change").first()
    assert (version.change.kind, version.change.actor) == ("personnel.correction.accept", school_clerk.user)
    assert case.history.first().change_id == version.change_id


def test_no_value_that_was_asked_stands_anywhere_in_clear(ask, contact):
    correction = ask(contact, phone="13900002222", words="换号了")
    row = Correction.objects.filter(pk=correction.pk).values().get()
    assert b"13900002222" not in b"".join(
        bytes(value) for value in row.values() if isinstance(value, memoryview | bytes)
    )
    assert "13900002222" not in repr(row)
    assert not Change.objects.filter(reason__contains="13900002222").exists()


def test_the_county_decides_what_the_rules_give_to_it(ask, degree, school_clerk, county_clerk, other_county_clerk):
    file = store("毕业证.pdf", PDF)
    correction = ask(degree, section="education", school="太行大学", words="校名写错", papers=[file])
    assert (list(inbox(school_clerk)), list(inbox(county_clerk)), list(inbox(other_county_clerk))) == (
        [],
        [correction.case],
        [],
    )
    with pytest.raises(NotAllowed):
        advance(correction.case, "accept", actor=school_clerk)
    advance(correction.case, "accept", actor=county_clerk)
    assert Education.objects.get().school == "太行大学"


@pytest.mark.parametrize(
    ("values", "options", "said"),
    [
        ({"phone": "13800001111"}, {}, "没有不同"),
        ({"phone": "13900002222"}, {"words": "  "}, "事由"),
        ({"unit": 1}, {"section": "employment"}, "不能在这里"),
        ({"status": "01"}, {"section": "political"}, "不能在这里"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(ask, contact, values, options, said):
    with pytest.raises(NotAllowed, match=said):
        ask(contact, **options, **values)
    assert not Case.objects.exists()


def test_what_needs_a_proof_is_not_asked_without(ask, degree):
    with pytest.raises(NotAllowed, match="证明"):
        ask(degree, section="education", school="太行大学")
    assert not Correction.objects.exists()


def test_nobody_asks_for_anothers_file(contact, own_file, school_clerk, school_a):
    stranger = make_actor("teacher", school_a, name="他人")
    make_teacher("他人", school_a, user=stranger.user)
    for actor in (stranger, school_clerk):
        with pytest.raises(NotAllowed):
            ask_correction(
                actor=actor,
                teacher=own_file,
                section="contact",
                record=contact,
                values={"phone": "13900002222"},
                words="换号",
            )


def test_one_record_is_asked_about_once_at_a_time(ask, contact, teacher_actor):
    first = ask(contact, phone="13900002222")
    with pytest.raises(NotAllowed, match="已有申请"):
        ask(contact, phone="13900003333")
    advance(first.case, "withdraw", actor=teacher_actor)
    assert ask(contact, phone="13900003333").case.state == "asked"


def test_what_somebody_changed_since_is_shown_and_not_undone_by_accident(ask, contact, school_clerk, login):
    correction = ask(contact, email="mine@example.cn")
    correct_fact(actor=school_clerk, record=Contact.objects.get(), values={"email": "clerk@example.cn"}, reason="来函")
    with pytest.raises(NotAllowed, match="有过变动"):
        advance(correction.case, "accept", actor=school_clerk)
    client, url = login(school_clerk), reverse("case", args=[correction.case.public_id])
    page = client.get(url).content.decode()
    for value in ("clerk@example.cn", "old@example.cn", "mine@example.cn"):
        assert value in page
    step = reverse("case_step", args=[correction.case.public_id, "accept"])
    assert client.post(step, {"revision": 1}).status_code == 422
    assert client.post(step, {"revision": 1, "overwrite": "on"}).status_code == 302
    assert Contact.objects.get().email == "mine@example.cn"


def test_what_says_so_already_is_accepted_without_a_change_of_the_file(ask, contact, school_clerk):
    correction = ask(contact, email="mine@example.cn")
    correct_fact(actor=school_clerk, record=Contact.objects.get(), values={"email": "mine@example.cn"}, reason="来函")
    before = contact.history.count()
    assert advance(correction.case, "accept", actor=school_clerk).state == "accepted"
    assert contact.history.count() == before


def test_a_new_record_is_added_when_it_is_accepted(ask, school_clerk, own_file):
    correction = ask(None, section="family", words="补充", relation="01", name="张强", birth=None)
    assert not FamilyMember.objects.exists()
    advance(correction.case, "accept", actor=school_clerk)
    assert FamilyMember.objects.get(teacher=own_file).name == "张强"


def test_a_record_that_is_gone_is_told(ask, degree, county_clerk):
    correction = ask(degree, section="education", school="太行大学", papers=[store("毕业证.pdf", PDF)])
    with change("personnel.undo_change", actor=county_clerk, reason="重复登记"):
        degree.delete()
    with pytest.raises(NotAllowed, match="已不在档案"):
        advance(correction.case, "accept", actor=county_clerk)


def test_what_was_returned_is_sent_again_with_more_papers(ask, degree, county_clerk, teacher_actor, login):
    correction = ask(degree, section="education", school="太行大学", papers=[store("一.pdf", PDF)])
    case = advance(correction.case, "return", actor=county_clerk, reasons=["unreadable"], comment="请重拍")
    client = login(teacher_actor)
    assert "请重拍" in client.get(reverse("case", args=[case.public_id])).content.decode()
    step = reverse("case_step", args=[case.public_id, "resend"])
    sent = client.post(step, {"revision": 2, "comment": "已重拍", "paper_1": SimpleUploadedFile("二.pdf", PDF)})
    assert sent.status_code == 302
    assert sorted(CorrectionPaper.objects.values_list("file__name", flat=True)) == ["一.pdf", "二.pdf"]
    assert (Case.objects.get().state, Case.objects.get().unit) == ("asked", county_clerk.unit)


class TestTheOffice:
    """What who decides sees of a request."""

    def test_what_is_asked_is_shown_after_a_reason_and_written_down(self, ask, contact, school_clerk, login, own_file):
        correction = ask(contact, phone="13900002222")
        client, url = login(school_clerk), reverse("correction_reveal", args=[correction.public_id])
        page = client.get(reverse("case", args=[correction.case.public_id])).content.decode()
        assert ("13900002222" in page, url in page, "asked:phone" in page, "now:phone" in page) == (
            False,
            True,
            True,
            True,
        )
        for which, clear in (("asked", "139 0000 2222"), ("now", "138 0000 1111"), ("was", "138 0000 1111")):
            answer = client.post(url, {"field": f"{which}:phone", "reason": "check_paper"})
            assert (answer.status_code, clear in answer.content.decode()) == (200, True)
            assert "no-store" in answer["Cache-Control"]
        looks = AccessLog.objects.filter(subject_id=own_file.pk, what="personnel.Contact.phone", reason="check_paper")
        assert [look.actor for look in looks] == [school_clerk.user] * 3

    def test_without_a_reason_nothing_is_shown(self, ask, contact, school_clerk, login):
        url = reverse("correction_reveal", args=[ask(contact, phone="13900002222").public_id])
        answer = login(school_clerk).post(url, {"field": "asked:phone", "reason": ""})
        assert (answer.status_code, "2222" in answer.content.decode(), "139 0000" in answer.content.decode()) == (
            422,
            True,
            False,
        )
        assert not AccessLog.objects.filter(what__contains=".").exists()

    def test_only_masked_values_of_what_was_asked_are_there(
        self, ask, contact, school_clerk, other_county_clerk, login
    ):
        url = reverse("correction_reveal", args=[ask(contact, email="mine@example.cn").public_id])
        for field in ("asked:email", "asked:phone", "now:pk", "else:email", "asked", ""):
            assert login(school_clerk).get(url, {"field": field}).status_code == 404
        assert login(other_county_clerk).get(url, {"field": "asked:email"}).status_code == 404

    def test_an_office_that_the_person_left_sees_nothing_new_and_writes_nothing(
        self, ask, contact, own_file, school_clerk, county_clerk, second_school_a, login
    ):
        correction = ask(contact, phone="13900002222", email="mine@example.cn")
        with change("personnel.change_fact", actor=county_clerk, reason="调动"):
            own_file.employments.get().supersede(on=TODAY, until=None, unit=second_school_a)
        correct_fact(actor=county_clerk, record=contact, values={"email": "new@example.cn"}, reason="更正")

        client, url = login(school_clerk), reverse("correction_reveal", args=[correction.public_id])
        page = client.get(reverse("case", args=[correction.case.public_id]))
        assert (page.status_code, "new@example.cn" in page.content.decode()) == (200, False)
        statuses = [client.get(url, {"field": f"{which}:phone"}).status_code for which in ("asked", "was", "now")]
        assert statuses == [200, 200, 404]
        with pytest.raises(NotAllowed):
            advance(correction.case, "accept", actor=school_clerk, data={"overwrite": True})
        assert advance(correction.case, "accept", actor=county_clerk, data={"overwrite": True}).state == "accepted"

    def test_what_accepting_does_is_tried_and_nothing_written(self, ask, degree, county_clerk, login):
        correction = ask(degree, section="education", level="10", papers=[store("证书.pdf", PDF)])

        page = login(county_clerk).get(reverse("case", args=[correction.case.public_id])).content.decode()

        assert ("同意后的影响" in page, "学历 随之重算" in re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))) == (
            True,
            True,
        )
        assert (degree.history.count(), Change.objects.latest("pk").kind) == (1, "personnel.ask_correction")

    def test_who_may_not_decide_is_told_no_effects(self, ask, degree, school_clerk, teacher_actor, login):
        correction = ask(degree, section="education", level="10", papers=[store("证书.pdf", PDF)])
        for actor in (school_clerk, teacher_actor):
            page = login(actor).get(reverse("case", args=[correction.case.public_id]))
            assert (page.status_code, "同意后的影响" in page.content.decode()) == (200, False)

    def test_once_the_key_is_destroyed_the_request_says_nothing_and_still_opens(
        self, ask, contact, own_file, school_clerk, login
    ):
        correction = ask(contact, phone="13900002222")
        destroy_key(own_file.key, actor=school_clerk, reason="依法删除", document="删字1号")
        assert login(school_clerk).get(reverse("case", args=[correction.case.public_id])).status_code == 200


class TestThePhone:
    """The person's own pages."""

    def test_the_page_says_what_may_be_asked_what_others_keep_and_what_is_in_review(
        self, login, teacher_actor, own_file, contact, degree, ask
    ):
        ask(contact, phone="13900002222")
        client = login(teacher_actor)
        assert (
            reverse("corrections", args=[own_file.public_id])
            in client.get(f"/teachers/{own_file.public_id}/").content.decode()
        )
        page = client.get(reverse("corrections", args=[own_file.public_id])).content.decode()
        for words in ("联系方式", "核实中", "青石师范学院", "人事档案", "10 个工作日", "申请补充"):
            assert words in page, words
        assert reverse("correction_ask", args=[own_file.public_id, "education", degree.public_id]) in page
        assert reverse("correction_ask", args=[own_file.public_id, "contact", contact.public_id]) not in page

    def test_a_request_with_a_proof_from_the_phone(self, login, teacher_actor, own_file, degree, county_clerk):
        client = login(teacher_actor)
        url = reverse("correction_ask", args=[own_file.public_id, "education", degree.public_id])
        form = client.get(url).content.decode()
        assert "毕业证书" in form
        said = {
            "level": "20",
            "school": "太行大学",
            "words": "校名写错",
            "paper_1": SimpleUploadedFile("IMG_1.jpg", photo()),
        }
        bad = client.post(url, {**said, "words": ""})
        assert (bad.status_code, "太行大学" in bad.content.decode()) == (422, True)
        kept = re.search(r'name="paper_1_kept"[^>]*value="([^"]+)"', bad.content.decode()).group(1)
        sent = client.post(url, {**{k: v for k, v in said.items() if k != "paper_1"}, "paper_1_kept": kept})
        case = Case.objects.get()
        assert sent.url == reverse("case", args=[case.public_id])
        (paper,) = CorrectionPaper.objects.select_related("file__key")
        assert PLACE not in content_of(paper.file)
        address = reverse("correction_paper_file", args=[paper.public_id])
        assert address in login(county_clerk).get(sent.url).content.decode()
        assert login(county_clerk).get(address).status_code == 200
        assert AccessLog.objects.filter(actor=county_clerk.user, subject_id=own_file.pk).exists()

    def test_what_is_no_paper_is_refused_and_nothing_is_lost(self, login, teacher_actor, own_file, degree):
        url = reverse("correction_ask", args=[own_file.public_id, "education", degree.public_id])
        for content in (b"", b"MZ a program", b"%PDF-1.4 cut"):
            said = {"school": "太行大学", "words": "校名写错", "paper_1": SimpleUploadedFile("证书.pdf", content)}
            answer = login(teacher_actor).post(url, said)
            assert (answer.status_code, "太行大学" in answer.content.decode()) == (422, True)
        assert not Case.objects.exists()

    def test_pages_of_anothers_file_are_not_there(self, login, own_file, degree, school_clerk, county_clerk, school_a):
        stranger = make_actor("teacher", school_a, name="他人")
        make_teacher("他人", school_a, user=stranger.user)
        for url in (
            reverse("corrections", args=[own_file.public_id]),
            reverse("correction_add", args=[own_file.public_id, "family"]),
            reverse("correction_ask", args=[own_file.public_id, "education", degree.public_id]),
        ):
            assert login(stranger).get(url).status_code == 404
            assert login(school_clerk).get(url).status_code in {403, 404}

    def test_sections_and_records_that_cannot_be_asked_for_are_not_there(self, login, teacher_actor, own_file, contact):
        client = login(teacher_actor)
        for address in (
            ["correction_add", [own_file.public_id, "employment"]],
            ["correction_add", [own_file.public_id, "person"]],
            ["correction_add", [own_file.public_id, "nothing"]],
            ["correction_ask", [own_file.public_id, "education", contact.public_id]],
        ):
            assert client.get(reverse(address[0], args=address[1])).status_code == 404


def test_the_persons_own_file_says_how_a_request_stands_and_for_a_while_what_was_answered(
    ask, contact, own_file, login, teacher_actor, school_clerk, monkeypatch
):
    def told():
        page = login(teacher_actor).get(reverse("teacher", args=[own_file.public_id])).content.decode()
        return re.findall(r"您关于联系方式的申请：</b>\s*([^<]*)", page)

    case = ask(contact, email="new@example.cn").case
    assert told() == ["核实中，2026-12-04 前答复"]
    assert "您关于" not in login(school_clerk).get(reverse("teacher", args=[own_file.public_id])).content.decode()

    advance(case, "accept", actor=school_clerk)
    assert told() == ["已采纳"]

    monkeypatch.setattr("personnel.views.own.ANSWER_STANDS", -timedelta(days=1))
    assert told() == []


def test_it_is_due_in_the_days_of_the_rules(ask, contact):
    assert ask(contact, phone="13900002222").case.due == date(2026, 12, 4)
    assert date(2026, 11, 22) == TODAY


@pytest.mark.parametrize("step", ["accept", "return", "refuse"])
def test_who_handed_out_the_slip_does_not_decide_what_the_account_asks_for(
    ask, contact, own_file, teacher_actor, school_clerk, school_approver, login, step
):
    with change("personnel.hand_out_slip", actor=school_clerk, reason="开通"):
        ActivationSlip.objects.create(
            teacher=own_file,
            digest=b"used",
            unit=school_clerk.unit,
            issued_by=school_clerk.user,
            expires=TODAY,
            state="used",
        )
    case = ask(contact, email="new@example.cn").case
    given = {"comment": "已核对", "reasons": {"return": ["unclear"], "refuse": ["no_proof"]}.get(step, [])}

    with pytest.raises(NotAllowed, match="激活单"):
        advance(case, step, actor=school_clerk, **given)

    told = {
        actor: "此项由其他人审批" in login(actor).get(reverse("case", args=[case.public_id])).content.decode()
        for actor in (school_clerk, school_approver)
    }
    assert told == {school_clerk: True, school_approver: False}, "said before the step is taken, to whom it is closed"

    advance(case, "accept", actor=school_approver, comment="已核对")
    assert Contact.objects.get(pk=contact.pk).email == "new@example.cn"
