"""Sample of a list page: saved views, filters, selection, table, paging, and the same page without rows."""

from __future__ import annotations

from typing import Any

from core.web.gallery.words import both
from core.web.parts import Action, Badge, Cell, Chip, Choice, Column, Meter, Pager, Row, Tab, Table

# name, sex, unit, subject, since, until, due, hours
PEOPLE = (
    ("林婉清", "女", "临溪县实验小学", "语文", "2021-01-01", "2027-01-15", True, 342),
    ("蔡明珠", "女", "临溪县实验小学", "数学", "2019-09-01", "2028-06-30", False, 281),
    ("吴国栋", "男", "城关小学", "体育", "2020-09-01", "2026-12-20", True, 296),
    ("古丽娜尔·买买提", "女", "城关小学", "语文", "2021-09-01", "2028-01-15", False, 204),
    ("谢长庚", "男", "石门镇中心小学", "数学", "2016-12-01", "2027-06-30", False, 338),
    ("沈佩玉", "女", "石门镇中心小学", "英语", "2020-12-01", "2027-01-15", True, 360),
    ("欧阳静怡", "女", "南坪镇中心小学", "音乐", "2021-09-01", "2029-01-15", False, 157),
    ("廖家骏", "男", "南坪镇中心小学", "科学", "2019-12-01", "2026-12-05", True, 251),
    ("叶秋实", "男", "枫岭乡中心小学", "语文", "2015-09-01", "2028-06-30", False, 312),
    ("邱丽芬", "女", "临溪县实验小学", "道德与法治", "2014-12-01", "2027-06-30", False, 355),
    ("王海峰", "男", "城关小学", "信息科技", "2021-03-01", "2028-01-15", False, 188),
    ("黄淑芬", "女", "临溪县实验小学", "语文", "2013-12-01", "2028-06-30", False, 301),
)
CHOSEN = {"林婉清", "吴国栋", "沈佩玉"}
HOURS = 360


def _row(person: tuple[Any, ...]) -> Row:
    name, sex, unit, subject, since, until, due, hours = person
    state = Cell(badge=Badge(both("轮岗中", "on rotation"))) if name == "林婉清" else both("在岗", "in post")
    return Row(
        [
            Cell(name, "#"),
            both(sex, "F" if sex == "女" else "M"),
            unit,
            subject,
            since,
            Cell(until, tone="amber", icon="clock") if due else until,
            Cell(meter=Meter(hours, HOURS, due)),
            state,
        ],
        key=name,
        label=name,
        selected=name in CHOSEN,
    )


def list_sample() -> dict[str, Any]:
    """The list page."""
    columns = [
        Column("name", both("姓名", "Name"), nowrap=True),
        Column("sex", both("性别", "Sex")),
        Column("unit", both("单位", "Unit"), nowrap=True, sort_url="#", sorted="ascending"),
        Column("subject", both("学科", "Subject"), nowrap=True),
        Column("since", both("聘任日", "Since"), number=True, sort_url="#"),
        Column("until", both("注册有效至", "Registered until"), number=True, sort_url="#"),
        Column("hours", both("本周期学时", "Hours"), sub=f"/{HOURS}"),
        Column("state", both("状态", "State"), nowrap=True),
    ]
    return {
        "actions": [
            Action(both("导出所见（xlsx、csv）", "Export what is shown"), "#", "download"),
            Action(both("导入", "Import"), "#", "upload"),
            Action(both("新增人员", "Add a person"), "#", "plus", primary=True),
        ],
        "views": [
            Tab(both("全部在职", "All in post"), "#"),
            Tab(both("满五年", "Five years"), "#", current=True, count=128, icon="star"),
            Tab(both("90 日内注册到期", "Due in 90 days"), "#", count=146),
            Tab(both("缺证号", "No number"), "#", count=9),
        ],
        "chips": [
            Chip(both("单位", "Unit"), both("小学（全部 21 所）", "primary (all 21)"), "#"),
            Chip(both("任现职", "In post"), both("满 5 年", "5 years"), "#"),
            Chip(both("状态", "State"), both("在职", "in post"), "#"),
        ],
        "columns": [Choice(column.key, column.label, chosen=True) for column in columns]
        + [Choice("email", both("邮箱", "E-mail"))],
        "bulk": [
            Action(both("登记学时", "Record hours"), icon="book", form="people", name="verb", value="hours"),
            Action(both("导出所选", "Export these"), icon="download", form="people", name="verb", value="export"),
        ],
        "table": Table(both("人员列表", "People"), columns, [_row(person) for person in PEOPLE], True, "people"),
        "pager": Pager(
            both("第 1–12 人，约 130 人。", "1–12 of about 130."),
            "",
            "#",
            [Choice("12", "12", chosen=True), Choice("50", "50", url="#"), Choice("100", "100", url="#")],
        ),
        "empty": {
            "icon": "users",
            "heading": both("还没有人员", "Nobody here yet"),
            "text": both(
                "导入县里的花名册后，这里列出每个人；也可以一个一个新增。",
                "Import the county's roster and everybody is listed here, or add people one by one.",
            ),
            "actions": [Action(both("导入花名册", "Import the roster"), "#", "upload", primary=True)],
        },
    }
