"""PDF of a paper by LibreOffice, where it is installed."""

from __future__ import annotations

import logging
import shutil
import subprocess
import tempfile
from pathlib import Path
from threading import Lock
from typing import Final

from django.utils.translation import gettext as _

PROGRAM: Final = "soffice"
# Seconds; the first start on a slow machine takes most of it.
LONGEST: Final = 60

log = logging.getLogger("shidang.documents")
# One at a time in each process: each takes a processor and a few hundred megabytes.
_converting = Lock()


class NoPdf(Exception):
    """There is no PDF, and why, in words."""


def can_convert() -> bool:
    """Whether LibreOffice is there."""
    return shutil.which(PROGRAM) is not None


def pdf_of(content: bytes) -> bytes:
    """The PDF of a .docx. Raises `NoPdf` where LibreOffice is missing, lacks its text program, or takes too long."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise NoPdf(
            _("This server has no LibreOffice, which makes PDF files. Download the Word file, or ask the operator.")
        )
    with _converting, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "paper.docx"
        source.write_bytes(content)
        profile = (folder / "profile").as_uri()
        order = [
            program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck", "--convert-to", "pdf", "--outdir",
            str(folder), str(source),
        ]  # fmt: skip
        try:
            done = subprocess.run(order, capture_output=True, timeout=LONGEST, check=False)
        except subprocess.TimeoutExpired as error:
            log.warning("LibreOffice took longer than %s seconds", LONGEST)
            raise NoPdf(_("LibreOffice did not answer in time. Try again, or download the Word file.")) from error
        made = folder / "paper.pdf"
        if not made.exists():
            log.warning("LibreOffice made no PDF: %s", done.stderr[-400:])
            raise NoPdf(
                _("LibreOffice could not make a PDF; its text program (Writer) may be missing. Download the Word file.")
            )
        return made.read_bytes()
