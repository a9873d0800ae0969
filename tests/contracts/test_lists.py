"""What a page costs does not grow with what there is: the same queries at 1, 3 and 30 rows, and never a count of a whole table."""

import math
import random
import re
from itertools import islice

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.contracts import addresses
from tests.contracts.scenario import more

pytestmark = pytest.mark.django_db


# Code lists and parameters are kept in the process; a count of their versions, which do not grow with the people, says whether
# the copy still holds.
KEPT = re.compile(r'FROM "(codes|parameters)_historical\w+"$')


def counts_everything(sql):
    """Whether a query counts the rows of a table under no condition and without an end."""
    return "COUNT(" in sql.upper() and not re.search(r"\b(WHERE|LIMIT)\b", sql, re.IGNORECASE) and not KEPT.search(sql)


def queries(client, url):
    """The queries of one request, after one that filled what is kept between requests."""
    cache.clear()
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return [one["sql"] for one in captured.captured_queries]


def readable(world, login, roles, share):
    """(role, client, address) of such a share of the pages and lists of the API without an object, for so many roles that may open each."""
    clients = {name: login(world.actors[name]) for name in random.sample([*world.actors], len(world.actors))}
    urls = [one.url for one in addresses.plain() if not addresses.acts_only(one.page)]
    urls += [one.url for one in addresses.api(world.a) if one.actions.get("get") == "list"]
    found = []
    for url in random.sample(urls, math.ceil(share * len(urls))):
        opens = (name for name, client in clients.items() if client.get(url).status_code == 200)
        found += [(name, clients[name], url) for name in islice(opens, roles)]
    return found


@pytest.mark.long
@pytest.mark.parametrize(("roles", "share"), [(1, 0.5), pytest.param(20, 1, marks=pytest.mark.soak)])
def test_every_page_asks_as_often_at_1_3_and_30_rows_and_counts_no_whole_table(world, login, run_jobs, roles, share):
    """Half of them by lot, in the soak all."""
    pages = readable(world, login, roles, share)
    assert len(pages) > 20
    seen = {}
    for rows in (1, 2, 27):
        more(world.a, rows)
        run_jobs()
        for name, client, url in pages:
            seen.setdefault((name, url), []).append(queries(client, url))
    # With the first row of a sort look-ups begin that are not needed before, so that from 3 to 30 tells what grows.
    grown = {
        key: ([len(one) for one in counts], added(counts))
        for key, counts in seen.items()
        if len(counts[1]) != len(counts[2]) or len(counts[0]) > len(counts[1])
    }
    assert not grown, grown
    assert not [key for key, counts in seen.items() if len({len(one) for one in counts}) != 1]
    counted = [(key, sql) for key, counts in seen.items() for sql in counts[-1] if counts_everything(sql)]
    assert not counted


def added(counts):
    """The first query that was not asked before, to find it."""
    known = {re.sub(r"\d+|'[^']*'", "?", sql) for sql in counts[0]}
    return next((sql[:300] for sql in counts[-1] if re.sub(r"\d+|'[^']*'", "?", sql) not in known), "")


def test_pages_of_a_person_ask_as_often_with_a_longer_file(world, login):
    client = login(world.a.clerk)
    found = [
        one
        for one in addresses.objects(world.a)
        if one.label == "personnel.Teacher" and not addresses.acts_only(one.page)
    ]
    urls = [one.url for one in found if client.get(one.url).status_code == 200]
    short = {url: len(queries(client, url)) for url in urls}
    more(world.a, 3)
    assert {url: len(queries(client, url)) for url in urls} == short
