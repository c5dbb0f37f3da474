"""Making, migrating, handing over and purging tenants, on a database of their own."""

from __future__ import annotations

import io
import json
import subprocess
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from app.domain.access import SYSTEM
from app.storage import audit, catching_up
from app.storage.db import Databases
from app.storage.files import FileStore
from app.storage.handover import ExpectedFile, HandoverBroken, export_tenant, verify_export
from app.storage.metadata import control_metadata, tenant_metadata
from launch import postgres
from launch.children import Account
from launch.places import is_root
from tenancy import handover, migrations, provisioning
from tenancy.handover import NoSuchTenant, purge_tenant
from tenancy.isolation import BadSlug, owner_of, role_of, schema_of
from tenancy.keys import Keyring, KeyUnusable
from tenancy.provisioning import TenantExists, TenantWasPurged
from tenancy.scope import ControlDatabase, TenantDatabase
from tests.databases import Clone, Dsns

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def own(database_server: str) -> Iterator[Dsns]:
    """A database where tenants come and go."""
    clone = Clone.made(database_server, "provisioning")
    yield clone.dsns
    clone.drop()


@pytest.fixture
def newcomer(own: Dsns) -> Iterator[str]:
    """A tenant that exists for one test."""
    slug = f"newcomer_{uuid.uuid4().hex[:8]}"
    provisioning.create_tenant(own.migrate, slug)
    yield slug
    if any(one.slug == slug and one.purged_at is None for one in provisioning.list_tenants(own.migrate)):
        purge_tenant(own.migrate, slug)


@pytest.fixture
def databases_of_own(own: Dsns) -> Iterator[Databases]:
    databases = Databases(app=TenantDatabase(own.app), control=ControlDatabase(own.control))
    yield databases
    databases.close()


@pytest.fixture
def pg_dump(database_server: str) -> Path:
    return postgres.find_programs(Account.named(("postgres", "nobody")) if is_root() else None) / "pg_dump"


def test_a_new_tenant_is_served_at_once(newcomer: str, databases_of_own: Databases) -> None:
    with databases_of_own.app.session(newcomer) as session:
        audit.record(session, actor=SYSTEM, action="tenant:try", object_type="tenant", object_id=newcomer, now=NOW)
        session.commit()
        assert session.execute(text("SELECT count(*) FROM audit_event")).scalar_one() == 1


def test_a_tenant_is_made_once(own: Dsns, newcomer: str) -> None:
    with pytest.raises(TenantExists):
        provisioning.create_tenant(own.migrate, newcomer)


def test_a_tenant_left_half_made_by_a_crash_is_finished(own: Dsns) -> None:
    slug = f"halfway_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(own.migrate) as connection:
        provisioning._create_roles(connection, slug)
        provisioning._create_schema(connection, slug)
    provisioning.create_tenant(own.migrate, slug)
    assert slug in [record.slug for record in provisioning.list_tenants(own.migrate)]
    purge_tenant(own.migrate, slug)


@pytest.mark.parametrize("slug", ["", "A", "1a", "a-b", 'a"; DROP', "a_owner", "a" * 41, "ä", "a\n"])
def test_a_text_that_is_no_slug_is_refused(own: Dsns, slug: str) -> None:
    with pytest.raises(BadSlug):
        provisioning.create_tenant(own.migrate, slug)


def test_append_only_tables_take_and_give_rows_but_change_none(newcomer: str, databases_of_own: Databases) -> None:
    append_only = [table.name for table in tenant_metadata().sorted_tables if table.info.get("append_only")]
    assert "audit_event" in append_only
    for table in append_only:
        for statement in (f'UPDATE "{table}" SET id = id', f'DELETE FROM "{table}"'):
            with (
                pytest.raises(DBAPIError, match="permission denied"),
                databases_of_own.app.session(newcomer) as session,
            ):
                session.execute(text(statement))


def test_every_table_is_granted_to_the_tenants_role(own: Dsns, newcomer: str) -> None:
    with psycopg.connect(own.superuser) as connection:
        for table in tenant_metadata().sorted_tables:
            name = f'"{schema_of(newcomer)}"."{table.name}"'
            row = connection.execute(
                "SELECT has_table_privilege(%s, %s, 'SELECT, INSERT')", (role_of(newcomer), name)
            ).fetchone()
            assert row == (True,), table.name


def test_the_migrated_schema_is_what_the_models_say(own: Dsns, newcomer: str) -> None:
    assert _differences(own, newcomer) == []


def _differences(own: Dsns, slug: str) -> list[object]:
    """What the tenant's schema and control's have otherwise than the models."""
    trees = ((schema_of(slug), tenant_metadata()), ("control", control_metadata()))
    engine = create_engine(migrations.migrate_url(own.superuser), poolclass=NullPool)
    found: list[object] = []
    for schema, metadata in trees:
        with engine.connect() as connection:
            if schema != "control":  # a tenant's models name no schema: the search path does
                connection.execute(text(f'SET search_path TO "{schema}"'))
                connection.dialect.default_schema_name = schema
            options = {"compare_type": True, "include_name": _only(schema), "include_schemas": schema == "control"}
            found += compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def _only(schema: str) -> Callable[..., bool]:
    def include(name: str | None, kind: str, _parents: object) -> bool:
        if kind == "schema":
            return name == (schema if schema == "control" else None)
        return name != "alembic_version"

    return include


def test_the_migrated_schema_has_the_checks_the_models_declare(own: Dsns, newcomer: str) -> None:
    with psycopg.connect(own.superuser) as connection:
        found = connection.execute(
            "SELECT conname FROM pg_constraint WHERE connamespace = %s::regnamespace AND contype = 'c'",
            (schema_of(newcomer),),
        ).fetchall()
    declared = {
        str(constraint.name)
        for table in tenant_metadata().sorted_tables
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert {str(row[0]) for row in found} == declared


def test_migrating_again_finds_nothing_due(own: Dsns, newcomer: str) -> None:
    assert [one.was_due for one in migrations.migrate_tenants(own.migrate, [newcomer])] == [False]


def test_many_due_tenants_are_migrated_beside_each_other_and_one_that_fails_stops_none(own: Dsns) -> None:
    slugs = [f"many_{number}_{uuid.uuid4().hex[:6]}" for number in range(6)]
    with psycopg.connect(own.migrate) as connection:
        for slug in slugs:
            provisioning._create_roles(connection, slug)
            provisioning._create_schema(connection, slug)
            connection.execute("RESET ROLE")
    broken = slugs[2]
    with psycopg.connect(own.superuser) as connection:
        connection.execute(f'CREATE TABLE "{schema_of(broken)}".audit_event (mine int)'.encode())
    outcome = {one.label: one for one in migrations.migrate_tenants(own.migrate, slugs)}
    assert [slug for slug in slugs if outcome[slug].fault] == [broken]
    assert all(one.was_due for one in outcome.values())
    assert migrations.versions(own.migrate, slugs) == {slug: None if slug == broken else "0001" for slug in slugs}
    with psycopg.connect(own.superuser) as connection:
        for slug in slugs:
            connection.execute(f'DROP SCHEMA "{schema_of(slug)}" CASCADE'.encode())
            connection.execute(f'DROP ROLE "{role_of(slug)}", "{owner_of(slug)}"'.encode())


def test_what_a_tenants_migration_ends_with_is_told_and_not_raised(own: Dsns, newcomer: str) -> None:
    assert migrations._try_tenant(own.migrate, newcomer) == migrations.Migrated(newcomer, was_due=True)
    outcome = migrations._try_tenant(f"postgresql://nobody@127.0.0.1:{postgres.free_port()}/none", "away")
    assert outcome.was_due
    assert (outcome.fault or "").startswith("OperationalError")


def test_a_migration_waits_briefly_for_a_lock_and_tries_again(
    own: Dsns, newcomer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "50ms")
    waits: list[float] = []
    with psycopg.connect(own.superuser) as holder:
        holder.execute(f'LOCK TABLE "{schema_of(newcomer)}".alembic_version IN ACCESS EXCLUSIVE MODE'.encode())

        def let_go(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 2:
                holder.rollback()

        monkeypatch.setattr("tenancy.migrations.time.sleep", let_go)
        migrations.migrate_tenant(own.migrate, newcomer)
    assert waits == [0.4, 0.8]


def test_a_migration_gives_up_after_five_waits(own: Dsns, newcomer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "20ms")
    waits: list[float] = []
    monkeypatch.setattr("tenancy.migrations.time.sleep", waits.append)
    with psycopg.connect(own.superuser) as holder:
        holder.execute(f'LOCK TABLE "{schema_of(newcomer)}".alembic_version IN ACCESS EXCLUSIVE MODE'.encode())
        with pytest.raises(OperationalError):
            migrations.migrate_tenant(own.migrate, newcomer)
    assert len(waits) == 4


# ------------------------------------------------------------------ hand-over and purge


@pytest.fixture
def store(tmp_path: Path, databases_of_own: Databases) -> FileStore:
    return FileStore(tmp_path / "files", Keyring(databases_of_own.control, b"k" * 32).key_for)


def uploaded(store: FileStore, slug: str, content: bytes) -> ExpectedFile:
    case_id, document_id = uuid.uuid4(), uuid.uuid4()
    stored = store.put(slug, case_id, document_id, io.BytesIO(content), 10_000_000)
    return ExpectedFile(case_id, document_id, 1, stored.sha256)


def test_a_hand_over_holds_every_row_and_file_and_says_so(
    own: Dsns, newcomer: str, databases_of_own: Databases, store: FileStore, pg_dump: Path, tmp_path: Path
) -> None:
    with databases_of_own.app.session(newcomer) as session:
        for _ in range(3):
            audit.record(session, actor=SYSTEM, action="tenant:try", object_type="tenant", object_id=None, now=NOW)
        session.commit()
    one = uploaded(store, newcomer, b"the content of a document" * 100_000)
    folder = tmp_path / "handover"
    done = export_tenant(own.migrate, newcomer, folder, store=store, expected=[one], pg_dump=pg_dump, now=NOW)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["rows"]["audit_event"] == 3
    assert done.files == 1
    assert done.tables == len(tenant_metadata().tables) + 1
    assert (folder / "files" / str(one.case_id) / f"{one.document_id}.1").read_bytes().startswith(b"the content")
    assert verify_export(folder) == 2


@pytest.mark.parametrize("harm", ["changed", "cut", "removed", "added"])
def test_a_hand_over_that_was_touched_does_not_verify(
    own: Dsns, newcomer: str, store: FileStore, pg_dump: Path, tmp_path: Path, harm: str
) -> None:
    one = uploaded(store, newcomer, b"content")
    folder = tmp_path / "handover"
    export_tenant(own.migrate, newcomer, folder, store=store, expected=[one], pg_dump=pg_dump, now=NOW)
    file = folder / "files" / str(one.case_id) / f"{one.document_id}.1"
    acts: dict[str, Callable[[], object]] = {
        "changed": lambda: file.write_bytes(b"CONTENT"),
        "cut": lambda: file.write_bytes(b"conten"),
        "removed": file.unlink,
        "added": lambda: (folder / "more").write_text("more"),
    }
    acts[harm]()
    with pytest.raises(HandoverBroken):
        verify_export(folder)


def test_a_hand_over_refuses_a_file_that_is_not_what_was_uploaded(
    own: Dsns, newcomer: str, store: FileStore, pg_dump: Path, tmp_path: Path
) -> None:
    one = uploaded(store, newcomer, b"content")
    other = ExpectedFile(one.case_id, one.document_id, 1, "0" * 64)
    with pytest.raises(HandoverBroken):
        export_tenant(own.migrate, newcomer, tmp_path / "to", store=store, expected=[other], pg_dump=pg_dump, now=NOW)


def test_a_hand_over_goes_into_an_empty_folder_only(
    own: Dsns, newcomer: str, store: FileStore, pg_dump: Path, tmp_path: Path
) -> None:
    (tmp_path / "there").write_text("already")
    with pytest.raises(FileExistsError):
        export_tenant(own.migrate, newcomer, tmp_path, store=store, expected=[], pg_dump=pg_dump, now=NOW)


def test_a_hand_over_restores_elsewhere_with_its_chain_whole(
    own: Dsns, newcomer: str, databases_of_own: Databases, pg_dump: Path, tmp_path: Path, database_server: str
) -> None:
    with databases_of_own.app.session(newcomer) as session:
        audit.record(session, actor=SYSTEM, action="tenant:try", object_type="tenant", object_id=None, now=NOW)
        session.commit()
    dump = handover.dump_schema(own.migrate, newcomer, tmp_path / "database.dump", pg_dump=pg_dump)
    purge_tenant(own.migrate, newcomer)
    with psycopg.connect(own.superuser, autocommit=True) as connection:
        restore = [str(pg_dump.with_name("pg_restore")), "--no-owner", "--dbname", own.superuser, str(dump.path)]
        subprocess.run(restore, check=True, capture_output=True)
        restored = connection.execute(f'SELECT count(*) FROM "{schema_of(newcomer)}".audit_event'.encode()).fetchone()
        connection.execute(f'DROP SCHEMA "{schema_of(newcomer)}" CASCADE'.encode())
    assert restored == (1,)


def test_a_purged_tenant_is_gone_its_files_unreadable_and_its_name_never_used_again(
    own: Dsns, databases_of_own: Databases, tmp_path: Path
) -> None:
    slug = f"leaving_{uuid.uuid4().hex[:8]}"
    provisioning.create_tenant(own.migrate, slug)
    store = FileStore(tmp_path, Keyring(databases_of_own.control, b"k" * 32).key_for)
    one = uploaded(store, slug, b"content")
    purge_tenant(own.migrate, slug)
    after = FileStore(tmp_path, Keyring(databases_of_own.control, b"k" * 32).key_for)
    with pytest.raises(KeyUnusable):
        after.read(slug, one.case_id, one.document_id)
    with psycopg.connect(own.superuser) as connection:
        assert (
            connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema_of(slug),)).fetchone() is None
        )
        assert (
            connection.execute("SELECT 1 FROM pg_roles WHERE rolname LIKE %s", (f"{role_of(slug)}%",)).fetchone()
            is None
        )
    with pytest.raises(TenantWasPurged):
        provisioning.create_tenant(own.migrate, slug)
    assert slug not in [one.label for one in provisioning.prepare_database(own.migrate, [slug])]
    with pytest.raises(NoSuchTenant):
        purge_tenant(own.migrate, slug)


def test_a_tenant_that_never_was_is_neither_handed_over_nor_purged(own: Dsns, pg_dump: Path, tmp_path: Path) -> None:
    with pytest.raises(NoSuchTenant):
        handover.dump_schema(own.migrate, "never_was", tmp_path / "dump", pg_dump=pg_dump)
    with pytest.raises(NoSuchTenant):
        purge_tenant(own.migrate, "never_was")


def test_another_master_key_opens_no_tenants_key(newcomer: str, databases_of_own: Databases) -> None:
    key = Keyring(databases_of_own.control, b"k" * 32).key_for(newcomer)
    assert len(key) == 32
    assert Keyring(databases_of_own.control, b"k" * 32).key_for(newcomer) == key
    with pytest.raises(KeyUnusable):
        Keyring(databases_of_own.control, b"o" * 32).key_for(newcomer)


def test_a_key_is_remembered_until_it_is_forgotten(own: Dsns, newcomer: str, databases_of_own: Databases) -> None:
    keyring = Keyring(databases_of_own.control, b"k" * 32)
    key = keyring.key_for(newcomer)
    with psycopg.connect(own.superuser) as connection:
        connection.execute("DELETE FROM control.tenant_key WHERE slug = %s", (newcomer,))
    assert keyring.key_for(newcomer) == key
    keyring.forget()
    assert keyring.key_for(newcomer) != key, "another one was made in place of the one that is gone"


def test_preparing_makes_what_is_missing_and_names_what_cannot_be_migrated(own: Dsns) -> None:
    fresh, stuck = f"prepared_{uuid.uuid4().hex[:8]}", f"stuck_{uuid.uuid4().hex[:8]}"
    outcome = provisioning.prepare_database(own.migrate, [fresh, stuck])
    assert {one.label for one in outcome} >= {fresh, stuck}
    with psycopg.connect(own.superuser) as connection:
        connection.execute(f"UPDATE \"{schema_of(stuck)}\".alembic_version SET version_num = 'gone'".encode())
    with pytest.raises(migrations.MigrationFailed, match=stuck):
        provisioning.prepare_database(own.migrate, [fresh])
    for slug in (fresh, stuck):
        purge_tenant(own.migrate, slug)


def test_a_demo_of_an_earlier_first_revision_gets_what_its_tables_lack(own: Dsns, newcomer: str) -> None:
    earlier = (
        'ALTER TABLE "case" DROP COLUMN things_left',
        "DROP INDEX ix_case_member",
        "DROP TABLE preferred_code",
        'ALTER TABLE "case" DROP CONSTRAINT ck_case_status',
        'ALTER TABLE "case" ADD CONSTRAINT of_old CHECK (version < 3)',
    )
    _as_owner(own, newcomer, *earlier)
    assert _differences(own, newcomer)
    catching_up.catch_up(own.migrate)
    assert _differences(own, newcomer) == []
    checks = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass"
    with psycopg.connect(own.superuser) as connection:
        found = {name for (name,) in connection.execute(checks, (f"{schema_of(newcomer)}.case",))}
        right = connection.execute(
            "SELECT has_table_privilege(%s, %s, 'INSERT')", (role_of(newcomer), f"{schema_of(newcomer)}.preferred_code")
        ).fetchone()
    assert found == {"ck_case_status", "ck_case_category", "ck_case_numbered_when_submitted"}
    assert right == (True,)


def test_what_cannot_be_added_is_named_and_nothing_is_changed(own: Dsns, newcomer: str) -> None:
    _as_owner(
        own, newcomer, 'ALTER TABLE "case" DROP COLUMN things_left', "ALTER TABLE note ADD COLUMN of_old text NOT NULL"
    )
    before = _differences(own, newcomer)
    with pytest.raises(migrations.MigrationFailed, match=rf"{newcomer}: .*of_old"):
        catching_up.catch_up(own.migrate)
    assert [str(one) for one in _differences(own, newcomer)] == [str(one) for one in before]
    _as_owner(own, newcomer, "ALTER TABLE note DROP COLUMN of_old", "ALTER TABLE provider ADD UNIQUE (entity)")
    with pytest.raises(migrations.MigrationFailed, match=newcomer):
        catching_up.catch_up(own.migrate)


def _as_owner(own: Dsns, slug: str, *statements: str) -> None:
    with psycopg.connect(own.superuser) as connection:
        connection.execute(f'SET ROLE "{owner_of(slug)}"; SET search_path TO "{schema_of(slug)}"'.encode())
        for statement in statements:
            connection.execute(statement.encode())


def test_a_tree_without_a_revision_has_no_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tenant" / "versions").mkdir(parents=True)
    monkeypatch.setattr(migrations, "ROOT", tmp_path)
    with pytest.raises(migrations.MigrationFailed, match="no revision"):
        migrations.head_of("tenant")


def test_a_migration_that_fails_for_another_reason_is_not_tried_again(own: Dsns) -> None:
    with pytest.raises(OperationalError):
        migrations.migrate_control(own.migrate.replace("/charter_test", "/no_such_database"))


def test_a_dump_that_fails_is_said(own: Dsns, newcomer: str, tmp_path: Path, pg_dump: Path) -> None:
    with pytest.raises(handover.DumpFailed, match="pg_dump ended"):
        handover.dump_schema(own.migrate, newcomer, tmp_path / "no folder" / "dump", pg_dump=pg_dump)
    with psycopg.connect(own.superuser) as connection:
        connection.execute(f'DELETE FROM "{schema_of(newcomer)}".alembic_version'.encode())
    with pytest.raises(handover.DumpFailed, match="no answer"):
        handover.dump_schema(own.migrate, newcomer, tmp_path / "dump", pg_dump=pg_dump)


def test_a_dump_that_does_not_read_back_is_said(
    own: Dsns, newcomer: str, tmp_path: Path, pg_dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = handover._run_dump

    def cut_short(dsn: str, slug: str, target: Path, program: Path, snapshot: str) -> None:
        run(dsn, slug, target, program, snapshot)
        target.write_bytes(target.read_bytes()[:100])

    monkeypatch.setattr(handover, "_run_dump", cut_short)
    with pytest.raises(handover.DumpFailed, match="does not read back"):
        handover.dump_schema(own.migrate, newcomer, tmp_path / "dump", pg_dump=pg_dump)
