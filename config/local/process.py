"""Processes that are followed by their number, since they may outlive the one that started them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence

import psutil

POLL_SECONDS = 0.02


def leave_running(server: "subprocess.Popen[bytes]") -> None:
    """Give up the handle of a server that is followed by its number from now on."""
    server.returncode = 0


def lives(process: psutil.Process) -> bool:
    """True while the process runs; one that has ended but that nobody has collected yet does not."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_gone(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until all have ended, at most `seconds`; returns those that still live."""
    deadline = time.monotonic() + seconds
    alive = [process for process in processes if lives(process)]
    while alive and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        alive = [process for process in alive if lives(process)]
    return alive


def end(processes: Sequence[psutil.Process], orders: Sequence[signal.Signals], patience: float) -> list[psutil.Process]:
    """Send the signals one after the other, each to those that still live, with `patience` seconds after each."""
    alive = list(processes)
    for order in orders:
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(order)
        alive = wait_gone(alive, patience)
        if not alive:
            break
    return alive
