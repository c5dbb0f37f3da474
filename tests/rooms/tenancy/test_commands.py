"""``charter tenant | database | audit``: what an operator types, and that nothing irreversible happens by a slip."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from app.cli import COMMANDS, main
from app.console import tenant_commands
from app.domain.access import SYSTEM
from app.storage import audit
from app.storage.files import FileStore
from app.storage.transaction import tenant_transaction
from launch import postgres
from launch.children import Account
from launch.places import ROOT, is_root
from tenancy import provisioning
from tenancy.isolation import schema_of
from tenancy.keys import Keyring
from tenancy.scope import ControlDatabase, TenantDatabase
from tests.databases import Clone, Dsns, contract_slugs

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
SLUG = contract_slugs()[0]


@pytest.fixture(scope="module")
def own(database_server: str) -> Iterator[Dsns]:
    clone = Clone.made(database_server, "commands")
    yield clone.dsns
    clone.drop()


@pytest.fixture
def charter(own: Dsns, tmp_path: Path) -> Callable[..., Result]:
    """Runs a command as an operator would."""
    environment = {
        "CHARTER_DSN_APP": own.app,
        "CHARTER_DSN_CONTROL": own.control,
        "CHARTER_DSN_MIGRATE": own.migrate,
        "CHARTER_MASTER_KEY": "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=",
        "CHARTER_SECRET_KEY": "s" * 40,
        "CHARTER_FILES_DIR": str(tmp_path / "files"),
        "CHARTER_SMTP_URL": "smtp://127.0.0.1:1",
    }

    def run(*words: str, **changes: str) -> Result:
        return CliRunner().invoke(main, words, env={**environment, **changes}, catch_exceptions=False)

    return run


@pytest.fixture
def newcomer(charter: Callable[..., Result], own: Dsns) -> Iterator[str]:
    slug = f"operated_{uuid.uuid4().hex[:8]}"
    assert charter("tenant", "create", slug).output == f"{slug}: created\n"
    yield slug
    alive = {record.slug for record in provisioning.list_tenants(own.migrate) if record.purged_at is None}
    if slug in alive:
        charter("tenant", "purge", slug, "--confirm", slug, "--there-is-no-way-back")


def test_a_tenant_is_made_listed_and_made_once(charter: Callable[..., Result], newcomer: str) -> None:
    assert newcomer in charter("tenant", "list").output
    again = charter("tenant", "create", newcomer)
    assert again.exit_code == 1
    assert "exists already" in again.output


def test_a_slug_that_is_none_is_refused_in_a_sentence(charter: Callable[..., Result]) -> None:
    refused = charter("tenant", "create", "No Slug")
    assert refused.exit_code == 1
    assert "lower-case" in refused.output


@pytest.mark.parametrize(
    "words",
    [
        ("purge", "{slug}"),
        ("purge", "{slug}", "--confirm", "{slug}"),
        ("purge", "{slug}", "--there-is-no-way-back"),
        ("purge", "{slug}", "--there-is-no-way-back", "--confirm", "other"),
        ("export", "{slug}", "--to", "{folder}"),
        ("export", "{slug}", "--to", "{folder}", "--confirm", "other"),
    ],
)
def test_what_cannot_be_taken_back_needs_every_confirmation(
    charter: Callable[..., Result], newcomer: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    filled = [word.format(slug=newcomer, folder=tmp_path / "out") for word in words]
    assert charter("tenant", *filled).exit_code != 0
    assert not (tmp_path / "out").exists()
    assert newcomer in charter("tenant", "list").output


def test_a_tenant_is_handed_over_and_purged_with_its_files(
    charter: Callable[..., Result], newcomer: str, own: Dsns, tmp_path: Path
) -> None:
    programs = postgres.find_programs(Account.named(("postgres", "nobody")) if is_root() else None)
    control = ControlDatabase(own.control)
    store = FileStore(tmp_path / "files", Keyring(control, b"m" * 32).key_for)
    store.put(newcomer, uuid.uuid4(), uuid.uuid4(), io.BytesIO(b"content"), 100)
    control.close()
    folder = tmp_path / "out"
    words = ("tenant", "export", newcomer, "--to", str(folder), "--confirm", newcomer, "--pg-bin", str(programs))
    done = charter(*words)
    assert done.exit_code == 0, done.output
    assert done.output.endswith("verified\n")
    assert (folder / "manifest.json").exists()
    assert charter("tenant", "export", "nobody", "--to", str(folder), "--confirm", "nobody").exit_code == 1
    purged = charter("tenant", "purge", newcomer, "--confirm", newcomer, "--there-is-no-way-back")
    assert purged.output == f"{newcomer}: purged\n"
    assert not (tmp_path / "files" / newcomer).exists()
    assert "purged 20" in charter("tenant", "list").output


def test_a_dump_program_that_is_not_there_is_said(
    charter: Callable[..., Result], newcomer: str, tmp_path: Path
) -> None:
    words = ("tenant", "export", newcomer, "--to", str(tmp_path / "out"), "--confirm", newcomer)
    refused = charter(*words, "--pg-bin", str(tmp_path))
    assert refused.exit_code == 1
    assert "--pg-bin" in refused.output


def test_the_database_is_prepared_again_without_harm(charter: Callable[..., Result], own: Dsns) -> None:
    done = charter("database", "prepare", CHARTER_DSN_SUPERUSER=own.superuser)
    assert done.exit_code == 0, done.output
    assert f"{SLUG}: at the head" in done.output


def test_a_login_under_another_name_is_not_given_a_password(charter: Callable[..., Result], own: Dsns) -> None:
    refused = charter("database", "prepare", CHARTER_DSN_SUPERUSER=own.superuser, CHARTER_DSN_APP=own.control)
    assert refused.exit_code == 1
    assert "another login" in refused.output


def test_work_for_the_release_job_needs_its_login(charter: Callable[..., Result]) -> None:
    refused = charter("tenant", "list", CHARTER_DSN_MIGRATE="")
    assert refused.exit_code == 1
    assert "CHARTER_DSN_MIGRATE" in refused.output


def test_settings_that_are_missing_are_said_all_at_once(charter: Callable[..., Result]) -> None:
    refused = charter("audit", "verify", CHARTER_DSN_APP="", CHARTER_SECRET_KEY="")
    assert refused.exit_code == 1
    assert "CHARTER_DSN_APP" in refused.output
    assert "CHARTER_SECRET_KEY" in refused.output


def test_the_trail_is_verified_and_a_broken_one_ends_with_one(charter: Callable[..., Result], own: Dsns) -> None:
    database = TenantDatabase(own.app)
    with tenant_transaction(database, SLUG) as session:
        for _ in range(3):
            audit.record(session, actor=SYSTEM, action="case:read", object_type="case", object_id=None, now=NOW)
    database.close()
    whole = charter("audit", "verify", "--heads")
    assert whole.exit_code == 0
    assert f"{SLUG}: 3 events, whole" in whole.output
    assert f"{SLUG}: lane 0 ends at 3 " in whole.output
    with psycopg.connect(own.superuser) as connection:
        connection.execute(f'DELETE FROM "{schema_of(SLUG)}".audit_event WHERE position = 2'.encode())
    broken = charter("audit", "verify", "--tenant", SLUG)
    assert broken.exit_code == 1
    assert f"{SLUG}: lane 0 event 2: removed" in broken.output


def test_every_word_of_the_table_leads_to_a_command() -> None:
    for word in main.list_commands(None):  # type: ignore[arg-type]
        assert word in COMMANDS
        assert CliRunner().invoke(main, [word, "--help"]).exit_code == 0
    assert main.get_command(None, "no such word") is None  # type: ignore[arg-type]


def test_help_is_quick() -> None:
    began = time.process_time()
    code = "import sys, app.cli; assert not {'sqlalchemy', 'flask', 'alembic'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env={**os.environ})
    assert time.process_time() - began < 5


def test_faults_that_people_can_mend_are_told_as_sentences() -> None:
    assert all(issubclass(fault, Exception) for fault in tenant_commands.FAULTS)
