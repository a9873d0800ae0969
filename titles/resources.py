"""The title columns of a teacher's row."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exchange.kinds import Column, Draft
from core.exchange.recognition import FieldGroup
from core.exchange.sections import RecordSection
from titles.models import TitleHeld

NO_TITLE = "none"
_TITLE = FieldGroup(
    "title",
    above=("职称", "专业技术", "专技", "职务", "任职资格", "聘任", "评审", "评定"),
    ends=("职称", "职务", "资格", "资格证", "资格证书", "种类", "等级"),
)


class TitleSection(RecordSection):
    """The title held. A new one begins on the day of obtaining, or on the batch's day; a sheet of titles may tell all of them."""

    kind, name, order = "teachers", "titles.TitleHeld", 200
    label = _("Title")
    model, shape, starts = TitleHeld, "dated", "title_obtained"
    columns = (
        Column(
            "title",
            _("title"),
            ("职称", ("专业技术职务", "职称"), *"""
            专业技术职务 现任职称 现职称 职称等级 职称名称 职称级别 教师职称 专业技术职称 专业技术资格 专业技术职务名称
            专业技术职务任职资格 现任专业技术职务 现任专业技术职称 专业技术职务职称 职称（专业技术职务）
            """.split()),
            kind="code",
            code_list="teacher_rank",
            group=_TITLE,
        ),
        Column(
            "title_obtained",
            _("obtained"),
            (("专业技术职务", "取得时间"), *"""
            职称取得时间 取得时间 取得年月 职称取得年月 取得职称时间 取得资格时间 资格取得时间 任职资格时间 任职资格取得时间
            评定时间 职称评定时间 评审时间 职称评审时间 专业技术职务取得时间 专业技术资格取得时间
            """.split()),
            kind="date",
            reports="title",
            group=_TITLE,
        ),
        Column(
            "title_scope", _("counts in"), ("职称适用范围", "职称使用范围", "职称有效范围"), kind="code", code_list="title_scope",
        ),
        Column("title_area", _("area"), ("职称适用地区", "职称使用地区", "职称有效地区"), limit=60),
    )  # fmt: skip
    fields = {"title": "rank", "title_obtained": "obtained", "title_scope": "scope_of_title", "title_area": "area"}
    belonging = ("title_obtained", "title_scope", "title_area")
    history = True

    def speaks(self, row: Draft) -> bool:
        """未定 and the like say that the person holds no title; that is no record."""
        return row.values.get("title") != NO_TITLE and super().speaks(row)


SECTIONS = (TitleSection(),)
