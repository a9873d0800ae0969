"""A private, throw-away PostgreSQL and Valkey for one test session, shared by its parallel workers.

`database_urls()` may be called from any process of the session, at any time: the first call starts the servers, the
others find them by the number of the session's main process. `stop_test_server()` ends them; the main process does so
by itself when it exits. What a killed session left behind is cleared by the next one.
"""

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from config import env
from config.local import account, database, postgres, valkey

WORKER_MARK = "PYTEST_XDIST_WORKER"
SESSION = "SHIDANG_TEST_SESSION"
MEMORY = Path("/dev/shm")  # noqa: S108 - not a place for secrets of others: the folder in it is ours
ENOUGH_MEMORY_BYTES = 4 << 30


@dataclass(frozen=True)
class TestServer:
    """Connection URLs of the test servers; the database of `owner_url` and `app_url` has the extensions, no tables."""

    __test__ = False  # not a test, whatever its name makes pytest believe

    superuser_url: str
    owner_url: str
    app_url: str
    broker_url: str


def database_urls() -> TestServer:
    """The servers of this test session, started on the first call.

    With SHIDANG_TEST_SUPERUSER_URL an external PostgreSQL is used: roles get new passwords, the database is kept.
    """
    home = session_folder()
    account.make_folder(home.parent)
    if _is_main_process():
        atexit.register(stop_test_server)
    with _locked(home.parent):
        _clear_dead_sessions(home.parent)
        note = home / "urls.json"
        if note.exists():
            return TestServer(**json.loads(note.read_text()))
        server = _start(home)
        account.write_private(note, json.dumps(asdict(server)))
    return server


def stop_test_server() -> None:
    """Stop and remove the session's servers; any process but the session's main one leaves that to it."""
    home = session_folder()
    if not _is_main_process() or not home.exists():
        return
    with _locked(home.parent):
        _remove(home)


def _start(home: Path) -> TestServer:
    account.make_folder(home)
    superuser_url = env.url("SHIDANG_TEST_SUPERUSER_URL")
    if not superuser_url:
        superuser_url = postgres.start(home / "postgres", durable=False).superuser_url
        database.close_server(superuser_url)
    urls = database.prepare(
        superuser_url, owner_password=secrets.token_urlsafe(24), app_password=secrets.token_urlsafe(24)
    )
    broker = valkey.start(home / "valkey")
    return TestServer(superuser_url, urls.owner, urls.app, broker.url)


def session_folder() -> Path:
    """The session's folder, named after its main process so that neither another session nor a later one shares it.

    Child processes of the session find it in the environment.
    """
    if SESSION not in os.environ:
        main = psutil.Process(os.getppid() if WORKER_MARK in os.environ else os.getpid())
        folder = _sessions() / f"{main.pid}-{_began(main)}"
        os.environ[SESSION] = str(folder)
    return Path(os.environ[SESSION])


def _began(process: psutil.Process) -> int:
    """When a process began, in whole seconds since the machine did: the clock may be set meanwhile, and both are reckoned from it."""
    boot = psutil.boot_time()
    return int(process.create_time() - boot)


def _sessions() -> Path:
    """The folder of all sessions: in memory where there is plenty, for a cloned database is a thousand small files."""
    own = MEMORY / f"shidang-test-{os.getuid()}"
    ours = not own.exists() or own.stat().st_uid == os.getuid()
    plenty = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY_BYTES
    return own if plenty and ours and not env.is_set("SHIDANG_VAR") else env.path("SHIDANG_VAR") / "test"


def _is_main_process() -> bool:
    return session_folder().name.partition("-")[0] == str(os.getpid())


def _clear_dead_sessions(root: Path) -> None:
    """Remove the servers of sessions whose main process is gone."""
    for folder in root.iterdir():
        pid, _, began = folder.name.partition("-")
        if not pid.isdigit():
            continue
        alive = False
        with contextlib.suppress(psutil.Error):
            alive = _began(psutil.Process(int(pid))) == int(began)
        if not alive:
            _remove(folder)


def _remove(folder: Path) -> None:
    valkey.stop(folder / "valkey")
    postgres.stop(folder / "postgres")
    shutil.rmtree(folder)


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    with (root / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
