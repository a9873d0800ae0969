"""A person at a browser window: what went wrong behind the page is noted while they read and click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds: the cores are shared with other tests
LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]*)\"")
PASSWORD = "only-for-this-test-9"

expect.set_options(timeout=PATIENCE)


class Reader:
    """One browser window with a memory of its own. `troubles` holds console errors, refused and failed requests."""

    def __init__(self, browser: Browser, url: str, *, size: dict[str, int] | None = None, script: bool = True) -> None:
        phone = size == PHONE
        self.url = url
        self.troubles: list[str] = []
        self._expected: set[int] = set()
        self.context: BrowserContext = browser.new_context(
            base_url=url, viewport=size or DESKTOP, is_mobile=phone, has_touch=phone, locale="zh-CN",
            timezone_id="Asia/Shanghai", java_script_enabled=script, reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # An answer with a status of 400 and above is noted by `_answered`, with its address.
        if message.type in {"error", "warning"} and "the server responded with a status of" not in message.text:
            self.troubles.append(f"{message.type}: {message.text} ({self.page.url})")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends its polling; a download is no page.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.troubles.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.troubles.append(f"{response.status}: {response.url}")

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """Within the block an answer with this status is what should come."""
        self._expected.add(status)
        yield
        self._expected.discard(status)

    def remember(self, client: Any) -> None:
        """Take over the session of a Django test client."""
        self.context.add_cookies(
            [{"name": name, "value": one.value, "url": self.url} for name, one in client.cookies.items()]
        )

    def log_in(self, username: str, password: str = PASSWORD, *, to: str = "/teachers/") -> None:
        """By the login page, as people do who open an address of the site; see `to` afterwards, if it went well."""
        self.page.goto(to)
        expect(self.page).to_have_title(re.compile("登录"))
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()

    def goto(self, path: str) -> Response:
        """Open a page of the site; its answer."""
        response = self.page.goto(path)
        assert response is not None
        return response

    def links_of(self, path: str) -> tuple[str, list[str]]:
        """Where a page of the site is in the end, and where its links lead; read without being drawn."""
        answer = self.context.request.get(path)
        if answer.status >= 400:
            self.troubles.append(f"{answer.status}: {answer.url}")
        return answer.url, [urljoin(answer.url, unescape(link)) for link in LINK.findall(answer.text())]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def close(self) -> None:
        """Shut the window."""
        self.context.close()
