"""``charter codes | directory``: loading code sets, importing providers, filling a demo with made-up people.

Must not know a rule; an expected fault is told as one sentence and exit code 1.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from app.directory import code_loading
from app.directory.code_packages import Edition, PackageMissing
from app.directory.code_search import list_releases
from app.directory.code_sources import CodeFileRefused, read_code_file
from app.directory.nppes import ImportReport, NotNppes, import_nppes
from app.directory.synthetic import MEMBERS, PROVIDERS, SEED, fill_tenant
from app.domain.access import SYSTEM
from app.domain.errors import DomainError
from app.settings import Settings, SettingsError
from app.storage.db import Databases
from tenancy.contract import Contract
from tenancy.faults import ContractError
from tenancy.loader import load_contract
from tenancy.vocabulary import CodeSystem

FAULTS = (DomainError, CodeFileRefused, PackageMissing, NotNppes, SettingsError, ContractError, OSError)
LOADABLE = (CodeSystem.ICD10CM.value, CodeSystem.ICD10PCS.value, CodeSystem.HCPCS.value)
_REJECTED_SHOWN = 20
DAY = click.DateTime(formats=["%Y-%m-%d"])


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except FAULTS as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _databases() -> Iterator[tuple[Settings, Databases]]:
    settings = Settings.from_env(os.environ)
    databases = Databases.from_settings(settings)
    try:
        yield settings, databases
    finally:
        databases.close()


def _contract(settings: Settings, slug: str) -> Contract:
    return load_contract(settings.contracts_dir / f"{slug}.yaml").contract


@click.group()
def codes() -> None:
    """Load and list diagnosis and procedure code sets."""


@codes.command("load")
@click.option("--package", "from_packages", is_flag=True, help="Load what the portal's packages bring.")
@click.option("--system", type=click.Choice(LOADABLE), help="Which code set; without it --package loads all.")
@click.option("--release", help="What its publisher calls the release, e.g. FY2027.")
@click.option("--from", "starts", type=DAY, help="First day in force, YYYY-MM-DD.")
@click.option("--until", "ends", type=DAY, help="Last day in force, where the publisher names one.")
@click.option("--scope", default="", help="The file holds only codes that begin so, e.g. 0.")
@click.option("--may-end-many", is_flag=True, help="The file really drops more than a fifth of the codes.")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(*, from_packages: bool, file: Path | None, may_end_many: bool, **said: Any) -> None:
    """Load CMS's own FILE (ICD-10 order file or HCPCS records), or the packages' code sets."""
    with _told():
        system = CodeSystem(said["system"]) if said["system"] else None
        if from_packages:
            _load_packages(system)
            return
        if not (system and said["release"] and said["starts"] and file):
            raise click.UsageError("Give --system, --release, --from and a FILE, or --package.")
        ends = said["ends"].date() if said["ends"] else None
        edition = Edition(system, said["release"], said["starts"].date(), ends, file.name, said["scope"].upper())
        _load_file(edition, file, may_end_many=may_end_many)


def _load_packages(system: CodeSystem | None) -> None:
    with _databases() as (_, databases), databases.control.session() as session:
        done = code_loading.load_packages(session, now=datetime.now(UTC), system=system)
        session.commit()
    for one in done:
        _tell(one)
    if not done:
        click.echo("Nothing to do: the packages' code sets are loaded.")


def _load_file(edition: Edition, file: Path, *, may_end_many: bool) -> None:
    rows = read_code_file(edition.system, file)
    with _databases() as (_, databases), databases.control.session() as session:
        done = code_loading.load_edition(session, edition, rows, now=datetime.now(UTC), may_end_many=may_end_many)
        session.commit()
    _tell(done)


def _tell(done: code_loading.Loaded) -> None:
    edition = done.edition
    click.echo(
        f"{edition.system.value} {edition.release}: {done.codes:,} codes, {done.added:,} new, "
        f"{done.reworded:,} reworded, {done.ended:,} ended, in force from {edition.effective_from:%Y-%m-%d}"
    )


@codes.command("list")
def list_() -> None:
    """Every release loaded, its own period, and whether it has run out."""
    today = datetime.now(UTC).date()
    with _told(), _databases() as (_, databases), databases.control.session() as session:
        for row in list_releases(session):
            period = f"{row.effective_from:%Y-%m-%d} to {row.effective_until or 'now'}"
            scope = f" (codes beginning with {row.scope})" if row.scope else ""
            click.echo(
                f"{row.system:<9} {row.release:<14} {row.codes:>7,} codes  {period}{_state(row.effective_until, today)}"
                f"  {row.source}{scope}"
            )


def _state(until: date | None, today: date) -> str:
    return "  RUN OUT: load a newer release" if until is not None and until < today else ""


@click.group()
def directory() -> None:
    """Providers and made-up people of a tenant."""


@directory.command("import-nppes")
@click.option("--tenant", required=True, metavar="SLUG", help="The tenant to fill.")
@click.option("--only-state", is_flag=True, help="Leave out providers without address or identifier in the state.")
@click.option("--rejected", type=click.Path(dir_okay=False, path_type=Path), help="Write every rejected line here.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(tenant: str, only_state: bool, rejected: Path | None, file: Path) -> None:
    """Add or renew providers from the national registry's own CSV FILE."""
    with _told(), _databases() as (settings, databases), databases.app.session(tenant) as session:
        state = _contract(settings, tenant).identity.state
        with file.open(newline="", encoding="utf-8-sig", errors="replace") as opened:
            now = datetime.now(UTC)
            report = import_nppes(session, opened, state=state, only_state=only_state, actor=SYSTEM, now=now)
        session.commit()
    _tell_import(report)
    if rejected is not None:
        _write_rejected(rejected, report)


def _tell_import(report: ImportReport) -> None:
    click.echo(
        f"{report.read:,} rows: {report.added:,} added, {report.changed:,} renewed, "
        f"{report.deactivated:,} deactivated, "
        f"{report.elsewhere:,} of other states left out, {len(report.rejected):,} rejected"
    )
    for one in report.rejected[:_REJECTED_SHOWN]:
        click.echo(f"  line {one.line}: {one.reason}")


def _write_rejected(path: Path, report: ImportReport) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("line", "reason"))
        writer.writerows((one.line, one.reason) for one in report.rejected)


@directory.command("fill")
@click.option("--tenant", required=True, metavar="SLUG", help="The tenant to fill.")
@click.option("--seed", default=SEED, show_default=True, help="The same seed makes the same people.")
@click.option("--members", default=MEMBERS, show_default=True, type=click.IntRange(0, 1_000_000))
@click.option("--providers", default=PROVIDERS, show_default=True, type=click.IntRange(0, 200_000))
def fill(tenant: str, seed: int, members: int, providers: int) -> None:
    """Fill an empty directory with made-up people and practices, for demos and previews."""
    with _told(), _databases() as (settings, databases), databases.app.session(tenant) as session:
        contract = _contract(settings, tenant)
        made = fill_tenant(session, contract, now=datetime.now(UTC), seed=seed, members=members, providers=providers)
        session.commit()
    click.echo(f"{tenant}: {made.members:,} members and {made.providers:,} providers made")
