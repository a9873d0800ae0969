"""Each promise of the product names tests that exist; a part that is closed has no open promise."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PART = re.compile(r"^## (?P<name>.+?)(?P<open> \(open\))?\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`(?P<file>tests/[\w/]+\.py)::(?P<test>\w+)`")


def promises():
    """(part, whether it is open, promise, what shows it) for each row."""
    for part in PART.finditer((ROOT / "docs" / "promises.md").read_text(encoding="utf-8")):
        for row in part["body"].splitlines():
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            if row.startswith("|") and cells[0] not in {"promise", "---"}:
                yield part["name"], bool(part["open"]), cells[0], cells[1]


@pytest.mark.parametrize(("part", "is_open", "promise", "shown"), list(promises()))
def test_each_promise_names_tests_that_exist(part, is_open, promise, shown):
    named = NAMED.findall(shown)

    assert named or (is_open and shown == "*open*"), f"{part}: no test shows “{promise}”"
    for file, test in named:
        assert re.search(rf"^\s*def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), (
            f"{file} has no {test}"
        )


def test_the_document_on_security_names_tests_that_exist():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| threat")]

    assert len(rows) > 10
    assert [row for row in rows if not NAMED.search(row)] == []
    for file, test in NAMED.findall(text):
        assert re.search(rf"^\s*def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), (
            f"{file}: {test}"
        )
