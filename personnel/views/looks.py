"""Who looked at a file: all looks of which the person may be told now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registry import ListColumn
from core.web.looks import said_reason
from core.web.pages import ListPage
from core.web.parts import Action, Link
from core.web.views.audit import log_filters, look_filter, seen, when
from personnel.selectors.file import looks_of
from personnel.views.onlookers import onlooker, prime_units, their_unit
from personnel.views.person import FilePage


class TeacherLooks(FilePage, ListPage):
    """Every look at one file: who, in which role and unit, when, at what, why."""

    name = "teacher_looks"
    route = "teachers/<uuid:public_id>/looks/"
    template = ListPage.template
    title = gettext_lazy("Who looked at this file")
    everything_label = gettext_lazy("All looks")
    default_sort = "-at"
    row_key = "pk"
    help = gettext_lazy(
        "Opening a file leaves one row a day and reader. Masked values that were shown, papers, exports, downloads, slips for the "
        "account and papers that somebody verified leave a row each time. Where a rule says so, some looks are shown only later, such as "
        "those of a panel before its results; this holds for every file, whether there are such looks or not."
    )
    references = (Link(gettext_lazy("Personal Information Protection Law, articles 18, 35, 44 and 45")),)
    columns = (
        ListColumn("at", gettext_lazy("When"), when, sort=("id",), indexed=True, nowrap=True, order=0),
        ListColumn("who", gettext_lazy("Who"), onlooker, nowrap=True, order=10),
        ListColumn("unit", gettext_lazy("Unit"), their_unit, order=20),
        ListColumn("what", gettext_lazy("What"), seen, order=30),
        ListColumn("reason", gettext_lazy("Why"), lambda row, _actor: said_reason(row), order=40),
    )
    filters = (look_filter(), *log_filters()[1:])

    def heading(self) -> Any:
        return _("Who looked at the file of %(name)s") % {"name": self.object.name}

    def rows_of(self, _actor: Any) -> Any:
        return looks_of(self.object)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        prime_units(rows, actor)

    def actions(self) -> list[Action]:
        return [Action(_("Back to the file"), reverse("teacher", args=[self.object.public_id]), "left")]

    @property
    def empty(self) -> dict[str, Any]:
        """What is said of a file at which nobody looked."""
        text = _("Whoever opens the file from now on stands here.")
        return {"icon": "eye", "heading": _("Nobody looked yet"), "text": text}
