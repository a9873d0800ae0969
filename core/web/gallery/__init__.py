"""Invented people and papers that show every component. Not data: nothing here reaches the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.web.gallery.files import file_sample, past_sample
from core.web.gallery.forms import form_sample
from core.web.gallery.home import demo_logins, help_text, home_sample, shell_sample
from core.web.gallery.lists import list_sample
from core.web.gallery.work import case_sample, change_sample, import_sample, rest_sample

SECTIONS: dict[str, Callable[[], Any]] = {
    "home": home_sample,
    "list": list_sample,
    "file": file_sample,
    "past": past_sample,
    "import": import_sample,
    "change": change_sample,
    "case": case_sample,
    "forms": form_sample,
    "rest": rest_sample,
}

__all__ = ["SECTIONS", "demo_logins", "help_text", "shell_sample"]
