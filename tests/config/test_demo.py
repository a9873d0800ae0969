"""The demo city: true to its code lists, its clocks and its identity numbers; the same at every run; closed outside the demo."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import translation

from config.demo.careers.standing import achieve
from config.demo.logins import LOGINS, PASSWORD
from config.demo.people import PHONE_PREFIX, Registry
from config.demo.population import populate
from config.demo.seed import EARLIEST, SEED
from config.demo.units import plan_units
from config.demo.writing.twice import PAIRS
from core import idnumber
from core.codes.models import Code
from core.dates import PartialDate
from core.exchange.asking.statuses import with_status
from core.exchange.models import Asked, Batch, WordProposal
from core.exchange.provenance import cells
from core.org.actor import actor_for
from core.org.models import ApprovedQuota, RoleAssignment, RoleProposal, Unit, UnitProfile, UnitStatistics, User
from core.records.checks import record_models
from core.records.fields import CodeField
from core.records.models import Change, Settled
from core.records.verifying import verify
from core.registry import registry
from core.workflow.models import Case, StandIn
from core.workflow.selectors import inbox
from core.workflow.services import advance
from personnel.models import (
    Applicant,
    BirthDecision,
    Contact,
    Employment,
    ExamWorkbook,
    IdentityDocument,
    Likeness,
    Move,
    PersonStatus,
    Photo,
    Teacher,
    UnitChange,
)
from personnel.selectors.dossier import lacking
from personnel.selectors.teachers import employed
from personnel.selectors.unit_changes import obstacles
from tests.ground.clock import TODAY
from tests.ground.databases import clone, django_on
from titles.models import TitleHeld

PEOPLE, SCHOOLS = 800, 60


def hired():
    """How many of the people came by the recruitment of the story."""
    return Applicant.objects.filter(hired__isnull=False).count()


RANKS = ("third", "second", "first", "senior", "senior_full")
# What the demo leaves empty: nobody's face is invented.
EMPTY = {Photo}


@pytest.fixture(scope="module")
def demo_city(django_db_setup, template_database, django_db_blocker, tmp_path_factory):
    """A small demo city, made once for all tests of this module, which only look at it."""
    own = clone(template_database)
    files = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), django_on(own), override_settings(DEMO=True, UPLOAD_DIR=files):
        call_command("seed_demo", people=PEOPLE, schools=SCHOOLS, day=TODAY, verbosity=0)
        yield own
    own.drop()


def test_the_city_has_the_size_that_was_asked_for(demo_city):
    assert Teacher.objects.count() == PEOPLE + PAIRS + hired()
    assert Unit.objects.filter(kind__in=["school", "teaching_point"]).count() == SCHOOLS
    types = set(UnitProfile.objects.exclude(office_type="").values_list("office_type", flat=True))
    assert types >= {"111", "211", "218", "311", "312", "341", "342", "365", "514"}
    assert set(Unit.objects.filter(kind="county").values_list("code", flat=True)) == {"350726", "350727", "350704"}


@pytest.mark.parametrize(("every", "people"), [(53, 300), pytest.param(3, 3000, marks=pytest.mark.soak)])
def test_careers_can_be_thought_out_up_to_any_day(every, people):
    days = [EARLIEST + timedelta(days) for days in range(0, 8 * 365, every)]

    assert {len(populate(plan_units(20), people, day, SEED, Registry())) for day in days} == {people}


def test_who_began_this_year_and_rose_already_has_no_year_for_papers():
    person = SimpleNamespace(rng=Random(1), post=SimpleNamespace(subject="math"), titles=["third"] * 9, achievements=[])

    achieve(person, date(2026, 8, 1), date(2026, 11, 29))

    assert person.achievements == []


def test_every_code_is_one_of_its_list(demo_city):
    known = set(Code.objects.filter(valid__contains=TODAY).values_list("list_name", "code"))
    fields = [
        (model, field.name, field.code_list)
        for model in record_models()
        for field in model._meta.concrete_fields
        if isinstance(field, CodeField)
    ]
    fields += [
        (UnitProfile, "office_type", "school_type"),
        (UnitProfile, "location", "location"),
        (UnitProfile, "sponsor", "sponsor"),
    ]
    used = {
        (model._meta.label, name, code_list, code)
        for model, name, code_list in fields
        for code in model.objects.order_by().values_list(name, flat=True).distinct()
        if code
    }
    used |= {
        ("org.UnitProfile", "stages", "stage", stage)
        for stages in UnitProfile.objects.values_list("stages", flat=True)
        for stage in stages
    }

    assert len({code_list for _model, _name, code_list, _code in used}) > 20
    assert [line for line in used if line[2:] not in known] == []


def test_identity_numbers_are_valid_agree_with_the_person_and_belong_to_nobody(demo_city):
    documents = list(IdentityDocument.objects.filter(kind="1").select_related("teacher__key"))
    said = [(document.teacher, idnumber.parse(document.number.reveal())) for document in documents]

    assert len({number.number for _teacher, number in said}) == len(documents) > PEOPLE - 5
    assert [teacher.pk for teacher, number in said if teacher.birth != number.birth] == []
    assert [teacher.pk for teacher, number in said if teacher.sex != {"M": "1", "F": "2"}[number.sex]] == []
    # Regions of the 3507 prefecture that were never given out.
    assert {number.region for _teacher, number in said} == {"350704", "350726", "350727", "350728"}


def test_telephones_are_of_a_range_that_no_operator_has(demo_city):
    contacts = Contact.objects.select_related("teacher__key")
    assert {contact.phone.reveal()[:3] for contact in contacts} == {PHONE_PREFIX}


def test_titles_rise(demo_city):
    held = defaultdict(list)
    for teacher, rank in TitleHeld.objects.order_by("teacher", "valid").values_list("teacher", "rank"):
        held[teacher].append(RANKS.index(rank))
    assert len(held) > PEOPLE / 2
    assert [teacher for teacher, ranks in held.items() if ranks != sorted(set(ranks))] == []


def test_nobody_works_before_the_age_or_before_the_school_was_there(demo_city):
    found = Employment.objects.values_list("teacher__birth", "valid", "unit__opened", "unit__closed")
    assert [birth for birth, valid, _opened, _closed in found if valid.lower.year - birth.year < 18] == []
    assert [opened for _birth, valid, opened, _closed in found if opened and valid.lower < opened] == []
    assert [
        closed for *_rest, valid, _opened, closed in found if closed and (valid.upper is None or valid.upper > closed)
    ] == []


def test_every_section_of_the_file_has_something(demo_city):
    models = [model for model in record_models() if model._meta.app_label in {"personnel", "titles"}]
    assert {model for model in models if not model.objects.exists()} == EMPTY
    assert UnitStatistics.objects.values("school_year").distinct().count() == TODAY.year - 2018 + 1
    assert ApprovedQuota.objects.exclude(valid__endswith__isnull=True).exists()
    assert set(PersonStatus.objects.values_list("status", flat=True)) >= {
        "on_loan",
        "studying",
        "long_sick",
        "retired",
        "left",
    }


def test_moves_renamings_and_a_closed_school_are_there(demo_city):
    moved = Employment.objects.values("teacher").order_by()
    assert Counter(moved.values_list("teacher", flat=True)).most_common(1)[0][1] >= 3
    names = UnitProfile.objects.filter(unit__code="350704").order_by("valid").values_list("name", flat=True)
    assert list(names) == ["青河县教育局", "青河区教育局"]
    closed = Unit.objects.get(closed=date(2021, 8, 31))
    assert Employment.objects.filter(unit=closed, left_how="transfer", valid__endswith=closed.closed).exists()


def test_archive_birthdays_differ_and_carry_their_paper(demo_city):
    decisions = list(BirthDecision.objects.select_related("teacher"))
    assert decisions
    assert [one for one in decisions if one.by_archive.agrees(PartialDate.of(one.teacher.birth))] == []
    assert {one.document for one in decisions} <= set(Change.objects.values_list("document", flat=True))


def test_history_is_whole_settled_and_explained(demo_city):
    with transaction.atomic():
        assert list(verify()) == []
    assert Settled.objects.count() == Change.objects.count()
    with translation.override("zh-hans"):
        unnamed = {
            kind
            for kind in Change.objects.values_list("kind", flat=True).distinct()
            if registry.change_label(kind) == kind
        }
    assert unnamed == set()
    assert not Change.objects.filter(reason="").exists()
    assert Change.objects.filter(kind="personnel.correct_fact").exclude(document="").exists()
    assert Change.objects.filter(document="临教人〔2025〕47号").get().actor.name == "李敏"


def test_whoever_changed_something_held_that_role_there(demo_city):
    held = set(RoleAssignment.objects.values_list("user", "role", "unit"))
    acted = set(Change.objects.exclude(actor__username="system").values_list("actor", "role", "unit"))
    assert len(acted) > SCHOOLS
    assert acted - held == set()


def test_roles_were_given_by_two_persons_and_one_waits(demo_city):
    given = RoleProposal.objects.filter(state=RoleProposal.State.CONFIRMED)
    others = RoleAssignment.objects.exclude(role="security_administrator").count()
    assert given.count() == others
    assert {(one.proposed_by.username, one.decided_by.username) for one in given} == {("security.one", "security.two")}
    assert RoleProposal.objects.get(state=RoleProposal.State.OPEN).proposed_by.username == "security.one"


def test_each_login_leads_to_its_role_and_unit(demo_city):
    for login in LOGINS:
        user = User.objects.get(username=login.username)
        actor = actor_for(user, TODAY)
        assert (user.name, actor.role, actor.unit.code, actor.unit.name) == (
            login.name,
            login.role,
            login.unit_code,
            login.unit,
        )
    assert len({user.password for user in User.objects.exclude(username="system")}) == 1
    assert check_password(PASSWORD, User.objects.get(username="auditor").password)


def test_clerks_of_all_three_counties_see_their_people_only(demo_city):
    seen = [
        set(Teacher.objects.visible_to(_actor(f"{county}.clerk")).values_list("pk", flat=True))
        for county in ("linxi", "shimen", "qinghe")
    ]
    assert all(seen)
    assert sum(map(len, seen)) == len(set().union(*seen))


def test_the_teacher_of_the_story_sees_her_own_file(demo_city):
    own = Teacher.objects.visible_to(_actor("teacher.lin"))
    lin = own.get()
    assert (lin.name, str(lin.work_start), lin.birth) == ("林婉清", "2012-08-01", date(1988, 3, 14))
    assert lin.identitydocuments.get().number.last.endswith("28")
    rotation = lin.personstatuss.get()
    assert (rotation.valid.lower, rotation.valid.upper) == (date(2025, 9, 1), date(2027, 8, 1))
    assert list(lin.employments.order_by("valid").values_list("came_how", flat=True)) == ["free_normal", "transfer"]


def _actor(username):
    return actor_for(User.objects.get(username=username), TODAY)


def test_retired_people_stay_on_file_outside_the_quota(demo_city):
    retired = PersonStatus.objects.filter(status="retired", valid__contains=TODAY).values("teacher")
    jobs = Employment.objects.filter(teacher__in=retired, valid__contains=TODAY)
    assert jobs.count() == retired.count() > 0
    assert not jobs.filter(in_quota=True).exists()
    assert not employed(Teacher.objects.filter(pk__in=retired), TODAY).exists()


def test_the_first_rosters_came_through_the_import_cell_by_cell(demo_city):
    batches = Batch.objects.filter(file__name="2019年教师花名册.xlsx")
    assert {batch.state for batch in batches} == {Batch.State.APPLIED}
    assert {batch.counts["refused"] for batch in batches} == {0}
    lin = Teacher.objects.get(name="林婉清")
    source = cells([lin.source_row])[lin.source_row]
    assert (source.sheet, source.cells["work_start"][2], source.cells["name"][2]) == ("在职", "2012-08-01", "林婉清")


def test_a_roster_waits_in_which_only_what_differs_is_named(demo_city):
    waiting = Batch.objects.get(state=Batch.State.CHECKED, unit__kind="county")
    assert (waiting.unit.code, waiting.user.username) == ("350726", "linxi.clerk")
    codes = {code for row in waiting.rows.filter(outcome="refused") for code in row.problems}
    assert codes == {"unknown_code", "not_a_date", "unknown_unit", "check_digit", "duplicate_in_file"}
    assert waiting.counts["refused"] == 6
    assert 2 <= waiting.counts["new"] <= 4
    # What the clerks recorded over seven years is what the people's own roster says.
    assert waiting.counts["same"] > 0.8 * sum(waiting.counts.values())
    assert Batch.objects.filter(state=Batch.State.UNREADABLE).count() == 1


def test_a_stale_sheet_of_a_school_asks_where_both_changed_something(demo_city):
    batch = Batch.objects.get(file__name="本校教师信息核对.xlsx")
    undecided = batch.rows.filter(outcome="undecided")
    assert {tuple(row.asked) for row in undecided} == {("phone",)}
    assert (batch.counts["undecided"], batch.counts.get("refused", 0), batch.counts.get("new", 0)) == (4, 0, 0)
    assert set(batch.rows.exclude(outcome="undecided").values_list("outcome", flat=True)) <= {"same", "changed"}


def test_requests_for_correction_wait_at_school_and_county_and_somebody_stands_in(demo_city):
    waiting = Case.objects.filter(kind="personnel.correction").order_by("pk")
    assert [(case.state, case.unit.kind) for case in waiting] == [("asked", "school"), ("asked", "county")]
    assert StandIn.objects.get().assignment.user.username == "linxi.clerk"


def test_of_dossiers_one_is_late_some_are_under_way_and_a_review_waits(demo_city):
    found = {case.kind: case for case in Case.objects.exclude(kind="personnel.correction").select_related("unit")}
    loan, transfer, review = (found[f"personnel.dossier_{name}"] for name in ("loan", "transfer", "review"))
    assert (loan.state, loan.due < TODAY) == ("out", True)
    assert (transfer.state, transfer.unit.code, transfer.transfer.sent.count()) == ("under_way", "350727", 2)
    assert review.state == "proposed"
    assert review.review.items.get(item="birth").found == "differ"
    assert Teacher.objects.filter(lacking(TODAY)).exists()


def test_two_schools_became_one_and_the_division_of_another_waits_for_its_second_person(demo_city):
    merged, split = UnitChange.objects.select_related("case__opened_by", "subject", "receiver").order_by("pk")
    assert (merged.kind, merged.case.state, merged.on < TODAY, merged.subject.closed) == (
        "merge",
        "decided",
        True,
        merged.on,
    )
    there = Employment.objects.filter(unit=merged.receiver, valid__startswith=merged.on)
    assert there.exists()
    assert not Employment.objects.filter(unit=merged.subject, valid__contains=TODAY).exists()
    assert (split.kind, split.case.state, split.case.opened_by.username) == ("split", "asked", "linxi.clerk")
    assert (split.people.count(), split.parts.exclude(seats="").exists(), split.parts.exclude(level="").exists()) == (
        4,
        True,
        True,
    )
    assert obstacles(split) == []
    with transaction.atomic():
        case = advance(split.case, "decide", actor=_actor("linxi.approver"), data={"document": "临教人〔2026〕70号"})
        assert case.state == "decided"
        transaction.set_rollback(True)
    assert split.case in set(inbox(_actor("linxi.approver")))


def test_the_exam_office_sent_its_lists_and_all_of_them_came_in(demo_city):
    batches = [one.batch for one in ExamWorkbook.objects.select_related("batch", "recruitment__case").order_by("pk")]
    assert [(one.kind, one.state, one.counts["new"], one.counts["refused"]) for one in batches] == [
        ("applicants", "applied", 8, 0), ("written_scores", "applied", 8, 0),
    ]  # fmt: skip
    made = ExamWorkbook.objects.latest("pk").recruitment
    scores = list(Applicant.objects.filter(recruitment=made).order_by("serial").values_list("written", "stage"))
    assert (len(scores), scores[0], made.case.state) == (8, (Decimal("86.5"), "qualified"), "written")


def test_a_list_of_those_who_rotate_was_accepted_and_waits_at_their_schools(demo_city):
    batch = Batch.objects.get(kind="moves")
    assert (batch.state, batch.counts["new"] > 5, batch.counts["refused"]) == ("applied", True, 0)
    waiting = Move.objects.filter(source_row__in=batch.rows.values("pk"))
    assert set(waiting.values_list("kind", "case__state", "employment")) == {("rotation", "sender", False)}
    assert waiting.values("from_unit").distinct().count() == 4


def test_what_was_asked_for_is_late_waits_was_refused_and_accepted(demo_city):
    standing = set(with_status(Asked.objects.select_related("request"), TODAY).values_list("status", flat=True))
    assert standing == {"late", "not_sent", "waits", "refused", "accepted"}
    assert WordProposal.objects.get().state == WordProposal.State.ASKED


def test_a_second_start_keeps_the_city(demo_city, capsys):
    before = Change.objects.count()
    call_command("seed_demo", people=PEOPLE + 100, schools=SCHOOLS)
    assert "kept" in capsys.readouterr().out
    assert (Change.objects.count(), Teacher.objects.count()) == (before, PEOPLE + PAIRS + hired())


def test_three_people_have_a_second_file_that_is_found(demo_city):
    pairs = Likeness.objects.filter(grounds__contains=["identity"])
    assert pairs.count() == PAIRS
    assert all({"name_birth", "phone"} <= set(pair.grounds) for pair in pairs)


def test_somebody_asks_to_leave_the_system_by_the_letter_of_another_city(demo_city):
    one = Move.objects.get(to_unit=None)
    assert (one.case.kind, one.letter_file.content_type, bool(one.outside)) == (
        "personnel.leaving",
        "application/pdf",
        True,
    )
