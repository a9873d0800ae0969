"""The shipped parameter tables, and what a table file is refused for."""

import re
from datetime import date

import pytest
import yaml

from core.parameters.files import shipped
from core.parameters.reading import read_file
from core.parameters.schema import InvalidParameter

VERSION = {
    "from": date(2000, 1, 1),
    "mark": "local",
    "reference": "某文件",
    "reference_en": "Some paper",
    "data": {"minimum": 16},
}


def write(tmp_path, *versions, **changed):
    content = {
        "table": "personnel.working_age",
        "schema": "personnel.rules.WorkingAge",
        "overridable": False,
        "zh": "最低工作年龄",
        "en": "Minimum working age",
        "versions": list(versions),
        **changed,
    }
    path = tmp_path / "age.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_every_shipped_version_has_a_source_and_none_leaves_a_gap():
    for table in shipped().values():
        assert table.name_zh
        assert table.name_en
        days = [(version.starts, version.ends) for version in table.versions]
        assert [ends for _starts, ends in days] == [*(starts for starts, _ends in days[1:]), None], table.table
        assert all(0 < len(version.reference) <= 300 for version in table.versions), table.table


def test_the_working_age_is_that_of_the_labour_law():
    law = shipped()["personnel.working_age"].versions[-1]

    assert (law.starts, law.mark, law.data) == (date(1995, 1, 1), "verified", {"minimum": 16})
    assert law.reference.startswith("中华人民共和国劳动法第十五条")


def test_a_file_is_read(tmp_path):
    path = write(tmp_path, {**VERSION, "to": date(2010, 1, 1)}, {**VERSION, "from": date(2010, 1, 1)})

    read = read_file(path)

    assert (read.table, read.overridable, read.name_en) == ("personnel.working_age", False, "Minimum working age")
    assert [(one.starts, one.ends) for one in read.versions] == [
        (date(2000, 1, 1), date(2010, 1, 1)),
        (date(2010, 1, 1), None),
    ]


@pytest.mark.parametrize(
    ("version", "changed", "reason"),
    [
        ({}, {"table": "personnel.age"}, "is the table personnel.working_age, not personnel.age"),
        ({}, {"note": "x"}, "the keys are not"),
        ({"note": "x"}, {}, "the keys of a version are not"),
        ({"reference": ""}, {}, "needs a first day, a mark and a reference"),
        ({"mark": "sure"}, {}, "needs a first day, a mark and a reference"),
        ({"from": "2000"}, {}, "needs a first day, a mark and a reference"),
        ({"data": {"minimum": "16"}}, {}, "personnel.working_age.minimum: '16' is not"),
        ({"data": {}}, {}, "personnel.working_age: missing: minimum"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, version, changed, reason):
    path = write(tmp_path, {**VERSION, **version}, **changed)

    with pytest.raises(InvalidParameter, match=re.escape(reason)):
        read_file(path)
