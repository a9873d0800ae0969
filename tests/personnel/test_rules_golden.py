"""The golden cases of `tests/golden`, run against the parameters as shipped."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.dates import PartialDate
from core.parameters.reading import read_file
from core.parameters.schema import build, in_words
from personnel import rules

ROOT = Path(__file__).resolve().parents[2]


def cases(name: str) -> list[Any]:
    read = yaml.safe_load((ROOT / "tests/golden" / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case.pop("case")) for case in read]


def shipped(schema: type, day: date) -> Any:
    """The parameters that the shipped file gives for a day."""
    table = read_file(ROOT / "personnel/parameters" / f"{schema.table.partition('.')[2]}.yaml")
    (version,) = [one for one in table.versions if one.starts <= day and (one.ends is None or day < one.ends)]
    return build(schema, in_words(version.data, english=False), reference=version.reference, mark=version.mark)


def partial(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text else None


def interruptions(case: dict[str, Any]) -> list[rules.Interruption]:
    return [
        rules.Interruption(partial(one["from"]), partial(one.get("to")), one["cause"], one.get("work", False))
        for one in case.get("breaks", [])
    ]


@pytest.mark.parametrize("case", cases("working_age"))
def test_working_age(case):
    start = partial(case["start"])

    finding = rules.too_young(case["birth"], start, shipped(rules.WorkingAge, start.last_day()))

    if case.get("ok"):
        assert finding is None
    else:
        assert (finding.met, finding.actual, finding.expected) == (False, case["years"], case["minimum"])
        assert finding.evidence == (("birth", str(case["birth"])), ("start", case["start"]))
        assert finding.reference


@pytest.mark.parametrize("case", cases("teaching_years"))
def test_teaching_years(case):
    parameters = shipped(rules.ServiceCounting, case["day"])

    amount = rules.teaching_years(partial(case["start"]), interruptions(case), case["day"], parameters)

    assert amount.value == case["years"]
    assert amount.value == sum(line.amount for line in amount.lines)


@pytest.mark.parametrize("case", cases("service_years"))
def test_service_years(case):
    parameters = shipped(rules.ServiceCounting, case["day"])

    amount = rules.service_years(partial(case["start"]), interruptions(case), case["day"], parameters)

    assert amount.value == case["years"]
    assert amount.value == sum(line.amount for line in amount.lines) // 12


@pytest.mark.parametrize("case", cases("births"))
def test_counting_birth(case):
    archive = partial(case.get("archive"))
    decision = archive and rules.BirthByArchive(archive, case["counts"], case.get("document", ""))
    results = {"agree": True, "decided": True, "paper": None}

    found = rules.counting_birth(case.get("id"), decision)

    assert (str(found.birth), found.basis) == (case["birth"], case["basis"])
    if "result" in case:
        assert found.finding.met is results[case["result"]]
        assert (str(found.finding.expected), str(found.finding.actual)) == (str(case["id"]), case["archive"])
    else:
        assert found.finding is None


@pytest.mark.parametrize("case", cases("educations"))
def test_highest_education(case):
    studies = [
        rules.Studies(number, one["level"], partial(one.get("ends")), one.get("full_time"))
        for number, one in enumerate(case["studies"], 1)
    ]

    highest = rules.highest_education(studies, shipped(rules.EducationRanks, date(2026, 9, 10)))

    assert (highest.key if highest else 0) == case["highest"]


@pytest.mark.parametrize("case", cases("plausible_dates"))
def test_plausible_dates(case):
    sheet_day = date(2026, 9, 10)

    finding = rules.implausible_date(partial(case["date"]), sheet_day, shipped(rules.PlausibleDates, sheet_day))

    assert (finding is None) == case["ok"]
