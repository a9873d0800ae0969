"""Versions of one record: how they are numbered, ordered and read; who loses when two write."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from psycopg.types.range import Range

from core.org.actor import Actor
from core.org.models import ApprovedQuota, Unit, UnitProfile
from core.records import change
from core.records.bulk import update_rows
from core.records.errors import FixedKey, StaleRecord
from tests.core.records.rows import live_row, versions
from tests.factories.build import create


@pytest.fixture
def unit(system: Actor) -> Unit:
    with change("test.prepare", actor=system, reason="a unit"):
        return create(Unit)


def shown(record: Any) -> list[tuple[int, str]]:
    return [(row["revision"], row["history_type"]) for row in versions(type(record), record.pk)]


def test_two_saves_in_one_change_are_two_versions(system: Actor, unit: Unit) -> None:
    with change("test.write", actor=system, reason="twice") as done:
        unit.code = "first"
        unit.save()
        assert unit.revision == 2
        unit.code = "second"
        unit.save()
    assert unit.revision == 3
    assert shown(unit) == [(1, "+"), (2, "~"), (3, "~")]
    newest, middle, oldest = unit.history.all()
    assert [newest.code, middle.code] == ["second", "first"]
    assert newest.change == middle.change == done != oldest.change
    assert (newest.prev_record, middle.next_record) == (middle, newest)
    assert (oldest.prev_record, newest.next_record) == (None, None)


def test_deleting_is_the_next_revision(system: Actor, unit: Unit) -> None:
    pk = unit.pk
    with change("test.write", actor=system, reason="renamed and closed"):
        unit.code = "renamed"
        unit.save()
        unit.delete()
    rows = versions(Unit, pk)
    assert [(row["revision"], row["history_type"], row["code"] == "renamed") for row in rows] == [
        (1, "+", False), (2, "~", True), (3, "-", True),
    ]  # fmt: skip
    assert live_row(Unit, pk) is None


def test_a_save_of_what_somebody_else_changed_is_refused(system: Actor, unit: Unit) -> None:
    seen_before = Unit.objects.get(pk=unit.pk)
    with change("test.write", actor=system, reason="the first clerk"):
        unit.code = "mine"
        unit.save()
    seen_before.code = "theirs"
    for save in (
        seen_before.save,
        lambda: seen_before.save(update_fields=["code"]),
        lambda: Unit.objects.bulk_update([seen_before], ["code"]),
        lambda: update_rows(Unit, ["code"], [(seen_before.pk, seen_before.revision, "theirs")]),
    ):
        with pytest.raises(StaleRecord), change("test.write", actor=system, reason="the second clerk"):
            save()
    assert Unit.objects.get(pk=unit.pk).code == "mine"
    assert shown(unit) == [(1, "+"), (2, "~")]


def test_a_save_of_what_somebody_else_deleted_is_refused(system: Actor, unit: Unit) -> None:
    seen_before = Unit.objects.get(pk=unit.pk)
    with change("test.write", actor=system, reason="the first clerk"):
        Unit.objects.filter(pk=unit.pk).delete()
    seen_before.code = "back again"
    for save in (seen_before.save, lambda: seen_before.save(update_fields=["code"])):
        with pytest.raises(StaleRecord, match="is gone"), change("test.write", actor=system, reason="the second clerk"):
            save()
    assert shown(unit) == [(1, "+"), (2, "-")]


def test_a_bulk_update_reads_the_new_revisions_back(system: Actor) -> None:
    with change("test.prepare", actor=system, reason="units"):
        units = [create(Unit) for _ in range(3)]
    for round_ in (1, 2):
        for one in units:
            one.opened = date(2000, 1, round_)
        with change("test.write", actor=system, reason="opened"):
            assert Unit.objects.bulk_update(units, ["opened"]) == 3
        assert {one.revision for one in units} == {1 + round_}


def test_rows_of_which_one_is_stale_or_gone_are_not_updated_at_all(system: Actor) -> None:
    with change("test.prepare", actor=system, reason="two units"):
        good, gone = create(Unit), create(Unit)
        lines = [(good.pk, 1, "new code"), (gone.pk, 1, "other code")]
        gone.delete()
    with change("test.write", actor=system, reason="tries"):
        with pytest.raises(StaleRecord, match="1 rows of org"):
            update_rows(Unit, ["code"], lines)
    assert Unit.objects.get(pk=good.pk).code != "new code"
    assert update_rows(Unit, ["code"], []) == 0


def test_saving_what_did_not_change_leaves_no_trace(system: Actor, unit: Unit) -> None:
    with change("test.write", actor=system, reason="nothing new"):
        unit.save()
        unit.save(update_fields=["code"])
        Unit.objects.filter(pk=unit.pk).update(code=unit.code)
        Unit.objects.bulk_update([unit], ["code"])
    assert unit.revision == 1
    assert shown(unit) == [(1, "+")]


def test_of_many_rows_only_those_that_differ_get_a_version(system: Actor) -> None:
    with change("test.prepare", actor=system, reason="units"):
        units = [create(Unit, opened=date(2000, 1, day)) for day in (1, 2, 3)]
    with change("test.write", actor=system, reason="one day for all"):
        Unit.objects.filter(pk__in=[one.pk for one in units]).update(opened=date(2000, 1, 2))
    assert [len(versions(Unit, one.pk)) for one in units] == [2, 1, 2]


def test_a_key_that_is_changed_by_the_orm_is_refused(system: Actor, unit: Unit) -> None:
    with pytest.raises(FixedKey), change("test.write", actor=system, reason="another key"):
        Unit.objects.filter(pk=unit.pk).update(id=unit.pk + 1000)


def test_history_is_not_written_by_hand(system: Actor, unit: Unit) -> None:
    row = unit.history.get()
    attempts = (
        row.save,
        row.delete,
        lambda: Unit.history.all().delete(),
        lambda: Unit.history.all().update(code="bent"),
        lambda: type(row).objects.create(**{field.attname: getattr(row, field.attname) for field in row._meta.fields}),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="permission denied"):
            with change("test.write", actor=system, reason="bends history"):
                attempt()
    assert shown(unit) == [(1, "+")]


def test_versions_are_not_found_by_clock(unit: Unit) -> None:
    with pytest.raises(TypeError, match="known_at"):
        Unit.history.as_of(date(2026, 1, 1))


def test_the_newest_of_each_is_found_by_revision(system: Actor) -> None:
    with change("test.write", actor=system, reason="three fates"):
        kept, changed, gone = (create(Unit) for _ in range(3))
        changed.code = "changed"
        changed.save()
        gone_pk = gone.pk
        gone.delete()
    newest = Unit.history.filter(id__in=[kept.pk, changed.pk, gone_pk]).latest_of_each().order_by("id")
    assert [(row.id, row.revision, row.history_type) for row in newest] == [
        (kept.pk, 1, "+"), (changed.pk, 2, "~"), (gone_pk, 2, "-"),
    ]  # fmt: skip
    assert Unit.history.filter(id=changed.pk).latest().revision == 2


def test_superseding_closes_and_opens(system: Actor, unit: Unit) -> None:
    with change("test.prepare", actor=system, reason="a quota"):
        quota = create(ApprovedQuota, unit=unit, seats=50, valid=Range(date(2020, 9, 1), date(2030, 9, 1)))
    with change("test.write", actor=system, reason="cut", document="编办〔2026〕3号"):
        following = quota.supersede(on=date(2026, 9, 1), seats=45)
    stored = ApprovedQuota.objects.filter(unit=unit).order_by("valid")
    assert [(one.seats, one.valid) for one in stored] == [
        (50, Range(date(2020, 9, 1), date(2026, 9, 1))),
        (45, Range(date(2026, 9, 1), date(2030, 9, 1))),
    ]
    assert shown(quota) == [(1, "+"), (2, "~")]
    assert shown(following) == [(1, "+")]
    assert following.public_id != quota.public_id
    assert following.revision == 1


@pytest.mark.parametrize("on", [date(2020, 9, 1), date(2019, 1, 1), date(2030, 9, 1), date(2031, 1, 1)])
def test_superseding_outside_the_period_is_an_error(system: Actor, unit: Unit, on: date) -> None:
    with change("test.prepare", actor=system, reason="a quota"):
        quota = create(ApprovedQuota, unit=unit, seats=50, valid=Range(date(2020, 9, 1), date(2030, 9, 1)))
    with pytest.raises(ValueError, match="is not inside"), change("test.write", actor=system, reason="cut"):
        quota.supersede(on=on, seats=45)
    assert shown(quota) == [(1, "+")]


def test_correcting_keeps_the_period(system: Actor, unit: Unit) -> None:
    with change("test.prepare", actor=system, reason="a quota"):
        quota = create(ApprovedQuota, unit=unit, seats=50)
    period = quota.valid
    with change("test.write", actor=system, reason="typed wrongly"):
        assert quota.correct(seats=51) is True
        assert quota.correct(seats=51) is False
    quota.refresh_from_db()
    assert (quota.seats, quota.valid, shown(quota)) == (51, period, [(1, "+"), (2, "~")])


def test_two_facts_of_one_kind_never_hold_on_one_day(system: Actor, unit: Unit) -> None:
    with change("test.prepare", actor=system, reason="a quota"):
        create(ApprovedQuota, unit=unit, valid=Range(date(2020, 9, 1), date(2026, 9, 1)))
        create(ApprovedQuota, unit=unit, valid=Range(date(2026, 9, 1), None))
    with pytest.raises(IntegrityError, match="approved_quota_once"):
        with change("test.write", actor=system, reason="overlaps"):
            create(ApprovedQuota, unit=unit, valid=Range(date(2026, 8, 31), date(2026, 9, 1)))


@pytest.mark.parametrize("valid", [Range(empty=True), Range(None, date(2026, 9, 1)), Range(None, None)])
def test_a_period_has_a_first_day_and_is_not_empty(system: Actor, unit: Unit, valid: Range[date]) -> None:
    with pytest.raises(IntegrityError, match="approved_quota_period"):
        with change("test.write", actor=system, reason="no period"), transaction.atomic():
            create(ApprovedQuota, unit=unit, valid=valid)


def test_what_held_on_a_day(system: Actor, unit: Unit) -> None:
    with change("test.prepare", actor=system, reason="names"):
        for name, start, end in (("旧名", date(2000, 1, 1), date(2020, 1, 1)), ("新名", date(2020, 1, 1), None)):
            create(UnitProfile, unit=unit, name=name, valid=Range(start, end))
    assert [
        UnitProfile.objects.filter(unit=unit).on(day).values_list("name", flat=True).first()
        for day in (date(1999, 12, 31), date(2019, 12, 31), date(2020, 1, 1), date(2050, 1, 1))
    ] == [None, "旧名", "新名", "新名"]
