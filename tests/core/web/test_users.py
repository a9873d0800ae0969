"""Users and roles: who holds what, two persons for each role, accounts with a trace."""

import re
from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils import timezone

from config.roles import PERMISSION_LABELS, ROLES
from core.api.models import ApiToken
from core.api.services import issue_token
from core.org.models import RoleAssignment, RoleProposal, User
from core.records.models import Change
from core.web.forms import DayField
from tests.factories.people import make_actor, make_user
from tests.ground.clock import TODAY
from tests.ground.tables import table_rows

pytestmark = pytest.mark.django_db


def held(actor):
    return RoleAssignment.objects.get(pk=actor.assignment)


def propose(client, user, unit, /, role="county_approver", **more):
    data = {
        "user": user.username,
        "role": role,
        "unit": str(unit.public_id),
        "starts": "2026-11-22",
        "ends": "",
        "reason": "岗位调整",
    }
    return client.post("/roles/propose/", data | more)


def test_the_list_has_a_row_for_each_role_held(login, security_administrator, county_clerk, school_clerk):
    found = {row[0].split()[0]: row[1:4] for row in table_rows(login(security_administrator).get("/users/"))}

    assert found["青石县办事员"] == ["县区经办", "青石县教育局", "1990-01-01"]
    assert found["一中办事员"] == ["学校经办", "青石县第一初级中学", "1990-01-01"]


def test_users_stand_in_the_order_of_their_pinyin(login, security_administrator, county_a):
    for name in ("张三", "𠮷田", "李四", "阿牛"):
        make_actor("county_clerk", county_a, name=name)

    found = [row[0].split()[0] for row in table_rows(login(security_administrator).get("/users/?role=county_clerk"))]

    assert [name for name in found if name in {"张三", "李四", "阿牛", "𠮷田"}] == ["𠮷田", "阿牛", "李四", "张三"]


def test_a_role_is_proposed_for_somebody_chosen_by_name(login, security_administrator, county_clerk):
    fields = login(security_administrator).get("/roles/propose/").context["form"].fields

    people = dict(fields["user"].choices)
    assert people[county_clerk.user.username] == f"青石县办事员 ({county_clerk.user.username})"
    assert security_administrator.user.username not in people
    assert "data-picker" in fields["user"].widget.attrs


@pytest.mark.parametrize("typed", ["2026-09-01", "2026-9-1", "2026.9.1", "2026年9月1日"])
def test_a_day_is_read_as_people_type_it(typed):
    assert DayField().clean(typed) == date(2026, 9, 1)


@pytest.mark.parametrize("typed", ["2026-09", "2026", "09/01/2026", "2026-02-30", "明天"])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(ValidationError):
        DayField().clean(typed)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=青石", {"青石县办事员"}), ("role=school_clerk", {"一中办事员"}), ("when=past", {"从前的办事员"}),
        ("when=ahead", {"明年的办事员"}),
    ],
)  # fmt: skip
def test_conditions_of_the_list(login, security_administrator, county_clerk, school_clerk, county_a, query, names):
    from psycopg.types.range import Range

    from core.records import change

    past, ahead = (
        make_actor("county_clerk", county_a, name="从前的办事员"),
        make_actor("county_clerk", county_a, name="明年的办事员"),
    )
    with change("test.shift", actor=User.objects.system(), reason="test ground"):
        RoleAssignment.objects.filter(pk=past.assignment).update(valid=Range(date(2000, 1, 1), date(2010, 1, 1)))
        RoleAssignment.objects.filter(pk=ahead.assignment).update(valid=Range(date(2027, 1, 1), None))

    assert {row[0].split()[0] for row in table_rows(login(security_administrator).get(f"/users/?{query}"))} == names


def test_a_role_holds_only_after_a_second_person_confirmed_it(
    login, security_administrator, second_security_administrator, county_a
):
    user = make_user("李敏")
    first, second = login(security_administrator), login(second_security_administrator)

    answer = propose(first, user, county_a)
    proposal = RoleProposal.objects.get()
    own_decision = first.post(f"/roles/proposals/{proposal.public_id}/confirm/")
    after_own = RoleAssignment.objects.filter(user=user).count()
    waiting = second.get("/").content.decode()
    second.post(f"/roles/proposals/{proposal.public_id}/confirm/")

    assert answer.url == f"/roles/proposals/{proposal.public_id}/"
    assert (own_decision.status_code, after_own) == (302, 0)
    assert "复核授权申请：县区审批" in waiting
    given = RoleAssignment.objects.get(user=user)
    assert (given.role, given.unit, given.valid.lower, given.valid.upper) == ("county_approver", county_a, TODAY, None)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("confirmed", second_security_administrator.user)


def test_a_rejected_proposal_gives_nothing(login, security_administrator, second_security_administrator, county_a):
    user = make_user("李敏")
    propose(login(security_administrator), user, county_a)
    proposal = RoleProposal.objects.get()

    login(second_security_administrator).post(f"/roles/proposals/{proposal.public_id}/reject/")

    proposal.refresh_from_db()
    assert (proposal.state, RoleAssignment.objects.filter(user=user).count()) == ("rejected", 0)


def test_ending_a_role_takes_two_people_as_well(
    login, security_administrator, second_security_administrator, county_clerk
):
    held_role = held(county_clerk)

    login(security_administrator).post(
        f"/roles/held/{held_role.public_id}/end/", {"starts": "2026-12-01", "reason": "调离"}
    )
    proposal = RoleProposal.objects.get()
    before = held(county_clerk).valid.upper
    login(second_security_administrator).post(f"/roles/proposals/{proposal.public_id}/confirm/")

    assert (proposal.revoke, before) == (True, None)
    assert held(county_clerk).valid.upper == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"user": "nobody"}, "没有这个用户名"),
        ({"role": "county_clerk", "unit": "school"}, "不能授予这一级单位"),
        ({"role": "auditor", "unit": "city"}, "兼任"),
        ({"ends": "2026-11-22"}, "终止日期必须晚于起始日期"),
        ({"reason": ""}, "必填"),
        ({"user": "self"}, "没有这个用户名"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused_with_a_reason(
    login, security_administrator, county_clerk, school_a, city, county_a, more, words
):
    places = {"school": school_a, "city": city}
    given = {name: str(places[value].public_id) if name == "unit" else value for name, value in more.items()}
    if given.get("user") == "self":
        given["user"] = security_administrator.user.username

    answer = propose(login(security_administrator), county_clerk.user, county_a, **given)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert RoleProposal.objects.count() == 0


def test_the_table_of_roles_is_the_one_that_the_program_obeys(login, county_clerk):
    text = login(county_clerk).get("/roles/").content.decode()

    rows = re.findall(
        r'<th scope="row">([^<]*)<span class="sd-sub sd-code">([^<]*)</span></th>(.*?)</tr>', text, re.DOTALL
    )
    ticks = {
        name: [bool(re.search("#i-check", cell)) for cell in re.findall(r"<td>(.*?)</td>", cells, re.DOTALL)]
        for _t, name, cells in rows
    }
    assert ticks == {name: [name in role.permissions for role in ROLES.values()] for name in PERMISSION_LABELS}
    assert re.findall(r'<th scope="col"><span>([^<]*)</span>', text) == [str(role.label) for role in ROLES.values()]


def test_an_account_is_opened_with_a_password_that_is_told_once(login, security_administrator):
    client = login(security_administrator)

    answer = client.post("/users/new/", {"username": "wang.fang", "name": "王芳", "email": "", "reason": "新任经办"})

    password = re.findall(r"<code>([^<]*)</code>", answer.content.decode())[1]
    user = User.objects.get(username="wang.fang")
    assert answer.status_code == 200
    assert user.check_password(password)
    assert password not in client.get("/users/without/").content.decode()
    assert [row[0] for row in table_rows(client.get("/users/without/"))] == ["王芳 wang.fang"]
    trace = Change.objects.get(kind="org.open_account")
    assert (trace.actor, trace.reason) == (security_administrator.user, "wang.fang: 新任经办")


@pytest.mark.parametrize("username", ["Wang.Fang", "wang fang", "王'--", ""])
def test_a_user_name_that_is_taken_or_none_is_refused(login, security_administrator, username):
    make_user("王芳", username="wang.fang")

    answer = login(security_administrator).post("/users/new/", {"username": username, "name": "某某", "reason": "x"})

    assert answer.status_code == 422
    assert User.objects.filter(name="某某").count() == 0


def test_a_new_password_ends_the_old_one_and_the_tokens(login, security_administrator, county_a):
    clerk = make_actor(
        "county_clerk", county_a, user=make_user("李敏", username="li.min", password="old and forgotten")
    )
    issue_token(assignment=held(clerk), name="x", now=timezone.now(), on=TODAY)
    own = login(clerk)

    answer = login(security_administrator).post(f"/users/{held(clerk).public_id}/password/", {"reason": "遗失"})

    password = re.findall(r"<code>([^<]*)</code>", answer.content.decode())[1]
    request = RequestFactory().get("/")
    assert authenticate(request, username="li.min", password="old and forgotten") is None
    assert authenticate(request, username="li.min", password=password) == clerk.user
    assert own.get("/account/").status_code == 302
    assert ApiToken.objects.live(timezone.now()).count() == 0


def test_a_locked_user_is_out_at_once_and_may_come_back(login, security_administrator, county_clerk):
    client, own, key = login(security_administrator), login(county_clerk), held(county_clerk).public_id

    client.post(f"/users/{key}/lock/", {"reason": "停职"})
    locked = own.get("/account/").status_code
    client.post(f"/users/{key}/unlock/", {"reason": "复职"})

    county_clerk.user.refresh_from_db()
    assert (locked, county_clerk.user.is_active) == (302, True)
    assert list(Change.objects.filter(kind__endswith="lock_account").order_by("pk").values_list("kind", flat=True)) == [
        "org.lock_account", "org.unlock_account",
    ]  # fmt: skip


def test_nobody_locks_themselves_out_or_renews_their_own_password(login, security_administrator):
    client, key = login(security_administrator), held(security_administrator).public_id

    for verb in ("lock", "password"):
        answer = client.post(f"/users/{key}/{verb}/", {"reason": "x"})
        assert answer.status_code == 422
        assert "不能对本人的账号" in answer.content.decode()
    assert "/lock/" not in client.get(f"/users/{key}/").content.decode()


def test_a_users_page_tells_roles_and_open_proposals(login, security_administrator, county_clerk, school_a):
    client = login(security_administrator)
    propose(client, county_clerk.user, school_a, role="school_clerk")

    text = client.get(f"/users/{held(county_clerk).public_id}/").content.decode()

    assert "授予：学校经办" in text
    assert f"/roles/held/{held(county_clerk).public_id}/end/" in text


@pytest.mark.parametrize(
    "address", ["/users/", "/users/without/", "/users/new/", "/roles/propose/", "/roles/proposals/"]
)
@pytest.mark.parametrize("role", ["county_clerk", "auditor", "system_administrator", "teacher_actor"])
def test_accounts_are_kept_by_security_administrators_only(login, request, role, address):
    assert login(request.getfixturevalue(role)).get(address).status_code == 403
