"""Every component on one page, for those who build pages and for the tests of the look."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.web.gallery import SECTIONS, help_text


def gallery(request: HttpRequest) -> HttpResponse:
    """The gallery; `?only=file` shows one section as a page of its own. Absent outside demo and debugging."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    only = request.GET.get("only", "")
    shown = [only] if only in SECTIONS else list(SECTIONS)
    samples = {name: SECTIONS[name]() for name in shown}
    return render(request, "core/gallery.html", {"only": only, "samples": samples, "help": help_text()})
