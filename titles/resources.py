"""The title columns of a teacher's row."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exchange.kinds import Column, Draft
from core.exchange.sections import RecordSection
from titles.models import TitleHeld

NO_TITLE = "none"


class TitleSection(RecordSection):
    """The title held. A new one begins on the day of obtaining, or on the batch's day."""

    kind, name, order = "teachers", "titles.TitleHeld", 200
    model, shape, starts = TitleHeld, "dated", "title_obtained"
    columns = (
        Column(
            "title", _("title"), ("职称", ("专业技术职务", "职称"), "专业技术职务", "现任职称", "现任专业技术职务", "现任职称", "现职称", "职称等级", "专业技术职称", "职称名称", "专业技术职务职称"),
            kind="code", code_list="teacher_rank",
        ),
        Column(
            "title_obtained", _("obtained"), (("专业技术职务", "取得时间"), "取得时间", "职称取得时间", "评定时间", "任职资格时间", "专业技术职务取得时间", "取得职称时间"),
            kind="date", reports="title",
        ),
    )  # fmt: skip
    fields = {"title": "rank", "title_obtained": "obtained"}
    belonging = ("title_obtained",)

    def speaks(self, row: Draft) -> bool:
        """未定 and the like say that the person holds no title; that is no record."""
        return row.values.get("title") != NO_TITLE and super().speaks(row)


SECTIONS = (TitleSection(),)
