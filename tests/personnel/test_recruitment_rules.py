"""The golden cases of recruitment, and what holds of every ranking."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.parameters.reading import read_file
from core.parameters.schema import build, in_words
from personnel.rules import EducationRanks
from personnel.rules.recruitment import (
    Conditions,
    Declared,
    Ranking,
    Recruiting,
    Scored,
    called,
    eligibility,
    interviewed,
    is_open,
    of_judges,
    ranking,
    total,
)

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = yaml.safe_load((ROOT / "tests/golden/recruitment.yaml").read_text(encoding="utf-8"))


def cases(name):
    return [pytest.param(case, id=case["case"]) for case in GOLDEN[name]]


def shipped(schema, name):
    (version,) = read_file(ROOT / f"personnel/parameters/{name}.yaml").versions
    return build(schema, in_words(version.data, english=False), reference=version.reference, mark=version.mark)


@pytest.mark.parametrize("case", cases("interviewed"))
def test_who_is_interviewed(case):
    written = {key: Decimal(score) for key, score in case["written"].items()}
    assert interviewed(written, case["places"], case["ratio"]) == set(case["in"])


@pytest.mark.parametrize("case", cases("opened"))
def test_for_how_many_places_a_post_is_examined(case):
    assert is_open(case["qualified"], case["places"], case["opening"]) == case["left"]


@pytest.mark.parametrize("case", cases("judges"))
def test_the_mean_of_judges(case):
    assert of_judges([Decimal(one) for one in case["scores"]], case["drop"], case["from"], 2) == Decimal(case["mean"])


@pytest.mark.parametrize("case", cases("totals"))
def test_the_total(case):
    assert total(Decimal(case["written"]), Decimal(case["interview"]), case["weight"], 2) == Decimal(case["total"])


@pytest.mark.parametrize("case", cases("ranking"))
def test_the_ranking(case):
    people = []
    for key, (written, interview, *extra) in case["people"].items():
        both = Decimal(written), Decimal(interview)
        people.append(Scored(key, *both, total(*both, 50, 2), Decimal(extra[0]) if extra else None))
    found = ranking(people, case["tie"])
    assert found.places == case["places"]
    assert [sorted(group) for group in found.tied] == case.get("tied", [])


@pytest.mark.parametrize("case", cases("called"))
def test_who_is_called(case):
    found = called(Ranking(case["places"]), case["waiting"], case["free"])
    assert (list(found.keys), sorted(found.undecided)) == (case["keys"], case.get("undecided", []))


@pytest.mark.parametrize("case", cases("eligibility"))
def test_who_meets_the_conditions(case):
    asked = Conditions("21", ("数学",), "junior", "2B", 35, date(2026, 12, 31))
    rules = shipped(Recruiting, "recruiting")
    found = eligibility(Declared(**case["said"]), asked, shipped(EducationRanks, "education_ranks"), rules.levels)
    assert [one.met for one in found] == case["met"]


def test_a_post_that_asks_nothing_takes_everybody():
    said = Declared(date(1960, 1, 1), "", "")
    assert eligibility(said, Conditions(), shipped(EducationRanks, "education_ranks"), ()) == []


def test_no_judge_is_no_mean():
    with pytest.raises(ValueError, match="no judge"):
        of_judges([], 1, 5, 2)


scores = st.integers(0, 100).map(Decimal)


@given(st.lists(st.tuples(scores, scores), min_size=1, max_size=30), st.integers(0, 10))
def test_nobody_is_called_before_somebody_better(people, free):
    scored = [Scored(key, *both, total(*both, 50, 2)) for key, both in enumerate(people)]
    ranked = ranking(scored, "written")
    found = called(ranked, [one.key for one in scored], free)
    left = {one.key for one in scored} - set(found.keys)
    assert len(found.keys) <= free
    assert all(ranked.places[key] < ranked.places[other] for key in found.keys for other in left) or not left
    assert len(found.keys) == min(free, len(scored)) or found.undecided
