"""Handing out a slip and using it, as people do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from personnel.services import slips

NEW_PASSWORD = "keine-Ahnung-2026"


def slip_for(actor: Any, teacher: Any, **given: Any) -> str:
    """A slip for one person; its code."""
    handed, _refused = slips.hand_out(actor=actor, teachers=[teacher], reason="开通账号", **given)
    return handed[0].code


def prove(client: Client, code: str, name: str, number: str) -> Any:
    """Type code, name and number."""
    return client.post(reverse("activate"), {"code": code, "name": name, "number": number})


def choose(client: Client, username: str = "lin.wanqing", password: str = NEW_PASSWORD) -> Any:
    """Choose user name and password."""
    data = {"username": username, "new_password1": password, "new_password2": password}
    return client.post(reverse("activate_choose"), data)


def plain(answer: Any) -> bytes:
    """An answer without the token of its form, which is new each time."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", answer.content)


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """All at once, each on a connection of its own; what each gave, in their order."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
