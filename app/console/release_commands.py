"""``charter contract publish | approve | releases | rollback | toggle …``: what is in force, put there by two people.

Must not know how a release is kept or a contract read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from app.console.contract_commands import contract, loaded_from
from app.console.saying import moment
from app.domain.errors import Unavailable
from app.settings import Settings, SettingsError
from app.storage.db import Databases
from tenancy import provisioning, releases, toggles
from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.plan import differences
from tenancy.scope import ControlSession
from tenancy.sources import sources_of
from tenancy.stored import StoredUnreadable
from tenancy.toggles import Switch, ToggleChange
from tenancy.vocabulary import Feature

FAULTS = (releases.ReleaseRefused, releases.ReleaseUnknown, StoredUnreadable, SettingsError, Unavailable)
by_option = click.option("--by", metavar="NAME", required=True, help="Who does this.")
reason_option = click.option("--reason", required=True, help="Why, for the history.")


def now() -> datetime:
    """The instant of the command."""
    return datetime.now(UTC)


@contextmanager
def control() -> Iterator[ControlSession]:
    """A Session on control, committed when the command ends well; an expected fault is told as one sentence."""
    try:
        settings = Settings.from_env(os.environ)
        with closing(Databases.from_settings(settings)) as databases, databases.control.session() as session:
            yield session
            session.commit()
    except FAULTS as error:
        raise click.ClickException(str(error)) from error


def in_force(session: ControlSession, slug: str) -> Contract | None:
    """The newest release of a tenant; None before its first."""
    newest = releases.newest_publication(session, slug)
    return releases.get_release(session, slug, newest.hash) if newest else None


@contract.command(name="publish")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--at", "typed_at", metavar="INSTANT", help="From when on, in the contract's zone: 2026-11-30T06:00.")
@click.option("--base", metavar="HASH", help="The release this was written against; the newest unless given.")
@by_option
@reason_option
def publish(file: Path, typed_at: str | None, base: str | None, by: str, reason: str) -> None:
    """Propose the contract FILE as a release; a new state gets its schema, which is served to nobody yet.

    A second person puts it in force, at the console or by charter contract approve.
    """
    loaded = loaded_from(file)
    with control() as session:
        old = in_force(session, loaded.slug)
        starts = toggles.local_instant(loaded.contract, typed_at) if typed_at else None
        proposal = releases.propose(
            session, loaded, author=by, reason=reason, now=now(),
            base=base, effective_at=starts, sources=sources_of(file),
        )  # fmt: skip
        _tell_changes(old, loaded)
    if old is None:
        _make_tenant(loaded.slug)
    click.echo(f"Proposed as {proposal.id}. A second person puts it in force:")
    click.echo(f"  charter contract approve {proposal.id} --by NAME")


def _local(base: Contract | None, instant: datetime) -> str:
    """An instant on the contract's own clock."""
    return moment(instant, base.identity.time_zone if base else "UTC")


def _tell_changes(old: Contract | None, loaded: LoadedContract) -> None:
    if old is None:
        click.echo(f"{loaded.slug} is new: its first release.")
        return
    for change in differences(old, loaded.contract):
        click.echo(f"- {change.sentence}")


@contract.command(name="approve")
@click.argument("proposal", type=click.UUID)
@by_option
def approve(proposal: UUID, by: str) -> None:
    """Put a PROPOSAL in force as its second person; a new state gets its schema."""
    with control() as session:
        done = releases.approve(session, proposal, approver=by, now=now())
        since = _local(releases.get_release(session, done.slug, done.hash), done.effective_at)
    _make_tenant(done.slug)
    click.echo(f"{done.slug}: release {done.hash[:12]} is in force from {since}.")


def _make_tenant(slug: str) -> None:
    dsn = Settings.from_env(os.environ).dsn_migrate
    if dsn is None:
        return
    if slug not in {one.slug for one in provisioning.list_tenants(dsn)}:
        provisioning.create_tenant(dsn, slug)
        click.echo(f"{slug}: created")


@contract.command(name="withdraw")
@click.argument("proposal", type=click.UUID)
@by_option
def withdraw(proposal: UUID, by: str) -> None:
    """Take a PROPOSAL back, or turn it down."""
    with control() as session:
        releases.withdraw(session, proposal, by=by, now=now())
    click.echo("Withdrawn.")


@contract.command(name="releases")
@click.argument("slug")
def list_releases(slug: str) -> None:
    """The releases of the tenant SLUG, the newest first, and the proposals that wait."""
    with control() as session:
        waiting, known = releases.list_proposals(session, slug), releases.list_publications(session, slug)
        base = in_force(session, slug)
    for one in waiting:
        click.echo(f"waits        {one.hash[:12]}  {one.id}  by {one.author}: {one.reason}")
    for done in known:
        people = f"{done.author} and {done.approver}" if done.approver else done.author
        since = _local(base, done.effective_at)
        click.echo(f"{done.kind:<12} {done.hash[:12]}  from {since}  by {people}: {done.reason}")


@contract.command(name="rollback")
@click.argument("slug")
@click.option("--to", metavar="HASH", help="The release to go back to; the one before unless given.")
@by_option
@reason_option
def rollback(slug: str, to: str | None, by: str, reason: str) -> None:
    """Put an older release of the tenant SLUG in force again, at once."""
    with control() as session:
        done = releases.roll_back(session, slug, by=by, reason=reason, now=now(), to=to)
    click.echo(f"{slug}: release {done.hash[:12]} is in force again.")


# ---------------------------------------------------------------- toggles


@click.group()
def toggle() -> None:
    """Switch functions of one state, now or later, for everybody or some."""


contract.add_command(toggle)


@toggle.command(name="set")
@click.argument("slug")
@click.argument("feature", type=click.Choice([feature.value for feature in Feature]))
@click.argument("state", type=click.Choice(["on", "off"]))
@click.option("--from", "starts", metavar="INSTANT", help="In the contract's zone; at once otherwise.")
@click.option("--until", "ends", metavar="INSTANT", help="When it ends by itself.")
@click.option("--group", "groups", type=click.UUID, multiple=True, help="Only for this provider group.")
@click.option("--share", type=click.IntRange(1, 99), help="Only for this percentage of the groups.")
@by_option
@reason_option
def set_toggle(slug: str, feature: str, state: str, by: str, reason: str, **given: object) -> None:
    """Switch FEATURE of the tenant SLUG on or off."""
    with control() as session:
        base = _must_exist(session, slug)
        wanted = Switch(
            slug=slug, feature=Feature(feature), is_on=state == "on", groups=frozenset(given["groups"]),  # type: ignore[call-overload]
            starts_at=_instant(base, given["starts"]), ends_at=_instant(base, given["ends"]), share=given["share"],  # type: ignore[arg-type]
        )  # fmt: skip
        done = toggles.switch(session, base, wanted, by=by, reason=reason, now=now())
    click.echo(_told(base, done))


def _instant(base: Contract, typed: object) -> datetime | None:
    return toggles.local_instant(base, str(typed)) if typed else None


def _must_exist(session: ControlSession, slug: str) -> Contract:
    base = in_force(session, slug)
    if base is None:
        raise releases.ReleaseUnknown(f"{slug} has no release yet.")
    return base


@toggle.command(name="undo")
@click.argument("slug")
@click.argument("number", type=int)
@by_option
@reason_option
def undo_toggle(slug: str, number: int, by: str, reason: str) -> None:
    """Take switch NUMBER of the tenant SLUG back."""
    with control() as session:
        base = _must_exist(session, slug)
        done = toggles.undo(session, slug, number, by=by, reason=reason, now=now())
    click.echo(_told(base, done))


@toggle.command(name="list")
@click.argument("slug")
def list_toggles(slug: str) -> None:
    """Every switch of the tenant SLUG: who, when, why."""
    with control() as session:
        base, known = _must_exist(session, slug), toggles.list_toggles(session, slug)
    stand = toggles.standing(known)
    for one in reversed(known):
        click.echo(_told(base, one) + ("" if one in stand or one.undoes is not None else "  (taken back)"))


def _told(base: Contract, one: ToggleChange) -> str:
    if one.undoes is not None:
        return f"#{one.number} takes back #{one.undoes}: by {one.author}: {one.reason}"
    whom = f" for {one.share} % of the groups" if one.share else f" for {len(one.groups)} groups" if one.groups else ""
    until = f" until {_local(base, one.ends_at)}" if one.ends_at else ""
    when = f"from {_local(base, one.starts_at)}{until}"
    return (
        f"#{one.number} {one.feature.value} {'on' if one.is_on else 'off'}{whom} {when}, by {one.author}: {one.reason}"
    )
