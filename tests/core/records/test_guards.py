"""What somebody can try in psql as the application's role: each write without a change of its own is refused."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.apps import apps
from psycopg import sql
from psycopg.types.json import Jsonb

from config.local.database import with_database
from core.org.actor import Actor
from core.org.models import Unit, User
from core.records.changes import change
from core.records.models import AccessLog, Change, Seal, SealedRows, Settled, TableShape
from core.records.settling import settle
from tests.factories.build import create, every_record
from tests.ground.databases import Database

Connection = psycopg.Connection[Any]
NO_CHANGE, STALE, FIXED_KEY, APPEND_ONLY, NO_RIGHT = "SD002", "SD001", "SD003", "SD004", "42501"
RENAME = "UPDATE org_unit SET code = code || 'x' WHERE id = %s"
HISTORY = sorted(model._meta.db_table for model in apps.get_models() if hasattr(model, "instance_type"))
KEPT = [*HISTORY, *(model._meta.db_table for model in (Change, Settled, Seal, SealedRows, TableShape, AccessLog))]


def refused(connection: Connection, state: str, query: Any, parameters: Any = None) -> None:
    """The statement fails with this SQLSTATE; the transaction goes on."""
    with pytest.raises(psycopg.Error) as caught, connection.transaction():
        connection.execute(query, parameters)
    assert caught.value.sqlstate == state, (query, caught.value)


@pytest.fixture
def unit(committed_db: Database, system: Actor) -> Unit:
    """A stored unit, its change settled."""
    with change("test.prepare", actor=system, reason="a unit to attack"):
        unit = create(Unit)
    settle()
    return unit


def open_change(connection: Connection, **forged: Any) -> int:
    """Insert a change by hand; returns its id."""
    values = {"kind": "psql", "role": "", "reason": "by hand", "document": "", "source": "psql", **forged}
    query = sql.SQL(
        "INSERT INTO records_change (public_id, actor_id, {}) VALUES (gen_random_uuid(), %s, {}) RETURNING id"
    ).format(sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join([sql.Placeholder()] * len(values)))
    row = connection.execute(query, [User.objects.system().pk, *values.values()]).fetchone()
    assert row is not None
    return int(row[0])


def announce(connection: Connection, change_id: int | str, *, local: bool = True) -> None:
    connection.execute("SELECT set_config('records.change', %s, %s)", [str(change_id), local])


def test_a_change_of_the_own_transaction_is_the_one_way(app_sql: Connection, unit: Unit) -> None:
    announce(app_sql, open_change(app_sql))
    app_sql.execute(RENAME, [unit.pk])
    app_sql.commit()
    newest = Unit.history.filter(id=unit.pk).first()
    assert (newest.revision, newest.code, newest.change.reason) == (2, f"{unit.code}x", "by hand")


def test_a_write_without_a_change_is_refused(app_sql: Connection, unit: Unit) -> None:
    refused(app_sql, NO_CHANGE, RENAME, [unit.pk])
    refused(app_sql, NO_CHANGE, "DELETE FROM org_unit WHERE id = %s", [unit.pk])
    ((row,),) = app_sql.execute("SELECT to_jsonb(u) FROM org_unit u WHERE id = %s", [unit.pk]).fetchall()
    other = Jsonb({**row, "id": 0, "code": "other", "public_id": "0b6bd9a5-5a5f-4a63-9d1c-5c5f0f6f3a10"})
    refused(app_sql, NO_CHANGE, "INSERT INTO org_unit SELECT * FROM jsonb_populate_record(NULL::org_unit, %s)", [other])


def test_a_statement_that_touches_no_row_passes(app_sql: Connection, unit: Unit) -> None:
    assert app_sql.execute(RENAME, [-unit.pk]).rowcount == 0


def test_the_change_of_another_transaction_is_refused(app_sql: Connection, unit: Unit) -> None:
    other = open_change(app_sql)
    app_sql.commit()
    announce(app_sql, other)
    refused(app_sql, NO_CHANGE, RENAME, [unit.pk])


def test_the_change_of_a_transaction_still_open_is_refused(
    app_sql: Connection, unit: Unit, committed_db: Database
) -> None:
    with psycopg.connect(committed_db.app_url) as elsewhere:
        announce(app_sql, open_change(elsewhere))
        refused(app_sql, NO_CHANGE, RENAME, [unit.pk])


def test_a_setting_of_the_session_does_not_outlive_its_transaction(app_sql: Connection, unit: Unit) -> None:
    announce(app_sql, open_change(app_sql), local=False)
    app_sql.execute(RENAME, [unit.pk])
    app_sql.commit()
    assert app_sql.execute("SELECT current_setting('records.change')").fetchone() != ("",)
    refused(app_sql, NO_CHANGE, RENAME, [unit.pk])


@pytest.mark.parametrize("bogus", ["0", "-1", "999999999", "9223372036854775807"])
def test_a_change_that_does_not_exist_is_refused(app_sql: Connection, unit: Unit, bogus: str) -> None:
    announce(app_sql, bogus)
    refused(app_sql, NO_CHANGE, RENAME, [unit.pk])


@pytest.mark.parametrize("bogus", ["abc", "1 OR true", "9" * 40])
def test_a_change_that_is_no_number_is_refused(app_sql: Connection, unit: Unit, bogus: str) -> None:
    announce(app_sql, bogus)
    with pytest.raises(psycopg.errors.DataError), app_sql.transaction():
        app_sql.execute(RENAME, [unit.pk])
    assert Unit.history.filter(id=unit.pk).count() == 1


def test_a_change_that_was_rolled_back_is_refused(app_sql: Connection, unit: Unit) -> None:
    app_sql.execute("SAVEPOINT here")
    gone = open_change(app_sql)
    app_sql.execute("ROLLBACK TO SAVEPOINT here")
    announce(app_sql, gone)
    refused(app_sql, NO_CHANGE, RENAME, [unit.pk])


def test_the_transaction_and_the_time_of_a_change_cannot_be_forged(app_sql: Connection, unit: Unit) -> None:
    ((xid,),) = app_sql.execute("SELECT pg_current_xact_id()::text::bigint + 1000").fetchall()
    forged = open_change(app_sql, xid=xid, at="1999-01-01")
    ((stored, past),) = app_sql.execute("SELECT xid, at < '2020-01-01' FROM records_change WHERE id = %s", [forged])
    assert (stored, past) == (xid - 1000, False)
    app_sql.commit()
    announce(app_sql, forged, local=False)
    for _ in range(3):
        refused(app_sql, NO_CHANGE, RENAME, [unit.pk])


def test_the_switch_of_pgtrigger_does_nothing(app_sql: Connection, unit: Unit) -> None:
    for ignored in ("{all}", "{org.Unit:history_update}", "{org_unit:history_update,org_unit:revision}"):
        app_sql.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [ignored])
        refused(app_sql, NO_CHANGE, RENAME, [unit.pk])


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "ALTER TABLE org_unit DISABLE TRIGGER ALL",
        "ALTER TABLE org_historicalunit DISABLE TRIGGER ALL",
        "DROP TABLE org_historicalunit",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMP TABLE org_unit (id int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TRIGGER mine BEFORE INSERT ON org_unit EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE mine AS ON INSERT TO org_unit DO INSTEAD NOTHING",
        "SET ROLE shidang_owner",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY org_unit TO PROGRAM 'cat'",
        "ALTER DATABASE template1 SET session_replication_role = replica",
        "SELECT setval('records_change_id_seq', 1)",
    ],
)
def test_the_guards_cannot_be_taken_down(app_sql: Connection, unit: Unit, statement: str) -> None:
    refused(app_sql, NO_RIGHT, statement)


def test_rights_are_not_taken(app_sql: Connection, unit: Unit) -> None:
    """PostgreSQL only warns when somebody grants what is not theirs: the right must not be there afterwards."""
    app_sql.execute("GRANT ALL ON org_historicalunit, records_seal TO shidang_app, PUBLIC")
    for table in ("org_historicalunit", "records_seal"):
        query = "SELECT has_table_privilege(%s, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')"
        assert app_sql.execute(query, [table]).fetchone() == (False,)


def first_column(connection: Connection, table: str) -> sql.Identifier:
    described = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table))).description
    assert described is not None
    return sql.Identifier(described[0].name)


def test_history_changes_and_seals_are_not_rewritten(app_sql: Connection, unit: Unit) -> None:
    announce(app_sql, open_change(app_sql))
    for table in KEPT:
        for query in ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}", "TRUNCATE {0} CASCADE"):
            refused(app_sql, NO_RIGHT, sql.SQL(query).format(sql.Identifier(table), first_column(app_sql, table)))


def test_history_and_seals_are_not_added_to(app_sql: Connection, unit: Unit) -> None:
    announce(app_sql, open_change(app_sql))
    for table in KEPT:
        if table not in {"records_change", "records_accesslog"}:
            refused(app_sql, NO_RIGHT, sql.SQL("INSERT INTO {0} SELECT * FROM {0}").format(sql.Identifier(table)))
            refused(app_sql, NO_RIGHT, sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table)))


def test_the_owner_too_is_refused_while_the_triggers_stand(owner_sql: Connection, unit: Unit, system: Actor) -> None:
    AccessLog.objects.create(actor=system.user, subject="x", subject_id=1, what="number", reason="a row to attack")
    for table in KEPT:
        for query in ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"):
            name = sql.Identifier(table)
            refused(owner_sql, APPEND_ONLY, sql.SQL(query).format(name, first_column(owner_sql, table)))
    for table in HISTORY:
        refused(owner_sql, APPEND_ONLY, sql.SQL("INSERT INTO {0} SELECT * FROM {0}").format(sql.Identifier(table)))


def test_records_are_not_truncated(owner_sql: Connection, app_sql: Connection) -> None:
    for model in every_record():
        statement = sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(model._meta.db_table))
        refused(app_sql, NO_RIGHT, statement)
        refused(owner_sql, APPEND_ONLY, statement)


def test_a_primary_key_never_changes(app_sql: Connection, unit: Unit) -> None:
    announce(app_sql, open_change(app_sql))
    refused(app_sql, FIXED_KEY, "UPDATE org_unit SET id = id + 1000 WHERE id = %s", [unit.pk])


def test_a_revision_is_not_set_by_hand(app_sql: Connection, unit: Unit) -> None:
    announce(app_sql, open_change(app_sql))
    for revision in (0, 2, 7):
        refused(app_sql, STALE, "UPDATE org_unit SET revision = %s WHERE id = %s", [revision, unit.pk])


def test_a_deleted_record_does_not_come_back_under_its_key(app_sql: Connection, unit: Unit) -> None:
    announce(app_sql, open_change(app_sql))
    ((row,),) = app_sql.execute("SELECT to_jsonb(u) FROM org_unit u WHERE id = %s", [unit.pk]).fetchall()
    app_sql.execute("DELETE FROM org_unit WHERE id = %s", [unit.pk])
    refused(
        app_sql, "23505", "INSERT INTO org_unit SELECT * FROM jsonb_populate_record(NULL::org_unit, %s)",
        [Jsonb(row)],
    )  # fmt: skip


def test_nothing_is_decided_by_todays_date_of_the_database(committed_db: Database, superuser_sql: Connection) -> None:
    """Days come from the application: no function of ours asks the database for the day."""
    found = superuser_sql.execute(
        "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace LEFT JOIN pg_depend d"
        " ON d.objid = p.oid AND d.deptype = 'e' WHERE n.nspname = 'public' AND d.objid IS NULL"
        " AND prosrc ~* '(current_date|now\\(\\)\\s*::\\s*date|localtimestamp)'"
    ).fetchall()
    assert found == []


def test_every_guarding_function_runs_as_the_owner_with_a_fixed_search_path(superuser_sql: Connection) -> None:
    rows = superuser_sql.execute(
        "SELECT p.proname, p.prosecdef, pg_get_userbyid(p.proowner), p.proconfig FROM pg_trigger t"
        " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
    ).fetchall()
    assert len(rows) > 5 * len(every_record())
    for name, definer, owner, config in rows:
        assert (definer, owner) == (True, "shidang_owner"), name
        assert config == ["search_path=public, pg_temp"], name


def test_nobody_runs_what_the_triggers_run(superuser_sql: Connection, committed_db: Database) -> None:
    """The application may settle and compute digests; the functions of triggers are nobody's to call."""
    rows = superuser_sql.execute(
        "SELECT p.proname, has_function_privilege('shidang_app', p.oid, 'EXECUTE'), "
        "coalesce(p.proacl::text ~ '[{,]=X', true) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'public' AND pg_get_userbyid(p.proowner) = 'shidang_owner'"
    ).fetchall()
    assert len(rows) > 5 * len(every_record())
    assert {name for name, application, _public in rows if application} == {
        "records_settle", "records_merkle", "records_leaves",
    }  # fmt: skip
    assert [name for name, _application, public in rows if public] == []


def test_the_number_of_a_change_or_a_look_is_not_chosen(app_sql: Connection, unit: Unit) -> None:
    """Numbers taken ahead of the sequence would stop the next act of anybody."""
    ahead = """INSERT INTO records_change (id, public_id, kind, actor_id, role, reason, document, source)
        SELECT last_value + 1, gen_random_uuid(), 'x', %s, '', 'ahead', '', '' FROM records_change_id_seq"""
    look = "INSERT INTO records_accesslog (id, actor_id, role, subject, subject_id, what, reason) VALUES (7, %s, '', 'x', 1, 'x', '')"

    for query in (ahead, look):
        refused(app_sql, NO_RIGHT, query, [User.objects.system().pk])
    refused(app_sql, NO_RIGHT, "SELECT setval('records_change_id_seq', 1)")
    assert open_change(app_sql) > 0


def test_a_look_bears_the_moment_at_which_it_was_written(app_sql: Connection, unit: Unit) -> None:
    back = """INSERT INTO records_accesslog (at, actor_id, role, subject, subject_id, what, reason)
        VALUES ('2020-05-05', %s, '', 'personnel.Teacher', 1, 'file', '') RETURNING clock_timestamp() - at < interval '1 minute'"""

    assert app_sql.execute(back, [User.objects.system().pk]).fetchone() == (True,)


def test_no_large_objects_are_made(app_sql: Connection) -> None:
    for query in ("SELECT lo_from_bytea(0, 'x')", "SELECT lo_create(0)", "SELECT lo_creat(-1)", "SELECT lo_open(1, 1)"):
        refused(app_sql, NO_RIGHT, query)


def test_the_databases_of_the_server_itself_are_closed(committed_db: Database) -> None:
    for name in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(with_database(committed_db.app_url, name))
