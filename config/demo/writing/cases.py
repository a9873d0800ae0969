"""What teachers of the first county asked to have corrected, and who stands in for its clerk next week."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from config.demo.people import Registry
from config.demo.writing.offices import Offices
from core.org.models import RoleAssignment
from core.records.storage import store
from core.workflow.services import stand_in
from personnel.models import Contact, Education, Teacher
from personnel.services.corrections import ask_correction

TELEPHONE, DEGREE = "teacher.lin", "teacher.gu"
CLERK, COLLEAGUE = "linxi.clerk", "zhou.yaqin"
PROOF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 297]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def ask_for_corrections(offices: Offices, registry: Registry, rng: Random) -> None:
    """One request waits at the school, one with its proof at the county; the county's clerk is away next week."""
    for username, section, model, asked in (
        (TELEPHONE, "contact", Contact, {"phone": registry.phone(rng)}),
        (DEGREE, "education", Education, {"school": "福建师范大学"}),
    ):
        actor = offices.actor(username, offices.day)
        teacher = Teacher.objects.select_related("key").filter(user=actor.user).first()
        record = model.objects.select_related("teacher__key").filter(teacher=teacher).order_by("pk").first()
        if teacher is None or record is None:
            continue
        proof = section == "education"
        ask_correction(
            actor=actor, teacher=teacher, section=section, record=record, values=asked,
            words="毕业证书上的校名与档案不一致。" if proof else "上月换了手机号码。",
            papers=[store("毕业证书.pdf", PROOF, content_type="application/pdf")] if proof else [],
        )  # fmt: skip
    clerk, colleague = offices.actor(CLERK, offices.day), offices.user(COLLEAGUE)
    if colleague is not None:
        held = RoleAssignment.objects.get(user=clerk.user, role=clerk.role, valid__contains=offices.day)
        clerk, first = replace(clerk, assignment=held.pk), offices.day + timedelta(days=7)
        stand_in(actor=clerk, user=colleague, starts=first, ends=first + timedelta(days=5), reason="赴市局培训")
