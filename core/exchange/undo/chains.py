"""Periods of which only one holds on any day: whether they fit when a batch is taken back, and in which order they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from core.exchange.undo import columns
from core.exchange.undo.touched import TAKE_BACK, Line, Lines, history_table, link_column
from core.records.scope import array_text

# A period that goes back inside the present one makes room; the others need it.
ROOMY: Final = ("", "in")


def keep_crowded(lines: Lines, subject: Any) -> bool:
    """Keep all of a subject's records of a section where what stays holds on days that an earlier period would take back.

    Returns whether any were kept.
    """
    kept = False
    for model, found in lines.items():
        bit = columns.period_bit(model)
        if not bit or not getattr(model, "natural", ()):
            continue
        back = [line for line in found if line.verdict == TAKE_BACK and line.back]
        if not any(line.back & bit for line in back):
            continue
        gone = [line.id for line in found if line.verdict == TAKE_BACK and line.created]
        crowded = _crowded(model, link_column(model, subject), back, gone)
        for line in found if crowded else ():
            if line.subject in crowded and line.verdict == TAKE_BACK:
                line.keep("period")
                kept = True
    return kept


def _crowded(model: Any, link: str, back: Sequence[Line], gone: Sequence[int]) -> set[int]:
    """The subjects two of whose periods would hold on one day. One query."""
    table, versions = model._meta.db_table, history_table(model)
    natural = [model._meta.get_field(name).column for name in model.natural]
    bits = {name: group.bit for group in columns.groups(model) for name in group.columns}
    after = ", ".join(
        f'CASE WHEN p.mask & {bits[name]} <> 0 THEN b."{name}" ELSE l."{name}" END AS "{name}"'
        for name in dict.fromkeys((*natural, columns.PERIOD))
    )
    alike = " AND ".join(f'one."{name}" = other."{name}"' for name in natural)
    query = f"""
        WITH p AS (SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[]) AS p (id, version, mask)),
        after AS MATERIALIZED (
            SELECT l.id, l."{link}" AS whose, {after} FROM "{table}" l
              LEFT JOIN p ON p.id = l.id
              LEFT JOIN "{versions}" b ON b.id = p.id AND b.revision = p.version
             WHERE l."{link}" = ANY(%s::bigint[]) AND l.id <> ALL(%s::bigint[]))
        SELECT DISTINCT one.whose FROM after one JOIN after other
            ON one.whose = other.whose AND {alike} AND one.id < other.id AND one.valid && other.valid"""  # noqa: S608 - names come from the models
    subjects = list({line.subject for line in back})
    values = [[line.id for line in back], [line.first - 1 for line in back], [line.back for line in back]]
    with connection.cursor() as cursor:
        cursor.execute(query, [*map(array_text, values), array_text(subjects), array_text(list(gone))])
        return {row[0] for row in cursor}
