"""What is written only as long as a recruitment stands where it stands, and the step that ends that, at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from core.org.errors import NotAllowed
from core.workflow.services import advance
from personnel.models import PlannedPost
from personnel.services.recruitment.planning import add_row, draw_up_plan

pytestmark = pytest.mark.usefixtures("committed_db")
PATIENCE = 10


def test_a_plan_is_not_sent_between_a_row_and_its_commit_and_takes_no_row_afterwards(county_clerk, school_a):
    plan = draw_up_plan(actor=county_clerk, year=2026, title="2026年招聘计划", words="")
    written, rows_when_sent, refused = threading.Event(), [], []

    def send():
        try:
            written.wait(PATIENCE)
            advance(plan.case, "send", actor=county_clerk)
            rows_when_sent.append(PlannedPost.objects.filter(plan=plan).count())
        finally:
            connection.close()

    other = threading.Thread(target=send)
    other.start()
    with transaction.atomic():
        add_row(actor=county_clerk, plan=plan, unit=school_a, stage="junior", subject="mathematics", number=2)
        written.set()
        other.join(0.5)
        assert other.is_alive()
    other.join(PATIENCE)
    try:
        add_row(actor=county_clerk, plan=plan, unit=school_a, stage="junior", subject="physics", number=9)
    except NotAllowed as error:
        refused.append(str(error))

    assert (rows_when_sent, len(refused), PlannedPost.objects.filter(plan=plan).count()) == ([1], 1, 1)
