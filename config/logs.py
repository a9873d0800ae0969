"""What logs may say of errors."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from django.db import Error


class Discreet(logging.Formatter):
    """Tells a database error by its first line only: the lines below may quote rows, and so people."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        text = super().formatException(ei)
        for said in _said_by_the_database(ei[1]):
            text = text.replace(said, said.splitlines()[0])
        return text


def _said_by_the_database(error: BaseException | None) -> set[str]:
    """The messages of several lines of an error and all errors behind it."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, psycopg.Error | Error) and len(str(one).splitlines()) > 1:
            found.add(str(one))
    return found
