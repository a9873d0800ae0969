"""The sections of a teacher's file and the tabs under which they stand."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from core.registry import FileSection, FileTab

VIEW: Final = "personnel.view_teacher"
TEACHING_FAMILIES: Final = frozenset({"professional", "management", ""})

BASIC = FileTab("basic", _("Basic information"), 10)
WORK = FileTab("work", _("Unit and post"), 20)
LEARNING = FileTab("learning", _("Education"), 30)
POLITICS = FileTab("politics", _("Political status"), 40)
ACHIEVEMENTS = FileTab("achievements", _("Achievements and honours"), 45)


def teaches(family: str) -> bool:
    """Whether people of a post family have sections about teaching."""
    return family in TEACHING_FAMILIES


def _section(
    name: str, label: object, model: str, tab: FileTab, order: int, fields: str, **more: object
) -> FileSection:
    return FileSection(
        name=name, label=label, model=f"personnel.{model}", tab=tab, order=order, permission=VIEW,
        fields=tuple(fields.split()), **more,  # type: ignore[arg-type]
    )  # fmt: skip


SECTIONS: Final = (
    _section(
        "person", _("Person"), "Teacher", BASIC, 10,
        "name sex birth nationality ethnicity native_place birthplace marriage health staff_number post_family work_start teaching_start",
        overview=("birth", "ethnicity", "native_place", "work_start", "teaching_start"),
    ),
    _section(
        "identity", _("Identity documents"), "IdentityDocument", BASIC, 20, "kind number expires",
        primary=("number",), overview=("number",),
    ),
    _section("birth", _("Birth date by the archive"), "BirthDecision", BASIC, 30, "by_archive counts decided_on document"),
    _section("names", _("Former names"), "FormerName", BASIC, 40, "name until", primary=("name",)),
    _section("contact", _("Contact"), "Contact", BASIC, 50, "phone email address", overview=("phone",)),
    _section("photo", _("Photo"), "Photo", BASIC, 60, "file taken_on"),
    _section(
        "family", _("Family and close relations"), "FamilyMember", BASIC, 70, "relation name birth political_status workplace",
        primary=("relation", "name"),
    ),
    _section(
        "employment", _("Unit"), "Employment", WORK, 110, "unit in_quota form contract post came_how left_how",
        primary=("unit",), overview=("unit",),
    ),
    _section(
        "status", _("Status"), "PersonStatus", WORK, 120, "status note", primary=("status",),
        otherwise=_("No other status is recorded: the person counts as in post."),
    ),
    _section(
        "dispatches", _("Loans, support teaching, rotation"), "Dispatch", WORK, 121, "kind unit document note",
        primary=("kind", "unit"), entered="move_new",
    ),
    _section(
        "posts", _("Appointment to a post"), "PostAppointment", WORK, 123, "level unit place dual term_last document exception",
        primary=("level",), overview=("level",), entered="post_appoint",
    ),
    _section(
        "headships", _("Headship"), "Headship", WORK, 124,
        "headship unit acting term term_last probation_last probation_verdict verdict_on document exception ended_how end_document",
        primary=("headship", "unit"), entered="headship_propose",
    ),
    _section(
        "contracts", _("Appointment contract"), "Contract", WORK, 126,
        "kind unit number signed_on first_job probation_last probation_verdict verdict_on ground notice_on end_document note",
        primary=("kind", "number"), entered="contract_conclude",
    ),
    _section(
        "agreement", _("Agreement of a publicly funded normal student"), "ServiceAgreement", WORK, 128,
        "number signed_on starts years rural_years fees", primary=("number", "years"), applies=teaches,
    ),
    _section(
        "retirement", _("Retirement category"), "RetirementCategory", WORK, 160, "category basis decided_on document",
        primary=("category",), otherwise=_("None was decided: sex and post family tell."),
    ),
    _section(
        "teaching", _("Teaching"), "TeachingAssignment", WORK, 130, "stage subject weekly_hours class_teacher",
        primary=("stage", "subject"), overview=("subject",), applies=teaches,
    ),
    _section(
        "duties", _("Teaching duties"), "TeachingDuty", WORK, 135, "unit stage subject main classes weekly_hours",
        primary=("stage", "subject"), applies=teaches,
    ),
    _section(
        "experience", _("Work experience"), "WorkExperience", WORK, 140, "starts ends workplace post teaching", primary=("workplace",)
    ),
    _section(
        "breaks", _("Breaks in teaching"), "TeachingBreak", WORK, 150, "starts ends cause counts_as_work",
        primary=("cause",), applies=teaches,
    ),
    _section(
        "education", _("Education"), "Education", LEARNING, 210, "level degree school subject starts ends full_time normal",
        primary=("level", "school"),
    ),
    _section(
        "certificates", _("Certificates of language and skills"), "Certificate", LEARNING, 220, "kind name level number issued issuer",
        primary=("name", "level"),
    ),
    _section("overseas", _("Study abroad"), "OverseasStudy", LEARNING, 230, "country place project starts ends", primary=("country",)),
    _section(
        "political", _("Political status"), "PoliticalStatus", POLITICS, 310, "status joined",
        primary=("status",), overview=("status",),
    ),
    _section("party_posts", _("Party posts"), "PartyPost", POLITICS, 320, "organisation post", primary=("organisation", "post")),
    _section(
        "achievements", _("Achievements and awards"), "Achievement", ACHIEVEMENTS, 330, "kind title level role body on",
        primary=("title",), applies=teaches,
    ),
    _section("talent", _("Talent programmes"), "TalentProgramme", ACHIEVEMENTS, 340, "name level chosen ends", primary=("name",)),
)  # fmt: skip
