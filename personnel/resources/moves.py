"""Moves of many people as a workbook (交流轮岗名单): each row asks for the move of somebody on file, by the rules of the single form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.codes.selectors import label
from core.dates import DAY
from core.exchange.kinds import Column, Draft, ImportKind, ImportSection, Problem, Setting, Suggestion
from core.exchange.messages import in_every_language
from core.org.models import Unit, unit_name
from core.records.scope import AnyOf
from core.text import header_key
from core.workflow.selectors import cases
from personnel.models import Move, Teacher
from personnel.resources import columns
from personnel.resources.closed import closings_of, refuse_closed, successor
from personnel.resources.documents import read_documents
from personnel.resources.keepers import keep_out
from personnel.resources.numbers import bearers_of
from personnel.selectors.move_words import refusal
from personnel.selectors.moves import ASK, MENDED, units_named, unmet
from personnel.services.moves.asking import Looked, Wanted, ask_moves, look_at

VOID: Final = ("refused", "withdrawn", "revoked")
RULES: Final = "personnel.moves."
NEEDED: Final = ("move_to", "move_kind", "move_starts", "move_ground")
STAFF: Final = Column(
    "staff_number", _("staff number"), ("工号", "教职工号", "职工号", "教师编号", "人员编号"), limit=20
)
REMARK: Final = replace(columns.REMARK, headers=("备注", "备 注"))
NAME: Final = replace(columns.NAME, required=False)
IDENTITY: Final = replace(columns.IDENTITY, required=False)


def _headings(said: str) -> tuple[str, ...]:
    return tuple(said.split())


FROM: Final = _headings(
    """
    调出单位 现单位 现任教学校 现工作单位 现学校 原单位 原学校 派出单位 派出学校 流出单位 流出学校 所在单位 所在学校 交流前单位 交流前学校
    """
)
TO: Final = _headings(
    """
    调入单位 接收单位 接收学校 拟调入单位 拟交流学校 拟交流单位 交流学校 交流单位 交流后单位 交流后学校 流入单位 流入学校 受援学校 支教学校
    借入单位 拟派往单位 派往学校
    """
)
KIND: Final = _headings("交流方式 交流类型 交流轮岗方式 交流轮岗类型 交流形式 调动类型 调动方式 流动类型 变动类型")
FOLLOWS: Final = _headings(
    "人事关系是否转移 是否转移人事关系 人事关系是否调动 是否调动人事关系 人事关系是否随迁 人事关系是否变动"
)
STARTS: Final = _headings(
    """
    起始日期 开始日期 起始时间 开始时间 交流开始时间 交流起始时间 交流起始日期 交流开始日期 调动时间 调动日期 拟调动时间 生效日期
    """
)
LAST: Final = _headings(
    "结束日期 截止日期 结束时间 截止时间 交流结束时间 交流截止时间 交流结束日期 交流截止日期 终止日期 终止时间"
)
GROUND: Final = _headings("事由 交流事由 调动事由 交流原因 调动原因 交流轮岗原因")
MOVE: Final = (
    Column("move_from", pgettext_lazy("move", "sending unit"), FROM, units=True),
    Column("move_to", _("receiving unit"), TO, units=True, required=True),
    Column("move_kind", _("kind of move"), KIND, kind="code", code_list="move_kind", required=True),
    Column("move_employment", _("employment moves"), FOLLOWS, kind="yes_no"),
    Column("move_starts", _("first day there"), STARTS, kind="date", required=True, beyond=True),
    Column("move_last", _("last day there"), LAST, kind="date", beyond=True),
    Column(
        "move_subject", _("subject"), ("任教学科", "学科", "拟任教学科", "任教科目"), kind="code", code_list="subject"
    ),
    Column("move_post", _("post there"), ("拟任岗位", "拟任职务", "交流后岗位"), limit=60),
    Column(
        "move_level", _("post level there"), ("拟聘岗位等级", "交流后岗位等级"), kind="code", code_list="post_level"
    ),
    Column("move_key", _("key teacher"), ("是否骨干教师", "骨干教师", "是否骨干"), kind="yes_no"),
    Column("move_ground", _("ground of the move"), GROUND, kind="code", code_list="move_ground", required=True),
    Column("move_words", _("in words"), ("说明", "具体说明", "情况说明", "具体原因"), limit=400),
    Column("move_exception", _("approved exception"), ("例外批准文号", "特批文号"), limit=120),
)
# The column of the row that a refusal of the form, or a rule, is about.
ABOUT: Final[Mapping[str, str]] = {
    "kind": "move_kind", "ground": "move_ground", "level": "move_level", "words": "move_words", "last_day": "move_last", "seat": "move_to",
    "elsewhere": "move_to", "open": "move_to", "post": "move_level", "waits": "name",
}  # fmt: skip
CODES: Final = (
    "move_kind", "move_ground", "move_level", "move_words", "move_last_day", "move_starts", "move_waits", "move_elsewhere", "move_open",
    "move_employed", "move_retirement", "move_alone", "move_seat", "move_post", "move_school_service", "move_county_service",
)  # fmt: skip


class MoveKindOfSheet(ImportKind):
    """One row asks that somebody on file moves; accepted, it is a case at the sender's desk. Nobody new is made.

    A row is about a case: by person, receiver, first day and kind it finds the one that was asked for already.
    """

    name = "moves"
    label = _("Transfers and rotations")
    permission = ASK
    fills = False
    subject_columns: tuple[Column, ...] = (
        columns.NUMBER_IN_LIST,
        columns.IDENTITY_KIND,
        IDENTITY,
        STAFF,
        NAME,
        columns.REMARK,
    )
    key_columns = ("identity", "staff_number")
    naming_columns = ("name",)
    needed_columns = ("move_to", "move_starts")

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        read_documents(rows)
        self._find_people(rows, setting)
        self._find_units(rows, setting)
        for row in rows:
            self._must_be_said(row)
            self._once(row, setting)
        known = self.find(rows, setting)
        for row in rows:
            row.subject = known.get(row.key) if row.key is not None and not row.refused else None

    def _find_people(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Set the person of each row: by the identity number whoever has it, else by the staff number; those of others are kept out."""
        said = {_number(row) for row in rows} - {""}
        people = bearers_of(said, setting)
        for row in rows:
            found = people.get(_number(row), [])
            row.subject = found[0] if len(found) == 1 else None
            column = "identity" if row.values.get("identity") else "staff_number"
            if not _number(row):
                if not any(problem.column in self.key_columns for problem in row.problems):
                    row.refuse("identity", "missing")
            elif not found:
                row.refuse(column, "unknown_person", "")
            elif len(found) > 1:
                row.refuse(column, "ambiguous_person", "", count=len(found))
        keep_out(rows, setting)
        names = dict(
            Teacher._base_manager.filter(AnyOf("id", {row.subject for row in rows} - {None})).values_list("pk", "name")
        )
        for row in rows:
            if row.subject is not None:
                row.values["_teacher"] = row.subject
                self._same_name(row, names.get(row.subject, ""))

    def _same_name(self, row: Draft, name: str) -> None:
        said = row.values.get("name")
        if said and header_key(said) != header_key(name):
            row.refuse("name", "name_differs", said, name=name)
        row.values["name"] = name

    def _find_units(self, rows: Sequence[Draft], setting: Setting) -> None:
        names = {row.values[name] for row in rows for name in ("move_from", "move_to") if row.values.get(name)}
        known = units_named(names, setting.actor.on)
        for row in rows:
            if said := row.values.get("move_to"):
                found = known.get(said.strip(), [])
                chosen = [one for one in found if one.closed is None or one.closed > setting.actor.on] or found
                if len(chosen) == 1:
                    row.values["_unit"] = chosen[0].pk
                else:
                    row.refuse("move_to", "ambiguous_unit" if chosen else "unknown_unit", said, count=len(chosen))
            if said := row.values.get("move_from"):
                row.values["_from"] = [one.pk for one in known.get(said.strip(), [])]

    def _must_be_said(self, row: Draft) -> None:
        wrong = {problem.column for problem in row.problems if problem.severity == "error"}
        for name in NEEDED:
            if row.values.get(name) is None and name not in wrong:
                row.refuse(name, "missing")
        for name in ("move_starts", "move_last"):
            if row.values.get(name) is not None and row.values[name].day is None:
                row.refuse(name, "day_needed", row.values[name])

    def _once(self, row: Draft, setting: Setting) -> None:
        """One row for each person; the key says which move it is."""
        person = row.values.get("_teacher")
        if person is None:
            return
        seen: dict[int, tuple[int, int]] = setting.shared.setdefault("movers", {})
        first = seen.setdefault(person, (row.sheet, row.row))
        if first != (row.sheet, row.row):
            row.refuse("name", "duplicate_in_file", "", row=first[1])
        elif not row.refused:
            row.key = _key(person, row.values["_unit"], row.values["move_starts"].first_day(), row.values["move_kind"])

    def find(self, rows: Sequence[Draft], setting: Setting) -> dict[bytes | None, int]:
        """The cases of the same moves that were asked for and not given up."""
        wanted = {row.key for row in rows if row.key is not None}
        people = {int(key.split(b"/")[0]) for key in wanted}
        moves = Move._base_manager.filter(AnyOf("teacher_id", people)).exclude(case__state__in=VOID)
        told = moves.order_by("pk").values_list("case_id", "teacher_id", "to_unit_id", "starts", "kind")
        found: dict[bytes | None, int] = {
            _key(person, unit, starts, kind): case for case, person, unit, starts, kind in told
        }
        return {key: case for key, case in found.items() if key in wanted}

    def keep_out(self, rows: Sequence[Draft], setting: Setting) -> None:
        asked = {row.subject for row in rows if row.subject is not None}
        within = Move._base_manager.filter(AnyOf("case_id", asked)).filter(
            from_unit__path__descendants=setting.unit.path
        )
        own = set(within.values_list("case_id", flat=True))
        for row in rows:
            if row.subject is not None and row.subject not in own:
                row.refuse("identity", "out_of_scope")
                row.subject = None

    def opens(self, row: Draft) -> bool:
        return bool(row.values.get("_teacher") and row.values.get("_unit"))

    def create(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Ask for the moves, in the name of who accepts the batch."""
        made = ask_moves(actor=setting.actor, wanted=wanted_of(rows))
        for row, move in zip(rows, made, strict=True):
            row.subject = move.case_id

    def addresses(self, actor: Any, subjects: Collection[int]) -> dict[int, str]:
        seen = cases(actor).filter(pk__in=subjects).values_list("pk", "public_id")
        return {pk: reverse("case", args=[public_id]) for pk, public_id in seen}

    def called(self, rows: Iterable[Any], actor: Any) -> dict[int, str]:
        """Cases by whose move they are."""
        moves = Move._base_manager.filter(case__in=[row.pk for row in rows]).select_related("teacher")
        return {move.case_id: f"{move.teacher.name} {move}" for move in moves}

    def subjects(self, actor: Any, unit: Any, on: date) -> list[int]:
        """None: what was asked for is no list to be sent again."""
        return []

    def heads(self, subjects: Sequence[int], telling: Any) -> dict[int, dict[str, str]]:
        return {}

    def suggest(self, row: Draft, problem: Problem) -> Sequence[Suggestion]:
        return successor(problem)


class MoveSection(ImportSection):
    """What a row says of the move. Refused is what the form refuses; what a decision may still mend is told as a warning."""

    kind, name, order, subject_field = "moves", "personnel.Move", 10, "case_id"
    label = _("Move")
    model: ClassVar[Any] = Move
    fields: ClassVar[Mapping[str, str]] = {}
    columns = MOVE

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, Any]:
        return {}

    def compare(self, row: Draft, state: Any, setting: Setting) -> None:
        """A move that was asked for stays as it is: its case goes its way."""

    def apply(self, rows: Sequence[Draft], states: Mapping[int, Any], setting: Setting) -> None:
        """The cases were opened with their moves."""

    def tell(self, subjects: Sequence[int], telling: Any) -> dict[int, list[dict[str, str]]]:
        return {}

    def admit(self, rows: Sequence[Draft], states: Mapping[int, Any], setting: Setting) -> None:
        """Look at the moves as the form does, all together."""
        fresh = [row for row in rows if row.subject is None and not row.refused]
        if setting.writing:
            fresh = self._still_theirs(fresh, setting)
        looked = look_at(actor=setting.actor, wanted=wanted_of(fresh), together=True)
        closed = closings_of(setting)
        for row, one in zip(fresh, looked, strict=True):
            if one.refusal is not None and one.about == f"{RULES}open" and one.wanted.to_unit.pk in closed:
                refuse_closed(row, "move_to", closed[one.wanted.to_unit.pk])
            elif one.refusal is not None:
                _say(row, one.about, "error", one.refusal)
            elif not setting.writing:
                _warn(row, one)
        self._from_there(fresh, looked, setting)

    def _still_theirs(self, rows: Sequence[Draft], setting: Setting) -> list[Draft]:
        """Those whose people are still the sender's."""
        for row in rows:
            row.subject = row.values["_teacher"]
        keep_out(rows, setting)
        for row in rows:
            row.subject = None
        return [row for row in rows if not row.refused]

    def _from_there(self, rows: Sequence[Draft], looked: Sequence[Looked], setting: Setting) -> None:
        """Refuse rows that name another sender than the unit where the person belongs."""
        other = [
            (row, one.asked.from_unit.pk)
            for row, one in zip(rows, looked, strict=True)
            if one.asked is not None
            and row.values.get("_from") is not None
            and one.asked.from_unit.pk not in row.values["_from"]
        ]
        units = Unit._base_manager.filter(pk__in={unit for _row, unit in other}) if other else Unit._base_manager.none()
        names = dict(units.annotate(title=unit_name("pk", setting.actor.on)).values_list("pk", "title"))
        for row, unit in other:
            row.refuse("move_from", "from_differs", row.values["move_from"], unit=names.get(unit) or "")


def wanted_of(rows: Sequence[Draft]) -> list[Wanted]:
    """What rows ask for, in their order. Two queries."""
    people = Teacher._base_manager.in_bulk({row.values["_teacher"] for row in rows})
    units = Unit._base_manager.in_bulk({row.values["_unit"] for row in rows})
    return [_wanted(row, people[row.values["_teacher"]], units[row.values["_unit"]]) for row in rows]


def _wanted(row: Draft, teacher: Teacher, unit: Unit) -> Wanted:
    said = row.values.get
    last, ground = said("move_last"), said("move_ground") or ""
    subject = label("subject", row.values["move_subject"]) if said("move_subject") else ""
    return Wanted(
        teacher=teacher, kind=said("move_kind") or "", to_unit=unit, starts=row.values["move_starts"].first_day(),
        ends=last.first_day() + DAY if last is not None else None, ground=ground,
        words=said("move_words") or (label("move_ground", ground) if ground else ""), employment=bool(said("move_employment")),
        post=said("move_post") or (f"{subject}教师" if subject else ""), level=said("move_level") or "", key_teacher=bool(said("move_key")),
        exception=said("move_exception") or "", source=row.id or None,
    )  # fmt: skip


def _number(row: Draft) -> str:
    return row.values.get("identity") or row.values.get("staff_number") or ""


def _key(person: int, unit: int, starts: date, kind: str) -> bytes:
    return f"{person}/{unit}/{starts}/{kind}".encode()


def _warn(row: Draft, one: Looked) -> None:
    """Say what a decision may still mend: no seat, no post, too few years of service."""
    for finding in unmet(one.findings, one.wanted.exception):
        if finding.rule in MENDED:
            _say(row, finding.rule, "warning", lambda finding=finding: refusal([finding]))


def _say(row: Draft, about: str, severity: str, say: Any) -> None:
    name = about.removeprefix(RULES)
    column = ABOUT.get(name, "move_starts")
    row.problems.append(Problem(column, f"move_{name}", "", severity, {"said": in_every_language(say)}))


KINDS: Final = (MoveKindOfSheet(),)
SECTIONS: Final = (MoveSection(),)
