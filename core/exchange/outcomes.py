"""What a row of a workbook can mean, in the order in which it is told."""

from typing import Final

OUTCOMES: Final = ("new", "changed", "same", "undecided", "refused")
# What every check counts, were it nought; what needs a decision is counted only where there is any.
ALWAYS: Final = ("new", "changed", "same", "refused")
# What is written when a batch is accepted.
GOOD: Final = ("new", "changed")
