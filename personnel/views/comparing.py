"""Two moments of a file side by side: what differs between what was recorded then and then."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import label, period_words, values_of
from core.web.filters import day_of, is_uuid
from core.web.parts import Action, Choice, Pair
from personnel.selectors import versions as past
from personnel.selectors.comparing import Difference, Moment, differences
from personnel.views.person import FilePage
from personnel.views.telling import Telling, prime

MOST_OFFERED = 200
LONGEST = 40


class CompareMoments(FilePage):
    """The file as it was recorded at two moments; `?first=` and `?second=` are each a change, or a day (its end)."""

    name = "teacher_compare"
    route = "teachers/<uuid:public_id>/history/compare/"
    permission = ("records.view_change", "personnel.view_own")
    template = "personnel/compare.html"
    title = gettext_lazy("Compare two moments")
    help = gettext_lazy(
        "What was recorded at the one moment stands beside what was recorded at the other. A day counts with all that was "
        "written on it; a change with all that was written up to it. Nothing chosen means as it is now."
    )

    @cached_property
    def versions(self) -> list[past.Version]:
        """All versions of the file."""
        return past.versions(self.sections, [self.object.pk])

    @cached_property
    def acts(self) -> list[past.Act]:
        """What each change did to the file, the newest first."""
        return past.acts(self.versions)

    @cached_property
    def changes(self) -> list[Any]:
        """The changes of the file, the newest first."""
        return [act.change for act in self.acts]

    def moment(self, name: str) -> Moment:
        """What the address asks for; 404 for a change that is none of this file."""
        asked = str(self.request.GET.get(name, ""))[:LONGEST]
        if is_uuid(asked):
            found = next((one for one in self.changes if str(one.public_id) == asked), None)
            if found is None:
                raise Http404
            return Moment(change=found)
        return Moment(day=day_of(str(self.request.GET.get(f"{name}_day", "")) or asked))

    def context(self) -> dict[str, Any]:
        first, second = self._first(), self.moment("second")
        prime(self.actor, self.versions)
        found = differences(self.versions, first, second, self.object.pk)
        told = [(one.section.label, self._pairs(one), self._state(one)) for one in found]
        return {
            "person": self.person(),
            "differences": told,
            "sides": [
                ("first", _("First moment"), first, self._choices(first)),
                ("second", _("Second moment"), second, self._choices(second)),
            ],
        }  # fmt: skip

    def _first(self) -> Moment:
        """Without a choice: right before the newest change."""
        asked = any(self.request.GET.get(name) for name in ("first", "first_day"))
        return self.moment("first") if asked or len(self.changes) < 2 else Moment(change=self.changes[1])

    def head_actions(self) -> list[Action]:
        history = reverse("teacher_history", args=[self.object.public_id])
        return [
            Action(_("History"), url=history, icon="history"),
            Action(_("Back to the file"), url=self.file_url(), icon="left"),
        ]

    def _choices(self, chosen: Moment) -> list[Choice]:
        between, telling = pgettext("between unit and role", " · "), Telling(self.actor)
        picked = chosen.change.pk if chosen.change else None
        return [
            Choice(
                str(one.public_id),
                between.join(
                    [timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M"), telling.title(act), str(one.actor)]
                ),
                one.pk == picked,
            )
            for act in self.acts[:MOST_OFFERED]
            for one in [act.change]
        ]

    def _state(self, one: Difference) -> Any:
        """Which record it is, and what became of it."""
        there = one.now if one.now is not None else one.was
        shown = values_of(self.actor).shown
        named = [shown(one.model, name, there).text for name in one.section.primary]
        if getattr(there, "valid", None):
            named.append(period_words(there.valid))
        if one.was is None or one.now is None:
            named.append(pgettext("a record", "new") if one.was is None else pgettext("a record", "no longer there"))
        return pgettext("list separator", ", ").join(filter(None, named))

    def _pairs(self, one: Difference) -> list[Pair]:
        shown = values_of(self.actor).shown
        return [
            Pair(
                label(one.model, name),
                shown(one.model, name, one.was).text if one.was is not None else None,
                shown(one.model, name, one.now).text if one.now is not None else None,
            )
            for name in one.fields
        ]
