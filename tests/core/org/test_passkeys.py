"""Passkeys are written inside a change, end with the account's take-over, and nothing made up opens an account."""

from __future__ import annotations

import base64
import json

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core.org.accounts import open_account, renew_password, take_over
from core.org.errors import NotAllowed
from core.org.models import Passkey
from core.org.passkeys import MOST, add_passkey, remove_passkey
from core.records.errors import NoChange, explained
from core.records.models import Change
from core.web.proof import KEY
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "das-eigene-2026"
INSERTED = """INSERT INTO org_passkey (public_id, user_id, name, key_id, credential)
              SELECT gen_random_uuid(), user_id, 'x', 'y', 'z' FROM org_passkey"""


@pytest.fixture(autouse=True)
def _uncounted(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def key(user, number=1):
    return add_passkey(user=user, name="手机", key_id=f"key {number}".encode(), credential=b"public")


def test_it_is_added_and_removed_in_a_change_of_the_holder():
    user = make_user("某人")
    remove_passkey(key(user), user=user)
    kinds = Change.objects.filter(actor=user).order_by("pk").values_list("kind", flat=True)
    assert [*kinds] == ["org.add_passkey", "org.remove_passkey"]


@pytest.mark.parametrize(
    "sql",
    [
        INSERTED,
        "UPDATE org_passkey SET credential = 'other'",
        "UPDATE org_passkey SET user_id = (SELECT id FROM org_user WHERE username = 'system')",
        "DELETE FROM org_passkey",
    ],
)  # fmt: skip
def test_outside_a_change_the_database_refuses_it(sql):
    key(make_user("某人"))
    with pytest.raises(NoChange), explained(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_one_key_belongs_to_one_account_and_an_account_has_so_many():
    user = make_user("某人")
    for number in range(MOST):
        key(user, number)
    with pytest.raises(NotAllowed):
        key(user, MOST)
    with pytest.raises(NotAllowed):
        key(make_user("别人"), 0)


def test_who_takes_an_account_over_is_followed_by_no_passkey(security_administrator):
    user, _password = open_account(actor=security_administrator, username="new.one", name="新人", reason="新任")
    key(user)
    renew_password(actor=security_administrator, user=user, reason="丢失")
    assert not Passkey.objects.exists()
    key(user)
    take_over(user=user, password=PASSWORD)
    assert not Passkey.objects.exists()


EMPTY = json.dumps({"id": "a", "rawId": "a", "type": "public-key", "response": {}})
NESTED = "[" * 7000


def _answer(**response):
    """An answer as a browser sends it, with bytes that no device would make."""
    said = {name: base64.urlsafe_b64encode(value).decode().rstrip("=") for name, value in response.items()}
    return json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": said, "clientExtensionResults": {}})


CUT_OFF = _answer(clientDataJSON=b"{}", authenticatorData=b"\x45" * 50, signature=b"x", attestationObject=b"\x5b\x01")


@pytest.mark.parametrize("said", ["", "-", "{}", "[]", "null", '{"id": "x"}', EMPTY, NESTED, CUT_OFF, "x" * 9000])
def test_nothing_made_up_opens_an_account_or_is_registered(login, school_clerk, said):
    stranger = Client()
    stranger.get(reverse("passkey_login"))
    assert stranger.post(reverse("passkey_login"), {"credential": said}).status_code == 422
    client = login(school_clerk)
    client.get(reverse("my_passkeys"))
    sent = {"name": "手机", "credential": said}
    assert client.post(reverse("my_passkeys"), sent).status_code == 422
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("said", ["", "-", "{}", EMPTY, CUT_OFF])
def test_nothing_made_up_proves_who_one_is(login, school_clerk, said):
    key(school_clerk.user)
    client = login(school_clerk)
    session = client.session
    session[KEY] = 0
    session.save()
    client.get(reverse("prove"))
    assert client.post(reverse("prove"), {"credential": said}).status_code == 422
    assert client.get(reverse("my_passkeys")).status_code == 302


def test_a_passkey_of_somebody_else_is_not_removed(login, school_clerk):
    other = key(make_user("别人"))
    assert login(school_clerk).post(reverse("passkey_remove", args=[other.public_id])).status_code == 404
    assert Passkey.objects.exists()


def test_many_tries_from_one_address_wait():
    client = Client()
    statuses = [client.post(reverse("passkey_login"), {"credential": "-"}).status_code for _time in range(21)]
    assert statuses[:20] == [422] * 20
    assert statuses[20] == 429
