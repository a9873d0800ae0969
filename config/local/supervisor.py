"""One supervisor over all processes: steps before, children during, and the servers stopped last.

It ends in this order: web and beat (nothing new comes in), worker (what it works on can be taken up again), Valkey,
PostgreSQL. A child that crashes is started again after a pause that grows. What a killed supervisor left running is
ended by the next one.
"""

import contextlib
import fcntl
import json
import os
import selectors
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import psutil

from config.local import account, postgres, process, valkey
from config.local.child import Child
from config.local.services import Services

TICK = 0.2
SERVER_CHECK = 1.0
LEFTOVER_SECONDS = 10
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class AlreadyRunning(RuntimeError):
    """Another supervisor holds the same state folder."""


class StepFailed(RuntimeError):
    """A preparing step (migrate, seed, …) ended with an error."""


class Stopped(Exception):
    """We were asked to stop while still preparing."""


class Supervisor:
    """Owns the state folder `var` from entering the `with` block to leaving it; leaving it stops everything."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.services: Services | None = None
        self.children: list[Child] = []
        self.asked_to_stop = 0
        self._lock_file = account.make_folder(var / "run").joinpath("supervisor.lock").open("a+")
        self._selector = selectors.DefaultSelector()
        self._old_handlers: dict[int, object] = {}
        self._servers_checked = 0.0

    def __enter__(self) -> Self:
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock_file.close()
            message = (
                f"Shidang runs already with the folder {self.var} (process {holder(self.var)}); `make stop` ends it."
            )
            raise AlreadyRunning(message) from None
        self._lock_file.truncate(0)
        self._lock_file.write(f"{os.getpid()}\n")
        self._lock_file.flush()
        for number in STOP_SIGNALS:
            self._old_handlers[number] = signal.signal(number, self._on_signal)
        end_leftovers(self.var)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._shut_down()
        finally:
            for number, handler in self._old_handlers.items():
                signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself returned
            self._selector.close()
            self._lock_file.close()

    def say(self, line: str, name: str = "") -> None:
        """Print a line, with the name of who says it before it; a closed terminal is no reason to stop."""
        with contextlib.suppress(BrokenPipeError):
            print(f"{name:<8}| {line}" if name else line, flush=True)

    def step(self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        """Run a command to its end, its output shown; raise `StepFailed` or `Stopped`."""
        child = Child(name, list(command), environment, folder)
        self._start(child)
        while child.running and not self.asked_to_stop:
            self._show_output(TICK)
        if self.asked_to_stop:
            raise Stopped
        self._collect(child)
        self.children.remove(child)
        if child.process is not None and child.process.returncode != 0:
            message = f"The step {name} failed (exit code {child.process.returncode}); see the lines above."
            raise StepFailed(message)

    def run(self, children: Sequence[Child], *, every_tick: Callable[[], None] = lambda: None) -> None:
        """Start the children and keep them and the servers running until asked to stop."""
        for child in children:
            self._start(child)
        while not self.asked_to_stop:
            self._show_output(TICK)
            self._restart_crashed()
            self._check_servers()
            every_tick()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop += 1

    def _start(self, child: Child) -> None:
        child.start()
        if child.process is not None and child.process.stdout is not None:
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)
        if child not in self.children:
            self.children.append(child)
        self._note_children()

    def _collect(self, child: Child) -> None:
        """Show the last lines of a process that has ended, and kill what it left behind."""
        if child.process is not None and child.process.stdout is not None:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(child.process.stdout)
        for line in child.finish():
            self.say(line, child.name)

    def _show_output(self, seconds: float) -> None:
        """Wait up to `seconds` for output and show it."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            for line in key.data.lines():
                self.say(line, key.data.name)
            if key.data.silent:
                self._selector.unregister(key.fileobj)

    def _restart_crashed(self) -> None:
        for child in self.children:
            if child.process is None:
                if child.restart_at <= time.monotonic():
                    self._start(child)
            elif not child.running:
                self._collect(child)
                code, pause = child.process.returncode, child.plan_restart()
                self.say(f"ended unexpectedly (exit code {code}); starts again in {pause:.0f} s", child.name)

    def _check_servers(self) -> None:
        """Start a server again that was killed, on the port that the children know."""
        now = time.monotonic()
        if self.services is None or now - self._servers_checked < SERVER_CHECK:
            return
        self._servers_checked = now
        cluster, broker = self.services.cluster, self.services.broker
        if cluster is not None and not cluster.is_running():
            self.say("PostgreSQL has ended unexpectedly; starting it again")
            cluster = postgres.start(cluster.home, port=cluster.port)
        if broker is not None and not broker.is_running():
            self.say("Valkey has ended unexpectedly; starting it again")
            broker = valkey.start(broker.home, port=broker.port)
        self.services = Services(cluster, broker, self.services.environment)

    def _shut_down(self) -> None:
        if self.children:
            self.say("stopping …")
        worker = [child for child in self.children if child.name == "worker"]
        self._end([child for child in self.children if child not in worker])
        self._end(worker)
        if self.services is not None:
            self.services.stop()
        (self.var / "run" / "children.json").unlink(missing_ok=True)

    def _end(self, children: list[Child]) -> None:
        """Ask the children to end, wait as long as each is worth waiting for (not after a second Ctrl-C), then kill."""
        began = time.monotonic()
        for child in children:
            child.signal(signal.SIGTERM)
        while any(child.running for child in children):
            self._show_output(TICK)
            waited = time.monotonic() - began
            for child in children:
                if child.running and (waited > child.patience or self.asked_to_stop > 1):
                    child.kill()
        for child in children:
            self._collect(child)
            self.children.remove(child)

    def _note_children(self) -> None:
        known = [identity for child in self.children if (identity := child.identity())]
        account.write_private(self.var / "run" / "children.json", json.dumps(known))


def holder(var: Path) -> int | None:
    """Process number of the supervisor that holds `var`, or None."""
    path = var / "run" / "supervisor.lock"
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(path.read_text().strip() or 0) or None
    return None


def end_leftovers(var: Path) -> None:
    """End the children of a supervisor that was killed; a number that now belongs to another process is left alone."""
    note = var / "run" / "children.json"
    if not note.exists():
        return
    found: list[psutil.Process] = []
    for _, pid, born in json.loads(note.read_text()):
        with contextlib.suppress(psutil.Error):
            leftover = psutil.Process(pid)
            if leftover.create_time() == born:
                found += [leftover, *leftover.children(recursive=True)]
    process.end(found, (signal.SIGTERM, signal.SIGKILL), LEFTOVER_SECONDS)
    note.unlink()


def stop(var: Path, seconds: float = 90) -> bool:
    """Ask the supervisor of `var` to stop and wait for it; False when none runs."""
    pid = holder(var)
    if pid is None:
        end_leftovers(var)
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        process.end([psutil.Process(pid)], (signal.SIGTERM,), seconds)
    return True
