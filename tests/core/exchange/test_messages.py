"""Every problem that a row can have has its sentence."""

import re
from pathlib import Path

from core.exchange.messages import FULLER, TEXTS
from core.exchange.reading.messages import TEXTS as FILE_TEXTS

ROOT = Path(__file__).parents[3]
RAISED = re.compile(r'(?:Refusal\(|\.(?:refuse|warn)\([^,()]+,\s*)(?:"([a-z_]+)" if \w+ else )?"([a-z_]+)"')
IDENTITY = {"length", "characters", "date", "check_digit"}
DATES = {"not_a_date", "ambiguous_date"}


def test_each_code_has_a_sentence():
    files = [
        file for folder in ("core/exchange", "personnel/resources", "titles") for file in (ROOT / folder).rglob("*.py")
    ]
    texts = [file.read_text(encoding="utf-8") for file in files]
    raised = {code for text in texts for found in RAISED.findall(text) for code in found if code}

    assert {"missing", "number_cell", "unknown_unit", "duplicate_in_file", "too_young"} <= raised
    assert raised | IDENTITY | DATES <= set(TEXTS)


def test_the_documentation_names_every_code():
    words = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "workbooks.md").read_text(encoding="utf-8")))
    fuller = {sentence for _parameter, sentence in FULLER.values()}

    assert {*TEXTS, *FILE_TEXTS} - fuller <= words
