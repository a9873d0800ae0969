"""What people learnt: studies before work and beside it, certificates, time abroad."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from config.demo import places
from config.demo.careers.beginnings import BACHELOR, COLLEGE, MASTER, NORMAL_SCHOOL
from config.demo.people import Person

FIELDS: Final = {
    "preschool": ("学前教育", "402", "404"), "chinese": ("汉语言文学", "405", "405"), "mathematics": ("数学与应用数学", "407", "407"),
    "english": ("英语", "405", "405"), "physics": ("物理学", "407", "407"), "chemistry": ("化学", "407", "407"),
    "biology": ("生物科学", "407", "407"),
    "history": ("历史学", "406", "406"), "geography": ("地理科学", "407", "407"), "politics": ("思想政治教育", "403", "403"),
    "morality_law": ("思想政治教育", "403", "403"), "science": ("科学教育", "404", "404"), "pe": ("体育教育", "404", "404"),
    "music": ("音乐学", "405", "413"), "fine_arts": ("美术学", "405", "413"), "digital": ("计算机科学与技术", "408", "408"),
    "it": ("计算机科学与技术", "408", "408"), "psychology": ("应用心理学", "407", "407"), "special": ("特殊教育", "404", "404"),
    "vocational": ("机械设计制造及其自动化", "408", "408"), "labour": ("教育学", "404", "404"),
    "general_technology": ("教育技术学", "407", "407"),
    "all_subjects": ("小学教育", "404", "404"), "": ("行政管理", "412", "412"),
}  # fmt: skip
VOCATIONS: Final = (
    ("机械设计制造及其自动化", "408"),
    ("会计学", "412"),
    ("旅游管理", "412"),
    ("汽车服务工程", "408"),
    ("电子信息工程", "408"),
)
ARTS_DEGREES_FROM: Final = 2011
YEARS: Final = {NORMAL_SCHOOL: 3, COLLEGE: 3, BACHELOR: 4, MASTER: 3, "61": 3, "71": 3, "44": 3}


def study(person: Person, first: date) -> None:
    """The studies before work, then those beside it."""
    graduated = date(first.year, 7, 1)
    _course(person, person.level, graduated, full_time=True)
    if person.post.family == "worker":
        return
    level, year = person.level, first.year
    if level == NORMAL_SCHOOL and person.rng.random() < 0.92:
        year = max(year + person.rng.randrange(5, 9), 1990)
        level = COLLEGE
        _beside_work(person, level, year)
    if level == COLLEGE and person.rng.random() < 0.74:
        year = max(year + person.rng.randrange(4, 9), 2000)
        level = BACHELOR
        _beside_work(person, level, year)
    if level == BACHELOR and person.post.stage in {"senior", "junior", "primary"} and person.rng.random() < 0.04:
        _beside_work(person, MASTER, max(year + person.rng.randrange(4, 10), 2004))


def _field(person: Person, year: int) -> tuple[str, str]:
    rng, subject = person.rng, person.post.subject
    if subject == "vocational":
        return rng.choice(VOCATIONS)
    if person.post.stage == "primary" and subject in {"chinese", "mathematics"} and year > 2003 and rng.random() < 0.5:
        return "小学教育", "404"
    name, before, since = FIELDS[subject]
    return name, since if year > ARTS_DEGREES_FROM else before


def _course(person: Person, level: str, graduated: date, *, full_time: bool) -> None:
    rng = person.rng
    subject, bachelor = _field(person, graduated.year)
    teaches = bool(person.post.subject)
    degree, school, normal = "", "", teaches and rng.random() < 0.85
    if level in {"61", "71", "44"}:
        school, subject, normal = (
            rng.choice(("临江市第一中学", "临溪县第一中学", "石门县第二中学", "青河县职业高级中学")),
            "",
            False,
        )
    elif level == NORMAL_SCHOOL:
        school, subject = (
            rng.choice(places.NORMAL_SCHOOLS),
            "普通师范" if person.post.stage != "preschool" else "幼儿师范",
        )
    elif level == COLLEGE:
        school, subject = rng.choice(places.JUNIOR_COLLEGES), subject if subject != "小学教育" else "初等教育"
    elif level == MASTER:
        school, degree = rng.choice(places.MASTER_SCHOOLS), "342" if normal else f"3{bachelor[1:]}"
    else:
        normal_school = rng.choice(places.NORMAL_UNIVERSITIES if rng.random() < 0.5 else places.NORMAL_COLLEGES)
        school = normal_school if normal else rng.choice(places.OTHER_UNIVERSITIES)
        degree = bachelor
    _add(person, level, degree, school, subject, graduated, full_time=full_time, normal=normal)


def _beside_work(person: Person, level: str, year: int) -> None:
    """A course beside work, if it ended by now."""
    graduated = date(year, person.rng.choice((1, 7)), 1)
    if graduated >= person.last:
        return
    subject, bachelor = _field(person, year)
    if level == MASTER:
        school, degree, subject = person.rng.choice(places.MASTER_SCHOOLS), "342", "学科教学"
    else:
        school = person.rng.choice(places.DISTANCE_SCHOOLS)
        degree = bachelor if level == BACHELOR and person.rng.random() < 0.2 else ""
    _add(person, level, degree, school, subject, graduated, full_time=False, normal=person.rng.random() < 0.7)


def _add(
    person: Person,
    level: str,
    degree: str,
    school: str,
    subject: str,
    graduated: date,
    *,
    full_time: bool,
    normal: bool,
) -> None:
    month = graduated.strftime("%Y-%m")
    began = f"{graduated.year - YEARS[level] - (0 if graduated.month > 6 else 1)}-09"
    precise = graduated.year >= 2000 and person.rng.random() < 0.4
    person.add(
        "Education", graduated, level=level, degree=degree, school=school, subject=subject, starts=began,
        ends=graduated.isoformat() if precise else month, full_time=full_time, normal=normal,
    )  # fmt: skip


def certify(person: Person, first: date, last: date) -> None:
    """Certificates: Putonghua for all who teach, computers in the years when they were asked for, and a few of a trade."""
    rng, subject = person.rng, person.post.subject
    if subject and last.year > 1999:
        better = subject in {"chinese", "preschool", "all_subjects"}
        level = rng.choices(("一级乙等", "二级甲等", "二级乙等"), (12, 75, 13) if better else (2, 46, 52))[0]
        issued = date(max(first.year - 1, 1998) + rng.randrange(2), rng.choice((4, 6, 10)), 1)
        _certificate(person, issued, last, "putonghua", "普通话水平测试等级证书", level, "福建省语言文字工作委员会")
    if subject and 1998 < first.year < 2016 and rng.random() < 0.4:
        issued = date(first.year + rng.randrange(4), rng.choice((3, 9)), 1)
        _certificate(
            person,
            issued,
            last,
            "computer",
            "全国计算机等级考试合格证书",
            rng.choice(("一级", "二级")),
            "教育部考试中心",
        )
    if subject == "english" and first.year > 1995:
        name = rng.choice(("英语专业四级证书", "英语专业八级证书"))
        _certificate(person, date(first.year, 5, 1), last, "language", name, "", "高等学校外语专业教学指导委员会")
    if subject == "psychology" or rng.random() < 0.01:
        issued = date(max(first.year + 2, 2006), 11, 1)
        _certificate(person, issued, last, "vocational", "心理咨询师", "二级", "人力资源和社会保障部职业技能鉴定中心")
    if subject == "vocational" and rng.random() < 0.7:
        issued = date(first.year + rng.randrange(1, 8), 6, 1)
        name = rng.choice(("电工", "汽车维修工", "会计专业技术资格", "导游", "数控车工"))
        _certificate(
            person,
            issued,
            last,
            "vocational",
            name,
            rng.choice(("技师", "高级工", "中级")),
            "福建省人力资源和社会保障厅",
        )


def _certificate(person: Person, issued: date, last: date, kind: str, name: str, level: str, issuer: str) -> None:
    if issued >= last:
        return
    number = f"35{issued.year}{person.number:05}{person.rng.randrange(100):02}"
    person.add(
        "Certificate", issued, kind=kind, name=name, level=level, number=number, issued=f"{issued:%Y-%m}", issuer=issuer
    )  # fmt: skip


COUNTRIES: Final = (("英国", "雷丁大学", "中小学英语教师海外研修"), ("新加坡", "南洋理工大学国立教育学院", "校长海外培训"),
                    ("美国", "特拉华大学", "福建省中小学骨干教师赴美研修"), ("加纳", "加纳大学孔子学院", "国际中文教师志愿者"),
                    ("澳大利亚", "昆士兰大学", "英语教师海外研修"), ("泰国", "曼谷吞武里中学", "国际中文教师志愿者"))  # fmt: skip


def go_abroad(person: Person, first: date, last: date) -> None:
    """A few studied or taught abroad."""
    rng: Random = person.rng
    share = 0.12 if person.post.subject == "english" else 0.006
    year = first.year + rng.randrange(4, 16)
    if rng.random() > share or not 2005 < year < 2020 or year >= last.year:
        return
    country, place, project = rng.choice(COUNTRIES)
    months = rng.choice((3, 6, 10))
    end = date(year + (2 + months) // 12, (2 + months) % 12 + 1, 1)
    person.add(
        "OverseasStudy", end, country=country, place=place, project=project, starts=f"{year}-03", ends=f"{end:%Y-%m}"
    )  # fmt: skip
