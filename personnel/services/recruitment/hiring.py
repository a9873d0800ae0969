"""Somebody becomes a member of staff: everything that follows from a hire or from reporting for duty, in one change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.selectors import label as code_label
from core.dates import DAY, PartialDate, add_months
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.parameters.selectors import at
from core.records.changes import change
from core.records.vault import create_key
from core.text import pinyin_keys
from personnel.choices import ENDED
from personnel.models import (
    Applicant,
    Certificate,
    Contact,
    Education,
    Employment,
    IdentityDocument,
    PersonStatus,
    SeatAccount,
    Teacher,
)
from personnel.rules import SeatHolding
from personnel.selectors.contracts import contract_rules
from personnel.selectors.merged import owners_now
from personnel.selectors.recruitment import STAGE, name_of, said_of
from personnel.selectors.returning import on_file_by
from personnel.selectors.seats import usable
from personnel.services.contracts import contract_decided
from personnel.services.posts import NewAppointment, appoint_many
from personnel.services.seats import occupy

CAME: Final = "recruited"
MONTHS: Final = 12
PUTONGHUA: Final = "普通话水平测试等级证书"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who comes onto staff: who they are, what they studied. Codes are those of the lists, `graduated` a day or a month."""

    name: str
    number: str
    sex: str
    birth: date
    phone: str = ""
    education: str = ""
    degree: str = ""
    school: str = ""
    major: str = ""
    graduated: str = ""
    putonghua: str = ""


@dataclass(frozen=True, slots=True)
class Hiring:
    """What holds of the hires of one step: the first day, the number of the approval, the term in years, the post level where it is known.

    `worked` are the applicants (by their keys) who worked under an appointment contract before: their probation has `months` (0: none),
    everybody else has that of a first job.
    """

    starts: date
    document: str
    years: int
    level: str = ""
    worked: frozenset[int] = frozenset()
    months: int = 0


def file_now(applicant: Applicant) -> Teacher | None:
    """The file that was made of an applicant, or the one into which it was merged since; None of whoever was not hired."""
    if applicant.hired_id is None:
        return None
    found: Teacher = Teacher._base_manager.get(pk=owners_now([applicant.hired_id])[applicant.hired_id])
    return found


def take_on(*, actor: Any, who: Newcomer, unit: Unit, starts: date, came_how: str, document: str) -> Teacher:
    """Inside a change: let somebody belong to a unit from `starts` on, in a file of their own or in the one that they left with.

    Where the unit has a seat account, they take a seat of it: one that was approved for use, else a vacant one. `document` is the number
    of the approval. Refused by `NotAllowed` for whoever is on staff, retired or dead, by `SeatsRefused` where no seat is vacant.
    """
    known = on_file_by(who.number, starts)
    if known is not None and known.why_not:
        raise NotAllowed(known.why_not)
    teacher = _file(who, starts) if known is None else _back(known.teacher, starts)
    if who.phone:
        contact = Contact._base_manager.filter(teacher=teacher).first() or Contact(teacher=teacher)
        contact.phone = who.phone
        contact.save()
    _learning(teacher, who)
    Employment.objects.create(teacher=teacher, unit=unit, valid=Range(starts, None), in_quota=True, came_how=came_how)
    take_seat(actor, teacher, unit, starts, document)
    return teacher


def hire(*, actor: Any, applicant: Applicant, terms: Hiring) -> Teacher:
    """Make an applicant whose publicity has passed a member of staff: `take_on`, a contract with its probation, the post where known.

    Refused by `SeatsRefused` where no seat is vacant, by `NoVacancy` where no post of the level is free, by `NotAllowed` where somebody
    with this number is on staff, retired or dead, the applicant was erased or the contract does not keep the rules; by the database where
    the publicity has not passed.
    """
    said, number = said_of(applicant), applicant.number.reveal()
    if not said:
        raise NotAllowed(_("What the applicant said was erased."))
    who = Newcomer(
        name=name_of(applicant), number=number, sex=said["sex"], birth=date.fromisoformat(said["birth"]), phone=applicant.phone.reveal(),
        **{name: said.get(name, "") for name in ("education", "degree", "school", "major", "graduated", "putonghua")},
    )  # fmt: skip
    unit, starts = applicant.post.unit, terms.starts
    with change("personnel.hire", actor=actor, reason=applicant.recruitment.title, document=terms.document):
        teacher = take_on(actor=actor, who=who, unit=unit, starts=starts, came_how=CAME, document=terms.document)
        _contract(actor, applicant, teacher, terms)
        if terms.level:
            appoint_many([NewAppointment(teacher.pk, unit.pk, terms.level, starts, document=terms.document)])
        applicant.stage, applicant.hired = STAGE.HIRED, teacher
        applicant.save(update_fields={"stage", "hired"})
    return teacher


def _contract(actor: Any, applicant: Applicant, teacher: Teacher, terms: Hiring) -> None:
    """A contract from the first day on; the law says the probation of who works for the first time under one of such a term."""
    unit, starts = applicant.post.unit, terms.starts
    first = applicant.pk not in terms.worked
    told = contract_rules(unit, starts)
    months = terms.months
    if first:
        months = told.first_probation if terms.years >= told.first_years else 0
    contract_decided(
        actor=actor, teacher=teacher, unit=unit, starts=starts, ends=add_months(starts, terms.years * MONTHS), first_job=first,
        probation_last=add_months(starts, months) - DAY if months else None, reason=applicant.recruitment.title,
        document=terms.document,
    )  # fmt: skip


def _file(who: Newcomer, starts: date) -> Teacher:
    keys = pinyin_keys(who.name)
    teacher: Teacher = Teacher.objects.create(
        key=create_key(), name=who.name, pinyin=keys.spaced[:120], initials=keys.initials[:30], sex=who.sex, birth=who.birth,
        work_start=str(PartialDate(starts.year, starts.month)),
    )  # fmt: skip
    identity = IdentityDocument(teacher=teacher, kind="1")
    identity.number = who.number
    identity.save(force_insert=True)
    return teacher


def _back(key: int, starts: date) -> Teacher:
    """The file of somebody who comes back: what says that they left ends on the day before, and so does what they left behind open."""
    teacher: Teacher = Teacher._base_manager.get(pk=key)
    for status in PersonStatus._base_manager.filter(teacher=teacher, status__in=ENDED, valid__contains=starts):
        for job in Employment._base_manager.filter(teacher=teacher, valid__contains=starts):
            job.correct(valid=Range(job.valid.lower, max(status.valid.lower, job.valid.lower + DAY)))
        if status.valid.lower < starts:
            status.correct(valid=Range(status.valid.lower, starts))
        else:
            status.delete()
    return teacher


def take_seat(actor: Any, teacher: Teacher, unit: Unit, starts: date, document: str) -> None:
    """A seat of the unit's quota from a day on, where it has an account: one that was approved for use, else a vacant one."""
    kind = at(SeatHolding, starts, unit=unit).quota_kind
    if not SeatAccount._base_manager.filter(unit=unit, kind=kind).exists():
        return
    kept = next((one for one, _left in usable(unit, kind, starts)), None)
    occupy(actor=actor, teacher=teacher, unit=unit, kind=kind, on=starts, reservation=kept, document=document)


def _learning(teacher: Teacher, who: Newcomer) -> None:
    studied = Education._base_manager.filter(teacher=teacher, level=who.education, school=who.school)
    if who.education and not studied.exists():
        Education.objects.create(
            teacher=teacher, level=who.education, degree=who.degree, school=who.school, subject=who.major,
            ends=str(PartialDate.parse(who.graduated)) if who.graduated else None,
        )  # fmt: skip
    if who.putonghua:
        level = code_label("putonghua_level", who.putonghua)
        if not Certificate._base_manager.filter(teacher=teacher, kind="putonghua", level=level).exists():
            Certificate.objects.create(teacher=teacher, kind="putonghua", name=PUTONGHUA, level=level)
