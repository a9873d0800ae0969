"""The components: what they say, how the bars are drawn, how dates, money and numbers are written."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from core.dates import PartialDate
from core.web.parts import (
    Action,
    Axis,
    Badge,
    Cell,
    Chart,
    Column,
    Entry,
    Fact,
    Mark,
    Meter,
    Pair,
    Part,
    Progress,
    Reveal,
    Row,
    Series,
    Sheet,
    SheetCell,
    SheetRow,
    Span,
    Step,
    Tab,
    Table,
)
from core.web.templatetags import sd

DAY = date(2026, 11, 23)
LEVEL = (Span(date(2012, 8, 1), date(2021, 1, 1)), Span(date(2021, 1, 1)))


def shown(source: str, language: str = "zh-hans", **context: Any) -> str:
    with translation.override(language):
        return Template("{% load sd %}" + source).render(Context(context))


def words(markup: str) -> str:
    """The text of a piece of markup, blanks joined."""
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def test_axis_takes_four_equal_parts_of_whole_years_that_cover_all():
    axis = Axis.covering([Span(date(2012, 8, 1)), Span(date(2020, 1, 1), date(2021, 1, 1))], DAY)

    assert (axis.first, axis.years, axis.labels) == (2012, 16, [2012, 2016, 2020, 2024])
    assert axis.place(date(2012, 1, 1)) == 0
    assert axis.place(date(2020, 1, 1)) == pytest.approx(0.5, abs=0.001)
    assert axis.place(date(2035, 1, 1)) == 1


def test_axis_of_nothing_begins_with_the_year_asked():
    assert Axis.covering([Span(None)], DAY).labels == [2026, 2027, 2028, 2029]


def test_validity_draws_past_current_and_future_as_attributes_without_style():
    axis = Axis(2012, 16, DAY)
    spans = [Span(date(2027, 1, 1)), Span(date(2012, 1, 1), date(2020, 1, 1)), Span(date(2020, 1, 1), date(2027, 1, 1))]

    svg = shown("{% validity spans axis %}", "en", spans=spans, axis=axis)

    bars = re.findall(r'<rect class="(\w+)" x="([\d.]+)" y="5" width="([\d.]+)"', svg)
    assert [kind for kind, _x, _width in bars] == ["past", "now", "future"]
    assert bars[0][1:] == ("0.0", "98.5")
    assert bars[1][1] == "100.0"
    assert "style" not in svg
    assert 'aria-label="2012-01-01 to 2019-12-31, 2020-01-01 to 2026-12-31, since 2027-01-01"' in svg


def test_what_lasts_ends_at_the_day_asked_and_what_is_due_is_amber():
    axis = Axis(2012, 16, DAY)

    lasting = shown("{% validity spans axis %}", spans=[Span(date(2020, 1, 1))], axis=axis)
    due = shown("{% validity spans axis %}", spans=[Span(date(2022, 1, 15), date(2027, 1, 16), due=True)], axis=axis)

    start, width = map(float, re.search(r'class="now" x="([\d.]+)" y="5" width="([\d.]+)"', lasting).groups())
    assert start + width == pytest.approx(axis.place(DAY) * 200, abs=0.2)
    assert 'class="ends"' in due


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([Span(date(2012, 8, 1), date(2021, 1, 1)), Span(date(2021, 1, 1))], "since 2021-01-01"),
        ([Span(date(2025, 9, 1), date(2027, 8, 1))], "until 2027-07-31"),
        ([Span(date(2027, 9, 1), date(2028, 8, 1))], "since 2027-09-01"),
        ([Span(date(2010, 1, 1), date(2012, 1, 1))], "until 2011-12-31"),
        ([Span(None)], ""),
    ],
)
def test_life_in_words(spans: list[Span], expected: str):
    with translation.override("en"):
        assert sd.life_words(spans, DAY) == expected


def test_life_in_chinese():
    with translation.override("zh-hans"):
        assert sd.life_words(LEVEL, DAY) == "2021-01-01 起"


def test_mix_fills_the_bar_and_keeps_a_sliver_of_the_smallest():
    svg = shown(
        "{% mix parts %}", parts=[Part("new", 38), Part("same", 100_000), Part("refused", 0), Part("undecided", 1)]
    )

    bars = [
        (kind, float(x), float(width))
        for kind, x, width in re.findall(r'class="(\w+)" x="([\d.]+)" width="([\d.]+)"', svg)
    ]
    assert [kind for kind, _x, _width in bars] == ["new", "same", "undecided"]
    assert bars[-1][1] + bars[-1][2] == pytest.approx(800, abs=0.3)
    assert min(width for _kind, _x, width in bars) >= 1
    assert all(left[1] + left[2] <= right[1] for left, right in pairwise(bars))


def test_mix_of_nothing_is_an_empty_bar():
    assert "<rect" not in shown("{% mix parts %}", parts=[Part("new", 0)])


def test_fact_shows_value_mark_life_and_escapes():
    fact = Fact("Post", "<b>9</b>", mark=Mark("clerk", lines=["Li Min"]), spans=LEVEL, badges=[Badge("due", "amber")])

    markup = shown("{% facts items axis=axis %}", "en", items=[fact], axis=Axis.covering(LEVEL, DAY))

    assert "&lt;b&gt;9&lt;/b&gt;" in markup
    assert 'class="sd-prov clerk"' in markup
    assert 'aria-label="Where it came from: Entered by a clerk (Post)"' in markup
    assert "since 2021-01-01" in words(markup)
    assert "sd-validity" in markup


@pytest.mark.parametrize(
    ("value", "language", "expected"), [(None, "zh-hans", "未填"), ("", "en", "not recorded"), (0, "en", "0")]
)
def test_an_absent_value_is_said_a_zero_is_a_value(value: Any, language: str, expected: str):
    assert words(shown("{% facts items %}", language, items=[Fact("A", value)])) == f"A {expected}"


def test_fact_without_axis_has_no_bar():
    assert 'class="no-life"' in shown("{% facts items %}", items=[Fact("A", "b", spans=LEVEL)])


def test_reveal_asks_for_a_reason_and_says_that_it_is_logged():
    reveal = Reveal("/reveal/", "Why?", [("tax", "Tax")], field="number")

    markup = shown("{% reveal_form part %}", "en", part=reveal)

    assert re.search(r'<select[^>]+name="reason" required', markup)
    assert '<form class="sd-pop" method="post" action="/reveal/"' in markup
    assert "access log" in words(markup)


def test_mark_opens_the_cell_it_came_from():
    sheet = Sheet(["E", "F"], [SheetRow(318, [SheetCell("a"), SheetCell("2012.08", "src")])])

    markup = shown(
        "{% mark part %}", "en", part=Mark("cell", "First day of work", ["Batch 298"], sheet, "Read as 2012-08")
    )

    assert '<td class="src">2012.08</td>' in markup
    assert words(markup).endswith(
        "First day of work Batch 298 Excerpt of the workbook Row E F 318 a 2012.08 Read as 2012-08"
    )


def test_history_says_old_and_new_in_words_too():
    entry = Entry(
        "Level changed",
        date(2026, 1, 2),
        "Li Min",
        [Pair("Level", "10", "9"), Pair("Note", "x", None)],
        document="No. 1",
    )

    text = words(shown("{% history part %}", "en", part=[entry]))

    assert text == "Level changed 2026-01-02 Level was 10 → now 9 Note was x → removed Li Min · No. 1"


def test_table_marks_the_sorted_column_and_names_each_box():
    columns = [Column("name", "Name", sort_url="?sort=name", sorted="ascending"), Column("n", "Number", number=True)]
    table = Table(
        "People", columns, [Row(["Li", Cell(meter=Meter(3, 4))], key="7", label="Li")], selectable=True, form="f"
    )

    markup = shown("{% data_table table %}", "en", table=table)

    assert '<th scope="col" aria-sort="ascending"><a class="sd-sort" href="?sort=name">' in markup
    assert (
        '<input class="form-check-input" type="checkbox" name="selected" value="7" form="f" aria-label="Select Li">'
        in markup
    )
    assert '<th scope="row"' in markup
    assert 'value="3"' in markup


def test_a_row_must_have_a_cell_for_each_column():
    with pytest.raises(ValueError, match="zip"):
        shown("{% data_table table %}", table=Table("x", [Column("a", "A")], [Row(["1", "2"])]))


def test_empty_cells_vanish_on_narrow_screens_but_zero_stays():
    table = Table("x", [Column("a", "A"), Column("b", "B"), Column("c", "C")], [Row(["1", None, 0])])

    markup = shown("{% data_table table %}", table=table)

    assert re.findall(r'<td data-label="(\w)"( class="sd-blank")?', markup) == [("B", ' class="sd-blank"'), ("C", "")]


def test_progress_polls_only_while_it_runs():
    running = shown("{% progress_card part %}", part=Progress("1", "Checking", "running", 3, 4, poll_url="/jobs/1/"))
    done = shown("{% progress_card part %}", part=Progress("1", "Checked", "done", 4, 4, poll_url="/jobs/1/"))

    assert 'hx-get="/jobs/1/"' in running
    assert '<progress max="4" value="3"' in running
    assert "hx-get" not in done


def test_progress_is_said_aloud_in_tens():
    assert [Progress("1", "", "running", done, 3012).tenth for done in (0, 301, 302, 2361, 3012)] == [0, 0, 10, 70, 100]


def test_steps_and_tabs_say_where_one_is():
    steps = shown("{% steps part %}", "en", part=[Step("A", "done"), Step("B", "current"), Step("C")])
    tabs = shown("{% tabs part %}", part=[Tab("X", "#x", count=2731), Tab("Y", "#y", current=True)])

    assert steps.count('aria-current="step"') == 1
    assert "A done" in words(steps)
    assert 'href="#y" aria-current="page"' in tabs
    assert words(tabs) == "X 2,731 Y"


def test_a_button_that_may_not_be_used_says_why():
    markup = shown("{% action part %}", part=Action("Change", "/x/", primary=True, why_not="the past"))

    assert 'aria-disabled="true"' in markup
    assert "/x/" not in markup
    assert words(markup) == "Change (the past)"


def test_a_posting_button_carries_the_token():
    assert 'name="csrfmiddlewaretoken"' in shown(
        "{% action part %}", part=Action("Do", "/x/", post=True), csrf_token="t"
    )


def test_chart_carries_its_numbers_as_data_and_as_a_table():
    chart = Chart("c", "Ages", ["</script>"], [Series("Women", [1, None])], head=["Age", "Women"], rows=[("25", 1)])

    markup = shown("{% chart part %}", "en", part=chart)

    assert '<script id="c-data" type="application/json">' in markup
    assert '</script>"]' not in markup
    assert '<td class="sd-num">1</td>' in markup


@pytest.mark.parametrize(
    ("name", "value", "chinese", "english"),
    [
        ("date_prose", date(2026, 11, 22), "2026年11月22日", "22 Nov 2026"),
        ("date_prose", datetime(2026, 11, 21, 17, 0, tzinfo=UTC), "2026年11月22日", "22 Nov 2026"),
        ("date_prose", PartialDate(1985, 7), "1985年7月", "Jul 1985"),
        ("date_prose", PartialDate(1985), "1985年", "1985"),
        ("date_prose", None, "", ""),
        ("date_weekday", date(2026, 11, 23), "2026年11月23日 星期一", "Monday, 23 Nov 2026"),
        ("day", PartialDate(1985, 7), "1985-07", "1985-07"),
        ("stamp", datetime(2026, 11, 21, 17, 5, tzinfo=UTC), "2026-11-22 01:05", "2026-11-22 01:05"),
        ("stamp", date(2026, 11, 21), "2026-11-21", "2026-11-21"),
        ("money", Decimal("12345.675"), "¥12,345.68", "¥12,345.68"),
        ("money", Decimal(-60000), "−¥60,000.00", "−¥60,000.00"),
        ("amount", Decimal("-0.5"), "−0.50", "−0.50"),
        ("money", None, "", ""),
        ("thousands", 3012, "3,012", "3,012"),
        ("id_groups", "110101199003074514", "110101 19900307 4514", "110101 19900307 4514"),
        ("id_groups", "13800000217", "138 0000 0217", "138 0000 0217"),
        ("id_groups", "20123511220000127", "2012 35 112 2 0 000127", "2012 35 112 2 0 000127"),
        ("id_groups", "6222", "6222", "6222"),
        ("id_groups", "622202123", "6222 0212 3", "6222 0212 3"),
    ],
)
def test_filters(name: str, value: Any, chinese: str, english: str):
    assert [shown(f"{{{{ value|{name} }}}}", language, value=value) for language in ("zh-hans", "en")] == [
        chinese,
        english,
    ]


def test_a_float_is_no_money():
    with pytest.raises(TypeError):
        sd.money(0.1)


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As in the passport")
    unit = forms.ChoiceField(label="Unit", choices=[("1", "A")], widget=forms.Select(attrs={"class": "wide"}))
    kind = forms.ChoiceField(label="Kind", choices=[("a", "New"), ("b", "Fix")], widget=forms.RadioSelect)
    tell = forms.BooleanField(label="Tell", required=False)


def tag(markup: str, **wanted: str) -> dict[str, str]:
    """The attributes of the only input, select or textarea that has these."""
    tags = [
        {name: value or "" for name, value in re.findall(r'([\w-]+)(?:="([^"]*)")?', inside)}
        for inside in re.findall(r"<(?:input|select|textarea) ([^>]*)>", markup)
    ]
    (found,) = [attributes for attributes in tags if wanted.items() <= attributes.items()]
    return found


def test_a_form_is_in_the_look_and_says_its_mistakes():
    with translation.override("en"):
        markup = str(SampleForm({"unit": "1", "kind": "b"}))

    name = tag(markup, name="name")
    assert '<a href="#id_name">Name</a>: This field is required.' in markup
    assert name["class"] == "form-control is-invalid"
    assert name["aria-invalid"] == "true"
    assert name["aria-describedby"] == "id_name_helptext id_name_error"
    assert 'id="id_name_error"' in markup
    assert 'id="id_name_helptext"' in markup
    assert tag(markup, name="unit")["class"] == "form-select wide"
    assert re.search(r'<fieldset class="sd-field".*?<legend>Kind', markup, re.DOTALL)
    assert tag(markup, name="kind", value="b")["id"] == "id_kind_1"
    assert '<label class="sd-check" for="id_kind_1"><input type="radio"' in markup
    assert '<label class="sd-check" for="id_tell"><input type="checkbox"' in markup
