"""Seals that leave the house: the sheet, the file of the chain, the checkers."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from core.jobs.models import Job
from core.records.checker import read_chain, scanned
from core.records.models import Seal
from core.records.printed import digits, grouped, line_of, public_key
from tests.core.records.forging import work

pytestmark = pytest.mark.usefixtures("committed_db")
FILES = ("audit_chain_file", "audit_checker_file", "audit_script_file")


@pytest.fixture
def seals(system):
    """Four seals of a change each."""
    work(system, 4)
    return list(Seal.objects.order_by("pk"))


def shown(client, **asked):
    answer = client.get(reverse("audit_seal"), asked)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_sheet_bears_what_is_needed_to_check_it(login, auditor, seals):
    page = shown(login(auditor))
    newest = seals[-1]
    assert f"第 {newest.pk} 次封存" in page
    for digest in (bytes(newest.root), bytes(newest.chain), public_key()):
        assert re.search(r"</code>\s*".join(f"<code>{group}" for group in grouped(digest)), page)
    for said in ("打印人：审计员（", "本单的用法", "接收人（签名、日期）", "sd-qr"):
        assert said in page


def test_the_code_on_the_sheet_is_the_signed_line(seals, monkeypatch, login, auditor):
    drawn = []
    monkeypatch.setattr("core.web.views.seal_sheets.code_of", lambda line: drawn.append(line) or "")
    shown(login(auditor), seal=str(seals[1].pk))
    assert drawn == [line_of(seals[1])]
    assert scanned(drawn[0]).number == seals[1].pk


def test_an_older_seal_is_found_by_number_and_a_day_gives_its_last(login, auditor, seals):
    client = login(auditor)
    assert f"第 {seals[0].pk} 次封存" in shown(client, seal=str(seals[0].pk))
    assert f"第 {seals[-1].pk} 次封存" in shown(client, seal="2199-01-01")
    assert f"{reverse('audit_seal')}?seal={seals[1].pk}" in client.get(reverse("audit_seals")).content.decode()


@pytest.mark.parametrize("asked", ["999999", "1999-01-01", "yesterday", "²", "0", "x" * 500])
def test_what_names_no_seal_is_said_on_the_page_of_seals(login, auditor, seals, asked):
    answer = login(auditor).get(reverse("audit_seal"), {"seal": asked}, follow=True)
    assert answer.redirect_chain == [(reverse("audit_seals"), 302)]
    assert re.search("没有第|没有封存|既不是封存序号", answer.content.decode())


def test_a_file_of_the_chain_from_nowhere_is_refused_on_the_page_of_seals(login, auditor, seals):
    answer = login(auditor).get(reverse("audit_chain_file"), {"from": "2199-01-01"}, follow=True)
    assert answer.redirect_chain == [(reverse("audit_seals"), 302)]
    assert "2199-01-01 及以后还没有封存" in answer.content.decode()


def test_before_the_first_seal_the_page_says_so(login, auditor, monkeypatch):
    monkeypatch.setattr("core.web.views.seal_sheets.Stretch.among", lambda _self, rows: rows.none())
    assert "还没有封存" in shown(login(auditor))


def test_the_file_of_the_chain_begins_where_it_is_asked_to(login, auditor, seals):
    client = login(auditor)
    for start in (seals[0].pk, seals[2].pk):
        answer = client.get(reverse("audit_chain_file"), {"from": str(start)})
        assert answer.headers["Content-Disposition"] == f'attachment; filename="shidang-chain-{seals[-1].pk}.txt"'
        found = read_chain(b"".join(answer.streaming_content).decode())
        assert (found.verdict, min(found.seals), max(found.seals)) == (None, start, seals[-1].pk)


def test_the_checkers_bear_the_key_and_are_never_opened_here(login, auditor):
    for name, ending in (("audit_checker_file", "html"), ("audit_script_file", "py")):
        answer = login(auditor).get(reverse(name))
        assert digits(public_key()) in answer.content.decode()
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].endswith(f"shidang-seal-checker.{ending}")


def test_nobody_but_auditors_has_them(login, county_clerk, city_approver, system_administrator, teacher_actor):
    for actor in (county_clerk, city_approver, system_administrator, teacher_actor):
        for name in ("audit_seal", *FILES):
            assert login(actor).get(reverse(name)).status_code == 403


def test_a_stretch_is_verified_and_the_page_says_which(login, auditor, seals, run_jobs):
    client = login(auditor)
    client.post(reverse("audit_verify"), {"start": str(seals[1].pk), "to": str(seals[2].pk)})
    run_jobs()
    page = client.get(reverse("audit_seals")).content.decode()
    changes = seals[2].last - seals[1].first + 1
    assert f"已重新计算第 {seals[1].pk} 至 {seals[2].pk} 次封存的 {changes} 次变更" in page


def test_a_stretch_that_is_none_is_refused_in_words(login, auditor, seals):
    client = login(auditor)
    answer = client.post(reverse("audit_verify"), {"start": "gestern"}, follow=True)
    assert "“gestern”既不是封存序号，也不是日期" in answer.content.decode()
    assert Job.objects.count() == 0
