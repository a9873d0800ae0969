"""One child process of the supervisor: its start, its output line by line, its end together with all it started."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0


@dataclass
class Child:
    """A command that the supervisor runs; `name` stands before each line that it prints.

    `patience`: seconds it gets to end when asked to. `silent`: it has closed its output.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    patience: float = 20.0
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    restart_at: float = 0.0
    failures: int = 0
    silent: bool = False
    _unfinished: bytes = field(default=b"", repr=False)

    def start(self) -> None:
        """Start the command in a process group of its own, so that a Ctrl-C reaches the supervisor only."""
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if self.process.stdout is not None:
            os.set_blocking(self.process.stdout.fileno(), False)
        self.started = time.monotonic()
        self.silent = False

    @property
    def running(self) -> bool:
        """True while the process lives."""
        return self.process is not None and self.process.poll() is None

    def lines(self) -> list[str]:
        """The lines that have come since the last call; what has no line end waits until it is complete."""
        stream = self.process.stdout if self.process is not None else None
        if stream is None or stream.closed:
            return []
        received = b""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(stream.fileno(), 65536):
                received += part
            self.silent = True
        *complete, self._unfinished = (self._unfinished + received).split(b"\n")
        return [line.decode(errors="replace").rstrip() for line in complete]

    def finish(self) -> list[str]:
        """After the end: the last lines; whatever the process left running in its group is killed."""
        lines = self.lines()
        if self._unfinished:
            lines.append(self._unfinished.decode(errors="replace"))
            self._unfinished = b""
        self.kill()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()
        return lines

    def plan_restart(self) -> float:
        """Decide when to start again after a crash: 1, 2, 4 … 30 seconds, from 1 anew after a steady minute."""
        if time.monotonic() - self.started > STEADY_SECONDS:
            self.failures = 0
        pause = min(2.0**self.failures, LONGEST_PAUSE)
        self.failures += 1
        self.restart_at = time.monotonic() + pause
        self.process = None
        return pause

    def signal(self, order: signal.Signals) -> None:
        """Send a signal to the process itself, which passes it on to its own children as it sees fit."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(order)

    def kill(self) -> None:
        """Kill the whole process group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def identity(self) -> tuple[str, int, float] | None:
        """Name, number and birth of the process, by which a later supervisor recognises it; None when it is gone."""
        if self.process is not None:
            with contextlib.suppress(psutil.Error):
                return self.name, self.process.pid, psutil.Process(self.process.pid).create_time()
        return None
