"""What is wrong with a template, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the place in the document, what is wrong and what to do, and the words that stand there."""

    place: Any
    message: Any
    found: str = ""
