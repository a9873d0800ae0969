"""Free ports on the loopback interface, and the name of whoever holds a taken one."""

import contextlib
import socket
from pathlib import Path

import psutil

LOOPBACK = "127.0.0.1"


class PortTaken(RuntimeError):
    """A port that was asked for by number is held by another process."""


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """True when a server could listen on `port` of `host` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def holder(port: int) -> str:
    """Name and number of the process that listens on `port`, or "another process" when the system does not tell."""
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status != psutil.CONN_LISTEN or not connection.laddr or not connection.pid:
                continue
            if connection.laddr.port == port:
                process = psutil.Process(connection.pid)
                return f"{process.name()} (process {connection.pid})"
    return "another process"


def require_free(port: int, purpose: str, remedy: str) -> None:
    """Raise `PortTaken`, naming the port, its holder and what to do, unless `port` is free."""
    if not is_free(port):
        message = f"Port {port}, wanted for {purpose}, is taken by {holder(port)}. {remedy}"
        raise PortTaken(message)


def find_free() -> int:
    """A port number that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def remembered(memo: Path, purpose: str) -> tuple[int, str]:
    """The port noted in the file `memo` if it is still free, else a new one.

    Returns the port and a notice (empty when nothing changed). The caller writes the memo once its server listens.
    """
    if memo.exists() and memo.read_text().strip().isdigit():
        port = int(memo.read_text())
        if is_free(port):
            return port, ""
        other = find_free()
        return other, f"Port {port}, used for {purpose} so far, is taken by {holder(port)}; moving to {other}."
    return find_free(), ""
