"""The history of one person's file, and everything that one change touched."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registry import FileSection
from core.web.parts import Action, Choice, Pager
from personnel.selectors import versions as past
from personnel.selectors.provenance import BATCH, ONE_CHANGE, UNDO
from personnel.views.file import FilePage
from personnel.views.telling import Telling, prime

PAGE = 30
CHANGE_NUMBER = re.compile(r"[0-9]{1,18}")
SOURCES = (
    (BATCH, gettext_lazy("from workbooks")),
    (UNDO, gettext_lazy("by undoing a workbook")),
    (ONE_CHANGE, gettext_lazy("by undoing a change")),
    ("page", gettext_lazy("on the page")),
    ("api", gettext_lazy("through the interface")),
    ("command", gettext_lazy("by a command")),
)


class TeacherHistory(FilePage):
    """Every change of a file, the newest first; `?section=` and `?source=` narrow it, `?before=` goes on from a change."""

    name = "teacher_history"
    route = "teachers/<uuid:public_id>/history/"
    permission = ("records.view_change", "personnel.view_own")
    template = "personnel/history.html"
    partial = "personnel/history_body.html"
    help = gettext_lazy(
        "Nothing is ever overwritten: each entry is one act of one person, with what the fields said before and after. "
        "A change can be undone only by a later one, and an accepted workbook as a whole."
    )

    @cached_property
    def chosen(self) -> list[FileSection]:
        """The sections asked for."""
        asked = self.request.GET.get("section", "")
        found = [section for section in self.sections if asked in ("", section.name)]
        if not found:
            raise Http404
        return found

    @property
    def source(self) -> str:
        """The beginning of the source asked for."""
        asked = self.request.GET.get("source", "")
        return asked if asked in dict(SOURCES) else ""

    def context(self) -> dict[str, Any]:
        asked = self.request.GET.get("before", "")
        before = int(asked) if CHANGE_NUMBER.fullmatch(asked) else None
        ids = past.changes_of(self.chosen, self.object.pk, source=self.source, before=before, limit=PAGE + 1)
        found = past.versions(self.chosen, [self.object.pk], changes=ids[:PAGE])
        prime(self.actor, found)
        telling = Telling(self.actor)
        return {
            "person": self.person(),
            "entries": [telling.entry(act) for act in past.acts(found)],
            "section_choices": self._choices("section", [(one.name, one.label) for one in self.sections]),
            "source_choices": self._choices("source", SOURCES),
            "pager": Pager(
                previous_url=self._query(before=None) if before else "",
                next_url=self._query(before=ids[PAGE - 1]) if len(ids) > PAGE else "",
            ),
        }

    def head_actions(self) -> list[Action]:
        return [Action(_("Back to the file"), url=self.file_url(), icon="left")]

    def _choices(self, name: str, options: Any) -> list[Choice]:
        chosen = self.request.GET.get(name, "")
        return [Choice("", _("all"), not chosen), *(Choice(value, label, value == chosen) for value, label in options)]

    def _query(self, **changes: Any) -> str:
        kept = {name: self.request.GET.get(name, "") for name in ("section", "source")} | changes
        here = reverse(self.name, args=[self.object.public_id])
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"{here}?{query}" if query else here
