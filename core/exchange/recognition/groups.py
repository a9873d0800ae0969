"""Whether a heading speaks of the field that it names, by what stands above, beside and in brackets behind it.

联系电话 below 紧急联系人, 取得时间 below 教师资格 and 学历（第一学历） name a field and speak of something else.
"""

import re
from dataclasses import dataclass
from typing import Final

OTHER: Final = 0
PLAIN: Final = 9

_SOMEBODY_ELSE: Final = re.compile(
    "配偶|爱人|家属|家人|家长|家庭成员|亲属|父亲|母亲|父母|子女|紧急|联系人|监护人|推荐人|介绍人"
)
_OTHER_PAPER: Final = re.compile("教师资格|资格证|普通话")
# 原职称, 拟聘岗位, (拟评): what was, or what is to be.
_OTHER_TIME: Final = re.compile(
    r"(?:^|\()(?:原|曾|前|拟|申报|待|上一|下一)[任聘有评升晋报级个]{0,2}"
    r"(?:$|\)|职称|专业技术|专技|职务|资格|岗位|学历|学位|教育|单位|学校|工作)"
)
# 基本信息, 个人情况, 某县教师花名册: above anything.
_NEUTRAL: Final = re.compile(
    r"(?:基本|个人|本人|教师|教职工|职工|人员|人事|身份|工作|任职|任教|在职|岗位|自然|综合|主要|详细|其他|其它|现)*(?:信息|情况|资料|概况|状况)"
    r"|.*(?:花名册|名册|登记表|统计表|一览表|信息表|汇总表|情况表|名单|台账)"
)


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that say more of one thing, of which a sheet may show several: educations, titles, phones.

    `lead` is the field that names the thing. A heading above that holds one of `others` names another such thing, which is
    never read; one that holds a word of `lesser` a thing that is read only where the sheet shows no better one, the first
    of these words being the best. With `above` set, a heading above others than the lead must be neutral or hold one of these
    words. A heading that ends with one of `ends`, and is not read, takes those beside it that name no lead.
    `own` are words that elsewhere name something else and here the thing itself: 家庭成员. `several`: more of these things may stand
    side by side in a row; the first is read.
    """

    lead: str = ""
    others: tuple[str, ...] = ()
    lesser: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    several: bool = False

    def rank(self, field: str, above: tuple[str, ...], remarks: tuple[str, ...] = ()) -> int:
        """OTHER, a place among `lesser`, or PLAIN, for a heading of a field below these texts and with these remarks in brackets."""
        if any(map(self._names_another, (*above, *remarks))):
            return OTHER
        telling = [text for text in above if not _NEUTRAL.fullmatch(text)]
        if field != self.lead and not all(map(self._may_stand_above, telling)):
            return OTHER
        texts = (*telling, *remarks)
        places = (place for place, word in enumerate(self.lesser) if any(word in text for text in texts))
        return PLAIN - 1 - next(places, -1)

    def opened_by(self, text: str) -> bool:
        """Whether a heading that nobody reads begins another such thing: 第一学历 before 毕业院校."""
        return bool(self.ends) and text.endswith(self.ends) and self.rank("", (text,)) != PLAIN

    def _names_another(self, text: str) -> bool:
        for word in self.own:
            text = text.replace(word, "")
        patterns = (_SOMEBODY_ELSE, _OTHER_PAPER, _OTHER_TIME)
        return any(pattern.search(text) for pattern in patterns) or any(word in text for word in self.others)

    def _may_stand_above(self, text: str) -> bool:
        return not self.above or any(word in text for word in self.above)


NO_GROUP: Final = FieldGroup()
