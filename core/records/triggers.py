"""The triggers that make every write of a record carry a change and leave a history row.

They run as the owner of the database (SECURITY DEFINER, fixed search_path), so that the application's role needs no right to
write history, and they do not know pgtrigger's `ignore` switch.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from pgtrigger import compiler


class GuardSql(compiler.UpsertTriggerSql):
    """Installs a trigger function that nobody can switch off by a session setting."""

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Guard(pgtrigger.Trigger):
    """A trigger installed by `GuardSql`."""

    def compile(self, model: Any) -> compiler.Trigger:
        plain = super().compile(model).sql
        kwargs = {key: value for key, value in plain.kwargs.items() if key != "ignore_func_name"}
        return compiler.Trigger(name=self.name, sql=GuardSql(**kwargs))


class HistoryTrigger(Guard):
    """Writes one history row per row that a statement really changed, and refuses a statement outside a change.

    The INSERT runs by EXECUTE: a static one keeps the row estimate of the connection's first call and turns quadratic.
    """

    level = pgtrigger.Statement
    when = pgtrigger.After

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        return [("change_id", "bigint")]

    def get_func(self, model: Any) -> str:
        columns = [field.column for field in model._meta.concrete_fields]
        history = f"{model._meta.app_label}_historical{model._meta.model_name}"
        rows, mark, source = {
            "history_insert": ("new_rows", "+", "new_rows s"),
            "history_delete": ("old_rows", "-", "old_rows s"),
            "history_update": ("new_rows", "~", "new_rows s JOIN old_rows o USING (id) WHERE s.revision <> o.revision"),
        }[str(self.name)]
        names = ", ".join(f'"{column}"' for column in columns)
        chosen = ", ".join(
            f's."{column}"' + (" + 1" if column == "revision" and mark == "-" else "") for column in columns
        )
        return f"""
            IF NOT EXISTS (SELECT 1 FROM {rows}) THEN RETURN NULL; END IF;
            SELECT id INTO change_id FROM records_change
             WHERE {OF_THIS_TRANSACTION};
            IF change_id IS NULL THEN
                RAISE EXCEPTION 'write outside a change: {model._meta.db_table}' USING ERRCODE = 'SD002';
            END IF;
            EXECUTE 'INSERT INTO {history} ({names}, change_id, history_date, history_type)
                     SELECT {chosen}, $1, clock_timestamp(), ''{mark}'' FROM {source}' USING change_id;
            RETURN NULL;"""  # noqa: S608 - names come from the models, not from input


# The change that this very transaction announced, as a condition on `records_change`.
OF_THIS_TRANSACTION = """id = nullif(current_setting('records.change', true), '')::bigint
               AND xid = pg_current_xact_id()::text::bigint"""

REVISION = """
    IF NEW.id <> OLD.id THEN RAISE EXCEPTION 'a primary key never changes' USING ERRCODE = 'SD003'; END IF;
    IF NEW.revision <> OLD.revision THEN RAISE EXCEPTION 'stale record' USING ERRCODE = 'SD001'; END IF;
    IF NEW.* IS DISTINCT FROM OLD.* THEN NEW.revision := OLD.revision + 1; END IF;
    RETURN NEW;"""

REFUSE = "RAISE EXCEPTION '{what}' USING ERRCODE = 'SD004'; RETURN NULL;"


def record_triggers() -> list[Guard]:
    """The triggers of every record."""
    old, new = pgtrigger.Referencing(old="old_rows"), pgtrigger.Referencing(new="new_rows")
    both = pgtrigger.Referencing(old="old_rows", new="new_rows")
    return [
        HistoryTrigger(name="history_insert", operation=pgtrigger.Insert, referencing=new),
        HistoryTrigger(name="history_update", operation=pgtrigger.Update, referencing=both),
        HistoryTrigger(name="history_delete", operation=pgtrigger.Delete, referencing=old),
        Guard(name="revision", operation=pgtrigger.Update, when=pgtrigger.Before, level=pgtrigger.Row, func=REVISION),
        no_truncate("records are not truncated"),
    ]


def no_truncate(what: str) -> Guard:
    """Refuse TRUNCATE."""
    return Guard(
        name="no_truncate",
        operation=pgtrigger.Truncate,
        when=pgtrigger.Before,
        level=pgtrigger.Statement,
        func=REFUSE.format(what=what),
    )


def append_only_triggers(what: str) -> list[Guard]:
    """Refuse UPDATE, DELETE and TRUNCATE."""
    return [
        Guard(
            name="append_only",
            operation=pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            func=REFUSE.format(what=what),
        ),
        no_truncate(what),
    ]


def history_triggers() -> list[Guard]:
    """History is append-only, and only the triggers of its own record add to it."""
    refuse = REFUSE.format(what="history is written by the triggers of its record only")
    return [
        *append_only_triggers("history is append-only"),
        Guard(
            name="only_by_trigger",
            operation=pgtrigger.Insert,
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            func=f"IF pg_trigger_depth() < 2 THEN {refuse} END IF; RETURN NULL;",
        ),
    ]


def only_in_a_change(what: str, operation: Any) -> Guard:
    """Refuse writes outside a change to what is no record and has no history of its own: the change tells of it."""
    func = f"""
            IF NOT EXISTS (SELECT 1 FROM records_change WHERE {OF_THIS_TRANSACTION}) THEN
                RAISE EXCEPTION 'write outside a change: {what}' USING ERRCODE = 'SD002';
            END IF;
            RETURN NULL;"""  # noqa: S608 - no input
    return Guard(
        name="only_in_a_change", operation=operation, when=pgtrigger.Before, level=pgtrigger.Statement, func=func
    )


def key_triggers() -> list[Guard]:
    """A data key is wrapped anew or destroyed by a change of that very kind: what it protects goes with it, in history too."""
    func = f"""
            SELECT kind, document INTO told FROM records_change WHERE {OF_THIS_TRANSACTION};
            IF NEW.wrapped IS NULL AND (told.kind IS DISTINCT FROM 'records.erase' OR told.document = '') THEN
                RAISE EXCEPTION 'a key is destroyed by an erasure with its order only' USING ERRCODE = 'SD004';
            END IF;
            IF NEW.wrapped IS NOT NULL AND (OLD.wrapped IS NULL OR told.kind IS DISTINCT FROM 'records.rewrap_keys') THEN
                RAISE EXCEPTION 'a key is replaced when the master key changes only' USING ERRCODE = 'SD004';
            END IF;
            RETURN NEW;"""  # noqa: S608 - no input
    return [
        only_in_a_change("keys", pgtrigger.Update),
        Guard(
            name="erased_or_rewrapped",
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            level=pgtrigger.Row,
            declare=[("told", "record")],
            func=func,
        ),
        Guard(
            name="never_deleted",
            operation=pgtrigger.Delete,
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            func=REFUSE.format(what="keys are destroyed, never deleted"),
        ),
        no_truncate("keys are not truncated"),
    ]
