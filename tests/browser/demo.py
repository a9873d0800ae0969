"""A small demo city, on a server of its own, for pages that need many people and all roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.test import Client, override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, expect

from config.demo.logins import LINXI, LOGINS, Login
from core.jobs import services
from core.jobs.models import Job
from core.org.accounts import open_account
from core.org.actor import actor_for
from core.org.models import Unit, User
from core.org.services import decide_role, propose_role
from core.web.middleware import LANGUAGE
from tests.browser.reader import Reader
from tests.ground.clock import TODAY, FixedClock
from tests.ground.databases import Database, clone, django_on

PEOPLE, SCHOOLS = 300, 20
BACKEND = "django.contrib.auth.backends.ModelBackend"


class KeptStaticFiles(StaticFilesHandler):
    """Style sheets and scripts that a browser keeps, as production tells it to."""

    def get_response(self, request: Any) -> Any:
        response = super().get_response(request)
        response.headers["Cache-Control"] = "max-age=3600"
        return response


def one_of_each_role() -> dict[str, Login]:
    """The first demo login of each role."""
    found: dict[str, Login] = {}
    for login in LOGINS:
        found.setdefault(login.role, login)
    return found


# Somebody whose account was handed out and who has not logged in yet.
NEWCOMER = Login("new.one", "甘小雨", "county_clerk", *LINXI, TODAY)


def everybody() -> dict[str, Login]:
    """One of each role, and the newcomer."""
    return {**one_of_each_role(), "newcomer": NEWCOMER}


def _hand_out_an_account() -> None:
    one, two = (actor_for(User.objects.get(username=name), TODAY) for name in ("security.one", "security.two"))
    user, _password = open_account(actor=one, username=NEWCOMER.username, name=NEWCOMER.name, reason="新任")
    unit = Unit.objects.get(code=NEWCOMER.unit_code)
    proposal = propose_role(actor=one, user=user, role=NEWCOMER.role, unit=unit, starts=TODAY, reason="新任")
    decide_role(actor=two, proposal=proposal, confirm=True)


def _leave_an_export(chromium: Browser, address: str) -> None:
    """A finished job: the list of teachers as a file, asked for by each clerk."""
    for role, login in one_of_each_role().items():
        if role.endswith("_clerk"):
            clerk = window_for(chromium, address, login)
            clerk.goto("/teachers/")
            clerk.page.get_by_role("button", name="导出 csv").click()
            expect(clerk.page).to_have_url(re.compile("/jobs/"))
            clerk.close()
    for job in Job.objects.filter(state__in=Job.OPEN):
        services.run(job.pk)


def window_for(
    chromium: Browser, address: str, login: Login | None, language: str = "zh-hans", **options: Any
) -> Reader:
    """A window in which a demo user is logged in already; nobody without."""
    window = Reader(chromium, address, **options)
    client = Client()
    if login is not None:
        client.force_login(User.objects.get(username=login.username), backend=BACKEND)
    session = client.session
    session[LANGUAGE] = language
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    window.remember(client)
    return window


@pytest.fixture(scope="package")
def demo_site(
    chromium: Browser, template_database: Database, django_db_setup: None, django_db_blocker: Any
) -> Iterator[str]:
    """The address of a site with the demo city of 300 people, its story told until the day of the tests."""
    own = clone(template_database)
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(DEMO=True),
        django_db_blocker.unblock(),
        django_on(own),
    ):
        patch.setattr("core.dates.datetime", FixedClock)
        call_command("seed_demo", people=PEOPLE, schools=SCHOOLS, day=TODAY, stdout=StringIO())
        server = LiveServerThread("localhost", KeptStaticFiles, {})
        server.daemon = True
        server.start()
        server.is_ready.wait()
        assert server.error is None, server.error
        address = f"http://{server.host}:{server.port}"
        _hand_out_an_account()
        _leave_an_export(chromium, address)
        yield address
        server.terminate()
    own.drop()


@pytest.fixture
def demo_window(chromium: Browser, demo_site: str) -> Iterator[Callable[..., Reader]]:
    """`demo_window(login, language="en", size=…)`: a window in which a demo user is logged in already; nobody without."""
    windows: list[Reader] = []

    def make(login: Login | None = None, language: str = "zh-hans", **options: Any) -> Reader:
        windows.append(window_for(chromium, demo_site, login, language, **options))
        return windows[-1]

    yield make
    for window in windows:
        window.close()
