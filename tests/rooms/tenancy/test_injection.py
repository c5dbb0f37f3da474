"""Proof 7: what an injected or a mistaken statement could try is refused by the guard, and by the database alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.domain.errors import Unavailable
from tenancy import scope
from tenancy.isolation import StatementRefused, TenantAlreadyBound, refusal, role_of, schema_of
from tenancy.scope import TenantDatabase
from tests.rooms.tenancy.proofs import World

# Each is refused by the guard. ours and theirs are filled in with roles, which are also the schemas' names.
REFUSED = {
    "another role": 'SET ROLE "{theirs}"',
    "another role, locally": 'SET LOCAL ROLE "{theirs}"',
    "the login's role": "RESET ROLE",
    "the login": "SET SESSION AUTHORIZATION DEFAULT",
    "everything reset": "RESET ALL",
    "discarded": "DISCARD ALL",
    "a setting by function": "SELECT set_config('role', '{theirs}', false)",
    "a setting by quoted function": "SELECT \"set_config\" ('role', '{theirs}', false)",
    "a setting by qualified function": "SELECT pg_catalog.set_config('search_path', '{theirs}', false)",
    "an anonymous block": "DO $$ BEGIN PERFORM 1; END $$",
    "a copy from a program": "COPY audit_event FROM PROGRAM 'id'",
    "a copy to a file": "COPY audit_event TO '/tmp/out'",
    "text as a query": "SELECT query_to_xml('SELECT 1', true, false, '')",
    "a table as xml": "SELECT table_to_xml('{theirs}.audit_event', true, false, '')",
    "statistics of a query": "SELECT * FROM ts_stat('SELECT to_tsvector(1::text)')",
    "a cursor that outlives": "DECLARE kept CURSOR WITH HOLD FOR SELECT 1",
    "a fetch from one": "FETCH ALL FROM kept",
    "a temporary table": "CREATE TEMP TABLE kept (content text)",
    "a table from a query": "SELECT 1 AS one INTO kept",
    "a second statement": 'SELECT 1; SET ROLE "{theirs}"',
    "a commit inside": "COMMIT",
    "a rollback inside": "ROLLBACK",
    "a transaction inside": "BEGIN",
    "a second after a literal": "SELECT 'a;b'; COMMIT",
    "a comment": "SELECT 1 -- ; RESET ROLE",
    "a block comment": "SELECT /* */ 1",
    "a function made": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a grant": 'GRANT SELECT ON audit_event TO "{theirs}"',
    "a message to others": "NOTIFY everybody, 'content'",
    "a message by function": "SELECT pg_notify('everybody', 'content')",
    "a listener": "LISTEN everybody",
    "a large object": "SELECT lo_create(0)",
    "a large object with content": "SELECT lo_from_bytea(0, 'x')",
    "a lock that outlives": "SELECT pg_advisory_lock(1)",
    "a prepared statement": "PREPARE kept AS SELECT 1",
    "one prepared by another": "EXECUTE _pg3_0",
    "what others prepared": "SELECT statement FROM pg_prepared_statement()",
    "an explained one": "EXPLAIN SELECT 1",
    "a table emptied": "TRUNCATE audit_event",
    "a lock on a table": "LOCK TABLE audit_event",
    "a sleep": "SELECT pg_sleep(10)",
    "another's backend": "SELECT pg_terminate_backend(1)",
    "a file read": "SELECT pg_read_file('/etc/hostname')",
    "nothing": "",
    "only a semicolon": " ; ",
    "a dollar quote": "SELECT $a$ ' $a$; COMMIT",
}

# Of these the guard alone stands in the way of a whole statement: the login may become any of its tenants' roles.
# They cannot be injected, since the server takes one statement a message; what they could leave behind is tried below.
ONLY_THE_GUARD = {
    "another role",
    "another role, locally",
    "the login's role",
    "the login",
    "everything reset",
    "discarded",
    "a cursor that outlives",
    "a commit inside",
    "a rollback inside",
    "a transaction inside",
    "a comment",
    "a block comment",
    "a listener",
    "a message to others",
    "a prepared statement",
    "an explained one",
    "a grant",  # only a warning: nothing is granted, see below
    "another's backend",  # only a warning: see below
    "nothing",
    "only a semicolon",
}

ALLOWED = [
    "SELECT 1",
    "select 'SET ROLE x; COMMIT' as words",
    "SELECT E'it\\'s; RESET ROLE'",
    "(SELECT 1) UNION (SELECT 2)",
    "WITH one AS (SELECT 1) SELECT * FROM one",
    "WITH gone AS (DELETE FROM audit_head RETURNING lane) INSERT INTO audit_head SELECT lane FROM gone",
    "INSERT INTO audit_head VALUES (1, 0, '')",
    "UPDATE audit_head SET hash = 'a--b' WHERE lane = %(lane)s",
    "DELETE FROM audit_head",
    "SAVEPOINT sa_savepoint_1",
    "ROLLBACK TO SAVEPOINT sa_savepoint_1",
    "RELEASE SAVEPOINT sa_savepoint_1",
    "SELECT id FROM outbox FOR UPDATE SKIP LOCKED",
    "SELECT reset_at, set_by FROM audit_head;",
]


def filled(statement: str, world: World) -> str:
    return statement.replace("{theirs}", role_of(world.theirs)).replace("{ours}", role_of(world.ours))


@pytest.fixture
def unguarded(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[TenantDatabase]:
    """The tenants' database with the guard taken off; the binding stays."""
    monkeypatch.setattr(scope, "check_statement", lambda _statement: None)
    monkeypatch.setattr(scope, "_passed", set())
    database = TenantDatabase(world.databases.app.engine.url.render_as_string(hide_password=False), pool_size=1)
    yield database
    database.close()


@pytest.mark.parametrize("name", REFUSED)
def test_the_guard_refuses(world: World, name: str) -> None:
    with pytest.raises(StatementRefused), world.databases.app.session(world.ours) as session:
        session.connection().exec_driver_sql(filled(REFUSED[name], world))


@pytest.mark.parametrize("statement", ALLOWED)
def test_the_guard_lets_the_applications_own_sql_pass(statement: str) -> None:
    assert refusal(statement) is None


@pytest.mark.parametrize("name", sorted(set(REFUSED) - ONLY_THE_GUARD))
def test_the_database_refuses_alone(world: World, unguarded: TenantDatabase, name: str) -> None:
    with pytest.raises(DBAPIError), unguarded.session(world.ours) as session:
        session.connection().exec_driver_sql(filled(REFUSED[name], world))


def test_the_server_takes_one_statement_a_message_even_without_parameters(
    world: World, unguarded: TenantDatabase
) -> None:
    with pytest.raises(ProgrammingError, match="multiple commands"), unguarded.session(world.ours) as session:
        session.execute(text(f'SELECT 1; SET ROLE "{role_of(world.theirs)}"'))


def test_another_tenants_table_by_its_full_name_is_refused_by_the_database(world: World) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), world.databases.app.session(world.ours) as session:
        session.execute(text(f'SELECT * FROM "{schema_of(world.theirs)}".audit_event'))


def test_control_is_out_of_a_tenants_reach(world: World) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), world.databases.app.session(world.ours) as session:
        session.execute(text("SELECT * FROM control.tenant_key"))


@pytest.mark.parametrize("left", ['SET ROLE "{theirs}"', "DECLARE kept CURSOR WITH HOLD FOR SELECT 'content'"])
def test_what_an_unguarded_statement_leaves_on_the_connection_reaches_no_later_transaction(
    world: World, unguarded: TenantDatabase, left: str
) -> None:
    with unguarded.session(world.ours) as session:
        session.connection().exec_driver_sql(filled(left, world))
        session.commit()
    with unguarded.session(world.ours) as session:
        assert session.execute(text("SELECT current_user")).scalar_one() == role_of(world.ours)
        assert session.execute(text("SELECT count(*) FROM pg_cursors WHERE name = 'kept'")).scalar_one() == 0


def test_a_grant_by_the_tenants_role_grants_nothing(world: World, unguarded: TenantDatabase) -> None:
    with unguarded.session(world.ours) as session:
        session.execute(text(filled(REFUSED["a grant"], world)))
        session.commit()
    with unguarded.session(world.theirs) as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f'SELECT * FROM "{schema_of(world.ours)}".audit_event'))


def test_the_tenants_role_cannot_end_another_connection(world: World, unguarded: TenantDatabase) -> None:
    with world.databases.app.session(world.theirs) as other:
        pid = other.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with pytest.raises(ProgrammingError, match="permission denied"), unguarded.session(world.ours) as session:
            session.execute(text(f"SELECT pg_terminate_backend({pid})"))


def test_a_temporary_table_is_refused_by_the_database_in_any_spelling(world: World, unguarded: TenantDatabase) -> None:
    for statement in ("CREATE TEMPORARY TABLE a (b int)", "CREATE TABLE pg_temp.a (b int)", "SELECT 1 INTO TEMP a"):
        with pytest.raises(DBAPIError), unguarded.session(world.ours) as session:
            session.execute(text(statement))


def test_a_session_refuses_to_serve_a_second_tenant(world: World) -> None:
    other = world.databases.app.session(world.theirs)
    with world.databases.app.session(world.ours) as session:
        with pytest.raises(TenantAlreadyBound):
            session.bind = other.bind
        with pytest.raises(TenantAlreadyBound):
            session.execute(text("SELECT 1"), bind_arguments={"bind": other.get_bind()})
        with pytest.raises(TenantAlreadyBound):
            session.connection(execution_options={"charter_binding": scope.tenant_binding(world.theirs)})
        with pytest.raises(TenantAlreadyBound):
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        assert session.slug == world.ours
    other.close()


def test_a_closed_session_serves_nobody(world: World) -> None:
    session = world.databases.app.session(world.ours)
    session.close()
    with pytest.raises(Exception, match="permanently closed"):
        session.execute(text("SELECT 1"))


def test_a_connection_returned_in_the_middle_of_a_transaction_is_not_used_again(world: World) -> None:
    database = TenantDatabase(world.databases.app.engine.url.render_as_string(hide_password=False), pool_size=1)
    database.engine.pool._reset_on_return = None
    seen = []
    for _ in range(2):
        raw = database.engine.raw_connection()
        seen.append(raw.driver_connection.info.backend_pid)  # type: ignore[union-attr]
        raw.driver_connection.execute("BEGIN")  # type: ignore[union-attr]
        raw.close()
    database.close()
    assert seen[0] != seen[1]


def test_the_hooks_are_in_force_on_both_databases(world: World) -> None:
    for engine in (world.databases.app.engine, world.databases.control.engine):
        assert event.contains(engine, "begin", scope._open_transaction)
        assert event.contains(engine, "before_cursor_execute", scope._guard)
        assert isinstance(engine.dialect.dbapi, type(psycopg))


@pytest.mark.parametrize(("most", "is_served"), [(1, True), (100, False)])
def test_connections_that_die_between_the_pool_and_the_first_message_are_given_up(
    world: World, most: int, is_served: bool
) -> None:
    deaths: list[int] = []

    def die(driver: psycopg.Connection, *_: object) -> None:
        if len(deaths) < most:
            deaths.append(driver.info.backend_pid)
            with world.outside() as connection:
                connection.execute("SELECT pg_terminate_backend(%s, 2000)", (driver.info.backend_pid,))

    world.databases.app.engine.dispose()
    event.listen(world.databases.app.engine, "checkout", die)
    try:
        with (
            nullcontext() if is_served else pytest.raises(Unavailable),
            world.databases.app.session(world.ours) as session,
        ):
            assert session.execute(text("SELECT pg_backend_pid()")).scalar_one() not in deaths
    finally:
        event.remove(world.databases.app.engine, "checkout", die)
    with world.databases.app.session(world.ours) as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_other_options_of_a_connection_are_free(world: World) -> None:
    with world.databases.app.session(world.ours) as session:
        assert (
            session.connection(execution_options={"max_row_buffer": 10}).get_execution_options()["max_row_buffer"] == 10
        )


@pytest.mark.parametrize("dsn", ["", "mysql://host/name", "host=127.0.0.1"])
def test_an_address_that_is_no_postgresql_is_refused(dsn: str) -> None:
    with pytest.raises(ValueError, match="postgresql"):
        TenantDatabase(dsn)
