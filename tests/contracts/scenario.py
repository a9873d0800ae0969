"""Two counties with one of everything in each, made from the models, so that a new page or record is covered without a new test.

Every text of county B bears a marker that says what sort of thing it is; every protected value of both counties is known in clear.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any, Final

from django.apps import apps
from django.db import models
from psycopg.types.range import Range

from core.api.models import ApiToken
from core.api.services import issue_token
from core.documents.kinds import all_kinds as papers
from core.documents.services import issue
from core.exchange.asking.services import ask
from core.exchange.evidence import Evidence
from core.exchange.models import Batch, BatchRow, HeadingChoice, WordProposal
from core.exchange.services import create_batch
from core.jobs.models import Job
from core.org.actor import Actor
from core.org.models import RoleAssignment, Unit
from core.publicity.kinds import PublicityKind, Shown
from core.publicity.rules import Counted
from core.publicity.services import object_to, publish
from core.records.changes import change
from core.records.models import Change, Record, StoredFile
from core.records.storage import store
from core.workflow.services import stand_in
from personnel.models import (
    Applicant,
    ApplicantCheck,
    Correction,
    DossierKeeping,
    DossierLoan,
    DossierReview,
    Employment,
    Graduate,
    HeadshipProposal,
    JudgeScore,
    Likeness,
    Material,
    MaterialScan,
    Move,
    PostSetting,
    ReserveMember,
    SeatEntry,
    SentDossier,
    SpecialPostEnd,
    SplitPart,
    SplitPerson,
    Teacher,
    UnitChange,
)
from personnel.services import seats
from personnel.services.cadres import propose_headship
from personnel.services.corrections import ask_correction
from personnel.services.dossier_loans import ask_loan
from personnel.services.dossier_reviews import open_review
from personnel.services.dossier_transfers import ask_transfer
from personnel.services.graduates import list_graduate, propose_placement
from personnel.services.merging import HERE, merge_files, plan_merge
from personnel.services.moves.asking import ask_to_leave
from personnel.services.planning import scenarios
from personnel.services.planning.becoming import make_adjustment
from personnel.services.post_settings import propose_posts
from personnel.services.recruitment.applying import apply_for
from personnel.services.reserves import begin_reserve, enter_member
from personnel.services.seat_uses import ask_use
from personnel.services.special_posts import propose_special_end
from personnel.services.unit_changes.asking import Proposed, propose
from tests.core.exchange.books import book
from tests.factories.build import build
from tests.factories.people import make_actor, make_teacher, make_unit, make_user
from tests.ground.clock import TODAY
from tests.ground.work import run_open_jobs
from tests.personnel.recruiting import recruitment_open
from tests.workbooks.people import identity_number

# Long enough that no random code of a page spells one.
NAME: Final = "bqzkwn"  # names of people
FACT: Final = "bqzkwx"  # what is recorded of people
PLACE: Final = "bqzkwu"  # units, their users and codes
WHY: Final = "bqzkwr"  # reasons and papers of changes
MARKERS: Final = (NAME, FACT, PLACE, WHY)
PERSON: Final = "personnel.Teacher"
# Opened by a case, and made with it.
OF_CASES: Final = frozenset(
    {
        DossierLoan,
        SentDossier,
        DossierReview,
        SeatEntry,
        Applicant,
        Move,
        HeadshipProposal,
        ReserveMember,
        Graduate,
        SpecialPostEnd,
        UnitChange,
        SplitPerson,
        SplitPart,
    }
)
OF_PAPERS: Final = {"documents.NumberPrefix"}

_numbers = count(101)


@dataclass
class County:
    """A bureau with a school, clerks, a person with one record of every sort, and what else has an address of its own."""

    letter: str
    unit: Unit
    school: Unit
    clerk: Actor
    school_clerk: Actor
    teacher: Teacher
    holder: Actor
    things: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    @property
    def marked(self) -> bool:
        """Whether texts of this county bear markers."""
        return self.letter == "b"


@lru_cache(maxsize=1)
def addressed() -> tuple[type[models.Model], ...]:
    """Every model whose rows have a public id."""
    found = [model for model in apps.get_models() if not hasattr(model, "instance_type")]
    return tuple(model for model in found if any(one.name == "public_id" for one in model._meta.concrete_fields))


@lru_cache(maxsize=1)
def of_people() -> tuple[type[Record], ...]:
    """Every record that points to a person."""
    return tuple(model for model in addressed() if issubclass(model, Record) and _points_to(model, PERSON))


def _points_to(model: Any, label: str) -> bool:
    return any(
        one.related_model is not None and one.related_model._meta.label == label for one in model._meta.concrete_fields
    )


def secret(name: str, number: int) -> str:
    """A protected value as people have it."""
    if name == "number":
        return identity_number("350726", date(1960, 1, 1) + timedelta(days=number % 10_000), number % 1000)
    return f"13977{number:06}" if name == "phone" else f"柳荫巷七弄{number}号之四"


def make(model: type[models.Model], county: County, person: Any = None, **given: Any) -> Any:
    """A stored row of any model in a county, inside the open change. Free texts bear the county's marker."""
    values = {**_links(model, county, person), **given}
    instance = build(model, **values)
    for one in model._meta.concrete_fields:
        if county.marked and one.name not in given and _is_free_text(one, model):
            marker = PLACE if model._meta.app_label in {"org", "codes"} else FACT
            marker = NAME if model._meta.label == "personnel.FormerName" and one.name == "name" else marker
            setattr(instance, one.name, f"{marker}{next(_numbers)}"[: one.max_length])
    for name in getattr(model, "_protected", {}):
        value = secret(name, next(_numbers))
        county.secrets.append(value)
        setattr(instance, name, value)
    instance.save(force_insert=True)
    return instance


def _links(model: Any, county: County, person: Any) -> dict[str, Any]:
    known = {"personnel.Teacher": person or county.teacher, "org.Unit": county.school, "org.User": county.clerk.user}
    found: dict[str, Any] = {}
    for one in model._meta.concrete_fields:
        related = one.related_model._meta.label if one.related_model is not None else ""
        if related in known and not one.null:
            found[one.name] = known[related]
        elif related == "records.StoredFile":
            found[one.name] = store(f"{FACT}.bin" if county.marked else "file.bin", b"nothing")
    if any(one.name == "valid" for one in model._meta.concrete_fields):
        found["valid"] = Range(date(2012, 1, 1), None)
    return found


def _is_free_text(one: Any, model: Any) -> bool:
    coded = type(one).__name__ in {"CodeField", "PartialDateField", "LtreeField"} or one.choices or one.name == "role"
    protected = any(one.name.startswith(f"{name}_") for name in getattr(model, "_protected", {}))
    plain = isinstance(one, models.CharField | models.TextField) and not isinstance(one, models.EmailField)
    return plain and not coded and not protected and one.editable and not one.unique


def establish(letter: str, city: Unit) -> County:
    """A county with one of everything."""
    mark = (lambda text, marker: f"{text}{marker}") if letter == "b" else (lambda text, _marker: text)
    unit = make_unit("county", mark(f"{letter}县教育局", PLACE), city)
    school = make_unit("school", mark(f"{letter}县中学", PLACE), unit)
    clerk = make_actor("county_clerk", unit, name=mark("县办事员", PLACE))
    school_clerk = make_actor("school_clerk", school, name=mark("校办事员", PLACE))
    name = mark("赵", NAME)
    holder = make_actor("teacher", school, name=mark("赵", PLACE))
    teacher = make_teacher(
        name,
        school,
        user=holder.user,
        pinyin=mark("zhao ", NAME),
        initials=mark("z", NAME),
        staff_number=f"{letter}9000",
    )
    county = County(letter, unit, school, clerk, school_clerk, teacher, holder)
    fill(county, teacher)
    _things(county)
    return county


def fill(county: County, person: Any) -> None:
    """One record of every sort in a person's file, written by the county's clerk and corrected once, so that there is a history."""
    why = f"{WHY} 理由" if county.marked else "理由"
    with change("personnel.add_fact", actor=county.clerk, reason=why, document=why) as written:
        for model in of_people():
            if model not in {Employment, Correction, Likeness, *OF_CASES}:
                county.things[model._meta.label] = make(model, county, person)
    county.things["records.Change"] = written
    county.things["personnel.Employment"] = Employment.objects.get(teacher=person)
    paper = store(f"{FACT}.pdf" if county.marked else "批复.pdf", b"nothing", content_type="application/pdf")
    with change("personnel.correct_fact", actor=county.clerk, reason=why, evidence=paper):
        person.native_place = f"{FACT}籍贯" if county.marked else "籍贯"
        person.save()
    county.things[PERSON] = person


def _things(county: County) -> None:
    clerk, things = county.clerk, county.things
    with change("org.create_unit", actor=clerk, reason=WHY if county.marked else "开设"):
        for model in addressed():
            if (
                issubclass(model, Record)
                and model._meta.label not in things
                and (model._meta.app_label in {"org", "codes"} or model._meta.label in OF_PAPERS)
            ):
                things[model._meta.label] = _organisation(model, county)
    for place, written in enumerate(Change.objects.filter(actor=clerk.user)):
        things[f"records.Change {place}"] = written
    things["exchange.Batch"] = upload(county)
    things["jobs.Job"] = things["exchange.Batch"].job
    _papers(county)
    _decisions(county)
    _dossier(county)
    _seats(county)
    _posts(county)
    _publicity(county)
    _recruitment(county)
    _move(county)
    _planning(county)
    _cadres(county)
    _unit_change(county)
    _graduates(county)
    held = RoleAssignment.objects.select_related("user").get(pk=clerk.assignment)
    things["api.ApiToken"] = issue_token(
        assignment=held, name=PLACE if county.marked else "程序", now=_now(), on=TODAY
    )[0]
    things["records.StoredFile"] = things["exchange.Batch"].file


def _papers(county: County) -> None:
    """What stands beside the batches: a request of the bureau to its school, a heading and a word that somebody explained."""
    text, things = (FACT, county.things) if county.marked else ("名称", county.things)
    things["documents.IssuedDocument"] = issue_paper(county)
    things["exchange.WorkbookRequest"] = ask(
        actor=county.clerk, kind="teachers", title=text, words=text, due=TODAY, units=[county.school]
    )
    things["exchange.HeadingChoice"] = HeadingChoice.objects.create(
        unit=county.unit, kind="teachers", label=f"{text}{next(_numbers)}", column="remark", user=county.clerk.user
    )
    things["exchange.WordProposal"] = WordProposal.objects.create(
        list_name="subject",
        word=f"{text}{next(_numbers)}",
        code="mathematics",
        unit=county.school,
        user=county.school_clerk.user,
    )


def _decisions(county: County) -> None:
    """A request of the person, with a proof, that waits for the school; and somebody who stands in for the clerk."""
    text, things = (FACT, county.things) if county.marked else ("名称", county.things)
    proof = store(f"{text}.pdf", b"%PDF-1.4 %%EOF")
    asked = ask_correction(
        actor=county.holder, teacher=county.teacher, section="family", record=None, words=WHY if county.marked else "补充", papers=[proof],
        values={"relation": "01", "name": f"{text}{next(_numbers)}"},
    )  # fmt: skip
    things["personnel.Correction"], things["workflow.Case"] = asked, asked.case
    things["personnel.CorrectionPaper"] = asked.papers.get()
    things["personnel.Likeness"] = _second_file(county, text)
    second = make_actor("county_approver", county.unit, name=f"{PLACE}同事" if county.marked else "同事")
    things["workflow.StandIn"] = stand_in(
        actor=county.clerk,
        user=second.user,
        starts=TODAY,
        ends=TODAY + timedelta(days=9),
        reason=WHY if county.marked else "休假",
    )


def _second_file(county: County, text: str) -> Likeness:
    """A second file that looks like the person's."""
    other = make_teacher(f"{NAME}赵" if county.marked else "赵", county.school, native_place=text)
    with change("personnel.find_likenesses", actor=county.clerk, reason=WHY if county.marked else "比对"):
        made = Likeness.objects.create(teacher=county.teacher, other=other, grounds=["name"], weight=50)
    third = make_teacher(f"{NAME}赵" if county.marked else "赵", county.school, native_place=text)
    chosen = dict.fromkeys(plan_merge(other, third).questions, HERE)
    why = WHY if county.marked else "重复建档"
    merged = merge_files(actor=county.clerk, stays=other, goes=third, chosen=chosen, reason=why)
    county.things["records.Change merged"] = merged
    return made


def _dossier(county: County) -> None:
    """The dossier of the county's person: a scan of its material, and a case of each sort."""
    text, why, things = (FACT, WHY, county.things) if county.marked else ("材料", "理由", county.things)
    material = things["personnel.Material"]
    with change("personnel.correct_material", actor=county.clerk, reason=why):
        scan = MaterialScan.objects.create(material=material, file=store(f"{text}.pdf", b"%PDF-1.4 %%EOF"))
        Material.objects.filter(pk=material.pk).update(category="1")
        DossierKeeping.objects.filter(teacher=county.teacher).update(unit=county.unit, keeper="")
    material.refresh_from_db()
    things["personnel.MaterialScan"] = scan
    readers = [{"name": f"{text}读者{number}", "post": text, "in_party": True} for number in (1, 2)]
    loan = ask_loan(
        actor=county.school_clerk,
        teacher=county.teacher,
        way="read",
        purpose="title",
        words=why,
        asking=text,
        readers=readers,
    )
    things["personnel.DossierLoan"], things["personnel.LoanReader"] = loan, loan.readers.first()
    transfer = ask_transfer(
        actor=county.clerk,
        teachers=[county.teacher],
        receiver=county.unit.parent,
        reason_code="moved",
        words=why,
        basis=why,
    )
    things["personnel.DossierTransfer"], things["personnel.SentDossier"] = transfer, transfer.sent.get()
    things["personnel.DossierReview"] = open_review(actor=county.clerk, teacher=county.teacher, words=why)


def _seats(county: County) -> None:
    """Seats of the county's school: approved, one held by its person, one reserved, an application that waits."""
    _text, why, things = (FACT, WHY, county.things) if county.marked else ("编制", "理由", county.things)
    said = {"actor": county.clerk, "unit": county.school, "kind": "institution", "on": date(2026, 1, 1)}
    made = seats.approve(**said, count=5, document=why)
    seats.occupy(**said, teacher=county.teacher, reason=why)
    kept = seats.reserve(**said, count=1, until=date(2027, 1, 1), document=why, reason=why)
    things["personnel.SeatMovement"], things["personnel.SeatEntry"] = made, made.entries.first()
    things["personnel.Reservation"], things["personnel.SeatAccount"] = kept, kept.account
    things["personnel.SeatUse"] = ask_use(
        actor=county.school_clerk, unit=county.school, kind="institution", count=1, purpose="recruit", words=why
    )


def _posts(county: County) -> None:
    """Posts of the county's school, and others that are proposed."""
    why, things = (WHY if county.marked else "理由"), county.things
    asked = propose_posts(
        actor=county.school_clerk,
        unit=county.school,
        begins=TODAY,
        numbers={("p10", False): 3},
        words=why,
        document=why,
    )
    things["personnel.PostProposal"], things["personnel.ProposedPosts"] = asked, asked.lines.get()
    with change("personnel.propose_posts", actor=county.clerk, reason=why):
        things["personnel.PostSetting"] = PostSetting.objects.create(
            unit=county.school, level="p10", number=2, document=why, valid=Range(date(2020, 1, 1), None)
        )


def _publicity(county: County) -> None:
    """Something that the bureau publishes, and somebody's objection to it with a name and a file."""
    text, why, things = (FACT, WHY, county.things) if county.marked else ("公示", "理由", county.things)
    kind = PublicityKind("test.kind", why, days=lambda _on, _unit: Counted(7, why))
    shown = publish(
        actor=county.clerk, kind=kind, unit=county.unit, title=why, words=text, subject=f"test.{county.letter}", subject_id=1,
        rows=[Shown("赵*")], reason=why,
    )  # fmt: skip
    county.secrets += [phone := secret("phone", next(_numbers))]
    made, _receipt = object_to(
        publicity=shown, row=shown.rows.get(), text=why, named=True, name=f"{NAME}举报" if county.marked else "举报", phone=phone,
        files=[Evidence(f"{text}.pdf", b"%PDF-1.4 %%EOF", "application/pdf")],
    )  # fmt: skip
    things |= {
        "publicity.Publicity": shown, "publicity.PublicityRow": shown.rows.get(), "publicity.Objection": made,
        "publicity.ObjectionFile": made.files.get(),
    }  # fmt: skip


def _recruitment(county: County) -> None:
    """A recruitment that takes applications, and somebody who applied with a paper."""
    text, why, things = (FACT, WHY, county.things) if county.marked else ("招聘", "理由", county.things)
    made = recruitment_open(county.clerk, county.school, title=why, words=why)
    county.secrets += [number := secret("number", next(_numbers)), phone := secret("phone", next(_numbers))]
    said = {"education": "21", "major": text, "school": text, "graduated": "2026-06"}
    one, _receipt = apply_for(
        recruitment=made, post=made.posts.get(), name=f"{NAME}应聘" if county.marked else "应聘", number=number, phone=phone, said=said,
        files=[Evidence(f"{text}.pdf", b"%PDF-1.4 %%EOF", "application/pdf")],
    )  # fmt: skip
    with change("test.examine", actor=county.clerk, reason=why):
        judged = JudgeScore.objects.create(applicant=one, judge=1, score=80)
        checked = ApplicantCheck.objects.create(applicant=one, kind="ban", on=TODAY, by=text, passed=True)
    things |= {
        "personnel.RecruitmentPlan": made.plan, "personnel.PlannedPost": made.plan.posts.get(), "personnel.Recruitment": made,
        "personnel.RecruitmentPost": made.posts.get(), "personnel.Applicant": one, "personnel.ApplicantFile": one.files.get(),
        "personnel.JudgeScore": judged, "personnel.ApplicantCheck": checked,
    }  # fmt: skip


def _move(county: County) -> None:
    """Somebody of the county's school who is to be transferred to a unit outside the system, by its letter; it waits at the school."""
    why, name = (WHY, f"{NAME}调") if county.marked else ("理由", "调")
    person = make_teacher(name, county.school)
    letter = store(f"{FACT}.pdf" if county.marked else "商调函.pdf", b"%PDF-1.4", content_type="application/pdf")
    county.things["personnel.Move"] = ask_to_leave(
        actor=county.school_clerk, teacher=person, outside=f"{PLACE}中学" if county.marked else "中学", place="杭州", letter="1号",
        letter_file=letter, starts=TODAY, ground="arranged", words=why,
    )  # fmt: skip


def _planning(county: County) -> None:
    """A scenario of the bureau with a part of every sort, and a case that was made of its seats."""
    why, things = (WHY if county.marked else "理由"), county.things
    other = make_unit("school", f"{PLACE}小学" if county.marked else "小学", county.unit)
    said = {"actor": county.clerk, "unit": county.school}
    made = scenarios.write_scenario(
        actor=county.clerk, name=why, year=TODAY.year + 1, method="cohort", yearly_change=Decimal(0), words=why
    )
    pupils = scenarios.enter_pupils(**said, scenario=made, stage="junior", pupils=90, classes=2)
    moves = scenarios.propose_seats(**said, scenario=made, to_unit=other, kind="institution", count=1)
    hires = scenarios.propose_recruits(**said, scenario=made, stage="junior", subject="music", number=1)
    asked = make_adjustment(actor=county.clerk, proposal=moves, on=TODAY, words=why)
    things |= {
        "personnel.PlanScenario": made, "personnel.ScenarioPupils": pupils, "personnel.SeatProposal": moves,
        "personnel.RecruitProposal": hires, "personnel.SeatAdjustment": asked,
    }  # fmt: skip


def _cadres(county: County) -> None:
    """A headship that is proposed for the county's person, and a reserve in which they stand."""
    why, things = (WHY if county.marked else "理由"), county.things
    with change("test.probation", actor=county.clerk, reason=why):
        things["personnel.Headship"].correct(probation_last=date(2013, 1, 1))
    things["personnel.HeadshipProposal"] = propose_headship(
        actor=county.clerk,
        teacher=county.teacher,
        unit=county.school,
        headship="vice_principal",
        begins=TODAY,
        years=5,
        words=why,
    )
    things["personnel.Reserve"] = begin_reserve(actor=county.clerk, year=2026, words=why)
    things["personnel.ReserveMember"] = enter_member(
        actor=county.clerk,
        reserve=things["personnel.Reserve"],
        teacher=county.teacher,
        headship="principal",
        named_by=why,
        words=why,
    )


def _unit_change(county: County) -> None:
    """A split of the county's school that waits to be decided: somebody and a seat are to go."""
    why, place = (WHY, PLACE) if county.marked else ("理由", "")
    profile = {"code": f"QS{next(_numbers)}", "level": "school", "name": f"{place}新校{county.school.pk}"}
    asked = Proposed(
        "split", TODAY, why, subject=county.school, profile=profile, people=[county.teacher], seats={"institution": 1}
    )
    made = propose(actor=county.clerk, asked=asked)
    county.things |= {
        "personnel.UnitChange": made, "personnel.SplitPerson": made.people.get(), "personnel.SplitPart": made.parts.get(),
    }  # fmt: skip


def _graduates(county: County) -> None:
    """Somebody who is to be placed at the county's school, and a special post there that ends."""
    text, why, things = (FACT, WHY, county.things) if county.marked else ("毕业", "理由", county.things)
    county.secrets += [number := secret("number", next(_numbers)), phone := secret("phone", next(_numbers))]
    values = {
        "name": f"{NAME}毕业" if county.marked else "毕业",
        "school": text,
        "education": "21",
        "major": text,
        "home": text,
    }
    agreed = {"signed_on": TODAY, "fees": 30000, "agreement": f"{FACT}{next(_numbers)}" if county.marked else "协议"}
    one = list_graduate(
        actor=county.clerk,
        year=2026,
        kind="free",
        number=number,
        phone=phone,
        values={**values, **agreed},
        wishes=[county.school],
    )
    things |= {"personnel.Graduate": one, "personnel.GraduateWish": one.wishes.get()}
    things["personnel.Placement"] = propose_placement(
        actor=county.clerk, graduate=one, unit=county.school, starts=TODAY, words=why
    )
    special = make_teacher(f"{NAME}特" if county.marked else "特", county.school, since=date(2023, 9, 1))
    with change("test.special", actor=county.clerk, reason=why):
        Employment.objects.get(teacher=special).correct(form="special_post", in_quota=False)
    things["personnel.SpecialPostEnd"] = propose_special_end(
        actor=county.clerk, teacher=special, outcome="stays", verdict="passed", words=why
    )


def issue_paper(county: County) -> Any:
    """A certificate about the county's person, issued by its school."""
    kind = papers()["in_post"]
    subject = kind.subjects(county.school_clerk).get(pk=county.teacher.pk)
    why = WHY if county.marked else "本人申请"
    return issue(
        kind, subject, actor=county.school_clerk, reason=why, details={"purpose": FACT if county.marked else "贷款"}
    )


def _now() -> Any:
    return Change.objects.latest("pk").at


def _organisation(model: Any, county: County) -> Any:
    if model is Unit:
        return county.school
    if model is RoleAssignment:
        return RoleAssignment.objects.get(pk=county.school_clerk.assignment)
    if model._meta.label == "org.UnitProfile":
        return county.school.profiles.get()
    given: dict[str, Any] = {}
    if model._meta.label == "org.RoleProposal":
        given = {"user": county.school_clerk.user, "proposed_by": county.clerk.user, "role": "school_clerk"}
    if model._meta.label == "codes.Code":
        given = {"list_name": "subject", "code": f"own{county.letter}", "unit": county.unit}
    return make(model, county, **given)


def upload(county: County, content: bytes | None = None, name: str = "") -> Batch:
    """A workbook that the county's clerk sent, as it is before a worker takes it."""
    if content is None:
        number = secret("number", next(_numbers))
        county.secrets.append(number)
        person = f"{NAME}孙" if county.marked else "孙丽"
        rows = [
            ["姓名", "身份证号", "工作单位", "职称"],
            [person, number, county.school.name, "一级教师"],
            ["李梅", "35072619790203", county.school.name, ""],
        ]
        content = book(花名册=rows)
    file = name or (f"{FACT}.xlsx" if county.marked else "花名册.xlsx")
    return create_batch(actor=county.clerk, unit=county.unit, name=file, content=content)


@dataclass
class Scenario:
    """The two counties, one actor for each role of county A and of the city, and addresses that lead nowhere."""

    a: County
    b: County
    actors: dict[str, Actor]

    def clerks_of_a(self) -> list[Actor]:
        """Those who work with files of county A, and nobody else's."""
        return [self.actors[name] for name in ("county_clerk", "county_approver", "school_clerk", "school_approver")]


ROLES_OF_A: Final = ("county_approver", "school_approver", "panel_secretary", "panel_member")
ROLES_OF_CITY: Final = ("city_clerk", "city_approver", "system_administrator", "security_administrator")
NOWHERE: Final = uuid.UUID("00000000-0000-4000-8000-000000000000")


def build_world() -> Scenario:
    """County A and county B with one of everything, and an actor for every role."""
    city = make_unit("city", "市教育局")
    a, b = establish("a", city), establish("b", city)
    run_open_jobs()
    actors = {"county_clerk": a.clerk, "school_clerk": a.school_clerk}
    for role in ROLES_OF_A:
        actors[role] = make_actor(role, a.school if role.startswith("school") else a.unit)
    for role in ROLES_OF_CITY:
        actors[role] = make_actor(role, city)
    actors["auditor"], actors["county_auditor"] = make_actor("auditor", city), make_actor("auditor", a.unit)
    actors["teacher"], actors["holder"] = _teacher(a), a.holder
    for county in (a, b):
        for label in ("exchange.Batch", "jobs.Job"):
            county.things[label].refresh_from_db()
    return Scenario(a, b, actors)


def _teacher(county: County) -> Actor:
    actor = make_actor("teacher", county.school, name="本人")
    make_teacher("本人", county.school, user=actor.user, pinyin="ben ren")
    return actor


def more(county: County, number: int) -> None:
    """So many more of everything in a county, each person with a whole file."""
    for place in range(number):
        unit = make_unit("school", f"第{place}小学{next(_numbers)}", county.unit)
        person = make_teacher(f"周{place}", unit, pinyin=f"zhou {next(_numbers)}")
        fill(county, person)
        actor = make_actor("school_clerk", unit)
        with change("org.propose_role", actor=county.clerk, reason="提议"):
            make(
                apps.get_model("org.RoleProposal"),
                county,
                user=actor.user,
                proposed_by=county.clerk.user,
                role="school_clerk",
                unit=unit,
            )
        make_user("无角色")
        upload(county)
        _papers(county)


def rows_of(batch: Batch) -> Iterator[BatchRow]:
    """The rows of a batch."""
    yield from BatchRow.objects.filter(batch=batch)


__all__ = [
    "FACT",
    "MARKERS",
    "NAME",
    "NOWHERE",
    "PLACE",
    "WHY",
    "ApiToken",
    "County",
    "Job",
    "Scenario",
    "StoredFile",
    "build_world",
    "establish",
    "make",
    "more",
    "rows_of",
    "upload",
]
