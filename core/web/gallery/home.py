"""Sample of the start page and of what stands around every page."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.web.gallery.words import both
from core.web.parts import Action, Badge, Cell, Chart, Column, Link, Row, Series, Stat, Table

TODAY = date(2026, 11, 23)
# unit, name in English, quota, present, lent
QUOTA = (
    ("临溪县第一中学", "Linxi No. 1", 186, 178, 3),
    ("临溪县第二中学", "Linxi No. 2", 142, 139, 0),
    ("城关初级中学", "Chengguan Junior", 128, 128, 2),
    ("实验小学", "Experimental Primary", 118, 112, 4),
    ("城关小学", "Chengguan Primary", 104, 104, 0),
    ("职业技术学校", "Vocational School", 96, 88, 2),
    ("石门镇中心小学", "Shimen Central", 62, 55, 0),
    ("石门初级中学", "Shimen Junior", 58, 51, 0),
    ("南坪镇中心小学", "Nanping Central", 56, 52, 0),
    ("县直机关幼儿园", "County Kindergarten", 48, 50, 0),
    ("枫岭乡中心小学", "Fengling Central", 41, 34, 2),
    ("特殊教育学校", "Special School", 24, 22, 0),
)


def shell_sample() -> dict[str, Any]:
    """What the base template reads on every page."""
    groups: list[tuple[str, list[tuple[str, str, str, int | None]]]] = [
        ("", [("待办", "Inbox", "inbox", 12)]),
        (
            both("人事", "Personnel"),
            [
                ("人员", "People", "users", 3012),
                ("单位与编制", "Units and quotas", "school", None),
                ("调动与交流", "Transfers", "swap", None),
                ("考核与奖惩", "Assessment", "clip", None),
            ],
        ),
        (
            both("资格与发展", "Qualifications"),
            [
                ("证书", "Certificates", "cert", None),
                ("评聘", "Posts", "award", 3),
                ("学时", "Hours", "book", None),
            ],
        ),
        (
            both("数据", "Data"),
            [
                ("导入与批次", "Imports", "upload", 1),
                ("报表与统计", "Reports", "chart", None),
                ("审计", "Audit", "shield", None),
            ],
        ),
    ]
    nav = [
        {
            "label": label,
            "items": [
                {"label": both(zh, en), "url": "#", "icon": icon, "count": count, "current": zh == "人员"}
                for zh, en, icon, count in items
            ],
        }
        for label, items in groups
    ]
    clerk = both("临溪县教育局 人事经办", "Linxi County Education Bureau, personnel clerk")
    viewer = both("临溪县实验小学 本人", "Linxi Experimental Primary School, own file")
    return {
        "nav": nav,
        "who": {
            "name": both("李敏", "Li Min"),
            "unit": both("临溪县教育局", "Linxi County Education Bureau"),
            "role": both("人事经办", "Personnel clerk"),
            "assignments": [
                {"id": "1", "label": clerk, "current": True},
                {"id": "2", "label": viewer, "current": False},
            ],
        },
    }


def help_text() -> dict[str, Any]:
    """Help at the foot of a page."""
    return {
        "text": both(
            "这一页列出所有界面部件，人物、单位与文号均为虚构。",
            "This page shows every component. People, units and document numbers are invented.",
        ),
        "links": [Link(both("中小学校岗位设置指导意见", "Guidance on posts in schools"), "#")],
    }


def demo_logins() -> list[dict[str, str]]:
    """Rows of the demonstration's login page."""
    return [
        {
            "role": both("县人事经办", "County clerk"),
            "unit": both("临溪县教育局", "Linxi County"),
            "username": "linxi-clerk",
            "password": "demo",
        },
        {
            "role": both("县审核人", "County approver"),
            "unit": both("临溪县教育局", "Linxi County"),
            "username": "linxi-approver",
            "password": "demo",
        },
        {"role": both("审计", "Auditor"), "unit": both("全市", "City"), "username": "auditor", "password": "demo"},
    ]


def home_sample() -> dict[str, Any]:
    """Inbox, what is due, numbers and a chart."""
    return {
        "actions": [
            Action(both("导入工作簿", "Import a workbook"), "#", "upload"),
            Action(both("新增人员", "Add a person"), "#", "plus", primary=True),
        ],
        "day": TODAY,
        "inbox": _inbox(),
        "due": _due(),
        "stats": [
            Stat(both("在编人员", "In quota"), "3,012", "#", both("较上月 −4", "−4 since last month")),
            Stat(both("核定编制", "Approved quota"), "3,086", "#", both("空编 78", "78 free")),
            Stat(both("超编单位", "Over quota"), "2", "#", both("共超 4 人", "4 people over"), "red", "alert"),
            Stat(both("90 日内注册到期", "Due in 90 days"), "146", "#", both("学时不足 38 人", "38 short of hours")),
            Stat(both("12 个月内退休", "Retiring in a year"), "87", "#", both("其中延迟 5 人", "5 of them later")),
        ],
        "chart": quota_chart(),
    }


def _inbox() -> Table:
    rows = [
        (
            "更正参加工作时间",
            "Correct the first day of work",
            "林婉清",
            "11-18",
            Badge(both("逾期 3 日", "3 days over"), "red"),
        ),
        ("调动：接收意见", "Transfer: consent", "许文博", "11-20", Badge(both("逾期 1 日", "1 day over"), "red")),
        ("申报评聘", "Application", "赖美华等 14 人", "11-25", Badge(both("还剩 2 日", "2 days left"), "amber")),
        (
            "定期注册（首次）",
            "Registration, first",
            "方以宁等 23 人",
            "11-27",
            Badge(both("还剩 4 日", "4 days left"), "amber"),
        ),
        ("用编申请", "Quota request", "小学语文 2 名", "12-02", Badge(both("还剩 7 日", "7 days left"))),
        (
            "导入批次 412 待决定",
            "Batch 412 to decide",
            "2026 秋花名册",
            "12-04",
            Badge(both("还剩 9 日", "9 days left")),
        ),
    ]
    columns = [
        Column("what", both("事项", "Case")),
        Column("unit", both("单位", "Unit")),
        Column("due", both("期限", "Due"), number=True),
        Column("left", both("工作日", "Working days")),
    ]
    unit = both("临溪县实验小学", "Linxi Experimental Primary School")
    return Table(
        both("等我办理", "Waiting for me"),
        columns,
        [Row([Cell(both(zh, en), "#", name), unit, due, Cell(badge=badge)]) for zh, en, name, due, badge in rows],
    )


def _due() -> Table:
    columns = [
        Column("what", both("事项", "What")),
        Column("people", both("人数", "People"), number=True),
        Column("left", both("还有", "Left"), number=True),
    ]
    rows = [
        Row([Cell(both("公示期满", "Notice ends"), "#"), "6", Cell(both("3 天", "3 days"), tone="amber")]),
        Row([Cell(both("处分期满，待解除", "Sanction ends"), "#"), "2", Cell(both("7 天", "7 days"), tone="amber")]),
        Row([Cell(both("见习期满，待定级", "Probation ends"), "#"), "18", both("38 天", "38 days")]),
        Row([Cell(both("定期注册到期", "Registration ends"), "#"), "146", both("53 天", "53 days")]),
    ]
    return Table(both("临近事项", "Coming up"), columns, rows)


def quota_chart() -> Chart:
    """Lying bars with a tick for the quota, as the start page shows them."""
    gaps = [quota - present - lent for _zh, _en, quota, present, lent in QUOTA]
    words = [both(f"超 {-gap}", f"{-gap} over") if gap < 0 else both(f"空 {gap}", f"{gap} free") for gap in gaps]
    names = [both(zh, en) for zh, en, *_numbers in QUOTA]
    quotas = [quota for _zh, _en, quota, _present, _lent in QUOTA]
    return Chart(
        key="quota",
        heading=both("编制与实有", "Quota and present"),
        kind="rows",
        categories=names,
        series=[
            Series(both("在岗", "Present"), [min(p, q) for _z, _e, q, p, _l in QUOTA], "accent", stack=True),
            Series(
                both("借出或轮岗", "Lent"),
                [max(0, min(lent, q - p)) for _z, _e, q, p, lent in QUOTA],
                "soft",
                stack=True,
            ),
            Series(both("超编", "Over"), [max(0, p + lent - q) for _z, _e, q, p, lent in QUOTA], "red", stack=True),
            Series(both("核定编制", "Quota"), quotas, "ink", "tick"),
        ],
        aside=[(both("核定", "Quota"), [str(quota) for quota in quotas]), (both("空或超", "Gap"), words)],
        alarms=[at for at, gap in enumerate(gaps) if gap < 0],
        note=both("12 所单位，截至 2026-11-23", "12 units on 2026-11-23"),
        head=[
            both("单位", "Unit"),
            both("核定", "Quota"),
            both("在岗", "Present"),
            both("借出", "Lent"),
            both("空或超", "Gap"),
        ],
        rows=[(name, q, p, lent, word) for name, (_z, _e, q, p, lent), word in zip(names, QUOTA, words, strict=True)],
        links=[Action(both("全部 43 所", "All 43 units"), "#")],
    )
