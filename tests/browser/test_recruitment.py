"""A recruitment from the plan to so many hires, as clerk, approver, applicants and an objector see it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import expect

from core.org.actor import Actor, actor_for, system_actor
from core.org.models import Unit, User
from core.publicity.models import Publicity
from core.records.changes import change
from core.workflow.services import advance
from personnel.models import (
    Applicant,
    Contract,
    Employment,
    PostAppointment,
    PostSetting,
    Recruitment,
    RecruitmentPlan,
    Teacher,
)
from personnel.services.post_settings import write_setting
from tests.browser.demo import PEOPLE, SCHOOLS
from tests.core.exchange.books import book
from tests.ground.clock import TODAY, FixedClock
from tests.personnel.posts import set_posts
from tests.personnel.recruiting import LAST, applicant_line, applicants_book, name_at, number_of
from tests.personnel.seats import approved

TITLE = "2026年公开招聘初中数学教师"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def at_day(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`at_day(day)`: the clock of the site stands on that day."""

    def set_to(day: date) -> None:
        now = classmethod(lambda cls, tz=None: cls(day.year, day.month, day.day, 10, tzinfo=tz))
        monkeypatch.setattr("core.dates.datetime", type("Fixed", (FixedClock,), {"now": now}))

    return set_to


def fill(window: Any, **said: str) -> None:
    """Fill in fields by their labels' names in the form."""
    for name, value in said.items():
        field = window.page.locator(f"[name={name}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.evaluate("(e, value) => { e.tomselect ? e.tomselect.setValue(value) : e.value = value }", value)
        else:
            field.fill(value)


def step(
    window: Any, case: Any, label: str, comment: str = "按公告办理", choose: dict[str, str] | None = None, **said: str
) -> None:
    """Take a step of a case by its button."""
    window.goto(f"/cases/{case.public_id}/")
    window.page.locator(".sd-actionbar").get_by_role("link", name=label, exact=True).click()
    fill(window, **said)
    for name, value in (choose or {}).items():
        window.page.locator(f"[name='{name}'][value='{value}']").check()
    window.page.locator("[name=comment]").fill(comment)
    window.page.get_by_role("button", name=label, exact=True).click()
    expect(window.page.locator(".sd-notice.is-red, .sd-error")).to_have_count(0)
    expect(window.page).to_have_url(re.compile("/(cases/[^/]+/|inbox/)$"))


@dataclass
class Road:
    """How many are hired in the end, the windows of those who take part, and the recruitment.

    Two places more are planned than filled: one withdraws and one is objected to while they are published.
    """

    hires: int
    office: Any
    head: Any
    outside: Any
    clerk: Any
    school: Any
    at_day: Any
    run_jobs: Any
    made: Any = None

    @property
    def count(self) -> int:
        """How many places there are."""
        return self.hires + 2

    def run(self) -> None:
        """The whole road, with a tie, a failed physical, a withdrawal while published and an upheld objection."""
        self.plan_and_notice()
        self.apply()
        self.examine()
        self.check()
        self.publish_and_hire()

    def plan_and_notice(self) -> None:
        """The clerk plans and draws up the notice, the approver approves both."""
        office = self.office
        office.goto("/recruitment-plans/new/")
        fill(office, title=TITLE, words="缺编")
        office.page.get_by_role("button", name="保存").click()
        office.page.get_by_role("link", name="添加一行").click()
        fill(office, unit=str(self.school.public_id), stage="junior", subject="mathematics", number=str(self.count))
        office.page.get_by_role("button", name="保存").click()
        expect(office.page.get_by_role("cell", name="数学")).to_be_visible()
        plan = RecruitmentPlan.objects.select_related("case").latest("pk")
        step(office, plan.case, "报批")
        step(self.head, plan.case, "同意")
        office.goto(f"/recruitment-plans/{plan.public_id}/notice/")
        fill(office, opens=f"{TODAY}", last=f"{LAST}", opening="1", contact="0591-1")
        office.page.get_by_role("button", name="保存").click()
        expect(office.page).to_have_url(re.compile("/recruitments/"))
        self.made = Recruitment.objects.select_related("case", "unit").latest("pk")
        step(office, self.made.case, "报批")
        step(self.head, self.made.case, "发布公告")
        self.made = Recruitment.objects.select_related("case", "unit").get(pk=self.made.pk)

    def apply(self) -> None:
        """One applies by the page, is returned and mends it; the others come with the exam office's workbook and are qualified."""
        outside, office = self.outside, self.office
        outside.goto("/recruitment/")
        outside.page.get_by_role("link", name=TITLE).click()
        outside.page.get_by_role("link", name="报名", exact=True).click()
        fill(
            outside, post="1", name=name_at(1), number=number_of(1), phone="13900000001", education="21", major="数学与应用数学",
            school="师范大学", graduated="2026-06",
        )  # fmt: skip
        outside.page.get_by_role("button", name="提交报名").click()
        receipt = outside.page.locator("p.fs-1").inner_text()
        self.send(
            "从工作簿导入应聘人员", applicants_book(*map(applicant_line, range(2, self.count + 4)), applicant_line(900, post="9")),
            refused="公告中没有这个岗位",
        )  # fmt: skip
        first = self.applicants.select_related("case").get(serial=1)
        office.goto(f"/cases/{first.case.public_id}/return/")
        office.page.get_by_label("缺少证书或证明材料").check()
        office.page.locator("[name=comment]").fill("请上传毕业证书")
        office.page.get_by_role("button", name="退回").click()
        expect(office.page.get_by_role("status")).to_be_visible()
        outside.goto("/applications/")
        fill(outside, receipt=receipt)
        outside.page.get_by_role("button", name="查询").click()
        expect(outside.page.get_by_text("请上传毕业证书")).to_be_visible()
        paper = {"name": "毕业证书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"}
        outside.page.locator("[name=file_1]").set_input_files(paper)
        outside.page.locator("button.btn-primary").click()
        expect(outside.page.locator(".sd-notice.is-green")).to_be_visible()
        for one in self.applicants.filter(stage="applied").select_related("case").exclude(serial=1):
            advance(one.case, "qualify", actor=self.clerk)
        step(office, first.case, "审查合格")

    def examine(self) -> None:
        """Both scores come with workbooks; the two behind the last place tie."""
        self.at_day(LAST + timedelta(1))
        office, case, last = self.office, self.made.case, self.count
        step(office, case, "截止报名")
        marks = {place: 99 - place * 0.5 for place in range(1, last + 1)} | {last + 1: 60, last + 2: 60, last + 3: 50}
        rows = [[str(place), name_at(place), mark] for place, mark in marks.items()]
        self.send("从工作簿导入笔试成绩", book(笔试=[["报名序号", "姓名", "笔试成绩"], *rows]))
        step(office, case, "确定面试人员")
        rows = [[number_of(place), mark, mark, mark] for place, mark in marks.items()]
        self.send("从工作簿导入评委评分", book(面试=[["身份证号", "评委1", "评委2", "评委3"], *rows]))
        step(office, case, "计算总成绩并排名")
        assert self.numbers("called") == list(range(1, last + 1))

    def check(self) -> None:
        """The first fails the physical; an extra exam decides who follows."""
        office, case, last = self.office, self.made.case, self.count
        said = {"on": f"{LAST + timedelta(1)}", "by": "县人民医院"}
        first = self.applicants.get(serial=1)
        step(
            office, case, "登记体检考察", applicant=str(first.serial), kind="physical", choose={"passed": "no"}, **said
        )
        assert self.numbers("called") == list(range(2, last + 1)), "nobody is called before the tie is decided"
        self.scores(f"{last + 1}\t70\n{last + 2}\t75")
        step(office, case, "递补下一名")
        assert self.numbers("called") == [*range(2, last + 1), last + 2]
        second = self.applicants.get(serial=2)
        step(office, case, "登记体检考察", applicant=str(second.serial), kind="ban", choose={"passed": "yes"}, **said)
        clerk = replace(self.clerk, on=LAST + timedelta(1))
        for one in self.applicants.filter(stage="called").order_by("serial"):
            for kind in ("physical", "background", "ban"):
                case.refresh_from_db()
                data = {"applicant": one.pk, "kind": kind, "on": TODAY, "by": "县人民医院", "passed": True}
                advance(case, "check", actor=clerk, data=data)
        step(office, case, "公示拟聘人员")

    def publish_and_hire(self) -> None:
        """Somebody objects and is right, somebody withdraws, the others are hired once both are settled."""
        outside, head, case = self.outside, self.head, self.made.case
        shown = Publicity.objects.latest("pk")
        outside.goto(f"/publicity/{shown.code}/")
        expect(outside.page.locator("tbody tr")).to_have_count(self.count)
        expect(outside.page.get_by_text(name_at(4))).to_have_count(0)
        outside.page.get_by_role("link", name="提出异议").click()
        fill(outside, row=str(shown.rows.get(values__serial="3").place), text="<script>alert(1)</script>学历造假")
        outside.page.locator("[name=how][value=anonymous]").check()
        outside.page.get_by_role("button", name="提交异议").click()
        number = outside.page.locator("p.fs-1").inner_text()
        leaver = self.applicants.get(serial=2)
        step(
            self.office, case, "有人放弃", applicant=str(leaver.serial), why="考取外地岗位", choose={"how": "withdrawn"}
        )
        self.at_day(shown.last_day + timedelta(1))
        hire = {"starts": "2027-02-01", "document": "青教〔2027〕3号"}
        head.goto(f"/cases/{case.public_id}/hire/")
        fill(head, **hire)
        with head.expecting(422):
            head.page.get_by_role("button", name="办理聘用", exact=True).click()
            expect(head.page.get_by_text("1 件异议尚未答复").first).to_be_visible()
        objection = shown.objections.get()
        head.goto(f"/cases/{objection.case.public_id}/")
        expect(head.page.get_by_text("<script>alert(1)</script>学历造假")).to_be_visible()
        step(head, objection.case, "成立", "学信网查无", choose={"then": "strike"}, answer="经核查属实，取消资格。")
        outside.goto("/objections/")
        fill(outside, receipt=number)
        outside.page.get_by_role("button", name="查询").click()
        expect(outside.page.get_by_text("经核查属实，取消资格。")).to_be_visible()
        worked = self.applicants.get(serial=4)
        step(head, case, "办理聘用", choose={"worked": str(worked.serial)}, months="6", level="p12", **hire)

    def send(self, label: str, content: bytes, *, refused: str = "") -> None:
        """Send a workbook from the page of the recruitment, look at what is refused, accept the rest."""
        page = self.office.page
        self.office.goto(f"/recruitments/{self.made.public_id}/")
        page.get_by_role("link", name=label).click()
        page.locator("[name=file]").set_input_files({"name": f"{label}.xlsx", "mimeType": XLSX, "buffer": content})
        page.get_by_role("button", name="上传并核对").click()
        expect(page).to_have_url(re.compile("/imports/"))
        self.run_jobs()
        if refused:
            expect(page.get_by_text(refused).first).to_be_visible()
        page.get_by_role("button", name=re.compile("^采纳")).click()
        expect(page.get_by_role("progressbar", name="正在写入采纳的行")).to_be_visible()
        self.run_jobs()
        expect(page.get_by_role("link", name="这一批改了什么")).to_be_visible()

    def scores(self, text: str) -> None:
        """Paste scores."""
        self.office.goto(f"/recruitments/{self.made.public_id}/scores/")
        self.office.page.locator("[name=scores]").fill(text)
        self.office.page.get_by_role("button", name="保存").click()
        expect(self.office.page).to_have_url(re.compile(f"/recruitments/{self.made.public_id}/$"))

    @property
    def applicants(self) -> Any:
        """Who applied."""
        return Applicant.objects.filter(recruitment=self.made)

    def numbers(self, stage: str) -> list[int]:
        """The application numbers of a stage."""
        return list(self.applicants.filter(stage=stage).order_by("serial").values_list("serial", flat=True))

    def outcome(self) -> None:
        """Two places are free again, the others are filled from the day on."""
        assert self.numbers("hired") == [*range(4, self.count + 1), self.count + 2]
        fallen = dict(self.applicants.filter(serial__lte=3).values_list("serial", "stage"))
        assert fallen == {1: "failed", 2: "withdrawn", 3: "failed"}
        assert self.numbers("ranked") == [self.count + 1, self.count + 3]
        assert Teacher.objects.filter(applications__recruitment=self.made).count() == self.hires
        spells = Employment.objects.filter(unit=self.school, valid__startswith=date(2027, 2, 1))
        assert spells.count() == self.hires
        posts = PostAppointment.objects.filter(teacher__applications__recruitment=self.made)
        contracts = Contract.objects.filter(teacher__applications__recruitment=self.made)
        probations = dict(contracts.values_list("teacher__applications__serial", "probation_last"))
        assert probations == {
            serial: date(2027, 7, 31) if serial == 4 else date(2028, 1, 31) for serial in self.numbers("hired")
        }
        assert set(posts.values_list("level", "unit")) == {("p12", self.school.pk)}
        self.at_day(date(2027, 2, 1))
        self.office.goto(f"/recruitments/{self.made.public_id}/")
        expect(self.office.page.get_by_role("link", name="打开", exact=True)).to_have_count(self.hires)


@pytest.fixture
def county(request: pytest.FixtureRequest, live_server: Any) -> tuple[Actor, Actor, Unit]:
    """Clerk and approver of a county with a school that has posts: the county of the tests, or that of the demo city."""
    if request.param != "demo":
        clerk, approver, school = map(request.getfixturevalue, ("county_clerk", "county_approver", "school_a"))
        set_posts(school, p12=100)
        return clerk, approver, school
    with override_settings(DEMO=True):
        call_command("seed_demo", people=PEOPLE, schools=SCHOOLS, day=TODAY, stdout=StringIO())
    clerk, approver = (actor_for(User.objects.get(username=name), TODAY) for name in ("linxi.clerk", "linxi.approver"))
    school = Unit.objects.filter(parent=clerk.unit, profiles__stages__contains=["junior"]).order_by("pk")[0]
    held = {
        (one.level, one.special): one.number for one in PostSetting.objects.filter(unit=school, valid__contains=TODAY)
    }
    with change("test.set_posts", actor=system_actor(TODAY), reason="扩招"):
        write_setting(
            school, TODAY, {**held, ("p12", False): held.get(("p12", False), 0) + 100}, document="临编〔2026〕8号"
        )
    approved(clerk, school, 100, TODAY)
    return clerk, approver, school


@pytest.fixture
def road(window_of, open_window, at_day, county, run_jobs) -> Any:
    """`road(hires)`: the road to so many hires, walked to its end."""
    clerk, approver, school = county

    def walk(hires: int) -> Road:
        made = Road(hires, window_of(clerk), window_of(approver), open_window(), clerk, school, at_day, run_jobs)
        made.run()
        return made

    return walk


@pytest.mark.parametrize(
    ("county", "hires"),
    [pytest.param("tests", 2, marks=pytest.mark.long), pytest.param("demo", 40, marks=pytest.mark.soak)],
    indirect=["county"],
)
def test_a_recruitment_runs_from_the_plan_to_the_hires(road, hires):
    road(hires).outcome()
