"""Which change a fact came with: by whom, on which day, for which reason, on whose paper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from config.demo.ledger import Act, Ledger
from config.demo.people import Person, Spell
from config.demo.units import UnitPlan
from config.demo.writing.offices import PAPERS, TITLE_PAPERS, Offices

OPENED, CHANGED, CORRECTED = "personnel.create_teacher", "personnel.change_fact", "personnel.correct_fact"
# After the rosters of 2019 the clerks typed in what a roster has no room for.
SUPPLEMENT: Final = date(2019, 10, 12)
LEAVING: Final = {
    "retired": "退休审批",
    "resigned": "本人辞职",
    "transfer": "调出本市",
    "died": "在职病故",
    "contract_end": "聘用合同期满终止",
    "dismissed": "解除聘用合同",
}
ABSENT: Final = {"on_loan": "借调、交流轮岗", "studying": "脱产进修", "long_sick": "长期病休", "suspended": "停职"}


class Acts:
    """Finds the act for a fact; None where its day has not come, so that the fact is not known yet."""

    def __init__(self, ledger: Ledger, offices: Offices) -> None:
        self._ledger, self._offices = ledger, offices
        self.day = offices.day

    def _come(self, day: date) -> bool:
        return day <= self.day

    def supplement(self, place: int) -> Act:
        """What was typed in after the rosters."""
        actor = self._offices.clerk(place, SUPPLEMENT)
        return self._ledger.act(CHANGED, actor, SUPPLEMENT, "全国教师管理信息系统信息补采", source="page")

    def entry(self, place: int, start: date) -> Act | None:
        """The file of somebody new is opened a week after the first day."""
        day = start + timedelta(days=7)
        if not self._come(day):
            return None
        actor = self._offices.clerk(place, day)
        return self._ledger.act(OPENED, actor, day, f"{day.year}年新进教职工建档", series=PAPERS[place], source="page")

    def move(self, before: Spell, after: Spell) -> Act | None:
        """A transfer, an appointment to a post, or special-post teachers who come into the quota."""
        day = after.start - timedelta(days=8)
        if not self._come(day):
            return None
        term = "春" if after.start.month < 6 else "秋"
        place = after.unit.place if after.unit.place == before.unit.place else 0
        reason = {
            "transfer": f"{after.start.year}年{term}季教师调动",
            "special_post": f"{after.start.year}年特岗教师服务期满转编",
        }.get(after.came_how, f"{after.start.year}年干部任免")
        return self._ledger.act(
            CHANGED, self._offices.clerk(place, day), day, reason, series=PAPERS[place], source="page"
        )

    def leaving(self, person: Person) -> Act | None:
        """Retirement, resignation and the like are decided shortly before; a death is recorded after it."""
        if person.leaves is None:
            return None
        day = person.leaves + timedelta(days=15 if person.leaves_how == "died" else -10)
        if not self._come(day):
            return None
        place = person.post.unit.place
        reason = LEAVING[person.leaves_how]
        return self._ledger.act(
            CHANGED, self._offices.clerk(place, day), day, reason, series=PAPERS[place], source="page"
        )

    def lessons(self, unit: UnitPlan, start: date) -> Act | None:
        """The school says who teaches what, at the beginning of a term."""
        day = start.replace(month=9 if start.month >= 6 else 3, day=5)
        if not self._come(day):
            return None
        words = f"{day.year}—{day.year + 1}学年教学任务安排" if day.month == 9 else f"{day.year}年春季学期教学任务调整"
        return self._ledger.act(CHANGED, self._offices.school_clerk(unit, day), day, words, source="page")

    def title(self, place: int, obtained: date) -> Act | None:
        """Results of December are recorded in March, the others six weeks later."""
        winter = obtained.month >= 11
        day = date(obtained.year + 1, 3, 20) if winter else date(obtained.year, 10, 15)
        if not self._come(day):
            return None
        reason = f"{obtained.year}年度中小学教师职称评审结果" if winter else f"{obtained.year}年中小学教师初级职称认定"
        actor = self._offices.titles_clerk(place, day)
        return self._ledger.act(CHANGED, actor, day, reason, series=TITLE_PAPERS[place], source="page")

    def standing(self, place: int, start: date) -> Act | None:
        """Party membership is brought up to date once a year."""
        day = date(start.year, 12, 28)
        if not self._come(day):
            return None
        return self._ledger.act(
            CHANGED, self._offices.clerk(place, day), day, f"{day.year}年政治面貌信息更新", source="page"
        )

    def absence(self, place: int, status: str, start: date) -> Act | None:
        """Somebody goes on loan, to study, on sick leave."""
        day = start - timedelta(days=6)
        if not self._come(day):
            return None
        reason = f"{day.year}年{ABSENT[status]}"
        return self._ledger.act(
            CHANGED, self._offices.clerk(place, day), day, reason, series=PAPERS[place], source="page"
        )

    def back(self, place: int, end: date) -> Act | None:
        """Somebody is back."""
        day = end + timedelta(days=3)
        if not self._come(day):
            return None
        return self._ledger.act(CHANGED, self._offices.clerk(place, day), day, "期满返回原岗位", source="page")

    def records(self, unit: UnitPlan, day: date) -> Act | None:
        """Studies, certificates and achievements of a year are recorded by the school in the June that follows."""
        june = date(day.year + (day.month > 6), 6, 20)
        if not self._come(june):
            return None
        reason = f"{june.year}年业务档案登记"
        return self._ledger.act(CHANGED, self._offices.school_clerk(unit, june), june, reason, source="page")

    def phones(self, unit: UnitPlan, day: date) -> Act | None:
        """The school checks its telephone list."""
        if not self._come(day):
            return None
        return self._ledger.act(
            CHANGED, self._offices.school_clerk(unit, day), day, f"{day.year}年通讯录核对", source="page"
        )

    def correction(self, place: int, day: date, reason: str, *, series: str = "", document: str = "") -> Act | None:
        """What was recorded wrongly is put right."""
        if not self._come(day):
            return None
        actor = self._offices.clerk(place, day)
        return self._ledger.act(CORRECTED, actor, day, reason, series=series, document=document, source="page")

    def by(self, username: str, kind: str, day: date, reason: str, document: str = "") -> Act | None:
        """An act of its own, by a named user."""
        if not self._come(day):
            return None
        return self._ledger.act(kind, self._offices.actor(username, day), day, reason, document=document, source="page")
