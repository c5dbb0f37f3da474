"""What a database is before the first tenant: its logins, and what everybody is forbidden.

Run once per database by an operator's superuser. Must not know any tenant or table.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

APP_LOGIN = "charter_app"
CONTROL_LOGIN = "charter_control"
MIGRATE_LOGIN = "charter_migrate"

_ATTRIBUTES = {
    APP_LOGIN: "LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    CONTROL_LOGIN: "LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    MIGRATE_LOGIN: "LOGIN NOINHERIT NOSUPERUSER NOCREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS",
}

# Functions that run text as SQL, change settings, speak across sessions or keep data outside a schema.
_REVOKED_FUNCTIONS = (
    "set_config",
    "query_to_xml",
    "query_to_xmlschema",
    "query_to_xml_and_xmlschema",
    "cursor_to_xml",
    "cursor_to_xmlschema",
    "ts_stat",
    "pg_notify",
    "pg_sleep",
    "pg_sleep_for",
    "pg_sleep_until",
    "pg_prepared_statement",
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_export_snapshot",
    "lo_creat",
    "lo_create",
    "lo_from_bytea",
    "lo_import",
    "lo_open",
    "lo_get",
    "lo_put",
    "lo_unlink",
)

# A dump of one tenant changes settings of its own connection, and counts rows in its own snapshot.
_NEEDED_BY_DUMPS = ("set_config", "pg_export_snapshot")


def bootstrap_roles(superuser_dsn: str, passwords: Mapping[str, str]) -> None:
    """Create or renew the three logins; ``passwords`` maps login to password. Safe to run again.

    charter_app owns nothing and reaches nothing by itself; charter_control reads and writes schema
    ``control``; charter_migrate makes tenants and is used by the release job only.
    """
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        for login, attributes in _ATTRIBUTES.items():
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login,)).fetchone()
            verb = sql.SQL("ALTER" if exists else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} " + attributes + " PASSWORD {}").format(
                    verb, sql.Identifier(login), sql.Literal(passwords[login])
                )
            )


def harden_database(superuser_dsn: str) -> None:
    """Take from everybody what no tenant needs, in the database of the address. Safe to run again."""
    with psycopg.connect(superuser_dsn) as connection:
        database = sql.Identifier(str(connection.info.dbname))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC")
        for login in _ATTRIBUTES:
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(login)))
        migrate = sql.Identifier(MIGRATE_LOGIN)
        connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(database, migrate))
        _revoke_functions(connection, migrate)
        _prepare_control(connection)


def _revoke_functions(connection: psycopg.Connection, migrate: sql.Identifier) -> None:
    signatures = connection.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace"
        " AND p.proname = ANY(%s)",
        (list(_REVOKED_FUNCTIONS),),
    ).fetchall()
    for (signature,) in signatures:
        function = sql.SQL("pg_catalog." + str(signature).removeprefix("pg_catalog."))
        connection.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(function))
        if str(signature).startswith(_NEEDED_BY_DUMPS):
            statement = sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {} WITH GRANT OPTION").format(function, migrate)
            connection.execute(statement)


def _prepare_control(connection: psycopg.Connection) -> None:
    migrate, control = sql.Identifier(MIGRATE_LOGIN), sql.Identifier(CONTROL_LOGIN)
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS control AUTHORIZATION {}").format(migrate))
    connection.execute("REVOKE ALL ON SCHEMA control FROM PUBLIC")
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA control TO {}").format(control))
    for extension in ("pg_trgm", "btree_gin", "unaccent"):
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA pg_catalog").format(sql.SQL(extension)))
