"""LibreOffice, which opens what we give back.

Where it is missing, its tests are left out and named at the end; with TESTS_NEED_OFFICE=yes, as `.ci/run` has it, they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

LONGEST = 240
MISSING = "LibreOffice is missing: apt-get install libreoffice-calc-nogui libreoffice-writer-nogui"


def converted(files: Mapping[str, bytes], form: str = "fods", *, ending: str = "xlsx") -> dict[str, bytes]:
    """Workbooks (or, with `ending`, papers) by name, opened and saved in another form: all in one run, with a profile of their own."""
    program = shutil.which("soffice")
    if program is None:
        (pytest.fail if "TESTS_NEED_OFFICE" in os.environ else pytest.skip)(MISSING)
    if not files:
        return {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = []
        for stem, content in files.items():
            paths.append(folder / f"{stem}.{ending}")
            paths[-1].write_bytes(content)
        done = subprocess.run(
            [
                program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--convert-to", form,
                "--outdir", str(folder / "out"), *map(str, paths),
            ],
            capture_output=True, text=True, timeout=LONGEST, check=False,
        )  # fmt: skip
        made = {stem: folder / "out" / f"{stem}.{form}" for stem in files}
        missing = [stem for stem, path in made.items() if not path.exists()]
        assert done.returncode == 0, done.stderr
        assert not missing, f"LibreOffice does not open {missing}: {done.stdout} {done.stderr}"
        return {stem: path.read_bytes() for stem, path in made.items()}
