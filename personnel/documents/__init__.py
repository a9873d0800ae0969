"""The papers of the teacher file: certificate of employment, registration form, notice of a correction; dossiers, contracts, moves."""

from __future__ import annotations

from typing import Final

from personnel.documents import certificate, contracts, correction, dossier, moves, register

KINDS: Final = (certificate.KIND, register.KIND, correction.KIND, *dossier.KINDS, *contracts.KINDS, *moves.KINDS)
