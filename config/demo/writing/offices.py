"""Who works with the system: users, the roles they were given by two persons, and who acts for which office on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Final

from django.contrib.auth.hashers import make_password

from config.demo.ledger import Ledger, Row, period
from config.demo.logins import LOGINS, PASSWORD
from config.demo.names import person_name
from config.demo.units import UnitPlan
from core.org.actor import Actor, system_actor
from core.org.models import RoleAssignment, RoleProposal, Unit, User
from core.records.changes import change

OPENED: Final = date(2019, 1, 1)
LAST_DAY_OF_FIRST_CLERK: Final = date(2021, 9, 1)
BUREAU_ROLES: Final = {"city": "city_clerk", "county": "county_clerk"}


@dataclass(frozen=True, slots=True)
class Colleague:
    """A user who is not among the demo logins but whose name stands in histories."""

    username: str
    name: str
    role: str
    place: int
    start: date
    end: date | None = None


COLLEAGUES: Final = (
    Colleague("chen.zhiyuan", "陈志远", "county_clerk", 1, OPENED, date(2023, 9, 1)),
    Colleague("huang.shufen", "黄淑芬", "county_clerk", 1, date(2021, 3, 1)),
    Colleague("zhou.yaqin", "周雅琴", "county_clerk", 1, date(2020, 1, 1)),
    Colleague("tan.guohua", "谭国华", "county_clerk", 2, OPENED, date(2022, 9, 1)),
    Colleague("shi.wenying", "石文英", "county_clerk", 3, OPENED),
    Colleague("jiang.lan", "姜兰", "city_clerk", 0, OPENED),
)
# Who keeps titles, beside the clerk who keeps moves: by place.
TITLES_BY: Final = {0: "jiang.lan", 1: "zhou.yaqin", 2: "shimen.clerk", 3: "shi.wenying"}
FIRST_CLERK: Final = {0: "city.clerk", 1: "chen.zhiyuan", 2: "tan.guohua", 3: "shi.wenying"}
CLERK: Final = {0: "city.clerk", 1: "linxi.clerk", 2: "shimen.clerk", 3: "qinghe.clerk"}
PAPERS: Final = {0: "江教人", 1: "临教人", 2: "石教人", 3: "青教人"}
TITLE_PAPERS: Final = {0: "江人社职", 1: "临人社职", 2: "石人社职", 3: "青人社职"}
QUOTA_PAPERS: Final = {0: "江委编办", 1: "临委编办", 2: "石委编办", 3: "青委编办"}


class Offices:
    """The users of the city by name, and the actor who would do a thing on a day."""

    def __init__(self, units: list[UnitPlan], day: date, seed: int) -> None:
        self.day = day
        self._units = {plan.code: plan for plan in units}
        self._bureaus = [next(p for p in units if p.place == place and p.kind in BUREAU_ROLES) for place in range(4)]
        self._roles: dict[str, tuple[str, UnitPlan, date, date | None]] = {}
        self._users: dict[str, User] = {}
        self._actors: dict[tuple[str, date], Actor] = {}
        self._of_school: dict[str, str] = {}
        self._seed = seed

    def open(self, units: list[UnitPlan]) -> None:
        """Make all users; the password is hashed once, so that the seed is quick."""
        hashed = make_password(PASSWORD)
        people: list[tuple[str, str]] = []
        for login in LOGINS:
            if login.unit_code in self._units:
                self._roles[login.username] = (login.role, self._units[login.unit_code], login.since, None)
                people.append((login.username, login.name))
        for one in COLLEAGUES:
            self._roles[one.username] = (one.role, self._bureaus[one.place], one.start, one.end)
            people.append((one.username, one.name))
        people += self._school_clerks(units)
        with change("org.open_account", actor=system_actor(OPENED), reason="系统开通", source="command"):
            made = User.objects.bulk_create(
                User(username=username, name=name, password=hashed) for username, name in people
            )
        self._users = {user.username: user for user in made}

    def _school_clerks(self, units: list[UnitPlan]) -> list[tuple[str, str]]:
        """Every school has a clerk; the user name is the school's code."""
        taken = {unit.code: name for name, (role, unit, *_days) in self._roles.items() if role == "school_clerk"}
        rng = Random(f"{self._seed}:clerks")  # noqa: S311 - invented people, the same at every run
        found = []
        for unit in units:
            if unit.is_school and unit.code not in taken:
                username = f"clerk.{unit.code}"
                self._roles[username] = ("school_clerk", unit, max(OPENED, unit.opened), unit.closed)
                taken[unit.code] = username
                found.append((username, person_name(rng, male=rng.random() < 0.4, birth_year=1986)[0]))
        self._of_school = taken
        return found

    def user(self, username: str) -> User | None:
        """A user of the city, None where the city is too small to have them."""
        return self._users.get(username)

    def unit_of(self, username: str) -> Unit:
        """Where a user holds their role."""
        return unit_of(self._roles[username][1])

    def actor(self, username: str, day: date) -> Actor:
        """The user in their role on a day."""
        key = (username, day)
        if key not in self._actors:
            role, unit, *_days = self._roles[username]
            self._actors[key] = Actor(self._users[username], role, unit_of(unit), day)
        return self._actors[key]

    def clerk(self, place: int, day: date) -> Actor:
        """Who keeps the files of a place on a day."""
        first = day < LAST_DAY_OF_FIRST_CLERK
        return self.actor((FIRST_CLERK if first else CLERK)[place], day)

    def titles_clerk(self, place: int, day: date) -> Actor:
        """Who keeps the titles of a place on a day."""
        username = TITLES_BY[place]
        return self.actor(username, day) if self._roles[username][2] <= day else self.clerk(place, day)

    def school_clerk(self, unit: UnitPlan, day: date) -> Actor:
        """The clerk of a school; of an office, the clerk of its bureau."""
        if not unit.is_school:
            return self.clerk(unit.place, day)
        return self.actor(self._of_school[unit.code], day)

    def give_roles(self, ledger: Ledger) -> None:
        """The security administrators hold their role from the opening; all others were proposed by one and confirmed by the other."""
        opening = ledger.act("org.grant_role", system_actor(OPENED), OPENED, "系统开通，首任管理员", source="command")
        for username, (role, unit, start, end) in self._roles.items():
            if role == "security_administrator":
                self._assign(opening.insert, username, role, unit, start, end)
        one, two = self._users["security.one"], self._users["security.two"]
        for username, (role, unit, start, end) in self._roles.items():
            if role == "security_administrator":
                continue
            reason = "学校经办账号开通" if role.startswith("school") else "岗位职责需要"
            proposed = ledger.act("org.propose_role", self.actor("security.one", start), start, reason, source="page").insert(
                RoleProposal, user_id=self._users[username].pk, role=role, unit_id=unit.pk, starts=start, ends=end, revoke=False,
                reason=reason, proposed_by_id=one.pk, state=RoleProposal.State.OPEN,
            )  # fmt: skip
            decided = ledger.act("org.decide_role", self.actor("security.two", start), start, reason, source="page")
            decided.update(proposed, decided_by_id=two.pk, state=RoleProposal.State.CONFIRMED)
            self._assign(decided.insert, username, role, unit, start, end)

    def _assign(self, insert: Any, username: str, role: str, unit: UnitPlan, start: date, end: date | None) -> Row:
        row: Row = insert(
            RoleAssignment, user_id=self._users[username].pk, role=role, unit_id=unit.pk, valid=period(start, end)
        )  # fmt: skip
        return row


def unit_of(plan: UnitPlan) -> Unit:
    """The stored unit of a plan, as an actor needs it."""
    unit = Unit(pk=plan.pk, code=plan.code, kind=plan.kind, path=plan.path)
    unit._state.adding = False
    return unit
