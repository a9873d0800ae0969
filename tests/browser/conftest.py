"""Chromium, windows for people, and a site that they look at."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from config.local import browser
from core.org.actor import Actor
from tests.browser.demo import demo_site, demo_window  # noqa: F401 - fixtures
from tests.browser.reader import PASSWORD, Reader
from tests.factories.people import set_user


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder needs Chromium."""
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """The browser. Its absence is a failure that says what to do, never a skipped test.

    The worker's database comes first: what Django opens beside Playwright's event loop is forgotten with the loop.
    """
    path = browser.executable()
    if path is None:
        pytest.fail(browser.ADVICE, pytrace=False)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop on this thread; the tests' own queries run beside it, never inside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        running = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", "--lang=zh-CN"]
        )
        yield running
        running.close()


@pytest.fixture
def open_window(chromium: Browser, live_server) -> Iterator[Callable[..., Reader]]:
    """`open_window(size=…)`: a window of a person's own; at the end none of them may have seen trouble."""
    windows: list[Reader] = []

    def make(**options) -> Reader:
        windows.append(Reader(chromium, live_server.url, **options))
        return windows[-1]

    yield make
    for window in windows:
        window.close()
    assert [trouble for window in windows for trouble in window.troubles] == []


@pytest.fixture
def window_of(open_window, login) -> Callable[..., Reader]:
    """`window_of(actor, size=…)`: a window in which the actor is logged in already."""

    def make(actor: Actor, **options) -> Reader:
        window = open_window(**options)
        window.remember(login(actor))
        return window

    return make


@pytest.fixture
def with_password() -> Callable[[Actor], str]:
    """`with_password(actor)`: the actor's user name, now with the password of these tests."""

    def give(actor: Actor) -> str:
        set_user(actor.user, password=PASSWORD)
        return actor.user.username

    return give
