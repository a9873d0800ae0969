"""The embedded PostgreSQL: it keeps data, recovers from every way of dying, touches no folder that is not its own."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from config import env
from config.local import account, database, ports, postgres, process

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers under another account")
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cluster(ground):
    return postgres.start(ground / "pg", durable=False)


def _execute(cluster, statement):
    with psycopg.connect(cluster.superuser_url, autocommit=True) as connection:
        result = connection.execute(statement)
        return result.fetchall() if result.description else []


def _make_note(cluster):
    _execute(cluster, "CREATE TABLE note AS SELECT '张三' AS name")


def _kept(cluster):
    return _execute(cluster, "SELECT name FROM note") == [("张三",)]


def _modes(*places):
    """Mode and owner of each folder and of all above it."""
    folders = {folder for place in places for folder in [place, *place.resolve().parents]}
    return {folder: (folder.stat().st_mode, folder.stat().st_uid, folder.stat().st_gid) for folder in folders}


def test_a_second_start_keeps_the_data_and_the_port(cluster):
    _make_note(cluster)
    cluster.stop()
    assert not cluster.is_running()
    again = postgres.start(cluster.home, durable=False)
    assert again.port == cluster.port
    assert _kept(again)


def test_a_start_beside_a_running_server_takes_it_over(cluster):
    _make_note(cluster)
    again = postgres.start(cluster.home, durable=False)
    assert again == cluster
    assert _kept(again)


def test_starts_at_the_same_moment_give_one_server(ground):
    imports = "from pathlib import Path; from config.local import postgres"
    code = f"{imports}; print(postgres.start(Path({str(ground)!r}) / 'pg', durable=False).pid)"
    with ThreadPoolExecutor() as pool:
        runs = [
            pool.submit(subprocess.run, [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True)
            for _ in range(3)
        ]
    pids = {run.result().stdout.strip() for run in runs}
    assert len(pids) == 1, [run.result().stderr for run in runs]
    assert postgres.running_pid(ground / "pg") == int(pids.pop())


def test_a_killed_server_starts_again_with_its_data(cluster):
    _make_note(cluster)
    os.kill(cluster.pid, signal.SIGKILL)
    again = postgres.start(cluster.home, durable=False)
    assert again.pid != cluster.pid
    assert _kept(again)


def test_processes_that_outlive_a_killed_server_are_ended(cluster):
    """A backend that computes does not notice that its server died; its shared memory would forbid the next start."""
    _make_note(cluster)
    connection = psycopg.connect(cluster.superuser_url)
    backend = psutil.Process(connection.info.backend_pid)
    connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000) AS a(n) WHERE n % 7 = 8")
    time.sleep(0.3)
    os.kill(cluster.pid, signal.SIGKILL)
    time.sleep(0.2)
    assert process.lives(backend), "the backend must still be computing, or this test shows nothing"
    again = postgres.start(cluster.home, durable=False)
    assert not process.lives(backend)
    assert _kept(again)
    connection.close()


@pytest.mark.parametrize("content", ["{pid}\n{data}\n1\n5432\n\n127.0.0.1\n 1 1\nready\n", "", "garbage\n"])
def test_a_lock_file_that_lies_is_not_believed(cluster, content):
    """A number in it may since belong to another program, such as this one."""
    _make_note(cluster)
    cluster.stop()
    lock = cluster.home / "data" / "postmaster.pid"
    lock.write_text(content.format(pid=os.getpid(), data=cluster.home / "data"))
    assert postgres.running_pid(cluster.home) is None
    assert _kept(postgres.start(cluster.home, durable=False))


def _program_that_fails(ground, monkeypatch, condition):
    """Let the server's program end with an error while the shell condition holds, as a first start after a kill may."""
    real = postgres.program("postgres")
    wrapper = ground / "postgres"
    wrapper.write_text(
        f'#!/bin/sh\nif {condition}; then echo "FATAL: broken on purpose"; exit 1; fi\nexec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    find = postgres.program
    monkeypatch.setattr(postgres, "program", lambda name: wrapper if name == "postgres" else find(name))


def test_a_first_start_that_fails_once_is_tried_again(cluster, ground, monkeypatch):
    _make_note(cluster)
    cluster.stop()
    tried = ground / "tried"
    tried.mkdir()
    tried.chmod(0o777)
    _program_that_fails(ground, monkeypatch, f"mkdir {tried}/once 2>/dev/null")
    assert _kept(postgres.start(cluster.home, durable=False))
    assert (tried / "once").exists()


def test_a_server_that_never_starts_is_reported_with_its_last_words(ground, monkeypatch):
    _program_that_fails(ground, monkeypatch, "true")
    with pytest.raises(postgres.PostgresError, match=r"tried 3 times(?s:.*)broken on purpose"):
        postgres.start(ground / "pg", durable=False)


def test_half_a_cluster_is_made_anew(ground):
    """A kill during the very first start leaves a draft, which is never taken for a cluster."""
    draft = ground / "pg" / "data.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    cluster = postgres.start(ground / "pg", durable=False)
    assert _execute(cluster, "SELECT 1") == [(1,)]
    assert not draft.exists()


def test_a_port_asked_for_that_is_taken_is_named_with_its_holder(ground):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ports.PortTaken) as refusal:
            postgres.start(ground / "pg", port=port, durable=False)
    assert f"Port {port}" in str(refusal.value)
    assert f"(process {os.getpid()})" in str(refusal.value)


def test_a_remembered_port_that_is_taken_is_named_and_another_used(cluster, capsys):
    _make_note(cluster)
    cluster.stop()
    with socket.create_server(("127.0.0.1", cluster.port)):
        again = postgres.start(cluster.home, durable=False)
    assert again.port != cluster.port
    assert f"Port {cluster.port}, used for PostgreSQL so far, is taken by" in capsys.readouterr().out
    assert _kept(again)


def test_the_server_is_reached_by_loopback_and_password_only(cluster):
    listening = {
        connection.laddr.ip
        for connection in psutil.Process(cluster.pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(cluster.url(password="wrong"))
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{cluster.port}/postgres")
    assert stat.S_IMODE((cluster.home / "superuser-password").stat().st_mode) == 0o600
    assert stat.S_IMODE((cluster.home / "postgres.log").stat().st_mode) == 0o600
    assert stat.S_IMODE(cluster.home.stat().st_mode) in {0o700, 0o710}
    assert stat.S_IMODE((cluster.home / "data").stat().st_mode) == 0o700


def test_chinese_names_are_indexed_by_trigram_and_upper_case_works(cluster):
    """A cluster with the C character type would drop every Chinese character from pg_trgm without a word."""
    _execute(cluster, "CREATE EXTENSION pg_trgm")
    assert _execute(
        cluster, "SELECT cardinality(show_trgm('张三丰')), upper('é'), similarity('张三丰', '张三') > 0.3"
    ) == [(4, "É", True)]


def test_no_folder_is_changed_that_we_did_not_make(ground):
    """Neither on the way to the data nor on the way to the programs."""
    outer = ground / "outer"
    inner = outer / "inner"
    inner.mkdir(parents=True)
    outer.chmod(0o2751)
    inner.chmod(0o711)
    programs = postgres.program("postgres").parent
    before = _modes(inner, programs, programs.parent / "lib")
    cluster = postgres.start(inner / "made" / "pg", durable=False)
    cluster.stop()
    postgres.start(inner / "made" / "pg", durable=False).stop()
    assert _modes(inner, programs, programs.parent / "lib") == before


@AS_ROOT
def test_a_folder_closed_to_the_servers_account_is_named_and_stays_closed(ground):
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    before = _modes(closed)
    with pytest.raises(account.FolderUnreachable, match=f"may not enter {closed}"):
        postgres.start(closed / "pg", durable=False)
    assert _modes(closed) == before
    assert list(closed.iterdir()) == []


@AS_ROOT
def test_programs_in_a_closed_folder_are_copied_and_run(ground, monkeypatch):
    closed = ground / "home"
    packages = closed / "site-packages"
    packages.mkdir(parents=True)
    installed = postgres.program("postgres").parents[3]
    for part in postgres.PROGRAM_PARTS:
        (packages / part).parent.mkdir(exist_ok=True)
        shutil.copytree(installed / part, packages / part)
    closed.chmod(0o700)
    monkeypatch.setattr(account, "SHARED_PROGRAMS", ground / "programs")
    owner = account.server_account()
    copy = account.reachable_programs(packages, postgres.PROGRAM_PARTS, "test-1", owner)
    assert copy == ground / "programs" / "test-1"
    for name in ("postgres", "initdb", "psql"):
        command = [str(copy / postgres.PROGRAM_PARTS[0] / "bin" / name), "--version"]
        run = subprocess.run(command, **account.identity(owner), cwd="/", capture_output=True, text=True, check=True)
        assert "(PostgreSQL) 18" in run.stdout
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_roles_and_database_are_made_as_often_as_one_likes(cluster):
    database.prepare(cluster.superuser_url, owner_password="a1", app_password="b1")
    urls = database.prepare(cluster.superuser_url, owner_password="a2", app_password="b2")
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE fact (valid daterange, path ltree, name text)")
        owner.execute("CREATE INDEX ON fact USING gin (name gin_trgm_ops)")
        owner.execute("ALTER TABLE fact ADD EXCLUDE USING gist (name WITH =, valid WITH &&)")
    with psycopg.connect(urls.app, autocommit=True) as app:
        for refused in (
            "SELECT * FROM fact",
            "CREATE TABLE mine (id int)",
            "CREATE TEMPORARY TABLE mine (id int)",
            "CREATE DATABASE mine",
            "CREATE ROLE mine",
            "CREATE SCHEMA mine",
            "SET ROLE shidang_owner",
            "ALTER TABLE fact DISABLE TRIGGER ALL",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)
        assert app.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone() == (
            False,
        )
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(database.with_database(urls.app, "shidang", user="shidang_app", password="b1"))


def test_an_external_server_is_prepared_with_the_passwords_of_the_urls(cluster, monkeypatch):
    place = f"127.0.0.1:{cluster.port}/town"
    monkeypatch.setenv("SHIDANG_SUPERUSER_URL", cluster.superuser_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", f"postgresql://shidang_owner:o%40ne@{place}")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://shidang_app:t%3Awo@{place}")
    assert "database town are ready" in database.prepare_external()
    for name in ("DATABASE_OWNER_URL", "DATABASE_URL"):
        with psycopg.connect(env.url(name)) as connection:
            assert connection.info.dbname == "town"
    monkeypatch.setenv("DATABASE_URL", f"postgresql://postgres:t%3Awo@{place}")
    with pytest.raises(env.InvalidSetting, match="DATABASE_URL the role shidang_app"):
        database.prepare_external()


def test_the_log_of_errors_holds_no_values(cluster):
    number = "110101199003070000"
    _execute(cluster, "CREATE TABLE person (number text PRIMARY KEY)")

    with pytest.raises(psycopg.errors.UniqueViolation):
        _execute(cluster, f"INSERT INTO person VALUES ('{number}'), ('{number}')")

    said = (cluster.home / "postgres.log").read_text()
    assert "person_pkey" in said
    assert number not in said
