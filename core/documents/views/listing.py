"""The list of issued papers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.codes.values import values_of
from core.documents.kinds import all_kinds, kind_label
from core.documents.models import IssuedDocument
from core.documents.selectors import VIEW, papers
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, UnitFilter
from core.web.pages import ListPage
from core.web.parts import Badge, Cell

TONES = {"valid": "green", "withdrawn": "red", "replaced": "amber"}


def state_badge(document: IssuedDocument) -> Badge:
    """Whether a paper counts."""
    return Badge(document.get_state_display(), TONES.get(document.state, ""))


class KindFilter(ChoiceFilter):
    """One kind of paper."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [(kind.name, kind.label) for kind in all_kinds().values()]


class PaperList(ListPage):
    """The papers that the actor's unit and those below it issued, the newest first."""

    name = "papers"
    route = "papers/"
    permission = VIEW
    title = _("Issued papers")
    everything_label = _("All papers")
    can_search = True
    search_label = _("Number of the paper, or name")
    exported = True
    default_sort = "-issued"
    help = _(
        "Every paper that went out: by whom, about whom, under which number, and whether it still counts. A paper is issued on the page of "
        "the person, or for many people at once from the list of people."
    )
    empty = {
        "icon": "paper",
        "heading": _("No paper yet"),
        "text": _("Open somebody's file and choose “Papers” there to issue the first one."),
    }
    columns = (
        ListColumn(
            "number", _("Number of the paper"), lambda row, _actor: Cell(row.number, reverse("paper", args=[row.public_id])), order=0
        ),
        ListColumn("kind", _("Kind of paper"), lambda row, _actor: kind_label(row.kind), order=10),
        ListColumn("holder", _("Holder of the paper"), lambda row, _actor: row.holder, nowrap=True, order=20),
        ListColumn("unit", _("Issued by"), lambda row, actor: values_of(actor).unit(row.unit_id), order=30),
        ListColumn("issued", _("Issued"), lambda row, _actor: row.issued_on, sort=("id",), indexed=True, nowrap=True, order=40),
        ListColumn("state", _("State"), lambda row, _actor: Cell(badge=state_badge(row)), order=50),
    )  # fmt: skip
    filters = (
        UnitFilter("unit", _("Unit"), lambda rows, unit, _actor: rows.filter(unit__path__descendants=unit.path), order=10),
        KindFilter("kind", _("Kind of paper"), lambda rows, value, _actor: rows.filter(kind=value), order=20),
        ChoiceFilter(
            "state", _("State"), lambda rows, value, _actor: rows.filter(state=value), options=tuple(IssuedDocument.State.choices), order=30
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return papers(actor)

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        return rows.filter(holder__startswith=text) | rows.filter(number__contains=text)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])
