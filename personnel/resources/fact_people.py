"""Whose row it is, in workbooks of facts: somebody on file, by a number, else by name and unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Final

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.dates import Period
from core.exchange.kinds import Column, Draft, Setting
from core.records.scope import AnyOf
from core.text import header_key
from personnel.models import Employment, Teacher
from personnel.resources import columns
from personnel.resources.documents import read_documents
from personnel.resources.keepers import keep_out, kept_within
from personnel.resources.kind import TeacherKind
from personnel.resources.numbers import bearers_of
from personnel.resources.places import Places
from personnel.selectors.move_facts import Job, jobs_of

STAFF: Final = Column(
    "staff_number", _("staff number"), ("工号", "教职工号", "职工号", "教师编号", "人员编号"), limit=20
)
NAME: Final = replace(columns.NAME, required=False)
IDENTITY: Final = replace(columns.IDENTITY, required=False)
SUBJECT: Final = (
    columns.NUMBER_IN_LIST,
    columns.IDENTITY_KIND,
    IDENTITY,
    STAFF,
    NAME,
    replace(columns.REMARK, headers=("备注", "备 注")),
)


class FactKind(TeacherKind):
    """One row is a fact of somebody on file: found by identity or staff number, else by name and unit. Nobody new is made.

    `since` is the column of the first day: by it a unit that the row does not name is found, the one of the employment.
    """

    dated = fills = False
    reveals = ""
    subject_columns: tuple[Column, ...] = SUBJECT
    key_columns = ("identity", "staff_number", "name")
    naming_columns = ("name",)
    placing_columns: tuple[str, ...] = ()
    since: ClassVar[str] = ""

    def prepare(self, setting: Setting) -> None:
        if "places" not in setting.shared:
            setting.shared["places"] = Places(setting.unit, setting.day)
            setting.shared["units"] = {}

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        read_documents(rows)
        for row in rows:
            setting.shared["places"].place(row)
        self._by_number(rows, setting)
        self._by_name([row for row in rows if not _number(row)], setting)
        keep_out(rows, setting)
        people = {row.subject for row in rows if row.subject is not None}
        names = dict(Teacher._base_manager.filter(AnyOf("id", people)).values_list("pk", "name"))
        setting.shared.setdefault("names", {}).update(names)
        jobs = jobs_of(people)
        for row in rows:
            if row.subject is not None:
                self._same_name(row, names.get(row.subject, ""))
                row.key = str(row.subject).encode()
                self._place(row, jobs.get(row.subject, ()), setting)

    def _by_number(self, rows: Sequence[Draft], setting: Setting) -> None:
        people = bearers_of({_number(row) for row in rows} - {""}, setting)
        for row in rows:
            if number := _number(row):
                column = "identity" if row.values.get("identity") else "staff_number"
                found = people.get(number, [])
                row.subject = found[0] if len(found) == 1 else None
                if not found:
                    row.refuse(column, "unknown_person", "")
                elif len(found) > 1:
                    row.refuse(column, "ambiguous_person", "", count=len(found))

    def _by_name(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Who belongs or belonged to the unit under that name: on the first day, else today, else at any time. Two queries."""
        asked = [row for row in rows if not is_wrong(row, "identity", "staff_number")]
        named = {
            (row.values["unit"], row.values["name"])
            for row in asked
            if row.values.get("unit") and row.values.get("name")
        }
        held: dict[tuple[int, str], list[tuple[int, Period]]] = defaultdict(list)
        jobs = Employment._base_manager.filter(
            AnyOf("unit_id", {unit for unit, _name in named}), AnyOf("teacher__name", {name for _unit, name in named})
        )
        listed = jobs.values_list(
            "unit_id", "teacher__name", Coalesce("teacher__merged_into_id", "teacher_id"), "valid"
        )
        for unit, name, teacher, valid in listed if named else ():
            held[unit, name].append((teacher, Period(valid.lower, valid.upper)))
        kept = (
            kept_within({teacher for found in held.values() for teacher, _period in found}, setting) if held else set()
        )
        for row in asked:
            if not row.values.get("name"):
                row.refuse("identity", "missing")
            elif not row.values.get("unit"):
                if not is_wrong(row, "unit_name", "unit_code"):
                    row.refuse("unit_name", "unit_or_number")
            else:
                there = [one for one in held[row.values["unit"], row.values["name"]] if one[0] in kept]
                self._take_named(row, there, setting)

    def _take_named(self, row: Draft, there: Sequence[tuple[int, Period]], setting: Setting) -> None:
        since = row.values.get(self.since)
        days = [since.first_day()] if since is not None else []
        closer = ({key for key, period in there if period.contains(day)} for day in (*days, setting.actor.on))
        found = next((keys for keys in closer if keys), {key for key, _period in there})
        if len(found) == 1:
            row.subject = found.pop()
            row.warn("name", "found_by_name", row.values["name"])
        else:
            row.refuse("name", "several_of_name" if found else "nobody_of_name", row.values["name"], count=len(found))

    def _same_name(self, row: Draft, name: str) -> None:
        said = row.values.get("name")
        if said and header_key(said) != header_key(name):
            row.refuse("name", "name_differs", said, name=name)
        row.values["name"] = name

    def _place(self, row: Draft, jobs: Sequence[Job], setting: Setting) -> None:
        """The unit of a row that names none is the one where the person belongs on the first day."""
        since = row.values.get(self.since)
        if row.values.get("unit") is None and since is not None and not is_wrong(row, "unit_name", "unit_code"):
            held = [job.unit for job in jobs if job.holds(since.first_day())]
            if held:
                row.values["unit"] = held[-1]

    def finish(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Nobody is new: who was not found is refused already."""

    def opens(self, row: Draft) -> bool:
        return False

    def find(self, rows: Sequence[Draft], setting: Setting) -> dict[bytes | None, int]:
        wanted = [int(row.key) for row in rows if row.key is not None]
        owners = Teacher._base_manager.filter(AnyOf("id", wanted))
        return {str(pk).encode(): owner for pk, owner in owners.values_list("pk", Coalesce("merged_into_id", "pk"))}

    def subjects(self, actor: Any, unit: Any, on: date) -> list[int]:
        """None: the workbook brings facts in; what is on file is listed and exported on its own pages."""
        return []

    def heads(self, subjects: Sequence[int], telling: Any) -> dict[int, dict[str, str]]:
        return {}


def _number(row: Draft) -> str:
    return row.values.get("identity") or row.values.get("staff_number") or ""


def is_wrong(row: Draft, *names: str) -> bool:
    """Whether a cell of the row in one of these columns is refused already."""
    return any(problem.column in names and problem.severity == "error" for problem in row.problems)
