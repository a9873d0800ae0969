"""An applicant becomes a member of staff: everything that follows from a hire, in one change."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.selectors import label as code_label
from core.dates import PartialDate
from core.org.errors import NotAllowed
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


def hire(*, actor: Any, applicant: Applicant, starts: date, document: str) -> Teacher:
    """Make the file and employment of an applicant whose publicity has passed; they belong to the school from `starts` on.

    Where the school has a seat account, they take a seat of it: one that was approved for use, else a vacant one. `document` is the number
    of the approval. Refused by `SeatsRefused` where no seat is vacant, by `NotAllowed` where somebody with this number has a file already
    (that is a transfer) or the applicant was erased, by the database where the publicity has not passed.
    """
    said, number = said_of(applicant), applicant.number.reveal()
    if not said:
        raise NotAllowed(_("What the applicant said was erased."))
    if IdentityDocument._base_manager.filter(number_index=blind_index("identity", number)).exists():
        raise NotAllowed(
            _(
                "No. %(serial)s: somebody with this identity number has a file. Who is on staff elsewhere is transferred, not hired."
            )
            % {"serial": applicant.serial}
        )
    with change("personnel.hire", actor=actor, reason=applicant.recruitment.title, document=document):
        teacher = _file(name_of(applicant), said, starts)
        identity = IdentityDocument(teacher=teacher, kind="1")
        identity.number = number
        identity.save(force_insert=True)
        contact = Contact(teacher=teacher)
        contact.phone = applicant.phone.reveal()
        contact.save(force_insert=True)
        _learning(teacher, said)
        Employment.objects.create(
            teacher=teacher, unit=applicant.post.unit, valid=Range(starts, None), in_quota=True, came_how=CAME
        )
        _seat(actor, teacher, applicant.post.unit, starts, document)
        applicant.stage, applicant.hired = STAGE.HIRED, teacher
        applicant.save(update_fields={"stage", "hired"})
    return teacher


def _file(name: str, said: dict[str, str], starts: date) -> Teacher:
    keys = pinyin_keys(name)
    return Teacher.objects.create(
        key=create_key(), name=name, pinyin=keys.spaced[:120], initials=keys.initials[:30], sex=said["sex"],
        birth=date.fromisoformat(said["birth"]), work_start=str(PartialDate(starts.year, starts.month)),
    )  # fmt: skip


def _seat(actor: Any, teacher: Teacher, unit: Any, starts: date, document: str) -> None:
    kind = at(SeatHolding, starts, unit=unit).quota_kind
    if not SeatAccount._base_manager.filter(unit=unit, kind=kind).exists():
        return
    kept = next((one for one, _left in usable(unit, kind, starts)), None)
    occupy(actor=actor, teacher=teacher, unit=unit, kind=kind, on=starts, reservation=kept, document=document)


def _learning(teacher: Teacher, said: dict[str, str]) -> None:
    if said.get("education"):
        ends = said.get("graduated", "")
        Education.objects.create(
            teacher=teacher, level=said["education"], degree=said.get("degree", ""), school=said.get("school", ""),
            subject=said.get("major", ""), ends=str(PartialDate.parse(ends)) if ends else None,
        )  # fmt: skip
    if said.get("putonghua"):
        level = code_label("putonghua_level", said["putonghua"])
        Certificate.objects.create(teacher=teacher, kind="putonghua", name=PUTONGHUA, level=level)
