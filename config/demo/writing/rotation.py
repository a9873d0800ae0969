"""The rotation of the one teacher whose story the examples tell: sent for a year, then for one more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from config.demo.ledger import period
from config.demo.story import LIN
from config.demo.writing.acts import CHANGED, Acts
from config.demo.writing.files import File
from personnel.models import PersonStatus

START, FIRST_END, END = date(2025, 9, 1), date(2026, 8, 1), date(2027, 8, 1)
NOTE = "交流轮岗，在石门镇中心小学任教；编制与工资关系仍在临溪县实验小学"


def send_on_rotation(files: Iterable[File], acts: Acts) -> None:
    """On loan to a school in the country, by two papers: the sending, and the year more."""
    file = next((one for one in files if one.person.name == LIN), None)
    sent = acts.by("linxi.clerk", CHANGED, date(2025, 8, 25), "2025年教师交流轮岗", "临教人〔2025〕47号")
    if file is None or sent is None:
        return
    values = {"status": "on_loan", "note": NOTE}
    row = sent.insert(PersonStatus, teacher_id=file.teacher, valid=period(START, FIRST_END), **values)
    longer = acts.by("linxi.clerk", CHANGED, date(2026, 7, 2), "轮岗延长一年", "临教人〔2026〕58号")
    if longer is not None:
        longer.update(row, valid=period(START, END))
