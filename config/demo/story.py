"""The people whom the examples of the project speak of: a cast with fixed names, and one teacher told in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from config.demo.people import BEGINNING, Fact, Item, Person, Registry, Slip, Spell, describe, identity_number
from config.demo.units import UnitPlan

LIN: Final = "林婉清"
LIN_SCHOOL: Final = "临溪县实验小学"
# School, name, whether a man, what is taught: people who stand in the examples and in the screenshots.
CAST: Final = (
    ("临溪县实验小学", "蔡明珠", False, "mathematics"),
    ("临溪县实验小学", "邱丽芬", False, "morality_law"),
    ("临溪县城关小学", "吴国栋", True, "pe"),
    ("临溪县城关小学", "古丽娜尔·买买提", False, "chinese"),
    ("临溪县城关小学", "王海峰", True, "digital"),
    ("临溪县城关小学", "陈思敏", False, "fine_arts"),
    ("临溪县石门镇中心小学", "谢长庚", True, "mathematics"),
    ("临溪县石门镇中心小学", "沈佩玉", False, "english"),
    ("临溪县石门镇中心小学", "赖建明", True, "pe"),
    ("临溪县南坪镇中心小学", "欧阳静怡", False, "music"),
    ("临溪县南坪镇中心小学", "廖家骏", True, "science"),
    ("临溪县枫岭乡中心小学", "叶秋实", True, "chinese"),
    ("临溪县枫岭乡中心小学", "张立新", True, "chinese"),
    ("临溪县枫岭乡中心小学", "许文博", True, "mathematics"),
    ("临溪县石门初级中学", "赖美华", False, "english"),
    ("临溪县城关初级中学", "方以宁", False, "history"),
    ("临溪县职业技术学校", "邱建平", True, "vocational"),
)
# Residence permits of Hong Kong, Macao and Taiwan residents have numbers of the same build, under region codes of their own.
ELSEWHERE: Final = (("HT", "810000", "香港"), ("TW", "830000", "台湾台中"))
FEWEST_COLLEAGUES: Final = 3
LOGINS: Final = {LIN: "teacher.lin", "古丽娜尔·买买提": "teacher.gu", "邱建平": "teacher.qiu"}


def tell(people: list[Person], units: list[UnitPlan], registry: Registry) -> None:
    """Give the cast their parts: names to people who are there, and to one of them a life of her own."""
    taken: set[int] = set()
    colleagues = [person for person in people if person.post.unit.name == LIN_SCHOOL and person.post.teaches]
    if len(colleagues) < FEWEST_COLLEAGUES:
        raise ValueError("the city is too small for its story: more people, or fewer schools")
    _live_as_lin(colleagues[-1], {unit.name: unit for unit in units}, registry)
    taken.add(colleagues[-1].number)
    for school, name, male, subject in CAST:
        person = _understudy(people, school, male, subject, taken)
        if person is not None:
            _rename(person, name, subject)
    for kind, region, home in ELSEWHERE:
        _come_from(people, kind, region, home, registry)


def _come_from(people: list[Person], kind: str, region: str, home: str, registry: Registry) -> None:
    """Somebody hired since 2019 at a school of the city holds a residence permit instead of an identity card."""
    person = next(
        (
            one
            for one in people
            if one.post.unit.place == 0 and one.post.teaches and one.enters > BEGINNING and one.document_kind == "1"
        ),
        None,
    )
    if person is not None:
        person.document_kind, person.native_place, person.birthplace = kind, home, home
        person.identity = registry.identity(person.rng, region, person.birth, male=person.male)


def _understudy(people: list[Person], school: str, male: bool, subject: str, taken: set[int]) -> Person | None:
    """Somebody of the school who may bear a given name: of the right sex, an ordinary teacher with a title, there since 2019."""
    fit = [
        person
        for person in people
        if person.post.unit.name == school and person.male == male and person.number not in taken and person.leaves is None
        and person.post.teaches and not person.post.leads and len(person.titles) > 1 and person.enters == BEGINNING
        and person.spells[-1].start < BEGINNING and person.ethnicity == "01"
    ]  # fmt: skip
    if not fit:
        return None
    chosen = max(fit, key=lambda one: (one.post.subject == subject, one.titles[-1].values["rank"] == "first"))
    taken.add(chosen.number)
    return chosen


def _rename(person: Person, name: str, subject: str) -> None:
    for fact in person.teaching:
        if fact.values["subject"] == person.post.subject:
            fact.values["subject"] = subject
    person.post = replace(person.post, subject=subject)
    person.name, person.former_name, person.email = name, "", ""
    person.login = LOGINS.get(name, "")
    person.slips = [slip for slip in person.slips if slip.column not in {"name", "ethnicity"}]
    for section in ("FamilyMember", "FormerName"):
        person.items.pop(section, None)
    if "·" in name:
        person.ethnicity, person.native_place, person.birthplace = "05", "新疆喀什", "新疆喀什"


def _live_as_lin(person: Person, units: dict[str, UnitPlan], registry: Registry) -> None:
    """林婉清: came from 城关小学, teaches Chinese, is on rotation, and her start of work is disputed."""
    here, before = units[LIN_SCHOOL], units["临溪县城关小学"]
    person.name, person.birth, person.region, person.ethnicity = LIN, date(1988, 3, 14), "350726", "01"
    person.male, person.leaves, person.leaves_how = False, None, ""
    person.identity = next(
        number
        for place in range(2, 1000, 10)
        if (number := identity_number("350726", person.birth, place)).endswith("8")
    )
    person.phone = registry.keep_phone("15413862233")
    person.new_phones = [(date(2025, 3, 11), registry.keep_phone("15413860217"))]
    describe(person)
    person.native_place, person.birthplace, person.marriage, person.health = "福建临溪", "福建临溪县城关镇", "2", "1"
    person.address, person.email = "文昌路18号师苑小区3幢502室", "linwanqing@edu.example"
    person.level, person.work_start, person.teaching_start, person.login = "21", "2012-08-01", "2012-09", LOGINS[LIN]
    person.post = replace(person.post, subject="chinese", stage="primary", title="专任教师", leads=False)
    person.spells = [
        Spell(before, date(2012, 8, 1), date(2015, 8, 1), post="专任教师", came_how="free_normal", left_how="transfer"),
        Spell(here, date(2015, 8, 1), post="专任教师", came_how="transfer"),
    ]
    person.titles = [
        Fact(date(2013, 8, 31), date(2020, 12, 18), _title("second", "2013-08-31")),
        Fact(date(2020, 12, 18), None, _title("first", "2020-12-18")),
    ]
    person.political = [
        Fact(date(2003, 5, 4), date(2016, 6, 28), {"status": "03", "joined": "2003-05"}),
        Fact(date(2016, 6, 28), date(2017, 6, 28), {"status": "02", "joined": "2016-06-28"}),
        Fact(date(2017, 6, 28), None, {"status": "01", "joined": "2016-06-28"}),
    ]
    person.teaching = [
        _lessons(date(2012, 8, 1), date(2015, 8, 1), "14", False),
        _lessons(date(2015, 8, 1), date(2020, 9, 1), "15", True),
        _lessons(date(2020, 9, 1), date(2023, 9, 1), "16", False),
        _lessons(date(2023, 9, 1), date(2025, 9, 1), "14", True),
        _lessons(date(2025, 9, 1), date(2026, 9, 1), "13", True),
        _lessons(date(2026, 9, 1), None, "14", True),
    ]
    person.statuses, person.party_posts, person.former_name = [], [_group_leader(here)], ""
    person.slips = [Slip("native_place", "福建建阳", date(2020, 11, 10), "籍贯按干部人事档案《干部履历表》更正")]
    person.items = {section: list(found) for section, found in _ITEMS.items()}


def _title(rank: str, obtained: str) -> dict[str, Any]:
    return {"rank": rank, "obtained": obtained, "scope_of_title": "general", "area": ""}


def _lessons(start: date, end: date | None, hours: str, leads: bool) -> Fact:
    values = {"stage": "primary", "subject": "chinese", "weekly_hours": hours, "class_teacher": leads}
    return Fact(start, end, values)


def _group_leader(school: UnitPlan) -> Fact:
    return Fact(date(2022, 3, 1), None, {"organisation": f"中共{school.name}支部委员会", "post": "党小组组长"})


def _item(day: date, **values: Any) -> Item:
    return Item(day, values)


_ITEMS: Final = {
    "Education": [
        _item(
            date(2012, 6, 30), level="21", degree="404", school="福建师范大学", subject="小学教育", starts="2008-09", ends="2012-06-30",
            full_time=True, normal=True,
        ),
        _item(
            date(2019, 6, 28), level="14", degree="342", school="福建师范大学", subject="学科教学（语文）",
            starts="2016-09", ends="2019-06",
            full_time=False, normal=True,
        ),
    ],
    "Certificate": [
        _item(
            date(2011, 4, 1), kind="putonghua", name="普通话水平测试等级证书", level="一级乙等", number="3520110417628", issued="2011-04",
            issuer="福建省语言文字工作委员会",
        ),
        _item(
            date(2010, 12, 1), kind="language", name="大学英语六级", level="", number="102350210204417", issued="2010-12",
            issuer="教育部考试中心",
        ),
        _item(
            date(2018, 11, 20), kind="vocational", name="心理咨询师", level="三级", number="1809000030312", issued="2018-11-20",
            issuer="人力资源和社会保障部职业技能鉴定中心",
        ),
    ],
    "WorkExperience": [
        _item(
            date(2012, 6, 1), starts="2011-09", ends="2012-01", workplace="福州市仓山小学", post="顶岗实习教师", teaching=False,
        ),
    ],
    "Achievement": [
        _item(
            date(2018, 5, 1), kind="lesson", title="小学语文公开课《草船借箭》", level="county", role="执教", body="临溪县教师进修学校",
            on="2018-05-16",
        ),
        _item(
            date(2021, 11, 1), kind="prize", title="小学语文教师教学技能竞赛一等奖", level="city", role="",
            body="临江市教育局", on="2021-11",
        ),
        _item(
            date(2023, 3, 1), kind="paper", title="统编教材单元整体教学的路径", level="provincial", role="独撰",
            body="《福建教育》", on="2023-03",
        ),
        _item(
            date(2024, 6, 1), kind="project", title="核心素养视角下的小学习作评价研究", level="provincial", role="主持",
            body="福建省教育科学规划办公室",
            on="2024-06",
        ),
        _item(
            date(2025, 12, 1), kind="students_prize", title="指导学生参加小学生习作大赛获二等奖", level="city",
            role="指导教师", body="临江市教育局",
            on="2025-12",
        ),
    ],
    "TalentProgramme": [
        _item(date(2022, 10, 1), name="临江市中小学骨干教师", level="city", chosen="2022-10", ends="2025-09"),
    ],
    "FamilyMember": [
        _item(BEGINNING, relation="11", name="陈志成", birth="1986-11", political_status="01", workplace="临溪县自然资源局"),
        _item(BEGINNING, relation="31", name="陈语桐", birth="2015-05", political_status="13", workplace="学生"),
        _item(BEGINNING, relation="51", name="林永康", birth="1961-02", political_status="13", workplace="退休"),
        _item(BEGINNING, relation="52", name="吴玉兰", birth="1963-09", political_status="13", workplace="务农"),
    ],
    "FormerName": [_item(BEGINNING, name="林婉青", until="2003")],
}  # fmt: skip
