"""The client that stands in the guide, run against a server: what it shows is what happens."""

from __future__ import annotations

import importlib.util
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from psycopg.types.range import Range

from core.api.services import issue_token, revoke_tokens
from core.api.throttling import PerUser
from core.org.models import RoleAssignment
from core.records.changes import change
from core.workflow.models import Case
from personnel import services
from personnel.models import Contact, Teacher
from tests.factories.people import make_unit
from tests.ground.clock import TODAY
from tests.personnel.files import set_contact
from titles.models import TitleHeld


@pytest.fixture
def example() -> ModuleType:
    """`docs/examples/client.py`."""
    spec = importlib.util.spec_from_file_location("client", settings.BASE_DIR / "docs" / "examples" / "client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def client_of(example: ModuleType, live_server: Any) -> Any:
    """`client_of(actor)`: the example with a token of the actor; instead of sleeping it notes how long it would."""
    cache.clear()

    def make(actor: Any) -> Any:
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        text = issue_token(assignment=held, name="客户端示例", days=9, now=timezone.now(), on=TODAY)[1]
        waited: list[float] = []

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            cache.clear()

        client = example.Client(live_server.url, text, sleep=sleep)
        client.waited = waited
        return client

    return make


@pytest.fixture
def teacher(own_file: Teacher, system: Any) -> Teacher:
    """A file that is the teacher's own, with a title and how to reach them."""
    with change("personnel.add_fact", actor=system, reason="登记"):
        TitleHeld.objects.create(teacher=own_file, valid=Range(date(2010, 9, 1), None), rank="second")
    set_contact(own_file)
    return own_file


def test_it_reads_a_file_as_of_a_day_as_it_was_known(client_of: Any, county_clerk: Any, teacher: Teacher) -> None:
    client = client_of(county_clerk)
    before = client.section(str(teacher.public_id), "titles", valid_on="2026-04-01", known_at="latest")
    held = TitleHeld.objects.select_related("teacher").get(teacher=teacher)
    services.correct_fact(actor=county_clerk, record=held, values={"rank": "first"}, reason="补录评聘")
    now = client.section(str(teacher.public_id), "titles", valid_on="2026-04-01")
    again = client.section(str(teacher.public_id), "titles", valid_on="2026-04-01", known_at=before["position"])
    ranks = [answer["rows"][0]["values"]["rank"]["code"] for answer in (before, now, again)]
    assert ranks == ["second", "first", "second"]


def test_it_follows_the_pages_of_a_list(client_of: Any, county_clerk: Any, county_a: Any, live_server: Any) -> None:
    names = {make_unit("school", f"第{number}小学", county_a).code for number in range(7)}
    listed = [unit["code"] for unit in client_of(county_clerk).pages("units", size=3)]
    assert names <= set(listed)
    assert len(listed) == len(set(listed))


def test_it_asks_for_a_correction_and_decides_again_where_somebody_was_first(
    client_of: Any, teacher_actor: Any, county_clerk: Any, teacher: Teacher
) -> None:
    seen = []

    def wanted(record: dict[str, Any]) -> dict[str, Any]:
        seen.append(record["revision"])
        if len(seen) == 1:
            contact = Contact.objects.select_related("teacher__key").get(teacher=teacher)
            services.correct_fact(
                actor=county_clerk, record=contact, values={"email": "clerk@example.cn"}, reason="核对"
            )
        return {"email": "lin@example.cn"}

    case = client_of(teacher_actor).ask_correction(str(teacher.public_id), "contact", wanted, "邮箱已换")
    assert seen == [1, 2]
    opened = Case.objects.get()
    assert (str(opened.public_id), opened.opened_by, opened.correction.words) == (case, teacher_actor.user, "邮箱已换")
    assert opened.history.get().change.source == "api"


def test_it_tells_what_is_refused_with_its_place(
    example: ModuleType, client_of: Any, county_clerk: Any, teacher_actor: Any, teacher: Teacher
) -> None:
    with pytest.raises(example.Problem) as wrong:
        client_of(county_clerk).get("teachers", unit="none")
    assert (wrong.value.status, wrong.value.code, wrong.value.errors[0]["parameter"]) == (400, "invalid", "unit")

    mine = client_of(teacher_actor)
    with pytest.raises(example.Problem) as refused:
        mine.ask_correction(str(teacher.public_id), "contact", lambda _record: {"nickname": "小林"}, "昵称")
    assert refused.value.errors[0]["pointer"] == "#/values/nickname"
    with pytest.raises(example.Problem) as nobody:
        mine.ask_correction(str(teacher.public_id), "titles", lambda _record: {"rank": "first"}, "想要")
    assert nobody.value.status == 404


def test_it_waits_as_long_as_it_is_told(client_of: Any, county_clerk: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(PerUser, "rate", "3/min", raising=False)
    client = client_of(county_clerk)
    assert [client.get("me")["name"] for _ in range(8)] == [county_clerk.user.name] * 8
    assert len(client.waited) == 2
    assert all(0 < seconds <= 60 for seconds in client.waited)


def test_a_token_that_was_revoked_is_told(example: ModuleType, client_of: Any, county_clerk: Any) -> None:
    client = client_of(county_clerk)
    assert client.get("me")["name"] == county_clerk.user.name
    revoke_tokens(county_clerk.user.api_tokens.all(), by=county_clerk.user, now=timezone.now())
    with pytest.raises(example.Problem) as refused:
        client.get("me")
    assert (refused.value.status, refused.value.code) == (401, "invalid_token")


def test_what_it_shows_first_runs(
    example: ModuleType, client_of: Any, county_clerk: Any, teacher: Teacher, monkeypatch: Any, capsys: Any
) -> None:
    client = client_of(county_clerk)
    monkeypatch.setenv("SHIDANG_URL", client.url)
    monkeypatch.setenv("SHIDANG_TOKEN", client.token)
    example.main()
    said = capsys.readouterr().out
    assert teacher.name in said
    assert "invalid" in said
