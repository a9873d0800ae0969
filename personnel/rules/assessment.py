"""The pure rules of annual assessment (年度考核): how many may be excellent, who takes part and is not graded, what a grade brings.

Provisions on assessment of public institution staff (事业单位工作人员考核规定, 2023).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

EXCELLENT: Final = "excellent"
QUALIFIED: Final = "qualified"
BASICALLY: Final = "basically_qualified"
UNQUALIFIED: Final = "unqualified"
NOT_GRADED: Final = "not_graded"
GRADES: Final = (EXCELLENT, QUALIFIED, BASICALLY, UNQUALIFIED, NOT_GRADED)
SHARE: Final = Decimal("0.20")


def excellent_cap(eligible: int, share: Decimal = SHARE) -> int:
    """How many of `eligible` people, those who should take part, may be excellent: the share of them, never rounded up.

    ValueError below nought, and for a share that is not between nought and one.
    """
    if eligible < 0:
        raise ValueError("nobody is fewer than none")
    if not 0 <= share <= 1:
        raise ValueError("a share lies between nought and one")
    return int(eligible * share)
