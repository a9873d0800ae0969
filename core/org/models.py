"""Units and their tree, users, and which role they hold where and when."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Subquery, Value, When
from django.db.models.functions import Collate, Concat
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.org.fields import LtreeField
from core.org.triggers import account_triggers, assignment_triggers, passkey_triggers, proposal_triggers
from core.records.changes import change
from core.records.fields import CodeField
from core.records.models import ClockTimestamp, EffectiveRecord, Record, no_overlap, real_period
from core.records.scope import RecordQuerySet


class UnitKind(models.TextChoices):
    """The levels of the tree."""

    PROVINCE = "province", _("Province")
    CITY = "city", _("City bureau")
    COUNTY = "county", _("County bureau")
    DEPARTMENT = "department", _("Department")
    SCHOOL = "school", _("School")
    TEACHING_POINT = "teaching_point", _("Teaching point")


# What stands first below a parent: a bureau's own departments and schools, then the bureaus that it leads.
PLACES: Final = (
    UnitKind.DEPARTMENT, UnitKind.SCHOOL, UnitKind.TEACHING_POINT, UnitKind.COUNTY, UnitKind.CITY, UnitKind.PROVINCE,
)  # fmt: skip


class UserManager(BaseUserManager["User"]):
    """Makes users; the system's own user is made by the first migration."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A user who may log in (no password given: not until one is set)."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user

    def system(self) -> User:
        """The actor of the system's own work."""
        return self.get(username="system")


class User(AbstractBaseUser):
    """Somebody who logs in. What they may do comes from their role assignments; written by `core.org.accounts`.

    `password_by` handed out the password and so may know it, until its holder takes the account over with a code that another
    person handed them (`code_by`; only its digest is kept). `must_choose`: the password handed out was not changed yet.
    `sessions_ended`: how often they ended all their sessions; one that began before such an end opens nothing.
    """

    username = models.CharField(_("user name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may log in"), default=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    theme = models.CharField(max_length=10, default="light")
    preferences = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    password_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    must_choose = models.BooleanField(default=False)
    code_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    code_digest = models.CharField(max_length=64, blank=True, default="")
    sessions_ended = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        default_permissions = ()
        triggers: ClassVar = account_triggers()

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def awaits_holder(self) -> bool:
        """Nobody acts with the account before its holder has chosen a password, with the code where one was handed out."""
        return self.must_choose or bool(self.code_digest)

    def get_session_auth_hash(self) -> str:
        """What a session of this user bears: another password, or an end of all sessions, changes it."""
        return self._of_session()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under each earlier secret key."""
        yield from (self._of_session(secret) for secret in settings.SECRET_KEY_FALLBACKS)

    def _of_session(self, secret: str | bytes | None = None) -> str:
        kept = f"{self.password}:{self.sessions_ended}"
        return salted_hmac("core.org.session", kept, secret=secret, algorithm="sha256").hexdigest()

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. A digest of an older recipe is made anew, in a change of its own."""

        def renew(raw: str) -> None:
            self.set_password(raw)
            with change("org.renew_digest", actor=self, reason=f"{self.username}: {self.password.partition('$')[0]}"):
                self.save(update_fields=["password"])

        return check_password(raw_password or "", self.password, renew)


class Passkey(models.Model):
    """A key of a phone or a machine with which a user logs in instead of a password (WebAuthn). Written by `core.org.passkeys`.

    `credential` holds its id, the public key and the sort of device, as the device attested them; the private key never leaves it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="passkeys")
    name = models.CharField(_("name"), max_length=60)
    key_id = models.BinaryField(unique=True, editable=False)
    credential = models.BinaryField(editable=False)
    added_at = models.DateTimeField(db_default=ClockTimestamp())
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        triggers: ClassVar = passkey_triggers()

    def __str__(self) -> str:
        return self.name


class CodeTry(models.Model):
    """Somebody without a login typed a one-time code, whether there is such a one or not: how often, so that a code is locked.

    `digest` is that of the code under the index key. Deleted once the code was right, or when it is old.
    """

    digest = models.BinaryField(db_index=True)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class UnitQuerySet(RecordQuerySet):
    """Units with the name that they have on a day."""

    def named(self, on: date) -> Self:
        """Annotate `name`, `office_type`, `location` as they are on a day."""
        profile = UnitProfile._base_manager.filter(unit=OuterRef("pk"), valid__contains=on)
        return self.annotate(
            name=Subquery(profile.values("name")[:1]),
            office_type=Subquery(profile.values("office_type")[:1]),
            location=Subquery(profile.values("location")[:1]),
        )

    def open_on(self, day: date) -> Self:
        """Units that exist on a day."""
        return self.filter(models.Q(opened__isnull=True) | models.Q(opened__lte=day)).filter(
            models.Q(closed__isnull=True) | models.Q(closed__gt=day)
        )

    def under(self, unit: Unit) -> Self:
        """The unit and all below it."""
        return self.filter(path__descendants=unit.path)

    def in_tree(self) -> Self:
        """In the order of the tree, which is annotated as `tree`: below each parent by `PLACES`, then by code."""
        above = Unit._base_manager.filter(path__ancestors=OuterRef("path")).order_by().values(one=Value(1))
        steps = above.annotate(tree=StringAgg(_step(), "/", order_by="path")).values("tree")
        return self.annotate(tree=Collate(Subquery(steps), "C")).order_by("tree")


def _step() -> Concat:
    """A unit among its siblings."""
    places = [When(kind=kind, then=Value(f"{place} ")) for place, kind in enumerate(PLACES)]
    return Concat(Case(*places), F("code"), output_field=models.TextField())


class Unit(Record):
    """A node of the tree. Its name and type are dated facts in `UnitProfile`; `path` is kept by `core.org.services`."""

    scope = "self"
    together = (("parent", "path"),)

    code = models.CharField(_("unit code"), max_length=20, unique=True)
    kind = models.CharField(pgettext_lazy("unit", "level"), max_length=20, choices=UnitKind.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="children", verbose_name=_("parent unit")
    )
    path = LtreeField(editable=False)
    opened = models.DateField(_("opened"), null=True)
    closed = models.DateField(_("closed"), null=True)

    objects: ClassVar[Any] = UnitQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        indexes: ClassVar = [GistIndex(fields=["path"], name="unit_path")]

    def __str__(self) -> str:
        return getattr(self, "name", None) or self.code

    @property
    def is_bureau(self) -> bool:
        """A bureau has other units below it that it leads."""
        return self.kind in {UnitKind.PROVINCE, UnitKind.CITY, UnitKind.COUNTY}

    def bureaus(self) -> list[Unit]:
        """The bureaus from the unit upwards, the nearest first: itself where it is one."""
        above = Unit._base_manager.filter(path__ancestors=self.path).order_by("-path")
        return [one for one in above if one.is_bureau]

    def bureau(self) -> Unit:
        """The nearest bureau above the unit; itself where it is one or none is above it."""
        return next(iter(self.bureaus()), self)

    def covers(self, other: Unit) -> bool:
        """Whether another unit is this one or lies below it, by paths that were read."""
        return f"{other.path}.".startswith(f"{self.path}.")


def unit_name(unit_path: str, on: Any) -> Subquery:
    """The name on a day of the unit that `unit_path` (such as `unit_id`) points to, for annotations."""
    return Subquery(UnitProfile._base_manager.filter(unit=OuterRef(unit_path), valid__contains=on).values("name")[:1])


def in_dictionary_order(name_path: str) -> Func:
    """What Chinese names are sorted by where no pinyin is kept: GB 18030 has the common characters in the order of their pinyin."""
    encoded = Func(F(name_path), Value("GB18030"), function="convert_to")
    return Func(encoded, Value("hex"), function="encode", output_field=models.TextField())


class UnitProfile(EffectiveRecord):
    """What a unit is called and is, for a period: name, office type (办学类型) and location code of GB/T 33782, stages taught."""

    scope = "unit"
    natural = ("unit",)

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="profiles", verbose_name=_("unit"))
    name = models.CharField(_("unit name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    office_type = CodeField(_("school type"), code_list="school_type", max_length=10)
    location = CodeField(_("location"), code_list="location", max_length=10)
    sponsor = CodeField(_("sponsor"), code_list="sponsor", max_length=10)
    stages = ArrayField(
        CodeField(code_list="stage", max_length=20), verbose_name=_("stages taught"), default=list, blank=True
    )

    class Meta(EffectiveRecord.Meta):
        verbose_name = _("unit profile")
        indexes: ClassVar = [models.Index(fields=["name"], name="unit_profile_name")]
        constraints: ClassVar = [no_overlap("unit_profile_once", "unit"), real_period("unit_profile_period")]

    def __str__(self) -> str:
        return self.name


class UnitStatistics(Record):
    """Pupils and classes of a unit in a school year (named by its first calendar year: 2026 is 2026–2027)."""

    scope = "unit"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="statistics", verbose_name=_("unit"))
    school_year = models.IntegerField(_("school year"))
    stage = CodeField(_("stage"), code_list="stage", max_length=20)
    pupils = models.IntegerField(_("pupils"), null=True)
    classes = models.IntegerField(_("classes"), null=True)
    boarders = models.IntegerField(_("boarders"), null=True)

    class Meta(Record.Meta):
        verbose_name = _("school statistics")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "school_year", "stage"], name="unit_statistics_once"),
            models.CheckConstraint(
                name="unit_statistics_not_negative", condition=models.Q(pupils__gte=0) & models.Q(classes__gte=0)
            ),
            models.CheckConstraint(
                name="unit_statistics_boarders",
                condition=models.Q(boarders__gte=0) & models.Q(boarders__lte=models.F("pupils")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_year}"

    @staticmethod
    def contradictions(values: Mapping[str, Any]) -> dict[str, Any]:
        """What cannot be said together, by field: classes have pupils, and boarders are among them."""
        pupils, classes, boarders = (values.get(name) for name in ("pupils", "classes", "boarders"))
        if classes and pupils == 0:
            return {"classes": _("Classes without a pupil cannot be. Correct the number of pupils or of classes.")}
        if boarders is not None and pupils is not None and boarders > pupils:
            return {
                "boarders": _("Boarders are among the pupils: give the number of pupils beside it, at least as large.")
            }
        return {}


class ApprovedQuota(EffectiveRecord):
    """How many seats (编制) are approved for a unit, for a period."""

    scope = "unit"
    natural = ("unit",)

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="quotas", verbose_name=_("unit"))
    seats = models.IntegerField(_("approved quota"))

    class Meta(EffectiveRecord.Meta):
        verbose_name = _("approved quota")
        constraints: ClassVar = [
            no_overlap("approved_quota_once", "unit"),
            real_period("approved_quota_period"),
            models.CheckConstraint(name="approved_quota_not_negative", condition=models.Q(seats__gte=0)),
        ]

    def __str__(self) -> str:
        return str(self.seats)


class RoleAssignment(EffectiveRecord):
    """A user holds a role at a unit for a period."""

    scope = "unit"
    natural = ("user", "role", "unit")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("unit"))

    class Meta(EffectiveRecord.Meta):
        verbose_name = _("role assignment")
        triggers: ClassVar = [*EffectiveRecord.Meta.triggers, *assignment_triggers()]
        constraints: ClassVar = [
            no_overlap("role_assignment_once", "user", "role", "unit"),
            real_period("role_assignment_period"),
        ]

    def __str__(self) -> str:
        return self.role


class RoleProposal(Record):
    """A role that one security administrator proposed to give or end; another one confirms or rejects it."""

    scope = "unit"

    class State(models.TextChoices):
        """Where a proposal stands."""

        OPEN = "open", _("waits for a second person")
        CONFIRMED = "confirmed", _("confirmed")
        REJECTED = "rejected", _("rejected")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    revoke = models.BooleanField(_("ends the role"), default=False)
    reason = models.CharField(_("reason"), max_length=255)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.OPEN)

    class Meta(Record.Meta):
        verbose_name = _("role proposal")
        triggers: ClassVar = [*Record.Meta.triggers, *proposal_triggers()]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="role_proposal_two_persons",
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.get_state_display()}"
