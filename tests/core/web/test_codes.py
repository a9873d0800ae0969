"""Code lists: what there is, how sure it is, and what a bureau adds for itself."""

import re
from datetime import date

import pytest

from core.codes.files import heads
from core.codes.models import Code
from core.codes.selectors import code_of, label
from core.codes.services import load_codes
from tests.factories.people import make_actor
from tests.ground.clock import TODAY
from tests.ground.tables import table_rows

HAN = re.compile("[\u4e00-\u9fff]")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def codes(stored):
    load_codes(on=TODAY)


def test_every_list_is_there_with_its_source_and_certainty(login, county_clerk):
    rows = {row[0]: row for row in table_rows(login(county_clerk).get("/codes/"))}

    assert set(rows) == {head.name_zh for head in heads().values()}
    assert set(heads()) == set(Code.objects.values_list("list_name", flat=True).distinct())
    assert "GB/T 2261.1" in rows["性别"][2]
    assert rows["家庭关系"][3] == "待核实"
    assert int(rows["性别"][1]) == Code.objects.filter(list_name="sex").count()


def test_a_list_has_its_entries_with_what_they_are_read_from(login, county_clerk):
    answer = login(county_clerk).get("/codes/teacher_rank/")

    rows = {row[0]: row for row in table_rows(answer)}
    senior = Code.objects.get(list_name="teacher_rank", code="senior")
    assert rows[label("teacher_rank", "senior")] == [
        senior.name_zh, senior.name_en, "、".join(senior.synonyms), "系统预置", "已核对",
    ]  # fmt: skip
    assert answer.content.decode().count(heads()["teacher_rank"].source_zh) == 1


def test_codes_are_shown_of_standards_only(login, county_clerk):
    client = login(county_clerk)

    assert table_rows(client.get("/codes/sex/"))[0][:2] == ["1", "男"]
    assert table_rows(client.get("/codes/stage/"))[0][:2] == ["学前教育", "Preschool"]
    assert ">primary<" not in client.get("/codes/stage/").content.decode()
    assert "primary" not in {cell for row in table_rows(client.get("/codes/stage/")) for cell in row}


@pytest.mark.parametrize(
    ("query", "codes"), [("q=女", {"2"}), ("q=2", {"2"}), ("mark=memory", set()), ("state=other", set())]
)
def test_conditions_of_a_list(login, county_clerk, query, codes):
    assert {row[0] for row in table_rows(login(county_clerk).get(f"/codes/sex/?{query}"))} == codes


def test_a_list_that_is_none_is_not_found(login, city_clerk):
    assert [login(city_clerk).get(f"/codes/dragons/{rest}").status_code for rest in ("", "add/", "word/")] == [
        404,
        404,
        404,
    ]


def test_a_bureau_adds_an_entry_that_holds_below_it_only(login, city_clerk, county_clerk, county_a):
    answer = login(city_clerk).post(
        "/codes/subject/add/",
        {"name_zh": "茶艺", "name_en": "", "synonyms": "茶道\n\n 茶文化 ", "parent": "", "reason": "地方课程"},
    )

    added = Code.objects.get(name_zh="茶艺")
    assert answer.url == "/codes/subject/"
    assert (added.unit, added.synonyms, added.mark, added.valid.lower) == (
        city_clerk.unit,
        ["茶道", "茶文化"],
        "local",
        TODAY,
    )
    assert code_of("subject", "茶道", TODAY, county_a) == added.code
    assert "茶艺" in login(county_clerk).get("/codes/subject/?owner=own").content.decode()


def test_another_bureaus_entries_are_not_shown(
    login, city, county_a, county_b, county_clerk, other_county_clerk, system
):
    from psycopg.types.range import Range

    from core.records import change

    with change("test.code", actor=system, reason="test ground"):
        Code.objects.create(
            list_name="subject",
            code="L9",
            name_zh="白河方言",
            unit=county_b,
            mark="local",
            valid=Range(date(2020, 1, 1), None),
        )

    assert "白河方言" in login(other_county_clerk).get("/codes/subject/?owner=own").content.decode()
    assert "白河方言" not in login(county_clerk).get("/codes/subject/?owner=own").content.decode()


def test_a_way_of_writing_is_read_from_then_on(login, city_clerk, county_a):
    before = code_of("sex", "雌", TODAY, county_a)

    login(city_clerk).post("/codes/sex/word/", {"code": "2", "word": "雌", "reason": "旧表写法"})

    assert (before, code_of("sex", "雌", TODAY, county_a)) == (None, "2")


@pytest.mark.parametrize(
    ("address", "data", "words"),
    [
        ("/codes/sex/word/", {"code": "2", "word": "男", "reason": "x"}, "男"),
        ("/codes/sex/word/", {"code": "2", "word": "雌", "reason": ""}, "必填"),
        ("/codes/sex/add/", {"name_zh": "男", "reason": "x"}, "男"),
        (
            "/codes/sex/add/",
            {"name_zh": "丁", "synonyms": "\n".join(map(str, range(31))), "reason": "x"},
            "最多 30 个写法",
        ),
    ],
)
def test_what_contradicts_a_list_is_refused(login, city_clerk, address, data, words):
    count = Code.objects.count()

    answer = login(city_clerk).post(address, data)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Code.objects.count() == count


def test_only_who_may_extends_lists(login, county_clerk, county_approver, city, teacher_actor):
    for actor in (county_clerk, county_approver, make_actor("city_approver", city), teacher_actor):
        client = login(actor)
        assert client.post("/codes/sex/word/", {"code": "2", "word": "雌", "reason": "x"}).status_code == 403
        assert "/codes/sex/add/" not in client.get("/codes/sex/").content.decode()
    assert Code.objects.filter(unit__isnull=False).count() == 0


def test_pages_about_lists_are_in_english_too(login, county_clerk):
    client = login(county_clerk)
    client.post("/language/", {"language": "en", "next": "/"})

    rows = {row[0]: row for row in table_rows(client.get("/codes/"))}

    assert rows["Sex"][2:4] == [heads()["sex"].source_en, "Verified"]
    assert [row for row in rows.values() if HAN.search("".join(row))] == []
