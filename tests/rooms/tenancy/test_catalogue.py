"""Proof 1: what the catalogue says every role may reach; no running code is trusted for it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from tenancy.isolation import LoginTooStrong, owner_of, role_of, schema_of
from tenancy.scope import ControlDatabase, TenantDatabase
from tests.databases import contract_slugs
from tests.rooms.tenancy.proofs import World

# Every grant in this database: who may do what to which object of which schema. Column grants included.
GRANTS = """
WITH acls AS (
    SELECT 'schema' AS kind, n.nspname AS place, n.nspname AS object, n.nspacl AS acl FROM pg_namespace n
    UNION ALL SELECT 'table', n.nspname, c.relname, c.relacl
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    UNION ALL SELECT 'column', n.nspname, c.relname || '.' || a.attname, a.attacl
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    UNION ALL SELECT 'function', n.nspname, p.proname, p.proacl
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    UNION ALL SELECT 'type', n.nspname, t.typname, t.typacl FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    UNION ALL SELECT 'language', '', l.lanname, l.lanacl FROM pg_language l
    UNION ALL SELECT 'database', '', d.datname, d.datacl FROM pg_database d WHERE d.datname = current_database()
    UNION ALL SELECT 'default', coalesce(n.nspname, ''), '', d.defaclacl
      FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
)
SELECT coalesce(r.rolname, 'PUBLIC'), kind, place, object, x.privilege_type
  FROM acls, aclexplode(acls.acl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
"""


def grants(world: World) -> list[tuple[str, str, str, str, str]]:
    with world.outside() as connection:
        return [tuple(map(str, row)) for row in connection.execute(GRANTS).fetchall()]  # type: ignore[misc]


def strays(world: World) -> list[tuple[str, str, str, str, str]]:
    """Grants to a tenant's role outside its own schema, and to its owner anywhere but there."""
    homes = {name: schema_of(slug) for slug in contract_slugs() for name in (role_of(slug), owner_of(slug))}
    return [grant for grant in grants(world) if grant[0] in homes and grant[2] != homes[grant[0]]]


def test_no_grant_of_a_tenants_role_reaches_outside_its_schema(world: World) -> None:
    assert len([grant for grant in grants(world) if grant[0] == role_of(world.ours)]) > 20
    assert strays(world) == []


@pytest.mark.parametrize(
    "mistake",
    [
        'GRANT USAGE ON SCHEMA "{theirs}" TO "{ours}"',
        'GRANT SELECT ON "{theirs}".audit_event TO "{ours}"',
        'GRANT SELECT (hash) ON "{theirs}".audit_event TO "{ours}"',
        'GRANT USAGE ON SCHEMA control TO "{ours}"',
        'ALTER DEFAULT PRIVILEGES IN SCHEMA "{theirs}" GRANT SELECT ON TABLES TO "{ours}"',
    ],
)
def test_the_proof_sees_a_grant_made_by_mistake(world: World, mistake: str) -> None:
    statement = mistake.format(ours=role_of(world.ours), theirs=schema_of(world.theirs))
    with world.outside() as connection:
        connection.execute(statement.encode())
    try:
        assert strays(world)
    finally:
        undo = statement.replace("GRANT", "REVOKE").replace(" TO ", " FROM ")
        with world.outside() as connection:
            connection.execute(undo.encode())
    assert strays(world) == []


def test_a_tenants_role_is_nobodys_member_and_only_the_application_may_become_it(world: World) -> None:
    with world.outside() as connection:
        rows = connection.execute(
            "SELECT g.rolname, m.rolname, a.inherit_option, a.admin_option FROM pg_auth_members a"
            " JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member"
            " WHERE g.rolname ~ '^t_' OR m.rolname ~ '^t_'"
        ).fetchall()
    members = {(str(role), str(member)): (inherit, admin) for role, member, inherit, admin in rows}
    for slug in contract_slugs():
        assert members.pop((role_of(slug), "charter_app")) == (False, False)
    assert {member for _, member in members} <= {"charter_migrate", "charter_app"}
    assert not any(role.endswith("_owner") and member == "charter_app" for role, member in members)


def test_everybody_may_reach_nothing_of_ours(world: World) -> None:
    public = [grant for grant in grants(world) if grant[0] == "PUBLIC"]
    assert [grant for grant in public if grant[1] == "database"] == []
    assert [grant for grant in public if grant[1] == "language" and grant[3] == "plpgsql"] == []
    places = {grant[2] for grant in public} - {"", "pg_catalog", "information_schema", "pg_toast"}
    assert places == set()
    forbidden = {"set_config", "query_to_xml", "ts_stat", "pg_notify", "lo_create", "pg_advisory_lock"}
    assert [grant for grant in public if grant[1] == "function" and grant[3] in forbidden] == []


def test_nothing_runs_with_its_definers_rights(world: World) -> None:
    with world.outside() as connection:
        found = connection.execute(
            "SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef"
        ).fetchall()
        triggers = connection.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()
    assert found == []
    assert triggers == []


def test_no_table_of_a_tenant_refers_to_another_schema(world: World) -> None:
    with world.outside() as connection:
        found = connection.execute(
            "SELECT conrelid::regclass, confrelid::regclass FROM pg_constraint c"
            " JOIN pg_class r ON r.oid = c.confrelid WHERE c.contype = 'f' AND r.relnamespace <> c.connamespace"
        ).fetchall()
    assert found == []


def test_the_applications_login_owns_and_reaches_nothing(world: World) -> None:
    world.databases.app.login_report().must_be_clean()


@pytest.fixture
def stranger(world: World) -> Iterator[tuple[str, str]]:
    """A login as poor as the application's, to be made stronger: its name and its address."""
    name = f"stranger_{uuid.uuid4().hex[:12]}"
    url = make_url(world.superuser).set(drivername="postgresql", username=name, password="pass")
    with world.outside() as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN NOINHERIT PASSWORD 'pass'".encode())
        connection.execute(f'GRANT CONNECT ON DATABASE "{url.database}" TO {name}'.encode())
    yield name, url.render_as_string(hide_password=False)
    with world.outside() as connection:
        connection.execute(f"DROP OWNED BY {name}".encode())
        connection.execute(f"DROP ROLE {name}".encode())


@pytest.mark.parametrize(
    ("mistake", "fault"),
    [
        ("ALTER ROLE {name} INHERIT", "inherits"),
        ("ALTER ROLE {name} SUPERUSER", "superuser"),
        ("ALTER ROLE {name} CREATEDB", "attributes of an operator"),
        ("GRANT USAGE ON SCHEMA control TO {name}", "may use schema control"),
        ("GRANT SELECT ON control.tenant TO {name}", "owns or is granted something"),
        ("GRANT charter_control TO {name}", "is a member of"),
        ('GRANT "{owner}" TO {name}', "is a member of"),
        ('GRANT "{role}" TO {name} WITH ADMIN OPTION', "is a member of"),
        ("CREATE SCHEMA {name} AUTHORIZATION {name}", "owns or is granted something"),
        ('GRANT TEMP ON DATABASE "{database}" TO {name}', "more than connect"),
    ],
)
def test_a_login_that_reaches_more_is_refused(
    world: World, stranger: tuple[str, str], mistake: str, fault: str
) -> None:
    name, dsn = stranger
    words = {"name": name, "owner": owner_of(world.ours), "role": role_of(world.ours)}
    with world.outside() as connection:
        connection.execute(mistake.format(database=connection.info.dbname, **words).encode())
    database = TenantDatabase(dsn)
    try:
        with pytest.raises(LoginTooStrong, match=fault), database.session(world.ours) as session:
            session.connection()
    finally:
        database.close()


def test_a_login_as_poor_as_it_must_be_is_not_refused(stranger: tuple[str, str]) -> None:
    database = TenantDatabase(stranger[1])
    assert database.login_report().faults == ()


def test_a_login_of_anybody_else_is_refused_at_the_start(world: World) -> None:
    database = TenantDatabase(world.superuser)
    with pytest.raises(LoginTooStrong, match="superuser"):
        database.login_report().must_be_clean()


@pytest.mark.parametrize(
    ("mistake", "fault"),
    [
        ("ALTER ROLE {name} INHERIT", "inherits"),
        ("ALTER ROLE {name} BYPASSRLS", "attributes of an operator"),
        ('GRANT "{role}" TO {name}', "is a member of"),
        ("GRANT charter_migrate TO {name}", "is a member of"),
        ('GRANT USAGE ON SCHEMA "{role}" TO {name}', "may use schema"),
        ("GRANT CREATE ON SCHEMA control TO {name}", "may use schema control"),
        ("CREATE SCHEMA {name} AUTHORIZATION {name}", "owns something"),
        ('GRANT CREATE ON DATABASE "{database}" TO {name}', "more than connect"),
    ],
)
def test_a_control_login_that_reaches_more_is_refused(
    world: World, stranger: tuple[str, str], mistake: str, fault: str
) -> None:
    name, dsn = stranger
    with world.outside() as connection:
        connection.execute(f"GRANT USAGE ON SCHEMA control TO {name}".encode())
        words = {"name": name, "role": role_of(world.ours), "database": connection.info.dbname}
        connection.execute(mistake.format(**words).encode())
    database = ControlDatabase(dsn)
    try:
        with pytest.raises(LoginTooStrong, match=f"the control login .*{fault}"), database.session() as session:
            session.connection()
    finally:
        database.close()


def test_a_control_login_that_reaches_control_only_is_served(world: World, stranger: tuple[str, str]) -> None:
    name, dsn = stranger
    with world.outside() as connection:
        connection.execute(f"GRANT USAGE ON SCHEMA control TO {name}".encode())
    database = ControlDatabase(dsn)
    with database.session() as session:
        session.connection()
    database.close()


def test_the_bare_login_reads_no_table_of_a_tenant(world: World) -> None:
    dsn = world.databases.app.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f'SELECT * FROM "{schema_of(world.ours)}".audit_event'.encode())
