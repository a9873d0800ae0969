"""`manage.py workflow_drawings`: write docs/workflows.md from the workflows; with --check only say whether it is current."""

from __future__ import annotations

from config.drawings import drawings
from config.generated import DocumentCommand


class Command(DocumentCommand):
    """Draw every workflow, or check the drawings."""

    help = "Write docs/workflows.md from the definitions of the workflows."
    document = "workflows.md"

    def text(self) -> str:
        return drawings()
