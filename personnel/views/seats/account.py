"""The seats of one unit: balances, standard, movements, reservations; and the acts on them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.selectors import entries
from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.org.models import Unit
from core.parameters.selectors import at
from core.web.pages import FormPage, Page
from core.web.parts import Action, Cell, Column, Finding, Link, Row, Stat, Table
from personnel.forms.seats import AdjustForm, ApproveForm, CounterForm, OpenForm, StatisticsForm, UseForm
from personnel.models import SeatAdjustment, SeatMovement
from personnel.rules import SeatHolding
from personnel.selectors.establishment import seats_under
from personnel.selectors.seat_movements import Moved, asked_adjustments, movements, reservations
from personnel.selectors.seats import ASK, KEEP, VIEW, Balance, all_balances
from personnel.services import seats as verbs
from personnel.services.seat_adjustments import ask_adjustment
from personnel.services.seat_uses import ask_use
from personnel.services.statistics import record_statistics
from personnel.views.seats.overview import REFERENCES, SeatsPage, stage_table
from personnel.workflows.seat_adjustments import ADJUSTING
from personnel.workflows.seats import USING

STATISTICS = ("org.change_unit", "exchange.import")
Kind = SeatMovement.Kind
# Movements that a counter movement may put right.
PUT_RIGHT = frozenset(Kind) - {Kind.OPENING, Kind.COUNTER, Kind.ADJUST}


class OfUnit(Page):
    """A page about the seats of one unit."""

    permission: ClassVar[str | tuple[str, ...]] = VIEW
    references = REFERENCES

    def rows(self) -> Any:
        return Unit.objects.visible_to(self.actor).named(self.on)

    @property
    def seats_url(self) -> str:
        """The account of the unit."""
        return reverse("unit_seats", args=[self.object.public_id])

    def heading(self) -> Any:
        return pgettext("after a label", ": ").join([str(self.title), str(self.object)])


class UnitSeats(OfUnit):
    """The account of one unit."""

    name = "unit_seats"
    route = "units/<uuid:public_id>/seats/"
    template = "personnel/unit_seats.html"
    title = gettext_lazy("Seat ledger")
    help = SeatsPage.help

    @cached_property
    def quota_kind(self) -> str:
        """The kind of seat that the approved quota counts."""
        return at(SeatHolding, self.on, unit=self.object).quota_kind

    @cached_property
    def kind(self) -> str:
        """The kind of seat that is shown; by default that which the approved quota counts."""
        asked = self.request.GET.get("kind", "")
        known = {one.code for one in entries("seat_kind", self.on, self.object)}
        return asked if asked in known else self.quota_kind

    def context(self) -> dict[str, Any]:
        known = all_balances(self.object, self.on)
        mine = [row for row in seats_under(self.object, self.kind, self.on) if row.unit.pk == self.object.pk]
        standard = mine[0].standard if mine else None
        others = [kind for kind in known if kind != self.kind]
        return {
            "crumbs": [Link(SeatsPage.title, reverse("seats"))],
            "sub": code_label("seat_kind", self.kind),
            "actions": self._actions(bool(known)), "notices": self._notices(bool(known)),
            "numbers": _numbers(known.get(self.kind, Balance()), standard),
            "standard": stage_table(mine[0].standards, self.actor) if mine else None,
            "source": mine[0].standards[0].reference if mine and mine[0].standards else "",
            "movements": self._movements(), "reservations": self._reservations(),
            "others": [Link(code_label("seat_kind", kind), f"{self.seats_url}?kind={kind}") for kind in others],
        }  # fmt: skip

    def _actions(self, known: bool) -> list[Action]:
        key, found = [self.object.public_id], []
        if self.actor.may(ASK) and known:
            found.append(Action(_("Apply to use seats"), reverse("seat_use_new", args=key), "plus", primary=True))
        if self.actor.may(KEEP):
            found.append(Action(_("Book an approval"), reverse("seats_approve", args=key), "check"))
            if known:
                found.append(Action(_("Ask to move seats"), reverse("seats_adjust", args=key), "arrow"))
        if self.actor.may_any(STATISTICS):
            found.append(Action(_("Enter pupils and classes"), reverse("unit_statistics", args=key), "pen"))
        return found

    def _notices(self, known: bool) -> list[Finding]:
        if known:
            return [_asked(one, self.actor) for one in asked_adjustments(self.actor, self.object, self.kind)]
        text = _("It is opened from the approved quotas and the files; who is over the quota is booked as what it is.")
        link = (
            Link(_("Open the ledger"), reverse("seats_open", args=[self.object.public_id]))
            if self.actor.may(KEEP)
            else None
        )
        return [Finding(_("This unit has no seat ledger yet"), text, "amber", "alert", link=link)]

    def _movements(self) -> Table | None:
        rows = movements(self.object, self.kind)
        columns = [
            Column("on", _("Day"), nowrap=True), Column("what", _("Movement")),
            *(Column(f"n{place}", name, number=True) for place, name in enumerate(_parts())),
            Column("paper", _("Document and note")), Column("by", _("Booked by")),
        ]  # fmt: skip
        return Table(_("Movements"), columns, [self._movement(row) for row in rows]) if rows else None

    def _movement(self, row: Moved) -> Row:
        people = pgettext("list separator", ", ").join(row.people[:3]) + (" …" if len(row.people) > 3 else "")
        ahead = pgettext("a day", "ahead") if row.on > self.on else ""
        right = self.actor.may(KEEP) and Kind(row.movement.kind) in PUT_RIGHT and row.on == row.movement.on
        url = reverse("seats_counter", args=[row.movement.public_id]) if right else ""
        what = _("Reservation ends") if row.on > row.movement.on else row.movement.get_kind_display()
        return Row([
            Cell(row.on.isoformat(), sub=ahead), Cell(what, sub=people),
            *(
                Cell(f"{after:,}", sub=f"{net:+,}" if net else "")
                for after, net in (
                    (row.after.approved, row.approved), (row.after.occupied, row.occupied), (row.after.reserved, row.reserved),
                    (row.after.free, row.free),
                )
            ),
            Cell(row.movement.document, sub=row.movement.note),
            Cell(_("Put right"), url, sub=row.by) if url else Cell("", sub=row.by),
        ])  # fmt: skip

    def _reservations(self) -> Table | None:
        rows = reservations(self.object, self.kind, self.on)
        columns = [
            Column("until", _("Can be used until"), nowrap=True), Column("count", _("Seats"), number=True),
            Column("left", _("Left"), number=True), Column("paper", _("Document and note")),
        ]  # fmt: skip
        lines = [
            Row([
                Cell(one.until.isoformat(), reverse("case", args=[one.use.case.public_id]) if one.use else ""),
                one.count, left, Cell(one.document, sub=one.note),
            ])
            for one, left in rows
        ]  # fmt: skip
        return Table(_("Reserved seats"), columns, lines) if rows else None


def _asked(one: SeatAdjustment, actor: Any) -> Finding:
    """Seats that wait to be moved, with the case."""
    values = values_of(actor)
    said = {"n": one.count, "unit": values.unit(one.unit_id), "to": values.unit(one.to_unit_id)}
    heading = ngettext("%(n)s seat is asked to move", "%(n)s seats are asked to move", one.count) % said
    text = _("from %(unit)s to %(to)s, from %(day)s on") % {**said, "day": one.on.isoformat()}
    return Finding(
        heading, text, "amber", "clock", link=Link(_("Open the case"), reverse("case", args=[one.case.public_id]))
    )


def _parts() -> list[str]:
    return [
        pgettext("seats", "Approved"), pgettext("seats", "Occupied"), pgettext("seats", "Reserved"), pgettext("seats", "Free or over"),
    ]  # fmt: skip


def _numbers(one: Balance, standard: int | None) -> list[Stat]:
    return [
        Stat(pgettext("seats", "Standard"), "–" if standard is None else f"{standard:,}"),
        Stat(pgettext("seats", "Approved"), f"{one.approved:,}"),
        Stat(pgettext("seats", "Occupied"), f"{one.occupied:,}"),
        Stat(pgettext("seats", "Vacant"), f"{one.vacant:,}", sub=_("%(n)s more are reserved") % {"n": one.reserved}),
        Stat(
            pgettext("seats", "Over the quota"),
            f"{one.over:,}",
            sub=_("until people leave, or seats are approved or moved here") if one.over else "",
            tone="red" if one.over else "",
        ),
    ]  # fmt: skip


class SeatForm(OfUnit, FormPage):
    """A form about the seats of a unit."""

    permission: ClassVar[str | tuple[str, ...]] = KEEP
    done_message: Any = gettext_lazy("Booked.")

    @property
    def record(self) -> Any:
        """The unit is not what changes."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the account."""
        return self.seats_url

    def initial(self) -> dict[str, Any]:
        return {}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(SeatsPage.title, reverse("seats")), Link(str(self.object), self.seats_url)]}


class ApproveSeats(SeatForm):
    """Book what the authority approved or took back."""

    name = "seats_approve"
    route = "units/<uuid:public_id>/seats/approve/"
    title = gettext_lazy("Book an approval")
    form_class = ApproveForm
    submit_label = gettext_lazy("Book")
    help = gettext_lazy(
        "Seats are approved by the authority for establishments; the approval is booked here with its paper."
    )

    def save(self, form: Any) -> str:
        verbs.approve(actor=self.actor, unit=self.object, **form.cleaned_data)
        return self.seats_url


class AdjustSeats(SeatForm):
    """Ask that vacant seats move to another unit."""

    name = "seats_adjust"
    route = "units/<uuid:public_id>/seats/adjust/"
    title = gettext_lazy("Ask to move seats to another unit")
    form_class = AdjustForm
    submit_label = gettext_lazy("Send to be decided")
    done_message = gettext_lazy("Sent. The answer will stand here and on your first page.")
    help = ADJUSTING.help

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "unit": self.object}

    def save(self, form: Any) -> str:
        asked = ask_adjustment(actor=self.actor, unit=self.object, **form.cleaned_data)
        return reverse("case", args=[asked.case.public_id])


class OpenLedger(SeatForm):
    """Open the ledger of a unit and all below it."""

    name = "seats_open"
    route = "units/<uuid:public_id>/seats/open/"
    title = gettext_lazy("Open the seat ledger")
    form_class = OpenForm
    submit_label = gettext_lazy("Open the ledger")
    done_message = ""
    help = gettext_lazy(
        "For the unit and all below it: approved quotas are taken as they are recorded on the day, a seat is booked for everybody whose "
        "file says so. Who is over the quota is booked as what it is, and can only grow fewer. Look at the files first."
    )

    def save(self, form: Any) -> str:
        made = verbs.open_ledger(actor=self.actor, unit=self.object, **form.cleaned_data)
        text = _(
            "Opened: %(units)s accounts, %(approved)s approved seats, %(occupied)s people, %(over)s of them over the quota."
        )
        said = {"units": made.units, "approved": made.approved, "occupied": made.occupied, "over": made.over}
        messages.success(self.request, text % said)
        return reverse("seats")


class EnterStatistics(SeatForm):
    """Enter pupils and classes of a school year."""

    name = "unit_statistics"
    route = "units/<uuid:public_id>/statistics/"
    permission = STATISTICS
    title = gettext_lazy("Pupils and classes")
    form_class = StatisticsForm
    submit_label = gettext_lazy("Save")
    done_message = gettext_lazy("Recorded.")
    help = gettext_lazy(
        "As counted at the beginning of the school year. What was entered before is put right and stays in the history."
    )

    def save(self, form: Any) -> str:
        record_statistics(actor=self.actor, unit=self.object, **form.cleaned_data)
        return self.seats_url


class ApplyForSeats(SeatForm):
    """Apply to use seats."""

    name = "seat_use_new"
    route = "units/<uuid:public_id>/seats/use/"
    permission = ASK
    title = gettext_lazy("Apply to use seats")
    form_class = UseForm
    submit_label = gettext_lazy("Send to be approved")
    done_message = gettext_lazy("Sent. The answer will stand here and on your first page.")
    help = USING.help

    def save(self, form: Any) -> str:
        use = ask_use(actor=self.actor, unit=self.object, **form.cleaned_data)
        return reverse("case", args=[use.case.public_id])


class CounterMovement(FormPage):
    """Put a movement right that was booked by mistake."""

    name = "seats_counter"
    route = "seats/movements/<uuid:public_id>/counter/"
    permission = KEEP
    title = gettext_lazy("Put a movement right")
    form_class = CounterForm
    submit_label = gettext_lazy("Book the counter movement")
    done_message = gettext_lazy("Booked.")
    help = gettext_lazy(
        "The ledger keeps what was booked. A counter movement books the same the other way round, on the same days."
    )
    references = REFERENCES

    def rows(self) -> Any:
        return SeatMovement.objects.visible_to(self.actor).select_related("unit")

    @property
    def record(self) -> Any:
        """Movements stay as they are."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the account."""
        return reverse("unit_seats", args=[self.object.unit.public_id])

    def initial(self) -> dict[str, Any]:
        return {}

    def context(self) -> dict[str, Any]:
        words = f"{self.object.get_kind_display()} {self.object.on.isoformat()}"
        unit = values_of(self.actor).unit(self.object.unit_id)
        return {"crumbs": [Link(SeatsPage.title, reverse("seats")), Link(unit, self.cancel_url), Link(words)]}

    def save(self, form: Any) -> str:
        verbs.counter(actor=self.actor, movement=self.object, **form.cleaned_data)
        return self.cancel_url
