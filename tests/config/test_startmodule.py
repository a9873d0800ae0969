"""A new module: its skeleton works at once, and nothing outside its folder but three words changes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import messages

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = {
    ".git",
    ".venv",
    "var",
    "node_modules",
    "shots",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".import_linter_cache",
}
TOOLS = Path(sys.executable).parent


def ignored(_folder, names):
    return {name for name in names if name in LEFT_BEHIND or name == "__pycache__"}


@pytest.fixture
def tree(ground):
    """A copy of the project, in a folder that the servers of its own tests may enter."""
    copy = ground / "project"
    shutil.copytree(ROOT, copy, ignore=ignored)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    return copy


def contents(folder):
    """Every file of a tree that somebody wrote, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and not {"__pycache__", ".pytest_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis"} & set(path.parts)
    }


def run(tree, *command, **environment):
    done = subprocess.run(
        command, cwd=tree, env=environment or None, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}{done.stderr[-3000:]}"
    return done.stdout


def add_word(path, pattern, word):
    """Put a word where a pattern's only match ends."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(pattern, text)
    assert len(found) == 1, pattern
    path.write_text(re.sub(pattern, lambda match: match[0] + word, text), encoding="utf-8")


@pytest.mark.long
def test_a_new_module_works_by_one_word_in_the_settings_and_in_the_import_contract(tree, committed_db):
    before = contents(tree)
    environment = {
        key: value for key, value in committed_db.environment.items() if not key.startswith(("PYTEST_", "SHIDANG_TEST"))
    }
    manage = [sys.executable, "manage.py"]

    said = run(
        tree,
        *manage,
        "startmodule",
        "insurance",
        "--label",
        "Insurance",
        "--zh",
        "社会保险",
        "--record",
        "Policy",
        **environment,
    )
    assert '"insurance"]' in said, "it says what is left to do"

    add_word(tree / "config/settings.py", r"MODULES = \[[^\]]*(?=\])", ', "insurance"')
    contract = tree / "pyproject.toml"
    add_word(contract, r'root_packages = \["config", ', '"insurance", ')
    add_word(contract, r'layers = \["config", ', '"insurance", ')
    add_word(contract, r'containers = \["personnel", ', '"insurance", ')
    run(tree, *manage, "makemigrations", "insurance", **environment)
    changed = {name for name, content in contents(tree).items() if before.get(name) != content}

    assert {name for name in changed if not name.startswith(("insurance/", "tests/insurance/"))} == {
        "config/settings.py",
        "pyproject.toml",
    }
    assert not before.keys() - contents(tree).keys()
    run(tree, *manage, "check", **environment)
    run(tree, *manage, "makemigrations", "--check", "--dry-run", **environment)
    run(tree, str(TOOLS / "lint-imports"), **environment)
    run(tree, str(TOOLS / "ruff"), "check", "insurance", "tests/insurance", **environment)
    run(tree, str(TOOLS / "ruff"), "format", "--check", "insurance", "tests/insurance", **environment)
    assert [problem for problem in messages.check(tree) if "insurance" in problem] == []
    own = {
        **{key: value for key, value in environment.items() if "_URL" not in key and key != "DJANGO_SETTINGS_MODULE"},
        "SHIDANG_VAR": str(tree.parent / "var"),
    }
    tests = ["tests/insurance", "tests/contracts", "tests/core/records", "-k", "insurance"]
    ran = run(tree, sys.executable, "-m", "pytest", *tests, "-n0", "-q", "-p", "no:cacheprovider", **own)
    assert int(re.search(r"(\d+) passed", ran)[1]) >= 20


@pytest.mark.parametrize(
    ("name", "more", "sentence"),
    [
        ("Insurance", {}, "small letters"),
        ("class", {}, "no word of Python"),
        ("personnel", {}, "there already"),
        ("json", {}, "installed"),
        ("insurance", {"zh": "insurance"}, "Chinese"),
        ("insurance", {"record": "policy"}, "such as Policy"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused_and_nothing_is_written(name, more, sentence):
    before = {path.name for path in ROOT.iterdir()}

    with pytest.raises(CommandError, match=sentence):
        call_command("startmodule", name, label="Insurance", **{"zh": "保险", **more})

    assert {path.name for path in ROOT.iterdir()} == before

    assert not (ROOT / "tests" / "insurance").exists()
