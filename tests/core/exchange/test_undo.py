"""Undo of a batch: what it made goes, what it changed goes back, what was edited since stays, what something stands on is blocked."""

from __future__ import annotations

import datetime as dt

import pytest

from core.exchange.models import Batch
from core.exchange.undo.services import take_back, undo_preview
from core.records.models import Change
from personnel.models import Contact, Employment, Teacher
from tests.core.exchange.books import LI, WANG, line, roster, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school_a", "second_school_a")]
SEPTEMBER = dt.date(2026, 9, 1)


def test_new(county_clerk, county_a):
    batch = sent(county_clerk, county_a, roster(["籍贯", "联系电话"], line(WANG, "太原", "13800138000"), line(LI, "榆林")), day=SEPTEMBER)
    print(undo_preview(actor=county_clerk, batch=batch).counts())
    done = take_back(batch.pk, county_clerk, reason="错了")
    print(done.undo_report, done.state)
    assert Teacher.objects.count() == 0 == Employment.objects.count() == Contact.objects.count()
    assert Change.objects.latest("pk").source == f"undo:{batch.pk}"
    assert done.state == Batch.State.UNDONE
