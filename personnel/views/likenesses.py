"""Pairs of files that may be one person's: the list, and the answer that they are two people."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.codes.values import values_of
from core.jobs.services import AlreadyRunning, enqueue
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, UnitFilter
from core.web.listing import Listing
from core.web.looks import EXPORTED
from core.web.pages import ActionPage, FormPage, ListPage
from core.web.parts import Action, Cell, Fact, Link
from personnel import services
from personnel.choices import DIFFER
from personnel.forms import WhyForm
from personnel.models import Employment, Teacher
from personnel.models.likeness import GROUNDS
from personnel.selectors.likeness import pairs
from personnel.selectors.teachers import in_unit
from personnel.services.likeness import FOUND, ask_again, tell_apart
from personnel.services.merging.plan import PERMISSION
from personnel.services.why import groups_of

OPEN, ANSWERED = "open", "different"


def grounds_words(grounds: Iterable[str]) -> str:
    """Why two files look alike, in words, the strongest ground first."""
    return pgettext("list separator", ", ").join(str(GROUNDS.get(one, one)) for one in grounds)


def _file(side: str) -> Any:
    def cell(row: Any, actor: Any) -> Cell:
        teacher = getattr(row, side)
        born = teacher.birth.isoformat() if teacher.birth else ""
        told = [born, values_of(actor).unit(getattr(row, f"{side}_unit"))]
        sub = pgettext("list separator", ", ").join(filter(None, told))
        return Cell(teacher.name, reverse("teacher", args=[teacher.public_id]), sub=sub)

    return cell


def _grounds(row: Any, _actor: Any) -> Cell:
    return Cell(grounds_words(row.grounds))


def _next(row: Any, _actor: Any) -> Cell:
    if row.different:
        return Cell(_("Ask again"), reverse("likeness_ask_again", args=[row.public_id]))
    return Cell(_("Compare and decide"), reverse("merge_files", args=[row.teacher.public_id, row.other.public_id]))


class AnswerFilter(ChoiceFilter):
    """Still to be answered, or said to be two people."""


def _answered(rows: Any, value: str, _actor: Any) -> Any:
    return rows.filter(different=value == ANSWERED)


def _of_ground(rows: Any, value: str, _actor: Any) -> Any:
    return rows.filter(grounds__contains=[value])


def _of_unit(rows: Any, unit: Any, actor: Any) -> Any:
    there = in_unit(Teacher._base_manager.all(), unit, actor.on)
    return rows.filter(teacher__in=there.values("pk"), other__in=there.values("pk"))


def with_units(rows: Any, actor: Any) -> Any:
    """Annotate where each of the two is employed on the actor's day."""

    def held(side: str) -> Any:
        return Subquery(
            Employment._base_manager.filter(teacher=OuterRef(side), valid__contains=actor.on).values("unit")[:1]
        )

    return rows.annotate(teacher_unit=held("teacher"), other_unit=held("other"))


class LikenessList(ListPage):
    """Pairs of files that may be one person's."""

    name = "likenesses"
    route = "duplicates/"
    permission = PERMISSION
    title = _("Possible duplicates")
    everything_label = _("To be answered")
    exported = True
    default_sort = "-weight"
    help = _(
        "Two files that look like one person's stand in one line, the most alike first. Merge them, or say that they are two people; both "
        "stay in the history. Files must be right and complete (Personal Information Protection Law, article 8). The search runs every "
        "night; what counts how much is the parameter “What makes two files look like one person's”."
    )
    references = (Link(_("Personal Information Protection Law, articles 8 and 46")),)
    columns = (
        ListColumn("first", _("The one file"), _file("teacher"), nowrap=True, order=0),
        ListColumn("second", _("The other file"), _file("other"), nowrap=True, order=10),
        ListColumn("grounds", _("Why they look alike"), _grounds, order=20),
        ListColumn(
            "weight",
            _("How alike"),
            lambda row, _actor: row.weight,
            sort=("weight",),
            indexed=True,
            number=True,
            order=30,
        ),
        ListColumn("next", _("Next step"), _next, nowrap=True, order=40),
    )
    filters = (
        AnswerFilter(
            "answer", _("Answer"), _answered, default=OPEN, order=10,
            options=((OPEN, _("to be answered")), (ANSWERED, _("two different people"))),
        ),
        ChoiceFilter("ground", _("Ground"), _of_ground, order=20, options=tuple(GROUNDS.items())),
        UnitFilter("unit", _("Both in the unit"), _of_unit, order=30),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        rows = pairs(actor) | pairs(actor, different=True)
        return with_units(rows.select_related("teacher", "other"), actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[unit for row in rows for unit in (row.teacher_unit, row.other_unit)])

    def note_export(self, rows: Any, actor: Any) -> None:
        people = {key for pair in rows.values_list("teacher", "other") for key in pair}
        services.note_looks(actor=actor, teachers=people, what=EXPORTED, reason=str(self.title))

    def summary(self, listing: Listing) -> Any:
        return _("Pairs of which you see both files")

    def actions(self) -> list[Action]:
        return [Action(_("Search now"), url=reverse("likenesses_search"), icon="search", post=True)]

    @property
    def empty(self) -> dict[str, Any]:
        """What the list says where nobody looks like somebody else."""
        return {
            "icon": "ok", "heading": _("No two files look like one person's"),
            "text": _("The search runs every night. After an import it can be started by hand."), "actions": self.actions(),
        }  # fmt: skip


class SearchNow(ActionPage):
    """Start the search by hand."""

    name = "likenesses_search"
    route = "duplicates/search/"
    permission = PERMISSION
    done_message = _("The search runs. The list shows what it finds.")

    def act(self) -> str:
        with suppress(AlreadyRunning):
            enqueue(FOUND, actor=self.actor, lock=FOUND)
        return reverse("likenesses")

    def back(self) -> str:
        return reverse("likenesses")


class TellApart(FormPage):
    """Say that two files are of two different people."""

    name = "likeness_differ"
    route = "duplicates/<uuid:public_id>/different/"
    permission = PERMISSION
    form_class = WhyForm
    template = "personnel/likeness_differ.html"
    title = _("Two different people")
    submit_label = _("They are two people")
    done_message = _("Answered: they are two people, and not asked about any more.")
    help = _(
        "Compare the papers of both before you answer. The answer stands in the history with your reason and can be taken back "
        "(Personal Information Protection Law, article 8)."
    )

    def rows(self) -> Any:
        return with_units(pairs(self.actor).select_related("teacher", "other"), self.actor)

    @property
    def record(self) -> Any:
        """The form shows no field of the pair."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("likenesses")

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "groups": groups_of(DIFFER)}

    def entered(self) -> None:
        services.note_looks(actor=self.actor, teachers=[self.object.teacher_id, self.object.other_id])

    def context(self) -> dict[str, Any]:
        values = values_of(self.actor)
        values.prime(units=[self.object.teacher_unit, self.object.other_unit])
        sides = [(self.object.teacher, self.object.teacher_unit), (self.object.other, self.object.other_unit)]
        return {
            "crumbs": [Link(self.title), Link(_("Possible duplicates"), self.cancel_url)][::-1],
            "facts": [
                Fact(teacher.name, values.unit(unit), url=reverse("teacher", args=[teacher.public_id]), sub=teacher.birth or "")
                for teacher, unit in sides
            ],
            "grounds": grounds_words(self.object.grounds),
        }  # fmt: skip

    def save(self, form: Any) -> str:
        tell_apart(actor=self.actor, pair=self.object, **form.why)
        return reverse("likenesses")


class AskAgain(ActionPage):
    """Take back that two files are of two people."""

    name = "likeness_ask_again"
    route = "duplicates/<uuid:public_id>/ask-again/"
    permission = PERMISSION
    title = _("Ask again")
    question = _("Were they said to be two people by mistake? Then the pair is asked about again.")
    submit_label = _("Ask about them again")
    done_message = _("The pair is in the list again.")
    help = _("The answer and its reason stay in the history (Personal Information Protection Law, article 8).")

    def rows(self) -> Any:
        return pairs(self.actor) | pairs(self.actor, different=True)

    def act(self) -> str:
        ask_again(actor=self.actor, pair=self.object, reason=str(_("Said by mistake")))
        return reverse("likenesses")

    def back(self) -> str:
        return reverse("likenesses")
