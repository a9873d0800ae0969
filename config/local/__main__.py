"""`python -m config.local VERB`: run Shidang on this machine.

demo       everything with an invented city, until Ctrl-C
run        everything, with your own data, until Ctrl-C
services   only PostgreSQL and Valkey, in the background; writes their settings to site.env in the state folder
stop       stop what runs with this state folder
test       run pytest with private servers; what follows is passed on
"""

import argparse
import os
import subprocess
import sys

from config import env
from config.local import account, database, installation, ports, postgres, services, supervisor, valkey

EXPECTED = (
    env.InvalidSetting,
    account.FolderUnreachable,
    database.UnsuitableServer,
    ports.PortTaken,
    postgres.PostgresError,
    supervisor.AlreadyRunning,
    supervisor.StepFailed,
    valkey.ValkeyError,
    FileNotFoundError,
)


def main(arguments: list[str]) -> int:
    """Carry out one verb; returns the exit code. An expected failure is one sentence, no traceback."""
    parser = argparse.ArgumentParser(
        prog="python -m config.local", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=["demo", "run", "services", "stop", "program", "test"])
    options, rest = parser.parse_known_args(arguments)
    try:
        if options.verb == "test":
            return subprocess.run([sys.executable, "-m", "pytest", *rest], check=False).returncode
        if options.verb == "program":
            return _program(*rest[:1])
        if rest:
            parser.error(f"unknown arguments: {' '.join(rest)}")
        VERBS[options.verb]()
    except supervisor.Stopped:
        return 130
    except EXPECTED as error:
        print(f"{error}", file=sys.stderr)
        return 1
    return 0


def _services() -> None:
    """Start the servers in the background and tell where their settings are."""
    env.require_known(os.environ)
    var = installation.state_folder(demo=False)
    running = services.start(var)
    path = var / services.SITE_FILE
    services.write_environment(path, running.environment)
    print(f"{path}\n`manage.py` finds it by itself; in a shell: set -a; . {path}; set +a")


def _stop() -> None:
    """Stop supervisors and servers of the demo and of the real site."""
    for demo in (True, False):
        var = installation.state_folder(demo=demo)
        if var.exists():
            supervisor.stop(var)
            services.stop(var)


def _program(name: str = "psql") -> int:
    """Print the path of a PostgreSQL program."""
    path = postgres.program(name)
    if not path.exists():
        known = ", ".join(sorted(found.name for found in path.parent.iterdir()))
        message = f"{name} is no program of PostgreSQL. There are: {known}."
        raise postgres.PostgresError(message)
    print(path)
    return 0


VERBS = {
    "demo": lambda: installation.serve(demo=True),
    "run": lambda: installation.serve(demo=False),
    "services": _services,
    "stop": _stop,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
