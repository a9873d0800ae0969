"""The first start of a real site: a bureau and three persons, once."""

import pytest
from django.core.management import CommandError, call_command

from core.org.accounts import take_over
from core.org.actor import actor_for
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment, Unit, User
from core.org.services import decide_role, propose_role
from core.records.models import Change
from tests.factories.people import make_user
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db


def _passwords(out):
    lines = [line.split() for line in out.splitlines() if line.startswith("  ")]
    return {username: password for _role, username, password in lines}


def test_a_bureau_and_three_persons_are_made_and_their_passwords_shown_once(capsys):
    call_command("first_administrator", city_name="试点市教育局", city_code="350100")

    passwords = _passwords(capsys.readouterr().out)
    bureau = Unit.objects.named(TODAY).get()
    assert (bureau.code, bureau.kind, bureau.name, bureau.parent, str(bureau.path)) == (
        "350100",
        "city",
        "试点市教育局",
        None,
        str(bureau.pk),
    )
    held = set(RoleAssignment.objects.values_list("user__username", "role", "unit__code"))
    assert held == {
        ("security.one", "security_administrator", "350100"),
        ("security.two", "security_administrator", "350100"),
        ("system.admin", "system_administrator", "350100"),
    }
    assert all(User.objects.get(username=username).check_password(password) for username, password in passwords.items())
    assert len(set(passwords.values())) == 3


def test_the_two_can_give_roles_and_one_alone_cannot(capsys):
    call_command("first_administrator", city_name="试点市教育局", city_code="350100")
    users = [User.objects.get(username=name) for name in ("security.one", "security.two")]
    assert [actor_for(user, TODAY) for user in users] == [None, None], "each chooses a password of their own first"
    one, two = (actor_for(take_over(user=user, password="a password of one's own"), TODAY) for user in users)
    clerk = make_user("经办", username="clerk")

    proposal = propose_role(actor=one, user=clerk, role="city_clerk", unit=one.unit, starts=TODAY, reason="first clerk")
    with pytest.raises(NotAllowed):
        decide_role(actor=one, proposal=proposal, confirm=True)
    decide_role(actor=two, proposal=proposal, confirm=True)

    assert actor_for(clerk, TODAY).role == "city_clerk"


def test_a_second_start_changes_nothing(capsys):
    call_command("first_administrator", city_name="试点市教育局", city_code="350100")
    before = Change.objects.count()
    capsys.readouterr()

    call_command("first_administrator", city_name="另一个市教育局", city_code="350200")

    out = capsys.readouterr().out
    assert (Change.objects.count(), Unit.objects.count(), User.objects.exclude(username="system").count()) == (
        before,
        1,
        3,
    )
    assert _passwords(out) == {}


def test_names_come_from_the_environment_where_nobody_can_be_asked(monkeypatch):
    monkeypatch.setenv("SHIDANG_CITY_NAME", "海州市教育局")
    monkeypatch.setenv("SHIDANG_CITY_CODE", "350300")
    call_command("first_administrator")
    assert Unit.objects.named(TODAY).values_list("name", "code").get() == ("海州市教育局", "350300")


def test_one_person_does_not_hold_two_of_the_accounts():
    with pytest.raises(CommandError, match="three persons"):
        call_command("first_administrator", city_name="试点市教育局", city_code="350100", user="a", second_user="a")
    assert not Unit.objects.exists()


def test_a_user_name_that_is_taken_is_named_and_nothing_is_left():
    make_user("旧账号", username="system.admin")
    with pytest.raises(CommandError, match=r"system\.admin"):
        call_command("first_administrator", city_name="试点市教育局", city_code="350100")
    assert not Unit.objects.exists()
