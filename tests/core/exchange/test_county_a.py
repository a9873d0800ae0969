"""A county's real workbooks, with the verdict on each row known beforehand."""

import json
from pathlib import Path

import pytest

from core.exchange.models import Batch
from tests.core.exchange.importing import changed, ids, refusals, send

COUNTY = Path(__file__).parents[2] / "workbooks" / "county-a"

pytestmark = pytest.mark.django_db


def verdicts(name: str):
    return json.loads((COUNTY / name).read_text(encoding="utf-8"))


def test_the_county_year_comes_out_as_expected(county_clerk, county_a):
    units = send(county_clerk, county_a, COUNTY / "1-units.xlsx")
    assert (units.state, units.counts) == (Batch.State.APPLIED, {"new": 66, "changed": 0, "same": 0, "refused": 0})

    roster = send(county_clerk, county_a, COUNTY / "2-roster.xlsx")
    expected = verdicts("2-roster.expected.json")
    assert refusals(roster) == {(row["row"], *problem) for row in expected for problem in row["problems"]}
    good = {row["id"] for row in expected if not row["problems"]}
    assert roster.counts == {
        "new": len(good),
        "changed": 0,
        "same": 0,
        "refused": sum(bool(row["problems"]) for row in expected),
    }

    again = send(county_clerk, county_a, COUNTY / "2-roster.xlsx")
    assert again.counts == {**roster.counts, "new": 0, "same": len(good)}
    assert again.report["same_file_as"] == roster.pk

    following = send(county_clerk, county_a, COUNTY / "3-roster-next-year.xlsx")
    said = verdicts("3-roster-next-year.expected.json")
    everybody = {row["id"] for row in said["rows"]}
    assert refusals(following) == set()
    assert changed(following) == {(number, field) for number, field in said["changed"].items() if number in good}
    assert ids(following, "new") == everybody - good
    assert following.counts["same"] == len(everybody) - following.counts["new"] - following.counts["changed"]

    settled = send(county_clerk, county_a, COUNTY / "3-roster-next-year.xlsx")
    assert settled.counts == {"new": 0, "changed": 0, "same": len(everybody), "refused": 0}


def test_a_school_roster_in_gb18030_is_read(county_clerk, county_a):
    send(county_clerk, county_a, COUNTY / "1-units.xlsx")

    batch = send(county_clerk, county_a, COUNTY / "4-school-roster-gb18030.csv", accept=False)

    assert batch.state == Batch.State.CHECKED
    assert batch.counts["new"] > 0


@pytest.mark.parametrize("name", ["5-training-hours-wide.xlsx", "6-wages.xlsx"])
def test_sheets_of_other_kinds_are_not_taken_for_rosters(county_clerk, county_a, name):
    batch = send(county_clerk, county_a, COUNTY / name)

    assert batch.state == Batch.State.UNREADABLE
    assert batch.trouble["code"] == "columns_missing"
