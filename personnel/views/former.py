"""What a former unit keeps of a file: as it was on the last day there, as it was known by then."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import values_of
from core.dates import DAY
from core.org.models import Unit
from core.registry import ListColumn
from core.web.clocks import Clocks
from core.web.filters import UnitFilter
from core.web.looks import EXPORTED
from core.web.pages import ListPage
from core.web.parts import Action, Cell, Finding, Link, Tab
from personnel import services
from personnel.selectors.clocks import FileAsOf, file_as_of
from personnel.selectors.former import former_people
from personnel.views.file import TeacherPage


class ClocksUntil(Clocks):
    """Two clocks that stop before a day."""

    def __init__(self, params: Any, today: date, until: date) -> None:
        super().__init__(params, today)
        self.last = until - DAY

    @property
    def valid_on(self) -> date:
        """The day of which the facts are told: at most the last one."""
        return min(super().valid_on, self.last)

    @property
    def asked(self) -> date:
        """The day by whose end it was to be known: at most the last one."""
        return min(super().asked, self.last)


def _unit(row: Any, actor: Any) -> str:
    return values_of(actor).unit(row.left_unit)


class FormerPeople(ListPage):
    """Those who were in the reader's units and are not any more."""

    name = "former_people"
    route = "teachers/former/"
    permission = "personnel.view_teacher"
    title = gettext_lazy("Formerly here")
    everything_label = gettext_lazy("Everybody who left")
    exported = True
    default_sort = "-until"
    help = gettext_lazy(
        "Whose employment here is over: moved, retired to another unit, gone. Your unit keeps their file as it was on the last day here; "
        "what was recorded later is the business of where they are now."
    )
    columns = (
        ListColumn(
            "name", gettext_lazy("Name"),
            lambda row, _actor: Cell(row.name_then, reverse("former_file", args=[row.public_id])), sort=("pinyin_then", "name_then"),
            nowrap=True, order=0,
        ),
        ListColumn("unit", gettext_lazy("Unit"), _unit, order=10),
        ListColumn("since", gettext_lazy("From"), lambda row, _actor: row.left_since, number=True, nowrap=True, order=20),
        ListColumn(
            "until", gettext_lazy("Last day"), lambda row, _actor: row.until - DAY, sort=("until",), number=True,
            nowrap=True, order=30,
        ),
        ListColumn(
            "how", gettext_lazy("How they left"), lambda row, actor: values_of(actor).code("left_how", row.left_how or ""), order=40
        ),
    )  # fmt: skip
    filters = (
        UnitFilter(
            "unit",
            gettext_lazy("Unit"),
            lambda rows, unit, _actor: rows.filter(left_unit__in=Unit.objects.filter(path__descendants=unit.path)),
            order=10,
        ),
    )

    def rows_of(self, actor: Any) -> Any:
        return former_people(actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.left_unit for row in rows])

    def note_export(self, rows: Any, actor: Any) -> None:
        keys = [*rows.values_list("pk", flat=True)]
        services.note_looks(actor=actor, teachers=keys, what=EXPORTED, reason=str(self.title))

    def actions(self) -> list[Action]:
        return [Action(_("Who is here now"), reverse("teachers"), "users")]

    @property
    def empty(self) -> dict[str, Any]:
        """What is said where nobody left yet."""
        text = _("Whoever moves or leaves from now on stands here, with the file as it was on the last day.")
        return {"icon": "users", "heading": _("Nobody left since the files are kept here"), "text": text}


class FormerFile(TeacherPage):
    """One person's file as a former unit keeps it."""

    name = "former_file"
    route = "teachers/former/<uuid:public_id>/"
    permission = "personnel.view_teacher"
    compares: ClassVar[bool] = False
    help = gettext_lazy(
        "The file as it was on the last day at your unit, as it was known by then. The two days above go back from there, never past it. "
        "Values that are masked stay so; whoever keeps the file now reveals them."
    )
    references = (Link(gettext_lazy("Personal Information Protection Law, articles 6 and 19")),)

    def rows(self) -> Any:
        return former_people(self.actor)

    def miss(self) -> None:
        """Nothing is kept: not found."""

    def load(self) -> None:
        """The person, called as they were then."""
        super().load()
        self.object.name, self.object.pinyin = self.object.name_then, self.object.pinyin_then

    @cached_property
    def clocks(self) -> ClocksUntil:
        """The two days asked for, at most the last day here."""
        return ClocksUntil(self.request.GET, self.on, self.object.until)

    @cached_property
    def file(self) -> FileAsOf:
        """The file on these two clocks, cut at the end of the employment here."""
        clocks = self.clocks
        return file_as_of(
            self.object, valid_on=clocks.valid_on, known_at=clocks.known, actor=self.actor, until=self.object.until
        )

    def _latest(self, _found: list[Any]) -> list[Any]:
        return []

    @property
    def found(self) -> list[Any]:
        """No marks: what they open is where the file is now."""
        return []

    @property
    def is_own(self) -> bool:
        """Nobody is a former colleague of themselves."""
        return False

    def file_url(self) -> str:
        """The address of what is kept."""
        return reverse(self.name, args=[self.object.public_id])

    def head_actions(self) -> list[Action]:
        return [Action(_("Formerly here"), reverse("former_people"), "left")]

    def context(self) -> dict[str, Any]:
        shown = super().context()
        heading = _("Formerly here, until %(day)s.") % {"day": self.clocks.last}
        text = _("This is the file as it was then. Whoever keeps it now tells what came later.")
        return {**shown, "notices": [Finding(heading, text, icon="history"), *shown["notices"]], "history_url": ""}

    def looks(self) -> dict[str, Any]:
        """Who looked is told to the person and to who keeps the file."""
        return {}

    def _tabs(self) -> list[Tab]:
        return self._file_tabs()

    def _merged(self) -> list[Finding]:
        return []
