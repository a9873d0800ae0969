"""Somebody becomes a member of staff: everything that follows from a hire or from reporting for duty, in one change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.selectors import label as code_label
from core.dates import PartialDate
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.parameters.selectors import at
from core.records.changes import change
from core.records.vault import blind_index, create_key
from core.text import pinyin_keys
from personnel.models import (
    Applicant,
    Certificate,
    Contact,
    Education,
    Employment,
    IdentityDocument,
    SeatAccount,
    Teacher,
)
from personnel.rules import SeatHolding
from personnel.selectors.recruitment import STAGE, name_of, said_of
from personnel.selectors.seats import usable
from personnel.services.seats import occupy

CAME: Final = "recruited"
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


def has_file(number: str) -> bool:
    """Whether somebody with this identity number has a file already: who is on staff elsewhere is transferred, not taken on."""
    return IdentityDocument._base_manager.filter(number_index=blind_index("identity", number)).exists()


def take_on(*, actor: Any, who: Newcomer, unit: Unit, starts: date, came_how: str, document: str) -> Teacher:
    """Inside a change: make the file and employment of somebody who belongs to a unit from `starts` on; `has_file` was asked before.

    Where the unit has a seat account, they take a seat of it: one that was approved for use, else a vacant one. `document` is the number
    of the approval. Refused by `SeatsRefused` where no seat is vacant.
    """
    teacher = _file(who, starts)
    identity = IdentityDocument(teacher=teacher, kind="1")
    identity.number = who.number
    identity.save(force_insert=True)
    if who.phone:
        contact = Contact(teacher=teacher)
        contact.phone = who.phone
        contact.save(force_insert=True)
    _learning(teacher, who)
    Employment.objects.create(teacher=teacher, unit=unit, valid=Range(starts, None), in_quota=True, came_how=came_how)
    take_seat(actor, teacher, unit, starts, document)
    return teacher


def hire(*, actor: Any, applicant: Applicant, starts: date, document: str) -> Teacher:
    """Make the file and employment of an applicant whose publicity has passed, with a seat: see `take_on`.

    Refused by `SeatsRefused` where no seat is vacant, by `NotAllowed` where somebody with this number has a file already or the applicant
    was erased, by the database where the publicity has not passed.
    """
    said, number = said_of(applicant), applicant.number.reveal()
    if not said:
        raise NotAllowed(_("What the applicant said was erased."))
    if has_file(number):
        raise NotAllowed(
            _(
                "No. %(serial)s: somebody with this identity number has a file. Who is on staff elsewhere is transferred, not hired."
            )
            % {"serial": applicant.serial}
        )
    who = Newcomer(
        name=name_of(applicant), number=number, sex=said["sex"], birth=date.fromisoformat(said["birth"]), phone=applicant.phone.reveal(),
        **{name: said.get(name, "") for name in ("education", "degree", "school", "major", "graduated", "putonghua")},
    )  # fmt: skip
    with change("personnel.hire", actor=actor, reason=applicant.recruitment.title, document=document):
        teacher = take_on(
            actor=actor, who=who, unit=applicant.post.unit, starts=starts, came_how=CAME, document=document
        )
        applicant.stage, applicant.hired = STAGE.HIRED, teacher
        applicant.save(update_fields={"stage", "hired"})
    return teacher


def _file(who: Newcomer, starts: date) -> Teacher:
    keys = pinyin_keys(who.name)
    return Teacher.objects.create(
        key=create_key(), name=who.name, pinyin=keys.spaced[:120], initials=keys.initials[:30], sex=who.sex, birth=who.birth,
        work_start=str(PartialDate(starts.year, starts.month)),
    )  # fmt: skip


def take_seat(actor: Any, teacher: Teacher, unit: Unit, starts: date, document: str) -> None:
    """A seat of the unit's quota from a day on, where it has an account: one that was approved for use, else a vacant one."""
    kind = at(SeatHolding, starts, unit=unit).quota_kind
    if not SeatAccount._base_manager.filter(unit=unit, kind=kind).exists():
        return
    kept = next((one for one, _left in usable(unit, kind, starts)), None)
    occupy(actor=actor, teacher=teacher, unit=unit, kind=kind, on=starts, reservation=kept, document=document)


def _learning(teacher: Teacher, who: Newcomer) -> None:
    if who.education:
        Education.objects.create(
            teacher=teacher, level=who.education, degree=who.degree, school=who.school, subject=who.major,
            ends=str(PartialDate.parse(who.graduated)) if who.graduated else None,
        )  # fmt: skip
    if who.putonghua:
        level = code_label("putonghua_level", who.putonghua)
        Certificate.objects.create(teacher=teacher, kind="putonghua", name=PUTONGHUA, level=level)
