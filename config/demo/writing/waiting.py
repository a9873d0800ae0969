"""What lies on people's desks on the last day of the story: workbooks, a role to be confirmed, and who has looked."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from config.demo.names import person_name
from config.demo.people import Registry, identity_number
from config.demo.story import LIN
from config.demo.units import UnitPlan
from config.demo.writing.files import File
from config.demo.writing.offices import Offices, unit_of
from config.demo.writing.requests import answer_some, ask_for_workbooks, propose
from config.demo.writing.rosters import HEADERS, roster_rows, workbook
from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.models import Batch
from core.exchange.services import create_batch
from core.org.actor import Actor
from core.org.services import propose_role
from personnel.models import IdentityDocument, Teacher
from personnel.services import note_look, reveal_value

COLUMN: Final = {header: place for place, header in enumerate(HEADERS[1:])}
# What a county gets wrong, spread over its roster: the header and what stands there instead.
MISTAKES: Final = (
    ("任教学科", "奥数"),
    ("参加工作时间", "1998.13"),
    ("工作单位", "临溪县城关第三小学"),
    ("出生年月", "1979.02.30"),
)


def leave_work(files: list[File], units: list[UnitPlan], offices: Offices, registry: Registry, rng: Random) -> None:
    """A roster that waits, a list that was accepted, a sheet that could not be read, requests, a word, a role, looks."""
    ask_for_workbooks(offices)
    propose(offices, send_roster(files, offices, registry, rng))
    _accepted_list(files, offices, registry, rng)
    answer_some(files, offices, registry, rng)
    _unreadable(units, offices)
    _propose(offices, units)
    _look(files, offices)


def _here(files: list[File], place: int, day: date) -> list[File]:
    """Who is employed in a place on a day and has not retired."""
    return [
        file
        for file in files
        if (spell := file.person.spell_on(day)) and spell.unit.place == place and (file.person.leaves or date.max) > day
    ]


def _upload(offices: Offices, actor: Actor, name: str, content: bytes) -> Batch:
    unit = offices.unit_of(actor.user.username)
    batch = create_batch(actor=actor, unit=unit, name=name, content=content, start=False)
    return check_batch(batch.pk, actor)


def send_roster(files: list[File], offices: Offices, registry: Registry, rng: Random) -> Batch:
    """The roster of this autumn of the first county: most as on file, some changed, a few new, some wrong."""
    day = offices.day - timedelta(days=6)
    rows = roster_rows([file.person for file in _here(files, 1, day)], day)
    _change(rows, registry, rng)
    _spoil(rows)
    rows += [_newcomer(rows[place], registry, rng, day) for place in range(0, len(rows), len(rows) // 4 + 1)]
    title = f"临溪县{day.year}年秋季教师花名册"
    content = workbook(HEADERS, rows, title, f"临溪县教育局        填报时间：{day.year}年{day.month}月{day.day}日")
    return _upload(offices, offices.actor("linxi.clerk", offices.day), f"{day.year}秋教师花名册.xlsx", content)


def _change(rows: list[list[str]], registry: Registry, rng: Random) -> None:
    """New telephones, some of them; a few moves between schools."""
    for row in rows[3 :: max(len(rows) // 12, 1)]:
        row[COLUMN["联系电话"]] = registry.phone(rng)
    for row, other in zip(rows[11 :: max(len(rows) // 3, 1)], reversed(rows), strict=False):
        for header in ("工作单位", "单位代码"):
            row[COLUMN[header]] = other[COLUMN[header]]
        row[COLUMN["来校时间"]] = ""


def _spoil(rows: list[list[str]]) -> None:
    step = max(len(rows) // (len(MISTAKES) + 3), 1)
    for (header, wrong), row in zip(MISTAKES, rows[step::step], strict=False):
        row[COLUMN[header]] = wrong
        if header == "工作单位":
            row[COLUMN["单位代码"]] = ""
    number = rows[step + 1][COLUMN["身份证号码"]]
    rows[step + 1][COLUMN["身份证号码"]] = number[:-1] + ("1" if number[-1] != "1" else "2")
    twice = list(rows[2 * step + 2])
    rows.insert(2 * step + 3, twice)


def _newcomer(like: list[str], registry: Registry, rng: Random, day: date) -> list[str]:
    """Somebody who began this autumn at the school of somebody else."""
    birth = date(day.year - 23, rng.randrange(1, 13), rng.randrange(1, 29))
    row = list(like)
    changes = {
        "姓名": person_name(rng, male=False, birth_year=birth.year)[0],
        "性别": "女",
        "身份证号码": identity_number("350726", birth, rng.randrange(500) * 2),
        "出生年月": f"{birth:%Y.%m}",
        "民族": "汉族",
        "政治面貌": "共青团员",
        "参加党派时间": f"{birth.year + 15}-05",
        "参加工作时间": f"{day.year}.09",
        "从教时间": f"{day.year}.09",
        "来校时间": f"{day.year}-09-01",
        "职务": "专任教师",
        "岗位类别": "专业技术",
        "用人形式": "在编",
        "是否在编": "是",
        "学历": "大学本科毕业",
        "学位": "教育学学士",
        "毕业院校": "福建师范大学",
        "毕业时间": f"{day.year}-06",
        "所学专业": "小学教育",
        "职称": "",
        "职称取得时间": "",
        "婚姻状况": "未婚",
        "工号": "",
        "联系电话": registry.phone(rng),
        "电子邮箱": "",
        "家庭住址": "",
        "备注": "2026年新招聘" if day.year == 2026 else "新招聘",
    }
    for header, text in changes.items():
        row[COLUMN[header]] = text
    return row


def _accepted_list(files: list[File], offices: Offices, registry: Registry, rng: Random) -> None:
    """A short list with three columns, sent by another county and accepted."""
    people = [file.person for file in _here(files, 3, offices.day)][5::40][:14]
    rows = [[person.name, person.identity, registry.phone(rng)] for person in people]
    content = workbook(("序号", "姓名", "身份证号码", "联系电话"), rows, "青河区教师联系电话更新表", "青河区教育局")
    actor = offices.actor("qinghe.clerk", offices.day)
    apply_batch(_upload(offices, actor, "联系电话更新.xlsx", content).pk, actor)


def _unreadable(units: list[UnitPlan], offices: Offices) -> None:
    """A sheet of another kind, which the import refuses as a whole."""
    rows = [[f"11月{day}日", "82", ""] for day in range(2, 7)]
    content = workbook(("序号", "日期", "到岗人数", "备注"), rows, "11月考勤统计", "临溪县实验小学")
    _upload(offices, offices.actor("school.clerk", offices.day), "11月考勤统计.xlsx", content)


def _propose(offices: Offices, units: list[UnitPlan]) -> None:
    """A role that the second security administrator still has to confirm."""
    user = offices.user("jiang.lan")
    county = next(unit for unit in units if unit.code == "350727")
    if user is not None:
        propose_role(
            actor=offices.actor("security.one", offices.day), user=user, role="county_clerk", unit=unit_of(county),
            starts=offices.day + timedelta(days=9), ends=offices.day + timedelta(days=190), reason="下派石门县教育局挂职半年",
        )  # fmt: skip


def _look(files: list[File], offices: Offices) -> None:
    """Who looked at the file of the teacher of the story, and who looked behind a mask."""
    file = next((one for one in files if one.person.name == LIN), None)
    if file is None:
        return
    teacher = Teacher.objects.select_related("key").get(pk=file.teacher.pk)
    for username in ("school.clerk", "linxi.clerk", "zhou.yaqin"):
        note_look(actor=offices.actor(username, offices.day), teacher=teacher)
    document = IdentityDocument.objects.select_related("teacher__key").get(teacher=teacher, kind="1")
    reader = offices.actor("zhou.yaqin", offices.day)
    reveal_value(actor=reader, teacher=teacher, record=document, field="number", reason="核对个税申报")
