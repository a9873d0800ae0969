"""One change with everything that it touched."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import fields_of, label, reason_words, values_of
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.web.downloads import attachment
from core.web.filters import is_uuid
from core.web.pages import Page
from core.web.paging import Order, Slice, cut
from core.web.parts import Action, Entry, Fact, Pager, Pair
from personnel import services
from personnel.selectors import changes
from personnel.selectors import versions as past
from personnel.selectors.merged import parts_of_files
from personnel.services.merging import may_separate, plan_separation
from personnel.services.undoing import may_undo
from personnel.views.facts import CHANGE
from personnel.views.marks import batch_urls, kind_label, role_name, said_by, source_words
from personnel.views.telling import Telling, evidence_link, prime

log = logging.getLogger("shidang.personnel")

PAGE = 20
MOST_OTHERS = 50


class ChangePage(Page):
    """Who did what, when, why and on what paper, and each file that it touched: only those whom the reader sees."""

    name = "change"
    route = "changes/<uuid:public_id>/"
    permission = ("records.view_change", "records.audit")
    template = "personnel/change.html"
    help = gettext_lazy("One change is one act: all that stands here was written together, or not at all.")

    def load(self) -> None:
        """Find the change among those of which the actor sees something."""
        found = changes.visible_change(self.actor, self.kwargs["public_id"]) if self.actor else None
        if found is None:
            raise Http404
        self.object = found

    def heading(self) -> str:
        return kind_label(self.object)

    @cached_property
    def people(self) -> Slice:
        """One page of the people whose files the change touched."""
        rows = changes.people_of(self.object, self.actor)
        after, before = (self.request.GET.get(name, "") for name in ("after", "before"))
        return cut(rows, rows, Order(("pinyin", "name")), size=PAGE, after=after, before=before)

    def context(self) -> dict[str, Any]:
        people = {person.pk: person for person in self.people.rows}
        services.note_looks(actor=self.actor, teachers=people.keys())
        whose = parts_of_files(people)
        found = past.versions(past.sections_for(self.actor), list(whose), changes=[self.object.pk]) if people else []
        prime(self.actor, found)
        telling = Telling(self.actor)
        told = {act.person: telling.entry(act) for act in past.acts(found, whose)}
        return {
            "facts": self._facts(),
            "people": [(person, self._bare(told[pk], person)) for pk, person in people.items() if pk in told],
            "others": [(model._meta.verbose_name, self._other_entries(model, rows)) for model, rows in self._others()],
            "removed": self._removed(),
            "touched": [(past.named(model), number) for model, number in changes.touched(self.object, self.actor)],
            "pager": Pager(
                previous_url=f"?before={self.people.before}" if is_uuid(self.people.before) else "",
                next_url=f"?after={self.people.after}" if is_uuid(self.people.after) else "",
            ),
        }

    def _facts(self) -> list[Fact]:
        change = self.object
        values = values_of(self.actor)
        who = pgettext("between unit and role", " · ").join(
            filter(None, [str(change.actor), role_name(change.role), values.unit(change.unit_id)])
        )
        return [
            Fact(_("By"), who),
            Fact(_("When"), timezone.localtime(change.at).strftime("%Y-%m-%d %H:%M:%S")),
            Fact(_("Why"), reason_words(change)),
            Fact(_("Paper"), change.document),
            *self._evidence(),
            Fact(_("Where"), source_words(change), url=batch_urls([change], self.actor).get(change.pk, "")),
            *self._undoes(),
        ]

    def _evidence(self) -> list[Fact]:
        """The file that shows why, and how it is sealed; its name may tell of people, so auditors read only that there is one."""
        change = self.object
        if change.evidence is None:
            return []
        link = evidence_link(change, self.actor)
        digest = _("sealed with this change, SHA-256 %(digest)s") % {"digest": change.evidence_digest}
        named = link.label if link else _("a file is attached")
        return [Fact(_("Evidence"), named, url=link.url if link else "", sub=digest)]

    def head_actions(self) -> list[Action]:
        """The way to undo it, where it is one that is undone by itself, or a merge."""
        if may_separate(self.actor, plan_separation(self.object)):
            undo = reverse("merge_undo", args=[self.object.public_id])
            return [Action(_("Undo this merge"), url=undo, icon="undo")]
        if not self.actor.may(CHANGE) or not may_undo(self.actor, self.object):
            return []
        return [Action(_("Undo this change"), url=reverse("change_undo", args=[self.object.public_id]), icon="undo")]

    def _undoes(self) -> list[Fact]:
        """The change that this one undid, and those that undid this one."""
        found = [(_("Undoes"), one) for one in changes.undone_by(self.object)]
        found += [(_("Undone by"), one) for one in changes.undoing(self.object)]
        return [
            Fact(label, kind_label(one), url=reverse("change", args=[one.public_id]), sub=said_by(one))
            for label, one in found
        ]

    def _bare(self, entry: Entry, person: Any) -> Entry:
        """An entry of one person: the name leads to the file, who and why stand above."""
        return Entry(
            entry.heading, None, pairs=entry.pairs, badge=entry.badge, url=reverse("teacher", args=[person.public_id])
        )

    def _removed(self) -> dict[str, Any]:
        """The files that the change took away, by name."""
        names, count = changes.removed_files(self.object, self.actor, limit=MOST_OTHERS)
        return {"names": pgettext("list separator", ", ").join(names), "count": count, "more": count - len(names)}

    def _others(self) -> list[tuple[Any, list[Any]]]:
        return changes.others_of(self.object, self.actor, limit=MOST_OTHERS)

    def _other_entries(self, model: Any, rows: list[Any]) -> list[Entry]:
        values = values_of(self.actor)
        values.prime(units=[getattr(row, "unit_id", None) for row in rows])
        before = changes.versions_before(model, rows, self.actor)
        return [self._other_entry(model, row, before.get((row.id, row.revision))) for row in rows]

    def _other_entry(self, model: Any, row: Any, was: Any) -> Entry:
        """A new record whole, else what changed of it; where none of that is shown, the record and that only its place changed."""
        shown = values_of(self.actor).shown
        now = {name: shown(model, name, row).text for name in fields_of(model)}
        then = {name: shown(model, name, was).text if was is not None else "" for name in now}
        changed = [
            Pair(label(model, name), then[name] or None, now[name] or None) for name in now if now[name] != then[name]
        ]
        if changed:
            return Entry("", None, pairs=changed)
        whole = [Pair(label(model, name), None, text) for name, text in now.items() if text]
        return Entry(_("Unchanged, but for the file that it belongs to"), None, pairs=whole)


class ChangeEvidence(Page):
    """The file that shows why a change was made, for those who see the change in the files of people."""

    name = "change_evidence"
    route = "changes/<uuid:public_id>/evidence/"
    permission = "records.view_change"

    def load(self) -> None:
        """Find the change among those of which the actor sees something, where it has a file."""
        found = changes.visible_change(self.actor, self.kwargs["public_id"]) if self.actor else None
        if found is None or found.evidence is None:
            raise Http404
        self.object = found

    def entered(self) -> None:
        people = changes.people_of(self.object, self.actor).values_list("pk", flat=True)
        services.note_looks(actor=self.actor, teachers=[*people])

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        file = self.object.evidence
        try:
            return attachment(content_of(file), file.name, file.content_type)
        except FileNotFoundError as error:
            log.exception("the disk lost the evidence of change %s", self.object.pk)
            raise Http404 from error
        except ErasedValue as error:
            raise Http404 from error
