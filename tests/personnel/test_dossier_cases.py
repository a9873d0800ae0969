"""Dossiers are lent, sent to another keeper and reviewed in cases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from psycopg.types.range import Range

from core import workdays
from core.dates import PartialDate
from core.documents.models import IssuedDocument
from core.documents.reading import blocks_of, cell_texts
from core.documents.selectors import file_of
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.models import AccessLog
from core.workflow.home import waiting
from core.workflow.models import Case
from core.workflow.reminding import remind_by_itself
from core.workflow.selectors import inbox
from core.workflow.services import advance
from personnel.models import (
    BirthDecision,
    DossierKeeping,
    DossierLoan,
    DossierTransfer,
    Education,
    FamilyMember,
    Material,
    PoliticalStatus,
    Teacher,
)
from personnel.selectors.dossier import out_now
from personnel.services.dossier import enter_material, keep_dossier
from personnel.services.dossier_loans import ask_loan
from personnel.services.dossier_reviews import open_review
from personnel.services.dossier_transfers import ask_transfer
from tests.factories.people import make_actor, make_teacher
from tests.ground.clock import TODAY
from tests.personnel.files import make_file

pytestmark = pytest.mark.django_db
TWO = (
    {"name": "周敏", "post": "人事股", "in_party": True},
    {"name": "吴刚", "post": "人事股", "in_party": True},
)


@pytest.fixture
def zhang(school_a, county_clerk):
    """张三丰, whose dossier county A keeps, with two materials."""
    teacher = make_file("张三丰", school_a)
    for category, title, dated in (("1", "干部履历表", "2010-09-01"), ("4-1", "毕业生登记表", "2005-07")):
        given = {"category": category, "title": title, "dated": PartialDate.parse(dated), "pages": 4}
        enter_material(actor=county_clerk, teacher=teacher, values=given, reason="入档")
    values = {"unit": county_clerk.unit, "keeper": "", "shelf": "A-1", "volumes": 2}
    keep_dossier(actor=county_clerk, teacher=teacher, since=date(2012, 1, 1), values=values, reason="登记")
    return teacher


@pytest.fixture
def ask(school_clerk, zhang):
    def asked(actor=school_clerk, *, teacher=zhang, readers=TWO, way="lent", **more):
        given = {"purpose": "title", "words": "评审高级职称", "asking": "青石县第一初级中学", **more}
        return ask_loan(actor=actor, teacher=teacher, way=way, readers=readers, **given)

    return asked


def relative(teacher, name):
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        FamilyMember.objects.create(teacher=teacher, relation="01", name=name)


# reading and borrowing


def test_a_dossier_is_asked_for_approved_handed_out_and_taken_back(
    ask, school_clerk, county_clerk, county_approver, zhang
):
    case = ask().case
    assert (case.unit, list(inbox(county_approver)), list(inbox(county_clerk))) == (county_approver.unit, [case], [])
    case = advance(case, "approve", actor=county_approver)
    assert list(inbox(county_clerk)) == [case]
    case = advance(case, "hand_out", actor=county_clerk, data={"on": TODAY})
    assert (case.state, case.due, out_now(zhang)) == ("out", workdays.add(TODAY, 10), case)
    case = advance(case, "take_back", actor=county_clerk, data={"on": TODAY, "whole": True})
    loan = DossierLoan.objects.get()
    assert (case.state, loan.handed_on, loan.back_on, out_now(zhang)) == ("back", TODAY, TODAY, None)


@pytest.mark.parametrize("day", [TODAY + timedelta(days=30), date(9999, 12, 31), date(1, 1, 1)])
def test_it_is_handed_out_and_comes_back_on_a_day_that_can_be(ask, county_clerk, county_approver, day):
    case = advance(ask().case, "approve", actor=county_approver)
    with pytest.raises(NotAllowed):
        advance(case, "hand_out", actor=county_clerk, data={"on": day})
    case = advance(case, "hand_out", actor=county_clerk)
    with pytest.raises(NotAllowed):
        advance(case, "take_back", actor=county_clerk, data={"on": day, "whole": True})


def test_what_is_read_in_the_archive_is_back_the_next_working_day(ask, county_clerk, county_approver):
    case = advance(ask(way="read").case, "approve", actor=county_approver)
    assert advance(case, "hand_out", actor=county_clerk).due == workdays.add(TODAY, 1)


def test_an_overdue_dossier_is_reminded_of_and_stands_late_on_the_first_page(ask, county_clerk, county_approver):
    case = advance(advance(ask().case, "approve", actor=county_approver), "hand_out", actor=county_clerk)
    with change("workflow.assign", actor=system_actor(TODAY), reason="test ground"):
        case.due = TODAY - timedelta(days=7)
        case.save()
    assert remind_by_itself() == 1
    (one,) = waiting(county_clerk)
    assert one.late
    assert one.do == "人事档案查借阅：查借阅中，逾期 5 个工作日"


def test_the_return_is_put_off_as_often_as_the_rules_let_it(ask, county_clerk, county_approver):
    case = advance(advance(ask().case, "approve", actor=county_approver), "hand_out", actor=county_clerk)
    case = advance(case, "extend", actor=county_clerk, comment="还在用")
    assert (case.state, case.due) == ("out", workdays.add(TODAY, 10))
    with pytest.raises(NotAllowed, match="1"):
        advance(case, "extend", actor=county_clerk, comment="还在用")


def test_nobody_asks_for_their_own_dossier(ask, county_a, school_a):
    clerk = make_actor("school_clerk", school_a, name="孙丽")
    own = make_teacher("孙丽", school_a, user=clerk.user)
    with pytest.raises(NotAllowed):
        ask(clerk, teacher=own)


def test_nobody_asks_for_the_dossier_of_a_relative(ask, school_a, zhang):
    clerk = make_actor("school_clerk", school_a, name="孙丽")
    own = make_teacher("孙丽", school_a, user=clerk.user)
    relative(own, "张三丰")
    with pytest.raises(NotAllowed):
        ask(clerk)
    other = make_actor("school_clerk", school_a, name="钱红")
    relative(zhang, "钱 红")
    with pytest.raises(NotAllowed):
        ask(other)
    assert not Case.objects.exists()


def test_the_person_and_relatives_do_not_come_for_it_but_namesakes_may(
    ask, zhang, school_clerk, county_approver, login
):
    relative(zhang, "李梅")
    for name in ("张三丰", "李梅"):
        with pytest.raises(NotAllowed, match=name):
            ask(readers=[{**TWO[0], "name": name}, TWO[1]])
    loan = ask(readers=[{**TWO[0], "name": "李梅", "namesake": True}, TWO[1]])
    page = login(county_approver).get(reverse("case", args=[loan.case.public_id])).content.decode()
    assert page.count("李梅") > 1


@pytest.mark.parametrize(
    "readers",
    [TWO[:1], [TWO[0], {**TWO[1], "in_party": False}], [TWO[0], TWO[0]], [TWO[0], {**TWO[1], "name": " "}]],
    ids=["one", "outside the Party", "the same twice", "nameless"],
)
def test_readers_are_as_many_and_such_as_the_rules_ask_for(ask, readers):
    with pytest.raises(NotAllowed):
        ask(readers=readers)
    assert not DossierLoan.objects.exists()


def test_who_asked_does_not_approve_and_a_dossier_is_out_once(ask, county_clerk, county_approver, second_county_clerk):
    case = ask(county_approver).case
    with pytest.raises(NotAllowed):
        advance(case, "approve", actor=county_approver)
    first, second = ask(county_clerk).case, ask(second_county_clerk).case
    first = advance(advance(first, "approve", actor=county_approver), "hand_out", actor=county_clerk)
    with pytest.raises(NotAllowed):
        advance(second, "approve", actor=county_approver)
    with pytest.raises(NotAllowed):
        advance(first, "take_back", actor=county_clerk, data={"on": TODAY - timedelta(days=1)})


def test_a_request_is_sent_from_the_page_and_its_steps_are_taken_there(
    login, school_clerk, county_approver, county_clerk, zhang
):
    client = login(school_clerk)
    sent = {
        "way": "lent", "purpose": "title", "words": "评审高级职称", "asking": "一中", "name_1": "周敏", "party_1": "on", "name_2": "吴刚",
        "party_2": "on", "which": "学历材料",
    }  # fmt: skip
    answer = client.post(reverse("dossier_borrow", args=[zhang.public_id]), sent)
    case = Case.objects.get()
    assert answer["Location"] == reverse("case", args=[case.public_id])
    assert "学历材料" in client.get(answer["Location"]).content.decode()
    step = lambda actor, name, **data: login(actor).post(  # noqa: E731
        reverse("case_step", args=[case.public_id, name]), {"revision": Case.objects.get().revision, **data}
    )
    assert step(county_approver, "approve").status_code == 302
    assert step(county_clerk, "hand_out", on="2026-11-22").status_code == 302
    assert step(county_clerk, "take_back", on="2026-11-22").status_code == 422, "not compared"
    assert step(county_clerk, "take_back", on="2026-11-22", whole="on").status_code == 302
    assert Case.objects.get().state == "back"


def test_another_county_neither_asks_nor_sees(ask, other_county_clerk, login, zhang):
    case = ask().case
    client = login(other_county_clerk)
    for url in (reverse("teacher_dossier", args=[zhang.public_id]), reverse("case", args=[case.public_id])):
        assert client.get(url).status_code == 404


# transfer


@pytest.fixture
def prepare(county_clerk, county_b, zhang):
    def prepared(actor=county_clerk, *, teachers=(), receiver=county_b, **more):
        given = {"reason_code": "moved", "words": "调往白河县", "basis": "教人〔2026〕5号", **more}
        return ask_transfer(actor=actor, teachers=teachers or [zhang], receiver=receiver, **given)

    return prepared


SENT = {"on": TODAY, "channel": "confidential", "carriers": "机要 20261122", "sealed": True}


def test_a_dossier_goes_under_a_notice_and_its_keeper_changes_when_it_is_received(
    prepare, login, county_clerk, county_approver, other_county_clerk, county_b, zhang, school_a
):
    second = make_file("李四", school_a)
    transfer = prepare(teachers=[zhang, second])
    case = advance(transfer.case, "approve", actor=county_approver)
    case = advance(case, "send", actor=county_clerk, data=SENT)
    assert (case.unit, case.due) == (county_b, workdays.add(TODAY, 22))
    paper = IssuedDocument.objects.get()
    cells = cell_texts(file_of(paper))
    assert cells[cells.index("张三丰") : cells.index("张三丰") + 3] == ["张三丰", "2", "2"]
    text = "".join(getattr(block, "text", "") for block in blocks_of(file_of(paper)))
    for words in (
        "回　　执",
        "共3卷（材料2份）",
        "工作调动（教人〔2026〕5号）",
        "机要通信",
        "白河县教育局：",
        "22个工作日",
    ):
        assert words in text, words
    assert DossierKeeping.objects.filter(valid__contains=TODAY).get().unit == county_clerk.unit
    assert list(inbox(other_county_clerk)) == [case]

    advance(case, "receive", actor=other_county_clerk, data={"on": TODAY, "by": "何晓东", "whole": True})

    kept = {row.teacher.name: (row.unit, row.volumes) for row in DossierKeeping.objects.filter(valid__contains=TODAY)}
    assert kept == {"张三丰": (county_b, 2), "李四": (county_b, 1)}
    assert DossierKeeping.objects.filter(teacher=zhang, valid=Range(date(2012, 1, 1), TODAY)).exists()
    told = {
        actor: "人事关系转入" in login(actor).get(reverse("case", args=[case.public_id])).content.decode()
        for actor in (county_clerk, other_county_clerk)
    }
    assert told == {county_clerk: False, other_county_clerk: True}, "who keeps it now reads when its catalogue opens"


def test_the_dossier_says_before_it_is_asked_why_it_cannot_be_sent(
    prepare, login, county_clerk, county_approver, other_county_clerk, zhang
):
    client = login(county_clerk)

    def why_not():
        page = client.get(reverse("teacher_dossier", args=[zhang.public_id]))
        (action,) = (one for one in page.context["main_actions"] if one.label == "转递档案")
        return action.why_not

    assert not why_not()
    case = advance(prepare().case, "approve", actor=county_approver)
    assert "已有一项未办结的转递" in why_not()
    case = advance(case, "send", actor=county_clerk, data=SENT)
    advance(case, "receive", actor=other_county_clerk, data={"on": TODAY, "by": "何晓东", "whole": True})
    assert "由其他单位保管" in why_not()


def test_only_whom_it_is_sent_to_confirms_the_receipt(prepare, county_clerk, county_approver, other_county_clerk):
    case = advance(prepare().case, "approve", actor=county_approver)
    with pytest.raises(NotAllowed):
        advance(case, "send", actor=other_county_clerk, data=SENT)
    case = advance(case, "send", actor=county_clerk, data=SENT)
    with pytest.raises(NotAllowed):
        advance(case, "receive", actor=county_clerk, data={"on": TODAY})
    assert (
        advance(case, "send_back", actor=other_county_clerk, reasons=["papers"], comment="缺一份").unit
        == county_clerk.unit
    )


def test_a_receipt_does_not_come_before_a_keeper_who_is_recorded_for_later(
    prepare, county_clerk, county_approver, other_county_clerk, zhang
):
    case = advance(prepare().case, "approve", actor=county_approver)
    case = advance(case, "send", actor=county_clerk, data={**SENT, "on": TODAY - timedelta(days=5)})
    values = {"unit": None, "keeper": "省人才服务中心", "shelf": "", "volumes": 2}
    keep_dossier(actor=county_clerk, teacher=zhang, since=TODAY, values=values, reason="登记")
    with pytest.raises(NotAllowed):
        advance(case, "receive", actor=other_county_clerk, data={"on": TODAY - timedelta(days=2)})


def test_to_a_receiver_elsewhere_the_sender_enters_the_receipt(prepare, county_clerk, county_approver, zhang):
    transfer = prepare(receiver=None, receiver_name="省人才服务中心")
    case = advance(advance(transfer.case, "approve", actor=county_approver), "send", actor=county_clerk, data=SENT)
    assert list(inbox(county_clerk)) == [case], "who opened it sees to the receipt"
    advance(case, "receive", actor=county_clerk, data={"on": TODAY, "by": "省人才"})
    assert DossierKeeping.objects.get(teacher=zhang, valid__contains=TODAY).keeper == "省人才服务中心"


def test_what_cannot_be_sent_is_refused(
    prepare, ask, county_clerk, county_approver, other_county_clerk, school_clerk, zhang, county_a
):
    for actor, more in (
        (school_clerk, {}), (other_county_clerk, {}), (county_clerk, {"receiver": county_a}), (county_clerk, {"receiver": None}),
        (county_clerk, {"receiver_name": "省人才"}), (county_clerk, {"words": " "}),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            prepare(actor, **more)
    prepare()
    with pytest.raises(NotAllowed):
        prepare()


def test_a_lent_dossier_is_not_sent(prepare, ask, county_clerk, county_approver):
    transfer = prepare()
    loan = advance(ask().case, "approve", actor=county_approver)
    loan = advance(loan, "hand_out", actor=county_clerk)
    case = advance(transfer.case, "approve", actor=county_approver)
    with pytest.raises(NotAllowed, match="张三丰"):
        advance(case, "send", actor=county_clerk, data=SENT)
    advance(loan, "take_back", actor=county_clerk)
    assert advance(case, "send", actor=county_clerk, data=SENT).state == "under_way"
    with pytest.raises(NotAllowed):
        advance(ask().case, "approve", actor=county_approver)


def test_the_notice_is_issued_by_the_case_only(login, county_clerk, zhang, prepare):
    prepare()
    client = login(county_clerk)
    url = reverse("teacher_paper_new", args=[zhang.public_id, "dossier_transfer"])
    assert client.get(url).status_code == 404
    assert "转递通知单" not in client.get(reverse("teacher_papers", args=[zhang.public_id])).content.decode()


# the three ages and two histories


@pytest.fixture
def review(county_clerk, zhang):
    """A review of 张三丰: born 1980-05-01 by the identity number, 1979-11 by the oldest material."""
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        PoliticalStatus.objects.create(
            teacher=zhang, status="01", joined=PartialDate(2008, 7), valid=Range(date(2008, 7, 1), None)
        )
    for category, title, dated, says in (
        ("4-1", "中学生学籍表", "1995-09", {"says_birth": PartialDate(1979, 11)}),
        ("1", "干部履历表", "2012-01", {"says_birth": PartialDate(1980, 5, 1), "says_education": "21"}),
        ("6", "入党志愿书", "2007-07", {"says_party": PartialDate(2007, 7, 1)}),
        ("9-1", "转正定级表", "2006-09", {"says_work_start": PartialDate(2005, 8)}),
    ):
        given = {"category": category, "title": title, "dated": PartialDate.parse(dated), **says}
        enter_material(actor=county_clerk, teacher=zhang, values=given, reason="入档")
    return open_review(actor=county_clerk, teacher=zhang, words="任职前审核")


PROPOSED = {"birth": PartialDate(1979, 11), "party": PartialDate(2007, 7, 1)}


def test_the_page_puts_what_the_file_says_beside_what_each_material_says(login, county_clerk, review, zhang):
    page = login(county_clerk).get(reverse("case", args=[review.case.public_id])).content.decode()
    for words in ("1979-11", "1980-05-01", "中学生学籍表", "入党志愿书", "2007-07-01", "转正定级表"):
        assert words in page, words
    assert AccessLog.objects.filter(what="sealed:dossier", actor=county_clerk.user, subject_id=zhang.pk).exists()
    form = login(county_clerk).get(reverse("case_step", args=[review.case.public_id, "propose"])).content.decode()
    assert 'name="birth" value="1979-11"' in form, "what counts is proposed"


def test_what_was_decided_is_in_the_file_and_its_paper_in_the_dossier_in_one_change(
    review, county_clerk, county_approver, zhang
):
    case = advance(review.case, "propose", actor=county_clerk, data=PROPOSED)
    found = {one.item: one.found for one in review.items.all()}
    assert found == {
        "birth": "differ", "work_start": "agree", "party": "differ", "education": "agree", "experience": "no_paper",
    }  # fmt: skip
    assert not BirthDecision.objects.exists()

    case = advance(case, "decide", actor=county_approver)

    decision, paper = BirthDecision.objects.get(), IssuedDocument.objects.get()
    assert (str(decision.by_archive), decision.counts, decision.document) == ("1979-11", "archive", paper.number)
    assert str(PoliticalStatus.objects.get().joined) == "2007-07-01"
    filed = Material.objects.get(paper=paper)
    assert filed.category == "5"
    written = {row.history.first().change_id for row in (decision, PoliticalStatus.objects.get(), filed, case)}
    assert len(written) == 1
    cells = cell_texts(file_of(paper))
    place = cells.index("出生日期")
    assert cells[place : place + 5] == ["出生日期", "1980-05-01", "4-1-1中学生学籍表", "不一致", "1979-11"]
    assert str(Teacher.objects.get(pk=zhang.pk).work_start) == "2005-08"


def test_who_compiled_a_review_does_not_decide_it(review, county_clerk, county_approver):
    case = advance(review.case, "propose", actor=county_clerk, data=PROPOSED)
    with pytest.raises(NotAllowed):
        advance(case, "decide", actor=county_clerk)
    case = advance(case, "return", actor=county_approver, reasons=["grounds"], comment="补材料")
    assert list(inbox(county_clerk)) == [case]
    assert advance(case, "propose", actor=county_clerk, data={}).state == "proposed"


def test_a_file_that_was_changed_since_the_proposal_is_compiled_anew(review, county_clerk, county_approver, zhang):
    case = advance(review.case, "propose", actor=county_clerk, data=PROPOSED)
    with change("personnel.correct_fact", actor=system_actor(TODAY), reason="test ground"):
        status = PoliticalStatus.objects.get()
        status.joined = PartialDate(2008, 8)
        status.save()
    with pytest.raises(NotAllowed):
        advance(case, "decide", actor=county_approver)
    assert not IssuedDocument.objects.exists()


def test_who_proposed_does_not_decide_in_another_role(review, county_a, county_approver):
    keeper = make_actor("county_clerk", county_a, name="钱红")
    case = advance(review.case, "propose", actor=keeper, data=PROPOSED)
    with pytest.raises(NotAllowed):
        advance(case, "decide", actor=make_actor("county_approver", county_a, user=keeper.user))
    assert advance(case, "decide", actor=county_approver).state == "decided"


def test_work_start_and_education_are_put_right_too(review, county_clerk, county_approver, zhang):
    proposed = {"work_start": PartialDate(2005, 9), "education": "31"}
    case = advance(review.case, "propose", actor=county_clerk, data=proposed)
    advance(case, "decide", actor=county_approver)
    assert (str(Teacher.objects.get(pk=zhang.pk).work_start), Education.objects.get().level) == ("2005-09", "31")
    assert not BirthDecision.objects.exists()


def test_one_review_at_a_time_and_never_ones_own(review, county_clerk, zhang, school_a, county_a):
    with pytest.raises(NotAllowed):
        open_review(actor=county_clerk, teacher=zhang, words="再审")
    clerk = make_actor("county_clerk", county_a, name="孙丽")
    with pytest.raises(NotAllowed):
        open_review(actor=clerk, teacher=make_teacher("孙丽", school_a, user=clerk.user), words="审核")


def test_nobody_compiles_the_review_of_their_own_ages_and_histories(login, county_clerk, school_a, county_a):
    clerk = make_actor("county_clerk", county_a, name="孙丽")
    own = make_teacher("孙丽", school_a, user=clerk.user)
    enter_material(
        actor=county_clerk, teacher=own, values={"category": "1", "title": "处分决定书", "says_birth": PartialDate(1980, 1)}, reason="入档"
    )  # fmt: skip
    case = open_review(actor=county_clerk, teacher=own, words="审核").case
    with pytest.raises(NotAllowed):
        advance(case, "propose", actor=clerk, data=PROPOSED)
    page = login(clerk).get(reverse("case", args=[case.public_id])).content.decode()
    assert "处分决定书" not in page
    assert 'name="birth"' not in page


def test_those_who_are_ticked_in_the_list_go_under_one_notice(login, county_clerk, zhang, school_a, county_b):
    other, client = make_file("李四", school_a), login(county_clerk)
    answer = client.post(
        reverse("teachers"), {"dossiers": "send", "selected": [str(zhang.public_id), str(other.public_id)]}
    )
    assert answer["Location"] == reverse("dossiers_send")
    page = client.get(answer["Location"]).content.decode()
    assert "张三丰" in page
    assert "李四" in page
    sent = {"receiver_name": "白河县教育局", "reason_code": "moved", "words": "调动"}
    assert client.post(answer["Location"], sent).status_code == 302
    transfer = DossierTransfer.objects.get()
    assert (transfer.receiver, transfer.sent.count()) == (county_b, 2)
    assert client.post(answer["Location"], sent).status_code == 422, "nobody is ticked any more"
