"""Names of sheets."""

from __future__ import annotations

import re
from typing import Final

NO_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\]")
LONGEST_SHEET_NAME: Final = 31


def sheet_name(title: str) -> str:
    """A title as spreadsheets take it for the name of a sheet."""
    return NO_SHEET_NAME.sub(" ", title).strip(" '")[:LONGEST_SHEET_NAME]
