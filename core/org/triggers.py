"""What the database itself asks of accounts and roles, whoever writes them.

A role stands on a proposal that one person made and another one confirmed, each in a change of their own. The system's own
work (the first start) is let through: nobody logs in as it, and its changes stand in the log like all others.
"""

# ruff: noqa: S608 - nothing here comes from input

from __future__ import annotations

import pgtrigger

from core.records.triggers import OF_THIS_TRANSACTION, Guard, only_in_a_change

# What a user keeps for themselves (language, colours, views) and when they last came in is no act on the account.
ACCOUNT_COLUMNS = (
    "username", "name", "email", "is_active", "password", "password_by_id", "must_choose", "code_by_id", "code_digest",
    "sessions_ended",
)  # fmt: skip

# A write outside a change is refused by the history of the record, in the same words as everywhere.
WHO = f"""
    SELECT actor_id INTO who FROM records_change WHERE {OF_THIS_TRANSACTION};
    IF who IS NULL OR who = (SELECT id FROM org_user WHERE username = 'system') THEN RETURN coalesce(NEW, OLD); END IF;"""
REFUSED = "RAISE EXCEPTION '{what}' USING ERRCODE = 'SD005';"

PROPOSED = f"""{WHO}
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NEW.decided_by_id IS NOT NULL OR NEW.proposed_by_id <> who OR NEW.user_id = who THEN
            {REFUSED.format(what="a role is proposed by the one who acts, for another, and is not decided yet")}
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN {REFUSED.format(what="a proposal stays")} END IF;
    IF (NEW.user_id, NEW.role, NEW.unit_id, NEW.starts, NEW.ends, NEW.revoke, NEW.reason, NEW.proposed_by_id) IS DISTINCT FROM
       (OLD.user_id, OLD.role, OLD.unit_id, OLD.starts, OLD.ends, OLD.revoke, OLD.reason, OLD.proposed_by_id)
       OR OLD.state <> 'open' OR NEW.state NOT IN ('confirmed', 'rejected') OR NEW.decided_by_id IS DISTINCT FROM who
       OR who IN (OLD.proposed_by_id, OLD.user_id) THEN
        {REFUSED.format(what="a proposal is decided once, as it stands, by a second person")}
    END IF;
    RETURN NEW;"""

HELD = f"""{WHO}
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT 1 FROM org_roleproposal p
                    WHERE p.user_id = NEW.user_id AND p.role = NEW.role AND p.unit_id = NEW.unit_id AND NOT p.revoke
                      AND p.state = 'confirmed' AND p.decided_by_id = who AND daterange(p.starts, p.ends) = NEW.valid) THEN
            RETURN NEW;
        END IF;
        {REFUSED.format(what="a role is given as it was proposed and confirmed")}
    END IF;
    IF TG_OP = 'UPDATE' AND ((NEW.user_id, NEW.role, NEW.unit_id) IS DISTINCT FROM (OLD.user_id, OLD.role, OLD.unit_id)
                             OR NOT NEW.valid <@ OLD.valid OR lower(NEW.valid) <> lower(OLD.valid)) THEN
        {REFUSED.format(what="a role is ended, nothing else of it changes")}
    END IF;
    IF EXISTS (SELECT 1 FROM org_roleproposal p
                WHERE p.user_id = OLD.user_id AND p.role = OLD.role AND p.unit_id = OLD.unit_id AND p.revoke
                  AND p.state = 'confirmed' AND p.decided_by_id = who
                  AND p.starts = CASE TG_OP WHEN 'UPDATE' THEN upper(NEW.valid) ELSE lower(OLD.valid) END) THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    {REFUSED.format(what="a role is ended as it was proposed and confirmed")}"""


def _two_persons(func: str) -> Guard:
    return Guard(
        name="two_persons",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        level=pgtrigger.Row,
        declare=[("who", "bigint")],
        func=func,
    )


def proposal_triggers() -> list[Guard]:
    """Proposed by one, decided by another, each in their own name."""
    return [_two_persons(PROPOSED)]


def assignment_triggers() -> list[Guard]:
    """Given and ended as a confirmed proposal says."""
    return [_two_persons(HELD)]


def account_triggers() -> list[Guard]:
    """Accounts are opened, locked and given passwords inside a change, and never deleted."""
    writes = pgtrigger.Insert | pgtrigger.UpdateOf(*ACCOUNT_COLUMNS) | pgtrigger.Delete
    return [only_in_a_change("accounts", writes)]


def passkey_triggers() -> list[Guard]:
    """What opens an account is added and removed inside a change; when it was last used is no act on the account."""
    writes = pgtrigger.Insert | pgtrigger.UpdateOf("user_id", "key_id", "credential") | pgtrigger.Delete
    return [only_in_a_change("passkeys", writes)]
