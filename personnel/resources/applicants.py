"""Applicants as an exam office lists them: one row for each application, found by identity number and post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _

from core.dates import PartialDate
from core.exchange.kinds import Column, Draft, ImportSection, Problem, Setting, Suggestion
from core.records.vault import blind_index, mask
from personnel.models import Applicant, RecruitmentPost
from personnel.resources import columns
from personnel.resources.recruiting import POST, ExamKind, by_index, on_list
from personnel.resources.suggestions import by_number
from personnel.selectors.recruitment import APPLICANTS, STAGE, said_of
from personnel.services.recruitment.applying import DECLARED, Entered, sealed, take_many

PHONE: Final = Column(
    "phone", _("telephone"), ("手机号码", "手机号", "联系电话", "移动电话", "联系方式", "手机", "电话"), kind="phone",
    required=True, protected=True,
)  # fmt: skip
APPLIED: Final = Column("applied_on", _("day of application"), ("报名日期", "报名时间", "报名日"), kind="date")
SAID: Final = (
    Column("education", _("education"), ("学历", "最高学历", "学历层次"), kind="code", code_list="education", required=True),
    Column("degree", _("degree"), ("学位", "最高学位"), kind="code", code_list="degree"),
    Column("major", _("major"), ("所学专业", "专业", "毕业专业", "专业名称"), required=True),
    Column("school", _("school or university"), ("毕业院校", "毕业学校", "毕业院校名称")),
    Column("graduated", _("graduated"), ("毕业时间", "毕业年月", "毕业日期"), kind="date"),
    Column(
        "certificate", _("teacher qualification"), ("教师资格证", "教师资格种类", "教师资格", "教师资格证种类", "教师资格证书种类"),
        kind="code", code_list="teaching_certificate",
    ),
    Column(
        "putonghua", _("level of Putonghua"), ("普通话等级", "普通话水平等级", "普通话水平", "普通话"), kind="code",
        code_list="putonghua_level",
    ),
    Column("experience", _("studies and work so far"), ("简历", "学习工作经历", "个人简历", "工作经历"), limit=1000),
)  # fmt: skip
# Without these nobody can be checked against the notice, or told of it.
NEEDED: Final = ("name", "phone", "education", "major")


@dataclass(slots=True)
class OnFile:
    """An applicant on file: the record, and what it says by column."""

    id: int
    revision: int
    said: Mapping[str, str]
    phone: str
    applicant: Applicant


class ApplicantKind(ExamKind):
    """One row is one application."""

    name = APPLICANTS
    label = _("Applicants")
    subject_columns: tuple[Column, ...] = (columns.NUMBER_IN_LIST, columns.IDENTITY, columns.NAME, POST)
    key_columns = ("identity",)
    naming_columns = ("name",)
    needed_columns = ("post",)

    def prepare(self, setting: Setting) -> None:
        super().prepare(setting)
        if "posts" in setting.shared:
            return
        recruitment = setting.shared["recruitment"]
        posts = RecruitmentPost._base_manager.filter(recruitment=recruitment).order_by("number")
        known = on_list(recruitment)
        setting.shared |= {
            "posts": {str(post.number): post for post in posts},
            "numbers": {post.pk: post.number for post in posts},
            "known": {(one.post, one.index): one for one in known},
            "people": by_index(known),
            "asked_for": {},
        }

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        for row in rows:
            index = self._identify(row)
            self._post(row, setting)
            self._day(row, setting)
            if index and row.values.get("post_id"):
                row.key = f"{row.values['post_id']}:".encode() + index
                setting.shared["repeats"].check(row, "identity")
                self._place(row, index, setting)

    def _identify(self, row: Draft) -> bytes:
        for problem in row.problems:
            if problem.code == "fifteen_digits":
                problem.severity = "error"
        number = row.values.get("identity")
        if not number and not any(problem.column == "identity" for problem in row.problems):
            row.refuse("identity", "missing")
        return blind_index("identity", number) if number else b""

    def _post(self, row: Draft, setting: Setting) -> None:
        said = row.values.get("post")
        posts = setting.shared["posts"]
        post = posts.get(said.strip().lstrip("0")) if said else None
        if post is not None:
            row.values["post_id"] = post.pk
        elif said:
            row.refuse("post", "unknown_post", said, posts="、".join(posts))
        elif not any(problem.column == "post" for problem in row.problems):
            row.refuse("post", "missing")

    def _day(self, row: Draft, setting: Setting) -> None:
        """The day must be one of the notice; once these are over a row must say its day."""
        recruitment, said = setting.shared["recruitment"], row.values.get("applied_on")
        if said is None:
            if setting.actor.on > recruitment.last and not any(one.column == "applied_on" for one in row.problems):
                row.refuse("identity", "day_of_application", "", last=str(recruitment.last))
        elif not said.day:
            row.refuse("applied_on", "day_needed", said)
        elif not recruitment.opens <= said.first_day() <= recruitment.last:
            row.refuse("applied_on", "outside_days", said, first=str(recruitment.opens), last=str(recruitment.last))

    def _place(self, row: Draft, index: bytes, setting: Setting) -> None:
        """Find the application, or refuse a second one where the notice has one for each."""
        shared, post = setting.shared, row.values["post_id"]
        first = shared["asked_for"].setdefault(index, (post, row.row))
        known = shared["known"].get((post, index))
        if known is not None:
            row.subject = known.id
            if not known.by_workbook:
                row.refuse("identity", "applied_already", "", serial=known.serial)
            return
        if not shared["recruitment"].one_post:
            return
        other = next(iter(shared["people"].get(index, ())), None)
        if other is not None:
            row.refuse("post", "other_post", "", post=shared["numbers"][other.post], serial=other.serial)
        elif first[0] != post:
            row.refuse("post", "other_post_in_file", "", row=first[1])

    def finish(self, rows: Sequence[Draft], setting: Setting) -> None:
        for row in rows:
            if not row.is_new:
                continue
            wrong = {problem.column for problem in row.problems}
            for name in NEEDED:
                if not row.values.get(name) and name not in wrong:
                    row.refuse(name, "missing")

    def find(self, rows: Sequence[Draft], setting: Setting) -> dict[bytes | None, int]:
        keys = {row.key.partition(b":")[::2] for row in rows if row.key is not None}
        found = Applicant._base_manager.filter(
            post__in={int(post) for post, _index in keys}, number_index__in={index for _post, index in keys}
        ).exclude(stage=STAGE.WITHDRAWN, written__isnull=True)
        listed = found.values_list("post", "number_index", "pk")
        return {f"{post}:".encode() + bytes(index or b""): pk for post, index, pk in listed}

    def opens(self, row: Draft) -> bool:
        return all(row.values.get(name) for name in (*NEEDED, "post_id"))

    def create(self, rows: Sequence[Draft], setting: Setting) -> None:
        recruitment = self.still_waits(setting)
        many = [_entered(row, min(max(setting.actor.on, recruitment.opens), recruitment.last)) for row in rows]
        for row, applicant in zip(rows, take_many(recruitment=recruitment, many=many), strict=True):
            row.subject = applicant.pk

    def suggest(self, row: Draft, problem: Problem) -> Sequence[Suggestion]:
        return by_number(row, problem)


def _entered(row: Draft, on: date) -> Entered:
    said = row.values
    day: PartialDate | None = said.get("applied_on")
    return Entered(
        post=said["post_id"], name=said["name"], number=said["identity"], phone=said["phone"], said=_declared(row),
        on=day.first_day() if day else on, source=row.id,
    )  # fmt: skip


def _declared(row: Draft) -> dict[str, str]:
    return {name: str(row.values[name]) for name in DECLARED if row.values.get(name)}


class ApplicantSection(ImportSection):
    """What an applicant says. While the application is not decided, the next workbook may say otherwise."""

    kind, name, order, subject_field = APPLICANTS, "personnel.Applicant", 10, "id"
    label = _("Application")
    model: ClassVar[Any] = Applicant
    columns: tuple[Column, ...] = (PHONE, APPLIED, *SAID)

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, OnFile]:
        rows = Applicant._base_manager.select_related("key").filter(pk__in=subjects)
        return {one.pk: OnFile(one.pk, one.revision, said_of(one), one.phone.reveal(), one) for one in rows}

    def present(self, row: Draft, state: OnFile | None, setting: Setting) -> OnFile | None:
        """The applicant on file."""
        return state

    def compare(self, row: Draft, state: OnFile | None, setting: Setting) -> None:
        if state is None:
            return
        row.seen[self.name] = [state.id, state.revision]
        found = {
            name: [state.said.get(name, ""), value]
            for name, value in _declared(row).items()
            if value != state.said.get(name, "")
        }
        if (phone := row.values.get("phone")) and phone != state.phone:
            found["phone"] = [mask(state.phone[-4:], len(state.phone)), mask(phone[-4:], len(phone))]
        if found and state.applicant.stage != STAGE.APPLIED:
            row.refuse("identity", "decided_already", "", serial=state.applicant.serial)
        elif found:
            row.differences[self.name] = found

    def apply(self, rows: Sequence[Draft], states: Mapping[int, OnFile], setting: Setting) -> None:
        changed = []
        for row in rows:
            state = states.get(row.subject or 0)
            if state is None or not row.differences.get(self.name):
                continue
            one, said = state.applicant, state.said
            one.said = sealed({**said, **_declared(row)}, said["birth"], said["sex"])
            one.phone, one.source_row = row.values.get("phone") or state.phone, row.id
            changed.append(one)
        names = [
            *(f"{name}_{part}" for name in ("said", "phone") for part in ("cipher", "index", "last")),
            "source_row",
        ]
        if changed:
            Applicant.objects.bulk_update(changed, names)
