"""Papers that the first county issued: a certificate that was replaced, one that was withdrawn, and a registration form."""

from __future__ import annotations

from typing import Final

from config.demo.writing.offices import Offices
from core.documents import services
from core.documents.kinds import all_kinds

FEWEST: Final = 3
PREFIX: Final = "临教人证"


def issue_papers(offices: Offices) -> None:
    """The clerk of the first county sets the prefix of its certificates and issues the first papers of the year."""
    clerk = offices.actor("linxi.clerk", offices.day)
    certificate, form = all_kinds()["in_post"], all_kinds()["register"]
    services.set_prefix(
        certificate, PREFIX, actor=clerk, on=offices.day, reason="按县教育局发文规定", document="临教办〔2026〕3号"
    )
    people = list(certificate.subjects(clerk).filter(status__isnull=True).order_by("staff_number", "pk")[:FEWEST])
    if len(people) < FEWEST:
        return
    one, two, three = people
    first = services.issue(certificate, one, actor=clerk, reason="本人申请", details={"purpose": "办理公积金贷款"})
    services.replace(first, actor=clerk, reason="用途写错", details={"purpose": "子女入学"})
    second = services.issue(certificate, two, actor=clerk, reason="本人申请", details={"purpose": "出国探亲"})
    services.withdraw(second, actor=clerk, reason="本人不再需要")
    services.issue(form, three, actor=clerk, reason="入档")
