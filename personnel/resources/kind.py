"""What a teacher's row is about: finding the person by identity number, the unit by code or name, and making new files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import idnumber
from core.dates import PartialDate, add_months
from core.exchange.kinds import Column, Draft, ImportKind, Problem, Setting, Suggestion, columns_of, said_in
from core.parameters.selectors import at
from core.records.bulk import allocate, copy_rows
from core.records.models import DataKey
from core.records.scope import AnyOf
from core.records.vault import blind_index, fresh_key, unwrap
from core.web.looks import TAKEN_OUT
from personnel import rules
from personnel.choices import NUMBERED_ALIKE, RESIDENT_CARD
from personnel.models import BirthDecision, Employment, IdentityDocument, Teacher
from personnel.resources import columns
from personnel.resources.alike import warn_of_likeness
from personnel.resources.closed import successor
from personnel.resources.documents import read_documents
from personnel.resources.keepers import keep_out
from personnel.resources.names import search_keys
from personnel.resources.places import COLUMNS as PLACING
from personnel.resources.places import Places
from personnel.resources.suggestions import by_number
from personnel.selectors.merged import owners_now
from personnel.services.access import note_looks

SEX = {"M": "1", "F": "2"}
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Limits:
    """What dates can be: of facts of the past (`dates` are their columns), of births between two days.

    What was looked at once is remembered: `known` dates are plausible, `ages` are the parameters of the day when a work began.
    """

    plausible: rules.PlausibleDates
    dates: tuple[str, ...]
    oldest: date
    youngest: date
    known: set[PartialDate] = field(default_factory=set)
    ages: dict[PartialDate, rules.WorkingAge] = field(default_factory=dict)

    def age(self, began: PartialDate) -> rules.WorkingAge:
        """The least age of those who began to work then."""
        if began not in self.ages:
            self.ages[began] = at(rules.WorkingAge, began.last_day())
        return self.ages[began]


class TeacherKind(ImportKind):
    """Rosters and section sheets: one row speaks of one person, found by identity number and by nothing else."""

    name = "teachers"
    label = _("Teachers")
    subject_columns: tuple[Column, ...] = (
        columns.NUMBER_IN_LIST,
        columns.IDENTITY_KIND,
        columns.IDENTITY,
        columns.REMARK,
    )
    key_columns: tuple[str, ...] = ("identity",)
    naming_columns = ("name",)
    placing_columns: tuple[str, ...] = PLACING
    telling_columns = ("identity_kind",)
    reveals = "personnel.reveal"

    def prepare(self, setting: Setting) -> None:
        if "places" in setting.shared:
            return
        setting.shared["places"] = Places(setting.unit, setting.day)
        plausible = at(rules.PlausibleDates, setting.day, unit=setting.unit)
        minimum = at(rules.WorkingAge, setting.day).minimum
        dates = tuple(
            column.name for column in columns_of(self).values() if column.kind == "date" and not column.beyond
        )
        youngest = add_months(setting.day, -minimum * MONTHS)
        setting.shared["limits"] = Limits(plausible, dates, plausible.earliest, youngest)

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        places, repeats = setting.shared["places"], setting.shared["repeats"]
        read_documents(rows)
        said = said_in(rows)
        dates = [name for name in setting.shared["limits"].dates if name in said]
        for row in rows:
            self._dates(row, dates, setting)
            self._identify(row, setting)
            places.place(row)
            if row.key is not None:
                repeats.check(row, "identity")
        self._attach(rows, setting)
        self._heed_decisions(rows)

    def finish(self, rows: Sequence[Draft], setting: Setting) -> None:
        warn_of_likeness([row for row in rows if row.is_new and not row.refused], setting)
        pending: set[bytes | None] = setting.shared.setdefault("pending", set())
        for row in rows:
            if not row.is_new or row.refused or row.key in pending:
                continue
            if self.opens(row):
                self._refuse_old_number(row)
                if not row.refused:
                    pending.add(row.key)
            elif earlier := setting.shared["repeats"].earlier(row):
                row.refuse("identity", "earlier_row_refused", "", sheet=earlier[0], row=earlier[1])
            else:
                self._say_missing(row)

    def opens(self, row: Draft) -> bool:
        return bool(row.values.get("name") and row.values.get("unit"))

    def _refuse_old_number(self, row: Draft) -> None:
        """Fifteen digits bear no check digit: they find a person on file, and enter nobody."""
        for problem in row.problems:
            if problem.code == "fifteen_digits":
                problem.severity = "error"

    def _say_missing(self, row: Draft) -> None:
        if not row.values.get("name"):
            row.refuse("name", "missing")
        if not row.values.get("unit"):
            row.refuse("unit_name", "missing")

    # one row

    def _identify(self, row: Draft, setting: Setting) -> None:
        number = row.values.get("identity")
        if not number:
            if not any(problem.column == "identity" for problem in row.problems):
                row.refuse("identity", "missing")
            return
        row.key = blind_index("identity", number)
        if row.values.get("identity_kind", "") in NUMBERED_ALIKE:
            self._agree(row, idnumber.parsed(number), setting)
            return
        if idnumber.is_resident_number(number):
            row.refuse("identity_kind", "resident_number")
        if (birth := row.values.get("birth")) and not birth.day:
            row.warn("birth", "birth_needs_day", birth)
            del row.values["birth"]

    def _agree(self, row: Draft, said: idnumber.IdNumber, setting: Setting) -> None:
        """What the row says of birth and sex must not contradict the identity number, which is more precise."""
        row.values["_birth"], row.values["_sex"] = said.birth, SEX[said.sex]
        birth, sex = row.values.get("birth"), row.values.get("sex")
        if birth:
            by_id = PartialDate.of(said.birth)
            if not birth.agrees(by_id):
                row.refuse("birth", "birth_differs_from_id", birth, by_id=str(by_id))
            row.values["birth"] = by_id
        if sex and sex in SEX.values() and sex != SEX[said.sex]:
            row.refuse("sex", "sex_differs_from_id", "", by_id=SEX[said.sex])
        self._plausible(row, said.birth, setting)

    def _plausible(self, row: Draft, birth: date, setting: Setting) -> None:
        limits: Limits = setting.shared["limits"]
        if birth < limits.oldest:
            row.refuse("identity", "implausible_date", birth)
        elif birth > limits.youngest:
            row.refuse("identity", "too_young", birth, birth=str(birth))
        for name in ("work_start", "teaching_start"):
            began = row.values.get(name)
            if began and rules.too_young(birth, began, limits.age(began)):
                row.refuse(name, "too_young", began, birth=str(birth))

    def _dates(self, row: Draft, names: Sequence[str], setting: Setting) -> None:
        """No fact of the past lies before all records or long after the sheet."""
        limits: Limits = setting.shared["limits"]
        for name in names:
            said = row.values.get(name)
            if said is None or said in limits.known:
                continue
            if rules.implausible_date(said, setting.day, limits.plausible):
                row.refuse(name, "implausible_date", said)
            else:
                limits.known.add(said)

    # the set

    def find(self, rows: Sequence[Draft], setting: Setting) -> dict[bytes | None, int]:
        wanted = {row.key for row in rows if row.key is not None}
        known = IdentityDocument._base_manager.filter(AnyOf("number_index", wanted)).values_list(
            "number_index", Coalesce("teacher__merged_into_id", "teacher_id")
        )
        return {bytes(index or b""): teacher for index, teacher in known}

    def _attach(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Set the person of each row, and refuse persons who are kept by other units."""
        owner = self.find(rows, setting)
        for row in rows if owner else ():
            row.subject = owner.get(row.key) if row.key else None
        if owner:
            self.keep_out(rows, setting)

    def keep_out(self, rows: Sequence[Draft], setting: Setting) -> None:
        keep_out(rows, setting)

    def _heed_decisions(self, rows: Sequence[Draft]) -> None:
        """Where it was decided that the archive's date of birth counts, a row may say that one."""
        differing = [
            (row, one)
            for row in rows
            if row.subject is not None
            for one in row.problems
            if one.code == "birth_differs_from_id"
        ]
        if not differing:
            return
        decisions = BirthDecision._base_manager.filter(
            AnyOf("teacher_id", [row.subject for row, _one in differing]), counts="archive"
        )
        decided: dict[int, Any] = dict(decisions.values_list("teacher_id", "by_archive"))
        for row, problem in differing:
            said = decided.get(row.subject or 0)
            if said and said.agrees(PartialDate.parse(problem.value)):
                row.problems.remove(problem)

    def subjects(self, actor: Any, unit: Any, on: date) -> list[int]:
        placed = Employment._base_manager.filter(
            teacher=OuterRef("pk"), valid__contains=on, unit__path__descendants=unit.path
        )
        rows = Teacher.objects.visible_to(actor, on=on).filter(Exists(placed), key__wrapped__isnull=False)
        return list(
            rows.order_by(Subquery(placed.values("unit__path")[:1]), "pinyin", "pk").values_list("pk", flat=True)
        )

    def heads(self, subjects: Sequence[int], telling: Any) -> dict[int, dict[str, str]]:
        names = Teacher._base_manager.filter(AnyOf("id", subjects)).values_list("pk", "name")
        found = {pk: {"name": name} for pk, name in names}
        documents = IdentityDocument._base_manager.filter(AnyOf("teacher_id", subjects)).exclude(number_cipher=None)
        for one in sorted(
            documents.values_list("teacher_id", "kind", "number_cipher", "pk"),
            key=lambda one: (one[1] not in RESIDENT_CARD, one[3]),
        ):
            teacher, kind, sealed, _pk = one
            if "identity" not in found[teacher]:
                number = IdentityDocument.number.decrypt(sealed, telling.keys[teacher])
                found[teacher] |= {"identity": number, "identity_kind": telling.word("identity_document", kind)}
        return found

    def keys(self, subjects: Sequence[int]) -> dict[int, bytes]:
        wrapped = Teacher._base_manager.filter(AnyOf("id", subjects)).values_list("pk", "key__wrapped")
        return {pk: unwrap(each) for pk, each in wrapped}

    def note_taken(self, actor: Any, subjects: Sequence[int], reason: str) -> None:
        note_looks(actor=actor, teachers=subjects, what=TAKEN_OUT, reason=reason)

    def suggest(self, row: Draft, problem: Problem) -> Sequence[Suggestion]:
        return by_number(row, problem) or successor(problem)

    def addresses(self, actor: Any, subjects: Collection[int]) -> dict[int, str]:
        now = owners_now(subjects)
        seen = dict(Teacher.objects.visible_to(actor).filter(pk__in=now.values()).values_list("pk", "public_id"))
        return {pk: reverse("teacher", args=[seen[owner]]) for pk, owner in now.items() if owner in seen}

    # writing

    def create(self, rows: Sequence[Draft], setting: Setting) -> None:
        keys = [fresh_key() for _row in rows]
        key_ids, ids = allocate(DataKey, len(rows)), allocate(Teacher, len(rows))
        wrapped = ((pk, key[1], key[2]) for pk, key in zip(key_ids, keys, strict=True))
        copy_rows(DataKey, ["id", "wrapped", "master"], wrapped)
        for row, pk, key in zip(rows, ids, keys, strict=True):
            row.subject, row.values["_key"] = pk, key[0]
        copy_rows(Teacher, NEW_TEACHER, (self._line(row, key) for row, key in zip(rows, key_ids, strict=True)))

    def _line(self, row: Draft, key: int) -> list[Any]:
        said = row.values.get
        written = said("birth")
        birth = row.values.get("_birth") or (written.first_day() if written else None)
        return [
            row.subject, key, row.values["name"], *search_keys(row.values["name"]), said("staff_number") or "",
            row.values.get("_sex") or said("sex") or "", birth, said("nationality") or "156", said("ethnicity") or "",
            said("native_place") or "", said("birthplace") or "", said("marriage") or "", said("health") or "",
            said("work_start"), said("teaching_start"), said("post_family") or "professional", row.id,
        ]  # fmt: skip

    def unlock(self, rows: Sequence[Draft]) -> None:
        """Put each known person's data key beside the row, for protected values."""
        wanted = [row.subject for row in rows if "_key" not in row.values]
        keys = dict(Teacher._base_manager.filter(AnyOf("id", wanted)).values_list("pk", "key__wrapped"))
        for row in rows:
            if "_key" not in row.values and row.subject in keys:
                row.values["_key"] = unwrap(keys[row.subject])


NEW_TEACHER = [
    "id", "key_id", "name", "pinyin", "initials", "staff_number", "sex", "birth", "nationality", "ethnicity", "native_place",
    "birthplace", "marriage", "health", "work_start", "teaching_start", "post_family", "source_row",
]  # fmt: skip
