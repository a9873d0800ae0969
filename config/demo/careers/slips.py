"""What was typed wrongly into the first roster, and how it came to light."""

from __future__ import annotations

from datetime import date, timedelta

from config.demo.names import ALIKE
from config.demo.people import BEGINNING, Person, Slip

SHARE = 0.05


def slip(person: Person) -> None:
    """A few values of the first roster were wrong; each was corrected later, with a reason and where there is one a paper."""
    rng = person.rng
    last_chance = person.leaves or person.day
    span = (last_chance - date(2020, 4, 1)).days
    if person.enters > BEGINNING or span < 60 or rng.random() > SHARE:
        return
    day = date(2020, 4, 1) + timedelta(days=rng.randrange(span - 30))
    column = rng.choice(("work_start", "work_start", "name", "native_place", "ethnicity", "teaching_start"))
    found = _wrong(person, column)
    if found is None:
        return
    wrong, reason, series = found
    person.slips.append(Slip(column, wrong, day, reason, series))


def _wrong(person: Person, column: str) -> tuple[str, str, str] | None:
    rng = person.rng
    if column == "name":
        typed = next((person.name.replace(right, ALIKE[right]) for right in ALIKE if right in person.name[1:]), "")
        return (typed, "花名册姓名同音字录错，按居民身份证更正", "") if typed and typed[0] == person.name[0] else None
    if column == "native_place":
        return "福建建阳", "籍贯按干部人事档案《干部履历表》更正", ""
    if column == "ethnicity":
        return ("01", "民族按户口簿更正", "") if person.ethnicity != "01" else None
    right = getattr(person, column)
    if right is None or person.spells[0].start.year > 2017:
        return None
    wrong = f"{int(right[:4]) + rng.choice((1, 1, 2))}{right[4:]}"
    if column == "work_start":
        return wrong, "干部人事档案专项审核：按《转正定级审批表》认定参加工作时间", "临委组档审"
    return wrong, "按首次任教学校证明更正从教时间", ""
