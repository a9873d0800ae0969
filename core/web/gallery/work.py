"""Samples of an import, a change to check, a case, and what is left."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.web.gallery.words import both
from core.web.parts import (
    Action,
    Badge,
    Chart,
    Entry,
    Fact,
    Finding,
    Link,
    Mark,
    Part,
    Problem,
    Progress,
    Series,
    Sheet,
    SheetCell,
    SheetRow,
    Side,
    Step,
    Tab,
)

COLUMNS = ("C 姓名", "D 性别", "E 身份证号", "F 出生日期", "G 单位")


def _sheet(number: int, texts: tuple[str, ...], bad: int) -> Sheet:
    cells = [SheetCell(text, "bad" if at == bad else "") for at, text in enumerate(texts)]
    return Sheet(COLUMNS, [SheetRow(number, cells)])


def import_sample() -> dict[str, Any]:
    """An import page, running and checked."""
    use = [Action(both("采用", "Use it"), icon="check", name="use", value="1")]
    return {
        "steps": [
            Step(both("下载模板", "Download the template"), "done", "10-30 09:12"),
            Step(both("上传", "Upload"), "done", "11-23 10:04"),
            Step(both("核对与采纳", "Check and accept"), "current"),
        ],
        "running": Progress(
            "1",
            both("正在核对第 2,361 行，共 3,012 行", "Checking row 2,361 of 3,012"),
            "running",
            2361,
            3012,
            both("每秒 430 行，约剩 2 秒", "430 rows a second, about 2 seconds left"),
            "",
            "#",
        ),
        "finished": Progress(
            "2",
            both("核对完成，3,012 行", "Checked, 3,012 rows"),
            "done",
            detail=both(
                "用时 7 秒，每秒 430 行。表头在第 3–4 行，认出 36 列中的 36 列",
                "7 seconds, 430 rows a second. Header in rows 3–4, 36 of 36 columns",
            ),
            result=Action(both("看列的对应", "Columns"), "#"),
        ),
        "mix": [Part("new", 38), Part("changed", 214), Part("same", 2731), Part("refused", 21), Part("undecided", 8)],
        "tabs": [
            Tab(both("新增", "New"), "#", count=38, key="new"),
            Tab(both("有变化", "Changed"), "#", count=214, key="changed"),
            Tab(both("无变化", "Same"), "#", count=2731, key="same"),
            Tab(both("不能导入", "Refused"), "#", count=21, tone="red", key="refused"),
            Tab(both("要您决定", "Needs your decision"), "#", current=True, count=8, tone="amber", key="undecided"),
        ],
        "conflict": _conflict(),
        "problems": [
            Problem(
                "F412",
                both("出生日期 2 月 30 日不存在。", "date of birth: 30 February does not exist."),
                _sheet(412, ("蔡明珠", "女", "35**** 19940228 **24", "1994-02-30", "临溪县实验小学"), 3),
                both("身份证号里是 1994-02-28", "the identity number says 1994-02-28"),
                use,
            ),
            Problem(
                "E1560",
                both(
                    "长数字被存成数值，末三位已丢失，不能还原。",
                    "a long number stored as a number: its last three digits are lost.",
                ),
                _sheet(1560, ("廖家骏", "男", "3.52299E+17", "1983-11-02", "南坪镇中心小学"), 2),
                both("请把这一格设为文本后重填", "format this cell as text and type it again"),
            ),
        ],
        "accept": [Action(both("采纳 2,983 行", "Accept 2,983 rows"), primary=True)],
        "note": both(
            "待决定与不能导入的 29 行留下；采纳后可整批撤销", "29 rows stay behind; the whole batch can be undone"
        ),
    }


def _conflict() -> dict[str, Any]:
    return {
        "key": "c1",
        "name": "郑晓燕",
        "unit": both("城关小学", "Chengguan Primary"),
        "field": both("手机号码", "Mobile"),
        "where": both("文件第 318 行", "row 318 of the file"),
        "sides": [
            Side(
                both("文件里", "In the file"),
                "139 0599 1180",
                both("您没有改", "not edited"),
                "file",
                both("用文件的", "Use the file"),
            ),
            Side(
                both("现在系统里", "In the system now"),
                "136 6501 7742",
                both("更正 1186", "correction 1186"),
                "now",
                both("保留现在的", "Keep what we hold"),
                picked=True,
            ),
            Side(
                both("您下载模板时", "When you downloaded"),
                "139 0599 1180",
                "2026-10-30 09:12",
                "other",
                both("另填一个值", "Enter another"),
            ),
        ],
        "heading": both("下载之后有人改过。", "Changed after you downloaded."),
        "text": both("建议保留现在的。", "We suggest you keep what we hold."),
    }


def change_sample() -> dict[str, Any]:
    """Check the answers: what changes, and what follows from it."""
    return {
        "crumbs": [Link("林婉清", "#"), Link(both("更正参加工作时间", "Correct the first day of work"))],
        "steps": [
            Step(both("填写", "Fill in"), "done"),
            Step(both("核对", "Check"), "current"),
            Step(both("完成", "Done")),
        ],
        "rows": [
            (
                both("参加工作时间", "First day of work"),
                "2012-08-01",
                "2011-08-01",
                both("早 12 个月", "12 months earlier"),
            ),
            (
                both("连续工龄", "Years of service"),
                both("14 年", "14 years"),
                both("15 年", "15 years"),
                both("随之重算", "computed anew"),
            ),
        ],
        "facts": [
            Fact(both("性质", "Kind"), both("更正：原来就记错了", "Correction: it was wrong from the start")),
            Fact(both("理由", "Reason"), both("干部人事档案专项审核", "Review of the archive")),
            Fact(both("文号", "Document number"), "临委组档审〔2026〕211号"),
        ],
        "findings": [
            Finding(
                both("津贴", "Allowance"),
                both("5 元改为 7 元/月，补发 11 个月。", "From 5 to 7 yuan a month, 11 months in arrears."),
                icon="coin",
                aside="+¥22.00",
            ),
            Finding(
                both("需要人定", "A person must decide"),
                both("2012 年度考核是否补认，系统不能判断。", "Whether 2012 counts cannot be computed."),
                "amber",
                aside=both("转办 1 件", "1 case"),
            ),
            Finding(
                both("编制与岗位", "Quota and post"),
                both("不变。", "Unchanged."),
                icon="school",
                aside=both("不变", "same"),
            ),
        ],
        "actions": [
            Action(both("确认更正", "Confirm"), icon="check", primary=True),
            Action(both("返回修改", "Go back"), "#"),
            Action(both("不改了", "Leave it"), "#", quiet=True),
        ],
        "note": both("记入变更记录并通知本人", "Goes into the history; the person is told"),
    }


def case_sample() -> dict[str, Any]:
    """A case: findings worst first, facts and timeline beside."""
    return {
        "steps": [
            *(Step(both(zh, en), "done") for zh, en in (("申报", "Apply"), ("推荐", "Recommend"), ("公示", "Notice"))),
            Step(both("县级审核", "County review"), "current"),
            *(Step(both(zh, en)) for zh, en in (("市级受理", "City"), ("评审", "Panel"), ("发证", "Issue"))),
        ],
        "due": Badge(both("12月4日前办结，还剩 9 个工作日", "Due 4 Dec, 9 working days left"), "amber", "clock"),
        "counts": [Badge(both("不符合 1", "1 not met"), "red", "no"), Badge(both("符合 5", "5 met"), "green", "ok")],
        "findings": [
            Finding(
                both("2024 年度学时", "Hours of 2024"),
                both("要求当年不少于 90 学时，实有 84，差 6。", "90 hours asked for, 84 found, 6 short."),
                "red",
                reference=both("第25号令 第八条", "Order 25, article 8"),
                reference_url="#",
                badge=Badge(both("不符合", "not met"), "red"),
                link=Link(both("学时明细", "Hours"), "#"),
            ),
            Finding(
                both("任职年限", "Years in post"),
                both("满 5 年；截至 2026-12-31 为 6 年 0 个月。", "5 years; 6 years 0 months on 2026-12-31."),
                "green",
                reference=both("79号文 附件", "Notice 79, annex"),
                badge=Badge(both("符合", "met"), "green"),
                link=Link(both("怎么算的", "How"), "#"),
            ),
        ],
        "facts": [
            Fact(both("现岗位", "Post"), both("九级，2023-01-01 聘任", "level 9 since 2023-01-01"), mark=Mark("clerk")),
            Fact(both("乡村年限", "Rural years"), both("1 年 2 个月", "1 year 2 months"), mark=Mark("computed")),
        ],
        "timeline": [
            Entry(
                both("县级审核，等李敏办理", "County review, with Li Min"),
                None,
                both("第 6 个工作日，共 15 个", "day 6 of 15"),
                pending=True,
            ),
            Entry(
                both("校内公示期满，无异议", "Notice over, nobody objected"),
                date(2026, 11, 13),
                both("5 个工作日", "5 working days"),
            ),
            Entry(both("本人提交", "Sent by the person"), date(2026, 10, 27), both("材料 17 份", "17 papers")),
        ],
        "actions": [
            Action(
                both("退回，一次告知 1 项", "Return, naming 1"), icon="undo", primary=True, name="verb", value="return"
            ),
            Action(both("不予受理", "Refuse"), name="verb", value="refuse", danger=True),
            Action(both("转给他人", "Hand over"), "#", quiet=True),
        ],
        "note": both("上报要求全部符合，现在还差 1 项", "All must be met to go on; 1 is missing"),
    }


def rest_sample() -> dict[str, Any]:
    """Charts of the other kinds, notices of every tone, a failed and a waiting task."""
    ages = ["25–29", "30–34", "35–39", "40–44", "45–49", "50–54", "55–59"]
    women = [120, 210, 260, 240, 190, 150, 60]
    men = [60, 90, 110, 130, 140, 160, 120]
    months = [both(f"{month} 月", f"{month:02}") for month in range(1, 13)]
    hours = [12, 20, 34, 28, 40, 22, 60, 88, 30, 26, 24, 10]
    female, male = both("女", "Women"), both("男", "Men")
    return {
        "pyramid": Chart(
            "ages",
            both("年龄结构", "Ages"),
            list(reversed(ages)),
            [Series(female, list(reversed(women)), "second"), Series(male, list(reversed(men)), "accent")],
            "pyramid",
            head=[both("年龄", "Age"), female, male],
            rows=list(zip(ages, women, men, strict=True)),
        ),
        "columns": Chart(
            "hours",
            both("每月学时", "Hours by month"),
            months,
            [Series(both("学时", "Hours"), hours)],
            unit=both("学时", "hours"),
            size="low",
            head=[both("月", "Month"), both("学时", "Hours")],
            rows=list(zip(months, hours, strict=True)),
        ),
        "notices": [
            {
                "tone": "red",
                "heading": both("证书已撤销。", "Certificate revoked."),
                "text": both("2026-03-01 起不得任教。", "In force since 2026-03-01."),
            },
            {
                "tone": "green",
                "text": both("已采纳 2,983 行。", "2,983 rows accepted."),
                "link": Link(both("看批次", "Open the batch"), "#"),
            },
        ],
        "waiting": Progress("3", both("排队中，前面还有 1 项", "Waiting, one before it"), "waiting", cancel_url="#"),
        "failed": Progress(
            "4",
            both("导出没有完成", "The export did not finish"),
            "failed",
            120,
            900,
            both("磁盘已满；清理后再试一次", "the disk is full; make room and try again"),
            result=Action(both("再试一次", "Try again"), "#", post=True),
        ),
    }
