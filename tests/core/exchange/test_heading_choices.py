"""Headings that nobody knows: a clerk says what they mean, the system remembers it for the sender and for those below."""

import io
import re

import openpyxl
import pytest
import xlsxwriter
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.api.services import issue_token
from core.exchange.kinds import all_kinds, columns_of
from core.exchange.mapping.form import said_in, shown
from core.exchange.mapping.selectors import remembered
from core.exchange.mapping.services import HeadingError, choose_headings, forget_heading
from core.exchange.models import Batch, HeadingChoice
from core.exchange.services import NotNow
from core.exchange.template import template
from core.jobs import services
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment
from tests.core.exchange.books import CHEN, LI, SCHOOL, WANG, book, sent
from tests.factories.people import make_actor, make_unit
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db
UNKNOWN = ("XM", "SFZH", "GZDW", "LXDH")
FIELDS = {"XM": "name", "SFZH": "identity", "GZDW": "unit_name", "LXDH": "phone"}


def line(person, phone="13800001234"):
    return [*person, SCHOOL, phone]


def unknown(*people, head=UNKNOWN):
    return book(花名册=[head, *[line(person) for person in people]])


def choose(actor, batch, fields, *, sheet=0, kind="teachers"):
    """Say by heading what columns mean, check again, and give the batch as it is then."""
    columns = batch.report["headings"][sheet]["columns"]
    said = {column["index"]: fields[column["header"]] for column in columns if column["header"] in fields}
    choose_headings(actor=actor, batch=batch, said={sheet: said}, kind=kind)
    return checked(actor, batch)


def checked(_actor, batch):
    """The batch after a worker took its check."""
    batch.refresh_from_db()
    services.run(batch.job_id)
    batch.refresh_from_db()
    return batch


def read(batch):
    """Heading → field of the first sheet."""
    return {column["header"]: column["field"] for column in batch.report["headings"][0]["columns"]}


def test_an_unreadable_workbook_is_read_once_its_headings_are_explained(county_clerk, county_a, school_a):
    batch = sent(county_clerk, county_a, unknown(WANG))
    assert (batch.state, batch.trouble["code"]) == (Batch.State.UNREADABLE, "nothing_recognised")
    assert list(read(batch)) == list(UNKNOWN)

    batch = choose(county_clerk, batch, FIELDS)

    assert (batch.state, batch.kind, batch.trouble) == (Batch.State.CHECKED, "teachers", {})
    assert batch.counts == {"new": 1, "changed": 0, "same": 0, "refused": 0}
    assert read(batch) == FIELDS


def test_a_missing_column_is_pointed_out_among_those_that_are_there(county_clerk, county_a, school_a):
    batch = sent(
        county_clerk, county_a, book(花名册=[["姓名", "证照编码", "工作单位", "学历"], [*WANG, SCHOOL, "本科"]])
    )
    assert batch.trouble["code"] == "columns_missing"
    assert read(batch) == {"姓名": "name", "证照编码": "", "工作单位": "unit_name", "学历": "education"}

    batch = choose(county_clerk, batch, {"证照编码": "identity"})

    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 1)


def test_two_columns_of_one_heading_are_told_apart(county_clerk, county_a, school_a):
    head = ["姓名", "身份证号", "工作单位", "联系电话", "联系电话"]
    content = book(花名册=[head, [*WANG, SCHOOL, "13800001234", "13900005678"]])
    batch = sent(county_clerk, county_a, content, accept=False)
    assert batch.trouble["code"] == "duplicate_header"
    columns = batch.report["headings"][0]["columns"]
    assert [(one["field"], one["twice"]) for one in columns[3:]] == [("phone", True), ("phone", True)]

    choose_headings(actor=county_clerk, batch=batch, said={0: {3: ""}})
    batch = checked(county_clerk, batch)

    assert batch.state == Batch.State.CHECKED
    assert [column["field"] for column in batch.report["headings"][0]["columns"]][3:] == ["", "phone"]
    assert list(HeadingChoice.objects.values_list("label", "nth", "column")) == [("联系电话", 1, "")]


@pytest.mark.parametrize(
    "people",
    [
        pytest.param((CHEN, WANG, LI), id="rows sorted"),
        pytest.param((LI,), id="rows deleted"),
    ],
)
@pytest.mark.parametrize(
    "order",
    [(0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 2)],
    ids=["as before", "columns moved", "column deleted"],
)
def test_the_next_workbook_is_read_by_the_same_choice(county_clerk, county_a, school_a, people, order):
    choose(county_clerk, sent(county_clerk, county_a, unknown(WANG)), FIELDS)
    head = [UNKNOWN[place] for place in order]
    rows = [[line(person)[place] for place in order] for person in people]

    batch = sent(county_clerk, county_a, book(名单=[["教师名单"], head, *rows]), accept=False)

    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, len(people))
    assert read(batch) == {heading: FIELDS[heading] for heading in head}
    today = timezone.localdate().isoformat()
    chosen = batch.report["headings"][0]["columns"][0]["chosen"]
    assert chosen == [today, county_clerk.user.pk, county_a.pk]


def test_a_renamed_heading_is_asked_for_again_and_the_others_stay(county_clerk, county_a, school_a):
    choose(county_clerk, sent(county_clerk, county_a, unknown(WANG)), FIELDS)

    batch = sent(county_clerk, county_a, unknown(LI, head=("XM", "SFZHM", "GZDW", "LXDH")), accept=False)
    assert batch.trouble["code"] == "columns_missing"
    batch = choose(county_clerk, batch, {"SFZHM": "identity"})

    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 1)


def test_a_heading_below_another_one_is_known_with_it(county_clerk, county_a, school_a):
    rows = [["XM", "SFZH", "GZDW", "JS", "ZS"], ["", "", "", "RQ", "RQ"], [*WANG, SCHOOL, "2018-09", "2015-07"]]
    batch = sent(county_clerk, county_a, book(花名册=rows), accept=False)
    batch = choose(county_clerk, batch, {"XM": "name", "SFZH": "identity", "GZDW": "unit_name"})
    table = batch.report["headings"][0]
    assert table["header_rows"] == [1], "the shorter header where the second row says nothing"

    nested = [
        ["姓名", "身份证号", "工作单位", "JS", "ZS"],
        ["", "", "", "RQ", "RQ"],
        [*WANG, SCHOOL, "2018-09", "2015-07"],
    ]
    HeadingChoice.objects.create(
        unit=county_a, kind="teachers", parent="js", label="rq", column="work_start", user=county_clerk.user
    )
    batch = sent(county_clerk, county_a, book(花名册=nested), accept=False)

    columns = batch.report["headings"][0]["columns"]
    assert batch.report["headings"][0]["header_rows"] == [1, 2]
    assert [(one["header"], one["field"]) for one in columns[3:]] == [("JS/RQ", "work_start"), ("ZS/RQ", "")]


def test_a_heading_over_two_rows_of_merged_cells_is_found_where_nothing_is_known(county_clerk, county_a, school_a):

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as file:
        sheet = file.add_worksheet("表")
        sheet.merge_range(0, 0, 0, 3, "2026 XXB")
        for place, text in enumerate(("XM", "SFZH", "GZDW")):
            sheet.merge_range(1, place, 2, place, text)
        sheet.merge_range(1, 3, 1, 4, "LX")
        sheet.write_row(2, 3, ["SJ", "YX"])
        sheet.write_row(3, 0, [*WANG, SCHOOL, "13800001234", "a@b.cn"])
    batch = sent(county_clerk, county_a, buffer.getvalue(), accept=False)
    table = batch.report["headings"][0]
    assert table["header_rows"] == [2, 3]
    assert [column["key"] for column in table["columns"]][2:] == [["", "gzdw", 1], ["lx", "sj", 1], ["lx", "yx", 1]]

    batch = choose(county_clerk, batch, {"XM": "name", "SFZH": "identity", "GZDW": "unit_name", "SJ": "phone"})

    assert (batch.state, batch.counts["new"], read(batch)["SJ"]) == (Batch.State.CHECKED, 1, "phone")


def test_a_column_that_was_read_can_be_left_out_or_read_as_another(county_clerk, county_a, school_a):
    content = book(花名册=[["姓名", "身份证号", "工作单位", "学历", "学位"], [*WANG, SCHOOL, "本科", "本科"]])
    batch = sent(county_clerk, county_a, content, accept=False)
    assert read(batch)["学历"] == "education"

    batch = choose(county_clerk, batch, {"学历": ""})
    assert read(batch)["学历"] == ""
    batch = choose(county_clerk, batch, {"学历": None, "学位": "education"})

    assert (read(batch)["学历"], read(batch)["学位"]) == ("", "education"), (
        "what is said by hand comes before the heading"
    )


def test_the_nearest_choice_up_the_tree_counts_and_another_countys_never(
    city_clerk, county_clerk, other_county_clerk, school_clerk, city, county_a, county_b, school_a, school_b
):
    for actor, unit, column in (
        (city_clerk, city, "remark"), (county_clerk, county_a, "phone"), (other_county_clerk, county_b, "email")
    ):  # fmt: skip
        HeadingChoice.objects.create(unit=unit, kind="teachers", label="联络", column=column, user=actor.user)
    content = book(花名册=[["姓名", "身份证号", "工作单位", "联络"], [*WANG, SCHOOL, ""]])

    assert read(sent(school_clerk, school_a, content, accept=False))["联络"] == "phone"
    assert read(sent(other_county_clerk, county_b, content, accept=False))["联络"] == "email"
    HeadingChoice.objects.create(unit=school_a, kind="teachers", label="联络", column="", user=school_clerk.user)
    assert read(sent(school_clerk, school_a, content, accept=False))["联络"] == ""
    assert read(sent(county_clerk, county_a, content, accept=False))["联络"] == "phone"


def test_a_choice_is_forgotten_and_the_next_check_does_without(county_clerk, county_a, school_a):
    batch = choose(county_clerk, sent(county_clerk, county_a, unknown(WANG)), FIELDS)

    batch = choose(county_clerk, batch, {"LXDH": None})
    assert read(batch)["LXDH"] == ""
    forget_heading(actor=county_clerk, choice=HeadingChoice.objects.get(label="sfzh"))
    batch = choose(county_clerk, batch, {})

    assert batch.trouble["code"] == "columns_missing"


def test_what_cannot_be_is_refused_and_nothing_is_remembered(county_clerk, county_approver, county_a, school_a):
    batch = sent(county_clerk, county_a, unknown(WANG))
    for said, error in (
        ({0: {0: "name", 1: "name"}}, HeadingError), ({0: {0: "nothing_such"}}, HeadingError), ({0: {99: "name"}}, HeadingError),
        ({7: {0: "name"}}, HeadingError), ({-1: {0: "name"}}, HeadingError), ({0: {0: "serial"}}, HeadingError),
    ):  # fmt: skip
        with pytest.raises(error):
            choose_headings(actor=county_clerk, batch=batch, said=said, kind="teachers")
    with pytest.raises(NotAllowed):
        choose_headings(actor=county_approver, batch=batch, said={}, kind="teachers")
    school = make_actor("school_clerk", school_a)
    with pytest.raises(NotAllowed):
        choose_headings(actor=school, batch=batch, said={0: {0: "name"}}, kind="units")
    accepted = sent(
        county_clerk, county_a, book(花名册=[["姓名", "身份证号", "工作单位", "学历"], [*WANG, SCHOOL, "本科"]])
    )
    assert accepted.state == Batch.State.APPLIED
    with pytest.raises(NotNow):
        choose_headings(actor=county_clerk, batch=accepted, said={0: {0: "name"}})
    assert not HeadingChoice.objects.exists()


NASTY = [
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "长" * 60,
    "长" * 300,
    "ﷺ" * 40,
    "\u202e反\u200b",
    "身份 140702198507131223",
]


def test_hostile_headings_are_shown_as_text_kept_short_and_told_of_nobody(county_clerk, county_a, school_a, login):
    content = book(花名册=[["姓名", "身份证号码号", "工作单位", *NASTY], [*WANG, SCHOOL, *["x"] * len(NASTY)]])
    batch = sent(county_clerk, county_a, content)
    assert batch.state == Batch.State.UNREADABLE
    columns = batch.report["headings"][0]["columns"]
    assert "140702198507131223" not in str(batch.report)
    keyed = {column["header"]: column["key"] for column in columns}
    assert [key for header, key in keyed.items() if header.endswith("1223")] == [[]], (
        "a number is no heading to remember"
    )
    assert all(len(column["key"][1]) <= 200 for column in columns if column["key"])

    page = login(county_clerk).get(reverse("batch", args=[batch.public_id])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    nasty = {index: "" for index, column in enumerate(columns) if column["key"] and index > 2}
    choose_headings(actor=county_clerk, batch=batch, said={0: {1: "identity", **nasty}}, kind="teachers")
    batch = checked(county_clerk, batch)

    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 1)
    assert {key.label for key in remembered(county_a)["teachers"]} >= {
        "<script>alert(1)</script>".replace("<", "(").replace(">", ")")
    }


def form_of(page):
    """What the form on a page would send: field → the chosen value."""
    fields = {}
    for name, body in re.findall(
        r'<select class="form-select form-select-sm w-auto" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.findall(r'<option value="([^"]*)" selected>', body)
        assert len(chosen) == 1, (name, chosen)
        fields[name] = chosen[0]
    return fields


def test_a_clerk_explains_the_headings_on_the_page(login, county_clerk, county_a, school_a, run_jobs):
    client = login(county_clerk)
    batch = sent(county_clerk, county_a, unknown(WANG))
    url = reverse("batch", args=[batch.public_id])
    page = client.get(url, {"kind": "teachers"}).content.decode()
    assert "读不出来" in page or "无法读取" in page
    fields = form_of(page)
    assert set(fields.values()) == {""}

    sent_form = {**fields, "kind": "teachers", "c-0-0": "name", "c-0-1": "identity", "c-0-2": "unit_name", "c-0-3": "-"}
    answer = client.post(reverse("batch_headings", args=[batch.public_id]), sent_form)
    run_jobs()

    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert form_of(page) == {"c-0-0": "name", "c-0-1": "identity", "c-0-2": "unit_name", "c-0-3": "-"}
    assert county_clerk.user.name in page
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 1)
    client.post(reverse("batch_headings", args=[batch.public_id]), form_of(page))
    assert HeadingChoice.objects.count() == 4, "a form sent as it was says nothing new"
    listed = client.get(reverse("headings")).content.decode()
    assert all(key in listed for key in ("xm", "sfzh", "gzdw", "lxdh"))
    forgotten = HeadingChoice.objects.get(label="lxdh")
    asked = client.get(reverse("heading_forget", args=[forgotten.public_id]))
    assert "lxdh" in asked.content.decode()
    client.post(reverse("heading_forget", args=[forgotten.public_id]))
    assert not HeadingChoice.objects.filter(pk=forgotten.pk).exists()


def test_two_meanings_of_one_field_are_refused_in_words(login, county_clerk, county_a, school_a):
    client = login(county_clerk)
    batch = sent(county_clerk, county_a, unknown(WANG))
    posted = {"kind": "teachers", "c-0-0": "name", "c-0-1": "name", "c-x-1": "name", "c-0-999999": "name", "d": "1"}
    answer = client.post(reverse("batch_headings", args=[batch.public_id]), posted, follow=True)

    assert "姓名" in answer.content.decode()
    assert not HeadingChoice.objects.exists()


def test_who_only_accepts_sees_the_headings_and_changes_none(login, county_clerk, county_approver, county_a, school_a):
    batch = sent(county_clerk, county_a, unknown(WANG))
    client = login(county_approver)

    assert form_of(client.get(reverse("batch", args=[batch.public_id])).content.decode()) == {}
    assert client.post(reverse("batch_headings", args=[batch.public_id]), {"c-0-0": "name"}).status_code == 403
    assert shown(batch, county_approver, "")["may"] is False


def test_a_school_forgets_its_own_choices_only(login, school_clerk, county_clerk, county_a, school_a):
    choice = HeadingChoice.objects.create(
        unit=county_a, kind="teachers", label="联络", column="phone", user=county_clerk.user
    )
    client = login(school_clerk)

    assert client.post(reverse("heading_forget", args=[choice.public_id])).status_code == 404
    with pytest.raises(NotAllowed):
        forget_heading(actor=school_clerk, choice=choice)
    assert HeadingChoice.objects.filter(pk=choice.pk).exists()


def test_a_field_that_is_no_more_is_passed_over(county_clerk, county_a, school_a):
    HeadingChoice.objects.create(
        unit=county_a, kind="teachers", label="学历", column="of_an_older_version", user=county_clerk.user
    )
    batch = sent(
        county_clerk, county_a, book(花名册=[["姓名", "身份证号", "工作单位", "学历"], [*WANG, SCHOOL, "本科"]])
    )

    assert read(batch)["学历"] == "education"
    assert batch.report["headings"][0]["columns"][3]["chosen"] == []


def test_every_field_has_a_name_of_its_own_in_the_form(county_clerk, county_a, school_a):
    batch = sent(county_clerk, county_a, unknown(WANG))
    for kind, one in all_kinds().items():
        batch.kind = kind if one.apart else "teachers"
        groups = shown(batch, county_clerk, kind)["tables"][0]["columns"][0]["groups"]
        labels = [str(choice.label) for _label, choices in groups for choice in choices]
        assert len(labels) == len(set(labels))
        assert len(labels) >= len([one for one in columns_of(all_kinds()[kind]).values() if one.kind != "serial"])


def test_a_form_says_only_what_it_changes(county_clerk, county_a, school_a):
    batch = sent(
        county_clerk,
        county_a,
        book(花名册=[["姓名", "身份证号", "工作单位", "XL"], [*WANG, SCHOOL, "本科"]]),
        accept=False,
    )

    assert said_in(batch, "teachers", [("c-0-0", "name"), ("c-0-3", ""), ("c-0-1", "identity")]) == {}
    assert said_in(batch, "teachers", [("c-0-0", "-"), ("c-0-3", "education")]) == {0: {0: "", 3: "education"}}


def test_a_program_explains_headings(county_clerk, county_approver, other_county_clerk, county_a, school_a, run_jobs):
    cache.clear()

    def client(actor):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)[1]
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": "en"})

    batch = sent(county_clerk, county_a, unknown(WANG))
    url = f"/api/v1/imports/{batch.public_id}/headings/"
    mine = client(county_clerk)
    found = mine.get(url).json()["sheets"][0]
    assert [one["heading"] for one in found["columns"]] == list(UNKNOWN)
    assert found["read"] is False

    def post(caller, columns, kind="teachers"):
        return caller.post(url, {"kind": kind, "columns": columns}, content_type="application/json")

    double = [{"sheet": 0, "column": place, "field": "name"} for place in (0, 1)]
    assert post(mine, double).status_code == 422
    assert post(mine, [{"sheet": 0, "column": 0}]).status_code in {400, 422}
    assert post(mine, double[:1], kind="nothing").status_code in {400, 422}
    assert post(client(other_county_clerk), double[:1]).status_code == 404
    assert post(client(county_approver), double[:1]).status_code == 403
    columns = [{"sheet": 0, "column": place, "field": FIELDS[heading]} for place, heading in enumerate(UNKNOWN)]
    answer = post(mine, columns)
    run_jobs()

    assert answer.status_code == 202
    found = mine.get(url).json()["sheets"][0]
    assert [(one["field"], one["chosen"]) for one in found["columns"]] == [(FIELDS[one], True) for one in UNKNOWN]
    assert mine.get(f"/api/v1/imports/{batch.public_id}/").json()["state"]["code"] == "checked"


def test_a_template_of_an_older_version_is_read_after_one_choice(county_clerk, county_a, school_a):

    file = openpyxl.load_workbook(io.BytesIO(template(all_kinds()["teachers"], county_a, TODAY)))
    sheet = file.worksheets[0]
    places = {cell.value: cell for cell in sheet[2]}
    identity = next(cell for text, cell in places.items() if text.startswith("身份证"))
    identity.value = "公民身份号码（旧版）2019"
    for heading, text in (("姓名", LI[0]), ("工作单位", SCHOOL)):
        sheet.cell(3, places[heading].column, text)
    sheet.cell(3, identity.column, LI[1])
    buffer = io.BytesIO()
    file.save(buffer)
    identity_heading = "公民身份号码（旧版）2019"

    batch = sent(county_clerk, county_a, buffer.getvalue(), accept=False)
    if batch.state == Batch.State.UNREADABLE:
        batch = choose(county_clerk, batch, {identity_heading: "identity"})

    assert (batch.state, batch.counts["new"]) == (Batch.State.CHECKED, 1)


def test_a_second_sheet_of_another_county_is_not_touched(county_clerk, county_a, school_a):
    unit = make_unit("school", "另一所学校", county_a)
    content = book(甲=[UNKNOWN, line(WANG)], 乙=[("BM", "SL"), ("x", "3")])
    batch = sent(county_clerk, county_a, content)
    assert [table["name"] for table in batch.report["headings"]] == ["甲", "乙"]

    batch = choose(county_clerk, batch, FIELDS)

    assert batch.state == Batch.State.CHECKED
    assert [table["read"] for table in batch.report["headings"]] == [True, False]
    assert not HeadingChoice.objects.filter(unit=unit).exists()
