"""A person's file: heading, what is wrong or in force, tabs of sections, and who looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import label, period_words, values_of
from core.org.models import Unit
from core.registry import FileSection, FileTab, registry
from core.web.pages import SIGNED_IN, DetailPage, Page
from core.web.parts import Action, Badge, Finding, Link, Tab
from core.web.views.audit import PAPER, PAPER_CLEAR, TAKEN_OUT
from personnel import rules, services
from personnel.choices import IN_POST, SAID_REASONS
from personnel.models import Teacher
from personnel.selectors import versions as past
from personnel.selectors.derived import derived
from personnel.selectors.file import has_portrait, looks_at, parts_of
from personnel.selectors.provenance import Provenance
from personnel.selectors.teachers import teachers_on
from personnel.services.access import FILE, NUMBER
from personnel.views import computed
from personnel.views.facts import Card, Facts
from personnel.views.marks import role_name
from personnel.views.teachers import unit_url
from personnel.views.telling import Telling, prime

OVERVIEW = FileTab("", gettext_lazy("Overview"), 0)
FILE_PERMISSIONS = ("personnel.view_teacher", "personnel.view_own")
LATEST = 5
LOOKS = 20
PLAIN_LOOKS = frozenset({FILE, NUMBER, PAPER})
PRINTED = {
    PAPER: gettext_lazy("a paper about the person"),
    PAPER_CLEAR: gettext_lazy("a paper with protected values in clear"),
}
MONTH = timedelta(days=30)


class FilePage(DetailPage):
    """What all pages of one person's file share: the visible person with the facts of the day, and the heading."""

    permission: ClassVar[str | tuple[str, ...]] = FILE_PERMISSIONS

    def rows(self) -> Any:
        return teachers_on(self.actor, self.on)

    def entered(self) -> None:
        services.note_look(actor=self.actor, teacher=self.object)

    @cached_property
    def sections(self) -> list[FileSection]:
        """The sections that the reader may see and that apply to this person."""
        return past.sections_for(self.actor, self.object.post_family)

    def person(self) -> dict[str, Any]:
        """What `person_head` shows."""
        teacher, values = self.object, values_of(self.actor)
        values.prime(units=[teacher.unit])
        born = [values.code("sex", teacher.sex)]
        if teacher.birth:
            born.append(_("%(age)s years old") % {"age": rules.age(teacher.birth, self.on)})
        said = [values.code("stage", teacher.stage or ""), values.code("subject", teacher.subject or "")]
        teaching = " ".join(dict.fromkeys(filter(None, said)))
        meta = [
            Link(pgettext("list separator", ", ").join(filter(None, born))),
            Link(values.unit(teacher.unit), self._unit_url()),
            Link(teaching),
        ]
        said = [one.text(teacher, self.actor, self.on) for one in self._heading_facts() if one.text]
        return {
            "name": teacher.name,
            "latin": latin(teacher.pinyin),
            "photo_url": self._photo_url(),
            "meta": [item for item in [*meta, *(Link(text) for text in said if text)] if item.label],
            "badges": self._badges(),
            "actions": self.head_actions(),
        }

    def _photo_url(self) -> str:
        there = has_portrait(self.actor, self.object)
        return reverse("teacher_photo", args=[self.object.public_id]) if there else ""

    def _unit_url(self) -> str:
        return unit_url(self.object.unit_public_id) if self.actor.may("org.view_unit") else ""

    def _heading_facts(self) -> list[Any]:
        return [one for one in registry.each("heading_facts") if past.allowed(self.actor, one.permission)]

    def _badges(self) -> list[Badge]:
        teacher, badges = self.object, []
        if teacher.in_quota is not None:
            badges.append(Badge(_("in quota"), "green", "check") if teacher.in_quota else Badge(_("outside the quota")))
        status = teacher.status or IN_POST
        return [*badges, Badge(values_of(self.actor).code("person_status", status))]

    def head_actions(self) -> list[Action]:
        """The buttons beside the name."""
        key = [self.object.public_id]
        return [
            Action(_("Papers"), url=reverse("teacher_papers", args=key), icon="paper"),
            Action(_("History"), url=reverse("teacher_history", args=key), icon="history"),
        ]

    def file_url(self) -> str:
        """The address of the file."""
        return reverse("teacher", args=[self.object.public_id])

    def looks(self) -> dict[str, Any]:
        """Who looked at this file in the last month, and the last reveals."""
        rows = looks_at(self.object, limit=LOOKS)
        recent = [row for row in rows if timezone.now() - row.at < MONTH]
        return {
            "opened": sum(row.what == FILE for row in recent),
            "revealed": sum(row.what not in PLAIN_LOOKS for row in recent),
            "more": len(recent) == LOOKS,
            "rows": [self._look(row) for row in rows if row.what not in PLAIN_LOOKS][:LATEST],
        }

    def _look(self, row: Any) -> dict[str, Any]:
        what = seen_words(row.what)
        return {
            "by": str(row.actor),
            "role": role_name(row.role),
            "at": row.at,
            "what": what,
            "reason": SAID_REASONS.get(row.reason, row.reason),
        }


class TeacherPage(FilePage):
    """One person's file. `?tab=` chooses a tab; without it the overview."""

    name = "teacher"
    route = "teachers/<uuid:public_id>/"
    template = "personnel/teacher.html"
    help = gettext_lazy(
        "Every value bears a mark that opens where it came from: the cell of a workbook, the clerk who entered it, a correction, or the "
        "rule that computed it. The bars show since when it holds. Masked values can be revealed with a reason, which is written down."
    )
    references = (Link(gettext_lazy("Personal Information Protection Law, articles 28 to 30 and 51")),)

    @cached_property
    def tabs(self) -> list[FileTab]:
        """The tabs of the sections, in order."""
        return [OVERVIEW, *sorted({section.tab for section in self.sections}, key=lambda tab: tab.order)]

    @cached_property
    def tab(self) -> FileTab:
        """The tab asked for; an unknown one is not found."""
        asked = self.request.GET.get("tab", "")
        found = next((tab for tab in self.tabs if tab.name == asked), None)
        if found is None:
            raise Http404
        return found

    def context(self) -> dict[str, Any]:
        parts = parts_of(self.sections, self.object, self.actor)
        found = past.versions(self.sections, [self.object.pk])
        prime(self.actor, found)
        facts = Facts(self.object, self.actor, parts, Provenance(found))
        unit = Unit.objects.filter(pk=self.object.unit).first()
        reckoned = derived(self.object, parts, self.on, unit)
        return {
            "person": self.person(),
            "notices": [*self._notices(parts), *computed.notices(reckoned)],
            "tabs": self._tabs(),
            "tab": self.tab,
            "axis": facts.axis,
            "cards": self._overview(facts, computed.facts(reckoned, self.actor))
            if self.tab is OVERVIEW
            else self._cards(facts),
            "latest": self._latest(found),
            "history_url": reverse("teacher_history", args=[self.object.public_id]),
            "looks": self.looks(),
        }

    def _tabs(self) -> list[Tab]:
        here = self.file_url()
        return [
            Tab(tab.label, f"{here}?tab={tab.name}" if tab.name else here, current=tab is self.tab) for tab in self.tabs
        ]

    def _overview(self, facts: Facts, reckoned: dict[str, list[Any]]) -> list[Card]:
        cards = []
        for tab in self.tabs[1:]:
            parts = [part for part in facts.parts if part.section.tab == tab and part.section.overview]
            lines = [line for part in parts for line in facts.line(part)]
            lines += reckoned.get(tab.name, [])
            if lines:
                cards.append(Card(tab.name, tab.label, lines))
        return cards

    def _cards(self, facts: Facts) -> list[Card]:
        return [facts.card(part) for part in facts.parts if part.section.tab == self.tab]

    def _notices(self, parts: list[Any]) -> list[Finding]:
        found = [
            notice
            for one in self._heading_facts()
            if one.notices
            for notice in one.notices(self.object, self.actor, self.on)
        ]
        held = next((part.holding(self.on) for part in parts if part.section.name == "status"), None)
        if held is not None and held.status != IN_POST:
            status = values_of(self.actor).code("person_status", held.status)
            heading = _("%(status)s, %(period)s.") % {"status": status, "period": period_words(held.valid)}
            found.append(Finding(heading, held.note, icon="swap"))
        return found

    def _latest(self, found: list[Any]) -> list[Any]:
        if not (self.actor.may("records.view_change") or self.actor.own_only):
            return []
        telling = Telling(self.actor)
        return [telling.entry(act, briefly=True) for act in past.acts(found)[:LATEST]]


def seen_words(what: str) -> str:
    """What was looked at: the file, or the name of a protected field."""
    if what in PRINTED:
        return str(PRINTED[what])
    if what == TAKEN_OUT:
        return _("the file, taken out in a workbook")
    model_label, _dot, field = what.rpartition(".")
    model = next((past.model_of(one) for one in registry.each("file_sections") if one.model == model_label), None)
    return label(model, field) if model is not None else _("the file")


def latin(pinyin: str) -> str:
    """A name in pinyin as passports write it: lin wan qing → Lin Wanqing."""
    surname, _blank, rest = pinyin.partition(" ")
    return " ".join(filter(None, [surname.capitalize(), rest.replace(" ", "").capitalize()]))


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
