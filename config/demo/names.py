"""Names of invented people, by sex, generation and ethnic group."""

from __future__ import annotations

from random import Random
from typing import Final

_FREQUENT: Final = "陈林黄张吴李郑王刘苏蔡杨许叶郭谢邱赖廖何周徐曾罗朱江余潘方魏"
_OTHERS: Final = (
    "高洪沈卢詹游范邓彭宋唐韩冯董程吕丁任姚傅钟姜崔谭陆汪石戴贾韦夏邹熊孟秦白尹薛雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严赵孙马胡梁单仇解华"
)
_DOUBLE: Final = "欧阳 上官 诸葛 司徒 司马 东方 尉迟".split()
SURNAMES: Final = (*_FREQUENT * 12, *_OTHERS, *_DOUBLE)

# What parents liked in a decade; the first half of a pair is used before the second.
_MALE: Final = {
    1960: ("建国志文永德明世家国宗天金水", "国华明强平辉生军民斌忠林福荣祥清义"),
    1970: ("建志文永伟国海晓立少庆振启", "军伟强斌勇华峰平明辉东涛林波忠"),
    1980: ("志伟晓海俊国文立家子小建", "伟鹏飞杰涛磊超峰斌辉亮勇毅宁凯"),
    1990: ("俊家嘉志子文浩宇泽晓一", "杰豪鑫涛轩航宇凯晨博文翔鸿铭"),
    2000: ("子宇浩俊梓嘉泽奕承一家", "轩涵宇豪睿辰恒哲航熙皓阳然"),
}
_FEMALE: Final = {
    1960: ("秀淑桂玉美丽金惠月春素", "英兰珍华芳珠娟琴香梅云莲花贞"),
    1970: ("丽秀淑美晓海燕玉慧雪建", "芳英华红梅琴萍玲霞燕娟珠云芬"),
    1980: ("丽晓婷雅美静慧海小燕思", "婷燕芳敏娟静丹玲娜萍霞洁琳颖莹"),
    1990: ("雅思佳晓婉静诗雨欣梦慧", "婷敏琪怡颖雯倩琳萍欣玲莹洁"),
    2000: ("子雨欣梓诗佳思语一可心", "涵怡萱琪妍彤瑶琳桐悦宁馨"),
}
_SINGLE_MALE: Final = "伟强军勇涛斌磊杰峰辉波宁凯鹏毅昊喆"
_SINGLE_FEMALE: Final = "芳敏静丽燕红霞娟梅艳洁颖婷莹丹琳嫄"

# Names of other ethnic groups: (code of GB/T 3304, names of men, names of women).
OTHER_GROUPS: Final = (
    (
        "05",
        ("买买提·艾力", "阿不都·热合曼", "艾尔肯·吐尔逊"),
        ("古丽娜尔·买买提", "阿依古丽·吐尔逊", "热依汗古丽·艾合买提"),
    ),
    ("04", ("扎西多吉", "索朗次仁"), ("卓玛央宗", "德吉白珍")),
    ("02", ("巴特尔", "那日苏"), ("乌云其其格", "萨仁高娃")),
)
_SHE_SURNAMES: Final = "蓝雷钟盘"

ALIKE: Final = {
    "丽": "莉",
    "燕": "艳",
    "华": "桦",
    "清": "青",
    "伟": "玮",
    "静": "婧",
    "玲": "铃",
    "婷": "庭",
    "芬": "芳",
    "军": "君",
}


def _decade(birth_year: int) -> int:
    return min(max(birth_year // 10 * 10, 1960), 2000)


def _given(rng: Random, male: bool, birth_year: int) -> str:
    first, second = (_MALE if male else _FEMALE)[_decade(birth_year)]
    if rng.random() < (0.14 if birth_year < 1995 else 0.07):
        return rng.choice(_SINGLE_MALE if male else _SINGLE_FEMALE)
    return rng.choice(first) + rng.choice(second)


def person_name(rng: Random, *, male: bool, birth_year: int) -> tuple[str, str]:
    """A name and the ethnic group (GB/T 3304) that it goes with."""
    chance = rng.random()
    if chance < 0.006:
        code, men, women = rng.choice(OTHER_GROUPS)
        return rng.choice(men if male else women), code
    given = _given(rng, male, birth_year)
    if chance < 0.03:
        return rng.choice(_SHE_SURNAMES) + given, "22"
    group = rng.choice(("03", "11", "06", "15", "08")) if chance < 0.045 else "01"
    return rng.choice(SURNAMES) + given, group


def relative_name(rng: Random, surname: str, *, male: bool, birth_year: int) -> str:
    """The name of a member of the family; with no surname given, of an in-law."""
    return (surname or rng.choice(_FREQUENT)) + _given(rng, male, birth_year)


def surname_of(name: str) -> str:
    """The surname of a Chinese name."""
    return name[:2] if name[:2] in _DOUBLE else name[:1]
