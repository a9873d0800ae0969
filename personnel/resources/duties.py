"""What somebody teaches at their unit (任课安排), a sheet of its own: several lines a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from core.exchange.kinds import Column, Draft, Setting
from core.exchange.periods import OnFile
from core.exchange.recognition import FieldGroup
from core.exchange.sections import RecordSection
from core.exchange.writing import Change, Opening, Writer
from personnel.models import Employment, TeachingDuty
from personnel.resources.closed import AtOpenUnits, Stays
from personnel.resources.posts import begun_stays, jobs_of, unit_on

_PARENTS: Final = ("任课安排", "任课情况", "任教安排", "教学任务", "任课表")
_GROUP: Final = FieldGroup(own=("任课安排", "任课情况"), several=True)


def _below(children: str, *alone: str) -> tuple[str | tuple[str, str], ...]:
    return (*alone, *((parent, child) for parent in _PARENTS for child in children.split()))


COLUMNS: Final = (
    Column(
        "duty_subject", _("subject of the duty"), _below("学科 科目 任课学科 课程", "任课安排学科", "承担学科", "承担课程"),
        kind="code", code_list="subject", group=_GROUP,
    ),
    Column("duty_stage", _("stage of the duty"), _below("学段", "任课安排学段", "承担学段"), kind="code", code_list="stage", group=_GROUP),
    Column("duty_main", _("main subject"), _below("是否主学科 主学科 是否主任学科", "是否主教学科"), kind="yes_no", group=_GROUP),
    Column("duty_classes", _("classes taught"), _below("班数 班级数 任课班数", "任课班数", "任教班数"), kind="integer", group=_GROUP),
    Column(
        "duty_hours", _("hours a week of the duty"), _below("周课时 周课时数 周节数", "任课安排周课时", "承担周课时"), kind="decimal",
        group=_GROUP,
    ),
    Column(
        "duty_since", _("duty since"), _below("起始时间 开始时间 起始年月 任课起始时间", "任课起始时间", "任课开始时间"), kind="date",
        reports="duty_subject", group=_GROUP,
    ),
)  # fmt: skip


class DutyWriter(Writer):
    """Adds the unit where the person works on the first day."""

    def write(self, new: Sequence[Opening], changes: Sequence[Change], states: Mapping[int, list[OnFile]]) -> None:
        subjects = [opening.row.subject for opening in new] + [row.subject for row, *_more in changes]
        self.jobs = jobs_of([subject for subject in subjects if subject is not None])
        for opening in new:
            opening.carried |= self._placed(opening) | {"main": True}
        super().write(new, changes, states)

    def _following(self, changes: Sequence[Change]) -> Iterator[Opening]:
        for opening in super()._following(changes):
            opening.carried |= self._placed(opening)
            yield opening

    def _placed(self, opening: Opening) -> dict[str, int | None]:
        return {"unit_id": unit_on(self.jobs.get(opening.row.subject or 0, ()), opening.begins or date.min)}


class DutySection(AtOpenUnits, RecordSection):
    """A duty at the person's own unit, found by stage and subject. Duties at other units are entered on the page of the person."""

    kind, name, order = "teachers", "personnel.TeachingDuty", 140
    model, shape, match, starts = TeachingDuty, "dated", ("duty_stage", "duty_subject"), "duty_since"
    leading, needed = ("duty_subject", "duty_stage"), ("duty_subject", "duty_stage")
    label = _("Teaching duties")
    columns = COLUMNS
    fields = {
        "duty_subject": "subject", "duty_stage": "stage", "duty_main": "main", "duty_classes": "classes", "duty_hours": "weekly_hours",
    }  # fmt: skip

    def narrowed(self, rows: QuerySet[TeachingDuty]) -> QuerySet[TeachingDuty]:
        """Those at units where the person works or worked."""
        own = Employment._base_manager.filter(teacher=OuterRef("teacher"), unit=OuterRef("unit"))
        return rows.filter(Exists(own))

    @cached_property
    def writer(self) -> Writer:
        return DutyWriter(self)

    def stays(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> Stays:
        return begun_stays(self, rows, states, setting)
