"""The side menu: one line for a page, shown to those only who may open it, in groups that stand together."""

from itertools import groupby

import pytest
from django.conf import settings
from django.urls import get_resolver

from core.org.actor import names_of
from core.registry import registry
from core.web.pages import SIGNED_IN

# More lines under one heading are not read but searched.
MOST_LINES = 7


@pytest.fixture
def lines():
    return sorted(registry.each("nav"), key=lambda line: line.order)


def test_a_page_has_one_line_and_who_sees_the_line_may_open_the_page(lines):
    get_resolver().url_patterns  # noqa: B018 - loads the modules whose `paths()` register pages
    pages = {page.name: page for page in registry.pages}
    assert len({line.url for line in lines}) == len(lines)
    for line in lines:
        opens = pages[line.url].permission
        for name, role in settings.ROLES.items():
            if line.permission == "" or role.permissions & set(names_of(line.permission)):
                assert opens == SIGNED_IN or role.permissions & set(names_of(opens)), (name, line.url)


def test_a_group_stands_together_and_is_short(lines):
    groups = [(name, len(list(held))) for name, held in groupby(lines, key=lambda line: str(line.group))]
    assert len({name for name, _number in groups}) == len(groups)
    assert max(number for _name, number in groups) <= MOST_LINES
