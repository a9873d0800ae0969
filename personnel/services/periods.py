"""Periods of dated records beside each other: which are free, which come later, which days can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.values import label, period_words
from core.dates import BEFORE_RECORDS, PartialDate
from core.org.errors import NotAllowed
from core.records.errors import StaleRecord
from personnel.models import BirthDecision, Teacher

# Dates of birth themselves, of the person or of relatives.
BIRTHS: Final = frozenset({"birth", "by_archive"})
STARTS: Final = ("work_start", "teaching_start")


def beside(record: Any) -> Any:
    """The other records of which only one holds on any day."""
    alike = {name: getattr(record, name) for name in record.natural}
    return type(record)._base_manager.filter(**alike).exclude(pk=record.pk)


def close_before(record: Any, since: date) -> None:
    """End the record that holds beside this one on the day when this one begins."""
    for before in beside(record).filter(valid__contains=since, valid__startswith__lt=since):
        before.valid = Range(before.valid.lower, since)
        before.save(update_fields={"valid"})


def real(valid: Range[date]) -> Range[date]:
    """A period that has at least one day. Raises `NotAllowed`."""
    if valid.lower is not None and valid.upper is not None and valid.upper <= valid.lower:
        raise NotAllowed(_("The last day lies before the first one."), field="last_day")
    return valid


def must_be_free(record: Any, valid: Range[date]) -> None:
    """Refuse a period in which another record of the section holds, saying when that one does.

    Raises `StaleRecord` where the other one came by a change of this very record: that is what its reader has to see first.
    """
    other = beside(record).filter(valid__overlap=valid).order_by("valid").first()
    if other is not None:
        if type(record)._base_manager.filter(pk=record.pk).exclude(revision=record.revision).exists():
            raise StaleRecord("the record was changed since it was read")
        said = {"period": period_words(other.valid)}
        raise NotAllowed(
            _("Another record of this section holds %(period)s. End that one first, or choose other days.") % said
        )


def later_periods(record: Any) -> Any:
    """The records beside this one that begin when it has ended, in their order."""
    if record.valid.upper is None:
        return type(record)._base_manager.none()
    return beside(record).filter(valid__startswith__gte=record.valid.upper).order_by("valid")


def must_follow_birth(teacher: Teacher, model: Any, values: Mapping[str, Any], days: Mapping[str, date | None]) -> None:
    """Refuse days before the person's birth: those among `values`, and `days` by the name under which each was asked.

    Where the archive names an earlier birth than the identity number, the earlier one counts.
    """
    birth = _birth(teacher, model, values)
    if birth is None:
        return
    told = dict(values)
    if model is Teacher and "birth" in values:
        told = {**{name: getattr(teacher, name) for name in STARTS}, **told}
    for name, value in told.items():
        if name not in BIRTHS and _ends_before(value, birth):
            raise _before_birth(label(model, name), value, birth, name)
    for name, day in days.items():
        if day is not None and day != BEFORE_RECORDS and day < birth:
            raise _before_birth(_("The day"), day, birth, name)


def _birth(teacher: Teacher, model: Any, values: Mapping[str, Any]) -> date | None:
    by_id = values.get("birth", teacher.birth) if model is Teacher else teacher.birth
    if model is BirthDecision:
        decided: Iterable[Any] = [values.get("by_archive")]
    else:
        decided = BirthDecision._base_manager.filter(teacher=teacher.pk).values_list("by_archive", flat=True)
    known = [by_id, *(one.first_day() for one in decided if one is not None)]
    return min((one for one in known if one is not None), default=None)


def _ends_before(value: Any, birth: date) -> bool:
    if isinstance(value, PartialDate):
        return value.last_day() < birth
    return isinstance(value, date) and value < birth


def _before_birth(what: Any, day: Any, birth: date, field: str) -> NotAllowed:
    said = {"what": what, "day": day, "birth": birth}
    return NotAllowed(
        _("%(what)s, %(day)s, lies before the person's birth, %(birth)s. Look at the year first.") % said, field=field
    )
