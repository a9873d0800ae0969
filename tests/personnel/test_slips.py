"""Activation slips: who gets one, who opens the account with it, and what everybody else is told."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from time import sleep
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.api.services import issue_token
from core.org.actor import actor_for
from core.org.errors import NotAllowed
from core.org.models import CodeTry, RoleAssignment, User
from core.org.services import decide_role, propose_role
from core.records.changes import change
from core.records.models import AccessLog, Change
from personnel.models import ActivationSlip, Employment, IdentityDocument, Teacher
from personnel.services import slips
from tests.factories.people import make_actor, make_user, set_user
from tests.ground.clock import TODAY
from tests.personnel.files import ZHANG, make_file, set_status
from tests.personnel.slips import NEW_PASSWORD, choose, plain, prove, slip_for, together

pytestmark = pytest.mark.django_db
NAME = "林婉清"
STATE = ActivationSlip.State


@pytest.fixture(autouse=True)
def _uncounted(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def teacher(school_a):
    return make_file(NAME, school_a, identity_number=ZHANG)


@pytest.fixture
def code(school_clerk, teacher):
    return slip_for(school_clerk, teacher)


@pytest.fixture
def phone():
    return Client()


def fresh(teacher):
    return Teacher.objects.select_related("user").get(pk=teacher.pk)


class TestOpening:
    def test_with_code_name_and_number_a_teacher_comes_to_their_own_file(self, phone, code, teacher):
        assert prove(phone, code, NAME, ZHANG).url == reverse("activate_choose")
        answer = choose(phone)

        assert answer.url == reverse("me")
        page = phone.get(answer.url, follow=True)
        assert page.status_code == 200
        assert NAME in page.content.decode()
        user = fresh(teacher).user
        assert (user.username, user.name) == ("lin.wanqing", NAME)
        assert actor_for(user, TODAY).role == "teacher"

    def test_the_account_opens_its_own_file_and_no_other(self, phone, code, teacher, school_a):
        other = make_file("王芳", school_a)
        prove(phone, code, NAME, ZHANG)
        choose(phone)

        assert phone.get(reverse("teacher", args=[teacher.public_id])).status_code == 200
        assert phone.get(reverse("teacher", args=[other.public_id])).status_code == 404
        assert phone.get(reverse("teachers")).status_code == 403

    def test_the_history_of_the_file_says_that_the_account_was_opened(self, login, phone, code, teacher, school_clerk):
        prove(phone, code, NAME, ZHANG)
        choose(phone)

        page = login(school_clerk).get(reverse("teacher_history", args=[teacher.public_id])).content.decode()
        assert "用激活单开通账号" in page
        assert "个人信息有改动" not in page

    def test_afterwards_one_logs_in_with_the_password(self, phone, code):
        prove(phone, code, NAME, ZHANG)
        choose(phone)

        answer = Client().post(reverse("account_login"), {"login": "lin.wanqing", "password": NEW_PASSWORD})

        assert answer.status_code == 302

    @pytest.mark.parametrize(
        "typed",
        ["３５０７２６１９８００５０１００１２", "3507 2619 8005 0100 12", "350726198005010012 "],
        ids=["full-width", "blanks", "blank behind"],
    )
    def test_the_number_is_read_however_it_is_typed(self, phone, school_clerk, school_a, typed):
        number = "350726198005010012"
        code = slip_for(school_clerk, make_file(NAME, school_a, identity_number=number))
        assert prove(phone, code.upper(), NAME, typed).status_code == 302

    def test_a_small_x_is_the_check_character(self, phone, school_clerk, school_a):
        code = slip_for(school_clerk, make_file(NAME, school_a, identity_number="11010519491231002X"))
        assert prove(phone, code.replace("-", " "), f" {NAME[0]} {NAME[1:]}", "11010519491231002ｘ").status_code == 302

    def test_a_passport_or_permit_shows_who_one_is_as_well(self, phone, school_clerk, school_a):
        person = make_file("古丽娜尔·买买提", school_a)
        with change("personnel.add_fact", actor=school_clerk, reason="护照"):
            paper = IdentityDocument(teacher=person, kind="A")
            paper.number = "H12345678"
            paper.save()
        code = slip_for(school_clerk, person)
        assert prove(phone, code, "古丽娜尔买买提", "h1234567(8)").status_code == 302

    def test_only_a_keyed_digest_of_the_code_is_kept(self, code, teacher):
        kept = ActivationSlip.objects.get()
        assert code.replace("-", "").encode() not in bytes(kept.digest)
        assert bytes(kept.digest) == slips.digest_of(code.upper())
        assert not Change.objects.filter(reason__contains=code[:4]).exists()

    def test_a_user_name_that_is_taken_is_told_at_its_field(self, phone, code):
        make_user("别人", username="Lin.Wanqing")
        prove(phone, code, NAME, ZHANG)
        answer = choose(phone)
        assert answer.status_code == 422
        assert "用户名" in answer.content.decode()
        assert ActivationSlip.objects.get().state == STATE.OPEN
        assert choose(phone, "lin.wanqing2").status_code == 302

    @pytest.mark.parametrize("name", ["13912345678", "林婉清", "ab", "a b c"])
    def test_a_user_name_is_letters_and_never_a_number_of_people(self, phone, code, name):
        prove(phone, code, NAME, ZHANG)
        assert choose(phone, name).status_code == 422

    def test_a_weak_password_is_refused_and_the_slip_counts_on(self, phone, code):
        prove(phone, code, NAME, ZHANG)
        assert choose(phone, password="12345678").status_code == 422
        assert choose(phone).status_code == 302

    def test_without_a_proof_nothing_is_chosen(self, phone, code):
        assert phone.get(reverse("activate_choose")).url == reverse("activate")
        assert choose(phone).url == reverse("activate")
        assert not User.objects.filter(username="lin.wanqing").exists()

    def test_the_address_of_the_picture_fills_the_code_in(self, phone, code):
        assert f'value="{code}"' in phone.get(reverse("activate"), {"code": code}).content.decode()


class TestWhatIsWrong:
    def answers(self, code, school_clerk, teacher, school_a):
        """What is answered to one who types the same, whatever stands behind it."""
        other = make_file("王芳", school_a, identity_number="110105196001010025")
        yield "a wrong number", lambda: None
        yield "used", lambda: self.end(teacher, STATE.USED)
        yield "void", lambda: self.end(teacher, STATE.VOID)
        yield "locked", lambda: self.end(teacher, STATE.LOCKED)
        yield "expired", lambda: self.expire(teacher)
        yield "of somebody else", lambda: self.give(other)

    def end(self, teacher, state):
        with change("test", actor=User.objects.system(), reason="test"):
            ActivationSlip.objects.filter(teacher=teacher).update(state=state)

    def expire(self, teacher):
        with change("test", actor=User.objects.system(), reason="test"):
            past = TODAY - timedelta(days=1)
            ActivationSlip.objects.filter(teacher=teacher).update(state=STATE.OPEN, expires=past)

    def give(self, other):
        with change("test", actor=User.objects.system(), reason="test"):
            ActivationSlip.objects.update(state=STATE.OPEN, expires=TODAY, teacher=other)

    def test_everything_that_is_wrong_is_answered_with_the_same_bytes(self, school_clerk, teacher, school_a):
        unknown = plain(prove(Client(), "aaaa-bbbb-cccc", NAME, ZHANG))
        code = slip_for(school_clerk, teacher)
        seen = {}
        for said, arrange in self.answers(code, school_clerk, teacher, school_a):
            cache.clear()
            CodeTry.objects.all().delete()
            arrange()
            number = "110105196001010025" if said == "a wrong number" else ZHANG
            answer = prove(Client(), code, NAME, number)
            assert answer.status_code == 422, said
            seen[said] = plain(answer).replace(code.encode(), b"aaaa-bbbb-cccc")
        assert set(seen.values()) == {unknown}

    def test_a_person_whom_nobody_knows_is_answered_alike(self, code):
        known = plain(prove(Client(), "aaaa-bbbb-cccc", NAME, ZHANG))
        nobody = plain(prove(Client(), "aaaa-bbbb-cccc", "没有此人", "110105194912310029"))
        wrong = plain(prove(Client(), "aaaa-bbbb-cccc", NAME, "不是号码"))
        assert known == nobody == wrong

    def test_the_recipe_of_passwords_runs_once_whatever_is_typed(self, code, teacher):
        tried = [
            ("aaaa-bbbb-cccc", NAME, ZHANG),
            (code, NAME, "110105194912310029"),
            (code, "别人", ZHANG),
            (code, NAME, ZHANG),
        ]
        for given in tried:
            with patch("personnel.services.slips.make_password") as hashed:
                slips.prove(code=given[0], name=given[1], number=given[2])
            assert hashed.call_count == 1, given

    def test_neither_name_nor_number_comes_back(self, code):
        answer = prove(Client(), code, "别人姓名", ZHANG).content.decode()
        assert ZHANG not in answer
        assert "别人姓名" not in answer

    def test_after_five_wrong_tries_the_slip_is_locked_for_the_right_one_too(self, phone, code, teacher):
        for _time in range(5):
            assert prove(phone, code, NAME, "110105194912310029").status_code == 422
        cache.clear()

        assert prove(phone, code, NAME, ZHANG).status_code == 422
        assert ActivationSlip.objects.get().state == STATE.LOCKED
        locked = Change.objects.get(kind="personnel.lock_slip")
        assert (locked.actor, locked.unit) == (User.objects.system(), teacher.employments.get().unit)

    def test_four_wrong_tries_lock_nothing_and_are_forgotten_once_it_is_right(self, phone, code):
        for _time in range(4):
            prove(phone, code, NAME, "110105194912310029")
        assert prove(phone, code, NAME, ZHANG).status_code == 302
        assert CodeTry.objects.count() == 0

    def test_who_tries_too_often_from_one_address_waits(self, phone):
        statuses = [prove(phone, f"aaaa-bbbb-ccc{sign}", NAME, ZHANG).status_code for sign in "abcdefghjkm"]
        assert statuses == [422] * 10 + [429]
        assert prove(phone, "aaaa-bbbb-cccn", NAME, ZHANG).headers["Retry-After"]

    def test_a_newer_slip_makes_the_older_one_void(self, phone, school_clerk, teacher, code):
        newer = slip_for(school_clerk, teacher)
        assert prove(phone, code, NAME, ZHANG).status_code == 422
        assert prove(phone, newer, NAME, ZHANG).status_code == 302

    def test_a_slip_that_was_made_void_after_the_proof_opens_nothing(self, phone, school_clerk, teacher, code):
        prove(phone, code, NAME, ZHANG)
        slips.take_back(actor=school_clerk, teacher=teacher, reason="发错人")
        assert choose(phone).url == reverse("activate")
        assert fresh(teacher).user is None

    def test_a_second_use_opens_nothing(self, phone, code, teacher):
        prove(phone, code, NAME, ZHANG)
        second = Client()
        prove(second, code, NAME, ZHANG)
        choose(phone)
        assert choose(second, "other.name").url == reverse("activate")
        assert fresh(teacher).user.username == "lin.wanqing"

    def test_it_counts_on_its_last_day(self, phone, school_clerk, teacher, code):
        with change("test", actor=User.objects.system(), reason="test"):
            ActivationSlip.objects.update(expires=TODAY)
        assert prove(phone, code, NAME, ZHANG).status_code == 302


class TestHandingOut:
    def test_it_is_a_change_and_a_look_that_the_person_reads(self, school_clerk, teacher, code):
        assert (
            Change.objects.filter(kind="personnel.hand_out_slip", actor=school_clerk.user, reason="开通账号").count()
            == 1
        )
        assert AccessLog.objects.get(subject_id=teacher.pk).what == "slip"

    def test_many_are_shown_once_on_one_sheet(self, login, school_clerk, school_a):
        people = [make_file(name, school_a) for name in ("甲一", "乙二", "丙三")]
        client = login(school_clerk)
        keys = [str(one.public_id) for one in people]
        assert client.post(reverse("teacher_accounts"), {"slips": "yes", "selected": keys}).url == reverse("slips_new")

        page = client.post(reverse("slips_new"), {"reason": "开学统一开通"})

        text = page.content.decode()
        assert page.status_code == 200
        assert all(one.name in text for one in people)
        assert text.count('class="sd-slip-code"') == 3
        assert text.count("data:image/svg+xml") >= 3
        assert "no-store" in page.headers["Cache-Control"]
        assert Change.objects.filter(kind="personnel.hand_out_slip").count() == 1

    def test_a_slip_names_the_school_of_its_teacher_and_the_unit_that_hands_it_out(
        self, login, county_clerk, county_a, school_a, second_school_a
    ):
        people = [make_file("甲一", school_a), make_file("乙二", second_school_a)]
        client = login(county_clerk)
        keys = [str(one.public_id) for one in people]
        client.post(reverse("teacher_accounts"), {"slips": "yes", "selected": keys})

        page = client.post(reverse("slips_new"), {"reason": "开学统一开通"})

        found = {one["name"]: (one["unit"], one["from"]) for one in page.context["slips"]}
        assert found == {"甲一": (school_a.name, county_a.name), "乙二": (second_school_a.name, county_a.name)}

    def test_the_roster_leads_there_as_well(self, login, school_clerk, teacher):
        client = login(school_clerk)
        sent = {"slips": "yes", "selected": [str(teacher.public_id)]}
        assert client.post(reverse("teachers"), sent).url == reverse("slips_new")
        assert client.post(reverse("slips_new"), {"reason": "开通"}).content.decode().count("sd-slip-code") == 1

    def test_who_has_an_account_gets_one_only_where_that_is_said(self, school_clerk, own_file, teacher_actor):
        handed, refused = slips.hand_out(actor=school_clerk, teachers=[own_file], reason="开通")
        assert (handed, [*refused]) == ([], [own_file.pk])
        handed, refused = slips.hand_out(actor=school_clerk, teachers=[own_file], reason="丢失", renew=True)
        assert (len(handed), refused) == (1, {})

    def test_an_account_that_holds_a_role_of_staff_gets_none(self, school_clerk, own_file, teacher_actor, county_a):
        make_actor("county_clerk", county_a, user=own_file.user)
        handed, refused = slips.hand_out(actor=school_clerk, teachers=[own_file], reason="丢失", renew=True)
        assert not handed
        assert "安全管理员" in refused[own_file.pk]

    def test_a_locked_account_gets_none(self, school_clerk, own_file, teacher_actor):
        set_user(own_file.user, is_active=False)
        handed, _refused = slips.hand_out(actor=school_clerk, teachers=[own_file], reason="丢失", renew=True)
        assert not handed

    def test_people_of_others_get_none(self, school_clerk, teacher_b):
        assert slips.hand_out(actor=school_clerk, teachers=[teacher_b], reason="开通") == ([], {})

    def test_who_may_not_is_refused(self, school_approver, auditor, teacher_actor, own_file, login, teacher):
        for actor in (school_approver, auditor, teacher_actor):
            with pytest.raises(NotAllowed):
                slips.hand_out(actor=actor, teachers=[teacher], reason="开通")
        assert login(school_approver).get(reverse("teacher_accounts")).status_code == 403

    def test_the_list_says_who_has_an_account_who_a_slip_and_who_neither(
        self, login, school_clerk, teacher, own_file, teacher_actor, school_a, code
    ):
        make_file("王芳", school_a)
        client = login(school_clerk)
        page = client.get(reverse("teacher_accounts")).content.decode()
        assert "1 人已有账号" in page
        assert "1 人持有未用的激活单" in page
        assert "1 人两者都没有" in page
        found = {
            state: client.get(reverse("teacher_accounts"), {"account": state}).content.decode()
            for state in ("account", "slip", "neither", "stale")
        }
        who = {"account": own_file.name, "slip": NAME, "neither": "王芳"}
        for state, page in found.items():
            expected = {who[state]} if state in who else set()
            assert {name for name in who.values() if f">{name}<" in page} == expected

    def test_the_list_asks_as_often_for_many_as_for_few(self, login, school_clerk, teacher, school_a, code):
        client = login(school_clerk)
        few = self.queries(client)
        for number in range(12):
            slip_for(school_clerk, make_file(f"周{number}", school_a))
        assert self.queries(client) == few

    def queries(self, client):
        client.get(reverse("teacher_accounts"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("teacher_accounts"))
        return len(captured)


class TestLettingInAnew:
    @pytest.fixture
    def settled(self, own_file, teacher_actor):
        """A teacher with an account, a password and a token."""
        with change("test", actor=User.objects.system(), reason="test"):
            paper = IdentityDocument(teacher=own_file)
            paper.number = ZHANG
            paper.save()
        set_user(own_file.user, password="das-alte-2020")
        return own_file

    def test_sessions_and_tokens_end_and_the_user_name_stays(self, phone, login, settled, teacher_actor, school_clerk):
        before = login(teacher_actor)
        held = RoleAssignment.objects.get(pk=teacher_actor.assignment)
        token, _text = issue_token(assignment=held, name="程序", now=timezone.now(), on=TODAY)
        code = slip_for(school_clerk, settled, renew=True)
        assert before.get(reverse("teacher", args=[settled.public_id])).status_code == 200

        prove(phone, code, settled.name, ZHANG)
        choose(phone, "another.name")

        assert before.get(reverse("teacher", args=[settled.public_id])).status_code == 302
        token.refresh_from_db()
        assert token.revoked_at is not None
        user = fresh(settled).user
        assert user.pk == teacher_actor.user.pk
        assert user.username == "li.xiuying"
        assert user.check_password(NEW_PASSWORD)
        used = Change.objects.filter(kind="personnel.use_slip").get()
        assert used.actor == user

    def test_until_it_is_used_all_goes_on(self, login, settled, teacher_actor, school_clerk):
        slip_for(school_clerk, settled, renew=True)
        page = login(teacher_actor).get(reverse("teacher", args=[settled.public_id])).content.decode()
        assert "您账号的激活单" in page
        assert fresh(settled).user.check_password("das-alte-2020")

    def test_the_teacher_makes_a_slip_void_that_they_did_not_ask_for(
        self, login, phone, settled, teacher_actor, school_clerk
    ):
        code = slip_for(school_clerk, settled, renew=True)
        answer = login(teacher_actor).post(reverse("slip_void", args=[settled.public_id]), {"reason": "我没有申请"})
        assert answer.status_code == 302
        assert prove(phone, code, settled.name, ZHANG).status_code == 422

    def test_a_role_of_staff_that_came_meanwhile_keeps_the_slip_from_opening_it(
        self, phone, settled, teacher_actor, school_clerk, county_a
    ):
        code = slip_for(school_clerk, settled, renew=True)
        make_actor("county_clerk", county_a, user=settled.user)
        assert prove(phone, code, settled.name, ZHANG).status_code == 422

    def test_a_further_role_takes_a_code_of_a_second_person(
        self,
        phone,
        settled,
        teacher_actor,
        school_clerk,
        school_a,
        security_administrator,
        second_security_administrator,
    ):
        """Who handed out the slip could have used it, so the account counts as one whose password somebody knows."""
        prove(phone, slip_for(school_clerk, settled, renew=True), settled.name, ZHANG)
        choose(phone)
        user = fresh(settled).user
        assert user.password_by == school_clerk.user

        asked = propose_role(
            actor=security_administrator, user=user, role="school_clerk", unit=school_a, starts=TODAY, reason="新任"
        )
        _proposal, told = decide_role(actor=second_security_administrator, proposal=asked, confirm=True)

        assert told
        assert actor_for(fresh(settled).user, TODAY) is None


class TestAfterwards:
    def test_who_leaves_or_retires_still_sees_their_own_file(self, phone, code, teacher):
        prove(phone, code, NAME, ZHANG)
        choose(phone)
        set_status(teacher, "retired", TODAY - timedelta(days=3))
        with change("test", actor=User.objects.system(), reason="离职"):
            for held in Employment.objects.filter(teacher=teacher):
                held.valid = type(held.valid)(held.valid.lower, TODAY - timedelta(days=2))
                held.save()
        assert phone.get(reverse("teacher", args=[teacher.public_id])).status_code == 200

    def test_who_goes_to_another_county_keeps_account_and_file(self, phone, code, teacher, school_b):
        prove(phone, code, NAME, ZHANG)
        choose(phone)
        with change("test", actor=User.objects.system(), reason="调动"):
            held = Employment.objects.get(teacher=teacher)
            held.supersede(on=TODAY, unit=school_b)
        assert phone.get(reverse("teacher", args=[teacher.public_id])).status_code == 200

    def test_the_file_tells_for_a_month_by_whose_slip_the_account_was_opened(self, phone, code, teacher, school_clerk):
        prove(phone, code, NAME, ZHANG)
        choose(phone)
        page = phone.get(reverse("teacher", args=[teacher.public_id])).content.decode()
        assert school_clerk.user.name in page
        assert "如果不是您本人操作" in page

    def test_a_later_slip_does_not_hide_that_one_was_used(self, phone, code, teacher, school_clerk):
        prove(phone, code, NAME, ZHANG)
        choose(phone)
        slip_for(school_clerk, fresh(teacher), renew=True)
        page = phone.get(reverse("teacher", args=[teacher.public_id])).content.decode()
        assert ("如果不是您本人操作" in page, "请将其作废" in page) == (True, True)
        slips.take_back(actor=school_clerk, teacher=teacher, reason="误发")
        page = phone.get(reverse("teacher", args=[teacher.public_id])).content.decode()
        assert ("如果不是您本人操作" in page, "请将其作废" in page) == (True, False)

    def test_the_page_of_the_account_names_each_slip_with_who_handed_it_out(
        self, login, phone, code, teacher, school_clerk
    ):
        prove(phone, code, NAME, ZHANG)
        choose(phone)
        for client in (phone, login(school_clerk)):
            page = client.get(reverse("teacher_account", args=[teacher.public_id])).content.decode()
            assert school_clerk.user.name in page
            assert "已使用" in page


def test_of_two_phones_at_once_one_wins(committed_db, school_clerk, school_a):
    teacher = make_file(NAME, school_a, identity_number=ZHANG)
    slip_for(school_clerk, teacher)
    slip = ActivationSlip.objects.get()

    def use(name):
        try:
            return slips.activate(slip=slip.pk, username=name, password=NEW_PASSWORD).username
        except NotAllowed:
            return None

    won = together([lambda: use("phone.one"), lambda: use("phone.two")])

    assert sorted(name is not None for name in won) == [False, True]
    assert fresh(teacher).user.username == next(filter(None, won))
    assert User.objects.filter(username__startswith="phone.").count() == 1


def test_a_slip_that_is_used_while_another_is_handed_out_waits_for_it(
    committed_db, superuser_sql, school_clerk, school_a
):
    teacher = make_file(NAME, school_a, identity_number=ZHANG)
    slip_for(school_clerk, teacher)
    slip, held = ActivationSlip.objects.get(), Event()

    def again():
        with transaction.atomic():
            Teacher.objects.select_for_update().get(pk=teacher.pk)
            held.set()
            while not somebody_waits(superuser_sql):
                sleep(0.01)
            return slip_for(school_clerk, teacher)

    def use():
        held.wait()
        with pytest.raises(NotAllowed):
            slips.activate(slip=slip.pk, username="phone.one", password=NEW_PASSWORD)

    together([again, use])

    states = ActivationSlip.objects.order_by("pk").values_list("state", flat=True)
    assert [*states] == [STATE.VOID, STATE.OPEN]
    assert fresh(teacher).user is None


def somebody_waits(superuser_sql):
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return superuser_sql.execute(query).fetchone() == (1,)


def test_many_wrong_tries_at_once_never_give_a_sixth_chance(committed_db, school_clerk, school_a):
    code = slip_for(school_clerk, make_file(NAME, school_a, identity_number=ZHANG))

    together([lambda: slips.prove(code=code, name=NAME, number="110105194912310029") for _time in range(8)])

    assert slips.prove(code=code, name=NAME, number=ZHANG) is None
    assert ActivationSlip.objects.get().state == STATE.LOCKED
