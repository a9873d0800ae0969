"""What separates stored versions from wanted ones, and in which order that is written."""

from datetime import date
from types import SimpleNamespace

import pytest
from psycopg.types.range import Range

from core.shipped import difference

TODAY = date(2026, 11, 22)


def row(key, start, end=None, name="x"):
    return SimpleNamespace(key=key, name=name, valid=Range(date(start, 1, 1), date(end, 1, 1) if end else None))


def said(rows):
    return [(one.key, one.valid.lower.year, one.valid.upper and one.valid.upper.year, one.name) for one in rows]


def compare(stored, wanted):
    found = difference(stored, wanted, key=lambda one: one.key, fields=("name",), on=TODAY)
    return {
        part: said(getattr(found, part)) for part in ("removed", "closed", "changed", "added") if getattr(found, part)
    }


@pytest.mark.parametrize(
    ("stored", "wanted", "expected"),
    [
        ([row("a", 2000)], [row("a", 2000)], {}),
        ([], [row("a", 2000)], {"added": [("a", 2000, None, "x")]}),
        ([row("a", 2000)], [row("a", 2000, name="y")], {"changed": [("a", 2000, None, "y")]}),
        ([row("a", 2000)], [row("a", 2000, 2010)], {"closed": [("a", 2000, 2010, "x")]}),
        ([row("a", 2000, 2010)], [row("a", 2000)], {"changed": [("a", 2000, None, "x")]}),
        ([row("a", 2000)], [row("a", 1990)], {"changed": [("a", 1990, None, "x")]}),
        ([row("a", 2000)], [row("a", 2005)], {"closed": [("a", 2005, None, "x")]}),
        (
            [row("a", 2000)],
            [row("a", 2000, 2010), row("a", 2010, name="y")],
            {"closed": [("a", 2000, 2010, "x")], "added": [("a", 2010, None, "y")]},
        ),
        (
            [row("a", 2000, 2010), row("a", 2010, name="y")],
            [row("a", 2000)],
            {"removed": [("a", 2010, None, "y")], "changed": [("a", 2000, None, "x")]},
        ),
        ([row("a", 2000)], [], {"closed": [("a", 2000, TODAY.year, "x")]}),
        ([row("a", 2000, 2010)], [], {}),
        ([row("a", 2030)], [], {"removed": [("a", 2030, None, "x")]}),
    ],
)
def test_difference(stored, wanted, expected):
    assert compare(stored, wanted) == expected


def test_what_is_wanted_no_more_ends_on_the_day():
    found = difference([row("a", 2000)], [], key=lambda one: one.key, fields=("name",), on=TODAY)

    assert found.closed[0].valid == Range(date(2000, 1, 1), TODAY)
    assert str(found.counts()) == "0 added, 0 changed, 1 ended, 0 removed"
