"""The golden cases of planning, and what holds of every projection."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.parameters.reading import read_file
from core.parameters.schema import build, in_words
from personnel.rules import PupilProjection, TeachingHours
from personnel.rules.deployment import SubjectHours, Taught, subject_gaps
from personnel.rules.planning import Counted, StaffGap, StageFlow, project_pupils

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = yaml.safe_load((ROOT / "tests/golden/planning.yaml").read_text(encoding="utf-8"))
HOURS = TeachingHours(
    loads={"junior": Decimal(12)},
    hours=(
        SubjectHours(stage="junior", subject="chinese", hours=Decimal(5)),
        SubjectHours(stage="junior", subject="foreign", hours=Decimal(2)),
    ),
    alike={"english": "foreign"},
)


def cases(name):
    return [pytest.param(case, id=case["case"]) for case in GOLDEN[name]]


def shipped(schema, name):
    (version,) = read_file(ROOT / f"personnel/parameters/{name}.yaml").versions
    return build(schema, in_words(version.data, english=False), reference=version.reference, mark=version.mark)


RULES = shipped(PupilProjection, "pupil_projection")


def counted(case):
    return [
        Counted(one["unit"], one.get("area", 1), one["stage"], year, *numbers)
        for one in case["counts"]
        for year, numbers in one["years"].items()
    ]


@pytest.mark.parametrize("case", cases("pupils"))
def test_pupils_of_years_ahead(case):
    rules = replace(RULES, method=case.get("method", "cohort"), change=Decimal(case.get("change", "0")))
    entered = {(int(key.split()[0]), key.split()[1]): tuple(told) for key, told in case.get("entered", {}).items()}

    found = project_pupils(counts=counted(case), year=case["year"], parameters=rules, entered=entered)

    assert {f"{one.unit} {one.stage}": [one.pupils, one.classes] for one in found} == case["told"]
    for one in found:
        lines = case.get("lines", {}).get(f"{one.unit} {one.stage}")
        assert lines in (None, {line.rule: str(line.pupils) for line in one.lines})
        assert sum(line.pupils for line in one.lines) == one.pupils


@pytest.mark.parametrize("case", GOLDEN["gaps"], ids=str)
def test_what_a_school_lacks(case):
    gap = StaffGap(*case["seats"])
    assert [gap.lacking, gap.free, gap.hire, gap.seats_short] == case["told"]


@pytest.mark.parametrize("case", cases("subjects"))
def test_teachers_of_a_subject_beside_the_classes(case):
    taught = [
        Taught("junior", **{**one, "hours": Decimal(one["hours"]) if "hours" in one else None})
        for one in case["taught"]
    ]
    found = subject_gaps(classes={"junior": case["classes"]}, taught=taught, parameters=HOURS)
    told = {
        one.subject: [str(one.hours), str(one.needed), str(one.there), str(one.retiring), str(one.gap)] for one in found
    }
    assert told == case["told"]


@pytest.mark.parametrize("wrong", [{"pupils": -1}, {"classes": -1}, {"boarders": -1}])
def test_numbers_below_nought_are_refused(wrong):
    said = {"unit": 1, "area": 1, "stage": "primary", "year": 2026, "pupils": 10, "classes": 1, "boarders": 0, **wrong}
    with pytest.raises(ValueError, match="below nought"):
        project_pupils(counts=[Counted(**said)], year=2027, parameters=RULES)
    with pytest.raises(ValueError, match="below nought"):
        project_pupils(counts=[], year=2027, parameters=RULES, entered={(1, "primary"): (-1, 0)})


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: StageFlow(stage="primary", years=0),
        lambda: replace(RULES, intake_years=0),
        lambda: replace(RULES, change=Decimal(-100)),
        lambda: replace(RULES, flows=(*RULES.flows, RULES.flows[0])),
        lambda: replace(HOURS, loads={"junior": Decimal(0)}),
        lambda: replace(HOURS, loads={}),
        lambda: SubjectHours(stage="junior", subject="pe", hours=Decimal(0)),
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        wrong()


def test_the_shipped_hours_are_local_and_marked_so():
    rules = shipped(TeachingHours, "teaching_hours")
    assert (rules.mark, RULES.mark) == ("local", "local")
    assert {one.stage for one in rules.hours} == {"primary", "junior", "senior"}


NUMBERS = st.integers(0, 3000)


@given(
    st.lists(st.tuples(st.sampled_from(["primary", "junior", "senior", "special"]), NUMBERS), max_size=8),
    st.integers(0, 10),
)
def test_no_projection_falls_below_nought_and_lines_add_up(schools, ahead):
    counts = [Counted(place, 1, stage, 2026, pupils, pupils // 40) for place, (stage, pupils) in enumerate(schools)]
    found = project_pupils(counts=counts, year=2026 + ahead, parameters=replace(RULES, change=Decimal(-30)))
    assert len(found) == len(counts)
    for one in found:
        assert one.pupils >= 0
        assert sum(line.pupils for line in one.lines) == one.pupils
