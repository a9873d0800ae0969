"""The two database roles, the database and its extensions: made by a superuser, as often as one likes.

`shidang_owner` owns the database and migrates. `shidang_app` (web, worker, tests) may connect and use the schema; what
it may do with each table is granted by the migrations, run by the owner.

    SHIDANG_SUPERUSER_URL=… python -m config.local.database

prepares an external server: the roles get the passwords that DATABASE_URL and DATABASE_OWNER_URL hold.
"""

import sys
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config import env

OWNER = "shidang_owner"
APP = "shidang_app"
DATABASE = "shidang"
EXTENSIONS = ("btree_gist", "ltree", "pg_trgm")
LOWEST_VERSION = 180000
# The databases that come with a server: everybody may connect to them and make temporary tables there.
SERVERS_OWN = ("postgres", "template1")
LARGE_OBJECT_FUNCTIONS = """
    SELECT oid::regprocedure::text FROM pg_proc
     WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^lo(_.+|read|write)$'"""


class UnsuitableServer(RuntimeError):
    """The PostgreSQL server lacks something that Shidang needs."""


@dataclass(frozen=True)
class Urls:
    """Connection URLs of the two roles for one database."""

    owner: str
    app: str


def prepare(superuser_url: str, *, owner_password: str, app_password: str, database: str = DATABASE) -> Urls:
    """Make or renew the roles, the database and its extensions; returns the URLs of both roles."""
    prepare_roles(superuser_url, owner_password=owner_password, app_password=app_password)
    prepare_database(superuser_url, database)
    return Urls(
        with_database(superuser_url, database, user=OWNER, password=owner_password),
        with_database(superuser_url, database, user=APP, password=app_password),
    )


def prepare_roles(superuser_url: str, *, owner_password: str, app_password: str) -> None:
    """Make the two roles, or give them these passwords; neither may make databases, roles or bypass anything."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if connection.info.server_version < LOWEST_VERSION:
            found = connection.info.server_version // 10000
            message = f"PostgreSQL 18 or newer is needed; {superuser_host(superuser_url)} runs {found}."
            raise UnsuitableServer(message)
        for role, password in ((OWNER, owner_password), (APP, app_password)):
            verb = "ALTER" if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role) else "CREATE"
            connection.execute(
                sql.SQL(
                    "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
                ).format(sql.SQL(verb), sql.Identifier(role), sql.Literal(password))
            )


def prepare_database(superuser_url: str, database: str = DATABASE) -> None:
    """Make the database if it is absent, and set owner, rights and extensions."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        name = sql.Identifier(database)
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", database):
            connection.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8'").format(name))
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(OWNER)))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(APP)))
    with psycopg.connect(with_database(superuser_url, database), autocommit=True) as connection:
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute(sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APP)))
        for extension in EXTENSIONS:
            connection.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public").format(sql.Identifier(extension))
            )
        _refuse_large_objects(connection)


def _refuse_large_objects(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Take from everybody the functions that make large objects: nothing here uses them, and no right of a table holds them.

    The owner keeps them, so that a dump that says so can be restored by the owner.
    """
    for (function,) in connection.execute(LARGE_OBJECT_FUNCTIONS).fetchall():
        named = sql.SQL(str(function))  # as PostgreSQL itself writes it
        connection.execute(sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(named))
        connection.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(named, sql.Identifier(OWNER)))


def close_server(superuser_url: str) -> None:
    """Let nobody but superusers into the databases that come with a server which is ours alone."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for name in SERVERS_OWN:
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def with_database(url: str, database: str, *, user: str = "", password: str = "") -> str:
    """`url` pointed at another database, and at another role when `user` is given."""
    parts = urlsplit(url)
    place = parts.netloc
    if user:
        place = f"{user}:{quote(password, safe='')}@{place.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=place, path=f"/{database}"))


def superuser_host(url: str) -> str:
    """Host and port of a URL, without its password, for messages."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _exists(connection: "psycopg.Connection[tuple[object, ...]]", query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def prepare_external() -> str:
    """Prepare the server of SHIDANG_SUPERUSER_URL for DATABASE_OWNER_URL and DATABASE_URL; returns what was done."""
    superuser_url = env.url("SHIDANG_SUPERUSER_URL")
    if not superuser_url:
        message = "SHIDANG_SUPERUSER_URL is not set: it names a PostgreSQL superuser of the server to prepare."
        raise env.InvalidSetting(message)
    owner, app = urlsplit(env.url("DATABASE_OWNER_URL")), urlsplit(env.url("DATABASE_URL"))
    if (owner.username, app.username) != (OWNER, APP):
        message = f"DATABASE_OWNER_URL must name the role {OWNER} and DATABASE_URL the role {APP}."
        raise env.InvalidSetting(message)
    if owner.path != app.path or len(owner.path) < len("/x"):
        message = "DATABASE_OWNER_URL and DATABASE_URL must name the same database."
        raise env.InvalidSetting(message)
    name = unquote(owner.path.lstrip("/"))
    prepare(
        superuser_url,
        owner_password=unquote(owner.password or ""),
        app_password=unquote(app.password or ""),
        database=name,
    )
    return f"Roles {OWNER} and {APP} and the database {name} are ready; now `manage.py migrate`."


if __name__ == "__main__":
    try:
        print(prepare_external())
    except (env.InvalidSetting, UnsuitableServer, psycopg.OperationalError) as error:
        sys.exit(str(error))
