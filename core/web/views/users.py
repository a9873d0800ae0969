"""Users: who holds which role where, one user's page, and the verbs of accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from core.api.models import ApiToken
from core.api.services import revoke_tokens
from core.codes.values import values_of
from core.org.accounts import open_account, renew_password, set_active
from core.org.actor import role_label
from core.org.models import RoleAssignment, RoleProposal, User, in_dictionary_order
from core.registry import HomePart, ListColumn
from core.web.filters import ChoiceFilter, UnitFilter
from core.web.forms import AccountForm, ReasonForm
from core.web.pages import DetailPage, FormPage, ListPage, Page
from core.web.parts import Action, Badge, Cell, Column, Fact, Link, Row, Stat, Table
from core.web.views.roles import GRANT, VIEW
from core.web.views.unit_facts import period_cells

MOST_WITHOUT = 200


def _person(row: Any, _actor: Any) -> Cell:
    return Cell(row.person, reverse("user", args=[row.public_id]), row.login)


def _when(rows: Any, value: str, actor: Any) -> Any:
    held = Q(valid__contains=actor.on)
    ahead = Q(valid__startswith__gt=actor.on)
    return rows.filter({"now": held, "ahead": ahead}.get(value, ~held & ~ahead))


class UserList(ListPage):
    """Who holds which role: one row for each role that somebody holds at a unit."""

    name = "users"
    route = "users/"
    permission = VIEW
    title = _("Users and roles")
    everything_label = _("Roles held today")
    can_search = True
    search_label = _("Name or user name")
    default_sort = "user"
    help = _(
        "One row for each role that somebody holds at a unit and below. Roles are given and ended by two security administrators; "
        "nobody holds another role beside system administration, security administration or audit."
    )
    columns = (
        ListColumn("user", _("User"), _person, sort=("by_name", "login"), indexed=True, order=0),
        ListColumn("role", _("Role"), lambda row, _actor: role_label(row.role), sort=("role",), indexed=True, order=10),
        ListColumn("unit", _("Unit"), lambda row, actor: values_of(actor).unit(row.unit_id), order=20),
        ListColumn("from", _("From"), lambda row, _actor: row.valid.lower, nowrap=True, order=30),
        ListColumn("until", _("Until"), lambda row, actor: period_cells(row.valid, actor.on)[1], nowrap=True, order=40),
        ListColumn(
            "account", _("Account"),
            lambda row, _actor: "" if row.may_log_in else Cell(badge=Badge(gettext("locked"), "red", "lock")), order=50,
        ),
    )  # fmt: skip
    filters = (
        ChoiceFilter(
            "role", _("Role"), lambda rows, value, _actor: rows.filter(role=value), order=10,
            options=tuple((name, role.label) for name, role in settings.ROLES.items()),
        ),
        UnitFilter("unit", _("Unit"), lambda rows, unit, _actor: rows.filter(unit__path__descendants=unit.path), order=20),
        ChoiceFilter(
            "when", _("Held"), _when, default="now", order=30,
            options=(("now", _("today")), ("ahead", _("later")), ("past", _("in the past"))),
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        rows = RoleAssignment.objects.visible_to(actor)
        return rows.annotate(
            person=F("user__name"), by_name=in_dictionary_order("user__name"), login=F("user__username"),
            may_log_in=F("user__is_active"),
        )  # fmt: skip

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        return rows.filter(Q(user__name__icontains=text) | Q(user__username__icontains=text))

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])

    def actions(self) -> list[Action]:
        table = Action(gettext("What roles may do"), reverse("roles"), "shield")
        if not self.actor.may(GRANT):
            return [table]
        return [
            table,
            Action(gettext("Accounts without a role"), reverse("users_without"), "user"),
            Action(gettext("Propose a role"), reverse("role_propose"), "key"),
            Action(gettext("Open an account"), reverse("account_new"), "plus", primary=True),
        ]


class UsersWithout(Page):
    """Accounts that hold no role today, the newest first."""

    name = "users_without"
    route = "users/without/"
    permission = GRANT
    title = _("Accounts without a role")
    template = "core/pages/users_without.html"
    help = _("These people can log in, but see nothing until a role is proposed for them and confirmed.")

    def context(self) -> dict[str, Any]:
        held = RoleAssignment._base_manager.filter(user=OuterRef("pk"), valid__contains=self.on)
        rows = list(User.objects.filter(~Exists(held)).exclude(username="system").order_by("-pk")[:MOST_WITHOUT])
        columns = [
            Column("user", gettext("User")), Column("since", gettext("Account since"), nowrap=True),
            Column("account", gettext("Account")), Column("do", gettext("What to do")),
        ]  # fmt: skip
        propose = reverse("role_propose")
        lines = [
            Row([
                Cell(user.name, sub=user.username), timezone.localtime(user.created_at).strftime("%Y-%m-%d"), account_cell(user),
                Cell(gettext("Propose a role"), f"{propose}?user={user.username}"),
            ])
            for user in rows
        ]  # fmt: skip
        empty = {"icon": "ok", "heading": gettext("Every account has a role"), "text": ""}
        return {
            "crumbs": [Link(UserList.title, reverse("users"))],
            "table": Table(self.title, columns, lines) if lines else None,
            "empty": empty,
        }


def account_cell(user: User) -> Any:
    """Whether somebody may log in."""
    return gettext("open") if user.is_active else Cell(badge=Badge(gettext("locked"), "red", "lock"))


class HeldRole(DetailPage):
    """Pages about a user are found by one of the roles that the user holds at a unit of the actor's."""

    permission = VIEW
    record = None

    def rows(self) -> Any:
        return RoleAssignment.objects.visible_to(self.actor).select_related("user", "unit")

    @property
    def user(self) -> User:
        """Whom the page is about."""
        found: User = self.object.user
        return found

    def user_url(self) -> str:
        """The page of the user."""
        return reverse("user", args=[self.object.public_id])


class UserPage(HeldRole):
    """One user: the account and every role that they hold, held or will hold at the actor's units."""

    name = "user"
    route = "users/<uuid:public_id>/"
    template = "core/pages/user.html"
    help = UserList.help

    def heading(self) -> Any:
        return str(self.user)

    def context(self) -> dict[str, Any]:
        user = self.user
        held = list(RoleAssignment.objects.visible_to(self.actor).filter(user=user).order_by("-valid"))
        asked = RoleProposal.objects.visible_to(self.actor).filter(user=user, state=RoleProposal.State.OPEN)
        proposals = list(asked.order_by("pk"))
        values_of(self.actor).prime(units=[row.unit_id for row in (*held, *proposals)])
        return {
            "crumbs": [Link(UserList.title, reverse("users"))],
            "facts": self._facts(),
            "held": self._held(held),
            "proposals": [self._proposed(row) for row in proposals],
            "actions": self._actions() if self.actor.may(GRANT) and user.pk != self.actor.user.pk else [],
        }

    def _facts(self) -> list[Fact]:
        user = self.user
        seen = timezone.localtime(user.last_login).strftime("%Y-%m-%d %H:%M") if user.last_login else gettext("never")
        badges = [] if user.is_active else [Badge(gettext("locked"), "red", "lock")]
        return [
            Fact(gettext("User name"), user.username, badges=badges),
            Fact(gettext("E-mail"), user.email),
            Fact(gettext("Account since"), timezone.localtime(user.created_at).strftime("%Y-%m-%d")),
            Fact(gettext("Last login"), seen),
            Fact(gettext("API tokens in use"), ApiToken.objects.filter(user=user).live(timezone.now()).count()),
        ]

    def _held(self, rows: list[RoleAssignment]) -> Table:
        columns = [
            Column("role", gettext("Role")), Column("unit", gettext("Unit")), Column("from", gettext("From"), nowrap=True),
            Column("until", gettext("Until"), nowrap=True), Column("do", gettext("What to do")),
        ]  # fmt: skip
        return Table(gettext("Roles"), columns, [self._held_row(row) for row in rows])

    def _held_row(self, row: RoleAssignment) -> Row:
        lasts = row.valid.upper is None or row.valid.upper > self.on
        may = lasts and self.actor.may(GRANT) and self.user.pk != self.actor.user.pk
        end = Cell(gettext("End"), reverse("role_end", args=[row.public_id])) if may else ""
        return Row(
            [role_label(row.role), values_of(self.actor).unit(row.unit_id), *period_cells(row.valid, self.on), end]
        )

    def _proposed(self, row: RoleProposal) -> dict[str, Any]:
        what = gettext("end: %(role)s") if row.revoke else gettext("give: %(role)s")
        said = what % {"role": role_label(row.role)}
        return {
            "label": said,
            "unit": values_of(self.actor).unit(row.unit_id),
            "url": reverse("role_proposal", args=[row.public_id]),
        }

    def _actions(self) -> list[Action]:
        key = self.object.public_id
        lock = (
            Action(gettext("Lock the account"), reverse("account_lock", args=[key]), "lock")
            if self.user.is_active
            else Action(gettext("Open the account again"), reverse("account_unlock", args=[key]), "key")
        )
        renew = Action(gettext("New password"), reverse("account_password", args=[key]), "key")
        propose = Action(
            gettext("Propose a role"), f"{reverse('role_propose')}?user={self.user.username}", "plus", primary=True
        )
        return [renew, lock, propose]


class OpenAccount(FormPage):
    """A new user. The first password is shown once, on the answer."""

    name = "account_new"
    route = "users/new/"
    permission = GRANT
    title = _("Open an account")
    form_class: ClassVar[type[Form]] = AccountForm
    submit_label = _("Open the account")
    help = _(
        "An account alone opens nothing: propose a role for it next, and another security administrator confirms it."
    )

    @property
    def cancel_url(self) -> str:
        """Back to the users."""
        return reverse("users")

    def save(self, form: Any) -> HttpResponse:
        user, password = open_account(actor=self.actor, **form.cleaned_data)
        following = Action(
            gettext("Propose a role"), f"{reverse('role_propose')}?user={user.username}", "key", primary=True
        )
        return self.told_once(user, password, following)

    def told_once(self, user: User, password: str, following: Action) -> HttpResponse:
        """The page that shows a password the only time."""
        self.template = "core/pages/password_once.html"
        return self.render(told=user, password=password, following=following)


class AboutUser(HeldRole, OpenAccount):
    """A verb on somebody's account, with a reason."""

    permission = GRANT
    form_class = ReasonForm

    @property
    def cancel_url(self) -> str:
        """Back to the user."""
        return self.user_url()

    def heading(self) -> Any:
        return pgettext("after a label", ": ").join([str(self.title), str(self.user)])


class RenewPassword(AboutUser):
    """A new password for somebody who lost theirs."""

    name = "account_password"
    route = "users/<uuid:public_id>/password/"
    title = _("New password")
    submit_label = _("Make a new password")
    help = _("The old password stops working at once, and tokens of programs are revoked.")

    def save(self, form: Any) -> HttpResponse:
        password = renew_password(actor=self.actor, user=self.user, reason=form.cleaned_data["reason"])
        revoke_tokens(ApiToken.objects.filter(user=self.user), by=self.actor.user, now=timezone.now())
        return self.told_once(
            self.user, password, Action(gettext("Back to the user"), self.user_url(), "user", primary=True)
        )


class LockAccount(AboutUser):
    """Nobody logs in with it any more, and its tokens are revoked."""

    name = "account_lock"
    route = "users/<uuid:public_id>/lock/"
    title = _("Lock the account")
    submit_label = _("Lock the account")
    done_message = _("The account is locked.")
    help = _("Sessions and tokens of this user stop working at once. Roles stay as they are.")

    def save(self, form: Any) -> Any:
        set_active(actor=self.actor, user=self.user, active=False, reason=form.cleaned_data["reason"])
        revoke_tokens(ApiToken.objects.filter(user=self.user), by=self.actor.user, now=timezone.now())
        return self.user_url()


class UnlockAccount(AboutUser):
    """The user may log in again."""

    name = "account_unlock"
    route = "users/<uuid:public_id>/unlock/"
    title = _("Open the account again")
    submit_label = _("Open the account again")
    done_message = _("The user may log in again.")
    help = _("The old password works again. Tokens stay revoked.")

    def save(self, form: Any) -> Any:
        set_active(actor=self.actor, user=self.user, active=True, reason=form.cleaned_data["reason"])
        return self.user_url()


def numbers(actor: Any, unit: Any) -> list[Stat]:
    """How many people hold roles, and how many accounts hold none."""
    held = RoleAssignment.objects.visible_to(actor).filter(valid__contains=actor.on, unit__path__descendants=unit.path)
    counted = held.values("user").distinct().count()
    locked = held.filter(user__is_active=False).values("user").distinct().count()
    proposals = RoleProposal.objects.visible_to(actor).filter(state=RoleProposal.State.OPEN).count()
    users = reverse("users")
    return [
        Stat(gettext("Users with a role"), f"{counted:,}", users, gettext("%(n)s locked") % {"n": locked}),
        Stat(gettext("Roles held"), f"{held.count():,}", users),
        Stat(gettext("Proposals open"), f"{proposals:,}", reverse("role_proposals"), tone="amber" if proposals else ""),
    ]


HOME = (HomePart(permission=VIEW, numbers=numbers, order=20),)
