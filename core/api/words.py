"""What Swagger UI writes in English by itself; `core/api.js` puts it into the reader's language."""

from __future__ import annotations

from django.utils.translation import override
from django.utils.translation import pgettext_lazy as _

WORDS = (
    _("API page", "Authorize"),
    _("API page", "Authorized"),
    _("API page", "Available authorizations"),
    _("API page", "Cancel"),
    _("API page", "Clear"),
    _("API page", "Close"),
    _("API page", "Code"),
    _("API page", "Controls"),
    _("API page", "Default value"),
    _("API page", "Description"),
    _("API page", "Details"),
    _("API page", "Download"),
    _("API page", "Error"),
    _("API page", "Example Value"),
    _("API page", "Execute"),
    _("API page", "Headers"),
    _("API page", "Links"),
    _("API page", "Loading"),
    _("API page", "Logout"),
    _("API page", "Media type"),
    _("API page", "Name"),
    _("API page", "No links"),
    _("API page", "No parameters"),
    _("API page", "Parameters"),
    _("API page", "Request URL"),
    _("API page", "Request body"),
    _("API page", "Required"),
    _("API page", "required"),
    _("API page", "Response body"),
    _("API page", "Response headers"),
    _("API page", "Responses"),
    _("API page", "Schema"),
    _("API page", "Schemas"),
    _("API page", "Send empty value"),
    _("API page", "Server response"),
    _("API page", "Try it out"),
    _("API page", "Undocumented"),
    _("API page", "Value:"),
    _("API page", "Expand all"),
    _("API page", "Collapse all"),
    _("API page", "Reset"),
    _("API page", "Request duration"),
    _("API page", "Controls Accept header."),
)


def words() -> dict[str, str]:
    """Swagger UI's words → the same in the reader's language."""
    with override("en"):
        own = [str(word) for word in WORDS]
    return dict(zip(own, map(str, WORDS), strict=True))
