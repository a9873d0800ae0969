"""The second clock: what the system knew by the end of a day, or at a position of the settled changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Model

from core.dates import DAY, SHANGHAI
from core.records.models import Seal, Settled
from core.records.settling import position_at, settle

# The lock of `records_settle`: who holds it is at work on a seal.
SETTLING: Final = 7310423


class NoSuchPosition(LookupError):
    """Nothing has been settled at this position (yet)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the system knew on a day: all that was settled up to `position`. None: all that it knows now, settled or not."""

    day: date
    position: int | None = None

    @property
    def now(self) -> bool:
        """Whether the live rows say it."""
        return self.position is None


def known_by(day: date, *, today: date) -> Known:
    """What was known at the end of a day in China. Today, and any day to come, is what is known now.

    The answer for a day that is over is the same for ever. Position 0: nothing was recorded by then.
    """
    if day >= today:
        return Known(today)
    return Known(day, _settled_by(datetime.combine(day + DAY, time.min, SHANGHAI) - timedelta.resolution))


def known_at(position: int) -> Known:
    """What was known at a settled position. Raises `NoSuchPosition`."""
    found = Settled.objects.filter(position=position).values_list("seal__settled_at", flat=True).first()
    if found is None:
        raise NoSuchPosition(position)
    return Known(found.astimezone(SHANGHAI).date(), position)


def records_known(
    model: type[Model], owner: str, key: int, position: int, *, among: Sequence[int] = ()
) -> list[Any]:  # fmt: skip
    """The records whose column `owner` was `key`, as they were known at a position: those deleted since too, none that came later.

    They are instances of the model, to be read like the live ones and never to be saved. A text column that did not exist yet is
    empty. One query, which reads the versions of these records only. Whose rows may be seen the caller has decided.
    Where records went from owner to owner, `among` names those with whom they can be now or were when they were deleted: history has
    no index by owner but of what was deleted.
    """
    manager: Any = model._base_manager
    owners = [key, *among]
    return list(manager.raw(_query(model, owner), [owners, owners, position, key]))


@cache
def _query(model: Any, owner: str) -> str:
    """Of each record that is one of the owners', or was when it was deleted, the newest version; whose it was then that one says."""
    table, history = model._meta.db_table, model.history.model._meta.db_table
    columns = ", ".join(map(_column, model._meta.concrete_fields))
    return f"""
        SELECT {columns} FROM (
            SELECT DISTINCT ON (h.id) h.* FROM "{history}" h JOIN records_settled s ON s.change_id = h.change_id
             WHERE h.id IN (SELECT id FROM "{table}" WHERE "{owner}" = ANY(%s)
                            UNION SELECT id FROM "{history}" WHERE "{owner}" = ANY(%s) AND history_type = '-')
               AND s.position <= %s
             ORDER BY h.id, h.revision DESC) v
         WHERE v.history_type <> '-' AND v."{owner}" = %s"""  # noqa: S608 - names come from the models, not from input


def _column(field: Any) -> str:
    missing = not field.null and field.empty_strings_allowed and field.get_internal_type() != "BinaryField"
    return f'coalesce(v."{field.column}", \'\') AS "{field.column}"' if missing else f'v."{field.column}"'


def latest() -> int:
    """The last position, once all that is committed by now is settled: an answer at it stays the answer."""
    settle()
    _wait_for_settler()
    return Settled.objects.order_by("-position").values_list("position", flat=True).first() or 0


def _settled_by(moment: datetime) -> int:
    """The last position of a moment that is over. Where no later seal is there, one of that very moment may be in the making."""
    if not Seal.objects.filter(settled_at__gt=moment).exists():
        settle()
        _wait_for_settler()
    return position_at(moment)


def _wait_for_settler() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [SETTLING])
