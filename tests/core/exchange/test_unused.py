"""What was attached to a form that nobody sent is erased after some days; what something names never is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.dates import SHANGHAI
from core.exchange.evidence import kept_file, token_of
from core.exchange.unused import forget_unused
from core.records.changes import change
from core.records.keys import destroy_key
from core.records.models import Change
from core.records.storage import path_of, store
from core.records.vault import create_key
from personnel.models import Photo
from tests.core.exchange.papers import PDF
from tests.factories.people import make_teacher

pytestmark = pytest.mark.django_db
LATER = timedelta(9)


@pytest.fixture
def sent():
    return store("批复.pdf", PDF, content_type="application/pdf")


def forget(django_capture_on_commit_callbacks, after=LATER):
    with django_capture_on_commit_callbacks(execute=True):
        # Files are stored at the hour of the database, whatever day the tests have.
        return forget_unused(timezone.localdate(timezone=SHANGHAI) + after)


def test_it_is_erased_by_one_change_and_taken_off_the_disk(sent, county_clerk, django_capture_on_commit_callbacks):
    other, token = store("二.jpg", PDF, content_type="image/jpeg"), token_of(sent, county_clerk)
    assert kept_file(token, county_clerk) == sent

    assert forget(django_capture_on_commit_callbacks) == 2

    assert [path_of(one).exists() for one in (sent, other)] == [False, False]
    assert kept_file(token, county_clerk) is None
    done = Change.objects.get(kind="records.erase")
    assert ("个人信息保护法" in done.document, "7" in done.reason, done.actor.username) == (True, True, "system")
    sent.key.refresh_from_db()
    assert sent.key.wrapped is None
    assert forget(django_capture_on_commit_callbacks) == 0


def test_it_waits_for_the_days_of_the_parameter(sent, django_capture_on_commit_callbacks):
    assert forget(django_capture_on_commit_callbacks, timedelta(7)) == 0
    assert forget(django_capture_on_commit_callbacks, timedelta(8)) == 1


def test_what_a_change_a_record_or_history_names_stays(
    sent, school_a, county_clerk, django_capture_on_commit_callbacks
):
    teacher = make_teacher("林婉清", school_a)
    first, second = (store(f"{name}.jpg", PDF, content_type="image/jpeg") for name in "一二")
    with change("personnel.correct_fact", actor=county_clerk, reason="换照片", evidence=sent):
        photo = Photo.objects.create(teacher=teacher, file=first)
        photo.file = second
        photo.save()

    assert forget(django_capture_on_commit_callbacks) == 0
    assert all(path_of(one).exists() for one in (sent, first, second))


def test_other_files_and_those_under_a_key_of_others_are_left_alone(
    school_a, county_clerk, django_capture_on_commit_callbacks
):
    teacher = make_teacher("林婉清", school_a)
    store("名册.xlsx", b"PK", content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    store("一.pdf", PDF, content_type="application/pdf", key=teacher.key)
    shared = create_key()
    gone = store("二.pdf", PDF, content_type="application/pdf", key=shared)
    destroy_key(gone.key, actor=county_clerk, reason="依法删除", document="删字1号")

    assert forget(django_capture_on_commit_callbacks) == 0
    teacher.key.refresh_from_db()
    assert teacher.key.wrapped is not None
