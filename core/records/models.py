"""Changes, records with history, and the seals that prove history."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Final, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import DatabaseError, models
from django.db.models import F, Q

from core.dates import Period
from core.records.errors import StaleRecord, explained
from core.records.fields import CodeField
from core.records.history import History
from core.records.scope import RecordQuerySet
from core.records.triggers import Guard, append_only_triggers, key_triggers, only_in_a_change, record_triggers

LONGEST_REASON: Final = 255


class CurrentXid(models.Func):
    """The id of the running transaction."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class ClockTimestamp(models.Func):
    """The clock's time, not the transaction's."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class NewUuid(models.Func):
    """A fresh identifier whose order is that of its making, which keeps the index in order too."""

    template = "uuidv7()"
    output_field = models.UUIDField()


class Change(models.Model):
    """One act of one actor: who, in which role, when, why, on what paper. Written by `change()` only.

    `reason_code` is the usual reason, where one was chosen; `reason` the words, empty where the code says all.
    `evidence_digest` repeats the digest of the evidence file (SHA-256, hexadecimal), so that the seal of the change covers the file.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    actor = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    reason_code = CodeField(code_list="change_reason", max_length=20, db_default="")
    document = models.CharField(max_length=120, blank=True)
    evidence = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    evidence_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    source = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())
    xid = models.BigIntegerField(db_default=CurrentXid())

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["xid"], name="change_xid"),
            models.Index(fields=["source"], name="change_source"),
            BrinIndex(fields=["at"], name="change_at", autosummarize=True),
        ]
        triggers: ClassVar = [
            *append_only_triggers("changes are append-only"),
            Guard(
                name="own_transaction",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                level=pgtrigger.Row,
                func="NEW.xid := pg_current_xact_id()::text::bigint; NEW.at := clock_timestamp(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class DataKey(models.Model):
    """The key of one person's (or one batch's) protected values, wrapped by the master key. Destroying it erases them."""

    wrapped = models.BinaryField(null=True)
    master = models.CharField(max_length=40)

    # The key itself, once it was unwrapped; never stored.
    plain: bytes | None = None

    class Meta:
        default_permissions = ()
        triggers: ClassVar = key_triggers()

    def __str__(self) -> str:
        return f"key {self.pk}"


class StoredFile(models.Model):
    """A file kept encrypted on disk: an uploaded workbook, an evidence scan, an export."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64, db_index=True)
    content_type = models.CharField(max_length=120)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    stored_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        default_permissions = ()
        triggers: ClassVar = append_only_triggers("stored files stay as they came")

    def __str__(self) -> str:
        return self.name


class Settled(models.Model):
    """The place of a change in commit order. Written by the settling function only."""

    change = models.OneToOneField(Change, on_delete=models.PROTECT, primary_key=True, related_name="settled")
    position = models.BigIntegerField(unique=True)
    seal = models.ForeignKey("Seal", on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        triggers: ClassVar = append_only_triggers("positions are append-only")

    def __str__(self) -> str:
        return str(self.position)


class Seal(models.Model):
    """A Merkle root over the changes from `first` to `last` and their history rows, chained to the seal before.

    `floor`: every change of a transaction below it was settled by then, so that the next settler need not look at them. It counts
    on the `server` (its system identifier) whose transactions it numbers: in a restored dump it says nothing.
    """

    first = models.BigIntegerField()
    last = models.BigIntegerField()
    root = models.BinaryField()
    chain = models.BinaryField()
    settled_at = models.DateTimeField()
    floor = models.BigIntegerField(null=True)
    server = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        triggers: ClassVar = append_only_triggers("seals are append-only")

    def __str__(self) -> str:
        return bytes(self.chain).hex()


class SealKey(models.Model):
    """The key that signs printed seals since a new master key, and the one before it: each signed that the other is of this house.

    Who trusts one of them trusts both. Public keys and signatures (Ed25519) only: private keys are derived from the master key and
    stand nowhere, so nobody who merely holds the database can add a key that anybody trusts.
    """

    key = models.BinaryField(unique=True)
    before = models.BinaryField()
    signed_before = models.BinaryField()
    signed_after = models.BinaryField()

    class Meta:
        default_permissions = ()
        triggers: ClassVar = [
            *append_only_triggers("keys of seals are append-only"),
            only_in_a_change("keys of seals", pgtrigger.Insert),
        ]

    def __str__(self) -> str:
        return bytes(self.key).hex()


class SealedRows(models.Model):
    """Which history rows of one table a settled change had, and the digest of each."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="sealed")
    shape = models.ForeignKey("TableShape", on_delete=models.PROTECT, related_name="+")
    rows = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()

    class Meta:
        default_permissions = ()
        triggers: ClassVar = append_only_triggers("sealed digests are append-only")

    def __str__(self) -> str:
        return f"{self.shape} of {self.change_id}"


class TableShape(models.Model):
    """The columns that a history table had, by their fixed numbers, so that a rename or a new column breaks no seal."""

    table = models.CharField(max_length=100)
    version = models.IntegerField()
    columns = ArrayField(models.IntegerField())
    names = ArrayField(models.CharField(max_length=63))

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "version"], name="shape_of_table")]
        triggers: ClassVar = append_only_triggers("shapes are append-only")

    def __str__(self) -> str:
        return f"{self.table} v{self.version}"


class Record(models.Model):
    """A row whose every version is kept. Written inside `change()` only; `revision` is set by the database.

    `scope` names the way to the unit that owns the row: a field path to a `Unit`, or to dated employments.
    `own` names the way to the user whom the row is about, or is empty.
    `together` names fields that say one thing between them: when an import is undone, they go back together or not at all.
    `goes_with` says that the row was derived from what it points to: it holds nothing up, and goes when that goes.
    `told_anew` says that all rows of one subject (its wishes in their order) are said anew together: who changes them deletes the old ones.
    So an undo writes these again, unless any of them was changed since. Nothing points to such rows, and they hold no protected value.
    """

    scope: ClassVar[str] = ""
    own: ClassVar[str] = ""
    together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    goes_with: ClassVar[bool] = False
    told_anew: ClassVar[bool] = False

    public_id = models.UUIDField(default=uuid.uuid4, db_default=NewUuid(), unique=True, editable=False)
    revision = models.IntegerField(default=1, db_default=1, editable=False)
    source_row = models.BigIntegerField(null=True, editable=False)
    history = History()

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()
        triggers: ClassVar = record_triggers()

    def save(self, *args: Any, update_fields: Any = None, force_update: bool = False, **kwargs: Any) -> None:
        """Save inside the open change; the new revision is read back.

        Raises `NoChange` outside a change and `StaleRecord` when somebody else changed or deleted the row since it was read.
        """
        known = not self._state.adding and not kwargs.get("force_insert")
        if update_fields is not None:
            update_fields = {*update_fields, "revision"}
        with explained():
            try:
                super().save(*args, update_fields=update_fields, force_update=force_update or known, **kwargs)
            except DatabaseError as error:
                if error.__cause__ is not None:
                    raise
                # Not from the database but from Django: there was no row to update.
                msg = f"{self._meta.label} {self.pk} is gone"
                raise StaleRecord(msg) from error
        if known:
            self.revision = type(self)._base_manager.values_list("revision", flat=True).get(pk=self.pk)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with explained():
            return super().delete(*args, **kwargs)


KEPT: Final = object()
"""Stands for the end of a period that stays as it is."""


class EffectiveRecord(Record):
    """A record that holds for a half-open range of days. Only `supersede` and `correct` edit time.

    `natural` names the fields of which at most one row holds on any day; an exclusion constraint keeps it.
    """

    natural: ClassVar[tuple[str, ...]] = ()

    valid = DateRangeField()

    class Meta(Record.Meta):
        abstract = True

    @property
    def period(self) -> Period:
        """`valid` as a `Period` (half-open, days)."""
        return Period(self.valid.lower, self.valid.upper)

    def supersede(self, *, on: Any, until: Any = KEPT, **values: Any) -> Self:
        """Close this row on a day and open the next one with new values from that day, up to, not including, `until`.

        Without `until` it holds to this row's old end; None has no end.

        Raises ValueError when the day is not inside this row's period after its first day.
        """
        if not (self.valid.lower < on and (self.valid.upper is None or on < self.valid.upper)):
            msg = f"{on} is not inside {self.valid.lower}–{self.valid.upper}"
            raise ValueError(msg)
        end = self.valid.upper if until is KEPT else until
        following = type(self)(**{f.attname: getattr(self, f.attname) for f in self._meta.concrete_fields})
        self.valid = type(self.valid)(self.valid.lower, on)
        self.save(update_fields={"valid"})
        following.pk, following.public_id, following.revision = None, uuid.uuid4(), 1
        following._state.adding = True
        following.valid, following.source_row = type(self.valid)(on, end), None
        for name, value in values.items():
            setattr(following, name, value)
        following.save()
        return following

    def correct(self, **values: Any) -> bool:
        """Put right what was recorded wrongly, for the same period. Returns False, and writes nothing, when nothing differs."""
        changed = {name for name, value in values.items() if getattr(self, name) != value}
        for name in changed:
            setattr(self, name, values[name])
        if changed:
            self.save(update_fields=changed)
        return bool(changed)


def no_overlap(name: str, *fields: str, condition: Q | None = None) -> ExclusionConstraint:
    """At most one row per natural key on any day."""
    keys = [(field, RangeOperators.EQUAL) for field in fields]
    return ExclusionConstraint(
        name=name, expressions=[*keys, (F("valid"), RangeOperators.OVERLAPS)], condition=condition
    )


def real_period(name: str) -> models.CheckConstraint:
    """The period is not empty and has a first day."""
    return models.CheckConstraint(name=name, condition=Q(valid__isempty=False, valid__startswith__isnull=False))


class AccessLog(models.Model):
    """Who looked at a masked value or a sealed section, whose, when and why. Append-only."""

    at = models.DateTimeField(db_default=ClockTimestamp())
    actor = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    what = models.CharField(max_length=120)
    reason = models.CharField(max_length=LONGEST_REASON)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["subject", "subject_id", "-at"], name="access_subject"),
            BrinIndex(fields=["at"], name="access_at", autosummarize=True),
        ]
        triggers: ClassVar = [
            *append_only_triggers("the access log is append-only"),
            Guard(
                name="own_moment",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                level=pgtrigger.Row,
                func="NEW.at := clock_timestamp(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d}"

    @classmethod
    def note(cls, *, actor: Any, of: models.Model, what: str, reason: str) -> None:
        """Write down that an actor looked at something of `of`: `what` is a sort of looks or `app.Model.field`."""
        cls._base_manager.create(
            actor=actor.user, role=actor.role, unit=actor.unit, subject=of._meta.label, subject_id=of.pk, what=what,
            reason=reason.strip()[:LONGEST_REASON],
        )  # fmt: skip
