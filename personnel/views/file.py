"""A person's file: what is wrong or in force, and the tabs of its sections."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import period_words, values_of
from core.dates import DAY
from core.registry import FileSection, FileTab
from core.web.clocks import Clocks
from core.web.pages import SIGNED_IN, Page
from core.web.pages.page import Moved
from core.web.parts import Fact, Finding, Link, Tab
from personnel.choices import IN_POST
from personnel.models import Teacher
from personnel.selectors import versions as past
from personnel.selectors.clocks import FileAsOf, file_as_of
from personnel.selectors.derived import derived
from personnel.selectors.file import PHOTO, portraits
from personnel.selectors.former import former_people
from personnel.selectors.merged import closed_file, closed_files, files_at, was_apart
from personnel.selectors.provenance import Provenance
from personnel.selectors.teachers import with_facts
from personnel.views import computed
from personnel.views.facts import Card, Facts
from personnel.views.marks import said_by
from personnel.views.moves_told import away_notices, move_notices
from personnel.views.own import own_notices, request_notices
from personnel.views.person import LATEST, FilePage, latin, paged_tabs
from personnel.views.telling import Telling, prime

OVERVIEW = FileTab("", gettext_lazy("Overview"), 0)


class TeacherPage(FilePage):
    """One person's file. `?tab=` chooses a tab; without it the overview."""

    name = "teacher"
    route = "teachers/<uuid:public_id>/"
    template = "personnel/teacher.html"
    compares: ClassVar[bool] = True
    help = gettext_lazy(
        "Every value bears a mark that opens where it came from: the cell of a workbook, the clerk who entered it, a correction, or the "
        "rule that computed it. The bars show since when it holds. Masked values can be revealed with a reason, which is written down. "
        "The two days above show the file as things were on a day, as we knew it by the end of another: a change that was entered later "
        "is not in what was known before."
    )
    references = (Link(gettext_lazy("Personal Information Protection Law, articles 28 to 30 and 51")),)

    def miss(self) -> None:
        """A merged file has a past of its own: as it was known before the merge. From then on it is part of the other one.

        A former unit of the person is led to what it keeps.
        """
        closed = closed_file(self.actor, self.kwargs["public_id"]) if self.actor else None
        if closed is not None and was_apart(closed, self.clocks.known.position):
            self.object = with_facts(Teacher._base_manager.filter(pk=closed.pk), self.on).get()
            return
        super().miss()
        if self.actor and self.actor.may("personnel.view_teacher"):
            left = former_people(self.actor).filter(public_id=self.kwargs["public_id"])
            if left.exists():
                raise Moved(reverse("former_file", args=[self.kwargs["public_id"]]))

    @cached_property
    def clocks(self) -> Clocks:
        """The two days asked for."""
        return Clocks(self.request.GET, self.on)

    @cached_property
    def reader(self) -> Any:
        return self.actor.looking_on(self.clocks.valid_on)

    @cached_property
    def file(self) -> FileAsOf:
        """The file on these two clocks."""
        return file_as_of(self.object, valid_on=self.clocks.valid_on, known_at=self.clocks.known, actor=self.actor)

    @property
    def found(self) -> list[Any]:
        """The versions of what the file says, by which each value bears its mark."""
        files = files_at(self.object.pk, self.file.known.position)
        self.whose = dict.fromkeys(files, self.object.pk)
        return past.versions(self.sections, files, position=self.file.known.position)

    @cached_property
    def sections(self) -> list[FileSection]:
        return [part.section for part in self.file.parts]

    def shown(self) -> Any:
        return self.file.teacher

    @cached_property
    def tabs(self) -> list[FileTab]:
        """The tabs of the sections, in order; of all sections where the file was not there yet."""
        sections = self.sections or past.sections_for(self.actor, self.object.post_family)
        return [OVERVIEW, *sorted({section.tab for section in sections}, key=lambda tab: tab.order)]

    @cached_property
    def tab(self) -> FileTab:
        """The tab asked for; an unknown one is not found."""
        asked = self.request.GET.get("tab", "")
        found = next((tab for tab in self.tabs if tab.name == asked), None)
        if found is None:
            raise Http404
        return found

    def context(self) -> dict[str, Any]:
        tabs = self._tabs()
        told = self._told() if self.file.teacher is not None else self._not_there()
        return {
            **told,
            "tabs": tabs,
            "tab": self.tab,
            "as_of": self.clocks.printed(),
            "history_url": reverse("teacher_history", args=[self.object.public_id]),
            "looks": self.looks(),
        }

    def _told(self) -> dict[str, Any]:
        """The file with its marks, as that version of it says."""
        file, found = self.file, self.found
        prime(self.reader, found)
        facts = Facts(file.teacher, self.reader, file.parts, Provenance(found), fixed=not self.clocks.is_today)
        reckoned = derived(file.teacher, file.parts, self.reader.on, file.unit)
        overview = self.tab is OVERVIEW
        lines = self._lines(facts) if overview else {}
        differences = self._compared(lines) if overview and self.compares and not self.clocks.is_today else None
        return {
            "person": self.person(),
            "clocks": self._strip(differences),
            "notices": [
                *self._own(),
                *self.clocks.notices(),
                *self._merged(),
                *self._notices(file.parts),
                *computed.notices(reckoned),
            ],
            "axis": facts.axis,
            "cards": self._overview(lines, computed.facts(reckoned, self.reader)) if overview else self._cards(facts),
            "latest": self._latest(found),
        }

    def _own(self) -> list[Finding]:
        """What the holder of the account is told of it."""
        if not self.is_own:
            return []
        return [
            *request_notices(self.object, self.actor),
            *move_notices(self.object, self.actor),
            *own_notices(self.object, self.actor),
        ]

    def _not_there(self) -> dict[str, Any]:
        """What is told of a file that was not in the system yet: since when it is."""
        heading = _("By the end of %(day)s this file was not in the system.") % {"day": self.clocks.known.day}
        opened = past.opened(self.object.pk)
        text = _("It was opened on %(day)s.") % {"day": opened} if opened else ""
        return {
            "person": {"name": self.object.name, "latin": latin(self.object.pinyin), "actions": self.head_actions()},
            "clocks": self._strip(None),
            "notices": [Finding(heading, text, icon="info")],
        }

    def _strip(self, differences: int | None) -> dict[str, Any]:
        tab = self.tab.name
        here = self.file_url()
        return self.clocks.strip(
            hidden=[("tab", tab)] if tab else [],
            today_url=f"{here}?tab={tab}" if tab else here,
            differences=differences,
        )

    def _photo_url(self) -> str:
        """The photo on file, where it is the one that this version has."""
        if self.file.live:
            return super()._photo_url()
        held = [row.file_id for part in self.file.parts if part.section.name == PHOTO for row in part.rows]
        same = bool(held) and portraits(self.actor, self.object).filter(file__in=held).exists()
        return reverse("teacher_photo", args=[self.object.public_id]) if same else ""

    def _tabs(self) -> list[Tab]:
        return [*self._file_tabs(), *paged_tabs(self.object, self.actor)]

    def _file_tabs(self) -> list[Tab]:
        here = self.file_url()
        return [
            Tab(tab.label, f"{here}{self.clocks.query(tab=tab.name)}", current=tab is self.tab) for tab in self.tabs
        ]

    def _lines(self, facts: Facts) -> dict[FileTab, list[Fact]]:
        """The recorded facts of the overview, by the tab under which they stand."""
        return {
            tab: [
                line
                for part in facts.parts
                if part.section.tab == tab and part.section.overview
                for line in facts.line(part)
            ]
            for tab in self.tabs[1:]
        }

    def _compared(self, lines: dict[FileTab, list[Fact]]) -> int:
        """Write beside each line what it says today where that is something else; returns how many differ."""
        file = file_as_of(self.object, valid_on=self.on, known_at=self.on, actor=self.actor)
        today = self._lines(Facts(file.teacher, self.actor, file.parts, Provenance([])))
        count = 0
        for tab, told in lines.items():
            now = {str(fact.label): str(fact.value) for fact in today[tab]}
            then = {str(fact.label): str(fact.value) for fact in told}
            missing = [Fact(fact.label, "") for fact in today[tab] if fact.value and str(fact.label) not in then]
            differing = {label for label in {**then, **now} if then.get(label, "") != now.get(label, "")}
            count += len(differing)
            lines[tab] = [
                replace(fact, then=now.get(str(fact.label)) or _("not recorded"))
                if str(fact.label) in differing
                else fact
                for fact in [*told, *missing]
            ]
        return count

    def _overview(self, lines: dict[FileTab, list[Fact]], reckoned: dict[str, list[Fact]]) -> list[Card]:
        every = {tab: [*facts, *reckoned.get(tab.name, [])] for tab, facts in lines.items()}
        return [Card(tab.name, tab.label, facts) for tab, facts in every.items() if facts]

    def _cards(self, facts: Facts) -> list[Card]:
        return [facts.card(part) for part in facts.parts if part.section.tab == self.tab]

    def _notices(self, parts: list[Any]) -> list[Finding]:
        day = self.reader.on
        found = [
            notice
            for one in self._heading_facts()
            if one.notices
            for notice in one.notices(self.file.teacher, self.reader, day)
        ]
        held = next((part.holding(day) for part in parts if part.section.name == "status"), None)
        if held is not None and held.status != IN_POST:
            status = values_of(self.reader).code("person_status", held.status)
            heading = _("%(status)s, %(period)s.") % {"status": status, "period": period_words(held.valid)}
            found.append(Finding(heading, held.note, icon="swap"))
        return [*found, *away_notices(parts, self.reader)]

    def _latest(self, found: list[Any]) -> list[Any]:
        if not (self.actor.may("records.view_change") or self.actor.own_only):
            return []
        telling = Telling(self.reader)
        return [telling.entry(act, briefly=True) for act in past.acts(found, self.whose)[:LATEST]]

    def _merged(self) -> list[Finding]:
        """Which files are part of this one, each with the way to its own past; of a closed one, what it is part of now."""
        if self.object.merged_into_id is not None:
            into = Teacher._base_manager.get(pk=self.object.merged_into_id)
            link = Link(_("The file that it is part of now"), reverse("teacher", args=[into.public_id]))
            return [Finding(_("This file was merged into another one since."), "", icon="info", link=link)]
        if not self.file.live:
            return []
        return [self._merged_from(one) for one in closed_files(self.object)]

    def _merged_from(self, closed: Teacher) -> Finding:
        change = past.change_behind(closed)
        before = timezone.localtime(change.at).date() - DAY
        opened = past.opened(closed.pk)
        link = None
        if opened is not None and opened <= before:
            url = f"{reverse('teacher', args=[closed.public_id])}?known_at={before}"
            link = Link(_("As it was known before"), url)
        heading = _("The file of %(name)s was merged into this one.") % {"name": closed.name}
        return Finding(heading, said_by(change), icon="info", link=link)


class OwnFile(Page):
    """The reader's own file, where they have one."""

    name = "me"
    route = "me/"
    permission = SIGNED_IN

    def get(self, request: Any, *_args: Any, **_kwargs: Any) -> HttpResponse:
        own = Teacher.objects.filter(user=request.user).first()
        if own is None:
            raise Http404
        return HttpResponseRedirect(reverse("teacher", args=[own.public_id]))
