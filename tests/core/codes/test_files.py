"""The shipped code lists: complete, readable, unambiguous; and what a list file is refused for."""

import re
from collections import Counter

import pytest
import yaml
from django.apps import apps

from core.codes.files import FIRST_DAY, InvalidCodeFile, heads, read_file, shipped
from core.exchange.kinds import all_kinds, columns_of
from core.records.fields import CodeField
from core.text import header_key
from core.workflow.registered import workflows

HAN = re.compile("[\u4e00-\u9fff]")


def code_fields():
    """Every column of a live model that holds codes, with the list it names."""
    fields = [
        (f"{model._meta.label}.{field.name}", getattr(field, "base_field", field))
        for model in apps.get_models()
        if not model.__name__.startswith("Historical")
        for field in model._meta.concrete_fields
    ]
    return [pytest.param(field, id=name) for name, field in fields if isinstance(field, CodeField)]


@pytest.fixture(scope="module")
def lists():
    return {each.key: each for each in shipped()}


def write(tmp_path, *entries, **changed):
    content = {
        "key": "colour",
        "zh": "颜色",
        "en": "Colour",
        "standard": "",
        "mark": "local",
        "reference": "某文件",
        "reference_en": "Some paper",
        "entries": list(entries),
        **changed,
    }
    path = tmp_path / "colour.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize("field", code_fields())
def test_a_coded_column_has_a_list_whose_codes_fit(field, lists):
    codes = {entry.code for entry in lists[field.code_list].entries}

    assert max(map(len, codes)) <= field.max_length
    assert field.default == "" or field.default in codes


def test_there_is_a_column_or_a_step_for_every_list(lists):
    used = {parameter.values[0].code_list for parameter in code_fields()}
    used |= {
        column.code_list for kind in all_kinds().values() for column in columns_of(kind).values() if column.code_list
    }
    used |= {step.reasons for flow in workflows().values() for step in flow.transitions if step.reasons}

    assert set(lists) == used


def test_every_entry_fits_the_table_and_has_a_chinese_and_an_english_name(lists):
    for entry in (entry for each in lists.values() for entry in each.entries):
        assert HAN.search(entry.name_zh), entry
        assert not HAN.search(entry.name_en), entry
        assert max(len(word) for word in entry.words) <= 80, entry
        assert 0 < len(entry.reference) <= 200, entry


def test_a_word_means_one_code_and_stands_once(lists):
    for each in lists.values():
        words = Counter(header_key(word) for entry in each.entries for word in entry.synonyms)
        meanings = {}
        for entry in each.entries:
            for word in entry.words:
                meanings.setdefault(header_key(word), set()).add(entry.code)

        assert [word for word, times in words.items() if times > 1] == [], each.key
        assert {word: codes for word, codes in meanings.items() if len(codes) > 1} == {}, each.key


def test_the_standard_lists_are_whole(lists):
    size = {key: len(lists[key].entries) for key in ("sex", "political_status", "nationality")}
    ethnic = [entry.code for entry in lists["ethnicity"].entries]

    assert size == {"sex": 4, "political_status": 13, "nationality": 249}
    assert ethnic == [f"{number:02}" for number in range(1, 57)] + ["81", "97", "98"]


def test_an_entry_is_read_with_its_period_parent_mark_and_source(tmp_path):
    path = write(
        tmp_path,
        {"code": "1", "zh": "红", "en": "Red"},
        {"code": "11", "zh": "深红", "en": "Crimson", "parent": "1", "synonyms": ["绛"], "mark": "memory"}
        | {"from": FIRST_DAY.replace(year=1986), "to": FIRST_DAY.replace(year=2003)},
        standard="GB/T 1-2000",
    )

    read = read_file(path)

    first, second = read.entries
    assert (first.starts, first.ends, first.mark, first.order) == (FIRST_DAY, None, "local", 1)
    assert (second.starts.year, second.ends.year, second.mark, second.order) == (1986, 2003, "memory", 2)
    assert (second.parent, second.words) == ("1", ("11", "深红", "Crimson", "绛"))
    assert {first.reference, second.reference} == {"GB/T 1-2000 某文件"}


def test_each_list_has_a_name_of_its_own_and_a_source_in_both_languages(lists):
    known = heads()

    assert {key: each.head for key, each in lists.items()} == known
    for names in ([head.name_zh for head in known.values()], [head.name_en for head in known.values()]):
        assert len(set(names)) == len(known)
    assert [head.key for head in known.values() if not HAN.search(head.source_zh) or not HAN.search(head.name_zh)] == []
    assert [head.key for head in known.values() if HAN.search(head.name_en) or HAN.search(head.source_en)] == []


RED = {"code": "1", "zh": "红", "en": "Red"}


@pytest.mark.parametrize(
    ("entries", "changed", "reason"),
    [
        ([{**RED, "code": 1}], {}, "no code in quotes"),
        ([{"code": "1", "zh": "红"}], {}, "needs a Chinese and an English name"),
        ([{"code": "1", "en": "Red"}], {}, "needs a Chinese and an English name"),
        ([{**RED, "mark": "sure"}], {}, "a known mark"),
        ([{**RED, "color": "x"}], {}, "unknown keys: color"),
        ([{**RED, "parent": "9"}], {}, "belongs to 9, which is not in the list"),
        ([{**RED, "synonyms": ["赤"]}, {"code": "2", "zh": "赤", "en": "Scarlet"}], {}, "赤 is both 1 红 and 2 赤"),
        ([{**RED, "synonyms": ["２"]}, {"code": "2", "zh": "赤", "en": "Scarlet"}], {}, "2 is both 1 红 and 2 赤"),
        ([RED], {"mark": "certain"}, "mark is certain"),
        ([RED], {"source": "x"}, "unknown keys: source"),
        ([RED], {"zh": "", "reference_en": ""}, "the list has no zh, reference_en"),
    ],
)
def test_a_wrong_list_is_refused_by_name(tmp_path, entries, changed, reason):
    path = write(tmp_path, *entries, **changed)

    with pytest.raises(InvalidCodeFile, match=re.escape(reason)) as refused:
        read_file(path)

    assert str(refused.value).startswith("colour.yaml: ")
