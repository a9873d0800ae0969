"""What the database itself keeps of batches: the paper behind an accepted fact stays as it was.

A batch is of one file, sender and unit for ever; accepted, neither it nor its rows change, and none is added or taken away.
That it was undone is said of it once, by the transaction that undoes it.
"""

from __future__ import annotations

import pgtrigger

from core.records.triggers import REFUSE, Guard, no_truncate

KEPT = "an accepted batch and its rows stay as they are"

SAID_OF_AN_UNDO = "ARRAY['state', 'undo_change_id', 'undone_at', 'undo_report']"

# A batch is accepted by the transaction that writes its rows to the files, and by no other; so it is undone, and nothing else of it
# changes then.
BATCH = f"""
    IF TG_OP = 'UPDATE' AND OLD.state = 'applied' AND NEW.state = 'undone'
       AND to_jsonb(NEW) - {SAID_OF_AN_UNDO} = to_jsonb(OLD) - {SAID_OF_AN_UNDO}
       AND EXISTS (SELECT 1 FROM records_change WHERE id = NEW.undo_change_id AND kind = 'exchange.undo'
                   AND source = 'undo:' || OLD.id AND xid = pg_current_xact_id()::text::bigint) THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('applied', 'undone') THEN
        {REFUSE.format(what=KEPT)}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF (NEW.id, NEW.public_id, NEW.file_id, NEW.user_id, NEW.unit_id, NEW.assignment) IS DISTINCT FROM
       (OLD.id, OLD.public_id, OLD.file_id, OLD.user_id, OLD.unit_id, OLD.assignment) THEN
        {REFUSE.format(what="a batch keeps its file, its sender and its unit")}
    END IF;
    IF NEW.state = 'undone' OR NEW.undo_change_id IS NOT NULL THEN
        {REFUSE.format(what="a batch is undone together with its change, once it was accepted")}
    END IF;
    IF NEW.state = 'applied' AND NOT EXISTS (
        SELECT 1 FROM records_change WHERE id = NEW.change_id AND xid = pg_current_xact_id()::text::bigint) THEN
        {REFUSE.format(what="a batch is accepted together with its change")}
    END IF;
    RETURN NEW;"""  # noqa: S608 - no input


def batch_triggers() -> list[Guard]:
    """The batch itself, row by row: there are few."""
    kept = Guard(
        name="kept",
        operation=pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        level=pgtrigger.Row,
        func=BATCH,
    )
    return [kept, no_truncate(KEPT)]


def batch_row_triggers() -> list[Guard]:
    """Rows, statement by statement: thousands are written at once."""
    old, new = pgtrigger.Referencing(old="old_rows"), pgtrigger.Referencing(new="new_rows")
    both = pgtrigger.Referencing(old="old_rows", new="new_rows")
    return [
        _rows("kept_insert", pgtrigger.Insert, new, "SELECT DISTINCT batch_id FROM new_rows"),
        _rows(
            "kept_update", pgtrigger.Update, both, "SELECT batch_id FROM old_rows UNION SELECT batch_id FROM new_rows"
        ),
        _rows("kept_delete", pgtrigger.Delete, old, "SELECT DISTINCT batch_id FROM old_rows"),
        no_truncate(KEPT),
    ]


def _rows(name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing, concerned: str) -> Guard:
    # As an array the batches of all rows are found once, whatever the planner believes of their number.
    func = f"""
        IF EXISTS (SELECT 1 FROM exchange_batch WHERE state IN ('applied', 'undone') AND id = ANY (ARRAY({concerned}))) THEN
            {REFUSE.format(what=KEPT)}
        END IF;
        RETURN NULL;"""  # noqa: S608 - no input
    return Guard(
        name=name,
        operation=operation,
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        referencing=referencing,
        func=func,
    )
