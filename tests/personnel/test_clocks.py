"""A file on two clocks, on the page, on paper and by program: as things were on a day, as we knew them by another."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import Range

from core.api.services import issue_token
from core.dates import PartialDate
from core.exchange.exporting import page_named
from core.org.models import RoleAssignment
from core.records.changes import change
from core.records.clocks import known_at
from core.records.models import AccessLog
from core.web.listing import Listing
from personnel import services
from personnel.models import Education, Employment, TeachingBreak
from personnel.selectors.clocks import file_as_of
from tests.ground.clock import TODAY
from tests.ground.moments import settled_on
from tests.personnel.files import PHONE, ZHANG, import_rows, make_file, set_contact
from titles.models import TitleHeld

FEBRUARY, MARCH, APRIL, MAY, JUNE = (
    date(2026, 2, 10),
    *(date(2026, month, 1) for month in (3, 4, 5)),
    date(2026, 6, 15),
)
OPENED = "2026-02-10"
API = "/api/v1/teachers/"
OLD, NEW = "二级教师", "一级教师"


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def url(teacher, **query):
    found = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("teacher", args=[teacher.public_id]) + (f"?{found}" if found else "")


def page_of(client, teacher, **query):
    answer = client.get(url(teacher, **query))
    assert answer.status_code == 200
    return answer.content.decode()


def fact_of(page, label):
    """What a fact of the page says, without its mark."""
    found = re.search(rf"<dt>{label}</dt><dd>(.*?)</dd>", page, re.DOTALL)[1]
    return text_of(re.sub(r"<details.*?</details>", "", found, flags=re.DOTALL)).strip()


def heading_of(page):
    return text_of(re.search(r'<div class="sd-head is-person">.*?</div></div>', page, re.DOTALL)[0])


def in_force(page):
    """The record that bears the badge of what holds, with its facts."""
    blocks = page.split('<div class="sd-block-head')
    return next(text_of(block) for block in blocks if "badge is-green" in block and "<h3>" in block)


@pytest.fixture
def program(stored):
    """`program(actor)`: a client with a token of the actor, asking in Chinese."""
    cache.clear()

    def client(actor):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        _token, text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": "zh-hans"})

    return client


@pytest.fixture
def teacher(committed_db, superuser_sql, school_a):
    """A file opened on 10 February 2026; its title is the second rank since 2010."""
    made = make_file("林婉清", school_a, identity_number=ZHANG)
    set_contact(made)
    settled_on(superuser_sql, FEBRUARY)
    return made


@pytest.fixture
def promoted(teacher, county_clerk, superuser_sql):
    """Promoted from 1 March on, which was entered in June."""
    held = TitleHeld.objects.get(teacher=teacher)
    services.change_fact(
        actor=county_clerk, record=held, on=MARCH, values={"rank": "first", "obtained": PartialDate(2026, 2)},
        reason="评聘", document="青教〔2026〕9号",
    )  # fmt: skip
    settled_on(superuser_sql, JUNE)
    return teacher


class TestAPromotionEnteredInJune:
    """It has held since March. On 1 April, as known on 1 May, the old value; as known today, the new one."""

    THEN = {"valid_on": "2026-04-01", "known_at": "2026-05-01"}
    TODAY = {"valid_on": "2026-04-01"}

    @pytest.mark.parametrize(
        ("query", "told"), [(THEN, OLD), (TODAY, NEW), ({}, NEW), ({"valid_on": "2026-02-28"}, OLD)]
    )
    def test_page_heading_tab_and_program_say_the_same(self, login, program, county_clerk, promoted, query, told):
        client, api = login(county_clerk), program(county_clerk)
        page, tab = page_of(client, promoted, **query), page_of(client, promoted, tab="titles", **query)
        section = api.get(f"{API}{promoted.public_id}/sections/titles/", query).json()
        other = {OLD: NEW, NEW: OLD}[told]

        assert fact_of(page, "职称").startswith(told)
        assert (told in heading_of(page), other in heading_of(page)) == (True, False)
        assert told in in_force(tab)
        holding = [row["values"]["rank"]["label"] for row in section["rows"] if row["holds"]]
        assert holding == [told]
        whole = {one["name"]: one for one in api.get(f"{API}{promoted.public_id}/sections/", query).json()}
        assert whole["titles"] == section

    def test_the_period_is_as_it_was_known(self, program, county_clerk, promoted):
        def periods(**query):
            rows = program(county_clerk).get(f"{API}{promoted.public_id}/sections/titles/", query).json()["rows"]
            return [(row["valid"]["from"], row["valid"]["until"], row["holds"]) for row in rows]

        assert periods(**self.THEN) == [("2010-09-01", None, True)]
        assert periods(**self.TODAY) == [("2026-03-01", None, True), ("2010-09-01", "2026-03-01", False)]
        assert periods(valid_on="2026-02-01") == [("2010-09-01", "2026-03-01", True)]

    def test_an_answer_names_both_days_and_its_position(self, program, county_clerk, promoted):
        api = program(county_clerk)

        then = api.get(f"{API}{promoted.public_id}/", self.THEN).json()
        now = api.get(f"{API}{promoted.public_id}/", self.TODAY).json()

        assert (then["valid_on"], then["known_at"]) == ("2026-04-01", "2026-05-01")
        assert known_at(then["position"]).day == FEBRUARY
        assert (now["valid_on"], now["known_at"], now["position"]) == ("2026-04-01", "2026-11-22", None)

    def test_an_answer_at_a_position_is_given_for_ever(self, program, county_clerk, promoted, superuser_sql):
        api = program(county_clerk)
        first = api.get(f"{API}{promoted.public_id}/sections/titles/", {"known_at": "latest"}).json()
        services.correct_fact(
            actor=county_clerk, record=TitleHeld.objects.get(teacher=promoted, valid__contains=TODAY),
            values={"rank": "senior"}, reason="更正",
        )  # fmt: skip
        again = api.get(f"{API}{promoted.public_id}/sections/titles/", {"known_at": first["position"]}).json()
        latest = api.get(f"{API}{promoted.public_id}/sections/titles/", {"known_at": "latest"}).json()

        assert again == first | {"known_at": again["known_at"], "valid_on": first["valid_on"]}
        assert latest["position"] == first["position"] + 1
        assert latest["rows"][0]["values"]["rank"]["code"] == "senior"

    def test_the_page_says_what_differs_from_today(self, login, county_clerk, promoted):
        page = page_of(login(county_clerk), promoted, **self.THEN)

        assert "今天为 一级教师" in fact_of(page, "职称")
        assert "您在看过去，以下有 1 项与今天不同" in text_of(page)

    def test_the_paper_bears_both_days(self, login, county_clerk, promoted):
        client = login(county_clerk)

        def paper(**query):
            return text_of(
                re.search(r'<div class="sd-paper-head".*?</div>', page_of(client, promoted, **query), re.DOTALL)[0]
            )

        assert "情况截至 2026-04-01，登记截至 2026-05-01" in paper(**self.THEN)
        assert "情况截至 2026-11-22，登记截至 2026-11-22" in paper()

    def test_marks_and_latest_changes_are_those_of_that_version(self, login, county_clerk, promoted):
        client = login(county_clerk)
        then, now = page_of(client, promoted, **self.THEN), page_of(client, promoted, **self.TODAY)

        assert ("评聘" in then, "评聘" in now) == (False, True)
        assert ("青教〔2026〕9号" in then, "青教〔2026〕9号" in now) == (False, True)


def test_the_mark_of_an_imported_value_is_that_of_the_workbook_known_then(
    login, county_clerk, school_a, superuser_sql, committed_db
):
    head = ("姓名", "身份证号", "工作单位", "参加工作时间")
    import_rows(county_clerk, school_a, [head, ("林婉清", ZHANG, school_a.name, "1970年8月")], name="旧名册.xlsx")
    settled_on(superuser_sql, FEBRUARY)
    import_rows(county_clerk, school_a, [head, ("林婉清", ZHANG, school_a.name, "1971年1月")], name="新名册.xlsx")
    settled_on(superuser_sql, JUNE)
    teacher = Employment.objects.get().teacher
    client = login(county_clerk)
    then, now = page_of(client, teacher, known_at="2026-05-01"), page_of(client, teacher)

    assert [("旧名册.xlsx" in page, "新名册.xlsx" in page) for page in (then, now)] == [(True, False), (True, True)]
    assert fact_of(then, "参加工作时间").startswith("1970-08")
    assert fact_of(now, "参加工作时间").startswith("1971-01")


class TestTheStrip:
    """Two days along the top of the page."""

    def fields(self, page):
        form = re.search(r'<form class="sd-clocks.*?</form>', page, re.DOTALL)[0]
        return dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form))

    def test_both_are_today_until_somebody_asks(self, login, county_clerk, teacher):
        page = page_of(login(county_clerk), teacher)

        assert self.fields(page) == {"valid_on": "2026-11-22", "known_at": "2026-11-22"}
        assert "is-past" not in page
        assert "回到今天" not in page

    def test_the_days_stay_from_tab_to_tab_and_there_is_a_way_back(self, login, county_clerk, teacher):
        page = page_of(login(county_clerk), teacher, tab="work", valid_on="2026-04-01", known_at="2026-05-01")

        tabs = re.findall(r'class="nav-link[^"]*" href="([^"]*)"', page)
        assert len(tabs) == 8
        undated = [tab for tab in tabs if "valid_on=2026-04-01&amp;known_at=2026-05-01" not in tab]
        assert undated == [reverse("teacher_dossier", args=[teacher.public_id])], "the dossier is looked at as it is"
        assert self.fields(page) == {"tab": "work", "valid_on": "2026-04-01", "known_at": "2026-05-01"}
        back = re.search(r'href="([^"]*)">回到今天', page)[1]
        assert back == url(teacher, tab="work")

    def test_days_are_read_as_people_type_them(self, login, county_clerk, teacher):
        page = page_of(login(county_clerk), teacher, valid_on="2026年4月1日", known_at="2026.5.1")

        assert self.fields(page) == {"valid_on": "2026-04-01", "known_at": "2026-05-01"}

    def test_what_is_no_day_is_told_and_the_other_day_stays(self, login, county_clerk, promoted):
        client = login(county_clerk)
        for typed in ("2026-13-01", "去年", "2026-04", "0", "99999", "2026-02-30"):
            page = page_of(client, promoted, valid_on=typed, known_at="2026-05-01", tab="titles")

            assert f"“{typed}”不是一个日期。请写明年月日，如 2026-09-01。" in text_of(page)
            assert self.fields(page) == {"tab": "titles", "valid_on": typed, "known_at": "2026-05-01"}
            assert (NEW in heading_of(page), OLD in heading_of(page)) == (False, True)
            assert 'aria-invalid="true"' in page

    def test_it_is_told_in_the_readers_language(self, login, county_clerk, teacher):
        client = login(county_clerk)
        client.cookies["django_language"] = "en"
        county_clerk.user.language = "en"

        page = page_of(client, teacher, known_at="yesterday")

        assert "“yesterday” is no day. Write the whole day, such as 2026-09-01." in page

    def test_nothing_is_changed_or_revealed_while_one_looks_elsewhere(self, login, county_clerk, teacher):
        client = login(county_clerk)

        def offered(**query):
            pages = [page_of(client, teacher, tab=tab, **query) for tab in ("basic", "titles")]
            return [any(f"/{part}/" in page for page in pages) for part in ("facts", "add", "reveal")]

        today = offered()
        assert True in today
        assert offered(valid_on="2026-04-01") == offered(known_at="2026-05-01") == [False] * 3

    def test_days_to_come_are_told(self, login, county_clerk, promoted):
        client = login(county_clerk)
        held = TitleHeld.objects.get(teacher=promoted, valid__contains=TODAY)
        services.change_fact(
            actor=county_clerk, record=held, on=date(2027, 1, 1), values={"rank": "senior"}, reason="评聘"
        )

        ahead = page_of(client, promoted, valid_on="2027-02-01")
        later = text_of(page_of(client, promoted, known_at="2027-02-01"))

        assert fact_of(ahead, "职称").startswith("高级教师")
        assert "您在看将来" in ahead
        assert "2027-02-01 还没有到。" in later
        assert "到那天会知道什么，现在无人知道；这里显示的是今天所知。" in later

    def test_a_file_that_was_not_there_yet_says_so(self, login, program, county_clerk, teacher):
        client = login(county_clerk)
        page = page_of(client, teacher, known_at="2026-02-09", tab="titles")
        answer = program(county_clerk).get(f"{API}{teacher.public_id}/", {"known_at": "2026-02-09"}).json()
        sections = program(county_clerk).get(f"{API}{teacher.public_id}/sections/", {"known_at": "2026-02-09"})
        section = program(county_clerk).get(f"{API}{teacher.public_id}/sections/titles/", {"known_at": "2026-02-09"})

        assert f"到 2026-02-09 结束时，系统中还没有这份档案。 档案建立于 {OPENED}。" in text_of(page)
        assert OLD not in page
        assert (answer["name"], answer["revision"], answer["unit"], answer["known_at"]) == (
            None,
            None,
            None,
            "2026-02-09",
        )
        assert (sections.json(), section.json()["rows"]) == ([], [])
        assert page_of(client, teacher, known_at=OPENED).count(OLD) > 0


class TestTheWholeFile:
    """What a version holds, beside titles."""

    def test_what_was_taken_away_since_is_there_again(self, program, county_clerk, teacher, superuser_sql):
        with change("test.undo", actor=county_clerk, reason="撤销"):
            Education.objects.get(teacher=teacher).delete()
        settled_on(superuser_sql, JUNE)

        def schools(**query):
            rows = program(county_clerk).get(f"{API}{teacher.public_id}/sections/education/", query).json()["rows"]
            return [(row["values"]["school"], row["holds"], row["valid"]) for row in rows]

        assert schools(known_at="2026-05-01") == [("师范大学", None, None)]
        assert schools() == schools(known_at="2026-06-15") == []

    def test_protected_values_are_masks_of_that_version(self, login, program, county_clerk, teacher, superuser_sql):
        contact = set_contact_of(teacher)
        services.correct_fact(actor=county_clerk, record=contact, values={"phone": "13999990000"}, reason="更正")
        settled_on(superuser_sql, JUNE)
        api = program(county_clerk)

        def phone(**query):
            return api.get(f"{API}{teacher.public_id}/sections/contact/", query).json()["rows"][0]["values"]["phone"]

        assert phone(known_at="2026-05-01") == {"masked": "*******1234"}
        assert phone() == {"masked": "*******0000"}
        page = page_of(login(county_clerk), teacher, tab="basic", known_at="2026-05-01")
        assert [secret in page for secret in (PHONE, "13999990000", ZHANG)] == [False] * 3
        assert "1234" in page

    def test_what_the_person_was_called_and_where_they_were(
        self, login, county_clerk, teacher, second_school_a, superuser_sql
    ):
        services.correct_fact(actor=county_clerk, record=teacher, values={"name": "林婉青"}, reason="户口簿")
        job = Employment.objects.get(teacher=teacher)
        services.change_fact(actor=county_clerk, record=job, on=MARCH, values={"unit": second_school_a}, reason="调动")
        settled_on(superuser_sql, JUNE)
        client = login(county_clerk)

        told = {
            name: heading_of(page_of(client, teacher, **query))
            for name, query in {
                "then": {"known_at": "2026-05-01"},
                "now": {},
                "before": {"valid_on": "2026-02-28"},
            }.items()
        }

        seen = {
            name: [word in text for word in ("林婉清", "林婉青", "第一初级中学", "实验小学")]
            for name, text in told.items()
        }
        assert seen == {
            "then": [True, False, True, False], "now": [False, True, False, True], "before": [False, True, True, False],
        }  # fmt: skip

    def test_age_and_years_are_reckoned_for_the_day(self, login, county_clerk, teacher, superuser_sql):
        with change("test.fill", actor=county_clerk, reason="补录"):
            TeachingBreak.objects.create(
                teacher=teacher,
                starts=PartialDate(2012, 9, 1),
                ends=PartialDate(2014, 9, 1),
                cause="leave",
                counts_as_work=False,
            )
        settled_on(superuser_sql, JUNE)
        client = login(county_clerk)

        def told(**query):
            page = page_of(client, teacher, **query)
            return fact_of(page, "年龄"), fact_of(page, "工龄")

        assert told(valid_on="2000-05-01") == ("20 岁", "0 年")
        assert told(valid_on="2025-08-01")[0] == "45 岁"
        assert told(valid_on="2025-08-01")[1] == "18 年"
        assert told(valid_on="2025-08-01", known_at="2026-05-01")[1] == "20 年"

    def test_before_birth_nobody_has_an_age(self, login, county_clerk, teacher):
        page = page_of(login(county_clerk), teacher, valid_on="1950-01-01")

        assert "岁" not in heading_of(page)
        assert "年龄" not in page

    def test_as_many_queries_for_a_long_life_as_for_a_short_one(self, county_clerk, teacher, superuser_sql):
        def asked():
            with CaptureQueriesContext(connection) as captured:
                file_as_of(teacher, valid_on=MAY, known_at=known_at(last), actor=county_clerk)
            return len(captured)

        last = settled_now(superuser_sql)
        first = asked()
        held = TitleHeld.objects.get(teacher=teacher)
        for day in range(1, 20):
            with change("titles.test", actor=county_clerk, reason="test ground"):
                held = held.supersede(on=date(2012, 1, day), area=str(day))
        last = settled_now(superuser_sql)

        assert asked() == first

    def test_today_by_its_position_is_what_the_live_rows_say(self, county_clerk, promoted, superuser_sql):
        last = settled_now(superuser_sql)

        versions = file_as_of(promoted, valid_on=TODAY, known_at=known_at(last), actor=county_clerk)
        live = file_as_of(promoted, valid_on=TODAY, known_at=TODAY, actor=county_clerk)

        assert [part.section.name for part in versions.parts] == [part.section.name for part in live.parts]
        for one, other in zip(versions.parts, live.parts, strict=True):
            columns = [field.attname for field in one.model._meta.concrete_fields]
            assert [[getattr(row, name) for name in columns] for row in one.rows] == [
                [getattr(row, name) for name in columns] for row in other.rows
            ], one.section.name
        facts = ("unit", "unit_code", "unit_since", "in_quota", "form", "post", "stage", "subject", "status")
        assert [getattr(versions.teacher, name) for name in facts] == [getattr(live.teacher, name) for name in facts]


class TestScope:
    """Whoever sees the file today sees its past; nobody else does."""

    PAST = {"valid_on": "2026-04-01", "known_at": "2026-05-01"}

    def test_who_had_the_file_then_and_has_it_no_more_sees_what_they_keep_only(
        self, login, program, county_clerk, other_county_clerk, teacher, school_b, superuser_sql
    ):
        job = Employment.objects.get(teacher=teacher)
        services.change_fact(
            actor=county_clerk, record=job, on=date(2026, 6, 1), values={"unit": school_b}, reason="调动"
        )
        last = settled_on(superuser_sql, JUNE)

        seen = {}
        for actor in (county_clerk, other_county_clerk):
            api, client = program(actor), login(actor)
            rest = [
                api.get(f"{API}{teacher.public_id}/{way}", self.PAST).status_code
                for way in ("", "sections/", "sections/titles/")
            ]
            seen[actor.role, actor.unit.name] = [client.get(url(teacher, **self.PAST)).status_code, *rest]

        assert [*seen.values()] == [[308, *[404] * 3], [200] * 4]
        assert file_as_of(teacher, valid_on=APRIL, known_at=known_at(last), actor=county_clerk).parts == []

    def test_a_teacher_sees_the_past_of_the_own_file_only(self, login, teacher_actor, own_file, teacher, superuser_sql):
        settled_on(superuser_sql, FEBRUARY)
        client = login(teacher_actor)

        assert client.get(url(own_file, **self.PAST)).status_code == 200
        assert client.get(url(teacher, **self.PAST)).status_code == 404

    def test_looking_into_the_past_is_a_look_of_today(self, login, program, second_county_clerk, teacher):
        login(second_county_clerk).get(url(teacher, **self.PAST))
        program(second_county_clerk).get(f"{API}{teacher.public_id}/sections/", self.PAST)

        looks = AccessLog.objects.filter(actor=second_county_clerk.user, subject_id=teacher.pk)
        assert looks.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["", "sections/", "sections/titles/"])
def test_a_program_is_told_what_is_no_day_and_no_position(program, county_clerk, school_a, way):
    teacher, api = make_file("林婉清", school_a), program(county_clerk)
    wrong = {
        "valid_on=2026-13-01": "valid_on", "valid_on=heute": "valid_on", "known_at=heute": "known_at",
        "known_at=2026-02-30": "known_at", "known_at=999999999999": "known_at", "known_at=%00": "known_at",
        "known_on=2026-05-01": "known_on",
    }  # fmt: skip

    answers = {query: api.get(f"{API}{teacher.public_id}/{way}?{query}") for query in wrong}

    assert {answer.status_code for answer in answers.values()} == {400}
    told = {query: [one["parameter"] for one in answer.json()["errors"]] for query, answer in answers.items()}
    assert told == {query: [parameter] for query, parameter in wrong.items()}


@pytest.mark.django_db
class TestAListAsOfADay:
    """Who was in post on 1 September 2024."""

    @pytest.fixture
    def people(self, school_a, second_school_a, school_b, county_clerk):
        """One who was there, one who came later, one who has gone to another county, one who came from there."""
        teacher = make_file("林婉清", school_a, identity_number=ZHANG)
        came = make_file("陈新来", school_a)
        gone = make_file("李调走", school_a)
        back = make_file("王调入", school_b)
        with change("test.move", actor=county_clerk, reason="test ground"):
            Employment.objects.filter(teacher=came).update(valid=Range(date(2025, 9, 1), None))
            for who, unit in ((gone, school_b), (back, school_a)):
                Employment.objects.get(teacher=who).supersede(on=date(2025, 1, 1), unit=unit)
            Employment.objects.get(teacher=teacher).supersede(on=date(2025, 9, 1), unit=second_school_a, post="校长")

    def names(self, page):
        return re.findall(r'<a[^>]*href="/teachers/[0-9a-f-]{36}/"[^>]*>([^<]+)</a>', page)

    def list_of(self, client, **query):
        return client.get(reverse("teachers"), query).content.decode()

    def test_it_holds_who_was_there_then_of_those_whom_one_sees_today(self, login, county_clerk, people):
        client = login(county_clerk)

        assert sorted(self.names(self.list_of(client))) == ["林婉清", "王调入", "陈新来"]
        assert self.names(self.list_of(client, on="2024-09-01")) == ["林婉清"]

    def test_columns_and_conditions_are_of_that_day(self, login, county_clerk, people, school_a, second_school_a):
        client = login(county_clerk)
        page = self.list_of(client, on="2024年9月1日", columns=["unit", "post", "title"])

        row = text_of(re.search(r"<tbody.*?</tbody>", page, re.DOTALL)[0])
        assert ("青石县第一初级中学" in row, "校长" in row, OLD in row) == (True, False, True)
        at = {
            unit.name: self.names(self.list_of(client, on="2024-09-01", unit=unit.public_id))
            for unit in (school_a, second_school_a)
        }
        assert at == {"青石县第一初级中学": ["林婉清"], "青石县实验小学": []}

    def test_the_day_is_a_condition_in_the_address_and_the_page_says_what_it_means(self, login, county_clerk, people):
        page = self.list_of(login(county_clerk), on="2024-09-01")

        assert "2024-09-01 属于青石县教育局及其下级单位的人员，内容按今天所知的当日情况。" in text_of(page)
        assert "on=2024-09-01" in page
        assert re.search(r'sd-chip"[^>]*><span class="sd-sub">截至</span>2024-09-01', page)

    def test_a_day_that_is_none_is_left_out_and_told(self, login, county_clerk, people):
        page = self.list_of(login(county_clerk), on="2024-13-01")

        assert sorted(self.names(page)) == ["林婉清", "王调入", "陈新来"]
        assert "“截至”" in text_of(page)

    def test_the_export_holds_the_same(self, county_clerk, people):
        lines = list(Listing(page_named("teachers"), county_clerk, QueryDict("on=2024-09-01&columns=unit")).lines())

        assert [line[:2] for line in lines] == [["林婉清", "青石县第一初级中学"]]

    def test_a_program_asks_for_the_same_list(self, program, county_clerk, people):
        rows = program(county_clerk).get(API, {"on": "2024-09-01"}).json()["results"]

        assert [(row["name"], row["unit"]["name"], row["post"]) for row in rows] == [
            ("林婉清", "青石县第一初级中学", None)
        ]

    def test_a_search_in_a_list_of_the_past_is_a_look_of_today(self, login, second_county_clerk, people):
        client = login(second_county_clerk)
        for _again in range(2):
            self.list_of(client, on="2024-09-01", q=ZHANG)
        self.list_of(client, q=ZHANG)

        assert AccessLog.objects.filter(actor=second_county_clerk.user, what="number").count() == 1


def set_contact_of(teacher):
    """The contact on file."""
    return teacher.contacts.get()


def settled_now(superuser_sql):
    """The position up to which everything is settled, as of February."""
    return settled_on(superuser_sql, FEBRUARY)
