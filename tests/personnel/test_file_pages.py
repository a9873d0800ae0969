"""A person's file: sections, periods, marks of provenance, computed facts, banners, tabs; nothing protected in clear."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.types.range import Range

from core.dates import PartialDate
from core.org.actor import system_actor
from core.records.changes import change
from core.records.models import AccessLog
from personnel import services
from personnel.models import Achievement, BirthDecision, FamilyMember, Teacher, TeachingBreak
from personnel.services.access import note_download
from tests.ground.clock import TODAY
from tests.personnel.files import ADDRESS, PHONE, ZHANG, import_rows, make_file, set_contact, set_status
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db

HEAD = ("姓名", "身份证号", "性别", "出生年月", "工作单位", "参加工作时间", "职称", "联系电话")


def url(teacher, name="teacher", **query):
    return reverse(name, args=[teacher.public_id]) + (
        "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    )


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def page_of(client, teacher, **query):
    return client.get(url(teacher, **query)).content.decode()


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


def test_the_heading_says_who_it_is(login, county_clerk, teacher, school_a):
    page = text_of(page_of(login(county_clerk), teacher))

    for words in ("林婉清", "Lin Wanqing", "女、46 岁", school_a.name, "初中 语文", "二级教师", "在编", "在岗"):
        assert words in page, words


def test_tabs_follow_the_sections_of_all_modules(login, county_clerk, teacher):
    client = login(county_clerk)
    page = page_of(client, teacher)

    tabs = re.findall(r'class="nav-link" href="[^"]*"[^>]*>([^<]+)', page)
    assert tabs == ["概览", "基本信息", "单位与岗位", "学历学位", "政治面貌", "成果与荣誉", "职称"]
    assert "师范大学" in page_of(client, teacher, tab="learning")
    assert "2010-09-01 起" in page_of(client, teacher, tab="titles")
    assert client.get(url(teacher, tab="nothing")).status_code == 404


def test_sections_about_teaching_do_not_apply_to_workers(login, county_clerk, school_a):
    worker = make_file("王师傅", school_a, post_family="worker")

    page = page_of(login(county_clerk), worker, tab="work")

    assert "教龄间断" not in page
    assert "工作经历" in page


def test_bars_share_one_axis_and_show_past_and_present(login, county_clerk, teacher):
    held = TitleHeld.objects.get(teacher=teacher)
    with change("titles.test", actor=system_actor(TODAY), reason="test ground"):
        held.supersede(on=date(2020, 1, 1), rank="first")

    page = page_of(login(county_clerk), teacher)

    bars = re.findall(r'<svg class="sd-validity".*?</svg>', page)
    titles = next(bar for bar in bars if "2010-09-01 至 2019-12-31" in bar)
    assert re.findall(r'rect class="(past|now)"', titles) == ["past", "now"]
    assert "2020-01-01 起" in text_of(page)


class TestMarks:
    """Where each value came from."""

    @pytest.fixture
    def imported(self, county_clerk, school_a):
        batch = import_rows(county_clerk, school_a, [
            HEAD,
            ("林婉清", ZHANG, "女", "1949.12", school_a.name, "1970年8月", "二级教师", PHONE),
        ], day=date(2026, 9, 1))  # fmt: skip
        return batch, Teacher.objects.get(name="林婉清")

    def marks(self, page, label):
        fact = re.search(rf"<dt>{label}</dt><dd>.*?</details>", page, re.DOTALL)[0]
        return re.search(r'sd-prov (\w+)"', fact)[1], text_of(fact)

    def test_a_value_from_a_workbook_shows_batch_sheet_row_column_and_cell(self, login, county_clerk, imported):
        batch, teacher = imported

        kind, said = self.marks(page_of(login(county_clerk), teacher), "参加工作时间")

        assert kind == "cell"
        for words in (
            f"批次 {batch.pk}",
            "花名册.xlsx",
            "工作表“在职”第 2 行 F 列（参加工作时间）",
            "1970年8月",
            "读作 1970-08",
            "青石县办事员",
        ):
            assert words in said, words

    def test_the_day_of_birth_that_the_cell_leaves_open_is_that_of_the_identity_number(
        self, login, county_clerk, imported
    ):
        _batch, teacher = imported

        kind, said = self.marks(page_of(login(county_clerk), teacher), "出生日期")

        assert (kind, "1949.12" in said, "读作 1949-12-31" in said) == ("cell", True, True)
        assert "日取自身份证件号码" in said

    def test_a_cell_with_the_whole_day_owes_nothing_to_the_number(self, login, county_clerk, school_a):
        row = ("林婉清", ZHANG, "女", "1949-12-31", school_a.name, "1970年8月", "二级教师", PHONE)
        import_rows(county_clerk, school_a, [HEAD, row], day=date(2026, 9, 1))

        _kind, said = self.marks(page_of(login(county_clerk), Teacher.objects.get(name="林婉清")), "出生日期")

        assert "日取自身份证件号码" not in said

    def test_a_value_that_no_cell_gave_bears_a_mark_of_its_own(self, login, county_clerk, imported):
        _batch, teacher = imported
        page = page_of(login(county_clerk), teacher, tab="basic")

        told = {name: self.marks(page, name) for name in ("国籍", "岗位类别", "性别")}

        assert {name: kind for name, (kind, _said) in told.items()} == {
            "国籍": "assumed", "岗位类别": "assumed", "性别": "cell"
        }  # fmt: skip
        assert "表中没有这一格，按通常值登记。" in told["国籍"][1]

    def test_a_protected_neighbour_in_the_sheet_stays_masked(self, login, county_clerk, imported):
        _batch, teacher = imported
        client = login(county_clerk)

        pages = [page_of(client, teacher, **({"tab": tab} if tab else {})) for tab in ("", "basic", "work", "titles")]

        assert "002X" in pages[0]
        for page in pages:
            assert (ZHANG in page, PHONE in page) == (False, False)

    def test_the_batch_is_a_link_only_for_who_may_open_it(
        self, login, county_clerk, school_clerk, other_county_clerk, imported
    ):
        batch, teacher = imported
        link = reverse("batch", args=[batch.public_id])

        assert link in page_of(login(county_clerk), teacher)
        assert link in page_of(login(school_clerk), teacher)
        assert login(other_county_clerk).get(url(teacher)).status_code == 404

    def test_a_correction_by_a_clerk_takes_the_mark_of_its_field_only(self, login, county_clerk, imported):
        _batch, teacher = imported
        services.correct_fact(
            actor=county_clerk,
            record=teacher,
            values={"work_start": PartialDate(1970, 7)},
            reason="干部人事档案",
            document="青教〔2026〕5号",
        )

        page = page_of(login(county_clerk), teacher)
        kind, said = self.marks(page, "参加工作时间")

        assert kind == "correction"
        assert "干部人事档案" in said
        assert "青教〔2026〕5号" in said
        assert self.marks(page, "出生日期")[0] == "cell"

    def test_a_fact_that_a_clerk_added_is_theirs(self, login, county_clerk, imported):
        _batch, teacher = imported
        services.change_fact(
            actor=county_clerk,
            record=TitleHeld.objects.get(teacher=teacher),
            on=date(2026, 11, 20),
            values={"rank": "first"},
            reason="评聘",
        )

        kind, said = self.marks(page_of(login(county_clerk), teacher), "职称")

        assert (kind, "评聘" in said) == ("clerk", True)

    def test_the_next_import_takes_over_the_mark(self, login, county_clerk, school_a, imported):
        _batch, teacher = imported
        import_rows(
            county_clerk,
            school_a,
            [HEAD, ("林婉清", ZHANG, "女", "", school_a.name, "1971年1月", "", "")],
            name="新花名册.xlsx",
        )

        kind, said = self.marks(page_of(login(county_clerk), teacher), "参加工作时间")

        assert (kind, "新花名册.xlsx" in said, "1971年1月" in said) == ("cell", True, True)


class TestComputed:
    """Facts that nobody types."""

    def test_years_and_education_are_computed_with_their_lines(self, login, county_clerk, teacher):
        with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
            TeachingBreak.objects.create(
                teacher=teacher, starts=PartialDate(2012, 9, 1), ends=PartialDate(2014, 9, 1), cause="study"
            )
        services.correct_fact(
            actor=county_clerk, record=teacher, values={"teaching_start": PartialDate(2005, 9)}, reason="补录"
        )

        page = text_of(page_of(login(county_clerk), teacher))

        assert re.search(r"工龄 \d+ 年", page)
        assert re.search(r"教龄 \d+ 年", page)
        assert "2012-09-01 至 2014-09-01 间断" in page
        assert "最高学历 大学本科毕业 师范大学" in page

    def test_two_birth_dates_that_contradict_each_other_are_a_banner(self, login, county_clerk, teacher):
        with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
            BirthDecision.objects.create(teacher=teacher, by_archive=PartialDate(1979, 5))

        page = text_of(page_of(login(county_clerk), teacher))

        assert "两个出生日期不一致。 身份证为 1980-05-01，档案为 1979-05。" in page


def test_a_status_in_force_is_a_banner(login, county_clerk, teacher):
    set_status(teacher, "on_loan")

    page = text_of(page_of(login(county_clerk), teacher))

    assert "借出，2020-01-01 起。" in page


def test_without_a_status_on_record_the_card_says_what_counts(login, county_clerk, teacher):
    client = login(county_clerk)
    before = page_of(client, teacher, tab="work")
    set_status(teacher, "on_loan")

    counts = "没有登记其他状态，按“在岗”计。"
    assert (counts in before, counts in page_of(client, teacher, tab="work")) == (True, False)


def test_a_period_is_told_once_beside_its_bar(login, county_clerk, teacher):
    page = page_of(login(county_clerk), teacher, tab="titles")
    card = re.search(r'<section class="card" aria-labelledby="card-titles".*?</section>', page, re.DOTALL)[0]

    assert text_of(card).count("2010-09-01 起") == 1
    assert card.count('class="sd-validity"') == 1


class TestShortRecords:
    """Records that are the rows of a table."""

    def table(self, page, heading):
        card = re.search(rf'<section class="card" aria-labelledby="card-{heading}".*?</section>', page, re.DOTALL)[0]
        return [
            [text_of(cell).strip() for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr>.*?</tr>", card, re.DOTALL)
        ]

    def test_relatives_stand_in_a_table_without_the_columns_that_none_of_them_has(self, login, county_clerk, teacher):
        with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
            FamilyMember.objects.create(teacher=teacher, relation="father", name="林国栋", birth=PartialDate(1955, 3))
            FamilyMember.objects.create(teacher=teacher, relation="mother", name="陈秀兰", workplace="退休")

        head, *rows = self.table(page_of(login(county_clerk), teacher, tab="basic"), "family")

        assert [re.sub(r".*<", "", cell) for cell in head] == ["关系", "姓名", "出生日期", "工作单位及职务", "修改"]
        assert sorted(row[1].split()[0] for row in rows) == ["林国栋", "陈秀兰"]
        assert all("修改" in row[-1] for row in rows)

    def test_an_achievement_has_a_name_and_no_title(self, login, county_clerk, teacher):
        with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
            Achievement.objects.create(teacher=teacher, title="统编教材单元整体教学的路径")

        head, _row = self.table(page_of(login(county_clerk), teacher, tab="achievements"), "achievements")

        assert head[0] == "成果名称"


def test_nothing_protected_is_on_any_page_of_the_file(login, county_clerk, teacher):
    set_contact(teacher)
    client = login(county_clerk)

    pages = [page_of(client, teacher, **({"tab": tab} if tab else {})) for tab in ("", "basic")]
    pages.append(client.get(url(teacher, "teacher_history")).content.decode())

    for page in pages:
        assert [ZHANG in page, PHONE in page, ADDRESS in page, ADDRESS[-4:] in page] == [False] * 4
    assert "002X" in pages[0]


def test_the_number_of_queries_does_not_grow_with_the_file(login, county_clerk, teacher):
    client = login(county_clerk)
    counts = []
    for total in (1, 3, 30):
        held = TitleHeld.objects.filter(teacher=teacher).latest("pk")
        for day in range(TitleHeld.objects.filter(teacher=teacher).count(), total):
            with change("titles.test", actor=system_actor(TODAY), reason="test ground"):
                held = held.supersede(on=date(2012, 1, day + 1), area=str(day))
        client.get(url(teacher))
        with CaptureQueriesContext(connection) as captured:
            client.get(url(teacher))
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2], counts


class TestOwnFile:
    """The teacher at home."""

    def test_me_leads_to_ones_own_file(self, login, teacher_actor, own_file):
        client = login(teacher_actor)

        assert client.get("/me/")["Location"] == url(own_file)
        page = client.get(url(own_file)).content.decode()
        assert "李秀英" in page
        assert 'class="has-tabbar"' in page

    def test_a_teacher_sees_nobody_else(self, login, teacher_actor, teacher_a):
        client = login(teacher_actor)

        assert client.get(url(teacher_a)).status_code == 404
        assert client.get("/teachers/").status_code == 403
        assert str(teacher_a.public_id) not in client.get(f"/search/?q={teacher_a.name}").content.decode()

    def test_a_teacher_changes_nothing_and_opens_no_change(self, login, teacher_actor, own_file):
        client = login(teacher_actor)

        page = client.get(url(own_file, tab="basic")).content.decode()

        assert "/facts/" not in page
        assert "/changes/" not in page
        assert client.get(reverse("fact_add", args=[own_file.public_id, "names"])).status_code == 403

    def test_who_has_no_file_is_told_so(self, login, county_clerk):
        assert login(county_clerk).get("/me/").status_code == 404


class TestLooks:
    """Who looked is written down and can be read in the file."""

    def test_opening_a_file_is_written_down_once_a_day(self, login, county_clerk, teacher_actor, own_file):
        clerk = login(county_clerk)
        for _time in range(3):
            clerk.get(url(own_file))
        login(teacher_actor).get(url(own_file))

        looks = AccessLog.objects.filter(subject="personnel.Teacher", subject_id=own_file.pk)
        assert [(look.actor, look.role, look.what) for look in looks] == [(county_clerk.user, "county_clerk", "file")]

    def test_the_person_reads_who_looked(self, login, county_clerk, teacher_actor, own_file):
        services.reveal_value(
            actor=county_clerk, teacher=own_file, record=set_contact(own_file), field="phone", reason="通知开会"
        )

        page = text_of(page_of(login(teacher_actor), own_file))

        assert "查看隐去的信息 1 次" in page
        assert re.search(r"青石县教育局·县区经办、20\d\d-\d\d-\d\d", page)
        assert "通知开会" in page

    def test_they_read_role_and_unit_of_others_but_no_name_and_what_they_did_themselves(
        self, login, county_clerk, school_clerk, teacher_actor, own_file
    ):
        contact = set_contact(own_file)
        services.reveal_value(actor=county_clerk, teacher=own_file, record=contact, field="phone", reason="核对")
        note_download(actor=teacher_actor, teacher=own_file, reason="自存", clear=True)
        looks = reverse("teacher_looks", args=[own_file.public_id])

        for page in (
            text_of(page_of(login(teacher_actor), own_file)),
            login(teacher_actor).get(looks).content.decode(),
        ):
            assert county_clerk.user.name not in page
            assert "县区经办" in page
            assert "您本人" in page
        assert county_clerk.user.name in login(school_clerk).get(looks).content.decode()


def test_the_mark_of_an_ended_employment_stays(login, county_clerk, school_a, second_school_a, teacher):
    job = teacher.employments.get()
    services.change_fact(
        actor=county_clerk, record=job, on=date(2020, 9, 1), values={"unit": second_school_a}, reason="调动"
    )

    page = text_of(page_of(login(county_clerk), teacher, tab="work"))

    assert "2010-09-01 至 2020-08-31" in page
    assert "2020-09-01 起" in page
    assert teacher.employments.get(valid__contains=TODAY).valid == Range(date(2020, 9, 1), None)
