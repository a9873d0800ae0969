"""Accounts: whoever hands out a password cannot act with it where two persons are needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from core.org.accounts import CODE_GROUP, CODE_GROUPS, choose_password, open_account, renew_password, take_over
from core.org.actor import Actor, actor_for
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment, RoleProposal, Unit, User
from core.org.services import decide_role, grant_role, propose_role
from core.records.changes import change
from core.records.errors import NoChange, TwoPersons, explained
from core.records.models import Change
from tests.factories.people import make_actor, make_user
from tests.ground.clock import TODAY

OWN = "only its holder knows"


@pytest.fixture
def first(security_administrator: Actor) -> Actor:
    """Who hands out the password."""
    return security_administrator


@pytest.fixture
def second(second_security_administrator: Actor) -> Actor:
    """Who confirms."""
    return second_security_administrator


@pytest.fixture
def opened(first: Actor) -> tuple[User, str]:
    """An account that the first one opened, and its first password."""
    return open_account(actor=first, username="new.one", name="新人", reason="新任")


def propose(actor: Actor, user: User, role: str, unit: Unit, **given: Any) -> RoleProposal:
    return propose_role(actor=actor, user=user, role=role, unit=unit, **{"starts": TODAY, "reason": "新任", **given})


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def confirmed(first: Actor, second: Actor, user: User, role: str, unit: Unit) -> str:
    """The role is proposed by the first and confirmed by the second; the code that is told."""
    return decide_role(actor=second, proposal=propose(first, user, role, unit), confirm=True)[1]


@pytest.mark.parametrize("role", ["security_administrator", "city_clerk"])
def test_an_account_needs_what_two_people_handed_out(
    first: Actor, second: Actor, opened: tuple[User, str], city: Unit, role: str
) -> None:
    user, password = opened
    code = confirmed(first, second, user, role, city)
    assert len(code) == CODE_GROUPS * CODE_GROUP + CODE_GROUPS - 1
    assert fresh(user).check_password(password)
    assert actor_for(fresh(user), TODAY) is None
    for wrong in ("", password, code[:-1], "x" * len(code)):
        with pytest.raises(NotAllowed):
            take_over(user=fresh(user), password=OWN, code=wrong)
    assert actor_for(fresh(user), TODAY) is None

    taken = take_over(user=fresh(user), password=OWN, code=f" {code.upper().replace('-', ' ')} ")

    actor = actor_for(taken, TODAY)
    assert actor is not None
    assert (actor.role, fresh(user).check_password(OWN), fresh(user).check_password(password)) == (role, True, False)
    assert (taken.password_by, taken.code_by, taken.code_digest, taken.must_choose) == (None, None, "", False)
    assert code not in str(list(Change.objects.values_list("reason", flat=True)))


def test_who_chose_a_password_without_a_code_is_asked_for_one_with_the_first_role(
    first: Actor, second: Actor, opened: tuple[User, str], city: Unit
) -> None:
    user, _password = opened
    take_over(user=fresh(user), password="chosen by whoever had it")
    code = confirmed(first, second, user, "security_administrator", city)
    assert code
    assert actor_for(fresh(user), TODAY) is None
    assert actor_for(take_over(user=fresh(user), password=OWN, code=code), TODAY) is not None


def test_who_handed_out_the_password_confirms_no_role_for_it(
    first: Actor, second: Actor, opened: tuple[User, str], city: Unit
) -> None:
    user, _password = opened
    proposal = propose(second, user, "city_clerk", city)
    with pytest.raises(NotAllowed):
        decide_role(actor=first, proposal=proposal, confirm=True)
    assert not RoleAssignment.objects.filter(user=user).exists()


def test_who_handed_out_the_code_hands_out_no_password(
    first: Actor, second: Actor, opened: tuple[User, str], city: Unit
) -> None:
    user, _password = opened
    code = confirmed(first, second, user, "city_clerk", city)
    with pytest.raises(NotAllowed):
        renew_password(actor=second, user=fresh(user), reason="遗失")
    renew_password(actor=first, user=fresh(user), reason="遗失")
    assert actor_for(take_over(user=fresh(user), password=OWN, code=code), TODAY) is not None


@pytest.mark.parametrize("ahead", [0, 30])
def test_the_password_of_who_gives_roles_today_or_later_is_renewed_by_no_administrator(
    first: Actor, system: Actor, city: Unit, ahead: int
) -> None:
    user = make_user("来日的安全管理员")
    with change("test.grant", actor=system, reason="test ground"):
        grant_role(user=user, role="security_administrator", unit=city, starts=TODAY + timedelta(days=ahead))
    with pytest.raises(NotAllowed):
        renew_password(actor=first, user=user, reason="遗失")


def test_a_renewed_password_opens_nothing_before_its_holder_chose_another(
    first: Actor, second: Actor, county_clerk: Actor, county_b: Unit, system: Actor
) -> None:
    password = renew_password(actor=first, user=county_clerk.user, reason="遗失")
    user = fresh(county_clerk.user)
    assert user.check_password(password)
    assert actor_for(user, TODAY) is None
    user = take_over(user=user, password=OWN)
    assert actor_for(user, TODAY) is not None, "the roles that were held already need no code"
    code = confirmed(first, second, user, "county_clerk", county_b)
    assert code, "a further role does, since the first one may be the one who chose the password"
    assert actor_for(fresh(user), TODAY) is None


def test_the_operator_hands_out_a_password_on_the_machine(first: Actor, capsys: Any) -> None:
    call_command("changepassword", first.user.username)
    password = capsys.readouterr().out.strip()
    assert fresh(first.user).check_password(password)
    assert actor_for(fresh(first.user), TODAY) is None
    assert actor_for(take_over(user=fresh(first.user), password=OWN), TODAY) is not None
    with pytest.raises(CommandError):
        call_command("changepassword", "nobody")


def test_a_password_of_ones_own_is_a_change_of_its_own(county_clerk: Actor) -> None:
    choose_password(user=county_clerk.user, password=OWN)
    told = Change.objects.latest("id")
    assert (told.kind, told.actor, told.reason) == (
        "org.choose_password",
        county_clerk.user,
        county_clerk.user.username,
    )
    assert fresh(county_clerk.user).check_password(OWN)


@pytest.mark.django_db
def test_a_digest_of_an_older_recipe_is_made_anew_at_the_login(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    user = make_user("旧", password=OWN)
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
    assert fresh(user).check_password(OWN)
    assert fresh(user).password.startswith("md5$")
    assert Change.objects.latest("id").kind == "org.renew_digest"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO org_user (username, name, password, email) VALUES ('x', 'x', '', '')",
        "UPDATE org_user SET password = '' WHERE id = {}",
        "UPDATE org_user SET is_active = NOT is_active WHERE id = {}",
        "UPDATE org_user SET code_digest = '' WHERE id = {}",
        "DELETE FROM org_user WHERE id = {}",
        "UPDATE api_apitoken SET revoked_at = NULL WHERE user_id = {}",
        "UPDATE api_apitoken SET assignment_id = 1 WHERE user_id = {}",
        "DELETE FROM api_apitoken WHERE user_id = {}",
    ],
)
def test_accounts_and_tokens_are_written_inside_a_change(county_clerk: Actor, statement: str) -> None:
    with pytest.raises(NoChange, match="write outside a change"), explained(), transaction.atomic():
        connection.cursor().execute(statement.format(county_clerk.user.pk))


def refused(actor: Actor, write: Any) -> None:
    """The database refuses a write in a change of the actor's own."""
    with pytest.raises(TwoPersons), change("test.alone", actor=actor, reason="past the service"):
        write()


def test_the_database_gives_and_ends_roles_as_confirmed_only(
    first: Actor, second: Actor, city: Unit, county_a: Unit, county_clerk: Actor
) -> None:
    user = make_user("新人")
    held = RoleAssignment.objects.get(pk=county_clerk.assignment)
    proposal = propose(first, user, "city_clerk", city)

    def give(**given: Any) -> Any:
        values = {"user": user, "role": "city_clerk", "unit": city, "starts": TODAY, **given}
        return lambda: grant_role(**values)

    refused(first, give())
    refused(second, give())
    refused(first, lambda: RoleProposal.objects.filter(pk=proposal.pk).update(state="confirmed", decided_by=first.user))
    refused(second, lambda: RoleProposal.objects.filter(pk=proposal.pk).update(proposed_by=second.user))
    refused(second, lambda: RoleProposal.objects.filter(pk=proposal.pk).update(role="security_administrator"))
    refused(
        second, lambda: RoleProposal.objects.filter(pk=proposal.pk).update(state="confirmed", decided_by=first.user)
    )
    refused(second, proposal.delete)
    decide_role(actor=second, proposal=proposal, confirm=True)
    refused(second, give(unit=county_a))
    refused(second, give(ends=TODAY + timedelta(days=9)))
    refused(second, lambda: RoleAssignment.objects.filter(pk=held.pk).update(role="county_approver"))
    refused(second, lambda: RoleAssignment.objects.filter(pk=held.pk).update(user=user))
    refused(second, held.delete)
    refused(second, lambda: RoleProposal.objects.filter(pk=proposal.pk).update(state="rejected"))
    assert [(one.role, one.unit) for one in RoleAssignment.objects.filter(user=user)] == [("city_clerk", city)]


@pytest.mark.parametrize(
    "forged",
    [
        {"proposed_by": "second"},
        {"state": "confirmed"},
        {"state": "confirmed", "decided_by": "second"},
        {"user": "first"},
    ],
)
def test_the_database_takes_proposals_in_ones_own_name_only(
    first: Actor, second: Actor, city: Unit, forged: dict[str, str]
) -> None:
    people = {"first": first.user, "second": second.user}
    values = {
        "user": make_user("新人"), "role": "city_clerk", "unit": city, "starts": TODAY, "reason": "x", "proposed_by": first.user,
    }  # fmt: skip
    refused(
        first, lambda: RoleProposal.objects.create(**{**values, **{k: people.get(v, v) for k, v in forged.items()}})
    )


def test_ending_a_role_passes_as_confirmed(first: Actor, second: Actor, county_a: Unit) -> None:
    clerk = make_actor("county_clerk", county_a)
    end = TODAY + timedelta(days=30)
    decide_role(
        actor=second,
        proposal=propose(first, clerk.user, "county_clerk", county_a, starts=end, revoke=True),
        confirm=True,
    )
    assert RoleAssignment.objects.get(pk=clerk.assignment).valid.upper == end
