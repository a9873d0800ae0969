"""Accounts of people: who has one, the slips that open them, and what the person is told of it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from core.codes.values import values_of
from core.documents.services import qr_data
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, UnitFilter
from core.web.forms import ReasonForm
from core.web.listing import Listing
from core.web.pages import FormPage
from core.web.parts import Action, Badge, Cell, Column, Fact, Finding, Link, Row, Table
from core.web.views.jobs import stamp
from personnel.forms.slips import SlipForm
from personnel.models import ActivationSlip, Teacher
from personnel.selectors.slips import (
    ACCOUNT,
    ISSUE,
    NEITHER,
    OWN,
    SLIP,
    STALE,
    counted,
    slips_of,
    standing,
    why_no_slip,
    with_accounts,
)
from personnel.selectors.teachers import in_unit, teachers_on
from personnel.services import slips
from personnel.services.slips import Handed
from personnel.views.person import FilePage
from personnel.views.teachers import CHOSEN, StatusFilter, TeacherList, filter_status, unit_cell

MOST_TOLD: Final = 12
STATES: Final = {
    ActivationSlip.State.OPEN: "amber",
    ActivationSlip.State.USED: "green",
    ActivationSlip.State.LOCKED: "red",
}
LAWS: Final = (Link(gettext_lazy("Personal Information Protection Law, articles 45, 50 and 51")),)


def _name(row: Any, _actor: Any) -> Cell:
    return Cell(row.name, reverse("teacher_account", args=[row.public_id]))


def _account(row: Any, _actor: Any) -> Any:
    if row.account_active is None:
        return Cell(badge=Badge(_("none yet")))
    if not row.account_active:
        return Cell(badge=Badge(_("locked"), "red", "lock"))
    return Cell(badge=Badge(_("has one"), "green", "check"))


def state_of(state: str, expires: Any, on: Any) -> Badge:
    """Whether a slip can be used, as a badge."""
    if state == ActivationSlip.State.OPEN and expires < on:
        return Badge(_("ran out"), "red", "clock")
    return Badge(ActivationSlip.State(state).label, STATES.get(ActivationSlip.State(state), ""))


def _slip(row: Any, actor: Any) -> Any:
    if row.slip_state is None:
        return ""
    return Cell(badge=state_of(row.slip_state, row.slip_expires, actor.on), sub=row.slip_by)


def _handed(row: Any, _actor: Any) -> str:
    return stamp(row.slip_at)[:10] if row.slip_at else ""


class TeacherAccounts(TeacherList):
    """Who of the actor's units has an account, holds an open slip, or neither."""

    name = "teacher_accounts"
    route = "teachers/accounts/"
    permission = ISSUE
    title = gettext_lazy("Accounts of teachers")
    everything_label = gettext_lazy("Everybody in post")
    exported = False
    help = gettext_lazy(
        "With an account a teacher sees their own file, asks for corrections and sees who looked. A slip opens it: a code that counts once "
        "and for some days, with the name and the identity number. Hand it over in person. Who handed out a slip stands on it, in the log, "
        "and before the teacher; requests that come from the account are decided by somebody else."
    )
    references = LAWS
    columns = (
        ListColumn("name", gettext_lazy("Name"), _name, sort=("pinyin", "name"), indexed=True, nowrap=True, order=0),
        ListColumn("unit", gettext_lazy("Unit"), unit_cell, sort=("unit_code", "pinyin"), nowrap=True, order=10),
        ListColumn("account", gettext_lazy("Account"), _account, order=20),
        ListColumn("slip", gettext_lazy("Last slip"), _slip, order=30),
        ListColumn("handed", pgettext_lazy("slip", "Handed out"), _handed, nowrap=True, order=40),
        ListColumn("until", gettext_lazy("Counts until"), lambda row, _actor: row.slip_expires or "", nowrap=True, order=50),
        ListColumn(
            "login", gettext_lazy("Last login"), lambda row, _actor: stamp(row.account_since) if row.account_since else "",
            nowrap=True, shown=False, order=60,
        ),
    )  # fmt: skip
    filters = (
        ChoiceFilter(
            "account", gettext_lazy("Account"), lambda rows, value, actor: standing(rows, value, actor.on), order=5,
            options=(
                (ACCOUNT, gettext_lazy("has an account")), (SLIP, gettext_lazy("holds an open slip")),
                (NEITHER, gettext_lazy("has neither account nor open slip")), (STALE, gettext_lazy("slip ran out or was locked")),
            ),
        ),
        UnitFilter("unit", gettext_lazy("Unit"), lambda rows, unit, actor: in_unit(rows, unit, actor.on), order=10),
        StatusFilter("status", gettext_lazy("Status"), filter_status, default="employed", order=50),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return with_accounts(teachers_on(actor, actor.on), actor.on)

    def summary(self, listing: Listing) -> Any:
        found = counted(listing.matching, listing.actor.on)
        said = (
            ngettext("%(n)s has an account", "%(n)s have an account", found[ACCOUNT]) % {"n": found[ACCOUNT]},
            ngettext("%(n)s holds an open slip", "%(n)s hold an open slip", found[SLIP]) % {"n": found[SLIP]},
            ngettext("%(n)s has neither", "%(n)s have neither", found[NEITHER]) % {"n": found[NEITHER]},
        )
        return pgettext("list separator", ", ").join(said)

    def bulk_actions(self) -> list[Action]:
        return [self.slip_action()]

    def actions(self) -> list[Action]:
        return []


def sheet_of(handed: list[Handed], actor: Any) -> dict[str, Any]:
    """Slips as they are printed, codes in clear."""
    values = values_of(actor)
    people: Any = teachers_on(actor, actor.on).filter(pk__in=[one.teacher.pk for one in handed])
    where = {one.pk: one.unit for one in people}
    values.prime(units=[*where.values(), *(one.slip.unit_id for one in handed)])
    address = f"{settings.PUBLIC_URL}{reverse('activate')}"
    return {
        "address": address,
        "slips": [
            {
                "name": one.teacher.name, "unit": values.unit(where[one.teacher.pk]), "code": one.code.upper(), "until": one.slip.expires,
                "renews": one.slip.renews, "qr": qr_data(f"{address}?code={one.code}"), "by": actor.user.name,
                "from": values.unit(one.slip.unit_id),
            }
            for one in handed
        ],
    }  # fmt: skip


class HandsOut(FormPage):
    """Asks why, hands out slips, and shows them this once."""

    permission = ISSUE
    form_class = SlipForm
    submit_label = gettext_lazy("Hand out and show")
    help = TeacherAccounts.help
    references = LAWS

    @property
    def people(self) -> list[Teacher]:
        """For whom slips are asked, among the people whom the actor sees."""
        raise NotImplementedError

    @property
    def record(self) -> Any:
        """A slip changes nothing of the person."""
        return None

    def initial(self) -> dict[str, Any]:
        return {"reason": _("access to one's own file")}

    def save(self, form: Any) -> HttpResponse:
        handed, refused = slips.hand_out(
            actor=self.actor, teachers=self.people, reason=form.cleaned_data["reason"], renew=self.renews(form)
        )
        told = [(one.name, refused[one.pk]) for one in self.people if one.pk in refused]
        self.template = "personnel/slips.html"
        response = self.render(
            **sheet_of(handed, self.actor),
            refused=told,
            back=Action(_("I have printed them, go on"), self.cancel_url, "right"),
        )
        response.headers["Cache-Control"] = "no-store, private, max-age=0"
        return response

    def renews(self, form: Any) -> bool:
        """Whether people with an account get a slip too."""
        return bool(form.cleaned_data["renew"])


class HandOutMany(HandsOut):
    """Slips for the people who were ticked in a list."""

    name = "slips_new"
    route = "teachers/accounts/slips/"
    title = gettext_lazy("Activation slips")
    template = "personnel/slips_new.html"

    @cached_property
    def people(self) -> list[Teacher]:
        """The people who were ticked, in the order of the list."""
        kept = self.request.session.get(CHOSEN, [])
        rows: Any = teachers_on(self.actor, self.on).filter(public_id__in=kept)
        return list(rows.order_by("unit_code", "pinyin", "pk"))

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("teacher_accounts")

    def context(self) -> dict[str, Any]:
        refused = why_no_slip(self.people, self.on)
        new = sum(one.user_id is None for one in self.people)
        again = sum(one.user_id is not None and one.pk not in refused for one in self.people)
        facts = [
            Fact(_("Ticked"), len(self.people)),
            Fact(_("without an account: they get a slip"), new),
            Fact(_("with an account: they get one only if you say so"), again),
            Fact(_("get none"), len(refused)),
        ]
        empty = {
            "icon": "users", "heading": _("Nobody is ticked"), "text": _("Tick people in the list, then choose “Activation slips”."),
            "actions": [Action(_("To the list"), self.cancel_url, primary=True)],
        }  # fmt: skip
        return {
            "crumbs": [Link(TeacherAccounts.title, self.cancel_url)],
            "facts": facts,
            "nobody": None if self.people else empty,
            "refused": [(one.name, refused[one.pk]) for one in self.people if one.pk in refused][:MOST_TOLD],
        }

    def save(self, form: Any) -> HttpResponse:
        response = super().save(form)
        self.request.session.pop(CHOSEN, None)
        return response


class TeacherAccount(FilePage):
    """The account of a person and all slips that were handed out for it: for who hands them out, and for the person."""

    name = "teacher_account"
    route = "teachers/<uuid:public_id>/account/"
    permission: ClassVar[tuple[str, ...]] = (ISSUE, OWN)
    title = gettext_lazy("Account")
    template = "personnel/account.html"
    help = gettext_lazy(
        "Who hands out a slip could use it in the teacher's place if they knew the identity number. So each slip stands here with who "
        "handed it out and when, the teacher is told when one was used, and requests from the account are decided by somebody else."
    )
    references = LAWS

    def context(self) -> dict[str, Any]:
        found = list(slips_of(self.object))
        values_of(self.actor).prime(units=[one.unit_id for one in found])
        return {
            "person": self.person(),
            "facts": self._facts(),
            "table": self._table(found),
            "notices": self._notices(found),
        }

    def head_actions(self) -> list[Action]:
        back = Action(_("Back to the file"), url=self.file_url(), icon="left")
        if not self.actor.may(ISSUE) or self._why_not:
            return [back]
        address = reverse("teacher_slip", args=[self.object.public_id])
        return [Action(_("Hand out a slip"), address, "key", primary=True), back]

    @cached_property
    def _why_not(self) -> str:
        return why_no_slip([self.object], self.on).get(self.object.pk, "")

    def _facts(self) -> list[Fact]:
        user = self.object.user
        if user is None:
            return [Fact(_("Account"), _("none yet"))]
        login = stamp(user.last_login) if user.last_login else _("never")
        said = _("may log in") if user.is_active else _("locked")
        return [Fact(_("Account"), said), Fact(_("User name"), user.username), Fact(_("Last login"), login)]

    def _table(self, found: list[ActivationSlip]) -> Table:
        columns = [
            Column("at", pgettext("slip", "Handed out"), nowrap=True), Column("by", _("By")), Column("for", _("For")),
            Column("until", _("Counts until"), nowrap=True), Column("state", _("State")), Column("ended", _("Used or ended"), nowrap=True),
        ]  # fmt: skip
        return Table(_("Slips"), columns, [self._row(one) for one in found])

    def _row(self, one: ActivationSlip) -> Row:
        unit = values_of(self.actor).unit(one.unit_id)
        what = _("letting in anew") if one.renews else _("opening the account")
        ended = stamp(one.ended_at) if one.ended_at else ""
        return Row(
            [
                Cell(stamp(one.issued_at)), Cell(one.issued_by.name, sub=unit), what, one.expires,
                Cell(badge=state_of(one.state, one.expires, self.on)), ended,
            ]
        )  # fmt: skip

    def _notices(self, found: list[ActivationSlip]) -> list[Finding]:
        notices = []
        if self.actor.may(ISSUE) and self._why_not:
            notices.append(Finding(_("No slip is handed out for this account."), self._why_not, "amber", "info"))
        for one in found:
            if one.state != ActivationSlip.State.OPEN or one.expires < self.on:
                continue
            address = reverse("slip_void", args=[self.object.public_id])
            text = _("Whoever holds it, and knows name and identity number, opens the account until %(day)s.") % {
                "day": one.expires
            }
            notices.append(Finding(_("A slip is open."), text, "amber", "key", link=Link(_("Make it void"), address)))
        return notices


class TeacherSlip(FilePage, HandsOut):
    """A slip for one person."""

    name = "teacher_slip"
    route = "teachers/<uuid:public_id>/account/slip/"
    permission = ISSUE
    title = gettext_lazy("Activation slip")
    template = "core/pages/form.html"

    @property
    def people(self) -> list[Teacher]:
        """The one."""
        return [self.object]

    @property
    def record(self) -> Any:
        """A slip changes nothing of the person."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the account."""
        return reverse("teacher_account", args=[self.object.public_id])

    def heading(self) -> Any:
        return _("Activation slip for %(name)s") % {"name": self.object.name}

    def form(self, **given: Any) -> Any:
        form = super().form(**given)
        del form.fields["renew"]
        return form

    def renews(self, form: Any) -> bool:
        return True

    def initial(self) -> dict[str, Any]:
        if self.object.user_id is None:
            return super().initial()
        return {"reason": _("password or phone lost")}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.name, self.file_url()), Link(TeacherAccount.title, self.cancel_url)]}


class VoidSlip(FilePage, FormPage):
    """Make the open slip of a person void: the teacher may do it too."""

    name = "slip_void"
    route = "teachers/<uuid:public_id>/account/void/"
    permission: ClassVar[tuple[str, ...]] = (ISSUE, OWN)
    title = gettext_lazy("Make the slip void")
    template = "core/pages/form.html"
    form_class = ReasonForm
    submit_label = gettext_lazy("Make it void")
    done_message = gettext_lazy("The slip opens nothing any more.")

    @property
    def record(self) -> Any:
        """The form asks for a reason only."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the account."""
        return reverse("teacher_account", args=[self.object.public_id])

    def heading(self) -> Any:
        return self.title

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.name, self.file_url()), Link(TeacherAccount.title, self.cancel_url)]}

    def save(self, form: Any) -> str:
        slips.take_back(actor=self.actor, teacher=self.object, reason=form.cleaned_data["reason"])
        return self.cancel_url
