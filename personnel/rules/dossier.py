"""The pure rules of the dossier (人事档案): numbers of the catalogue, papers that are missing, what a review finds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from core.dates import PartialDate
from core.rules import Finding, Parameters

Who = Literal["everybody", "party", "degree", "teaching"]


@dataclass(frozen=True, slots=True)
class Paper:
    """A material of a catalogue as rules know it: its category (code of the list dossier_category), its title, its day."""

    category: str
    title: str
    dated: PartialDate | None = None


@dataclass(frozen=True, kw_only=True)
class RequiredPaper:
    """A paper that a dossier must have: one of `words` stands in the title of a material of one of `categories`.

    `who`: everybody, members of the party (`party`), whoever has a degree, or whoever teaches. `since`: only of those who began to work
    on that day or later. With `years`, one for each of so many years before the present one in which the person worked, whose title
    names the year.
    """

    name: str
    name_en: str
    categories: tuple[str, ...]
    words: tuple[str, ...]
    who: Who = "everybody"
    since: date | None = None
    years: int = 0
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class RequiredPapers(Parameters):
    """The papers that a dossier must have."""

    table: ClassVar[str] = "personnel.dossier_required"
    papers: tuple[RequiredPaper, ...]


@dataclass(frozen=True, kw_only=True)
class DossierLending(Parameters):
    """How dossiers are read and borrowed.

    `readers`: how many people must come, `in_party`: whether they must be members of the party. `decide`, `read`, `lent`: working days
    until a request is decided, a dossier read in the archive is put back, a lent one comes back. `extensions`: how often that may be
    put off.
    """

    table: ClassVar[str] = "personnel.dossier_lending"
    readers: int
    in_party: bool
    decide: int
    read: int
    lent: int
    extensions: int

    def __post_init__(self) -> None:
        if min(self.readers, self.decide, self.read, self.lent) < 1 or self.extensions < 0:
            raise ValueError("readers and days must be positive numbers")


@dataclass(frozen=True, kw_only=True)
class DossierTransferring(Parameters):
    """How dossiers go to another keeper: working days until a transfer is decided, is sent, and its receipt is back."""

    table: ClassVar[str] = "personnel.dossier_transfer"
    decide: int
    send: int
    receipt: int

    def __post_init__(self) -> None:
        if min(self.decide, self.send, self.receipt) < 1:
            raise ValueError("days must be positive numbers")


@dataclass(frozen=True, kw_only=True)
class DossierReviewing(Parameters):
    """How the three ages and two histories (三龄两历) are reviewed.

    `days`: working days for the compilation and for the decision. `basis`: for each item the categories whose materials count before all
    others (none: all materials count alike). `latest`: items of which the latest material counts instead of the earliest, since earlier
    ones tell of earlier stages of life.
    """

    table: ClassVar[str] = "personnel.dossier_review"
    compile: int
    decide: int
    basis: Mapping[str, tuple[str, ...]]
    latest: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if min(self.compile, self.decide) < 1:
            raise ValueError("days must be positive numbers")


@dataclass(frozen=True, kw_only=True)
class DossierOpenness(Parameters):
    """What the person sees of their own dossier: `nothing`, that it is kept and where (`kept`), or its catalogue (`catalogue`)."""

    table: ClassVar[str] = "personnel.dossier_openness"
    person: Literal["nothing", "kept", "catalogue"]


@dataclass(frozen=True, slots=True)
class Holder:
    """What rules ask of the person whose dossier it is."""

    party: bool = False
    degree: bool = False
    teaching: bool = False
    work_start: PartialDate | None = None


def numbered(papers: Sequence[tuple[int, Paper]], order: Sequence[str]) -> list[tuple[int, int]]:
    """The serial number of each material in its category: (key, number), in the order of the catalogue.

    Categories come in the order of `order`, unknown ones last; within one the materials stand by their day, those without a day
    last, and of one day as they were entered (by key).
    """
    places = {code: place for place, code in enumerate(order)}

    def standing(one: tuple[int, Paper]) -> tuple[int, str, bool, str, int]:
        key, paper = one
        place = places.get(paper.category, len(places))
        return place, paper.category, paper.dated is None, str(paper.dated or ""), key

    found: list[tuple[int, int]] = []
    before, number = None, 0
    for key, paper in sorted(papers, key=standing):
        number = number + 1 if paper.category == before else 1
        before = paper.category
        found.append((key, number))
    return found


def asked_of(paper: RequiredPaper, holder: Holder) -> bool:
    """Whether a paper is asked of a person. Who began to work on an unknown day is not asked for what depends on it."""
    if paper.who != "everybody" and not getattr(holder, paper.who):
        return False
    if paper.since is None:
        return True
    return holder.work_start is not None and holder.work_start.first_day() >= paper.since


def years_of(paper: RequiredPaper, holder: Holder, on: date) -> list[int]:
    """The years for each of which the paper is asked for; the first year of work does not count, as it is not assessed whole."""
    if holder.work_start is None:
        return []
    return [year for year in range(on.year - paper.years, on.year) if year > holder.work_start.year]


def missing_papers(
    papers: Collection[Paper], holder: Holder, parameters: RequiredPapers, on: date
) -> list[tuple[RequiredPaper, Finding]]:
    """The required papers that a dossier does not have, in the order of the table, each with its finding.

    `expected` is the name of the paper, `actual` the years that are missing (none: the paper is not there at all).
    """
    found = []
    for one in parameters.papers:
        if not asked_of(one, holder):
            continue
        titles = [paper.title for paper in papers if _is_one(one, paper)]
        lacking: list[int] = []
        if one.years:
            lacking = [year for year in years_of(one, holder, on) if not any(str(year) in title for title in titles)]
        if lacking or not (one.years or titles):
            said = "、".join(str(year) for year in lacking)
            evidence = (("categories", "、".join(one.categories)), ("words", "、".join(one.words)))
            reference = one.reference or parameters.reference
            found.append((one, Finding(False, "personnel.dossier_required", one.name, said, evidence, reference)))
    return found


def _is_one(required: RequiredPaper, paper: Paper) -> bool:
    return paper.category in required.categories and any(word in paper.title for word in required.words)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one material says of an item: a date as `PartialDate`, else words or a code. `key` is the caller's."""

    key: int
    category: str
    dated: PartialDate | None
    says: PartialDate | str


def earliest(statements: Iterable[Statement]) -> Statement | None:
    """The statement of the earliest material; those without a day come last."""
    ordered = sorted(statements, key=lambda one: (one.dated is None, str(one.dated or ""), one.key))
    return ordered[0] if ordered else None


def basis_of(item: str, statements: Sequence[Statement], parameters: DossierReviewing) -> Statement | None:
    """The statement that counts: the earliest one (or latest) of the categories that count before all others, else of all."""
    first = parameters.basis.get(item, ())
    counting = [one for one in statements if one.category in first] or list(statements)
    if item not in parameters.latest:
        return earliest(counting)
    return max(counting, key=lambda one: (str(one.dated or ""), one.key), default=None)


def agree(one: PartialDate | str | None, other: PartialDate | str | None) -> bool:
    """Whether two statements say the same; dates at the coarser precision."""
    if isinstance(one, PartialDate) and isinstance(other, PartialDate):
        return one.agrees(other)
    return one == other


def reviewed(
    item: str, now: PartialDate | str | None, statements: Sequence[Statement], parameters: DossierReviewing
) -> Finding:
    """What a review finds of an item: met where the file says what counts and no material that tells of the same contradicts it.

    None (a paper is needed) where no material says anything. `expected` is the statement that counts, `actual` what the file says.
    """
    basis = basis_of(item, statements, parameters)
    rule = f"personnel.dossier_review.{item}"
    if basis is None:
        return Finding(None, rule, None, now, (), parameters.reference)
    told = [basis] if item in parameters.latest else statements
    differing = tuple((str(one.dated or ""), str(one.says)) for one in told if not agree(one.says, now))
    met = now is not None and not differing
    return Finding(met, rule, basis.says, now, differing, parameters.reference)
