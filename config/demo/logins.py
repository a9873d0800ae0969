"""The logins of the demo city: shown on its login page and printed by `manage.py demo_logins`.

Plain data, so that settings may read it. The password is refused wherever the site is not the demo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied

PASSWORD: Final = "shidang-demo"  # noqa: S105 - everybody may know it: it opens the demo only

# Of the one open activation slip of the demo: what is typed beside the name of who holds it.
SLIP_CODE: Final = "shid-angd-emo2"
SLIP_NUMBER: Final = "E26112200"


@dataclass(frozen=True, slots=True)
class Login:
    """One demo user: user name, the person's name, the role, the code and name of the unit, since when they hold the role."""

    username: str
    name: str
    role: str
    unit_code: str
    unit: str
    since: date = date(2019, 1, 1)

    @property
    def password(self) -> str:
        """The one password of the demo."""
        return PASSWORD

    @property
    def role_label(self) -> Any:
        """The role's name on the page."""
        return settings.ROLES[self.role].label


CITY: Final = ("350790", "临江市教育局")
LINXI: Final = ("350726", "临溪县教育局")
SHIMEN: Final = ("350727", "石门县教育局")
QINGHE: Final = ("350704", "青河区教育局")
SCHOOL: Final = ("2135910002", "临溪县实验小学")

LOGINS: Final = (
    Login("linxi.clerk", "李敏", "county_clerk", *LINXI, date(2021, 9, 1)),
    Login("linxi.approver", "郑国栋", "county_approver", *LINXI),
    Login("shimen.clerk", "何晓东", "county_clerk", *SHIMEN),
    Login("shimen.approver", "罗玉珍", "county_approver", *SHIMEN),
    Login("qinghe.clerk", "曾雪梅", "county_clerk", *QINGHE),
    Login("qinghe.approver", "范文斌", "county_approver", *QINGHE),
    Login("city.clerk", "沈立群", "city_clerk", *CITY),
    Login("city.approver", "江海波", "city_approver", *CITY),
    Login("school.clerk", "高慧玲", "school_clerk", *SCHOOL),
    Login("school.approver", "马晓岚", "school_approver", *SCHOOL),
    Login("teacher.lin", "林婉清", "teacher", *SCHOOL),
    Login("teacher.gu", "古丽娜尔·买买提", "teacher", "2135910004", "临溪县城关小学"),
    Login("teacher.qiu", "邱建平", "teacher", "3635910007", "临溪县职业技术学校"),
    Login("panel.secretary", "汤明辉", "panel_secretary", *CITY),
    Login("panel.member", "潘秀芳", "panel_member", *CITY),
    Login("auditor", "卢静宜", "auditor", *CITY),
    Login("system.admin", "程子昂", "system_administrator", *CITY),
    Login("security.one", "方志强", "security_administrator", *CITY),
    Login("security.two", "姚丽萍", "security_administrator", *CITY),
)


class DemoPasswordGuard:
    """An authentication backend, first in the list, that lets nobody in with the demo's password where there is no demo."""

    def authenticate(self, request: Any, password: str | None = None, **_credentials: Any) -> None:
        """Stop the login for all backends that follow."""
        if password == PASSWORD and not settings.DEMO:
            raise PermissionDenied
