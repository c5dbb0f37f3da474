"""``charter tenant | database | audit``: what an operator does to tenants and to the database.

Must not know a rule of the trade. Every destructive word asks for the slug twice.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
from sqlalchemy import select

from app.cases.models import Document
from app.console.serving import slugs_in_force
from app.settings import Settings, SettingsError
from app.storage import audit as trail
from app.storage import catching_up
from app.storage.db import Databases
from app.storage.files import FileDamaged, FileStore
from app.storage.handover import ExpectedFile, HandoverBroken, export_tenant
from tenancy import handover, provisioning
from tenancy.hardening import APP_LOGIN, CONTROL_LOGIN, MIGRATE_LOGIN
from tenancy.isolation import BadSlug
from tenancy.keys import Keyring
from tenancy.loader import load_directory
from tenancy.migrations import MigrationFailed

FAULTS = (
    provisioning.TenantExists,
    provisioning.TenantWasPurged,
    handover.NoSuchTenant,
    handover.DumpFailed,
    HandoverBroken,
    FileDamaged,
    FileExistsError,
    MigrationFailed,
    SettingsError,
    BadSlug,
)

confirmed = click.option("--confirm", metavar="SLUG", required=True, help="The slug again: you mean this tenant.")


@contextmanager
def _told() -> Iterator[None]:
    """Tell an expected fault as one sentence and exit code 1."""
    try:
        yield
    except FAULTS as error:
        raise click.ClickException(str(error)) from error


def _settings() -> Settings:
    with _told():
        return Settings.from_env(os.environ)


@contextmanager
def _opened(settings: Settings) -> Iterator[Databases]:
    """The databases for the time of one command."""
    databases = Databases.from_settings(settings)
    try:
        yield databases
    finally:
        databases.close()


def _dsn_migrate(settings: Settings) -> str:
    if settings.dsn_migrate is None:
        raise click.ClickException("CHARTER_DSN_MIGRATE is not set: this is work for the release job's login.")
    return settings.dsn_migrate


def _must_match(slug: str, confirm: str) -> None:
    if confirm != slug:
        raise click.ClickException(f"--confirm says {confirm}, not {slug}. Nothing was done.")


@click.group()
def tenant() -> None:
    """Make, list, hand over and purge tenants."""


@tenant.command("create")
@click.argument("slug")
def create(slug: str) -> None:
    """Make the roles, the schema and the tables of a tenant."""
    dsn = _dsn_migrate(_settings())
    with _told():
        provisioning.create_tenant(dsn, slug)
    click.echo(f"{slug}: created")


@tenant.command("list")
def list_() -> None:
    """Every tenant of the registry and the revision of its schema."""
    dsn = _dsn_migrate(_settings())
    for record in provisioning.list_tenants(dsn):
        state = f"purged {record.purged_at:%Y-%m-%d}" if record.purged_at else f"since {record.created_at:%Y-%m-%d}"
        click.echo(f"{record.slug:<24} {state}")


@tenant.command("export")
@click.argument("slug")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Empty folder.")
@click.option("--pg-bin", envvar="CHARTER_PG_BIN", type=click.Path(path_type=Path), help="Folder of pg_dump.")
@confirmed
def export(slug: str, folder: Path, pg_bin: Path | None, confirm: str) -> None:
    """Write dump, files and manifest of a tenant into a folder, in the clear, and verify them."""
    _must_match(slug, confirm)
    settings = _settings()
    dsn, pg_dump = _dsn_migrate(settings), _pg_dump(pg_bin)
    now = datetime.now(UTC)
    with _told(), _opened(settings) as databases:
        store = FileStore(settings.files_dir, Keyring(databases.control, settings.master_key).key_for)
        handover.must_be_alive(dsn, slug)
        expected = _expected_files(databases, slug)
        done = export_tenant(dsn, slug, folder, store=store, expected=expected, pg_dump=pg_dump, now=now)
    click.echo(f"{slug}: {done.tables} tables, {done.rows} rows, {done.files} files in {done.folder}, verified")


def _expected_files(databases: Databases, slug: str) -> list[ExpectedFile]:
    columns = select(Document.case_id, Document.id, Document.version, Document.sha256)
    with databases.app.session(slug) as session:
        return [ExpectedFile(*row) for row in session.execute(columns)]


def _pg_dump(folder: Path | None) -> Path:
    found = folder / "pg_dump" if folder else shutil.which("pg_dump")
    if found is None or not Path(found).is_file():
        raise click.ClickException("pg_dump was not found: name its folder with --pg-bin.")
    return Path(found)


@tenant.command("purge")
@click.argument("slug")
@click.option("--there-is-no-way-back", "is_understood", is_flag=True, required=True, help="You have a hand-over.")
@confirmed
def purge(slug: str, is_understood: bool, confirm: str) -> None:
    """Drop a tenant's schema and roles, destroy its key, remove its files."""
    _must_match(slug, confirm)
    if not is_understood:
        raise click.ClickException("Nothing was done.")
    settings = _settings()
    with _told():
        handover.purge_tenant(_dsn_migrate(settings), slug)
    shutil.rmtree(settings.files_dir / slug, ignore_errors=True)
    click.echo(f"{slug}: purged")


@click.group()
def database() -> None:
    """Bring the database to what this code needs."""


@database.command("prepare")
@click.option("--superuser-dsn", envvar="CHARTER_DSN_SUPERUSER", help="Also make the logins and harden the database.")
@click.option("--catch-up", is_flag=True, help="Add what tables made by an earlier first revision lack; a demo's.")
def prepare(superuser_dsn: str | None, *, catch_up: bool) -> None:
    """Control to its head, a tenant for each contract, every tenant to its head. Safe to run again."""
    settings = _settings()
    dsn = _dsn_migrate(settings)
    if superuser_dsn:
        provisioning.bootstrap_roles(superuser_dsn, _passwords(settings, dsn))
        provisioning.harden_database(superuser_dsn)
    shelf = load_directory(settings.contracts_dir)
    with _told():
        outcome = provisioning.prepare_database(dsn, sorted(shelf.good))
        if catch_up:
            catching_up.catch_up(dsn)
    for slug in sorted(shelf.bad):
        click.echo(f"{slug}: its contract has faults; run: charter contract check {slug}", err=True)
    for one in outcome:
        click.echo(f"{one.label}: {'migrated' if one.was_due else 'at the head'}")


def _passwords(settings: Settings, dsn_migrate: str) -> dict[str, str]:
    """The logins' passwords as the processes will use them."""
    addresses = {APP_LOGIN: settings.dsn_app, CONTROL_LOGIN: settings.dsn_control, MIGRATE_LOGIN: dsn_migrate}
    found = {}
    for login, address in addresses.items():
        parts = urlsplit(address)
        if parts.username != login:
            raise click.ClickException(f"The address of {login} names another login.")
        found[login] = unquote(parts.password or "")
    return found


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@click.option("--tenant", "slug", help="Only this tenant; otherwise every tenant of a contract in force.")
@click.option("--heads", "with_heads", is_flag=True, help="Also print the chains' ends, to be kept elsewhere.")
def verify(slug: str | None, with_heads: bool) -> None:
    """Walk the chains of events; exit code 1 and every broken place when one was edited or removed."""
    settings = _settings()
    with _told(), _opened(settings) as databases:
        slugs = (slug,) if slug else slugs_in_force(settings, databases, now=datetime.now(UTC))
        broken = sum([_verify_tenant(databases, one, with_heads=with_heads) for one in slugs])
    if broken:
        raise SystemExit(1)


def _verify_tenant(databases: Databases, slug: str, *, with_heads: bool) -> int:
    with databases.app.session(slug) as session:
        heads, links = trail.heads(session), trail.verify(session)
    events = sum(head.position for head in heads)
    click.echo(f"{slug}: {events} events, " + ("whole" if not links else f"{len(links)} broken"))
    for link in links:
        click.echo(f"{slug}: lane {link.lane} event {link.position}: {link.reason}")
    for head in heads if with_heads else ():
        click.echo(f"{slug}: lane {head.lane} ends at {head.position} {head.hash}")
    return len(links)
