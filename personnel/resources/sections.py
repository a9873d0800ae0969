"""The sections that personnel adds to a teacher's row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.exchange.agreeing import same
from core.exchange.kinds import Draft, Setting
from core.exchange.periods import OnFile, Step, before
from core.exchange.sections import Place, RecordSection
from core.org.models import Unit, unit_name
from core.parameters.selectors import at
from core.records.scope import AnyOf
from personnel import rules
from personnel.choices import IN_POST
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
from personnel.resources.closed import AtOpenUnits, Stay, Stays
from personnel.resources.names import search_keys
from personnel.resources.sheets import SHEETS

# Beside the cells of an education: how it compares.
RANK: Final = "_rank"


class PersonSection(RecordSection):
    """What the teacher's own row says: name, sex, birth, ethnic group, start of work. New persons are made by the kind."""

    kind, name, order = "teachers", "personnel.Teacher", 10
    model, subject_field, shape = Teacher, "id", "one"
    label = _("Person")
    columns = known.TEACHER
    fields = {column.name: column.name for column in known.TEACHER}

    @cached_property
    def _limits(self) -> list[tuple[str, str, Callable[[Any], bool]]]:
        """The day of birth is read together with the identity number, by the kind."""
        return [limit for limit in super()._limits if limit[0] != "birth"]

    def apply(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        """Correct persons who were on file; with a name go the keys by which it is found."""
        known_rows = [row for row in rows if row.differences.get(self.name) and row.subject in states]
        super().apply([row for row in known_rows if "name" not in row.differences[self.name]], states, setting)
        renamed = [(row, states[row.subject or 0][0]) for row in known_rows if "name" in row.differences[self.name]]
        changes = [(row, stored, self.differing(row, stored), Step("correct")) for row, stored in renamed]
        self.writer.correct(changes, ("pinyin", "initials"), lambda row: search_keys(row.values["name"]))


class IdentitySection(RecordSection):
    """The identity document that the row is found by. Written for new persons."""

    kind, name, order = "teachers", "personnel.IdentityDocument", 20
    model, shape = IdentityDocument, "listed"
    label = _("Identity documents")
    columns = (known.IDENTITY_KIND, known.IDENTITY, known.IDENTITY_EXPIRES)
    fields = {"identity": "number", "identity_kind": "kind", "identity_expires": "expires"}
    match = ("identity",)

    @property
    def on_main(self) -> bool:
        return True

    @property
    def apart(self) -> bool:
        """The number is what every row is found by."""
        return False

    def chief(self, lines: Sequence[dict[str, str]]) -> dict[str, str]:
        """What else is said of the only document; with several, the row says the number that it is found by and no more."""
        return lines[0] if len(lines) == 1 else {}

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, list[OnFile]]:
        """The documents of each person; those of a file that was merged into theirs too, by which rows find them as well."""
        merged = dict(
            Teacher._base_manager.filter(AnyOf("merged_into_id", subjects)).values_list("pk", "merged_into_id")
        )
        found = super().load([*subjects, *merged], setting)
        for closed, owner in merged.items():
            if closed in found:
                found.setdefault(owner, []).extend(found.pop(closed))
        return found

    def present(self, row: Draft, state: Sequence[OnFile] | None, setting: Setting) -> OnFile | None:
        for one in state or ():
            index = one["number_index"]
            if index is not None and bytes(index) == row.key:
                return one
        return None


class EmploymentSection(AtOpenUnits, RecordSection):
    """The unit and the form of employment. A move holds from the batch's day, or from the row's own date."""

    kind, name, order = "teachers", "personnel.Employment", 30
    model, shape, starts = Employment, "dated", "unit_since"
    label = _("Unit")
    columns = known.EMPLOYMENT
    fields = {
        "unit": "unit_id", "in_quota": "in_quota", "employment_form": "form", "post": "post", "contract": "contract",
        "came_how": "came_how", "left_how": "left_how",
    }  # fmt: skip
    belonging = ("came_how", "left_how")
    left_behind = ("came_how", "left_how")

    def told_record(self, values: Mapping[str, Any], telling: Any) -> dict[str, str]:
        """The unit by name and code."""
        units = telling.shared.get("units")
        if units is None:
            named = Unit._base_manager.annotate(title=unit_name("pk", telling.on)).values_list("pk", "title", "code")
            units = telling.shared["units"] = {pk: (title or "", code) for pk, title, code in named}
        name, code = units[values["unit_id"]]
        return {**super().told_record(values, telling), "unit_name": name, "unit_code": code}

    def told(self, found: Mapping[str, str], row: Draft, setting: Setting) -> dict[str, list[str]]:
        """Units by their names."""
        sides = super().told(found, row, setting)
        if "unit" in sides:
            names = setting.shared["places"].names
            sides["unit"] = [names.get(int(side), "") if side else "" for side in sides["unit"]]
        return sides

    @cached_property
    def places(self) -> list[Place]:
        """The unit was found by code or name; it is stored in one column."""
        unit = Place("unit", "unit", "unit_id", "unit_id", None, None)
        return [unit, *(self._place(column) for column in self.columns if column.name in self.fields)]

    def stays(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> Stays:
        for row in rows:
            state = states.get(row.subject or 0) or []
            planned = self.planned(row, state, setting)
            for stay in self._written(row, state, *planned) if planned is not None else ():
                yield row, stay

    def _written(
        self, row: Draft, state: Sequence[OnFile], stored: OnFile | None, found: Mapping[str, str], plan: Step
    ) -> Iterator[Stay]:
        """The employments of one row as they would be, where unit or days change."""
        unit = row.values.get("unit")
        if stored is None:
            if unit is not None:
                yield Stay(unit, plan.begins, plan.until)
            return
        lower, kept = stored.lower or date.min, stored["unit_id"]
        if plan.verb == "correct" and "unit" in found:
            yield Stay(row.values["unit"], lower, stored.upper)
        if plan.verb in {"follow", "close"}:
            yield Stay(kept, lower, plan.begins)
        if plan.verb in {"follow", "move"}:
            yield Stay(row.values["unit"] if "unit" in found else kept, plan.begins, stored.upper)
        one = before(stored, state) if plan.verb == "move" else None
        if one is not None and one.upper is not None and (one.upper == stored.lower or one.upper > plan.begins):
            yield Stay(one["unit_id"], one.lower or date.min, plan.begins)


class PoliticalSection(RecordSection):
    """Party or group membership."""

    kind, name, order = "teachers", "personnel.PoliticalStatus", 40
    model, shape = PoliticalStatus, "dated"
    label = _("Political status")
    columns = known.POLITICAL
    fields = {"political_status": "status", "party_joined": "joined"}
    belonging = ("party_joined",)


class EducationSection(RecordSection):
    """A course of study, found by its level; another school and another year of the same level are another course."""

    kind, name, order = "teachers", "personnel.Education", 50
    model, shape, match = Education, "listed", ("education",)
    label = _("Education")
    columns = known.EDUCATION
    fields = {
        "education": "level", "degree": "degree", "school": "school", "graduated": "ends", "field_of_study": "subject",
        "study_started": "starts", "full_time": "full_time", "normal_course": "normal",
    }  # fmt: skip

    @property
    def on_main(self) -> bool:
        return True

    def chief(self, lines: Sequence[dict[str, str]]) -> dict[str, str]:
        """The highest one, as rosters have it; of equals the later one."""
        return max(reversed(lines), key=lambda line: line[RANK])

    def told_record(self, values: Mapping[str, Any], telling: Any) -> dict[str, str]:
        """With its rank, by which the highest one is found."""
        ranks = telling.shared.get(RANK) or telling.shared.setdefault(RANK, at(rules.EducationRanks, telling.on).ranks)
        return {**super().told_record(values, telling), RANK: f"{ranks.get(values['level'], 0):04}"}

    def present(self, row: Draft, state: Sequence[OnFile] | None, setting: Setting) -> OnFile | None:
        said = row.values
        alike = [one for one in state or () if one["level"] == said.get("education") and not _another_course(one, said)]
        return alike[0] if len(alike) == 1 else max(alike, key=lambda one: _agreement(one, said), default=None)


class TeachingSection(RecordSection):
    """Stage and subject taught."""

    kind, name, order = "teachers", "personnel.TeachingAssignment", 60
    model, shape = TeachingAssignment, "dated"
    label = _("Teaching")
    columns = known.TEACHING
    fields = {"subject": "subject", "stage": "stage", "weekly_hours": "weekly_hours", "class_teacher": "class_teacher"}
    leading = ("subject", "stage")


class ContactSection(RecordSection):
    """Phone, e-mail, address."""

    kind, name, order = "teachers", "personnel.Contact", 70
    model, shape = Contact, "one"
    label = _("Contact")
    columns = known.CONTACT
    fields = {"phone": "phone", "email": "email", "address": "address"}


class StatusSection(RecordSection):
    """A status other than in post. In post ends the one on file; where there is none it says nothing new."""

    kind, name, order = "teachers", "personnel.PersonStatus", 80
    model, shape, starts = PersonStatus, "dated", "status_since"
    label = _("Status")
    columns = known.STATUS
    fields = {"status": "status", "status_note": "note"}
    belonging = ("status_note",)

    def ends(self, row: Draft) -> bool:
        return bool(row.values.get("status") == IN_POST)


class FormerNameSection(RecordSection):
    """A former name."""

    kind, name, order = "teachers", "personnel.FormerName", 90
    model, shape, match = FormerName, "listed", ("former_name",)
    label = _("Former names")
    columns = known.FORMER_NAME
    fields = {"former_name": "name", "former_name_until": "until"}


def _another_course(one: OnFile, said: Mapping[str, Any]) -> bool:
    """Whether both the school and the year of graduation are known and differ."""
    school, ends = one["school"], one["ends"]
    if not school or not ends or not said.get("school") or not said.get("graduated"):
        return False
    return school != said["school"] and not same(ends, said["graduated"])


def _agreement(one: OnFile, said: Mapping[str, Any]) -> int:
    """In how many of school and graduation a course on file is the one that a row speaks of."""
    return (one["school"] == said.get("school")) + bool(said.get("graduated") and same(one["ends"], said["graduated"]))


SECTIONS = (
    PersonSection(), IdentitySection(), EmploymentSection(), PoliticalSection(), EducationSection(), TeachingSection(),
    ContactSection(), StatusSection(), FormerNameSection(), *SHEETS,
)  # fmt: skip
