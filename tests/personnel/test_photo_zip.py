"""Several people's photos as a zip: who is meant by the name of a file, what a picture must be, and zips that mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date

import pytest
from django.urls import reverse

from core.exchange.applying import apply_batch
from core.exchange.models import Batch, BatchRow
from core.exchange.provenance import cells
from core.exchange.reading import limits
from core.exchange.services import accept_batch
from core.records.models import Change
from core.records.storage import content_of
from personnel.models import Employment, Photo
from tests.core.exchange.books import CHEN, LI, WANG, counts, sent, told
from tests.factories.people import make_teacher
from tests.personnel.test_photo import SECRET, picture

pytestmark = pytest.mark.django_db
RED, GREEN = picture(colour="#aa0000"), picture(colour="#00aa00")


def pack(*files, **options):
    """A zip of (name, bytes)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def in_gbk(content, marks):
    """The zip as Chinese Windows writes it: names in GBK and no mark of UTF-8."""
    for mark, name in marks.items():
        content = content.replace(mark.encode(), name.encode("gbk"))
    return content


@pytest.fixture
def people(school_a):
    return {
        who[0]: make_teacher(who[0], school_a, identity_number=who[1], staff_number=staff)
        for who, staff in ((WANG, "A001"), (LI, "A002"), (CHEN, "A003"))
    }


@pytest.fixture
def post(county_clerk, county_a):
    """`post(content)`: the zip sent and, unless told otherwise, accepted."""
    return lambda content, **options: sent(county_clerk, county_a, content, name="照片.zip", **options)


def kept(teacher):
    return Photo.objects.get(teacher=teacher)


def test_photos_come_in_by_identity_number_and_by_staff_number(post, people):
    batch = post(pack((f"{WANG[1]}.jpg", RED), ("一中/A002.PNG", picture(kind="PNG"))))

    assert (batch.state, batch.kind, counts(batch), told(batch)) == ("applied", "photos", {"new": 2}, set())
    photo = kept(people[WANG[0]])
    assert SECRET.encode() not in content_of(photo.file)
    assert photo.file.name == f"{WANG[0]}.jpg"
    assert Change.objects.filter(source=f"batch:{batch.pk}").count() == 1
    source = cells([photo.source_row])[photo.source_row]
    assert (source.batch, source.row) == (batch.pk, 1)
    assert not Photo.objects.filter(teacher=people[CHEN[0]]).exists()


def test_the_same_zip_again_is_the_same_and_another_picture_is_a_change(post, people):
    content = pack((f"{WANG[1]}.jpg", RED), ("A002.jpg", RED))
    post(content)

    again = post(content, accept=False)
    assert counts(again) == {"same": 2}
    changed = post(pack((f"{WANG[1]}.jpg", GREEN), ("A002.jpg", RED), ("A003.jpg", RED)))

    assert counts(changed) == {"changed": 1, "same": 1, "new": 1}
    assert Photo.objects.count() == 3
    assert kept(people[WANG[0]]).revision == 2


def test_what_is_wrong_with_a_file_keeps_that_file_out_only(post, people):
    big = b"\xff\xd8\xff" + b"x" * (10 * 1024 * 1024)
    batch = post(
        pack(
            ("A001.jpg", RED), ("nobody.jpg", RED), ("A002.jpg", b""), (f"{CHEN[1]}.jpg", picture(100, 120)), ("readme.txt", b"a"),
        )
    )  # fmt: skip
    assert counts(batch) == {"new": 1, "refused": 4}
    assert {(row, code) for _sheet, row, _column, code in told(batch)} == {
        (2, "unknown_number"), (3, "no_picture"), (4, "picture_too_small"), (5, "unknown_number"),
    }  # fmt: skip

    batch = post(pack(("A002.jpg", big), ("A003.jpg", pack(("x.jpg", RED)))))
    assert {(row, code) for _sheet, row, _column, code in told(batch)} == {(1, "picture_too_large"), (2, "no_picture")}


def test_two_files_of_one_person_are_both_refused(post, people):
    batch = post(pack(("A001.jpg", RED), (f"{WANG[1]}.jpg", GREEN), ("A002.jpg", RED)))
    assert counts(batch) == {"new": 1, "refused": 2}
    assert {code for *_where, code in told(batch)} == {"several_files"}


def test_a_staff_number_is_looked_for_among_ones_own_people_only(post, people, school_a, school_b, second_school_a):
    make_teacher("外人", school_b, staff_number="A001")
    make_teacher("别人", school_b, staff_number="B777")
    make_teacher("同号", second_school_a, staff_number="A002")

    batch = post(pack(("A001.jpg", RED), ("B777.jpg", RED), ("A002.jpg", RED)))

    assert counts(batch) == {"new": 1, "refused": 2}
    assert {(row, code) for _sheet, row, _column, code in told(batch)} == {
        (2, "unknown_number"),
        (3, "ambiguous_number"),
    }


def test_a_photo_of_somebody_kept_elsewhere_is_refused_and_nothing_is_said_of_them(post, school_b, city):
    make_teacher("外人", school_b, identity_number=WANG[1])
    batch = post(pack((f"{WANG[1]}.jpg", RED)))
    assert {code for *_where, code in told(batch)} == {"out_of_scope"}
    assert BatchRow.objects.get(batch=batch).subject is None


def test_who_was_transferred_after_the_check_is_left_out(post, people, school_b, county_clerk):
    from psycopg.types.range import Range

    from core.records.changes import change

    batch = post(pack(("A001.jpg", RED), ("A002.jpg", RED)), accept=False)
    with change("test.move", actor=county_clerk, reason="test"):
        moved = Employment.objects.get(teacher=people[WANG[0]])
        moved.valid = Range(moved.valid.lower, date(2020, 1, 1))
        moved.save()
        Employment.objects.create(teacher=people[WANG[0]], unit=school_b, valid=Range(date(2020, 1, 1), None))

    apply_batch(batch.pk, county_clerk)

    batch.refresh_from_db()
    assert counts(batch) == {"new": 1, "refused": 1}
    assert list(Photo.objects.values_list("teacher", flat=True)) == [people[LI[0]].pk]


def test_a_photo_that_came_in_between_is_not_overwritten(post, people, county_clerk):
    first = post(pack(("A001.jpg", RED)), accept=False)
    post(pack(("A001.jpg", GREEN)))
    apply_batch(first.pk, county_clerk)
    first.refresh_from_db()
    assert counts(first) == {"refused": 1}
    assert kept(people[WANG[0]]).revision == 1


def test_accepting_twice_writes_once_and_what_breaks_half_way_writes_nothing(post, people, county_clerk, monkeypatch):
    batch = post(pack(("A001.jpg", RED), ("A002.jpg", RED)), accept=False)
    from personnel.resources import photos

    real, calls = photos.store, []

    def breaks(*args, **options):
        calls.append(args)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return real(*args, **options)

    monkeypatch.setattr(photos, "store", breaks)
    with pytest.raises(OSError, match="No space"):
        apply_batch(batch.pk, county_clerk)
    assert (Photo.objects.count(), Batch.objects.get(pk=batch.pk).state) == (0, "checked")

    apply_batch(batch.pk, county_clerk)
    apply_batch(batch.pk, county_clerk)
    assert Photo.objects.count() == 2


def test_names_in_gbk_folders_and_what_systems_add(post, school_a):
    make_teacher("张诚", school_a, staff_number="甲誠一")
    content = pack(
        ("AAAA/BBBBBB.jpg", RED), ("__MACOSX/AAAA/._BBBBBB.jpg", b"junk"), ("Thumbs.db", b"x"), (".DS_Store", b"x"),
    )  # fmt: skip
    batch = post(in_gbk(content, {"AAAA": "照片", "BBBBBB": "甲誠一"}))

    assert (batch.state, counts(batch), told(batch)) == ("applied", {"new": 1}, set()), batch.trouble
    assert [why for *_rows, why, _text in batch.report["sheets"][0]["skipped"]] == ["junk"] * 3
    assert counts(post(pack(("照片/甲誠一.jpg", RED)), accept=False)) == {"same": 1}


def test_hostile_zips_are_refused_whole(post, people):
    zeros = pack(("A001.jpg", b"\0" * (30 * 1024 * 1024)))
    damaged = bytearray(pack(("A001.jpg", RED)))
    damaged[60:200] = b"\0" * 140
    locked = bytearray(pack(("A001.jpg", RED)))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = bytes(locked).index(mark) + at
        locked[place : place + 2] = struct.pack("<H", 1)
    for content, code in (
        (zeros, "zip_bomb"),
        (pack(("../A001.jpg", RED)), "unsafe_names"),
        (pack(("/etc/A001.jpg", RED)), "unsafe_names"),
        (pack(("A001.jpg", RED), ("a001.JPG", RED)), "unsafe_names"),
        (bytes(locked), "encrypted"),
        (pack(("A001.jpg", RED))[:-30], "damaged"),
        (pack(("roster.xlsx", b"x")), "not_a_workbook"),
        (pack(*((f"{number}.jpg", b"") for number in range(limits.MAX_ENTRIES + 1))), "too_many_entries"),
    ):
        batch = post(content)
        assert (batch.state, batch.trouble.get("code")) == ("unreadable", code), code
    batch = post(bytes(damaged))
    assert {code for *_where, code in told(batch)} == {"no_picture"}
    assert Photo.objects.count() == 0


def test_the_pages_show_files_with_masked_numbers_and_never_ask_for_a_template(
    login, county_clerk, county_approver, post, people
):
    batch = post(pack((f"{WANG[1]}.jpg", RED), (f"{LI[1]}.jpg", b""), ("A003.jpg", RED)), accept=False)
    client = login(county_clerk)
    for tab in ("new", "refused", "columns"):
        page = client.get(reverse("batch", args=[batch.public_id]) + f"?tab={tab}").content.decode()
        assert WANG[1] not in page
        assert LI[1] not in page
    assert WANG[0] in client.get(reverse("batch", args=[batch.public_id]) + "?tab=new").content.decode()
    assert client.get(reverse("template_file", args=["photos"])).status_code == 404
    assert "templates/photos" not in client.get(reverse("import_new")).content.decode()

    job = accept_batch(actor=county_approver, batch=batch)
    assert job.kind == "exchange.apply"


def test_a_photo_zip_is_no_roster_and_a_clerk_sends_it_by_the_page(login, county_clerk, county_a, people):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = login(county_clerk).post(
        reverse("import_new"),
        {"file": SimpleUploadedFile("照片.zip", pack(("A001.jpg", RED))), "unit": str(county_a.public_id), "day": ""},
    )
    assert answer.status_code == 302
