"""The columns of workbooks of facts (任职、借调支教、聘用合同台账), with the headings that counties give them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exchange.kinds import Column
from personnel.resources import columns

Headings = tuple[str | tuple[str, str], ...]
_FROM: Final = "起 始 开始 起始 起始时间 起始日期 起始年月 开始时间 开始日期"
_UNTIL: Final = "止 终 结束 终止 截止 届满 终止时间 终止日期 结束时间 结束日期 截止时间 截止日期 结束年月"


def _named(said: str, parents: str = "", children: str = "") -> Headings:
    """Headings that say it alone, then short ones (`children`) below any of these `parents`."""
    return (*said.split(), *((parent, child) for parent in parents.split() for child in children.split()))


def _unit(said: str) -> Column:
    """The column of a unit, whose headings in a roster stand behind those that this sheet gives it."""
    return replace(
        columns.UNIT_NAME, reports="", headers=tuple(dict.fromkeys((*said.split(), *columns.UNIT_NAME.headers)))
    )


_CODE: Final = replace(columns.UNIT_CODE, reports="")

HEADSHIP: Final = (
    _unit("任职单位 任职学校 任职学校（单位） 任职单位（学校）"),
    _CODE,
    Column(
        "headship",
        _("headship"),
        _named(
            """
            领导职务 校级职务 任职职务 现任职务 现职务 担任职务 校级领导职务 所任职务 职务 职务名称 行政职务 党政职务
            """
        ),
        kind="code",
        code_list="headship",
        required=True,
    ),
    Column(
        "headship_acting",
        _("acting"),
        _named("是否主持工作 主持工作 是否代理 代理 是否代理职务"),
        kind="yes_no",
    ),
    Column(
        "headship_since",
        pgettext_lazy("headship", "since"),
        _named(
            """
            任职时间 任职日期 任职年月 任现职时间 任现职日期 任现职年月 现任职务时间 任现职务时间 任命时间 任命日期
            任职起始时间 任职起始日期 任职开始时间 开始任职时间 任校长时间 任职起
            """,
            "任职时间 任期 任职起止时间 任职起止年月",
            _FROM,
        ),
        kind="date",
        required=True,
    ),
    Column("headship_term", _("which term"), _named("第几任期 任期届次 任期次数 届次 第几届"), kind="integer"),
    Column(
        "headship_term_last",
        _("last day of the term"),
        _named(
            """
            任期届满时间 任期届满日期 任期截止时间 任期截止日期 任期至 任期结束时间 任期结束日期 任期期满时间 届满时间
            """,
            "任期",
            _UNTIL,
        ),
        kind="date",
        beyond=True,
    ),
    Column(
        "headship_document",
        _("document of appointment"),
        _named(
            """
            任命文号 任职文号 任职文件 任职文件号 任职文件文号 任命文件 任命文件号 任免文号 任职批准文号 批准文号 文号 文件号
            文件文号
            """
        ),
        required=True,
    ),
    Column(
        "headship_until",
        _("removed on"),
        _named(
            "免职时间 免职日期 免职年月 离任时间 离任日期 离任年月 卸任时间 卸任日期 任职结束时间",
            "任职时间 任职起止时间 任职起止年月",
            _UNTIL,
        ),
        kind="date",
        empty_words=("至今", "今", "现任", "在任"),
    ),
    Column(
        "headship_ended_how",
        _("why it ended"),
        _named("免职原因 离任原因 免职事由 卸任原因"),
        kind="code",
        code_list="headship_end",
    ),
    Column("headship_end_document", _("document of removal"), _named("免职文号 免职文件 免职文件号 离任文号")),
)

_AWAY: Final = (
    "起止时间 起止日期 起止年月 借调时间 借调期限 支教时间 支教期限 挂职时间 挂职期限 跟岗时间 交流时间 交流期限 期限"
)
DISPATCH: Final = (
    _unit(
        """
        所在单位 派出单位 派出学校 人事关系所在单位 编制所在单位 编制所在学校 原单位 原学校 原工作单位 现单位 所在学校 借出单位
        借出学校 流出学校 流出单位 选派单位 选派学校
        """
    ),
    _CODE,
    Column(
        "dispatch_unit",
        _("works at"),
        _named(
            """
            借调单位 借用单位 借入单位 借调到单位 借调去向 现借调单位 支教学校 支教单位 受援学校 受援单位 挂职单位 挂职学校 跟岗学校
            跟岗单位 接收单位 接收学校 交流学校 交流单位 流入学校 流入单位 派往单位 派往学校 实际工作单位 实际工作学校 实际任教学校
            去向
            """
        ),
        units=True,
        required=True,
    ),
    Column(
        "dispatch_kind",
        _("kind of move"),
        _named(
            """
            类型 类别 借调类型 派出类型 派出方式 派出形式 交流方式 交流类型 交流形式 外派类型 外派形式 借调支教类型 形式 方式
            """
        ),
        kind="code",
        code_list="move_kind",
        required=True,
        barred=("transfer",),
    ),
    Column(
        "dispatch_since",
        pgettext_lazy("dispatch", "first day"),
        _named(
            """
            起始日期 起始时间 开始日期 开始时间 借调起始时间 借调开始时间 借调时间 支教起始时间 支教开始时间 挂职起始时间
            挂职开始时间 跟岗开始时间 交流开始时间 交流起始时间 派出时间 派出日期 起始年月 起 自
            """,
            _AWAY,
            _FROM,
        ),
        kind="date",
        required=True,
    ),
    Column(
        "dispatch_last",
        pgettext_lazy("dispatch", "last day"),
        _named(
            """
            结束日期 结束时间 截止日期 截止时间 终止日期 终止时间 到期时间 到期日期 借调结束时间 借调截止时间 借调到期时间
            支教结束时间 支教截止时间 挂职结束时间 挂职截止时间 跟岗结束时间 交流结束时间 交流截止时间 返回时间 返校时间 截止年月
            止 至
            """,
            _AWAY,
            _UNTIL,
        ),
        kind="date",
        beyond=True,
        required=True,
    ),
    Column(
        "dispatch_document",
        _("document number"),
        _named(
            """
            批准文号 文号 文件号 文件文号 批准文件 批准文件号 借调文号 借调文件 借调函号 借调函文号 支教文号 支教文件 挂职文号
            派遣文号 依据文件 文件依据 审批文号
            """
        ),
        required=True,
    ),
    Column(
        "dispatch_note",
        _("note"),
        _named("事由 借调事由 借调原因 支教任务 工作内容 从事工作 借调岗位 情况说明"),
        limit=200,
    ),
)

_TERM: Final = "合同期限 合同期 合同起止时间 合同起止日期 合同起止年月 聘期 聘用期限 聘用期 聘任期限 本期合同"
CONTRACT: Final = (
    _unit("聘用单位 签约单位 聘任单位 用人单位 合同单位 甲方"),
    _CODE,
    Column(
        "contract_kind",
        _("kind of contract"),
        _named("合同类型 合同类别 合同种类 聘用合同类型 签订合同类型"),
        kind="code",
        code_list="contract_kind",
    ),
    Column(
        "contract_term",
        _("kind of term"),
        _named("合同期限类型 期限类型 合同期限种类 聘期类型 聘用期限类型 合同期类型"),
        kind="code",
        code_list="contract_term",
    ),
    Column(
        "contract_number",
        _("contract number"),
        _named("合同编号 合同号 合同书编号 聘用合同编号 聘用合同号 聘用合同书编号 协议编号 合同文号"),
        limit=60,
    ),
    Column(
        "contract_since",
        pgettext_lazy("contract", "first day"),
        _named(
            """
            合同起始日期 合同起始时间 合同开始日期 合同开始时间 合同生效日期 合同生效时间 合同起始年月 聘期起始日期 聘期起始时间
            聘期开始时间 聘用起始日期 聘用起始时间 聘用开始时间 合同期起 合同起 聘期起 合同期限起
            """,
            _TERM,
            _FROM,
        ),
        kind="date",
        required=True,
    ),
    Column(
        "contract_last",
        pgettext_lazy("contract", "last day"),
        _named(
            """
            合同终止日期 合同终止时间 合同结束日期 合同结束时间 合同到期日期 合同到期时间 合同期满日期 合同期满时间 合同截止日期
            合同截止时间 合同到期日 聘期终止日期 聘期结束时间 聘期截止时间 聘期到期时间 聘用终止日期 聘用结束时间 聘用截止时间
            合同期止 合同止 聘期止 合同期限止
            """,
            _TERM,
            _UNTIL,
        ),
        kind="date",
        beyond=True,
        empty_words=("长期", "至退休", "聘至退休", "聘用至退休", "退休", "到退休", "无固定期限", "无固定期"),
    ),
    Column(
        "contract_signed",
        _("signed on"),
        _named("签订日期 签订时间 合同签订日期 合同签订时间 签约日期 签约时间 签署日期 签合同时间 合同签订年月"),
        kind="date",
    ),
    Column(
        "contract_first",
        _("first job"),
        _named("是否首次就业 是否初次就业 初次就业 首次就业 是否初次聘用 是否首次聘用 首次签订 是否首次签订合同"),
        kind="yes_no",
    ),
    Column(
        "contract_probation",
        _("last day of the probation"),
        _named(
            """
            试用期至 试用期截止日期 试用期截止时间 试用期截止 试用期满日期 试用期满时间 试用期结束日期 试用期结束时间
            试用期终止日期 试用期到期时间 试用截止日期 试用期止
            """,
            "试用期",
            f"{_UNTIL} 至",
        ),
        kind="date",
        beyond=True,
    ),
)
