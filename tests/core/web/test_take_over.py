"""The first login with an account that somebody handed out: nothing opens before its holder made it their own."""

import re

import pytest
from django.test import Client

from core.api.models import ApiToken
from core.org.models import RoleProposal, User

pytestmark = pytest.mark.django_db
OWN = "只有本人知道的一句话"


def told(answer, place):
    """What a page shows once: 0 the user name, 1 the secret."""
    return re.findall(r"<code>([^<]*)</code>", answer.content.decode())[place]


@pytest.fixture
def handed_out(login, security_administrator, second_security_administrator, city):
    """(user name, password, code): as two administrators told them on their pages."""
    first, second = login(security_administrator), login(second_security_administrator)
    opened = first.post("/users/new/", {"username": "wang.fang", "name": "王芳", "email": "", "reason": "新任"})
    asked = {
        "user": "wang.fang",
        "role": "city_clerk",
        "unit": str(city.public_id),
        "starts": "2026-11-22",
        "reason": "新任",
    }
    first.post("/roles/propose/", asked)
    proposal = RoleProposal.objects.get()
    confirmed = second.post(f"/roles/proposals/{proposal.public_id}/confirm/")
    assert [told(page, 0) for page in (opened, confirmed)] == ["wang.fang", "wang.fang"]
    return "wang.fang", told(opened, 1), told(confirmed, 1)


@pytest.fixture
def holder(handed_out):
    """The window of whoever has the password."""
    client = Client()
    name, password, _code = handed_out
    client.post("/accounts/login/", {"login": name, "password": password})
    return client


def choose(client, code, first=OWN, second=OWN):
    return client.post("/account/first/", {"code": code, "new_password1": first, "new_password2": second})


def test_every_page_leads_to_the_password_and_then_the_role_acts(holder, handed_out):
    for path in ("/", "/teachers/", "/account/", "/account/tokens/new/"):
        answer = holder.get(path)
        assert (answer.status_code, answer.url) == (302, "/account/first/"), path
    partial = holder.get("/teachers/", headers={"HX-Request": "true"})
    assert (partial.status_code, partial.headers["HX-Redirect"]) == (200, "/account/first/")
    page = holder.get("/account/first/").content.decode()
    assert ("启用账号" in page, "启用码" in page) == (True, True)

    done = choose(holder, handed_out[2])

    assert (done.status_code, done.url) == (302, "/")
    assert holder.get("/teachers/").status_code == 200
    assert User.objects.get(username="wang.fang").check_password(OWN)
    assert holder.get("/account/first/").url == "/"


@pytest.mark.parametrize(
    ("code", "first", "second", "words"),
    [
        ("abcd-efgh-jkmn", OWN, OWN, "启用码不对"), ("", OWN, OWN, "必填"), (None, OWN, "别的一句话再长一些", "不一致"),
        (None, "short", "short", "太短"),
    ],
)  # fmt: skip
def test_a_wrong_code_or_a_poor_password_changes_nothing(holder, handed_out, code, first, second, words):
    answer = choose(holder, handed_out[2] if code is None else code, first, second)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert User.objects.get(username="wang.fang").awaits_holder
    assert holder.get("/teachers/").status_code == 302


def test_no_program_gets_in_before_the_holder(handed_out):
    name, password, _code = handed_out
    answer = Client().post(
        "/api/v1/tokens/", {"username": name, "password": password, "name": "x"}, content_type="application/json"
    )

    assert answer.status_code == 422
    assert "设置自己的密码" in answer.json()["detail"]
    assert ApiToken.objects.count() == 0


def test_other_windows_of_who_knew_the_password_end(holder, handed_out):
    other = Client()
    other.post("/accounts/login/", {"login": handed_out[0], "password": handed_out[1]})

    choose(holder, handed_out[2])

    assert other.get("/teachers/").url == "/accounts/login/?next=/teachers/"
    again = Client()
    again.post("/accounts/login/", {"login": handed_out[0], "password": handed_out[1]})
    assert again.get("/").status_code == 302


def test_who_has_nothing_to_take_over_is_led_on(login, county_clerk):
    client = login(county_clerk)
    before = county_clerk.user.password
    assert client.get("/account/first/").url == "/"
    assert choose(client, "").status_code == 422, "the present password is asked on the other page"
    assert User.objects.get(pk=county_clerk.user.pk).password == before
    assert Client().get("/account/first/").status_code == 302


def test_the_proposal_says_who_cannot_confirm_it(login, security_administrator, second_security_administrator, city):
    first, second = login(security_administrator), login(second_security_administrator)
    second.post("/users/new/", {"username": "wang.fang", "name": "王芳", "email": "", "reason": "新任"})
    asked = {
        "user": "wang.fang",
        "role": "city_clerk",
        "unit": str(city.public_id),
        "starts": "2026-11-22",
        "reason": "x",
    }
    first.post("/roles/propose/", asked)
    page = f"/roles/proposals/{RoleProposal.objects.get().public_id}/"

    assert "该用户的密码由您发放" in second.get(page).content.decode()
    assert "复核授权申请：市级经办" not in second.get("/").content.decode()
    second.post(f"{page}confirm/")
    assert RoleProposal.objects.get().state == "open"
