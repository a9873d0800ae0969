"""The sections of which a person may have several, and the decision on the date of birth: second sheets of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.exchange.agreeing import most_alike
from core.exchange.kinds import Draft, Setting
from core.exchange.periods import OnFile
from core.exchange.sections import RecordSection
from personnel.models import (
    Achievement,
    BirthDecision,
    Certificate,
    FamilyMember,
    OverseasStudy,
    PartyPost,
    TalentProgramme,
    TeachingBreak,
    WorkExperience,
)
from personnel.resources import sheet_columns as known
from personnel.resources.columns import BIRTH_DECISION


class BirthDecisionSection(RecordSection):
    """The date of birth by the archive, and which of the two dates counts."""

    kind, name, order = "teachers", "personnel.BirthDecision", 85
    label = _("Birth date by the archive")
    model, shape = BirthDecision, "one"
    columns = BIRTH_DECISION
    fields = {
        "birth_by_archive": "by_archive", "birth_counts": "counts", "birth_decided_on": "decided_on", "birth_document": "document",
    }  # fmt: skip
    leading = ("birth_by_archive",)

    @property
    def on_main(self) -> bool:
        """Few people have one: it does not widen every roster."""
        return False

    @property
    def apart(self) -> bool:
        return True


class FamilySection(RecordSection):
    """A member of the family, found by relation and name."""

    kind, name, order = "teachers", "personnel.FamilyMember", 100
    label = _("Family and close relations")
    model, shape, match, leading = FamilyMember, "listed", ("family_relation", "family_name"), ("family_name",)
    columns = known.FAMILY
    fields = {
        "family_relation": "relation", "family_name": "name", "family_birth": "birth",
        "family_political_status": "political_status", "family_workplace": "workplace",
    }  # fmt: skip


class ExperienceSection(RecordSection):
    """A post held elsewhere, found by its beginning and the workplace."""

    kind, name, order = "teachers", "personnel.WorkExperience", 105
    label = _("Work experience")
    model, shape = WorkExperience, "listed"
    match, leading, needed = (
        ("experience_start", "experience_workplace"),
        ("experience_workplace",),
        ("experience_start",),
    )
    columns = known.EXPERIENCE
    fields = {
        "experience_start": "starts", "experience_end": "ends", "experience_workplace": "workplace", "experience_post": "post",
        "experience_teaching": "teaching",
    }  # fmt: skip


class BreakSection(RecordSection):
    """A time that does not count as teaching, found by its beginning."""

    kind, name, order = "teachers", "personnel.TeachingBreak", 110
    label = _("Breaks in teaching")
    model, shape, match = TeachingBreak, "listed", ("break_start",)
    columns = known.BREAK
    fields = {
        "break_start": "starts", "break_end": "ends", "break_cause": "cause", "break_counts_as_work": "counts_as_work",
    }  # fmt: skip


class CertificateSection(RecordSection):
    """A certificate, found by its number among those of its kind, else by name, level and kind."""

    kind, name, order = "teachers", "personnel.Certificate", 115
    label = _("Certificates of language and skills")
    model, shape, match = Certificate, "listed", ("certificate_name",)
    telling = ("certificate_number", "certificate_level", "certificate_kind", "certificate_issued")
    columns = known.CERTIFICATE
    fields = {
        "certificate_kind": "kind", "certificate_name": "name", "certificate_level": "level", "certificate_number": "number",
        "certificate_issued": "issued", "certificate_issuer": "issuer",
    }  # fmt: skip

    def present(self, row: Draft, state: Sequence[OnFile] | None, setting: Setting) -> OnFile | None:
        number, sort = row.values.get("certificate_number"), row.values.get("certificate_kind")
        # Issuers number each sort by itself; the same number under another name is a name put right.
        numbered = [one for one in state or () if number and one["number"] == number and sort in (None, one["kind"])]
        if len(numbered) == 1:
            return numbered[0]
        return most_alike(self, row, numbered) or super().present(row, state, setting)


class OverseasSection(RecordSection):
    """Study or teaching abroad, found by country and beginning."""

    kind, name, order = "teachers", "personnel.OverseasStudy", 120
    label = _("Study abroad")
    model, shape, match = OverseasStudy, "listed", ("overseas_country", "overseas_start")
    leading, telling = ("overseas_country",), ("overseas_place", "overseas_project")
    columns = known.OVERSEAS
    fields = {
        "overseas_country": "country", "overseas_place": "place", "overseas_project": "project", "overseas_start": "starts",
        "overseas_end": "ends",
    }  # fmt: skip


class PartyPostSection(RecordSection):
    """A post in a party; several may be held at once, each with periods of its own."""

    kind, name, order = "teachers", "personnel.PartyPost", 125
    label = _("Party posts")
    model, shape, match, starts = PartyPost, "dated", ("party_post",), "party_post_since"
    leading, needed = ("party_post", "party_organisation"), ("party_post",)
    columns = known.PARTY_POST
    fields = {"party_organisation": "organisation", "party_post": "post"}


class AchievementSection(RecordSection):
    """A result of teaching or research, found by its title; the same title of another year or level is another one."""

    kind, name, order = "teachers", "personnel.Achievement", 130
    label = _("Achievements and awards")
    model, shape, match = Achievement, "listed", ("achievement_title",)
    telling = ("achievement_on", "achievement_level", "achievement_kind")
    columns = known.ACHIEVEMENT
    fields = {
        "achievement_kind": "kind", "achievement_title": "title", "achievement_level": "level", "achievement_role": "role",
        "achievement_body": "body", "achievement_on": "on",
    }  # fmt: skip


class TalentSection(RecordSection):
    """A talent programme, found by its name; the same name of another level or year is another one."""

    kind, name, order = "teachers", "personnel.TalentProgramme", 135
    label = _("Talent programmes")
    model, shape, match = TalentProgramme, "listed", ("talent_name",)
    telling = ("talent_chosen", "talent_level")
    columns = known.TALENT
    fields = {"talent_name": "name", "talent_level": "level", "talent_chosen": "chosen", "talent_ends": "ends"}


SHEETS = (
    BirthDecisionSection(), FamilySection(), ExperienceSection(), BreakSection(), CertificateSection(), OverseasSection(),
    PartyPostSection(), AchievementSection(), TalentSection(),
)  # fmt: skip
