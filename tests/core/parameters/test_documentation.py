"""docs/data-sources.md names every list and every table that is shipped, with the marks that they carry."""

import re
from pathlib import Path

from core.codes.files import shipped as shipped_lists
from core.parameters.files import shipped as shipped_tables

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs/data-sources.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")]


def test_every_code_list_stands_there_with_its_mark():
    documented = {name: row[2] for row in ROWS if len(row) == 4 for name in row[0].split(", ")}

    found = {each.key: documented.get(each.key) for each in shipped_lists()}

    assert found == {each.key: each.mark for each in shipped_lists()}


def test_every_standard_is_named_as_in_its_file():
    for each in shipped_lists():
        if each.head.standard:
            assert each.head.standard in TEXT, each.key


def test_every_parameter_table_stands_there_with_its_marks():
    documented = {row[0]: row[2:] for row in ROWS if "." in row[0]}

    assert set(documented) == set(shipped_tables())
    for name, table in shipped_tables().items():
        deviates, marks = documented[name]
        assert deviates == ("yes" if table.overridable else "no"), name
        assert set(re.findall("verified|memory|local", marks)) == {one.mark for one in table.versions}, name
