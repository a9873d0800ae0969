"""A teacher of the school of the story who holds an open slip: the way to a first login, to be tried out."""

from __future__ import annotations

from typing import Any

from config.demo.logins import LOGINS, SLIP_CODE, SLIP_NUMBER
from config.demo.writing.offices import Offices
from core.org.models import User
from core.records.changes import change
from personnel.models import ActivationSlip, IdentityDocument
from personnel.selectors.teachers import teachers_on
from personnel.services.slips import digest_of, hand_out

CLERK = "school.clerk"


def hand_out_a_slip(offices: Offices) -> None:
    """The school's clerk hands one out; its code and the number of a passport are those that the login page of the demo names."""
    clerk = offices.actor(CLERK, offices.day)
    known = [login.name for login in LOGINS]
    here: Any = teachers_on(clerk, offices.day)
    here = here.filter(user__isnull=True, status__isnull=True).exclude(name__in=known)
    teacher = here.select_related("key").order_by("staff_number", "pk").first()
    if teacher is None:
        return
    with change("personnel.add_fact", actor=clerk, reason="登记护照"):
        passport = IdentityDocument(teacher=teacher, kind="A")
        passport.number = SLIP_NUMBER
        passport.save()
    handed, _refused = hand_out(actor=clerk, teachers=[teacher], reason="开通本人档案查看")
    with change("personnel.hand_out_slip", actor=User.objects.system(), reason="演示用的激活码"):
        ActivationSlip.objects.filter(pk=handed[0].slip.pk).update(digest=digest_of(SLIP_CODE))
