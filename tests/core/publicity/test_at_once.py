"""An objection and the end of a publicity at the same moment: one of them is told."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from django.db import connections

from core.org.errors import NotAllowed
from core.publicity.models import Objection, Publicity
from core.publicity.services import conclude, object_to
from core.records.errors import RecordError
from tests.core.publicity.conftest import LAST, said


def test_of_an_objection_and_an_end_at_once_none_overlooks_the_other(committed_db, published, county_approver, at_day):
    at_day(LAST)
    ready, outcomes = threading.Barrier(9), []
    after = replace(county_approver, on=date(2026, 11, 26))

    def attempt(work):
        ready.wait()
        try:
            work()
            outcomes.append("done")
        except (NotAllowed, RecordError) as error:
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    works = [lambda: conclude(actor=after, publicity=Publicity.objects.get(pk=published.pk))]
    works += [lambda: object_to(publicity=Publicity.objects.get(pk=published.pk), **said()) for _ in range(8)]
    threads = [threading.Thread(target=attempt, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    state = Publicity.objects.get(pk=published.pk).state
    taken = Objection.objects.filter(publicity=published).count()
    assert (state, taken) == ("passed", 0) or (state == "open" and taken == 8) or (state == "passed" and taken == 0), (
        state,
        taken,
        outcomes,
    )


def test_nothing_is_passed_with_an_open_objection(committed_db, published, county_approver, pytestconfig):
    del pytestconfig
    object_to(publicity=published, **said())
    with pytest.raises(NotAllowed):
        conclude(actor=replace(county_approver, on=date(2026, 11, 26)), publicity=published)
