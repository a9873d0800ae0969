"""The dossier of a person: its catalogue, who keeps it, what it lacks, and what is asked of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.codes import selectors as codes
from core.org.models import Unit, UnitProfile
from core.parameters.selectors import ParameterMissing, at
from core.registry import FileSection, FileTab
from core.rules import Finding
from core.workflow.models import Case
from personnel import rules
from personnel.models import (
    DossierKeeping,
    Education,
    FamilyMember,
    Material,
    MaterialScan,
    PoliticalStatus,
    Teacher,
)
from personnel.selectors.corrections import unit_of

CATEGORIES: Final = "dossier_category"
VIEW: Final = "personnel.view_dossier"
KEEP: Final = "personnel.keep_dossier"
DECIDE: Final = "personnel.decide_dossier"
BORROW: Final = "personnel.borrow_dossier"
LOAN: Final = "personnel.dossier_loan"
TRANSFER: Final = "personnel.dossier_transfer"
REVIEW: Final = "personnel.dossier_review"
# Codes of the list political_status: members of the Party, probationary ones included.
PARTY: Final = ("01", "02")
TEACHING: Final = "professional"
KEEPERS: Final = ("county", "city")


@dataclass(frozen=True, slots=True)
class Entry:
    """A material with its serial number in its category, and its scans."""

    material: Material
    number: int
    scans: tuple[MaterialScan, ...] = ()

    @property
    def mark(self) -> str:
        """Category and serial number as they are written on the paper: 4-1-2."""
        return f"{self.material.category}-{self.number}"


@dataclass(frozen=True, slots=True)
class Group:
    """A category with its materials, in the order of the catalogue. `within` is the category of which it is a part."""

    code: str
    label: str
    within: str
    entries: tuple[Entry, ...]

    @property
    def pages(self) -> int:
        """The pages of its materials, as far as they were counted."""
        return sum(entry.material.pages or 0 for entry in self.entries)


def categories(on: date, unit: Any = None) -> list[codes.CodeName]:
    """The categories in which a material may stand: those that have no parts, in the order of the list."""
    known = codes.entries(CATEGORIES, on, unit)
    parents = {one.parent for one in known}
    return [one for one in known if one.code not in parents]


def materials_of(teacher: Teacher, actor: Any) -> QuerySet[Material]:
    """The materials of a person's dossier that the actor sees; their own only where the rules open the catalogue to them."""
    if actor.may(VIEW):
        return of_others(Material, actor).filter(teacher=teacher)
    if is_own(teacher, actor) and actor.may("personnel.view_own") and openness(teacher, actor.on) == "catalogue":
        return Material._base_manager.filter(teacher=teacher)
    return Material._base_manager.none()


def is_own(teacher: Teacher, actor: Any) -> bool:
    """Whether a file is the actor's own, in whatever role they act."""
    return bool(teacher.user_id == actor.user.pk)


def of_others(model: Any, actor: Any, person: str = "teacher") -> QuerySet[Any]:
    """The records that the actor sees of the dossiers of others: nobody keeps or reads their own. `person` leads to whose they are."""
    rows: QuerySet[Any] = model.objects.visible_to(actor)
    return rows.exclude(**{f"{person}__user": actor.user})


def openness(teacher: Teacher, on: date) -> str:
    """What the person sees of their own dossier, by the rules of their unit."""
    try:
        return at(rules.DossierOpenness, on, unit=unit_of(teacher, on)).person
    except ParameterMissing:
        return "nothing"


def catalogue(materials: Iterable[Material], on: date, unit: Any = None) -> list[Group]:
    """The catalogue: each category with its numbered materials, empty ones too. One query for the scans."""
    known = {one.pk: one for one in materials}
    scans: dict[int, list[MaterialScan]] = defaultdict(list)
    for scan in MaterialScan._base_manager.filter(material__in=known).select_related("file").order_by("pk"):
        scans[scan.material_id].append(scan)
    every = codes.entries(CATEGORIES, on, unit)
    numbers = rules.numbered([(one.pk, paper_of(one)) for one in known.values()], [category.code for category in every])
    found: dict[str, list[Entry]] = defaultdict(list)
    for key, number in numbers:
        one = known[key]
        found[one.category].append(Entry(one, number, tuple(scans[key])))
    parents = {one.parent: one.parent for one in every}
    groups = [
        Group(one.code, one.label, one.parent, tuple(found.pop(one.code, ())))
        for one in every
        if one.code not in parents or one.code in found
    ]
    return [*groups, *(Group(code, code, "", tuple(entries)) for code, entries in found.items())]


def entries_of(groups: Iterable[Group]) -> list[Entry]:
    """All entries of a catalogue in its order."""
    return [entry for group in groups for entry in group.entries]


def paper_of(material: Material) -> rules.Paper:
    """A material as rules know it."""
    return rules.Paper(material.category, material.title, material.dated)


def holder_of(teacher: Teacher, on: date) -> rules.Holder:
    """What rules ask of the person whose dossier it is."""
    party = PoliticalStatus._base_manager.filter(teacher=teacher, valid__contains=on, status__in=PARTY)
    degree = Education._base_manager.filter(teacher=teacher).exclude(degree="")
    return rules.Holder(party.exists(), degree.exists(), teacher.post_family == TEACHING, teacher.work_start)


def missing(teacher: Teacher, materials: Iterable[Material], on: date) -> list[tuple[rules.RequiredPaper, Finding]]:
    """The papers that the dossier lacks by the rules of the person's unit."""
    try:
        table = at(rules.RequiredPapers, on, unit=unit_of(teacher, on))
    except ParameterMissing:
        return []
    return rules.missing_papers([paper_of(one) for one in materials], holder_of(teacher, on), table, on)


def catalogued() -> Q:
    """The condition on people that the catalogue of their dossier was begun."""
    return Q(Exists(Material._base_manager.filter(teacher=OuterRef("pk"))))


def lacking(on: date) -> Q:
    """The condition on people that a required paper is missing from their catalogue: the rule `missing_papers`, by the national table."""
    try:
        table = at(rules.RequiredPapers, on)
    except ParameterMissing:
        return Q(pk__in=[])
    found = Q(pk__in=[])
    for one in table.papers:
        found |= _asked(one, on) & _without(one, on)
    return catalogued() & found


def _asked(one: rules.RequiredPaper, on: date) -> Q:
    party = PoliticalStatus._base_manager.filter(teacher=OuterRef("pk"), valid__contains=on, status__in=PARTY)
    degree = Education._base_manager.filter(teacher=OuterRef("pk")).exclude(degree="")
    who = {
        "everybody": ~Q(pk__in=[]), "party": Q(Exists(party)), "degree": Q(Exists(degree)), "teaching": Q(post_family=TEACHING),
    }[one.who]  # fmt: skip
    # Text order is time order; a month or year means its first day, which a shorter text than the day's is before.
    return who & _begun(one.since) if one.since else who


def _begun(since: date) -> Q:
    """Whether the first day of the start of work lies on a day or after it."""
    day = Q(work_start__gte=since.isoformat())
    month = (
        Q(work_start__regex=r"^\d{4}-\d{2}$", work_start__gte=since.isoformat()[:7]) if since.day == 1 else Q(pk__in=[])
    )
    year = (
        Q(work_start__regex=r"^\d{4}$", work_start__gte=since.isoformat()[:4])
        if (since.month, since.day) == (1, 1)
        else Q(pk__in=[])
    )
    return day | month | year


def _without(one: rules.RequiredPaper, on: date) -> Q:
    there = Material._base_manager.filter(teacher=OuterRef("pk"), category__in=one.categories).filter(
        _titled(one.words)
    )
    if not one.years:
        return ~Q(Exists(there))
    lacks = Q(pk__in=[])
    for year in range(on.year - one.years, on.year):
        worked = Q(work_start__lt=str(year))
        lacks |= worked & ~Q(Exists(there.filter(title__contains=str(year))))
    return lacks


def _titled(words: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for word in words:
        found |= Q(title__contains=word)
    return found


def keeping_of(teacher: Teacher, on: date) -> DossierKeeping | None:
    """Who keeps the dossier of a person on a day, as recorded; None where nobody recorded it."""
    rows = DossierKeeping._base_manager.filter(teacher=teacher, valid__contains=on).select_related("unit")
    return rows.first()


def keeper_of(teacher: Teacher, on: date) -> Unit | None:
    """The unit that sees to a dossier: the recorded keeper, else the nearest bureau above the person's unit."""
    kept = keeping_of(teacher, on)
    if kept is not None and kept.unit is not None:
        return kept.unit
    return bureau_above(unit_of(teacher, on))


def bureau_above(unit: Unit | None) -> Unit | None:
    """The nearest county or city bureau above a unit, or itself."""
    if unit is None:
        return None
    above = Unit.objects.filter(path__ancestors=unit.path, kind__in=KEEPERS)
    return max(above, key=lambda one: len(one.path.split(".")), default=unit)


def bureau_named(name: str, on: date) -> Unit | None:
    """The bureau of this system that is called so on a day: who names it in full may send it a dossier, though they do not see it."""
    called = UnitProfile._base_manager.filter(name=name.strip(), valid__contains=on, unit__kind__in=KEEPERS)
    found = called.select_related("unit").first() if name.strip() else None
    return found.unit if found is not None and (found.unit.closed is None or found.unit.closed > on) else None


def keepings_of(teacher: Teacher) -> list[DossierKeeping]:
    """All keepers of a dossier, the latest first."""
    return list(DossierKeeping._base_manager.filter(teacher=teacher).order_by("-valid"))


def named_by(name: str, teacher: Teacher) -> str:
    """Whether a name is that of the person ("own") or of a relative on file ("relative"), else ""."""
    if rules.same_name(name, teacher.name):
        return "own"
    relatives = FamilyMember._base_manager.filter(teacher=teacher).values_list("name", flat=True)
    return "relative" if any(rules.same_name(name, one) for one in relatives) else ""


def kin_of(user: Any, teacher: Teacher) -> str:
    """Whether a user is the person ("own") or a relative ("relative"): by account, by name, and by the family in the user's own file."""
    own = Teacher._base_manager.filter(user=user).first()
    if teacher.user_id == user.pk or (own is not None and own.pk == teacher.pk):
        return "own"
    if own is not None:
        relatives = FamilyMember._base_manager.filter(teacher=own).values_list("name", flat=True)
        if any(rules.same_name(teacher.name, one) for one in relatives):
            return "relative"
    relatives = FamilyMember._base_manager.filter(teacher=teacher).values_list("name", flat=True)
    return "relative" if any(rules.same_name(str(user), one) for one in relatives) else ""


def cases_of(teacher: Teacher) -> QuerySet[Any]:
    """The cases about a dossier, the newest first."""
    about = Q(loan__teacher=teacher) | Q(transfer__sent__teacher=teacher) | Q(review__teacher=teacher)
    return Case.objects.filter(about).distinct().order_by("-pk")


def out_now(teacher: Teacher) -> Case | None:
    """The case by which the dossier is not where it is kept: lent, or on its way."""
    rows = cases_of(teacher).filter(Q(kind=LOAN, state="out") | Q(kind=TRANSFER, state="under_way"))
    return rows.first()


def sees_dossier(teacher: Teacher, actor: Any) -> bool:
    """Whether the actor may open the dossier of a visible person: by their role, or their own as far as the rules let them."""
    if is_own(teacher, actor):
        return actor.may("personnel.view_own") and openness(teacher, actor.today) != "nothing"
    return bool(actor.may(VIEW))


def opens_dossier(teacher: Teacher, actor: Any) -> bool:
    """Whether the page of the dossier is there for the actor: they see it, or may ask for it; nobody asks for their own."""
    return (actor.may(BORROW) and not is_own(teacher, actor)) or sees_dossier(teacher, actor)


TAB: Final = FileTab("dossier", _("Dossier"), 90, page="teacher_dossier", applies=opens_dossier)


def _section(name: str, label: Any, model: str, fields: str, primary: str) -> FileSection:
    return FileSection(
        name=name, label=label, model=f"personnel.{model}", fields=tuple(fields.split()), tab=TAB, permission=VIEW,
        primary=tuple(primary.split()),
    )  # fmt: skip


# Not registered with the sections of the file: these are sealed, and told on pages of their own.
SECTIONS: Final = (
    _section(
        "material", _("Dossier: material"), "Material",
        "category title dated pages copies form place note says_birth says_work_start says_party says_education says_experience", "title",
    ),
    _section(
        "keeping", _("Dossier: keeper"), "DossierKeeping", "unit keeper shelf volumes note", "unit keeper",
    ),
)  # fmt: skip
