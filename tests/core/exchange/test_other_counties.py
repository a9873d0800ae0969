"""Counties that nobody has seen: each planted problem is reported, every other row accepted, a year later too."""

import json

import pytest

from core.exchange.models import Batch
from tests.core.exchange.importing import changed, ids, refusals, send
from tests.workbooks.generator import make_county, write_county

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", [21, 22, 23, 24])
def test_the_year_of_another_county_comes_out_as_expected(county_clerk, county_a, tmp_path, seed):
    files = write_county(tmp_path, make_county(seed, 250, share_wrong=0.15))
    expected = json.loads(files.roster_expected.read_text(encoding="utf-8"))
    said = json.loads(files.next_year_expected.read_text(encoding="utf-8"))
    good, everybody = {row["id"] for row in expected if not row["problems"]}, {row["id"] for row in said["rows"]}

    units = send(county_clerk, county_a, files.units)
    roster = send(county_clerk, county_a, files.roster)
    following = send(county_clerk, county_a, files.next_year)

    assert (units.state, units.counts["refused"]) == (Batch.State.APPLIED, 0)
    assert refusals(roster) == {(row["row"], *problem) for row in expected for problem in row["problems"]}
    assert (roster.counts["new"], roster.counts["refused"]) == (
        len(good),
        sum(bool(row["problems"]) for row in expected),
    )
    assert refusals(following) == set()
    assert changed(following) == {(number, field) for number, field in said["changed"].items() if number in good}
    assert ids(following, "new") == everybody - good
