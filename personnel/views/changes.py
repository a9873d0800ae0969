"""One change with everything that it touched."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import fields_of, label, values_of
from core.web.filters import is_uuid
from core.web.pages import Page
from core.web.paging import Order, Slice, cut
from core.web.parts import Entry, Fact, Pager, Pair
from personnel import services
from personnel.selectors import changes
from personnel.selectors import versions as past
from personnel.views.marks import batch_urls, kind_label, role_name, source_words
from personnel.views.telling import Telling, prime

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
        found = past.versions(past.sections_for(self.actor), list(people), changes=[self.object.pk]) if people else []
        prime(self.actor, found)
        telling = Telling(self.actor)
        told = {act.person: telling.entry(act) for act in past.acts(found)}
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
            Fact(_("Why"), change.reason),
            Fact(_("Paper"), change.document),
            Fact(_("Where"), source_words(change), url=batch_urls([change], self.actor).get(change.pk, "")),
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
        entries = []
        for row in rows:
            pairs = [
                Pair(label(model, name), None, text)
                for name in fields_of(model)
                if (text := values.shown(model, name, row).text)
            ]
            entries.append(Entry("", None, pairs=pairs))
        return entries
