"""The organisation changes of a bureau: what waits, what was decided for which day."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.codes.values import values_of
from core.org.actor import role_label
from core.org.models import Unit
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, UnitFilter
from core.web.pages import ListPage
from core.web.parts import Action, Cell, Column, Row, Stat, Table
from core.workflow.registered import workflow_of
from core.workflow.selectors import cases
from core.workflow.views.telling import state_badge
from personnel.models import UnitChange
from personnel.selectors.unit_change_words import title_of
from personnel.selectors.unit_changes import DECIDE, KIND, PROPOSE, changes, receivers, roles_left
from personnel.services.unit_changes.asking import why_not_propose
from personnel.workflows.unit_changes import CHANGING

OVER: Final = ("withdrawn", "refused", "taken_back")
MOST: Final = 5


def _title(row: Any, actor: Any) -> Cell:
    text = title_of(row, values_of(actor).unit)
    return Cell(text, reverse("case", args=[row.case.public_id]) if row.linked else "")


def _state(row: Any, _actor: Any) -> Cell:
    return Cell(badge=state_badge(workflow_of(row.case.kind), row.case))


def _by_state(rows: Any, value: str, actor: Any) -> Any:
    if value == "open":
        return rows.filter(case__state__in=("asked", "returned"))
    if value == "ahead":
        return rows.filter(case__state__in=("decided", "done"), on__gt=actor.on)
    return rows.filter(case__state__in=("decided", "done"), on__lte=actor.on)


def _of_unit(rows: Any, unit: Unit, _actor: Any) -> Any:
    path = unit.path
    named = [Q(**{f"{name}__path__descendants": path}) for name in ("subject", "receiver", "made")]
    return rows.filter(Q(*named, _connector=Q.OR))


class UnitChanges(ListPage):
    """What a bureau does with its units."""

    name = "unit_changes"
    route = "unit-changes/"
    permission = (PROPOSE, DECIDE)
    title = gettext_lazy("Organisation changes")
    everything_label = gettext_lazy("All organisation changes")
    exported = True
    default_sort = "-on"
    help = CHANGING.help
    references = CHANGING.references

    columns = (
        ListColumn("what", gettext_lazy("What"), _title, order=0),
        ListColumn("kind", pgettext_lazy("organisation", "Change"), lambda row, _actor: row.get_kind_display(), nowrap=True, order=10),
        ListColumn(
            "on", pgettext_lazy("organisation", "First day"), lambda row, _actor: row.on, sort=("on",), indexed=True, nowrap=True, order=20
        ),
        ListColumn("state", gettext_lazy("State"), _state, order=30),
        ListColumn("document", gettext_lazy("Document number"), lambda row, _actor: row.document, order=40),
        ListColumn("words", gettext_lazy("Why"), lambda row, _actor: row.words, shown=False, order=50),
    )  # fmt: skip
    filters = (
        ChoiceFilter(
            "state", gettext_lazy("State"), _by_state, order=0,
            options=(
                ("open", gettext_lazy("not decided yet")), ("ahead", gettext_lazy("decided, its day lies ahead")),
                ("over", gettext_lazy("in effect")),
            ),
        ),
        ChoiceFilter(
            "kind", pgettext_lazy("organisation", "Change"), lambda rows, value, _actor: rows.filter(kind=value), order=10,
            options=tuple((one.value, one.label) for one in UnitChange.Kind),
        ),
        UnitFilter("unit", gettext_lazy("Unit"), _of_unit, order=20),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return changes(actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[key for row in rows for key in (row.subject_id, row.receiver_id) if key])
        seen = set(
            cases(actor).filter(kind=KIND, unit_change__in=[row.pk for row in rows]).values_list("pk", flat=True)
        )
        for row in rows:
            row.linked = row.case_id in seen

    def actions(self) -> list[Action]:
        if why_not_propose(self.actor):
            return []
        return [Action(_("Open a unit"), reverse("unit_open", args=[self.actor.unit.public_id]), "plus", primary=True)]

    @property
    def empty(self) -> dict[str, Any]:
        text = _("Merging, splitting, renaming and closing begin on the page of a unit.")
        units = Action(_("Units and quotas"), reverse("units"), "list")
        return {"icon": "tree", "heading": _("No organisation changes yet"), "text": text, "actions": [units]}


def _into(row: Any, actor: Any) -> Any:
    return values_of(actor).unit(row.receiver) if row.receiver else ""


def _end(row: Any, _actor: Any) -> Cell:
    return Cell(_("Propose the end"), reverse("role_end", args=[row.public_id]))


class RolesLeft(ListPage):
    """Roles at units that were closed or will be, for those who give new ones."""

    name = "roles_left"
    route = "unit-changes/roles/"
    permission = "org.grant_role"
    title = gettext_lazy("Roles at closed units")
    everything_label = gettext_lazy("All roles at closed units")
    default_sort = "-closed"
    help = gettext_lazy(
        "A role at a unit gives nothing any more from the day on which the unit is closed. Who is to go on at the receiver is given a role "
        "there: one security administrator proposes it, another one confirms. The old role is ended the same way."
    )
    empty = {
        "icon": "key",
        "heading": gettext_lazy("No roles at closed units"),
        "text": gettext_lazy("Where a unit is closed or goes into another one, its roles stand here."),
    }
    columns = (
        ListColumn("user", gettext_lazy("User"), lambda row, _actor: Cell(str(row.user), sub=row.user.username), order=0),
        ListColumn("role", gettext_lazy("Role"), lambda row, _actor: role_label(row.role), order=10),
        ListColumn("unit", gettext_lazy("Closed unit"), lambda row, actor: values_of(actor).unit(row.unit_id), order=20),
        ListColumn(
            "closed", gettext_lazy("Closed"), lambda row, _actor: row.unit.closed, sort=("unit__closed",), indexed=False, nowrap=True,
            order=30,
        ),
        ListColumn("receiver", gettext_lazy("Went into"), _into, order=40),
        ListColumn("end", gettext_lazy("End it"), _end, order=50),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return roles_left(actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        into = receivers([row.unit_id for row in rows])
        for row in rows:
            row.receiver = into.get(row.unit_id)
        values_of(actor).prime(units=[key for row in rows for key in (row.unit_id, row.receiver) if key])

    def actions(self) -> list[Action]:
        return [Action(_("Propose a role"), reverse("role_propose"), "plus", primary=True)]


def roles_to_see(actor: Any, unit: Unit) -> list[Stat]:
    """On the first page of security administrators: how many roles stand at closed units."""
    number = roles_left(actor).filter(unit__path__descendants=unit.path).count()
    return [Stat(_("Roles at closed units"), number, reverse("roles_left"), tone="amber")] if number else []


def story(actor: Any, unit: Unit) -> list[Table]:
    """On the page of a unit: what was or is to be done with it, the newest first."""
    if unit.is_bureau:
        return []
    mine = Q(subject=unit) | Q(receiver=unit) | Q(made=unit)
    rows = list(changes(actor).filter(mine).exclude(case__state__in=OVER).order_by("-on", "-pk")[:MOST])
    values = values_of(actor)
    values.prime(units=[key for row in rows for key in (row.subject_id, row.receiver_id) if key])
    linked = actor.may(PROPOSE) or actor.may(DECIDE)
    columns = [
        Column("what", _("What")),
        Column("on", pgettext("organisation", "First day"), nowrap=True),
        Column("state", _("State")),
    ]
    lines = [
        Row(
            [
                Cell(title_of(row, values.unit), reverse("case", args=[row.case.public_id]) if linked else ""),
                row.on,
                _state(row, actor),
            ]
        )
        for row in rows
    ]
    return [Table(_("Organisation changes"), columns, lines)] if lines else []
