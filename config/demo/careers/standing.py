"""Party membership and posts, what people achieved, and the programmes that they were chosen for."""

from __future__ import annotations

from datetime import date
from typing import Final

from config.demo.people import Fact, Person, years_after

PARTIES: Final = (
    ("05", "中国民主同盟临江市委员会", 5),
    ("07", "中国民主促进会临江市委员会", 5),
    ("10", "九三学社临江市委员会", 2),
    ("08", "农工党临江市委员会", 1),
)
SUBJECT_WORDS: Final = {
    "chinese": "语文", "mathematics": "数学", "english": "英语", "physics": "物理", "chemistry": "化学", "biology": "生物",
    "history": "历史",
    "geography": "地理", "politics": "思想政治", "morality_law": "道德与法治", "science": "科学", "pe": "体育", "music": "音乐",
    "fine_arts": "美术", "digital": "信息科技", "it": "信息技术", "psychology": "心理健康", "special": "特殊教育", "preschool": "幼儿教育",
    "labour": "劳动", "vocational": "专业课", "general_technology": "通用技术", "all_subjects": "复式教学",
}  # fmt: skip
TOPICS: Final = (
    "核心素养",
    "单元整体教学",
    "“双减”背景下作业设计",
    "小组合作学习",
    "课堂提问",
    "学困生转化",
    "项目式学习",
    "信息技术融合",
    "深度学习",
    "大概念",
)
WORDS: Final = {
    "preschool": "幼儿园",
    "primary": "小学",
    "junior": "初中",
    "senior": "高中",
    "vocational": "中职",
    "special": "特殊教育",
}
JOURNALS: Final = ("福建教育", "教育评论", "基础教育研究", "新教师", "中小学教学研究", "福建基础教育研究")


def join_party(person: Person, first: date) -> None:
    """League, probationary and full membership, one of the other parties, or none."""
    rng = person.rng
    league = date(person.birth.year + 15, 5, 4)
    grown = years_after(person.birth, 28)
    share = 0.7 if person.post.leads or person.post.family == "civil_servant" else 0.27
    if rng.random() < share:
        joined = date(
            max(person.birth.year + rng.randrange(20, 40), 1985), rng.choice((6, 6, 7, 12)), rng.choice((1, 18, 28))
        )
        if joined < person.last:
            _member(person, league, joined)
            return
    if rng.random() < 0.025 and person.birth.year < 1990:
        status, organisation, _weight = rng.choices(PARTIES, [weight for *_rest, weight in PARTIES])[0]
        joined = date(person.birth.year + rng.randrange(32, 40), 11, 1)
        if joined < person.last:
            person.political += [
                Fact(first, joined, {"status": "13"}),
                Fact(joined, None, {"status": status, "joined": f"{joined:%Y-%m}"}),
            ]
            _party_post(person, organisation, "支部委员", joined, 0.3)
            return
    if grown > person.last:
        person.political.append(Fact(league, None, {"status": "03", "joined": f"{league:%Y-%m}"}))
    elif grown > first:
        young = Fact(league, grown, {"status": "03", "joined": f"{league:%Y-%m}"})
        person.political += [young, Fact(grown, None, {"status": "13"})]
    else:
        person.political.append(Fact(first, None, {"status": "13"}))


def _member(person: Person, league: date, joined: date) -> None:
    full, grown = years_after(joined, 1), years_after(person.birth, 28)
    facts = [Fact(league, min(joined, grown), {"status": "03", "joined": f"{league:%Y-%m}"})]
    if grown < joined:
        facts.append(Fact(grown, joined, {"status": "13"}))
    if full < person.last:
        facts.append(Fact(joined, full, {"status": "02", "joined": joined.isoformat()}))
        facts.append(Fact(full, None, {"status": "01", "joined": joined.isoformat()}))
    else:
        facts.append(Fact(joined, None, {"status": "02", "joined": joined.isoformat()}))
    person.political += facts
    if person.post.leads:
        name = f"中共{person.post.unit.name}支部委员会"
        post = "书记" if person.post.title.endswith("校长") or person.post.title == "园长" else "支部委员"
        _party_post(person, name, post, max(full, person.spells[-1].start), 0.5)


def _party_post(person: Person, organisation: str, post: str, start: date, share: float) -> None:
    if start < person.last and person.rng.random() < share:
        person.party_posts.append(Fact(start, None, {"organisation": organisation, "post": post}))


def achieve(person: Person, first: date, last: date) -> None:
    """Papers, projects, lessons and prizes: the more the higher the title."""
    rng, subject = person.rng, person.post.subject
    if not subject:
        return
    rank = len(person.titles)
    years = range(max(first.year + 1, 1995), last.year + 1)
    for _ in range(rng.randrange(rank + 1) if years else 0):
        day = date(rng.choice(years), rng.randrange(1, 13), 1)
        if day < last:
            _achievement(person, day)
    if rank >= 2 and rng.random() < 0.07:
        _chosen(person, last)


def _achievement(person: Person, day: date) -> None:
    rng = person.rng
    word = f"{WORDS.get(person.post.stage, '')}{SUBJECT_WORDS.get(person.post.subject, '')}"
    if person.post.subject in {"preschool", "special"}:
        word = SUBJECT_WORDS[person.post.subject]
    topic = rng.choice(TOPICS)
    kind = rng.choices(("paper", "project", "lesson", "prize", "students_prize", "book"), (30, 16, 20, 22, 11, 1))[0]
    county = person.post.unit.place
    level = rng.choices(("provincial", "city", "county", "school", "national"), (14, 32, 40, 12, 2))[0]
    if level == "county" and not county:
        level = "city"
    body = {
        "provincial": "福建省教育厅",
        "city": "临江市教育局",
        "national": "中国教育学会",
        "school": person.post.unit.name,
    }.get(level, "县教育局")
    if level == "county":
        body = (person.post.unit.parent or person.post.unit).name
    title, role = {
        "paper": (f"{word}{topic}的实践与思考", "独撰"),
        "project": (f"{topic}视角下的{word}教学研究", rng.choice(("主持", "核心成员"))),
        "lesson": (f"{word}公开课《{topic}》", "执教"),
        "prize": (f"{word}教师教学技能竞赛{rng.choice('一二三')}等奖", ""),
        "students_prize": (f"指导学生参加{word}素养竞赛获奖", "指导教师"),
        "book": (f"《{word}{topic}案例集》", "副主编"),
    }[kind]
    if kind == "paper" and rng.random() < 0.6:
        body, level = f"《{rng.choice(JOURNALS)}》", "provincial"
    person.add("Achievement", day, kind=kind, title=title, level=level, role=role, body=body, on=f"{day:%Y-%m}")


def _chosen(person: Person, last: date) -> None:
    name, level, years = person.rng.choice(
        (
            ("临江市中小学骨干教师", "city", 3), ("临江市学科带头人", "city", 5), ("福建省中小学学科教学带头人培养对象", "provincial", 3),
            ("福建省中小学名师培养人选", "provincial", 3), ("“国培计划”骨干教师培训对象", "national", 1),
        )
    )  # fmt: skip
    year = person.rng.randrange(2012, last.year)
    person.add(
        "TalentProgramme", date(year, 10, 1), name=name, level=level, chosen=f"{year}-10", ends=f"{year + years}-09"
    )  # fmt: skip
