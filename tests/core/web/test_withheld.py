"""Looks that a rule withholds from the person for a time: not a byte of an answer tells of them, and auditors see all."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from core.parameters.schema import InvalidParameter, build
from core.records.models import AccessLog
from core.registry import Withheld, registry
from core.web.looks import Withholding, told_to_the_person, withheld_until
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
PRINTED = re.compile(rb'<div class="sd-paper-head".*?</div>', re.DOTALL)
TOKEN = re.compile(rb'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"')


def look(teacher, role="panel_member", what="file", reason="", unit=None):
    return AccessLog.objects.create(
        actor=make_user("隐名" if role == "panel_member" else "经办"),
        role=role,
        unit=unit,
        subject="personnel.Teacher",
        subject_id=teacher.pk,
        what=what,
        reason=reason,
    )


def bare(answer):
    assert answer.status_code == 200
    return TOKEN.sub(b"", PRINTED.sub(b"", answer.content))


def pages(teacher):
    looks = reverse("teacher_looks", args=[teacher.public_id])
    file = reverse("teacher", args=[teacher.public_id])
    return [
        looks,
        f"{looks}?size=20",
        f"{looks}?what=file",
        f"{looks}?q=隐名",
        f"{looks}?sort=at",
        f"{looks}?what=value",
        file,
    ]


@pytest.mark.parametrize("whose", ["teacher", "clerk"])
@pytest.mark.parametrize("what", ["file", "paper_clear", "personnel.Contact.phone"])
def test_not_a_byte_of_an_answer_tells_of_a_withheld_look(login, own_file, teacher_actor, school_clerk, whose, what):
    client = login(teacher_actor if whose == "teacher" else school_clerk)
    for _number in range(25):
        look(own_file, role="county_clerk")
    for address in pages(own_file):
        client.get(address)
    before = {address: bare(client.get(address)) for address in pages(own_file)}

    for _number in range(3):
        look(own_file, what=what, reason="评审")

    assert {address: bare(client.get(address)) for address in pages(own_file)} == before


def test_the_next_page_of_the_looks_is_the_same_too(login, own_file, teacher_actor):
    client, address = login(teacher_actor), reverse("teacher_looks", args=[own_file.public_id])
    for _number in range(15):
        look(own_file, role="county_clerk")
    look_at = [look(own_file) for _number in range(4)]
    for _number in range(15):
        look(own_file, role="county_clerk")
    assert look_at

    first = client.get(f"{address}?size=20").content.decode()

    assert "30" in re.search(r'role="status">([^<]*)<', first)[1]
    following = re.search(r'href="([^"]*after=[^"]*)"', first)[1].replace("&amp;", "&")
    second = client.get(f"{address}{following}" if following.startswith("?") else following).content.decode()
    assert second.count("县区经办") + second.count("County clerk") >= 10
    assert "隐名" not in second


def test_after_the_days_of_the_rule_the_person_reads_it(own_file, monkeypatch):
    row = look(own_file)
    looks = AccessLog.objects.filter(subject_id=own_file.pk)
    assert not told_to_the_person(looks).exists()

    later = timezone.now() + timedelta(days=181)
    monkeypatch.setattr("core.web.looks.timezone.now", lambda: later)

    assert told_to_the_person(looks).get() == row
    assert withheld_until([row]) == {}


def test_other_roles_are_told_at_once(own_file):
    look(own_file, role="county_clerk")
    assert told_to_the_person(AccessLog.objects.filter(subject_id=own_file.pk)).count() == 1


def test_an_auditor_sees_all_with_the_rule_and_the_day(login, auditor, own_file, city):
    row = look(own_file, unit=city)
    until = timezone.localtime(row.at + timedelta(days=180)).date()

    page = login(auditor).get(reverse("audit_access")).content.decode()

    assert "隐名" in page
    assert "按角色延后告知" in page
    assert str(until) in page


class TestRulesOfModules:
    @pytest.fixture
    def until_results(self, monkeypatch):
        """A module's rule: looks with this reason, until the module says that it is over."""
        state = {"over": False}
        rule = Withheld(
            "panel", "评审结果公布", lambda _now: Q(pk__in=[]) if state["over"] else Q(reason="评审2026"),
            lambda rows: {row.pk: date(2027, 1, 31) for row in rows},
        )  # fmt: skip
        monkeypatch.setitem(registry.modules, "titles", replace(registry.modules["titles"], withheld=(rule,)))
        return state

    def test_a_module_only_declares_and_answers(self, login, own_file, teacher_actor, until_results):
        client, address = login(teacher_actor), reverse("teacher_looks", args=[own_file.public_id])
        empty = bare(client.get(address))
        row = look(own_file, role="county_clerk", reason="评审2026")
        assert bare(client.get(address)) == empty
        assert withheld_until([row]) == {row.pk: ("评审结果公布", date(2027, 1, 31))}

        until_results["over"] = True

        assert "评审2026" in client.get(address).content.decode()
        assert withheld_until([row]) == {}


def test_a_delay_is_at_least_a_day():
    with pytest.raises(InvalidParameter):
        build(Withholding, {"delays": [{"role": "panel_member", "days": 0}]}, reference="", mark="local")
