"""The sections that personnel adds to a teacher's row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from core.dates import PartialDate
from core.exchange.kinds import Draft, Setting
from core.exchange.sections import OnFile, Place, RecordSection
from core.records.bulk import update_rows
from core.text import pinyin_keys
from personnel.models import (
    Contact,
    Education,
    Employment,
    FormerName,
    IdentityDocument,
    PersonStatus,
    PoliticalStatus,
    Teacher,
    TeachingAssignment,
)
from personnel.resources import columns as known


class PersonSection(RecordSection):
    """What the teacher's own row says: name, sex, birth, ethnic group, start of work. New persons are made by the kind."""

    kind, name, order = "teachers", "personnel.Teacher", 10
    model, subject_field, shape = Teacher, "id", "one"
    columns = known.TEACHER
    fields = {column.name: column.name for column in known.TEACHER if column.name != "birth"}

    def apply(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        renamed, others = [], []
        for row in rows:
            if row.differences.get(self.name) and row.subject in states:
                (renamed if "name" in row.differences[self.name] else others).append(row)
        super().apply(others, states, setting)
        for row in renamed:
            stored = states[row.subject or 0][0]
            names, values = self._columns(row, set(row.differences[self.name]))
            keys = pinyin_keys(row.values["name"])
            line = [stored.id, stored.revision, *values, keys.spaced, keys.initials, row.id]
            update_rows(Teacher, [*names, "pinyin", "initials", "source_row"], [line])


class IdentitySection(RecordSection):
    """The identity document that the row is found by. Written for new persons."""

    kind, name, order = "teachers", "personnel.IdentityDocument", 20
    model, shape = IdentityDocument, "listed"
    columns = (known.IDENTITY_KIND, known.IDENTITY)
    fields = {"identity": "number", "identity_kind": "kind"}
    match = ("identity",)

    def present(self, row: Draft, state: list[OnFile] | None) -> OnFile | None:
        return next((one for one in state or () if one.values["number_index"] is not None and bytes(one.values["number_index"]) == row.key), None)


class EmploymentSection(RecordSection):
    """The unit and the form of employment. A move holds from the batch's day, or from the row's own date."""

    kind, name, order = "teachers", "personnel.Employment", 30
    model, shape, starts = Employment, "dated", "unit_since"
    columns = known.EMPLOYMENT
    fields = {"unit": "unit_id", "in_quota": "in_quota", "employment_form": "form", "post": "post"}

    def compare(self, row: Draft, state: list[OnFile] | None, setting: Setting) -> None:
        super().compare(row, state, setting)
        found = row.differences.get(self.name, {})
        if "unit" in found:
            names = setting.shared["unit_names"]
            found["unit"] = [names.get(int(side), "") if side else "" for side in found["unit"]]
        stored = self.present(row, state)
        if found and stored and stored.lower and self.begin(row, setting) < stored.lower and not any(p.code == "stale" for p in row.problems):
            row.refuse("unit_name", "stale", "", day=str(self.begin(row, setting)), since=str(stored.lower))

    def begin(self, row: Draft, setting: Setting) -> Any:
        """A unit's own start date counts for a new employment only; otherwise the batch's day."""
        said = row.values.get("unit_since")
        return said.first_day() if isinstance(said, PartialDate) else setting.day

    @cached_property
    def places(self) -> list[Place]:
        """The unit was found by code or name; it is stored in one column."""
        unit = Place("unit", "unit", "unit_id", "unit_id", None, None)
        return [unit, *(self._place(column) for column in self.columns if column.name in self.fields)]


class PoliticalSection(RecordSection):
    """Party or group membership."""

    kind, name, order = "teachers", "personnel.PoliticalStatus", 40
    model, shape = PoliticalStatus, "dated"
    columns = known.POLITICAL
    fields = {"political_status": "status", "party_joined": "joined"}


class EducationSection(RecordSection):
    """A course of study, found by its level."""

    kind, name, order = "teachers", "personnel.Education", 50
    model, shape, match = Education, "listed", ("education",)
    columns = known.EDUCATION
    fields = {
        "education": "level", "degree": "degree", "school": "school", "graduated": "ends", "field_of_study": "subject",
        "study_started": "starts", "full_time": "full_time", "normal_course": "normal",
    }  # fmt: skip


class TeachingSection(RecordSection):
    """Stage and subject taught."""

    kind, name, order = "teachers", "personnel.TeachingAssignment", 60
    model, shape = TeachingAssignment, "dated"
    columns = known.TEACHING
    fields = {"subject": "subject", "stage": "stage", "weekly_hours": "weekly_hours"}


class ContactSection(RecordSection):
    """Phone, e-mail, address."""

    kind, name, order = "teachers", "personnel.Contact", 70
    model, shape = Contact, "one"
    columns = known.CONTACT
    fields = {"phone": "phone", "email": "email", "address": "address"}


class StatusSection(RecordSection):
    """A status other than in post."""

    kind, name, order = "teachers", "personnel.PersonStatus", 80
    model, shape, starts = PersonStatus, "dated", "status_since"
    columns = known.STATUS
    fields = {"status": "status"}


class FormerNameSection(RecordSection):
    """A former name."""

    kind, name, order = "teachers", "personnel.FormerName", 90
    model, shape, match = FormerName, "listed", ("former_name",)
    columns = known.FORMER_NAME
    fields = {"former_name": "name"}


SECTIONS = (
    PersonSection(), IdentitySection(), EmploymentSection(), PoliticalSection(), EducationSection(), TeachingSection(),
    ContactSection(), StatusSection(), FormerNameSection(),
)  # fmt: skip
