"""The supervisor: what it started ends with it, in the right order, however it ends; what crashes comes back."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from config import env
from config.local import postgres, services, supervisor, valkey
from config.local.child import Child

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 40

# Web, beat and worker as they behave: each starts a process of its own and tells when it is asked to end.
CHILD = """
import os, signal, subprocess, sys, time
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
def end(*_):
    print("ended", flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "stubborn" in sys.argv else end)
print("pids", os.getpid(), helper.pid, flush=True)
while True:
    time.sleep(0.1)
"""
SITE = """
import os, sys
from pathlib import Path
from config.local import services
from config.local.child import Child
from config.local.supervisor import Supervisor

var, mark = Path(sys.argv[1]), sys.argv[2]
environment = dict(os.environ)
with Supervisor(var) as boss:
    boss.services = services.start(var, durable=False)
    boss.step("migrate", [sys.executable, "-c", "print('migrated')"], environment, var)
    command = [sys.executable, str(var / "child.py"), mark]
    boss.run([Child(name, command, environment, var, patience=5) for name in ("worker", "beat", "web")])
"""


class Site:
    """A supervisor in a process of its own, its output in a file."""

    def __init__(self, var, mark="willing"):
        self.var = var
        (var / "child.py").write_text(textwrap.dedent(CHILD))
        self.log = var / "output"
        environment = {name: value for name, value in os.environ.items() if name not in services.SERVERS}
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SITE, str(var), mark],
                cwd=CHECKOUT,
                env={**environment, "PYTHONPATH": str(CHECKOUT)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_for(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def lines(self, word):
        return [line for line in self.log.read_text().splitlines() if word in line]

    def wait_up(self, children=3):
        self.wait_for(lambda: len(self.lines("pids")) >= children)

    def children(self):
        """Every process of the site's children, as they named themselves."""
        numbers = [int(word) for line in self.lines("pids") for word in line.split() if word.isdigit()]
        return [psutil.Process(number) for number in numbers if psutil.pid_exists(number)]

    def servers(self):
        found = [postgres.running_pid(self.var / "postgres"), valkey.running_pid(self.var / "valkey")]
        return [psutil.Process(pid) for pid in found if pid]

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        supervisor.end_leftovers(self.var)
        services.stop(self.var)


@pytest.fixture
def make_site(ground):
    sites = []

    def make(mark="willing"):
        sites.append(Site(ground, mark))
        return sites[-1]

    yield make
    for site in sites:
        site.end()


def _gone(processes):
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_leaves_nothing_behind(make_site, order):
    site = make_site()
    site.wait_up()
    started = site.children() + site.servers()
    assert len(started) == 8  # three children with a helper each, PostgreSQL, Valkey
    site.process.send_signal(order)
    assert site.process.wait(PATIENCE) == 0, site.log.read_text()
    assert _gone(started)
    assert site.servers() == []
    assert site.lines("migrate | migrated")
    ends = [line.split("|")[0].strip() for line in site.lines("ended")]
    assert sorted(ends[:2]) == ["beat", "web"]
    assert ends[2] == "worker"


def test_a_child_that_will_not_end_is_killed_when_its_time_is_up(make_site):
    site = make_site("stubborn")
    site.wait_up()
    started = site.children() + site.servers()
    site.process.terminate()
    assert site.process.wait(PATIENCE) == 0
    assert _gone(started)


def test_a_second_interrupt_does_not_wait(make_site):
    site = make_site("stubborn")
    site.wait_up()
    started = site.children()
    began = time.monotonic()
    site.process.send_signal(signal.SIGINT)
    site.wait_for(lambda: site.lines("stopping"))
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(PATIENCE) == 0
    assert time.monotonic() - began < 8  # twice the patience of five seconds would be ten
    assert _gone(started)


def test_a_crashed_child_comes_back_and_its_helpers_are_not_left(make_site):
    site = make_site()
    site.wait_up()
    victim, helper = (int(word) for word in site.lines("web ")[0].split() if word.isdigit())
    helper = psutil.Process(helper)
    os.kill(victim, signal.SIGKILL)
    site.wait_up(4)
    assert _gone([helper])
    assert site.lines("web     | ended unexpectedly (exit code -9); starts again in 1 s")


def test_killed_servers_come_back_where_the_children_expect_them(make_site):
    site = make_site()
    site.wait_up()
    before = site.servers()
    port = (site.var / "postgres" / "port").read_text()
    for server in before:
        server.kill()
    site.wait_for(lambda: len(site.servers()) == 2 and not set(site.servers()) & set(before))
    assert (site.var / "postgres" / "port").read_text() == port
    password = (site.var / "postgres" / "superuser-password").read_text()
    with psycopg.connect(f"postgresql://postgres:{password}@127.0.0.1:{port.strip()}/shidang") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_what_a_killed_supervisor_left_is_ended_by_the_next(make_site):
    site = make_site()
    site.wait_up()
    orphans = site.children()
    site.process.kill()
    site.process.wait()
    assert not _gone(orphans)
    following = make_site()
    following.wait_up()
    assert _gone(orphans)
    following.process.terminate()
    assert following.process.wait(PATIENCE) == 0
    assert following.servers() == []


def test_a_second_supervisor_for_the_same_folder_is_refused_with_the_number_of_the_first(make_site):
    site = make_site()
    site.wait_up()
    with (
        pytest.raises(supervisor.AlreadyRunning, match=rf"process {site.process.pid}"),
        supervisor.Supervisor(site.var),
    ):
        pass
    assert supervisor.stop(site.var)
    assert site.process.wait(PATIENCE) == 0
    assert not supervisor.stop(site.var)


def test_a_step_that_fails_stops_everything(ground):
    with (
        pytest.raises(supervisor.StepFailed, match=r"migrate failed \(exit code 3\)"),
        supervisor.Supervisor(ground) as boss,
    ):
        boss.step("migrate", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ), ground)
    assert not (ground / "run" / "children.json").exists()


def test_pauses_grow_to_half_a_minute_and_begin_anew_after_a_steady_run(ground):
    child = Child("web", ["true"], {}, ground)
    child.started = time.monotonic()
    assert [child.plan_restart() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    child.started = time.monotonic() - 61
    assert child.plan_restart() == 1


def test_lines_are_whole_whatever_the_pieces_they_come_in(ground):
    script = "import time; print('张', end='', flush=True); time.sleep(0.3); print('三'); print('end', end='')"
    child = Child("web", [sys.executable, "-c", script], {**os.environ, "PYTHONIOENCODING": "utf-8"}, ground)
    child.start()
    lines = []
    while child.running:
        lines += child.lines()
        time.sleep(0.02)
    lines += child.finish()
    assert lines == ["张三", "end"]


def test_external_servers_are_all_given_or_none(ground, monkeypatch):
    for name in services.SERVERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BROKER_URL", "redis://localhost/0")
    with pytest.raises(env.InvalidSetting, match="BROKER_URL is set but DATABASE_URL and DATABASE_OWNER_URL is not"):
        services.start(ground)
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@localhost/c")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://d:e@localhost/c")
    started = services.start(ground)
    assert started.cluster is None
    assert started.broker is None
    assert started.environment["DATABASE_URL"] == "postgresql://a:b@localhost/c"
    assert not (ground / "postgres").exists()


def test_secrets_are_made_once_kept_private_and_give_way_to_those_set(ground, monkeypatch):
    for name in services.SECRETS:
        monkeypatch.delenv(name, raising=False)
    first = services.secret_settings(ground)
    assert services.secret_settings(ground) == first
    assert (ground / "secrets.env").stat().st_mode & 0o777 == 0o600
    for name, value in first.items():
        monkeypatch.setenv(name, value)
        assert env.secret(name) == value
    monkeypatch.setenv("SHIDANG_SECRET_KEY", "chosen by the administrator, and long enough")
    assert services.secret_settings(ground)["SHIDANG_SECRET_KEY"].startswith("chosen")


def test_management_commands_find_what_runs(ground, monkeypatch):
    for name in (*services.SERVERS, *services.SECRETS, "SHIDANG_DEMO"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHIDANG_VAR", str(ground))
    before = dict(os.environ)
    services.adopt_running_site()
    assert dict(os.environ) == before
    started = services.start(ground / "demo", durable=False)
    services.write_environment(ground / "demo" / services.SITE_FILE, {**started.environment, "SHIDANG_DEMO": "yes"})
    services.adopt_running_site()
    assert {name: os.environ[name] for name in started.environment} == started.environment
    assert env.flag("SHIDANG_DEMO")
    started.stop()
    for name in services.SERVERS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHIDANG_VAR", str(ground))
    services.adopt_running_site()
    assert "DATABASE_URL" not in os.environ


def test_a_site_and_a_demo_at_once_are_not_mixed_up(ground, monkeypatch):
    for name in services.SERVERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHIDANG_VAR", str(ground))
    for folder in (ground, ground / "demo"):
        started = services.start(folder, durable=False)
        services.write_environment(folder / services.SITE_FILE, started.environment)
    with pytest.raises(env.InvalidSetting, match="Both a site and a demo run"):
        services.adopt_running_site()
