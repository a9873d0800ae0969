"""`manage.py data_dictionary`: write docs/data-dictionary.md from the models; with --check only say whether it is current."""

from __future__ import annotations

from config.dictionary import dictionary
from config.generated import DocumentCommand


class Command(DocumentCommand):
    """Write the data dictionary, or check it."""

    help = "Write docs/data-dictionary.md from the models."
    document = "data-dictionary.md"

    def text(self) -> str:
        return dictionary()
