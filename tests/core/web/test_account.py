"""My account: who I am, language and colours, password, roles, tokens of programs."""

import re
from datetime import date
from urllib.parse import quote

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import Range

from core.api.models import ApiToken
from core.api.services import MOST_LIVE, issue_token
from core.org.models import RoleAssignment, User
from core.records.changes import change
from core.records.models import Change
from core.web.middleware import ASSIGNMENT
from core.web.proof import KEY
from tests.factories.people import make_actor, make_user
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db

ACCOUNT, PASSWORD, TOKEN = "/account/", "/account/password/", "/account/tokens/new/"
OLD, NEW = "old-Secret-71", "quiet-River-82"
CHINESE = re.compile("[一-鿿]+")


@pytest.fixture
def clerk(county_a):
    """A clerk who logs in with a password."""
    return make_actor("county_clerk", county_a, user=make_user("李敏", username="li.min", password=OLD))


@pytest.fixture
def client(login, clerk):
    return login(clerk)


def text(client, address=ACCOUNT):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def main(shown):
    """What stands between the menus and the foot."""
    return shown.partition("<main")[2].partition("</main>")[0]


def token_of(actor, name="考勤系统"):
    assignment = RoleAssignment.objects.get(pk=actor.assignment)
    return issue_token(assignment=assignment, name=name, now=timezone.now(), on=TODAY)


def opens(secret):
    return Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


class TestAccount:
    def test_it_says_who_one_is_and_which_roles_one_holds(self, client):
        shown = main(text(client))

        for said in ("李敏", "li.min", "县区经办", "青石县教育局", "当前角色"):
            assert said in shown

    def test_one_switches_to_another_role_of_ones_own(self, client, clerk, school_a):
        other = make_actor("school_clerk", school_a, user=clerk.user)
        before = main(text(client))

        answer = client.post("/acting/", {"assignment": other.assignment, "next": ACCOUNT})

        assert f'name="assignment" value="{other.assignment}"' in before
        assert f'name="assignment" value="{clerk.assignment}"' not in before
        assert answer["Location"] == ACCOUNT
        assert client.session[ASSIGNMENT] == other.assignment
        assert f'name="assignment" value="{clerk.assignment}"' in main(text(client))

    def test_roles_of_others_and_of_the_past_are_not_offered(self, client, clerk, system, school_a, county_approver):
        with change("org.grant_role", actor=system, reason="past"):
            past = RoleAssignment.objects.create(
                user=clerk.user, role="school_clerk", unit=school_a, valid=Range(date(2020, 1, 1), date(2021, 1, 1))
            )

        shown = text(client)

        assert f'value="{past.pk}"' not in shown
        assert f'value="{county_approver.assignment}"' not in shown

    def test_who_holds_no_role_has_an_account_too(self):
        client = Client()
        client.force_login(make_user("新人"), backend="django.contrib.auth.backends.ModelBackend")

        shown = text(client)

        assert "新人" in shown
        assert TOKEN not in shown
        assert client.get(TOKEN).status_code == 200
        assert client.post(TOKEN, {"name": "x", "assignment": "1", "days": 3}).status_code == 422

    def test_colours_are_kept_with_the_account(self, client, clerk):
        client.post("/theme/", {"theme": "dark", "next": ACCOUNT})

        clerk.user.refresh_from_db()
        assert clerk.user.theme == "dark"
        assert 'value="dark" aria-pressed="true"' in text(client)

    def test_the_language_is_kept_with_the_account_and_all_of_the_page_is_in_it(self, client, clerk):
        client.post("/language/", {"language": "en", "next": ACCOUNT})
        token_of(clerk, "attendance")

        again = Client()
        again.post("/accounts/login/", {"login": "li.min", "password": OLD})

        shown = main(text(again))
        assert "<h1>My account</h1>" in shown
        names = {"李敏", "青石县教育局", "中文", "师档"}
        for page in (shown, main(text(again, PASSWORD)), main(text(again, TOKEN))):
            assert set(CHINESE.findall(page)) <= names


class TestPassword:
    def change(self, client, new=NEW, again=None):
        return client.post(PASSWORD, {"new_password1": new, "new_password2": again or new})

    def test_a_new_password_holds_and_this_session_stays(self, client, clerk):
        answer = self.change(client)

        assert (answer.status_code, answer["Location"]) == (302, ACCOUNT)
        clerk.user.refresh_from_db()
        assert clerk.user.check_password(NEW)
        assert "密码已修改" in text(client)

    def test_other_sessions_and_tokens_end(self, login, client, clerk, county_approver):
        other_machine = login(clerk)
        _token, secret = token_of(clerk)
        _token, of_somebody_else = token_of(county_approver)
        assert opens(secret)

        self.change(client)

        assert other_machine.get(ACCOUNT).status_code == 302
        assert not opens(secret)
        assert opens(of_somebody_else)

    @pytest.mark.parametrize(
        ("given", "chinese", "english"),
        [
            ({"again": "another-River-3"}, "两次输入的新密码不一致。", "The two new passwords differ."),
            ({"new": "kq7-z"}, "密码太短，至少需要 8 个字符。", "It is too short: take at least 8 characters."),
            ({"new": "password1"}, "该密码过于常见", "Many people use this password"),
            ({"new": "li.min.li"}, "密码与姓名、用户名或电子邮箱过于相似。", "It is too much like your name"),
        ],
    )
    def test_a_refusal_is_said_in_the_readers_language_and_changes_nothing(
        self, client, clerk, given, chinese, english
    ):
        answer = self.change(client, **given)
        client.post("/language/", {"language": "en"})
        translated = self.change(client, **given)

        assert (answer.status_code, translated.status_code) == (422, 422)
        assert chinese in answer.content.decode()
        assert english in translated.content.decode()
        clerk.user.refresh_from_db()
        assert clerk.user.check_password(OLD)

    def test_passwords_are_never_sent_back(self, client):
        shown = self.change(client, again="another-Secret-5").content.decode()

        assert "another-Secret-5" not in shown
        assert NEW not in shown


class TestTokens:
    def test_a_token_is_shown_once_and_opens_the_interface_in_its_role(self, client, clerk):
        answer = client.post(TOKEN, {"name": "考勤系统", "assignment": clerk.assignment, "days": 30})

        secret = re.search(r"sdt_[\w-]+", answer.content.decode())[0]
        assert answer["Cache-Control"] == "no-store, private"
        assert opens(secret)
        listed = main(text(client))
        assert re.search(r"考勤系统</b><br><span class=\"sd-sub\">青石县教育局.{1,3}县区经办", listed)
        assert secret not in listed

    @pytest.mark.parametrize(
        "given", [{"days": 0}, {"days": 367}, {"name": ""}, {"assignment": "x"}, {"assignment": ""}]
    )
    def test_a_wrong_wish_makes_no_token(self, client, clerk, given):
        answer = client.post(TOKEN, {"name": "考勤系统", "assignment": clerk.assignment, "days": 30, **given})

        assert answer.status_code == 422
        assert ApiToken.objects.count() == 0

    def test_nobody_makes_a_token_for_the_role_of_another(self, client, county_approver):
        answer = client.post(TOKEN, {"name": "x", "assignment": county_approver.assignment, "days": 30})

        assert answer.status_code == 422
        assert ApiToken.objects.count() == 0

    def test_too_many_tokens_are_refused_in_words(self, client, clerk):
        for number in range(MOST_LIVE):
            token_of(clerk, f"程序{number}")

        answer = client.post(TOKEN, {"name": "又一个", "assignment": clerk.assignment, "days": 30})

        assert answer.status_code == 422
        assert str(MOST_LIVE) in main(answer.content.decode())
        assert ApiToken.objects.count() == MOST_LIVE

    def test_a_revoked_token_opens_nothing_and_is_gone(self, client, clerk):
        token, secret = token_of(clerk)
        assert opens(secret)

        answer = client.post(reverse("token_revoke", args=[token.public_id]))

        assert answer["Location"] == ACCOUNT
        assert not opens(secret)
        assert "考勤系统" not in text(client)

    def test_the_token_of_another_is_not_found(self, client, county_approver):
        token, secret = token_of(county_approver, "别人的程序")

        assert "别人的程序" not in text(client)
        assert client.post(reverse("token_revoke", args=[token.public_id])).status_code == 404
        assert opens(secret)

    def test_a_token_whose_role_ended_is_marked(self, client, clerk, system, school_a):
        other = make_actor("school_clerk", school_a, user=clerk.user)
        token_of(other)
        with change("org.decide_role", actor=system, reason="ends"):
            assignment = RoleAssignment.objects.get(pk=other.assignment)
            assignment.valid = Range(assignment.valid.lower, TODAY)
            assignment.save()

        assert "令牌已失效" in text(client)


def forgotten(client):
    """The same session an hour after it began."""
    session = client.session
    session[KEY] -= 3600
    session.save()
    return client


def prove(client, password, where=PASSWORD):
    return client.post(reverse("prove"), {"password": password, "next": where})


class TestProof:
    @pytest.mark.parametrize("name", ["my_password", "my_sessions", "my_passkeys"])
    def test_pages_that_open_the_account_ask_who_it_is_after_a_while(self, client, name):
        assert client.get(reverse(name)).status_code == 200

        for ask in (forgotten(client).get, client.post):
            assert ask(reverse(name)).url == f"{reverse('prove')}?next={quote(reverse(name), safe='')}"

        assert prove(client, OLD, reverse(name)).url == reverse(name)
        assert client.get(reverse(name)).status_code == 200

    def test_what_was_sent_meanwhile_did_nothing_and_this_is_said(self, client, clerk):
        answer = forgotten(client).post(PASSWORD, {"new_password1": NEW, "new_password2": NEW}, follow=True)

        clerk.user.refresh_from_db()
        assert clerk.user.check_password(OLD)
        assert "尚未执行任何操作" in answer.content.decode()

    def test_a_wrong_password_proves_nothing_and_is_not_sent_back(self, client):
        answer = prove(forgotten(client), "guessed-Secret")

        assert answer.status_code == 422
        assert "当前密码不正确。" in answer.content.decode()
        assert "guessed-Secret" not in answer.content.decode()
        assert client.get(PASSWORD).status_code == 302

    def test_it_leads_to_no_other_site(self, client):
        assert prove(client, OLD, "https://elsewhere.example/").url == "/"

    def test_who_has_neither_password_nor_passkey_logs_in_anew(self, login, teacher_actor):
        client = forgotten(login(teacher_actor))
        shown = main(text(client, f"{reverse('prove')}?next={PASSWORD}"))
        assert 'type="password"' not in shown
        assert "data-passkey=" not in shown

        answer = client.post(reverse("prove_by_login"), {"next": PASSWORD})

        assert answer.url == f"{reverse('account_login')}?next={quote(PASSWORD, safe='')}"
        assert client.get(ACCOUNT).status_code == 302

    def test_wrong_passwords_lock_out_like_those_of_a_login(self, client, settings):
        forgotten(client)
        for _time in range(settings.AXES_FAILURE_LIMIT):
            prove(client, "guessed")

        assert prove(client, OLD).status_code == 429
        assert client.get(PASSWORD).status_code == 302
        assert Client().post(reverse("account_login"), {"login": "li.min", "password": OLD}).status_code == 429

    def test_no_password_is_kept_beside_the_count(self, client):
        prove(client, "guessed-Secret")

        kept = str(AccessAttempt.objects.values().get())
        assert "guessed-Secret" not in kept
        assert reverse("prove") in kept

    def test_the_right_one_forgives_the_wrong_ones_before(self, client, settings):
        for _time in range(2):
            for _wrong in range(settings.AXES_FAILURE_LIMIT - 1):
                prove(client, "guessed")
            assert prove(client, OLD).status_code == 302


class TestLoggingOutEverywhereElse:
    def test_other_sessions_end_and_this_one_and_the_password_stay(self, login, clerk):
        here, elsewhere = login(clerk), login(clerk)

        answer = here.post(reverse("my_sessions"))

        assert answer.status_code == 302
        assert here.get(reverse("my_account")).status_code == 200
        assert elsewhere.get(reverse("my_account")).status_code == 302
        assert User.objects.get(pk=clerk.user.pk).check_password(OLD)
        assert Change.objects.filter(kind="org.end_sessions", actor=clerk.user).count() == 1

    def test_so_they_do_for_who_has_no_password(self, login, teacher_actor):
        here, elsewhere = login(teacher_actor), login(teacher_actor)

        here.post(reverse("my_sessions"))

        assert here.get(reverse("my_account")).status_code == 200
        assert elsewhere.get(reverse("my_account")).status_code == 302
