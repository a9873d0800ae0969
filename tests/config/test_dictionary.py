"""docs/data-dictionary.md says what the models say, in both languages."""

import re

import pytest
from django.core.management import CommandError, call_command

from config.dictionary import dictionary
from core.records.checks import record_models

HAN = re.compile("[\u4e00-\u9fff]")


def test_it_is_current():
    call_command("data_dictionary", check=True)


def test_it_says_so_when_it_is_not_current(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()

    with pytest.raises(CommandError, match="not current"):
        call_command("data_dictionary", check=True)
    call_command("data_dictionary")
    call_command("data_dictionary", check=True)

    assert (tmp_path / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == dictionary()


def test_every_record_stands_there_with_its_fields_in_chinese():
    text = dictionary()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")
    ]

    assert {model._meta.label for model in record_models()} == set(re.findall(r"^### (\S+)$", text, re.MULTILINE))
    assert len(rows) > 100
    assert [row[:3] for row in rows if not HAN.search(row[1]) or HAN.search(row[2])] == [["`order`", "—", "Order"]]


def test_it_names_what_is_protected_coded_and_kept_apart():
    text = dictionary()

    assert (
        "| `number` | 证件号码 | Number of the document | protected value (its last 4 characters stay readable) | may be empty |"
        in text
    )
    assert "| code of `sex` |" in text
    assert "At most one on any day for the same teacher (`employment_once`)." in text
    assert "Scope: `teacher__employments`. Own: `teacher__user`." in text
    assert "At most one on any day for the same list_name and code and unit (`code_once`)." in text
    assert "The period has a first day and is not empty (`employment_period`)." in text
    assert "pupils ≥ 0 and classes ≥ 0 (`unit_statistics_not_negative`)." in text
