"""Invented teachers: names of common characters, identity numbers valid by construction, plausible careers."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
    "韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
)
DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文辉宇晨佳欣怡雪婷慧琳倩轩博浩然子涵春生德胜永庆凤云"
)
OTHER_NAMES = ("阿依古丽·买买提", "扎西·多吉", "巴特尔")
NATIONS = (("汉族", 40), ("回族", 3), ("满族", 2), ("蒙古族", 2), ("藏族", 1), ("苗族", 1), ("壮族", 1))
POLITICS = ("群众", "群众", "中共党员", "共青团员", "民盟盟员")
EDUCATIONS = (("大专", "无"), ("大学本科", "学士"), ("大学本科", "学士"), ("大学本科", "学士"), ("硕士研究生", "硕士"))
SCHOOLS = (
    "太原师范学院",
    "山西大学",
    "陕西师范大学",
    "华中师范大学",
    "忻州师范学院",
    "长治学院",
    "运城学院",
    "山西师范大学",
)
SUBJECTS = (
    "语文",
    "数学",
    "英语",
    "物理",
    "化学",
    "生物",
    "历史",
    "地理",
    "音乐",
    "体育",
    "美术",
    "信息技术",
    "道德与法治",
)
TITLES = ("三级教师", "二级教师", "一级教师", "高级教师", "正高级教师")
MOBILE_STARTS = ("130", "133", "135", "136", "138", "139", "150", "151", "155", "158", "177", "180", "185", "188")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True)
class Person:
    """A teacher as the county knows them; `unit` is the place in the county's list of units."""

    name: str
    sex: str
    number: str
    birth: date
    nation: str
    politics: str
    work_start: date
    in_quota: bool
    education: str
    degree: str
    school: str
    graduated: date
    major: str
    title: str
    title_on: date | None
    subject: str
    phone: str
    unit: int

    def moved(self, unit: int) -> Self:
        return replace(self, unit=unit)


def identity_number(region: str, birth: date, sequence: int) -> str:
    """An 18-character number of GB 11643: region, day of birth, sequence (odd for men) and the check character."""
    first = f"{region}{birth:%Y%m%d}{sequence:03}"
    return first + _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first, strict=True)) % 11]


class People:
    """Makes people one after the other; no two have the same number or phone."""

    def __init__(self, chance: random.Random, regions: tuple[str, ...], units: int) -> None:
        self._chance, self._regions, self._units = chance, regions, units
        self._taken: set[str] = set()

    def make(self, unit: int | None = None) -> Person:
        chance = self._chance
        birth = date(chance.randint(1967, 2000), 1, 1) + timedelta(days=chance.randrange(365))
        work_start = date(birth.year + chance.randint(21, 25), chance.choice((7, 8, 9)), 1)
        education, degree = chance.choice(EDUCATIONS)
        rank = min((2026 - work_start.year) // 8, 4)
        title, title_on = ("", None) if rank == 0 else (TITLES[rank], date(work_start.year + rank * 3, 12, 1))
        number = self._number(birth)
        subject = chance.choice(SUBJECTS)
        return Person(
            name=self._name(), sex="男" if int(number[16]) % 2 else "女", number=number, birth=birth,
            nation=chance.choices([name for name, _ in NATIONS], [weight for _, weight in NATIONS])[0],
            politics=chance.choice(POLITICS), work_start=work_start, in_quota=chance.random() < 0.93,
            education=education, degree=degree, school=chance.choice(SCHOOLS),
            graduated=work_start.replace(month=7), major=f"{subject}教育",
            title=title, title_on=title_on, subject=subject, phone=self.phone(),
            unit=chance.randrange(self._units) if unit is None else unit,
        )  # fmt: skip

    def phone(self) -> str:
        return self._unique(lambda: f"{self._chance.choice(MOBILE_STARTS)}{self._chance.randrange(10**8):08}")

    def _number(self, birth: date) -> str:
        chance = self._chance
        return self._unique(lambda: identity_number(chance.choice(self._regions), birth, chance.randrange(1000)))

    def _unique(self, make) -> str:
        while (made := make()) in self._taken:
            pass
        self._taken.add(made)
        return made

    def _name(self) -> str:
        chance = self._chance
        if chance.random() < 0.01:
            return chance.choice(OTHER_NAMES)
        surname = chance.choice(DOUBLE_SURNAMES) if chance.random() < 0.01 else chance.choice(SURNAMES)
        return surname + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2, 2))))
