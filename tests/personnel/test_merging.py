"""Two files of one person become one: what counts, what moves, what is still seen of both, and how it is taken back."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from psycopg.types.range import Range

from core.documents.kinds import all_kinds
from core.documents.selectors import papers_about
from core.documents.services import issue
from core.exchange.undo.services import take_back
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.errors import StaleRecord
from core.records.models import Change
from core.records.vault import BrokenValue, ErasedValue
from core.workflow.services import advance
from personnel import services
from personnel.models import (
    ActivationSlip,
    Applicant,
    Contact,
    Education,
    Employment,
    Graduate,
    IdentityDocument,
    Likeness,
    Material,
    Teacher,
)
from personnel.selectors.file import looks_at
from personnel.selectors.versions import compared, stored
from personnel.services.corrections import ask_correction
from personnel.services.dossier import enter_material, keep_dossier
from personnel.services.erasing import erase_person
from personnel.services.likeness import find_likenesses
from personnel.services.merging import HERE, THERE, plan_merge, plan_separation
from personnel.services.merging.plan import of_people
from personnel.services.slips import prove
from tests.factories.people import make_actor, make_teacher, set_teacher
from tests.ground.clock import TODAY
from tests.personnel.files import ADDRESS, PHONE, ZHANG, import_rows, make_file, set_contact
from tests.personnel.slips import slip_for
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db

WHY = {"reason": "重复建档", "reason_code": "opened_twice"}
BACK = {"reason": "", "reason_code": "wrong_person"}
OTHER = "110105194912310038"


@pytest.fixture
def stays(school_a):
    """The file that stays."""
    teacher = make_file("林婉清", school_a, identity_number=ZHANG, staff_number="A1", native_place="青石")
    set_contact(teacher)
    return teacher


@pytest.fixture
def goes(second_school_a):
    """The second file of the same person, from another school."""
    teacher = make_file(
        "林婉青", second_school_a, identity_number=OTHER, staff_number="B2", birth=date(1980, 5, 1), health="1"
    )
    set_contact(teacher, phone="13900005678", address="白河镇二巷三号")
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        Education.objects.create(teacher=teacher, level="31", school="长治学院")
    return teacher


def all_of(made, side, **others):
    """Every question answered alike but for those named."""
    return {**dict.fromkeys(made.questions, side), **others}


def merge(actor, stays, goes, side=HERE, **others):
    made = plan_merge(stays, goes)
    return services.merge_files(actor=actor, stays=stays, goes=goes, chosen=all_of(made, side, **others), **WHY)


def whole(*teachers):
    """All that these files hold, field by field, and whose each record is."""
    found = {}
    keys = [teacher.pk for teacher in teachers]
    for model in (Teacher, *of_people()):
        rows = model._base_manager.filter(**{"pk__in" if model is Teacher else "teacher__in": keys}).order_by("pk")
        for row in rows:
            fields = {name: stored(model, name, row) for name in compared(model)}
            links = {name: getattr(row, name, None) for name in ("teacher_id", "user_id", "merged_into_id")}
            found[model._meta.label, row.pk] = fields | links
    return found


def test_what_differs_is_asked_and_what_does_not_is_not(stays, goes):
    made = plan_merge(stays, goes)

    asked = set(made.questions)
    assert {"teacher_name", "teacher_staff_number", "contact_phone", "contact_address"} <= asked
    assert "identitydocument_0" in asked
    assert "employment_0" in asked
    assert "teacher_birth" not in asked
    assert [choice.names for choice in made.filled] == [("health",)]
    assert [row.school for row in made.moving[Education]] == ["长治学院"]
    assert [row.school for row in made.alike[Education]] == ["师范大学"]


def test_the_file_that_stays_takes_what_was_chosen_and_what_nobody_else_has(county_clerk, stays, goes):
    merge(county_clerk, stays, goes, contact_phone=THERE, teacher_name=THERE, teacher_staff_number=HERE)

    stays.refresh_from_db()
    goes.refresh_from_db()
    contact = stays.contacts.get()
    assert (stays.name, stays.pinyin, stays.staff_number, stays.health) == ("林婉青", "lin wan qing", "A1", "1")
    assert (contact.phone.reveal(), contact.address.reveal()) == ("13900005678", ADDRESS)
    assert {row.school for row in Education.objects.filter(teacher=stays)} == {"师范大学", "长治学院"}
    assert goes.merged_into == stays
    assert not Employment._base_manager.filter(teacher=goes).exists()
    assert Likeness.objects.get().joined


def test_protected_values_that_move_open_for_their_new_person(county_clerk, stays, goes):
    theirs = IdentityDocument.objects.get(teacher=goes)
    merge(county_clerk, stays, goes, identitydocument_0=THERE)

    mine = IdentityDocument.objects.select_related("teacher__key").get(teacher=stays)
    left = IdentityDocument._base_manager.select_related("teacher__key").get(teacher=goes)
    assert (mine.pk, mine.number.reveal(), left.number.reveal()) == (theirs.pk, OTHER, ZHANG)


def test_the_closed_file_is_in_no_list(county_clerk, stays, goes):
    merge(county_clerk, stays, goes)

    assert list(Teacher.objects.visible_to(county_clerk)) == [stays]


def test_of_a_period_that_does_not_count_remains_what_lies_outside(county_clerk, school_a, second_school_a):
    stays, goes = make_teacher("王芳", school_a), make_teacher("王芳", second_school_a)
    with change("personnel.add_fact", actor=county_clerk, reason="test ground"):
        TitleHeld.objects.create(teacher=stays, rank="first", valid=Range(date(2012, 9, 1), date(2016, 9, 1)))
        TitleHeld.objects.create(teacher=goes, rank="second", valid=Range(date(2010, 9, 1), None))
    merge(county_clerk, stays, goes)

    rows = TitleHeld.objects.filter(teacher=stays).order_by("valid")
    assert [(row.rank, row.valid.lower.year, row.valid.upper and row.valid.upper.year) for row in rows] == [
        ("second", 2010, 2012), ("first", 2012, 2016), ("second", 2016, None),
    ]  # fmt: skip


def test_the_other_files_periods_can_count(county_clerk, school_a, second_school_a):
    stays = make_teacher("王芳", school_a, since=date(2012, 9, 1))
    goes = make_teacher("王芳", second_school_a, since=date(2010, 9, 1))
    merge(county_clerk, stays, goes, THERE)

    (row,) = Employment.objects.filter(teacher=stays)
    assert (row.unit_id, row.valid.lower) == (second_school_a.pk, date(2010, 9, 1))


@pytest.mark.parametrize("side", [HERE, THERE])
def test_undone_both_files_are_as_before_field_by_field(county_clerk, stays, goes, side):
    before = whole(stays, goes)
    done = merge(county_clerk, stays, goes, side)
    assert whole(stays, goes) != before

    services.separate_files(actor=county_clerk, change=done, **BACK)

    assert whole(stays, goes) == before
    for contact in Contact.objects.select_related("teacher__key").order_by("pk"):
        assert contact.phone.reveal() == (PHONE if contact.teacher_id == stays.pk else "13900005678")


def test_a_merge_is_not_undone_once_the_merged_file_changed(county_clerk, stays, goes):
    done = merge(county_clerk, stays, goes)
    stays.refresh_from_db()
    services.correct_fact(actor=county_clerk, record=stays, values={"native_place": "白河"}, reason="更正")

    with pytest.raises(NotAllowed, match="青石县办事员"):
        services.separate_files(actor=county_clerk, change=done, **BACK)
    assert plan_separation(done).later == [Change.objects.latest("pk")]


def test_nobody_merges_their_own_file(county_clerk, school_a, stays):
    own = make_teacher("县办事员", school_a, user=county_clerk.user)
    with pytest.raises(NotAllowed):
        services.merge_files(actor=county_clerk, stays=stays, goes=own, chosen={}, **WHY)


def test_a_file_of_another_county_is_not_merged(county_clerk, stays, teacher_b):
    with pytest.raises(NotAllowed):
        services.merge_files(actor=county_clerk, stays=stays, goes=teacher_b, chosen={}, **WHY)


def test_a_school_does_not_merge(school_clerk, stays, school_a):
    other = make_teacher("林婉清", school_a)
    with pytest.raises(NotAllowed):
        services.merge_files(actor=school_clerk, stays=stays, goes=other, chosen={}, **WHY)


def test_an_open_question_is_named(county_clerk, stays, goes):
    made = plan_merge(stays, goes)
    chosen = all_of(made, HERE)
    del chosen["contact_phone"]
    with pytest.raises(NotAllowed) as refused:
        services.merge_files(actor=county_clerk, stays=stays, goes=goes, chosen=chosen, **WHY)
    assert refused.value.field == "contact_phone"


def test_what_was_changed_since_it_was_shown_is_not_overwritten(county_clerk, stays, goes):
    made = plan_merge(stays, goes)
    title = TitleHeld.objects.get(teacher=goes)
    services.correct_fact(actor=county_clerk, record=title, values={"rank": "first"}, reason="更正")

    with pytest.raises(StaleRecord):
        services.merge_files(
            actor=county_clerk, stays=stays, goes=goes, chosen=all_of(made, HERE), seen=made.seen, **WHY
        )


def test_the_account_goes_with_the_file_and_of_two_one_is_chosen(county_clerk, school_a, teacher_user):
    stays, goes = make_teacher("李秀英", school_a), make_teacher("李秀英", school_a, user=teacher_user)
    done = merge(county_clerk, stays, goes)
    stays.refresh_from_db()
    assert stays.user == teacher_user

    services.separate_files(actor=county_clerk, change=done, **BACK)
    goes.refresh_from_db()
    assert goes.user == teacher_user


def test_nothing_is_added_to_a_closed_file(county_clerk, stays, goes):
    merge(county_clerk, stays, goes)
    with pytest.raises(NotAllowed):
        services.add_fact(
            actor=county_clerk,
            teacher=goes,
            model=TitleHeld,
            values={"rank": "first"},
            since=date(2024, 1, 1),
            reason="补录",
        )


def test_a_merged_file_is_merged_on_with_the_one_that_it_is_in(county_clerk, school_a, stays, goes):
    third = make_file("林婉清", school_a)
    merge(county_clerk, stays, goes)
    stays.refresh_from_db()
    merge(county_clerk, third, stays)

    goes.refresh_from_db()
    assert goes.merged_into == third
    assert Range(date(2010, 9, 1), None) in [row.valid for row in Employment.objects.filter(teacher=third)]


class TestErasure:
    """What an order takes away, it takes away wherever a merge has brought it."""

    def test_the_person_of_a_merged_file_is_erased_with_both_keys(self, county_clerk, stays, goes):
        merge(county_clerk, stays, goes, identitydocument_0=THERE)
        erase_person(actor=county_clerk, teacher=stays, reason="依令删除", document="令1号")

        for document in IdentityDocument._base_manager.select_related("teacher__key"):
            with pytest.raises(ErasedValue):
                document.number.reveal()

    def test_of_two_who_were_one_by_mistake_one_is_erased_and_the_other_keeps_their_file(
        self, county_clerk, stays, goes
    ):
        done = merge(county_clerk, stays, goes, identitydocument_0=THERE, contact_phone=THERE)
        services.separate_files(actor=county_clerk, change=done, **BACK)
        erase_person(actor=county_clerk, teacher=goes, reason="依令删除", document="令2号")

        kept = IdentityDocument.objects.select_related("teacher__key").get(teacher=stays)
        assert kept.number.reveal() == ZHANG
        for row in (*IdentityDocument.history.all(), *Contact.history.all()):
            record = row.instance
            record.teacher = Teacher._base_manager.select_related("key").get(pk=record.teacher_id)
            for name in type(record)._protected:
                told = [ZHANG, PHONE, ADDRESS]
                with suppress(ErasedValue, BrokenValue):
                    assert getattr(record, name).reveal() in told


class TestWhatFollowsThePerson:
    """Requests, papers and looks of the merged file are those of the one that stays."""

    def test_an_open_request_goes_on_and_is_accepted_into_the_file_that_stays(
        self, county_clerk, school_a, second_school_a, teacher_user
    ):
        goes = make_file("李秀英", second_school_a, user=teacher_user)
        set_contact(goes)
        stays = make_file("李秀英", second_school_a)
        set_contact(stays, phone="13900005678")
        person = make_actor("teacher", second_school_a, user=teacher_user)
        contact = Contact.objects.select_related("teacher__key").get(teacher=goes)
        asked = ask_correction(
            actor=person,
            teacher=goes,
            section="contact",
            record=contact,
            values={"phone": "13700000000"},
            words="换了号码",
        )
        done = merge(county_clerk, stays, goes)

        decider = make_actor("school_clerk", second_school_a)
        advance(asked.case, "accept", actor=decider, data={"overwrite": True})
        kept = Contact.objects.select_related("teacher__key").get(teacher=stays)
        assert kept.phone.reveal() == "13700000000"
        assert plan_separation(done).later

    def test_papers_are_listed_with_the_file_that_stays_and_go_back_with_an_undo(self, county_clerk, stays, goes):
        kind = all_kinds()["in_post"]
        paper = issue(
            kind,
            kind.subjects(county_clerk).get(pk=goes.pk),
            actor=county_clerk,
            reason="归档",
            details={"purpose": "归档"},
        )
        done = merge(county_clerk, stays, goes)
        assert list(papers_about(stays, county_clerk)) == [paper]

        services.separate_files(actor=county_clerk, change=done, **BACK)
        assert list(papers_about(goes, county_clerk)) == [paper]

    def test_the_materials_of_both_dossiers_are_those_of_one(self, county_clerk, stays, goes):
        for teacher, title in ((stays, "干部履历表"), (goes, "自传"), (goes, "干部履历表")):
            values = {"category": "1", "title": title}
            enter_material(actor=county_clerk, teacher=teacher, values=values, reason="入档")
        done = merge(county_clerk, stays, goes)
        titles = Material.objects.filter(teacher=stays).values_list("title", flat=True)
        assert sorted(titles) == ["干部履历表", "干部履历表", "自传"]

        services.separate_files(actor=county_clerk, change=done, **BACK)
        assert [Material.objects.filter(teacher=one).count() for one in (stays, goes)] == [1, 2]

    def test_nothing_enters_the_dossier_of_the_closed_file(self, county_clerk, stays, goes):
        merge(county_clerk, stays, goes)
        values = {"category": "1", "title": "自传"}
        with pytest.raises(NotAllowed):
            enter_material(actor=county_clerk, teacher=goes, values=values, reason="入档")
        kept = {"unit": None, "keeper": "县人才服务中心"}
        with pytest.raises(NotAllowed):
            keep_dossier(actor=county_clerk, teacher=goes, since=TODAY, values=kept, reason="登记")

    def test_the_slip_of_the_closed_file_opens_nothing_until_the_merge_is_undone(
        self, county_clerk, school_clerk, stays, goes
    ):
        kept = slip_for(school_clerk, stays)
        code = slip_for(make_actor("school_clerk", goes.employments.get().unit), goes)
        done = merge(county_clerk, stays, goes)
        states = ActivationSlip.objects.filter(teacher=stays).order_by("pk").values_list("state", flat=True)
        assert [*states] == ["open", "void"]
        assert prove(code=code, name=stays.name, number=ZHANG) is None
        assert prove(code=kept, name=stays.name, number=ZHANG) is not None

        services.separate_files(actor=county_clerk, change=done, **BACK)
        assert prove(code=code, name=goes.name, number=OTHER) is not None

    def test_a_slip_that_was_to_open_an_account_does_not_open_the_one_that_came_with_the_other_file(
        self, county_clerk, school_clerk, stays, goes
    ):
        code = slip_for(school_clerk, stays)
        set_teacher(goes, user=make_actor("teacher", goes.employments.get().unit).user)
        merge(county_clerk, stays, goes)
        assert Teacher.objects.get(pk=stays.pk).user is not None
        assert prove(code=code, name=stays.name, number=ZHANG) is None

    def test_who_looked_at_either_is_told(self, county_clerk, stays, goes):
        services.note_look(actor=county_clerk, teacher=goes)
        merge(county_clerk, stays, goes)
        assert [look.subject_id for look in looks_at(stays, limit=9)] == [goes.pk]

    def test_every_record_that_names_a_person_moves_or_is_known_not_to(self):
        pointing = {
            field.field.model
            for field in Teacher._meta.get_fields(include_hidden=True)
            if field.auto_created and not field.concrete and not hasattr(field.related_model, "instance_type")
        }
        # Applicants and graduates stay who they were: whom a recruitment or a placement brought is found by the file that it made.
        assert pointing == {Teacher, Likeness, Applicant, Graduate, *of_people()}


def test_history_verifies_after_a_merge_and_its_undo(county_clerk, stays, goes):
    done = merge(county_clerk, stays, goes)
    services.separate_files(actor=county_clerk, change=done, **BACK)
    for model in of_people():
        assert (
            not model.history.latest_of_each()
            .exclude(history_type="-")
            .exclude(id__in=model.objects.values("id"))
            .exists()
        )
    titles = TitleHeld.history.filter(id=TitleHeld.objects.get(teacher=goes).pk)
    assert [(one.revision, one.history_type) for one in titles] == [(3, "+"), (2, "-"), (1, "+")]


def test_a_pair_that_only_looks_alike_does_not_hold_up_the_undo_of_a_workbook(county_clerk, county_a, school_a):
    rows = [["姓名", "身份证号", "工作单位"], ["林婉清", ZHANG, "青石县第一初级中学"]]
    batch = import_rows(county_clerk, county_a, rows)
    make_teacher("林婉清", school_a, birth=date(1949, 12, 31))
    find_likenesses()
    assert Likeness.objects.count() == 1

    take_back(batch.pk, county_clerk, reason="导错")
    assert Teacher.objects.count() == 1
    assert not Likeness.objects.exists()
