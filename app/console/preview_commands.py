"""``charter preview up | down | list``: a draft contract at an address of its own, with made-up people.

Must not know how people are made up or how a contract is read.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from app.console.contract_commands import loaded_from
from app.console.demo_commands import fill
from app.domain.errors import Unavailable
from app.guides.commands import out_option
from app.guides.picturing import DemoAway, browser_of, take_pictures
from app.settings import Settings, SettingsError
from app.storage.db import Databases
from tenancy import handover, previews
from tenancy.contract.credentials import clamp
from tenancy.contract.floor import Floor
from tenancy.extends import Library
from tenancy.in_force import PREVIEW_LABEL
from tenancy.isolation import BadSlug
from tenancy.loader import LoadedContract, read_floor
from tenancy.sources import sources_of
from tenancy.stored import StoredUnreadable

CASES = 40
LOOK_SECONDS = 0.4
FAULTS = (previews.NoSuchPreview, handover.NoSuchTenant, BadSlug, SettingsError, Unavailable)
hours_option = click.option("--hours", type=click.IntRange(1, 72), default=8, show_default=True, help="Until removed.")


@contextmanager
def _work() -> Iterator[tuple[Settings, str, Databases]]:
    try:
        settings = Settings.from_env(os.environ)
        if settings.dsn_migrate is None:
            raise click.ClickException("CHARTER_DSN_MIGRATE is not set: a preview needs a schema of its own.")
        with closing(Databases.from_settings(settings)) as databases:
            yield settings, settings.dsn_migrate, databases
    except FAULTS as error:
        raise click.ClickException(str(error)) from error


@click.group()
def preview() -> None:
    """Look at a draft contract at an address of its own."""


@preview.command("up")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--by", default="ops", show_default=True, help="Who looks.")
@click.option("--watch", is_flag=True, help="Stay, and show each save within seconds.")
@hours_option
def up(file: Path, by: str, watch: bool, hours: int) -> None:
    """Show the contract FILE at SLUG.preview.<domain>, with synthetic people; nothing of it leaves."""
    loaded = loaded_from(file)
    with _work() as (settings, dsn, databases):
        _remove_expired(settings, dsn, databases)
        until = datetime.now(UTC) + timedelta(hours=hours)
        previews.make_tenant(dsn, loaded.slug)
        tenant = previews.tenant_of(loaded.slug)
        people = fill(settings, databases, tenant, loaded, cases=CASES)
        _keep(databases, loaded, by, until)
        _tell(settings, loaded, people, until)
        if watch:
            _watch(databases, file, by, until)


def _keep(databases: Databases, loaded: LoadedContract, by: str, until: datetime) -> None:
    with databases.control.session() as session:
        previews.keep_preview(session, loaded, by=by, now=datetime.now(UTC), until=until, is_ready=True)
        session.commit()


def _tell(settings: Settings, loaded: LoadedContract, people: dict[str, Any], until: datetime) -> None:
    click.echo(f"{settings.url(_host(loaded.slug))}  release {loaded.release[:12]}, until {until:%Y-%m-%d %H:%M} UTC")
    for user in (one for one in people["users"] if one["totp_secret"]):
        click.echo(f"  {user['username']}  {user['password']}  authenticator {user['totp_secret']}  ({user['role']})")


def _watch(databases: Databases, file: Path, by: str, until: datetime) -> None:
    """Show each good save; a bad one is reported, and the last good one stays."""
    seen = sources_of(file)
    while datetime.now(UTC) < until:
        time.sleep(LOOK_SECONDS)
        texts = _texts(file)
        if texts is None or texts == seen:
            continue
        seen = texts
        try:
            loaded = loaded_from(file)
        except click.ClickException as fault:
            click.echo(f"{fault.message}\nThe last good save stays.")
            continue
        _keep(databases, loaded, by, until)
        click.echo(f"{datetime.now(UTC):%H:%M:%S} release {loaded.release[:12]} is shown")


def _texts(file: Path) -> dict[str, str] | None:
    """The texts as they are now; None while a file is being written."""
    try:
        return dict(sources_of(file))
    except (OSError, UnicodeDecodeError):
        return None


@preview.command("pictures")
@click.argument("slug")
@click.option("--browser", envvar="CHARTER_CHROMIUM", help="The browser; Chromium of this machine unless given.")
@out_option
def pictures(slug: str, browser: str | None, out: Path) -> None:
    """Take the pictures of the guide of SLUG from its preview, with a browser nobody sees."""
    with _work() as (settings, _dsn, databases):
        with databases.control.session() as session:
            one = next((one for one in previews.list_previews(session) if one.slug == slug), None)
        if one is None:
            raise click.ClickException(f"No preview of {slug} is up.")
        loaded = _loaded(settings, databases, one)
        people = fill(settings, databases, one.tenant, loaded, cases=CASES)
        shown = {**people, "url": settings.url(_host(slug))}
        try:
            for path in take_pictures(loaded, shown, out / slug, browser=browser_of(browser)):
                click.echo(f"{path}: {path.stat().st_size // 1024} KB")
        except DemoAway as error:
            raise click.ClickException(str(error)) from None


def _host(slug: str) -> str:
    return f"{slug.replace('_', '-')}.{PREVIEW_LABEL}"


@preview.command("down")
@click.argument("slug")
def down(slug: str) -> None:
    """Take the preview of the contract SLUG down, with everything in it."""
    with _work() as (settings, dsn, databases):
        _remove(settings, dsn, databases, slug)
    click.echo(f"{slug}: removed")


@preview.command("list")
def list_() -> None:
    """Every preview that is up."""
    with _work() as (_, _dsn, databases), databases.control.session() as session:
        for one in previews.list_previews(session):
            click.echo(f"{one.slug:<24} {one.hash[:12]}  by {one.made_by}, until {one.expires_at:%Y-%m-%d %H:%M} UTC")


@preview.command("serve")
@click.option("--once", is_flag=True, help="Do what is due and end.")
def serve(once: bool) -> None:
    """Stay, and make the previews that the console asks for; remove those whose time is over."""
    with _work() as (settings, dsn, databases):
        while True:
            _tend(settings, dsn, databases)
            if once:
                return
            time.sleep(LOOK_SECONDS)


def _tend(settings: Settings, dsn: str, databases: Databases) -> None:
    """One that cannot be made is ended; the database away is waited for."""
    try:
        _remove_expired(settings, dsn, databases)
        with databases.control.session() as session:
            wanted = [one for one in previews.list_previews(session) if not one.is_ready]
    except (*FAULTS, previews.DatabaseFault) as fault:
        click.echo(f"waiting: {type(fault).__name__}")
        return
    for one in wanted:
        try:
            _make(settings, dsn, databases, one)
            click.echo(f"{one.slug}: shown")
        except (*FAULTS, previews.DatabaseFault, StoredUnreadable, ValueError) as fault:
            click.echo(f"{one.slug}: {type(fault).__name__}")
            with suppress(previews.NoSuchPreview), databases.control.session() as session:
                previews.end_preview(session, one.slug, now=datetime.now(UTC))
                session.commit()


def _loaded(settings: Settings, databases: Databases, one: previews.Preview) -> LoadedContract:
    """The contract that a preview shows."""
    with databases.control.session() as session:
        contract = previews.contract_to_show(session, one.slug)
    floor, _ = read_floor(Library(settings.contracts_dir.resolve()))
    return LoadedContract(one.slug, contract, one.hash, MappingProxyType({}), clamp(contract, floor or Floor()))


def _make(settings: Settings, dsn: str, databases: Databases, one: previews.Preview) -> None:
    loaded = _loaded(settings, databases, one)
    previews.make_tenant(dsn, one.slug)
    fill(settings, databases, one.tenant, loaded, cases=CASES)
    with databases.control.session() as session:
        previews.make_ready(session, one.slug)
        session.commit()


def _remove_expired(settings: Settings, dsn: str, databases: Databases) -> None:
    with databases.control.session() as session:
        over = [one.slug for one in previews.list_previews(session) if one.expires_at <= datetime.now(UTC)]
    for slug in over:
        _remove(settings, dsn, databases, slug)


def _remove(settings: Settings, dsn: str, databases: Databases, slug: str) -> None:
    with databases.control.session() as session:
        previews.take_down(session, slug)
        session.commit()
    previews.remove_tenant(dsn, slug)
    shutil.rmtree(settings.files_dir / previews.tenant_of(slug), ignore_errors=True)
