"""Evidence files: told by their content, limited, without the place where a picture was taken."""

from io import BytesIO

import pytest
from PIL import ExifTags, Image

from core.exchange.evidence import EvidenceLimits, NotEvidence, keep_evidence, kept_file, read_evidence, token_of
from core.records.storage import content_of
from tests.core.exchange.papers import PDF, PLACE, blank, phone_picture, photo

LIMITS = EvidenceLimits(megabytes=1, megapixels=1)


@pytest.mark.parametrize(
    ("name", "content", "kept", "content_type"),
    [
        ("批复.pdf", PDF, "批复.pdf", "application/pdf"),
        ("批复.pdf", photo(), "批复.jpg", "image/jpeg"),
        ("a.jpg", photo("PNG"), "a.png", "image/png"),
        ("../../IMG_1.HEIC", phone_picture(), "IMG_1.heic", "image/heic"),
    ],
)
def test_a_file_is_what_its_content_says_and_is_named_so(name, content, kept, content_type):
    read = read_evidence(name, content, LIMITS)

    assert (read.name, read.content_type) == (kept, content_type)


@pytest.mark.parametrize("content", [photo(), photo("PNG"), phone_picture()])
def test_where_a_picture_was_taken_is_not_kept(content):
    assert PLACE in content

    assert PLACE not in read_evidence("a", content, LIMITS).content


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_stays_upright_and_as_it_was(form):
    content = photo(form)

    kept = Image.open(BytesIO(read_evidence("a", content, LIMITS).content))

    assert dict(kept.getexif()) == {ExifTags.Base.Orientation: 6}
    assert kept.getexif().get_ifd(ExifTags.IFD.GPSInfo) == {}
    before, after = Image.open(BytesIO(content)).convert("L"), kept.convert("L")
    assert max(abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)) <= 4


def test_the_picture_of_a_phone_keeps_every_byte_but_its_notes():
    content = phone_picture()

    kept = read_evidence("a.heic", content, LIMITS).content

    assert kept == content.replace(PLACE, bytes(len(PLACE)))
    assert b"PICTURE" in kept


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00 a program", "unknown"),
        (b"<html><script>alert(1)</script>", "unknown"),
        (b"%PDF-1.4\n cut off", "damaged"),
        (photo()[:300], "damaged"),
        (photo("PNG")[:200], "damaged"),
        (b"\xff\xd8\xff" + b"junk" * 50, "damaged"),
        (blank((1200, 1000)), "too_many_pixels"),
        (PDF + bytes(1024 * 1024), "too_large"),
        (phone_picture()[:60], "damaged"),
        (b"\0\0\0\x14ftypheic\0\0\0\0mif1" + b"\0\0\0\0free" * 3, "damaged"),
        (phone_picture().replace(b"Exif", b"mime", 1)[:-30], "damaged"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_reason(content, code):
    with pytest.raises(NotEvidence) as refused:
        read_evidence("a.pdf", content, LIMITS)

    assert refused.value.code == code


@pytest.mark.parametrize("place", range(8, 150, 3))
def test_a_broken_box_is_refused_or_read_and_never_more(place):
    content = bytearray(phone_picture())
    content[place] ^= 0xFF

    try:
        outcome = len(read_evidence("a.heic", bytes(content), LIMITS).content)
    except NotEvidence as refused:
        outcome = refused.code

    assert outcome in {"damaged", "unknown", len(content)}


@pytest.mark.django_db
def test_a_kept_file_is_sealed_and_known_again_by_its_sender_only(county_clerk, second_county_clerk):
    stored = keep_evidence(read_evidence("批复.pdf", PDF, LIMITS))

    token = token_of(stored, county_clerk)

    assert content_of(stored) == PDF
    assert kept_file(token, county_clerk) == stored
    assert kept_file(token, second_county_clerk) is None
    assert kept_file(token + "x", county_clerk) is None
    assert kept_file("nonsense", county_clerk) is None
