"""Sample texts in both languages; they are not messages of the product, so they stay out of the catalogues."""

from django.utils.translation import get_language


def both(chinese: str, english: str) -> str:
    """The text in the language of the page."""
    return english if (get_language() or "").startswith("en") else chinese
