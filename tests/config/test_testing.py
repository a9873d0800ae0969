"""The servers of a test session: one per session, shared by its workers, gone afterwards, also after a kill."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from config.local import postgres, testing, valkey

CHECKOUT = Path(__file__).resolve().parents[2]
WORKER = """
import json
from dataclasses import asdict
from config.local import testing
print(json.dumps(asdict(testing.database_urls())))
testing.stop_test_server()
"""
# A session whose own workers are the first to ask, both at once; then the main process.
SESSION = f"""
import json, os, signal, subprocess, sys
from dataclasses import asdict
from config.local import testing
workers = [
    subprocess.Popen([sys.executable, "-c", {WORKER!r}], stdout=subprocess.PIPE, text=True,
                     env={{**os.environ, "PYTEST_XDIST_WORKER": f"gw{{number}}"}})
    for number in range(2)
]
seen = [json.loads(worker.communicate()[0]) for worker in workers]
seen.append(asdict(testing.database_urls()))
print(json.dumps([str(testing.session_folder()), seen]), flush=True)
if "killed" in sys.argv:
    os.kill(os.getpid(), signal.SIGKILL)
"""


def _session(ground, *arguments):
    environment = {
        name: value for name, value in os.environ.items() if name not in {testing.SESSION, testing.WORKER_MARK}
    }
    run = subprocess.run(
        [sys.executable, "-c", SESSION, *arguments],
        cwd=CHECKOUT,
        env={**environment, "SHIDANG_VAR": str(ground), "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout, run.stderr
    folder, seen = json.loads(run.stdout.splitlines()[-1])
    return Path(folder), seen


def _servers_below(folder):
    places = (Path(process.info["cwd"] or "/") for process in psutil.process_iter(["cwd"]))
    return [place for place in places if place.is_relative_to(folder)]


def test_workers_and_main_process_share_one_server_which_ends_with_the_session(ground):
    folder, seen = _session(ground)
    assert len(seen) == 3
    assert seen[0] == seen[1] == seen[2]
    assert not folder.exists()
    assert _servers_below(folder) == []


def test_what_a_killed_session_left_is_cleared_by_the_next(ground):
    left, _ = _session(ground, "killed")
    assert postgres.running_pid(left / "postgres") is not None
    assert valkey.running_pid(left / "valkey") is not None
    _session(ground)
    assert not left.exists()
    assert _servers_below(left) == []


def test_this_session_has_its_servers_and_its_database_is_ready():
    server = testing.database_urls()
    assert testing.database_urls() == server
    with psycopg.connect(server.app_url) as connection:
        found = connection.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
    assert {name for (name,) in found} >= {"btree_gist", "ltree", "pg_trgm"}


def test_an_external_server_is_used_when_one_is_named(ground, monkeypatch):
    own = postgres.start(ground / "external", durable=False)
    monkeypatch.setenv("SHIDANG_TEST_SUPERUSER_URL", own.superuser_url)
    folder, seen = _session(ground)
    assert seen[0]["superuser_url"] == own.superuser_url
    assert f":{own.port}/" in seen[0]["app_url"]
    assert own.is_running()
    assert not (folder / "postgres").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers under another account")
def test_servers_do_not_run_as_root():
    server = testing.database_urls()
    with psycopg.connect(server.superuser_url) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        assert backend.uids().effective != 0
