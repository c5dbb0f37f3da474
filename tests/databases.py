"""Databases for tests: a template made once, a clone for each test process, swept after each test.

A test commits for real, as people do; afterwards every row younger than the clone is removed.
Must not know any room.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from launch.places import ROOT, digest_of
from tenancy.provisioning import bootstrap_roles, harden_database, prepare_database
from tests.fourth import SHIPPED, every_state

LOGINS = ("charter_app", "charter_control", "charter_migrate")
_PREFIX = "charter_test_"
_KEPT_TEMPLATES = 3
_LARGE_BYTES = 1_000_000
_TRUNCATED_BYTES = 256_000


@dataclass(frozen=True, slots=True)
class Dsns:
    """The addresses of one database for its superuser and the three logins."""

    superuser: str
    app: str
    control: str
    migrate: str

    @property
    def database(self) -> str:
        """The database's name."""
        return urlsplit(self.superuser).path.removeprefix("/")


def dsns_on(server: str, database: str) -> Dsns:
    """The addresses of a database on the server; the logins' passwords follow from the superuser's."""
    superuser = urlunsplit(urlsplit(server)._replace(path=f"/{database}"))
    app, control, migrate = (_as_login(superuser, login) for login in LOGINS)
    return Dsns(superuser=superuser, app=app, control=control, migrate=migrate)


def _passwords(server: str) -> dict[str, str]:
    secret = urlsplit(server).password or ""
    return {login: hashlib.sha256(f"{secret} {login}".encode()).hexdigest()[:24] for login in LOGINS}


def _as_login(dsn: str, login: str) -> str:
    parts = urlsplit(dsn)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{login}:{quote(_passwords(dsn)[login])}@{place}"))


def contract_slugs() -> tuple[str, ...]:
    """The slugs of the contracts in the checkout."""
    return SHIPPED


def schema_digest() -> str:
    """Changes whenever a template made earlier may no longer be what this code expects."""
    parts = [*(ROOT / "tenancy").glob("*.py"), *(ROOT / "migrations").rglob("*.py"), *(ROOT / "app").rglob("models.py")]
    parts += [*(ROOT / "app" / "storage").glob("*.py"), Path(__file__)]
    return digest_of(sorted(parts), *every_state())[:12]


@contextlib.contextmanager
def administration(server: str) -> Iterator[psycopg.Connection]:
    """The superuser's connection to the server, for making and dropping databases."""
    with psycopg.connect(server, autocommit=True) as connection:
        yield connection


@contextlib.contextmanager
def _one_at_a_time(connection: psycopg.Connection) -> Iterator[None]:
    connection.execute("SELECT pg_advisory_lock(20261122)")
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(20261122)")


def ensure_template(server: str) -> str:
    """The name of a database with roles, hardening, control and every tenant's schema; made when it is not there."""
    name = f"{_PREFIX}template_{schema_digest()}"
    with administration(server) as connection, _one_at_a_time(connection):
        if not _exists(connection, name):
            _drop_old(connection)
            making = f"{_PREFIX}making"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(making)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
            provision(server, making, every_state())
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name))
            )
    return name


def provision(server: str, database: str, slugs: tuple[str, ...]) -> Dsns:
    """Bring an empty database to what the portal needs, by the same path as everywhere else."""
    dsns = dsns_on(server, database)
    bootstrap_roles(dsns.superuser, _passwords(server))
    harden_database(dsns.superuser)
    prepare_database(dsns.migrate, slugs)
    return dsns


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def _drop_old(connection: psycopg.Connection) -> None:
    """Drop clones whose test process is gone, and all but the newest templates."""
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", (f"{_PREFIX}%",)
    )
    names = [str(row[0]) for row in rows]
    templates = [name for name in names if name.startswith(f"{_PREFIX}template_")]
    for name in names:
        owner = re.search(r"_p(\d+)_", name)
        is_orphan = owner is not None and not Path(f"/proc/{owner[1]}").exists()
        if is_orphan or name in templates[_KEPT_TEMPLATES:]:
            with contextlib.suppress(psycopg.errors.ObjectInUse, psycopg.errors.InvalidCatalogName):
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@dataclass(slots=True)
class Clone:
    """A copy of the template that one test process has to itself."""

    server: str
    template: str
    dsns: Dsns
    _connection: psycopg.Connection | None = None
    _first_xid: int = 0
    _seen_xid: int = 0
    _tables: dict[int, _Table] = field(default_factory=dict)

    @classmethod
    def made(cls, server: str, label: str) -> Clone:
        """Clone the template under a name that tells which process owns it."""
        clone = cls(server, ensure_template(server), dsns_on(server, f"{_PREFIX}p{os.getpid()}_{label}"))
        clone.renew()
        return clone

    def renew(self) -> None:
        """Make the clone anew from the template."""
        self._close()
        database = sql.Identifier(self.dsns.database)
        with administration(self.server) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    database, sql.Identifier(self.template)
                )
            )
        grant_on_clone(self.dsns.superuser)
        self._connection = psycopg.connect(self.dsns.superuser, autocommit=True)
        self._remember()

    def drop(self) -> None:
        """Remove the clone."""
        self._close()
        with administration(self.server) as connection:
            database = sql.Identifier(self.dsns.database)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))

    def sweep(self) -> None:
        """Remove every row written since the clone was made; make it anew where a row of its own was changed."""
        connection = self._open()
        # transactions read from, never written, take no number: an unchanged one means nothing was written
        horizon = _number(connection, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        if horizon == self._seen_xid:
            return
        connection.execute("SET session_replication_role TO replica")
        sizes = connection.execute(
            "SELECT c.oid::int8, pg_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND (n.nspname = 'control' OR n.nspname LIKE 't\\_%')"
        ).fetchall()
        grown = [(self._tables.get(oid), size) for oid, size in sizes if size]
        steps = [(table, step) for table, size in grown if table and (step := self._step(table, size))]
        if steps:  # in one trip: a trip for each takes longer than the work
            connection.execute(b"".join(b"BEGIN; %b; COMMIT;" % step for _, step in steps))
        is_whole = all(table for table, _ in grown) and _has_its_rows(connection, [one for one, _ in steps if one.rows])
        self._seen_xid = _number(connection, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        if not is_whole or len(sizes) != len(self._tables):
            self.renew()

    def _step(self, table: _Table, size: int) -> bytes:
        """What removes the young rows of a table; nothing for a large one that has not grown."""
        if table.rows == 0 and size > _TRUNCATED_BYTES:
            return b"TRUNCATE %b CASCADE" % table.name
        if table.size == size and size > _LARGE_BYTES:
            return b""
        return b"DELETE FROM %b WHERE xmin::text::bigint >= %d" % (table.name, self._first_xid)

    def _remember(self) -> None:
        connection = self._open()
        self._first_xid = _number(connection, "SELECT pg_current_xact_id()::text::bigint")
        self._seen_xid = _number(connection, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        rows = connection.execute(
            "SELECT c.oid::int8, n.nspname, c.relname, pg_relation_size(c.oid)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND (n.nspname = 'control' OR n.nspname LIKE 't\\_%')"
        ).fetchall()
        self._tables = {
            oid: _Table(sql.Identifier(schema, name).as_bytes(connection), size, 0) for oid, schema, name, size in rows
        }
        for oid, table in self._tables.items():
            if table.size:
                count = _number(connection, b"SELECT count(*) FROM %b" % table.name)
                self._tables[oid] = replace(table, rows=count)

    def _open(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self.dsns.superuser, autocommit=True)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass(frozen=True, slots=True)
class _Table:
    name: bytes
    size: int
    rows: int


def _has_its_rows(connection: psycopg.Connection, tables: list[_Table]) -> bool:
    """Whether the template's own rows are all there."""
    if not tables:
        return True
    counts = b", ".join(b"(SELECT count(*) FROM %b)" % table.name for table in tables)
    return connection.execute(b"SELECT " + counts).fetchone() == tuple(table.rows for table in tables)


def grant_on_clone(superuser_dsn: str) -> None:
    """What a copy does not inherit: the rights on the database itself."""
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        database = sql.Identifier(str(connection.info.dbname))
        logins = sql.SQL(", ").join(sql.Identifier(login) for login in LOGINS)
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, logins))
        connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO charter_migrate").format(database))


def _number(connection: psycopg.Connection, query: str | bytes) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
