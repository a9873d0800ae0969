"""The history of one person's file, narrowed as a reader asks."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import label
from core.registry import FileSection
from core.web.filters import LONGEST_SEARCH, day_of
from core.web.parts import Action, Choice, Pager
from personnel.selectors import versions as past
from personnel.selectors.asking import Asked
from personnel.selectors.merged import files_of
from personnel.selectors.provenance import BATCH, ONE_CHANGE, UNDO
from personnel.views.person import FilePage
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
CONDITIONS: Final = ("section", "source", "who", "since", "until")


class TeacherHistory(FilePage):
    """Every change of a file, the newest first; conditions of the address narrow it, `?before=` goes on from a change.

    `?section=` names a section, or one field of it as `section:field`.
    """

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
        asked, _sign, field = self._asked("section").partition(":")
        found = [section for section in self.sections if asked in ("", section.name)]
        if not found or (field and field not in found[0].fields):
            raise Http404
        return found

    def _asked(self, name: str) -> str:
        return str(self.request.GET.get(name, ""))[:LONGEST_SEARCH]

    @cached_property
    def asked(self) -> Asked:
        """The conditions beside the section. A day that is none, or an unknown source, is no condition."""
        source = self._asked("source")
        return Asked(
            field=self._asked("section").partition(":")[2],
            who=self._asked("who").strip().replace("\0", ""),
            source=source if source in dict(SOURCES) else "",
            since=day_of(self._asked("since")),
            until=day_of(self._asked("until")),
        )

    def context(self) -> dict[str, Any]:
        asked = self._asked("before")
        before = int(asked) if CHANGE_NUMBER.fullmatch(asked) else None
        files = files_of(self.object.pk)
        ids = past.changes_of(self.chosen, files, asked=self.asked, before=before, limit=PAGE + 1)
        found = past.versions(self.chosen, files, changes=ids[:PAGE])
        prime(self.actor, found)
        telling = Telling(self.actor)
        return {
            "person": self.person(),
            "entries": [telling.entry(act) for act in past.acts(found, dict.fromkeys(files, self.object.pk))],
            "section_choices": self._choices("section", self._fields()),
            "source_choices": self._choices("source", SOURCES),
            "who": self.asked.who,
            "since": self.asked.since or "",
            "until": self.asked.until or "",
            "narrowed": any(self._asked(name) for name in CONDITIONS),
            "pager": Pager(
                previous_url=self._query(before=None) if before else "",
                next_url=self._query(before=ids[PAGE - 1]) if len(ids) > PAGE else "",
            ),
        }

    def head_actions(self) -> list[Action]:
        compare = reverse("teacher_compare", args=[self.object.public_id])
        return [
            Action(_("Compare two moments"), url=compare, icon="compare"),
            Action(_("Back to the file"), url=self.file_url(), icon="left"),
        ]

    def _fields(self) -> list[tuple[str, str]]:
        """Each section, and each of its fields."""
        found = []
        for section in self.sections:
            found.append((section.name, str(section.label)))
            model = past.model_of(section)
            for name in section.fields:
                said = {"section": section.label, "field": label(model, name)}
                found.append((f"{section.name}:{name}", _("%(section)s: %(field)s") % said))
        return found

    def _choices(self, name: str, options: Any) -> list[Choice]:
        chosen = self._asked(name)
        return [Choice("", _("all"), not chosen), *(Choice(value, label, value == chosen) for value, label in options)]

    def _query(self, **changes: Any) -> str:
        kept = {name: self._asked(name) for name in CONDITIONS} | changes
        here = reverse(self.name, args=[self.object.public_id])
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"{here}?{query}" if query else here
