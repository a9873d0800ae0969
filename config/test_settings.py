"""The settings under test: those of production, on the private servers of the test session.

Importing this module starts the servers (about a second, once per session); `config.local.testing` stops them.
"""

import base64
import importlib
import os

from config.local.testing import WORKER_MARK, database_urls, session_folder

_server = database_urls()
os.environ.update(
    DATABASE_URL=_server.app_url,
    DATABASE_OWNER_URL=_server.owner_url,
    BROKER_URL=_server.broker_url,
    # Not secret: they protect invented people in a database that is thrown away.
    SHIDANG_SECRET_KEY="only-for-tests-" * 4,
    SHIDANG_MASTER_KEY=base64.b64encode(b"only-for-tests: the master key..").decode(),
    SHIDANG_INDEX_KEY=base64.b64encode(b"only-for-tests: the index key...").decode(),
    SHIDANG_HOSTS="localhost,127.0.0.1,testserver",
)

production = importlib.import_module("config.settings")  # only now: it reads the environment set above
globals().update({name: value for name, value in vars(production).items() if name.isupper()})

# One for each test process, so that none finds half a file of another.
VAR_DIR = session_folder() / os.environ.get(WORKER_MARK, "main") / "var"
STATIC_ROOT = VAR_DIR / "static"
UPLOAD_DIR = VAR_DIR / "files"
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploads"
# One for each test process: their users have the same numbers.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
