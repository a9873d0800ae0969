"""The post level of a teacher's row (岗位等级), and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.exchange.kinds import Column, Draft, Setting
from core.exchange.periods import OnFile
from core.exchange.sections import RecordSection
from core.exchange.writing import Change, Opening, Writer
from core.records.scope import AnyOf
from personnel.models import Employment, PostAppointment
from personnel.models.vacancies import RATIO
from personnel.resources.closed import AtOpenUnits, Stay, Stays
from personnel.selectors.posts import Vacancies
from personnel.services.posts import place_at

LEVEL = Column(
    "post_level", _("post level"),
    (
        "岗位等级", "岗位级别", "现聘岗位等级", "聘用岗位等级", "聘任岗位等级", "现岗位等级", "专业技术岗位等级", "岗位等级名称",
    ),
    kind="code", code_list="post_level", elsewhere=True,
)  # fmt: skip
SINCE = Column(
    "post_since", _("post level since"),
    (
        "聘任时间", "岗位聘任时间", "岗位聘用时间", "聘用时间", "现岗位聘任时间", "现岗位聘用时间", "现聘岗位时间", "岗位等级聘任时间",
        "岗位等级聘用时间", "岗位聘任日期", "聘任日期",
    ),
    kind="date", reports="post_level",
)  # fmt: skip

# Under which name the posts are reckoned with, in what a check shares.
VACANCIES = "vacancies"


class PostWriter(Writer):
    """Adds the unit where the person works on the first day, and how the appointment counts there."""

    def write(self, new: Sequence[Opening], changes: Sequence[Change], states: Mapping[int, list[OnFile]]) -> None:
        subjects = [opening.row.subject for opening in new] + [row.subject for row, *_more in changes]
        self.jobs = jobs_of([subject for subject in subjects if subject is not None])
        units = {unit for jobs in self.jobs.values() for unit, _first, _end in jobs}
        self.begins = Vacancies(units).begins
        for opening in new:
            opening.carried = self._placed(opening)
        super().write(new, changes, states)

    def _following(self, changes: Sequence[Change]) -> Iterator[Opening]:
        for opening in super()._following(changes):
            opening.carried |= self._placed(opening)
            yield opening

    def _placed(self, opening: Opening) -> dict[str, Any]:
        day = opening.begins or date.min
        unit = unit_on(self.jobs.get(opening.row.subject or 0, ()), day)
        return {
            "unit_id": unit, "place": place_at(self.begins.get(unit or 0), day), "dual": False, "document": "", "exception": "",
        }  # fmt: skip


Job = tuple[int, date, date | None]


def jobs_of(subjects: Sequence[int]) -> dict[int, list[Job]]:
    """Where people work and worked: (unit, first day, end), the earliest first. One query."""
    found: dict[int, list[Job]] = {}
    rows = Employment._base_manager.filter(AnyOf("teacher_id", subjects)).order_by("valid")
    for teacher, unit, valid in rows.values_list("teacher_id", "unit_id", "valid"):
        found.setdefault(teacher, []).append((unit, valid.lower, valid.upper))
    return found


def unit_on(jobs: Sequence[Job], day: date) -> int | None:
    """The unit of a day, else the first one after it, else the last one."""
    held = next((unit for unit, first, end in jobs if first <= day and (end is None or day < end)), None)
    later = next((unit for unit, first, _end in jobs if first > day), None)
    return held or later or (jobs[-1][0] if jobs else None)


def begun_stays(section: Any, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> Stays:
    """What rows begin at the unit where the person works on the first day: the one that the row names, else the one on file."""
    jobs = jobs_of([row.subject for row in rows if row.subject is not None])
    for row in rows:
        planned = section.planned(row, states.get(row.subject or 0) or [], setting)
        if planned is None:
            continue
        stored, _found, plan = planned
        if stored is None or plan.verb == "follow":
            named = row.values.get("unit")
            unit = named if named is not None else unit_on(jobs.get(row.subject or 0, ()), plan.begins)
            if unit is not None:
                yield row, Stay(unit, plan.begins, stored.upper if stored is not None else plan.until)


class PostSection(AtOpenUnits, RecordSection):
    """The level that somebody is appointed to, at the unit where they work. Without a free post the row is refused."""

    kind, name, order = "teachers", "personnel.PostAppointment", 65
    model, shape, starts = PostAppointment, "dated", "post_since"
    label = _("Appointment to a post")
    columns = (LEVEL, SINCE)
    fields = {"post_level": "level"}

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """A second post of who leads and teaches is no matter of rosters."""
        return rows.filter(dual=False)

    @cached_property
    def writer(self) -> Writer:
        return PostWriter(self)

    def stays(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> Stays:
        return begun_stays(self, rows, states, setting)

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        super().check(rows, setting)
        self._reckon_all([row for row in rows if row.subject is None], {}, setting)

    def look_back(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        super().look_back(rows, states, setting)
        self._reckon_all(rows, states, setting)

    def _reckon_all(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        speaking = [row for row in rows if row.values.get("post_level") is not None and not row.refused]
        if not speaking:
            return
        jobs = jobs_of([row.subject for row in speaking if row.subject is not None])
        asked = [(row, self._unit(row, jobs, setting)) for row in speaking]
        vacancies = setting.shared.setdefault(VACANCIES, Vacancies())
        vacancies.read(unit for _row, unit in asked if unit is not None)
        for row, unit in asked:
            if unit is not None:
                self._reckon(row, unit, self.present(row, states.get(row.subject or 0), setting), vacancies, setting)

    def _unit(self, row: Draft, jobs: Mapping[int, Sequence[Job]], setting: Setting) -> int | None:
        told = row.values.get("unit")
        return told if told is not None else unit_on(jobs.get(row.subject or 0, ()), self._day(row, setting))

    def _day(self, row: Draft, setting: Setting) -> date:
        since = row.values.get("post_since")
        return since.first_day() if since is not None else setting.day

    def _reckon(self, row: Draft, unit: int, stored: OnFile | None, vacancies: Vacancies, setting: Setting) -> None:
        """Refuse the row where no post is free for it; rows that come later find what this one took."""
        level, day = row.values["post_level"], self._day(row, setting)
        if stored is not None and stored["level"] == level:
            return
        if stored is not None and stored.lower is not None:
            vacancies.leave((unit, stored["level"], False), stored.lower, day)
        if place_at(vacancies.begins.get(unit), day) != RATIO:
            return
        key = (unit, level, False)
        if vacancies.free(key, day) < 1:
            row.refuse("post_level", "no_vacancy", level, day=str(day))
        else:
            vacancies.take(key, day)
