"""Which employments hold a seat on a day, and where the ledger says otherwise: set-wise, a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from django.db.models import F, Min, OuterRef, Q, Subquery

from core.org.models import ApprovedQuota, Unit
from core.parameters.selectors import at
from personnel.models import Employment, PersonStatus, SeatAccount, SeatEntry, Teacher
from personnel.rules import SeatHolding, seat_kind_of
from personnel.selectors.seats import Held, balances, holders

What = Literal["missing", "surplus", "elsewhere", "other_kind", "quota"]
MISSING: Final = "missing"
SURPLUS: Final = "surplus"
ELSEWHERE: Final = "elsewhere"
OTHER_KIND: Final = "other_kind"
QUOTA: Final = "quota"


@dataclass(frozen=True, slots=True)
class Expected:
    """The seat that a person's file says they hold on a day: of which unit and kind, since when (as far as their employment tells)."""

    teacher: int
    unit: int
    kind: str
    since: date


@dataclass(frozen=True, slots=True)
class Difference:
    """Where ledger and files differ on a day.

    `missing`: the file says a seat, the ledger none; `surplus`: the other way round; `elsewhere`, `other_kind`: both say one, of other
    units or kinds; `quota`: the approved quota of a unit is another than the ledger's. `day` is since when the file says so, as far as
    it tells. `unit` is the unit whose books it concerns first.
    """

    what: What
    unit: int
    day: date | None
    teacher: int | None = None
    name: str = ""
    file: Expected | None = None
    ledger: Held | None = None
    numbers: tuple[int, int] = (0, 0)


def expected_holders(units: Any, on: date) -> dict[int, Expected]:
    """Who holds a seat by the files on a day, in some units (a queryset), by the person's key. Three queries."""
    places: dict[int, Unit] = {unit.pk: unit for unit in units}
    status = PersonStatus._base_manager.filter(teacher=OuterRef("teacher"), valid__contains=on).values("status")[:1]
    rows = Employment._base_manager.filter(unit__in=list(places), valid__contains=on, teacher__merged_into=None)
    found: dict[int, Expected] = {}
    started = _started(rows, places, on)
    for teacher, unit, in_quota, form, valid, now in rows.annotate(now=Subquery(status)).values_list(
        "teacher", "unit", "in_quota", "form", "valid", "now"
    ):
        since = started.get(teacher, valid.lower)
        rules = at(SeatHolding, on, unit=places[unit])
        kind, starts = seat_kind_of(
            in_quota=in_quota, form=form, status=now or "", since=since, on=on, parameters=rules
        )
        if kind and starts is not None:
            found[teacher] = Expected(teacher, unit, kind, max(starts, valid.lower))
    return found


def seat_kind_on(teacher: Teacher, on: date) -> str:
    """The kind of seat that one person's file says they hold on a day; "" for none. Four queries."""
    units = Unit._base_manager.filter(employments__teacher=teacher, employments__valid__contains=on)
    found = expected_holders(units, on).get(teacher.pk)
    return found.kind if found is not None else ""


def _started(rows: Any, places: Mapping[int, Unit], on: date) -> dict[int, date]:
    """The first day of employments of a form that holds a seat after some years, though their records were divided since."""
    rules = {at(SeatHolding, on, unit=unit) for unit in places.values()}
    forms = {one.form for table in rules for one in table.forms if one.after_years}
    if not forms:
        return {}
    late = rows.filter(form__in=forms)
    alike = Employment._base_manager.filter(
        teacher__in=late.values("teacher"), form__in=forms, valid__startswith__lte=on
    )
    return dict(
        alike.values("teacher").annotate(first=Min("valid__startswith")).order_by().values_list("teacher", "first")
    )


def differences(units: Any, on: date) -> list[Difference]:
    """Every difference between the ledger and the files of people in some units (a queryset) on a day, by unit and name.

    Units without an account are left out until their ledger is opened. Eight queries at most, whatever the number of units.
    """
    every = list(units)
    opened = set(SeatAccount._base_manager.filter(unit__in=[one.pk for one in every]).values_list("unit", flat=True))
    places = [one for one in every if one.pk in opened]
    if not places:
        return []
    keys = [one.pk for one in places]
    files = expected_holders(places, on)
    held = holders(on, Q(account__unit__in=keys))
    apart = [key for key in files.keys() | held.keys() if not _agree(files.get(key), held.get(key))]
    # Somebody may hold a seat, or be employed, outside the units that were asked for.
    held |= holders(on, Q(teacher__in=[key for key in apart if key not in held])) if apart else {}
    named = dict(Teacher._base_manager.filter(pk__in=apart).values_list("pk", "name"))
    ended = _since_when([key for key in apart if key not in files], on)
    found = [_of_person(key, named.get(key, ""), files.get(key), held.get(key), ended.get(key)) for key in apart]
    order = {key: place for place, key in enumerate(keys)}
    return sorted(
        [*found, *_of_quota(places, on)], key=lambda one: (order.get(one.unit, 0), one.name, one.teacher or 0)
    )


def _agree(file: Expected | None, ledger: Held | None) -> bool:
    return file is not None and ledger is not None and (file.unit, file.kind) == (ledger.unit, ledger.kind)


def _of_person(key: int, name: str, file: Expected | None, ledger: Held | None, ended: date | None) -> Difference:
    if ledger is None and file is not None:
        return Difference(MISSING, file.unit, file.since, key, name, file)
    if file is None or ledger is None:
        return Difference(SURPLUS, ledger.unit if ledger else 0, ended, key, name, None, ledger)
    what: What = ELSEWHERE if file.unit != ledger.unit else OTHER_KIND
    return Difference(what, file.unit, file.since, key, name, file, ledger)


def _since_when(teachers: Sequence[int], on: date) -> dict[int, date]:
    """Since when people hold no seat by their files: the day of the status that ended it, else of the employment that says so."""
    found: dict[int, date] = {}
    employed = Employment._base_manager.filter(teacher__in=teachers, valid__startswith__lte=on).order_by("valid")
    for teacher, valid in employed.values_list("teacher", "valid"):
        found[teacher] = valid.upper if valid.upper is not None and valid.upper <= on else valid.lower
    ended = PersonStatus._base_manager.filter(teacher__in=teachers, valid__contains=on)
    for teacher, valid in ended.values_list("teacher", "valid"):
        found[teacher] = valid.lower
    return found


def _of_quota(places: Sequence[Unit], on: date) -> list[Difference]:
    kinds = {one.pk: at(SeatHolding, on, unit=one).quota_kind for one in places}
    told = dict(
        ApprovedQuota._base_manager.filter(unit__in=list(kinds), valid__contains=on).values_list("unit", "seats")
    )
    found = []
    for kind in sorted(set(kinds.values())):
        booked = balances([key for key, one in kinds.items() if one == kind], kind, on)
        for key, one in booked.items():
            if told.get(key, 0) != one.approved:
                found.append(Difference(QUOTA, key, None, numbers=(told.get(key, 0), one.approved)))
    return found


def unopened(units: Any) -> Any:
    """Units of a queryset that have people or an approved quota but no account yet."""
    with_account = SeatEntry._base_manager.filter(account__unit=OuterRef("pk"))
    used = Q(employments__isnull=False) | Q(quotas__isnull=False)
    return units.filter(used).exclude(pk__in=with_account.values("account__unit")).distinct()


def open_days(units: Any) -> dict[int, date]:
    """Since when the ledger of each unit is kept: the first day of its entries."""
    rows = SeatEntry._base_manager.filter(account__unit__in=units).values(unit=F("account__unit"))
    return dict(rows.annotate(first=Min("on")).order_by().values_list("unit", "first"))
