"""What was refused goes back in the sender's own workbook; see `patch`."""

from core.exchange.returning.marks import HiddenSheet, Mark
from core.exchange.returning.patching import patch

__all__ = ["HiddenSheet", "Mark", "patch"]
