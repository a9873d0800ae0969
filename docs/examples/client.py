"""A small client of the API of Shidang: Python 3.11 and its standard library, nothing else.

    export SHIDANG_URL=https://host SHIDANG_TOKEN=sdt_…
    python3 client.py

Copy it and change it. A test runs it against a server, so what stands here works. `docs/api.md` describes every address.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

TRIES = 5
SECONDS = 30


class Problem(Exception):
    """What the server refused (RFC 9457). Switch on `code`; show `detail`; `errors` names what is wrong where."""

    def __init__(self, status: int, told: dict[str, Any]) -> None:
        super().__init__(told.get("detail") or told.get("title") or f"HTTP {status}")
        self.status, self.told = status, told
        self.code: str = told.get("code", "")
        self.errors: list[dict[str, str]] = told.get("errors", [])


class Client:
    """Acts in the role of one token."""

    def __init__(
        self, url: str, token: str, *, language: str = "zh-hans", sleep: Callable[[float], Any] = time.sleep
    ) -> None:
        self.url, self.token, self.language, self.sleep = url.rstrip("/"), token, language, sleep

    def get(self, path: str, **query: Any) -> Any:
        """Read an address below /api/v1/."""
        return self.ask("GET", self.address(path, query))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Do something. It is not repeated by itself when the line breaks: read first whether it was done."""
        return self.ask("POST", self.address(path, {}), body)

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        address = self.address(path, query)
        while address:
            page = self.ask("GET", address)
            yield from page["results"]
            address = page["next"]

    def address(self, path: str, query: dict[str, Any]) -> str:
        """A path below /api/v1/ as a whole address."""
        asked = {name: value for name, value in query.items() if value is not None}
        return f"{self.url}/api/v1/{path.strip('/')}/" + (f"?{urlencode(asked)}" if asked else "")

    def ask(self, method: str, address: str, body: dict[str, Any] | None = None) -> Any:
        """One request. Told to wait (429), it waits as long as it is told and asks again; raises `Problem` for what is refused."""
        headers = {
            "Authorization": f"Bearer {self.token}", "Accept": "application/json", "Accept-Language": self.language,
            "Content-Type": "application/json",
        }  # fmt: skip
        data = json.dumps(body).encode() if body is not None else None
        for tried in range(1, TRIES + 1):
            try:
                with urlopen(Request(address, data, headers, method=method), timeout=SECONDS) as answer:  # noqa: S310
                    text = answer.read()
                    return json.loads(text) if text else None
            except HTTPError as error:
                with error:
                    if error.code != 429 or tried == TRIES:
                        raise Problem(error.code, told(error)) from None
                    self.sleep(float(error.headers.get("Retry-After", tried)))
        raise AssertionError("the last try returns or raises")

    def section(
        self, teacher: str, name: str, *, valid_on: str | None = None, known_at: str | int | None = None
    ) -> Any:
        """A section of a file: facts as of a day, as they were known by the end of another day or at a position.

        Ask with `known_at="latest"` and keep the `position` of the answer: with it the same is answered for ever.
        """
        return self.get(f"teachers/{teacher}/sections/{name}", valid_on=valid_on, known_at=known_at)

    def ask_correction(
        self, teacher: str, section: str, wanted: Callable[[dict[str, Any]], dict[str, Any]], words: str
    ) -> str | None:
        """Ask that the first record of a section of one's own file says something else; the id of the case.

        `wanted(record)` answers what is to differ, or nothing. Where somebody saved since the record was read (409 `stale`), it is read
        and decided upon again, never overwritten.
        """
        for _ in range(TRIES):
            record = self.section(teacher, section)["rows"][0]
            values = wanted(record)
            if not values:
                return None
            order = {"record": record["id"], "revision": record["revision"], "values": values, "words": words}
            try:
                case: str = self.post(f"teachers/{teacher}/sections/{section}/ask", order)["case"]
            except Problem as problem:
                if problem.code != "stale":
                    raise
            else:
                return case
        raise TimeoutError(f"somebody else changes {section} all the time")


def told(error: HTTPError) -> dict[str, Any]:
    """The problem in an answer; nothing where something between us and the server answered."""
    try:
        found = json.loads(error.read())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def main() -> None:
    """Say who I am, whom I see, and what the first file said at the beginning of the school year."""
    client = Client(os.environ["SHIDANG_URL"], os.environ["SHIDANG_TOKEN"])
    me = client.get("me")
    print(me["name"], me["role"]["label"], me["unit"]["name"])
    for teacher in client.pages("teachers", size=200):
        print(teacher["name"], teacher["unit"]["name"] if teacher["unit"] else "")
    for teacher in client.pages("teachers", size=1):
        then = client.section(teacher["id"], "person", valid_on="2026-09-01", known_at="latest")
        print(then["position"], then["rows"])
        break
    try:
        client.get("teachers", unit="none")
    except Problem as problem:
        print(problem.code, problem, [(one.get("parameter"), one["detail"]) for one in problem.errors])


if __name__ == "__main__":
    main()
