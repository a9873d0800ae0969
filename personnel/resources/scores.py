"""Scores as an exam office lists them: one row for each applicant, found by application number or identity number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.exchange.kinds import Column, Draft, ImportSection, Setting
from core.records.vault import blind_index
from personnel.models import Applicant, JudgeScore
from personnel.resources import columns
from personnel.resources.recruiting import POST, ExamKind, OnList, by_index, on_list
from personnel.selectors.recruitment import JUDGED, STAGE, WRITTEN, name_of
from personnel.services.recruitment.examining import ABSENT, MOST_JUDGES, absence, mean_of, score_of

NUMBER: Final = Column(
    "application", _("application number"), ("报名序号", "报名号", "报名编号", "应聘序号", "考生序号", "考生编号"), limit=12,
)  # fmt: skip
SCORE: Final = Column(
    "written", _("written score"), ("笔试成绩", "笔试分数", "笔试总成绩", "笔试总分", "笔试得分", "笔试", "卷面成绩"), limit=20,
)  # fmt: skip
NUMERALS: Final = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五")
JUDGES: Final = tuple(
    Column(
        f"judge_{judge}", format_lazy(_("judge {number}"), number=judge),
        (
            *(form % said for said in (str(judge), numeral) for form in ("评委%s", "考官%s", "评委%s评分", "考官%s评分")),
            f"{judge}号评委", f"{judge}号考官",
        ), limit=20,
    )
    for judge, numeral in enumerate(NUMERALS[:MOST_JUDGES], 1)
)  # fmt: skip


class ScoreKind(ExamKind):
    """Rows of scores: nobody new is made."""

    subject_columns: tuple[Column, ...] = (columns.NUMBER_IN_LIST, NUMBER, columns.IDENTITY, columns.NAME, POST)
    key_columns = ("application", "identity")
    naming_columns = ("name",)
    stage: str = ""

    def prepare(self, setting: Setting) -> None:
        super().prepare(setting)
        if "applicants" in setting.shared:
            return
        known = on_list(setting.shared["recruitment"])
        setting.shared |= {"applicants": {one.serial: one for one in known}, "people": by_index(known)}

    def resolve(self, rows: Sequence[Draft], setting: Setting) -> None:
        meant = {row.row: (row, one) for row in rows if (one := self._meant(row, setting)) is not None}
        names = self._names(one.id for row, one in meant.values() if row.values.get("name"))
        for row, one in meant.values():
            row.subject, row.key = one.id, str(one.id).encode()
            column = "application" if row.values.get("application") else "identity"
            setting.shared["repeats"].check(row, column)
            if row.values.get("name") and names[one.id] != row.values["name"]:
                row.refuse("name", "applicant_name_differs")
            if one.stage != self.stage:
                row.refuse(column, "not_examined", "", stage=str(STAGE(one.stage).label))
        self.keep_out(rows, setting)

    def _meant(self, row: Draft, setting: Setting) -> OnList | None:
        """Whom the row speaks of; where that is nobody, the row is refused."""
        serial, number = row.values.get("application", ""), row.values.get("identity")
        people: list[OnList] = setting.shared["people"].get(blind_index("identity", number), []) if number else []
        if serial:
            digits = serial if serial.isascii() and serial.isdigit() else ""
            one: OnList | None = setting.shared["applicants"].get(int(digits or 0))
            if one is None:
                row.refuse("application", "unknown_applicant", serial)
            elif number and one not in people:
                row.refuse("identity", "numbers_differ")
                return None
            return one
        if len(people) == 1:
            return people[0]
        if people:
            row.refuse("identity", "several_applications")
        elif number:
            row.refuse("identity", "unknown_applicant")
        elif not any(problem.column in self.key_columns for problem in row.problems):
            row.refuse("application", "missing")
        return None

    @staticmethod
    def _names(subjects: Any) -> dict[int, str]:
        rows = Applicant._base_manager.select_related("key").filter(pk__in=list(subjects))
        return {one.pk: name_of(one) for one in rows}

    def find(self, rows: Sequence[Draft], setting: Setting) -> dict[bytes | None, int]:
        keys = {int(row.key) for row in rows if row.key is not None}
        found = Applicant._base_manager.filter(pk__in=keys).values_list("pk", flat=True)
        return {str(pk).encode(): pk for pk in found}

    def opens(self, row: Draft) -> bool:
        return False

    def unlock(self, rows: Sequence[Draft]) -> None:
        """Nothing protected is written."""


class WrittenKind(ScoreKind):
    """Written scores, while the recruitment waits for them."""

    name = WRITTEN
    label = _("Written scores")
    needed_columns = ("written",)
    stage = STAGE.QUALIFIED


class JudgedKind(ScoreKind):
    """What the judges of the interviews gave, while the recruitment waits for it."""

    name = JUDGED
    label = _("Judges' scores")
    needed_columns = ("judge_1",)
    stage = STAGE.INTERVIEW


@dataclass(slots=True)
class OnFile:
    """An applicant with scores on file: the written one, or those of judges by their number."""

    id: int
    revision: int
    applicant: Applicant
    judged: dict[int, JudgeScore]


class ScoreSection(ImportSection):
    """Scores of an applicant, as cells say them: digits, or 缺考."""

    order, subject_field = 10, "id"
    model: ClassVar[Any] = Applicant

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        most = setting.shared["recruitment"].most
        for row in rows:
            said_by = [column.name for column in self.columns if row.values.get(column.name) is not None]
            row.values |= {name: absence(row.values[name]) for name in said_by}
            for column in self.columns:
                said = row.values.get(column.name)
                if said is None or (said == ABSENT and self._only(row, column.name)):
                    continue
                score = score_of(said)
                if score is None or score < 0:
                    row.refuse(column.name, "not_a_score", said)
                elif score > most:
                    row.refuse(column.name, "score_over", said, most=f"{most.normalize():f}")
            wrong = {problem.column for problem in row.problems}
            if not any(column.name in row.values or column.name in wrong for column in self.columns):
                row.refuse(self.columns[0].name, "missing")

    def _only(self, row: Draft, name: str) -> bool:
        """Whether nothing but absence is said: who was absent has no score of anybody."""
        return all(row.values.get(column.name) in (None, ABSENT) for column in self.columns)

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, OnFile]:
        rows = Applicant._base_manager.filter(pk__in=subjects)
        found = {one.pk: OnFile(one.pk, one.revision, one, {}) for one in rows}
        for score in JudgeScore._base_manager.filter(applicant__in=subjects):
            found[score.applicant_id].judged[score.judge] = score
        return found

    def present(self, row: Draft, state: OnFile | None, setting: Setting) -> OnFile | None:
        """The applicant on file."""
        return state


class WrittenSection(ScoreSection):
    """The written score; who was absent has nought."""

    kind, name = WRITTEN, "personnel.Applicant.written"
    label = _("Written score")
    columns: tuple[Column, ...] = (SCORE,)

    def compare(self, row: Draft, state: OnFile | None, setting: Setting) -> None:
        if state is None:
            return
        old, new = state.applicant.written, _number(row.values["written"])
        row.seen[self.name] = [state.id, state.revision]
        row.adds = old is None
        if old != new:
            row.differences[self.name] = {"written": [_shown(old), _shown(new)]}

    def apply(self, rows: Sequence[Draft], states: Mapping[int, OnFile], setting: Setting) -> None:
        WRITTEN_KIND.still_waits(setting)
        changed = []
        for row in rows:
            one = states[row.subject or 0].applicant
            one.written, one.source_row = _number(row.values["written"]), row.id
            changed.append(one)
        Applicant.objects.bulk_update(changed, ["written", "source_row"])


class JudgedSection(ScoreSection):
    """What each judge gave, and the mean that counts. A score that is on file is put right, never taken away."""

    kind, name = JUDGED, "personnel.JudgeScore"
    label = _("Judges' scores")
    columns: tuple[Column, ...] = JUDGES

    def compare(self, row: Draft, state: OnFile | None, setting: Setting) -> None:
        if state is None:
            return
        row.seen[self.name] = [state.id, state.revision]
        said, known = _judged(row), {judge: one.score for judge, one in state.judged.items()}
        row.adds = state.applicant.interview is None
        if left := sorted(known.keys() - said.keys()):
            row.refuse(f"judge_{left[0]}", "fewer_scores", "", judge=left[0])
            return
        found = {
            f"judge_{judge}": [_shown(known.get(judge)), _shown(score)]
            for judge, score in said.items()
            if known.get(judge) != score
        }
        if not said and row.adds:
            found["judge_1"] = ["", ABSENT]
        row.differences[self.name] = found

    def apply(self, rows: Sequence[Draft], states: Mapping[int, OnFile], setting: Setting) -> None:
        recruitment = JUDGED_KIND.still_waits(setting)
        people, new, changed = [], [], []
        for row in rows:
            state, said = states[row.subject or 0], _judged(row)
            for judge, score in said.items():
                one = state.judged.get(judge)
                if one is None:
                    new.append(JudgeScore(applicant=state.applicant, judge=judge, score=score, source_row=row.id))
                elif one.score != score:
                    one.score, one.source_row = score, row.id
                    changed.append(one)
            state.applicant.interview = mean_of(recruitment, [said[judge] for judge in sorted(said)], setting.actor.on)
            state.applicant.source_row = row.id
            people.append(state.applicant)
        JudgeScore.objects.bulk_create(new)
        if changed:
            JudgeScore.objects.bulk_update(changed, ["score", "source_row"])
        Applicant.objects.bulk_update(people, ["interview", "source_row"])


def _judged(row: Draft) -> dict[int, Decimal]:
    """The scores by judge; nothing of who was absent."""
    said = {judge: row.values.get(column.name) for judge, column in enumerate(JUDGES, 1)}
    return {judge: Decimal(text) for judge, text in said.items() if text is not None and text != ABSENT}


def _number(text: str) -> Decimal:
    return Decimal(0) if text == ABSENT else Decimal(text)


def _shown(score: Decimal | None) -> str:
    return "" if score is None else f"{score.normalize():f}"


WRITTEN_KIND: Final = WrittenKind()
JUDGED_KIND: Final = JudgedKind()
KINDS: Final = (WRITTEN_KIND, JUDGED_KIND)
SECTIONS: Final = (WrittenSection(), JudgedSection())
