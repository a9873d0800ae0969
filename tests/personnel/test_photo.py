"""The portrait photo: uploaded, replaced, looked at, and nothing of the sender's bytes kept."""

import io
import struct
import subprocess
import sys
import threading
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from config.env import CHECKOUT
from core.records.storage import content_of, path_of
from personnel import portraits
from personnel.models import Photo
from personnel.portraits import NotAPortrait, read_portrait
from personnel.rules import PortraitSize
from tests.personnel.files import make_file
from tests.personnel.journeys import because, send
from tests.personnel.test_change_pages import add_url, change_url, shown_in

pytestmark = pytest.mark.django_db
LEAST = PortraitSize(width=260, height=320)
SECRET = "taken at home, 30.1 N 120.2 E"


def picture(width=520, height=640, kind="JPEG", colour="#88aacc", *, turned=False, through=False):
    made = Image.new("RGBA" if through else "RGB", (width, height), "#00000000" if through else colour)
    if not through:
        made.paste("#cc2200", (0, 0, width // 2, height // 2))
    exif = made.getexif()
    exif[0x010E] = SECRET
    if turned:
        exif[0x0112] = 6
    out = io.BytesIO()
    made.save(out, kind, exif=exif)
    return out.getvalue()


def upload(client, url, content, name="IMG_0123.jpg", **more):
    data = {"file": SimpleUploadedFile(name, content), **because("新入职照片", "filled_in"), "document": "", **more}
    return send(client, url, data)


def photo_url(teacher):
    return reverse("teacher_photo", args=[teacher.public_id])


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a)


def test_a_clerk_uploads_a_photo_and_it_stands_beside_the_name(login, county_clerk, teacher):
    client = login(county_clerk)
    assert client.get(photo_url(teacher)).status_code == 404

    answer = upload(client, add_url(teacher, "photo"), picture(), taken_on="2026-09-01")

    assert answer["Location"].endswith("?tab=basic")
    page = client.get(reverse("teacher", args=[teacher.public_id])).content.decode()
    assert f'src="{photo_url(teacher)}"' in page
    shown = client.get(photo_url(teacher))
    assert (shown["Content-Type"], "no-store" in shown["Cache-Control"]) == ("image/jpeg", True)
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(shown.content)).size == (520, 640)
    photo = Photo.objects.get(teacher=teacher)
    assert (str(photo.taken_on), photo.history.get().change.reason) == ("2026-09-01", "新入职照片")


def test_nothing_but_the_picture_is_kept_and_that_is_sealed(login, county_clerk, teacher):
    upload(login(county_clerk), add_url(teacher, "photo"), picture())

    stored = Photo.objects.select_related("file__key").get(teacher=teacher).file
    assert SECRET.encode() not in content_of(stored)
    assert content_of(stored)[:32] not in path_of(stored).read_bytes()


def test_a_replaced_photo_stays_in_the_history(login, county_clerk, teacher):
    client = login(county_clerk)
    upload(client, add_url(teacher, "photo"), picture(), name="旧照.jpg")
    photo = Photo.objects.get(teacher=teacher)
    url = change_url(teacher, "photo", photo)
    revision = shown_in(client.get(url))["revision"]

    upload(client, url, picture(colour="#005500"), name="新照.png", revision=revision)

    photo.refresh_from_db()
    assert (photo.revision, photo.file.name) == (2, "新照.jpg")
    before = photo.history.get(revision=1)
    assert (before.file.name, content_of(before.file) != content_of(photo.file)) == ("旧照.jpg", True)
    page = client.get(reverse("teacher_history", args=[teacher.public_id])).content.decode()
    assert "旧照.jpg" in page
    assert "新照.jpg" in page


def test_the_same_photo_again_is_no_change(login, county_clerk, teacher):
    client = login(county_clerk)
    upload(client, add_url(teacher, "photo"), picture())
    photo = Photo.objects.get(teacher=teacher)

    answer = upload(client, change_url(teacher, "photo", photo), picture(), revision=photo.revision)

    assert answer.status_code == 422
    assert Photo.objects.get(teacher=teacher).revision == 1


def test_the_day_is_put_right_without_sending_the_photo_again(login, county_clerk, teacher):
    client = login(county_clerk)
    upload(client, add_url(teacher, "photo"), picture())
    photo = Photo.objects.get(teacher=teacher)

    send(
        client,
        change_url(teacher, "photo", photo),
        {"taken_on": "2026-08-01", **because("日期有误", "typing"), "document": "", "revision": photo.revision},
    )

    after = Photo.objects.get(teacher=teacher)
    assert (str(after.taken_on), after.file_id) == ("2026-08-01", photo.file_id)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00 no picture", "不是 JPEG 或 PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是 JPEG 或 PNG"),
        (picture()[:400], "不是 JPEG 或 PNG"),
        (picture(kind="GIF"), "不是 JPEG 或 PNG"),
        (picture(120, 160), "120 × 160"),
        (b"\xff" * (10 * 1024 * 1024 + 1), "10 MB"),
    ],
)
def test_what_is_no_photo_is_refused_with_what_to_do(login, county_clerk, teacher, content, words):
    answer = upload(login(county_clerk), add_url(teacher, "photo"), content)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "新入职照片" in answer.content.decode(), "what was typed is still there"
    assert not Photo.objects.exists()


def test_a_bomb_is_not_unpacked():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )

    with pytest.raises(NotAPortrait) as refused:
        read_portrait("x.png", bomb, LEAST)
    assert refused.value.code in {"too_many_pixels", "no_picture"}


def test_a_picture_of_more_pixels_than_are_unpacked_is_refused():
    out = io.BytesIO()
    Image.new("1", (5001, 5000)).save(out, "PNG")

    with pytest.raises(NotAPortrait) as refused:
        read_portrait("x.png", out.getvalue(), LEAST)

    assert refused.value.code == "too_many_pixels"


MEASURE = """
import io, resource, sys
from PIL import Image
from personnel.portraits import read_portrait
from personnel.rules import PortraitSize
content = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read_portrait("x.png", content, PortraitSize(width=260, height=320))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(("kind", "mode", "most"), [("PNG", "RGBA", 320), ("PNG", "P", 320), ("JPEG", "RGB", 80)])
def test_the_largest_picture_takes_bounded_memory(kind, mode, most):
    out = io.BytesIO()
    Image.new(mode, (5000, 5000)).save(out, kind)

    done = subprocess.run(
        [sys.executable, "-c", MEASURE], input=out.getvalue(), capture_output=True, check=True, cwd=CHECKOUT
    )

    assert int(done.stdout) < most


def test_one_picture_at_a_time_is_unpacked():
    read = threading.Thread(target=read_portrait, args=("x.jpg", picture(), LEAST))

    with portraits._unpacking:
        read.start()
        read.join(0.3)
        assert read.is_alive()
    read.join(10)
    assert not read.is_alive()


def test_a_turned_photo_stands_upright():
    kept = Image.open(io.BytesIO(read_portrait("x.jpg", picture(640, 520, turned=True), LEAST).content))
    assert kept.size == (520, 640)
    assert kept.getexif() == {}


def test_a_large_one_is_made_smaller_and_what_lets_through_becomes_white():
    large = Image.open(io.BytesIO(read_portrait("x.jpg", picture(3000, 4000), LEAST).content))
    clear = Image.open(io.BytesIO(read_portrait("x.png", picture(kind="PNG", through=True), LEAST).content))
    assert large.size == (900, 1200)
    assert min(clear.getpixel((10, 10))) > 250


def test_only_who_sees_the_file_sees_the_photo(login, county_clerk, other_county_clerk, auditor, teacher):
    upload(login(county_clerk), add_url(teacher, "photo"), picture())
    stranger = login(other_county_clerk)
    nowhere = stranger.get("/teachers/00000000-0000-4000-8000-000000000000/photo/")

    found = stranger.get(photo_url(teacher))

    assert (found.status_code, found.content) == (404, nowhere.content)
    assert login(auditor).get(photo_url(teacher)).status_code in {403, 404}
    assert upload(stranger, add_url(teacher, "photo"), picture()).status_code == 404


def test_a_teacher_sees_the_own_photo_and_nobody_elses(login, county_clerk, teacher, teacher_actor, own_file):
    for one in (teacher, own_file):
        upload(login(county_clerk), add_url(one, "photo"), picture())

    assert login(teacher_actor).get(photo_url(own_file)).status_code == 200
    assert login(teacher_actor).get(photo_url(teacher)).status_code == 404


def test_a_photo_that_the_disk_lost_breaks_no_page(login, county_clerk, teacher):
    client = login(county_clerk)
    upload(client, add_url(teacher, "photo"), picture())
    path_of(Photo.objects.select_related("file").get(teacher=teacher).file).unlink()

    assert client.get(photo_url(teacher)).status_code == 404
    assert client.get(reverse("teacher", args=[teacher.public_id])).status_code == 200
