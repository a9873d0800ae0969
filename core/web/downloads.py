"""Answers that are files."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.encoding import escape_uri_path


def attachment(content: bytes, name: str, content_type: str = "application/octet-stream") -> HttpResponse:
    """Bytes as a file that is saved under a name, whatever its letters, and never opened in the page."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{escape_uri_path(name)}"
    return response
