"""What goes out can come in unchanged, and a sheet of yesterday undoes no correction of today."""

from __future__ import annotations

import pytest

from core.exchange.applying import apply_batch
from core.exchange.deciding import decide, decide_rest
from core.exchange.models import Batch, BatchRow
from core.org.errors import NotAllowed
from core.records.models import AccessLog
from core.records.settling import settle
from core.web.looks import TAKEN_OUT
from personnel.models import Contact, Education, Employment, PoliticalStatus, Teacher
from personnel.services.facts import change_fact, correct_fact
from tests.core.exchange.books import CHEN, LI, WANG, counts, line, roster, sent
from tests.core.exchange.importing import send
from tests.core.exchange.rounds import edited, set_cell, taken_out
from tests.ground.clock import TODAY
from tests.workbooks.generator import make_county, write_county

pytestmark = pytest.mark.usefixtures("school_a", "second_school_a")

HEAD = ("民族", "政治面貌", "籍贯", "联系电话", "职称", "职称取得时间", "学历", "毕业院校")


@pytest.fixture
def people(committed_db, county_clerk, county_a):
    """Three people on file."""
    batch = sent(
        county_clerk, county_a,
        roster(
            HEAD,
            line(WANG, "汉族", "群众", "青石", "13800001111", "一级教师", "2018-09", "本科", "青石师范学院"),
            line(LI, "汉族", "中共党员", "青石", "13800002222", "高级教师", "2015-12", "本科", "太行大学"),
            line(CHEN, "汉族", "群众", "青石", "13800003333", "", "", "专科", "青石师范学院"),
        ),
    )  # fmt: skip
    assert counts(batch) == {"new": 3}
    settle()
    return {person.name: person for person in Teacher.objects.all()}


def contact(person):
    return Contact.objects.get(teacher=person)


def phones():
    return {row.teacher.name: row.phone.reveal() for row in Contact.objects.select_related("teacher__key")}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [3, 4])
def test_a_county_that_goes_out_and_comes_in_is_all_the_same(county_clerk, county_a, tmp_path, seed):
    files = write_county(tmp_path, make_county(seed, 120))
    for file in (files.units, files.roster, files.next_year):
        assert send(county_clerk, county_a, file).state == Batch.State.APPLIED

    for kind in ("units", "teachers"):
        batch = sent(county_clerk, county_a, taken_out(county_clerk, county_a, kind), accept=False)
        assert set(counts(batch)) == {"same"}, kind
        assert batch.report["stamp"]["trouble"] == ""


def test_who_took_what_out_stands_in_the_log_of_the_unit_and_of_each_person(people, county_clerk, county_a):
    taken_out(county_clerk, county_a)
    looks = AccessLog.objects.filter(what=TAKEN_OUT, reason="对账")
    assert set(looks.exclude(subject="org.Unit").values_list("subject_id", flat=True)) == {
        p.pk for p in people.values()
    }
    assert looks.filter(subject="org.Unit", subject_id=county_a.pk).count() == 1


def test_a_change_by_the_sender_alone_is_a_change(people, county_clerk, county_a):
    book = edited(taken_out(county_clerk, county_a), set_cell(WANG[0], "联系电话", "13900009999"))
    batch = sent(county_clerk, county_a, book)
    assert counts(batch) == {"changed": 1, "same": counts(batch)["same"]}
    assert phones()[WANG[0]] == "13900009999"


def test_what_was_corrected_after_the_download_stays_though_the_sheet_says_otherwise(people, county_clerk, county_a):
    book = edited(taken_out(county_clerk, county_a), set_cell(LI[0], "籍贯", "太原"))
    correct_fact(
        actor=county_clerk, record=contact(people[WANG[0]]), values={"phone": "13811112222"}, reason="本人更正"
    )
    correct_fact(actor=county_clerk, record=people[LI[0]], values={"native_place": "太原"}, reason="核对档案")

    batch = sent(county_clerk, county_a, book)

    assert (set(counts(batch)), counts(batch)["asked"]) == ({"same", "asked"}, 1)
    assert phones()[WANG[0]] == "13811112222"


def test_where_both_changed_it_somebody_decides(people, county_clerk, county_a):
    book = edited(taken_out(county_clerk, county_a), set_cell(WANG[0], "联系电话", "13900009999"))
    correct_fact(
        actor=county_clerk, record=contact(people[WANG[0]]), values={"phone": "13811112222"}, reason="本人更正"
    )

    batch = sent(county_clerk, county_a, book, accept=False)
    assert counts(batch)["undecided"] == 1
    row = BatchRow.objects.get(batch=batch, outcome="undecided")
    assert row.asked == ["phone"]

    decide(actor=county_clerk, batch=batch, choices={row.pk: [("personnel.Contact", "phone", "file")]})
    batch.refresh_from_db()
    assert (counts(batch).get("undecided"), counts(batch)["changed"]) == (None, 1)
    decide(actor=county_clerk, batch=batch, choices={row.pk: [("personnel.Contact", "phone", "now")]})
    batch.refresh_from_db()
    assert counts(batch).get("changed") is None
    decide(actor=county_clerk, batch=batch, choices={row.pk: [("personnel.Contact", "phone", "file")]})
    batch = apply_batch(batch.pk, county_clerk)

    assert phones()[WANG[0]] == "13900009999"


def test_an_open_question_leaves_the_row_out_and_the_rest_in(people, county_clerk, county_a):
    def work(book):
        set_cell(WANG[0], "联系电话", "13900009999")(book)
        set_cell(LI[0], "籍贯", "太原")(book)

    book = edited(taken_out(county_clerk, county_a), work)
    correct_fact(
        actor=county_clerk, record=contact(people[WANG[0]]), values={"phone": "13811112222"}, reason="本人更正"
    )

    batch = sent(county_clerk, county_a, book)

    assert batch.state == "applied"
    assert phones()[WANG[0]] == "13811112222"
    assert Teacher.objects.get(name=LI[0]).native_place == "太原"


def test_a_period_that_was_begun_since_is_not_overwritten(people, county_clerk, county_a):
    book = taken_out(county_clerk, county_a)
    held = PoliticalStatus.objects.get(teacher=people[WANG[0]])
    change_fact(
        actor=county_clerk, record=held, on=TODAY, values={"status": "01"}, reason="入党"
    ) if held.valid.lower < TODAY else (
        correct_fact(actor=county_clerk, record=held, values={"status": "01"}, reason="入党")
    )

    batch = sent(county_clerk, county_a, book)

    assert counts(batch)["asked"] == 1
    assert PoliticalStatus.objects.filter(teacher=people[WANG[0]]).order_by("valid").last().status == "01"


def test_all_the_rest_is_decided_alike(people, county_clerk, county_a):
    def work(book):
        for person in (WANG, LI, CHEN):
            set_cell(person[0], "联系电话", "13900009999")(book)

    book = edited(taken_out(county_clerk, county_a), work)
    for number, person in enumerate((WANG, LI, CHEN)):
        correct_fact(
            actor=county_clerk,
            record=contact(people[person[0]]),
            values={"phone": f"1381111222{number}"},
            reason="更正",
        )
    batch = sent(county_clerk, county_a, book, accept=False)
    assert counts(batch)["undecided"] == 3

    decide_rest(actor=county_clerk, batch=batch, choice="now")

    batch.refresh_from_db()
    assert counts(batch).get("undecided") is None
    assert set(phones().values()) == {"13811112220", "13811112221", "13811112222"}
    with pytest.raises(NotAllowed):
        decide(
            actor=county_clerk,
            batch=batch,
            choices={BatchRow.objects.filter(batch=batch, asked=[]).first().pk: []}
            | {
                BatchRow.objects.filter(batch=batch).exclude(asked=[]).first().pk: [
                    ("personnel.Contact", "phone", "both")
                ]
            },
        )


CORRECTED = [pytest.param(12, id="12"), pytest.param(500, id="500", marks=pytest.mark.soak)]


@pytest.mark.parametrize("corrected", CORRECTED)
def test_a_stale_sheet_undoes_none_of_many_corrections_without_a_decision(
    committed_db, county_clerk, county_a, tmp_path, corrected
):
    files = write_county(tmp_path, make_county(7, corrected + corrected // 2, share_wrong=0))
    for file in (files.units, files.roster):
        assert send(county_clerk, county_a, file).state == Batch.State.APPLIED
    stale = taken_out(county_clerk, county_a)
    people = list(Teacher.objects.order_by("pk")[:corrected])
    for number, teacher in enumerate(people):
        _correct(county_clerk, teacher, number)
    before = {person.pk: _facts(person) for person in people}

    batch = sent(county_clerk, county_a, stale)

    assert (counts(batch).get("changed"), counts(batch).get("undecided"), counts(batch)["asked"]) == (
        None,
        None,
        corrected,
    )
    assert {person.pk: _facts(Teacher.objects.get(pk=person.pk)) for person in people} == before


def _correct(actor, teacher, number):
    """One of four corrections: of the person, the contact, the education; and a period that begins anew."""
    if number % 4 == 0:
        correct_fact(actor=actor, record=teacher, values={"native_place": f"新地{number}"}, reason="更正")
        return
    if number % 4 == 1 and (held := Contact.objects.filter(teacher=teacher).first()):
        correct_fact(actor=actor, record=held, values={"phone": f"139{number:08}"}, reason="更正")
        return
    studies = Education.objects.filter(teacher=teacher).first()
    if number % 4 == 2 and studies:
        correct_fact(actor=actor, record=studies, values={"school": f"新大学{number}"}, reason="更正")
        return
    held = Employment.objects.get(teacher=teacher)
    change_fact(actor=actor, record=held, on=TODAY, values={"post": f"新职务{number}"}, reason="任命")


def _facts(teacher):
    """What the corrections are about, as it is on file."""
    contact_of = Contact.objects.filter(teacher=teacher).first()
    return (
        teacher.native_place,
        contact_of.phone_last if contact_of else "",
        sorted(Education.objects.filter(teacher=teacher).values_list("level", "school")),
        sorted(str(pair) for pair in Employment.objects.filter(teacher=teacher).values_list("valid", "post")),
    )
