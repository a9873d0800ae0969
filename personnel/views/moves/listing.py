"""All moves from and to the reader's units: what waits, where each stands."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.codes.values import values_of
from core.dates import DAY
from core.org.models import Unit
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, UnitFilter
from core.web.looks import EXPORTED
from core.web.pages import ListPage
from core.web.parts import Action, Cell
from core.workflow.registered import workflow_of
from core.workflow.selectors import cases
from core.workflow.views.telling import state_badge
from personnel.models import MoveKind
from personnel.selectors.move_facts import OPEN_STATES
from personnel.selectors.move_words import receiver_words
from personnel.selectors.moves import ASK, FLOWS, VIEW, moves
from personnel.selectors.moves import inbox_of as waiting
from personnel.services import note_looks
from personnel.workflows.moves import HELP, REFERENCES

STATES: Final = (
    ("open", gettext_lazy("not decided yet")),
    ("decided", gettext_lazy("decided, report for duty awaited")),
    ("there", gettext_lazy("working at the receiver")),
    ("late", gettext_lazy("time is over, return not recorded")),
    ("over", gettext_lazy("over")),
)  # fmt: skip


def _name(row: Any, _actor: Any) -> Cell:
    return Cell(row.teacher.name, reverse("case", args=[row.case.public_id]) if row.linked else "")


def _state(row: Any, _actor: Any) -> Cell:
    flow = workflow_of(row.case.kind)
    return Cell(badge=state_badge(flow, row.case))


def _waits(row: Any, actor: Any) -> Any:
    return values_of(actor).unit(row.case.unit_id) if row.case.desk else ""


def _by_state(rows: Any, value: str, actor: Any) -> Any:
    asked = {
        "open": Q(case__state__in=OPEN_STATES), "decided": Q(case__state="decided"), "there": Q(case__state="there"),
        "late": Q(case__state="there", ends__lte=actor.on), "over": Q(case__desk=""),
    }  # fmt: skip
    return rows.filter(asked[value])


def _from(rows: Any, unit: Unit, _actor: Any) -> Any:
    return rows.filter(from_unit__path__descendants=unit.path)


def _to(rows: Any, unit: Unit, _actor: Any) -> Any:
    return rows.filter(to_unit__path__descendants=unit.path)


class MoveList(ListPage):
    """Moves from and to the reader's units."""

    name = "moves"
    route = "moves/"
    permission = VIEW
    title = gettext_lazy("Transfers and loans")
    everything_label = gettext_lazy("All moves")
    exported = True
    can_search = True
    search_label = gettext_lazy("Name")
    default_sort = "-starts"
    help = HELP
    references = REFERENCES

    columns = (
        ListColumn("name", gettext_lazy("Name"), _name, nowrap=True, order=0),
        ListColumn("kind", gettext_lazy("Kind of move"), lambda row, _actor: row.get_kind_display(), order=10),
        ListColumn("sender", pgettext_lazy("move", "Sending unit"), lambda row, actor: values_of(actor).unit(row.from_unit_id), order=20),
        ListColumn("receiver", gettext_lazy("Receiving unit"), lambda row, actor: receiver_words(row, values_of(actor)), order=30),
        ListColumn(
            "starts", gettext_lazy("First day there"), lambda row, _actor: row.starts, sort=("starts",), indexed=True, nowrap=True, order=40
        ),
        ListColumn(
            "last", gettext_lazy("Last day there"), lambda row, _actor: row.ends - DAY if row.ends else "", nowrap=True, order=50
        ),
        ListColumn("state", gettext_lazy("State"), _state, order=60),
        ListColumn("waits", gettext_lazy("Waits for"), _waits, order=70),
        ListColumn(
            "ground", gettext_lazy("Ground of the move"), lambda row, actor: values_of(actor).code("move_ground", row.ground), shown=False,
            order=80,
        ),
        ListColumn("document", gettext_lazy("Document number"), lambda row, _actor: row.document, shown=False, order=90),
        ListColumn("reported", gettext_lazy("Reported for duty"), lambda row, _actor: row.reported_on, shown=False, nowrap=True, order=100),
    )  # fmt: skip
    filters = (
        ChoiceFilter(
            "waits", gettext_lazy("Waits for"), lambda rows, _value, actor: rows.filter(case__in=waiting(actor)), order=0,
            options=(("me", gettext_lazy("for me")),),
        ),
        ChoiceFilter("state", gettext_lazy("State"), _by_state, order=10, options=STATES),
        ChoiceFilter(
            "kind", gettext_lazy("Kind of move"), lambda rows, value, _actor: rows.filter(kind=value), order=20,
            options=tuple((one.value, one.label) for one in MoveKind),
        ),
        UnitFilter("sender", pgettext_lazy("move", "Sending unit"), _from, order=30),
        UnitFilter("receiver", gettext_lazy("Receiving unit"), _to, order=40),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return moves(actor)

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        return rows.filter(teacher__name__icontains=text.strip())

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[key for row in rows for key in (*row.units, row.case.unit_id)])
        seen = set(cases(actor).filter(kind__in=FLOWS, move__in=[row.pk for row in rows]).values_list("pk", flat=True))
        for row in rows:
            row.linked = row.case_id in seen

    def note_export(self, rows: Any, actor: Any) -> None:
        note_looks(
            actor=actor, teachers=[*rows.values_list("teacher_id", flat=True)], what=EXPORTED, reason=str(self.title)
        )

    def actions(self) -> list[Action]:
        found = [Action(_("Rotation of a year"), reverse("rotations"), "refresh")]
        if self.actor.may(ASK) and self.actor.may("exchange.import"):
            found.append(Action(_("From a workbook"), reverse("import_new"), "upload"))
        return found

    @property
    def empty(self) -> dict[str, Any]:
        text = _("A move is asked for on the page of a person, by “Transfer or send”.")
        return {
            "icon": "swap", "heading": _("No moves yet"), "text": text, "actions": [Action(_("Teachers"), reverse("teachers"), "users")],
        }  # fmt: skip
