"""History outlives the schema: a throw-away app goes through real migrations, and its seals still verify."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests.ground.databases import Database

MODELS = """
from django.db import models
from core.records.models import Record


class Entry(Record):
    scope = "public"

    {fields}

    class Meta(Record.Meta):
        verbose_name = "entry"
"""

# Each process goes through its commands as the role named before them; a new process sees new models.
PROGRAM = """
import json, os, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connections
from config import env
from core.org.models import User
from core.records import change

for name, *arguments in json.loads(sys.argv[1]):
    if name == "as":
        connections["default"].close()
        connections.settings["default"].update(env.database(arguments[0]))
    elif name in {"write", "remove"}:
        from ledger.models import Entry
        with change(f"ledger.{name}", actor=User.objects.system(), reason="a line"):
            entry = Entry.objects.filter(pk=arguments[0]).first() or Entry()
            if name == "remove":
                entry.delete()
            else:
                vars(entry).update(arguments[1])
                entry.save()
    else:
        call_command(name, *arguments)
"""
OWNER, APP = ["as", "DATABASE_OWNER_URL"], ["as", "DATABASE_URL"]
MIGRATE = ["migrate", "--verbosity=0"]
QUIET = ["makemigrations", "--check", "--dry-run"]
VERIFY = ["verify_history"]
NEW = 0


@dataclass
class Ledger:
    """An app of one record in a folder of its own, on a database of its own."""

    folder: Path
    database: Database

    def define(self, **fields: str) -> None:
        """Write `models.py` with these fields."""
        lines = "\n    ".join(f"{name} = models.{field}" for name, field in fields.items())
        (self.folder / "ledger" / "models.py").write_text(MODELS.format(fields=lines))

    def run(self, *commands: list[Any], answers: str = "") -> str:
        """Run commands in a process of their own; what it prints, or an AssertionError with that."""

        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROGRAM, json.dumps(commands)],
            env={
                **self.database.environment,
                "DJANGO_SETTINGS_MODULE": "ledger_settings",
                "PYTHONPATH": f"{self.folder}:{settings.BASE_DIR}",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            cwd=self.folder,
            input=answers,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout

    def migrate(self, *commands: list[Any], answers: str = "") -> None:
        """Write migrations, run them as the owner, find nothing left to do, then verify and go on as the application."""
        self.run(
            OWNER, ["makemigrations", "ledger"], MIGRATE, ["check"], QUIET, APP, VERIFY, *commands, answers=answers
        )

    def migration(self, number: int) -> str:
        """The text of a migration that was written."""
        (path,) = (self.folder / "ledger" / "migrations").glob(f"{number:04}_*.py")
        return path.read_text()


@pytest.fixture
def ledger(committed_db: Database, tmp_path: Path) -> Ledger:
    """The app with `title` and `note`, migrated, with two lines written and sealed."""
    package = tmp_path / "ledger"
    (package / "migrations").mkdir(parents=True)
    for path in (package / "__init__.py", package / "migrations" / "__init__.py"):
        path.touch()
    (tmp_path / "ledger_settings.py").write_text(
        textwrap.dedent("""
        from config import settings as production
        globals().update({name: value for name, value in vars(production).items() if name.isupper()})
        INSTALLED_APPS = [*production.INSTALLED_APPS, "ledger"]
        """)
    )
    made = Ledger(tmp_path, committed_db)
    made.define(title="CharField(max_length=40)", note='CharField(max_length=40, default="")')
    made.migrate(["write", NEW, {"title": "first", "note": "kept"}], ["write", NEW, {"title": "second"}], VERIFY)
    return made


NOTE = 'CharField(max_length=40, default="")'


@pytest.mark.long
def test_seals_survive_fields_that_come_change_their_name_and_go(ledger: Ledger, superuser_sql: Any) -> None:
    # A field comes, with a value for the lines that are there; older versions do not know it.
    ledger.define(title="CharField(max_length=40)", note=NOTE, weight="IntegerField(default=5)")
    ledger.migrate(["write", NEW, {"title": "third"}], ["write", 1, {"weight": 6}], VERIFY)
    assert history(superuser_sql, "weight") == [None, None, 5, 6]

    # It gets another name.
    ledger.define(title="CharField(max_length=40)", note=NOTE, load="IntegerField(default=5)")
    ledger.migrate(["write", 2, {"load": 7}], VERIFY, answers="y\ny\n")
    assert ledger.migration(3).count("RenameField") == 2
    assert history(superuser_sql, "load") == [None, None, 5, 6, 7]

    # Another one goes; what it said stays in history.
    ledger.define(title="CharField(max_length=40)", load="IntegerField(default=5)")
    ledger.migrate(["write", 3, {"load": 8}], ["remove", 2], VERIFY)
    assert "SeparateDatabaseAndState" in ledger.migration(4)
    assert columns(superuser_sql, "ledger_entry") == {"id", "public_id", "revision", "source_row", "title", "load"}
    assert history(superuser_sql, "note") == ["kept", "", "", "kept", "", None, None]

    # What is bent is still found: in the oldest rows, and in them in columns that came later.
    superuser_sql.execute("SET session_replication_role = replica")
    superuser_sql.execute("UPDATE ledger_historicalentry SET note = 'bent' WHERE history_id = 1")
    superuser_sql.execute("UPDATE ledger_historicalentry SET load = 9 WHERE history_id = 2")
    with pytest.raises(AssertionError) as caught:
        ledger.run(["verify_history", "--all"])
    for row in (1, 2):
        assert f"row altered: ledger_historicalentry row {row} " in str(caught.value)


@pytest.mark.long
def test_a_column_becomes_longer_but_never_shorter_and_keeps_its_type(ledger: Ledger, superuser_sql: Any) -> None:
    for length in (60, 30):
        ledger.define(title=f"CharField(max_length={length})", note=NOTE)
        ledger.migrate(["write", 1, {"title": "x" * 30}])
    assert length_of(superuser_sql, "ledger_entry", "title") == 30
    assert length_of(superuser_sql, "ledger_historicalentry", "title") == 60
    ledger.define(title="IntegerField(default=0)", note=NOTE)
    with pytest.raises(AssertionError, match=r"would turn from varchar\(60\) into integer"):
        ledger.run(["makemigrations", "ledger"])
    assert not list((ledger.folder / "ledger" / "migrations").glob("0004*"))


def test_a_record_that_is_given_up_leaves_its_history(ledger: Ledger, superuser_sql: Any) -> None:
    (ledger.folder / "ledger" / "models.py").write_text("")
    ledger.migrate()
    assert columns(superuser_sql, "ledger_entry") == set()
    assert history(superuser_sql, "title") == ["first", "second"]
    with psycopg.connect(ledger.database.app_url) as connection:
        for statement in ("UPDATE {} SET title = ''", "DELETE FROM {}", "INSERT INTO {} (id, revision) VALUES (9, 1)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement.format("ledger_historicalentry"))
    superuser_sql.execute("SET session_replication_role = replica")
    superuser_sql.execute("UPDATE ledger_historicalentry SET title = 'bent' WHERE history_id = 2")
    with pytest.raises(AssertionError, match="row altered: ledger_historicalentry row 2 "):
        ledger.run(VERIFY)


def history(connection: Any, column: str) -> list[Any]:
    """A column of the ledger's history, oldest row first."""
    rows = connection.execute(f"SELECT {column} FROM ledger_historicalentry ORDER BY history_id")
    return [row[0] for row in rows]


def columns(connection: Any, table: str) -> set[str]:
    """The columns of a table, none when there is none."""
    rows = connection.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    return {row[0] for row in rows}


def length_of(connection: Any, table: str, column: str) -> int:
    """How many characters a column holds."""
    query = "SELECT character_maximum_length FROM information_schema.columns WHERE table_name = %s AND column_name = %s"
    return int(connection.execute(query, [table, column]).fetchone()[0])
