"""A past of very many changes, each with a version of its own, under many seals: made by the database, as fast as it can."""

from __future__ import annotations

from typing import Final

from django.db import connection

from core.org.actor import Actor
from core.org.models import UnitStatistics
from core.records.bulk import copy_rows
from core.records.changes import change
from core.records.settling import settle
from tests.factories.people import make_unit

A_SEAL: Final = 100
EDITED: Final = 500
EDITS: Final = """
DO $$
DECLARE edit integer; made bigint; system bigint;
BEGIN
    SELECT id INTO system FROM org_user WHERE username = 'system';
    FOR edit IN %s..%s LOOP
        INSERT INTO records_change (public_id, kind, role, reason, document, source, actor_id)
        VALUES (gen_random_uuid(), 'test.edit', '', 'edit ' || edit, '', '', system) RETURNING id INTO made;
        PERFORM set_config('records.change', made::text, true);
        UPDATE org_unitstatistics SET pupils = edit WHERE school_year = edit %% %s;
    END LOOP;
END $$
"""


def edit_much(system: Actor, edits: int) -> None:
    """So many changes (a multiple of 500) of one version each, a hundred under a seal, after one that makes the rows to edit."""
    unit = make_unit("school", "改动学校")
    with change("test.prepare", actor=system, reason="rows to edit"):
        copy_rows(UnitStatistics, ["unit_id", "school_year", "stage"], ((unit.pk, year, "") for year in range(EDITED)))
    settle()
    with connection.cursor() as cursor:
        for first in range(1, edits + 1, EDITED):
            cursor.execute(EDITS, [first, first + EDITED - 1, EDITED])
        count = 1
        while count:
            cursor.execute("SELECT records_settle(%s)", [A_SEAL])
            (count,) = cursor.fetchone()
