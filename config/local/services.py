"""PostgreSQL and Valkey for one state folder, and the environment that points Django at them."""

import base64
import contextlib
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config import env
from config.local import account, database, postgres, valkey

SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL")
SECRETS: Mapping[str, Callable[[], str]] = {
    "SHIDANG_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "SHIDANG_MASTER_KEY": lambda: base64.b64encode(secrets.token_bytes(env.KEY_BYTES)).decode(),
    "SHIDANG_INDEX_KEY": lambda: base64.b64encode(secrets.token_bytes(env.KEY_BYTES)).decode(),
}
SITE_FILE = "site.env"
PASSWORDS = ("OWNER_PASSWORD", "APP_PASSWORD")


@dataclass(frozen=True)
class Services:
    """What runs: the embedded servers (None where external ones are used) and the environment for children."""

    cluster: postgres.Cluster | None
    broker: valkey.Broker | None
    environment: dict[str, str]

    def stop(self) -> None:
        """Stop the embedded servers; jobs first, data last."""
        if self.broker is not None:
            self.broker.stop()
        if self.cluster is not None:
            self.cluster.stop()


def start(var: Path, *, durable: bool = True) -> Services:
    """Start what is not given from outside, in the state folder `var`, and prepare roles and database.

    External servers are used when all three URLs are set; some but not all is refused, since a job's data and the
    database it speaks of belong together.
    """
    account.make_folder(var)
    given = [name for name in SERVERS if env.is_set(name)]
    environment = {"SHIDANG_VAR": str(var), **secret_settings(var)}
    if len(given) == len(SERVERS):
        return Services(None, None, {**environment, **{name: env.url(name) for name in SERVERS}})
    if given:
        missing = " and ".join(name for name in SERVERS if name not in given)
        message = f"{' and '.join(given)} is set but {missing} is not: set all three, or none for the embedded servers."
        raise env.InvalidSetting(message)
    cluster = postgres.start(var / "postgres", durable=durable)
    broker = valkey.start(var / "valkey")
    passwords = _kept(var / "database.env", {name: lambda: secrets.token_urlsafe(24) for name in PASSWORDS})
    urls = database.prepare(
        cluster.superuser_url, owner_password=passwords["OWNER_PASSWORD"], app_password=passwords["APP_PASSWORD"]
    )
    database.close_server(cluster.superuser_url)
    servers = {"DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner, "BROKER_URL": broker.url}
    return Services(cluster, broker, {**environment, **servers})


def stop(var: Path) -> None:
    """Stop the embedded servers of a state folder, whoever started them."""
    valkey.stop(var / "valkey")
    postgres.stop(var / "postgres")


def secret_settings(var: Path) -> dict[str, str]:
    """The secrets: those set from outside, the others made once and kept in `secrets.env`, readable by us only."""
    kept = _kept(var / "secrets.env", {name: make for name, make in SECRETS.items() if not env.is_set(name)})
    return {name: os.environ.get(name) or kept[name] for name in SECRETS}


def adopt_running_site() -> None:
    """Take the settings of the site that runs in the state folder into this process's environment.

    So `manage.py` commands reach what `make demo`, `make run` or `make services` started. Nothing is taken when a
    server is named in the environment already, or when nothing runs.
    """
    if any(env.is_set(name) for name in SERVERS):
        return
    var = env.path("SHIDANG_VAR")
    files = [var / SITE_FILE, var / "demo" / SITE_FILE]
    running = [path for path in files if path.exists() and postgres.running_pid(path.parent / "postgres")]
    if len(running) > 1:
        message = (
            f"Both a site and a demo run in {var}. Say which one is meant: "
            f"`set -a; . {running[0]}; set +a` or `set -a; . {running[1]}; set +a`."
        )
        raise env.InvalidSetting(message)
    for path in running:
        os.environ.update({name: value for name, value in read_environment(path).items() if name not in os.environ})
        os.environ["SHIDANG_VAR"] = str(path.parent)


def write_environment(path: Path, environment: dict[str, str]) -> None:
    """Write settings as a file that a shell, systemd and compose can all read."""
    account.write_private(path, "".join(f"{name}={value}\n" for name, value in environment.items()))


def read_environment(path: Path) -> dict[str, str]:
    """Read a file of NAME=value lines; {} when there is none."""
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def _kept(path: Path, makers: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    """The values kept in a file; those that lack are made and written."""
    with _locked(path):
        kept = read_environment(path)
        missing = {name: make() for name, make in makers.items() if name not in kept}
        if missing:
            kept.update(missing)
            write_environment(path, kept)
    return kept


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.with_name(f".{path.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
