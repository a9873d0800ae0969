"""What a file should say: checks of data quality, how many people fail each, and the score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.registry import QualityCheck, registry
from core.web.filters import ChoiceFilter
from personnel.models import BirthDecision, Contact, Education, Employment, IdentityDocument, TeachingAssignment
from personnel.selectors.dossier import VIEW as SEES_DOSSIERS
from personnel.selectors.dossier import catalogued, lacking

PAGE: Final = "teachers"
VIEW: Final = "personnel.view_teacher"
PARAMETER: Final = "quality"


class IsoDay(Func):
    """A day as ISO text."""

    function = "to_char"
    template = "%(function)s(%(expressions)s, 'YYYY-MM-DD')"
    output_field = CharField()


def _missing(model: Any, **conditions: Any) -> Q:
    return ~Q(Exists(model._base_manager.filter(teacher=OuterRef("pk"), **conditions)))


def _contradicting_births() -> Q:
    """The archive says another birth date than the identity number, and nobody has decided which one counts."""
    undecided = BirthDecision._base_manager.filter(teacher=OuterRef("pk"), decided_on__isnull=True, document="")
    told = undecided.exclude(by_archive__isnull=True).annotate(born=IsoDay(OuterRef("birth")))
    return Q(birth__isnull=False) & Q(Exists(told.exclude(born__startswith=F("by_archive"))))


def _quota_unknown(on: date) -> Q:
    rows = Employment._base_manager.filter(teacher=OuterRef("pk"), valid__contains=on, in_quota__isnull=True)
    return Q(Exists(rows))


def _teaches_nothing(on: date) -> Q:
    return Q(post_family="professional") & _missing(TeachingAssignment, valid__contains=on)


CHECKS: Final = (
    QualityCheck("identity", _("No identity document"), PAGE, lambda _on: _missing(IdentityDocument), order=10),
    QualityCheck(
        "birth", _("Two birth dates contradict each other"), PAGE, lambda _on: _contradicting_births(), order=20
    ),
    QualityCheck(
        "phone", _("No phone number"), PAGE, lambda _on: _missing(Contact, phone_cipher__isnull=False), order=30
    ),
    QualityCheck("education", _("No education"), PAGE, lambda _on: _missing(Education), order=40),
    QualityCheck("work_start", _("Start of work unknown"), PAGE, lambda _on: Q(work_start__isnull=True), order=50),
    QualityCheck("ethnicity", _("Ethnic group unknown"), PAGE, lambda _on: Q(ethnicity=""), order=60),
    QualityCheck("quota", _("In quota or not: unknown"), PAGE, _quota_unknown, order=70),
    QualityCheck("teaching", _("Teaches, but no subject recorded"), PAGE, _teaches_nothing, order=80),
    QualityCheck("dossier", _("The dossier lacks required papers"), PAGE, lacking, order=90, permission=SEES_DOSSIERS),
)


def checks(actor: Any = None) -> list[QualityCheck]:
    """The checks of all modules on people's files, of which the actor (None: anybody) is told."""
    known = [check for check in registry.each("quality_checks") if check.page == PAGE]
    return [check for check in known if actor is None or not check.permission or actor.may(check.permission)]


@dataclass(frozen=True, slots=True)
class Quality:
    """How many people fail each check, and what part of all checked facts is in order (percent)."""

    people: int
    faulty: list[tuple[QualityCheck, int]]

    @property
    def score(self) -> float | None:
        """Checks passed, in percent of people × checks; None where there is nobody."""
        asked = self.people * len(self.faulty)
        return 100 * (asked - sum(number for _check, number in self.faulty)) / asked if asked else None


def quality_of(people: Any, on: date, actor: Any = None) -> Quality:
    """The quality of people's files on a day, by the checks of which the actor is told: one query."""
    known = checks(actor)
    # A count that is called like a field would be taken for it by the conditions that follow.
    counts = {f"faulty_{check.name}": Count("pk", filter=check.faulty(on)) for check in known}
    found = people.order_by().aggregate(people=Count("pk"), **counts)
    return Quality(found["people"], [(check, found[f"faulty_{check.name}"]) for check in known])


class QualityFilter(ChoiceFilter):
    """Those who fail a check of data quality."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [(check.name, check.label) for check in checks(actor)]


def failing(rows: Any, name: str, actor: Any) -> Any:
    """Those of the people who fail the check of that name."""
    check = next(check for check in checks(actor) if check.name == name)
    return rows.filter(check.faulty(actor.on))


def _by_dossier(rows: Any, value: str, actor: Any) -> Any:
    if value == "none":
        return rows.exclude(catalogued())
    wanting = lacking(actor.on)
    return rows.filter(wanting) if value == "lacking" else rows.filter(catalogued()).exclude(wanting)


DOSSIERS: Final = ChoiceFilter(
    "dossier", _("Dossier"), _by_dossier, page=PAGE, permission=SEES_DOSSIERS, order=95,
    options=(
        ("lacking", _("required papers missing")), ("whole", _("all required papers there")), ("none", _("no catalogue yet")),
    ),
)  # fmt: skip
FILTER: Final = QualityFilter(PARAMETER, _("Data quality"), failing, page=PAGE, permission=VIEW, order=90)
