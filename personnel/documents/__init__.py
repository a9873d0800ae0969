"""The papers of the teacher file: certificate of employment, registration form, notice of a correction; those of the dossier."""

from __future__ import annotations

from typing import Final

from personnel.documents import certificate, correction, dossier, register

KINDS: Final = (certificate.KIND, register.KIND, correction.KIND, *dossier.KINDS)
