"""Transfers to a unit outside the system (调出): asked and decided like others, by the letter of that unit."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.documents.kinds import all_kinds
from core.documents.models import IssuedDocument
from core.documents.reading import blocks_of
from core.documents.selectors import file_of
from core.documents.services import issue
from core.org.actor import Actor
from core.org.errors import NotAllowed
from core.records import change
from core.workflow.models import Case
from core.workflow.services import advance
from personnel.models import Contract, Employment, Move, PostAppointment, Teacher
from personnel.selectors.former import former_people
from personnel.selectors.moves import deciding_bureaus
from personnel.selectors.seat_holding import differences
from personnel.selectors.seats import seat_of
from personnel.services import seats
from personnel.services.moves.asking import ask_to_leave
from tests.factories.people import make_actor, make_teacher
from tests.ground.clock import TODAY
from tests.personnel.moving import EVE, FEBRUARY
from tests.personnel.posts import put, set_posts
from tests.personnel.posts import told as posts_told
from tests.personnel.seats import KIND, approved, told, wrong_days

pytestmark = pytest.mark.django_db
OUTSIDE = {"outside": "杭州市第十四中学", "place": "浙江省杭州市", "letter": "杭教商〔2026〕31号"}


@pytest.fixture
def person(county_clerk, school_a):
    teacher = make_teacher("张伟", school_a, sex="1", birth=date(1985, 3, 12))
    approved(county_clerk, school_a, 1)
    seats.occupy(actor=county_clerk, teacher=teacher, unit=school_a, kind=KIND, on=date(2026, 3, 1))
    set_posts(school_a, p10=1)
    put(school_a, "p10", date(2021, 9, 1), None, teacher)
    return teacher


@pytest.fixture
def clerk(school_a):
    return make_actor("school_clerk", school_a)


def asked(clerk, person, **said):
    given = {**OUTSIDE, "starts": FEBRUARY, "ground": "arranged", "words": "随军家属"}
    return ask_to_leave(actor=clerk, teacher=person, **{**given, **said})


def decided(clerk, person, school, county, city, **said):
    move = asked(clerk, person, **said)
    case = advance(move.case, "agree_sender", actor=make_actor("school_approver", school))
    case = advance(case, "pass_on", actor=make_actor("county_approver", county))
    advance(case, "approve", actor=make_actor("city_approver", city), data={"document": "市教人〔2026〕5号"})
    return Move.objects.select_related("case", "teacher").get(pk=move.pk)


def test_sender_county_and_city_decide_one_after_the_other(clerk, person, school_a, county_a, city):
    move = asked(clerk, person)
    assert (move.case.kind, move.case.state, move.case.unit) == ("personnel.leaving", "sender", school_a)
    case = advance(move.case, "agree_sender", actor=make_actor("school_approver", school_a))
    assert (case.state, case.unit_id) == ("bureau", county_a.pk)
    county = make_actor("county_approver", county_a)
    with pytest.raises(NotAllowed, match="上一级"):
        advance(case, "approve", actor=county)

    case = advance(case, "pass_on", actor=county)

    assert (case.state, case.unit_id) == ("bureau", city.pk)
    assert [one.pk for one in deciding_bureaus(school_a, None, FEBRUARY)] == [county_a.pk, city.pk]
    done = advance(case, "approve", actor=make_actor("city_approver", city))
    assert (done.state, done.unit_id) == ("decided", school_a.pk)


def test_on_the_day_the_employment_ends_and_seat_and_post_are_free(clerk, person, school_a, county_a, city):
    decided(clerk, person, school_a, county_a, city)

    (job,) = Employment.objects.filter(teacher=person)
    assert (job.unit_id, job.valid.upper, job.left_how) == (school_a.pk, FEBRUARY, "transfer")
    assert (seat_of(person, EVE).unit, seat_of(person, FEBRUARY)) == (school_a.pk, None)
    assert (told(school_a, EVE), told(school_a, FEBRUARY)) == ((1, 1, 0, 0, 0), (1, 0, 0, 1, 0))
    assert posts_told(school_a, FEBRUARY)["p10"] == (1, 0, 0)
    assert PostAppointment.objects.get(teacher=person).valid.upper == FEBRUARY
    assert differences([school_a], FEBRUARY) == []
    assert wrong_days() == []


def test_the_former_units_keep_the_file_and_nobody_else_reads_it(
    clerk, person, school_a, county_a, city, other_county_clerk
):
    day = date(2045, 2, 1)
    decided(clerk, person, school_a, county_a, city, starts=day)

    def on(actor):
        return Actor(user=actor.user, role=actor.role, unit=actor.unit, on=day, assignment=actor.assignment)

    for actor in (clerk, make_actor("county_clerk", county_a)):
        kept = former_people(on(actor)).get(pk=person.pk)
        assert (kept.until, kept.left_unit, kept.left_how) == (day, school_a.pk, "transfer")
        assert not Teacher.objects.visible_to(on(actor), on=day).filter(pk=person.pk).exists()
    assert not former_people(on(other_county_clerk)).filter(pk=person.pk).exists()


def test_before_the_day_it_is_taken_back_and_all_is_as_before(clerk, person, school_a, county_a, city):
    move = decided(clerk, person, school_a, county_a, city)

    advance(move.case, "revoke", actor=make_actor("city_approver", city), comment="对方撤回商调函")

    (job,) = Employment.objects.filter(teacher=person)
    assert (job.valid.upper, job.left_how) == (None, "")
    assert seat_of(person, FEBRUARY).unit == school_a.pk
    assert posts_told(school_a, FEBRUARY)["p10"] == (1, 1, 0)
    assert wrong_days() == []


def test_a_county_does_not_take_back_what_the_city_decided(clerk, person, school_a, county_a, city):
    move = decided(clerk, person, school_a, county_a, city)
    with pytest.raises(NotAllowed):
        advance(move.case, "revoke", actor=make_actor("county_approver", county_a), comment="撤销")


@pytest.mark.parametrize("lacks", ["outside", "letter"])
def test_without_name_or_letter_it_is_not_asked(clerk, person, lacks):
    with pytest.raises(NotAllowed) as refused:
        asked(clerk, person, **{lacks: " "})
    assert refused.value.field == lacks
    assert not Case.objects.exists()


def test_years_of_service_are_asked_as_for_a_move_out_of_the_county(clerk, school_a, county_a, city):
    young = make_teacher("李敏", school_a, since=date(2024, 9, 1))
    move = asked(clerk, young, ground="applied")
    case = advance(move.case, "agree_sender", actor=make_actor("school_approver", school_a))
    case = advance(case, "pass_on", actor=make_actor("county_approver", county_a))
    decides = make_actor("city_approver", city)
    with pytest.raises(NotAllowed, match="县"):
        advance(case, "approve", actor=decides)
    advance(case, "approve", actor=decides, data={"exception": "市教人〔2026〕6号"})


def test_the_contract_ends_and_the_receiver_s_confirmation_is_recorded(clerk, person, school_a, county_a, city):
    with change("test.contract", actor=clerk, reason="聘用合同"):
        Contract.objects.create(
            teacher=person, unit=school_a, kind="fixed", valid=_range(date(2025, 9, 1), date(2028, 9, 1))
        )
    move = decided(clerk, person, school_a, county_a, city, starts=date(2026, 10, 1))
    assert Contract.objects.get(teacher=person).valid.upper == date(2026, 10, 1)

    case = advance(move.case, "report", actor=clerk, data={"on": date(2026, 10, 9)})

    assert case.state == "done"
    assert Move.objects.get(pk=move.pk).reported_on == date(2026, 10, 9)


def _range(*days):
    from psycopg.types.range import Range

    return Range(*days)


def test_a_move_has_one_receiver_whoever_writes_it(clerk, person, second_school_a):
    move = asked(clerk, person)
    for wrong in ({"to_unit": second_school_a}, {"outside": ""}, {"letter": ""}):
        for name, value in {"to_unit": None, **OUTSIDE, **wrong}.items():
            setattr(move, name, value)
        with pytest.raises(IntegrityError), transaction.atomic(), change("test.wrong", actor=clerk, reason="x"):
            move.save()
        move.refresh_from_db()


def paper_text(name, teacher, actor):

    kind = all_kinds()[name]
    made = issue(kind, kind.subjects(actor).get(pk=teacher.pk), actor=actor, reason="办理调动")
    return "".join(str(block) for block in blocks_of(file_of(IssuedDocument.objects.get(pk=made.pk))))


@pytest.mark.parametrize("name", ["move_letter", "move_wage", "move_form"])
def test_letters_name_the_unit_outside(name, clerk, person, school_a, county_a, city, county_clerk, stored):
    decided(clerk, person, school_a, county_a, city)
    text = paper_text(name, person, county_clerk)
    assert "杭州市第十四中学（浙江省杭州市）" in text


def test_the_page_asks_and_the_scan_is_read_by_who_decides(
    clerk, person, school_a, county_a, login, stored, other_county_clerk
):
    url = reverse("move_out", args=[person.public_id])
    assert url in login(clerk).get(reverse("move_new", args=[person.public_id])).content.decode()
    scan = SimpleUploadedFile(
        "商调函.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", content_type="application/pdf"
    )
    said = {
        **OUTSIDE,
        "starts": "2027-02-01",
        "ground": "arranged",
        "words": "随军家属",
        "exception": "",
        "letter_file": scan,
    }

    sent = login(clerk).post(url, said)

    assert sent.status_code == 302, sent.content.decode()
    move = Move.objects.select_related("case").get()
    assert (move.outside, move.to_unit_id, move.letter_file.name) == (OUTSIDE["outside"], None, "商调函.pdf")
    approver = login(make_actor("school_approver", school_a))
    page = approver.get(reverse("case", args=[move.case.public_id])).content.decode()
    letter = reverse("move_letter", args=[move.public_id])
    assert letter in page
    assert "杭州市第十四中学（浙江省杭州市）" in page
    assert b"".join(approver.get(letter)).startswith(b"%PDF")
    assert login(other_county_clerk).get(letter).status_code == 404
    assert "杭州市第十四中学" in approver.get(reverse("moves")).content.decode()


def test_a_day_ahead_and_a_day_past_are_written_the_same_way(clerk, person, school_a, county_a, city):
    past = TODAY - timedelta(days=60)
    decided(clerk, person, school_a, county_a, city, starts=past)
    assert Employment.objects.get(teacher=person).valid.upper == past
    assert seat_of(person, past) is None


def test_a_returned_one_is_sent_again_with_the_right_letter(clerk, person, school_a):
    move = asked(clerk, person)
    case = advance(move.case, "return", actor=make_actor("school_approver", school_a), comment="商调函文号不对")

    case = advance(case, "resend", actor=clerk, comment="已改", data={"letter": "杭教商〔2026〕13号", "place": ""})

    move = Move.objects.get(pk=move.pk)
    assert (move.letter, move.place, move.outside, case.state) == (
        "杭教商〔2026〕13号", "", OUTSIDE["outside"], "sender",
    )  # fmt: skip
