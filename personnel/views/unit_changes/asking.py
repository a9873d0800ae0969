"""Proposing an organisation change from the page of a unit: looked at first, then sent."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from core.org.models import Unit, UnitKind, UnitProfile
from core.web.pages import FormPage
from core.web.parts import Action, Link
from personnel.forms.unit_changes import PROFILE, ChangeForm, CloseForm, MergeForm, OpenForm, RenameForm, SplitForm
from personnel.models import UnitChange
from personnel.selectors.unit_changes import PROPOSE
from personnel.services.unit_changes.asking import propose, try_change, why_not_propose
from personnel.workflows.unit_change_told import preview_of, told
from personnel.workflows.unit_changes import CHANGING

BUREAUS: Final = (UnitKind.PROVINCE, UnitKind.CITY, UnitKind.COUNTY)


class ProposeChange(FormPage):
    """What the proposals share: the form is tried out and shown with what follows; only then it is sent."""

    permission: ClassVar[str | tuple[str, ...]] = PROPOSE
    template = "personnel/unit_change.html"
    form_class: ClassVar[type[ChangeForm]]
    submit_label = pgettext_lazy("organisation", "Send the proposal")
    help = CHANGING.help
    references = CHANGING.references
    of_bureau: ClassVar[bool] = False
    kind: ClassVar[UnitChange.Kind]
    icon = ""

    def rows(self) -> Any:
        rows = Unit.objects.visible_to(self.actor).named(self.on)
        return rows if self.of_bureau else rows.exclude(kind__in=BUREAUS)

    @property
    def record(self) -> Any:
        """The unit is not what changes until it is decided."""
        return None

    def heading(self) -> Any:
        return pgettext("after a label", ": ").join([str(self.title), str(self.object)])

    @property
    def cancel_url(self) -> str:
        """Back to the unit."""
        return reverse("unit", args=[self.object.public_id])

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "unit": self.object}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(str(self.object), self.cancel_url)]}

    def save(self, form: Any) -> Any:
        if "send" in self.request.POST:
            made = propose(actor=self.actor, asked=form.asked)
            messages.success(self.request, _("Sent. A second person of the bureau decides."))
            return reverse("case", args=[made.case.public_id])
        trial = try_change(actor=self.actor, asked=form.asked, look=lambda made: preview_of(made, self.actor))
        return self.render(
            form=form, findings=told(trial.found, trial.refused, self.actor), preview=trial.looked or [], looked=True
        )


class MergeUnit(ProposeChange):
    """A unit goes into another one."""

    name = "unit_merge"
    route = "units/<uuid:public_id>/merge/"
    title = pgettext_lazy("organisation", "Merge into another unit")
    form_class = MergeForm
    kind = UnitChange.Kind.MERGE
    icon = "swap"


class CloseUnit(ProposeChange):
    """A unit is closed when nobody and nothing is left there."""

    name = "unit_close"
    route = "units/<uuid:public_id>/close/"
    title = pgettext_lazy("organisation", "Close the unit")
    form_class = CloseForm
    kind = UnitChange.Kind.CLOSE
    icon = "no"


class SplitUnit(ProposeChange):
    """Some people, seats and posts go to a new unit."""

    name = "unit_split"
    route = "units/<uuid:public_id>/split/"
    title = pgettext_lazy("organisation", "Split the unit")
    form_class = SplitForm
    kind = UnitChange.Kind.SPLIT
    icon = "compare"

    def initial(self) -> dict[str, Any]:
        return _profile(self.object, self.on, "office_type", "location", "sponsor", "stages")


class RenameUnit(ProposeChange):
    """A unit has another name from a day on."""

    name = "unit_rename"
    route = "units/<uuid:public_id>/rename/"
    title = pgettext_lazy("organisation", "Rename the unit")
    form_class = RenameForm
    kind = UnitChange.Kind.RENAME
    icon = "pen"

    def initial(self) -> dict[str, Any]:
        return _profile(self.object, self.on, *PROFILE)


class OpenUnit(ProposeChange):
    """A unit is opened below another one."""

    name = "unit_open"
    route = "units/<uuid:public_id>/open/"
    title = pgettext_lazy("organisation", "Open a unit below")
    form_class = OpenForm
    kind = UnitChange.Kind.OPEN
    icon = "plus"
    of_bureau = True


def _profile(unit: Unit, on: Any, *names: str) -> dict[str, Any]:
    row = UnitProfile.objects.filter(unit=unit, valid__contains=on).first()
    return {name: getattr(row, name) for name in names} if row is not None else {}


def unit_actions(actor: Any, unit: Unit) -> list[Action]:
    """The buttons on the page of a unit, for who proposes changes of it."""
    if why_not_propose(actor) or not actor.unit.covers(unit) or unit.closed is not None:
        return []
    pages = (OpenUnit,) if unit.is_bureau else (MergeUnit, SplitUnit, RenameUnit, CloseUnit)
    return [Action(page.kind.label, reverse(page.name, args=[unit.public_id]), page.icon, quiet=True) for page in pages]
