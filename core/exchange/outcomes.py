"""What a row of a workbook can mean, in the order in which it is told."""

from typing import Final

OUTCOMES: Final = ("new", "changed", "same", "undecided", "refused")
# What is written when a batch is accepted.
GOOD: Final = ("new", "changed")
