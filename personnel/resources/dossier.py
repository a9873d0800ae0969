"""Catalogues of dossiers as workbooks: each row is a material of somebody on file, found by identity number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exchange.kinds import Column, Draft, Setting
from core.exchange.recognition import FieldGroup
from core.exchange.sections import RecordSection
from personnel.models import Material, Teacher
from personnel.resources import columns
from personnel.resources.kind import TeacherKind
from personnel.selectors.dossier import KEEP
from personnel.services.dossier import note_dossier

_GROUP: Final = FieldGroup(several=True)


class DossierKind(TeacherKind):
    """Rows of catalogues: nobody new is made, and only who keeps dossiers sends them."""

    name = "dossiers"
    label = _("Catalogues of dossiers")
    permission = KEEP
    subject_columns: tuple[Column, ...] = (
        columns.NUMBER_IN_LIST,
        columns.IDENTITY_KIND,
        columns.IDENTITY,
        columns.NAME,
    )
    placing_columns: tuple[str, ...] = ()
    needed_columns: tuple[str, ...] = ("material_title",)

    def finish(self, rows: Sequence[Draft], setting: Setting) -> None:
        own = _own(setting.actor)
        for row in rows:
            if row.is_new and not row.refused:
                row.refuse("identity", "unknown_number")
            elif row.subject in own:
                row.refuse("identity", "about_oneself")

    def subjects(self, actor: Any, unit: Any, on: date) -> list[int]:
        own = _own(actor)
        return [key for key in super().subjects(actor, unit, on) if key not in own]

    def opens(self, row: Draft) -> bool:
        return False

    def note_taken(self, actor: Any, subjects: Sequence[int], reason: str) -> None:
        super().note_taken(actor, subjects, reason)
        note_dossier(actor=actor, teachers=subjects, reason=reason)


def _own(actor: Any) -> set[int]:
    """The actor's own file: nobody reads or keeps their own dossier."""
    return set(Teacher._base_manager.filter(user=actor.user).values_list("pk", flat=True))


CATEGORY = Column(
    "material_category", _("category"), ("类号", "类别", "材料类别", "档案类别", "类别号", "所属类别", "材料类号"), kind="code",
    code_list="dossier_category", required=True, group=_GROUP,
)  # fmt: skip
TITLE = Column(
    "material_title", pgettext_lazy("material", "title"), ("材料名称", "档案材料名称", "材料题名", "题名", "材料标题"), limit=200,
    required=True, group=_GROUP,
)  # fmt: skip
DATED = Column(
    "material_dated", _("day of the paper"), ("材料形成时间", "形成时间", "制成时间", "材料制成时间", "材料时间", "形成日期"),
    kind="date", group=_GROUP,
)  # fmt: skip
PAGES = Column("material_pages", _("pages"), ("页数", "材料页数"), kind="integer", group=_GROUP)
COPIES = Column("material_copies", _("copies"), ("份数", "材料份数"), kind="integer", group=_GROUP)
FORM = Column(
    "material_form", pgettext_lazy("material", "form"), ("材料形式", "原件或复印件", "原件/复印件", "形式"), kind="code",
    code_list="material_form", group=_GROUP,
)  # fmt: skip
PLACE = Column("material_place", _("where it lies"), ("存放位置", "材料存放位置"), limit=60, group=_GROUP)
NOTE = Column("material_note", _("note"), ("材料备注", "备注", "说明"), limit=200, group=_GROUP)


class MaterialSection(RecordSection):
    """A material, found by category and title; the same title of another day is another one."""

    kind, name, order = "dossiers", "personnel.Material", 100
    label = _("material of the dossier")
    model, shape, match = Material, "listed", ("material_category", "material_title")
    leading, telling = ("material_title",), ("material_dated",)
    needed = ("material_category",)
    columns = (CATEGORY, TITLE, DATED, PAGES, COPIES, FORM, PLACE, NOTE)
    fields = {
        "material_category": "category", "material_title": "title", "material_dated": "dated", "material_pages": "pages",
        "material_copies": "copies", "material_form": "form", "material_place": "place", "material_note": "note",
    }  # fmt: skip
