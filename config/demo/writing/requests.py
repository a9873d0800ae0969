"""What bureaus of the demo city asked for, and what came: one request whose day is over, one that runs, and a word that nobody knows."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from random import Random
from typing import Final

from config.demo.people import Registry
from config.demo.units import UnitPlan
from config.demo.writing.files import File
from config.demo.writing.offices import Offices, unit_of
from config.demo.writing.rosters import workbook
from core.exchange.applying import apply_batch
from core.exchange.asking.services import ask, remind_by_itself
from core.exchange.checking import check_batch
from core.exchange.models import Batch, HeadingChoice
from core.exchange.services import create_batch
from core.exchange.words.services import propose_word
from core.org.models import Unit
from core.text import header_key

LINXI: Final = 1
FEWEST: Final = 2
WAITING: Final = 2
# What a school heads the telephones, and no program knows; the county said what it means.
OWN_HEADING: Final = "手机联络"


def ask_for_workbooks(offices: Offices) -> None:
    """The city asked the counties for their rosters, and the day is over; the first county asks its schools for telephones."""
    before = offices.day - timedelta(days=20)
    city = offices.actor("city.clerk", before)
    counties = list(Unit.objects.filter(parent=city.unit, kind="county"))
    ask(
        actor=city, kind="teachers", title=f"{offices.day.year}年秋季教师花名册", due=offices.day - timedelta(days=3),
        units=counties, words="按秋季学期开学后的在岗情况报送，含新招聘和调动人员。",
    )  # fmt: skip
    county = offices.actor("linxi.clerk", offices.day)
    schools = list(Unit.objects.filter(parent=county.unit, kind="school", closed__isnull=True))
    ask(
        actor=county, kind="teachers", title="教师联系电话核对", due=offices.day + timedelta(days=8), units=schools,
        words="核对本校在岗教师的联系电话，有变动的填新号码。",
    )  # fmt: skip
    HeadingChoice.objects.create(
        unit=offices.unit_of("linxi.clerk"),
        kind="teachers",
        label=header_key(OWN_HEADING),
        column="phone",
        user=county.user,
    )
    remind_by_itself(offices.day)


def answer_some(files: list[File], offices: Offices, registry: Registry, rng: Random) -> None:
    """Three schools have sent: one all right, one with a wrong number, one whose list waits to be accepted."""
    staff: dict[str, list[File]] = defaultdict(list)
    schools: dict[str, UnitPlan] = {}
    for file in files:
        spell = file.person.spell_on(offices.day)
        if spell and spell.unit.place == LINXI and spell.unit.kind == "school" and file.person.leaves is None:
            staff[spell.unit.code].append(file)
            schools[spell.unit.code] = spell.unit
    chosen = [code for code in sorted(staff) if len(staff[code]) >= FEWEST][:3]
    for place, code in enumerate(chosen):
        people = [file.person for file in staff[code][:6]]
        rows = [[person.name, person.identity, registry.phone(rng)] for person in people]
        if place == 1:
            rows[-1][1] = _mistyped(rows[-1][1])
        batch = _send(offices, schools[code], rows, OWN_HEADING if place == WAITING else "联系电话")
        if place != WAITING:
            apply_batch(batch.pk, offices.school_clerk(schools[code], offices.day))


def _mistyped(number: str) -> str:
    """An identity number with a wrong check digit."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def _send(offices: Offices, school: UnitPlan, rows: list[list[str]], heading: str) -> Batch:
    actor = offices.school_clerk(school, offices.day)
    content = workbook(("序号", "姓名", "身份证号码", heading), rows, "教师联系电话核对表", school.name)
    batch = create_batch(
        actor=actor, unit=unit_of(school), name="联系电话核对.xlsx", content=content, start=False
    )  # fmt: skip
    return check_batch(batch.pk, actor)


def propose(offices: Offices, batch: Batch) -> None:
    """The clerk of the first county proposes what a word of the roster means."""
    propose_word(
        actor=offices.actor("linxi.clerk", offices.day), list_name="subject", word="奥数", code="mathematics", batch=batch,
        reason="几所学校的课表这样写",
    )  # fmt: skip
