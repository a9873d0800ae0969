"""The units sheet: schools with their type, place, pupils, classes and approved quota."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.dates import BEFORE_RECORDS
from core.exchange.kinds import Column, Draft, ImportKind, Setting
from core.exchange.periods import OnFile, Step
from core.exchange.sections import RecordSection
from core.org.models import ApprovedQuota, Unit, UnitProfile, UnitStatistics, unit_name
from core.records.bulk import allocate, copy_rows
from core.text import header_key

TEACHING_POINT = "218"
NEW_SCHOOL_YEAR = 8
_SCHOOL_YEAR: Final = re.compile(r"((?:19|20)\d\d)(?:[-‐‑–—―~/至]((?:19|20)\d\d))?(?:学年度?|年)?", re.ASCII)

CODE = Column(
    "code",
    _("unit code"),
    ("学校标识码", "学校（机构）标识码", "学校代码", "单位代码", "机构代码", "标识码"),
    limit=20,
    required=True,
)
PARENT = Column(
    "parent", _("parent unit"), ("上级单位", "主管部门", "主管单位", "隶属单位", "上级主管部门"), units=True
)
PROFILE = (
    Column("unit_title", _("unit name"), ("学校名称", "单位名称", "学校（机构）名称", "机构名称"), required=True),
    Column(
        "office_type",
        _("school type"),
        ("办学类型码", "学校类别码", "办学类型代码"),
        kind="code",
        code_list="school_type",
    ),
    Column(
        "office_type_name",
        _("school type"),
        ("办学类型", "学校类别", "学校类型"),
        kind="code",
        code_list="school_type",
        reports="office_type",
    ),
    Column(
        "location",
        _("location"),
        ("城乡分类", "城乡类型", "城乡类型码", "所在地城乡类型"),
        kind="code",
        code_list="location",
    ),
    Column("sponsor", _("sponsor"), ("举办者", "举办者类型", "举办者性质"), kind="code", code_list="sponsor"),
    Column("short_title", _("short name"), ("学校简称", "单位简称", "机构简称"), limit=60),
    Column("stages", _("stages taught"), ("开设学段", "办学学段", "学段设置"), kind="codes", code_list="stage"),
)
STATISTICS = (
    Column("school_year", _("school year"), ("学年", "学年度")),
    Column("statistics_stage", _("stage of the statistics"), ("统计学段", "学生学段"), kind="code", code_list="stage"),
    Column("pupils", _("pupils"), ("在校学生数", "学生数", "在校生数", "在校生人数"), kind="integer"),
    Column("classes", _("classes"), ("班级数", "教学班数", "班数"), kind="integer"),
    Column("boarders", _("boarders"), ("寄宿生数", "寄宿生", "住宿生数", "住校生数"), kind="integer"),
)
QUOTA = (Column("quota", _("approved quota"), ("核定编制数", "编制数", "核定编制", "核编数"), kind="integer"),)


class UnitImport(ImportKind):
    """One row speaks of one unit, found by its code. New units go below the unit that the row names, else below the sender."""

    name = "units"
    label = _("Units")
    noun, nouns = pgettext_lazy("of an import", "unit"), pgettext_lazy("of an import", "units")
    permission = "org.change_unit"
    subject_columns = (Column("serial", _("serial number"), ("序号",), kind="serial"), CODE, PARENT)
    key_columns = ("code",)
    naming_columns = ()

    def prepare(self, setting: Setting) -> None:
        if "inside" in setting.shared:
            return
        units = Unit._base_manager.filter(path__descendants=setting.unit.path)
        told = list(units.values_list("pk", "path", "closed"))
        setting.shared["inside"] = {pk: str(path) for pk, path, _closed in told}
        setting.shared["closed"] = _closed({pk: day for pk, _path, day in told if day is not None})
        names: dict[str, list[int]] = {}
        for pk, name in UnitProfile._base_manager.filter(valid__contains=setting.day).values_list("unit_id", "name"):
            names.setdefault(header_key(name), []).append(pk)
        setting.shared["names"] = names

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        for row in rows:
            self._identify(row, setting)
        known = self.find(rows, setting)
        for row in rows:
            row.subject = known.get(row.key)
            if row.subject is None and not row.refused:
                self._place(row, setting)
        self.keep_out(rows, setting)

    def _identify(self, row: Draft, setting: Setting) -> None:
        code = "".join(row.values.get("code", "").split())
        if not code:
            if not any(problem.column == "code" for problem in row.problems):
                row.refuse("code", "missing")
            return
        row.values["code"], row.key = code, code.encode()
        if "office_type_name" in row.values:
            row.values.setdefault("office_type", row.values["office_type_name"])
        self._school_year(row, setting)
        setting.shared["repeats"].check(row, "code")

    def _school_year(self, row: Draft, setting: Setting) -> None:
        """The school year by its first calendar year: 2026, 2026-2027, 2026—2027学年. The one of the sheet's day unless it is said."""
        said = row.values.get("school_year")
        if said is None:
            row.values["school_year"] = setting.day.year - (setting.day.month < NEW_SCHOOL_YEAR)
            return
        found = _SCHOOL_YEAR.fullmatch("".join(said.split()))
        if found is None or (found[2] and int(found[2]) != int(found[1]) + 1):
            row.refuse("school_year", "not_a_school_year", row.values.pop("school_year"))
        else:
            row.values["school_year"] = int(found[1])

    def _place(self, row: Draft, setting: Setting) -> None:
        """Below the unit that the row names, where exactly one of the sender's bears that name."""
        parent = row.values.get("parent")
        named = setting.shared["names"].get(header_key(parent), []) if parent else []
        within = [pk for pk in named if pk in setting.shared["inside"]]
        closed = setting.shared["closed"]
        inside = [pk for pk in within if pk not in closed]
        if within and not inside:
            _refuse_closed(row, "parent", closed[within[0]])
            return
        row.values["parent_id"] = inside[0] if len(inside) == 1 else setting.unit.pk
        if parent and len(inside) != 1:
            row.warn("parent", "placed_below_sender", parent)

    def finish(self, rows: Sequence[Draft], setting: Setting) -> None:
        for row in rows:
            if row.is_new and not row.refused and not self.opens(row):
                row.refuse("unit_title", "missing")

    def opens(self, row: Draft) -> bool:
        return bool(row.values.get("unit_title") and row.values.get("parent_id"))

    def keep_out(self, rows: Sequence[Draft], setting: Setting) -> None:
        self.prepare(setting)
        for row in rows:
            if row.subject is not None and row.subject not in setting.shared["inside"]:
                row.refuse("code", "out_of_scope", row.values["code"])
                row.subject = None

    def find(self, rows: Sequence[Draft], setting: Setting) -> dict[bytes | None, int]:
        codes = {row.key.decode() for row in rows if row.key}
        return {code.encode(): pk for code, pk in Unit._base_manager.filter(code__in=codes).values_list("code", "pk")}

    def subjects(self, actor: Any, unit: Any, on: date) -> list[int]:
        rows = Unit.objects.visible_to(actor).under(unit).open_on(on).in_tree()
        return list(rows.values_list("pk", flat=True))

    def heads(self, subjects: Sequence[int], telling: Any) -> dict[int, dict[str, str]]:
        rows = Unit._base_manager.filter(pk__in=subjects).annotate(above=unit_name("parent_id", telling.on))
        return {
            pk: {"code": code, "parent": above or ""} for pk, code, above in rows.values_list("pk", "code", "above")
        }

    def addresses(self, actor: Any, subjects: Collection[int]) -> dict[int, str]:
        seen = Unit.objects.visible_to(actor).filter(pk__in=subjects).values_list("pk", "public_id")
        return {pk: reverse("unit", args=[public_id]) for pk, public_id in seen}

    def create(self, rows: Sequence[Draft], setting: Setting) -> None:
        self.prepare(setting)
        ids = allocate(Unit, len(rows))
        columns = ["id", "code", "kind", "parent_id", "path", "source_row"]
        lines: list[list[Any]] = []
        for row, pk in zip(rows, ids, strict=True):
            row.subject, parent = pk, row.values["parent_id"]
            kind = "teaching_point" if row.values.get("office_type") == TEACHING_POINT else "school"
            lines.append([pk, row.values["code"], kind, parent, f"{setting.shared['inside'][parent]}.{pk}", row.id])
        copy_rows(Unit, columns, lines)


Closed = tuple[str, date]


def _closed(days: Mapping[int, date]) -> dict[int, Closed]:
    """The closed units among those of the sender: the name on the last day, and the first day without the unit."""
    profiles = UnitProfile._base_manager.filter(unit__in=days).order_by("valid__startswith")
    named = {
        unit: name for unit, name, valid in profiles.values_list("unit_id", "name", "valid") if valid.lower < days[unit]
    }
    return {unit: (named.get(unit, ""), day) for unit, day in days.items()}


def _refuse_closed(row: Draft, column: str, closed: Closed) -> None:
    row.refuse(column, "closed_already", row.values.get(column, ""), unit=closed[0], day=str(closed[1]))


class UnitSection(RecordSection):
    """A section of the units sheet. Nothing of a closed unit changes for days on which it is no more."""

    kind, subject_field = "units", "unit_id"

    def admit(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        """Refuse what would hold of a unit that is closed by then."""
        for row in rows:
            closed = setting.shared["closed"].get(row.subject)
            if closed is None or row.refused:
                continue
            planned = self.planned(row, states.get(row.subject or 0) or [], setting)
            if planned is not None and self.holds_from(row, planned[2]) >= closed[1]:
                _refuse_closed(row, "code", closed)

    def holds_from(self, row: Draft, step: Step) -> date:
        """The first day of which the row speaks."""
        return step.begins


class ProfileSection(UnitSection):
    """Name, type and place. The first profile of a new unit reaches back to before records; later ones hold from the day."""

    name, order, model, shape = "org.UnitProfile", 10, UnitProfile, "dated"
    label = _("Name and type")
    columns = PROFILE
    fields = {
        "unit_title": "name", "office_type": "office_type", "location": "location", "sponsor": "sponsor",
        "short_title": "short_name", "stages": "stages",
    }  # fmt: skip

    def plan(
        self, row: Draft, stored: OnFile | None, state: Sequence[OnFile], found: Mapping[str, str], setting: Setting
    ) -> Step:
        if stored is None and not state:
            return Step("open", BEFORE_RECORDS)
        return super().plan(row, stored, state, found, setting)


class StatisticsSection(UnitSection):
    """Pupils and classes of the school year: of the whole school, or of one stage where the row names it."""

    name, order, model, shape = "org.UnitStatistics", 20, UnitStatistics, "listed"
    label = _("Pupils and classes")
    match, leading = ("school_year", "statistics_stage"), ("school_year",)
    columns = STATISTICS
    fields = {
        "school_year": "school_year", "statistics_stage": "stage", "pupils": "pupils", "classes": "classes",
        "boarders": "boarders",
    }  # fmt: skip

    @property
    def on_main(self) -> bool:
        return True

    def chief(self, lines: Sequence[dict[str, str]]) -> dict[str, str]:
        """The newest year."""
        return max(lines, key=lambda line: line["school_year"])

    def speaks(self, row: Draft) -> bool:
        return any(row.values.get(name) is not None for name in ("pupils", "classes", "boarders"))

    def holds_from(self, row: Draft, step: Step) -> date:
        return date(row.values["school_year"], NEW_SCHOOL_YEAR, 1)


class QuotaSection(UnitSection):
    """The approved quota."""

    name, order, model, shape = "org.ApprovedQuota", 30, ApprovedQuota, "dated"
    label = _("Approved quota")
    columns = QUOTA
    fields = {"quota": "seats"}


KINDS = (UnitImport(),)
SECTIONS = (ProfileSection(), StatisticsSection(), QuotaSection())
