"""Sample of a person's file, today and as of a day in the past."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.web.gallery.home import TODAY
from core.web.gallery.words import both
from core.web.parts import (
    Action,
    Axis,
    Badge,
    Entry,
    Fact,
    Link,
    Mark,
    Pair,
    Reveal,
    Sheet,
    SheetCell,
    SheetRow,
    Span,
    Tab,
)

PAST = date(2026, 6, 30)
BEGIN = date(2012, 8, 1)
PARTY = (Span(BEGIN, date(2017, 6, 28)), Span(date(2017, 6, 28)))
UNIT = (Span(BEGIN, date(2015, 8, 1)), Span(date(2015, 8, 1)))
PLACE = (
    Span(BEGIN, date(2015, 8, 1)),
    Span(date(2015, 8, 1), date(2025, 9, 1)),
    Span(date(2025, 9, 1), date(2027, 8, 1)),
)
SUBJECT = (Span(BEGIN, date(2026, 9, 1)), Span(date(2026, 9, 1)))
LEVEL = (
    Span(BEGIN, date(2013, 8, 1)),
    Span(date(2013, 8, 1), date(2021, 1, 1)),
    Span(date(2021, 1, 1), date(2023, 1, 1)),
    Span(date(2023, 1, 1)),
)
REGISTERED = (
    Span(date(2013, 9, 1), date(2017, 1, 15)),
    Span(date(2017, 1, 15), date(2022, 1, 15)),
    Span(date(2022, 1, 15), date(2027, 1, 16), due=True),
)


def _marks() -> dict[str, Mark]:
    cell = Mark(
        "cell",
        both("参加工作时间 来自导入", "First day of work, from an import"),
        [
            both("批次 298·2019年花名册.xlsx", "Batch 298 · 2019年花名册.xlsx"),
            both("工作表“在职”第 318 行 F 列", "Sheet “在职”, row 318, column F"),
        ],
        Sheet(
            ["E", "F", "G"],
            [SheetRow(318, [SheetCell("小学语文"), SheetCell("2012.08", "src"), SheetCell("一级")])],
        ),
        both("读作 2012-08-01。2019-09-03 陈志远导入。", "Read as 2012-08-01. Imported by Chen Zhiyuan on 2019-09-03."),
        [Link(both("打开原工作簿", "Open the workbook"), "#"), Link(both("看全部变更", "All changes"), "#")],
    )
    return {
        "cell": cell,
        "clerk": Mark("clerk", lines=[both("李敏，2025-09-01", "Li Min, 2025-09-01")]),
        "correction": Mark("correction", lines=[both("本人申请，2025-03-11 通过", "Asked for, accepted 2025-03-11")]),
        "computed": Mark("computed", lines=[both("由身份证号得出", "From the identity number")]),
    }


def _reveal() -> Reveal:
    reasons = [
        ("tax", both("核对个税申报", "Check the tax return")),
        ("certificate", both("核验证书", "Verify a certificate")),
        ("other", both("其他，请写明", "Another, in words")),
    ]
    question = both("为什么要看身份证号", "Why do you need the identity number")
    return Reveal("#", question, reasons, both("显示 2 分钟", "Show for 2 minutes"), "number")


def _identity(marks: dict[str, Mark], past: bool) -> list[Fact]:
    waiting = [] if past else [Badge(both("有更正申请", "correction asked for"), "amber", "alert")]
    return [
        Fact(
            both("身份证号", "Identity number"),
            "35**************28",
            mark=marks["clerk"],
            number=True,
            reveal=_reveal(),
        ),
        Fact(both("出生日期", "Born"), "1988-03-14", mark=marks["computed"]),
        Fact(both("参加工作", "First day of work"), "2012-08-01", mark=marks["cell"], badges=waiting),
        Fact(both("政治面貌", "Political status"), both("中共党员", "Party member"), mark=marks["cell"], spans=PARTY),
        Fact(both("联系电话", "Mobile"), "138****0217", mark=marks["correction"], number=True),
        Fact(both("电子邮箱", "E-mail"), ""),
    ]


def _post(marks: dict[str, Mark], past: bool) -> list[Fact]:
    place = (*PLACE[:2], Span(date(2025, 9, 1), date(2026, 8, 1))) if past else PLACE
    return [
        Fact(
            both("编制单位", "Quota unit"),
            both("临溪县实验小学", "Experimental Primary"),
            "#",
            mark=marks["cell"],
            spans=UNIT,
        ),
        Fact(
            both("所在单位", "Working at"),
            both("石门镇中心小学", "Shimen Central Primary"),
            "#",
            mark=marks["clerk"],
            badges=[Badge(both("轮岗", "rotation"))],
            spans=place,
            then=both("至 2027-07-31", "until 2027-07-31") if past else "",
        ),
        Fact(both("学科", "Subject"), both("小学语文，五年级", "Chinese, grade 5"), mark=marks["cell"], spans=SUBJECT),
        Fact(both("岗位等级", "Post level"), both("专业技术九级", "Professional 9"), mark=marks["clerk"], spans=LEVEL),
        Fact(
            both("定期注册", "Registration"),
            both("合格", "passed"),
            mark=marks["computed"],
            badges=[] if past else [Badge(both("还有 53 天，可申请", "53 days left, may apply"), "amber", "clock")],
            spans=REGISTERED,
        ),
    ]


def _history(past: bool) -> list[Entry]:
    pending = Entry(
        both("申请更正参加工作时间", "Correction of the first day of work"),
        date(2026, 11, 6),
        both("林婉清·本人", "Lin Wanqing, own file"),
        [Pair("", "2012-08-01", "2011-08-01")],
        badge=Badge(both("待认定", "to decide"), "amber"),
        pending=True,
    )
    later = Entry("", None, both("此后还有 3 条，当时还不知道", "3 later entries, not known then"), pending=True)
    known = [
        Entry(
            both("轮岗延长一年", "Rotation extended by a year"),
            date(2026, 7, 2),
            both("李敏·人事经办", "Li Min, personnel clerk"),
            [Pair(both("止", "until"), "2026-07-31", "2027-07-31")],
            document="临教人〔2026〕58号",
            url="#",
        ),
        Entry(
            both("开始交流轮岗", "Rotation begins"),
            date(2025, 9, 1),
            both("李敏·人事经办", "Li Min, personnel clerk"),
            [
                Pair(
                    both("所在单位", "working at"),
                    both("实验小学", "Experimental"),
                    both("石门镇中心小学", "Shimen Central"),
                )
            ],
            reason=both("缺语文师资", "no one for Chinese there"),
            document="临教人〔2025〕47号",
        ),
        Entry(
            both("从花名册建立", "Made from the roster"),
            date(2019, 9, 3),
            both("陈志远·人事经办", "Chen Zhiyuan, personnel clerk"),
            source=both("批次 298", "batch 298"),
            url="#",
        ),
    ]
    return [later, *known[1:]] if past else [pending, *known]


def _sample(past: bool) -> dict[str, Any]:
    day = PAST if past else TODAY
    marks = _marks()
    everything = [*PARTY, *UNIT, *PLACE, *SUBJECT, *LEVEL, *REGISTERED]
    return {
        "person": {
            "name": "林婉清",
            "latin": "Lin Wanqing",
            "meta": [
                Link(both("女，38 岁", "female, 38")),
                Link(both("临溪县实验小学", "Linxi Experimental Primary School"), "#"),
                Link(both("专业技术九级", "professional level 9")),
            ],
            "badges": [
                Badge(both("在编在职", "in quota, in post"), "green", "check"),
                Badge(both("轮岗中", "on rotation")),
            ],
            "actions": [
                Action(both("打印登记表", "Print the form"), "#", "print"),
                Action(both("更多操作", "More"), "#", "dots", icon_only=True),
                Action(
                    both("办理变更", "Change"),
                    "#",
                    "pen",
                    primary=True,
                    why_not=both("您在看过去，不能改动", "you are looking at the past") if past else "",
                ),
            ],
        },
        "notices": _notices(past),
        "clocks": {
            "valid_on": day,
            "known_at": day,
            "is_past": past,
            "differences": 3 if past else 0,
            "today_url": "#",
            "shortcuts": [
                Link(both("上年末", "End of last year"), "#"),
                Link(both("11 月封账时", "November closing"), "#"),
            ],
            "hidden": [],
        },
        "tabs": [
            Tab(both("概览", "Overview"), "#", current=True),
            Tab(both("基本信息", "Person"), "#"),
            Tab(both("任职与岗位", "Posts"), "#"),
            Tab(both("资格与注册", "Certificates"), "#"),
            Tab(both("考核与奖惩", "Assessment"), "#"),
            Tab(both("材料", "Papers"), "#"),
            Tab(both("变更记录", "History"), "#", count=44 if past else 47),
        ],
        "axis": Axis.covering(everything, day),
        "identity": _identity(marks, past),
        "post": _post(marks, past),
        "history": _history(past),
    }


def _notices(past: bool) -> list[dict[str, Any]]:
    rotation = {
        "icon": "swap",
        "heading": both("轮岗在期。", "On rotation."),
        "text": both(
            "2025-09-01 起在石门镇中心小学；编制仍在临溪县实验小学。",
            "At Shimen Central since 2025-09-01; the quota stays.",
        ),
        "link": Link("临教人〔2025〕47号", "#"),
    }
    conflict = {
        "tone": "amber",
        "heading": both("数据矛盾 1 处。", "One contradiction."),
        "text": both(
            "参加工作时间：系统为 2012-08-01，档案认定为 2011-08-01。",
            "First day of work: 2012-08-01 here, 2011-08-01 in the archive.",
        ),
        "link": Link(both("去认定", "Decide"), "#"),
    }
    return [rotation] if past else [conflict, rotation]


def file_sample() -> dict[str, Any]:
    """The file today."""
    return _sample(past=False)


def past_sample() -> dict[str, Any]:
    """The file as things were on a day in the past."""
    return _sample(past=True)
