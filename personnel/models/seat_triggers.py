"""What the database itself asks of the seat ledger, whoever writes it: nothing below zero on any day, one seat for one person.

One trigger looks at a whole statement. It locks the people, then the accounts that the statement touches, each sort in the order of
their keys, so that two writers of one account go one after the other and nobody waits in a circle. What it refuses it says as JSON
in the detail of the error: `personnel.services.seats` puts it in words.
"""

# ruff: noqa: S608 - nothing here comes from input

from __future__ import annotations

from typing import Final

import pgtrigger

from core.records.triggers import REFUSE, Guard

STATE: Final = "SD010"

REFUSED = f"""
    IF bad.what IS NOT NULL THEN
        RAISE EXCEPTION 'seat ledger: %', bad.what USING ERRCODE = '{STATE}', DETAIL = row_to_json(bad)::text;
    END IF;"""

# A person's seats, in all accounts together and in each, day by day: none or one.
PEOPLE = """
    EXECUTE 'WITH days AS (
                 SELECT e.teacher_id, e.account_id, e."on" AS day, sum(e.count) AS net FROM personnel_seatentry e
                  WHERE e.teacher_id IN (SELECT teacher_id FROM new_rows) GROUP BY 1, 2, 3),
             standing AS (
                 SELECT *, sum(net) OVER (PARTITION BY teacher_id ORDER BY day) AS held,
                        sum(net) OVER (PARTITION BY teacher_id, account_id ORDER BY day) AS here FROM days)
             SELECT CASE WHEN held > 1 THEN ''two_seats'' ELSE ''no_seat'' END AS what, account_id AS account, day, 0 AS missing,
                    teacher_id AS teacher
               FROM standing WHERE held NOT IN (0, 1) OR here NOT IN (0, 1) ORDER BY day, held DESC LIMIT 1' INTO bad;"""

BALANCED = """
    EXECUTE 'SELECT ''unbalanced'' AS what, e.account_id AS account, e."on" AS day, sum(e.count) AS missing, NULL::bigint AS teacher
               FROM personnel_seatentry e WHERE e.movement_id IN (SELECT movement_id FROM new_rows)
              GROUP BY e.movement_id, e.account_id, e."on" HAVING sum(e.count) <> 0 LIMIT 1' INTO bad;"""

# Each bucket of an account, day by day. Free seats stand below zero only as far as the opening put them (over the quota), and while
# they do nothing may take from them, but for what is put right on the day on which it was booked.
ACCOUNTS = """
    EXECUTE 'WITH days AS (
                 SELECT e.account_id, e.bucket, e."on" AS day, sum(e.count) AS net,
                        coalesce(sum(e.count) FILTER (WHERE m.kind <> ''opening''), 0) AS moved,
                        coalesce(sum(e.count) FILTER (WHERE e.count < 0 AND m.kind NOT IN (''opening'', ''counter'')), 0) AS taken
                   FROM personnel_seatentry e JOIN personnel_seatmovement m ON m.id = e.movement_id
                  WHERE e.account_id IN (SELECT account_id FROM new_rows) GROUP BY 1, 2, 3),
             standing AS (
                 SELECT *, sum(net) OVER (PARTITION BY account_id, bucket ORDER BY day) AS balance FROM days)
             SELECT bucket AS what, account_id AS account, day, abs(balance) AS missing, NULL::bigint AS teacher FROM standing
              WHERE CASE bucket WHEN ''granted'' THEN balance > 0
                                WHEN ''vacant'' THEN balance < 0 AND (moved < 0 OR taken < 0) ELSE balance < 0 END
              ORDER BY day, account_id LIMIT 1' INTO bad;"""

RESERVATIONS = """
    EXECUTE 'WITH days AS (
                 SELECT e.reservation_id, e.account_id, e."on" AS day, sum(e.count) AS net FROM personnel_seatentry e
                  WHERE e.reservation_id IN (SELECT reservation_id FROM new_rows) GROUP BY 1, 2, 3),
             standing AS (
                 SELECT *, sum(net) OVER (PARTITION BY reservation_id, account_id ORDER BY day) AS balance FROM days)
             SELECT ''reservation'' AS what, account_id AS account, day, abs(balance) AS missing, NULL::bigint AS teacher
               FROM standing WHERE balance < 0 ORDER BY day LIMIT 1' INTO bad;"""

# An account is opened first, on one day; afterwards it moves, and never before that day.
OPENINGS = """
    EXECUTE 'SELECT CASE WHEN bool_or(m.kind = ''opening'' AND e.id IN (SELECT id FROM new_rows)) THEN ''opened''
                         ELSE ''before_opening'' END AS what, e.account_id AS account,
                    min(e."on") FILTER (WHERE m.kind = ''opening'') AS day, 0 AS missing, NULL::bigint AS teacher
               FROM personnel_seatentry e JOIN personnel_seatmovement m ON m.id = e.movement_id
              WHERE e.account_id IN (SELECT account_id FROM new_rows) GROUP BY e.account_id
             HAVING min(e."on") < min(e."on") FILTER (WHERE m.kind = ''opening'')
                 OR max(e."on") FILTER (WHERE m.kind = ''opening'') > min(e."on") FILTER (WHERE m.kind = ''opening'')
                 OR (bool_or(m.kind = ''opening'' AND e.id IN (SELECT id FROM new_rows)) AND bool_or(m.kind <> ''opening''))
              LIMIT 1' INTO bad;"""

LOCKED_PEOPLE = (
    "PERFORM 1 FROM personnel_teacher WHERE id IN (SELECT teacher_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;"
)
LOCKED_ACCOUNTS = (
    "PERFORM 1 FROM personnel_seataccount WHERE id IN (SELECT account_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;"
)

# Under REPEATABLE READ the balances would be those from before the wait for a lock.
INSERTED = f"""
    IF NOT EXISTS (SELECT 1 FROM new_rows) THEN RETURN NULL; END IF;
    IF current_setting('transaction_isolation') = 'repeatable read' THEN
        RAISE EXCEPTION 'the seat ledger is not written under repeatable read' USING ERRCODE = '{STATE}';
    END IF;
    IF EXISTS (SELECT 1 FROM personnel_seatmovement m WHERE m.id IN (SELECT movement_id FROM new_rows)
                  AND (m.kind = 'counter') <> (m.counters_id IS NOT NULL)) THEN
        RAISE EXCEPTION 'seat ledger: a counter movement names what it puts right' USING ERRCODE = '{STATE}';
    END IF;
    {LOCKED_PEOPLE}
    {LOCKED_ACCOUNTS}
    {"".join(f"{one}{REFUSED}" for one in (BALANCED, OPENINGS, PEOPLE, RESERVATIONS, ACCOUNTS))}
    RETURN NULL;"""

MERGED = f"""
    IF EXISTS (SELECT 1 FROM new_rows n JOIN old_rows o USING (id)
                WHERE (n.movement_id, n.account_id, n.bucket, n."on", n.count, n.reservation_id)
                      IS DISTINCT FROM (o.movement_id, o.account_id, o.bucket, o."on", o.count, o.reservation_id)) THEN
        RAISE EXCEPTION 'entries of the seat ledger are put right by a counter movement' USING ERRCODE = 'SD004';
    END IF;
    {LOCKED_PEOPLE}
    {PEOPLE}{REFUSED}
    RETURN NULL;"""


def entry_triggers() -> list[Guard]:
    """Entries keep the rules of the ledger and stay as they were written; only whose seat it is follows when two files are merged."""
    declared = [("bad", "record")]
    return [
        Guard(
            name="ledger_insert", operation=pgtrigger.Insert, when=pgtrigger.After, level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(new="new_rows"), declare=declared, func=INSERTED,
        ),
        Guard(
            name="ledger_update", operation=pgtrigger.Update, when=pgtrigger.After, level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"), declare=declared, func=MERGED,
        ),
        Guard(
            name="ledger_stays", operation=pgtrigger.Delete, when=pgtrigger.Before, level=pgtrigger.Statement,
            func=REFUSE.format(what="entries of the seat ledger stay"),
        ),
    ]  # fmt: skip


def booked_stays(what: str, link: str) -> Guard:
    """Refuse to change or delete what entries stand on, by their column `link`."""
    return Guard(
        name="ledger_stays",
        operation=pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        level=pgtrigger.Row,
        func=f"""
            IF EXISTS (SELECT 1 FROM personnel_seatentry e WHERE e.{link} = OLD.id) THEN {REFUSE.format(what=what)} END IF;
            RETURN coalesce(NEW, OLD);""",
    )
