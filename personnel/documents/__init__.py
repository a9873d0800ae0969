"""The papers of the teacher file, and of dossiers, contracts, moves, cadres, placements and recruitments."""

from __future__ import annotations

from typing import Final

from personnel.documents import (
    cadres,
    certificate,
    contracts,
    correction,
    dossier,
    moves,
    placing,
    recruitment,
    register,
)

KINDS: Final = (
    certificate.KIND, register.KIND, correction.KIND, *dossier.KINDS, *contracts.KINDS, *moves.KINDS, *cadres.KINDS, *placing.KINDS,
    *recruitment.KINDS,
)  # fmt: skip
