"""What the application's database role may do. Run by the owner after every migration."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

APP_ROLE = "shidang_app"
READ_ONLY = {"records_settled", "records_seal", "records_sealedrows", "records_tableshape", "django_migrations"}
ADD_ONLY = {"records_change", "records_accesslog"}
FOR_THE_APPLICATION = (
    "records_settle(integer)",
    "records_merkle(bytea[])",
    "records_leaves(text, integer[], bigint[])",
)
OWN_FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname = 'public' AND pg_get_userbyid(p.proowner) = current_user"""

# The sequence alone gives the number of a row: one that was taken ahead would stop the next act.
ALL_BUT_THE_NUMBER = """
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
     WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''"""


def _rights(table: str, history: set[str]) -> str:
    if table in history or table in READ_ONLY:
        return "SELECT"
    if table in ADD_ONLY:
        return "SELECT"
    return "SELECT, INSERT, UPDATE, DELETE"


def grant(sender: Any, using: str, **_kwargs: Any) -> None:
    """Give the application's role its rights on every table: no TRUNCATE, no write to history, seals or positions."""
    if sender.label != "records":
        return
    history = {model._meta.db_table for model in apps.get_models() if hasattr(model, "instance_type")}
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if cursor.fetchone() is None:
            return
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        tables = [table for (table,) in cursor.fetchall()]
        if "records_tableshape" in tables:
            # The history of records that no longer exist is as fixed as that of the others.
            cursor.execute('SELECT DISTINCT "table" FROM records_tableshape')
            history |= {table for (table,) in cursor.fetchall()} - ADD_ONLY
        for table in tables:
            cursor.execute(f'REVOKE ALL ON "{table}" FROM {APP_ROLE}, PUBLIC')
            cursor.execute(f'GRANT {_rights(table, history)} ON "{table}" TO {APP_ROLE}')
        for table in ADD_ONLY & set(tables):
            cursor.execute(ALL_BUT_THE_NUMBER, [table])
            (columns,) = cursor.fetchone()
            cursor.execute(f'GRANT INSERT ({columns}) ON "{table}" TO {APP_ROLE}')
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
        # What PostgreSQL lets everybody run by itself; a trigger needs no such right of the one whose write fires it.
        cursor.execute(OWN_FUNCTIONS)
        for (function,) in cursor.fetchall():
            cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM {APP_ROLE}, PUBLIC")
        for function in FOR_THE_APPLICATION:
            cursor.execute("SELECT to_regprocedure(%s)", [function])
            if cursor.fetchone() != (None,):
                cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APP_ROLE}")
