"""The settings under measurement: those of production, on servers of the bench's own that write to disk like any other.

Importing this module starts the servers; the first process of the bench stops them when it ends.
"""

import atexit
import base64
import importlib
import os
import secrets

from config import env
from config.local import account, database, postgres, valkey
from config.local.testing import TestServer

HOME = env.path("SHIDANG_VAR") / "bench"


def _start() -> TestServer:
    account.make_folder(HOME)
    cluster = postgres.start(HOME / "postgres")
    atexit.register(postgres.stop, HOME / "postgres")
    urls = database.prepare(
        cluster.superuser_url, owner_password=secrets.token_urlsafe(24), app_password=secrets.token_urlsafe(24)
    )
    broker = valkey.start(HOME / "valkey")
    atexit.register(valkey.stop, HOME / "valkey")
    return TestServer(cluster.superuser_url, urls.owner, urls.app, broker.url)


SERVER = _start()
os.environ.update(
    DATABASE_URL=SERVER.app_url,
    DATABASE_OWNER_URL=SERVER.owner_url,
    BROKER_URL=SERVER.broker_url,
    SHIDANG_VAR=str(HOME),
    # Not secret: they protect invented people in a database that is thrown away.
    SHIDANG_SECRET_KEY="only-for-bench-" * 4,
    SHIDANG_MASTER_KEY=base64.b64encode(b"only-for-bench: the master key..").decode(),
    SHIDANG_INDEX_KEY=base64.b64encode(b"only-for-bench: the index key...").decode(),
    SHIDANG_HOSTS="localhost,testserver",
)

production = importlib.import_module("config.settings")  # only now: it reads the environment set above
globals().update({name: value for name, value in vars(production).items() if name.isupper()})
INSTALLED_APPS = [*production.INSTALLED_APPS, "bench.peer"]
for folder in (production.STATIC_ROOT, production.UPLOAD_DIR):
    folder.mkdir(parents=True, exist_ok=True)
