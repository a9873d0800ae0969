"""What the database itself keeps of publicities: nobody gets past an open objection, whoever writes and however.

The system's own work may take rows back (a demo, a test): nobody logs in as it.
"""

# ruff: noqa: S608 - nothing here comes from input

from __future__ import annotations

import pgtrigger

from core.records.triggers import OF_THIS_TRANSACTION, REFUSE, Guard

IS_SYSTEM = f"""EXISTS (SELECT 1 FROM records_change c JOIN org_user u ON u.id = c.actor_id
                 WHERE c.{OF_THIS_TRANSACTION.strip()} AND u.username = 'system')"""

IN_A_CHANGE = f"EXISTS (SELECT 1 FROM records_change WHERE {OF_THIS_TRANSACTION})"

KEPT = f"""
    IF TG_OP = 'DELETE' THEN
        -- Outside a change the history refuses it, in the words that it has for every record.
        IF {IN_A_CHANGE} AND NOT {IS_SYSTEM} THEN {REFUSE.format(what="what was published stays")} END IF;
        RETURN OLD;
    END IF;"""

PUBLICITY = f"""{KEPT}
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN {REFUSE.format(what="a publicity begins open")} END IF;
        RETURN NEW;
    END IF;
    IF (NEW.unit_id, NEW.subject, NEW.subject_id, NEW.code, NEW.opened_on) IS DISTINCT FROM
       (OLD.unit_id, OLD.subject, OLD.subject_id, OLD.code, OLD.opened_on) OR NEW.last_day < OLD.last_day THEN
        {REFUSE.format(what="what a publicity is about and since when stays, and its last day never comes nearer")}
    END IF;
    IF OLD.state <> 'open' AND NEW.state <> OLD.state THEN {REFUSE.format(what="a publicity ends once")} END IF;
    IF NEW.state = 'passed' AND OLD.state = 'open' AND EXISTS
       (SELECT 1 FROM publicity_objection WHERE publicity_id = NEW.id AND state = 'open') THEN
        {REFUSE.format(what="an objection is not answered yet")}
    END IF;
    RETURN NEW;"""

ROW = f"""{KEPT}
    IF TG_OP = 'INSERT' THEN
        IF {IN_A_CHANGE} AND NOT {IS_SYSTEM} AND NOT EXISTS
           (SELECT 1 FROM publicity_historicalpublicity h JOIN records_change c ON c.id = h.change_id
             WHERE h.id = NEW.publicity_id AND h.revision = 1 AND c.{OF_THIS_TRANSACTION.strip()}) THEN
            {REFUSE.format(what="nothing is added to what is published")}
        END IF;
        RETURN NEW;
    END IF;
    IF {IN_A_CHANGE} AND NOT {IS_SYSTEM} AND to_jsonb(NEW) - ARRAY['struck', 'struck_why', 'revision']
                        <> to_jsonb(OLD) - ARRAY['struck', 'struck_why', 'revision'] THEN
        {REFUSE.format(what="what was published stays as it was")}
    END IF;
    RETURN NEW;"""

# The publicity is locked first, so that an objection that is just coming in and an end that is just being written see each other.
OBJECTION = f"""{KEPT}
    IF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM publicity_publicity WHERE id = NEW.publicity_id AND state = 'open' AND NEW.received_on <= last_day FOR SHARE;
        IF NOT FOUND OR NEW.state <> 'open' THEN {REFUSE.format(what="an objection is open and comes while something is published")} END IF;
        RETURN NEW;
    END IF;
    IF (NEW.publicity_id, NEW.row_id, NEW.case_id, NEW.key_id, NEW.receipt, NEW.received_on) IS DISTINCT FROM
       (OLD.publicity_id, OLD.row_id, OLD.case_id, OLD.key_id, OLD.receipt, OLD.received_on) THEN
        {REFUSE.format(what="what was objected to and when stays")}
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state <> 'open' OR NEW.answer = '') THEN
        {REFUSE.format(what="an objection is decided once, with an answer")}
    END IF;
    RETURN NEW;"""


def _kept(func: str) -> Guard:
    return Guard(
        name="published",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        level=pgtrigger.Row,
        func=func,
    )


def publicity_triggers() -> list[Guard]:
    """A publicity begins open, ends once, and passes only when every objection is answered."""
    return [_kept(PUBLICITY)]


def row_triggers() -> list[Guard]:
    """Lines are published with their publicity; afterwards they can only be struck."""
    return [_kept(ROW)]


def objection_triggers() -> list[Guard]:
    """Objections come while something is published and are decided once, with an answer."""
    return [_kept(OBJECTION)]


def only_after_publicity(name: str, column: str, condition: str) -> Guard:
    """Refuse a row that meets `condition` (SQL over NEW) unless the publicity that `column` names has passed."""
    func = f"""
        IF ({condition}) AND NOT EXISTS (SELECT 1 FROM publicity_publicity WHERE id = NEW.{column} AND state = 'passed') THEN
            {REFUSE.format(what="this follows only from a publicity that has passed")}
        END IF;
        RETURN NEW;"""
    return Guard(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        level=pgtrigger.Row,
        func=func,
    )
