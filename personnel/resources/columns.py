"""The columns of rosters and section sheets, with the headers that counties give them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exchange.kinds import Column
from core.exchange.recognition import FieldGroup

NUMBER_IN_LIST = Column("serial", _("serial number"), ("序号", "编号", "No", "序"), kind="serial")
REMARK = Column("remark", _("remark"), ("备注", "备 注", "说明"), kind="serial")

IDENTITY = Column(
    "identity",
    _("identity number"),
    tuple(
        """
        身份证号码 身份证号 身份证件号 身份证件号码 公民身份号码 公民身份证号码 公民身份证号 证件号码 证件号 身份证
        居民身份证 居民身份证号 居民身份证号码 身份号码
        """.split()
    ),
    kind="id_number",
    required=True,
    protected=True,
)
IDENTITY_KIND = Column(
    "identity_kind",
    _("kind of document"),
    ("证件类型", "身份证件类型", "身份证件类型码"),
    kind="code",
    code_list="identity_document",
)
IDENTITY_EXPIRES = Column(
    "identity_expires",
    _("valid until"),
    (
        "证件有效期至",
        "证件有效期",
        "身份证有效期至",
        "身份证有效期",
        "身份证到期时间",
        "证件到期时间",
        "身份证件有效期至",
    ),
    kind="date",
    empty_words=("长期", "长期有效"),
    beyond=True,
)
NAME = Column("name", _("name"), ("姓名", "教师姓名", "教职工姓名", "名字"), kind="name", limit=60, required=True)
UNIT_NAME = Column(
    "unit_name",
    _("unit"),
    (
        "工作单位",
        "单位",
        "单位名称",
        "学校名称",
        "学校",
        "所在单位",
        "所在学校",
        "现工作单位",
        "任职单位",
        "任教学校",
        "工作学校",
        "所属单位",
        "所属学校",
        "学校（单位）",
        "单位（学校）",
        "学校（单位）名称",
        "单位（学校）名称",
        "单位全称",
        "学校全称",
    ),
    reports="unit",
    units=True,
)
UNIT_CODE = Column(
    "unit_code",
    _("unit code"),
    ("单位代码", "学校代码", "学校标识码", "单位编码", "机构代码", "学校编码", "单位标识码", "学校（机构）标识码"),
    reports="unit",
    limit=20,
)

TEACHER = (
    NAME,
    Column("sex", _("sex"), ("性别",), kind="code", code_list="sex"),
    Column("birth", _("date of birth"), ("出生年月", "出生日期", "出生年月日", "生日", "出生时间"), kind="date"),
    Column(
        "nationality", _("nationality"), ("国籍", "国籍/地区", "国籍（地区）"), kind="code", code_list="nationality"
    ),
    Column("ethnicity", _("ethnic group"), ("民族",), kind="code", code_list="ethnicity"),
    Column("native_place", _("native place"), ("籍贯",)),
    Column("birthplace", _("place of birth"), ("出生地",)),
    Column("marriage", _("marital status"), ("婚姻状况", "婚否"), kind="code", code_list="marriage"),
    Column("health", _("health"), ("健康状况",), kind="code", code_list="health"),
    Column("staff_number", _("staff number"), ("工号", "教职工号", "职工号", "教师编号"), limit=20),
    Column(
        "work_start",
        _("start of work"),
        (
            "参加工作时间",
            "参加工作年月",
            "参加工作日期",
            "工作时间",
            "参工时间",
            "参加工作",
            "工作年月",
            "开始工作时间",
        ),
        kind="date",
    ),
    Column(
        "teaching_start",
        _("start of teaching"),
        (
            "从教时间",
            "从教年月",
            "从教日期",
            "任教时间",
            "开始从教时间",
            "从教起始时间",
            "从事教育工作时间",
            "从事教学工作时间",
            "任教年月",
            "任教日期",
            "开始任教时间",
            "参加教育工作时间",
        ),
        kind="date",
    ),
    Column(
        "post_family", _("post family"), ("岗位类别", "岗位类型", "教职工类别"), kind="code", code_list="post_family"
    ),
)

POLITICAL = (
    Column(
        "political_status",
        _("political status"),
        (
            "政治面貌",
            "政治面目",
            "党派",
        ),
        kind="code",
        code_list="political_status",
    ),
    Column("party_joined", _("joined"), ("入党时间", "入党（团）时间", "参加党派时间", "加入时间"), kind="date"),
)

EMPLOYMENT = (
    UNIT_NAME,
    UNIT_CODE,
    Column(
        "in_quota",
        _("in quota"),
        ("是否在编", "在编", "是否在编在岗", "在编情况", "是否在编人员", "在编否", "有无编制", "编制情况", "是否占编"),
        kind="yes_no",
    ),
    Column(
        "employment_form",
        _("form of employment"),
        ("用人形式", "编制类别", "人员性质"),
        kind="code",
        code_list="employment_form",
    ),
    Column("post", _("post"), ("职务", "行政职务", "现任职务", "岗位"), limit=60),
    Column(
        "unit_since",
        _("at this unit since"),
        ("来校时间", "来校年月", "到现单位时间", "调入时间", "进入本单位时间"),
        kind="date",
        reports="unit",
    ),
    Column(
        "contract",
        _("contract"),
        ("合同类型", "合同类别", "签订合同情况", "聘用合同类型", "签订合同类型"),
        kind="code",
        code_list="contract_kind",
    ),
    Column(
        "came_how",
        _("how they came"),
        ("进校方式", "来校方式", "进入方式", "进入本单位方式", "教职工来源", "教师来源"),
        kind="code",
        code_list="came_how",
    ),
    Column("left_how", _("how they left"), ("减员方式", "离校方式", "离职方式"), kind="code", code_list="left_how"),
)


def _of_highest(*children: str) -> tuple[str | tuple[str, str], ...]:
    """Headings of an education, first those below a heading that says that it is the highest: a roster may have the first one too."""
    parents = "最高学历 最高学历情况 最高学历学位 最高学历（学位） 最高学历及学位 现学历 现有学历".split()
    return (*((parent, child) for parent in parents for child in children), *children)


# Counties send several educations side by side; in-service study comes after the full-time one, so it is the higher.
_EDUCATION = FieldGroup(
    "education",
    others=("第一学历", "第一学位", "第一专业", "初始", "原始", "首次", "起点学历", "入职学历"),
    lesser=("在职", "非全日制", "全日制"),
    ends=("学历", "学位", "教育"),
)
EDUCATION = (
    Column(
        "education",
        _("education"),
        (*_of_highest("学历", "学历层次"), "最高学历", "文化程度", "现学历", "现有学历", "最高学历情况学历"),
        kind="code",
        code_list="education",
        group=_EDUCATION,
    ),
    Column(
        "degree",
        _("degree"),
        (*_of_highest("学位", "学位层次"), "最高学位", "现学位", "最高学历情况学位"),
        kind="code",
        code_list="degree",
        empty_words=("无学位", "未取得", "未取得学位"),
        group=_EDUCATION,
    ),
    Column(
        "school",
        _("school or university"),
        (
            *_of_highest(*"毕业院校 毕业学校 院校 毕业院校名称 毕业学校名称 毕业院校（全称） 毕业院校全称".split()),
            "最高学历毕业院校",
            "最高学历毕业学校",
        ),
        group=_EDUCATION,
    ),
    Column(
        "graduated",
        _("graduated"),
        (*_of_highest("毕业时间", "毕业年月", "毕业日期"), "最高学历毕业时间"),
        kind="date",
        group=_EDUCATION,
    ),
    Column(
        "field_of_study",
        _("field of study"),
        (*_of_highest("所学专业", "专业", "专业名称", "所学专业名称", "毕业专业"), "最高学历所学专业"),
        group=_EDUCATION,
    ),
    Column(
        "study_started",
        pgettext_lazy("course of study", "from"),
        _of_highest("入学时间", "入学年月"),
        kind="date",
        group=_EDUCATION,
    ),
    Column("full_time", _("full time"), ("是否全日制", "全日制"), kind="yes_no", group=_EDUCATION),
    Column(
        "normal_course",
        _("teacher training course"),
        ("是否师范类", "师范类", "是否师范类专业"),
        kind="yes_no",
        group=_EDUCATION,
    ),
)

TEACHING = (
    Column(
        "subject",
        _("subject"),
        (
            "任教学科",
            "学科",
            "任教科目",
            "所教学科",
            "现任教学科",
            "任课学科",
            "任课科目",
            "教授学科",
            "所任学科",
            "所教科目",
            "主教学科",
            "任教课程",
        ),
        kind="code",
        code_list="subject",
    ),
    Column("stage", _("stage"), ("任教学段", "学段"), kind="code", code_list="stage"),
    Column("weekly_hours", _("hours a week"), ("周课时", "周课时数", "周节数"), kind="decimal"),
    Column("class_teacher", _("class teacher"), ("是否班主任", "是否担任班主任", "是否任班主任"), kind="yes_no"),
)

_PHONE = FieldGroup(
    above=("联系", "通讯", "通信", "电话", "手机"), ends=("联系人", "联系人姓名", "家属", "配偶", "配偶姓名", "家长")
)
CONTACT = (
    Column(
        "phone",
        _("phone"),
        (
            "联系电话",
            "手机号码",
            "手机号",
            "手机",
            "电话",
            "移动电话",
            "联系方式",
            "电话号码",
            "手机电话",
            "联系手机",
            "本人电话",
            "联系电话（手机）",
        ),
        kind="phone",
        protected=True,
        group=_PHONE,
    ),
    Column("email", _("e-mail"), ("电子邮箱", "邮箱", "电子邮件"), limit=120),
    Column("address", _("home address"), ("家庭住址", "住址", "现住址", "通讯地址"), limit=200, protected=True),
)

STATUS = (
    Column(
        "status", _("status"), ("人员状态", "当前状态", "在岗状态", "目前状态"), kind="code", code_list="person_status"
    ),
    Column("status_since", _("status since"), ("状态时间", "状态起始时间"), kind="date", reports="status"),
    Column("status_note", _("note on the status"), ("状态说明", "状态备注", "人员状态说明"), limit=200),
)

FORMER_NAME = (
    Column("former_name", _("former name"), ("曾用名",), kind="name", limit=60),
    Column(
        "former_name_until",
        _("former name until"),
        ("曾用名使用至", "曾用名停用时间", "更名时间", "改名时间"),
        kind="date",
    ),
)

BIRTH_DECISION = (
    Column(
        "birth_by_archive",
        _("date of birth by the archive"),
        ("档案出生日期", "档案出生年月", "档案出生时间", "档案记载出生日期", "档案记载出生年月"),
        kind="date",
    ),
    Column(
        "birth_counts",
        _("which date counts"),
        ("出生日期认定依据", "出生日期以何为准", "认定出生日期依据"),
        kind="code",
        code_list="birth_basis",
    ),
    Column("birth_decided_on", _("decided on"), ("出生日期认定日期", "出生日期认定时间"), kind="date"),
    Column("birth_document", _("document of the birth date decision"), ("出生日期认定文号", "出生日期认定文件号")),
)
