"""What a teacher's row is about: finding the person by identity number, the unit by code or name, and making new files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import idnumber
from core.dates import PartialDate
from core.exchange.kinds import Column, Draft, ImportKind, Setting, columns_of
from core.org.models import Unit, UnitProfile
from core.parameters.selectors import at
from core.records.bulk import allocate, copy_rows
from core.records.models import DataKey
from core.records.scope import AnyOf
from core.records.vault import blind_index, fresh_key, unwrap
from core.text import pinyin_keys
from personnel import rules
from personnel.models import Employment, IdentityDocument, Teacher
from personnel.resources import columns

SEX = {"M": "1", "F": "2"}
RESIDENT = {"1", ""}


class TeacherKind(ImportKind):
    """Rosters and section sheets: one row speaks of one person, found by identity number and by nothing else."""

    name = "teachers"
    label = _("Teachers")
    subject_columns: tuple[Column, ...] = (columns.NUMBER_IN_LIST, columns.IDENTITY, columns.REMARK)
    key_columns = ("identity",)
    naming_columns = ("name",)

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        if "units" not in setting.shared:
            self._load_units(setting)
            limits = at(rules.PlausibleDates, setting.day, unit=setting.unit)
            setting.shared["dates"] = limits, [column.name for column in columns_of(self).values() if column.kind == "date"]
        for row in rows:
            self._dates(row, setting)
            self._identify(row, setting)
            self._place(row, setting)
        self._attach(rows, setting)
        pending = setting.shared.setdefault("pending", set())
        for row in rows:
            if row.is_new and not row.refused and row.key not in pending:
                self._need_for_new(row)
                if not row.refused:
                    pending.add(row.key)

    # one row

    def _identify(self, row: Draft, setting: Setting) -> None:
        number = row.values.get("identity")
        if number in (None, ""):
            if not any(problem.column == "identity" for problem in row.problems):
                row.refuse("identity", "missing")
            return
        row.key = blind_index("identity", number)
        seen = setting.shared.setdefault(("seen", row.sheet), {})
        if row.key in seen and setting.shared.get(("one_row_each", row.sheet), True):
            row.refuse("identity", "duplicate_in_file", number, row=seen[row.key])
            return
        seen.setdefault(row.key, row.row)
        if row.values.get("identity_kind", "1") in RESIDENT:
            self._agree(row, idnumber.parse(number), setting)

    def _agree(self, row: Draft, said: idnumber.IdNumber, setting: Setting) -> None:
        """What the row says of birth and sex must not contradict the identity number."""
        row.values["_birth"], row.values["_sex"] = said.birth, SEX[said.sex]
        birth, sex = row.values.get("birth"), row.values.get("sex")
        if birth and not birth.agrees(PartialDate.of(said.birth)):
            row.refuse("birth", "birth_differs_from_id", birth, by_id=str(said.birth))
        if sex and sex in SEX.values() and sex != SEX[said.sex]:
            row.refuse("sex", "sex_differs_from_id", "", by_id=SEX[said.sex])
        self._plausible(row, said.birth, setting)

    def _plausible(self, row: Draft, birth: date, setting: Setting) -> None:
        for name in ("work_start", "teaching_start"):
            began = row.values.get(name)
            if began and rules.too_young(birth, began, at(rules.WorkingAge, began.first_day())):
                row.refuse(name, "too_young", began, birth=str(birth))

    def _dates(self, row: Draft, setting: Setting) -> None:
        """No fact of the past lies before all records or long after the sheet."""
        limits, names = setting.shared["dates"]
        for name in names:
            said = row.values.get(name)
            if said and rules.implausible_date(said, setting.day, limits):
                row.refuse(name, "implausible_date", said)

    def _place(self, row: Draft, setting: Setting) -> None:
        """Find the unit by its code, else by its name."""
        code, name = row.values.get("unit_code"), row.values.get("unit_name")
        if not code and not name:
            return
        column = "unit_name" if name or not code else "unit_code"
        by_code, by_name = setting.shared["units"]
        found = by_code.get(code) if code else None
        candidates = [found] if found else by_name.get(name, []) if name else []
        within = [unit for unit in candidates if unit[1]]
        if len(within) == 1:
            row.values["unit"] = within[0][0]
        elif candidates and not within:
            row.refuse(column, "out_of_scope", name or code)
        elif len(within) > 1:
            row.refuse(column, "ambiguous_unit", name or code, count=len(within))
        else:
            row.refuse(column, "unknown_unit", name or code)

    def _need_for_new(self, row: Draft) -> None:
        if not row.values.get("name"):
            row.refuse("name", "missing")
        if not row.values.get("unit"):
            row.refuse("unit_name", "missing")

    # the set

    def _load_units(self, setting: Setting) -> None:
        by_code: dict[str, Any] = {}
        by_name: dict[str, list[Any]] = {}
        names: dict[int, str] = {}
        inside = set(Unit._base_manager.filter(path__descendants=setting.unit.path).values_list("pk", flat=True))
        for pk, code in Unit.objects.open_on(setting.day).values_list("pk", "code"):
            by_code[code] = (pk, pk in inside)
        for pk, name, short in UnitProfile._base_manager.filter(valid__contains=setting.day).values_list("unit_id", "name", "short_name"):
            names[pk] = name
            for said in {name, short} - {""}:
                by_name.setdefault(said, []).append((pk, pk in inside))
        setting.shared["units"] = by_code, by_name
        setting.shared["unit_names"] = names

    def find(self, rows: Sequence[Draft], setting: Setting) -> dict[bytes | None, int]:
        wanted = {row.key for row in rows if row.key is not None}
        known = IdentityDocument._base_manager.filter(AnyOf("number_index", wanted)).values_list("number_index", "teacher_id")
        return {bytes(index): teacher for index, teacher in known}

    def _attach(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Set the person of each row, and refuse persons who are kept by other units."""
        owner = self.find(rows, setting)
        if not owner:
            return
        employed = Employment._base_manager.filter(AnyOf("teacher_id", owner.values()), valid__contains=setting.day)
        here = set(employed.filter(unit__path__descendants=setting.unit.path).values_list("teacher_id", flat=True))
        elsewhere = {teacher: path for teacher, path in employed.values_list("teacher_id", "unit__path") if teacher not in here}
        unattached = set(owner.values()) - here - elsewhere.keys()
        mine = set(self._last_here(unattached, setting))
        for row in rows:
            teacher = owner.get(row.key) if row.key else None
            if teacher is None:
                continue
            row.subject = teacher
            if teacher not in here and teacher not in mine:
                row.refuse("identity", "out_of_scope", "", ask=self._bureau(elsewhere.get(teacher), setting))

    def _last_here(self, teachers: set[int], setting: Setting) -> Any:
        """Persons without a present employment whose last one was in the sender's units, or who never had one."""
        last = Employment._base_manager.filter(teacher__in=teachers).order_by("teacher", "-valid").distinct("teacher")
        where = dict(last.values_list("teacher_id", "unit__path"))
        prefix = str(setting.unit.path)
        return [t for t in teachers if t not in where or f"{where[t]}.".startswith(f"{prefix}.")]

    def _bureau(self, path: str | None, setting: Setting) -> str:
        """The name of the county (or city) bureau to ask about a person who is kept elsewhere."""
        if not path:
            return ""
        above = Unit._base_manager.filter(pk__in=[int(step) for step in str(path).split(".")], kind__in=["county", "city"])
        nearest = above.order_by("-path").values_list("pk", flat=True).first()
        return setting.shared["unit_names"].get(nearest, "")

    # writing

    def create(self, rows: Sequence[Draft], setting: Setting) -> None:
        keys = [fresh_key() for _row in rows]
        key_ids, ids = allocate(DataKey, len(rows)), allocate(Teacher, len(rows))
        copy_rows(DataKey, ["id", "wrapped", "master"], ((pk, key[1], key[2]) for pk, key in zip(key_ids, keys, strict=True)))
        for row, pk, key in zip(rows, ids, keys, strict=True):
            row.subject, row.values["_key"] = pk, key[0]
        copy_rows(Teacher, NEW_TEACHER, (self._line(row, key) for row, key in zip(rows, key_ids, strict=True)))

    def _line(self, row: Draft, key: int) -> list[Any]:
        said, names = row.values.get, pinyin_keys(row.values["name"])
        birth = row.values.get("_birth") or (said("birth").first_day() if said("birth") and said("birth").day else None)
        return [
            row.subject, key, row.values["name"], names.spaced, names.initials, said("staff_number") or "",
            row.values.get("_sex") or said("sex") or "", birth, "156", said("ethnicity") or "", said("native_place") or "",
            said("birthplace") or "", said("marriage") or "", said("health") or "", said("work_start"), said("teaching_start"),
            said("post_family") or "professional", row.id,
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

