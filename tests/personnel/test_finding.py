"""Finding people by name, sound, initials, number; and the search over everything."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.records.changes import change
from core.records.vault import blind_index
from personnel.models import Certificate, FormerName, IdentityDocument, Teacher
from personnel.selectors.finding import find_people, search_teachers
from tests.personnel.files import ZHANG, make_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(school_a, system):
    found = {
        name: make_file(name, school_a, **more)
        for name, more in {
            "张三": {"identity_number": ZHANG},
            "单雄信": {},
            "西安": {},
            "先进": {},
            "古丽娜尔·买买提": {"staff_number": "A0017"},
            "吕布": {},
        }.items()
    }
    with change("personnel.add_fact", actor=system, reason="test ground"):
        FormerName.objects.create(teacher=found["吕布"], name="吕奉先")
        Certificate.objects.create(teacher=found["先进"], name="普通话水平测试等级证书", number="3520110417628")
        Certificate.objects.create(teacher=found["西安"], name="全国英语等级考试", number="PETS20090017A")
    return found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("张三", {"张三"}),
        (" 张　三 ", {"张三"}),
        ("三", {"张三"}),
        ("zhang san", {"张三"}),
        ("zhangsan", {"张三"}),
        ("ZhangS", {"张三"}),
        ("zs", {"张三"}),
        ("shanxiong", {"单雄信"}),
        ("xian", {"西安", "先进"}),
        ("xi an", {"西安"}),
        ("lvbu", {"吕布"}),
        ("吕奉先", {"吕布"}),
        ("gulinaer", {"古丽娜尔·买买提"}),
        ("古丽娜尔.买买提", {"古丽娜尔·买买提"}),
        ("A0017", {"古丽娜尔·买买提"}),
        ("3520110417628", {"先进"}),
        (" 3520 1104 17628 ", {"先进"}),
        ("pets20090017a", {"西安"}),
        ("352011041762", set()),
        (ZHANG, {"张三"}),
        (ZHANG.lower(), {"张三"}),
        ("110105 19491231 002x", {"张三"}),
        ("002X", {"张三"}),
        ("002x", {"张三"}),
        ("110105194912310021", set()),
        ("1101051949", set()),
        ("%", set()),
        ("_", set()),
        ("\\", set()),
        ("'; DROP TABLE", set()),
        ("qqqq", set()),
    ],
)
def test_what_is_typed_finds_whom_it_may_mean(people, typed, found):
    assert {row.name for row in search_teachers(Teacher.objects.all(), typed)} == found


def test_another_document_is_found_by_its_whole_number(people, system):
    with change("personnel.add_fact", actor=system, reason="test ground"):
        passport = IdentityDocument(teacher=people["西安"], kind="3")
        passport.number = "H12345678"
        passport.save()

    assert passport.number_index == blind_index("identity", "H12345678")
    assert [row.name for row in search_teachers(Teacher.objects.all(), "h12345678")] == ["西安"]


def test_nothing_typed_narrows_nothing(people):
    assert search_teachers(Teacher.objects.all(), " \u200b ").count() == 6


def test_a_long_row_of_letters_is_answered_at_once(people):
    typed = "xianxianxianxianxianxianxianxianxianxianxianxianxianxianxian"

    assert list(search_teachers(Teacher.objects.all(), typed)) == []


class TestSearchPage:
    """The search over everything."""

    def hits(self, answer):
        return re.findall(
            r'list-group-item-action[^>]*href="([^"]*)"><b>([^<]*)</b><span class="sd-sub">([^<]*)',
            answer.content.decode(),
        )

    def test_people_come_with_what_tells_them_apart(self, login, county_clerk, people, school_a):
        found = self.hits(login(county_clerk).get("/search/?q=zhangsan"))

        assert found == [(f"/teachers/{people['张三'].public_id}/", "张三", f"{school_a.name}、语文")]

    def test_the_whole_number_finds_the_person_and_is_not_shown(self, login, county_clerk, people):
        answer = login(county_clerk).get(f"/search/?q={ZHANG}")

        assert [name for _url, name, _sub in self.hits(answer)] == ["张三"]

    def test_the_number_of_a_certificate_finds_who_holds_it(self, login, county_clerk, people):
        found = self.hits(login(county_clerk).get("/search/?q=3520110417628"))

        assert [(url, name) for url, name, _sub in found] == [(f"/teachers/{people['先进'].public_id}/", "先进")]

    def test_units_are_found_by_name_and_code(self, login, county_clerk, school_a, school_b):
        client = login(county_clerk)

        by_name = self.hits(client.get("/search/?q=第一"))
        by_code = self.hits(client.get(f"/search/?q={school_a.code}"))

        assert [name for _url, name, _sub in by_name] == [school_a.name]
        assert [name for _url, name, _sub in by_code] == [school_a.name]
        assert self.hits(client.get("/search/?q=白河")) == []

    def test_another_countys_people_are_not_found(self, login, other_county_clerk, auditor, people):
        for actor in (other_county_clerk, auditor):
            client = login(actor)
            for typed in ("张三", "zs", ZHANG, "002X", "3520110417628"):
                assert self.hits(client.get("/search/", {"q": typed})) == []

    def test_nothing_typed_and_nothing_found_say_what_to_do(self, login, county_clerk):
        client = login(county_clerk)

        assert "要找什么？" in client.get("/search/").content.decode()
        assert "或用拼音再试" in client.get("/search/?q=qqqq").content.decode()

    def test_the_number_of_queries_does_not_grow_with_the_hits(self, county_clerk, school_a, second_school_a):
        counts, made = [], 0
        for wanted in (1, 3, 20):
            for number in range(made, wanted):
                make_file(f"李{chr(0x4E00 + number)}", (school_a, second_school_a)[number % 2], birth=date(1980, 1, 1))
            made = wanted
            find_people(county_clerk, "李", 30)
            county_clerk.__dict__.pop("_values", None)
            with CaptureQueriesContext(connection) as captured:
                assert len(find_people(county_clerk, "李", 30)) == wanted
            counts.append(len(captured))
        assert counts[0] == counts[1] == counts[2], counts
