"""Lists: conditions in the address, columns, order, keyset paging, counts, saved views, partials, exports."""

import csv
import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from psycopg.types.range import Range

from core.exchange.written import harmless
from core.jobs.models import Job
from core.records.changes import change
from core.records.models import StoredFile
from core.records.storage import content_of
from core.web.counting import total
from core.web.listing import Listing
from core.web.paging import Order, cut
from personnel.models import Teacher, TeachingAssignment
from personnel.views.teachers import TeacherList
from tests.factories.people import make_teacher
from tests.personnel.files import PHONE, ZHANG, make_file, set_contact, set_status

pytestmark = pytest.mark.django_db

NAMES = re.compile(r'<th scope="row"[^>]*><span><a href="[^"]*">([^<]*)</a>')


def names(answer):
    return NAMES.findall(answer.content.decode())


def link(answer, relation):
    found = re.search(rf'href="([^"]*)" rel="{relation}"', answer.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


@pytest.fixture
def people(school_a, second_school_a):
    """Seven people of two schools, two of them with the same name."""
    spelt = ["安娜", "白云", "曹操", "邓丽", "白云", "冯唐", "高山"]
    return [
        make_file(name, (school_a, second_school_a)[n % 2], sex=str(n % 2 + 1), birth=date(1970 + n, 1, 1))
        for n, name in enumerate(spelt)
    ]


def test_the_list_shows_the_people_of_ones_units_by_the_sound_of_their_names(login, county_clerk, people, teacher_b):
    assert names(login(county_clerk).get("/teachers/")) == ["安娜", "白云", "白云", "曹操", "邓丽", "冯唐", "高山"]


def test_htmx_gets_the_part_that_changes_and_a_browser_the_page(login, county_clerk, people):
    client = login(county_clerk)

    whole = client.get("/teachers/?q=曹").content.decode()
    part = client.get("/teachers/?q=曹", headers={"HX-Request": "true"}).content.decode()
    boosted = client.get(
        "/teachers/?q=曹", headers={"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "listing"}
    )
    elsewhere = client.get("/teachers/?q=曹", headers={"HX-Request": "true", "HX-Boosted": "true"}).content.decode()
    restored = client.get(
        "/teachers/?q=曹", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    ).content.decode()

    assert part.startswith('<div id="listing"')
    assert boosted.content.decode().startswith('<div id="listing"')
    assert [page.startswith("<!doctype html>") for page in (whole, elsewhere, restored)] == [True, True, True]
    assert whole.count("曹操") == part.count("曹操") > 0


def test_conditions_stand_in_the_address_and_can_be_taken_away_one_by_one(login, county_clerk, people, school_a):
    answer = login(county_clerk).get(f"/teachers/?unit={school_a.public_id}&sex=1&q=bai")
    page = answer.content.decode()

    assert names(answer) == ["白云"]
    assert f'href="?q=bai&amp;unit={school_a.public_id}"' in page
    assert 'href="?q=bai&amp;sex=1"' in page
    assert f'href="?q=bai&amp;unit={school_a.public_id}&amp;sex=1&amp;status=all"' in page


def test_a_condition_that_names_what_one_may_not_see_is_left_out_and_told(
    login, county_clerk, people, school_b, teacher_b
):
    answer = login(county_clerk).get(f"/teachers/?unit={school_b.public_id}&sex=7")

    assert len(names(answer)) == 7
    assert answer.content.decode().count("已略去") == 2
    assert school_b.name not in answer.content.decode()


def test_retired_people_are_shown_when_asked_for(login, county_clerk, people):
    set_status(people[2], "retired")
    set_status(people[3], "on_loan")
    client = login(county_clerk)

    assert names(client.get("/teachers/")) == ["安娜", "白云", "白云", "邓丽", "冯唐", "高山"]
    assert names(client.get("/teachers/?status=retired")) == ["曹操"]
    assert names(client.get("/teachers/?status=in_post")) == ["安娜", "白云", "白云", "冯唐", "高山"]
    assert len(names(client.get("/teachers/?status=all"))) == 7


def test_whom_only_a_condition_hides_is_offered_with_the_words_kept(login, county_clerk, people):
    set_status(people[2], "retired")
    client = login(county_clerk)

    hidden = client.get("/teachers/?q=曹操&sex=2").content.decode()
    nobody = client.get("/teachers/?q=无此人").content.decode()
    url = re.search(r'href="([^"]*)">不限状态、性别，有 1 条', hidden)[1].replace("&amp;", "&")

    assert names(client.get(f"/teachers/{url}")) == ["曹操"]
    assert len(names(client.get("/teachers/" + re.search(r'href="([^"]*)">去掉全部条件', hidden)[1]))) == 7
    assert "不限状态，有" not in nobody


def test_a_search_longer_than_the_field_says_how_much_of_it_counts(login, county_clerk, people):
    client = login(county_clerk)

    for address in ("/teachers/", "/search/"):
        assert "只按前 60 个字查找" in client.get(address, {"q": "张" * 500}).content.decode()
        assert "只按前" not in client.get(address, {"q": "张" * 60}).content.decode()


def test_a_stage_that_is_called_like_its_subject_is_said_once(login, county_clerk, school_a):
    teacher = make_teacher("幼师", school_a)
    with change("personnel.add_fact", actor=county_clerk, reason="入职"):
        TeachingAssignment.objects.create(
            teacher=teacher, valid=Range(date(2020, 9, 1), None), stage="preschool", subject="preschool"
        )

    page = login(county_clerk).get("/teachers/").content.decode()
    assert re.findall(r'data-label="任教"[^>]*><span>([^<]*)</span>', page) == ["学前教育"]


@pytest.mark.parametrize("sort", ["name", "-name", "age", "-age", "unit", "-unit", "work_start"])
def test_paging_by_keys_shows_each_row_once_there_and_back(county_clerk, people, sort):
    from django.http import QueryDict

    def page(**params):
        query = QueryDict(mutable=True)
        query.update({"sort": sort, **params})
        listing = Listing(TeacherList(), county_clerk, query)
        return cut(
            listing.annotated(listing.matching), listing.annotated(TeacherList().rows_of(county_clerk)), listing.order, size=3,
            after=params.get("after", ""), before=params.get("before", ""),
        )  # fmt: skip

    first = page()
    second = page(after=first.after)
    third = page(after=second.after)
    back = page(before=third.before)

    assert [len(one.rows) for one in (first, second, third)] == [3, 3, 1]
    assert {row.pk for one in (first, second, third) for row in one.rows} == {person.pk for person in people}
    assert (first.before, third.after) == ("", "")
    assert [row.pk for row in back.rows] == [row.pk for row in second.rows]


def test_who_has_no_date_comes_last_in_the_order_of_dates(login, county_clerk, people, school_a):
    make_file("无名", school_a, work_start=None, birth=None)
    client = login(county_clerk)

    assert names(client.get("/teachers/?sort=work_start"))[-1] == "无名"
    assert names(client.get("/teachers/?sort=age"))[-1] == "无名"


def test_a_mark_that_is_not_there_gives_the_first_page(county_clerk, people, teacher_b):
    rows = TeacherList().rows_of(county_clerk)

    for mark in ("nonsense", "00000000-0000-4000-8000-000000000000", str(teacher_b.public_id)):
        assert len(cut(rows, rows, Order(("pinyin", "name")), size=3, after=mark).rows) == 3


def test_a_row_that_left_the_conditions_still_marks_its_place(county_clerk, people):
    rows = TeacherList().rows_of(county_clerk)
    order = Order(("pinyin", "name"))
    first = cut(rows, rows, order, size=2)

    second = cut(rows.exclude(pk=first.rows[-1].pk), rows, order, size=2, after=first.after)

    assert [row.name for row in second.rows] == ["白云", "曹操"]


def test_the_page_links_to_its_neighbours(login, county_clerk, school_a):
    for number in range(21):
        make_file(f"张{chr(0x4E00 + number)}", school_a)
    client = login(county_clerk)

    first = client.get("/teachers/?size=20")
    second = client.get("/teachers/" + link(first, "next"))
    back = client.get("/teachers/" + link(second, "prev"))

    assert (len(names(first)), len(names(second))) == (20, 1)
    assert names(back) == names(first)
    assert "本页 20 条，共 21 条。" in first.content.decode()


def test_columns_can_be_chosen_and_the_first_one_stays(login, county_clerk, people):
    page = login(county_clerk).get("/teachers/?columns=sex&columns=birth").content.decode()

    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', page)
    assert [head.strip() for head in heads if head.strip()] == ["姓名", "性别", "出生日期"]
    assert "1970-01-01" in page


def test_the_number_of_queries_does_not_grow_with_the_rows(login, county_clerk, school_a, second_school_a):
    client = login(county_clerk)
    counts = []
    made = 0
    for wanted in (1, 3, 30):
        for number in range(made, wanted):
            make_file(f"李{chr(0x4E00 + number)}", (school_a, second_school_a)[number % 2])
        made = wanted
        client.get("/teachers/")
        with CaptureQueriesContext(connection) as captured:
            assert len(names(client.get("/teachers/"))) == wanted
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2], counts


class TestCounts:
    """Cheap numbers, and honest ones."""

    def test_few_rows_are_counted(self, people):
        assert str(total(Teacher.objects.all(), narrowed=False)) == "7"

    def test_beyond_the_cap_a_narrowed_list_has_at_least_so_many(self, people):
        found = total(Teacher.objects.all(), narrowed=True, cap=5)

        assert (str(found), found.exact) == ("5+", False)

    def test_beyond_the_cap_a_whole_table_is_estimated_by_the_planner(self, people):
        with CaptureQueriesContext(connection) as captured:
            found = total(Teacher.objects.all(), narrowed=False, cap=5)

        assert (found.kind, found.number >= 5) == ("estimate", True)
        assert [query["sql"].startswith("EXPLAIN") for query in captured] == [False, True]
        assert "LIMIT 6" in captured[0]["sql"]


class TestSavedViews:
    """Each reader's own."""

    def test_a_view_is_kept_shown_as_a_tab_and_removed(self, login, county_clerk, people):
        client = login(county_clerk)

        client.post(
            "/views/teachers/", {"name": "女教师", "query": "sex=2&sort=-age", "next": "/teachers/?sex=2&sort=-age"}
        )
        page = client.get("/teachers/?sort=-age&sex=2").content.decode()
        assert re.search(r'href="/teachers/\?sex=2&amp;sort=-age" aria-current="page">.*?女教师', page)

        client.post("/views/teachers/", {"name": "女教师", "drop": "1"})
        assert "已删除视图“女教师”" in client.get("/teachers/").content.decode()
        assert "女教师" not in client.get("/teachers/").content.decode()

    def test_a_second_view_of_the_same_name_is_refused_and_the_first_stays(self, login, county_clerk, people):
        client = login(county_clerk)
        client.post("/views/teachers/", {"name": "女教师", "query": "sex=2"})

        client.post("/views/teachers/", {"name": "女教师", "query": "sex=1"})

        assert "已有名为“女教师”的视图" in client.get("/teachers/").content.decode()
        county_clerk.user.refresh_from_db()
        assert county_clerk.user.preferences["views"]["teachers"] == [{"name": "女教师", "query": "sex=2"}]

    def test_nobody_else_has_it(self, login, county_clerk, second_county_clerk, people):
        login(county_clerk).post("/views/teachers/", {"name": "我的视图", "query": "sex=2"})

        assert "我的视图" not in login(second_county_clerk).get("/teachers/").content.decode()

    def test_it_needs_a_name_and_a_list(self, login, county_clerk):
        client = login(county_clerk)

        client.post("/views/teachers/", {"name": "  ", "query": "sex=2"})

        county_clerk.user.refresh_from_db()
        assert county_clerk.user.preferences == {}
        assert client.post("/views/nothing/", {"name": "x", "query": ""}).status_code == 404


class TestExport:
    """What is seen, as a job, without values that are protected and without formulas."""

    @pytest.fixture
    def export(self, login, county_clerk, run_jobs):
        def run(query="", actor=None, **data):
            answer = login(actor or county_clerk).post(f"/teachers/{query}", {"export": "xlsx", **data})
            run_jobs()
            return answer

        return run

    def rows(self):
        job = Job.objects.latest("pk")
        assert job.state == Job.State.DONE, job.error
        stored = StoredFile.objects.get(public_id=job.result["file"])
        content = content_of(stored)
        if stored.name.endswith(".csv"):
            assert content.startswith(b"\xef\xbb\xbf")
            return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        sheet = load_workbook(io.BytesIO(content)).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
        return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]

    def test_the_workbook_has_what_the_list_shows(self, export, people, teacher_b):
        answer = export("?sex=2&columns=sex&columns=title&sort=-name")

        assert answer["Location"] == f"/jobs/{Job.objects.get().public_id}/"
        assert self.rows() == [
            ["姓名", "性别", "职称"],
            ["冯唐", "女", "二级教师"],
            ["邓丽", "女", "二级教师"],
            ["白云", "女", "二级教师"],
        ]

    def test_the_sheet_bears_the_lists_name_numbers_are_numbers_and_columns_fit(self, export, people, school_a):
        export("?columns=age&columns=unit")
        stored = StoredFile.objects.get(public_id=Job.objects.latest("pk").result["file"])

        sheet = load_workbook(io.BytesIO(content_of(stored))).active

        assert sheet.title == "教职工"
        assert [cell.value for cell in sheet["C"]] == ["年龄", 56, 55, 52, 54, 53, 51, 50]
        assert sheet.column_dimensions["B"].width == pytest.approx(2 * len(school_a.name) + 2, abs=1)

    def test_only_what_is_selected(self, export, people, teacher_b):
        export("?columns=sex", selection="1", selected=[str(people[0].public_id), str(teacher_b.public_id)])

        assert self.rows() == [["姓名", "性别"], ["安娜", "男"]]

    def test_all_that_match_instead_of_the_selected(self, export, people):
        export("?columns=sex&sex=1", selection="1", selected=[str(people[0].public_id)], everything="1")

        assert len(self.rows()) == 5

    def test_nothing_selected_is_told_and_starts_nothing(self, export, people):
        export("", selection="1")

        assert Job.objects.count() == 0

    def test_protected_values_and_formulas_stay_out(self, export, school_a):
        set_contact(
            make_file("=HYPERLINK(1)", school_a, identity_number=ZHANG, staff_number="@cmd", post_family="-1+2")
        )

        export("?columns=staff_number&columns=family", export="csv")

        assert self.rows()[1] == ["'=HYPERLINK(1)", "'-1+2", "'@cmd"]
        text = str(self.rows())
        assert (ZHANG in text, PHONE in text) == (False, False)

    def test_a_role_that_may_not_export_cannot(self, login, teacher_actor, people):
        assert login(teacher_actor).post("/teachers/", {"export": "xlsx"}).status_code == 403
        assert Job.objects.count() == 0

    def test_the_job_stops_when_the_role_was_lost(self, login, county_clerk, people, run_jobs):
        from core.org.actor import system_actor
        from core.org.models import RoleAssignment
        from core.records.changes import change
        from tests.ground.clock import TODAY

        login(county_clerk).post("/teachers/", {"export": "xlsx"})
        with change("org.decide_role", actor=system_actor(TODAY), reason="left"):
            RoleAssignment.objects.get(pk=county_clerk.assignment).delete()
        run_jobs()

        assert Job.objects.get().state == Job.State.FAILED
        assert StoredFile.objects.count() == 0

    @pytest.mark.parametrize(
        ("text", "written"), [("=1+1", "'=1+1"), ("\t=1", "'\t=1"), ("李", "李"), ("", ""), ("1-2", "1-2")]
    )
    def test_texts_that_look_like_formulas_are_made_harmless(self, text, written):
        assert harmless(text) == written


def test_a_list_without_anybody_offers_the_first_step(login, county_clerk):
    page = login(county_clerk).get("/teachers/").content.decode()

    assert "还没有档案" in page
    assert 'href="/imports/new/"' in page


def test_a_list_where_nothing_meets_the_conditions_offers_to_drop_them(login, county_clerk, people):
    make_teacher("无名", None)
    page = login(county_clerk).get("/teachers/?q=zzzz").content.decode()

    assert "没有同时符合这些条件的记录" in page


@pytest.mark.parametrize(
    "query",
    [
        "size=%C2%B2",
        "size=-1",
        "after=%00",
        "q=%00",
        "unit=%00",
        "sort=%27",
        "columns=%3Cscript%3E",
        "status=%EF%BC%91",
    ],
)
def test_nonsense_in_the_address_does_no_harm(login, county_clerk, people, query):
    answer = login(county_clerk).get(f"/teachers/?{query}")

    assert (answer.status_code, len(names(answer))) == (200, 7)
    assert "<script>" not in answer.content.decode()
