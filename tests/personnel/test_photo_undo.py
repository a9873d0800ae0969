"""A batch of photos is taken back like any other, of its own people only; its files have no cells to mark or to put right."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from core.exchange.fixing import Fix, fix_cells
from core.exchange.kinds import all_kinds
from core.exchange.returning.services import ask_for_return
from core.exchange.services import NotNow
from core.exchange.undo.touched import subject_model
from core.org.errors import NotAllowed
from core.records.changes import change
from personnel.models import Employment, Photo
from tests.core.exchange.books import CHEN, LI, WANG, counts, sent
from tests.core.exchange.undoing import undone
from tests.factories.people import make_teacher
from tests.personnel.test_photo import picture
from tests.personnel.test_photo_zip import pack

pytestmark = pytest.mark.django_db
RED, GREEN = picture(colour="#aa0000"), picture(colour="#00aa00")


@pytest.fixture
def people(school_a):
    """Three people, the first photo's number far from their own."""
    return {
        who[0]: make_teacher(who[0], school_a, identity_number=who[1], staff_number=staff)
        for who, staff in ((CHEN, "A003"), (WANG, "A001"), (LI, "A002"))
    }


def test_what_every_kind_is_about_is_known():
    assert [name for name in all_kinds() if subject_model(name) is None] == []


def test_photos_are_taken_back_and_told_by_whose_they_are(login, people, county_clerk, county_a, school_b):
    sent(county_clerk, county_a, pack(("A001.jpg", RED)), name="照片.zip")
    batch = sent(county_clerk, county_a, pack(*((f"A00{n}.jpg", GREEN) for n in (1, 2, 3))), name="照片.zip")
    assert counts(batch) == {"new": 2, "changed": 1}
    with change("test.transfer", actor=county_clerk, reason="调出"):
        Employment.objects.get(teacher=people[LI[0]]).supersede(on=date(2026, 11, 1), unit=school_b)

    page = login(county_clerk).get(reverse("batch_undo", args=[batch.public_id])).content.decode()
    assert (WANG[0] in page, CHEN[0] in page) == (True, True)
    undone(batch, county_clerk)

    assert {one.teacher.name for one in Photo.objects.all()} == {WANG[0], LI[0]}
    assert Photo.objects.get(teacher=people[WANG[0]]).revision == 3


def test_files_of_a_zip_are_neither_marked_nor_put_right(login, people, county_clerk, county_a):
    batch = sent(county_clerk, county_a, pack(("A001.jpg", RED), ("nobody.jpg", RED)), name="照片.zip", accept=False)
    assert counts(batch) == {"new": 1, "refused": 1}

    page = login(county_clerk).get(reverse("batch", args=[batch.public_id])).content.decode()

    assert ('name="cell:' in page, reverse("batch_returned", args=[batch.public_id]) in page) == (False, False)
    with pytest.raises(NotNow):
        ask_for_return(actor=county_clerk, batch=batch, reason="核对")
    with pytest.raises(NotAllowed):
        fix_cells(actor=county_clerk, batch=batch, fixes=[Fix(batch.report["sheets"][0]["name"], 0, "", "A002", 2)])
