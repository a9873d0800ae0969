"""What a running site consists of: the steps that prepare it and the processes that serve it."""

import http
import http.client
import os
import sys
import time
from pathlib import Path

from config import env
from config.local import account, ports, services
from config.local.child import Child
from config.local.supervisor import Supervisor

DEMO_MARKER = "demo-seeded"
ANNOUNCE_SECONDS = 120
COMMANDS = ("collectstatic", "load_codes", "load_parameters")
# Whoever runs a demo as root knows it; operations.md has units under an account of their own.
QUIET_WORKER = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}


def state_folder(*, demo: bool) -> Path:
    """The state folder; invented people live in one of their own, so that they never mix with real ones."""
    var = env.path("SHIDANG_VAR")
    return var / "demo" if demo else var


def serve(*, demo: bool) -> None:
    """Start everything, prepare it, say where it is, and keep it running until Ctrl-C or SIGTERM."""
    env.require_known(os.environ)
    var = state_folder(demo=demo)
    with Supervisor(var) as supervisor:
        require_web_port()
        require_assets(env.CHECKOUT)
        supervisor.services = services.start(var)
        environment = {**os.environ, **supervisor.services.environment, "PYTHONUNBUFFERED": "1"}
        demo_flag = {"SHIDANG_DEMO": "yes" if demo else "no"}
        environment.update(demo_flag)
        services.write_environment(var / services.SITE_FILE, {**supervisor.services.environment, **demo_flag})
        _prepare(supervisor, environment, var, demo=demo)
        announcement = _Announcement(supervisor)
        supervisor.run(processes(environment, var), every_tick=announcement.tick)


def require_web_port() -> None:
    """Refuse early, naming the holder, when the port of the web server is taken."""
    address, port = env.text("SHIDANG_ADDRESS"), env.integer("SHIDANG_PORT")
    if not ports.is_free(port, address):
        ports.require_free(port, "the web server", f"Stop it, or choose another: SHIDANG_PORT={port + 1} make …")
        message = (
            f"The web server cannot listen on {address}, port {port}: is SHIDANG_ADDRESS an address of this machine?"
        )
        raise ports.PortTaken(message)


def require_assets(checkout: Path) -> None:
    """Refuse early when the front-end packages have not been put in place."""
    vendor = checkout / "core" / "web" / "static" / "vendor"
    if not vendor.is_dir() or not any(vendor.iterdir()):
        message = f"The front-end packages are missing in {vendor}: run `make assets`."
        raise FileNotFoundError(message)


def manage(*arguments: str) -> list[str]:
    """The command line of a management command."""
    return [sys.executable, str(env.CHECKOUT / "manage.py"), *arguments]


def processes(environment: dict[str, str], var: Path) -> list[Child]:
    """Web, worker and beat; none of them gets the owner's access to the database."""
    reduced = {name: value for name, value in environment.items() if name != "DATABASE_OWNER_URL"}
    module = [sys.executable, "-m"]
    bind = f"{env.text('SHIDANG_ADDRESS')}:{env.integer('SHIDANG_PORT')}"
    web = [*module, "gunicorn", "config.wsgi", "--bind", bind, "--workers", str(env.integer("SHIDANG_WEB_PROCESSES"))]
    web += ["--threads", "4", "--timeout", "120", "--limit-request-line", "8190", "--graceful-timeout", "10"]
    web += ["--no-control-socket", "--log-level", "warning"]
    web += ["--max-requests", "2000", "--max-requests-jitter", "500"]
    celery = [*module, "celery", "--quiet", "--app", "config"]
    worker = [*celery, "worker", "--concurrency", str(env.integer("SHIDANG_WORKER_PROCESSES")), "-O", "fair"]
    worker += ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    beat = [*celery, "beat", "--schedule", str(var / "run" / "beat-schedule"), "--pidfile=", "--loglevel", "WARNING"]
    return [
        Child("worker", worker, {**reduced, **QUIET_WORKER}, env.CHECKOUT, patience=30),
        Child("beat", beat, reduced, env.CHECKOUT),
        Child("web", web, reduced, env.CHECKOUT),
    ]


def _prepare(supervisor: Supervisor, environment: dict[str, str], var: Path, *, demo: bool) -> None:
    """Bring schema, texts and static files up to date; then the demo city, or the first administrator."""
    as_owner = {**environment, "SHIDANG_DATABASE_ROLE": "owner"}
    supervisor.step("migrate", manage("migrate", "--no-input"), as_owner, env.CHECKOUT)
    marker = var / DEMO_MARKER
    place = environment["DATABASE_URL"].rpartition("@")[2]
    seeded = marker.exists() and marker.read_text() == place
    last = [] if demo and seeded else ["seed_demo"] if demo else ["first_administrator"]
    prepare = [sys.executable, "-m", "config.local.prepare", *COMMANDS, *last]
    supervisor.step("prepare", prepare, environment, env.CHECKOUT)
    if demo:
        account.write_private(marker, place)
        supervisor.step("", manage("demo_logins"), environment, env.CHECKOUT)


class _Announcement:
    """Says once where the site is, as soon as it answers."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.began = time.monotonic()
        self.done = False

    def tick(self) -> None:
        """Called several times a second by the supervisor."""
        if self.done:
            return
        port = env.integer("SHIDANG_PORT")
        if _answers(env.text("SHIDANG_ADDRESS"), port):
            self.done = True
            self.supervisor.say(f"Shidang is ready: http://{_shown_host()}:{port}/   (Ctrl-C stops it)")
        elif time.monotonic() - self.began > ANNOUNCE_SECONDS:
            self.done = True
            self.supervisor.say(f"The web server has not answered for {ANNOUNCE_SECONDS} seconds; see the lines above.")


def _shown_host() -> str:
    address = env.text("SHIDANG_ADDRESS")
    return "localhost" if address in {"0.0.0.0", "::", ports.LOOPBACK} else address


def _answers(address: str, port: int) -> bool:
    """True when the web server answers a request with anything but an error of its own."""
    host = ports.LOOPBACK if address in {"0.0.0.0", "::"} else address
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/accounts/login/", headers={"Host": "localhost"})
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
