"""The papers of the teacher file: certificate of employment, registration form, notice of a correction; dossiers, contracts, moves."""

from __future__ import annotations

from typing import Final

from personnel.documents import cadres, certificate, contracts, correction, dossier, moves, placing, register

KINDS: Final = (
    certificate.KIND, register.KIND, correction.KIND, *dossier.KINDS, *contracts.KINDS, *moves.KINDS, *cadres.KINDS, *placing.KINDS,
)  # fmt: skip
