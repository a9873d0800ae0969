"""The rosters of 2019, as workbooks that the bureaus uploaded: made here, and read by the product's own import."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import xlsxwriter

from config.demo.people import BEGINNING, Person
from config.demo.writing.offices import Offices
from core.codes.selectors import label
from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.models import Batch
from core.exchange.services import create_batch

HEADERS: Final = (
    "序号", "工作单位", "单位代码", "姓名", "性别", "身份证号码", "出生年月", "民族", "籍贯", "出生地", "政治面貌", "参加党派时间",
    "参加工作时间", "从教时间", "来校时间", "是否在编", "用人形式", "岗位类别", "职务", "学历", "学位", "毕业院校", "毕业时间",
    "所学专业", "任教学段", "任教学科", "周课时", "职称", "职称取得时间", "婚姻状况", "健康状况", "工号", "联系电话", "电子邮箱",
    "家庭住址", "备注",
)  # fmt: skip


class RosterRefused(RuntimeError):
    """The import did not take a row of the demo's own roster: the generator and the import disagree."""


def on_roster(person: Person) -> bool:
    """Whether the person was there when the rosters of 2019 were sent."""
    return person.spells[0].start <= BEGINNING


def place_on_roster(person: Person) -> int:
    """The place whose roster of 2019 the person stood on."""
    return int(_spell(person, BEGINNING).unit.place)


def import_roster(people: list[Person], place: int, offices: Offices, name: str) -> Batch:
    """Upload, check and accept the roster of a place in the name of its clerk of that day."""
    actor = offices.clerk(place, BEGINNING)
    title = f"{name}2019年教职工花名册"
    content = workbook(HEADERS, roster_rows(people, BEGINNING), title, f"{name}        填报时间：2019年9月3日")
    batch = create_batch(
        actor=actor,
        unit=offices.unit_of(actor.user.username),
        name="2019年教师花名册.xlsx",
        content=content,
        kind="teachers",
        start=False,
    )
    batch = check_batch(batch.pk, actor)
    if batch.counts.get("refused", 1):
        first = next((row for row in batch.rows.exclude(problems=[]).values_list("row", "problems")), batch.trouble)
        raise RosterRefused(f"{name}: {batch.counts} {first}")
    return apply_batch(batch.pk, actor)


def workbook(headers: Sequence[str], rows: Iterable[Sequence[str]], title: str, office: str) -> bytes:
    """A sheet as bureaus lay it out: a title, a line with the office, headings, then numbered rows."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "constant_memory": True})
    sheet = book.add_worksheet("在职")
    sheet.merge_range(0, 0, 0, len(headers) - 1, title)
    sheet.merge_range(1, 0, 1, len(headers) - 1, f"填报单位（盖章）：{office}")
    sheet.write_row(2, 0, headers)
    for place, row in enumerate(rows, 3):
        sheet.write_row(place, 0, [place - 2, *row])
    book.close()
    return content.getvalue()


def roster_rows(people: list[Person], day: date) -> list[list[str]]:
    """The rows of a roster as things stood on a day, school by school, without their number."""
    ordered = sorted(people, key=lambda one: (_spell(one, day).unit.code, one.number))
    return [_row(person, day) for person in ordered]


def _spell(person: Person, day: date) -> Any:
    spell = person.spell_on(day)
    if spell is None:
        raise LookupError(f"{person.number} is nowhere on {day}")
    return spell


def _row(person: Person, day: date) -> list[str]:
    spell = _spell(person, day)
    typed = {slip.column: slip.wrong for slip in person.slips} if day == BEGINNING else {}
    degree = highest(person, day)
    political, title, lessons = (_held(facts, day) for facts in (person.political, person.titles, person.teaching))
    return [
        _name_on(spell.unit, day), spell.unit.code, typed.get("name", person.name), "男" if person.male else "女", person.identity,
        f"{person.birth:%Y.%m}", _word("ethnicity", typed.get("ethnicity", person.ethnicity)),
        typed.get("native_place", person.native_place), person.birthplace, _word("political_status", political["status"]),
        political.get("joined", ""), _dotted(typed.get("work_start", person.work_start)),
        _dotted(typed.get("teaching_start", person.teaching_start) or ""), spell.start.isoformat(), "是" if spell.in_quota else "否",
        _word("employment_form", spell.form), _word("post_family", person.post.family), spell.post, _word("education", degree["level"]),
        _word("degree", degree["degree"]), degree["school"], degree["ends"], degree["subject"], _word("stage", lessons.get("stage", "")),
        _word("subject", lessons.get("subject", "")), lessons.get("weekly_hours", ""), _word("teacher_rank", title.get("rank", "")),
        title.get("obtained", ""), _word("marriage", person.marriage), _word("health", person.health), person.staff_number,
        phone_on(person, day),
        person.email, person.address, "",
    ]  # fmt: skip


def phone_on(person: Person, day: date) -> str:
    """The telephone that the file has on a day."""
    known = [phone for since, phone in person.new_phones if person.enters < since <= day]
    return known[-1] if known else person.phone


def _held(facts: list[Any], day: date) -> dict[str, Any]:
    return next((fact.values for fact in facts if fact.start <= day and (fact.end is None or day < fact.end)), {})


def highest(person: Person, day: date) -> dict[str, Any]:
    """The last course that was completed by a day."""
    courses = [item for item in person.items["Education"] if item.day <= day]
    return max(courses, key=lambda item: item.day).values


def _name_on(unit: Any, day: date) -> str:
    name = next((naming.name for naming in unit.former if day < naming.until), unit.name)
    return str(name)


def _word(code_list: str, code: str) -> str:
    return label(code_list, code) if code else ""


def _dotted(text: str) -> str:
    """Months as counties type them: 1988.08; whole days stay."""
    return text.replace("-", ".") if len(text) == 7 else text
