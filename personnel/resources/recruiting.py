"""What the workbooks of an exam office have in common: the recruitment that they were sent for, and its applicants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.exchange.kinds import Column, Draft, ImportKind, Setting
from core.exchange.reading import UnreadableFile
from core.jobs.services import JobError
from core.web.parts import Link
from core.workflow.services import stands
from personnel.models import Applicant, ExamWorkbook, Recruitment
from personnel.selectors.recruitment import RECRUIT, STAGE, TAKEN_AT, name_of

POST: Final = Column(
    "post", pgettext_lazy("recruitment", "post"),
    ("岗位代码", "报考岗位代码", "岗位编号", "报考岗位编号", "报考岗位", "岗位序号", "应聘岗位代码", "应聘岗位", "职位代码",
     "报考职位代码"),
    limit=20,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OnList:
    """An applicant of a recruitment as rows are compared with: keys, numbers, how far they came."""

    id: int
    serial: int
    post: int
    index: bytes
    stage: str
    by_workbook: bool


class ExamKind(ImportKind):
    """Rows of one recruitment, sent from its page while it waits for them."""

    noun, nouns = pgettext_lazy("recruitment", "application"), pgettext_lazy("recruitment", "applications")
    permission = RECRUIT
    apart = True
    dated = False

    def belongs_to(self, batch: Any) -> Link | None:
        one = recruitment_of(batch)
        return Link(one.title, reverse("recruitment", args=[one.public_id])) if one is not None else None

    def sent_from(self, batch: Any) -> str:
        one = recruitment_of(batch)
        waits = one is not None and TAKEN_AT.get(one.case.state) == self.name
        return reverse("recruitment_workbook", args=[one.public_id]) if one is not None and waits else ""

    def prepare(self, setting: Setting) -> None:
        """Find the recruitment. `UnreadableFile` where the workbook was not sent for one that waits for such rows."""
        if "recruitment" in setting.shared:
            return
        one = recruitment_of(setting.shared["batch"])
        if one is None or TAKEN_AT.get(one.case.state) != self.name:
            raise UnreadableFile("from_its_page")
        setting.shared["recruitment"] = one

    def still_waits(self, setting: Setting) -> Recruitment:
        """The recruitment of the batch that is being written, which goes no further meanwhile. `JobError` where it went on before."""
        one = recruitment_of(setting.shared["batch"])
        if one is None or not stands(one.case, *(state for state, kind in TAKEN_AT.items() if kind == self.name)):
            raise JobError(str(UnreadableFile("from_its_page")))
        return one

    def keep_out(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Refuse rows of applicants of others, and of those whose recruitment went on."""
        subjects = {row.subject for row in rows if row.subject is not None}
        found = Applicant._base_manager.filter(pk__in=subjects)
        inside = dict(
            found.filter(recruitment__unit__path__descendants=setting.unit.path).values_list(
                "pk", "recruitment__case__state"
            )
        )
        for row in rows:
            if row.subject is not None and row.subject not in inside:
                row.refuse(self.key_columns[0], "out_of_scope")
            elif row.subject is not None and TAKEN_AT.get(inside[row.subject]) != self.name:
                row.refuse(self.key_columns[0], "too_late")

    def called(self, rows: Iterable[Any], actor: Any) -> dict[int, str]:
        """Name and application number."""
        found = Applicant._base_manager.select_related("key").filter(pk__in=[row.pk for row in rows])
        said = _("%(name)s, application %(serial)s")
        return {one.pk: said % {"name": name_of(one), "serial": one.serial} for one in found}

    def addresses(self, actor: Any, subjects: Collection[int]) -> dict[int, str]:
        rows = Applicant.objects.visible_to(actor).filter(pk__in=subjects).values_list("pk", "case__public_id")
        return {pk: reverse("case", args=[case]) for pk, case in rows}


def recruitment_of(batch: Any) -> Recruitment | None:
    """The recruitment that a batch was sent for, None where there is none."""
    rows = ExamWorkbook._base_manager.select_related("recruitment__case", "recruitment__unit").filter(batch=batch)
    found = rows.first()
    return found.recruitment if found is not None else None


def on_list(recruitment: Recruitment) -> list[OnList]:
    """All who applied and did not withdraw before their application was decided: one query."""
    rows = Applicant._base_manager.filter(recruitment=recruitment).exclude(stage=STAGE.WITHDRAWN, written__isnull=True)
    listed = rows.order_by("pk").values_list("pk", "serial", "post", "number_index", "stage", "source_row")
    return [
        OnList(pk, serial, post, bytes(index or b""), stage, row is not None)
        for pk, serial, post, index, stage, row in listed
    ]


def by_index(known: Sequence[OnList]) -> Mapping[bytes, list[OnList]]:
    """Applicants by the index of their identity number."""
    found: dict[bytes, list[OnList]] = {}
    for one in known:
        found.setdefault(one.index, []).append(one)
    return found
