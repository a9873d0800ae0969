"""Loading the shipped lists, and what a bureau adds to them."""

import io

import pytest
from django.core.management import call_command
from psycopg.types.range import Range

from core.codes import selectors
from core.codes.files import shipped
from core.codes.models import Code
from core.codes.services import CodeError, add_code, add_synonym, load_codes
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.models import Change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codes")]


@pytest.fixture
def bent(codes, today):
    """The lists as an older version may have left them: a name, a missing code, one too many, a period."""
    with change("test.codes", actor=system_actor(today), reason="试验"):
        Code.objects.get(list_name="ethnicity", code="01").correct(name_zh="汉", synonyms=[])
        Code.objects.get(list_name="ethnicity", code="02").delete()
        held = {"list_name": "ethnicity", "name_zh": "旧", "name_en": "Old"}
        Code.objects.create(code="90", valid=Range(today.replace(year=2000), None), **held)
        Code.objects.create(code="91", valid=Range(today, None), **held)
        Code.objects.get(list_name="ethnicity", code="03").correct(valid=Range(today.replace(year=1950), None))
        Code.objects.get(list_name="ethnicity", code="04").correct(valid=Range(today.replace(year=1850), None))


def national():
    rows = Code.objects.filter(unit__isnull=True)
    return {
        (row.list_name, row.code): (row.name_zh, row.name_en, tuple(row.synonyms), row.valid.lower, row.valid.upper)
        for row in rows
    }


def as_shipped():
    return {
        (entry.list_name, entry.code): (entry.name_zh, entry.name_en, entry.synonyms, entry.starts, entry.ends)
        for each in shipped()
        for entry in each.entries
    }


def test_everything_shipped_is_stored():
    assert national() == as_shipped()


def test_a_second_load_leaves_no_trace(today):
    changes, versions = Change.objects.count(), Code.history.count()

    loaded = load_codes(on=today)

    assert tuple(loaded) == (0, 0, 0, 0)
    assert (Change.objects.count(), Code.history.count()) == (changes, versions)


def test_only_differences_are_written_in_one_change_by_the_system(bent, today):
    versions = Code.history.count()

    loaded = load_codes(on=today)

    made = Change.objects.latest("pk")
    assert (loaded.added, loaded.changed, loaded.closed, loaded.removed) == (1, 2, 2, 1)
    assert (made.kind, made.actor.username, made.source) == ("codes.load", "system", "command")
    assert set(Code.history.filter(change=made).values_list("code", flat=True)) == {"01", "02", "03", "04", "90", "91"}
    assert Code.history.count() == versions + 6
    stored = national()
    assert stored.pop(("ethnicity", "90"))[3:] == (today.replace(year=2000), today)
    assert stored == as_shipped()


def test_what_ended_stays_ended(bent, today):
    load_codes(on=today)

    again = load_codes(on=today.replace(year=today.year + 1))

    assert tuple(again) == (0, 0, 0, 0)


def test_a_bureau_s_own_entries_are_not_touched(today, city, city_clerk):
    own = add_code(actor=city_clerk, unit=city, list_name="subject", name_zh="茶艺", on=today, reason="地方课程")
    word = add_synonym(
        actor=city_clerk, unit=city, list_name="education", code="31", word="大专科", on=today, reason="各县写法"
    )

    loaded = load_codes(on=today)

    assert tuple(loaded) == (0, 0, 0, 0)
    own.refresh_from_db()
    word.refresh_from_db()
    assert (own.name_zh, own.valid.upper, word.synonyms, word.valid.upper) == ("茶艺", None, ["大专科"], None)


def test_the_command_says_what_it_did(bent):
    out = io.StringIO()

    call_command("load_codes", stdout=out)
    call_command("load_codes", stdout=out)

    assert out.getvalue().splitlines() == [
        "codes: 1 added, 2 changed, 2 ended, 1 removed",
        "codes: 0 added, 0 changed, 0 ended, 0 removed",
    ]


def test_a_bureau_adds_a_code_that_can_be_read_at_once(today, city, city_clerk, school_a):
    first = add_code(
        actor=city_clerk, unit=city, list_name="subject", name_zh=" 茶　艺 ", name_en="Tea", on=today,
        synonyms=["茶道", "茶道 ", ""], reason="地方课程",
    )  # fmt: skip
    second = add_code(
        actor=city_clerk, unit=city, list_name="subject", name_zh="花艺", parent=first.code, on=today, reason="地方课程"
    )

    assert (first.code, first.name_zh, first.synonyms, first.mark) == ("L1", "茶 艺", ["茶道"], "local")
    assert (second.code, second.parent) == ("L2", "L1")
    assert selectors.code_of("subject", "茶艺", today, school_a) == "L1"
    assert selectors.choices("subject", today, school_a)[-2:] == [("L1", "茶 艺"), ("L2", "花艺")]
    assert Change.objects.latest("pk").actor == city_clerk.user


def test_a_bureau_s_synonym_stands_beside_the_national_entry(today, county_a, county_b, school_a):
    clerk = system_actor(today)
    national_entry = Code.objects.get(list_name="education", code="31", unit=None)
    arguments = {
        "actor": clerk,
        "unit": county_a,
        "list_name": "education",
        "code": "31",
        "on": today,
        "reason": "本县写法",
    }

    first = add_synonym(word="大专 班", **arguments)
    second = add_synonym(word="专科班", **arguments)

    assert (second.pk, second.synonyms) == (first.pk, ["大专 班", "专科班"])
    assert Code.objects.get(pk=national_entry.pk).revision == national_entry.revision
    assert selectors.code_of("education", "大专班", today, school_a) == "31"
    assert selectors.code_of("education", "大专班", today, county_b) is None


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("本科", "“本科”已表示“大学本科毕业”。"),
        ("大学专科", "“大学专科”已表示“大学专科毕业”。"),
        ("大专　毕业", "“大专 毕业”已表示“大学专科毕业”。"),
        ("41", "“41”已表示“中等专科毕业”。"),
        ("　", "写法是空的。"),
    ],
)
def test_a_taken_word_is_refused_and_told_by_what(today, city, city_clerk, word, message):
    with pytest.raises(CodeError) as refused:
        add_synonym(actor=city_clerk, unit=city, list_name="education", code="31", word=word, on=today, reason="写法")

    assert str(refused.value) == message


def test_a_word_taken_below_or_above_is_refused_but_not_one_beside(
    today, city, city_clerk, county_a, county_b, school_a
):
    arguments = {"actor": city_clerk, "list_name": "education", "word": "大专班", "on": today, "reason": "写法"}
    add_synonym(unit=county_a, code="31", **arguments)

    for unit in (city, school_a, county_a):
        with pytest.raises(CodeError, match="大学专科毕业"):
            add_synonym(unit=unit, code="41", **arguments)
    beside = add_synonym(unit=county_b, code="41", **arguments)

    assert (beside.unit, beside.code) == (county_b, "41")


def test_a_name_that_is_taken_cannot_be_added_as_a_code(today, city, city_clerk):
    with pytest.raises(CodeError, match="体育与健康"):
        add_code(actor=city_clerk, unit=city, list_name="subject", name_zh="体育", on=today, reason="地方课程")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name_zh": " "}, "代码要有中文名称。"),
        ({"parent": "no"}, "此代码表中没有代码 no。"),
        ({"list_name": "no_list"}, "没有代码表 no_list。"),
    ],
)
def test_a_wrong_code_is_refused(today, city, city_clerk, changed, message):
    arguments = {
        "actor": city_clerk,
        "unit": city,
        "list_name": "subject",
        "name_zh": "茶艺",
        "on": today,
        "reason": "课程",
    }

    with pytest.raises(CodeError) as refused:
        add_code(**{**arguments, **changed})

    assert str(refused.value) == message


def test_a_synonym_for_a_code_that_does_not_exist_is_refused(today, city, city_clerk):
    with pytest.raises(CodeError, match="99"):
        add_synonym(actor=city_clerk, unit=city, list_name="education", code="99", word="夜大", on=today, reason="写法")


@pytest.mark.parametrize("place", ["city", "county_b"])
def test_nobody_extends_the_lists_of_a_unit_that_is_not_theirs(today, request, county_clerk, place):
    unit = request.getfixturevalue(place)

    with pytest.raises(NotAllowed):
        add_code(actor=county_clerk, unit=unit, list_name="subject", name_zh="茶艺", on=today, reason="地方课程")
    with pytest.raises(NotAllowed):
        add_synonym(
            actor=county_clerk, unit=unit, list_name="education", code="31", word="夜大", on=today, reason="写法"
        )


def test_a_role_without_the_permission_is_refused_at_its_own_unit(today, city, city_approver):
    with pytest.raises(NotAllowed):
        add_code(actor=city_approver, unit=city, list_name="subject", name_zh="茶艺", on=today, reason="地方课程")
