"""Settings from the environment: each declared once, read by typed helpers, refused with a sentence when wrong.

Every setting has one line in `SETTINGS`; `docs/settings.md` lists the same lines (a test compares both).
A secret's value never appears in a message.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from config.local import account

CHECKOUT = Path(__file__).resolve().parent.parent
KEY_BYTES = 32
MINIMUM_SECRET = 32


class InvalidSetting(ValueError):
    """A setting is missing or has a value that it may not have; the message names it and what is allowed."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: `default` is the text used when it is absent, None when it must be given."""

    name: str
    kind: str
    default: str | None
    doc: str
    allowed: tuple[str, ...] = ()
    least: int = 0
    most: int = 0


def _declare(*settings: Setting) -> dict[str, Setting]:
    return {setting.name: setting for setting in settings}


DATABASE_SCHEMES = ("postgresql", "postgres")
BROKER_SCHEMES = ("redis", "rediss")
PUBLIC_SCHEMES = ("https", "http")

SETTINGS: Mapping[str, Setting] = _declare(
    Setting("DATABASE_URL", "url", None, "PostgreSQL 18, role of web and worker.", DATABASE_SCHEMES),
    Setting(
        "DATABASE_OWNER_URL",
        "url",
        None,
        "The same database, role that owns the tables and migrates.",
        DATABASE_SCHEMES,
    ),
    Setting(
        "BROKER_URL",
        "url",
        None,
        "Valkey or Redis that carries jobs to the worker and counts requests.",
        BROKER_SCHEMES,
    ),
    Setting("SHIDANG_VAR", "path", "", "Folder for everything that is kept: database, files, secrets, logs."),
    Setting(
        "SHIDANG_SECRET_KEY", "secret", None, "Signs sessions and links; at least 32 characters.", least=MINIMUM_SECRET
    ),
    Setting("SHIDANG_MASTER_KEY", "key", None, "Wraps each person's data key; 32 bytes in base64."),
    Setting("SHIDANG_INDEX_KEY", "key", None, "Keys the blind index of protected values; 32 bytes in base64."),
    Setting("SHIDANG_DEBUG", "flag", "no", "Show errors in the browser; for developers only."),
    Setting(
        "SHIDANG_HOSTS",
        "text",
        "localhost,127.0.0.1,[::1]",
        "Host names that the site answers to, with commas between.",
    ),
    Setting("SHIDANG_HTTPS", "flag", "no", "A proxy in front speaks HTTPS: cookies are sent over HTTPS only."),
    Setting("SHIDANG_SESSION_HOURS", "integer", "12", "Hours after which one has to log in again.", least=1, most=336),
    Setting(
        "SHIDANG_PUBLIC_URL",
        "url",
        "",
        "Address of the site as it is printed on papers, for whoever verifies one; empty: the first of the host names.",
        PUBLIC_SCHEMES,
    ),
    Setting("SHIDANG_ADDRESS", "text", "127.0.0.1", "Address that the web server listens on."),
    Setting("SHIDANG_PORT", "integer", "8000", "Port that the web server listens on.", least=1, most=65535),
    Setting("SHIDANG_WEB_PROCESSES", "integer", "2", "Processes that answer pages.", least=1, most=64),
    Setting("SHIDANG_WORKER_PROCESSES", "integer", "2", "Processes that work on jobs.", least=1, most=64),
    Setting("SHIDANG_DEMO", "flag", "no", "The site holds invented people: a banner says so, demo logins are shown."),
    Setting("SHIDANG_CITY_NAME", "text", "", "First start: name of the city bureau, instead of a question."),
    Setting("SHIDANG_CITY_CODE", "text", "", "First start: code of the city bureau, instead of a question."),
    Setting("SHIDANG_DATABASE_ROLE", "choice", "app", "Which of the two database roles Django uses.", ("app", "owner")),
    Setting(
        "SHIDANG_SUPERUSER_URL", "url", "", "Only to prepare an external server, see operations.md.", DATABASE_SCHEMES
    ),
    Setting(
        "SHIDANG_TEST_SUPERUSER_URL",
        "url",
        "",
        "Tests: a PostgreSQL 18 superuser, instead of an own server.",
        DATABASE_SCHEMES,
    ),
    Setting("SHIDANG_TEST_SESSION", "path", "", "Tests: folder of the running session; set by the session itself."),
)


def text(name: str) -> str:
    """A text setting."""
    return _raw(name, "text")


def flag(name: str) -> bool:
    """A yes/no setting."""
    raw = _raw(name, "flag").lower()
    if raw in {"1", "yes", "true", "on"}:
        return True
    if raw in {"0", "no", "false", "off", ""}:
        return False
    raise _refused(name, raw, "yes or no")


def integer(name: str) -> int:
    """A whole number within the declared limits."""
    raw = _raw(name, "integer")
    setting = SETTINGS[name]
    allowed = f"a whole number from {setting.least} to {setting.most}"
    if not (raw.isascii() and raw.isdigit()) or not setting.least <= int(raw) <= setting.most:
        raise _refused(name, raw, allowed)
    return int(raw)


def choice(name: str) -> str:
    """One of the declared words."""
    raw = _raw(name, "choice")
    if raw not in SETTINGS[name].allowed:
        raise _refused(name, raw, " or ".join(SETTINGS[name].allowed))
    return raw


def url(name: str) -> str:
    """A URL with one of the declared schemes and a host; "" when it is absent and may be."""
    raw = _raw(name, "url")
    if raw:
        _split(name, raw)
    return raw


def secret(name: str) -> str:
    """A secret text, or a key (32 bytes, given and returned in base64)."""
    setting = SETTINGS[name]
    if setting.kind == "key":
        raw = _raw(name, "key")
        if len(_decoded(raw)) != KEY_BYTES:
            raise _refused(name, None, f"{KEY_BYTES} random bytes in base64, as `openssl rand -base64 32` prints them")
        return raw
    raw = _raw(name, "secret")
    if len(raw) < setting.least:
        raise _refused(name, None, f"at least {setting.least} characters")
    return raw


def path(name: str) -> Path:
    """A folder. Absent, it is `var/` in the checkout, or /var/lib/shidang where the servers' account cannot go."""
    raw = _raw(name, "path")
    if not raw:
        return account.default_state_folder(CHECKOUT / "var")
    if not Path(raw).is_absolute():
        raise _refused(name, raw, "an absolute path")
    return Path(raw)


def database(name: str) -> dict[str, object]:
    """An entry of Django's DATABASES, from postgresql://user:password@host:5432/name?sslmode=require or the like."""
    parts = _split(name, url(name))
    database_name = unquote(parts.path.lstrip("/"))
    if not database_name:
        raise _refused(name, None, "a URL that ends in the name of the database")
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 5432),
        "OPTIONS": {key: unquote(value) for key, value in options.items()},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def is_set(name: str) -> bool:
    """True when the variable has a value in the environment."""
    return bool(os.environ.get(SETTINGS[name].name, ""))


def require_known(environment: Mapping[str, str]) -> None:
    """Refuse variables that begin like ours but are none, so that a misspelt one is not silently without effect."""
    unknown = sorted(name for name in environment if name.startswith("SHIDANG_") and name not in SETTINGS)
    if unknown:
        known = ", ".join(name for name in SETTINGS if name.startswith("SHIDANG_"))
        message = f"{', '.join(unknown)}: no such setting. Settings are: {known}."
        raise InvalidSetting(message)


def _raw(name: str, kind: str) -> str:
    """The text given for a setting, or its default; refuses a missing one. Asking for another kind is our own error."""
    setting = SETTINGS[name]
    if setting.kind != kind:
        message = f"{name} is declared as {setting.kind}, not as {kind}"
        raise TypeError(message)
    given = os.environ.get(name, "").strip() or setting.default
    if given is None:
        message = (
            f"{name} is not set. {setting.doc} `make demo` and `make run` set it by themselves; "
            "docs/settings.md says how to set it by hand."
        )
        raise InvalidSetting(message)
    return given


def _refused(name: str, found: str | None, allowed: str) -> InvalidSetting:
    """The error for a wrong value; `found` is None for secrets."""
    shown = "has a value (not shown)" if found is None else f"is {found!r}"
    return InvalidSetting(f"{name} {shown}, but it must be {allowed}.")


def _split(name: str, raw: str) -> SplitResult:
    schemes = SETTINGS[name].allowed
    allowed = f"a URL such as {schemes[0]}://user:password@host:port/name"
    try:
        parts = urlsplit(raw)
        well_formed = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed:
        raise _refused(name, None, allowed)
    return parts


def _decoded(raw: str) -> bytes:
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        return b""
