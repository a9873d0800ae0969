"""Contracts are concluded, judged, changed, renewed and ended by the rules of the day; what is due is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from psycopg.types.range import Range

from core.dates import DAY
from core.documents.kinds import all_kinds
from core.documents.models import IssuedDocument
from core.documents.reading import blocks_of
from core.documents.selectors import file_of
from core.documents.services import issue
from core.org.errors import NotAllowed
from personnel import rules
from personnel.models import Contract, Employment
from personnel.selectors.contracts import due_contracts
from personnel.services.contracts import (
    change_contract,
    conclude_contract,
    end_contract,
    judge_probation,
    renew_contract,
)
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.personnel.files import make_file, set_status
from tests.personnel.test_rules_golden import cases, partial, shipped

STARTS, ENDS = date(2026, 9, 1), date(2029, 9, 1)
database = pytest.mark.django_db


@pytest.fixture
def zhang(school_a):
    return make_file("张三丰", school_a)


@pytest.fixture
def concluded(county_clerk, zhang, school_a):
    def make(**more):
        given = {"starts": STARTS, "ends": ENDS, "number": "2026-018", **more}
        return conclude_contract(actor=county_clerk, teacher=zhang, unit=school_a, **given)

    return make


@pytest.mark.parametrize("case", cases("contract_terms"))
def test_terms(case):
    starts, ends = (partial(case[name]).first_day() if case.get(name) else None for name in ("starts", "ends"))
    probation = partial(case["probation"]).first_day() + DAY if case.get("probation") else None
    terms = rules.Terms(starts, ends, probation, case.get("first_job", False))
    found = rules.check_terms(terms, shipped(rules.ContractRules, starts))
    unmet = [one.rule.rpartition(".")[2] for one in found if one.met is False]
    assert unmet == case.get("unmet", [])
    assert all(one.reference for one in found)


@pytest.mark.parametrize("case", cases("contract_ends"))
def test_ends(case):
    notice = partial(case["notice"]).first_day() if case.get("notice") else None
    terms = rules.Terms(STARTS, ENDS)
    found = rules.check_end(
        case["ground"], terms, partial(case["ends"]).first_day(), notice, shipped(rules.ContractRules, STARTS)
    )
    assert [one.rule.rpartition(".")[2] for one in found if one.met is False] == case.get("unmet", [])


@database
def test_a_contract_is_concluded_and_the_employment_says_the_same(concluded, zhang):
    one = concluded(first_job=True, probation_last=date(2027, 8, 31))
    assert (one.valid, one.probation_last) == (Range(STARTS, ENDS), date(2027, 8, 31))
    assert Employment.objects.get(teacher=zhang, valid__contains=TODAY).contract == "appointment"
    assert Employment.objects.get(teacher=zhang, valid__contains=STARTS - DAY).contract == ""
    with pytest.raises(NotAllowed, match="2026-09-01"):
        concluded(starts=date(2027, 1, 1), ends=date(2031, 1, 1))


@database
def test_a_first_job_has_the_probation_of_the_law(concluded):
    with pytest.raises(NotAllowed, match="12个月，即到2027-08-31；本合同：2027-02-28"):
        concluded(first_job=True, probation_last=date(2027, 2, 28))
    with pytest.raises(NotAllowed, match="最长6个月"):
        concluded(probation_last=date(2027, 8, 31))
    assert not Contract.objects.exists()


@database
@pytest.mark.parametrize(
    "more", [{"ends": STARTS}, {"kind": "unsigned"}, {"kind": ""}, {"kind": "none"}, {"starts": date(1999, 1, 1)}]
)
def test_what_cannot_be_a_contract_is_refused_with_words(concluded, more):
    with pytest.raises(NotAllowed, match=r"\w"):
        concluded(**more)
    assert not Contract.objects.exists()


@database
def test_a_probation_is_judged_once_and_not_ahead(concluded, county_clerk):
    one = concluded(starts=date(2025, 9, 1), ends=date(2028, 9, 1), first_job=True, probation_last=date(2026, 8, 31))
    with pytest.raises(NotAllowed):
        judge_probation(actor=county_clerk, contract=one, verdict="passed", on=TODAY + DAY)
    judge_probation(actor=county_clerk, contract=one, verdict="passed", on=date(2026, 9, 2))
    with pytest.raises(NotAllowed, match="已经考核"):
        judge_probation(actor=county_clerk, contract=one, verdict="failed", on=TODAY)


@database
def test_what_was_agreed_later_holds_from_its_day_and_the_old_terms_stay(concluded, county_clerk):
    one = concluded()
    now = change_contract(actor=county_clerk, contract=one, on=TODAY, note="岗位调整为教研员")
    one.refresh_from_db()
    assert (one.valid, now.valid, one.note, now.number) == (Range(STARTS, TODAY), Range(TODAY, ENDS), "", "2026-018")


@database
def test_a_renewal_follows_without_a_gap_and_once(concluded, county_clerk):
    one = concluded()
    following = renew_contract(actor=county_clerk, contract=one, ends=date(2032, 9, 1))
    assert following.valid == Range(ENDS, date(2032, 9, 1))
    with pytest.raises(NotAllowed):
        renew_contract(actor=county_clerk, contract=one, ends=None)


@database
def test_an_end_keeps_the_days_of_notice_of_its_ground(concluded, county_clerk):
    one = concluded()
    asked = {"actor": county_clerk, "contract": one, "ground": "resigned", "ends": date(2026, 12, 31)}
    with pytest.raises(NotAllowed, match=r"30日.*2026-12-01"):
        end_contract(notice_on=date(2026, 12, 2), **asked)
    end_contract(notice_on=date(2026, 12, 1), document="青教人〔2026〕30号", **asked)
    one.refresh_from_db()
    assert (one.valid.upper, one.ground) == (date(2026, 12, 31), "resigned")
    with pytest.raises(NotAllowed, match="已经解除"):
        end_contract(notice_on=date(2026, 11, 1), **asked)
    with pytest.raises(NotAllowed):
        renew_contract(actor=county_clerk, contract=one, ends=None)


@database
def test_what_is_due_is_told_until_it_is_done(concluded, county_clerk, school_a, other_county_clerk, zhang):
    one = concluded(starts=date(2025, 12, 1), ends=date(2026, 12, 1), probation_last=date(2026, 5, 31))
    told = list(due_contracts(county_clerk, TODAY).values_list("what", "due_on"))
    assert told == [("probation", date(2026, 5, 31))]
    judge_probation(actor=county_clerk, contract=one, verdict="passed", on=date(2026, 6, 1))
    assert list(due_contracts(county_clerk, TODAY).values_list("what", "due_on")) == [("term", date(2026, 11, 30))]
    assert not due_contracts(county_clerk, TODAY - timedelta(days=90)).exists()
    assert not due_contracts(other_county_clerk, TODAY).exists()
    renew_contract(actor=county_clerk, contract=one, ends=date(2029, 12, 1))
    assert not due_contracts(county_clerk, TODAY).exists()
    set_status(zhang, "retired", TODAY)
    assert not due_contracts(county_clerk, date(2029, 11, 30)).exists()


@database
def test_the_list_the_first_page_and_the_unit_tell_what_is_due(concluded, county_clerk, login, school_a):
    concluded(starts=date(2025, 12, 1), ends=date(2026, 12, 1))
    client = login(county_clerk)
    page = client.get(reverse("contracts_due")).content.decode()
    assert "张三丰" in page
    assert "2026-11-30" in page
    assert "8 天" in page
    for url in ("/", reverse("unit", args=[school_a.public_id])):
        assert "合同到期提醒" in client.get(url).content.decode()


@database
def test_only_who_changes_files_keeps_contracts(concluded, county_approver, teacher_actor):
    one = concluded()
    for actor in (county_approver, teacher_actor):
        with pytest.raises(NotAllowed):
            renew_contract(actor=actor, contract=one, ends=None)


@database
def test_papers_of_contracts_say_what_is_on_file(concluded, county_clerk, school_a):
    one = concluded(first_job=True, probation_last=date(2027, 8, 31))

    def printed(name):
        kind = all_kinds()[name]
        subject = kind.subjects(county_clerk).get(pk=one.teacher_id)
        paper = issue(kind, subject, actor=county_clerk, reason="存档")
        return "".join(str(block) for block in blocks_of(file_of(IssuedDocument.objects.get(pk=paper.pk))))

    contract = printed("contract")
    for words in (
        "青石县第一初级中学",
        "张三丰",
        "2026年9月1日起至2029年8月31日止",
        "试用期至2027年8月31日止",
        "2026-018",
    ):
        assert words in contract
    assert "2029年8月31日期满" in printed("contract_notice")
    with pytest.raises(NotAllowed, match="没有已解除"):
        printed("contract_end")
    end_contract(
        actor=county_clerk, contract=one, ground="dismissed", ends=date(2026, 11, 1), document="青教人〔2026〕30号"
    )
    ended = printed("contract_end")
    for words in ("2026年10月31日解除", "受到开除处分", "事业单位人事管理条例第十八条", "青教人〔2026〕30号"):
        assert words in ended


@database
def test_the_pages_of_a_contract_conclude_renew_and_end_it(county_clerk, login, school_a):
    teacher = make_teacher("李梅", school_a)
    client = login(county_clerk)
    url = reverse("contract_conclude", args=[teacher.public_id])
    data = {
        "unit": str(school_a.public_id), "kind": "appointment", "starts": "2026-09-01", "last_day": "2029-08-31", "first_job": "on",
        "probation": "2027-02-28",
    }  # fmt: skip
    refused = client.post(url, data)
    assert (refused.status_code, "12个月" in refused.content.decode()) == (422, True)
    assert client.post(url, {**data, "probation": "2027-08-31"}).status_code == 302
    assert client.get(reverse("contract_renew", args=[teacher.public_id])).status_code == 200
    assert (
        client.post(reverse("contract_renew", args=[teacher.public_id]), {"last_day": "2032-08-31"}).status_code == 302
    )
    ended = {"ground": "agreed", "last_day": "2026-12-31"}
    assert client.post(reverse("contract_end", args=[teacher.public_id]), ended).status_code == 302
    assert list(Contract.objects.order_by("valid").values_list("ground", flat=True)) == ["agreed", ""]
