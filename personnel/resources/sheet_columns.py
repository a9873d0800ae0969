"""The columns of what a person may have several of: family, work before, breaks, certificates, studies abroad, posts, achievements.

Such columns stand on a sheet of their own, or below a heading of their own in a roster (家庭成员 above 姓名). A short heading counts
only below such a heading, or on a sheet that is called so; each column has a longer one that says it alone.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exchange.kinds import Column
from core.exchange.recognition import FieldGroup

Headings = tuple[str | tuple[str, str], ...]
_FROM: Final = "起始时间 开始时间 起始年月 开始年月 起始日期 开始日期 自何年何月 起"
_UNTIL: Final = "终止时间 结束时间 终止年月 结束年月 截止时间 截止年月 终止日期 结束日期 至何年何月 止"


def _below(parents: str, children: str, *alone: str) -> Headings:
    """Headings that say it alone, then short ones below any of these parents."""
    return (*alone, *((parent, child) for parent in parents.split() for child in children.split()))


_FAMILY: Final = """
    家庭成员 家庭主要成员 主要家庭成员 家庭成员情况 家庭成员及社会关系 家庭成员及主要社会关系 家庭主要成员及社会关系
    家庭主要成员及重要社会关系 家庭成员及重要社会关系
"""
_FAMILY_GROUP: Final = FieldGroup(own=("家庭成员", "家庭主要成员", "主要家庭成员"), several=True)
FAMILY = (
    Column(
        "family_relation",
        _("relation"),
        _below(
            _FAMILY,
            "称谓 关系 与本人关系 家庭关系 与教师关系",
            "称谓",
            "家庭成员称谓",
            "成员称谓",
            "家庭成员关系",
            "成员关系",
        ),
        kind="code",
        code_list="relation",
        group=_FAMILY_GROUP,
    ),
    Column(
        "family_name",
        _("name of the family member"),
        _below(_FAMILY, "姓名 成员姓名", "成员姓名", "家庭成员姓名"),
        kind="name",
        limit=60,
        group=_FAMILY_GROUP,
    ),
    Column(
        "family_birth",
        _("date of birth of the family member"),
        _below(_FAMILY, "出生年月 出生日期 出生年月日 出生时间", "成员出生年月", "家庭成员出生年月", "成员出生日期"),
        kind="date",
        beyond=True,
        group=_FAMILY_GROUP,
    ),
    Column(
        "family_political_status",
        _("political status of the family member"),
        _below(_FAMILY, "政治面貌 政治面目", "成员政治面貌", "家庭成员政治面貌"),
        kind="code",
        code_list="political_status",
        group=_FAMILY_GROUP,
    ),
    Column(
        "family_workplace",
        _("workplace and post of the family member"),
        _below(
            _FAMILY,
            "工作单位及职务 工作单位 工作单位职务 工作单位和职务 工作单位及职业 单位及职务",
            "成员工作单位及职务",
            "家庭成员工作单位及职务",
            "成员工作单位",
        ),
        limit=200,
        group=_FAMILY_GROUP,
    ),
)

_WORK: Final = "工作经历 工作简历 简历 个人简历 本人简历 主要工作经历 任职经历"
_WORK_GROUP: Final = FieldGroup(several=True)
EXPERIENCE = (
    Column(
        "experience_start",
        pgettext_lazy("work experience", "from"),
        _below(_WORK, _FROM, "经历起始时间", "经历开始时间"),
        kind="date",
        group=_WORK_GROUP,
    ),
    Column(
        "experience_end",
        pgettext_lazy("work experience", "until"),
        _below(_WORK, _UNTIL, "经历终止时间", "经历结束时间"),
        kind="date",
        beyond=True,
        empty_words=("至今", "今", "现在", "迄今"),
        group=_WORK_GROUP,
    ),
    Column(
        "experience_workplace",
        _("workplace"),
        _below(
            _WORK,
            "工作单位 任职单位 所在单位 工作单位及部门 工作单位名称 在何地何单位 任职单位名称",
            "经历单位",
            "经历工作单位",
        ),
        group=_WORK_GROUP,
    ),
    Column(
        "experience_post",
        _("post at that workplace"),
        _below(
            _WORK,
            "职务 担任职务 任何职务 所任职务 任职岗位 岗位 从事工作 职务（岗位） 职务或岗位",
            "经历职务",
            "经历岗位",
        ),
        limit=60,
        group=_WORK_GROUP,
    ),
    Column(
        "experience_teaching",
        _("counts as teaching"),
        _below(_WORK, "是否从教 是否任教 是否教学工作 是否计算教龄 计入教龄", "经历是否从教", "该段经历是否从教"),
        kind="yes_no",
        group=_WORK_GROUP,
    ),
)

_BREAK: Final = "教龄间断 教龄中断 教龄间断经历 中断教龄 间断教龄"
_BREAK_GROUP: Final = FieldGroup(several=True)
BREAK = (
    Column(
        "break_start",
        pgettext_lazy("break in teaching", "from"),
        _below(_BREAK, _FROM, "间断起始时间", "教龄间断起始时间"),
        kind="date",
        group=_BREAK_GROUP,
    ),
    Column(
        "break_end",
        pgettext_lazy("break in teaching", "until"),
        _below(_BREAK, _UNTIL, "间断终止时间", "教龄间断终止时间"),
        kind="date",
        beyond=True,
        empty_words=("至今",),
        group=_BREAK_GROUP,
    ),
    Column(
        "break_cause",
        _("cause"),
        _below(_BREAK, "原因 事由", "间断原因", "教龄间断原因", "教龄中断原因"),
        kind="code",
        code_list="break_cause",
        group=_BREAK_GROUP,
    ),
    Column(
        "break_counts_as_work",
        _("counts as work"),
        _below(_BREAK, "是否计算工龄 计算工龄 计入工龄", "间断期间是否计算工龄", "间断是否计工龄"),
        kind="yes_no",
        group=_BREAK_GROUP,
    ),
)

_CERTIFICATE: Final = "技能证书 技能及证书 技能证书情况 语言及技能证书 语言和技能证书 职业技能证书 普通话证书 其他证书"
_CERTIFICATE_GROUP: Final = FieldGroup(own=("普通话", "资格证书"), several=True)
CERTIFICATE = (
    Column(
        "certificate_kind",
        _("kind of certificate"),
        _below(_CERTIFICATE, "证书类别 证书类型 类别 种类", "技能证书类别", "技能证书类型"),
        kind="code",
        code_list="certificate_kind",
        group=_CERTIFICATE_GROUP,
    ),
    Column(
        "certificate_name",
        _("certificate"),
        _below(_CERTIFICATE, "证书名称 名称 证书", "技能证书名称", "语言或技能证书名称"),
        group=_CERTIFICATE_GROUP,
    ),
    Column(
        "certificate_level",
        pgettext_lazy("certificate", "level"),
        _below(_CERTIFICATE, "证书等级 证书级别 等级 级别", "技能证书等级", "技能证书级别"),
        limit=60,
        group=_CERTIFICATE_GROUP,
    ),
    Column(
        "certificate_number",
        _("certificate number"),
        _below(_CERTIFICATE, "证书编号 证书号码 证书号 编号", "技能证书编号", "技能证书号码"),
        limit=60,
        group=_CERTIFICATE_GROUP,
    ),
    Column(
        "certificate_issued",
        _("issued"),
        _below(
            _CERTIFICATE,
            "发证时间 发证日期 发证年月 取得时间 获得时间 获证时间",
            "技能证书发证时间",
            "技能证书取得时间",
        ),
        kind="date",
        group=_CERTIFICATE_GROUP,
    ),
    Column(
        "certificate_issuer",
        _("issued by"),
        _below(_CERTIFICATE, "发证单位 发证机关 发证机构 颁发单位 颁证单位", "技能证书发证单位", "技能证书发证机关"),
        group=_CERTIFICATE_GROUP,
    ),
)

_ABROAD: Final = "海外研修 海外研修访学 海外研修情况 海外经历 出国研修 出国（境）研修 国（境）外研修 国外研修"
_ABROAD_GROUP: Final = FieldGroup(several=True)
OVERSEAS = (
    Column(
        "overseas_country",
        _("country or region"),
        _below(_ABROAD, "国家 国家（地区） 国家或地区 国别", "研修国家（地区）", "海外研修国家", "研修国家"),
        limit=60,
        group=_ABROAD_GROUP,
    ),
    Column(
        "overseas_place",
        _("place of study abroad"),
        _below(_ABROAD, "机构 学校 研修单位 机构名称 地点", "研修机构", "海外研修机构", "研修机构名称"),
        group=_ABROAD_GROUP,
    ),
    Column(
        "overseas_project",
        _("project of study abroad"),
        _below(_ABROAD, "项目 项目名称", "研修项目", "海外研修项目", "研修项目名称"),
        group=_ABROAD_GROUP,
    ),
    Column(
        "overseas_start",
        pgettext_lazy("study abroad", "from"),
        _below(_ABROAD, _FROM, "研修起始时间", "研修开始时间", "海外研修开始时间"),
        kind="date",
        group=_ABROAD_GROUP,
    ),
    Column(
        "overseas_end",
        pgettext_lazy("study abroad", "until"),
        _below(_ABROAD, _UNTIL, "研修终止时间", "研修结束时间", "海外研修结束时间"),
        kind="date",
        beyond=True,
        group=_ABROAD_GROUP,
    ),
)

_PARTY: Final = "党派职务 党内职务 党内任职 党派任职 党内任职情况 党派任职情况"
_PARTY_GROUP: Final = FieldGroup(several=True)
PARTY_POST = (
    Column(
        "party_organisation",
        _("organisation"),
        _below(_PARTY, "组织名称 组织 党组织 所在组织", "任职党派组织", "党派组织名称", "任职党组织"),
        group=_PARTY_GROUP,
    ),
    Column(
        "party_post",
        _("party post"),
        _below(_PARTY, "职务 职务名称 担任职务", "党派职务", "党内职务", "党团职务"),
        limit=60,
        group=_PARTY_GROUP,
    ),
    Column(
        "party_post_since",
        _("in this post since"),
        _below(_PARTY, "任职时间 任职年月 任职日期 起始时间 开始时间", "党派职务任职时间", "党内职务任职时间"),
        kind="date",
        reports="party_post",
        group=_PARTY_GROUP,
    ),
)

_RESULT: Final = """
    教学科研成果 教学科研成果及获奖 教科研成果 教育教学成果 成果 成果及获奖 获奖 获奖情况 荣誉 荣誉情况 荣誉表彰 奖励 奖励情况
    表彰奖励 表彰奖励情况 业绩成果 成果情况
"""
_RESULT_GROUP: Final = FieldGroup(several=True)
ACHIEVEMENT = (
    Column(
        "achievement_kind",
        _("kind of achievement"),
        _below(_RESULT, "类别 类型 成果类型", "成果类别", "成果（荣誉）类别"),
        kind="code",
        code_list="achievement_kind",
        group=_RESULT_GROUP,
    ),
    Column(
        "achievement_title",
        pgettext_lazy("achievement", "title"),
        _below(
            _RESULT,
            "名称 题目 荣誉称号 奖项名称 奖项 获奖项目 荣誉奖励名称",
            "成果名称",
            "成果（荣誉）名称",
            "获奖名称",
            "荣誉名称",
            "奖励名称",
        ),
        limit=200,
        group=_RESULT_GROUP,
    ),
    Column(
        "achievement_level",
        _("level of the achievement"),
        _below(_RESULT, "级别 等级 获奖等级", "成果级别", "成果（荣誉）级别", "获奖级别", "荣誉级别"),
        kind="code",
        code_list="award_level",
        group=_RESULT_GROUP,
    ),
    Column(
        "achievement_role",
        _("part in it"),
        _below(_RESULT, "本人角色 角色 排名 承担角色", "成果本人角色", "成果本人排名"),
        limit=60,
        group=_RESULT_GROUP,
    ),
    Column(
        "achievement_body",
        _("awarded or published by"),
        _below(
            _RESULT,
            "授予单位 颁奖单位 授奖单位 颁发单位 发表刊物 授奖机关 批准机关 表彰单位 发表刊物或授奖单位",
            "成果授予单位",
            "授予单位（发表刊物）",
        ),
        group=_RESULT_GROUP,
    ),
    Column(
        "achievement_on",
        _("date of the achievement"),
        _below(
            _RESULT,
            "时间 日期 获得时间 授予时间 发表时间 获奖日期 获奖年月 表彰时间",
            "成果时间",
            "成果获得时间",
            "获奖时间",
        ),
        kind="date",
        group=_RESULT_GROUP,
    ),
)

_TALENT: Final = "人才项目 入选人才项目 人才项目情况 人才称号 人才工程"
_TALENT_GROUP: Final = FieldGroup(several=True)
TALENT = (
    Column(
        "talent_name",
        _("talent programme"),
        _below(_TALENT, "名称 项目名称", "人才项目名称", "入选人才项目名称", "人才工程名称"),
        group=_TALENT_GROUP,
    ),
    Column(
        "talent_level",
        _("level of the talent programme"),
        _below(_TALENT, "级别 等级 项目级别", "人才项目级别", "人才称号级别"),
        kind="code",
        code_list="award_level",
        group=_TALENT_GROUP,
    ),
    Column(
        "talent_chosen",
        _("chosen"),
        _below(_TALENT, "入选时间 入选年月 批准时间", "人才项目入选时间", "人才项目入选年月"),
        kind="date",
        group=_TALENT_GROUP,
    ),
    Column(
        "talent_ends",
        pgettext_lazy("talent programme", "until"),
        _below(_TALENT, f"{_UNTIL} 届满时间 期满时间", "人才项目届满时间", "人才项目期满时间"),
        kind="date",
        beyond=True,
        group=_TALENT_GROUP,
    ),
)
