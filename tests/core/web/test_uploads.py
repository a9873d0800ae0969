"""What stands before every upload, and what HEAD and refusals leave behind."""

import logging
import stat
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.exchange.models import Batch

pytestmark = pytest.mark.django_db
NEW, LOGIN, PROGRAM = reverse("import_new"), reverse("account_login"), reverse("api_imports")


def workbook(size=100):
    return SimpleUploadedFile("名册.xlsx", b"PK" + b"0" * size)


def kept(folder):
    return [path for path in Path(folder).rglob("*") if path.is_file()]


@pytest.fixture
def spool(settings, tmp_path):
    """Uploads of any size go to this folder first."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "var" / "uploads"
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    return settings.FILE_UPLOAD_TEMP_DIR


@pytest.mark.parametrize("address", [LOGIN, NEW, PROGRAM, "/", "/api/v1/nowhere/"])
@pytest.mark.parametrize("checks", [True, False])
def test_nobody_uploads_without_logging_in(spool, address, checks):
    answer = Client(enforce_csrf_checks=checks).post(address, {"login": "x", "file": workbook()})

    assert answer.status_code in {302, 401, 403, 405}
    assert not spool.exists()


def test_a_login_that_sends_a_file_is_refused(spool):
    assert Client().post(LOGIN, {"login": "x", "password": "y", "file": workbook()}).status_code == 403


def test_more_than_the_largest_upload_is_refused_by_page_and_program(settings, login, county_clerk):
    settings.MOST_UPLOAD_BYTES = 5000
    client = login(county_clerk)

    page, program = (client.post(address, {"file": workbook(6000)}) for address in (NEW, PROGRAM))

    assert (page.status_code, program.status_code) == (413, 413)
    assert "表单太大" in page.content.decode()
    assert program.json()["code"] == "too_large"
    assert not Batch.objects.exists()


def test_what_is_spooled_lies_in_a_folder_of_ours_that_nobody_else_enters(spool, login, county_clerk):
    unit = str(county_clerk.unit.public_id)

    answer = login(county_clerk).post(NEW, {"file": workbook(), "unit": unit})

    assert answer.status_code == 302
    assert stat.S_IMODE(spool.stat().st_mode) == 0o700
    assert kept(spool) == []


def test_a_form_without_files_is_small(settings, login, county_clerk):
    body = "q=" + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    answer = Client().post(LOGIN, body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413


def test_head_has_the_headers_of_get_and_no_body(login, county_clerk):
    for client, address in ((Client(), LOGIN), (login(county_clerk), reverse("imports")), (Client(), "/api/v1/me/")):
        got, asked = client.get(address), client.head(address)
        assert (asked.status_code, asked.content) == (got.status_code, b"")
        assert int(asked.headers["Content-Length"]) > 0


def test_a_refusal_is_no_line_in_the_log(login, auditor, caplog):
    logger = logging.getLogger("django.request")

    answer = login(auditor).get(reverse("imports"))

    assert answer.status_code == 403
    assert not logger.isEnabledFor(logging.WARNING)
    assert logger.isEnabledFor(logging.ERROR)
    assert caplog.records == []
