"""The review of the three ages and two histories (三龄两历): what the file says now, what each material says, what counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.codes.selectors import label as code_label
from core.dates import PartialDate
from core.parameters.selectors import at
from core.rules import Finding
from personnel import rules
from personnel.models import (
    BirthDecision,
    DossierReview,
    Education,
    Material,
    PoliticalStatus,
    ReviewItem,
    Teacher,
    WorkExperience,
)
from personnel.models.dossier import SAYS
from personnel.rules import DossierReviewing
from personnel.selectors.corrections import unit_of
from personnel.selectors.derived import highest
from personnel.selectors.dossier import PARTY, Entry, catalogue, entries_of

Item = ReviewItem.Item
DATES = frozenset({Item.BIRTH, Item.WORK_START, Item.PARTY})


@dataclass(frozen=True, slots=True)
class Says:
    """What one material says of an item, whether that is what the file says, whether it counts, and whether it is compared at all."""

    entry: Entry
    value: PartialDate | str
    agrees: bool
    counts: bool
    compared: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """One item of a review: what the file says now, what the materials say (the earliest first), what the rule finds."""

    item: str
    now: PartialDate | str | None
    says: tuple[Says, ...]
    finding: Finding

    @property
    def found(self) -> str:
        """The finding as a review keeps it."""
        return {True: "agree", False: "differ", None: "no_paper"}[self.finding.met]


def reviewing_for(teacher: Teacher, on: Any) -> DossierReviewing:
    """The rules of reviews, those of the person's unit."""
    return at(DossierReviewing, on, unit=unit_of(teacher, on))


def decision_of(teacher: Teacher) -> BirthDecision | None:
    """The birth date by the archive as it is on file."""
    return BirthDecision._base_manager.filter(teacher=teacher).first()


def membership_of(teacher: Teacher, on: Any) -> PoliticalStatus | None:
    """The record that says since when a person is of the Party."""
    rows = PoliticalStatus._base_manager.filter(teacher=teacher, valid__contains=on, status__in=PARTY)
    return rows.first()


def education_of(teacher: Teacher, on: Any) -> Education | None:
    """The record with the highest education."""
    found: Education | None = highest(list(Education._base_manager.filter(teacher=teacher)), on, unit_of(teacher, on))
    return found


def file_says(teacher: Teacher, on: Any) -> dict[str, PartialDate | str | None]:
    """What the file says of each item on a day. Of the two births the one that counts."""
    decided, party, education = decision_of(teacher), membership_of(teacher, on), education_of(teacher, on)
    told = rules.BirthByArchive(decided.by_archive, decided.counts, decided.document) if decided is not None else None
    birth = rules.counting_birth(teacher.birth, told)
    work = WorkExperience._base_manager.filter(teacher=teacher).order_by("starts", "pk")
    said = "；".join(" ".join(filter(None, [str(one.starts), one.workplace, one.post])) for one in work)
    return {
        Item.BIRTH: birth.birth if birth is not None else None,
        Item.WORK_START: teacher.work_start,
        Item.PARTY: party.joined if party is not None else None,
        Item.EDUCATION: education.level if education is not None else None,
        Item.EXPERIENCE: said or None,
    }


def looked_at(teacher: Teacher, on: Any) -> list[Looked]:
    """Each item of a review, in order. The day of joining the Party is asked of members, and where a material names one."""
    rows = list(Material._base_manager.filter(teacher=teacher))
    entries, table, now = entries_of(catalogue(rows, on)), reviewing_for(teacher, on), file_says(teacher, on)
    found = [_looked(item, now[item], entries, table) for item in Item.values]
    asked = membership_of(teacher, on) is not None
    return [one for one in found if one.item != Item.PARTY or asked or one.says]


def _looked(item: str, now: Any, entries: Iterable[Entry], table: DossierReviewing) -> Looked:
    saying = [(one, getattr(one.material, SAYS[item])) for one in entries]
    saying = [(one, value) for one, value in saying if value]
    saying.sort(
        key=lambda pair: (pair[0].material.dated is None, str(pair[0].material.dated or ""), pair[0].material.pk)
    )
    told = [rules.Statement(one.material.pk, one.material.category, one.material.dated, value) for one, value in saying]
    basis = rules.basis_of(item, told, table)
    finding = rules.reviewed(item, now, told, table)
    counting = basis.key if basis is not None else None
    every = item not in table.latest
    says = (
        Says(one, value, rules.agree(value, now), one.material.pk == counting, every or one.material.pk == counting)
        for one, value in saying
    )
    return Looked(item, now, tuple(says), finding)


def words_of(item: str, value: Any) -> str:
    """A value of an item in words: a code of education by its name."""
    if value in (None, ""):
        return ""
    return code_label("education", str(value)) if item == Item.EDUCATION else str(value)


def read(item: str, kept: str) -> PartialDate | str | None:
    """The value of an item that a review keeps as text."""
    if not kept:
        return None
    return PartialDate.parse(kept) if item in DATES else kept


def reviews(cases: Iterable[Any]) -> Mapping[int, DossierReview]:
    """The reviews of cases, by the case: one query."""
    rows = DossierReview._base_manager.filter(case__in=[case.pk for case in cases])
    return {row.case_id: row for row in rows.select_related("teacher__key", "case")}
