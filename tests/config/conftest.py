"""Folders for servers of a test's own, which root's server account may enter too (pytest's tmp_path it may not)."""

import shutil
import tempfile
from pathlib import Path

import pytest

from config.local import account, postgres, valkey
from config.local.testing import session_folder


@pytest.fixture
def ground():
    """An empty folder, made with all usual rights; every server in it is stopped afterwards."""
    root = account.make_folder(session_folder() / "ground")
    folder = Path(tempfile.mkdtemp(dir=root))
    folder.chmod(0o755)
    yield folder
    for lock in folder.rglob("postmaster.pid"):
        postgres.stop(lock.parent.parent)
    for note in folder.rglob("pid"):
        valkey.stop(note.parent)
    shutil.rmtree(folder)
