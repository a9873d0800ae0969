"""The whole site as `make run` starts it: real processes, real pages, nothing left afterwards."""

import http.client
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.local import ports, postgres, services, supervisor, testing, valkey

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 240


class Installation:
    """`python -m config.local run` in a state folder of its own."""

    def __init__(self, var):
        self.var = var
        self.port = ports.find_free()
        ours = {*services.SERVERS, *services.SECRETS, testing.SESSION, "DJANGO_SETTINGS_MODULE"}
        self.environment = {name: value for name, value in os.environ.items() if name not in ours}
        self.environment.update(SHIDANG_VAR=str(var), SHIDANG_PORT=str(self.port), SHIDANG_WEB_PROCESSES="1")
        self.process = None

    def start(self):
        self.log = self.var / f"output-{time.monotonic_ns()}"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.local", "run"],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + PATIENCE
        while "Shidang is ready" not in self.output():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.2)

    def output(self):
        return self.log.read_text()

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Accept-Language": "zh-hans"})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=CHECKOUT, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(90)
        supervisor.end_leftovers(self.var)
        services.stop(self.var)


@pytest.fixture
def installation(ground):
    site = Installation(ground)
    yield site
    site.end()


@pytest.mark.long
def test_a_site_starts_serves_stops_and_starts_again_with_its_data(installation):
    installation.start()
    first = installation.output()
    status, page = installation.get("/accounts/login/")
    assert status == 200
    assert "登录" in page
    count = "from core.org.models import User; print(User.objects.count())"
    users = installation.manage("shell", "--verbosity", "0", "-c", count).stdout.strip()
    assert int(users) >= 2  # the system user and the first administrator
    # Web, worker and beat cannot change the schema, whatever they are made to do.
    running = psutil.Process(installation.process.pid).children(recursive=True)
    names = {child.pid: " ".join(child.cmdline()) for child in running}
    ours = [child for child in running if "gunicorn" in names[child.pid] or "celery" in names[child.pid]]
    assert len(ours) >= 3
    assert all("DATABASE_OWNER_URL" not in child.environ() for child in ours)

    installation.process.terminate()
    assert installation.process.wait(90) == 0, installation.output()
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in running)
    assert postgres.running_pid(installation.var / "postgres") is None
    assert valkey.running_pid(installation.var / "valkey") is None

    installation.start()
    assert installation.manage("shell", "--verbosity", "0", "-c", count).stdout.strip() == users
    assert "No migrations to apply" in installation.output()
    for name in ("secrets.env", "site.env", "database.env"):
        assert stat.S_IMODE((installation.var / name).stat().st_mode) == 0o600
    secrets = services.read_environment(installation.var / "secrets.env").values()
    assert not any(secret in first + installation.output() for secret in secrets)


def test_a_taken_web_port_is_named_before_anything_is_started(installation):
    with ports.socket.create_server(("127.0.0.1", installation.port)):
        run = subprocess.run(
            [sys.executable, "-m", "config.local", "run"],
            cwd=CHECKOUT,
            env=installation.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert run.returncode == 1
    assert f"Port {installation.port}, wanted for the web server, is taken by" in run.stderr
    assert f"(process {os.getpid()})" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (installation.var / "postgres").exists()


def test_a_misspelt_setting_stops_the_start_with_one_sentence(installation):
    run = subprocess.run(
        [sys.executable, "-m", "config.local", "run"],
        cwd=CHECKOUT,
        env={**installation.environment, "SHIDANG_PROT": "8001"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 1
    assert "SHIDANG_PROT: no such setting" in run.stderr
    assert "Traceback" not in run.stderr
