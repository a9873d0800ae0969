"""The worker of an installation, in processes of its own that may be killed at any moment."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil

from config.local.child import Child
from config.local.installation import processes

START_SECONDS = 60


class Worker:
    """The started worker: the process that takes messages, and those below it that do the jobs."""

    def __init__(self, child: Child) -> None:
        self._child = child

    def processes(self) -> list[psutil.Process]:
        """The main process first."""
        assert self._child.process is not None
        main = psutil.Process(self._child.process.pid)
        return [main, *main.children(recursive=True)]

    def kill(self) -> None:
        """SIGKILL to all of it at once, as a power cut or the kernel's out-of-memory killer would."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in self.processes():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        if self._child.process is not None:
            self._child.process.wait()

    def peak_memory(self) -> int:
        """The most bytes of memory that one of its processes ever held."""
        return max(_peak(process.pid) for process in self.processes())


def _peak(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


@contextlib.contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[Worker]:
    """A worker with this environment, started by the command of an installation; killed at the end."""
    var = Path(environment["SHIDANG_VAR"])
    plain = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
    child = next(child for child in processes(plain, var) if child.name == "worker")
    child.start()
    started = Worker(child)
    try:
        yield started
    finally:
        started.kill()
        if child.process is not None and child.process.stdout is not None:
            child.process.stdout.close()


def wait_until(happened: Callable[[], bool], seconds: float = START_SECONDS, *, pause: float = 0.02) -> None:
    """Return as soon as something has happened; AssertionError when it has not in time."""
    last = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < last, f"nothing happened in {seconds:.0f} seconds"
        time.sleep(pause)
