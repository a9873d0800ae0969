"""Every refusal of a file has its sentence."""

import re
from pathlib import Path

from core.exchange.reading.messages import TEXTS

FOLDERS = [Path(__file__).parents[3] / folder for folder in ("core/exchange", "personnel/resources")]


def test_each_code_that_is_raised_has_a_sentence():
    texts = [file.read_text(encoding="utf-8") for folder in FOLDERS for file in folder.rglob("*.py")]
    raised = {code for text in texts for code in re.findall(r'UnreadableFile\(\s*"([a-z_]+)"', text)}

    assert raised == set(TEXTS)
