"""What all pages of one person share: the visible person, the heading, who looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.values import label, values_of
from core.registry import FileSection, registry
from core.web.looks import BY_NUMBER, FILE, PAPER, SEALED, is_reveal, said_reason, sealed_part, sort_of
from core.web.pages import DetailPage
from core.web.parts import Action, Badge, Link, Tab
from personnel import rules, services
from personnel.choices import IN_POST
from personnel.selectors import versions as past
from personnel.selectors.file import has_portrait, looks_at
from personnel.selectors.moves import ASK as ASK_MOVES
from personnel.selectors.slips import ISSUE as HAND_OUT
from personnel.services.merging.plan import PERMISSION
from personnel.views.moved import OfPerson
from personnel.views.onlookers import onlooker, prime_units, their_unit
from personnel.views.teachers import unit_url

FILE_PERMISSIONS = ("personnel.view_teacher", "personnel.view_own")
EXPORT = "exchange.export"
LATEST = 5
LOOKS = 20
PLAIN_LOOKS = frozenset({FILE, BY_NUMBER, PAPER})
MONTH = timedelta(days=30)


class FilePage(OfPerson, DetailPage):
    """What all pages of one person's file share: the visible person with the facts of the day, and the heading."""

    permission: ClassVar[str | tuple[str, ...]] = FILE_PERMISSIONS

    def entered(self) -> None:
        services.note_look(actor=self.actor, teacher=self.object)

    @cached_property
    def sections(self) -> list[FileSection]:
        """The sections that the reader may see and that apply to this person."""
        return past.sections_for(self.actor, self.object.post_family)

    @property
    def reader(self) -> Any:
        """The actor with their eyes on the day of which the page tells."""
        return self.actor

    def shown(self) -> Any:
        """The person as the page tells of them, with the facts of the day."""
        return self.object

    def person(self) -> dict[str, Any]:
        """What `person_head` shows."""
        teacher, values = self.shown(), values_of(self.reader)
        values.prime(units=[teacher.unit])
        born = [values.code("sex", teacher.sex)]
        if teacher.birth and teacher.birth <= self.reader.on:
            born.append(_("%(age)s years old") % {"age": rules.age(teacher.birth, self.reader.on)})
        said = [values.code("stage", teacher.stage or ""), values.code("subject", teacher.subject or "")]
        teaching = " ".join(dict.fromkeys(filter(None, said)))
        meta = [
            Link(pgettext("list separator", ", ").join(filter(None, born))),
            Link(values.unit(teacher.unit), self._unit_url(teacher)),
            Link(teaching),
        ]
        said = [one.text(teacher, self.reader, self.reader.on) for one in self._heading_facts() if one.text]
        return {
            "name": teacher.name,
            "latin": latin(teacher.pinyin),
            "photo_url": self._photo_url(),
            "meta": [item for item in [*meta, *(Link(text) for text in said if text)] if item.label],
            "badges": self._badges(teacher),
            "actions": self.head_actions(),
        }

    def _photo_url(self) -> str:
        there = has_portrait(self.actor, self.object)
        return reverse("teacher_photo", args=[self.object.public_id]) if there else ""

    def _unit_url(self, teacher: Any) -> str:
        return unit_url(teacher.unit_public_id) if self.actor.may("org.view_unit") else ""

    def _heading_facts(self) -> list[Any]:
        return [one for one in registry.each("heading_facts") if past.allowed(self.actor, one.permission)]

    def _badges(self, teacher: Any) -> list[Badge]:
        badges = []
        if teacher.in_quota is not None:
            badges.append(Badge(_("in quota"), "green", "check") if teacher.in_quota else Badge(_("outside the quota")))
        status = teacher.status or IN_POST
        return [*badges, Badge(values_of(self.reader).code("person_status", status))]

    def head_actions(self) -> list[Action]:
        """The buttons beside the name."""
        key = [self.object.public_id]
        own = [Action(_("Correct my file"), url=reverse("corrections", args=key), icon="pen")] if self.is_own else []
        found = [
            *own,
            Action(_("Papers"), url=reverse("teacher_papers", args=key), icon="paper"),
            Action(_("History"), url=reverse("teacher_history", args=key), icon="history"),
            *self._merging(),
        ]
        if self.actor.may(ASK_MOVES) and not self.is_own and self.object.merged_into_id is None:
            found.insert(2, Action(_("Transfer or send"), url=reverse("move_new", args=key), icon="swap"))
        if self.is_own or self.actor.may(EXPORT):
            found.append(Action(_("Download"), url=reverse("teacher_download", args=key), icon="download"))
        if self.is_own or self.actor.may(HAND_OUT):
            found.append(Action(_("Account"), url=reverse("teacher_account", args=key), icon="key"))
        return found

    def _merging(self) -> list[Action]:
        if not self.actor.may(PERMISSION) or self.object.merged_into_id is not None:
            return []
        return [
            Action(
                _("The same person as …"),
                url=reverse("merge_choose", args=[self.object.public_id]),
                icon="users",
                quiet=True,
            )
        ]

    @property
    def is_own(self) -> bool:
        """Whether the reader looks at their own file in their own name."""
        return bool(self.actor.may("personnel.view_own") and self.object.user_id == self.actor.user.pk)

    def file_url(self) -> str:
        """The address of the file."""
        return reverse("teacher", args=[self.object.public_id])

    def looks(self) -> dict[str, Any]:
        """Who looked at this file in the last month, and the last looks that went beyond opening it."""
        rows = looks_at(self.object, limit=LOOKS)
        recent = [row for row in rows if timezone.now() - row.at < MONTH]
        beyond = [row for row in rows if row.what not in PLAIN_LOOKS][:LATEST]
        prime_units(beyond, self.actor)
        return {
            "opened": sum(row.what == FILE for row in recent),
            "revealed": sum(is_reveal(row.what) for row in recent),
            "more": len(recent) == LOOKS,
            "rows": [self._look(row) for row in beyond],
            "url": reverse("teacher_looks", args=[self.object.public_id]),
        }

    def _look(self, row: Any) -> dict[str, Any]:
        return {
            "by": onlooker(row, self.actor),
            "unit": their_unit(row, self.actor),
            "at": row.at,
            "what": seen_words(row.what),
            "reason": said_reason(row),
        }


def paged_tabs(teacher: Any, actor: Any, current: str = "") -> list[Tab]:
    """The tabs that are pages of their own, for a person whom the actor sees."""
    return [
        Tab(tab.label, reverse(tab.page, args=[teacher.public_id]), current=tab.name == current, icon="lock")
        for tab in registry.each("file_tabs")
        if tab.applies(teacher, actor)
    ]


def seen_words(what: str) -> str:
    """What was looked at beyond opening the file; of a masked value only its name, of a sealed part its own."""
    if what.startswith(SEALED):
        return sealed_part(what)
    model_label, _dot, field = what.rpartition(".")
    model = next((past.model_of(one) for one in registry.each("file_sections") if one.model == model_label), None)
    return label(model, field) if model is not None else str(sort_of(what).words)


def latin(pinyin: str) -> str:
    """A name in pinyin as passports write it: lin wan qing → Lin Wanqing."""
    surname, _blank, rest = pinyin.partition(" ")
    return " ".join(filter(None, [surname.capitalize(), rest.replace(" ", "").capitalize()]))
