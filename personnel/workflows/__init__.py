"""The workflows of personnel."""

from __future__ import annotations

from typing import Final

from personnel.workflows.cadres import FLOWS as OF_CADRES
from personnel.workflows.corrections import CORRECTION
from personnel.workflows.dossier_loans import LENDING
from personnel.workflows.dossier_reviews import REVIEWING
from personnel.workflows.dossier_transfers import TRANSFERRING
from personnel.workflows.graduates import FLOWS as OF_GRADUATES
from personnel.workflows.moves import FLOWS as MOVES
from personnel.workflows.posts import SETTING_POSTS
from personnel.workflows.recruitment import FLOWS
from personnel.workflows.seat_adjustments import ADJUSTING
from personnel.workflows.seats import USING
from personnel.workflows.unit_changes import CHANGING

WORKFLOWS: Final = (
    CORRECTION, LENDING, TRANSFERRING, REVIEWING, USING, ADJUSTING, SETTING_POSTS, *FLOWS, *MOVES, *OF_CADRES, *OF_GRADUATES,
    CHANGING,
)  # fmt: skip
